//! A value that hardly any entity has: here the value is what is known, and its parts are the entities that have it.

use super::VALUES;
use super::learnt::{Found, Known, Step};
use super::plan::Rare;
use super::rows::{Digest, digest};
use super::words::{counted, most, number, shorten};

pub(super) fn judge(known: &mut Known, of: Digest, step: &Step<'_>, rare: &Rare, says: &str) -> Option<Found> {
    let group = known.entities.get_mut(&of)?;
    let key = u128::from_be_bytes(digest(&step.names));
    // What so many have is not rare; more of them need not be known by name.
    if group.parts.len() >= VALUES && !group.parts.contains_key(&key) {
        known.head.spilled.values += 1;
        return None;
    }
    let (new, _) = group.count(key, &step.names.join(" / "), step.seen.time);
    if !new {
        return None;
    }
    known.parts += 1;
    *known.population.entry(key).or_default() += 1;
    let (have, all) = (group.parts.len(), known.population.len());
    let few = have <= rare.at_most && rare.share.is_none_or(|share| have as f64 <= share * all as f64);
    if !(step.learnt && few && all >= rare.min_entities) {
        return None;
    }
    if let Some(part) = group.parts.get_mut(&key) {
        part.told = true;
    }
    let group = known.entities.get(&of)?;
    let others: Vec<&str> = group.parts.iter().filter(|(part, _)| **part != key).map(|(_, part)| &*part.text).collect();
    let others = if others.is_empty() { String::new() } else { format!("; also {}", others.join(", ")) };
    let usual = known.entities.values().filter(|other| other.parts.len() > have);
    let usual: Vec<(String, f64)> = usual.map(|other| (other.name(), other.parts.len() as f64)).collect();
    let why = vec![
        (
            "seen".to_owned(),
            format!(
                "{says} {} on {}; {} of {} have it{others}",
                shorten(&group.name()),
                shorten(&step.names.join(" / ")),
                number(have as f64),
                number(all as f64)
            ),
        ),
        (
            "usual".to_owned(),
            format!(
                "of {} known, {} more common: {}",
                counted(known.entities.len() as u64, "value"),
                if usual.len() == 1 { "1 is".to_owned() } else { format!("{} are", number(usual.len() as f64)) },
                most(usual.iter().map(|(name, count)| (name.as_str(), *count)))
            ),
        ),
    ];
    Some(Found { why, events: vec![step.seen] })
}
