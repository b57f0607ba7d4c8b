//! The clock: the only place where the program asks what time it is.

use jiff::{SignedDuration, Timestamp};

/// Now. Builds for development stand as many seconds ahead as the file named by `WATCHKEEP_TEST_CLOCK` says, so that
/// tests of whole days need not wait for them; a release knows no such file.
pub fn now() -> Timestamp {
    let now = Timestamp::now();
    ahead().map_or(now, |seconds| now.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(now))
}

fn ahead() -> Option<i64> {
    if !cfg!(debug_assertions) {
        return None;
    }
    let file = std::env::var_os("WATCHKEEP_TEST_CLOCK")?;
    std::fs::read_to_string(file).ok()?.trim().parse().ok()
}
