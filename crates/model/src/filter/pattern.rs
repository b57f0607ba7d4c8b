//! A text to look for: any case, `*` for any run of characters.

use regex::bytes::{Regex, RegexBuilder};

/// A compiled text pattern. The filter in memory and the filter in the lake share it, so they agree.
#[derive(Debug, Clone)]
pub struct Pattern {
    text: String,
    regex: Regex,
    /// The text is the whole value, and `*` in it any run of characters.
    whole: bool,
}

impl Pattern {
    /// The whole value equals `text`, case aside; `*` stands for any run of characters. `None` if the text is too long to compile.
    pub fn whole(text: &str) -> Option<Self> {
        let parts: Vec<String> = text.split('*').map(regex::escape).collect();
        let found = Self::compile(text, &format!("^(?:{})$", parts.join("(?s-u:.)*?")))?;
        Some(Self { whole: true, ..found })
    }

    /// `text` occurs somewhere, case aside.
    pub fn part(text: &str) -> Option<Self> {
        Self::compile(text, &regex::escape(text))
    }

    fn compile(text: &str, regex: &str) -> Option<Self> {
        let regex = RegexBuilder::new(regex).case_insensitive(true).size_limit(8 << 20).build().ok()?;
        Some(Self { text: text.to_string(), regex, whole: false })
    }

    pub fn matches(&self, value: &[u8]) -> bool {
        self.regex.is_match(value)
    }

    /// The only value that matches, case aside; nothing where others may.
    pub fn exact(&self) -> Option<&str> {
        (self.whole && !self.text.contains('*')).then_some(self.text.as_str())
    }

    /// Texts that occur, case aside, in every value that matches.
    pub fn literals(&self) -> impl Iterator<Item = &str> {
        self.text.split(|letter| self.whole && letter == '*')
    }

    /// The text this was made of.
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.regex.as_str() == other.regex.as_str()
    }
}

impl Eq for Pattern {}

impl std::hash::Hash for Pattern {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.regex.as_str().hash(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_values() {
        let check = |pattern: &str, value: &[u8], expected| {
            assert_eq!(Pattern::whole(pattern).expect("compiles").matches(value), expected, "{pattern} {value:?}");
        };
        check("web1", b"WEB1", true);
        check("web1", b"web12", false);
        check("web*", b"web12", true);
        check("*\\cmd.exe", b"C:\\Windows\\CMD.EXE", true);
        check("*\\cmd.exe", b"C:\\Windows\\cmdXexe", false);
        check("a*z", b"a\n\xff\nz", true);
        check("", b"", true);
        check("", b"x", false);
        check("\u{e9}t\u{e9}", "\u{c9}T\u{c9}".as_bytes(), true);
    }

    #[test]
    fn parts() {
        let check = |pattern: &str, value: &[u8], expected| {
            assert_eq!(Pattern::part(pattern).expect("compiles").matches(value), expected, "{pattern} {value:?}");
        };
        check("failed PASSWORD", b"sshd: Failed password for root", true);
        check("a.b", b"a-b", false);
        check("x", b"\xff\xfeX\xff", true);
        check("", b"", true);
    }

    #[test]
    fn what_every_match_holds() {
        let of = |pattern: Option<Pattern>| pattern.expect("compiles").literals().collect::<Vec<_>>().join("|");
        assert_eq!(of(Pattern::whole("*a*bc")), "|a|bc");
        assert_eq!(of(Pattern::part("a*bc")), "a*bc");
    }
}
