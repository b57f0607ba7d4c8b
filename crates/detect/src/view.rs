//! An event as the evaluator sees it: flat fields under their own and their rule names.

use rsigma_eval::{Event as Evaluable, EventValue};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::HashSet;
use watchkeep_model::event::Event;

/// An event and the extra names some of its values go by.
pub(crate) struct View<'e> {
    event: &'e Event,
    aliases: &'e [(Cow<'e, str>, Cow<'e, str>)],
    /// Open addressing by name: the place of the first pair of that name, counted from 1; 0 is free.
    places: Vec<u16>,
    /// Some name comes more than once.
    repeats: bool,
}

impl<'e> View<'e> {
    /// Rules ask one event for a hundred names, most of which it does not have: they are found by their hash.
    pub fn of(event: &'e Event, aliases: &'e [(Cow<'e, str>, Cow<'e, str>)]) -> Self {
        let count = event.fields.len() + aliases.len();
        let mut view = Self { event, aliases, places: Vec::new(), repeats: false };
        if count > usize::from(u16::MAX / 2) {
            return view;
        }
        let mut places = vec![0_u16; (count * 4).next_power_of_two()];
        let mut repeats = false;
        for (at, (name, _)) in view.pairs().enumerate() {
            let mut slot = hash(name) & (places.len() - 1);
            while let Some(place) = places.get_mut(slot) {
                if *place == 0 {
                    *place = u16::try_from(at + 1).unwrap_or(0);
                    break;
                }
                if view.pair(usize::from(*place) - 1).is_some_and(|(known, _)| known == name) {
                    repeats = true;
                    break;
                }
                slot = (slot + 1) & (places.len() - 1);
            }
        }
        (view.places, view.repeats) = (places, repeats);
        view
    }

    fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        let own = self.event.fields.iter().map(|(name, value)| (&**name, &**value));
        own.chain(self.aliases.iter().map(|(name, value)| (&**name, &**value)))
    }

    fn pair(&self, at: usize) -> Option<(&str, &str)> {
        match at.checked_sub(self.event.fields.len()) {
            None => self.event.fields.get(at).map(|(name, value)| (&**name, &**value)),
            Some(at) => self.aliases.get(at).map(|(name, value)| (&**name, &**value)),
        }
    }

    /// The first value of a name.
    fn first(&self, path: &str) -> Option<&str> {
        let mut slot = hash(path) & self.places.len().wrapping_sub(1);
        loop {
            let place = usize::from(*self.places.get(slot)?);
            let (name, value) = self.pair(place.checked_sub(1)?)?;
            if name == path {
                return Some(value);
            }
            slot = (slot + 1) & (self.places.len() - 1);
        }
    }
}

/// Names differ in their length, their first eight bytes and their last eight.
fn hash(name: &str) -> usize {
    let bytes = name.as_bytes();
    let word = |part: Option<&[u8]>| {
        part.and_then(|part| <[u8; 8]>::try_from(part).ok())
            .map_or_else(|| bytes.iter().fold(0, |word: u64, byte| (word << 8) | u64::from(*byte)), u64::from_le_bytes)
    };
    let both = word(bytes.first_chunk::<8>().map(<[u8; 8]>::as_slice)).rotate_left(17)
        ^ word(bytes.last_chunk::<8>().map(<[u8; 8]>::as_slice))
        ^ (bytes.len() as u64);
    (both.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40) as usize
}

impl Evaluable for View<'_> {
    /// One value, or all of them where a name repeats (a flattened array).
    fn get_field(&self, path: &str) -> Option<EventValue<'_>> {
        if !self.repeats && !self.places.is_empty() {
            return self.first(path).map(|value| EventValue::Str(Cow::Borrowed(value)));
        }
        let mut values =
            self.pairs().filter(|(name, _)| *name == path).map(|(_, value)| EventValue::Str(Cow::Borrowed(value)));
        let first = values.next()?;
        match values.next() {
            None => Some(first),
            Some(second) => Some(EventValue::Array([first, second].into_iter().chain(values).collect())),
        }
    }

    fn any_string_value(&self, wanted: &dyn Fn(&str) -> bool) -> bool {
        self.event.fields.iter().any(|(_, value)| wanted(value))
    }

    fn all_string_values(&self) -> Vec<Cow<'_, str>> {
        self.event.fields.iter().map(|(_, value)| Cow::Borrowed(&**value)).collect()
    }

    fn visit_string_values(&self, visit: &mut dyn FnMut(&str)) {
        self.event.fields.iter().for_each(|(_, value)| visit(value));
    }

    fn to_json(&self) -> Value {
        Value::Object(self.pairs().map(|(name, value)| (name.to_owned(), Value::String(value.to_owned()))).collect())
    }

    fn field_keys(&self) -> Vec<Cow<'_, str>> {
        self.pairs().map(|(name, _)| Cow::Borrowed(name)).collect()
    }

    fn top_level_keys(&self) -> Option<Vec<Cow<'_, str>>> {
        Some(self.field_keys())
    }

    /// Each name once: an array of thousands must not be looked up thousands of times.
    fn visit_top_level_keys(&self, visit: &mut dyn FnMut(&str)) -> bool {
        if self.event.fields.len() > FEW {
            let mut seen = HashSet::with_capacity(self.event.fields.len());
            self.pairs().filter(|(name, _)| seen.insert(*name)).for_each(|(name, _)| visit(name));
            return true;
        }
        let mut last = "";
        for (name, _) in self.pairs() {
            if name != last {
                visit(name);
            }
            last = name;
        }
        true
    }
}

/// Fields up to which repeats are cheaper than remembering names.
const FEW: usize = 100;

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;
    use watchkeep_model::event::EventId;

    fn event(fields: &[(&str, &str)]) -> Event {
        let time = Timestamp::UNIX_EPOCH;
        Event {
            id: EventId::of(time, "s", 0, b""),
            time,
            received: time,
            source: "s".into(),
            log: Default::default(),
            host: None,
            user: None,
            src_ip: None,
            dst_ip: None,
            process: None,
            code: None,
            message: "".into(),
            fields: fields.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
            raw: Vec::new().into(),
        }
    }

    fn check(view: &View<'_>, name: &str, expected: &[&str]) {
        let found = match view.get_field(name) {
            None => Vec::new(),
            Some(EventValue::Array(list)) => list.iter().filter_map(|v| v.as_str().map(|v| v.into_owned())).collect(),
            Some(one) => one.as_str().map(|value| value.into_owned()).into_iter().collect(),
        };
        assert_eq!(found, expected, "{name}");
    }

    #[test]
    fn every_name_is_found_and_no_other() {
        let names: Vec<String> = (0..300).map(|n| format!("field.number.{n}")).chain(["".into(), "é".into()]).collect();
        let pairs: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), name.as_str())).collect();
        let empty = event(&[]);
        let (event, alias) = (event(&pairs), [(Cow::Borrowed("Image"), Cow::Borrowed("a.exe"))]);
        let view = View::of(&event, &alias);
        names.iter().for_each(|name| check(&view, name, &[name]));
        check(&view, "Image", &["a.exe"]);
        for name in ["field.number.300", "field.number", "image", "f", "field.number.1 "] {
            check(&view, name, &[]);
        }
        check(&View::of(&empty, &[]), "x", &[]);
    }

    #[test]
    fn a_repeated_name_gives_all_its_values() {
        let event = event(&[("a", "1"), ("b", "2"), ("a", "3")]);
        let view = View::of(&event, &[]);
        check(&view, "a", &["1", "3"]);
        check(&view, "b", &["2"]);
        check(&view, "c", &[]);
    }
}
