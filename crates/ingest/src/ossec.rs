//! Alerts of OSSEC and Wazuh as `alerts.log` has them, under the names of the JSON that Wazuh writes beside it.

use crate::batch::BadReason;
use crate::flat::{Fields, Names, Put};
use crate::layout::{End, Layout, Next, paragraph, text};

const START: &[u8] = b"** Alert ";

/// What a line of an alert says, by how it starts, and the name of that field.
const LINES: &[(&str, &str)] = &[
    ("Src IP: ", "data.srcip"),
    ("Dst IP: ", "data.dstip"),
    ("Src Port: ", "data.srcport"),
    ("Dst Port: ", "data.dstport"),
    ("User: ", "data.dstuser"),
    ("Src Location: ", "GeoLocation"),
];

/// Alerts, an empty line after each.
#[derive(Debug, Default)]
pub(crate) struct Alerts;

impl Layout for Alerts {
    fn next(&mut self, rest: &[u8], end: End, names: &mut Names) -> Next {
        if let Some(gap) =
            rest.iter().position(|byte| !byte.is_ascii_whitespace()).or(Some(rest.len())).filter(|gap| *gap > 0)
        {
            return Next::Skip(gap);
        }
        let Some(size) = paragraph(rest, START, end) else {
            return Next::More;
        };
        let read = text(rest.get(..size).unwrap_or_default()).and_then(|alert| read(alert, names));
        Next::Record(size, read)
    }
}

fn read(alert: &str, names: &mut Names) -> Result<Fields, BadReason> {
    let mut lines = alert.lines();
    let head = lines.next().and_then(|line| line.strip_prefix("** Alert "));
    let head = head.and_then(|head| head.split_once(':'));
    let Some((stamp, head)) = head.filter(|(stamp, _)| stamp.starts_with(|first: char| first.is_ascii_digit())) else {
        return Err(BadReason::Malformed("expected an alert that starts with `** Alert`".to_owned()));
    };
    let mut put = Put::new(names);
    put.add("timestamp", stamp);
    let groups = head.rsplit_once("- ").map_or(head, |(_, groups)| groups);
    groups.split(',').map(str::trim).filter(|group| !group.is_empty()).for_each(|group| put.add("rule.groups", group));
    if let Some(place) = lines.next() {
        // `2017 Nov 11 00:00:01 (agent) 10.0.0.2->/var/log/auth.log`
        let place = place.splitn(5, ' ').nth(4).unwrap_or(place);
        let (from, file) = place.split_once("->").unwrap_or(("", place));
        match from.strip_prefix('(').and_then(|agent| agent.split_once(')')) {
            Some((agent, address)) => {
                put.add("agent.name", agent);
                put.add("agent.ip", address.trim());
            }
            None if !from.is_empty() => put.add("agent.name", from),
            None => {}
        }
        put.add("location", file);
    }
    let mut log: Vec<&str> = Vec::new();
    for line in lines {
        if let Some(rule) = line.strip_prefix("Rule: ").filter(|_| log.is_empty()) {
            let (number, rest) = rule.split_once(" (level ").unwrap_or((rule, ""));
            let (level, words) = rest.split_once(") -> ").unwrap_or((rest, ""));
            put.add("rule.id", number);
            put.add("rule.level", level);
            put.add("rule.description", words.trim_matches('\''));
        } else if let Some((start, name)) = LINES.iter().find(|(start, _)| log.is_empty() && line.starts_with(start)) {
            put.add(name, line.get(start.len()..).unwrap_or_default());
        } else {
            log.push(line);
        }
    }
    put.add("full_log", log.join("\n").trim());
    Ok(put.fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(text: &str, end: End) -> Next {
        Alerts.next(text.as_bytes(), end, &mut Names::default())
    }

    #[test]
    fn alerts_end_with_an_empty_line_or_the_next_alert() {
        let alert = "** Alert 1510376401.0: - syslog,sshd,\n2017 Nov 11 00:00:01 (web1) 10.0.0.2->/var/log/auth.log\n\
                     Rule: 5716 (level 5) -> 'sshd: authentication failed.'\nSrc IP: 203.0.113.9\nUser: root\n\
                     Nov 11 00:00:01 web1 sshd[1]: Failed password for root\n";
        let Next::Record(size, Ok(fields)) = first(&format!("{alert}\n"), End::Open) else {
            panic!("an alert");
        };
        assert_eq!(size, alert.len());
        for (name, value) in [
            ("timestamp", "1510376401.0"),
            ("rule.groups", "syslog"),
            ("agent.name", "web1"),
            ("agent.ip", "10.0.0.2"),
            ("location", "/var/log/auth.log"),
            ("rule.id", "5716"),
            ("rule.level", "5"),
            ("rule.description", "sshd: authentication failed."),
            ("data.srcip", "203.0.113.9"),
            ("data.dstuser", "root"),
            ("full_log", "Nov 11 00:00:01 web1 sshd[1]: Failed password for root"),
        ] {
            assert!(fields.iter().any(|(n, v)| &**n == name && v == value), "{name} in {fields:?}");
        }
        assert!(matches!(first(alert, End::Open), Next::More));
        assert!(matches!(first(&format!("{alert}{alert}"), End::Open), Next::Record(_, Ok(_))));
        assert!(matches!(first("what is this\n\n", End::Open), Next::Record(13, Err(_))));
    }
}
