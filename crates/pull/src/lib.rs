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
use watchkeep_connect::shown;
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
    fn new(place: &str, reason: impl Into<String>) -> Self {
        Self { place: shown(place), reason: reason.into() }
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

    /// The events of one message, called `from` by whoever sent it: read in the time it was sent, and with `key`, which
    /// is its own, in their ids, so that they are the same events when it comes again.
    pub fn message(&self, payload: bytes::Bytes, from: &str, key: &str, sent: Timestamp) -> Batch {
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

/// Does `work` until it ends by itself. Where a fault in the program breaks it off, the input's health says so, and it
/// begins anew from the place that was kept: one answer nobody thought of must not end an input silently.
///
/// # Errors
/// What `work` ends with.
pub async fn keep_up<W>(input: Input, from: String, work: impl Fn(Input) -> W) -> std::io::Result<()>
where
    W: Future<Output = std::io::Result<()>> + Send + 'static,
{
    loop {
        let broke = match tokio::spawn(work(input.clone())).await {
            Ok(done) => return done,
            Err(broke) => broke,
        };
        let why = format!("a fault in Watchkeep broke it off ({broke}); it begins anew");
        Told::new(&input, from.clone()).trouble(why);
        if !input.rest(LONGEST_WAIT).await {
            return Ok(());
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;
    use watchkeep_ingest::SinkError;

    #[derive(Default)]
    struct Heard(Mutex<Vec<Option<String>>>);

    impl Sink for Heard {
        fn take(&self, _: &str, _: Batch) -> Result<(), SinkError> {
            Ok(())
        }

        fn fetching(&self, _: &str, state: Fetching) {
            self.0.lock().expect("heard").push(state.trouble);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_input_that_breaks_off_says_so_and_begins_anew() {
        let heard = Arc::new(Heard::default());
        let (_stop, stopped) = watch::channel(false);
        let input = Input {
            source: Source::named("app"),
            format: Format::Auto,
            sink: heard.clone(),
            clock: Timestamp::now,
            stop: stopped,
        };
        let rounds = Arc::new(Mutex::new(0));
        let work = {
            let rounds = Arc::clone(&rounds);
            move |_| {
                let mut rounds = rounds.lock().expect("counted");
                *rounds += 1;
                let round = *rounds;
                async move {
                    assert!(round > 2, "round {round} breaks");
                    Err(std::io::Error::other("the disk is gone"))
                }
            }
        };
        let end = keep_up(input, "nats://host/LOGS".to_owned(), work).await.expect_err("what the third ended with");
        assert_eq!((end.to_string().as_str(), *rounds.lock().expect("counted")), ("the disk is gone", 3));
        let heard = heard.0.lock().expect("heard");
        let told: Vec<&String> = heard.iter().flatten().collect();
        assert!(told.len() == 2 && told.iter().all(|why| why.contains("begins anew")), "{heard:?}");
    }
}
