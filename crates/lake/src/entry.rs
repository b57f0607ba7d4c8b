//! An event as bytes of the journal.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use watchkeep_model::event::{Event, EventId, LogSource};

#[derive(Serialize, Deserialize)]
struct Entry<'a> {
    id: [u8; 16],
    time: i128,
    received: i128,
    source: &'a str,
    #[serde(borrow)]
    texts: [Option<&'a str>; 9],
    message: &'a str,
    fields: Vec<(&'a str, &'a str)>,
    raw: &'a [u8],
}

/// Appends the event to `out`, ready to be read back by [`decode`].
pub fn encode(event: &Event, out: Vec<u8>) -> Result<Vec<u8>, postcard::Error> {
    let entry = Entry {
        id: event.id.0,
        time: event.time.as_nanosecond(),
        received: event.received.as_nanosecond(),
        source: &event.source,
        texts: [
            event.log.product.as_deref(),
            event.log.category.as_deref(),
            event.log.service.as_deref(),
            event.host.as_deref(),
            event.user.as_deref(),
            event.src_ip.as_deref(),
            event.dst_ip.as_deref(),
            event.process.as_deref(),
            event.code.as_deref(),
        ],
        message: &event.message,
        fields: event.fields.iter().map(|(name, value)| (&**name, value)).collect(),
        raw: &event.raw,
    };
    postcard::to_extend(&entry, out)
}

/// Reads every event that [`encode`] put one after another.
pub fn decode(mut bytes: &[u8]) -> Result<Vec<Event>, postcard::Error> {
    let mut events = Vec::new();
    while !bytes.is_empty() {
        let (entry, rest): (Entry, &[u8]) = postcard::take_from_bytes(bytes)?;
        events.push(event(entry));
        bytes = rest;
    }
    Ok(events)
}

fn event(entry: Entry) -> Event {
    let text = |text: Option<&str>| text.map(Arc::from);
    let [product, category, service, host, user, src_ip, dst_ip, process, code] = entry.texts;
    let instant = |nanos| Timestamp::from_nanosecond(nanos).unwrap_or(Timestamp::UNIX_EPOCH);
    Event {
        id: EventId(entry.id),
        time: instant(entry.time),
        received: instant(entry.received),
        source: entry.source.into(),
        log: LogSource { product: text(product), category: text(category), service: text(service) },
        host: text(host),
        user: text(user),
        src_ip: text(src_ip),
        dst_ip: text(dst_ip),
        process: text(process),
        code: text(code),
        message: entry.message.into(),
        fields: entry.fields.into_iter().collect(),
        raw: bytes::Bytes::copy_from_slice(entry.raw),
    }
}
