//! Envelopes: one JSON object that carries several records, as clouds deliver them and as osquery answers.

use crate::flat::{Fields, Names, Put};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Lists that may be the records of an envelope, by their path.
const LISTS: &[&str] = &[
    "Records",
    "records",
    "value",
    "logEvents",
    "snapshot",
    "diffResults.added",
    "diffResults.removed",
    "data",
    "entries",
    "Events",
];

/// A record out of an envelope.
#[derive(Debug, Clone)]
pub(crate) struct Row<'t> {
    pub text: Cow<'t, str>,
    /// Stands before the names of the record's own fields.
    pub prefix: &'static str,
    /// What the envelope says of all its records.
    pub common: Vec<(String, String)>,
}

type Top<'t> = BTreeMap<Cow<'t, str>, &'t RawValue>;

/// Whether the list at `path` of an object may be the records of an envelope.
pub(crate) fn may_hold_records(path: &str) -> bool {
    LISTS.contains(&path)
}

/// The records of an envelope, or of a list of objects; `None` when the text is neither.
pub(crate) fn open(text: &str) -> Option<Vec<Row<'_>>> {
    opened(text, 2)
}

/// The records of an envelope that says nothing of them itself.
pub(crate) fn plain(text: &str) -> Option<Vec<&str>> {
    open(text)?
        .into_iter()
        .map(|row| match row {
            Row { text: Cow::Borrowed(text), prefix: "", common } if common.is_empty() => Some(text),
            _ => None,
        })
        .collect()
}

fn opened(text: &str, depth: u8) -> Option<Vec<Row<'_>>> {
    if text.trim_start().starts_with('[') {
        return objects(text).map(|rows| rows.into_iter().map(alone).collect());
    }
    let top: Top<'_> = serde_json::from_str(text).ok()?;
    let list = |name: &str| top.get(name).and_then(|list| objects(list.get()));
    // AWS CloudTrail; Azure's diagnostic settings.
    if let Some(rows) = list("Records").or_else(|| list("records")) {
        return Some(rows.into_iter().map(alone).collect());
    }
    // Microsoft Graph and Azure Resource Manager; Google Cloud Logging.
    if let Some(rows) =
        list("value").filter(|_| top.len() == 1 || top.contains_key("@odata.context") || top.contains_key("nextLink"))
    {
        return Some(rows.into_iter().map(alone).collect());
    }
    if let Some(rows) = list("entries").filter(|_| top.keys().all(|key| key == "entries" || key == "nextPageToken")) {
        return Some(rows.into_iter().map(alone).collect());
    }
    // `aws cloudtrail lookup-events`
    if let Some(rows) = list("Events") {
        return rows
            .into_iter()
            .map(|row| inner(row, "CloudTrailEvent").map(|text| Row { text, prefix: "", common: vec![] }))
            .collect();
    }
    // CloudWatch Logs subscriptions.
    if let Some(rows) = list("logEvents").filter(|_| top.contains_key("logGroup")) {
        let common = common(&top, &["owner", "logGroup", "logStream"]);
        return Some(rows.into_iter().map(|row| watched(row, &common)).collect());
    }
    // osquery: a snapshot, the differences of a batch, and what its TLS logger wraps.
    if let Some(rows) = list("snapshot") {
        return Some(queried(rows, &top, "snapshot"));
    }
    if let Some(results) = top.get("diffResults") {
        let results: Top<'_> = serde_json::from_str(results.get()).ok()?;
        let of = |name: &str| results.get(name).and_then(|list| objects(list.get())).unwrap_or_default();
        return Some([queried(of("added"), &top, "added"), queried(of("removed"), &top, "removed")].concat());
    }
    if let Some(rows) = list("data").filter(|_| top.contains_key("log_type") || top.contains_key("node_key")) {
        let rows = rows.into_iter().flat_map(|row| {
            opened(row, depth.saturating_sub(1)).filter(|_| depth > 0).unwrap_or_else(|| vec![alone(row)])
        });
        return Some(rows.collect());
    }
    None
}

/// Gives a record's fields the envelope's prefix, and what the envelope says of all records.
pub(crate) fn share(fields: &mut Fields, prefix: &str, common: &[(String, String)], names: &mut Names) {
    if !prefix.is_empty() {
        fields.rename(|name| Some(names.get(&format!("{prefix}{name}"))));
    }
    if !common.is_empty() {
        let mut put = Put::new(names);
        put.fields = std::mem::take(fields);
        common.iter().for_each(|(name, value)| put.add(name, value));
        *fields = put.fields;
    }
}

fn alone(text: &str) -> Row<'_> {
    Row { text: Cow::Borrowed(text), prefix: "", common: Vec::new() }
}

/// The items of a list that holds objects only.
fn objects(list: &str) -> Option<Vec<&str>> {
    let items: Vec<&RawValue> = serde_json::from_str(list).ok()?;
    let texts: Vec<&str> = items.iter().map(|item| item.get()).collect();
    (!texts.is_empty() && texts.iter().all(|text| text.starts_with('{'))).then_some(texts)
}

/// The JSON object that stands as text in a field of `row`.
fn inner<'t>(row: &'t str, field: &str) -> Option<Cow<'t, str>> {
    let top: Top<'_> = serde_json::from_str(row).ok()?;
    let text: String = serde_json::from_str(top.get(field)?.get()).ok()?;
    text.trim_start().starts_with('{').then_some(Cow::Owned(text))
}

fn watched<'t>(row: &'t str, common: &[(String, String)]) -> Row<'t> {
    let text = inner(row, "message").unwrap_or(Cow::Borrowed(row));
    Row { text, prefix: "", common: common.to_vec() }
}

fn queried<'t>(rows: Vec<&'t str>, top: &Top<'_>, action: &str) -> Vec<Row<'t>> {
    let mut common = common(top, &["name", "hostIdentifier", "unixTime", "calendarTime", "decorations"]);
    common.push(("action".to_owned(), action.to_owned()));
    rows.into_iter().map(|row| Row { text: Cow::Borrowed(row), prefix: "columns.", common: common.clone() }).collect()
}

/// Fields of the envelope by name, an object's under their paths.
fn common(top: &Top<'_>, wanted: &[&str]) -> Vec<(String, String)> {
    let mut names = Names::default();
    let mut put = Put::new(&mut names);
    for name in wanted {
        if let Some(value) = top.get(*name) {
            put.add_json("", &format!("{{\"{name}\":{}}}", value.get()));
        }
    }
    put.fields.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect()
}

#[cfg(test)]
mod tests {
    use crate::Source;
    use crate::json_lines::{Form, Reader};

    /// Each event's fields on a line.
    fn check(text: &str, expected: &[&str]) {
        let now = "2026-01-01T00:00:00Z".parse().expect("a time");
        let batch = Reader::new(Source::named("s"), Form::AnyText).block(&text.to_owned().into(), 1, now);
        let got: Vec<String> = batch
            .events
            .iter()
            .map(|event| event.fields.iter().map(|(n, v)| format!("{n}={v}")).collect::<Vec<_>>().join(" "))
            .collect();
        assert_eq!(got, expected, "{text}");
        assert!(batch.bad.is_empty(), "{text}");
    }

    #[test]
    fn clouds_deliver_many_records_in_one_object() {
        check(r#"{"Records":[{"a":1},{"a":2}]}"#, &["a=1", "a=2"]);
        check(r#"[{"a":1},{"a":2}]"#, &["a=1", "a=2"]);
        check(r#"{"@odata.context":"x","value":[{"a":{"b":1}}]}"#, &["a.b=1"]);
        check(r#"{"entries":[{"a":1}],"nextPageToken":"x"}"#, &["a=1"]);
        check(r#"{"Events":[{"EventId":"1","CloudTrailEvent":"{\"eventName\":\"x\"}"}]}"#, &["eventName=x"]);
        check(
            r#"{"messageType":"DATA_MESSAGE","logGroup":"g","logEvents":[{"timestamp":1,"message":"{\"a\":1}"},{"timestamp":1767225600000,"message":"words"}]}"#,
            &["a=1 logGroup=g", "timestamp=1767225600000 message=words logGroup=g"],
        );
    }

    #[test]
    fn osquery_answers_row_by_row() {
        check(
            r#"{"snapshot":[{"pid":"1"},{"pid":"2"}],"action":"snapshot","name":"procs","hostIdentifier":"h","unixTime":1767225600}"#,
            &[
                "columns.pid=1 name=procs hostIdentifier=h unixTime=1767225600 action=snapshot",
                "columns.pid=2 name=procs hostIdentifier=h unixTime=1767225600 action=snapshot",
            ],
        );
        check(
            r#"{"diffResults":{"added":[{"u":"a"}],"removed":[{"u":"b"}]},"name":"users","decorations":{"os":"x"}}"#,
            &[
                "columns.u=a name=users decorations.os=x action=added",
                "columns.u=b name=users decorations.os=x action=removed",
            ],
        );
        check(
            r#"{"node_key":"k","log_type":"result","data":[{"name":"q","columns":{"pid":"1"},"action":"added"},{"snapshot":[{"a":"b"}],"name":"s"}]}"#,
            &["name=q columns.pid=1 action=added", "columns.a=b name=s action=snapshot"],
        );
    }

    #[test]
    fn records_with_such_lists_stay_whole() {
        check(r#"{"value":[{"a":1},{"a":2}],"time":"x"}"#, &["value.a=1 value.a=2 time=x"]);
        check(r#"{"data":[{"a":1}],"b":2}"#, &["data.a=1 b=2"]);
        check(r#"{"value":[1,2],"records":[]}"#, &["value=1 value=2"]);
    }

    #[test]
    fn equal_records_of_one_envelope_have_ids_of_their_own() {
        let now = "2026-01-01T00:00:00Z".parse().expect("a time");
        let text = bytes::Bytes::from_static(br#"{"Records":[{"a":1},{"a":1}]}"#);
        let batch = Reader::new(Source::named("s"), Form::AnyText).block(&text, 1, now);
        assert_ne!(batch.events[0].id, batch.events[1].id);
        assert_eq!(&batch.events[0].raw[..], br#"{"a":1}"#);
    }
}
