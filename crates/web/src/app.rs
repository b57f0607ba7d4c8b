//! What every request shares.

use jiff::Timestamp;
use tokio::sync::broadcast;
use watchkeep_desk::Desk;
use watchkeep_store::Written;

/// How the pages are served.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Cookies are sent over TLS only; false for plain HTTP on loopback.
    pub secure_cookies: bool,
    /// Largest body of a request in bytes.
    pub body_limit: usize,
    /// The clock; tests set their own.
    pub now: fn() -> Timestamp,
}

impl Default for Settings {
    fn default() -> Self {
        Self { secure_cookies: false, body_limit: 64 << 20, now: Timestamp::now }
    }
}

/// The desk, the settings, and the change feed for live pages.
pub struct App {
    pub desk: Desk,
    pub settings: Settings,
    pub(crate) changes: broadcast::Sender<std::sync::Arc<Vec<Written>>>,
    /// Idempotency keys of calls under way.
    pub(crate) keys: crate::api::repeat::Keys,
    /// What the lake answered lately to those who type.
    pub(crate) completions: crate::completing::Known,
}

impl App {
    pub fn new(desk: Desk, settings: Settings) -> Self {
        let (changes, _) = broadcast::channel(256);
        let feed = changes.clone();
        desk.store.listen(Box::new(move |written| {
            // Nobody listening is no error.
            let _ = feed.send(std::sync::Arc::new(written.to_vec()));
        }));
        Self { desk, settings, changes, keys: Default::default(), completions: Default::default() }
    }
}
