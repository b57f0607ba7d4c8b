//! Guards that several kinds share: who may decide, up to what, and what a recorded exception lets through.

use crate::assure::Authority;
use jiff::civil::Date;
use sha2::{Digest, Sha256};
use watchkeep_model::{Described, Kind, Money, Moving, Record, Ref, Refusal, Value, json};

/// More exceptions or levels than an organisation records.
const EVERY: usize = 10_000;

/// How much a decision is about, against the limit of whoever takes it.
#[derive(Clone, Copy)]
pub enum Size {
    Any,
    Amount(Option<Money>),
    /// Likelihood times impact, 1 to 25.
    Score(Option<i64>),
}

/// Notes who put something forward: whoever made it, then whoever last changed what is decided about. So nobody rewrites
/// what another asked for and then decides it alone (RU-38).
pub fn asked_by<T: watchkeep_model::Described>(record: &mut Record, moving: &Moving<'_>, field: &str, about: &[&str]) {
    made_by::<T>(record, moving, field);
    let changed = moving.before.is_some_and(|before| about.iter().any(|name| before.get(name) != record.get(name)));
    if let Some(person) = moving.actor.person.filter(|_| changed) {
        record.write(field, Some(Ref::<T>::new(person)));
    }
}

/// The day of `now`, where days begin for the organisation.
pub fn today(moving: &Moving<'_>) -> Date {
    moving.zone.to_datetime(moving.now).date()
}

/// Notes who made a record, once, in a managed field; what the system says of it stays.
pub fn made_by<T: watchkeep_model::Described>(record: &mut Record, moving: &Moving<'_>, field: &str) {
    if moving.before.is_none() && (moving.actor.person.is_some() || record.get(field).is_empty()) {
        record.write(field, moving.actor.person.map(Ref::<T>::new));
    }
}

/// Whoever asked does not decide (RU-38), unless an exception to that is in force (RU-61).
pub fn another(moving: &Moving<'_>, field: &str) -> Result<(), Refusal> {
    let same = moving.actor.person.is_some() && moving.record.get(field).as_int() == moving.actor.person;
    if same && !waived(moving, "RU-38") {
        let message = "whoever asks does not decide: somebody else must, or a decision in force sets RU-38 aside";
        return Err(Refusal::rule("RU-38", message));
    }
    Ok(())
}

/// Whoever attests for a supplier proves that our documents are kept to; they do not change them (RU-57).
pub fn in_house(moving: &Moving<'_>) -> Result<(), Refusal> {
    let Some(person) = moving.actor.person else { return Ok(()) };
    let suppliers = moving.look.with("party", "attests", &person.into(), 100);
    let Some(supplier) = suppliers.iter().find(|party| party.read::<bool>("ended") != Some(true)) else {
        return Ok(());
    };
    let message = format!(
        "you attest for {}, and only prove that it keeps to this; a manager of the house changes it",
        supplier.title()
    );
    Err(Refusal::rule("RU-57", message))
}

/// Whether an approved exception that has not run out sets this rule aside.
pub fn waived(moving: &Moving<'_>, rule: &str) -> bool {
    let exceptions = moving.look.with("decision", "rule", &rule.into(), EVERY);
    exceptions.iter().any(|decision| {
        decision.state() == Some("approved")
            && decision.read::<bool>("stale") != Some(true)
            && decision.read::<Date>("until").is_some_and(|until| until >= today(moving))
    })
}

/// Nobody decides above their level (RU-36). Where no level is in force for a matter, none is asked.
pub fn level(moving: &Moving<'_>, matter: &str, size: Size) -> Result<(), Refusal> {
    let Some(person) = moving.actor.person else { return Ok(()) };
    let matter_value = Authority::kind().choice_value("matter", matter);
    let mut levels = moving.look.with("authority", "matter", &matter_value, EVERY);
    levels.retain(|level| level.state() == Some("in_force"));
    let held = |level: &&Record| {
        let function = level.get("function").as_int().and_then(|id| moving.look.record("function", id));
        function.is_some_and(|function| holds(&function, person))
    };
    if levels.is_empty() || levels.iter().filter(held).any(|level| covers(level, size)) {
        return Ok(());
    }
    let enough = levels.iter().filter(|level| covers(level, size)).map(|level| level.title().to_owned());
    let enough = enough.collect::<Vec<_>>().join(", ");
    let who = if enough.is_empty() { "nobody holds a level for it".to_owned() } else { format!("ask: {enough}") };
    Err(Refusal::rule("RU-36", format!("this is above your level of authority; {who}")))
}

/// Whether a function is a person's: theirs, or theirs to deputise.
pub fn holds(function: &Record, person: i64) -> bool {
    ["holder", "deputy"].iter().any(|field| function.get(field).as_int() == Some(person))
}

/// An empty limit is none.
fn covers(level: &Record, size: Size) -> bool {
    match (size, level.get("amount"), level.get("score").as_int()) {
        (Size::Amount(Some(asked)), Value::Money(limit, currency), _) => {
            asked.currency == *currency && asked.minor <= *limit
        }
        (Size::Score(Some(asked)), _, Some(limit)) => asked <= limit,
        _ => true,
    }
}

/// SHA-256 in hex of what some fields say; empty ones say nothing.
pub fn digest(record: &Record, fields: &[&str]) -> String {
    let mut hash = Sha256::new();
    for field in fields.iter().filter_map(|name| record.kind.field(name)) {
        let value = record.get(field.name);
        if !value.is_empty() {
            let said = json::bare(&field.shape, value).to_string();
            hash.update(format!("{}:{}:{said}", field.name, said.len()));
        }
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The function accountable for the held duty that a record names decides, through the person who holds it or deputises
/// (RU-04).
pub fn by_the_accountable(moving: &Moving<'_>) -> Result<(), Refusal> {
    let Some(person) = moving.actor.person else { return Ok(()) };
    let held = moving.record.get("held").as_int().and_then(|id| moving.look.record("held_duty", id));
    let function = held.and_then(|held| moving.look.record("function", held.get("accountable").as_int()?));
    let Some(function) = function else {
        return Err(Refusal::rule("RU-04", "nobody is accountable for this duty; give it an A first"));
    };
    if holds(&function, person) {
        return Ok(());
    }
    let message = format!("{} is accountable for this duty; whoever holds that function decides", function.title());
    Err(Refusal::rule("RU-04", message))
}

/// Somebody works on this already: who, and since when (RU-13).
pub fn works_on(name: &str, since: Option<jiff::Timestamp>, number: &str) -> Refusal {
    let since = since.map_or(String::new(), |at| format!(" since {}", at.strftime("%Y-%m-%d %H:%M UTC")));
    Refusal::rule("RU-13", format!("{name} works on {number}{since}; ask them to give it back first"))
}

/// A cut in guarding names an approved procedure that keeps security without it (RU-56).
pub fn replaces(moving: &Moving<'_>, field: &str) -> Result<(), Refusal> {
    let procedure = moving.record.get(field).as_int().and_then(|id| moving.look.record("procedure", id));
    let message = match procedure {
        Some(procedure) if procedure.state() == Some("approved") => return Ok(()),
        Some(procedure) => format!("{} is not approved; a cut needs a procedure that is", procedure.number()),
        None => "fewer guards need a new procedure that keeps security; name an approved one".to_owned(),
    };
    Err(Refusal::rule("RU-56", message).at(field))
}

/// From a day on to another, in order.
pub fn in_order(moving: &Moving<'_>, from: &str, to: &str) -> Result<(), Refusal> {
    let (first, last) = (moving.record.get(from), moving.record.get(to));
    let wrong = match (first, last) {
        (Value::Text(first), Value::Text(last)) => first > last,
        (Value::Int(first), Value::Int(last)) => first > last,
        _ => false,
    };
    if wrong {
        return Err(Refusal::invalid("the end is before the beginning; give a later one").at(to));
    }
    Ok(())
}

/// Fields that stay as they are, outside of moves.
pub fn frozen(moving: &Moving<'_>, fields: &[&str], why: &str) -> Result<(), Refusal> {
    let Some(before) = moving.before else { return Ok(()) };
    match fields.iter().find(|field| before.get(field) != moving.record.get(field)) {
        Some(field) => Err(Refusal::invalid(why).at(field)),
        None => Ok(()),
    }
}

/// The same, by a rule.
pub fn frozen_by(rule: &'static str, moving: &Moving<'_>, fields: &[&str], why: &str) -> Result<(), Refusal> {
    frozen(moving, fields, why).map_err(|refusal| Refusal { code: "rule", rule: Some(rule), ..refusal })
}

/// The record whose number stands in `about`, as it stands now.
pub fn subject(record: &Record, moving: &Moving<'_>) -> Option<Record> {
    let (kind, id) = number_in(record, "about")?;
    moving.look.record(kind.name, id)
}

/// Kind and id of the number in a field, whether there is such a record or not.
pub fn number_in(record: &Record, field: &str) -> Option<(&'static Kind, i64)> {
    let (prefix, id) = record.get(field).as_text()?.trim().rsplit_once('-')?;
    let kind = crate::all().into_iter().find(|kind| kind.prefix.eq_ignore_ascii_case(prefix))?;
    Some((kind, id.parse().ok().filter(|id| *id > 0)?))
}

/// That is no number of a record; says what one looks like.
pub fn no_subject(such_as: &str) -> Refusal {
    Refusal::invalid(format!("write the number of a record, such as {such_as}")).at("about")
}
