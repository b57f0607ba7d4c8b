//! A filter made ready for single ids: by the columns and sets of its kind, without reading records.

use crate::columns::{Column, NONE};
use crate::orders::{BLOCK, Orders};
use crate::sets::{self, KindSets};
use crate::tags::TagSets;
use roaring::RoaringBitmap;
use watchkeep_model::matches::passes;
use watchkeep_model::resolve::{self, Compare, Test};
use watchkeep_model::{Kind, Shape, Value};

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
    /// The column at this position holds one of these, which are sorted.
    OneOf(usize, Vec<i64>),
    /// The column at this position holds a text whose code is marked.
    Text(usize, Vec<bool>),
    /// The columns at these positions hold all words together: which of them each code has, and what all of them are.
    Words(Vec<(usize, Vec<u16>)>, u16),
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
            Test::Words(wanted) => Self::words(sets.orders()?, kind, wanted),
            Test::Column(..) | Test::Through(..) => None,
        }
    }

    fn words(orders: &Orders, kind: &Kind, wanted: &[String]) -> Option<Self> {
        if wanted.len() >= u16::BITS as usize {
            return None;
        }
        let has = |own: &str| {
            let own = || own.split(' ');
            let bit = |(at, word): (usize, &String)| u16::from(own().any(|own| own.starts_with(word.as_str()))) << at;
            wanted.iter().enumerate().map(bit).fold(0, |all, bit| all | bit)
        };
        let column = |name: &str| {
            let at = orders.position(name)?;
            let Column::Texts(texts) = orders.column(at).filter(|column| column.compared())? else { return None };
            Some((at, texts.words()?.map(has).collect()))
        };
        let searched: Vec<_> = kind.fields.iter().filter(|field| field.search).collect();
        let columns: Vec<_> = searched.iter().map(|field| column(field.name)).collect::<Option<_>>()?;
        (!columns.is_empty()).then(|| Self::having(columns, (1 << wanted.len()) - 1))
    }

    /// Columns that hold none of the words are not looked at.
    fn having(mut columns: Vec<(usize, Vec<u16>)>, all: u16) -> Self {
        columns.retain(|(_, masks)| masks.iter().any(|mask| *mask != 0));
        Self::Words(columns, all)
    }

    fn column(orders: &Orders, kind: &Kind, name: &str, compare: &Compare) -> Option<Self> {
        let at = orders.position(name)?;
        match orders.column(at)? {
            Column::Numbers(_) if kind.field(name).is_some_and(|field| matches!(field.shape, Shape::Money)) => None,
            Column::Numbers(_) => Some(match numbers(compare)? {
                Numbers::Range(from, to) => Self::Range(at, from, to),
                Numbers::OneOf(wanted) => Self::OneOf(at, wanted),
            }),
            column @ Column::Texts(texts) if column.compared() && !matches!(compare, Compare::Holds(_)) => {
                let none = passes(compare, &Value::Null);
                let marked = texts.all().map(|text| text_passes(compare, text));
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
            Self::OneOf(at, wanted) => wanted.binary_search(&key(*at)).is_ok(),
            Self::Text(at, marked) => match column(*at) {
                Some(Column::Texts(texts)) => marked.get(texts.code_of(id) as usize).copied().unwrap_or(false),
                _ => false,
            },
            Self::Words(columns, all) => {
                let has = |(at, masks): &(usize, Vec<u16>)| match column(*at) {
                    Some(Column::Texts(texts)) => masks.get(texts.code_of(id) as usize).copied().unwrap_or(0),
                    _ => 0,
                };
                columns.iter().map(has).fold(0, |all, own| all | own) == *all
            }
        }
    }

    /// Keeps the ids that pass, of one block in its order: this is several times quicker than one by one.
    pub fn retain(&self, orders: Option<&Orders>, ids: &mut Vec<u32>) {
        let column = |at: usize| orders.and_then(|orders| orders.column(at));
        match self {
            Self::And(list) => list.iter().for_each(|part| part.retain(orders, ids)),
            Self::Or(list) => {
                let (mut marks, mut own) = (Marks::default(), Vec::with_capacity(ids.len()));
                let (Some(first), Some(last)) = (ids.first(), ids.last()) else { return };
                for part in list {
                    if let Self::In(set) = part {
                        marks.add(set.range(*first..=*last));
                        continue;
                    }
                    own.clone_from(ids);
                    part.retain(orders, &mut own);
                    marks.add(own.drain(..));
                }
                keep(ids, |id| marks.has(id));
            }
            Self::Not(inner) => {
                let (mut marks, mut own) = (Marks::default(), ids.clone());
                inner.retain(orders, &mut own);
                marks.add(own.into_iter());
                keep(ids, |id| !marks.has(id));
            }
            Self::In(set) => {
                let (Some(first), Some(last)) = (ids.first(), ids.last()) else { return };
                let mut marks = Marks::default();
                marks.add(set.range(*first..=*last));
                keep(ids, |id| marks.has(id));
            }
            Self::Range(at, from, to) => match column(*at) {
                Some(Column::Numbers(numbers)) => {
                    let key = |id: u32| numbers.get(id as usize).copied().unwrap_or(NONE);
                    keep(ids, |id| (*from..=*to).contains(&key(id)));
                }
                _ => ids.clear(),
            },
            Self::Text(at, marked) => match column(*at) {
                Some(Column::Texts(texts)) => {
                    let codes = texts.codes();
                    let code = |id: u32| codes.get(id as usize).copied().unwrap_or(0);
                    keep(ids, |id| marked.get(code(id) as usize).copied().unwrap_or(false));
                }
                _ => ids.clear(),
            },
            Self::Words(columns, all) => {
                let mut had = vec![0; ids.len()];
                for (at, masks) in columns {
                    let Some(Column::Texts(texts)) = column(*at) else { continue };
                    let codes = texts.codes();
                    let code = |id: u32| codes.get(id as usize).copied().unwrap_or(0);
                    for (had, id) in had.iter_mut().zip(ids.iter()) {
                        *had |= masks.get(code(*id) as usize).copied().unwrap_or(0);
                    }
                }
                let mut had = had.into_iter();
                keep(ids, |_| had.next() == Some(*all));
            }
            Self::Id(..) | Self::OneOf(..) => keep(ids, |id| self.passes(orders, id)),
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
            Self::Words(columns, _) => {
                columns.iter().all(|(at, _)| orders.is_some_and(|orders| orders.column(*at).is_some()))
            }
            Self::Range(at, ..) | Self::OneOf(at, _) | Self::Text(at, _) => {
                orders.is_some_and(|orders| orders.column(*at).is_some())
            }
        }
    }
}

/// As `Vec::retain`, without a branch that a processor would guess wrongly.
fn keep(ids: &mut Vec<u32>, mut passes: impl FnMut(u32) -> bool) {
    let mut kept = 0;
    for at in 0..ids.len() {
        let Some(id) = ids.get(at).copied() else { break };
        if let Some(slot) = ids.get_mut(kept) {
            *slot = id;
        }
        kept += usize::from(passes(id));
    }
    ids.truncate(kept);
}

/// Marks on the ids of one block.
struct Marks([u64; BLOCK as usize / 64]);

impl Default for Marks {
    fn default() -> Self {
        Self([0; BLOCK as usize / 64])
    }
}

impl Marks {
    fn add(&mut self, ids: impl Iterator<Item = u32>) {
        for id in ids {
            if let Some(word) = self.0.get_mut((id % BLOCK) as usize / 64) {
                *word |= 1 << (id % 64);
            }
        }
    }

    fn has(&self, id: u32) -> bool {
        self.0.get((id % BLOCK) as usize / 64).is_some_and(|word| word & (1 << (id % 64)) != 0)
    }
}

/// As [`passes`] for a text, without copying it where that is not needed.
fn text_passes(compare: &Compare, text: &str) -> bool {
    match compare {
        Compare::OneOf(wanted) => {
            let same = |one: &Value| one.as_text().is_some_and(|one| one.eq_ignore_ascii_case(text));
            !text.is_empty() && wanted.iter().any(same)
        }
        Compare::Like(parts) => {
            let starts = |part: &String| {
                text.as_bytes().get(..part.len()).is_some_and(|start| start.eq_ignore_ascii_case(part.as_bytes()))
            };
            parts.first().is_none_or(starts) && passes(compare, &Value::text(text))
        }
        _ => passes(compare, &Value::text(text)),
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
            let mut wanted: Vec<i64> = wanted.iter().map(whole).collect::<Option<_>>()?;
            wanted.retain(|wanted| *wanted != NONE);
            wanted.sort_unstable();
            Numbers::OneOf(wanted)
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
