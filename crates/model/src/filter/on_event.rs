//! A filter over events, held in memory: the meaning that the lake's queries must agree with.

use super::ast::{Expr, Op, Term, Value};
use super::dates::{Moment, when};
use super::error::SyntaxError;
use super::pattern::Pattern;
use crate::event::Event;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::borrow::Cow;
use std::net::IpAddr;

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
    /// Any other name, looked up in `Event::fields` whatever its case; the first where names repeat.
    Named(String),
}

/// A filter with its names, dates and patterns resolved.
#[derive(Debug, Clone, PartialEq)]
pub enum EventFilter {
    All,
    And(Vec<EventFilter>),
    Or(Vec<EventFilter>),
    Not(Box<EventFilter>),
    /// Occurs in the message or in the raw bytes.
    Text(Pattern),
    /// The field fulfils any of the checks.
    Field { field: EventField, any: Vec<Check> },
}

/// One test of one value. Absent and empty are the same.
#[derive(Debug, Clone, PartialEq)]
pub enum Check {
    Absent,
    Present,
    Matches(Pattern),
    /// An address within `network` of so many leading bits.
    Network { network: IpAddr, bits: u8 },
    /// As numbers where both sides are, else as text, case aside.
    Compares { op: Op, bound: String },
    /// Both ends included; an empty end is open.
    Between { from: String, to: String },
    /// Only for `Time` and `Received`.
    Moment { op: Op, moment: Moment },
}

/// Whether an event fulfils a filter; compile once with [`compile`] for many events.
///
/// # Errors
/// A value that does not fit its field, such as a text for `time`.
pub fn matches(filter: &Expr, event: &Event, now: Timestamp, zone: &TimeZone) -> Result<bool, SyntaxError> {
    Ok(compile(filter, now, zone)?.matches(event))
}

/// Resolves a filter for events: `now` and `zone` give relative dates their meaning.
///
/// # Errors
/// A value that does not fit its field, such as a text for `time`, with its place.
pub fn compile(filter: &Expr, now: Timestamp, zone: &TimeZone) -> Result<EventFilter, SyntaxError> {
    let all = |parts: &[Expr]| parts.iter().map(|part| compile(part, now, zone)).collect::<Result<Vec<_>, SyntaxError>>();
    Ok(match filter {
        Expr::All => EventFilter::All,
        Expr::And(parts) => EventFilter::And(all(parts)?),
        Expr::Or(parts) => EventFilter::Or(all(parts)?),
        Expr::Not(inner) => EventFilter::Not(Box::new(compile(inner, now, zone)?)),
        Expr::Text { text, span } => EventFilter::Text(pattern(Pattern::part(text), span.clone())?),
        Expr::Term(term) => field_filter(term, now, zone)?,
    })
}

fn field_filter(term: &Term, now: Timestamp, zone: &TimeZone) -> Result<EventFilter, SyntaxError> {
    let field = EventField::named(&term.name());
    let check = |value: &Value| match field {
        EventField::Time | EventField::Received => time_check(term.op, value, now, zone),
        _ => text_check(term.op, value),
    };
    let any = term.values.iter().map(check).collect::<Result<_, _>>()?;
    Ok(EventFilter::Field { field, any })
}

fn time_check(op: Op, value: &Value, now: Timestamp, zone: &TimeZone) -> Result<Check, SyntaxError> {
    let moment = |text: &str| when(text, now, zone).map_err(|error| SyntaxError::new(value.span.clone(), error.to_string()));
    let far = Moment { start: Timestamp::MIN, end: Timestamp::MAX };
    if op != Op::Is || value.range().is_none() {
        return match value.is_word("any") && op == Op::Is {
            true => Ok(Check::Present),
            false => Ok(Check::Moment { op, moment: moment(&value.text)? }),
        };
    }
    let (from, to) = value.range().unwrap_or_default();
    let from = if from.is_empty() { far } else { moment(from)? };
    let to = if to.is_empty() { far } else { moment(to)? };
    Ok(Check::Moment { op, moment: Moment { start: from.start, end: to.end } })
}

fn text_check(op: Op, value: &Value) -> Result<Check, SyntaxError> {
    let text = &value.text;
    if op != Op::Is {
        return Ok(Check::Compares { op, bound: text.clone() });
    }
    if value.is_word("none") || text.is_empty() {
        return Ok(Check::Absent);
    }
    if value.is_word("any") {
        return Ok(Check::Present);
    }
    if let Some((from, to)) = value.range() {
        return Ok(Check::Between { from: from.into(), to: to.into() });
    }
    match network(text) {
        Some((network, bits)) if !value.quoted => Ok(Check::Network { network, bits }),
        _ => Ok(Check::Matches(pattern(Pattern::whole(text), value.span.clone())?)),
    }
}

fn pattern(compiled: Option<Pattern>, span: std::ops::Range<usize>) -> Result<Pattern, SyntaxError> {
    compiled.ok_or_else(|| SyntaxError::new(span, "this text is too long to search for"))
}

/// `10.0.0.0/8`, `fe80::/10`.
fn network(text: &str) -> Option<(IpAddr, u8)> {
    let (address, bits) = text.split_once('/')?;
    let (address, bits): (IpAddr, u8) = (address.parse().ok()?, bits.parse().ok()?);
    let widest = if address.is_ipv4() { 32 } else { 128 };
    (bits <= widest).then_some((address, bits))
}

impl EventField {
    /// The names of the common columns, for completion.
    pub const NAMES: [&str; 15] = [
        "time", "received", "id", "source", "product", "category", "service", "host", "user", "src_ip", "dst_ip", "process",
        "code", "message", "raw",
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
        let text = |value: &'a Option<std::sync::Arc<str>>| value.as_deref().map(|value| Cow::Borrowed(value.as_bytes()));
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

impl EventFilter {
    pub fn matches(&self, event: &Event) -> bool {
        match self {
            Self::All => true,
            Self::And(parts) => parts.iter().all(|part| part.matches(event)),
            Self::Or(parts) => parts.iter().any(|part| part.matches(event)),
            Self::Not(inner) => !inner.matches(event),
            Self::Text(pattern) => pattern.matches(event.message.as_bytes()) || pattern.matches(&event.raw),
            Self::Field { field, any } => {
                let time = match field {
                    EventField::Time => Some(event.time),
                    EventField::Received => Some(event.received),
                    _ => None,
                };
                let value = if time.is_none() { field.of(event) } else { None };
                any.iter().any(|check| match (check, time) {
                    (Check::Moment { op, moment }, Some(time)) => moment.holds(*op, time),
                    (Check::Present, Some(_)) => true,
                    _ => check.holds(value.as_deref()),
                })
            }
        }
    }
}

impl Check {
    /// Whether a value fulfils this check; a check of a moment never holds for bytes.
    pub fn holds(&self, value: Option<&[u8]>) -> bool {
        let Some(value) = value.filter(|value| !value.is_empty()) else { return *self == Self::Absent };
        match self {
            Self::Absent | Self::Moment { .. } => false,
            Self::Present => true,
            Self::Matches(pattern) => pattern.matches(value),
            Self::Network { network, bits } => {
                let address = std::str::from_utf8(value).ok().and_then(|text| text.trim().parse().ok());
                address.is_some_and(|address| within(address, *network, *bits))
            }
            Self::Compares { op, bound } => op.accepts(order(value, bound)),
            Self::Between { from, to } => {
                (from.is_empty() || order(value, from).is_ge()) && (to.is_empty() || order(value, to).is_le())
            }
        }
    }
}

fn order(value: &[u8], bound: &str) -> std::cmp::Ordering {
    let text = String::from_utf8_lossy(value);
    match (text.trim().parse::<f64>(), bound.trim().parse::<f64>()) {
        (Ok(value), Ok(bound)) => value.total_cmp(&bound),
        _ => text.to_lowercase().cmp(&bound.to_lowercase()),
    }
}

fn within(address: IpAddr, network: IpAddr, bits: u8) -> bool {
    let leading = |whole: u32| u32::from(bits).min(whole);
    match (address.to_canonical(), network) {
        (IpAddr::V4(a), IpAddr::V4(n)) => (a.to_bits() ^ n.to_bits()).leading_zeros() >= leading(32),
        (IpAddr::V6(a), IpAddr::V6(n)) => (a.to_bits() ^ n.to_bits()).leading_zeros() >= leading(128),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{EventId, LogSource};

    fn event() -> Event {
        let time: Timestamp = "2026-03-03T08:30:00Z".parse().expect("instant");
        let field = |name: &str, value: &str| (name.into(), value.into());
        Event {
            id: EventId::of(time, "dc", 1, b"x"),
            time,
            received: time,
            source: "dc-lyon".into(),
            log: LogSource { product: Some("windows".into()), category: None, service: Some("security".into()) },
            host: Some("DC01".into()),
            user: Some("Anna".into()),
            src_ip: Some("10.1.2.3".into()),
            dst_ip: None,
            process: Some("C:\\Windows\\System32\\cmd.exe".into()),
            code: Some("4688".into()),
            message: "A new process was created".into(),
            fields: vec![field("LogonType", "3"), field("Empty", ""), field("Event.Data", "x;y"), field("logontype", "9")],
            raw: bytes::Bytes::from_static(b"\xff{\"CommandLine\":\"cmd /c WHOAMI\"}"),
        }
    }

    fn check(filter: &str, expected: bool) {
        let query = super::super::parse(filter).expect("reads");
        let now: Timestamp = "2026-03-03T12:00:00Z".parse().expect("instant");
        assert_eq!(matches(&query.filter, &event(), now, &TimeZone::UTC), Ok(expected), "{filter}");
    }

    #[test]
    fn values_and_wildcards() {
        check("host:dc01", true);
        check("HOST:dc0", false);
        check("host:dc*", true);
        check("host:x,dc01", true);
        check("process:*\\cmd.exe", true);
        check("process:\"*\\cmd.exe\"", true);
        check("logontype:3", true);
        check("LogonType:9", false);
        check("Event.Data:x;y", true);
        check("host!=dc01", false);
        check("id:*", true);
        check("source:dc-*", true);
        check("raw:*whoami*", true);
    }

    #[test]
    fn absent_and_present() {
        check("dst_ip:none", true);
        check("host:none", false);
        check("Empty:none", true);
        check("Nothing:none", true);
        check("host:any", true);
        check("dst_ip:any", false);
        check("time:any", true);
        check("dst_ip:\"\"", true);
        check("host:\"none\"", false);
        check("dst_ip!=x", true);
        check("dst_ip<5", false);
    }

    #[test]
    fn numbers_text_and_networks() {
        check("code>=4688", true);
        check("code>10000", false);
        check("code:4000..5000", true);
        check("code:..100", false);
        check("host>b", true);
        check("src_ip:10.0.0.0/8", true);
        check("src_ip:10.2.0.0/16", false);
        check("src_ip:fe80::/10", false);
        check("src_ip:0.0.0.0/0", true);
    }

    #[test]
    fn times() {
        check("time:today", true);
        check("time>=-1h", false);
        check("time>-4h", true);
        check("time<2026-03-03", false);
        check("time:2026-03-01..2026-03-03", true);
        check("time:..yesterday", false);
        check("received:2026-03", true);
    }

    #[test]
    fn words_and_joints() {
        check("whoami", true);
        check("\"new process\" host:dc01", true);
        check("mimikatz or whoami", true);
        check("not whoami", false);
        check("-mimikatz -host:x", true);
        check("*", true);
        check("", true);
    }

    #[test]
    fn a_wrong_date_is_pointed_at() {
        let query = super::super::parse("host:x time>=soon").expect("reads");
        let error = matches(&query.filter, &event(), Timestamp::UNIX_EPOCH, &TimeZone::UTC).expect_err("refused");
        assert_eq!((error.at, error.length), (13, 4));
    }
}
