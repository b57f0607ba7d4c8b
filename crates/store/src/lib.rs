//! Watchkeep store.
