//! Clocks: targets that run on the records of a kind, declared beside the kind like its measures.

/// From one instant to another within a target. What follows is kept in fields of the record, so that filters, lists
/// and measures ask for it like for anything else.
#[derive(Debug)]
pub struct Clock {
    /// Its name among all kinds, `triage`: what an organisation's own targets refer to.
    pub name: &'static str,
    pub label: &'static str,
    /// The instant that starts it; `created` for when the record was made.
    pub start: &'static str,
    /// The instants that stop it; the first of them that there is.
    pub stop: &'static [&'static str],
    /// When the target is reached; empty while the clock waits, or has none. Kept by Watchkeep where there are terms,
    /// given by people where there are not.
    pub due: &'static str,
    /// When somebody is warned.
    pub warn: &'static str,
    /// Yes once it stopped after its target; empty where that is not kept.
    pub late: &'static str,
    /// Rows of pauses; empty where it cannot wait.
    pub pauses: &'static str,
    /// The choice whose value decides which terms hold; empty where one target holds for all.
    pub by: &'static str,
    /// The terms as shipped; an organisation's own stand in their place.
    pub terms: &'static [Term],
}

/// A target of a clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    /// Name of the choice in `by` that it holds for.
    pub of: &'static str,
    pub target: i64,
    pub unit: Unit,
    pub counts: Counts,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    Minutes,
    Hours,
    /// Of 24 hours round the clock; in working hours, of the usual working day.
    Days,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counts {
    RoundTheClock,
    WorkingHours,
}

/// The share of a target, in per cent, after which somebody is warned where nothing else is said.
pub const WARN: u8 = 75;

impl Clock {
    /// What declarations start from.
    pub const PLAIN: Clock = Clock {
        name: "",
        label: "",
        start: "created",
        stop: &[],
        due: "",
        warn: "",
        late: "",
        pauses: "",
        by: "",
        terms: &[],
    };
}

impl Term {
    pub const fn minutes(of: &'static str, target: i64) -> Self {
        Self { of, target, unit: Unit::Minutes, counts: Counts::RoundTheClock }
    }

    pub const fn hours(of: &'static str, target: i64) -> Self {
        Self { of, target, unit: Unit::Hours, counts: Counts::RoundTheClock }
    }

    pub const fn days(of: &'static str, target: i64) -> Self {
        Self { of, target, unit: Unit::Days, counts: Counts::RoundTheClock }
    }

    pub const fn working(self) -> Self {
        Self { counts: Counts::WorkingHours, ..self }
    }

    /// `4 hours`, `1 working day`.
    pub fn words(&self) -> String {
        let unit = match self.unit {
            Unit::Minutes => "minute",
            Unit::Hours => "hour",
            Unit::Days => "day",
        };
        let working = if self.counts == Counts::WorkingHours { "working " } else { "" };
        let plural = if self.target == 1 { "" } else { "s" };
        format!("{} {working}{unit}{plural}", self.target)
    }
}

#[cfg(test)]
mod tests {
    use super::Term;

    #[test]
    fn a_term_is_said_in_words() {
        let said = [Term::minutes("", 15), Term::days("", 1).working(), Term::hours("", 48)].map(|term| term.words());
        assert_eq!(said, ["15 minutes", "1 working day", "48 hours"]);
    }
}
