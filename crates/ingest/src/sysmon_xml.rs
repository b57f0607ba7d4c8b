//! Windows-style `<Event>` XML: exported and forwarded events, and what Sysmon for Linux puts into another log's message.

use crate::batch::BadReason;
use crate::flat::{Fields, Names};
use crate::layout::{End, Layout, Next, text};

const MAX_NODES: u32 = 10_000;

/// Reads the XML in a message field at one of these places, under the same names as records of a Windows event log.
pub(crate) fn unpack(fields: &mut Fields, carriers: &[usize], names: &mut Names) {
    let values = carriers.iter().map(|at| fields.value(*at));
    let inner = values.into_iter().find(|value| value.starts_with("<Event")).map(str::to_owned);
    if let Some(xml) = inner
        && let Some(read) = parse(&xml, names)
    {
        fields.append(&read);
    }
}

/// The fields of one `<Event>` document, or `None` when it is not well-formed.
pub(crate) fn parse(xml: &str, names: &mut Names) -> Option<Fields> {
    let options = roxmltree::ParsingOptions { allow_dtd: false, nodes_limit: MAX_NODES };
    let document = roxmltree::Document::parse_with_options(xml, options).ok()?;
    let mut fields = Fields::with_capacity(32, xml.len() / 2);
    let mut user_data = None;
    for node in document.descendants().filter(roxmltree::Node::is_element) {
        let tag = node.tag_name().name();
        let text = node.text().unwrap_or_default();
        match tag {
            "Data" => fields.push(names.get(node.attribute("Name").unwrap_or("Data")), text),
            // What the sender's own words for level and task are stands beside the numbers.
            "Level" | "Task" | "Opcode" | "Keywords" | "Channel" if rendered(&node) => {}
            "EventID" | "Channel" | "Computer" | "EventRecordID" | "Level" | "Task" | "Opcode" | "Keywords" => {
                fields.push(names.get(tag), text)
            }
            "Provider" => fields.push(names.get("Provider_Name"), node.attribute("Name").unwrap_or_default()),
            "TimeCreated" => fields.push(names.get("SystemTime"), node.attribute("SystemTime").unwrap_or_default()),
            "Security" => fields.extend(node.attribute("UserID").map(|user| (names.get("Security_UserID"), user))),
            // The text that the sender's own message files made of it.
            "Message" => fields.push(names.get("Message"), text),
            "UserData" => user_data = Some(node.range()),
            _ => {
                let inside = user_data.as_ref().is_some_and(|data| data.contains(&node.range().start));
                if inside && !text.trim().is_empty() {
                    fields.push(names.get(tag), text);
                }
            }
        }
    }
    Some(fields)
}

fn rendered(node: &roxmltree::Node<'_, '_>) -> bool {
    node.parent_element().is_some_and(|parent| parent.tag_name().name() == "RenderingInfo")
}

/// `<Event>` elements one after the other, over any number of lines, alone or inside `<Events>`: what `wevtutil` and
/// Event Viewer export, and what Windows forwards.
#[derive(Debug, Default)]
pub(crate) struct Elements;

impl Layout for Elements {
    fn next(&mut self, rest: &[u8], end: End, names: &mut Names) -> Next {
        let gap = rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        if gap > 0 {
            return Next::Skip(gap);
        }
        if rest.starts_with(b"\xef\xbb\xbf") {
            return Next::Skip(3);
        }
        if end == End::Open && rest.len() < OPEN.len() + 2 {
            return Next::More;
        }
        if is_open(rest) {
            return element(rest, end, names);
        }
        if [&b"<?xml"[..], b"<Events", b"</Events"].iter().any(|tag| rest.starts_with(tag)) {
            return match memchr::memchr(b'>', rest) {
                Some(close) => Next::Skip(close + 1),
                None if end == End::Last => Next::Skip(rest.len()),
                None => Next::More,
            };
        }
        let ahead = rest.get(1..).unwrap_or_default();
        let (line_end, next) = (memchr::memchr(b'\n', rest), memchr::memmem::find(ahead, OPEN));
        match line_end.map(|at| at + 1).into_iter().chain(next.map(|at| at + 1)).min() {
            Some(size) => Next::Record(size, Err(BadReason::Malformed("expected an <Event> element".to_owned()))),
            None if end == End::Last => {
                Next::Record(rest.len(), Err(BadReason::Malformed("expected an <Event> element".to_owned())))
            }
            None => Next::More,
        }
    }
}

const OPEN: &[u8] = b"<Event";
const CLOSE: &[u8] = b"</Event>";

fn is_open(rest: &[u8]) -> bool {
    rest.strip_prefix(OPEN).is_some_and(|after| after.first().is_some_and(|byte| b" >\r\n\t".contains(byte)))
}

/// The element that `rest` starts with; one that is never closed ends where the next one starts.
fn element(rest: &[u8], end: End, names: &mut Names) -> Next {
    let broken = || Err(BadReason::Malformed("an <Event> element that is not well-formed XML".to_owned()));
    let next = memchr::memmem::find_iter(rest, OPEN).skip(1).find(|at| is_open(rest.get(*at..).unwrap_or_default()));
    match (memchr::memmem::find(rest, CLOSE), next) {
        (Some(close), next) if next.is_none_or(|next| close < next) => {
            let size = close + CLOSE.len();
            let read =
                text(rest.get(..size).unwrap_or_default()).and_then(|xml| parse(xml, names).map_or_else(broken, Ok));
            Next::Record(size, read)
        }
        (_, Some(next)) => Next::Record(next, broken()),
        (_, None) if end == End::Last => Next::Record(rest.len(), broken()),
        _ => Next::More,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sysmon_event_becomes_fields() {
        let xml = r#"<Event><System><Provider Name="Linux-Sysmon"/><EventID>1</EventID><TimeCreated SystemTime="2022-05-11T18:10:20.3Z"/><Channel>Linux-Sysmon/Operational</Channel></System><EventData><Data Name="CommandLine">sh -c &quot;id&quot;</Data></EventData></Event>"#;
        let mut fields: Fields = [("SyslogMessage", xml)].into_iter().collect();
        unpack(&mut fields, &[0], &mut Names::default());
        let find = |name: &str| fields.named(name);
        assert_eq!(find("CommandLine"), Some("sh -c \"id\""));
        assert_eq!(find("Channel"), Some("Linux-Sysmon/Operational"));
        assert_eq!(find("EventID"), Some("1"));
    }

    #[test]
    fn entity_bombs_are_not_expanded() {
        let bomb = r#"<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><Event><EventData><Data>&b;</Data></EventData></Event>"#;
        assert!(parse(bomb, &mut Names::default()).is_none());
    }
}
