//! Texts that may be anywhere in an event, in its message or its line: most events are told by their values, and a line is
//! put together only where those leave it open.

use crate::columns::{column, internal};
use crate::error::LakeError;
use crate::forms::{Form, Part};
use crate::laid::{ASIDE, FIELD, FORM};
use datafusion::arrow::array::{Array, BinaryViewArray, BooleanArray, RecordBatch, StringViewArray};
use std::collections::{BTreeSet, HashMap};
use watchkeep_model::filter::{Expr, Pattern, Pipe, Query};

/// Before a text: whether an event holds it.
pub const TEXT: &str = "=text=";
/// Shorter runs are in most events.
const SHORTEST: usize = 3;

/// The texts that a query looks for.
pub fn texts(query: &Query) -> BTreeSet<String> {
    let mut texts = BTreeSet::new();
    add(&query.filter, &mut texts);
    for pipe in &query.pipes {
        if let Pipe::Join { with, .. } = pipe {
            add(with, &mut texts);
        }
    }
    texts
}

fn add(filter: &Expr, texts: &mut BTreeSet<String>) {
    match filter {
        Expr::And(parts) | Expr::Or(parts) => parts.iter().for_each(|part| add(part, texts)),
        Expr::Not(inner) => add(inner, texts),
        Expr::Text { text, .. } => drop(texts.insert(text.clone())),
        Expr::All | Expr::Term(_) => {}
    }
}

/// A text that is looked for.
pub struct Sought {
    text: Pattern,
    run: Option<Run>,
}

/// The longest run of letters and digits in it.
struct Run {
    run: Pattern,
    /// The run without its first letter: in a line that may be the letter of an escape, such as `\n`, which no value has.
    rest: Pattern,
    /// It is all of the text.
    whole: bool,
}

impl Run {
    fn of(text: &str) -> Option<Self> {
        let runs = text.split(|letter: char| !letter.is_ascii_alphanumeric());
        let longest = runs.max_by_key(|run| run.len()).filter(|run| run.len() >= SHORTEST)?;
        let (run, rest) = (Pattern::part(longest)?, Pattern::part(longest.get(1..)?)?);
        Some(Self { run, rest, whole: longest == text })
    }

    /// What a value that is text says of a line that it stands in.
    fn in_value(&self, value: &[u8]) -> Held {
        if self.run.matches(value) {
            // However it is escaped there: signs are, letters and digits are not.
            return if self.whole { Held::Yes } else { Held::Maybe };
        }
        // No branch, so that many bytes are looked at together.
        let (escapes, rare) =
            value.iter().fold((false, false), |any, byte| (any.0 | (*byte < 0x20), any.1 | is_rare(*byte)));
        if rare || escapes && self.rest.matches(value) { Held::Maybe } else { Held::No }
    }
}

/// Whether an event holds a text, as far as is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Held {
    No,
    Maybe,
    Yes,
}

/// Puts lines together.
pub trait Lines {
    /// The line of a row.
    fn line(&self, row: usize, form: &Form<'_>, out: &mut Vec<u8>) -> Result<(), LakeError>;
}

impl Sought {
    pub fn new(text: &str) -> Option<Self> {
        Some(Self { text: Pattern::part(text)?, run: Run::of(text) })
    }

    /// What it is looked for in.
    pub fn needs(column: &str) -> bool {
        column.starts_with(FIELD) || matches!(column, FORM | ASIDE | "raw" | "message")
    }

    /// Whether each event holds it, where messages and lines lie as they are.
    pub fn in_whole(&self, rows: &RecordBatch) -> Result<BooleanArray, LakeError> {
        let (messages, raws) = (column::<StringViewArray>(rows, "message")?, column::<BinaryViewArray>(rows, "raw")?);
        let message = |row: usize| messages.is_valid(row) && self.text.matches(messages.value(row).as_bytes());
        let raw = |row: usize| raws.is_valid(row) && self.text.matches(raws.value(row));
        Ok((0..rows.num_rows()).map(|row| Some(message(row) || raw(row))).collect())
    }

    /// Whether each event holds it, where lines lie as forms; `columns` are those of fields, by number.
    pub fn in_forms(
        &self,
        rows: &RecordBatch,
        columns: &[Option<&StringViewArray>],
        lines: &impl Lines,
    ) -> Result<BooleanArray, LakeError> {
        let (messages, raws) = (column::<StringViewArray>(rows, "message")?, column::<BinaryViewArray>(rows, "raw")?);
        let kinds = Kinds::of(column(rows, FORM)?)?;
        let mut held = vec![Held::No; rows.num_rows()];
        let message = |row: usize| messages.is_valid(row).then(|| messages.value(row).as_bytes());
        let exact = |value: &[u8]| if self.text.matches(value) { Held::Yes } else { Held::No };
        look(&mut held, messages.views(), message, exact, |_| true);
        match &self.run {
            Some(run) => self.by_run(run, rows, columns, &kinds, &mut held)?,
            None => held.iter_mut().for_each(|held| *held = (*held).max(Held::Maybe)),
        }
        let mut line = Vec::new();
        for (row, held) in held.iter_mut().enumerate() {
            // Of a line that is kept as it came the form says nothing.
            if raws.is_valid(row) {
                *held = exact(raws.value(row)).max(message(row).map_or(Held::No, exact));
            } else if let Some(form) = kinds.form(row).filter(|_| *held == Held::Maybe) {
                line.clear();
                lines.line(row, form, &mut line)?;
                *held = exact(&line);
            }
        }
        Ok(held.into_iter().map(|held| Some(held == Held::Yes)).collect())
    }

    /// A run lies within one value or within what is the same in all lines of a form, for there is a sign that is neither
    /// letter nor digit wherever one ends in a line.
    fn by_run(
        &self,
        run: &Run,
        rows: &RecordBatch,
        columns: &[Option<&StringViewArray>],
        kinds: &Kinds<'_>,
        held: &mut [Held],
    ) -> Result<(), LakeError> {
        let by_form: Vec<Held> = kinds.forms.iter().map(|form| self.in_form(run, form)).collect();
        for (row, held) in held.iter_mut().enumerate() {
            *held = (*held).max(kinds.kind(row).and_then(|kind| by_form.get(kind)).copied().unwrap_or(Held::Maybe));
        }
        for (number, texts) in columns.iter().enumerate() {
            let Some(texts) = texts.filter(|texts| texts.null_count() < texts.len()) else { continue };
            let value = |row: usize| texts.is_valid(row).then(|| texts.value(row).as_bytes());
            let in_line = |row: usize| kinds.in_line(row, number);
            look(held, texts.views(), value, |value| run.in_value(value), in_line);
        }
        let asides = column::<BinaryViewArray>(rows, ASIDE)?;
        let aside = |row: usize| asides.is_valid(row).then(|| asides.value(row));
        let may = |value: &[u8]| if run.rest.matches(value) { Held::Maybe } else { Held::No };
        look(held, asides.views(), aside, may, |_| true);
        Ok(())
    }

    /// What is the same in all lines of a form.
    fn in_form(&self, run: &Run, form: &Form<'_>) -> Held {
        let part = |part: &Part| match part {
            Part::Text(text) if self.text.matches(text.as_bytes()) => Held::Yes,
            Part::Text(text) if run.rest.matches(text.as_bytes()) => Held::Maybe,
            _ => Held::No,
        };
        form.parts.iter().map(part).max().unwrap_or(Held::No)
    }
}

/// Which form each row has, and which fields stand in the lines of each.
struct Kinds<'f> {
    of: Vec<usize>,
    forms: Vec<Form<'f>>,
    in_line: Vec<Vec<bool>>,
}

impl<'f> Kinds<'f> {
    fn of(forms: &'f BinaryViewArray) -> Result<Self, LakeError> {
        let mut kinds = Self { of: Vec::with_capacity(forms.len()), forms: Vec::new(), in_line: Vec::new() };
        let (mut known, mut last) = (HashMap::new(), None);
        for (row, view) in forms.views().iter().enumerate() {
            let kind = match last {
                Some((same, kind)) if same == *view => kind,
                _ => match known.get(forms.value(row)) {
                    Some(kind) => *kind,
                    None => {
                        let kind = kinds.add(postcard::from_bytes(forms.value(row)).map_err(internal)?);
                        known.insert(forms.value(row), kind);
                        kind
                    }
                },
            };
            last = Some((*view, kind));
            kinds.of.push(kind);
        }
        Ok(kinds)
    }

    fn add(&mut self, form: Form<'f>) -> usize {
        let mut in_line = Vec::new();
        for part in &form.parts {
            if let Part::Field(number) = part {
                let number = *number as usize;
                in_line.resize(in_line.len().max(number + 1), false);
                if let Some(place) = in_line.get_mut(number) {
                    *place = true;
                }
            }
        }
        self.in_line.push(in_line);
        self.forms.push(form);
        self.forms.len() - 1
    }

    fn kind(&self, row: usize) -> Option<usize> {
        self.of.get(row).copied()
    }

    fn form(&self, row: usize) -> Option<&Form<'f>> {
        self.forms.get(self.kind(row)?)
    }

    fn in_line(&self, row: usize, number: usize) -> bool {
        let fields = self.kind(row).and_then(|kind| self.in_line.get(kind));
        fields.and_then(|fields| fields.get(number)).copied().unwrap_or(false)
    }
}

/// Looks into each row of which it is not sure yet that it holds the text; a value that lies where that of the row before
/// lies holds what that did. Where a row has no value, its view may be that of another. A value that does not stand in the
/// line makes nothing sure, and nothing likely either.
fn look<'a>(
    held: &mut [Held],
    views: &[u128],
    value: impl Fn(usize) -> Option<&'a [u8]>,
    is_in: impl Fn(&'a [u8]) -> Held,
    in_line: impl Fn(usize) -> bool,
) {
    let mut last: Option<(u128, Held)> = None;
    for (row, (held, view)) in held.iter_mut().zip(views).enumerate().filter(|(_, (held, _))| **held != Held::Yes) {
        let Some(value) = value(row) else { continue };
        let found = match last {
            Some((known, found)) if known == *view => found,
            _ => is_in(value),
        };
        last = Some((*view, found));
        if found > *held && in_line(row) {
            *held = found;
        }
    }
}

/// Whether JSON writes the byte with several letters.
fn is_rare(byte: u8) -> bool {
    (byte < 0x20) & (byte != b'\n') & (byte != b'\r') & (byte != b'\t')
}
