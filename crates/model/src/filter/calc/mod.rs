//! Calculations inside of pipes: `where len(user) > 8`, `eval kb = bytes / 1024`, `stats sum(bytes_in + bytes_out)`.
//!
//! ```text
//! or, and, not    conditions; they are true or false, never nothing
//! == != < <= > >= in (…)    case aside; as numbers where both sides are
//! field:value     the filter language's own condition, without spaces
//! + - * / %       numbers; a text that is no number is nothing
//! name(…)         a function; names of fields with signs stand in '…', texts in "…", stretches of time as 90s or 1h30m
//! ```

mod function;
mod kind;
mod print;
mod program;
mod read;
mod run;
mod time;
mod value;

use super::ast::{Op, Term};
use std::ops::Range;

pub use function::Function;
pub use kind::CalcKind;
pub use program::{Input, Program};
pub(super) use read::{calc, field_name};
pub use value::Val;

/// A calculation and where it stands in the text.
#[derive(Debug, Clone, PartialEq)]
pub struct Calc {
    pub node: CalcNode,
    pub span: Range<usize>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum CalcNode {
    Nothing,
    Flag(bool),
    Number(f64),
    Text(String),
    Field(String),
    /// A condition of the filter language.
    Term(Term),
    Not(Box<Calc>),
    Minus(Box<Calc>),
    /// At least two, all of which hold.
    All(Vec<Calc>),
    /// At least two, one of which holds.
    Any(Vec<Calc>),
    Compare(Op, Box<Calc>, Box<Calc>),
    /// `a in (b, c)`.
    OneOf(Box<Calc>, Vec<Calc>),
    Math(Sign, Box<Calc>, Box<Calc>),
    Call(Function, Vec<Calc>),
}

/// What joins two numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    Plus,
    Minus,
    Times,
    Over,
    /// The rest of a division, with the sign of what is divided.
    Rest,
}

impl Sign {
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Plus => "+",
            Self::Minus => "-",
            Self::Times => "*",
            Self::Over => "/",
            Self::Rest => "%",
        }
    }
}

impl Calc {
    /// The field, if this is one and nothing more.
    pub fn as_field(&self) -> Option<&str> {
        match &self.node {
            CalcNode::Field(name) => Some(name),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
