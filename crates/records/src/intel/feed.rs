//! A feed: a list of indicators from one source, read as a whole, with its own trust; or a list of what is harmless.

use crate::intel::Reliability;
use crate::people::Person;
use jiff::{SignedDuration, Timestamp};
use watchkeep_indicators::read::{self, Flagged};
use watchkeep_model::{ChoiceField, FieldType, Move, Moving, Record, RecordKind, Ref, Refusal, Row, Rows};

/// Indicators of one source, looked for together and kept apart from those of others.
#[derive(RecordKind)]
#[record(
    prefix = "FED", area = "intel", title = "name", state = "state", sort = "name", moves = MOVES, prepare = prepare, check = check,
    list = ["name", "state", "form", "entries", "read_at", "stale", "reliability", "owner", "last_problem"]
)]
pub struct Feed {
    #[field(search, unique, index, len = 200)]
    pub name: String,
    #[field(managed, facet)]
    pub state: State,
    /// What its file is written in.
    #[field(facet)]
    pub form: Form,
    /// How its file comes here.
    #[field(facet)]
    pub comes: Comes,
    /// File or folder under one that Watchkeep was started with (`--feeds`), read again when its bytes change.
    #[field(len = 500)]
    pub path: Option<String>,
    /// Address of a TAXII 2.1 collection, such as `https://taxii.example/api/collections/91a7b528-80eb-42ed-a74d-c6fbd5a26116/`.
    #[field(len = 1000)]
    pub address: Option<String>,
    /// Name to sign in with there; without one its secret is a bearer token.
    #[field(len = 200)]
    pub user: Option<String>,
    /// Of CSV: which column is what, where its first line does not use the usual names.
    pub columns: Rows<Column>,
    /// Of MISP: also look for attributes that their author did not flag for detection.
    pub unflagged: bool,
    /// In per cent, for entries that say none themselves.
    #[field(min = 0, max = 100, default = "50")]
    pub confidence: i64,
    /// An entry whose confidence has faded below this is not looked for any more.
    #[field(min = 0, max = 100, default = "10")]
    pub threshold: i64,
    /// Days until half of the confidence is gone; each type has its own where none is given (an address 30 days).
    #[field(min = 1, max = 36500)]
    pub half_life: Option<i64>,
    /// Days that an entry is looked for at most, from when it was seen.
    #[field(min = 1, max = 36500)]
    pub valid_days: Option<i64>,
    /// Days of kept events that are looked through whenever its entries change; 0 for none.
    #[field(min = 0, max = 3650, default = "30")]
    pub look_back: i64,
    /// Longest time between two readings before it counts as old; what Watchkeep fetches itself is fetched twice as often.
    #[field(default = "24h", min = 60)]
    pub every: SignedDuration,
    #[field(facet)]
    pub reliability: Reliability,
    /// Who answers for what it says.
    #[field(index, facet, inline)]
    pub owner: Option<Ref<Person>>,
    /// Different values that it holds.
    #[field(managed, default = "0")]
    pub entries: i64,
    /// How many of each type.
    #[field(managed)]
    pub types: Option<String>,
    /// Lines or objects that could not be read.
    #[field(managed, default = "0")]
    pub broken: i64,
    /// Understood, and not looked for.
    #[field(managed, default = "0")]
    pub unused: i64,
    /// Entries that a benign list takes away.
    #[field(managed, default = "0")]
    pub harmless: i64,
    /// When what is in force was read.
    #[field(managed, index)]
    pub read_at: Option<Timestamp>,
    /// When its source must have been looked at again.
    #[field(managed, index, label = "Old from")]
    pub stale: Option<Timestamp>,
    /// SHA-256 of what is in force.
    #[field(managed)]
    pub fingerprint: Option<String>,
    #[field(managed, len = 255)]
    pub file_name: Option<String>,
    /// Bytes.
    #[field(managed, default = "0")]
    pub size: i64,
    /// Who sent it; nobody where Watchkeep fetched it.
    #[field(managed)]
    pub sent_by: Option<Ref<Person>>,
    /// Why the newest reading changed nothing.
    #[field(managed)]
    pub last_problem: Option<String>,
    /// What of a collection is here already.
    #[field(managed)]
    pub added_after: Option<String>,
    #[field(managed, facet)]
    pub looked: Option<Looked>,
    #[field(managed)]
    pub looked_at: Option<Timestamp>,
    /// Seen here, newest first.
    #[field(managed)]
    pub sightings: Rows<Seen>,
    /// Not looked for though it names them, since an alert of them was judged false; take a line away to look again.
    pub ended: Rows<EndedValue>,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    #[choice(good)]
    Live,
    /// Nothing of it is looked for.
    #[choice(warn)]
    Off,
    /// Given up for good.
    #[choice(grey)]
    Retired,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// One indicator a line, or a hosts file.
    #[choice(label = "Plain list")]
    List,
    #[choice(label = "CSV")]
    Csv,
    /// Events of MISP.
    #[choice(label = "MISP")]
    Misp,
    #[choice(label = "STIX 2.1")]
    Stix,
    /// What is harmless: a warninglist of MISP, or one entry a line. Nothing on it raises an alarm.
    #[choice(label = "Benign list")]
    Benign,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Comes {
    /// Sent on its page or by the API.
    Uploaded,
    #[choice(label = "File or folder")]
    Folder,
    #[choice(label = "TAXII collection")]
    Taxii,
}

/// How looking back over kept events stands.
#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Looked {
    #[choice(warn)]
    Waiting,
    #[choice(warn)]
    Running,
    #[choice(good)]
    Done,
    /// By a person.
    #[choice(grey)]
    Stopped,
    #[choice(bad)]
    Failed,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Means {
    Value,
    Type,
    Confidence,
    #[choice(label = "Seen last")]
    Seen,
    #[choice(label = "Valid from")]
    From,
    #[choice(label = "Valid until")]
    Until,
    /// The threat, report or name.
    Label,
}

#[derive(Row, Clone)]
pub struct Column {
    pub means: Means,
    /// As the first line of the file calls it.
    pub column: String,
}

/// One value of a feed that was met here.
#[derive(Row, Clone, Debug, PartialEq)]
pub struct Seen {
    pub value: String,
    pub first: Timestamp,
    pub last: Timestamp,
    pub events: i64,
}

/// A value that is no longer looked for in this feed.
#[derive(Row, Clone, Debug, PartialEq)]
pub struct EndedValue {
    pub value: String,
    pub at: Timestamp,
    /// Number of the alert that was judged false.
    #[field(optional)]
    pub alert: String,
}

const MOVES: &[Move] = &[
    Move { name: "switch_on", label: "Switch on", from: &["off"], to: Some("live"), key: Some('p'), ..Move::PLAIN },
    Move {
        name: "switch_off",
        label: "Switch off",
        from: &["live"],
        to: Some("off"),
        asks: &["reason"],
        ..Move::PLAIN
    },
    Move {
        name: "retire",
        label: "Retire",
        from: &["live", "off"],
        to: Some("retired"),
        asks: &["reason"],
        ..Move::PLAIN
    },
    Move {
        name: "revive",
        label: "Take up again",
        from: &["retired"],
        to: Some("off"),
        asks: &["reason"],
        ..Move::PLAIN
    },
];

/// Values that one feed keeps as ended; the oldest is looked for again beyond that.
pub const MOST_ENDED: usize = 1_000;

/// Another source has nothing of what the one before gave.
fn prepare(record: &mut Record, moving: &Moving<'_>) {
    let changed = |name: &str| moving.before.is_some_and(|before| before.get(name) != record.get(name));
    if changed("address") || changed("comes") {
        record.write("added_after", None::<String>);
    }
}

/// Where it comes from can be reached at all, and its columns are named once each.
fn check(moving: &Moving<'_>) -> Result<(), Refusal> {
    let record = moving.record;
    let given = |name: &str| record.get(name).as_text().map(str::trim).filter(|text| !text.is_empty());
    let refuse = |field: &str, words: &str| Err(Refusal::invalid(words).at(field));
    match record.read::<Comes>("comes") {
        Some(Comes::Folder) => match given("path") {
            None => return refuse("path", "name the file or folder that it is read from"),
            Some(path) if !path.starts_with('/') || path.split('/').any(|part| part == "..") => {
                return refuse("path", "a path begins with `/` and has no `..` in it");
            }
            Some(_) => {}
        },
        Some(Comes::Taxii) => {
            let Some(address) = given("address") else {
                return refuse("address", "name the address of the collection");
            };
            if !(address.starts_with("https://") || address.starts_with("http://"))
                || address.contains(['@', ' ', '#', '?'])
            {
                return refuse("address", "an address begins with `https://` and holds no name, secret or question");
            }
            let host = address.strip_prefix("http://").map(|rest| rest.split('/').next().unwrap_or(rest));
            let bare = host.map(|host| host.rsplit_once(':').map_or(host, |(name, _)| name));
            if bare.is_some_and(|name| !["127.0.0.1", "localhost"].contains(&name)) {
                return refuse("address", "beyond this machine a collection is fetched over `https://` only");
            }
            if record.read::<Form>("form") != Some(Form::Stix) {
                return refuse("form", "a TAXII collection gives STIX 2.1");
            }
        }
        _ => {}
    }
    let columns = record.read::<Rows<Column>>("columns").map_or(Vec::new(), |rows| rows.0);
    let twice = |(at, column): (usize, &Column)| columns.iter().skip(at + 1).any(|other| other.means == column.means);
    if columns.iter().enumerate().any(twice) {
        return refuse("columns", "each meaning has one column");
    }
    Ok(())
}

/// What the file of a feed is read as; nothing for a benign list.
pub fn form(feed: &Record) -> Option<read::Form> {
    Some(match feed.read::<Form>("form")? {
        Form::List => read::Form::List,
        Form::Misp if feed.read::<bool>("unflagged") == Some(true) => read::Form::Misp(Flagged::All),
        Form::Misp => read::Form::Misp(Flagged::Only),
        Form::Stix => read::Form::Stix,
        Form::Csv => {
            let named = feed.read::<Rows<Column>>("columns").map_or(Vec::new(), |rows| rows.0);
            let of = |means: Means| named.iter().find(|one| one.means == means).map(|one| one.column.clone());
            read::Form::Csv(read::Columns {
                value: of(Means::Value),
                class: of(Means::Type),
                confidence: of(Means::Confidence),
                seen: of(Means::Seen),
                from: of(Means::From),
                until: of(Means::Until),
                label: of(Means::Label),
            })
        }
        Form::Benign => return None,
    })
}

/// Feeds that an alert names as its reason, and the value that they hold: rows that Watchkeep wrote.
fn named(alert: &Record) -> Option<(String, Vec<i64>)> {
    let key = alert.get("group_key").as_text()?;
    if !alert.get("rule").is_empty() || !key.starts_with("indicator ") {
        return None;
    }
    let rows = alert.get("why").rows();
    let texts = || rows.iter().filter_map(|row| Some((row.first()?.as_text()?, row.get(1)?.as_text()?)));
    let value = texts().find(|(name, _)| *name == "indicator").map(|(_, value)| value.to_owned())?;
    // A record of its own stands before the value.
    let value = match value.split_once(' ') {
        Some((number, rest)) if number.strip_prefix("IOC-").is_some_and(|id| id.parse::<i64>().is_ok()) => {
            rest.to_owned()
        }
        _ => value,
    };
    let feed = |text: &str| text.split_once(' ')?.0.strip_prefix("FED-")?.parse::<i64>().ok();
    Some((value, texts().filter(|(name, _)| *name == "feed").filter_map(|(_, text)| feed(text)).collect()))
}

/// A verdict of false ends the value in the feeds that named it; an alert that is opened again takes that back.
pub fn judged(moving: &Moving<'_>) -> Vec<watchkeep_model::Effect> {
    let now_false =
        |record: &Record| record.choice("verdict") == Some("false_positive") && record.state() == Some("closed");
    let before = moving.before.is_some_and(now_false);
    let after = now_false(moving.record);
    let Some((value, feeds)) = (before != after).then(|| named(moving.record)).flatten() else { return Vec::new() };
    let number = moving.record.number();
    let set = |id: i64| {
        let feed = moving.look.record("feed", id)?;
        let mut ended = feed.read::<Rows<EndedValue>>("ended").map_or(Vec::new(), |rows| rows.0);
        let had = ended.len();
        if !after {
            ended.retain(|one| one.alert != number || one.value != value);
        } else if ended.iter().all(|one| one.value != value) {
            ended.push(EndedValue { value: value.clone(), at: moving.now, alert: number.clone() });
            ended.drain(..ended.len().saturating_sub(MOST_ENDED));
        }
        let values = vec![("ended", Rows(ended.clone()).write())];
        (had != ended.len()).then_some(watchkeep_model::Effect::Set { kind: "feed", id, values })
    };
    feeds.into_iter().filter_map(set).collect()
}
