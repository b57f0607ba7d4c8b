//! Measures: what a duty asks of the records of one kind, declared beside the kind.

/// Of the records that fit `of`, those that fit `bad` as well are not as they should be.
///
/// Both are filters of the kind. What is measured is a share: numerator = `of` without `bad`, denominator = `of`.
#[derive(Debug)]
pub struct Measure {
    /// The duty it answers, `D-021`.
    pub duty: &'static str,
    /// Raised whenever something else is counted: the trend is marked there.
    pub version: u32,
    /// The question in plain words.
    pub question: &'static str,
    /// What the figure counts, such as `incidents with a manager`.
    pub unit: &'static str,
    pub of: &'static str,
    pub bad: &'static str,
    /// Why a row offends.
    pub why: &'static str,
    /// The date or instant from which a row offends.
    pub since: &'static str,
    /// The way to a row's site, `asset.site`; empty where there is none, and a duty held for one site is not measured.
    pub site: &'static str,
    pub target: Target,
    /// Of the rows that are as they should be, those that soon are not: they make a green duty amber. Empty for none.
    pub soon: &'static str,
    /// Why such a row is named.
    pub soon_why: &'static str,
}

/// From when on a share is no longer green.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// One row that offends is red.
    None,
    /// Green and amber from these shares on, in per cent.
    Share { green: u8, amber: u8 },
}

/// How a share stands to its target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reached {
    Green,
    Amber,
    Red,
}

impl Measure {
    /// What declarations start from.
    pub const PLAIN: Measure = Measure {
        duty: "",
        version: 1,
        question: "",
        unit: "",
        of: "",
        bad: "",
        why: "",
        since: "created",
        site: "site",
        target: Target::Share { green: 95, amber: 80 },
        soon: "",
        soon_why: "",
    };
}

impl Target {
    /// `bad` of `all`, where something is counted; a share of nothing is no data, which is for the caller to say.
    pub fn reached(self, bad: i64, all: i64) -> Reached {
        let from = |percent: u8| (all - bad).saturating_mul(100) >= all.saturating_mul(i64::from(percent));
        match self {
            _ if bad == 0 => Reached::Green,
            Self::None => Reached::Red,
            Self::Share { green, .. } if from(green) => Reached::Green,
            Self::Share { amber, .. } if from(amber) => Reached::Amber,
            Self::Share { .. } => Reached::Red,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Reached, Target};

    #[test]
    fn a_share_is_green_exactly_from_its_limit_on() {
        let share = Target::Share { green: 95, amber: 80 };
        let all = [(0, 0), (0, 7), (5, 100), (6, 100), (20, 100), (21, 100), (1, 1)]
            .map(|(bad, all)| share.reached(bad, all));
        use Reached::{Amber, Green, Red};
        assert_eq!(all, [Green, Green, Green, Amber, Amber, Red, Red]);
        assert_eq!([0, 1].map(|bad| Target::None.reached(bad, 1000)), [Green, Red]);
    }
}
