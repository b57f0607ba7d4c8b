//! The parts every screen is made of; one file each, all shown on `/design`.

pub mod button;
pub mod chart;
pub mod dialog;
pub mod diff;
pub mod empty;
pub mod facets;
pub mod field;
pub mod header;
pub mod hexdump;
pub mod icon;
pub mod keymap;
pub mod keyvalue;
pub mod markdown;
pub mod menu;
pub mod pager;
pub mod panel;
pub mod preview;
pub mod rail;
pub mod severity;
pub mod stacks;
pub mod state;
pub mod table;
pub mod tabs;
pub mod tag;
pub mod time;
pub mod timeline;
pub mod toast;
pub mod top;

pub use button::Button;
pub use icon::icon;
pub use severity::Severity;
pub use state::State;
