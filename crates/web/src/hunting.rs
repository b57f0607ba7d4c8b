//! A question over events as an address holds it, and what may be wrong with it.

use crate::ask::Ask;
use crate::fault::Fault;
use crate::screens::encode;
use jiff::{SignedDuration, Timestamp};
use watchkeep_desk::DeskError;
use watchkeep_desk::hunting::Asked;
use watchkeep_lake::LakeError;
use watchkeep_model::filter::{SyntaxError, parse};

/// What an event question may have after the `?`.
pub const NAMES: [&str; 4] = ["q", "from", "to", "last"];

/// A stretch of time and what it is called.
#[derive(Debug, Clone)]
pub struct Span {
    pub from: Timestamp,
    pub to: Timestamp,
    pub word: String,
    /// The same for an address, such as `last=24h`.
    pub address: String,
}

/// A query that cannot be run, with its text.
#[derive(Debug, Clone)]
pub struct Misread {
    pub text: String,
    pub error: SyntaxError,
}

impl Misread {
    pub fn of(text: &str, error: SyntaxError) -> Fault {
        Fault::Query(Box::new(Self { text: text.to_owned(), error }))
    }

    /// Characters before the first wrong one, and how many are wrong; none where something is missing.
    pub fn place(&self) -> (usize, usize) {
        let count = |text: Option<&str>| text.map_or(0, |text| text.chars().count());
        let (at, length) = (self.error.at, self.error.length);
        (count(self.text.get(..at.min(self.text.len()))), count(self.text.get(at..at + length)))
    }
}

/// `?last=1h`, or `?from=…&to=…`; the last 24 hours where neither stands.
pub fn span(ask: &Ask) -> Result<Span, Fault> {
    span_of(ask, ask.query("last"), ask.query("from"), ask.query("to"))
}

/// The same of texts from elsewhere.
pub fn span_of(ask: &Ask, last: Option<&str>, from: Option<&str>, to: Option<&str>) -> Result<Span, Fault> {
    match (from, to) {
        (None, None) => up_to_now(ask, last.unwrap_or("24h")),
        (from, to) => between(ask, from, to),
    }
}

/// The time up to now, and a little more for clocks that are ahead.
fn up_to_now(ask: &Ask, last: &str) -> Result<Span, Fault> {
    let length = watchkeep_model::text::duration(last).filter(|span| span.is_positive());
    let length = length.ok_or_else(|| Fault::Bad(format!("`{last}` is not a duration such as 1h or 7d")))?;
    let from = ask.now.checked_sub(length).unwrap_or(Timestamp::UNIX_EPOCH);
    let to = ask.now + SignedDuration::from_mins(5);
    Ok(Span { from, to, word: format!("last {last}"), address: format!("last={}", encode(last)) })
}

fn between(ask: &Ask, from: Option<&str>, to: Option<&str>) -> Result<Span, Fault> {
    let wanted = "an instant such as 2026-03-03T08:00:00Z";
    let instant = |name: &str, text: Option<&str>| {
        let text = text.ok_or_else(|| Fault::Bad(format!("`{name}` is missing; give from and to, each {wanted}")))?;
        text.parse::<Timestamp>().map_err(|_| Fault::Bad(format!("`{name}` is {wanted}, and `{text}` is none")))
    };
    let (from, to) = (instant("from", from)?, instant("to", to)?);
    if from >= to {
        return Err(Fault::Bad("`from` must be before `to`".to_owned()));
    }
    let word = |at: Timestamp| at.to_zoned(ask.app.desk.zone.clone()).strftime("%m-%d %H:%M:%S").to_string();
    let address = format!("from={from}&to={to}");
    Ok(Span { from, to, word: format!("{} to {}", word(from), word(to)), address })
}

/// The question of a request, as its asker may ask it.
pub fn asked(ask: &Ask, span: &Span) -> Result<Asked, Fault> {
    let text = ask.query("q").unwrap_or_default();
    // Whoever sees no events is told nothing of queries either.
    ask.app.desk.event_sources(&ask.actor)?;
    let query = parse(text).map_err(|error| Misread::of(text, error))?;
    Ok(ask.app.desk.asked(&ask.actor, query, (span.from, span.to), ask.now)?)
}

/// Why the lake did not answer the query `text`.
pub fn fault(text: &str, error: impl Into<DeskError>) -> Fault {
    match error.into() {
        DeskError::Lake(LakeError::Query(error)) => Misread::of(text, error),
        DeskError::Lake(error @ (LakeError::Slow { .. } | LakeError::Memory { .. })) => Fault::Bad(error.to_string()),
        other => other.into(),
    }
}
