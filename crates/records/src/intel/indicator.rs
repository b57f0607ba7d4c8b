//! An indicator: something that tells of a threat when it is seen, and where it was seen.

use crate::assets::Asset;
use crate::intel::Intelligence;
use jiff::Timestamp;
use jiff::civil::Date;
use watchkeep_indicators::{Refused, Said, Value};
use watchkeep_model::{ChoiceField, FieldType, Markdown, Measure, Moving, Record, RecordKind, Ref, Refusal, Row, Rows};

/// An address, name, hash or account that tells of a threat. It ends, so that old ones raise no alarms.
#[derive(RecordKind)]
#[record(
    prefix = "IOC", area = "intel", title = "value", sort = "-seen_last", calendar = "expires", measures = MEASURES, prepare = prepare, check = readable,
    list = ["value", "class", "confidence", "sharing", "source", "seen_last", "expires"]
)]
pub struct Indicator {
    #[field(search, unique, index, len = 500)]
    pub value: String,
    #[field(facet, index)]
    pub class: Class,
    /// How sure it is, in per cent.
    #[field(min = 0, max = 100, default = "50")]
    pub confidence: i64,
    #[field(facet)]
    pub sharing: Sharing,
    /// The item it came from.
    #[field(index)]
    pub source: Option<Ref<Intelligence>>,
    #[field(search)]
    pub description: Option<Markdown>,
    pub sightings: Rows<Sighting>,
    /// When it was last seen here.
    #[field(managed, index)]
    pub seen_last: Option<Timestamp>,
    /// Last day on which it is looked for.
    #[field(index, inline)]
    pub expires: Option<Date>,
    /// No longer looked for.
    pub retired: bool,
}

#[derive(Row, Clone)]
pub struct Sighting {
    pub at: Timestamp,
    pub asset: Option<Ref<Asset>>,
    /// The event, alert or log it was seen in.
    #[field(optional, len = 300)]
    pub place: String,
    #[field(optional)]
    pub note: String,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Class {
    #[choice(label = "IP address")]
    Address,
    Domain,
    #[choice(label = "URL")]
    Url,
    /// Digest of a file: MD5, SHA-1 or SHA-256.
    Hash,
    FileName,
    #[choice(label = "E-mail address")]
    Email,
    Account,
    /// A vehicle, a face, a way of doing it: what guards look for.
    Description,
}

/// Traffic Light Protocol 2.0.
#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sharing {
    #[choice(label = "TLP:CLEAR")]
    Clear,
    #[choice(label = "TLP:GREEN")]
    Green,
    #[choice(label = "TLP:AMBER")]
    Amber,
    #[choice(label = "TLP:AMBER+STRICT")]
    AmberStrict,
    #[choice(label = "TLP:RED")]
    Red,
}

/// Digests and names are compared in small letters.
fn prepare(record: &mut Record, _: &Moving<'_>) {
    if matches!(record.choice("class"), Some("hash" | "domain" | "email"))
        && let Some(value) = record.get("value").as_text().map(|value| value.trim().to_lowercase())
    {
        record.set("value", value);
    }
    let sightings = Rows::<Sighting>::read(record.get("sightings")).map_or(Vec::new(), |rows| rows.0);
    record.write("seen_last", sightings.iter().map(|sighting| sighting.at).max());
}

/// What an indicator's record is looked for as; nothing for one that only people can look for.
///
/// # Errors
/// Its value is not of its class.
pub fn sought(record: &Record) -> Option<Result<Value, Refused>> {
    let said = match record.choice("class")? {
        "address" => Said::Address,
        "domain" => Said::Domain,
        "url" => Said::Url,
        "hash" => Said::Hash,
        "file_name" => Said::File,
        "email" => Said::Email,
        _ => return None,
    };
    Some(Value::read(said, record.get("value").as_text()?))
}

/// What could never be met is said when it is entered; records of before may stay as they are.
fn readable(moving: &Moving<'_>) -> Result<(), Refusal> {
    let same = |field| moving.before.is_some_and(|before| before.get(field) == moving.record.get(field));
    match sought(moving.record) {
        Some(Err(reason)) if !same("value") || !same("class") => {
            let words = format!("{reason}; what no event could hold is a description");
            Err(Refusal::invalid(words).at("value"))
        }
        _ => Ok(()),
    }
}

/// What duties ask of them.
const MEASURES: &[Measure] = &[Measure {
    duty: "D-046",
    question: "Of the indicators that are looked for, how many have an end that is not past?",
    unit: "indicators in date",
    of: "retired:no",
    bad: "expires:none or expires<today",
    why: "no end, or past it",
    since: "expires",
    site: "",
    ..Measure::PLAIN
}];
