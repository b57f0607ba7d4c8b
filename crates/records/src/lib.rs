//! Watchkeep records.
