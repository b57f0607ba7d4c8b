//! The messages of OTLP logs, as `logs.proto` and `common.proto` number them and as OTLP/JSON spells them; only what is
//! read is named.

use prost::{Message, Oneof};
use serde::Deserialize;
use serde::de::{Deserializer, Error};

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Export {
    #[prost(message, repeated, tag = "1")]
    pub resource_logs: Vec<ResourceLogs>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct ResourceLogs {
    #[prost(message, optional, tag = "1")]
    pub resource: Option<Resource>,
    #[prost(message, repeated, tag = "2")]
    pub scope_logs: Vec<ScopeLogs>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(super) struct Resource {
    #[prost(message, repeated, tag = "1")]
    pub attributes: Vec<KeyValue>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct ScopeLogs {
    #[prost(message, optional, tag = "1")]
    pub scope: Option<Scope>,
    #[prost(message, repeated, tag = "2")]
    pub log_records: Vec<LogRecord>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(super) struct Scope {
    #[prost(string, tag = "1")]
    pub name: String,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct LogRecord {
    #[prost(fixed64, tag = "1")]
    #[serde(deserialize_with = "number")]
    pub time_unix_nano: u64,
    #[prost(int32, tag = "2")]
    pub severity_number: i32,
    #[prost(string, tag = "3")]
    pub severity_text: String,
    #[prost(message, optional, tag = "5")]
    pub body: Option<AnyValue>,
    #[prost(message, repeated, tag = "6")]
    pub attributes: Vec<KeyValue>,
    #[prost(bytes = "vec", tag = "9")]
    #[serde(deserialize_with = "hex")]
    pub trace_id: Vec<u8>,
    #[prost(bytes = "vec", tag = "10")]
    #[serde(deserialize_with = "hex")]
    pub span_id: Vec<u8>,
    #[prost(fixed64, tag = "11")]
    #[serde(deserialize_with = "number")]
    pub observed_time_unix_nano: u64,
    #[prost(string, tag = "12")]
    pub event_name: String,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(super) struct KeyValue {
    #[prost(string, tag = "1")]
    pub key: String,
    #[prost(message, optional, tag = "2")]
    pub value: Option<AnyValue>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(super) struct AnyValue {
    #[prost(oneof = "any_value::Value", tags = "1, 2, 3, 4, 5, 6, 7")]
    #[serde(flatten)]
    pub value: Option<any_value::Value>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(super) struct ArrayValue {
    #[prost(message, repeated, tag = "1")]
    pub values: Vec<AnyValue>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(super) struct KeyValueList {
    #[prost(message, repeated, tag = "1")]
    pub values: Vec<KeyValue>,
}

pub(super) mod any_value {
    use super::{ArrayValue, Deserialize, KeyValueList, Oneof, number, text_bytes};

    #[derive(Clone, PartialEq, Oneof, Deserialize)]
    pub enum Value {
        #[prost(string, tag = "1")]
        #[serde(rename = "stringValue")]
        Text(String),
        #[prost(bool, tag = "2")]
        #[serde(rename = "boolValue")]
        Truth(bool),
        #[prost(int64, tag = "3")]
        #[serde(rename = "intValue")]
        Whole(#[serde(deserialize_with = "number")] i64),
        #[prost(double, tag = "4")]
        #[serde(rename = "doubleValue")]
        Real(f64),
        #[prost(message, tag = "5")]
        #[serde(rename = "arrayValue")]
        List(ArrayValue),
        #[prost(message, tag = "6")]
        #[serde(rename = "kvlistValue")]
        Pairs(KeyValueList),
        #[prost(bytes = "vec", tag = "7")]
        #[serde(rename = "bytesValue")]
        Octets(#[serde(deserialize_with = "text_bytes")] Vec<u8>),
    }
}

/// A number of 64 bits, which JSON writes as text.
fn number<'de, N: std::str::FromStr, D: Deserializer<'de>>(reader: D) -> Result<N, D::Error> {
    let value = serde_json::Value::deserialize(reader)?;
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    text.parse().map_err(|_| D::Error::custom(format!("`{text}` is no number")))
}

/// Bytes of a trace or span, which JSON writes in hexadecimal.
fn hex<'de, D: Deserializer<'de>>(reader: D) -> Result<Vec<u8>, D::Error> {
    let text = String::deserialize(reader)?;
    let pair = |at: usize| text.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
    let bytes: Option<Vec<u8>> = (0..text.len()).step_by(2).map(pair).collect();
    bytes.ok_or_else(|| D::Error::custom(format!("`{text}` is not hexadecimal")))
}

/// Bytes as the text that JSON has for them.
fn text_bytes<'de, D: Deserializer<'de>>(reader: D) -> Result<Vec<u8>, D::Error> {
    String::deserialize(reader).map(String::into_bytes)
}
