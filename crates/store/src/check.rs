//! A filter made ready for single ids: by the columns and sets of its kind, without reading records.

use crate::columns::{Column, NONE};
use crate::orders::Orders;
use crate::sets::{self, KindSets};
use crate::tags::TagSets;
use roaring::RoaringBitmap;
use watchkeep_model::matches::passes;
use watchkeep_model::resolve::{self, Compare, Test};
use watchkeep_model::{Kind, Shape, Value};

/// A column with more different texts is not compared text by text.
const COMPARED: usize = 50_000;

/// See the file's first line. As of when it was made: texts that came later pass nothing.
#[derive(Debug, Clone)]
pub enum Check {
    And(Vec<Check>),
    Or(Vec<Check>),
    Not(Box<Check>),
    /// What the sets answer.
    In(RoaringBitmap),
    /// From this id to that one.
    Id(i64, i64),
    /// The column at this position holds a number from this one to that one.
    Range(usize, i64, i64),
    /// The column at this position holds one of these.
    OneOf(usize, Vec<i64>),
    /// The column at this position holds a text whose code is marked.
    Text(usize, Vec<bool>),
}

impl Default for Check {
    /// Passes everything.
    fn default() -> Self {
        Self::And(Vec::new())
    }
}

impl Check {
    /// `None` where a test asks for what neither columns nor sets know.
    pub fn of(sets: &KindSets, tags: &TagSets, test: &Test) -> Option<Self> {
        let kind = sets.kind();
        let many = |list: &[Test]| list.iter().map(|part| Self::of(sets, tags, part)).collect::<Option<Vec<_>>>();
        if sets::answer(kind, test) {
            return Some(Self::In(sets.passing(tags, test)));
        }
        match test {
            Test::All => Some(Self::default()),
            Test::And(list) => many(list).map(Self::And),
            Test::Or(list) => many(list).map(Self::Or),
            Test::Not(inner) => Self::of(sets, tags, inner).map(|inner| Self::Not(Box::new(inner))),
            Test::Column(resolve::Column::Id, compare) => match numbers(compare)? {
                Numbers::Range(from, to) => Some(Self::Id(from, to)),
                Numbers::OneOf(_) => None,
            },
            Test::Column(resolve::Column::Created, compare) => Self::column(sets.orders()?, kind, "created", compare),
            Test::Column(resolve::Column::Updated, compare) => Self::column(sets.orders()?, kind, "updated", compare),
            Test::Column(resolve::Column::Field(name), compare) => Self::column(sets.orders()?, kind, name, compare),
            Test::Column(..) | Test::Words(_) | Test::Through(..) => None,
        }
    }

    fn column(orders: &Orders, kind: &Kind, name: &str, compare: &Compare) -> Option<Self> {
        let at = orders.position(name)?;
        match orders.column(at)? {
            Column::Numbers(_) if kind.field(name).is_some_and(|field| matches!(field.shape, Shape::Money)) => None,
            Column::Numbers(_) => Some(match numbers(compare)? {
                Numbers::Range(from, to) => Self::Range(at, from, to),
                Numbers::OneOf(wanted) => Self::OneOf(at, wanted),
            }),
            Column::Texts(texts) if texts.len() <= COMPARED && !matches!(compare, Compare::Holds(_)) => {
                let none = passes(compare, &Value::Null);
                let marked = texts.all().map(|text| passes(compare, &Value::text(text)));
                Some(Self::Text(at, std::iter::once(none).chain(marked).collect()))
            }
            Column::Texts(_) | Column::Lost => None,
        }
    }

    pub fn passes(&self, orders: Option<&Orders>, id: u32) -> bool {
        let column = |at: usize| orders.and_then(|orders| orders.column(at));
        let key = |at: usize| column(at).map_or(NONE, |column| column.key(id));
        match self {
            Self::And(list) => list.iter().all(|part| part.passes(orders, id)),
            Self::Or(list) => list.iter().any(|part| part.passes(orders, id)),
            Self::Not(inner) => !inner.passes(orders, id),
            Self::In(ids) => ids.contains(id),
            Self::Id(from, to) => (*from..=*to).contains(&i64::from(id)),
            Self::Range(at, from, to) => (*from..=*to).contains(&key(*at)),
            Self::OneOf(at, wanted) => wanted.contains(&key(*at)),
            Self::Text(at, marked) => match column(*at) {
                Some(Column::Texts(texts)) => marked.get(texts.code_of(id) as usize).copied().unwrap_or(false),
                _ => false,
            },
        }
    }

    /// Whether it passes everything.
    pub fn open(&self) -> bool {
        matches!(self, Self::And(list) if list.is_empty())
    }

    /// Whether all columns that it asks are still kept.
    pub fn stands(&self, orders: Option<&Orders>) -> bool {
        match self {
            Self::And(list) | Self::Or(list) => list.iter().all(|part| part.stands(orders)),
            Self::Not(inner) => inner.stands(orders),
            Self::In(_) | Self::Id(..) => true,
            Self::Range(at, ..) | Self::OneOf(at, _) | Self::Text(at, _) => {
                orders.is_some_and(|orders| orders.column(*at).is_some())
            }
        }
    }
}

enum Numbers {
    /// Both ends pass; [`NONE`] is no value.
    Range(i64, i64),
    OneOf(Vec<i64>),
}

/// A comparison of whole numbers; `None` where it compares with something else.
fn numbers(compare: &Compare) -> Option<Numbers> {
    const NEVER: Numbers = Numbers::Range(1, 0);
    let least = NONE + 1;
    let whole = |value: &Value| value.as_int();
    Some(match compare {
        Compare::Never => NEVER,
        Compare::Empty => Numbers::Range(NONE, NONE),
        Compare::Present => Numbers::Range(least, i64::MAX),
        Compare::OneOf(wanted) => {
            let wanted: Vec<i64> = wanted.iter().map(whole).collect::<Option<_>>()?;
            Numbers::OneOf(wanted.into_iter().filter(|wanted| *wanted != NONE).collect())
        }
        Compare::Between(from, below) => {
            let from = from.as_ref().map_or(Some(least), whole)?.max(least);
            match below.as_ref().map(whole) {
                None => Numbers::Range(from, i64::MAX),
                Some(below) => below?.checked_sub(1).map_or(NEVER, |to| Numbers::Range(from, to)),
            }
        }
        Compare::Like(_) | Compare::Holds(_) => return None,
    })
}
