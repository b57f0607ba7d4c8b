//! Windows-style `<Event>` XML inside another log's message, as Sysmon for Linux and some forwarders send it.

use crate::flat::{Fields, Names};
use std::sync::Arc;

const CARRIERS: &[&str] = &["SyslogMessage", "message", "Message", "log"];
const MAX_NODES: u32 = 10_000;

/// Reads the XML in a message field, under the same names as records of a Windows event log.
pub(crate) fn unpack(fields: &mut Fields, names: &mut Names) {
    let inner = fields
        .iter()
        .find(|(name, value)| CARRIERS.contains(&&**name) && value.starts_with("<Event"))
        .map(|(_, value)| Arc::clone(value));
    if let Some(xml) = inner
        && let Some(read) = parse(&xml, names)
    {
        fields.extend(read);
    }
}

/// The fields of one `<Event>` document, or `None` when it is not well-formed.
pub(crate) fn parse(xml: &str, names: &mut Names) -> Option<Fields> {
    let options = roxmltree::ParsingOptions { allow_dtd: false, nodes_limit: MAX_NODES };
    let document = roxmltree::Document::parse_with_options(xml, options).ok()?;
    let mut fields = Fields::with_capacity(32);
    for node in document.descendants().filter(roxmltree::Node::is_element) {
        let tag = node.tag_name().name();
        let text = node.text().unwrap_or_default();
        match tag {
            "Data" => fields.push((names.get(node.attribute("Name").unwrap_or("Data")), text.into())),
            "EventID" | "Channel" | "Computer" | "EventRecordID" | "Level" | "Task" | "Opcode" | "Keywords" => {
                fields.push((names.get(tag), text.into()))
            }
            "Provider" => fields.push((names.get("Provider_Name"), node.attribute("Name").unwrap_or_default().into())),
            "TimeCreated" => {
                fields.push((names.get("SystemTime"), node.attribute("SystemTime").unwrap_or_default().into()))
            }
            "Security" => {
                fields.extend(node.attribute("UserID").map(|user| (names.get("Security_UserID"), user.into())))
            }
            _ => {}
        }
    }
    Some(fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sysmon_event_becomes_fields() {
        let xml = r#"<Event><System><Provider Name="Linux-Sysmon"/><EventID>1</EventID><TimeCreated SystemTime="2022-05-11T18:10:20.3Z"/><Channel>Linux-Sysmon/Operational</Channel></System><EventData><Data Name="CommandLine">sh -c &quot;id&quot;</Data></EventData></Event>"#;
        let mut fields: Fields = vec![("SyslogMessage".into(), xml.into())];
        unpack(&mut fields, &mut Names::default());
        let find = |name: &str| fields.iter().find(|(n, _)| &**n == name).map(|(_, v)| &**v);
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
