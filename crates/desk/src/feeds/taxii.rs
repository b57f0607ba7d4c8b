//! Collections of TAXII 2.1: what was added since the last time, page by page, each object kept as it came.

use super::take::MOST_BYTES;
use super::{Came, What, kept_as};
use crate::{Desk, DeskError};
use base64::Engine;
use jiff::Timestamp;
use std::collections::HashMap;
use watchkeep_indicators::read::json;
use watchkeep_model::{Actor, Record, Refusal};
use watchkeep_store::Secret;

/// What the protocol calls its answers.
pub const ACCEPT: &str = "application/taxii+json;version=2.1";
/// Objects asked for at a time, pages in one go, and bytes of one page.
const AT_ONCE: usize = 5_000;
const PAGES: usize = 500;
const PAGE_BYTES: usize = 32 << 20;
/// Where secrets of feeds are kept.
const SECRETS: &str = "feed";

/// A question to a server.
#[derive(Debug, Clone)]
pub struct Question {
    pub address: String,
    pub authorization: Option<String>,
    /// Most bytes of an answer; more is an error.
    pub most: usize,
}

/// What it says.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    /// `X-TAXII-Date-Added-Last`.
    pub added_last: Option<String>,
    pub bytes: Vec<u8>,
}

/// The way out to servers: it follows no redirects, and ends in bounded time.
pub trait Fetch: Send + Sync {
    /// # Errors
    /// Why there is no answer.
    fn fetch(&self, question: &Question) -> Result<Answer, String>;
}

/// Servers that may be asked, and the way to them.
pub struct Servers {
    /// Names, without scheme; with a port where it is another than usual.
    pub hosts: Vec<String>,
    pub fetch: Box<dyn Fetch>,
}

#[derive(serde::Deserialize)]
struct Envelope {
    #[serde(default)]
    more: bool,
    #[serde(default)]
    next: Option<String>,
}

impl Desk {
    /// Lets collections be fetched from these servers; from none without it.
    pub fn allow_taxii(&self, servers: Servers) {
        let _ = self.watch.feeds.servers.set(servers);
    }

    /// Keeps the secret that a collection is fetched with: a password beside its user, else a token. An empty one is forgotten.
    ///
    /// # Errors
    /// The actor may not change the feed; the store cannot be written.
    pub fn feed_secret(&self, actor: &Actor, id: i64, secret: &str) -> Result<(), DeskError> {
        let feed = self.store.get(actor, self.kind("feed")?, id)?;
        if !actor.access.may_on(feed.kind, "update", &feed) {
            return Err(Refusal::access("none of your roles may change this feed; it needs feed:update").into());
        }
        if secret.len() > 10_000 || secret.contains(['\r', '\n']) {
            return Err(Refusal::invalid("a secret is one line of at most 10000 characters").into());
        }
        let (vault, key) = (self.store.vault(), id.to_string());
        if secret.is_empty() {
            vault.remove(SECRETS, &key)?;
        } else {
            vault.put(SECRETS, &Secret { key, person: None, value: secret.to_owned(), expires: None })?;
        }
        Ok(())
    }

    /// Forgets the secret of a feed that is gone.
    pub(super) fn forget_secret(&self, id: i64) -> Result<(), DeskError> {
        self.store.vault().remove(SECRETS, &id.to_string())?;
        Ok(())
    }

    /// Whether a secret is kept for a feed.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn has_feed_secret(&self, id: i64, now: Timestamp) -> Result<bool, DeskError> {
        Ok(self.store.vault().get(SECRETS, &id.to_string(), now)?.is_some())
    }

    /// Fetches what was added to a collection, and puts it in force beside what was there.
    pub(super) fn fetch_collection(&self, actor: &Actor, feed: &Record, now: Timestamp) -> Result<What, DeskError> {
        let address = format!("{}/", feed.get("address").as_text().unwrap_or_default().trim().trim_end_matches('/'));
        let servers = self.watch.feeds.servers.get();
        let allowed =
            servers.filter(|servers| servers.hosts.iter().any(|host| host.eq_ignore_ascii_case(host_of(&address))));
        let Some(servers) = allowed else {
            let host = host_of(&address);
            let words = format!("no collection may be fetched from {host}: start Watchkeep with --taxii {host}");
            return Err(Refusal::invalid(words).at("address").into());
        };
        let authorization = self.authorization(feed, now)?;
        let fetch = |address: String, most: usize| {
            servers.fetch.fetch(&Question { address, authorization: authorization.clone(), most })
        };
        is_readable(&address, &fetch)?;
        let mut position = feed.get("added_after").as_text().map(str::to_owned);
        let old = match feed.get("fingerprint").as_text().filter(|_| position.is_some()) {
            Some(known) => self.store.vault().file(&kept_as(feed.id, known))?.unwrap_or_default(),
            None => Vec::new(),
        };
        let (pages, end) = pages(&address, &mut position, &fetch);
        let new: Vec<&[u8]> = pages.iter().flat_map(|page| objects(page)).collect();
        let what = if new.is_empty() && end.is_ok() && !old.is_empty() {
            self.note_checked(feed, now)?;
            What::Same
        } else if new.is_empty() {
            end.clone().map_err(DeskError::File)?;
            return Err(DeskError::File("the collection holds no indicators yet".to_owned()));
        } else {
            let came = Came { name: address.clone(), bytes: merged(&old, &new), added_after: position };
            self.take_feed(actor, feed.id, &came, now)?
        };
        // What came before it broke off is in force; the next time goes on from there.
        end.map_err(DeskError::File)?;
        Ok(what)
    }

    fn authorization(&self, feed: &Record, now: Timestamp) -> Result<Option<String>, DeskError> {
        let Some(secret) = self.store.vault().get(SECRETS, &feed.id.to_string(), now)? else { return Ok(None) };
        Ok(Some(match feed.get("user").as_text().filter(|user| !user.is_empty()) {
            Some(user) => {
                let pair = format!("{user}:{}", secret.value);
                format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair))
            }
            None => format!("Bearer {}", secret.value),
        }))
    }
}

type Asking<'a> = &'a dyn Fn(String, usize) -> Result<Answer, String>;

/// Asks a collection about itself; what is no collection says what there is.
fn is_readable(address: &str, fetch: Asking<'_>) -> Result<(), DeskError> {
    let about = ask(address.to_owned(), 1 << 20, fetch).map_err(DeskError::File)?;
    let told: serde_json::Value = serde_json::from_slice(&about.bytes)
        .map_err(|error| DeskError::File(format!("{address} does not answer as TAXII 2.1: {error}")))?;
    match told.get("can_read").and_then(serde_json::Value::as_bool) {
        Some(true) => Ok(()),
        Some(false) => Err(DeskError::File("this collection may not be read with this secret".to_owned())),
        None => {
            let names = |list: &serde_json::Value, of: fn(&serde_json::Value) -> Option<String>| -> Option<String> {
                let found: Vec<String> = list.as_array()?.iter().take(20).filter_map(of).collect();
                Some(found.join(", "))
            };
            let plain = |one: &serde_json::Value| one.as_str().map(str::to_owned);
            if let Some(roots) = told.get("api_roots").and_then(|roots| names(roots, plain)) {
                return Err(DeskError::File(format!("this is a whole server; its roots are {roots}")));
            }
            let listed = ask(format!("{address}collections/"), 1 << 20, fetch).ok();
            let listed = listed.and_then(|list| serde_json::from_slice::<serde_json::Value>(&list.bytes).ok());
            let titled = |one: &serde_json::Value| {
                Some(format!("{} ({})", one.get("id")?.as_str()?, one.get("title")?.as_str()?))
            };
            let found = listed.as_ref().and_then(|list| names(list.get("collections")?, titled));
            Err(DeskError::File(match found {
                Some(found) => format!("this is no collection; its collections are {found}"),
                None => format!("{address} is no collection of TAXII 2.1"),
            }))
        }
    }
}

/// Pages from a position on, which moves with them; and how it ended.
fn pages(address: &str, position: &mut Option<String>, fetch: Asking<'_>) -> (Vec<Vec<u8>>, Result<(), String>) {
    let (mut pages, mut next, mut size) = (Vec::new(), None::<String>, 0);
    let after = position.clone();
    for _ in 0..PAGES {
        let mut question = form_urlencoded::Serializer::new(String::new());
        question.append_pair("match[type]", "indicator").append_pair("limit", &AT_ONCE.to_string());
        let more = [("added_after", &after), ("next", &next)];
        question.extend_pairs(more.into_iter().filter_map(|(name, value)| Some((name, value.as_ref()?))));
        let page = match ask(format!("{address}objects/?{}", question.finish()), PAGE_BYTES, fetch) {
            Ok(page) => page,
            Err(why) => return (pages, Err(why)),
        };
        let envelope: Envelope = match serde_json::from_slice(&page.bytes) {
            Ok(envelope) => envelope,
            Err(error) => return (pages, Err(format!("a page of {address} is no envelope of TAXII 2.1: {error}"))),
        };
        size += page.bytes.len();
        if size > MOST_BYTES {
            return (pages, Err(format!("a feed has at most {} MB; this collection is more", MOST_BYTES >> 20)));
        }
        *position = page.added_last.or(position.take());
        pages.push(page.bytes);
        match envelope.next.filter(|_| envelope.more) {
            // The same place twice would never end.
            Some(place) if next.as_ref() == Some(&place) => {
                return (pages, Err(format!("{address} leads to the same page again")));
            }
            Some(place) => next = Some(place),
            None if envelope.more => return (pages, Err(format!("{address} says there is more, and not where"))),
            None => return (pages, Ok(())),
        }
    }
    (pages, Err(format!("{PAGES} pages came; the next time goes on from there")))
}

fn ask(address: String, most: usize, fetch: Asking<'_>) -> Result<Answer, String> {
    let answer = fetch(address.clone(), most)?;
    match answer.status {
        200 => Ok(answer),
        401 | 403 => Err(format!("{address} answers {}: its user or secret is not taken", answer.status)),
        other => Err(format!("{address} answers {other}")),
    }
}

/// The objects of an envelope, or of what was kept.
fn objects(bytes: &[u8]) -> Vec<&[u8]> {
    let each = json::values(bytes);
    each.flat_map(|value| match json::member(value, "objects") {
        Some(list) => json::items(list).collect::<Vec<_>>(),
        None if json::member(value, "id").is_some() => vec![value],
        None => Vec::new(),
    })
    .collect()
}

/// Old and new objects, one a line; of one id the version that was changed last.
fn merged(old: &[u8], new: &[&[u8]]) -> Vec<u8> {
    let text = |object: &[u8], name: &str| -> String {
        let value = json::member(object, name).and_then(|value| serde_json::from_slice::<String>(value).ok());
        value.unwrap_or_default()
    };
    let instant = |object: &[u8]| text(object, "modified").parse::<Timestamp>().ok();
    let all: Vec<&[u8]> = objects(old).into_iter().chain(new.iter().copied()).collect();
    let mut newest: HashMap<String, usize> = HashMap::new();
    for (at, object) in all.iter().enumerate() {
        let known = newest.entry(text(object, "id")).or_insert(at);
        if all.get(*known).is_some_and(|before| instant(before) <= instant(object)) {
            *known = at;
        }
    }
    let mut places: Vec<usize> = newest.into_values().collect();
    places.sort_unstable();
    let kept: Vec<&[u8]> = places.into_iter().filter_map(|at| all.get(at).copied()).collect();
    kept.join(&b'\n')
}

/// Name and port of an address.
fn host_of(address: &str) -> &str {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    rest.split('/').next().unwrap_or(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_one_id_the_version_that_was_changed_last_stays_byte_for_byte() {
        let old = br#"{"id": "indicator--1", "modified": "2026-01-01T00:00:00Z",  "a": 1}
{"id": "indicator--2", "modified": "2026-01-02T00:00:00.500Z"}"#;
        let page =
            br#"{"more": false, "objects": [{"id": "indicator--2", "modified": "2026-01-02T00:00:00Z", "old": true},
            {"id": "indicator--1", "modified": "2026-02-01T00:00:00Z",   "revoked": true}]}"#;
        let kept = merged(old, &objects(page));
        let expected = "{\"id\": \"indicator--2\", \"modified\": \"2026-01-02T00:00:00.500Z\"}\n{\"id\": \"indicator--1\", \"modified\": \"2026-02-01T00:00:00Z\",   \"revoked\": true}";
        assert_eq!(String::from_utf8_lossy(&kept), expected);
    }

    #[test]
    fn the_host_of_an_address_has_its_port() {
        assert_eq!(host_of("https://taxii.example:8443/api/"), "taxii.example:8443");
    }
}
