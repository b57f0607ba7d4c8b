//! Functions of our own inside the query engine, sharing the checks that the filter in memory uses.

use crate::flat::Fields;
use datafusion::arrow::array::{
    Array, ArrayRef, BinaryViewArray, BooleanArray, FixedSizeBinaryArray, StringArray, StringViewArray,
    StringViewBuilder,
};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Result, exec_err};
use datafusion::logical_expr::{
    ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use std::borrow::Cow;
use std::hash::{Hash, Hasher};
use watchkeep_model::filter::{Check, Pattern, any_holds};

/// Whether a column's value fulfils any of the checks; never null.
pub fn holds(column: Expr, checks: &[Check]) -> Expr {
    call(Kind::Holds(checks.to_vec()), column)
}

/// The same for a named field inside the `fields` column.
pub fn field_holds(fields: Expr, name: &str, checks: &[Check]) -> Expr {
    call(Kind::FieldHolds(name.to_string(), checks.to_vec()), fields)
}

/// Whether the pattern occurs in a column's value; never null.
pub fn contains(column: Expr, pattern: &Pattern) -> Expr {
    call(Kind::Contains(pattern.clone()), column)
}

/// The value of a named field inside the `fields` column; null if absent or empty.
pub fn field(fields: Expr, name: &str) -> Expr {
    call(Kind::Field(name.to_string()), fields)
}

/// Any column as text: bytes that are no UTF-8 are replaced, ids become hex digits, empty becomes null.
pub fn text(column: Expr) -> Expr {
    call(Kind::Text, column)
}

fn call(kind: Kind, argument: Expr) -> Expr {
    let key = format!("{kind:?}");
    let signature = Signature::any(1, Volatility::Immutable);
    ScalarUDF::new_from_impl(Function { kind, key, signature }).call(vec![argument])
}

#[derive(Debug)]
enum Kind {
    Holds(Vec<Check>),
    FieldHolds(String, Vec<Check>),
    Contains(Pattern),
    Field(String),
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
            Kind::Holds(_) | Kind::FieldHolds(..) | Kind::Contains(_) => DataType::Boolean,
            Kind::Field(_) | Kind::Text => DataType::Utf8View,
        })
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let Some(array) = arrays.first() else { return exec_err!("a column is missing") };
        let values = Values::of(array)?;
        let rows = 0..array.len();
        let any = |checks: &[Check], value: Option<&[u8]>| checks.iter().any(|check| check.holds(value));
        let tested = |test: &dyn Fn(Option<Cow<[u8]>>) -> bool| {
            BooleanArray::from_iter(rows.clone().map(|row| Some(test(values.at(row)))))
        };
        Ok(ColumnarValue::Array(match &self.kind {
            Kind::Holds(checks) => std::sync::Arc::new(tested(&|value| any(checks, value.as_deref()))),
            Kind::Contains(pattern) => {
                std::sync::Arc::new(tested(&|value| value.is_some_and(|value| pattern.matches(&value))))
            }
            Kind::FieldHolds(name, checks) => std::sync::Arc::new(tested(&|value| {
                let json = value.as_deref().and_then(|json| std::str::from_utf8(json).ok()).unwrap_or_default();
                let of_name = Fields::of(json).filter(|(field, _)| field.eq_ignore_ascii_case(name));
                any_holds(checks, of_name.map(|(_, value)| value.into_owned()))
            })),
            Kind::Field(name) => {
                texts(rows, |row| values.at(row).and_then(|json| Some(field_of(&json, name)?.into_owned())))
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

fn field_of<'a>(json: &'a [u8], name: &str) -> Option<Cow<'a, [u8]>> {
    Some(match Fields::of(std::str::from_utf8(json).ok()?).get(name)? {
        Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
        Cow::Owned(text) => Cow::Owned(text.into_bytes()),
    })
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
