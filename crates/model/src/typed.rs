//! Field types: how Rust types of a record map to values, and back.

use crate::field::{Choice, Field, Shape};
use crate::kind::Kind;
use crate::record::Record;
use crate::value::Value;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use std::marker::PhantomData;

/// A struct that is a kind of record.
pub trait Described: Sized {
    const NAME: &'static str;
    /// The description, one for the life of the program.
    fn kind() -> &'static Kind;
    /// The typed form; empty fields take their type's emptiness.
    fn from_record(record: &Record) -> Self;
    /// Values in the order of the kind's fields.
    fn into_values(self) -> Vec<Value>;
}

/// A struct that is a child row.
pub trait RowType: Sized {
    const FIELDS: &'static [Field];
    fn from_values(values: &[Value]) -> Self;
    fn into_values(self) -> Vec<Value>;
}

/// An enum that is a choice.
pub trait ChoiceType: Sized + Copy {
    const CHOICES: &'static [Choice];
    fn code(self) -> i64;
    fn from_code(code: i64) -> Option<Self>;
}

/// A Rust type that a field can have.
pub trait FieldType: Sized {
    const SHAPE: Shape;
    /// False where emptiness is a value of the type.
    const REQUIRED: bool = true;
    fn read(value: &Value) -> Option<Self>;
    fn write(&self) -> Value;
    /// What a typed record holds where the stored value is missing.
    fn empty() -> Self;
}

/// The id of a record of kind `T`.
pub struct Ref<T> {
    pub id: i64,
    kind: PhantomData<fn() -> T>,
}

impl<T> Ref<T> {
    pub fn new(id: i64) -> Self {
        Self { id, kind: PhantomData }
    }
}

impl<T> Clone for Ref<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Ref<T> {}
impl<T> PartialEq for Ref<T> {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}
impl<T> Eq for Ref<T> {}
impl<T> std::fmt::Debug for Ref<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "#{}", self.id)
    }
}

/// References to several records of kind `T`.
pub struct Links<T> {
    pub ids: Vec<i64>,
    kind: PhantomData<fn() -> T>,
}

impl<T> Links<T> {
    pub fn new(mut ids: Vec<i64>) -> Self {
        ids.sort_unstable();
        ids.dedup();
        Self { ids, kind: PhantomData }
    }
}

/// Child rows.
#[derive(Debug, Clone)]
pub struct Rows<T>(pub Vec<T>);

/// Text in Markdown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Markdown(pub String);

/// SHA-256 of a stored file, in hex.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FileRef(pub String);

/// An amount in minor units of a currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Money {
    pub minor: i64,
    pub currency: [u8; 3],
}

macro_rules! field_type {
    ($type:ty, $shape:expr, $empty:expr, $read:expr, $write:expr) => {
        impl FieldType for $type {
            const SHAPE: Shape = $shape;
            fn read(value: &Value) -> Option<Self> {
                let read: fn(&Value) -> Option<Self> = $read;
                read(value)
            }
            fn write(&self) -> Value {
                let write: fn(&Self) -> Value = $write;
                write(self)
            }
            fn empty() -> Self {
                $empty
            }
        }
    };
}

field_type!(String, Shape::Text, String::new(), |v| v.as_text().map(str::to_owned), |t| Value::Text(t.clone()));
field_type!(Markdown, Shape::Markdown, Markdown::default(), |v| v.as_text().map(|t| Markdown(t.into())), |t| {
    Value::Text(t.0.clone())
});
field_type!(FileRef, Shape::File, FileRef::default(), |v| v.as_text().map(|t| FileRef(t.into())), |t| Value::Text(
    t.0.clone()
));
field_type!(i64, Shape::Int, 0, Value::as_int, |n| Value::Int(*n));
field_type!(
    f64,
    Shape::Real,
    0.0,
    |v| match v {
        Value::Real(n) => Some(*n),
        _ => None,
    },
    |n| Value::Real(*n)
);
field_type!(
    Money,
    Shape::Money,
    Money { minor: 0, currency: *b"EUR" },
    |v| match v {
        Value::Money(minor, currency) => Some(Money { minor: *minor, currency: *currency }),
        _ => None,
    },
    |m| Value::Money(m.minor, m.currency)
);
field_type!(Date, Shape::Date, Date::ZERO, |v| v.as_text().and_then(|t| t.parse().ok()), |d| Value::Text(
    d.to_string()
));
field_type!(
    Timestamp,
    Shape::Instant,
    Timestamp::UNIX_EPOCH,
    |v| v.as_int().and_then(|ms| Timestamp::from_millisecond(ms).ok()),
    |t| Value::Int(t.as_millisecond())
);
field_type!(
    SignedDuration,
    Shape::Duration,
    SignedDuration::ZERO,
    |v| v.as_int().map(SignedDuration::from_secs),
    |d| Value::Int(d.as_secs())
);

impl FieldType for bool {
    const SHAPE: Shape = Shape::Flag;
    const REQUIRED: bool = false;
    fn read(value: &Value) -> Option<Self> {
        value.as_int().map(|flag| flag != 0)
    }
    fn write(&self) -> Value {
        Value::from(*self)
    }
    fn empty() -> Self {
        false
    }
}

impl<T: Described> FieldType for Ref<T> {
    const SHAPE: Shape = Shape::Ref(T::NAME);
    fn read(value: &Value) -> Option<Self> {
        value.as_int().map(Self::new)
    }
    fn write(&self) -> Value {
        Value::Int(self.id)
    }
    fn empty() -> Self {
        Self::new(0)
    }
}

impl<T: Described> FieldType for Links<T> {
    const SHAPE: Shape = Shape::Links(T::NAME);
    const REQUIRED: bool = false;
    fn read(value: &Value) -> Option<Self> {
        Some(Self::new(value.ids().to_vec()))
    }
    fn write(&self) -> Value {
        Value::List(self.ids.clone())
    }
    fn empty() -> Self {
        Self::new(Vec::new())
    }
}

impl<T: RowType + Clone> FieldType for Rows<T> {
    const SHAPE: Shape = Shape::Rows(T::FIELDS);
    const REQUIRED: bool = false;
    fn read(value: &Value) -> Option<Self> {
        Some(Self(value.rows().iter().map(|row| T::from_values(row)).collect()))
    }
    fn write(&self) -> Value {
        Value::Rows(self.0.iter().cloned().map(T::into_values).collect())
    }
    fn empty() -> Self {
        Self(Vec::new())
    }
}

impl<T: FieldType> FieldType for Option<T> {
    const SHAPE: Shape = T::SHAPE;
    const REQUIRED: bool = false;
    fn read(value: &Value) -> Option<Self> {
        Some(if value.is_empty() { None } else { T::read(value) })
    }
    fn write(&self) -> Value {
        self.as_ref().map_or(Value::Null, T::write)
    }
    fn empty() -> Self {
        None
    }
}
