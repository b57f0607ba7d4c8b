//! Far more in an hour or a day than the entity had before, or than its peers have.

use super::learnt::{Found, Known, Step};
use super::plan::{Measure, Peers, Volume};
use super::read::FEWEST;
use super::robust::{Usual, usual};
use super::rows::{Digest, digest};
use super::words::{counted, day, moment, number};
use super::{HOUR, VALUES};

/// A count is judged again each time that it grew by this factor: a flood is not looked at event by event.
const GROWTH: f64 = 1.05;
/// Deviations are at least so many events.
const FLOOR: f64 = 1.0;

/// What one event adds.
pub(super) enum Adds {
    Number(f64),
    Value(u64),
}

pub(super) fn judge(known: &mut Known, of: Digest, step: &Step<'_>, volume: &Volume, adds: &Adds) -> Option<Found> {
    let bucket = step.seen.time.div_euclid(volume.per);
    let (before, now, left) = add(known, of, step, bucket, adds)?;
    known.head.spilled.values += left;
    let entity = known.entities.get(&of)?;
    let told = entity.parts.get(&key(bucket)).is_some_and(|part| part.told);
    let steps = |count: f64| if count < volume.at_least { -1.0 } else { (count.ln() / GROWTH.ln()).floor() };
    if !step.learnt
        || now < volume.at_least
        || steps(before) >= steps(now)
        || !entity.is_known(step.plan, step.seen.time)
    {
        return None;
    }
    let own = volume.own.then(|| history(known, of, step, volume, bucket)).flatten();
    let own = own.map(|usual| (usual, usual.z(now, FLOOR)));
    let peers = volume.peers.as_ref().and_then(|peers| beside(known, of, peers, volume, bucket));
    let peers = peers.map(|usual| (usual, usual.z(now, FLOOR)));
    let departs =
        |asked: bool, found: &Option<(Usual, f64)>| !asked || found.is_some_and(|(_, z)| z >= volume.threshold);
    if !(departs(volume.own, &own) && departs(volume.peers.is_some(), &peers)) {
        return None;
    }
    let entity = known.entities.get_mut(&of)?;
    if let Some(part) = entity.parts.get_mut(&key(bucket)) {
        part.told = true;
    }
    let events = entity.untold(|time| time.div_euclid(volume.per) == bucket);
    if events.is_empty() && told {
        return None;
    }
    let long = if volume.per == HOUR { "hour" } else { "day" };
    let mut why = vec![(
        "seen".to_owned(),
        format!("{} in the {long} from {}", volume.measured(now), moment(bucket * volume.per)),
    )];
    let words = |found: &Usual, z: f64| {
        format!(
            "median {}, median deviation {}, highest {}; this is {} deviations above, and {} count",
            number(found.median),
            number(found.mad),
            number(found.highest),
            number((z * 10.0).round() / 10.0),
            number(volume.threshold)
        )
    };
    if let Some((found, z)) = own {
        let which = match (volume.season * volume.per / HOUR, volume.season) {
            (_, 1) => String::new(),
            (24, _) => " at this time of day".to_owned(),
            _ => " at this time of the week".to_owned(),
        };
        let of = format!(
            "its {}{which} since {}",
            counted(found.count as u64, long),
            day(entity.first.max(step.seen.time - step.plan.forget))
        );
        why.push(("usual for it".to_owned(), format!("{of}: {}", words(&found, z))));
    }
    if let (Some((found, z)), Some(peers)) = (peers, &volume.peers) {
        let whose = match peers {
            Peers::All => String::new(),
            Peers::Same(field) => format!(" with {field} {}", entity.peers),
        };
        let of = format!("{}{whose} in the same {long}", counted(found.count as u64, "other"));
        why.push(("usual for its peers".to_owned(), format!("{of}: {}", words(&found, z))));
    }
    Some(Found { why, events: if events.is_empty() { vec![step.seen] } else { events } })
}

/// Adds to the count of its hour: what it was, what it is, and how many hours made room.
fn add(known: &mut Known, of: Digest, step: &Step<'_>, bucket: i64, adds: &Adds) -> Option<(f64, f64, u64)> {
    let entity = known.entities.get_mut(&of)?;
    let before = entity.parts.get(&key(bucket)).map_or(0.0, |part| part.count);
    let (new, left) = entity.count(key(bucket), "", step.seen.time);
    known.parts = (known.parts + usize::from(new)).saturating_sub(usize::try_from(left).unwrap_or(usize::MAX));
    let part = entity.parts.get_mut(&key(bucket))?;
    part.count = match adds {
        Adds::Number(number) => before + number.max(0.0),
        Adds::Value(value) => {
            let room = part.different.len() < VALUES;
            let fresh = room && part.different.insert(*value);
            before + if fresh { 1.0 } else { 0.0 }
        }
    };
    Some((before, part.count, left))
}

/// What is usual of the entity's own hours before this one that are comparable with it.
fn history(known: &Known, of: Digest, step: &Step<'_>, volume: &Volume, bucket: i64) -> Option<Usual> {
    let entity = known.entities.get(&of)?;
    let oldest = entity.first.max(entity.newest - step.plan.forget).div_euclid(volume.per);
    let many = (bucket - oldest).div_euclid(volume.season);
    let before = (1..=many).map(|ago| bucket - ago * volume.season);
    let counts = before.map(|bucket| entity.parts.get(&key(bucket)).map_or(0.0, |part| part.count));
    usual(counts).filter(|found| i64::try_from(found.count).is_ok_and(|count| count >= FEWEST))
}

/// What is usual of its peers in the same hour, those that were known before it.
fn beside(known: &Known, of: Digest, peers: &Peers, volume: &Volume, bucket: i64) -> Option<Usual> {
    let own = known.entities.get(&of)?;
    let is_peer = |other: &super::entity::Entity| match peers {
        Peers::All => true,
        Peers::Same(_) => !own.peers.is_empty() && other.peers.eq_ignore_ascii_case(&own.peers),
    };
    let others = known.entities.iter().filter(|(digest, _)| **digest != of).map(|(_, other)| other);
    let others = others.filter(|other| other.first.div_euclid(volume.per) < bucket && is_peer(other));
    usual(others.map(|other| other.parts.get(&key(bucket)).map_or(0.0, |part| part.count)))
        .filter(|found| found.count >= volume.min_entities)
}

/// Where an hour is found among the parts of an entity.
pub(super) fn key(bucket: i64) -> u128 {
    u128::from(bucket.cast_unsigned())
}

/// The digest of a value that is counted once.
pub(super) fn word(value: &[&str]) -> u64 {
    digest(value).first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes))
}

impl Volume {
    /// `57 events`, `1,200 different dst_ip`, `80 of bytes added up`.
    fn measured(&self, count: f64) -> String {
        match &self.measure {
            Measure::Events => counted(count as u64, "event"),
            Measure::Sum(field) => format!("{} of {field} added up", number(count)),
            Measure::Distinct(fields) => {
                let full = if count >= VALUES as f64 { " or more" } else { "" };
                format!("{}{full} different {}", number(count), fields.join(" and "))
            }
        }
    }
}
