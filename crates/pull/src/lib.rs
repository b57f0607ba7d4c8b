//! Inputs that fetch: from folders of objects, NATS JetStream and Kafka, never further than what is durable here.
//!
//! Each is named by whoever starts the program; nothing that people write in records makes a connection. What was fetched
//! is handed to the same sink as everything else, and only then is it acknowledged, or its place kept.

pub mod kafka;
mod marks;
pub mod nats;
pub mod objects;

use jiff::Timestamp;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use watchkeep_ingest::stream::Stream;
use watchkeep_ingest::{Batch, Fetching, Format, Sink, Source, deliver};

/// A setting that cannot be followed.
#[derive(Debug, thiserror::Error)]
#[error("`{place}` cannot be fetched from: {reason}")]
pub struct Refused {
    pub place: String,
    pub reason: String,
}

impl Refused {
    /// The words leave out what stands before an `@`: it may be a secret.
    fn new(place: &str, reason: impl Into<String>) -> Self {
        let place = match (place.split_once("://"), place.rsplit_once('@')) {
            (Some((scheme, _)), Some((_, rest))) => format!("{scheme}://…@{rest}"),
            _ => place.to_owned(),
        };
        Self { place, reason: reason.into() }
    }
}

/// Whom an input fetches for, and how it says what it meets.
#[derive(Clone)]
pub struct Input {
    pub source: Source,
    pub format: Format,
    pub sink: Arc<dyn Sink>,
    pub clock: fn() -> Timestamp,
    /// Becomes true when the program ends: what is begun is brought to a place to go on from.
    pub stop: watch::Receiver<bool>,
}

/// Waits between attempts at a place that does not answer.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(30);

impl Input {
    fn stopped(&self) -> bool {
        *self.stop.borrow()
    }

    /// Whether the program still runs after this long.
    async fn rest(&self, pause: Duration) -> bool {
        let mut stop = self.stop.clone();
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => false,
            () = tokio::time::sleep(pause) => !self.stopped(),
        }
    }

    async fn deliver(&self, batch: Batch) -> Result<(), String> {
        deliver(&self.sink, &self.source.name, batch).await
    }

    /// The events of one message: read in the time it was sent, so that they have the same ids when it comes again.
    fn message(&self, payload: bytes::Bytes, from: &str, key: &str, sent: Timestamp) -> Batch {
        let salt = self.source.key.salt(key.as_bytes());
        let mut all = Batch::default();
        for batch in Stream::new(self.source.clone(), self.format).salted(salt).whole(&payload, sent) {
            all.events.extend(batch.events);
            all.bad.extend(batch.bad);
        }
        all.fetched(from, (self.clock)());
        all
    }
}

/// What an input says of itself; in the log only what is new.
struct Told {
    input: Input,
    state: Fetching,
}

impl Told {
    fn new(input: &Input, from: String) -> Self {
        let told =
            Self { input: input.clone(), state: Fetching { from, answered: None, waiting: None, trouble: None } };
        told.say();
        told
    }

    fn say(&self) {
        self.input.sink.fetching(&self.input.source.name, self.state.clone());
    }

    /// The place answered; so much waits there.
    fn answered(&mut self, waiting: Option<String>) {
        let source = &*self.input.source.name;
        if self.state.trouble.take().is_some() {
            tracing::info!(source, "{} answers again", self.state.from);
        }
        self.state.answered = Some((self.input.clock)());
        self.state.waiting = waiting;
        self.say();
    }

    /// It cannot be fetched from just now.
    fn trouble(&mut self, why: String) {
        let source = &*self.input.source.name;
        if self.state.trouble.as_ref() != Some(&why) {
            tracing::warn!(source, "cannot fetch {source} from {}, and will try again: {why}", self.state.from);
        }
        self.state.trouble = Some(why);
        self.say();
    }
}

/// `1 object`, `2 objects`; nothing of none.
fn waiting(count: u64, one: &str) -> Option<String> {
    match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        more => Some(format!("{more} {one}s")),
    }
}

/// An error with what caused it, each said once.
fn words(error: &dyn std::error::Error) -> String {
    let mut said = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let more = cause.to_string();
        if !said.contains(&more) {
            said.push_str(": ");
            said.push_str(&more);
        }
        next = cause.source();
    }
    let most = said.char_indices().nth(500).map_or(said.len(), |(at, _)| at);
    said.truncate(most);
    said
}
