//! Duties that no data measures: recorded by runs in their rhythm, and what that says of their state.

use crate::duties::State;
use crate::holding::Holding;
use crate::{Desk, DeskError};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use std::collections::HashMap;
use watchkeep_clocks::{Cadence, Due, Every, Rule, Shift};
use watchkeep_model::{Actor, Look, Record, Refusal, Value};
use watchkeep_store::Change;

pub use watchkeep_clocks::Standing;

/// What somebody says when they record a run.
#[derive(Debug, Clone)]
pub struct Done {
    /// `recorded` or `attested`.
    pub grade: String,
    pub proof: String,
    pub exception: String,
}

/// How a duty stands by its runs.
#[derive(Debug, Clone)]
pub struct ByRuns {
    /// The newest run; none yet means grey.
    pub last: Option<Record>,
    pub due: Due,
    pub standing: Standing,
    pub state: State,
}

/// Rhythms as the catalogue names them, with grace and leads in days. What has no rhythm of its own (continuous, per
/// event) is confirmed monthly.
pub(crate) fn rhythm(name: &str) -> (Every, u16, &'static [u16]) {
    match name {
        "daily" => (Every::DAILY, 1, &[]),
        "weekly" => (Every::WEEKLY, 2, &[1]),
        "quarterly" => (Every::QUARTERLY, 10, &[14]),
        "half-yearly" => (Every::HALF_YEARLY, 14, &[21]),
        "yearly" => (Every::YEARLY, 14, &[30]),
        _ => (Every::MONTHLY, 5, &[3]),
    }
}

/// Natural periods: days, weeks that end on Sunday, months, quarters, half-years and years by the calendar.
fn natural(every: Every) -> Cadence {
    // A Sunday, and the last day of a year: months counted from a 31st end where they end.
    let first = match every {
        Every::Days(_) | Every::Weeks(_) => date(2000, 1, 2),
        Every::Months(_) => date(1999, 12, 31),
    };
    Cadence::new(first, every)
}

impl Desk {
    /// How a held duty stands by its newest run.
    pub fn by_runs(&self, held: &Record, rhythm_name: &str, last: Option<Record>, now: Timestamp) -> Option<ByRuns> {
        let calendar = self.working();
        let (every, grace, leads) = rhythm(rhythm_name);
        let rule = Rule { cadence: natural(every), shift: Shift::After, grace, leads: leads.to_vec() };
        let done = last.as_ref().and_then(|run| run.read::<Date>("period_end"));
        // The first run answers for the period in which the duty came to be held.
        let due = match done {
            Some(done) => rule.next(&calendar, Some(done))?,
            None => rule.due(&calendar, calendar.day(held.created))?,
        };
        let standing = due.standing(&calendar, now);
        let state = match (done, standing) {
            (None, _) => State::Grey,
            (_, Standing::Ahead) => State::Green,
            (_, Standing::Soon | Standing::Late) => State::Amber,
            (_, Standing::Missed) => State::Red,
        };
        Some(ByRuns { last, due, standing, state })
    }

    /// The newest run of each held duty: one query.
    pub fn newest_runs(&self, actor: &Actor) -> Result<HashMap<i64, Record>, DeskError> {
        let mut newest: HashMap<i64, Record> = HashMap::new();
        let end = |run: &Record| run.get("period_end").as_text().unwrap_or_default().to_owned();
        self.each(actor, self.kind("duty_run")?, watchkeep_model::resolve::Test::All, |run| {
            // What A returned is not done.
            if run.state() != Some("returned")
                && let Some(held) = run.get("held").as_int()
                && newest.get(&held).is_none_or(|known| end(known) <= end(run))
            {
                newest.insert(held, run.clone());
            }
            Ok(())
        })?;
        Ok(newest)
    }

    /// Records that a held duty was done for the period that is owed, and lets its state follow at once.
    pub fn record_run(&self, actor: &Actor, held: &Record, done: &Done, now: Timestamp) -> Result<Record, DeskError> {
        let kind = self.kind("duty_run")?;
        let rhythm = self.rhythm_of(held);
        let last = self.newest_runs(&self.system())?.remove(&held.id);
        let owed = self.by_runs(held, &rhythm, last, now);
        let period = owed.map(|owed| (owed.due.from, owed.due.to));
        let today = self.working().day(now);
        let (from, to) = period.unwrap_or((today, today));
        if from > today {
            let message =
                format!("it is done up to {}; the next period begins on {from}", from.yesterday().unwrap_or(from));
            return Err(Refusal::invalid(message).into());
        }
        let values = vec![
            ("held".to_owned(), Value::Int(held.id)),
            ("period_start".to_owned(), Value::text(from.to_string())),
            ("period_end".to_owned(), Value::text(to.to_string())),
            ("grade".to_owned(), kind.choice_value("grade", &done.grade)),
            ("proof".to_owned(), Value::text(done.proof.trim())),
            ("exception".to_owned(), Value::text(done.exception.trim())),
        ];
        // It is seen by who sees the duty.
        let tags = actor
            .access
            .tags_for(kind.name)
            .map_or(held.tags.to_vec(), |mine| held.tags.iter().copied().filter(|tag| mine.contains(tag)).collect());
        let create = Change::Create { kind, values, tags: Some(tags), external_id: None };
        let run = self.store.write_one(actor, now, create)?.record;
        let measured = self.is_measured(&self.code_of(held), held.get("site").as_int());
        if !measured && let Some(stands) = self.by_runs(held, &rhythm, Some(run.clone()), now) {
            let change = self.standing_change(held, &stands, &self.holding(now)?, now);
            self.store.write(&self.system(), now, change.into_iter().collect())?;
        }
        Ok(run)
    }

    /// The catalogue's rhythm of a held duty.
    pub fn rhythm_of(&self, held: &Record) -> String {
        self.catalogue_text(held, "rhythm")
    }

    fn code_of(&self, held: &Record) -> String {
        self.catalogue_text(held, "code")
    }

    fn catalogue_text(&self, held: &Record, field: &str) -> String {
        let duty = held.get("duty").as_int().and_then(|id| self.store.look().record("duty", id));
        duty.and_then(|duty| duty.get(field).as_text().map(str::to_owned)).unwrap_or_default()
    }

    /// What the held duty keeps of its standing; nothing where it keeps that already.
    pub(crate) fn standing_change(
        &self,
        held: &Record,
        stands: &ByRuns,
        holding: &Holding,
        now: Timestamp,
    ) -> Option<Change> {
        let (last, kind) = (stands.last.as_ref()?, held.kind);
        let state = kind.choice_value("state", holding.state(held, stands.state).name());
        let to = last.get("period_end").as_text().unwrap_or_default();
        let values = vec![
            ("state".to_owned(), state),
            ("grade".to_owned(), kind.choice_value("grade", last.choice("grade").unwrap_or("attested"))),
            ("figure".to_owned(), Value::text(format!("done to {to}, next by {}", stands.due.day))),
            ("measured_at".to_owned(), Value::Int(now.as_millisecond())),
        ];
        let same = values.iter().take(3).all(|(name, value)| held.get(name) == value);
        (!same).then_some(Change::Note { kind, id: held.id, values })
    }
}
