//! What answers which rules an event matches: one trait, of which [`crate::RuleSet`] and [`crate::Oracle`] are the two.
//!
//! Below it lies our own matcher. `compile` turns a parsed rule into tests of field values (`test`, `text`, `shape`,
//! `net`, `moment`), `class` gathers the rules of one log source, and `clause` and `index` choose for each rule a few
//! texts of which one must be in the event, so that hardly any rule is looked at in full. `record` is the event as the
//! tests see it, `why` what a match says.

pub(crate) mod class;
mod clause;
pub(crate) mod compile;
mod encode;
mod hint;
mod index;
mod known;
mod literal;
mod memo;
mod moment;
pub(crate) mod names;
pub(crate) mod needs;
pub(crate) mod net;
pub(crate) mod record;
mod shape;
pub(crate) mod test;
mod text;
mod trie;
mod weight;
mod why;

use crate::info::{Match, RuleInfo};
use watchkeep_model::event::Event;

/// Rules that were loaded, and which of them an event matches.
pub trait Matcher {
    /// Every rule that was offered, in file order.
    fn rules(&self) -> &[RuleInfo];

    /// The rules that `event` matches, in rule order, each with what made it match.
    fn evaluate(&self, event: &Event) -> Vec<Match>;
}
