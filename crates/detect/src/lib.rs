//! Watchkeep detect.
