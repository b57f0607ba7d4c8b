//! Markdown as parts of a paper.

use crate::{Cell, Part, Run};
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

/// The blocks of a Markdown text. Links within the site begin with `/` and get `base` before them; raw HTML is text.
pub fn parts(markdown: &str, base: &str) -> Vec<Part> {
    let mut reading = Reading { base, ..Reading::default() };
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
        reading.take(event);
    }
    reading.parts
}

#[derive(Default)]
struct Reading<'a> {
    base: &'a str,
    parts: Vec<Part>,
    runs: Vec<Run>,
    bold: usize,
    italic: usize,
    link: Option<String>,
    /// Open lists, and the items so far.
    lists: Vec<bool>,
    items: Vec<(u8, Vec<Run>)>,
    quote: usize,
    code: Option<String>,
    head: Vec<String>,
    rows: Vec<Vec<Cell>>,
    row: Vec<Cell>,
}

impl Reading<'_> {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.open(tag),
            Event::End(tag) => self.close(tag),
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => self.text(&text, false),
            Event::Code(text) => self.text(&text, true),
            Event::SoftBreak | Event::HardBreak => self.text(" ", false),
            Event::Rule => self.parts.push(Part::Line),
            _ => {}
        }
    }

    fn text(&mut self, text: &str, code: bool) {
        if let Some(block) = &mut self.code {
            block.push_str(text);
            return;
        }
        let link = self.link.clone();
        self.runs.push(Run { text: text.to_owned(), bold: self.bold > 0, italic: self.italic > 0, code, link });
    }

    fn open(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Strong => self.bold += 1,
            Tag::Emphasis => self.italic += 1,
            Tag::BlockQuote(_) => self.quote += 1,
            Tag::CodeBlock(_) => self.code = Some(String::new()),
            Tag::List(first) => {
                self.item();
                self.lists.push(first.is_some());
            }
            Tag::Link { dest_url, .. } => {
                let inside = dest_url.starts_with('/') && !dest_url.starts_with("//");
                let whole = ["https://", "http://", "mailto:"].iter().any(|scheme| dest_url.starts_with(scheme));
                self.link = (inside || whole).then(|| format!("{}{dest_url}", if inside { self.base } else { "" }));
            }
            _ => {}
        }
    }

    fn close(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Strong => self.bold -= 1,
            TagEnd::Emphasis => self.italic -= 1,
            TagEnd::Link => self.link = None,
            TagEnd::Heading(level) => {
                let runs = std::mem::take(&mut self.runs);
                self.parts.push(Part::Heading { level: depth(level), runs });
            }
            TagEnd::Paragraph if self.lists.is_empty() => {
                let runs = std::mem::take(&mut self.runs);
                self.parts.push(if self.quote > 0 { Part::Quote { runs } } else { Part::Text { runs } });
            }
            TagEnd::BlockQuote(_) => self.quote -= 1,
            TagEnd::CodeBlock => {
                let text = self.code.take().unwrap_or_default();
                self.parts.push(Part::Code { text: text.trim_end().to_owned() });
            }
            TagEnd::Item => self.item(),
            TagEnd::List(_) => {
                let ordered = self.lists.pop().unwrap_or_default();
                if self.lists.is_empty() {
                    let items = std::mem::take(&mut self.items);
                    self.parts.push(Part::List { ordered, items });
                }
            }
            TagEnd::TableCell => {
                let runs = std::mem::take(&mut self.runs);
                self.row.push(Cell::of(runs));
            }
            TagEnd::TableHead => {
                let words = |cell: Cell| cell.runs.into_iter().map(|run| run.text).collect();
                self.head = std::mem::take(&mut self.row).into_iter().map(words).collect();
            }
            TagEnd::TableRow => self.rows.push(std::mem::take(&mut self.row)),
            TagEnd::Table => {
                let (head, rows) = (std::mem::take(&mut self.head), std::mem::take(&mut self.rows));
                self.parts.push(Part::Table { head, rows });
            }
            _ => {}
        }
    }

    /// Ends the item whose text stands there.
    fn item(&mut self) {
        if !self.lists.is_empty() && !self.runs.is_empty() {
            let depth = u8::try_from(self.lists.len() - 1).unwrap_or(u8::MAX);
            let runs = std::mem::take(&mut self.runs);
            self.items.push((depth, runs));
        }
    }
}

fn depth(level: HeadingLevel) -> u8 {
    (level as u8).clamp(1, 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_and_looks_are_told_apart() {
        let found = parts(
            "# A *day*\n\nOne **two** [three](/r/alert/3) <b>\n\n- a\n  - b\n- c\n\n> said\n\n---\n",
            "https://w.example",
        );
        assert_eq!(found.len(), 5, "{found:?}");
        let Part::Heading { level: 1, runs } = &found[0] else { panic!("{:?}", found[0]) };
        assert!(runs[1].italic && !runs[0].italic);
        let Part::Text { runs } = &found[1] else { panic!("{:?}", found[1]) };
        assert!(runs.iter().any(|run| run.bold && run.text == "two"));
        let link = runs.iter().find(|run| run.text == "three").and_then(|run| run.link.as_deref());
        assert_eq!(link, Some("https://w.example/r/alert/3"));
        assert!(runs.iter().any(|run| run.text == "<b>"), "raw HTML is text");
        let Part::List { ordered: false, items } = &found[2] else { panic!("{:?}", found[2]) };
        assert_eq!(
            items.iter().map(|(depth, runs)| (*depth, runs[0].text.as_str())).collect::<Vec<_>>(),
            [(0, "a"), (1, "b"), (0, "c")]
        );
        assert!(matches!(found[3], Part::Quote { .. }) && matches!(found[4], Part::Line));
    }

    #[test]
    fn a_table_keeps_its_cells_and_bad_links_go() {
        let found = parts("| a | b |\n|---|---|\n| 1 | [x](javascript:alert(1)) |\n", "");
        let Part::Table { head, rows } = &found[0] else { panic!("{found:?}") };
        assert_eq!((head.as_slice(), rows.len()), (["a".to_owned(), "b".to_owned()].as_slice(), 1));
        assert_eq!(rows[0][1].runs[0], Run::plain("x"));
    }
}
