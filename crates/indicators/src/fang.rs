//! Text that was made harmless for people to pass on (`hxxp://evil[.]example`) is made whole again.

use aho_corasick::{AhoCorasick, MatchKind};
use memchr::memmem::Finder;
use std::borrow::Cow;
use std::sync::OnceLock;

/// What is written, and what is meant. Letter case does not count; the longest at a place holds.
const MEANT: &[(&str, &str)] = &[
    ("hxxp", "http"),
    ("h**p", "http"),
    ("[://]", "://"),
    ("[:]", ":"),
    ("[/]", "/"),
    ("[.]", "."),
    ("(.)", "."),
    ("{.}", "."),
    ("[,]", "."),
    ("[dot]", "."),
    ("(dot)", "."),
    ("{dot}", "."),
    ("[@]", "@"),
    ("(@)", "@"),
    ("[at]", "@"),
    ("(at)", "@"),
    ("{at}", "@"),
];

fn marks() -> Option<&'static AhoCorasick> {
    static MARKS: OnceLock<Option<AhoCorasick>> = OnceLock::new();
    let made = || {
        let mut builder = AhoCorasick::builder();
        builder.ascii_case_insensitive(true).match_kind(MatchKind::LeftmostLongest);
        builder.build(MEANT.iter().map(|(written, _)| written)).ok()
    };
    MARKS.get_or_init(made).as_ref()
}

/// What is looked for in every text; made ready once.
pub(crate) struct Finders {
    pub url: Finder<'static>,
    harmless: [Finder<'static>; 2],
}

pub(crate) fn finders() -> &'static Finders {
    static FINDERS: OnceLock<Finders> = OnceLock::new();
    FINDERS.get_or_init(|| Finders { url: Finder::new("://"), harmless: ["hxxp", "h**p"].map(Finder::new) })
}

/// Whether a text in small letters may have been made harmless: most are passed by quickly.
pub(crate) fn is_marked(small: &[u8]) -> bool {
    let inside = |at: usize| matches!(small.get(at + 1), Some(b':' | b'/' | b'.' | b',' | b'd' | b'@' | b'a'));
    memchr::memchr3_iter(b'[', b'(', b'{', small).any(inside)
        || finders().harmless.iter().any(|word| word.find(small).is_some())
}

/// The text that is meant. What was not made harmless comes back as it was.
///
/// ```
/// assert_eq!(watchkeep_indicators::refang("hxxps://evil[.]example/a"), "https://evil.example/a");
/// ```
pub fn refang(text: &str) -> Cow<'_, str> {
    let Some(marks) = marks().filter(|marks| marks.is_match(text)) else { return Cow::Borrowed(text) };
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for found in marks.find_iter(text) {
        out.push_str(text.get(from..found.start()).unwrap_or_default());
        out.push_str(MEANT.get(found.pattern().as_usize()).map_or("", |(_, meant)| meant));
        from = found.end();
    }
    out.push_str(text.get(from..).unwrap_or_default());
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn harmless_text_is_made_whole() {
        for (written, meant) in [
            ("hxxp://evil[.]example/x", "http://evil.example/x"),
            ("HXXPs[://]a(dot)b[DOT]c", "https://a.b.c"),
            ("10[.]0[.]0[.]1", "10.0.0.1"),
            ("anna[@]evil(.)example", "anna@evil.example"),
            ("anna[at]evil{.}example", "anna@evil.example"),
            ("hxxp[:]//x.example", "http://x.example"),
            ("sshd[123]: plain.example (v2)", "sshd[123]: plain.example (v2)"),
            ("C:\\Users\\.ssh\\dot", "C:\\Users\\.ssh\\dot"),
        ] {
            assert_eq!(refang(written), meant);
            assert!(written == meant || is_marked(written.to_ascii_lowercase().as_bytes()), "{written}");
        }
    }
}
