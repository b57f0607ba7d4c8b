//! What is wrong with a filter, where, and what was probably meant.

use std::ops::Range;

/// A mistake in a filter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message} (at character {}){}", self.at + 1, self.hint())]
pub struct SyntaxError {
    /// Byte offset of the first wrong character; the length of the text where something is missing at its end.
    pub at: usize,
    /// Bytes that are wrong; 0 where something is missing.
    pub length: usize,
    pub message: String,
    /// What to write instead of the wrong bytes.
    pub suggestion: Option<String>,
}

impl SyntaxError {
    pub fn new(span: Range<usize>, message: impl Into<String>) -> Self {
        Self { at: span.start, length: span.end.saturating_sub(span.start), message: message.into(), suggestion: None }
    }

    #[must_use]
    pub fn suggest(mut self, suggestion: impl Into<String>) -> Self {
        self.suggestion = Some(suggestion.into());
        self
    }

    /// `name` is none of `known`: says so, and suggests the nearest.
    pub fn unknown<'a>(what: &str, name: &str, span: Range<usize>, known: impl IntoIterator<Item = &'a str>) -> Self {
        let error = Self::new(span, format!("`{name}` is not a {what}"));
        match nearest(name, known) {
            Some(near) => error.suggest(near),
            None => error,
        }
    }

    /// The text with a line of carets under the wrong characters, for terminals.
    pub fn pointed(&self, text: &str) -> String {
        let before = text.get(..self.at).unwrap_or(text).chars().count();
        let wrong = text.get(self.at..self.at + self.length).map_or(0, |wrong| wrong.chars().count()).max(1);
        format!("{text}\n{}{} {}{}", " ".repeat(before), "^".repeat(wrong), self.message, self.hint())
    }

    fn hint(&self) -> String {
        self.suggestion.as_ref().map(|better| format!("; did you mean `{better}`?")).unwrap_or_default()
    }
}

/// The candidate nearest to a mistyped word, if one is near enough: a third of its letters may differ, at least one.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    let allowed = (word.chars().count() / 3).max(1);
    let far = |candidate: &str| {
        let candidate = candidate.to_lowercase();
        let begins = word.len() > 1 && candidate.starts_with(&word);
        if begins { 1 } else { distance(&word, &candidate) }
    };
    let best = candidates.into_iter().map(|candidate| (far(candidate), candidate)).min_by_key(|(far, _)| *far);
    best.filter(|(far, _)| *far <= allowed).map(|(_, candidate)| candidate)
}

/// Letters to insert, delete, change or swap with their neighbour (optimal string alignment).
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().take(64).collect(), b.chars().take(64).collect());
    let mut two_ago: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let at = |row: &[usize], j: usize| row.get(j).copied().unwrap_or(usize::MAX / 2);
            let mut best = (at(&last, j) + usize::from(x != y)).min(at(&last, j + 1) + 1).min(at(&row, j) + 1);
            let swapped = i > 0 && j > 0 && a.get(i - 1) == Some(y) && b.get(j - 1) == Some(x);
            if swapped {
                best = best.min(at(&two_ago, j - 1) + 1);
            }
            row.push(best);
        }
        two_ago = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_found() {
        let fields = ["severity", "state", "owner", "due", "src_ip"];
        let check = |word, expected| assert_eq!(nearest(word, fields), expected, "{word}");
        check("severty", Some("severity"));
        check("Severity", Some("severity"));
        check("onwer", Some("owner"));
        check("sate", Some("state"));
        check("src", Some("src_ip"));
        check("banana", None);
        check("", None);
    }

    #[test]
    fn carets_stand_under_the_mistake() {
        let error = SyntaxError::unknown("field", "onwer", 5..10, ["owner"]);
        assert_eq!(
            error.pointed("é:x onwer:me"),
            "é:x onwer:me\n    ^^^^^ `onwer` is not a field; did you mean `owner`?"
        );
        assert_eq!(error.to_string(), "`onwer` is not a field (at character 6); did you mean `owner`?");
    }
}
