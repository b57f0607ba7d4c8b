//! What a record is: kinds, fields, moves, rights, scopes and the filter language.

pub mod access;
pub mod bloom;
pub mod catalog;
pub mod clock;
pub mod custom;
pub mod event;
pub mod field;
pub mod filter;
pub mod json;
pub mod kind;
pub mod matches;
pub mod measure;
pub mod record;
pub mod refusal;
pub mod resolve;
pub mod text;
pub mod typed;
pub mod value;

pub use access::{Access, Actor, Assignment, Permissions, Sight, Via};
pub use catalog::Catalog;
pub use clock::{Clock, Term};
pub use custom::Custom;
pub use field::{Choice, Field, Shape, Tone};
pub use kind::{Effect, Kind, Look, Move, Moving, Subject};
pub use measure::{Measure, Target};
pub use record::{Record, RecordRef, TagSet};
pub use refusal::{FieldError, Refusal};
pub use typed::{Described, FieldType, FileRef, Links, Markdown, Money, Ref, RowType, Rows};
pub use value::Value;
pub use watchkeep_derive::{Choice as ChoiceField, Record as RecordKind, Row};

/// What generated code needs; not for people.
#[doc(hidden)]
pub mod macros {
    pub use crate::field::{Choice, Field, Shape, Tone};
    pub use crate::kind::{Kind, Subject};
    pub use crate::record::Record;
    pub use crate::typed::{ChoiceType, Described, FieldType, RowType};
    pub use crate::value::Value;
}
