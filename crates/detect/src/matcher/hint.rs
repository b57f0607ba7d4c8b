//! Whether one of several texts may stand in another, told without putting that one in lower case first.

use aho_corasick::packed::Searcher;
use memchr::memmem::Finder;
use std::collections::{BTreeMap, BTreeSet};

/// A few bytes of each text, in every case they may be written in: where none of them is, none of the texts is.
#[derive(Debug)]
pub(super) struct Hint {
    /// Two signs that many of the texts have side by side.
    signs: Option<Finder<'static>>,
    /// Of the other texts.
    parts: Option<Searcher>,
}

/// Bytes that are looked for of a text.
const WIDTH: usize = 3;
/// With more than so many the search is no faster than one for the texts.
const MOST: usize = 32;
/// Texts with the same two signs that are worth a search of their own.
const MANY: usize = 4;
/// Letters and digits by how often logs have them, and then signs, which seldom stand side by side.
const FREQUENT: &[u8] = br"etaoinsrcldmup0wf1235h4g6b8v7y9kx- .\_/:";

type Part = [u8; WIDTH];

impl Hint {
    /// A hint of `texts`, which are in lower case; `None` where one has no three bytes of ASCII, or they are too many.
    pub(super) fn new(texts: &[&str]) -> Option<Self> {
        let mut left = texts.to_vec();
        let common = counted(&left, signs).into_iter().max_by_key(|(_, held)| *held);
        let common = common.filter(|(_, held)| *held >= MANY).map(|(signs, _)| signs);
        left.retain(|text| !signs(text).any(|own| Some(own) == common));
        let mut written: Vec<Part> = Vec::new();
        while !left.is_empty() {
            let part = best(&left)?;
            written.extend(cases(part));
            left.retain(|text| !parts(text).any(|own| own == part));
        }
        let parts = if written.is_empty() { None } else { Some(Searcher::new(&written)?) };
        let hint = Self { signs: common.map(|signs| Finder::new(&signs).into_owned()), parts };
        (written.len() <= MOST && (hint.signs.is_some() || hint.parts.is_some())).then_some(hint)
    }

    /// Whether `text` may hold one of them, in whatever case.
    pub(super) fn may_be_in(&self, text: &str) -> bool {
        self.signs.as_ref().is_some_and(|signs| signs.find(text.as_bytes()).is_some())
            || self.parts.as_ref().is_some_and(|parts| parts.find(text).is_some())
            || becomes_ascii(text)
    }
}

/// Two signs side by side.
fn signs(text: &str) -> impl Iterator<Item = [u8; 2]> {
    let pairs = text.as_bytes().windows(2).filter_map(|pair| <[u8; 2]>::try_from(pair).ok());
    pairs.filter(|pair| pair.iter().all(u8::is_ascii_punctuation))
}

fn parts(text: &str) -> impl Iterator<Item = Part> {
    let parts = text.as_bytes().windows(WIDTH).filter_map(|part| Part::try_from(part).ok());
    parts.filter(|part| part.is_ascii())
}

/// What texts have, and how many of them.
fn counted<'t, T: Ord, I: Iterator<Item = T>>(texts: &[&'t str], of: impl Fn(&'t str) -> I) -> BTreeMap<T, usize> {
    let mut holds = BTreeMap::new();
    for text in texts {
        let own: BTreeSet<T> = of(text).collect();
        own.into_iter().for_each(|part| *holds.entry(part).or_default() += 1);
    }
    holds
}

/// The part that tells most of these texts and is rare in logs.
fn best(texts: &[&str]) -> Option<Part> {
    let price = |(part, held): &(Part, usize)| frequency(*part) * cases(*part).len() * 1_000 / (held * held);
    counted(texts, parts).into_iter().min_by_key(price).map(|(part, _)| part)
}

/// About how often a log has these bytes in this order; only the order of the numbers counts.
fn frequency(part: Part) -> usize {
    let rank = |byte: u8| FREQUENT.iter().position(|known| *known == byte).map_or(1, |at| FREQUENT.len() + 1 - at);
    part.into_iter().map(rank).product()
}

/// Every way to write these small letters.
fn cases(part: Part) -> Vec<Part> {
    let mut ways = vec![part];
    for at in 0..WIDTH {
        let large = ways.clone().into_iter().filter_map(|mut way| {
            let byte = way.get_mut(at).filter(|byte| byte.is_ascii_lowercase())?;
            byte.make_ascii_uppercase();
            Some(way)
        });
        ways.extend(large);
    }
    ways
}

/// Letters beyond ASCII that become one within when they are put in lower case.
const KELVIN: &[u8] = "\u{212a}".as_bytes();
const DOTTED: &[u8] = "\u{130}".as_bytes();

fn becomes_ascii(text: &str) -> bool {
    let text = text.as_bytes();
    let is = |at: usize| text.get(at..).is_some_and(|rest| rest.starts_with(KELVIN) || rest.starts_with(DOTTED));
    memchr::memchr2_iter(0xe2, 0xc4, text).any(is)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_never_leaves_out_a_text() {
        let texts = ["sekurlsa::", "gentilkiwi.com", "esx admins", r"\perfc.dat", "kiwi legit"];
        let hint = Hint::new(&texts).expect("a hint");
        for text in texts {
            for written in [text.to_owned(), text.to_uppercase(), text.replace('k', "\u{212a}").replace('i', "\u{130}")]
            {
                let line = format!("ü before {written} and after it");
                assert!(hint.may_be_in(&line), "{line}");
            }
        }
        assert!(!hint.may_be_in("Ein Dienst wurde geändert: C:\\Windows\\System32\\svchost.exe -k netsvcs"));
    }

    #[test]
    fn only_letters_that_are_known_become_ascii() {
        let into = ('\u{80}'..=char::MAX).filter(|sign| sign.to_lowercase().any(|low| low.is_ascii()));
        assert_eq!(into.collect::<Vec<_>>(), ['\u{130}', '\u{212a}']);
    }

    #[test]
    fn too_short_or_too_many_have_none() {
        assert!(Hint::new(&["ab"]).is_none() && Hint::new(&["äöü"]).is_none());
        let many: Vec<String> = (0..40_u8).map(|at| format!("{at}{0}{at}", char::from(b'!' + at))).collect();
        assert!(Hint::new(&many.iter().map(String::as_str).collect::<Vec<_>>()).is_none());
        assert!(Hint::new(&[]).is_none());
    }
}
