//! A shift: who is where from when to when.

use crate::guards::in_order;
use crate::people::Person;
use crate::places::{Place, Rota};
use jiff::Timestamp;
use watchkeep_model::{ChoiceField, Markdown, Measure, Move, Moving, Record, RecordKind, Ref, Refusal, Value};

/// One person at one place or on one rota, from one instant to another. Nobody is in two places at once.
#[derive(RecordKind)]
#[record(
    prefix = "SHF", area = "places", title = "title", state = "state", sort = "-starts", calendar = "starts",
    list = ["title", "class", "state", "person", "place", "rota", "starts", "ends"],
    moves = MOVES, measures = MEASURES, prepare = prepare, check = check
)]
pub struct Shift {
    #[field(search, managed, len = 300, optional)]
    pub title: String,
    #[field(facet, index)]
    pub class: Class,
    #[field(managed)]
    pub state: State,
    /// Nobody yet: a gap.
    #[field(index, facet, inline)]
    pub person: Option<Ref<Person>>,
    #[field(index, facet)]
    pub place: Option<Ref<Place>>,
    #[field(index, facet)]
    pub rota: Option<Ref<Rota>>,
    #[field(index)]
    pub starts: Timestamp,
    #[field(index)]
    pub ends: Timestamp,
    #[field(managed)]
    pub came: Option<Timestamp>,
    #[field(managed)]
    pub went: Option<Timestamp>,
    /// What the next one should know.
    #[field(search)]
    pub handover: Option<Markdown>,
    /// For a visit: who comes, and for whom they work.
    #[field(search, len = 200)]
    pub visitor: Option<String>,
    /// For a visit: never without somebody who goes along, who is the person of this shift.
    pub escorted: bool,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Class {
    Regular,
    /// Wins over the rota for its time (RU-24).
    Override,
    OnCall,
    Leave,
    /// A visitor from when to when; the person is the host.
    Visit,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    #[choice(grey)]
    Planned,
    /// The person knows it and the orders of the post.
    Confirmed,
    #[choice(warn)]
    Standing,
    #[choice(good)]
    Stood,
    #[choice(bad)]
    Missed,
}

const MOVES: &[Move] = &[
    Move {
        name: "confirm",
        label: "Confirm",
        from: &["planned"],
        to: Some("confirmed"),
        guard: somebody,
        ..Move::PLAIN
    },
    Move {
        name: "come",
        label: "Clock in",
        from: &["planned", "confirmed"],
        to: Some("standing"),
        key: Some('a'),
        guard: somebody,
        apply: come,
        ..Move::PLAIN
    },
    Move {
        name: "go",
        label: "Clock out",
        from: &["standing"],
        to: Some("stood"),
        takes: &["handover"],
        key: Some('d'),
        apply: go,
        ..Move::PLAIN
    },
    Move {
        name: "miss",
        label: "Nobody came",
        from: &["planned", "confirmed"],
        to: Some("missed"),
        asks: &["reason"],
        ..Move::PLAIN
    },
];

fn prepare(record: &mut Record, moving: &Moving<'_>) {
    let name = |kind: &str, field: &str| {
        let other = record.get(field).as_int().and_then(|id| moving.look.record(kind, id));
        other.map(|other| other.title().to_owned())
    };
    let place = name("place", "place").or_else(|| name("rota", "rota")).unwrap_or_else(|| "Shift".to_owned());
    let who = name("person", "person").unwrap_or_else(|| "nobody yet".to_owned());
    record.set("title", format!("{place}: {who}").chars().take(300).collect::<String>());
}

/// It ends after it begins, belongs somewhere, and takes nobody who is elsewhere.
fn check(moving: &Moving<'_>) -> Result<(), Refusal> {
    let record = moving.record;
    in_order(moving, "starts", "ends")?;
    if record.get("place").is_empty() && record.get("rota").is_empty() {
        return Err(Refusal::invalid("say at which place, or on which rota").at("place"));
    }
    let unchanged = moving.before.is_some_and(|before| {
        ["person", "starts", "ends", "class"].iter().all(|field| before.get(field) == record.get(field))
    });
    let Some(person) = record.get("person").as_int().filter(|_| !unchanged) else { return Ok(()) };
    let (from, to) = (record.get("starts").as_int(), record.get("ends").as_int());
    let clashes = |other: &&Record| {
        other.id != record.id
            && other.state() != Some("missed")
            // One may be on call while at a post.
            && (other.choice("class") == Some("on_call")) == (record.choice("class") == Some("on_call"))
            && other.get("starts").as_int() < to
            && other.get("ends").as_int() > from
    };
    let shifts = moving.look.with("shift", "person", &Value::Int(person), 100_000);
    match shifts.iter().find(clashes) {
        Some(other) => {
            let message = format!("{} stands {} at that time; choose somebody else", other.title(), other.number());
            Err(Refusal::invalid(message).at("person"))
        }
        None => Ok(()),
    }
}

fn somebody(moving: &Moving<'_>) -> Result<(), Refusal> {
    if moving.record.get("person").is_empty() {
        return Err(Refusal::invalid("nobody has this shift yet; name somebody").at("person"));
    }
    Ok(())
}

fn come(record: &mut Record, moving: &Moving<'_>) {
    record.write("came", moving.now);
}

fn go(record: &mut Record, moving: &Moving<'_>) {
    record.write("went", moving.now);
}

/// What duties ask of them.
const MEASURES: &[Measure] = &[
    Measure {
        duty: "D-134",
        question: "Of the shifts of the next 14 days, how many have somebody who works here?",
        unit: "shifts covered",
        of: "starts>=today starts<14d -class:leave",
        bad: "person:none or person.leaves<today or person.state:locked",
        why: "nobody to stand it",
        since: "starts",
        site: "place.site",
        ..Measure::PLAIN
    },
    Measure {
        duty: "D-135",
        question: "Of the shifts at posts that began in the last 7 days, how many were stood?",
        unit: "shifts stood",
        of: "place:any starts>=-7d starts<now -class:leave",
        bad: "state:missed,planned,confirmed",
        why: "nobody clocked in",
        since: "starts",
        site: "place.site",
        ..Measure::PLAIN
    },
    Measure {
        duty: "D-148",
        question: "Of today's shifts at posts, how many were confirmed by whoever stands them?",
        unit: "posts confirmed",
        of: "place:any starts:today -class:leave",
        bad: "state:planned,missed",
        why: "not confirmed",
        since: "starts",
        site: "place.site",
        ..Measure::PLAIN
    },
];
