//! The log-source router: which classes of Sigma's log sources an event belongs to, exactly.

mod appliances;
mod cloud;
mod linux;
mod network;
mod osquery;
pub(crate) mod windows;

use std::borrow::Cow;
use std::sync::Arc;
use watchkeep_model::event::{self, Event, LogSource};

type Word<'e> = Cow<'e, str>;

/// What an event is, in Sigma's words, and the rule names its fields also go by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Classes<'e> {
    pub product: Option<Word<'e>>,
    /// Most specific first; a registry write is both `registry_set` and `registry_event`.
    pub categories: Vec<Word<'e>>,
    pub services: Vec<Word<'e>>,
    /// Rule names and values of fields that the log itself names otherwise.
    pub aliases: Vec<(Word<'e>, Word<'e>)>,
}

/// An event whose fields can be asked for by name.
pub(crate) trait Fields<'e> {
    fn log(&self) -> &'e LogSource;

    /// All of them.
    fn fields(&self) -> &'e event::Fields;

    /// The value of a field by its exact name; the first where a name repeats.
    fn field(&self, name: &str) -> Option<&'e str>;

    /// The same where the value decides nothing and is only handed on, under a further name.
    fn carried(&self, name: &str) -> Option<&'e str> {
        self.field(name)
    }

    /// A value that was handed on decides something after all.
    fn judged(&self) {}

    /// Every name and value, where names decide and values are only handed on.
    fn all_carried(&self) -> impl Iterator<Item = (&'e Arc<str>, &'e str)> {
        self.fields().iter()
    }

    /// Whether there is such a field.
    fn has(&self, name: &str) -> bool {
        self.carried(name).is_some()
    }

    /// Whether an exporter of Windows records wrapped it.
    fn is_wrapped(&self) -> bool {
        windows::is_wrapped(self.fields().names())
    }
}

impl<'e> Fields<'e> for &'e Event {
    fn log(&self) -> &'e LogSource {
        &self.log
    }

    fn fields(&self) -> &'e event::Fields {
        &self.fields
    }

    fn field(&self, name: &str) -> Option<&'e str> {
        Event::field(self, name)
    }
}

/// Names of the fields that most events are asked for.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    let stated = ["log.product", "log.category", "log.service"].into_iter();
    let hosts = windows::names().chain(linux::names()).chain(osquery::names());
    stated.chain(hosts).chain(network::names()).chain(appliances::names()).chain(cloud::names())
}

/// Finds out what `event` is: what its source was set up as comes first, then what the event says
/// of itself (`log.product`, `log.category`, `log.service`), then the tables of this module.
pub fn classes(event: &Event) -> Classes<'_> {
    classes_of(&event)
}

/// The same for an event whose fields are found faster.
pub(crate) fn classes_of<'e>(event: &impl Fields<'e>) -> Classes<'e> {
    let mut found = Classes::default();
    let stated = Stated::of(event);
    let product = stated.product.as_deref();
    let known = match product {
        None => {
            windows::read(event, &mut found)
                || linux::read(event, &mut found)
                || network::read(event, &mut found)
                || appliances::read(event, &mut found)
                || osquery::read(event, &mut found)
                || cloud::read(event, &mut found)
        }
        Some("windows") => windows::read(event, &mut found),
        Some("linux") => linux::read_sysmon(event, &mut found) || linux::read(event, &mut found),
        Some("zeek" | "suricata") => network::read(event, &mut found),
        Some(_) => appliances::read(event, &mut found) || cloud::read(event, &mut found),
    };
    if product.is_some() && (!known || found.product.as_deref() != product) {
        // The source was set up as something else than the event looks like: its owner is right.
        found = Classes { product: stated.product, ..Classes::default() };
        if product_is(&found, "windows") {
            windows::rename(event, &mut found);
        }
    }
    for (list, word) in [(&mut found.categories, stated.category), (&mut found.services, stated.service)] {
        if let Some(word) = word.filter(|word| !list.contains(word)) {
            list.insert(0, word);
        }
    }
    found
}

/// Writes the classes into the event: its log source where none was given, and the rule names as fields.
pub fn route(event: &mut Event) {
    let found = classes(event);
    let word = |word: Option<&Word<'_>>| word.map(|word| Arc::<str>::from(&**word));
    let (product, category, service) =
        (word(found.product.as_ref()), word(found.categories.first()), word(found.services.first()));
    let aliases: Vec<(Arc<str>, String)> =
        found.aliases.iter().map(|(name, value)| ((&**name).into(), value.clone().into_owned())).collect();
    event.log.product = product;
    event.log.category = category;
    event.log.service = service;
    event.fields.extend(aliases);
}

/// What the source's owner, or the event itself, says it is.
struct Stated<'e> {
    product: Option<Word<'e>>,
    category: Option<Word<'e>>,
    service: Option<Word<'e>>,
}

impl<'e> Stated<'e> {
    fn of(event: &impl Fields<'e>) -> Self {
        let word = |given: &'e Option<Arc<str>>, field: &str| {
            given.as_deref().or_else(|| event.field(field)).filter(|word| !word.is_empty()).map(lower)
        };
        let log = event.log();
        Self {
            product: word(&log.product, "log.product"),
            category: word(&log.category, "log.category"),
            service: word(&log.service, "log.service"),
        }
    }
}

fn product_is(found: &Classes<'_>, product: &str) -> bool {
    found.product.as_deref() == Some(product)
}

fn lower(word: &str) -> Word<'_> {
    if word.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(word.to_ascii_lowercase())
    } else {
        Cow::Borrowed(word)
    }
}

impl<'e> Classes<'e> {
    /// Says what the event is; more words may follow.
    fn is(&mut self, product: &'static str, category: &[&'static str], services: &[&'static str]) {
        self.product = Some(Cow::Borrowed(product));
        self.categories.extend(category.iter().map(|word| Cow::Borrowed(*word)));
        self.services.extend(services.iter().map(|word| Cow::Borrowed(*word)));
    }

    /// Gives `value` a further name, unless the event has that field already.
    fn alias(&mut self, event: &impl Fields<'e>, name: &'static str, value: impl Into<Word<'e>>) {
        if !event.has(name) && !self.aliases.iter().any(|(known, _)| known == name) {
            self.aliases.push((Cow::Borrowed(name), value.into()));
        }
    }

    /// Gives every field of `table` (its name, its rule name) that the event has a further name.
    fn rename(&mut self, event: &impl Fields<'e>, table: &[(&str, &'static str)]) {
        for (own, rule) in table {
            if let Some(value) = event.carried(own) {
                self.alias(event, rule, value);
            }
        }
    }
}

#[cfg(test)]
mod tests;
