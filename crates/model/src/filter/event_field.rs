//! The fields of an event as filters name them.

use crate::event::Event;
use std::borrow::Cow;

/// A field of an event as a filter names it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum EventField {
    Time,
    Received,
    Id,
    Source,
    Product,
    Category,
    Service,
    Host,
    User,
    SrcIp,
    DstIp,
    Process,
    Code,
    Message,
    Raw,
    /// Any other name, looked up in `Event::fields` whatever its case. Where names repeat, filters ask all of them; what
    /// counts, sorts and calculates takes the first.
    Named(String),
}

impl EventField {
    /// The names of the common columns, for completion.
    pub const NAMES: [&str; 15] = [
        "time", "received", "id", "source", "product", "category", "service", "host", "user", "src_ip", "dst_ip",
        "process", "code", "message", "raw",
    ];

    /// The column of that name whatever its case, or a name among the other fields.
    pub fn named(name: &str) -> Self {
        match name.to_ascii_lowercase().as_str() {
            "time" => Self::Time,
            "received" => Self::Received,
            "id" => Self::Id,
            "source" => Self::Source,
            "product" => Self::Product,
            "category" => Self::Category,
            "service" => Self::Service,
            "host" => Self::Host,
            "user" => Self::User,
            "src_ip" => Self::SrcIp,
            "dst_ip" => Self::DstIp,
            "process" => Self::Process,
            "code" => Self::Code,
            "message" => Self::Message,
            "raw" => Self::Raw,
            _ => Self::Named(name.to_string()),
        }
    }

    /// The value an event holds for this field.
    pub fn of<'a>(&self, event: &'a Event) -> Option<Cow<'a, [u8]>> {
        let text =
            |value: &'a Option<std::sync::Arc<str>>| value.as_deref().map(|value| Cow::Borrowed(value.as_bytes()));
        match self {
            Self::Time => Some(Cow::Owned(event.time.to_string().into_bytes())),
            Self::Received => Some(Cow::Owned(event.received.to_string().into_bytes())),
            Self::Id => Some(Cow::Owned(event.id.to_string().into_bytes())),
            Self::Source => Some(Cow::Borrowed(event.source.as_bytes())),
            Self::Product => text(&event.log.product),
            Self::Category => text(&event.log.category),
            Self::Service => text(&event.log.service),
            Self::Host => text(&event.host),
            Self::User => text(&event.user),
            Self::SrcIp => text(&event.src_ip),
            Self::DstIp => text(&event.dst_ip),
            Self::Process => text(&event.process),
            Self::Code => text(&event.code),
            Self::Message => Some(Cow::Borrowed(event.message.as_bytes())),
            Self::Raw => Some(Cow::Borrowed(&event.raw)),
            Self::Named(name) => {
                let found = event.fields.iter().find(|(field, _)| field.eq_ignore_ascii_case(name));
                found.map(|(_, value)| Cow::Borrowed(value.as_bytes()))
            }
        }
    }
}
