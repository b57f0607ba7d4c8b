//! A shift: who is where from when to when.

use crate::guards::in_order;
use crate::people::{Person, counts_on};
use crate::places::{Place, Rota};
use jiff::Timestamp;
use jiff::civil::Date;
use watchkeep_model::{
    ChoiceField, Effect, Field, Markdown, Measure, Move, Moving, Record, RecordKind, Ref, Refusal, Shape, Value,
};

/// One person at one place or on one rota, from one instant to another. Nobody is in two places at once.
#[derive(RecordKind)]
#[record(
    prefix = "SHF", area = "places", title = "title", state = "state", sort = "-starts", calendar = "starts",
    list = ["title", "class", "state", "person", "place", "rota", "starts", "ends"],
    moves = MOVES, measures = MEASURES, prepare = prepare, check = check, effects = swapped
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
    #[field(label = "Needs an escort")]
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

const WITH: &[Field] = &[Field {
    name: "with",
    label: "Swap with",
    help: "The other's shift: each takes the place of the other.",
    shape: Shape::Ref("shift"),
    ..Field::EMPTY
}];

const MOVES: &[Move] = &[
    Move {
        name: "confirm",
        label: "Confirm",
        from: &["planned"],
        to: Some("confirmed"),
        key: Some('f'),
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
    // Whoever gets a shift confirms it anew, and is told so under the work of today.
    Move {
        name: "give",
        label: "Give to",
        from: &["planned", "confirmed"],
        to: Some("planned"),
        asks: &["person"],
        ..Move::PLAIN
    },
    Move {
        name: "swap",
        label: "Swap",
        from: &["planned", "confirmed"],
        to: Some("planned"),
        asks: &["with"],
        inputs: WITH,
        guard: both_stand,
        apply: swap,
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
    let visitor = record.get("visitor").as_text().filter(|_| is_visit(record)).map(str::to_owned);
    let who = visitor.or_else(|| name("person", "person")).unwrap_or_else(|| "nobody yet".to_owned());
    record.set("title", format!("{place}: {who}").chars().take(300).collect::<String>());
}

/// Nobody is put on a post without what it asks for: a licence or clearance that counts on that day.
fn may_stand(moving: &Moving<'_>, person: i64) -> Result<(), Refusal> {
    let record = moving.record;
    let Some(place) = record.get("place").as_int().and_then(|id| moving.look.record("place", id)) else {
        return Ok(());
    };
    let (Some(needs), Some(starts)) = (place.choice("needs"), record.read::<Timestamp>("starts")) else {
        return Ok(());
    };
    let day = moving.zone.to_datetime(starts).date();
    let held = moving.look.with("credential", "person", &Value::Int(person), 1000);
    let held: Vec<&Record> = held.iter().filter(|one| one.choice("class") == Some(needs)).collect();
    if held.iter().any(|one| counts_on(one, day)) {
        return Ok(());
    }
    let name = moving.look.record("person", person).map_or("somebody".to_owned(), |person| person.title().to_owned());
    let needs = needs.replace('_', " ");
    let why = match held.iter().filter_map(|one| one.read::<Date>("expires")).max() {
        Some(last) if last < day => format!("whose {needs} counted until {last}"),
        _ => format!("who holds no {needs} that counts"),
    };
    Err(Refusal::invalid(format!("{} asks for a {needs}; {name}, {why}, cannot stand there on {day}", place.title()))
        .at("person"))
}

/// Of the shifts of a rota, the one that counts at a moment: the newest override, else the turn that began last (RU-24).
pub fn on_at(shifts: &[Record], now: Timestamp) -> Option<&Record> {
    let at = Some(now.as_millisecond());
    let on = shifts.iter().filter(|shift| {
        !shift.get("person").is_empty()
            && !matches!(shift.choice("class"), Some("leave" | "visit"))
            && shift.state() != Some("missed")
            && shift.get("starts").as_int() <= at
            && shift.get("ends").as_int() > at
    });
    on.max_by_key(|shift| precedence(shift))
}

/// Of shifts at one time, the greatest counts.
pub fn precedence(shift: &Record) -> (bool, Option<i64>, i64) {
    (shift.choice("class") == Some("override"), shift.get("starts").as_int(), shift.id)
}

fn is_visit(shift: &Record) -> bool {
    shift.choice("class") == Some("visit")
}

/// A visit says who comes and where; anything else names no visitor.
fn visited(record: &Record) -> Result<(), Refusal> {
    match (is_visit(record), record.get("visitor").is_empty()) {
        (true, true) => Err(Refusal::invalid("say who comes").at("visitor")),
        (true, false) if record.get("place").is_empty() => {
            Err(Refusal::invalid("say where they come to, such as the reception").at("place"))
        }
        (false, false) => Err(Refusal::invalid("a visitor comes by a visit; choose that class").at("class")),
        _ => Ok(()),
    }
}

/// It ends after it begins, belongs somewhere, and takes nobody who is elsewhere.
fn check(moving: &Moving<'_>) -> Result<(), Refusal> {
    let record = moving.record;
    in_order(moving, "starts", "ends")?;
    if record.get("place").is_empty() && record.get("rota").is_empty() {
        return Err(Refusal::invalid("say at which place, or on which rota").at("place"));
    }
    visited(record)?;
    // A host may receive several visitors, also while at a post.
    if is_visit(record) {
        return Ok(());
    }
    let unchanged = moving.before.is_some_and(|before| {
        ["person", "place", "starts", "ends", "class"].iter().all(|field| before.get(field) == record.get(field))
    });
    let Some(person) = record.get("person").as_int().filter(|_| !unchanged) else { return Ok(()) };
    if record.choice("class") != Some("leave") {
        may_stand(moving, person)?;
    }
    let (from, to) = (record.get("starts").as_int(), record.get("ends").as_int());
    let clashes = |other: &&Record| {
        other.id != record.id
            && other.state() != Some("missed")
            && !is_visit(other)
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

/// Somebody stands it; a visitor needs nobody, unless they must not go alone.
fn somebody(moving: &Moving<'_>) -> Result<(), Refusal> {
    if is_visit(moving.record) {
        let alone = moving.record.read::<bool>("escorted") == Some(true) && moving.record.get("person").is_empty();
        return match alone {
            true => Err(Refusal::invalid("they must not go alone; name who goes along").at("person")),
            false => Ok(()),
        };
    }
    if moving.record.get("person").is_empty() {
        return Err(Refusal::invalid("nobody has this shift yet; name somebody").at("person"));
    }
    Ok(())
}

/// The shift that this one is swapped with.
fn other(moving: &Moving<'_>) -> Option<Record> {
    let id = moving.input::<Ref<Shift>>("with")?.id;
    moving.look.record("shift", id)
}

/// Both shifts are still to come, and belong to two people.
fn both_stand(moving: &Moving<'_>) -> Result<(), Refusal> {
    let (mine, other) = (moving.before, other(moving));
    let person = |shift: Option<&Record>| shift.and_then(|shift| shift.get("person").as_int());
    let stands = other.as_ref().is_some_and(|other| matches!(other.state(), Some("planned" | "confirmed")));
    match (person(mine), person(other.as_ref())) {
        (Some(one), Some(two)) if one != two && stands => Ok(()),
        _ => Err(Refusal::invalid("swap with a shift of somebody else that is still to come").at("with")),
    }
}

fn swap(record: &mut Record, moving: &Moving<'_>) {
    if let Some(other) = other(moving) {
        record.set("person", other.get("person").clone());
    }
}

/// The other half of a swap, held to the same checks.
fn swapped(moving: &Moving<'_>) -> Vec<Effect> {
    let (Some("swap"), Some(before), Some(other)) = (moving.act, moving.before, other(moving)) else {
        return Vec::new();
    };
    let reason = format!("swapped with {}", moving.record.number());
    let values = vec![("person", before.get("person").clone())];
    vec![Effect::Move { kind: "shift", id: other.id, act: "give", values, reason }]
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
        of: "starts>=today starts<14d -class:leave,visit",
        bad: "person:none or person.leaves<today or person.state:locked",
        why: "nobody to stand it",
        since: "starts",
        site: "place.site",
        ..Measure::PLAIN
    },
    Measure {
        duty: "D-158",
        question: "Of the visitors who are in, how many are within their time, and have somebody with them where they must?",
        unit: "visitors in within their time",
        of: "class:visit state:standing",
        bad: "ends<now or (escorted:yes person:none)",
        why: "overstayed, or nobody goes along",
        since: "ends",
        site: "place.site",
        target: watchkeep_model::Target::None,
        ..Measure::PLAIN
    },
    Measure {
        duty: "D-148",
        question: "Of today's shifts at posts, how many were confirmed by whoever stands them?",
        unit: "posts confirmed",
        of: "place:any starts:today -class:leave,visit",
        bad: "state:planned,missed",
        why: "not confirmed",
        since: "starts",
        site: "place.site",
        ..Measure::PLAIN
    },
];
