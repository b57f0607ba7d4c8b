//! What can be said of everything an expression matches: a text it holds, and how long it is at least.

use regex_syntax::hir::{Class, Hir, HirKind};

/// The longest text it must hold, in lower case and ASCII, empty where there is none; and its least length in bytes.
pub(super) fn of(hir: &Hir) -> (String, usize) {
    let mut found = Found::default();
    found.walk(hir);
    found.end();
    (found.best, hir.properties().minimum_len().unwrap_or(0))
}

/// The text that is being read, and the longest one so far.
#[derive(Default)]
struct Found {
    run: String,
    best: String,
}

impl Found {
    fn walk(&mut self, hir: &Hir) {
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => {}
            HirKind::Literal(literal) => match std::str::from_utf8(&literal.0) {
                Ok(text) if text.is_ascii() => self.run.push_str(&text.to_ascii_lowercase()),
                _ => self.end(),
            },
            HirKind::Class(class) => match one_letter(class) {
                Some(letter) => self.run.push(letter),
                None => self.end(),
            },
            HirKind::Capture(capture) => self.walk(&capture.sub),
            HirKind::Concat(parts) => parts.iter().for_each(|part| self.walk(part)),
            HirKind::Repetition(repeated) => {
                self.end();
                if repeated.min > 0 {
                    self.walk(&repeated.sub);
                    self.end();
                }
            }
            HirKind::Alternation(_) => self.end(),
        }
    }

    fn end(&mut self) {
        if self.run.len() > self.best.len() {
            self.best = std::mem::take(&mut self.run);
        }
        self.run.clear();
    }
}

/// The ASCII letter, in lower case, that every character of the class is in lower case.
fn one_letter(class: &Class) -> Option<char> {
    let Class::Unicode(class) = class else {
        return None;
    };
    let mut letter = None;
    for range in class.ranges() {
        let mut lower = range.start().to_lowercase();
        let (Some(first), None) = (lower.next(), lower.next()) else { return None };
        if range.start() != range.end() || !first.is_ascii() || letter.is_some_and(|letter| letter != first) {
            return None;
        }
        letter = Some(first);
    }
    letter
}

#[cfg(test)]
mod tests {
    fn of(source: &str) -> (String, usize) {
        super::of(&regex_syntax::Parser::new().parse(source).expect(source))
    }

    #[test]
    fn the_least_length_is_found() {
        for (source, expected) in [("ab?c", 2), (".{1000,}", 1_000), ("^$", 0), ("(?i)\u{212a}", 1)] {
            assert_eq!(of(source).1, expected, "{source}");
        }
    }

    #[test]
    fn the_longest_text_is_found() {
        for (source, expected) in [
            ("whoami", "whoami"),
            ("(?i)WhoAmI", "whoami"),
            ("(?i)kill", "kill"),
            ("(?i)sos", "o"),
            (r"a\d+bcd(x|y)ef", "bcd"),
            (r"^(abc)(de)$", "abcde"),
            (r"(abcdef)?gh", "gh"),
            (r"(abc){2,}", "abc"),
            (r"a|b", ""),
            (r".*", ""),
            (r"ÄBC", ""),
        ] {
            assert_eq!(of(source).0, expected, "{source}");
        }
    }
}
