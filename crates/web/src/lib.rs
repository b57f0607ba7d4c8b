//! Watchkeep web.
