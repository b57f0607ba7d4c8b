//! A value that was never seen for its entity.

use super::DAY;
use super::learnt::{Found, Known, Step};
use super::rows::{Digest, digest};
use super::words::{TOP, counted, day, most, shorten};

pub(super) fn judge(known: &mut Known, of: Digest, step: &Step<'_>, value: &[&str], says: &str) -> Option<Found> {
    let entity = known.entities.get_mut(&of)?;
    let time = step.seen.time;
    let key = u128::from_be_bytes(digest(value));
    let text = value.join(" / ");
    let before = (entity.parts.len(), entity.count - 1, entity.first);
    let usual = entity.parts.values().map(|part| (&*part.text, part.count));
    // Said only where it departs: most events do not.
    let fires = step.learnt && !entity.parts.contains_key(&key) && entity.is_known(step.plan, time);
    let usual = if fires { most(usual) } else { String::new() };
    let (new, left) = entity.count(key, &text, time);
    known.head.spilled.values += left;
    known.parts = (known.parts + usize::from(new)).saturating_sub(usize::try_from(left).unwrap_or(usize::MAX));
    if !fires {
        return None;
    }
    let name = entity.name();
    let fresh = entity.parts.iter().filter(|(other, part)| **other != key && part.told && part.first >= time - DAY);
    let fresh: Vec<&str> = fresh.map(|(_, part)| &*part.text).collect();
    let mut why = vec![
        ("seen".to_owned(), format!("{says} {}, never seen for {name} before", shorten(&text))),
        (
            "usual".to_owned(),
            format!(
                "{} in {} since {}: {usual}",
                counted(before.0 as u64, "value"),
                counted(before.1, "event"),
                day(before.2)
            ),
        ),
    ];
    if !fresh.is_empty() {
        let rest = fresh.len().saturating_sub(TOP);
        let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
        let told: Vec<&str> = fresh.into_iter().take(TOP).collect();
        why.push(("also new within a day".to_owned(), format!("{}{more}", told.join(", "))));
    }
    if let Some(part) = entity.parts.get_mut(&key) {
        part.told = true;
    }
    Some(Found { why, events: vec![step.seen] })
}
