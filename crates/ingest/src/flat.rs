//! Flat JSON reader: an object becomes field names with dots and text values, without a tree in between.

mod marks;
mod names;
mod quick;
mod room;

pub use names::Names;

use crate::envelope;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::fmt;
use std::sync::Arc;

/// Levels of nesting read before an object is called a bomb.
pub const MAX_DEPTH: usize = 64;
/// Fields read from one object before it is called a bomb.
pub const MAX_FIELDS: usize = 4_096;

/// Why a text is not a flat event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FlatError {
    #[error("nested deeper than {MAX_DEPTH} levels")]
    TooDeep,
    #[error("more than {MAX_FIELDS} fields")]
    TooManyFields,
    #[error("a JSON {0}, expected an object")]
    NotAnObject(&'static str),
    #[error("{0}")]
    Json(String),
    /// Several records in one object; [`crate::envelope`] opens it.
    #[error("an envelope of several records")]
    Envelope,
}

pub use watchkeep_model::event::Fields;

/// Fields in the making; beyond [`MAX_FIELDS`] further ones are left out.
pub(crate) struct Put<'n> {
    pub names: &'n mut Names,
    pub fields: Fields,
}

impl<'n> Put<'n> {
    pub fn new(names: &'n mut Names) -> Self {
        Self { names, fields: Fields::with_capacity(24, 512) }
    }

    pub fn add(&mut self, name: &str, value: &str) {
        if self.fields.len() < MAX_FIELDS {
            self.fields.push(self.names.get(name), value);
        }
    }

    /// Adds the fields of a JSON object that stands in a value, each name after `prefix`; `false` when it is none.
    pub fn add_json(&mut self, prefix: &str, text: &str) -> bool {
        if !text.trim_start().starts_with('{') {
            return false;
        }
        let Ok(inner) = flatten(text, self.names) else {
            return false;
        };
        for (name, value) in inner.iter().take(MAX_FIELDS.saturating_sub(self.fields.len())) {
            let name = if prefix.is_empty() { Arc::clone(name) } else { self.names.get(&format!("{prefix}{name}")) };
            self.fields.push(name, value);
        }
        true
    }
}

/// Flattens one JSON object: `{"a":{"b":1},"c":[2,3]}` gives `a.b=1`, `c=2`, `c=3`; nulls are left out.
///
/// # Errors
/// When the text is not one JSON object, or is nested or repeated beyond the limits.
///
/// ```
/// let fields = watchkeep_ingest::flatten(r#"{"a":{"b":1}}"#, &mut Default::default()).unwrap_or_default();
/// assert_eq!(fields.named("a.b"), Some("1"));
/// ```
pub fn flatten(text: &str, names: &mut Names) -> Result<Fields, FlatError> {
    match quick::read(text.as_bytes(), names, Arrays::AsTheyAre) {
        Some(fields) => Ok(fields),
        None => thorough(text, names, Arrays::AsTheyAre),
    }
}

/// The fields of an object as objects usually are, of bytes that may be no text; `None` where they are no such object.
pub(crate) fn quickly(bytes: &[u8], names: &mut Names, arrays: Arrays) -> Option<Fields> {
    quick::read(bytes, names, arrays)
}

/// What a list of objects near the top of an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arrays {
    AsTheyAre,
    /// Perhaps the records of an envelope.
    MayBeRecords,
}

/// The fields of any object, and why a text is none.
///
/// # Errors
/// As [`flatten`], and [`FlatError::Envelope`] where the object may hold several records and `arrays` says so.
pub(crate) fn thorough(text: &str, names: &mut Names, arrays: Arrays) -> Result<Fields, FlatError> {
    let (fields, path) = (Fields::with_capacity(32, text.len()), String::with_capacity(64));
    let mut flat = Flat { names, fields, path, arrays, stop: None };
    let mut reader = serde_json::Deserializer::from_str(text);
    let read = Value { flat: &mut flat, depth: 0 }.deserialize(&mut reader).and_then(|()| reader.end());
    match (flat.stop.take(), read) {
        (Some(stop), _) => Err(stop),
        (None, Err(error)) if error.to_string().starts_with("recursion limit") => Err(FlatError::TooDeep),
        (None, Err(error)) => Err(FlatError::Json(error.to_string())),
        (None, Ok(())) => Ok(flat.fields),
    }
}

struct Flat<'n> {
    names: &'n mut Names,
    fields: Fields,
    path: String,
    arrays: Arrays,
    stop: Option<FlatError>,
}

impl Flat<'_> {
    fn put<E: Error>(&mut self, depth: usize, kind: &'static str, value: &str) -> Result<(), E> {
        if depth == 0 {
            return self.halt(FlatError::NotAnObject(kind));
        }
        if self.fields.len() >= MAX_FIELDS {
            return self.halt(FlatError::TooManyFields);
        }
        let name = self.names.get(&self.path);
        self.fields.push(name, value);
        Ok(())
    }

    fn halt<T, E: Error>(&mut self, why: FlatError) -> Result<T, E> {
        self.stop = Some(why);
        Err(E::custom("stopped"))
    }
}

struct Value<'f, 'n> {
    flat: &'f mut Flat<'n>,
    depth: usize,
}

impl<'de> DeserializeSeed<'de> for Value<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        if self.depth > MAX_DEPTH {
            return self.flat.halt(FlatError::TooDeep);
        }
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<(), E> {
        self.flat.put(self.depth, "string", value)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        self.flat.put(self.depth, "boolean", if value { "true" } else { "false" })
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        self.flat.put(self.depth, "number", itoa(value.unsigned_abs(), value < 0, &mut [0; 20]))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        self.flat.put(self.depth, "number", itoa(value, false, &mut [0; 20]))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        self.flat.put(self.depth, "number", &value.to_string())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        if self.depth == 0 { self.flat.halt(FlatError::NotAnObject("null")) } else { Ok(()) }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        if self.depth == 0 {
            return self.flat.halt(FlatError::NotAnObject("array"));
        }
        if self.flat.arrays == Arrays::MayBeRecords && self.depth <= 2 && envelope::may_hold_records(&self.flat.path) {
            return self.flat.halt(FlatError::Envelope);
        }
        while items.next_element_seed(Value { flat: self.flat, depth: self.depth + 1 })?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let parent = self.flat.path.len();
        while entries.next_key_seed(Key(&mut self.flat.path))?.is_some() {
            entries.next_value_seed(Value { flat: self.flat, depth: self.depth + 1 })?;
            self.flat.path.truncate(parent);
        }
        Ok(())
    }
}

/// Appends a key to the path, so that the name is built without a copy.
struct Key<'p>(&'p mut String);

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field name")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<(), E> {
        if !self.0.is_empty() {
            self.0.push('.');
        }
        self.0.push_str(name);
        Ok(())
    }
}

/// Decimal digits of a number, written from the back of `room`.
fn itoa(mut value: u64, negative: bool, room: &mut [u8; 20]) -> &str {
    let mut at = room.len();
    loop {
        at = at.saturating_sub(1);
        if let Some(slot) = room.get_mut(at) {
            *slot = b'0' + (value % 10) as u8;
        }
        value /= 10;
        if value == 0 {
            break;
        }
    }
    if negative {
        at = at.saturating_sub(1);
        if let Some(slot) = room.get_mut(at) {
            *slot = b'-';
        }
    }
    std::str::from_utf8(room.get(at..).unwrap_or_default()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(&str, &str)]) {
        let fields = flatten(text, &mut Names::default()).expect(text);
        let got: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (&**n, v)).collect();
        assert_eq!(got, expected, "{text}");
    }

    fn refused(text: &str, expected: FlatError) {
        assert_eq!(flatten(text, &mut Names::default()), Err(expected), "{text:.80}");
    }

    /// What the quick reader takes, the thorough one reads the same.
    fn agree(text: &str) -> bool {
        let quick = quick::read(text.as_bytes(), &mut Names::default(), Arrays::MayBeRecords);
        let thorough = thorough(text, &mut Names::default(), Arrays::MayBeRecords);
        assert!(quick.is_none() || quick.as_ref() == thorough.as_ref().ok(), "{text:?}: {quick:?}, {thorough:?}");
        quick.is_some()
    }

    #[test]
    fn the_quick_reader_takes_usual_objects_and_leaves_the_rest() {
        for text in [
            r#"{"a":{"b":"x"},"c":[1,-2,{"d":null}],"e":true,"f":false,"g":"","h":1.50,"i":2e3, "j" : [ ] ,"k":{}}"#,
            r#" {"a\u00e9\"b":"C:\\x\t\ud83d\ude00 end","b":"0123456\n"} "#,
            r#"{"":{"a":1},"b":0,"c":123456789012345678,"d":-9223372036854775808}"#,
        ] {
            assert!(agree(text), "{text}");
        }
        for text in [
            "",
            "{",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}",
            "{\"a\":01}",
            "{\"a\":-}",
            "{\"a\":tru}",
            "{\"a\":\"\u{1}\"}",
            "{\"a\":\"\\ud800\"}",
            "{\"a\":\"\\x\"}",
            "{\"a\":1e999}",
            "{\"a\":-9223372036854775809}",
            "{\"a\":12345678901234567890}",
            "{\"Records\":[{}]}",
            "[1]",
            "{\"a\":1} x",
        ] {
            assert!(!agree(text), "{text}");
        }
    }

    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn quick_and_thorough_never_differ(
            pieces in prop::collection::vec(
                prop_oneof![
                    Just("{"), Just("}"), Just("["), Just("]"), Just(","), Just(":"), Just("\"a\":"), Just("\"b\":"),
                    Just("1"), Just("-0"), Just("0.5"), Just("1e5"), Just("1E400"), Just("true"), Just("null"),
                    Just("\"x\\\\y\""), Just("\"\\u00e9\\ud83d\\ude00\""), Just("\"\\ud83d\""), Just("\"\u{1f}\""), Just(" "),
                    Just("\"é long enough to fill eight\""), Just("\""), Just("\\"),
                ],
                0..24,
            ),
            changed in any::<prop::sample::Index>(),
            to in any::<char>(),
        ) {
            agree(&pieces.concat());
            agree(&format!("{{\"a\":{}}}", pieces.concat()));
            let mut letters: Vec<char> = r#"{"a":{"b":"C:\\x\u00e9"},"c":[1,2.5,null,true],"d":"0123456789abcdef"}"#.chars().collect();
            let at = changed.index(letters.len());
            letters[at] = to;
            agree(&letters.into_iter().collect::<String>());
        }
    }

    #[test]
    fn objects_become_dotted_names() {
        check("{}", &[]);
        check(r#"{"a":{"b":{"c":"x"}},"d":-7}"#, &[("a.b.c", "x"), ("d", "-7")]);
        check(
            r#"{"n":null,"t":true,"f":1.5,"big":18446744073709551615}"#,
            &[("t", "true"), ("f", "1.5"), ("big", "18446744073709551615")],
        );
        check(r#"{"min":-9223372036854775808}"#, &[("min", "-9223372036854775808")]);
    }

    #[test]
    fn arrays_repeat_the_name() {
        check(r#"{"a":[1,"two",{"b":3}],"e":[]}"#, &[("a", "1"), ("a", "two"), ("a.b", "3")]);
    }

    #[test]
    fn bombs_and_other_shapes_are_refused() {
        refused(&format!("{}1{}", r#"{"a":"#.repeat(100), "}".repeat(100)), FlatError::TooDeep);
        refused(&format!("{{\"a\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000)), FlatError::TooDeep);
        let many: Vec<String> = (0..=MAX_FIELDS).map(|n| format!("\"f{n}\":1")).collect();
        refused(&format!("{{{}}}", many.join(",")), FlatError::TooManyFields);
        refused("[1]", FlatError::NotAnObject("array"));
        refused("null", FlatError::NotAnObject("null"));
        refused("\"x\"", FlatError::NotAnObject("string"));
        assert!(matches!(flatten("{\"a\":1} x", &mut Names::default()), Err(FlatError::Json(_))));
    }
}
