//! Where the cursor stands in a filter being typed, for completion.

use super::pipes::STEPS;
use super::scan::{Scan, in_value, in_word};
use std::ops::Range;

/// What could be completed at the cursor.
#[derive(Debug, Clone, PartialEq)]
pub struct Context {
    pub place: Place,
    /// What is typed so far, without an opening quote.
    pub prefix: String,
    /// Bytes a completion replaces, an opening quote included.
    pub replace: Range<usize>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Place {
    /// A field's name (or a free word).
    Field,
    /// A value of this field.
    Value { field: String },
    /// The name of a step after `|`.
    Pipe,
    /// Inside a quoted phrase or another place where nothing is offered.
    Elsewhere,
}

/// Says what is being typed at `cursor`, a byte offset; one beyond the text means its end.
pub fn context(text: &str, cursor: usize) -> Context {
    let mut cursor = cursor.min(text.len());
    while !text.is_char_boundary(cursor) {
        cursor -= 1;
    }
    let mut scan = Scan { text: text.get(..cursor).unwrap_or_default(), at: 0 };
    let mut in_pipes = false;
    loop {
        scan.skip_space();
        let start = scan.at;
        match scan.peek() {
            None => return found(text, Place::Field, start, cursor),
            Some('|') => {
                scan.eat("|");
                scan.skip_space();
                let (step, span) = scan.run(in_value);
                in_pipes = true;
                if span.end == cursor && !step.ends_with(char::is_whitespace) {
                    return found(text, Place::Pipe, span.start, cursor);
                }
            }
            Some('(' | ')' | ',') => scan.at += 1,
            Some(_) => {
                if let Some(done) = condition(&mut scan, text, cursor, in_pipes) {
                    return done;
                }
            }
        }
    }
}

/// Reads one condition; the context if the cursor stands in it.
fn condition(scan: &mut Scan, text: &str, cursor: usize, in_pipes: bool) -> Option<Context> {
    if !in_pipes {
        scan.eat("-");
    }
    let start = scan.at;
    let named = if in_pipes { None } else { scan.name_and_sign() };
    if let Some((path, _)) = named {
        return values(scan, text, cursor, path.join("."));
    }
    if scan.peek() == Some('"') {
        let closed = scan.quoted().is_ok();
        return (!closed || scan.at == cursor).then(|| found(text, Place::Elsewhere, start, cursor));
    }
    let (word, span) = if in_pipes { scan.run(in_value) } else { scan.word() };
    let place = if word.starts_with("span=") { Place::Elsewhere } else { Place::Field };
    (span.end == cursor).then(|| found(text, place, start, cursor))
}

fn values(scan: &mut Scan, text: &str, cursor: usize, field: String) -> Option<Context> {
    loop {
        let start = scan.at;
        let open = if scan.peek() == Some('"') { scan.quoted().is_err() } else { scan.run(in_value).1.end == cursor };
        if open {
            return Some(found(text, Place::Value { field }, start, cursor));
        }
        if !scan.eat(",") {
            return None;
        }
    }
}

fn found(text: &str, place: Place, start: usize, cursor: usize) -> Context {
    let typed = text.get(start..cursor).unwrap_or_default();
    let rest = text.get(cursor..).unwrap_or_default();
    let tail = match (&place, typed.starts_with('"')) {
        (_, true) => rest.find('"').map_or(0, |end| end + 1),
        (Place::Value { .. }, false) => rest.find(|c| !in_value(c)).unwrap_or(rest.len()),
        (_, false) => {
            rest.find(|c| !in_word(c) || matches!(c, ':' | '=' | '<' | '>' | '!' | ',')).unwrap_or(rest.len())
        }
    };
    let prefix = typed.strip_prefix('"').unwrap_or(typed).replace("\"\"", "\"");
    Context { place, prefix, replace: start..cursor + tail }
}

/// The steps after `|` with an example of each, for completion.
pub fn steps() -> &'static [(&'static str, &'static str)] {
    &STEPS
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `text` has the cursor at `^`; `expected` is the place, the prefix and the replaced text.
    fn check(text: &str, expected: &str) {
        let cursor = text.find('^').expect("a cursor");
        let plain = text.replace('^', "");
        let found = context(&plain, cursor);
        let place = match &found.place {
            Place::Field => "field".to_string(),
            Place::Value { field } => format!("value of {field}"),
            Place::Pipe => "pipe".to_string(),
            Place::Elsewhere => "elsewhere".to_string(),
        };
        assert_eq!(format!("{place} [{}] [{}]", found.prefix, &plain[found.replace]), expected, "{text}");
    }

    #[test]
    fn fields() {
        check("^", "field [] []");
        check("sev^", "field [sev] [sev]");
        check("se^v", "field [se] [sev]");
        check("se^v:high", "field [se] [sev]");
        check("a:b ^", "field [] []");
        check("a:b st^", "field [st] [st]");
        check("(st^", "field [st] [st]");
        check("-st^", "field [st] [st]");
        check("not asset.ow^", "field [asset.ow] [asset.ow]");
        check("a:\"x y\" ^", "field [] []");
    }

    #[test]
    fn values() {
        check("state:^", "value of state [] []");
        check("state:op^", "value of state [op] [op]");
        check("state:o^pen x", "value of state [o] [open]");
        check("state:open,cl^", "value of state [cl] [cl]");
        check("state!=cl^", "value of state [cl] [cl]");
        check("severity>=^", "value of severity [] []");
        check("asset.owner:m^", "value of asset.owner [m] [m]");
        check("site:\"Ly^", "value of site [Ly] [\"Ly]");
        check("site:\"Ly^on\" x", "value of site [Ly] [\"Lyon\"]");
        check("a:1 (b:2 or c:x^)", "value of c [x] [x]");
    }

    #[test]
    fn elsewhere_and_pipes() {
        check("\"free te^", "elsewhere [free te] [\"free te]");
        check("a:b | co^", "pipe [co] [co]");
        check("a:b | ^", "pipe [] []");
        check("a:b | count by ho^", "field [ho] [ho]");
        check("a:b | count by host, us^", "field [us] [us]");
        check("| timechart span=1^", "elsewhere [span=1] [span=1]");
    }

    #[test]
    fn every_cursor_has_a_context() {
        let text = "-kind:\"a \"\"b\" (x>=1,2 or né) | top 5 \"q r\", s || )) \"open";
        for cursor in 0..text.len() + 3 {
            let found = context(text, cursor);
            assert!(text.get(found.replace.clone()).is_some(), "{cursor} {found:?}");
        }
    }
}
