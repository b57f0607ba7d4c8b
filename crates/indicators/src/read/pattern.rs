//! Patterns of STIX: comparisons joined by AND and OR, taken apart into branches that each name what must be seen together.

use crate::class::{Class, Said};
use crate::value::Value;

/// One way of a pattern to match.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Branch {
    /// The value that tells most, and what must be in the same event.
    Values(Value, Vec<Value>),
    /// It cannot be looked for, and why.
    Left(String),
}

/// Branches that a pattern may come to: more would be a pattern made to harm.
const MOST: usize = 1000;
/// Brackets inside each other.
const DEPTH: usize = 50;

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Open(char),
    Close(char),
    Comma,
    /// A path, an operator or a number.
    Word(String),
    Text(String),
}

/// One comparison: a value, or why it cannot be looked for.
type Atom = Result<Value, String>;
/// Alternatives, each of comparisons that hold together.
type Ways = Vec<Vec<Atom>>;

/// Reads a pattern.
///
/// # Errors
/// It is no pattern, with what stands where something else should.
pub(crate) fn read(text: &str) -> Result<Vec<Branch>, String> {
    let mut reader = Reader { tokens: tokens(text)?, at: 0, depth: 0 };
    let ways = reader.observations()?;
    if let Some(more) = reader.next() {
        return Err(format!("after the pattern stands {}", said(&more)));
    }
    Ok(ways.into_iter().map(branch).collect())
}

fn branch(way: Vec<Atom>) -> Branch {
    let mut values = Vec::new();
    for atom in way {
        match atom {
            Ok(value) => values.push(value),
            Err(reason) => return Branch::Left(reason),
        }
    }
    values.sort_by_key(|value| match value.class() {
        Class::Md5 | Class::Sha1 | Class::Sha256 => 0,
        Class::Url => 1,
        Class::Email => 2,
        Class::Domain => 3,
        Class::Ipv4 | Class::Ipv6 => 4,
        Class::File => 5,
    });
    let mut values = values.into_iter();
    match values.next() {
        Some(first) => Branch::Values(first, values.collect()),
        None => Branch::Left("the pattern compares nothing".to_owned()),
    }
}

struct Reader {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

impl Reader {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token
    }

    fn is_word(&self, word: &str) -> bool {
        matches!(self.peek(), Some(Token::Word(own)) if own.eq_ignore_ascii_case(word))
    }

    fn take(&mut self, token: &Token) -> Result<(), String> {
        match self.next() {
            Some(found) if found == *token => Ok(()),
            Some(found) => Err(format!("{} stands where {} should", said(&found), said(token))),
            None => Err(format!("the pattern ends where {} should stand", said(token))),
        }
    }

    /// `[…] OR […]`; what joins several observations otherwise cannot be seen in one event.
    fn observations(&mut self) -> Result<Ways, String> {
        let mut ways = self.observation()?;
        loop {
            if self.is_word("OR") {
                self.at += 1;
                ways.extend(self.observation()?);
            } else if self.is_word("AND") || self.is_word("FOLLOWEDBY") {
                self.at += 1;
                self.observation()?;
                ways = vec![vec![Err("several events together are not looked for".to_owned())]];
            } else {
                return Ok(ways);
            }
        }
    }

    fn observation(&mut self) -> Result<Ways, String> {
        let mut ways = self.bracketed(Token::Open('['), Self::observations)?;
        for qualifier in ["WITHIN", "REPEATS", "START"] {
            if self.is_word(qualifier) {
                let more = |token: &&Token| {
                    matches!(token, Token::Word(word) if word != "OR" && word != "AND" && word != "FOLLOWEDBY")
                        || matches!(token, Token::Text(_))
                };
                self.at += self.tokens.iter().skip(self.at).take_while(more).count();
                ways = vec![vec![Err(format!("a pattern with {qualifier} is not looked for"))]];
            }
        }
        Ok(ways)
    }

    /// `(` with what `inner` reads, or with `open` what comparisons say.
    fn bracketed(&mut self, open: Token, inner: fn(&mut Self) -> Result<Ways, String>) -> Result<Ways, String> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(format!("more than {DEPTH} brackets stand inside each other"));
        }
        let ways = if self.peek() == Some(&Token::Open('(')) {
            self.at += 1;
            let ways = inner(self)?;
            self.take(&Token::Close(')'))?;
            ways
        } else {
            self.take(&open)?;
            let ways = self.any()?;
            self.take(&Token::Close(']'))?;
            ways
        };
        self.depth -= 1;
        Ok(ways)
    }

    fn any(&mut self) -> Result<Ways, String> {
        let mut ways = self.all()?;
        while self.is_word("OR") {
            self.at += 1;
            ways.extend(self.all()?);
        }
        if ways.len() > MOST { Err(format!("it has more than {MOST} branches")) } else { Ok(ways) }
    }

    fn all(&mut self) -> Result<Ways, String> {
        let mut ways = self.one()?;
        while self.is_word("AND") {
            self.at += 1;
            let more = self.one()?;
            if ways.len() * more.len() > MOST {
                return Err(format!("it has more than {MOST} branches"));
            }
            ways = ways.iter().flat_map(|way| more.iter().map(move |other| [way.as_slice(), other].concat())).collect();
        }
        Ok(ways)
    }

    fn one(&mut self) -> Result<Ways, String> {
        if self.peek() == Some(&Token::Open('(')) {
            self.depth += 1;
            if self.depth > DEPTH {
                return Err(format!("more than {DEPTH} brackets stand inside each other"));
            }
            self.at += 1;
            let ways = self.any()?;
            self.take(&Token::Close(')'))?;
            self.depth -= 1;
            return Ok(ways);
        }
        self.comparison()
    }

    fn comparison(&mut self) -> Result<Ways, String> {
        let path = self.word("a path such as domain-name:value")?;
        let mut operator = self.word("an operator such as =")?.to_uppercase();
        if operator == "NOT" {
            operator = format!("NOT {}", self.word("an operator such as =")?.to_uppercase());
        }
        let texts = match self.next() {
            Some(Token::Text(text)) => vec![text],
            Some(Token::Word(word)) => vec![word],
            Some(Token::Open('(')) => self.list()?,
            other => {
                return Err(format!(
                    "{} stands where a value should",
                    other.as_ref().map_or("nothing".to_owned(), said)
                ));
            }
        };
        let plain =
            matches!(operator.as_str(), "=" | "==" | "IN") || (operator == "ISSUBSET" && path.starts_with("ip"));
        if !plain {
            return Ok(vec![vec![Err(format!("a comparison with {operator} is not looked for"))]]);
        }
        let atom = |text: &String| match what(&path) {
            Some(said) => Value::read(said, text).map_err(|reason| reason.0),
            None => Err(format!("{path} is not looked for")),
        };
        Ok(texts.iter().map(|text| vec![atom(text)]).collect())
    }

    fn list(&mut self) -> Result<Vec<String>, String> {
        let mut texts = Vec::new();
        loop {
            match self.next() {
                Some(Token::Text(text) | Token::Word(text)) => texts.push(text),
                Some(Token::Comma) => {}
                Some(Token::Close(')')) => return Ok(texts),
                other => {
                    return Err(format!(
                        "{} stands in a list of values",
                        other.as_ref().map_or("nothing".to_owned(), said)
                    ));
                }
            }
        }
    }

    fn word(&mut self, wanted: &str) -> Result<String, String> {
        match self.next() {
            Some(Token::Word(word)) => Ok(word),
            Some(other) => Err(format!("{} stands where {wanted} should", said(&other))),
            None => Err(format!("the pattern ends where {wanted} should stand")),
        }
    }
}

/// What stands at a path.
fn what(path: &str) -> Option<Said> {
    let (object, rest) = path.split_once(':')?;
    let rest: String = rest.chars().filter(|c| !matches!(c, '\'' | '"' | '-')).collect::<String>().to_lowercase();
    match (object, rest.as_str()) {
        ("ipv4-addr" | "ipv6-addr", "value") => Some(Said::Address),
        ("domain-name", "value") => Some(Said::Domain),
        ("url", "value") => Some(Said::Url),
        ("email-addr", "value") | ("email-message", "from_ref.value" | "sender_ref.value") => Some(Said::Email),
        ("file", "name") => Some(Said::File),
        ("file", "hashes.md5" | "hashes.sha1" | "hashes.sha256") => Some(Said::Hash),
        ("network-traffic", "dst_ref.value" | "src_ref.value") => Some(Said::Nothing),
        _ => None,
    }
}

fn said(token: &Token) -> String {
    match token {
        Token::Open(mark) | Token::Close(mark) => format!("`{mark}`"),
        Token::Comma => "`,`".to_owned(),
        Token::Word(word) => format!("`{word}`"),
        Token::Text(text) => format!("'{text}'"),
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.chars().peekable();
    while let Some(next) = rest.next() {
        match next {
            _ if next.is_whitespace() => {}
            '[' | '(' => tokens.push(Token::Open(next)),
            ']' | ')' => tokens.push(Token::Close(next)),
            ',' => tokens.push(Token::Comma),
            '\'' => tokens.push(Token::Text(quoted(&mut rest)?)),
            '=' | '!' | '<' | '>' => {
                let mut word = next.to_string();
                word.extend(std::iter::from_fn(|| rest.next_if(|c| matches!(c, '=' | '>'))));
                tokens.push(Token::Word(word));
            }
            _ => tokens.push(Token::Word(word(next, &mut rest)?)),
        }
    }
    Ok(tokens)
}

type Chars<'t> = std::iter::Peekable<std::str::Chars<'t>>;

/// A text up to the quote that ends it.
fn quoted(rest: &mut Chars<'_>) -> Result<String, String> {
    let mut text = String::new();
    loop {
        match rest.next() {
            Some('\\') => text.extend(rest.next()),
            Some('\'') => return Ok(text),
            Some(other) => text.push(other),
            None => return Err("a text does not end with `'`".to_owned()),
        }
    }
}

/// A word; a path may hold a quoted part, such as `file:hashes.'SHA-256'`, and an index, such as `x[0]`.
fn word(first: char, rest: &mut Chars<'_>) -> Result<String, String> {
    let mut word = first.to_string();
    while let Some(next) = rest.next_if(|c| !c.is_whitespace() && !"()],=!<>".contains(*c)) {
        match next {
            '\'' => {
                word.push('\'');
                word.push_str(&quoted(rest)?);
                word.push('\'');
            }
            '[' => {
                word.push('[');
                word.extend(std::iter::from_fn(|| rest.next_if(|c| *c != ']')));
                word.extend(rest.next());
            }
            other => word.push(other),
        }
    }
    Ok(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, expected: &[&str]) {
        let show = |branch: Branch| match branch {
            Branch::Values(value, also) => {
                also.iter().fold(format!("{value:?}"), |text, more| format!("{text} + {more:?}"))
            }
            Branch::Left(reason) => format!("- {reason}"),
        };
        let found = read(pattern)
            .map(|all| all.into_iter().map(show).collect())
            .unwrap_or_else(|reason| vec![format!("! {reason}")]);
        assert_eq!(found, expected, "{pattern}");
    }

    const MD5: &str = "d41d8cd98f00b204e9800998ecf8427e";

    #[test]
    fn comparisons_become_branches() {
        check("[ ipv4-addr:value = '10.0.0.0' ]", &["IPv4 10.0.0.0"]);
        check("[domain-name:value IN ('a.example', 'b.example')]", &["domain a.example", "domain b.example"]);
        check(
            "[url:value = 'http://a.example/it\\'s'] OR [ipv6-addr:value='2001:db8::1']",
            &["URL a.example/it's", "IPv6 2001:db8::1"],
        );
        check(
            &format!("[file:name = 'bad.exe' AND file:hashes.'MD5' = '{MD5}']"),
            &[&format!("MD5 {MD5} + file name bad.exe")],
        );
        check(
            &format!("[(file:name = 'aaaa' OR file:name = 'bbbb') AND file:hashes.md5 = '{MD5}']"),
            &[&format!("MD5 {MD5} + file name aaaa"), &format!("MD5 {MD5} + file name bbbb")],
        );
        check("([email-addr:value = 'a@b.example'])", &["e-mail a@b.example"]);
        check("[ipv4-addr:value ISSUBSET '10.0.0.0/8']", &["IPv4 10.0.0.0/8"]);
    }

    #[test]
    fn what_is_not_looked_for_has_a_reason() {
        check("[domain-name:value LIKE '%.example']", &["- a comparison with LIKE is not looked for"]);
        check("[domain-name:value != 'a.example']", &["- a comparison with != is not looked for"]);
        check("[domain-name:value NOT = 'a.example']", &["- a comparison with NOT = is not looked for"]);
        check(
            "[mutex:name = 'x' OR domain-name:value = 'a.example']",
            &["- mutex:name is not looked for", "domain a.example"],
        );
        check("[x:y = 'x' AND domain-name:value = 'a.example']", &["- x:y is not looked for"]);
        check(
            "[url:value = 'http://a.example/'] FOLLOWEDBY [x:y = 1]",
            &["- several events together are not looked for"],
        );
        check("[a:b = 1] WITHIN 5 SECONDS", &["- a pattern with WITHIN is not looked for"]);
        check("[process:arguments[0] = 'x']", &["- process:arguments[0] is not looked for"]);
    }

    #[test]
    fn what_is_no_pattern_says_where() {
        check("[domain-name:value = 'x", &["! a text does not end with `'`"]);
        check("[domain-name:value = 'a.example'", &["! the pattern ends where `]` should stand"]);
        check("domain-name:value", &["! `domain-name:value` stands where `[` should"]);
        check("[a:b] x", &["! `]` stands where an operator such as = should"]);
        check(&"(".repeat(60), &["! more than 50 brackets stand inside each other"]);
    }
}
