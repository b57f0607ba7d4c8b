//! What a count must be for a correlation to fire, and in words.

use super::plan::Kind;
use rsigma_parser::{ConditionExpr, ConditionOperator};

/// How a count compares; all of several must hold.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Condition {
    pub tests: Vec<(ConditionOperator, f64)>,
    /// In place of a count of rules: which of them must be there.
    pub which: Option<Which>,
}

/// Rules put together, by position among those of the correlation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Which {
    Is(usize),
    And(Vec<Which>),
    Or(Vec<Which>),
    Not(Box<Which>),
}

impl Condition {
    pub(super) fn holds(&self, value: f64) -> bool {
        self.tests.iter().all(|(operator, wanted)| match operator {
            ConditionOperator::Lt => value < *wanted,
            ConditionOperator::Lte => value <= *wanted,
            ConditionOperator::Gt => value > *wanted,
            ConditionOperator::Gte => value >= *wanted,
            ConditionOperator::Eq => (value - wanted).abs() < f64::EPSILON,
            ConditionOperator::Neq => (value - wanted).abs() >= f64::EPSILON,
        })
    }

    /// Whether more events can only make it truer. Sums are of sizes and amounts: a negative value that comes late
    /// takes nothing back.
    pub(super) fn only_grows(&self, kind: Kind) -> bool {
        let counts = !matches!(kind, Kind::Average | Kind::Percentile(_));
        let above = |(operator, _): &(_, _)| matches!(operator, ConditionOperator::Gt | ConditionOperator::Gte);
        counts && self.tests.iter().all(above) && self.which.as_ref().is_none_or(Which::only_grows)
    }

    /// `>= 5`, or `> 100 and <= 200`.
    pub(super) fn words(&self) -> String {
        let sign = |operator: &ConditionOperator| match operator {
            ConditionOperator::Lt => "<",
            ConditionOperator::Lte => "<=",
            ConditionOperator::Gt => ">",
            ConditionOperator::Gte => ">=",
            ConditionOperator::Eq => "=",
            ConditionOperator::Neq => "not",
        };
        let tests: Vec<String> =
            self.tests.iter().map(|(operator, wanted)| format!("{} {wanted}", sign(operator))).collect();
        tests.join(" and ")
    }

    /// The largest number that it compares with.
    pub(super) fn highest(&self) -> f64 {
        self.tests.iter().map(|(_, wanted)| *wanted).fold(0.0, f64::max)
    }
}

impl Which {
    /// Reads a condition over rules; `find` gives the position of one by the word that it is called by.
    pub(super) fn read(condition: &ConditionExpr, find: &impl Fn(&str) -> Option<usize>) -> Result<Self, String> {
        let each =
            |parts: &[ConditionExpr]| parts.iter().map(|part| Self::read(part, find)).collect::<Result<_, String>>();
        Ok(match condition {
            ConditionExpr::Identifier(word) => Self::Is(
                find(word).ok_or_else(|| format!("its condition names `{word}`, which is not among its `rules`"))?,
            ),
            ConditionExpr::And(parts) => Self::And(each(parts)?),
            ConditionExpr::Or(parts) => Self::Or(each(parts)?),
            ConditionExpr::Not(part) => Self::Not(Box::new(Self::read(part, find)?)),
            ConditionExpr::Selector { .. } => {
                return Err("its condition says `of`, which is for selections; name the rules with `and`, `or`, `not`"
                    .to_owned());
            }
        })
    }

    pub(super) fn holds(&self, there: &impl Fn(usize) -> bool) -> bool {
        match self {
            Self::Is(slot) => there(*slot),
            Self::And(parts) => parts.iter().all(|part| part.holds(there)),
            Self::Or(parts) => parts.iter().any(|part| part.holds(there)),
            Self::Not(part) => !part.holds(there),
        }
    }

    fn only_grows(&self) -> bool {
        match self {
            Self::Is(_) => true,
            Self::And(parts) | Self::Or(parts) => parts.iter().all(Self::only_grows),
            Self::Not(_) => false,
        }
    }
}
