//! How an organisation counts time: its working hours, its holidays, and targets of its own.

use jiff::civil::Date;
use watchkeep_model::clock::{Counts, Term, Unit};
use watchkeep_model::{ChoiceField, Record, Refusal, Row, Rows};

/// A span of a weekday in which people work.
#[derive(Row, Clone)]
pub struct Opening {
    pub day: Weekday,
    /// Such as 08:00.
    #[field(len = 5)]
    pub from: String,
    /// Such as 17:30; 24:00 is the end of the day.
    #[field(len = 5)]
    pub until: String,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

/// A day on which nobody works.
#[derive(Row, Clone)]
pub struct Holiday {
    pub day: Date,
    #[field(optional, len = 100)]
    pub name: String,
}

/// A target that stands in the place of the one that ships.
#[derive(Row, Clone)]
pub struct OwnTarget {
    pub clock: Running,
    /// The severity or class that it holds for, such as critical; empty for all.
    #[field(optional, len = 60)]
    pub of: String,
    #[field(min = 1, max = 100_000)]
    pub target: i64,
    pub unit: TargetUnit,
    pub counts: TargetCounts,
    /// Per cent of it after which somebody is warned.
    #[field(min = 1, max = 100, default = "75")]
    pub warn: i64,
}

/// The clocks that have targets.
#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Running {
    #[choice(label = "Alert touched")]
    Triage,
    #[choice(label = "Report decided")]
    Decision,
    #[choice(label = "Incident resolved")]
    Resolve,
    #[choice(label = "Notice sent")]
    Notice,
    #[choice(label = "Question answered")]
    Answer,
    #[choice(label = "Page answered")]
    Page,
}

impl Running {
    /// Name of the clock.
    pub fn name(self) -> &'static str {
        match self {
            Self::Triage => "triage",
            Self::Decision => "decision",
            Self::Resolve => "resolve",
            Self::Notice => "notice",
            Self::Answer => "answer",
            Self::Page => "page",
        }
    }
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum TargetUnit {
    Minutes,
    Hours,
    /// Of 24 hours round the clock; in working hours, of the longest working day of the week.
    Days,
}

#[derive(ChoiceField, Clone, Copy, PartialEq, Eq, Debug)]
pub enum TargetCounts {
    RoundTheClock,
    WorkingHours,
}

impl From<TargetCounts> for Counts {
    fn from(counts: TargetCounts) -> Self {
        match counts {
            TargetCounts::RoundTheClock => Self::RoundTheClock,
            TargetCounts::WorkingHours => Self::WorkingHours,
        }
    }
}

impl OwnTarget {
    pub fn term(&self) -> Term {
        let unit = match self.unit {
            TargetUnit::Minutes => Unit::Minutes,
            TargetUnit::Hours => Unit::Hours,
            TargetUnit::Days => Unit::Days,
        };
        Term { of: "", target: self.target, unit, counts: self.counts.into() }
    }
}

/// Hours are times of a day, in order; a target is for something that its clock tells apart, and is given once.
pub(super) fn sound(record: &Record) -> Result<(), Refusal> {
    use watchkeep_model::FieldType;
    for opening in Rows::<Opening>::read(record.get("hours")).map_or(Vec::new(), |rows| rows.0) {
        let (from, until) = (crate::clocks::minute(&opening.from), crate::clocks::minute(&opening.until));
        if from.zip(until).is_none_or(|(from, until)| from >= until) {
            let said = format!(
                "{:?} {}–{} is no span of a day; write two times such as 08:00 and 17:30, the later one last",
                opening.day, opening.from, opening.until
            );
            return Err(Refusal::invalid(said).at("hours"));
        }
    }
    let targets = Rows::<OwnTarget>::read(record.get("targets")).map_or(Vec::new(), |rows| rows.0);
    for (at, own) in targets.iter().enumerate() {
        let clock =
            crate::all().into_iter().find_map(|kind| Some((kind, crate::clocks::named(kind, own.clock.name())?)));
        let Some((kind, clock)) = clock else { continue };
        let known: Vec<&str> = clock.terms.iter().map(|term| term.of).collect();
        if !own.of.is_empty() && !known.contains(&own.of.as_str()) {
            let said = format!(
                "`{}` is no {} of a {} that this clock runs for; use {}, or leave it empty",
                own.of,
                clock.by,
                kind.name,
                known.join(", ")
            );
            return Err(Refusal::invalid(said).at("targets"));
        }
        if targets.iter().take(at).any(|other| other.clock == own.clock && (other.of.is_empty() || other.of == own.of))
        {
            let said =
                format!("the target of {} is given twice, or after one that holds for all", clock.label.to_lowercase());
            return Err(Refusal::invalid(said).at("targets"));
        }
    }
    Ok(())
}
