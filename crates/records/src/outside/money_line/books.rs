//! What keeps the books right: closed months, transfers that come to zero, no promise under a contract that is over.

use super::Leg;
use jiff::civil::Date;
use watchkeep_model::{FieldType, Moving, Record, Refusal, Rows};

/// What a transfer gives and takes.
pub fn legs(line: &Record) -> Vec<Leg> {
    Rows::<Leg>::read(line.get("legs")).map_or(Vec::new(), |rows| rows.0)
}

/// The last day of the closed months.
fn closed_through(moving: &Moving<'_>) -> Option<Date> {
    moving.look.record("organisation", 1)?.read::<Date>("closed_through")
}

/// Nothing is entered, changed or deleted in a closed month (D-113); what was promised then may still be closed.
pub(super) fn still_open(moving: &Moving<'_>) -> Result<(), Refusal> {
    let Some(closed) = closed_through(moving) else { return Ok(()) };
    let inside = |line: &Record| line.read::<Date>("on").is_some_and(|on| on <= closed);
    let settled = moving.act == Some("close");
    if settled || !(inside(moving.record) || moving.before.is_some_and(inside)) {
        return Ok(());
    }
    let said = format!("the books are closed through {closed}: book it on a later day");
    Err(Refusal::rule("D-113", said).at("on"))
}

/// A transfer moves money between accounts and makes none: one currency, and in all zero (D-112).
pub(super) fn balanced(line: &Record) -> Result<(), Refusal> {
    let legs = legs(line);
    let wrong = |said: String| Err(Refusal::rule("D-112", said).at("legs"));
    if line.choice("class") != Some("transfer") {
        if !legs.is_empty() {
            return wrong("only a transfer has legs".to_owned());
        }
        let missing = ["amount", "account"].into_iter().find(|field| line.get(field).is_empty());
        return match missing {
            Some(field) => Err(Refusal::invalid(format!("give the {field}")).at(field)),
            None => Ok(()),
        };
    }
    if legs.len() < 2 {
        return wrong("a transfer has two legs at least: what one account loses another gains".to_owned());
    }
    if let Some(other) =
        legs.iter().find(|leg| Some(leg.amount.currency) != legs.first().map(|leg| leg.amount.currency))
    {
        return wrong(format!("all legs are in one currency; {} is not", other.account));
    }
    let sum = legs.iter().try_fold(0_i64, |sum, leg| sum.checked_add(leg.amount.minor));
    match (sum, legs.first()) {
        (Some(0), _) => Ok(()),
        (Some(sum), Some(leg)) => {
            let currency = String::from_utf8_lossy(&leg.amount.currency).into_owned();
            let sign = if sum < 0 { "-" } else { "" };
            let (whole, part) = (sum.unsigned_abs() / 100, sum.unsigned_abs() % 100);
            wrong(format!("a transfer comes to zero; these legs come to {sign}{whole}.{part:02} {currency}"))
        }
        _ => wrong("these amounts are too large to add".to_owned()),
    }
}

/// Nothing new is promised under a contract that is over or was never signed (RU-53).
pub(super) fn under_contract(moving: &Moving<'_>) -> Result<(), Refusal> {
    let line = moving.record;
    let same = moving.before.is_some_and(|before| {
        ["class", "agreement", "on"].into_iter().all(|field| before.get(field) == line.get(field))
    });
    if same || line.choice("class") != Some("commitment") {
        return Ok(());
    }
    let Some(contract) = line.get("agreement").as_int().and_then(|id| moving.look.record("agreement", id)) else {
        return Ok(());
    };
    let ends = contract.read::<Date>("ends");
    let said = match contract.state() {
        Some("in_force") if ends.zip(line.read::<Date>("on")).is_none_or(|(ends, on)| on <= ends) => return Ok(()),
        Some("in_force") => format!("{} is over by then: renew or end it first", contract.number()),
        _ => format!("{} is not in force: have it signed first", contract.number()),
    };
    Err(Refusal::rule("RU-53", said).at("agreement"))
}
