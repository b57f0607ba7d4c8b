//! Tests of field values, and the trees of them that a rule is.

use super::moment::Part;
use super::names::FieldId;
use super::net::Net;
use super::record::Record;
use super::shape::Shape;
use super::text::{Case, Place, Text, Texts, stands};
use std::sync::Arc;

/// A test of the values of one field, or of every value for keywords.
#[derive(Debug)]
pub(crate) enum Test {
    Text(Text),
    Texts(Box<Texts>),
    Shape(Box<Shape>),
    Number(Order, f64),
    Net(Net),
    /// The value of another field stands in this one.
    Field {
        field: FieldId,
        place: Place,
        case: Case,
    },
    Truth(bool),
    Time(Part, f64),
    /// The field is there, or is not.
    Exists(bool),
    Null,
    Not(Box<Test>),
    Any(Box<[Test]>),
    All(Box<[Test]>),
}

/// How a number compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Equal,
    Above,
    AtLeast,
    Below,
    AtMost,
}

impl Order {
    fn holds(self, value: f64, wanted: f64) -> bool {
        match self {
            Self::Equal => (value - wanted).abs() < f64::EPSILON,
            Self::Above => value > wanted,
            Self::AtLeast => value >= wanted,
            Self::Below => value < wanted,
            Self::AtMost => value <= wanted,
        }
    }

    pub(super) fn sign(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::Above => ">",
            Self::AtLeast => ">=",
            Self::Below => "<",
            Self::AtMost => "<=",
        }
    }
}

/// One line of a selection.
#[derive(Debug)]
pub(crate) struct Item {
    /// `None` for keywords.
    pub field: Option<FieldId>,
    pub test: Test,
}

/// What a selection says.
#[derive(Debug)]
pub(crate) enum Detection {
    Items(Box<[Item]>),
    Any(Box<[Detection]>),
    All(Box<[Detection]>),
    Keywords(Test),
}

/// How a rule's selections are put together; selections go by position.
#[derive(Debug)]
pub(crate) enum Expr {
    Selection(usize),
    And(Box<[Expr]>),
    Or(Box<[Expr]>),
    Not(Box<Expr>),
    /// At least so many of them.
    Of(usize, Box<[usize]>),
}

/// A rule made ready.
#[derive(Debug)]
pub(crate) struct Rule {
    /// Its position in the whole set.
    pub at: usize,
    pub when: When,
    /// Each must hold too: the filters that name the rule.
    pub filters: Box<[Arc<When>]>,
}

impl Rule {
    pub(crate) fn holds(&self, record: &mut Record<'_>) -> bool {
        self.when.holds(record) && self.filters.iter().all(|filter| filter.holds(record))
    }
}

/// What an event must be, as a rule or a filter says it.
#[derive(Debug)]
pub(crate) struct When {
    /// In order of name.
    pub selections: Box<[(Box<str>, Detection)]>,
    /// Any of them suffices.
    pub conditions: Box<[Expr]>,
}

impl When {
    pub(crate) fn holds(&self, record: &mut Record<'_>) -> bool {
        self.conditions.iter().any(|condition| self.expr(condition, record))
    }

    fn expr(&self, expr: &Expr, record: &mut Record<'_>) -> bool {
        match expr {
            Expr::Selection(at) => self.selection(*at, record),
            Expr::And(parts) => parts.iter().all(|part| self.expr(part, record)),
            Expr::Or(parts) => parts.iter().any(|part| self.expr(part, record)),
            Expr::Not(part) => !self.expr(part, record),
            Expr::Of(wanted, of) => {
                let mut left = *wanted;
                let mut rest = of.len();
                for at in of {
                    if left == 0 || rest < left {
                        break;
                    }
                    rest -= 1;
                    left -= usize::from(self.selection(*at, record));
                }
                left == 0
            }
        }
    }

    pub(super) fn selection(&self, at: usize, record: &mut Record<'_>) -> bool {
        self.selections.get(at).is_some_and(|(_, detection)| detection.holds(record))
    }
}

impl Detection {
    pub(super) fn holds(&self, record: &mut Record<'_>) -> bool {
        match self {
            Self::Items(items) => items.iter().all(|item| item.holds(record)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(record)),
            Self::All(parts) => parts.iter().all(|part| part.holds(record)),
            Self::Keywords(test) => test.holds_anywhere(record),
        }
    }
}

impl Item {
    fn holds(&self, record: &mut Record<'_>) -> bool {
        let Some(field) = self.field else {
            return match &self.test {
                Test::Exists(wanted) => !wanted,
                test => test.holds_anywhere(record),
            };
        };
        match (record.first(field), &self.test) {
            (found, Test::Exists(wanted)) => found.is_some() == *wanted,
            (Some(first), test) => test.holds(record, first),
            (None, test) => matches!(test, Test::Null),
        }
    }
}

impl Test {
    /// Whether any value of the field whose values begin at `first` passes; each part of a tree on its own.
    pub(super) fn holds(&self, record: &mut Record<'_>, first: usize) -> bool {
        match self {
            Self::Not(test) => !test.holds(record, first),
            Self::Any(tests) => tests.iter().any(|test| test.holds(record, first)),
            Self::All(tests) => tests.iter().all(|test| test.holds(record, first)),
            Self::Exists(wanted) => *wanted,
            Self::Field { field, place, case } => same(record, first, *field, *place, *case),
            _ => {
                let mut at = Some(first);
                while let Some(here) = at {
                    if self.passes(record, here) {
                        return true;
                    }
                    at = record.next(here);
                }
                false
            }
        }
    }

    /// Whether any value of the event passes the whole tree.
    pub(super) fn holds_anywhere(&self, record: &mut Record<'_>) -> bool {
        record.own().any(|at| self.keyword(record, at))
    }

    /// Whether this one value passes the whole tree. Only texts and shapes are looked for without a field.
    pub(super) fn keyword(&self, record: &mut Record<'_>, at: usize) -> bool {
        match self {
            Self::Text(_) | Self::Texts(_) | Self::Shape(_) => self.passes(record, at),
            Self::Not(test) => !test.keyword(record, at),
            Self::Any(tests) => tests.iter().any(|test| test.keyword(record, at)),
            Self::All(tests) => tests.iter().all(|test| test.keyword(record, at)),
            _ => false,
        }
    }

    fn passes(&self, record: &mut Record<'_>, at: usize) -> bool {
        match self {
            Self::Text(text) => text.holds(cased(record, at, text.case)),
            Self::Texts(texts) => texts.hold(cased(record, at, texts.case)),
            Self::Shape(shape) => shape.holds(cased(record, at, shape.on)),
            Self::Number(order, wanted) => record.number(at).is_some_and(|value| order.holds(value, *wanted)),
            Self::Net(net) => net.holds(record.text(at)),
            Self::Truth(wanted) => match record.low(at) {
                "true" | "1" | "yes" => *wanted,
                "false" | "0" | "no" => !wanted,
                _ => false,
            },
            Self::Time(part, wanted) => {
                part.of(record.text(at)).is_some_and(|value| Order::Equal.holds(value, *wanted))
            }
            Self::Field { .. } | Self::Exists(_) | Self::Null | Self::Not(_) | Self::Any(_) | Self::All(_) => false,
        }
    }
}

fn cased<'v>(record: &'v mut Record<'_>, at: usize, case: Case) -> &'v str {
    match case {
        Case::Folded => record.low(at),
        Case::Kept => record.text(at),
    }
}

/// Whether the value of `other` stands at its place in a value of the field that begins at `first`.
fn same(record: &mut Record<'_>, first: usize, other: FieldId, place: Place, case: Case) -> bool {
    let Some(wanted) = record.first(other) else {
        return false;
    };
    let single = record.next(wanted).is_none();
    if place == Place::Whole && !(single && record.next(first).is_none()) {
        return same_lists(record, first, wanted);
    }
    if !single {
        return false;
    }
    if case == Case::Folded {
        record.lower(wanted);
    }
    let mut at = Some(first);
    while let Some(here) = at {
        let found = match case {
            Case::Folded => {
                record.lower(here);
                stands(place, record.lowered(here), record.lowered(wanted))
            }
            Case::Kept => stands(place, record.text(here), record.text(wanted)),
        };
        if found {
            return true;
        }
        at = record.next(here);
    }
    false
}

/// Whether two fields with several values have the same, in the same order and case.
fn same_lists(record: &Record<'_>, one: usize, other: usize) -> bool {
    let (mut one, mut other) = (Some(one), Some(other));
    while let (Some(here), Some(there)) = (one, other) {
        if record.text(here) != record.text(there) {
            return false;
        }
        (one, other) = (record.next(here), record.next(there));
    }
    one.is_none() && other.is_none()
}
