//! Markdown as it is read: headings with a table of contents, lists, tables, links; never a tag or script of the writer's.

use maud::{Markup, PreEscaped, html};
use pulldown_cmark::{CodeBlockKind, CowStr, Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd};

/// From so many headings on, a text has a table of contents.
const LONG: usize = 4;

/// One heading of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// 1 for the largest.
    pub level: u8,
    pub words: String,
    /// The `id` it has in the page.
    pub anchor: String,
}

/// A text ready to be shown.
#[derive(Debug)]
pub struct Text {
    pub body: Markup,
    pub headings: Vec<Heading>,
}

/// Reads a text; tags in it are shown as they were typed.
pub fn read(text: &str) -> Text {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let events: Vec<Event<'_>> = Parser::new_ext(text, options).map(harmless).collect();
    let headings = headings(&events);
    let mut waiting = headings.iter();
    let shown = events.into_iter().map(|event| match event {
        Event::Start(Tag::Heading { level, classes, attrs, .. }) => {
            let id = waiting.next().map(|heading| CowStr::from(heading.anchor.clone()));
            Event::Start(Tag::Heading { level: below(level), id, classes, attrs })
        }
        Event::End(TagEnd::Heading(level)) => Event::End(TagEnd::Heading(below(level))),
        other => other,
    });
    let mut body = String::with_capacity(text.len() * 3 / 2);
    pulldown_cmark::html::push_html(&mut body, shown);
    let body = body.replace("<table>", "<div class=\"scroll\"><table>").replace("</table>", "</table></div>");
    Text { body: PreEscaped(body), headings }
}

/// A part of a text in which some fenced blocks are more than code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece<'a> {
    Words(&'a str),
    /// What stands behind the name of the block, and its lines.
    Block {
        more: String,
        text: String,
    },
}

/// A text cut at its fenced blocks of this name; those inside of lists and quotations are code.
pub fn pieces<'a>(text: &'a str, name: &str) -> Vec<Piece<'a>> {
    let (mut pieces, mut deep, mut done) = (Vec::new(), 0, 0);
    let mut open: Option<(String, String)> = None;
    for (event, place) in Parser::new(text).into_offset_iter() {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) if deep == 0 => {
                let (first, more) = info.split_once(char::is_whitespace).unwrap_or((&info, ""));
                open = (first == name).then(|| (more.trim().to_owned(), String::new()));
                deep += 1;
                if open.is_some() {
                    pieces.push(Piece::Words(text.get(done..place.start).unwrap_or_default()));
                }
            }
            Event::Text(line) => {
                if let Some((_, lines)) = &mut open {
                    lines.push_str(&line);
                }
            }
            Event::Start(_) => deep += 1,
            Event::End(_) => {
                deep -= 1;
                if let Some((more, lines)) = open.take() {
                    pieces.push(Piece::Block { more, text: lines.trim().to_owned() });
                    done = place.end;
                }
            }
            _ => {}
        }
    }
    pieces.push(Piece::Words(text.get(done..).unwrap_or_default()));
    pieces.retain(|piece| !matches!(piece, Piece::Words(words) if words.trim().is_empty()));
    pieces
}

/// The table of contents of a long text; nothing for a short one.
pub fn contents(text: &Text) -> Markup {
    if text.headings.len() < LONG {
        return html! {};
    }
    html! {
        nav .contents aria-label="Contents" {
            h2 { "Contents" }
            ol { @for heading in &text.headings { li .deep[heading.level > 1] { a href={ "#" (heading.anchor) } { (heading.words) } } } }
        }
    }
}

/// Tags become text, pictures their words, and links go to pages only.
fn harmless(event: Event<'_>) -> Event<'_> {
    match event {
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        Event::Start(Tag::Image { .. }) => Event::Start(Tag::Emphasis),
        Event::End(TagEnd::Image) => Event::End(TagEnd::Emphasis),
        Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
            let dest_url = if leads(link_type, &dest_url) { dest_url } else { CowStr::from("#") };
            Event::Start(Tag::Link { link_type, dest_url, title, id })
        }
        other => other,
    }
}

fn leads(link: LinkType, address: &str) -> bool {
    let address = address.trim().to_ascii_lowercase();
    let inside = (address.starts_with('/') && !address.starts_with("//")) || address.starts_with('#');
    let outside = ["https://", "http://", "mailto:"].iter().any(|scheme| address.starts_with(scheme));
    link == LinkType::Email || inside || outside
}

fn headings(events: &[Event<'_>]) -> Vec<Heading> {
    let mut found: Vec<Heading> = Vec::new();
    let mut open = None;
    for event in events {
        match event {
            Event::Start(Tag::Heading { level, .. }) => open = Some((*level as u8, String::new())),
            Event::Text(words) | Event::Code(words) => {
                if let Some((_, text)) = &mut open {
                    text.push_str(words);
                }
            }
            Event::End(TagEnd::Heading(_)) => {
                if let Some((level, words)) = open.take() {
                    let anchor = format!("s{}-{}", found.len() + 1, slug(&words));
                    found.push(Heading { level, words, anchor });
                }
            }
            _ => {}
        }
    }
    found
}

fn slug(words: &str) -> String {
    let plain = words.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' });
    plain.take(40).collect::<String>().trim_matches('-').to_owned()
}

/// The page's own heading is the first; those of a text come below it.
fn below(level: HeadingLevel) -> HeadingLevel {
    match level {
        HeadingLevel::H1 => HeadingLevel::H2,
        HeadingLevel::H2 => HeadingLevel::H3,
        HeadingLevel::H3 => HeadingLevel::H4,
        HeadingLevel::H4 => HeadingLevel::H5,
        HeadingLevel::H5 | HeadingLevel::H6 => HeadingLevel::H6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(read(text).body.0.trim(), expected, "{text}");
    }

    #[test]
    fn blocks_of_a_name_are_cut_out() {
        let text = "Look:\n\n```query last=7d\ncode:1\n| count by host\n```\n\nThen\n```sh\nls\n```\n- a\n  ```query\n  inside\n  ```\n\n```query\nopen";
        let block = |more: &str, text: &str| Piece::Block { more: more.to_owned(), text: text.to_owned() };
        let found = pieces(text, "query");
        assert_eq!(found[0], Piece::Words("Look:\n\n"));
        assert_eq!(found[1], block("last=7d", "code:1\n| count by host"));
        assert!(matches!(found[2], Piece::Words(words) if words.contains("```sh") && words.contains("inside")));
        assert_eq!(found[3..], [block("", "open")]);
        assert_eq!(pieces("just words", "query"), [Piece::Words("just words")]);
        assert_eq!(pieces("", "query"), []);
    }

    #[test]
    fn words_lists_and_tables_are_shown_as_such() {
        check("Lock **it**.", "<p>Lock <strong>it</strong>.</p>");
        check("# Purpose", "<h2 id=\"s1-purpose\">Purpose</h2>");
        check("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>");
        assert!(read("|a|b|\n|-|-|\n|1|2|").body.0.contains("<div class=\"scroll\"><table>"));
    }

    #[test]
    fn nothing_of_the_writer_runs() {
        check("a <b>c</b>", "<p>a &lt;b&gt;c&lt;/b&gt;</p>");
        check("[x](javascript:alert(1))", "<p><a href=\"#\">x</a></p>");
        check("[x](//evil.example)", "<p><a href=\"#\">x</a></p>");
        check("![plan](https://e.example/p.png)", "<p><em>plan</em></p>");
        assert!(!read("<script>alert(1)</script>\n\n<img src=x onerror=alert(1)>").body.0.contains("<script"));
        assert!(!read("<img src=x onerror=alert(1)>").body.0.contains("<img"));
        check("[x](https://e.example)", "<p><a href=\"https://e.example\">x</a></p>");
    }

    #[test]
    fn a_long_text_has_contents_whose_links_lead_somewhere() {
        let text = read("# One\n## Two\n### Two `a`\n# One\n");
        let listed = contents(&text).0;
        for heading in &text.headings {
            assert!(listed.contains(&format!("href=\"#{}\"", heading.anchor)), "{heading:?}");
            assert!(text.body.0.contains(&format!("id=\"{}\"", heading.anchor)), "{heading:?}");
        }
        assert_eq!(text.headings.len(), 4);
        assert!(contents(&read("# One")).0.is_empty());
    }
}
