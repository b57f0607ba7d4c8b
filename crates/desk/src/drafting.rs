//! What is told of a rule while it is written: how it was understood, whether its log source was ever seen here, which of
//! its fields were not, and what of the newest events it matches.

use crate::backtest::{Example, example};
use crate::tried::Tried;
use crate::watch::own::file_of;
use crate::watch::own::is_several;
use crate::{Desk, DeskError};
use jiff::{SignedDuration, Timestamp};
use std::sync::{Mutex, PoisonError};
pub use watchkeep_detect::reading as read;
pub use watchkeep_detect::{Form, Reading, RuleInfo, State};
use watchkeep_detect::{RuleSet, reading};
use watchkeep_lake::{Found, SearchRequest};
use watchkeep_model::event::{Event, LogSource};
use watchkeep_model::filter::{Expr, Op, Query, Term, Value, parse};

/// Days of events that say which log sources are seen here.
const DAYS: i64 = 30;
/// Seconds for which it is remembered which were, and which were not.
const REMEMBERED: i64 = 300;
const MISSED: i64 = 60;
/// Newest events of the rule's log source that are tried, and matches of them that are shown.
const SAMPLE: usize = 500;
const SHOWN: usize = 3;
/// Words that an event may have beside the one that it is kept under: these narrow nothing.
const BESIDE: [&str; 6] = ["registry_event", "auth", "audit", "gcp.audit", "pim", "threat_detection"];

/// What is told of a text.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Told {
    pub reading: Reading,
    /// Events of the log source in the last thirty days; nothing where the text names none.
    pub seen: Option<u64>,
    /// Fields that none of the newest events of the log source has.
    pub unknown: Vec<String>,
    /// Newest events that were tried, how many matched, and the first of them.
    pub tried: usize,
    pub matched: usize,
    pub examples: Vec<Example>,
    /// How many rules a correlation counts, and how many of them then leave it to correlations to alert.
    pub counts: [usize; 2],
}

impl Told {
    /// Why it would do nothing yet.
    pub fn waits(&self) -> Option<&str> {
        self.reading.rules.iter().find_map(|rule| match &rule.state {
            State::Waits(why) => Some(why.as_str()),
            State::Live | State::Refused(_) => None,
        })
    }

    /// Why it cannot be put in force.
    pub fn refused(&self) -> Option<&str> {
        self.reading.rules.iter().find_map(|rule| match &rule.state {
            State::Refused(why) => Some(why.as_str()),
            State::Live | State::Waits(_) => None,
        })
    }
}

/// A kind of log that was seen, from one source.
#[derive(Debug, Clone)]
struct Seen {
    source: String,
    product: String,
    category: String,
    service: String,
    events: u64,
}

impl Seen {
    /// Whether its events may be of a rule's log source.
    fn fits(&self, log: &LogSource) -> bool {
        let fits = |asked: &Option<_>, held: &str| {
            asked.as_deref().is_none_or(|word: &str| word == held || (BESIDE.contains(&word) && !held.is_empty()))
        };
        fits(&log.product, &self.product) && fits(&log.category, &self.category) && fits(&log.service, &self.service)
    }
}

/// Which kinds of log were seen, as of when.
#[derive(Debug, Default)]
pub(crate) struct SeenLogs(Mutex<Option<(Timestamp, Vec<Seen>)>>);

/// The kinds of log that somebody sees events of.
pub(crate) struct SeenHere(Vec<Seen>);

impl SeenHere {
    /// Whether events of a rule's log source come.
    pub fn comes(&self, log: &LogSource) -> bool {
        self.0.iter().any(|one| one.fits(log))
    }
}

impl Desk {
    /// The kinds of log of the last thirty days, of those sources.
    ///
    /// # Errors
    /// The lake cannot be read.
    pub(crate) fn seen_here(&self, sources: Option<Vec<String>>, now: Timestamp) -> Result<SeenHere, DeskError> {
        let mut seen = self.seen_logs(now, MISSED)?;
        seen.retain(|one| sources.as_ref().is_none_or(|names| names.contains(&one.source)));
        Ok(SeenHere(seen))
    }

    /// Reads the text of a rule, 0 for a new one, among the others written here, and tries it with the newest events of its log source, of those in `sources`.
    ///
    /// # Errors
    /// The lake cannot be read.
    pub fn told_of(
        &self,
        record: i64,
        text: &str,
        sources: Option<&[String]>,
        now: Timestamp,
    ) -> Result<Told, DeskError> {
        let mut told = Told { reading: reading(text), ..Told::default() };
        if is_several(text) {
            told.reading
                .rules
                .iter_mut()
                .for_each(|rule| rule.state = State::Refused(crate::rules::SEVERAL.to_owned()));
        }
        let alone = |rule: &&RuleInfo| matches!(rule.form, Form::Detection | Form::Baseline);
        let Some(rule) = told.reading.rules.first().filter(alone).cloned() else {
            if let (Some(rule), Some(among)) = (told.reading.rules.first_mut(), self.watch.among_own(record, text)) {
                (rule.state, told.counts) = among;
            }
            return Ok(told);
        };
        if told.refused().is_some() || rule.log == LogSource::default() {
            return Ok(told);
        }
        let visible = |one: &&Seen| sources.is_none_or(|names| names.contains(&one.source));
        let count =
            |seen: Vec<Seen>| seen.iter().filter(|one| one.fits(&rule.log)).filter(visible).map(|one| one.events).sum();
        let mut seen: u64 = count(self.seen_logs(now, REMEMBERED)?);
        if seen == 0 {
            seen = count(self.seen_logs(now, MISSED)?);
        }
        told.seen = Some(seen);
        let (set, _) = RuleSet::load([file_of(record, "", text)]);
        let Ok(Tried { set, .. }) = Tried::new(set, 0) else { return Ok(told) };
        if told.seen == Some(0) {
            return Ok(told);
        }
        let (filter, sources) = self.narrowed(&[&rule.log], sources, now, REMEMBERED)?;
        let query = Query { filter, pipes: Vec::new() };
        let (from, to) = span(now);
        let zone = &self.zone;
        let request = SearchRequest { query: &query, from, to, limit: SAMPLE, sources: sources.as_deref(), now, zone };
        let Found::Events(events) = self.lake.search(&request)?.found else { return Ok(told) };
        told.tried = events.len();
        for event in &events {
            if let Some(found) = set.evaluate(event).into_iter().next() {
                told.matched += 1;
                if told.examples.len() < SHOWN {
                    told.examples.push(example(event, found));
                }
            }
        }
        let learns = rule.form == Form::Baseline;
        let has = |event: &Event, name: &str| {
            event.field(name).is_some() || learns && watchkeep_detect::baseline::value(event, name).is_some()
        };
        let known = |name: &String| events.iter().any(|event| has(event, name));
        told.unknown = told.reading.fields.iter().filter(|name| !known(name)).cloned().collect();
        Ok(told)
    }

    /// What narrows the lake to where events of some log sources may be: a condition on each event, and the sources that
    /// had some as of so many seconds ago, of those that may be seen. It leaves none out.
    ///
    /// # Errors
    /// The lake cannot be read.
    pub(crate) fn narrowed(
        &self,
        logs: &[&LogSource],
        sources: Option<&[String]>,
        now: Timestamp,
        ago: i64,
    ) -> Result<(Expr, Option<Vec<String>>), DeskError> {
        let seen = self.seen_logs(now, ago)?;
        let mut names: Vec<String> =
            seen.iter().filter(|one| logs.iter().any(|log| one.fits(log))).map(|one| one.source.clone()).collect();
        names.sort_unstable();
        names.dedup();
        names.retain(|name| sources.is_none_or(|seen| seen.contains(name)));
        let mut any: Vec<Expr> = logs.iter().map(|log| condition(log)).collect();
        any.dedup();
        let filter = match any.as_slice() {
            [only] => only.clone(),
            several if several.contains(&Expr::All) => Expr::All,
            _ => Expr::Or(any),
        };
        Ok((filter, Some(names)))
    }

    fn seen_logs(&self, now: Timestamp, ago: i64) -> Result<Vec<Seen>, DeskError> {
        let mut kept = self.watch.seen_logs.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = |at: Timestamp| now >= at && now.as_second() - at.as_second() < ago;
        if let Some((_, seen)) = kept.as_ref().filter(|(at, _)| fresh(*at)) {
            return Ok(seen.clone());
        }
        let query = parse("| count by source, product, category, service").map_err(watchkeep_lake::LakeError::from)?;
        let (from, to) = span(now);
        let request = SearchRequest { query: &query, from, to, limit: 1, sources: None, now, zone: &self.zone };
        let Found::Table(table) = self.lake.search(&request)?.found else { return Ok(Vec::new()) };
        let at = |name: &str| table.columns.iter().position(|column| column == name);
        let (columns, count) = (["source", "product", "category", "service"].map(at), at("count"));
        let text = |row: &[watchkeep_lake::Cell], at: Option<usize>| {
            at.and_then(|at| row.get(at)).map(ToString::to_string).unwrap_or_default()
        };
        let read = |row: &Vec<watchkeep_lake::Cell>| {
            let [source, product, category, service] = columns.map(|at| text(row, at));
            Seen { source, product, category, service, events: text(row, count).parse().unwrap_or(0) }
        };
        let seen: Vec<Seen> = table.rows.iter().map(read).collect();
        *kept = Some((now, seen.clone()));
        Ok(seen)
    }
}

fn span(now: Timestamp) -> (Timestamp, Timestamp) {
    (now - SignedDuration::from_hours(24 * DAYS), now + SignedDuration::from_mins(5))
}

/// What an event of a log source says of itself.
fn condition(log: &LogSource) -> Expr {
    let words = [("product", &log.product), ("category", &log.category), ("service", &log.service)];
    let words = words.into_iter().filter_map(|(name, word)| Some((name, word.as_deref()?)));
    let words = words.filter(|(_, word)| !BESIDE.contains(word));
    let terms: Vec<Expr> = words.map(|(name, word)| term(name, word)).collect();
    if terms.is_empty() { Expr::All } else { Expr::And(terms) }
}

fn term(name: &str, word: &str) -> Expr {
    let value = Value { text: word.to_owned(), quoted: true, span: 0..0 };
    Expr::Term(Term { path: vec![name.to_owned()], op: Op::Is, values: vec![value], span: 0..0 })
}
