//! Texts that may be anywhere in an event: most events that do not hold one are told by their values, before any line is
//! put together.

use crate::columns::{column, internal};
use crate::error::LakeError;
use crate::laid::{ASIDE, FIELD, FORM};
use datafusion::arrow::array::{Array, BinaryViewArray, BooleanArray, RecordBatch, StringViewArray};
use datafusion::arrow::datatypes::Schema;
use watchkeep_model::filter::{EventFilter, Pattern};

/// Before a run of letters and digits: whether an event may hold it.
pub const SOUGHT: &str = "=sought=";
/// Shorter runs are in most events.
const SHORTEST: usize = 3;

/// The longest run of letters and digits in each text that an event must hold to fulfil the filter.
pub fn runs(filter: &EventFilter) -> Vec<String> {
    match filter {
        EventFilter::And(parts) => parts.iter().flat_map(runs).collect(),
        EventFilter::Text(pattern) => {
            let runs = pattern.text().split(|letter: char| !letter.is_ascii_alphanumeric());
            let longest = runs.max_by_key(|run| run.len()).filter(|run| run.len() >= SHORTEST);
            longest.map(str::to_owned).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

/// A run of letters and digits that is looked for.
pub struct Sought {
    run: Pattern,
    /// The run without its first letter: in a line that may be the letter of an escape, such as `\n`, which no value has.
    rest: Pattern,
}

impl Sought {
    pub fn new(run: &str) -> Option<Self> {
        Some(Self { run: Pattern::part(run)?, rest: Pattern::part(run.get(1..)?)? })
    }

    /// What it is looked for in.
    pub fn needs(column: &str) -> bool {
        column.starts_with(FIELD) || matches!(column, FORM | ASIDE | "raw" | "message")
    }

    /// Whether each event may hold it. A run lies within one value or within what is the same in all lines of a form, for
    /// there is a sign that is neither letter nor digit wherever one ends in a line.
    pub fn may_hold(&self, rows: &RecordBatch) -> Result<BooleanArray, LakeError> {
        let mut found = vec![false; rows.num_rows()];
        for (field, array) in Schema::fields(rows.schema_ref()).iter().zip(rows.columns()) {
            if field.name().starts_with(FIELD) || field.name() == "message" {
                let texts = array.as_any().downcast_ref::<StringViewArray>();
                let texts = texts.ok_or_else(|| internal("a field is no text"))?;
                let value = |row: usize| texts.is_valid(row).then(|| texts.value(row).as_bytes());
                look(&mut found, texts.views(), value, |value| self.is_in(value));
            }
        }
        for name in [FORM, ASIDE, "raw"] {
            let bytes = column::<BinaryViewArray>(rows, name)?;
            let value = |row: usize| bytes.is_valid(row).then(|| bytes.value(row));
            look(&mut found, bytes.views(), value, |value| self.rest.matches(value));
        }
        Ok(BooleanArray::from(found))
    }

    fn is_in(&self, value: &[u8]) -> bool {
        let escapes = value.iter().fold(false, |any, byte| any | (*byte < 0x20));
        if escapes {
            self.rest.matches(value) || value.iter().any(|byte| is_rare(*byte))
        } else {
            self.run.matches(value)
        }
    }
}

/// Looks into each row where nothing was found yet; a value that lies where that of the row before lies holds what that
/// did. Where a row has no value, its view may be that of another.
fn look<'a>(
    found: &mut [bool],
    views: &[u128],
    value: impl Fn(usize) -> Option<&'a [u8]>,
    is_in: impl Fn(&'a [u8]) -> bool,
) {
    let mut last: Option<(u128, bool)> = None;
    for (row, (found, view)) in found.iter_mut().zip(views).enumerate().filter(|(_, (found, _))| !**found) {
        let Some(value) = value(row) else { continue };
        *found = match last {
            Some((known, held)) if known == *view => held,
            _ => is_in(value),
        };
        last = Some((*view, *found));
    }
}

/// Whether JSON writes the byte with several letters.
fn is_rare(byte: u8) -> bool {
    byte < 0x20 && !matches!(byte, b'\n' | b'\r' | b'\t')
}
