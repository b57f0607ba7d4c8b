//! Mappings at work: what the owner of a log source says its fields mean is put into its events as they come.

mod sample;
mod times;

pub use sample::{Found, Line, MAX_SAMPLE, Read, read};

use crate::csv::{DELIMITERS, cells};
use crate::normal::columns::{COLUMNS, Column};
use crate::normal::{CLOCK, first_line, plain_address, summary, wrong};
use std::sync::Arc;
use watchkeep_model::event::mapping::{Mapping, Pick, TimeForm, TimeFrom};
use watchkeep_model::event::{Event, Fields, Names};

/// The field that says why an event is not as its source's mapping says.
const BAD: &str = "watchkeep.bad";
/// Fields that hold the line of a log without names of its own.
const LINES: &[&str] = &["message", "SyslogMessage"];

/// A mapping made ready for events.
#[derive(Debug, Clone, Default)]
pub struct Mapper {
    mapping: Mapping,
    /// The field that tells of an event that says nothing of itself.
    gist: Option<Arc<str>>,
}

/// Why an event is not as its mapping says; it is kept all the same.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotMapped {
    #[error("{found} cells, and the mapping names {expected} columns")]
    Cells { found: usize, expected: usize },
    #[error("no field `{field}`, from which the mapping takes the time")]
    NoTime { field: Arc<str> },
    #[error("the time `{value}` in `{field}` is not written as the mapping says ({form})")]
    Time { field: Arc<str>, value: String, form: TimeForm },
}

impl From<Mapping> for Mapper {
    /// A field that gets the name that a column usually goes by serves that column too, where the mapping names none.
    fn from(mut mapping: Mapping) -> Self {
        let mut gist = None;
        for (new, old) in &mapping.names {
            for (column, _) in COLUMNS.iter().filter(|(_, names)| names.contains(&&**new)) {
                match pick_of(*column) {
                    Some(pick) if mapping.picks.iter().all(|(known, _)| *known != pick) => {
                        mapping.picks.push((pick, Arc::clone(old)));
                    }
                    None if *column == Column::Time && mapping.time.is_none() => {
                        mapping.time = Some(TimeFrom { field: Arc::clone(old), form: TimeForm::Usual, zone: None });
                    }
                    None if *column == Column::Gist && gist.is_none() => gist = Some(Arc::clone(new)),
                    _ => {}
                }
            }
        }
        Self { mapping, gist }
    }
}

fn pick_of(column: Column) -> Option<Pick> {
    match column {
        Column::Host => Some(Pick::Host),
        Column::User => Some(Pick::User),
        Column::SrcIp => Some(Pick::SrcIp),
        Column::DstIp => Some(Pick::DstIp),
        Column::Process => Some(Pick::Process),
        Column::Code => Some(Pick::Code),
        Column::Message => Some(Pick::Message),
        Column::Time | Column::Gist | Column::Provider => None,
    }
}

impl Mapper {
    /// Maps events in place; how many are not as the mapping says, and why the last is not. Mapped twice is as once.
    pub fn map(&self, events: &mut [Event]) -> (usize, Option<NotMapped>) {
        let (mut refused, mut last) = (0, None);
        let mut names = Renamed::default();
        for event in events {
            if let Err(why) = self.one(event, &mut names) {
                if event.field(BAD).is_none() {
                    event.fields.push(BAD.into(), &why.to_string());
                }
                (refused, last) = (refused + 1, Some(why));
            }
        }
        (refused, last)
    }

    fn one(&self, event: &mut Event, names: &mut Renamed) -> Result<(), NotMapped> {
        let cut = self.cut(event);
        let time = if cut.is_ok() { self.set_time(event) } else { Ok(()) };
        for (pick, field) in &self.mapping.picks {
            let Some(value) = event.field(field).filter(|value| !value.is_empty() && *value != "-") else { continue };
            match pick {
                Pick::Message => event.message = first_line(value),
                Pick::Host => event.host = Some(value.into()),
                Pick::User => event.user = Some(value.into()),
                Pick::SrcIp => event.src_ip = Some(plain_address(value).into()),
                Pick::DstIp => event.dst_ip = Some(plain_address(value).into()),
                Pick::Process => event.process = Some(value.into()),
                Pick::Code => event.code = Some(value.into()),
            }
        }
        let log = &self.mapping.log;
        for (word, own) in [
            (&log.product, &mut event.log.product),
            (&log.category, &mut event.log.category),
            (&log.service, &mut event.log.service),
        ] {
            if word.is_some() {
                own.clone_from(word);
            }
        }
        if !self.mapping.names.is_empty() {
            let fields = std::mem::take(&mut event.fields);
            let list = names.of(fields.names(), &self.mapping);
            event.fields = fields.called(list);
        }
        if let Some(gist) = self.gist.as_deref().filter(|_| event.message.is_empty()) {
            event.message = summary(None, event.code.as_deref(), event.field(gist));
        }
        cut.and(time)
    }

    /// Gives the cells of a line without header their names.
    fn cut(&self, event: &mut Event) -> Result<(), NotMapped> {
        let columns = &self.mapping.columns;
        let Some(first) = columns.first().filter(|first| event.field(first).is_none()) else { return Ok(()) };
        let renamed = self.mapping.names.iter().find(|(_, old)| old == first);
        if renamed.is_some_and(|(new, _)| event.field(new).is_some()) {
            return Ok(());
        }
        let Some(line) = LINES.iter().find_map(|name| event.field(name)) else { return Ok(()) };
        let count = |mark: u8| cells(line, mark).count();
        let Some(mark) = DELIMITERS.iter().copied().find(|mark| count(*mark) == columns.len()) else {
            let found = DELIMITERS.iter().map(|mark| count(*mark)).max().unwrap_or_default();
            return Err(NotMapped::Cells { found, expected: columns.len() });
        };
        let line = line.to_owned();
        for (name, cell) in columns.iter().zip(cells(&line, mark)) {
            if !cell.trim().is_empty() {
                event.fields.push(Arc::clone(name), cell.trim());
            }
        }
        Ok(())
    }

    fn set_time(&self, event: &mut Event) -> Result<(), NotMapped> {
        let Some(time) = &self.mapping.time else { return Ok(()) };
        let renamed = self.mapping.names.iter().find(|(_, old)| *old == time.field).map(|(new, _)| &**new);
        let value = event.field(&time.field).or_else(|| event.field(renamed?));
        let value = value.ok_or_else(|| NotMapped::NoTime { field: Arc::clone(&time.field) });
        let read = value.and_then(|value| {
            let (field, form) = (Arc::clone(&time.field), time.form.clone());
            let shown = || value.chars().take(80).collect();
            times::read(time, value).ok_or_else(|| NotMapped::Time { field, value: shown(), form })
        });
        let wrong = read.as_ref().ok().and_then(|claimed| wrong(*claimed, event.received));
        if read.is_ok() {
            event.fields = without(std::mem::take(&mut event.fields), CLOCK);
            event.fields.extend(wrong.as_ref().map(|words| (CLOCK, words)));
        }
        event.time = read.as_ref().ok().filter(|_| wrong.is_none()).copied().unwrap_or(event.received);
        event.id = event.id.at(event.time);
        read.map(drop)
    }
}

/// The fields without those of one name.
fn without(fields: Fields, name: &str) -> Fields {
    if fields.named(name).is_none() {
        return fields;
    }
    let mut kept = Fields::with_capacity(fields.len(), fields.text().len());
    for (own, value) in fields.iter().filter(|(own, _)| &***own != name) {
        kept.push(Arc::clone(own), value);
    }
    kept
}

/// The list of names that the last event had, and what it became: neighbours share theirs.
#[derive(Debug, Default)]
struct Renamed(Option<(Names, Names)>);

impl Renamed {
    fn of(&mut self, names: &Names, mapping: &Mapping) -> Names {
        if let Some((_, new)) = self.0.as_ref().filter(|(old, _)| Arc::ptr_eq(old, names) || old == names) {
            return Arc::clone(new);
        }
        let new = |own: &Arc<str>| mapping.names.iter().find(|(_, old)| old == own).map_or(own, |(new, _)| new).clone();
        let list: Names = Arc::new(names.iter().map(new).collect());
        self.0 = Some((Arc::clone(names), Arc::clone(&list)));
        list
    }
}

#[cfg(test)]
mod tests;
