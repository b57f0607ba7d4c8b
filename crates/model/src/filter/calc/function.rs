//! The functions that calculations know, by name, with how many arguments each takes.

use std::ops::RangeInclusive;

/// A function of a calculation; [`Function::ALL`] has their names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Function {
    If,
    Case,
    Coalesce,
    Lower,
    Upper,
    Trim,
    Len,
    Substr,
    Replace,
    Split,
    Concat,
    Contains,
    Starts,
    Ends,
    Matches,
    Extract,
    Cidr,
    Number,
    Text,
    Round,
    Floor,
    Ceil,
    Abs,
    Least,
    Greatest,
    Bucket,
    Hour,
    Weekday,
    Date,
    Seconds,
    Absent,
    Present,
    Base64,
    Entropy,
}

const MANY: usize = 64;

impl Function {
    /// Each with its name, how it is called, and how many arguments it takes.
    pub const ALL: [(Self, &str, &str, RangeInclusive<usize>); 34] = [
        (Self::If, "if", "if(condition, then, else)", 3..=3),
        (Self::Case, "case", "case(condition, value, …, else)", 2..=MANY),
        (Self::Coalesce, "coalesce", "coalesce(value, …)", 1..=MANY),
        (Self::Lower, "lower", "lower(text)", 1..=1),
        (Self::Upper, "upper", "upper(text)", 1..=1),
        (Self::Trim, "trim", "trim(text)", 1..=1),
        (Self::Len, "len", "len(text)", 1..=1),
        (Self::Substr, "substr", "substr(text, start, length)", 2..=3),
        (Self::Replace, "replace", "replace(text, what, with)", 3..=3),
        (Self::Split, "split", "split(text, separator, n)", 3..=3),
        (Self::Concat, "concat", "concat(value, …)", 1..=MANY),
        (Self::Contains, "contains", "contains(text, part)", 2..=2),
        (Self::Starts, "starts", "starts(text, part)", 2..=2),
        (Self::Ends, "ends", "ends(text, part)", 2..=2),
        (Self::Matches, "matches", "matches(text, \"regex\")", 2..=2),
        (Self::Extract, "extract", "extract(text, \"regex\")", 2..=2),
        (Self::Cidr, "cidr", "cidr(address, \"10.0.0.0/8\", …)", 2..=MANY),
        (Self::Number, "number", "number(value)", 1..=1),
        (Self::Text, "text", "text(value)", 1..=1),
        (Self::Round, "round", "round(number, digits)", 1..=2),
        (Self::Floor, "floor", "floor(number)", 1..=1),
        (Self::Ceil, "ceil", "ceil(number)", 1..=1),
        (Self::Abs, "abs", "abs(number)", 1..=1),
        (Self::Least, "least", "least(number, …)", 1..=MANY),
        (Self::Greatest, "greatest", "greatest(number, …)", 1..=MANY),
        (Self::Bucket, "bucket", "bucket(time, 1h)", 2..=2),
        (Self::Hour, "hour", "hour(time)", 1..=1),
        (Self::Weekday, "weekday", "weekday(time)", 1..=1),
        (Self::Date, "date", "date(time)", 1..=1),
        (Self::Seconds, "seconds", "seconds(time)", 1..=1),
        (Self::Absent, "absent", "absent(value)", 1..=1),
        (Self::Present, "present", "present(value)", 1..=1),
        (Self::Base64, "base64", "base64(text)", 1..=1),
        (Self::Entropy, "entropy", "entropy(text)", 1..=1),
    ];

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known, ..)| known.eq_ignore_ascii_case(name)).map(|(function, ..)| *function)
    }

    pub fn name(self) -> &'static str {
        self.entry().map_or("", |(_, name, ..)| name)
    }

    /// How it is called, such as `substr(text, start, length)`.
    pub fn usage(self) -> &'static str {
        self.entry().map_or("", |(_, _, usage, _)| usage)
    }

    pub(super) fn takes(self, arguments: usize) -> bool {
        self.entry().is_some_and(|(.., takes)| takes.contains(&arguments))
    }

    fn entry(self) -> Option<&'static (Self, &'static str, &'static str, RangeInclusive<usize>)> {
        const { &Self::ALL }.iter().find(|(function, ..)| *function == self)
    }
}
