//! One value of every record of a kind, by the record's id: what lists are sorted and compared by without the database.

use crate::driver::Cell;
use crate::query::Cursor;
use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;
use watchkeep_model::resolve::words;

/// Stands for no value; it comes first, as in both databases.
pub const NONE: i64 = i64::MIN;
/// A column with more different texts than this is not kept: they would take more memory than they are worth.
const MOST_TEXTS: usize = 250_000;
/// Nor one whose different texts take more bytes.
const MOST_BYTES: usize = 64 << 20;
/// Up to so many different texts are compared one by one.
const COMPARED: usize = 50_000;
/// Ids above this are not kept: there is one place for each id up to the largest.
const MOST_IDS: usize = 1 << 26;
/// Room between the labels of two neighbours when all texts are labelled anew.
const GAP: i64 = 1 << 32;

/// The values of one field, or of `created` or `updated`.
#[derive(Debug)]
pub enum Column {
    Numbers(Vec<i64>),
    Texts(Texts),
    /// Too many different texts, an id out of reach, or a value of another type: the database is asked.
    Lost,
}

/// Texts by id, each different one kept once.
#[derive(Debug, Default)]
pub struct Texts {
    /// By id: 0 for none, otherwise the position of the text in `all`, counted from 1.
    codes: Vec<u32>,
    all: Vec<Arc<str>>,
    by_text: BTreeMap<Arc<str>, u32>,
    /// By code: numbers in the order of the texts.
    labels: Vec<i64>,
    /// Whether `labels` are kept; not while a kind is loaded.
    labelled: bool,
    /// For a field that is searched, by code: the words of the text as search knows them, with one space between them.
    words: Option<Vec<Box<str>>>,
    /// Bytes of all that is kept of texts.
    bytes: usize,
}

impl Column {
    pub fn numbers() -> Self {
        Self::Numbers(Vec::new())
    }

    /// To be [`Column::settle`]d once it is loaded.
    pub fn texts() -> Self {
        Self::Texts(Texts { labels: vec![NONE], ..Texts::default() })
    }

    /// As [`Column::texts`], for a field that is searched by words.
    pub fn searched() -> Self {
        Self::Texts(Texts { labels: vec![NONE], words: Some(vec![Box::default()]), ..Texts::default() })
    }

    /// Whether its texts are few enough to be compared one by one.
    pub fn compared(&self) -> bool {
        matches!(self, Self::Texts(texts) if texts.all.len() <= COMPARED)
    }

    pub fn lost(&self) -> bool {
        matches!(self, Self::Lost)
    }

    /// Sets the value of a record.
    pub fn put(&mut self, id: u32, cell: &Cell) {
        let kept = match (&mut *self, cell) {
            (Self::Lost, _) => true,
            (Self::Numbers(numbers), Cell::Null) => place(numbers, id, NONE, NONE),
            (Self::Numbers(numbers), Cell::Int(number)) if *number != NONE => place(numbers, id, *number, NONE),
            (Self::Texts(texts), Cell::Null) => place(&mut texts.codes, id, 0, 0),
            (Self::Texts(texts), Cell::Text(text)) => {
                let code = texts.code(text);
                place(&mut texts.codes, id, code, 0) && texts.all.len() <= MOST_TEXTS && texts.bytes <= MOST_BYTES
            }
            _ => false,
        };
        if !kept {
            *self = Self::Lost;
        }
    }

    /// Puts the texts in order, after a load.
    pub fn settle(&mut self) {
        if let Self::Texts(texts) = self {
            texts.label_all();
            texts.codes.shrink_to_fit();
        }
    }

    /// A value as a number that sorts like it.
    pub fn key(&self, id: u32) -> i64 {
        match self {
            Self::Numbers(numbers) => numbers.get(id as usize).copied().unwrap_or(NONE),
            Self::Texts(texts) => texts.labels.get(texts.code_of(id) as usize).copied().unwrap_or(NONE),
            Self::Lost => NONE,
        }
    }

    pub fn cell(&self, id: u32) -> Cell {
        match self {
            Self::Numbers(_) => Some(self.key(id)).filter(|key| *key != NONE).map_or(Cell::Null, Cell::Int),
            Self::Texts(texts) => texts.text(texts.code_of(id)).map_or(Cell::Null, Cell::from),
            Self::Lost => Cell::Null,
        }
    }

    /// A place in the order of this column and then of ids: what follows it upwards or, where `descending`, downwards,
    /// is what follows the cursor. `None` for a value of another type.
    pub fn place(&self, at: &Cursor, descending: bool) -> Option<(i64, u32)> {
        let id = near(at.id);
        match (self, &at.value) {
            (Self::Numbers(_) | Self::Texts(_), Cell::Null) => Some((NONE, id)),
            (Self::Numbers(_), Cell::Int(number)) => Some((*number, id)),
            (Self::Texts(texts), Cell::Text(text)) => Some(match texts.by_text.get(text.as_str()) {
                Some(code) => (texts.labels.get(*code as usize).copied().unwrap_or(NONE), id),
                // No record has this text any more: its neighbour's far end.
                None if descending => (texts.neighbours(text).1.unwrap_or(i64::MAX), 0),
                None => (texts.neighbours(text).0.unwrap_or(NONE), u32::MAX),
            }),
            _ => None,
        }
    }
}

impl Texts {
    /// All of them, by code from 1 on.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        self.all.iter().map(|text| &**text)
    }

    pub fn code_of(&self, id: u32) -> u32 {
        self.codes.get(id as usize).copied().unwrap_or(0)
    }

    /// The words of each text by code; `None` where the field is not searched.
    pub fn words(&self) -> Option<impl Iterator<Item = &str>> {
        self.words.as_ref().map(|all| all.iter().map(|words| &**words))
    }

    pub fn codes(&self) -> &[u32] {
        &self.codes
    }

    /// By code.
    pub fn labels(&self) -> &[i64] {
        &self.labels
    }

    /// The text of a code; `None` for 0.
    pub fn text(&self, code: u32) -> Option<&str> {
        let at = (code as usize).checked_sub(1)?;
        self.all.get(at).map(|text| &**text)
    }

    fn code(&mut self, text: &str) -> u32 {
        if let Some(code) = self.by_text.get(text) {
            return *code;
        }
        let (below, above) = self.neighbours(text);
        if let Some(all) = &mut self.words {
            let words = words(text).join(" ");
            self.bytes += words.len();
            all.push(words.into_boxed_str());
        }
        self.bytes += text.len();
        let own: Arc<str> = Arc::from(text);
        self.all.push(own.clone());
        let code = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        self.by_text.insert(own, code);
        let label = match (below, above) {
            (None, None) => Some(0),
            (Some(below), None) => below.checked_add(GAP),
            (None, Some(above)) => above.checked_sub(GAP).filter(|label| *label != NONE),
            (Some(below), Some(above)) => Some(below.midpoint(above)).filter(|label| *label > below && *label < above),
        };
        self.labels.push(label.unwrap_or_default());
        if label.is_none() && self.labelled {
            self.label_all();
        }
        code
    }

    /// Labels of the texts just below and just above one that is not there.
    fn neighbours(&self, text: &str) -> (Option<i64>, Option<i64>) {
        if !self.labelled {
            return (None, None);
        }
        let label = |(_, code): (&Arc<str>, &u32)| self.labels.get(*code as usize).copied();
        let below = self.by_text.range::<str, _>((Bound::Unbounded, Bound::Excluded(text))).next_back();
        let above = self.by_text.range::<str, _>((Bound::Excluded(text), Bound::Unbounded)).next();
        (below.and_then(label), above.and_then(label))
    }

    fn label_all(&mut self) {
        let mut next = -(GAP / 2).saturating_mul(self.all.len() as i64);
        for code in self.by_text.values() {
            if let Some(label) = self.labels.get_mut(*code as usize) {
                *label = next;
            }
            next += GAP;
        }
        self.labelled = true;
    }
}

/// The id of a cursor, which may hold any number, as near as there are ids.
pub fn near(id: i64) -> u32 {
    u32::try_from(id.max(0)).unwrap_or(u32::MAX)
}

/// Sets one place, growing only as far as there are values; false where the id is out of reach.
fn place<T: Copy + PartialEq>(values: &mut Vec<T>, id: u32, value: T, none: T) -> bool {
    let at = id as usize;
    if at >= MOST_IDS {
        return value == none;
    }
    if at >= values.len() {
        if value == none {
            return true;
        }
        values.resize(at + 1, none);
    }
    if let Some(slot) = values.get_mut(at) {
        *slot = value;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Labels sort as the texts do, however they came, and a place is where the text would be.
        #[test]
        fn keys_sort_like_their_texts(loaded in prop::collection::vec("[a-c]{0,4}", 0..40),
                                      later in prop::collection::vec("[a-c]{0,12}", 0..200),
                                      sought in "[a-c]{0,5}") {
            let mut column = Column::texts();
            for (id, text) in loaded.iter().enumerate() {
                column.put(id as u32, &Cell::from(text.as_str()));
            }
            column.settle();
            let all: Vec<&String> = loaded.iter().chain(&later).collect();
            for (id, text) in all.iter().enumerate().skip(loaded.len()) {
                column.put(id as u32, &Cell::from(text.as_str()));
            }
            let keys: Vec<i64> = (0..all.len()).map(|id| column.key(id as u32)).collect();
            for a in 0..all.len() {
                prop_assert_eq!(column.cell(a as u32), Cell::from(all[a].as_str()));
                for b in 0..all.len() {
                    prop_assert_eq!(all[a].cmp(all[b]), keys[a].cmp(&keys[b]));
                }
                for id in [0, a as i64, i64::from(u32::MAX)] {
                    let at = Cursor { value: Cell::from(sought.as_str()), id };
                    let own = Cursor { value: Cell::from(all[a].as_str()), id: a as i64 };
                    let up = column.place(&at, false).expect("a place");
                    let down = column.place(&at, true).expect("a place");
                    prop_assert_eq!((keys[a], a as u32) > up, own.compare(&at).is_gt());
                    prop_assert_eq!((keys[a], a as u32) < down, own.compare(&at).is_lt());
                }
            }
        }
    }

    /// Texts that arrive in order between two others use their gap up again and again.
    #[test]
    fn a_gap_that_is_full_is_made_anew() {
        let mut column = Column::texts();
        column.settle();
        column.put(1, &Cell::from("a"));
        column.put(2, &Cell::from("z"));
        for id in 3..500 {
            column.put(id, &Cell::from(format!("m{id:05}")));
        }
        assert!((3..499).all(|id| column.key(1) < column.key(id) && column.key(id) < column.key(id + 1)));
        assert!(column.key(499) < column.key(2));
    }

    #[test]
    fn a_column_grows_only_as_far_as_there_are_values() {
        let mut column = Column::numbers();
        column.put(1_000_000, &Cell::Null);
        assert!(matches!(&column, Column::Numbers(numbers) if numbers.is_empty()));
        column.put(7, &Cell::Int(3));
        assert_eq!((column.key(7), column.key(8), column.cell(8)), (3, NONE, Cell::Null));
        column.put(1, &Cell::Real(0.5));
        assert!(column.lost());
    }
}
