//! Lines of text: finds out whether one is an audit record, an access log line, syslog or plain words.

use crate::flat::{Fields, Names};
use crate::{access_log, auditd, syslog, sysmon_xml};
use jiff::Timestamp;

/// The fields of a text line; a plain one has just its `message`.
pub(crate) fn fields(line: &str, names: &mut Names, now: Timestamp) -> Fields {
    if auditd::is_audit(line) {
        return with_message(auditd::parse(line, names), line, names);
    }
    if line.starts_with("<Event")
        && let Some(fields) = sysmon_xml::parse(line, names)
    {
        return fields;
    }
    if let Some(fields) = access_log::parse(line, names) {
        return fields;
    }
    match syslog::parse(line, now) {
        Some(message) => message.into_fields(names),
        None => with_message(Fields::new(), line, names),
    }
}

fn with_message(mut fields: Fields, line: &str, names: &mut Names) -> Fields {
    fields.push((names.get("message"), line.into()));
    fields
}
