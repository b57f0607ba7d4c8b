//! The cursor over a filter's text: words, names, signs and quoted text.

use super::ast::Op;
use super::error::SyntaxError;
use std::ops::Range;

pub(super) struct Scan<'a> {
    pub text: &'a str,
    pub at: usize,
}

impl<'a> Scan<'a> {
    pub fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub fn skip_space(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    /// Steps over `sign` if it is next.
    pub fn eat(&mut self, sign: &str) -> bool {
        let found = self.rest().starts_with(sign);
        if found {
            self.at += sign.len();
        }
        found
    }

    /// The longest run of characters that `belongs`, and where it stands.
    pub fn run(&mut self, belongs: impl Fn(char) -> bool) -> (&'a str, Range<usize>) {
        let rest = self.rest();
        let length = rest.find(|c| !belongs(c)).unwrap_or(rest.len());
        let start = self.at;
        self.at += length;
        (rest.get(..length).unwrap_or_default(), start..self.at)
    }

    /// A free word, up to space, quote, parenthesis or pipe.
    pub fn word(&mut self) -> (&'a str, Range<usize>) {
        self.run(in_word)
    }

    /// Quoted text after its opening quote at `start`; `""` is one quote.
    pub fn quoted(&mut self) -> Result<(String, Range<usize>), SyntaxError> {
        let start = self.at;
        self.at += 1;
        let mut text = String::new();
        loop {
            let (part, _) = self.run(|c| c != '"');
            text.push_str(part);
            if self.eat("\"\"") {
                text.push('"');
            } else if self.eat("\"") {
                return Ok((text, start..self.at));
            } else {
                return Err(SyntaxError::new(start..start + 1, "this quote is never closed"));
            }
        }
    }

    /// A field's name with its dots, and the sign after it; `None` (and nothing read) if a free word stands here.
    pub fn name_and_sign(&mut self) -> Option<(Vec<String>, Sign)> {
        let start = self.at;
        let read = self.try_name_and_sign();
        if read.is_none() {
            self.at = start;
        }
        read
    }

    fn try_name_and_sign(&mut self) -> Option<(Vec<String>, Sign)> {
        let path = if self.peek() == Some('"') {
            vec![self.quoted().ok()?.0]
        } else {
            let (name, _) = self.run(in_name);
            if !is_name(name) {
                return None;
            }
            name.split('.').map(str::to_string).collect()
        };
        let address = self.rest().starts_with("://") || self.rest().starts_with("::");
        if address || path.iter().any(String::is_empty) {
            return None;
        }
        Some((path, self.sign()?))
    }

    /// A comparison sign; `:>=` means the same as `>=`.
    pub fn sign(&mut self) -> Option<Sign> {
        let plain = [
            ("!=", Sign::Not),
            ("<=", Sign::Op(Op::Le)),
            (">=", Sign::Op(Op::Ge)),
            ("<", Sign::Op(Op::Lt)),
            (">", Sign::Op(Op::Gt)),
        ];
        let one = |scan: &mut Self| plain.into_iter().find_map(|(sign, op)| scan.eat(sign).then_some(op));
        if self.eat(":") {
            return Some(one(self).unwrap_or(Sign::Op(Op::Is)));
        }
        one(self).or_else(|| self.eat("=").then_some(Sign::Op(Op::Is)))
    }
}

/// What stands between a field and its value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Sign {
    Op(Op),
    /// `!=`
    Not,
}

pub(super) fn in_word(c: char) -> bool {
    !c.is_whitespace() && !matches!(c, '"' | '(' | ')' | '|')
}

pub(super) fn in_value(c: char) -> bool {
    in_word(c) && c != ','
}

pub(super) fn in_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '.' | '@' | '-' | '$')
}

/// Whether a name needs no quotes: it begins with a letter, `_` or `@`, and no step between its dots is empty.
pub(super) fn is_name(name: &str) -> bool {
    let begins = name.chars().next().is_some_and(|c| c.is_alphabetic() || matches!(c, '_' | '@'));
    begins && name.chars().all(in_name) && name.split('.').all(|step| !step.is_empty())
}
