//! A parcel: what one request brought, sorted by the log source that each event names.

use crate::batch::{Batch, Source};
use crate::json_lines::{Form, Reader};
use bytes::Bytes;
use jiff::Timestamp;
use std::collections::BTreeMap;
use watchkeep_model::event::IdKey;

/// Longest name of a log source, in bytes.
const LONGEST: usize = 80;

/// Events of one request by log source.
#[derive(Debug)]
pub struct Parcel {
    reader: Reader,
    sources: BTreeMap<String, (Source, Batch)>,
    number: u64,
    received: Timestamp,
}

impl Parcel {
    /// An empty one for a request received now; `key` and `salt` make its ids, and the salt tells its events apart from
    /// equal ones of others.
    pub fn new(key: IdKey, salt: u64, received: Timestamp) -> Self {
        let reader = Reader::new(Source::named("").keyed(key), Form::AnyText).salted(salt);
        Self { reader, sources: BTreeMap::new(), number: 0, received }
    }

    /// Reads one event that the sender says is of `source`: text of any kind or a JSON object, and what else was said
    /// of it. What cannot be read is kept with its reason.
    pub(crate) fn add(&mut self, source: &str, raw: Bytes, common: &[(String, String)]) {
        self.number += 1;
        let key = self.reader.source().key;
        let entry = self.sources.entry(named(source));
        let (source, batch) = entry.or_insert_with_key(|name| (Source::named(name).keyed(key), Batch::default()));
        self.reader.turn_to(source.clone());
        batch.push(self.reader.shared(raw, common, self.number, self.received).map_err(|bad| *bad));
    }

    /// The events of each source.
    pub fn into_batches(self) -> impl Iterator<Item = (String, Batch)> {
        self.sources.into_iter().map(|(name, (_, batch))| (name, batch))
    }

    pub fn len(&self) -> u64 {
        self.number
    }

    pub fn is_empty(&self) -> bool {
        self.number == 0
    }
}

/// A name that a log source may have, made of what the sender calls it.
fn named(word: &str) -> String {
    let mut name: String = word.trim().chars().map(|c| if c.is_control() || c == '/' { '_' } else { c }).collect();
    while name.len() > LONGEST {
        name.pop();
    }
    name
}

/// The first of `words` that says something, else `otherwise`.
pub(crate) fn first<'w>(words: &[Option<&'w str>], otherwise: &'w str) -> &'w str {
    words.iter().flatten().map(|word| word.trim()).find(|word| !word.is_empty()).unwrap_or(otherwise)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// An empty request.
    pub(crate) fn empty(received: Timestamp) -> Parcel {
        Parcel::new(IdKey::default(), 0, received)
    }

    /// Each event as `source time host message | fields`, bad lines as `source bad reason`.
    pub(crate) fn shown(parcel: Parcel) -> Vec<String> {
        let mut out = Vec::new();
        for (name, batch) in parcel.into_batches() {
            for event in &batch.events {
                let fields: Vec<String> = event.fields.iter().map(|(n, v)| format!("{n}={v}")).collect();
                let host = event.host.as_deref().unwrap_or("-");
                out.push(format!("{name} {} {host} {} | {}", event.time, event.message, fields.join(" ")));
            }
            out.extend(batch.bad.iter().map(|bad| format!("{name} bad {}: {}", bad.at, bad.reason)));
        }
        out
    }

    #[test]
    fn sources_get_names_they_may_have() {
        for (word, name) in [(" a b ", "a b"), ("/var/log/x", "_var_log_x"), ("a\nb", "a_b")] {
            assert_eq!(named(word), name);
        }
        assert_eq!(named(&"é".repeat(60)).len(), 80);
        assert_eq!(first(&[None, Some(" "), Some("x")], "y"), "x");
        assert_eq!(first(&[None], "y"), "y");
    }
}
