//! Which fields of an event hold what: most are text like any other, some are a path, a URL or digests as a whole.

use crate::class::Said;
use crate::find::Watched;
use crate::tokens::{self, Met, Room};
use crate::value::Value;
use std::sync::Arc;
use watchkeep_model::event::Event;

/// What a field is known to hold beside words.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Text,
    /// A path or name, with spaces in it.
    Path,
    /// A URL, perhaps without its scheme.
    Url,
    /// Host of a request, and the rest of it.
    Host,
    Request,
    /// Digests with their names, as Sysmon writes them.
    Digests,
}

/// By the last part of a field's name, in small letters without `_`, `-` and spaces.
fn role(name: &str) -> Role {
    let last = name.rsplit('.').next().unwrap_or(name);
    let mut small = [0u8; 24];
    let mut length = 0;
    for byte in last.bytes().filter(|byte| !matches!(byte, b'_' | b'-' | b' ')) {
        let Some(slot) = small.get_mut(length) else { return Role::Text };
        *slot = byte.to_ascii_lowercase();
        length += 1;
    }
    match small.get(..length).unwrap_or_default() {
        b"image" | b"parentimage" | b"targetfilename" | b"imageloaded" | b"originalfilename" | b"filename"
        | b"file" | b"filepath" | b"path" | b"exe" | b"processname" | b"newprocessname" | b"parentprocessname"
        | b"targetimage" | b"sourceimage" | b"attachment" | b"attachments" | b"objectname" | b"name" => Role::Path,
        b"url" | b"requesturl" | b"csuri" | b"fullurl" | b"remoteurl" | b"originalurl" | b"destinationurl" => Role::Url,
        b"cshost" | b"host" | b"httphost" | b"hostname" | b"rhost" => Role::Host,
        b"curi" | b"uri" | b"requesturi" | b"csuristem" | b"urlpath" | b"request" => Role::Request,
        b"hashes" | b"hash" => Role::Digests,
        _ => Role::Text,
    }
}

/// Looks through all fields of an event, and its message where no field holds that.
pub(crate) fn look(watched: &Watched, event: &Event, now: i64, room: &mut Room, found: &mut dyn FnMut(&Arc<str>, Met)) {
    let (mut host, mut request) = (None, None);
    for (name, value) in &event.fields {
        if value.len() < 4 {
            continue;
        }
        let role = role(name);
        match role {
            Role::Digests => named_digests(value).for_each(|part| tokens::scan(watched, part, now, room)),
            _ => tokens::scan(watched, value, now, room),
        }
        match role {
            Role::Path => whole(watched, Said::File, value, now, room),
            Role::Url => whole(watched, Said::Url, value, now, room),
            Role::Host => host = host.or(Some(value)),
            Role::Request if value.contains("://") => {}
            Role::Request => request = request.or(Some((name, value))),
            Role::Text | Role::Digests => {}
        }
        room.met.drain(..).for_each(|met| found(name, met));
    }
    if let (Some(host), Some((name, request))) = (host, request) {
        let slash = if request.starts_with('/') { "" } else { "/" };
        whole(watched, Said::Url, &format!("{host}{slash}{request}"), now, room);
        room.met.drain(..).for_each(|met| found(name, met));
    }
    let told = memchr::memmem::find(event.fields.text().as_bytes(), event.message.as_bytes()).is_some();
    if !told {
        tokens::scan(watched, &event.message, now, room);
    }
    if !room.met.is_empty() {
        let field: Arc<str> = "message".into();
        room.met.drain(..).for_each(|met| found(&field, met));
    }
    for (name, value) in [("src_ip", &event.src_ip), ("dst_ip", &event.dst_ip)] {
        let Some(value) = value else { continue };
        tokens::scan(watched, value, now, room);
        if !room.met.is_empty() {
            let field: Arc<str> = name.into();
            room.met.drain(..).for_each(|met| found(&field, met));
        }
    }
}

fn whole(watched: &Watched, said: Said, text: &str, now: i64, room: &mut Room) {
    let asked = match said {
        Said::File => watched.has(crate::Class::File),
        _ => watched.has(crate::Class::Url),
    };
    if asked && let Ok(value) = Value::read(said, text) {
        tokens::whole(watched, &value, text, now, room);
    }
}

/// Parts of `MD5=…,SHA256=…,IMPHASH=…` that are digests of the file; the import hash is one of something else.
fn named_digests(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', '|'])
        .filter(|part| !part.trim_start().get(..7).is_some_and(|name| name.eq_ignore_ascii_case("IMPHASH")))
}
