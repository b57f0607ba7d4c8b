//! What the demo's feeds hold: a few invented values, of which one line is broken and one is harmless.

use crate::feeds::Came;
use crate::{Desk, DeskError};
use jiff::Timestamp;

const BLOCKLIST: &str = "\
# invented, for the demo
192.0.2.66
192.0.2.128/26
fracht-tracking[.]example
hxxps://mahnung-eilig[.]example/rechnung.iso
cdn.lieferant.example
9b74c9897bac770ffc029102a200c5de
this line is no indicator
invoice@fracht-tracking.example
";

const HARMLESS: &str = "lieferant.example\nlindqvist-logistik.example\n";

/// Their files.
pub(super) fn feeds(desk: &Desk, now: Timestamp) -> Result<(), DeskError> {
    for feed in desk.all("feed")? {
        let (name, text) = match feed.choice("form") {
            Some("benign") => ("known-good.txt", HARMLESS),
            _ => ("blocklist.txt", BLOCKLIST),
        };
        desk.take_feed(&desk.system(), feed.id, &Came::file(name, text.into()), now)?;
    }
    desk.settle_feeds()?;
    desk.count_harmless(now)
}
