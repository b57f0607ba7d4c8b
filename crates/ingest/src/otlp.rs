//! OpenTelemetry logs (OTLP over HTTP), as JSON or protobuf.

mod messages;

use crate::bulk::BodyError;
use crate::parcel::{Parcel, first};
use bytes::Bytes;
use messages::{AnyValue, Export, KeyValue, LogRecord, any_value};
use prost::Message;
use serde_json::{Map, Value, json};

/// Name of the source of records whose resource has no `service.name`.
const SOURCE: &str = "otlp";

/// Reads the JSON of an export of logs.
///
/// # Errors
/// When the body is no such export; nothing is kept then.
pub fn json(body: &[u8], parcel: Parcel) -> Result<Parcel, BodyError> {
    let export: Export = serde_json::from_slice(body)
        .map_err(|error| BodyError::NotRead(format!("expected OTLP's {{\"resourceLogs\":[…]}}: {error}")))?;
    Ok(put(export, parcel))
}

/// Reads the protobuf of an export of logs.
///
/// # Errors
/// When the body is no such export; nothing is kept then.
pub fn protobuf(body: &[u8], parcel: Parcel) -> Result<Parcel, BodyError> {
    let export = Export::decode(body)
        .map_err(|error| BodyError::NotRead(format!("expected OTLP's ExportLogsServiceRequest: {error}")))?;
    Ok(put(export, parcel))
}

fn put(export: Export, mut parcel: Parcel) -> Parcel {
    for resource in export.resource_logs {
        let about = attributes(&resource.resource.unwrap_or_default().attributes);
        let source = first(&[about.get("service.name").and_then(Value::as_str)], SOURCE).to_owned();
        for scope in resource.scope_logs {
            let name = scope.scope.unwrap_or_default().name;
            for record in scope.log_records {
                parcel.add(&source, rendered(record, &about, &name), &[]);
            }
        }
    }
    parcel
}

/// A record as one JSON object: attributes under their own names, and what the body says. A body of words is the
/// `message`; an object's fields are the record's own.
fn rendered(record: LogRecord, resource: &Map<String, Value>, scope: &str) -> Bytes {
    let mut object = Map::new();
    let time = if record.time_unix_nano > 0 { record.time_unix_nano } else { record.observed_time_unix_nano };
    match record.body.and_then(plain) {
        Some(Value::Object(body)) => object.extend(body),
        Some(Value::Null) | None => {}
        Some(words) => {
            object.insert("message".to_owned(), words);
        }
    }
    object.extend(attributes(&record.attributes));
    for (name, value) in resource {
        object.entry(name.clone()).or_insert_with(|| value.clone());
    }
    let mut add = |name: &str, value: Value| {
        if value != json!("") && value != json!(0) {
            object.entry(name).or_insert(value);
        }
    };
    add("_time", json!(time));
    add("severity", json!(record.severity_text));
    add("severityNumber", json!(record.severity_number));
    add("traceId", json!(hex(&record.trace_id)));
    add("spanId", json!(hex(&record.span_id)));
    add("eventName", json!(record.event_name));
    add("scope.name", json!(scope));
    Value::Object(object).to_string().into()
}

fn attributes(list: &[KeyValue]) -> Map<String, Value> {
    list.iter().filter_map(|pair| Some((pair.key.clone(), pair.value.clone().and_then(plain)?))).collect()
}

/// The value without the type that wraps it; bytes in hexadecimal.
fn plain(value: AnyValue) -> Option<Value> {
    Some(match value.value? {
        any_value::Value::Text(text) => Value::String(text),
        any_value::Value::Truth(truth) => Value::Bool(truth),
        any_value::Value::Whole(number) => json!(number),
        any_value::Value::Real(number) => json!(number),
        any_value::Value::List(list) => Value::Array(list.values.into_iter().filter_map(plain).collect()),
        any_value::Value::Pairs(list) => Value::Object(attributes(&list.values)),
        any_value::Value::Octets(bytes) => Value::String(hex(&bytes)),
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parcel::tests::{empty, shown};
    use jiff::Timestamp;
    use messages::{KeyValueList, Resource, ResourceLogs, Scope, ScopeLogs};

    const EXPECTED: [&str; 2] = [
        "shop 2026-03-02T08:14:55.25Z web1 login failed | message=login failed user.name=anna attempts=3 tags=a tags=b \
         service.name=shop host.name=web1 _time=1772439295250000000 severity=WARN severityNumber=13 \
         traceId=5b8efff798038103d269b633813fc60c scope.name=auth",
        "shop 2026-03-02T08:14:56Z web1 4625 | EventID=4625 who.name=bob service.name=shop host.name=web1 \
         _time=1772439296000000000 scope.name=auth",
    ];

    fn now() -> Timestamp {
        "2026-11-22T00:00:00Z".parse().expect("a time")
    }

    fn text(key: &str, value: &str) -> KeyValue {
        let value = any_value::Value::Text(value.to_owned());
        KeyValue { key: key.to_owned(), value: Some(AnyValue { value: Some(value) }) }
    }

    fn any(value: any_value::Value) -> Option<AnyValue> {
        Some(AnyValue { value: Some(value) })
    }

    #[test]
    fn json_records_become_events() {
        let body = include_bytes!("../samples/otlp/logs.json");
        assert_eq!(shown(super::json(body, empty(now())).expect("an export")), EXPECTED);
        for body in
            ["", "[]", "{}", "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{\"timeUnixNano\":\"x\"}]}]}]}"]
        {
            assert!(super::json(body.as_bytes(), empty(now())).is_err(), "{body}");
        }
    }

    #[test]
    fn protobuf_says_the_same() {
        let tags = ["a", "b"].map(|tag| AnyValue { value: Some(any_value::Value::Text(tag.to_owned())) });
        let failed = LogRecord {
            time_unix_nano: 1_772_439_295_250_000_000,
            severity_number: 13,
            severity_text: "WARN".to_owned(),
            body: any(any_value::Value::Text("login failed".to_owned())),
            attributes: vec![
                text("user.name", "anna"),
                KeyValue { key: "attempts".to_owned(), value: any(any_value::Value::Whole(3)) },
                KeyValue {
                    key: "tags".to_owned(),
                    value: any(any_value::Value::List(messages::ArrayValue { values: tags.to_vec() })),
                },
            ],
            trace_id: vec![0x5b, 0x8e, 0xff, 0xf7, 0x98, 3, 0x81, 3, 0xd2, 0x69, 0xb6, 0x33, 0x81, 0x3f, 0xc6, 0x0c],
            ..LogRecord::default()
        };
        let inner = KeyValueList { values: vec![text("name", "bob")] };
        let body = KeyValueList {
            values: vec![
                KeyValue { key: "EventID".to_owned(), value: any(any_value::Value::Whole(4_625)) },
                KeyValue { key: "who".to_owned(), value: any(any_value::Value::Pairs(inner)) },
            ],
        };
        let object = LogRecord {
            observed_time_unix_nano: 1_772_439_296_000_000_000,
            body: any(any_value::Value::Pairs(body)),
            ..LogRecord::default()
        };
        let export = Export {
            resource_logs: vec![ResourceLogs {
                resource: Some(Resource { attributes: vec![text("service.name", "shop"), text("host.name", "web1")] }),
                scope_logs: vec![ScopeLogs {
                    scope: Some(Scope { name: "auth".to_owned() }),
                    log_records: vec![failed, object],
                }],
            }],
        };
        let bytes = export.encode_to_vec();
        assert_eq!(shown(protobuf(&bytes, empty(now())).expect("an export")), EXPECTED);
        assert!(protobuf(&bytes[..bytes.len() - 1], empty(now())).is_err());
        assert!(protobuf(b"{}", empty(now())).is_err());
    }
}
