//! Duties down, sites across: how each duty stands at each place.

use super::home::{mark, short};
use crate::ask::Ask;
use crate::fault::Fault;
use crate::parts::state;
use maud::{Markup, html};
use std::collections::{BTreeMap, HashMap};
use watchkeep_desk::duties::State;
use watchkeep_model::Record;

/// A duty at a place: the record that holds it, how it stands, and its figure such as `23 of 24`.
#[derive(Debug, Clone)]
pub struct Cell {
    held: i64,
    state: State,
    figure: String,
}

impl Cell {
    fn of(held: &Record) -> Self {
        let said =
            held.get("figure").as_text().filter(|_| held.choice("grade") == Some("measured")).unwrap_or_default();
        let words: Vec<&str> = said.split(' ').take(3).collect();
        let figure =
            if words.get(1) == Some(&"of") && words != ["0", "of", "0"] { words.join(" ") } else { String::new() };
        Self { held: held.id, state: State::of(held), figure }
    }
}

/// Held duties by the duty and its place.
pub struct BySite {
    /// Number and name of each site, by name; what stands for the whole organisation comes before them.
    pub sites: Vec<(Option<i64>, String)>,
    /// Each duty with what it is at each of those sites.
    pub rows: Vec<(Record, Vec<Option<Cell>>)>,
}

impl BySite {
    /// Of held duties with what the catalogue says of them, as this person sees the sites; nothing where none names one.
    pub fn of<'a>(ask: &Ask, held: impl Iterator<Item = (&'a Record, &'a Record)>) -> Result<Option<Self>, Fault> {
        let mut duties: BTreeMap<String, (&Record, HashMap<Option<i64>, Cell>)> = BTreeMap::new();
        for (one, duty) in held {
            let code = duty.get("code").as_text().unwrap_or_default().to_owned();
            let row = duties.entry(code).or_insert((duty, HashMap::new()));
            let here = Cell::of(one);
            let known = row.1.entry(one.get("site").as_int()).or_insert_with(|| here.clone());
            // A project may hold it too: the worse of them is what the place shows.
            if here.state < known.state {
                *known = here;
            }
        }
        let mut ids: Vec<i64> = duties.values().flat_map(|(_, at)| at.keys().flatten().copied()).collect();
        ids.sort_unstable();
        ids.dedup();
        if ids.is_empty() {
            return Ok(None);
        }
        let titles = ask.app.desk.store.titles(&ask.actor, ask.app.desk.kind("site")?, &ids)?;
        let mut sites: Vec<(Option<i64>, String)> = titles.into_iter().map(|(id, name)| (Some(id), name)).collect();
        sites.sort_by_key(|(_, name)| name.to_lowercase());
        if duties.values().any(|(_, at)| at.contains_key(&None)) {
            sites.insert(0, (None, "Organisation".to_owned()));
        }
        let row = |(duty, at): &(&Record, HashMap<Option<i64>, Cell>)| {
            ((*duty).clone(), sites.iter().map(|(site, _)| at.get(site).cloned()).collect())
        };
        let rows = duties.values().map(row).collect();
        Ok(Some(Self { sites, rows }))
    }

    /// Those that stand worst first, at most this many.
    pub fn worst(mut self, most: usize) -> Self {
        let worst = |(_, cells): &(Record, Vec<Option<Cell>>)| cells.iter().flatten().map(|cell| cell.state).min();
        self.rows.sort_by_key(|row| worst(row).unwrap_or(State::Grey));
        self.rows.truncate(most);
        self
    }

    pub fn table(&self, caption: &str) -> Markup {
        html! {
            div .scroll tabindex="0" role="region" aria-label=(caption) { table .matrix .raci {
                caption .vh { (caption) }
                thead { tr { th scope="col" { "Duty" } @for (_, name) in &self.sites { th scope="col" { (name) } } } }
                tbody { @for (duty, cells) in &self.rows { tr {
                    th scope="row" title=(duty.title()) { (duty.get("code").as_text().unwrap_or_default()) " " (short(duty.title())) }
                    @for cell in cells { td { @match cell {
                        Some(cell) => { a href={ "/duty/" (cell.held) } { (state::dot(mark(cell.state))) @if !cell.figure.is_empty() { " " span .sub { (cell.figure) } } } },
                        None => { span .sub aria-hidden="true" { "·" } span .vh { "not held here" } },
                    } } }
                } } }
            } }
        }
    }
}
