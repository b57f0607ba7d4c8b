//! Fields that an organisation adds to a kind: described like built-in ones, and read by the same code.

use crate::field::{Field, Shape};
use crate::json;
use crate::record::Record;
use crate::refusal::FieldError;
use crate::value::Value;
use std::sync::{Mutex, RwLock};

/// What one added field is, as written down by an administrator.
#[derive(Debug, Clone, PartialEq)]
pub struct Definition {
    /// The kind's name.
    pub kind: String,
    /// Lower-case letters, digits and `_`; filters and imports call it `custom.<name>`.
    pub name: String,
    pub label: String,
    pub help: String,
    pub holds: Holds,
    pub required: bool,
    /// Only for records whose `class` is this choice.
    pub class: Option<String>,
    /// What a text may be; empty means anything.
    pub options: Vec<String>,
}

/// The shapes an added field may have, and how its value is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    Text,
    Number,
    Date,
    Flag,
}

/// A definition with the description that forms, filters and imports read.
#[derive(Debug)]
pub struct Custom {
    pub definition: Definition,
    /// Named `custom.<name>`.
    pub field: Field,
}

/// Most characters of an added text.
const MOST: usize = 2000;

/// Descriptions live as long as the program, as those of built-in fields do; the same definition is described once.
static DESCRIBED: Mutex<Vec<&'static Custom>> = Mutex::new(Vec::new());

/// The description of a definition.
pub fn describe(definition: Definition) -> &'static Custom {
    let mut known = DESCRIBED.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if let Some(same) = known.iter().find(|custom| custom.definition == definition) {
        return same;
    }
    let keep = |text: String| -> &'static str { Box::leak(text.into_boxed_str()) };
    let shape = match definition.holds {
        Holds::Text => Shape::Text,
        Holds::Number => Shape::Real,
        Holds::Date => Shape::Date,
        Holds::Flag => Shape::Flag,
    };
    let field = Field {
        name: keep(format!("custom.{}", definition.name)),
        label: keep(definition.label.clone()),
        help: keep(definition.help.clone()),
        shape,
        required: definition.required,
        max_len: Some(MOST),
        ..Field::EMPTY
    };
    let custom: &'static Custom = Box::leak(Box::new(Custom { definition, field }));
    known.push(custom);
    custom
}

/// The added fields in force, of all kinds.
#[derive(Debug, Default)]
pub struct Customs(RwLock<Vec<&'static Custom>>);

impl Customs {
    /// Replaces all of them.
    pub fn set(&self, customs: Vec<&'static Custom>) {
        *self.0.write().unwrap_or_else(std::sync::PoisonError::into_inner) = customs;
    }

    /// Those of a kind, in the order they were made.
    pub fn of(&self, kind: &str) -> Vec<&'static Custom> {
        let all = self.0.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        all.iter().copied().filter(|custom| custom.definition.kind == kind).collect()
    }

    /// One by its name without `custom.`.
    pub fn find(&self, kind: &str, name: &str) -> Option<&'static Custom> {
        self.of(kind).into_iter().find(|custom| custom.definition.name == name)
    }
}

impl Custom {
    /// Whether a record of this kind can have it.
    pub fn applies(&self, record: &Record) -> bool {
        self.definition.class.as_deref().is_none_or(|class| record.choice("class") == Some(class))
    }

    /// The record's value.
    pub fn value(&self, record: &Record) -> Value {
        record.custom.get(&self.definition.name).map_or(Value::Null, |bare| json::from_bare(&self.field.shape, bare))
    }

    /// Keeps a value; nothing takes it away.
    pub fn put(&self, record: &mut Record, value: &Value) {
        let value = match (self.definition.holds, value) {
            (Holds::Number, Value::Int(number)) => Value::Real(*number as f64),
            _ => value.clone(),
        };
        // An unticked box is no value, so that records without it and with "no" are alike.
        if value.is_empty() || (self.definition.holds == Holds::Flag && value == Value::Int(0)) {
            record.custom.remove(&self.definition.name);
        } else {
            record.custom.insert(self.definition.name.clone(), json::bare(&self.field.shape, &value));
        }
    }

    /// What is wrong with a value of it.
    pub fn check(&self, value: &Value) -> Result<(), FieldError> {
        let wrong = |message: String| Err(FieldError::new(self.field.name, message));
        match (self.definition.holds, value) {
            (_, Value::Null) => Ok(()),
            (Holds::Text, Value::Text(text)) => {
                let options = &self.definition.options;
                if !options.is_empty() && !options.contains(text) {
                    return wrong(format!("`{text}` is not a choice; use {}", options.join(", ")));
                }
                let length = text.chars().count();
                if length > MOST { wrong(format!("{length} characters are too many; at most {MOST}")) } else { Ok(()) }
            }
            (Holds::Number, Value::Int(_)) | (Holds::Flag, Value::Int(0 | 1)) => Ok(()),
            (Holds::Number, Value::Real(number)) if number.is_finite() => Ok(()),
            (Holds::Date, Value::Text(text)) if text.parse::<jiff::civil::Date>().is_ok() => Ok(()),
            _ => wrong(format!("use {}", crate::text::accepted(&self.field))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rack(class: Option<&str>) -> &'static Custom {
        describe(Definition {
            kind: "asset".to_owned(),
            name: "rack".to_owned(),
            label: "Rack".to_owned(),
            help: String::new(),
            holds: Holds::Text,
            required: false,
            class: class.map(str::to_owned),
            options: vec!["A1".to_owned(), "A2".to_owned()],
        })
    }

    #[test]
    fn one_definition_is_described_once() {
        assert!(std::ptr::eq(rack(None), rack(None)));
        assert!(!std::ptr::eq(rack(None), rack(Some("server"))));
        assert_eq!(rack(None).field.name, "custom.rack");
    }

    #[test]
    fn a_value_must_be_among_the_options() {
        assert!(rack(None).check(&Value::text("A1")).is_ok());
        let error = rack(None).check(&Value::text("B9")).expect_err("refused");
        assert_eq!(error.message, "`B9` is not a choice; use A1, A2");
        assert!(rack(None).check(&Value::Int(3)).is_err());
    }
}
