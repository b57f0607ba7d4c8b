//! Functions of our own inside the query engine, sharing the checks that the filter in memory uses.

use crate::flat::Fields;
use datafusion::arrow::array::{
    Array, ArrayRef, BinaryViewArray, BooleanArray, FixedSizeBinaryArray, StringArray, StringViewArray,
    StringViewBuilder,
};
use datafusion::arrow::buffer::BooleanBuffer;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Result, exec_err};
use datafusion::logical_expr::{
    ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use std::borrow::Cow;
use std::hash::{Hash, Hasher};
use watchkeep_model::filter::{Check, any_holds};

/// Whether a column's value fulfils any of the checks; never null.
pub fn holds(column: Expr, checks: &[Check]) -> Expr {
    call(Kind::Holds(checks.to_vec()), column)
}

/// The same for the first value of a field and its further ones, as `flat` writes them; either may be null.
pub fn field_holds(first: Expr, more: Expr, checks: &[Check]) -> Expr {
    call_with(Kind::FieldHolds(checks.to_vec()), vec![first, more])
}

/// Any column as text: bytes that are no UTF-8 are replaced, ids become hex digits, empty becomes null.
pub fn text(column: Expr) -> Expr {
    call(Kind::Text, column)
}

fn call(kind: Kind, argument: Expr) -> Expr {
    call_with(kind, vec![argument])
}

fn call_with(kind: Kind, arguments: Vec<Expr>) -> Expr {
    let key = format!("{kind:?}");
    let signature = Signature::any(arguments.len(), Volatility::Immutable);
    ScalarUDF::new_from_impl(Function { kind, key, signature }).call(arguments)
}

#[derive(Debug)]
enum Kind {
    Holds(Vec<Check>),
    FieldHolds(Vec<Check>),
    Text,
}

#[derive(Debug)]
struct Function {
    kind: Kind,
    /// Tells equal functions from different ones; also the name, since the engine knows expressions by their names.
    key: String,
    signature: Signature,
}

impl PartialEq for Function {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for Function {}

impl Hash for Function {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key.hash(state);
    }
}

impl ScalarUDFImpl for Function {
    fn name(&self) -> &str {
        &self.key
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(match self.kind {
            Kind::Holds(_) | Kind::FieldHolds(_) => DataType::Boolean,
            Kind::Text => DataType::Utf8View,
        })
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let Some(array) = arrays.first() else { return exec_err!("a column is missing") };
        let values = Values::of(array)?;
        let rows = 0..array.len();
        let any = |checks: &[Check], value: Option<&[u8]>| checks.iter().any(|check| check.holds(value));
        Ok(ColumnarValue::Array(match &self.kind {
            Kind::Holds(checks) => values.tested(array.len(), |value| any(checks, value)),
            Kind::FieldHolds(checks) => {
                let Some(more) = arrays.get(1) else { return exec_err!("a column is missing") };
                if more.null_count() == more.len() {
                    return Ok(ColumnarValue::Array(values.tested(array.len(), |value| any(checks, value))));
                }
                let more = Values::of(more)?;
                let test = |row: usize| {
                    let first = values.at(row);
                    let more = more.at(row).unwrap_or_default();
                    let more = Fields::of(std::str::from_utf8(&more).unwrap_or_default());
                    let more = more.map(|(_, value)| Cow::Borrowed(value.as_bytes()));
                    any_holds(checks, first.into_iter().chain(more))
                };
                std::sync::Arc::new(BooleanArray::from_iter(rows.map(|row| Some(test(row)))))
            }
            Kind::Text => texts(rows, |row| values.at(row).map(Cow::into_owned)),
        }))
    }
}

fn texts(rows: std::ops::Range<usize>, of: impl Fn(usize) -> Option<Vec<u8>>) -> ArrayRef {
    let mut texts = StringViewBuilder::with_capacity(rows.len()).with_deduplicate_strings();
    for row in rows {
        let value = of(row).filter(|value| !value.is_empty());
        texts.append_option(value.as_deref().map(String::from_utf8_lossy));
    }
    std::sync::Arc::new(texts.finish())
}

/// A column whose values are read as bytes.
enum Values<'a> {
    View(&'a StringViewArray),
    Text(&'a StringArray),
    Binary(&'a BinaryViewArray),
    Id(&'a FixedSizeBinaryArray),
}

impl<'a> Values<'a> {
    fn of(array: &'a ArrayRef) -> Result<Self> {
        let any = array.as_any();
        let view = any.downcast_ref().map(Self::View).or_else(|| any.downcast_ref().map(Self::Text));
        let found = view.or_else(|| any.downcast_ref().map(Self::Binary)).or_else(|| any.downcast_ref().map(Self::Id));
        match found {
            Some(values) => Ok(values),
            None => exec_err!("a column of type {} cannot be searched as text", array.data_type()),
        }
    }

    /// Each row put to a test; a value that lies where that of the row before lies passes as that did.
    fn tested(&self, rows: usize, test: impl Fn(Option<&[u8]>) -> bool) -> ArrayRef {
        let mut last: Option<(Option<u128>, bool)> = None;
        let passed = |row: usize| {
            let Self::View(array) = self else { return test(self.at(row).as_deref()) };
            let view = array.is_valid(row).then(|| array.views().get(row).copied()).flatten();
            match last {
                Some((known, passed)) if known == view => passed,
                _ => last.insert((view, test(view.map(|_| array.value(row).as_bytes())))).1,
            }
        };
        std::sync::Arc::new(BooleanArray::new(BooleanBuffer::collect_bool(rows, passed), None))
    }

    fn at(&self, row: usize) -> Option<Cow<'a, [u8]>> {
        match self {
            Self::View(array) => array.is_valid(row).then(|| Cow::Borrowed(array.value(row).as_bytes())),
            Self::Text(array) => array.is_valid(row).then(|| Cow::Borrowed(array.value(row).as_bytes())),
            Self::Binary(array) => array.is_valid(row).then(|| Cow::Borrowed(array.value(row))),
            Self::Id(array) => array.is_valid(row).then(|| {
                let hex = array.value(row).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
                Cow::Owned(hex.into_bytes())
            }),
        }
    }
}
