//! The preview pane beside a list: it shows the current row and follows it.

use maud::{Markup, html};

/// The pane, filled with what the current row's preview says.
pub fn pane(label: &str, body: &Markup) -> Markup {
    html! { aside #preview .stack .stick .preview aria-label=(label) data-preview-pane tabindex="0" { (body) } }
}

/// What can be done at once with the current row, in a bar at the foot of the page; `first` is the address and the
/// actions of the row that is current at the beginning.
pub fn acts(label: &str, first: Option<(&str, &Markup)>) -> Markup {
    html! {
        aside #preview .acts aria-label=(label) data-preview-pane data-of=(first.map_or("/", |first| first.0)) { @if let Some((_, body)) = first { (body) } }
    }
}

/// A raw event: its fields in order, with the parts that matched marked.
pub fn raw(fields: &[(&str, Markup)]) -> Markup {
    html! {
        dl .raw tabindex="0" aria-label="Raw event" {
            @for (name, value) in fields { dt .k { (name) } dd .v { (value) } }
        }
    }
}

/// `text` with every occurrence of the parts marked, ignoring ASCII case; the first of overlapping parts wins.
pub fn marked(text: &str, parts: &[&str]) -> Markup {
    let lower = text.to_ascii_lowercase();
    let mut pieces: Vec<(bool, &str)> = Vec::new();
    let mut at = 0;
    while let Some((start, end)) = next_part(&lower, at, parts) {
        pieces.push((false, text.get(at..start).unwrap_or("")));
        pieces.push((true, text.get(start..end).unwrap_or("")));
        at = end;
    }
    pieces.push((false, text.get(at..).unwrap_or("")));
    html! { @for (hit, piece) in pieces { @if hit { mark { (piece) } } @else { (piece) } } }
}

fn next_part(lower: &str, from: usize, parts: &[&str]) -> Option<(usize, usize)> {
    let rest = lower.get(from..)?;
    let found = parts.iter().filter(|part| !part.is_empty());
    found.filter_map(|part| rest.find(&part.to_ascii_lowercase()).map(|at| (from + at, from + at + part.len()))).min()
}

#[cfg(test)]
mod tests {
    use super::marked;

    #[test]
    fn marks_parts_whatever_their_case_and_escapes_the_rest() {
        assert_eq!(marked("a <b> -ENC x", &["-enc"]).0, "a &lt;b&gt; <mark>-ENC</mark> x");
        assert_eq!(marked("größe -enc -enc", &["-enc"]).0, "größe <mark>-enc</mark> <mark>-enc</mark>");
        assert_eq!(marked("nothing", &["", "zzz"]).0, "nothing");
    }
}
