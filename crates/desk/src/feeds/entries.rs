//! The entries of a feed as people look at them: a page of those that hold a text, and one with its source.

use super::{Holds, Loaded, Settings, kept_as, overlay};
use crate::{Desk, DeskError};
use jiff::Timestamp;
use std::sync::Arc;
use watchkeep_indicators::{Kept, read, refang};
use watchkeep_model::{Actor, Record};

/// Entries of one feed.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// Each with what is left of its confidence.
    pub entries: Vec<(Kept, f64)>,
    /// Where the next page begins.
    pub next: Option<u32>,
}

/// One entry, and how it stands in its source.
#[derive(Debug, Clone)]
pub struct Origin {
    pub entry: Kept,
    /// What is left of its confidence now, in per cent.
    pub score: f64,
    /// Its object or line, byte for byte.
    pub original: Vec<u8>,
    /// Whether it is an object of JSON, and no line.
    pub json: bool,
    /// The benign list that takes it away.
    pub benign: Option<Arc<str>>,
    /// An alert of it was judged false.
    pub ended: bool,
}

impl Origin {
    /// Whether events are looked through for it at a time.
    pub fn is_looked_for(&self, now: Timestamp) -> bool {
        let now = now.as_second();
        !self.ended && self.benign.is_none() && self.entry.from <= now && now <= self.entry.until
    }
}

impl Loaded {
    /// Entries whose value or label holds a text, in the order of their source.
    fn page(&self, text: &str, from: u32, most: usize, now: Timestamp) -> Page {
        let Some(table) = self.table() else { return Page::default() };
        let text = refang(text.trim()).to_lowercase();
        let holds = |whole: &str| whole.to_lowercase().contains(&text);
        let fits = |entry: &Kept| {
            text.is_empty() || holds(&entry.value.to_string()) || entry.label.as_deref().is_some_and(holds)
        };
        let (entries, next) = table.page(from, most, fits);
        let scored = |entry: Kept| {
            let score = self.as_met(entry, now);
            (score.0, score.1)
        };
        Page { entries: entries.into_iter().map(scored).collect(), next }
    }

    /// An entry as sightings raised it, with what is left of its confidence.
    fn as_met(&self, entry: Kept, now: Timestamp) -> (Kept, f64) {
        let Some(table) = self.table() else { return (entry, 0.0) };
        let raised = self.overlay.raised.as_ref().and_then(|raised| raised.find(&entry.value));
        let entry = raised.unwrap_or(entry);
        let score = table.score(&entry, now.as_second());
        (entry, score)
    }
}

impl Desk {
    /// A feed as it was read, whether it is in force or not; nothing where no file of it is kept.
    fn feed_at_hand(&self, feed: &Record) -> Result<Option<Arc<Loaded>>, DeskError> {
        if let Some(loaded) = self.feed_in_force(feed.id) {
            return Ok(Some(loaded));
        }
        let read_at = feed.read::<Timestamp>("read_at");
        let Some((fingerprint, read_at)) = feed.get("fingerprint").as_text().zip(read_at) else { return Ok(None) };
        Ok(self.load_feed(feed, Settings::of(feed, fingerprint, read_at))?.map(Arc::new))
    }

    /// A page of entries whose value or label holds a text.
    ///
    /// # Errors
    /// The actor does not see the feed; the store cannot be read.
    pub fn feed_entries(
        &self,
        actor: &Actor,
        id: i64,
        (text, from, most): (&str, u32, usize),
        now: Timestamp,
    ) -> Result<Page, DeskError> {
        let feed = self.store.get(actor, self.kind("feed")?, id)?;
        let loaded = self.feed_at_hand(&feed)?;
        Ok(loaded.map(|loaded| loaded.page(text, from, most, now)).unwrap_or_default())
    }

    /// The entry of a value, with its source; nothing where the feed no longer names it.
    ///
    /// # Errors
    /// The actor does not see the feed; the store cannot be read.
    pub fn feed_entry(&self, actor: &Actor, id: i64, text: &str, now: Timestamp) -> Result<Option<Origin>, DeskError> {
        let feed = self.store.get(actor, self.kind("feed")?, id)?;
        let Some(loaded) = self.feed_at_hand(&feed)? else { return Ok(None) };
        let (Holds::Indicators(table), Some(form)) = (&loaded.holds, &loaded.settings.form) else { return Ok(None) };
        let Some(entry) = overlay::find(table, text) else { return Ok(None) };
        let bytes = self.store.vault().file(&kept_as(id, &loaded.settings.fingerprint))?.unwrap_or_default();
        let original = read::original(&bytes, form, entry.place).to_vec();
        let benign = self.watch.feeds.benign().0.holds(&entry.value).cloned();
        let ended = loaded.overlay.has_ended(&entry.value);
        let json = matches!(form, read::Form::Misp(_) | read::Form::Stix);
        let (entry, score) = loaded.as_met(entry, now);
        Ok(Some(Origin { entry, score, original, json, benign, ended }))
    }

    /// The feeds in force that name a value, and the benign list that takes it away.
    pub fn who_names(&self, text: &str) -> (Vec<i64>, Option<Arc<str>>) {
        let (feeds, benign) = (&self.watch.feeds, self.watch.feeds.benign().0);
        let all = feeds.now().map(|(all, _)| all).unwrap_or_default();
        let naming =
            all.iter().filter(|(_, one)| one.table().is_some_and(|table| overlay::find(table, text).is_some()));
        let classes = watchkeep_indicators::Class::ALL.iter();
        let values = classes.filter_map(|class| watchkeep_indicators::Value::read(class.said(), text).ok());
        let list = values.filter(|value| value.to_string() == text).find_map(|value| benign.holds(&value).cloned());
        (naming.map(|(id, _)| *id).collect(), list)
    }
}
