//! The syntax tree of a filter.

use super::calc::Calc;
use std::ops::Range;

/// A whole filter: which things, and for events what to make of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    pub filter: Expr,
    /// Only event queries have pipes.
    pub pipes: Vec<Pipe>,
}

impl Query {
    /// Whether every step keeps an event as it is, or leaves it out, whatever other events there are: the newest first.
    pub fn keeps_order(&self) -> bool {
        self.pipes.iter().all(|pipe| matches!(pipe, Pipe::Where { .. } | Pipe::Eval { .. }))
    }

    /// Columns that steps made, in order, and whether they are those of a table, beside which there are no others.
    pub fn columns(&self) -> (Vec<String>, bool) {
        let (mut columns, mut table) = (Vec::new(), false);
        let names = |fields: &[FieldName]| fields.iter().map(|field| field.name.clone()).collect::<Vec<_>>();
        let sums = |of: &[Aggregate]| of.iter().map(Aggregate::column).collect::<Vec<_>>();
        let count = || vec!["count".to_owned()];
        for pipe in &self.pipes {
            let counted = match pipe {
                Pipe::Eval { set } => {
                    columns.extend(set.iter().map(|(name, _)| name.name.clone()));
                    continue;
                }
                Pipe::Stats { of, by } => [names(by), sums(of)].concat(),
                Pipe::Count { by } => [names(by), count()].concat(),
                Pipe::Rank { fields, by, .. } => [names(by), names(fields), count()].concat(),
                Pipe::Timechart { of, by, .. } => {
                    let series = by.as_ref().map(|name| name.name.clone());
                    let sums = if of.is_empty() { count() } else { sums(of) };
                    std::iter::once("time".to_owned()).chain(series).chain(sums).collect()
                }
                Pipe::Join { .. } => {
                    columns.push("gap".to_owned());
                    continue;
                }
                Pipe::Where { .. } | Pipe::Dedup { .. } | Pipe::Sort { .. } | Pipe::Head { .. } => continue,
            };
            (columns, table) = (counted, true);
        }
        let mut seen = std::collections::HashSet::new();
        columns.retain(|name| seen.insert(name.to_lowercase()));
        (columns, table)
    }
}

/// A condition. Spans are byte offsets into the parsed text.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    /// No condition: empty text, or `*`.
    All,
    And(Vec<Expr>),
    Or(Vec<Expr>),
    Not(Box<Expr>),
    /// A free word or a "quoted phrase".
    Text {
        text: String,
        span: Range<usize>,
    },
    Term(Term),
}

/// `field:value`, `field>=value`.
#[derive(Debug, Clone, PartialEq)]
pub struct Term {
    /// The name split at its dots: `asset.owner` is two steps. Never empty.
    pub path: Vec<String>,
    pub op: Op,
    /// At least one; exactly one unless `op` is `Is`.
    pub values: Vec<Value>,
    pub span: Range<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    /// `:` or `=`; several values mean any of them.
    Is,
    Lt,
    Le,
    Gt,
    Ge,
}

/// A value as written, without its quotes. `none`, `any` and `me` have a meaning only when not quoted.
#[derive(Debug, Clone, PartialEq)]
pub struct Value {
    pub text: String,
    pub quoted: bool,
    pub span: Range<usize>,
}

/// One step after a `|`.
#[derive(Debug, Clone, PartialEq)]
pub enum Pipe {
    /// `where len(user) > 8`: the rows for which it holds.
    Where { test: Calc },
    /// `eval kb = bytes / 1024, who = lower(user)`: new columns, or old ones anew, one after another.
    Eval { set: Vec<(FieldName, Calc)> },
    /// `stats count, dc(user) as users by host`: one row a group.
    Stats { of: Vec<Aggregate>, by: Vec<FieldName> },
    /// `count`, `count by host, user`: the largest group first.
    Count { by: Vec<FieldName> },
    /// `top 10 host, user by source`: the most frequent values with their counts.
    Rank { which: Rank, count: usize, fields: Vec<FieldName>, by: Vec<FieldName> },
    /// `timechart span=1h dc(user) by host limit=5`: a row for each stretch of time and each of the series with most
    /// rows; the rest is one series. `seconds` is at least one.
    Timechart { seconds: i64, of: Vec<Aggregate>, by: Option<FieldName>, limit: usize },
    /// `dedup host, user`: the first row of each.
    Dedup { fields: Vec<FieldName> },
    /// `sort -count, host`.
    Sort { keys: Vec<SortKey> },
    /// `head 20`: the first rows.
    Head { count: usize },
    /// `join by user within=10m (code:4625)`: each row with the nearest event of another filter that is about the same.
    Join { by: Vec<Pair>, seconds: i64, with: Expr },
}

/// Which values of a field are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rank {
    Top,
    Rare,
}

/// `sum(bytes) as total`.
#[derive(Debug, Clone, PartialEq)]
pub struct Aggregate {
    pub function: Measure,
    /// What it is of; only `count` needs nothing.
    pub of: Option<Calc>,
    /// The column's name; it has one of itself where `of` is a field.
    pub name: Option<FieldName>,
    pub span: Range<usize>,
}

/// What a group is summed up by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Rows; of a field those that have it, of a condition those for which it holds.
    Count,
    /// Distinct values.
    Distinct,
    Sum,
    Average,
    /// Of texts: among those that are numbers, if there are any.
    Min,
    Max,
    Median,
    /// The value below which so many of a hundred lie, between two values in proportion; 0 to 100.
    Percentile(u8),
    /// The first and the last value in the order of the rows.
    First,
    Last,
    /// The value at the earliest and at the latest time.
    Earliest,
    Latest,
    /// The distinct values in order, joined by `, `; at most a hundred.
    Values,
}

#[derive(Debug, Clone, PartialEq)]
pub struct SortKey {
    pub field: FieldName,
    pub descending: bool,
}

/// A field of the rows and the field of the joined events that must be the same.
#[derive(Debug, Clone, PartialEq)]
pub struct Pair {
    pub field: FieldName,
    pub other: FieldName,
}

/// A field named in a pipe, dots included.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldName {
    pub name: String,
    pub span: Range<usize>,
}

impl FieldName {
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), span: 0..0 }
    }
}

impl Measure {
    pub(super) const NAMES: [(&'static str, Self); 13] = [
        ("count", Self::Count),
        ("dc", Self::Distinct),
        ("sum", Self::Sum),
        ("avg", Self::Average),
        ("min", Self::Min),
        ("max", Self::Max),
        ("median", Self::Median),
        ("perc95", Self::Percentile(95)),
        ("first", Self::First),
        ("last", Self::Last),
        ("earliest", Self::Earliest),
        ("latest", Self::Latest),
        ("values", Self::Values),
    ];

    /// `perc95`, and `p95` for short, take any whole number to 100.
    pub fn named(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        let digits = name.strip_prefix("perc").or_else(|| name.strip_prefix('p'));
        let share = digits.filter(|digits| digits.bytes().all(|b| b.is_ascii_digit())).and_then(|d| d.parse().ok());
        match share {
            Some(share @ 0..=100) => Some(Self::Percentile(share)),
            _ => Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, measure)| *measure),
        }
    }

    pub fn name(self) -> String {
        match self {
            Self::Percentile(share) => format!("perc{share}"),
            _ => Self::NAMES.iter().find(|(_, known)| *known == self).map_or("", |(name, _)| name).to_owned(),
        }
    }
}

impl Aggregate {
    /// The column's name: as given, or `count`, `dc_user`.
    pub fn column(&self) -> String {
        let own = || match self.of.as_ref().and_then(Calc::as_field) {
            Some(field) => format!("{}_{field}", self.function.name()),
            None => self.function.name(),
        };
        self.name.as_ref().map_or_else(own, |name| name.name.clone())
    }
}

impl Term {
    /// The name with its dots: `asset.owner`.
    pub fn name(&self) -> String {
        self.path.join(".")
    }

    /// Bytes of the name alone within the parsed text, for errors about the field.
    pub fn name_span(&self) -> Range<usize> {
        let end = self.span.start + self.path.iter().map(|step| step.len() + 1).sum::<usize>();
        self.span.start..end.saturating_sub(1).min(self.span.end)
    }
}

impl Op {
    /// The sign as written: `>=`.
    pub fn sign(self) -> &'static str {
        match self {
            Op::Is => ":",
            Op::Lt => "<",
            Op::Le => "<=",
            Op::Gt => ">",
            Op::Ge => ">=",
        }
    }

    /// Whether a value that stands in `order` to the bound fulfils the comparison.
    pub fn accepts(self, order: std::cmp::Ordering) -> bool {
        match self {
            Op::Is => order.is_eq(),
            Op::Lt => order.is_lt(),
            Op::Le => order.is_le(),
            Op::Gt => order.is_gt(),
            Op::Ge => order.is_ge(),
        }
    }
}

impl Value {
    /// The two ends of `a..b`, both included; an end is empty where it is open (`5..`). `None` if this is no range.
    pub fn range(&self) -> Option<(&str, &str)> {
        let (from, to) = self.text.split_once("..")?;
        let one_cut = !to.contains("..") && !(from.is_empty() && to.is_empty());
        (one_cut && !self.quoted).then_some((from, to))
    }

    /// Whether this is the bare word, such as `none`; a quoted one is ordinary text.
    pub fn is_word(&self, word: &str) -> bool {
        !self.quoted && self.text.eq_ignore_ascii_case(word)
    }
}
