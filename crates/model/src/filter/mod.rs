//! The one filter language: text to syntax tree and back, with places for errors and completion.
//!
//! ```text
//! severity>=high status:open owner:me due<7d "free text"
//! kind:finding (owner:none or asset.owner:me) -state:closed,fixed
//! code:4625 src_ip:10.0.0.0/8 | count by host, user
//! code:4688 | eval length = len(CommandLine) | where length > 500 | stats count, max(length) by host | sort -count
//! ```
//!
//! Terms side by side mean *and*; `not` (or a leading `-`) binds tighter than `and`, `and` tighter than `or`.
//! `field:a,b` means any of the values, `field:a..b` both ends included, `field!=a` is `-field:a`.
//! Text with spaces or signs goes in double quotes, where `""` stands for one quote and a backslash for itself.
//! This module knows syntax only: which fields and values exist is decided by whoever compiles the tree.

mod ast;
pub mod base64;
mod calc;
mod check;
mod complete;
mod dates;
mod error;
mod event_field;
mod named;
mod on_event;
mod parse;
mod pattern;
mod pipes;
mod print;
mod print_pipes;
mod scan;
mod stretches;

pub use ast::{Aggregate, Expr, FieldName, Measure, Op, Pair, Pipe, Query, Rank, SortKey, Term, Value};
pub use calc::{Calc, CalcKind, CalcNode, Function, Input, Program, Sign, Val};
pub use check::Check;
pub use complete::{Context, Place, context, steps};
pub use dates::{Moment, WhenError, when};
pub use error::{SyntaxError, nearest};
pub use event_field::EventField;
pub use on_event::{EventFilter, any_holds, checks, compile, matches};
pub use parse::parse;
pub use pattern::Pattern;
pub use print::in_quotes;
pub use stretches::{Ahead, Stretches, instant, nanos};
