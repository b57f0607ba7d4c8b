//! The health of sources as a person sees them: what is wrong first.

use super::hours::hour;
use super::judged::{Cost, DAYS};
use super::{Limits, before, called, learnt};
use crate::watch::hosts::is_host;
use crate::{Desk, DeskError};
use jiff::Timestamp;
use std::collections::HashMap;
use std::sync::PoisonError;
use watchkeep_ingest::Fetching;
use watchkeep_lake::{Found, SearchRequest};
use watchkeep_model::filter::parse;
use watchkeep_model::resolve::Test;
use watchkeep_model::{Actor, Record};
use watchkeep_records::watch::{Clock, Heard, Volume};

/// A share of bad lines above this, in per cent, is trouble.
const BAD: f64 = 1.0;
/// Reasons of bad lines that are shown.
const REASONS: usize = 5;

/// What is wrong with a source, worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trouble {
    /// The place that it is fetched from does not answer, or refuses.
    Unfetched,
    Silent,
    Never,
    Drop,
    WrongClock,
    Flood,
    Unread,
    OffClock,
    None,
    /// Nobody expects it: it is only recorded.
    Unexpected,
}

impl Trouble {
    /// In a word or two.
    pub fn words(self) -> &'static str {
        match self {
            Self::Unfetched => "cannot be fetched",
            Self::Silent => "silent",
            Self::Never => "never heard",
            Self::Drop => "far fewer events",
            Self::WrongClock | Self::OffClock => "clock is off",
            Self::Flood => "far more events",
            Self::Unread => "bad lines",
            Self::None => "well",
            Self::Unexpected => "not expected",
        }
    }

    fn of(source: &Record, fetching: Option<&Fetching>) -> Self {
        if source.read::<bool>("expected") != Some(true) {
            return Self::Unexpected;
        }
        if fetching.is_some_and(|state| state.trouble.is_some()) {
            return Self::Unfetched;
        }
        let bad = source.read::<Option<f64>>("bad_share").flatten().is_some_and(|share| share > BAD);
        match (source.read::<Heard>("heard"), volume(source), source.read::<Option<Clock>>("clock").flatten()) {
            (Some(Heard::Silent), ..) => Self::Silent,
            (Some(Heard::Never) | None, ..) => Self::Never,
            (_, Some(Volume::Drop), _) => Self::Drop,
            (_, _, Some(Clock::Wrong)) => Self::WrongClock,
            (_, Some(Volume::Flood), _) => Self::Flood,
            _ if bad => Self::Unread,
            (_, _, Some(Clock::Late | Clock::Ahead)) => Self::OffClock,
            _ => Self::None,
        }
    }
}

/// What an expected source that is heard does otherwise than usual: its volume, or its clock.
pub(crate) fn unusual(source: &Record) -> Option<String> {
    let text = |field: &str| source.get(field).as_text().map(str::to_owned);
    match Trouble::of(source, None) {
        Trouble::Drop | Trouble::Flood => text("volume_why"),
        Trouble::WrongClock | Trouble::OffClock => text("clock_why"),
        _ => None,
    }
}

fn volume(source: &Record) -> Option<Volume> {
    source.read::<Option<Volume>>("volume").flatten()
}

/// One source.
#[derive(Debug, Clone)]
pub struct SourceHealth {
    pub source: Record,
    pub trouble: Trouble,
    /// Events of each of the last 168 full hours, oldest first; empty where nothing was heard of it.
    pub week: Vec<u64>,
    pub limits: Option<Limits>,
    /// Days of which hours are known.
    pub known_days: i64,
    /// Over the last seven days; nothing before a day is known.
    pub cost: Option<Cost>,
    /// What the lake holds of it, in files.
    pub kept_events: u64,
    pub kept_bytes: u64,
    /// How its fetching does, where it is fetched.
    pub fetching: Option<Fetching>,
}

impl SourceHealth {
    /// A host of syslog is a part of its source, whose events count there.
    pub fn is_part(&self) -> bool {
        is_host(&self.source.title().to_ascii_lowercase())
    }

    /// What is to be said of each thing that is wrong, worst first.
    pub fn reasons(&self) -> Vec<String> {
        let text = |field: &str| self.source.get(field).as_text().map(str::to_owned);
        let bad = self.source.read::<Option<f64>>("bad_share").flatten().filter(|share| *share > BAD);
        let bad = bad.map(|share| match text("last_problem") {
            Some(problem) => format!("{share} % of its lines could not be read; the newest: {problem}"),
            None => format!("{share} % of its lines could not be read"),
        });
        let unfetched =
            self.fetching.as_ref().and_then(|state| Some(format!("{}: {}", state.from, state.trouble.as_ref()?)));
        [unfetched, text("volume_why"), text("clock_why"), bad].into_iter().flatten().collect()
    }

    /// How many days are still to be known before its interval is learnt; nothing once it is.
    pub fn learns_for(&self) -> Option<i64> {
        self.limits.is_none().then(|| (learnt::DAYS - self.known_days).max(1))
    }
}

impl Desk {
    /// The health of all sources of a filter that the actor sees, what is wrong first.
    ///
    /// # Errors
    /// The store or the lake cannot be read.
    pub fn health(&self, actor: &Actor, filter: Test, now: Timestamp) -> Result<Vec<SourceHealth>, DeskError> {
        let kind = self.kind("log_source")?;
        let mut sources = Vec::new();
        self.each(actor, kind, filter, |source| {
            sources.push(source.clone());
            Ok(())
        })?;
        self.health_of(sources, now)
    }

    /// The same of these sources.
    ///
    /// # Errors
    /// The store or the lake cannot be read.
    pub fn health_of(&self, sources: Vec<Record>, now: Timestamp) -> Result<Vec<SourceHealth>, DeskError> {
        self.read_health(now)?;
        let kept: HashMap<String, (u64, u64)> =
            self.lake.sources_seen()?.into_iter().map(|seen| (seen.source, (seen.events, seen.bytes))).collect();
        let this = hour(now);
        let fetching = self.watch.fetching.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let known = self.watch.health.known();
        let of = |source: Record| {
            let found = known.sources.get(&called(&source));
            let first = found.and_then(|found| found.hours.first());
            let count = |at: i64| found.and_then(|found| found.hours.get(at)).map_or(0, |hour| hour.events);
            let (kept_events, kept_bytes) = kept.get(source.title()).copied().unwrap_or_default();
            let fetching = fetching.get(source.title()).cloned();
            SourceHealth {
                trouble: Trouble::of(&source, fetching.as_ref()),
                week: first.map(|_| (this - 24 * DAYS..this).map(count).collect()).unwrap_or_default(),
                limits: found.and_then(|found| found.limits.clone()),
                known_days: first.map_or(0, |first| (this - first) / 24),
                cost: found.and_then(|found| found.cost(this)),
                kept_events,
                kept_bytes,
                fetching,
                source,
            }
        };
        let mut all: Vec<SourceHealth> = sources.into_iter().map(of).collect();
        drop(known);
        all.sort_by(|a, b| a.trouble.cmp(&b.trouble).then_with(|| a.source.title().cmp(b.source.title())));
        Ok(all)
    }

    /// The most frequent reasons of a source's bad lines in the last seven days, each with its count.
    ///
    /// # Errors
    /// The lake cannot be read.
    pub fn bad_reasons(&self, source: &str, now: Timestamp) -> Result<Vec<(String, u64)>, DeskError> {
        let steps = parse(&format!("| top {REASONS} watchkeep.bad")).map_err(watchkeep_lake::LakeError::from)?;
        let only = parse("watchkeep.bad:*").map_err(watchkeep_lake::LakeError::from)?;
        let query = watchkeep_model::filter::Query { filter: only.filter, pipes: steps.pipes };
        let names = [source.to_owned()];
        let (from, to) = (before(now, DAYS), now + jiff::SignedDuration::from_mins(5));
        let request = SearchRequest { query: &query, from, to, limit: 1, sources: Some(&names), now, zone: &self.zone };
        let Found::Table(table) = self.lake.search(&request)?.found else { return Ok(Vec::new()) };
        let at = |name: &str| table.columns.iter().position(|column| column == name);
        let (Some(reason), Some(count)) = (at("watchkeep.bad"), at("count")) else { return Ok(Vec::new()) };
        let text = |row: &[watchkeep_lake::Cell], at: usize| row.get(at).map(ToString::to_string).unwrap_or_default();
        Ok(table.rows.iter().map(|row| (text(row, reason), text(row, count).parse().unwrap_or(0))).collect())
    }
}
