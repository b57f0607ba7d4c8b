//! Watchkeep's command line: settings and wiring.
fn main() {}
