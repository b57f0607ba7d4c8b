//! Lines of text: finds out whether one is an audit record, XML, CEF, LEEF, an access log line, syslog, pairs or plain words.

use crate::batch::BadReason;
use crate::flat::{Fields, Names, Put};
use crate::json_lines::Form;
use crate::{access_log, auditd, cef, logfmt, syslog, sysmon_xml};
use jiff::Timestamp;

/// The fields of a text line; a plain one has just its `message`.
///
/// # Errors
/// When it starts as CEF or LEEF and is not, or with a zero byte, as a file has where nothing was written.
pub(crate) fn fields(line: &str, names: &mut Names, now: Timestamp) -> Result<Fields, BadReason> {
    if line.starts_with('\0') {
        return Err(BadReason::Malformed("zero bytes are no text".to_owned()));
    }
    if cef::is_one(line) {
        let read = cef::parse(line, names).map(|put| put.fields);
        return read.ok_or_else(|| BadReason::Malformed("the CEF or LEEF header is not whole".to_owned()));
    }
    Ok(known(line, names, now))
}

fn known(line: &str, names: &mut Names, now: Timestamp) -> Fields {
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
    if let Some(message) = syslog::parse(line, now) {
        return message.into_fields(names);
    }
    if let Some(put) = logfmt::recognise(line, names) {
        return put.fields;
    }
    with_message(Fields::new(), line, names)
}

/// The fields of a line of a source that says what its lines are.
///
/// # Errors
/// When it is something else.
pub(crate) fn only(form: Form, line: &str, names: &mut Names, now: Timestamp) -> Result<Fields, BadReason> {
    let other = |expected: &str| BadReason::Malformed(format!("expected {expected}"));
    match form {
        Form::Cef => match syslog::parse(line, now).filter(|_| !cef::is_one(line)) {
            Some(message) if cef::is_one(message.text) => Ok(message.into_fields(names)),
            _ => cef::parse(line, names).map(|put| put.fields).ok_or_else(|| other("CEF or LEEF")),
        },
        Form::Logfmt => logfmt::parse(line, names).map(|put| put.fields).ok_or_else(|| other("pairs of name=value")),
        Form::Syslog => {
            syslog::parse(line, now).map(|message| message.into_fields(names)).ok_or_else(|| other("a syslog line"))
        }
        Form::Access => access_log::parse(line, names).ok_or_else(|| other("an access log line")),
        Form::Plain => Ok(with_message(Fields::new(), line, names)),
        Form::AnyText | Form::OnlyJson => fields(line, names, now),
    }
}

/// Adds what the text of another log's message says beyond words: JSON, CEF, LEEF, an access log line, XML, an audit
/// record or pairs.
pub(crate) fn inside(text: &str, put: &mut Put<'_>) {
    let json = text.trim_start().trim_start_matches("@cee:").trim_start();
    if put.add_json("", json) {
        return;
    }
    let read = {
        let names = &mut *put.names;
        if auditd::is_audit(text) {
            Some(auditd::parse(text, names))
        } else if text.starts_with("<Event") {
            sysmon_xml::parse(text, names)
        } else if cef::is_one(text) {
            cef::parse(text, names).map(|put| put.fields)
        } else {
            access_log::parse(text, names).or_else(|| logfmt::recognise(text, names).map(|put| put.fields))
        }
    };
    put.fields.append(&read.unwrap_or_default());
}

fn with_message(mut fields: Fields, line: &str, names: &mut Names) -> Fields {
    fields.push(names.get("message"), line);
    fields
}
