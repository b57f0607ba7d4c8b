//! Two texts compared, line by line, with the changed words marked.

use maud::{Markup, html};
use similar::{ChangeTag, DiffOp, TextDiff};

/// Unchanged lines that are shown around a change.
const AROUND: usize = 2;

/// What changed from `old` to `new`; unchanged passages are left out and counted.
pub fn diff(old: &str, new: &str) -> Markup {
    let compared = TextDiff::from_lines(old, new);
    let lines = old.lines().count();
    let groups = compared.grouped_ops(AROUND);
    let mut last = 0;
    let mut parts = Vec::new();
    for group in &groups {
        let from = group.first().map_or(last, |op| op.old_range().start);
        parts.push(skipped(from - last.min(from)));
        parts.extend(group.iter().map(|op| lines_of(&compared, op)));
        last = group.last().map_or(last, |op| op.old_range().end);
    }
    parts.push(skipped(lines - last.min(lines)));
    html! {
        @if groups.is_empty() { p .sub { "The text is the same." } }
        @else { div .diff role="group" aria-label="What changed" { @for part in &parts { (part) } } }
    }
}

fn skipped(lines: usize) -> Markup {
    html! { @if lines > 0 { p .skipped { (lines) @if lines == 1 { " line" } @else { " lines" } " unchanged" } } }
}

fn lines_of<'a>(compared: &TextDiff<'a, 'a, str>, op: &DiffOp) -> Markup {
    html! {
        @for change in compared.iter_inline_changes(op) {
            @let words = html! { @for (marked, words) in change.iter_strings_lossy() { @if marked { mark { (words) } } @else { (words) } } };
            @match change.tag() {
                ChangeTag::Delete => { p { del { span .vh { "Removed: " } (words) } } }
                ChangeTag::Insert => { p { ins { span .vh { "Added: " } (words) } } }
                ChangeTag::Equal => { p { (words) } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::diff;

    #[test]
    fn the_changed_words_are_marked_and_long_sameness_is_counted() {
        let same = (1..=9).map(|at| format!("line {at}\n")).collect::<String>();
        let shown = diff(&format!("{same}Lock the door.\n"), &format!("{same}Lock the gate.\n")).0;
        assert!(shown.contains("<mark>door"), "{shown}");
        assert!(shown.contains("<mark>gate"), "{shown}");
        assert!(shown.contains("7 lines unchanged") && !shown.contains("line 3"), "{shown}");
        assert!(diff("a", "a").0.contains("the same"));
    }
}
