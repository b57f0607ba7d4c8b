//! A record without its type: what the engine stores, filters, shows and exports.

use crate::kind::Kind;
use crate::typed::FieldType;
use crate::value::Value;
use jiff::Timestamp;
use std::fmt;
use std::sync::Arc;

/// Scope tags on a record: ascending and distinct ids.
pub type TagSet = Arc<[i64]>;

/// One record of any kind; `values` follow the order of the kind's fields.
#[derive(Debug, Clone)]
pub struct Record {
    pub kind: &'static Kind,
    pub id: i64,
    pub version: i64,
    pub tags: TagSet,
    /// What another system calls it; makes imports idempotent.
    pub external_id: Option<String>,
    pub created: Timestamp,
    pub updated: Timestamp,
    pub values: Vec<Value>,
    /// Custom fields by name.
    pub custom: serde_json::Map<String, serde_json::Value>,
}

static NULL: Value = Value::Null;

impl Record {
    /// An empty record of a kind, not stored yet.
    pub fn new(kind: &'static Kind, now: Timestamp) -> Self {
        Self {
            kind,
            id: 0,
            version: 0,
            tags: Arc::from([]),
            external_id: None,
            created: now,
            updated: now,
            values: vec![Value::Null; kind.fields.len()],
            custom: serde_json::Map::new(),
        }
    }

    /// `ALR-42`.
    pub fn number(&self) -> String {
        format!("{}-{}", self.kind.prefix, self.id)
    }

    pub fn reference(&self) -> RecordRef {
        RecordRef { kind: self.kind.name, id: self.id }
    }

    /// The value of a field; nothing for a field the kind does not have.
    pub fn get(&self, field: &str) -> &Value {
        self.kind.position(field).and_then(|at| self.values.get(at)).unwrap_or(&NULL)
    }

    pub fn set(&mut self, field: &str, value: impl Into<Value>) {
        let slot = self.kind.position(field).and_then(|at| self.values.get_mut(at));
        debug_assert!(slot.is_some(), "{} has no field {field}", self.kind.name);
        if let Some(slot) = slot {
            *slot = value.into();
        }
    }

    /// A field as its Rust type; `None` when empty.
    pub fn read<T: FieldType>(&self, field: &str) -> Option<T> {
        T::read(self.get(field))
    }

    pub fn write<T: FieldType>(&mut self, field: &str, value: T) {
        self.set(field, value.write());
    }

    pub fn title(&self) -> &str {
        self.get(self.kind.title).as_text().unwrap_or("")
    }

    /// The name of the state it is in, if its kind has states.
    pub fn state(&self) -> Option<&'static str> {
        let field = self.kind.field(self.kind.state?)?;
        field.choice(self.get(field.name).as_int()?).map(|choice| choice.name)
    }

    /// The name of a choice field's value.
    pub fn choice(&self, field: &str) -> Option<&'static str> {
        self.kind.field(field)?.choice(self.get(field).as_int()?).map(|choice| choice.name)
    }

    pub fn set_choice(&mut self, field: &str, name: &str) {
        let code = self.kind.field(field).and_then(|f| f.choices().iter().find(|c| c.name == name)).map(|c| c.code);
        debug_assert!(code.is_some(), "{}.{field} has no choice {name}", self.kind.name);
        if let Some(code) = code {
            self.set(field, code);
        }
    }

    /// What it hangs on, for kinds that follow another record.
    pub fn parent(&self) -> Option<(&str, i64)> {
        Some((self.get("on_kind").as_text()?, self.get("on_id").as_int()?))
    }
}

/// Which record: its kind's name and its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RecordRef {
    pub kind: &'static str,
    pub id: i64,
}

impl fmt::Display for RecordRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind, self.id)
    }
}
