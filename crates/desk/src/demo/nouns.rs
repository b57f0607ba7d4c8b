//! The rest of the demo organisation: risks, contracts, posts, courses and so on, read from tables beside this file.
//!
//! `# kind` begins a table, the line below names its fields, and each further line is one record. `{12}` is the day
//! twelve days from now, `{-1 07:00}` yesterday at seven; `¶` is a new line, `¦` a bar inside a cell; records are called by
//! their title, once their table is written.

use crate::{Desk, DeskError};
use jiff::civil::{Date, Time};
use jiff::{Timestamp, ToSpan};
use std::cell::RefCell;
use std::collections::HashMap;
use watchkeep_model::text::{Names, parse};
use watchkeep_model::{Kind, Value};
use watchkeep_store::Change;

/// People who are not in the other tables of the demo.
const CREW: (&str, &str) = ("crew", include_str!("nouns/crew.txt"));

/// Group, role, and who gets it.
const GRANTS: &[(&str, &str, &[&str])] = &[
    ("Guards", "Guard", &["Luc Bernard", "Nadia Benali", "Jonas Weber", "Marek Zielinski"]),
    ("Guard supervisors", "Guard Supervisor", &["Elise Fournier"]),
    ("Finance team", "Finance", &["Katrin Vogel"]),
    ("Vendor managers", "Vendor Manager", &["Piet van Dam"]),
    ("Risk owners", "Risk Owner", &["Piet van Dam", "Uwe Hartmann", "Vera Nowak"]),
    ("System owners", "System Owner", &["Uwe Hartmann", "Vera Nowak"]),
];

const TABLES: &[(&str, &str)] = &[
    ("people", include_str!("nouns/people.txt")),
    ("outside", include_str!("nouns/outside.txt")),
    ("assure", include_str!("nouns/assure.txt")),
    ("places", include_str!("nouns/places.txt")),
    ("work", include_str!("nouns/work.txt")),
    ("intel", include_str!("nouns/intel.txt")),
    ("talk", include_str!("nouns/talk.txt")),
];

/// Makes every record of the tables.
pub(super) fn nouns(desk: &Desk, now: Timestamp) -> Result<(), DeskError> {
    let titles = Titles { desk, known: RefCell::default() };
    titles.table(now, CREW)?;
    for (group, role, names) in GRANTS {
        let people: Vec<i64> = names.iter().filter_map(|name| titles.find("person", name)).collect();
        desk.grant(now, group, role, &people)?;
    }
    super::policy::policy(desk, now)?;
    TABLES.iter().try_for_each(|table| titles.table(now, *table))
}

/// Ids by title, read once for each kind.
struct Titles<'a> {
    desk: &'a Desk,
    known: RefCell<HashMap<String, HashMap<String, i64>>>,
}

impl Titles<'_> {
    fn table(&self, now: Timestamp, (file, text): (&str, &str)) -> Result<(), DeskError> {
        let desk = self.desk;
        let wrong =
            |line: usize, why: &str| DeskError::File(format!("demo/nouns/{file}.txt, line {}: {why}", line + 1));
        let mut table: Option<(&'static Kind, Vec<&str>)> = None;
        let mut changes = Vec::new();
        for (at, line) in text.lines().enumerate() {
            let line = line.trim();
            if let Some(name) = line.strip_prefix("# ") {
                self.write(now, &mut changes)?;
                table = Some((desk.kind(name)?, Vec::new()));
            } else if !line.is_empty() {
                let Some((kind, fields)) = &mut table else { return Err(wrong(at, "a table begins with `# kind`")) };
                let cells = line.split('|').map(str::trim);
                if fields.is_empty() {
                    *fields = cells.collect();
                } else {
                    let day = |cell: &str| dated(desk, now, &cell.replace('¶', "\n").replace('¦', "|"));
                    let cells = cells.map(day).collect::<Option<Vec<_>>>().ok_or_else(|| wrong(at, "not a day"))?;
                    changes.push(self.row(kind, fields, &cells).map_err(|why| wrong(at, &why))?);
                }
            }
        }
        self.write(now, &mut changes)
    }

    fn row(&self, kind: &'static Kind, fields: &[&str], cells: &[String]) -> Result<Change, String> {
        if fields.len() != cells.len() {
            return Err(format!("{} cells below {} names", cells.len(), fields.len()));
        }
        let values = fields.iter().zip(cells).filter(|(_, cell)| !cell.is_empty()).map(|(name, cell)| {
            let field = kind.field(name).ok_or_else(|| format!("{} has no field {name}", kind.name))?;
            let value = parse(self.desk.catalog(), self, field, cell).map_err(|error| error.to_string())?;
            Ok(((*name).to_owned(), value))
        });
        let values = values.collect::<Result<Vec<(String, Value)>, String>>()?;
        Ok(Change::Create { kind, values, tags: None, external_id: None })
    }

    fn write(&self, now: Timestamp, changes: &mut Vec<Change>) -> Result<(), DeskError> {
        if !changes.is_empty() {
            for written in self.desk.store.write(&self.desk.system(), now, std::mem::take(changes))? {
                let record = written.record;
                if let Some(known) = self.known.borrow_mut().get_mut(record.kind.name) {
                    known.insert(record.title().to_owned(), record.id);
                }
            }
        }
        Ok(())
    }
}

impl Names for Titles<'_> {
    fn find(&self, kind: &str, text: &str) -> Option<i64> {
        if !self.known.borrow().contains_key(kind) {
            let all = self.desk.all(kind).ok()?;
            let titles = all.iter().map(|record| (record.title().to_owned(), record.id)).collect();
            self.known.borrow_mut().insert(kind.to_owned(), titles);
        }
        self.known.borrow().get(kind)?.get(text).copied()
    }
}

/// A cell with its days written out; nothing where a day is not understood.
fn dated(desk: &Desk, now: Timestamp, cell: &str) -> Option<String> {
    let today = now.to_zoned(desk.zone.clone()).date();
    let mut text = String::new();
    let mut rest = cell;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        if !after.starts_with(|letter: char| letter.is_ascii_digit() || letter == '-') {
            text.push('{');
            rest = after;
            continue;
        }
        let (inside, after) = after.split_once('}')?;
        let (days, time) = inside.split_once(' ').map_or((inside, None), |(days, time)| (days, Some(time)));
        let day: Date = today.checked_add(days.parse::<i64>().ok()?.days()).ok()?;
        match time {
            None => text.push_str(&day.to_string()),
            Some(time) => {
                let at = day.to_datetime(time.parse::<Time>().ok()?).to_zoned(desk.zone.clone()).ok()?;
                text.push_str(&at.timestamp().to_string());
            }
        }
        rest = after;
    }
    text.push_str(rest);
    Some(text)
}
