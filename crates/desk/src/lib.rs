//! Watchkeep desk.
