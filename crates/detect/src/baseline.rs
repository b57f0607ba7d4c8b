//! Behaviour baselines: what is usual for somebody or something, learnt from events, and what departs from it.
//!
//! `read` makes a baseline ready or says why it cannot be, `plan` is one made ready. `learnt` takes events in and gives
//! departures; an `entity` is what is known of one name, and `first_seen`, `rare`, `volume` and `travel` are how it is
//! judged. `robust` is the statistics, `place` where things are, `rows` the state as it is written down, so that a
//! restart goes on where it was.
//!
//! Everything goes by the events' own time. What was learnt does not depend on how the stream is cut, and an event that
//! comes twice counts once: each entity remembers its last events, and one that comes later than those is not counted.

mod entity;
mod first_seen;
mod learnt;
mod place;
mod plan;
mod rare;
mod read;
mod robust;
mod rows;
mod travel;
mod volume;
mod words;

pub use learnt::{Departure, Learnt, Spilled, Standing};
pub use plan::{Baselines, value};
pub(crate) use plan::{fields, read};
pub use robust::{Usual, usual};

use jiff::SignedDuration;

/// How much later than newer events of its entity an event may come and still be counted.
pub const LATENESS: SignedDuration = SignedDuration::from_hours(1);
/// Events that an entity remembers, to know one that comes again; the oldest leave first, and what is older than
/// those counts as late.
pub const REMEMBERED: usize = 512;
/// Entities that one baseline knows; the one that was longest without an event leaves first.
pub const ENTITIES: usize = 10_000;
/// Values, hours or places that one entity keeps; the one that was longest without an event leaves first.
pub const VALUES: usize = 1_000;
/// Those of all entities of one baseline together; the entity that was longest without an event leaves first.
pub const ALL_VALUES: usize = 200_000;
/// Days of events that a baseline may be told to learn.
pub const LONGEST: i64 = 92;

/// In microseconds.
const SECOND: i64 = 1_000_000;
const HOUR: i64 = 3_600 * SECOND;
const DAY: i64 = 24 * HOUR;
