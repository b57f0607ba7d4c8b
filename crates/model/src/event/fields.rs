//! The fields of one event: its values lie in one text, its names are those that events of the same shape share.

use std::sync::Arc;

/// Names in the order of an event's values; one list for all events of a shape.
pub type Names = Arc<Vec<Arc<str>>>;

/// Names and values in source order; a name may repeat.
///
/// ```
/// let fields: watchkeep_model::event::Fields = [("user", "anna"), ("door", "12")].into_iter().collect();
/// assert_eq!((fields.len(), fields.named("door")), (2, Some("12")));
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Fields {
    names: Names,
    /// Where each value ends in `text`; it begins where the one before it ends.
    ends: Vec<u32>,
    text: String,
}

impl Fields {
    pub fn new() -> Self {
        Self::default()
    }

    /// Room for `count` values of `bytes` bytes in all.
    pub fn with_capacity(count: usize, bytes: usize) -> Self {
        Self {
            names: Arc::new(Vec::with_capacity(count)),
            ends: Vec::with_capacity(count),
            text: String::with_capacity(bytes),
        }
    }

    /// From values that already lie one after the other; `None` where they do not fit the names or the text.
    pub fn assemble(names: Names, ends: Vec<u32>, text: String) -> Option<Self> {
        let mut from = 0;
        let fits = ends.iter().all(|end| {
            let fine = from <= *end && text.is_char_boundary(*end as usize);
            from = *end;
            fine
        });
        (fits && names.len() == ends.len() && from as usize == text.len()).then_some(Self { names, ends, text })
    }

    pub fn push(&mut self, name: Arc<str>, value: &str) {
        // Four gigabytes of values do not come in one event: every reader has its limit far below.
        let Ok(end) = u32::try_from(self.text.len() + value.len()) else { return };
        self.text.push_str(value);
        self.ends.push(end);
        Arc::make_mut(&mut self.names).push(name);
    }

    /// All of `more`, after what is there.
    pub fn append(&mut self, more: &Self) {
        more.iter().for_each(|(name, value)| self.push(Arc::clone(name), value));
    }

    /// The same values under an equal list of names, which events share; another list changes nothing.
    pub fn under(mut self, names: Names) -> Self {
        if self.names == names {
            self.names = names;
        }
        self
    }

    /// The same values under other names, as many as there are values; a list of another length changes nothing.
    pub fn called(mut self, names: Names) -> Self {
        if self.names.len() == names.len() {
            self.names = names;
        }
        self
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The names, in order. Two events with the same list have the same shape.
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// All values, one after the other.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The value at a place; nothing beyond the last.
    pub fn value(&self, at: usize) -> &str {
        self.text.get(self.place(at)).unwrap_or_default()
    }

    /// Where the value at a place lies in the text; empty beyond the last.
    pub fn place(&self, at: usize) -> std::ops::Range<usize> {
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before)).map_or(0, |end| *end as usize);
        start..self.ends.get(at).map_or(start, |end| *end as usize)
    }

    pub fn get(&self, at: usize) -> Option<(&Arc<str>, &str)> {
        self.names.get(at).map(|name| (name, self.value(at)))
    }

    /// The value of a name; the first where it repeats.
    pub fn named(&self, name: &str) -> Option<&str> {
        self.names.iter().position(|own| &**own == name).map(|at| self.value(at))
    }

    pub fn iter(&self) -> Iter<'_> {
        Iter { fields: self, at: 0, from: 0 }
    }

    /// Gives every name through `name`; what it answers takes the place of the old one.
    pub fn rename(&mut self, mut name: impl FnMut(&Arc<str>) -> Option<Arc<str>>) {
        for own in Arc::make_mut(&mut self.names) {
            if let Some(new) = name(own) {
                *own = new;
            }
        }
    }
}

impl std::fmt::Debug for Fields {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self).finish()
    }
}

/// Names and values, one after the other.
#[derive(Debug, Clone)]
pub struct Iter<'f> {
    fields: &'f Fields,
    at: usize,
    from: u32,
}

impl<'f> Iterator for Iter<'f> {
    type Item = (&'f Arc<str>, &'f str);

    fn next(&mut self) -> Option<Self::Item> {
        let name = self.fields.names.get(self.at)?;
        let end = *self.fields.ends.get(self.at)?;
        let value = self.fields.text.get(self.from as usize..end as usize).unwrap_or_default();
        (self.at, self.from) = (self.at + 1, end);
        Some((name, value))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.fields.len().saturating_sub(self.at);
        (left, Some(left))
    }
}

impl ExactSizeIterator for Iter<'_> {}

impl<'f> IntoIterator for &'f Fields {
    type Item = (&'f Arc<str>, &'f str);
    type IntoIter = Iter<'f>;

    fn into_iter(self) -> Iter<'f> {
        self.iter()
    }
}

impl<N: Into<Arc<str>>, V: AsRef<str>> Extend<(N, V)> for Fields {
    fn extend<T: IntoIterator<Item = (N, V)>>(&mut self, more: T) {
        for (name, value) in more {
            self.push(name.into(), value.as_ref());
        }
    }
}

impl<N: Into<Arc<str>>, V: AsRef<str>> FromIterator<(N, V)> for Fields {
    fn from_iter<T: IntoIterator<Item = (N, V)>>(items: T) -> Self {
        let mut fields = Self::new();
        fields.extend(items);
        fields
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stand_where_they_were_put() {
        let mut fields: Fields = [("a", "é"), ("b", ""), ("a", "xy")].into_iter().collect();
        let shared = fields.clone();
        fields.rename(|name| (&**name == "a").then(|| "c".into()));
        let all: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (&**name, value)).collect();
        assert_eq!(all, [("c", "é"), ("b", ""), ("c", "xy")]);
        assert_eq!((fields.value(2), fields.value(3), fields.get(3)), ("xy", "", None));
        assert_eq!((shared.named("a"), fields.named("a"), fields.iter().len()), (Some("é"), None, 3));
        assert_eq!(format!("{shared:?}"), r#"[("a", "é"), ("b", ""), ("a", "xy")]"#);
    }

    #[test]
    fn only_what_fits_is_assembled() {
        let names: Names = Arc::new(vec!["a".into(), "b".into()]);
        let made = |ends: &[u32], text: &str| Fields::assemble(Arc::clone(&names), ends.to_vec(), text.to_owned());
        assert_eq!(made(&[2, 3], "éx"), Some([("a", "é"), ("b", "x")].into_iter().collect()));
        for (ends, text) in [(&[1, 3][..], "éx"), (&[3, 2], "éx"), (&[2], "éx"), (&[2, 3], "éxy"), (&[2, 4], "éx")]
        {
            assert_eq!(made(ends, text), None, "{ends:?} {text}");
        }
    }
}
