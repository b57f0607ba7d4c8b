//! What every input makes: batches of events and bad lines for one source, and the sink that takes them.

use jiff::Timestamp;
use std::sync::Arc;
use watchkeep_model::event::{Event, IdKey, LogSource};

/// The log source an input reads for: its record's name and what its lines are, where known.
#[derive(Debug, Clone)]
pub struct Source {
    pub name: Arc<str>,
    /// Given by whoever set the source up; empty words are found out from each event.
    pub log: LogSource,
    /// What the ids of its events are made with.
    pub key: IdKey,
}

impl Source {
    /// A source whose product, category and service are found out event by event.
    pub fn named(name: &str) -> Self {
        Self { name: name.into(), log: LogSource::default(), key: IdKey::default() }
    }

    /// The same, with ids made with `key`.
    pub fn keyed(self, key: IdKey) -> Self {
        Self { key, ..self }
    }
}

/// Events in the order they were read, and the lines that could not be read.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    pub events: Vec<Event>,
    pub bad: Vec<BadLine>,
}

impl Batch {
    /// Events and bad lines together.
    pub fn len(&self) -> usize {
        self.events.len() + self.bad.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What stands for the rest of an object that is damaged at its record `at`: one bad line that names it.
    pub fn unread(source: &Source, name: &str, at: u64, reason: String, now: Timestamp) -> Self {
        let raw = bytes::Bytes::copy_from_slice(name.as_bytes());
        let salt = source.key.salt(name.as_bytes()).wrapping_add(at);
        let bad = bad_line(source, raw, salt, now, BadReason::Unread { name: name.to_owned(), reason });
        Self { events: Vec::new(), bad: vec![BadLine { at, ..bad }] }
    }

    /// What was fetched: it came now, whatever its own time, and says from where.
    pub fn fetched(&mut self, from: &str, now: Timestamp) {
        let name: Arc<str> = "watchkeep.from".into();
        for event in self.events.iter_mut().chain(self.bad.iter_mut().map(|bad| &mut bad.event)) {
            event.received = now;
            event.fields.push(Arc::clone(&name), from);
        }
    }

    /// Adds what one line gave.
    pub fn push(&mut self, read: Result<Event, BadLine>) {
        match read {
            Ok(event) => self.events.push(event),
            Err(bad) => self.bad.push(bad),
        }
    }
}

/// A line that could not be read, kept as an event of its own with its raw bytes.
#[derive(Debug, Clone)]
pub struct BadLine {
    pub event: Event,
    pub reason: BadReason,
    /// Line number, record number or byte offset, as the input counts; from 1 for lines.
    pub at: u64,
}

/// Why a line is bad.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadReason {
    #[error("longer than {limit} bytes")]
    TooLong { limit: usize },
    #[error("not UTF-8 at byte {at}")]
    NotUtf8 { at: usize },
    #[error("nested deeper than {limit} levels")]
    TooDeep { limit: usize },
    #[error("more than {limit} fields")]
    TooManyFields { limit: usize },
    #[error("not JSON: {0}")]
    NotJson(String),
    #[error("a JSON {0}, expected an object")]
    NotAnObject(&'static str),
    #[error("{0}")]
    Malformed(String),
    #[error("damaged record: {0}")]
    Damaged(String),
    #[error("{name} could not be read from here on: {reason}")]
    Unread { name: String, reason: String },
}

impl BadReason {
    /// The reason without its particulars, for counting.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::TooLong { .. } => "too long",
            Self::NotUtf8 { .. } => "not UTF-8",
            Self::TooDeep { .. } => "nested too deep",
            Self::TooManyFields { .. } => "too many fields",
            Self::NotJson(_) => "not JSON",
            Self::NotAnObject(_) => "not a JSON object",
            Self::Malformed(_) => "not as its format asks",
            Self::Damaged(_) => "damaged record",
            Self::Unread { .. } => "damaged object",
        }
    }
}

/// Where live inputs put what they read.
pub trait Sink: Send + Sync {
    /// Takes a batch for `source`. `Ok` means it is durable; may block while writing.
    ///
    /// # Errors
    /// [`SinkError::Busy`] hands the batch back: the input waits and offers it again.
    fn take(&self, source: &str, batch: Batch) -> Result<(), SinkError>;

    /// Hears how an input is doing that fetches for `source`.
    fn fetching(&self, _source: &str, _state: Fetching) {}
}

/// How an input is doing that fetches from elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetching {
    /// The place, without secrets.
    pub from: String,
    /// When it answered last.
    pub answered: Option<Timestamp>,
    /// What is known to wait there, such as `3 objects`; empty when nothing does.
    pub waiting: Option<String>,
    /// Why it cannot be fetched from, in words.
    pub trouble: Option<String>,
}

/// Why a sink did not take a batch.
#[derive(Debug, thiserror::Error)]
pub enum SinkError {
    /// Try again later: the disk is full or slow, or the database does not answer. What was kept of the batch is not
    /// kept twice.
    #[error("the event store cannot take more just now: {reason}")]
    Busy { batch: Batch, reason: String },
    /// The batch cannot be stored; the input stops rather than lose events.
    #[error("the event store failed: {0}")]
    Failed(String),
}

const FIRST_WAIT: std::time::Duration = std::time::Duration::from_millis(10);
const LONGEST_WAIT: std::time::Duration = std::time::Duration::from_secs(1);

/// Offers `batch` until the sink takes it, waiting longer each time; holds up the reader meanwhile, and says so once.
///
/// # Errors
/// What the sink said when it failed for good.
pub async fn deliver(sink: &Arc<dyn Sink>, source: &str, batch: Batch) -> Result<(), String> {
    let mut batch = batch;
    let mut wait = FIRST_WAIT;
    let mut told = false;
    loop {
        if batch.is_empty() {
            return Ok(());
        }
        let (sink, name) = (Arc::clone(sink), source.to_owned());
        match tokio::task::spawn_blocking(move || sink.take(&name, batch)).await {
            Ok(Ok(())) => {
                if told {
                    tracing::info!(source, "{source} goes on");
                }
                return Ok(());
            }
            Ok(Err(SinkError::Busy { batch: back, reason })) => {
                batch = back;
                if !told && wait == LONGEST_WAIT {
                    told = true;
                    tracing::warn!(source, "{source} waits, and so do its senders: {reason}");
                }
            }
            Ok(Err(SinkError::Failed(reason))) => return Err(reason),
            Err(stopped) => return Err(stopped.to_string()),
        }
        tokio::time::sleep(wait).await;
        wait = (wait * 2).min(LONGEST_WAIT);
    }
}

/// The event a line that could not be read is kept as.
pub(crate) fn bad_line(source: &Source, raw: bytes::Bytes, at: u64, now: Timestamp, reason: BadReason) -> BadLine {
    let shown = raw.get(..raw.len().min(MESSAGE_BYTES)).unwrap_or_default();
    let event = Event {
        id: source.key.id(now, &source.name, at, &raw),
        time: now,
        received: now,
        source: Arc::clone(&source.name),
        log: source.log.clone(),
        host: None,
        user: None,
        src_ip: None,
        dst_ip: None,
        process: None,
        code: None,
        message: String::from_utf8_lossy(shown).into(),
        fields: [("watchkeep.bad", reason.to_string())].into_iter().collect(),
        raw,
    };
    BadLine { event, reason, at }
}

/// Bytes of a line shown as its message.
pub(crate) const MESSAGE_BYTES: usize = 512;

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use std::sync::Mutex;

    /// A sink that says it is full a number of times, then keeps everything.
    pub(crate) struct Kept {
        full: Mutex<u32>,
        batches: Mutex<Vec<Batch>>,
    }

    impl Kept {
        pub(crate) fn full_for(times: u32) -> Arc<Self> {
            Arc::new(Self { full: Mutex::new(times), batches: Mutex::default() })
        }

        pub(crate) fn messages(&self) -> Vec<String> {
            let batches = self.batches.lock().expect("sink");
            batches.iter().flat_map(|batch| batch.events.iter().map(|event| event.message.to_string())).collect()
        }
    }

    impl Sink for Kept {
        fn take(&self, _: &str, batch: Batch) -> Result<(), SinkError> {
            let mut full = self.full.lock().expect("sink");
            if *full > 0 {
                *full -= 1;
                return Err(SinkError::Busy { batch, reason: "full".to_owned() });
            }
            self.batches.lock().expect("sink").push(batch);
            Ok(())
        }
    }
}
