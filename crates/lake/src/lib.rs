//! Watchkeep lake.
