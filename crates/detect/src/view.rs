//! An event as the evaluator sees it: flat fields under their own and their rule names.

use rsigma_eval::{Event as Evaluable, EventValue};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::HashSet;
use watchkeep_model::event::Event;

/// An event and the extra names some of its values go by.
pub(crate) struct View<'e> {
    pub event: &'e Event,
    pub aliases: &'e [(Cow<'e, str>, Cow<'e, str>)],
}

impl<'e> View<'e> {
    fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        let own = self.event.fields.iter().map(|(name, value)| (&**name, value));
        own.chain(self.aliases.iter().map(|(name, value)| (&**name, &**value)))
    }
}

impl Evaluable for View<'_> {
    /// One value, or all of them where a name repeats (a flattened array).
    fn get_field(&self, path: &str) -> Option<EventValue<'_>> {
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
        self.event.fields.iter().map(|(_, value)| Cow::Borrowed(value)).collect()
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
