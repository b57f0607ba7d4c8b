//! Correlation: what the matches of several events say together, counted in sliding windows over the events' own time.
//!
//! `read` makes a correlation ready or says why it cannot be, `plan` is one made ready, `condition` what its counts must
//! be. `windows` takes matches in and gives firings; a `group` is the window of one group, `tally` what is counted in
//! it. `rows` is the state as it is written down, so that a restart goes on where it was.
//!
//! What fires does not depend on the order in which events come, as long as none is later than [`LATENESS`]: a window
//! ends at an event and holds those within the timespan before it, and an event that comes late is put in its place and
//! all windows that it falls into are looked at again. A condition that more events can only make truer is judged at
//! once; one that they can make untrue (`lt`, `eq`, an average, a percentile) is judged when the allowed lateness is over.

mod condition;
mod group;
mod plan;
mod read;
mod rows;
mod tally;
mod windows;

pub use plan::Correlations;
pub(crate) use read::{Offered, ready};
pub use rows::{Changes, Row, RowKey};
pub use windows::{Firing, Seen, Spilled, Windows};

use jiff::SignedDuration;

/// How much later than newer events of its group an event may come and still be counted as if it had come in order.
pub const LATENESS: SignedDuration = SignedDuration::from_mins(5);
/// Events that one window keeps; the oldest leave first. A rule that counts further is refused.
pub const EVENTS_A_GROUP: usize = 10_000;
/// Events that all windows of one correlation keep; the group that was longest without one leaves first.
pub const EVENTS: usize = 100_000;
/// Groups that one correlation keeps apart; the one that was longest without an event leaves first.
pub const GROUPS: usize = 10_000;
