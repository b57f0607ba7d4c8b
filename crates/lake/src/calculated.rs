//! Calculations of a query as functions of the query engine: the same code that runs in memory.

use crate::columns::time_type;
use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, BooleanBuilder, Float64Array, Float64Builder, Int64Array, RecordBatch,
    StringArray, StringViewArray, StringViewBuilder, TimestampNanosecondArray, TimestampNanosecondBuilder, UInt64Array,
};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Result, exec_err};
use datafusion::logical_expr::{
    ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility, lit,
};
use datafusion::scalar::ScalarValue;
use std::borrow::Cow;
use std::hash::{Hash, Hasher};
use std::sync::Arc;
use watchkeep_model::filter::{CalcKind, Program, Val};

/// Distinct values that one cell shows.
const MOST_VALUES: usize = 100;

/// The calculation over these columns, which stand in the order of its inputs.
pub fn calculated(program: Program, inputs: Vec<Expr>) -> Expr {
    if inputs.is_empty() {
        return lit(constant(&program));
    }
    let (key, kind) = (program.key().to_owned(), program.kind());
    call(Work::Program(Box::new(program)), key, kind, inputs)
}

/// The number that a text spells; null where it spells none.
pub fn number(text: Expr) -> Expr {
    call(Work::Number, "number".to_owned(), CalcKind::Number, vec![text])
}

/// Any value as people read it.
pub fn shown(value: Expr) -> Expr {
    call(Work::Shown, "shown".to_owned(), CalcKind::Text, vec![value])
}

/// A text in lower case.
pub fn folded(text: Expr) -> Expr {
    call(Work::Folded, "folded".to_owned(), CalcKind::Text, vec![text])
}

/// A list of texts as one, in order, joined by `, `; at most a hundred, and then `…`.
pub fn joined(list: Expr) -> Expr {
    call(Work::Joined, "joined".to_owned(), CalcKind::Text, vec![list])
}

/// A time, an id and a text as one text that sorts by time and id; null where there is no text.
pub fn stamped(of: Vec<Expr>) -> Expr {
    call(Work::Stamped, "stamped".to_owned(), CalcKind::Text, of)
}

/// The text inside of what [`stamped`] made.
pub fn unstamped(text: Expr) -> Expr {
    call(Work::Unstamped, "unstamped".to_owned(), CalcKind::Text, vec![text])
}

/// Digits of a time and of an id.
const STAMP: usize = 16 + 32;

fn stamp(row: &[Val]) -> Val<'static> {
    let [Val::Time(nanos), id, text] = row else { return Val::Nothing };
    let Some(text) = text.text() else { return Val::Nothing };
    let sorted = nanos.cast_unsigned() ^ (1 << 63);
    Val::of_text(format!("{sorted:016x}{:0>32}{text}", id.text().unwrap_or_default()))
}

fn call(work: Work, key: String, kind: CalcKind, inputs: Vec<Expr>) -> Expr {
    let signature = Signature::any(inputs.len(), Volatility::Immutable);
    ScalarUDF::new_from_impl(Calculated { work, key, kind, signature }).call(inputs)
}

#[derive(Debug)]
enum Work {
    Program(Box<Program>),
    Number,
    Shown,
    Folded,
    Joined,
    Stamped,
    Unstamped,
}

#[derive(Debug)]
struct Calculated {
    work: Work,
    key: String,
    kind: CalcKind,
    signature: Signature,
}

impl PartialEq for Calculated {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for Calculated {}

impl Hash for Calculated {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key.hash(state);
    }
}

impl ScalarUDFImpl for Calculated {
    fn name(&self) -> &str {
        &self.key
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(match self.kind {
            CalcKind::Text => DataType::Utf8View,
            CalcKind::Number => DataType::Float64,
            CalcKind::Flag => DataType::Boolean,
            CalcKind::Time => time_type(),
        })
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let rows = arrays.first().map_or(0, |array| array.len());
        if let Work::Joined = self.work {
            return Ok(ColumnarValue::Array(lists(arrays.first())?));
        }
        let inputs = arrays.iter().map(Values::of).collect::<Result<Vec<_>>>()?;
        let mut out = Output::of(self.kind, rows);
        for at in 0..rows {
            let row: Vec<Val> = inputs.iter().map(|values| values.at(at)).collect();
            let first = || row.first().unwrap_or(&Val::Nothing);
            match &self.work {
                Work::Program(program) => out.push(&program.run(&row)),
                Work::Number => out.push(&first().number().map_or(Val::Nothing, Val::Number)),
                Work::Shown => out.push(&first().text().map_or(Val::Nothing, Val::Text)),
                Work::Folded => {
                    out.push(&first().text().map_or(Val::Nothing, |text| Val::Text(text.to_lowercase().into())));
                }
                Work::Stamped => out.push(&stamp(&row)),
                Work::Unstamped => {
                    let text = first().text();
                    let inside = text.as_deref().and_then(|text| text.get(STAMP..)).map(str::to_owned);
                    out.push(&inside.map_or(Val::Nothing, Val::of_text));
                }
                Work::Joined => {}
            }
        }
        Ok(ColumnarValue::Array(out.finish()))
    }
}

fn constant(program: &Program) -> ScalarValue {
    let value = program.run(&[]);
    match program.kind() {
        CalcKind::Text => ScalarValue::Utf8View(value.text().map(Cow::into_owned)),
        CalcKind::Number => ScalarValue::Float64(value.number()),
        CalcKind::Flag => ScalarValue::Boolean(if let Val::Flag(flag) = value { Some(flag) } else { None }),
        CalcKind::Time => {
            let nanos = if let Val::Time(nanos) = value { Some(nanos) } else { None };
            ScalarValue::TimestampNanosecond(nanos, Some("UTC".into()))
        }
    }
}

/// A column that calculations read.
pub enum Values<'a> {
    View(&'a StringViewArray),
    Text(&'a StringArray),
    Real(&'a Float64Array),
    Whole(&'a Int64Array),
    Counted(&'a UInt64Array),
    Flag(&'a BooleanArray),
    Time(&'a TimestampNanosecondArray),
}

impl<'a> Values<'a> {
    pub fn of(array: &'a ArrayRef) -> Result<Self> {
        let any = array.as_any();
        let text = any.downcast_ref().map(Self::View).or_else(|| any.downcast_ref().map(Self::Text));
        let number = || any.downcast_ref().map(Self::Real).or_else(|| any.downcast_ref().map(Self::Whole));
        let other = || any.downcast_ref().map(Self::Flag).or_else(|| any.downcast_ref().map(Self::Time));
        let found = text.or_else(number).or_else(other).or_else(|| any.downcast_ref().map(Self::Counted));
        match found {
            Some(values) => Ok(values),
            None => exec_err!("a column of type {} cannot be calculated with", array.data_type()),
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
    pub fn at(&self, row: usize) -> Val<'a> {
        let null = match self {
            Self::View(array) => array.is_null(row),
            Self::Text(array) => array.is_null(row),
            Self::Real(array) => array.is_null(row),
            Self::Whole(array) => array.is_null(row),
            Self::Counted(array) => array.is_null(row),
            Self::Flag(array) => array.is_null(row),
            Self::Time(array) => array.is_null(row),
        };
        if null {
            return Val::Nothing;
        }
        match self {
            Self::View(array) => Val::of_text(array.value(row)),
            Self::Text(array) => Val::of_text(array.value(row)),
            Self::Real(array) => Val::of_number(array.value(row)),
            Self::Whole(array) => Val::Number(array.value(row) as f64),
            Self::Counted(array) => Val::Number(array.value(row) as f64),
            Self::Flag(array) => Val::Flag(array.value(row)),
            Self::Time(array) => Val::Time(array.value(row)),
        }
    }
}

enum Output {
    Text(StringViewBuilder),
    Number(Float64Builder),
    Flag(BooleanBuilder),
    Time(TimestampNanosecondBuilder),
}

impl Output {
    fn of(kind: CalcKind, rows: usize) -> Self {
        match kind {
            CalcKind::Text => Self::Text(StringViewBuilder::with_capacity(rows)),
            CalcKind::Number => Self::Number(Float64Builder::with_capacity(rows)),
            CalcKind::Flag => Self::Flag(BooleanBuilder::with_capacity(rows)),
            CalcKind::Time => Self::Time(TimestampNanosecondBuilder::with_capacity(rows).with_timezone("UTC")),
        }
    }

    fn push(&mut self, value: &Val) {
        match self {
            Self::Text(texts) => texts.append_option(value.text()),
            Self::Number(numbers) => numbers.append_option(value.number()),
            Self::Flag(flags) => flags.append_option(if let Val::Flag(flag) = value { Some(*flag) } else { None }),
            Self::Time(times) => times.append_option(if let Val::Time(nanos) = value { Some(*nanos) } else { None }),
        }
    }

    fn finish(self) -> ArrayRef {
        match self {
            Self::Text(mut texts) => Arc::new(texts.finish()),
            Self::Number(mut numbers) => Arc::new(numbers.finish()),
            Self::Flag(mut flags) => Arc::new(flags.finish()),
            Self::Time(mut times) => Arc::new(times.finish()),
        }
    }
}

fn lists(array: Option<&ArrayRef>) -> Result<ArrayRef> {
    let Some(lists) = array.and_then(|array| array.as_list_opt::<i32>()) else { return exec_err!("a list is missing") };
    let mut texts = StringViewBuilder::with_capacity(lists.len());
    for row in 0..lists.len() {
        let inside = lists.value(row);
        let values = Values::of(&inside)?;
        let mut all: Vec<Val> = (0..inside.len()).map(|at| values.at(at)).collect();
        all.retain(|value| *value != Val::Nothing);
        let mut words: Vec<Cow<str>> = all.iter().filter_map(Val::text).collect();
        words.sort_unstable();
        let more = words.len() > MOST_VALUES;
        words.truncate(MOST_VALUES);
        if more {
            words.push("…".into());
        }
        texts.append_option((!words.is_empty()).then(|| words.join(", ")));
    }
    Ok(Arc::new(texts.finish()))
}

/// A column of a result, by its place.
pub fn values(batch: &RecordBatch, index: usize) -> Result<Values<'_>> {
    match batch.columns().get(index) {
        Some(array) => Values::of(array),
        None => exec_err!("a column is missing"),
    }
}
