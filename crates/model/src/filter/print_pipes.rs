//! The canonical text of the steps after `|`.

use super::ast::{Aggregate, FieldName, Pair, Pipe, Rank, SortKey};
use super::print::quoted;
use super::scan::is_name;
use std::fmt::{Display, Formatter, Result};

/// Words that mean something between the fields of a step.
pub(super) const WORDS: [&str; 4] = ["by", "as", "desc", "asc"];

impl Display for FieldName {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let word = WORDS.iter().any(|word| self.name.eq_ignore_ascii_case(word));
        if is_name(&self.name) && !word { f.write_str(&self.name) } else { quoted(f, &self.name) }
    }
}

impl Display for Pipe {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Pipe::Where { test } => write!(f, "where {test}"),
            Pipe::Eval { set } => {
                let all: Vec<String> = set.iter().map(|(name, calc)| format!("{name} = {calc}")).collect();
                write!(f, "eval {}", all.join(", "))
            }
            Pipe::Stats { of, by } => {
                write!(f, "stats {}", list(of))?;
                grouped(f, by)
            }
            Pipe::Count { by } => {
                f.write_str("count")?;
                grouped(f, by)
            }
            Pipe::Rank { which, count, fields, by } => {
                let name = if *which == Rank::Top { "top" } else { "rare" };
                write!(f, "{name} {count} {}", list(fields))?;
                grouped(f, by)
            }
            Pipe::Timechart { seconds, of, by, limit } => {
                write!(f, "timechart span={}", length(*seconds))?;
                if !of.is_empty() {
                    write!(f, " {}", list(of))?;
                }
                by.iter().try_for_each(|field| write!(f, " by {field} limit={limit}"))
            }
            Pipe::Dedup { fields } => write!(f, "dedup {}", list(fields)),
            Pipe::Sort { keys } => write!(f, "sort {}", list(keys)),
            Pipe::Head { count } => write!(f, "head {count}"),
            Pipe::Join { by, seconds, with } => write!(f, "join by {} within={} ({with})", list(by), length(*seconds)),
        }
    }
}

impl Display for Aggregate {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(&self.function.name())?;
        self.of.iter().try_for_each(|of| write!(f, "({of})"))?;
        self.name.iter().try_for_each(|name| write!(f, " as {name}"))
    }
}

impl Display for SortKey {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        write!(f, "{}{}", if self.descending { "-" } else { "" }, self.field)
    }
}

impl Display for Pair {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        self.field.fmt(f)?;
        if self.field.name == self.other.name { Ok(()) } else { write!(f, "={}", self.other) }
    }
}

fn list<T: Display>(items: &[T]) -> String {
    items.iter().map(T::to_string).collect::<Vec<_>>().join(", ")
}

fn grouped(f: &mut Formatter<'_>, by: &[FieldName]) -> Result {
    if by.is_empty() { Ok(()) } else { write!(f, " by {}", list(by)) }
}

/// In the largest unit that fits: `90m`.
fn length(seconds: i64) -> String {
    let units = [(604_800, "w"), (86_400, "d"), (3_600, "h"), (60, "m"), (1, "s")];
    let (unit, letter) = units.into_iter().find(|(unit, _)| seconds % unit == 0).unwrap_or((1, "s"));
    format!("{}{letter}", seconds / unit)
}
