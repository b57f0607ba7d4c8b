//! Watchkeep ingest.
