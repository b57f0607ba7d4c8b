//! The canonical text of a calculation: reading it gives the same tree.

use super::super::Op;
use super::super::print::{name, quoted};
use super::read::is_plain;
use super::{Calc, CalcNode, Sign};
use std::fmt::{Display, Formatter, Result};

impl Calc {
    /// How tightly it binds; what binds less stands in parentheses.
    fn rank(&self) -> u8 {
        match &self.node {
            CalcNode::Any(_) => 1,
            CalcNode::All(_) => 2,
            CalcNode::Not(_) => 3,
            CalcNode::Compare(..) | CalcNode::OneOf(..) => 4,
            CalcNode::Math(Sign::Plus | Sign::Minus, ..) => 5,
            CalcNode::Math(..) => 6,
            CalcNode::Minus(_) => 7,
            _ => 8,
        }
    }

    fn within(&self, f: &mut Formatter<'_>, least: u8) -> Result {
        if self.rank() < least { write!(f, "({self})") } else { self.fmt(f) }
    }
}

impl Display for Calc {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match &self.node {
            CalcNode::Nothing => f.write_str("null"),
            CalcNode::Flag(flag) => write!(f, "{flag}"),
            CalcNode::Number(number) => write!(f, "{number}"),
            CalcNode::Text(text) => quoted(f, text),
            CalcNode::Field(name) if is_plain(name) => f.write_str(name),
            CalcNode::Field(name) => write!(f, "'{}'", name.replace('\'', "''")),
            CalcNode::Term(term) if term.op == Op::Is => term.fmt(f),
            CalcNode::Term(term) => {
                name(f, &term.name())?;
                write!(f, ":{}", term.op.sign())?;
                term.values.iter().try_for_each(|value| value.fmt(f))
            }
            CalcNode::Not(inner) => {
                f.write_str("not ")?;
                inner.within(f, 3)
            }
            CalcNode::Minus(inner) => {
                f.write_str("-")?;
                inner.within(f, 7)
            }
            CalcNode::All(parts) => joined(f, parts, " and ", 3),
            CalcNode::Any(parts) => joined(f, parts, " or ", 2),
            CalcNode::Compare(op, left, right) => {
                left.within(f, 5)?;
                write!(f, " {} ", if *op == Op::Is { "==" } else { op.sign() })?;
                right.within(f, 5)
            }
            CalcNode::OneOf(left, list) => {
                left.within(f, 5)?;
                f.write_str(" in (")?;
                joined(f, list, ", ", 0)?;
                f.write_str(")")
            }
            CalcNode::Math(sign, left, right) => {
                left.within(f, self.rank())?;
                write!(f, " {} ", sign.text())?;
                right.within(f, self.rank() + 1)
            }
            CalcNode::Call(function, arguments) => {
                write!(f, "{}(", function.name())?;
                joined(f, arguments, ", ", 0)?;
                f.write_str(")")
            }
        }
    }
}

fn joined(f: &mut Formatter<'_>, parts: &[Calc], joint: &str, least: u8) -> Result {
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            f.write_str(joint)?;
        }
        part.within(f, least)?;
    }
    Ok(())
}
