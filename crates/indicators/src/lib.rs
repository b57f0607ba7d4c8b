//! Indicators of threats: feeds are read, kept in compact tables, and looked for in events.
//!
//! A pure engine. [`read`] turns a feed's bytes into entries (lists, CSV, MISP, STIX) or into a benign list;
//! [`Table`] holds the entries of one feed; [`Watched`] looks for those of all feeds in an event or a line;
//! [`Decay`] says how much of an entry's confidence is left.

mod benign;
mod bits;
mod class;
mod decay;
mod entry;
mod event;
mod fang;
mod find;
mod hash;
mod raise;
pub mod read;
mod table;
mod tokens;
mod value;

pub use benign::{Benign, BenignList, Fits};
pub use class::{Class, Said};
pub use decay::Decay;
pub use entry::{Entry, Reading, Unused};
pub use fang::refang;
pub use find::{Hit, Watched};
pub use table::{Build, Defaults, Kept, Table};
pub use value::{Refused, Value};
