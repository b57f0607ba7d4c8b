//! What a closing saw: each record as it stood, in words, and each file, named with its digest by one manifest.

use super::{EVERY, Seal};
use jiff::Timestamp;
use serde_json::{Map, Value as Json, json};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use watchkeep_model::{Effect, Field, Kind, Moving, Record, Ref, Rows, Shape, Subject, Value, json as codec};

/// What a manifest says it is.
pub const FORMAT: &str = "watchkeep-engagement-1";

/// Everything that was seen: the manifest, and the texts that it names by digest.
struct Seen {
    manifest: String,
    texts: Vec<(String, String)>,
    items: usize,
}

/// SHA-256 in hex.
pub fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The closings of an engagement, oldest first.
pub fn seals(record: &Record) -> Vec<Seal> {
    record.read::<Rows<Seal>>("seals").map(|rows| rows.0).unwrap_or_default()
}

/// Notes the digest of the manifest; [`kept`] keeps what it names.
pub fn seal(record: &mut Record, moving: &Moving<'_>) {
    let seen = seen(record, moving);
    let mut rows = seals(record);
    let items = i64::try_from(seen.items).unwrap_or(i64::MAX);
    let by = moving.actor.person.map(Ref::new);
    rows.push(Seal { at: moving.now, by, root: digest(seen.manifest.as_bytes()), items });
    record.write("seals", Rows(rows));
}

/// The texts of a closing, kept with it.
pub fn kept(moving: &Moving<'_>) -> Vec<Effect> {
    if moving.act != Some("close") {
        return Vec::new();
    }
    let mut closing = moving.record.clone();
    let mut rows = seals(&closing);
    rows.pop();
    closing.write("seals", Rows(rows));
    let seen = seen(&closing, moving);
    let manifest = (digest(seen.manifest.as_bytes()), seen.manifest);
    let all = seen.texts.into_iter().chain([manifest]);
    all.map(|(sha256, text)| Effect::Keep { sha256, bytes: text.into_bytes() }).collect()
}

/// The engagement as it closes, without this closing's own seal, and all that it rests on.
fn seen(closing: &Record, moving: &Moving<'_>) -> Seen {
    let items = moving.look.with("engagement_item", "engagement", &Value::Int(closing.id), EVERY);
    let kinds = crate::all();
    let mut closing = closing.clone();
    closing.version += 1;
    let others = rests_on(&closing, &items, moving, &kinds);
    let others = others.into_iter().filter_map(|(kind, id)| moving.look.record(kind, id));
    let mut records: BTreeMap<(&'static str, i64), Record> = BTreeMap::new();
    for record in others.chain(items.iter().cloned()).chain([closing.clone()]) {
        records.insert((record.kind.prefix, record.id), record);
    }
    let mut texts = Vec::with_capacity(records.len());
    let (mut pinned, mut files) = (Vec::with_capacity(records.len()), Vec::new());
    for record in records.values() {
        let text = said(&kinds, record);
        let (sha256, number) = (digest(text.as_bytes()), record.number());
        let path = format!("records/{number}.json");
        pinned.push(json!({"path": path, "number": number, "version": record.version, "sha256": sha256}));
        for field in record.kind.fields.iter().filter(|field| matches!(field.shape, Shape::File)) {
            if let Some(file) = record.get(field.name).as_text() {
                let path = format!("files/{file}");
                files.push(json!({"path": path, "number": number, "name": record.title(), "sha256": file}));
            }
        }
        texts.push((sha256, text));
    }
    let manifest = json!({
        "format": FORMAT,
        "engagement": closing.number(),
        "title": closing.title(),
        "closed": moving.now.to_string(),
        "by": moving.actor.person.map(|id| format!("PER-{id}")),
        "by_name": moving.actor.name,
        "items": items.len(),
        "records": pinned,
        "files": files,
    });
    Seen { manifest: format!("{manifest:#}"), texts, items: items.len() }
}

/// What the engagement and its items name: by a field, by a file on them, or by number in an answer or its evidence.
fn rests_on(
    closing: &Record,
    items: &[Record],
    moving: &Moving<'_>,
    kinds: &[&'static Kind],
) -> BTreeSet<(&'static str, i64)> {
    let mut all: BTreeSet<(&'static str, i64)> = BTreeSet::new();
    all.extend(closing.get("requirements").ids().iter().map(|id| ("requirement", *id)));
    all.extend(closing.get("framework").as_int().map(|id| ("framework", id)));
    for item in items {
        for name in ["requirement", "control", "finding"] {
            all.extend(item.get(name).as_int().map(|id| (name, id)));
        }
        for name in ["answer", "evidence"] {
            all.extend(numbers(kinds, item.get(name).as_text().unwrap_or_default()));
        }
    }
    for record in items.iter().chain([closing]) {
        let files = moving.look.with("attachment", "on_id", &Value::Int(record.id), EVERY);
        let own = files.iter().filter(|file| file.parent() == Some((record.kind.name, record.id)));
        all.extend(own.map(|file| ("attachment", file.id)));
    }
    all
}

/// Numbers of records in a text, such as `CHK-7`. People and what is private are named only, never taken along.
fn numbers(kinds: &[&'static Kind], text: &str) -> Vec<(&'static str, i64)> {
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'));
    let pairs = words.filter_map(|word| {
        let (prefix, id) = word.rsplit_once('-')?;
        let kind = kinds.iter().find(|kind| kind.prefix.eq_ignore_ascii_case(prefix))?;
        let open = !kind.private && kind.subject != Subject::Person;
        Some((kind.name, id.parse().ok().filter(|id| open && *id > 0)?))
    });
    pairs.collect()
}

/// A record in words: choices and references by name, instants in RFC 3339, empty fields left out.
fn said(kinds: &[&'static Kind], record: &Record) -> String {
    let mut fields = Map::new();
    for (field, value) in record.kind.fields.iter().zip(&record.values).filter(|(_, value)| !value.is_empty()) {
        fields.insert(field.name.to_owned(), worded(kinds, field, value));
    }
    let text = json!({
        "number": record.number(),
        "kind": record.kind.name,
        "version": record.version,
        "external_id": record.external_id,
        "created": record.created.to_string(),
        "fields": fields,
        "custom": (!record.custom.is_empty()).then(|| record.custom.clone()),
    });
    format!("{text:#}")
}

fn worded(kinds: &[&'static Kind], field: &Field, value: &Value) -> Json {
    let number = |kind: &str, id: i64| {
        let prefix = kinds.iter().find(|known| known.name == kind).map_or(kind, |known| known.prefix);
        json!(format!("{prefix}-{id}"))
    };
    match (field.shape, value) {
        (Shape::Choice(_), Value::Int(code)) => json!(field.choice(*code).map(|choice| choice.name)),
        (Shape::Flag, Value::Int(flag)) => json!(*flag != 0),
        (Shape::Instant, Value::Int(at)) => json!(Timestamp::from_millisecond(*at).map(|at| at.to_string()).ok()),
        (Shape::Ref(kind), Value::Int(id)) => number(kind, *id),
        (Shape::Links(kind), Value::List(ids)) => ids.iter().map(|id| number(kind, *id)).collect::<Vec<_>>().into(),
        (Shape::Rows(fields), Value::Rows(rows)) => {
            let row = |row: &Vec<Value>| -> Json {
                let said = fields.iter().zip(row).filter(|(_, value)| !value.is_empty());
                said.map(|(one, value)| (one.name.to_owned(), worded(kinds, one, value))).collect::<Map<_, _>>().into()
            };
            rows.iter().map(row).collect::<Vec<_>>().into()
        }
        (shape, value) => codec::bare(&shape, value),
    }
}
