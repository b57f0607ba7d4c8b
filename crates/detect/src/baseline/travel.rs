//! Two events of an entity in places that nobody gets between in that time.

use super::SECOND;
use super::entity::Sighting;
use super::learnt::{Found, Known, Step};
use super::place::Point;
use super::plan::Travel;
use super::rows::{Digest, digest};
use super::words::{moment, most, number, shorten};

/// Sightings that an entity keeps in the order of their time.
const TRAIL: usize = 32;
/// A pair of places is usual that was so often changed between too fast while it was learnt: a tunnel, not a traveller.
const USUAL: f64 = 3.0;

/// How the parts of a pair begin; others are places.
const PAIR: &str = "between ";

pub(super) fn judge(
    known: &mut Known,
    of: Digest,
    step: &Step<'_>,
    travel: &Travel,
    at: Point,
    place: &str,
) -> Option<Found> {
    let entity = known.entities.get_mut(&of)?;
    let judged = step.learnt && entity.is_known(step.plan, step.seen.time);
    let (new, mut left) = entity.count(u128::from_be_bytes(digest(&["place", place])), place, step.seen.time);
    let mut added = usize::from(new);
    let here =
        Sighting { seen: step.seen, latitude: at.latitude, longitude: at.longitude, place: shorten(place).into() };
    let order = |one: &Sighting| (one.seen.time, one.seen.id);
    let pos = entity.trail.partition_point(|one| order(one) < order(&here));
    let beside = [pos.checked_sub(1).and_then(|at| entity.trail.get(at)), entity.trail.get(pos)];
    let fastest = beside.into_iter().flatten().filter_map(|other| too_fast(travel, other, &here));
    let fastest = fastest.max_by(|a, b| a.speed.total_cmp(&b.speed));
    entity.trail.insert(pos, here);
    if entity.trail.len() > TRAIL {
        entity.trail.pop_front();
    }
    let mut found = None;
    if let Some(trip) = fastest {
        let mut ends = [trip.from.place.as_ref(), trip.to.place.as_ref()];
        ends.sort_unstable();
        let pair = u128::from_be_bytes(digest(&["pair", ends[0], ends[1]]));
        let often = entity.parts.get(&pair).map_or(0.0, |part| part.count);
        if !judged {
            let (new, more) = entity.count(pair, &format!("{PAIR}{} and {}", ends[0], ends[1]), step.seen.time);
            added += usize::from(new);
            left += more;
        } else if often < USUAL {
            let places = entity.parts.values().filter(|part| !part.text.starts_with(PAIR));
            let usual = most(places.map(|part| (&*part.text, part.count)));
            found = Some(trip.told(travel, &entity.name(), usual));
        }
    }
    known.head.spilled.values += left;
    known.parts = (known.parts + added).saturating_sub(usize::try_from(left).unwrap_or(usize::MAX));
    found
}

/// From one sighting to the next, faster than anybody goes.
struct Trip {
    from: Sighting,
    to: Sighting,
    kilometres: f64,
    speed: f64,
}

fn too_fast(travel: &Travel, one: &Sighting, other: &Sighting) -> Option<Trip> {
    let point = |one: &Sighting| Point::new(one.latitude, one.longitude);
    let kilometres = point(one)?.kilometres(point(other)?);
    // What happens at the same time is taken for a second apart.
    let apart = (one.seen.time - other.seen.time).abs().max(SECOND);
    let speed = kilometres / (apart as f64 / super::HOUR as f64);
    let (from, to) = if one.seen.time <= other.seen.time { (one, other) } else { (other, one) };
    let fast = kilometres >= travel.distance && speed > travel.speed;
    fast.then(|| Trip { from: from.clone(), to: to.clone(), kilometres, speed })
}

impl Trip {
    fn told(&self, travel: &Travel, name: &str, usual: String) -> Found {
        let minutes = (self.to.seen.time - self.from.seen.time) / (60 * SECOND);
        let apart = match (minutes / 60, minutes % 60) {
            (0, 0) => "less than a minute".to_owned(),
            (0, minutes) => format!("{minutes} min"),
            (hours, minutes) => format!("{hours} h {minutes} min"),
        };
        let why = vec![
            (
                "seen".to_owned(),
                format!(
                    "{name} in {} at {}, then in {} at {}",
                    self.from.place,
                    moment(self.from.seen.time),
                    self.to.place,
                    moment(self.to.seen.time)
                ),
            ),
            (
                "speed".to_owned(),
                format!(
                    "{} km in {apart}: {} km/h; more than {} is impossible",
                    number(self.kilometres.round()),
                    number(self.speed.round()),
                    number(travel.speed)
                ),
            ),
            ("usual".to_owned(), usual),
        ];
        Found { why, events: vec![self.from.seen, self.to.seen] }
    }
}
