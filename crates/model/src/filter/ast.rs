//! The syntax tree of a filter.

use std::ops::Range;

/// A whole filter: which things, and for events what to make of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    pub filter: Expr,
    /// Only event queries have pipes.
    pub pipes: Vec<Pipe>,
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
    /// `count`, `count by host, user`.
    Count { by: Vec<FieldName> },
    /// `top 10 host`: the most frequent values with their counts.
    Top { count: usize, field: FieldName },
    /// `timechart span=1h by host`: counts per stretch of time; `seconds` is at least one.
    Timechart { seconds: i64, by: Option<FieldName> },
    /// `sort count desc`.
    Sort { field: FieldName, descending: bool },
    /// `head 20`: the first rows.
    Head { count: usize },
}

/// A field named in a pipe, dots included.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldName {
    pub name: String,
    pub span: Range<usize>,
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
