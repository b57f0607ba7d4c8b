//! A mapping: which fields of one log source are its time, host, user and so on, which kind of log it is, and what its
//! fields are called here. It is kept as lines of `word = value`, so that its history reads well.

use super::LogSource;
use jiff::tz::TimeZone;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// Longest text of a mapping, in bytes.
pub const LONGEST: usize = 8_192;
/// Most lines of a mapping.
const MOST: usize = 200;

/// What the fields of a log source mean. One that says nothing changes nothing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Mapping {
    /// Names of the cells of a line without header; empty where the lines name their fields themselves.
    pub columns: Vec<Arc<str>>,
    pub time: Option<TimeFrom>,
    /// The field that each column of an event is taken from.
    pub picks: Vec<(Pick, Arc<str>)>,
    /// In Sigma's words; empty ones are found out from each event.
    pub log: LogSource,
    /// New name, and the name that the log gives the field.
    pub names: Vec<(Arc<str>, Arc<str>)>,
}

/// A column of an event that a field may serve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pick {
    Host,
    User,
    SrcIp,
    DstIp,
    Process,
    Code,
    Message,
}

/// Each column and the word that mappings call it by.
pub const PICKS: [(&str, Pick); 7] = [
    ("host", Pick::Host),
    ("user", Pick::User),
    ("src_ip", Pick::SrcIp),
    ("dst_ip", Pick::DstIp),
    ("process", Pick::Process),
    ("code", Pick::Code),
    ("message", Pick::Message),
];

/// Where the time stands, and how it is written.
#[derive(Debug, Clone, PartialEq)]
pub struct TimeFrom {
    pub field: Arc<str>,
    pub form: TimeForm,
    /// The zone of times that name none; UTC where it is not said.
    pub zone: Option<TimeZone>,
}

/// How a time is written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum TimeForm {
    /// As logs usually write it, whichever way.
    #[default]
    Usual,
    Iso,
    Seconds,
    Millis,
    Micros,
    Nanos,
    /// By a pattern such as `%d.%m.%Y %H:%M:%S`.
    Pattern(Arc<str>),
}

/// The forms that have a word; anything with `%` is a pattern.
pub const FORMS: [(&str, TimeForm); 6] = [
    ("usual", TimeForm::Usual),
    ("iso", TimeForm::Iso),
    ("s", TimeForm::Seconds),
    ("ms", TimeForm::Millis),
    ("us", TimeForm::Micros),
    ("ns", TimeForm::Nanos),
];

/// Why a text is no mapping.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    #[error(
        "line {line}: `{word}` is not known; use columns, time, time.form, time.zone, host, user, src_ip, dst_ip, process, code, message, log.product, log.category, log.service or name.NEW, each as `word = value`"
    )]
    Word { line: usize, word: String },
    #[error("line {line}: `{word}` is said twice")]
    Twice { line: usize, word: String },
    #[error(
        "line {line}: `{form}` is no form of time; use usual, iso, s, ms, us, ns or a pattern such as %d.%m.%Y %H:%M:%S"
    )]
    Form { line: usize, form: String },
    #[error("line {line}: the pattern `{form}` names no {missing}; a time needs day, month, year and hour, or %s")]
    Part { line: usize, form: String, missing: &'static str },
    #[error("line {line}: `{zone}` is not a time zone; use one such as Europe/Berlin")]
    Zone { line: usize, zone: String },
    #[error("time.form and time.zone say how `time` is written, and no line names `time`")]
    NoTime,
    #[error("line {line}: `{word}` names a field with nothing, or with more than 200 letters")]
    Name { line: usize, word: String },
    #[error("`{name}` is a name that a field gets and one that a field loses; choose another new name")]
    Chain { name: String },
    #[error("a mapping has at most {LONGEST} bytes and {MOST} lines")]
    Long,
}

impl Mapping {
    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The field that serves a column, where the mapping says.
    pub fn pick(&self, column: Pick) -> Option<&str> {
        self.picks.iter().find(|(of, _)| *of == column).map(|(_, field)| &**field)
    }
}

impl FromStr for Mapping {
    type Err = MappingError;

    fn from_str(text: &str) -> Result<Self, MappingError> {
        if text.len() > LONGEST || text.lines().count() > MOST {
            return Err(MappingError::Long);
        }
        let mut mapping = Self::default();
        let (mut form, mut zone, mut said) = (None, None, Vec::new());
        for (line, text) in (1..).zip(text.lines()) {
            let text = text.trim();
            if text.is_empty() || text.starts_with('#') {
                continue;
            }
            let (word, value) = text.split_once('=').map_or((text, ""), |(word, value)| (word.trim(), value.trim()));
            if said.contains(&word) {
                return Err(MappingError::Twice { line, word: word.to_owned() });
            }
            said.push(word);
            let name = |name: &str| match name.chars().count() {
                1..=200 => Ok(Arc::from(name)),
                _ => Err(MappingError::Name { line, word: word.to_owned() }),
            };
            match word {
                "columns" => {
                    mapping.columns = value.split(',').map(|cell| name(cell.trim())).collect::<Result<_, _>>()?
                }
                "time" => mapping.time = Some(TimeFrom { field: name(value)?, form: TimeForm::Usual, zone: None }),
                "time.form" => form = Some(form_of(value, line)?),
                "time.zone" => zone = Some(zone_of(value, line)?),
                "log.product" => mapping.log.product = Some(name(value)?),
                "log.category" => mapping.log.category = Some(name(value)?),
                "log.service" => mapping.log.service = Some(name(value)?),
                _ => match (PICKS.iter().find(|(pick, _)| *pick == word), word.strip_prefix("name.")) {
                    (Some((_, pick)), _) => mapping.picks.push((*pick, name(value)?)),
                    (None, Some(new)) => mapping.names.push((name(new.trim())?, name(value)?)),
                    (None, None) => return Err(MappingError::Word { line, word: word.to_owned() }),
                },
            }
        }
        let lost = |new: &Arc<str>| mapping.names.iter().any(|(_, old)| old == new);
        if let Some((name, _)) = mapping.names.iter().find(|(new, _)| lost(new)) {
            return Err(MappingError::Chain { name: name.to_string() });
        }
        match &mut mapping.time {
            Some(time) => (time.form, time.zone) = (form.unwrap_or_default(), zone),
            None if form.is_some() || zone.is_some() => return Err(MappingError::NoTime),
            None => {}
        }
        Ok(mapping)
    }
}

fn form_of(word: &str, line: usize) -> Result<TimeForm, MappingError> {
    if let Some((_, form)) = FORMS.iter().find(|(known, _)| *known == word) {
        return Ok(form.clone());
    }
    let wrong = || MappingError::Form { line, form: word.to_owned() };
    if !word.contains('%') {
        return Err(wrong());
    }
    // Written and read again, a known moment shows whether the pattern means anything, and what it leaves out.
    let known = jiff::civil::date(2026, 3, 4).at(5, 6, 7, 0).to_zoned(TimeZone::UTC).map_err(|_| wrong())?;
    let written = jiff::fmt::strtime::format(word, &known).map_err(|_| wrong())?;
    let read = jiff::fmt::strtime::parse(word, &written).map_err(|_| wrong())?;
    if read.to_timestamp().is_ok() || read.timestamp().is_some() {
        return Ok(TimeForm::Pattern(word.into()));
    }
    let missing = |missing| MappingError::Part { line, form: word.to_owned(), missing };
    match (read.to_date(), read.hour()) {
        (Err(_), _) => Err(missing("whole day")),
        (Ok(_), None) => Err(missing("hour")),
        (Ok(_), Some(_)) => Ok(TimeForm::Pattern(word.into())),
    }
}

fn zone_of(word: &str, line: usize) -> Result<TimeZone, MappingError> {
    TimeZone::get(word).map_err(|_| MappingError::Zone { line, zone: word.to_owned() })
}

impl fmt::Display for TimeForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self, FORMS.iter().find(|(_, form)| form == self)) {
            (Self::Pattern(pattern), _) => f.write_str(pattern),
            (_, known) => f.write_str(known.map_or("usual", |(word, _)| word)),
        }
    }
}

/// As it is kept; reading it again gives the same mapping.
impl fmt::Display for Mapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.columns.is_empty() {
            writeln!(f, "columns = {}", self.columns.join(", "))?;
        }
        if let Some(time) = &self.time {
            writeln!(f, "time = {}", time.field)?;
            if time.form != TimeForm::Usual {
                writeln!(f, "time.form = {}", time.form)?;
            }
            if let Some(zone) = time.zone.as_ref().and_then(TimeZone::iana_name) {
                writeln!(f, "time.zone = {zone}")?;
            }
        }
        for (pick, field) in &self.picks {
            let word = PICKS.iter().find(|(_, known)| known == pick).map_or("", |(word, _)| word);
            writeln!(f, "{word} = {field}")?;
        }
        let words = [("product", &self.log.product), ("category", &self.log.category), ("service", &self.log.service)];
        for (word, value) in words {
            if let Some(value) = value {
                writeln!(f, "log.{word} = {value}")?;
            }
        }
        self.names.iter().try_for_each(|(new, old)| writeln!(f, "name.{new} = {old}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_read_again() {
        let text = "columns = when, site, holder\ntime = when\ntime.form = %d.%m.%Y %H:%M:%S\ntime.zone = Europe/Berlin\nhost = site\nuser = holder\nlog.product = doors\nname.door = Tür\n";
        let mapping: Mapping = text.parse().expect("a mapping");
        assert_eq!(mapping.to_string(), text);
        assert_eq!((mapping.pick(Pick::User), mapping.pick(Pick::Code)), (Some("holder"), None));
        assert_eq!("# nothing\n\n".parse(), Ok(Mapping::default()));
        assert!(Mapping::default().is_empty() && !mapping.is_empty());
    }

    #[test]
    fn a_mistake_is_named_with_its_line() {
        for (text, expected) in [
            ("host = a\nhots = b", "line 2: `hots` is not known"),
            ("host = a\nhost = b", "line 2: `host` is said twice"),
            ("time = t\ntime.form = yesterday", "line 2: `yesterday` is no form of time"),
            ("time = t\ntime.form = %J", "line 2: `%J` is no form of time"),
            ("time = t\ntime.form = %H:%M", "names no whole day"),
            ("time = t\ntime.form = %Y-%m-%d", "names no hour"),
            ("time = t\ntime.zone = Mars", "line 2: `Mars` is not a time zone"),
            ("time.zone = UTC", "no line names `time`"),
            ("host =", "line 1: `host` names a field with nothing"),
            ("columns = a,,b", "line 1: `columns` names a field with nothing"),
            ("name.a = b\nname.b = c", "`b` is a name that a field gets and one that a field loses"),
            ("name. = a", "line 1: `name.` names a field with nothing"),
        ] {
            let error = text.parse::<Mapping>().map_err(|error| error.to_string());
            assert!(error.as_ref().is_err_and(|words| words.contains(expected)), "{text:?}: {error:?}");
        }
        assert_eq!("#".repeat(LONGEST + 1).parse::<Mapping>(), Err(MappingError::Long));
    }

    #[test]
    fn forms_with_a_zone_or_seconds_of_their_own_are_taken() {
        for form in ["%Y-%m-%dT%H:%M:%S%z", "%s", "%d/%b/%Y:%H:%M:%S %z", "%b %d %Y %H:%M:%S%.f", "%d.%m.%y %I:%M %p"] {
            let read = format!("time = t\ntime.form = {form}").parse::<Mapping>();
            assert!(read.is_ok(), "{form}: {read:?}");
        }
    }
}
