//! The one filter language: text to syntax tree and back, with places for errors and completion.
//!
//! ```text
//! severity>=high status:open owner:me due<7d "free text"
//! kind:finding (owner:none or asset.owner:me) -state:closed,fixed
//! code:4625 src_ip:10.0.0.0/8 | count by host, user
//! ```
//!
//! Terms side by side mean *and*; `not` (or a leading `-`) binds tighter than `and`, `and` tighter than `or`.
//! `field:a,b` means any of the values, `field:a..b` both ends included, `field!=a` is `-field:a`.
//! Text with spaces or signs goes in double quotes, where `""` stands for one quote and a backslash for itself.
//! This module knows syntax only: which fields and values exist is decided by whoever compiles the tree.

mod ast;
mod check;
mod complete;
mod dates;
mod error;
mod event_field;
mod on_event;
mod parse;
mod pattern;
mod pipes;
mod print;
mod scan;

pub use ast::{Expr, FieldName, Op, Pipe, Query, Term, Value};
pub use check::Check;
pub use complete::{Context, Place, context, pipe_names};
pub use dates::{Moment, WhenError, when};
pub use error::{SyntaxError, nearest};
pub use event_field::EventField;
pub use on_event::{EventFilter, compile, matches};
pub use parse::parse;
pub use pattern::Pattern;
