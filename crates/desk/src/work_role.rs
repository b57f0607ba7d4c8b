//! Duties seen as something else: the tasks of NICE work role 722, and the areas that each need somebody (RU-35).

use crate::duties::State;
use crate::{Desk, DeskError};
use jiff::Timestamp;
use std::collections::HashMap;
use watchkeep_model::resolve::Test;
use watchkeep_model::{Actor, Record};

const TASKS: &str = include_str!("../data/work_role_722.txt");
const AREAS: &str = include_str!("../data/areas.txt");

/// A held duty that carries something out, as it stands now.
#[derive(Debug, Clone)]
pub struct Carried {
    pub held: i64,
    /// D-001 and so on.
    pub code: String,
    pub title: String,
    pub site: Option<i64>,
    /// The person who does its work now.
    pub holder: Option<i64>,
    pub state: State,
    pub figure: Option<String>,
    /// Counted from records or events, and there is data.
    pub measured: bool,
}

/// One task of the work role.
#[derive(Debug, Clone)]
pub struct Task {
    pub code: &'static str,
    pub words: &'static str,
    /// Duties that carry it out, held or not.
    pub duties: Vec<&'static str>,
    pub carried: Vec<Carried>,
}

impl Task {
    /// Somebody does the work of one of its duties.
    pub fn held(&self) -> bool {
        self.carried.iter().any(|one| one.holder.is_some())
    }

    pub fn measured(&self) -> bool {
        self.carried.iter().any(|one| one.holder.is_some() && one.measured)
    }

    /// The worst of what somebody holds; grey where nobody holds anything.
    pub fn state(&self) -> State {
        let held = self.carried.iter().filter(|one| one.holder.is_some()).map(|one| one.state);
        held.min().unwrap_or(State::Grey)
    }
}

/// One of the areas that need somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Area {
    pub name: &'static str,
    pub duties: Vec<&'static str>,
    /// Functions that do its work and resolve to somebody; empty is a gap.
    pub functions: Vec<i64>,
}

/// Lines of `a | b | c`, without notes.
fn table(text: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    lines.map(|line| line.split('|').map(str::trim).collect())
}

fn codes(cell: Option<&&'static str>) -> Vec<&'static str> {
    cell.map_or_else(Vec::new, |cell| cell.split(',').map(str::trim).collect())
}

impl Desk {
    /// Held duties that the actor sees, by code.
    fn held_by_code(&self, actor: &Actor) -> Result<HashMap<String, Vec<(Record, Record)>>, DeskError> {
        let duties: HashMap<i64, Record> = self.all("duty")?.into_iter().map(|duty| (duty.id, duty)).collect();
        let mut held: HashMap<String, Vec<(Record, Record)>> = HashMap::new();
        self.each(actor, self.kind("held_duty")?, Test::All, |one| {
            if let Some(duty) = one.get("duty").as_int().and_then(|id| duties.get(&id)) {
                let code = duty.get("code").as_text().unwrap_or_default().to_owned();
                held.entry(code).or_default().push((one.clone(), duty.clone()));
            }
            Ok(())
        })?;
        Ok(held)
    }

    /// The 29 tasks of the work role with the duties that carry them out, measured now over what the actor sees.
    pub fn work_role(&self, actor: &Actor, now: Timestamp) -> Result<Vec<Task>, DeskError> {
        let held = self.held_by_code(actor)?;
        let holding = self.holding(now)?;
        let mut runs = self.newest_runs(actor)?;
        let mut known: HashMap<i64, Carried> = HashMap::new();
        let mut tasks = Vec::new();
        for cells in table(TASKS) {
            let (code, words) = (cells.first().copied().unwrap_or(""), cells.get(1).copied().unwrap_or(""));
            let mut task = Task { code, words, duties: codes(cells.get(2)), carried: Vec::new() };
            for code in &task.duties {
                for (one, duty) in held.get(*code).into_iter().flatten() {
                    if let Some(known) = known.get(&one.id) {
                        task.carried.push(known.clone());
                        continue;
                    }
                    let site = one.get("site").as_int();
                    let found = self.measure(actor, code, site, now)?;
                    let rhythm = duty.get("rhythm").as_text().unwrap_or_default();
                    let (state, figure, measured) = match &found {
                        Some(found) => {
                            let figure = found.fresh.map(|_| found.figure());
                            (found.state, figure, found.fresh.is_some() && found.state != State::Grey)
                        }
                        None => {
                            let stands = self.by_runs(one, rhythm, runs.remove(&one.id), now);
                            (stands.map_or(State::Grey, |stands| stands.state), None, false)
                        }
                    };
                    let carried = Carried {
                        held: one.id,
                        code: (*code).to_owned(),
                        title: duty.title().to_owned(),
                        site,
                        holder: holding.holder(one, "responsible"),
                        state: holding.state(one, state),
                        figure,
                        measured,
                    };
                    known.insert(one.id, carried.clone());
                    task.carried.push(carried);
                }
            }
            tasks.push(task);
        }
        Ok(tasks)
    }

    /// The areas that each need somebody, with the functions that answer for them (RU-35).
    pub fn areas(&self, actor: &Actor, now: Timestamp) -> Result<Vec<Area>, DeskError> {
        let (held, holding) = (self.held_by_code(actor)?, self.holding(now)?);
        let areas = table(AREAS).map(|cells| {
            let duties = codes(cells.get(1));
            let all = duties.iter().filter_map(|code| held.get(*code)).flatten();
            let somebody = all.filter(|(one, _)| holding.holder(one, "responsible").is_some());
            let mut functions: Vec<i64> = somebody.filter_map(|(one, _)| one.get("responsible").as_int()).collect();
            functions.sort_unstable();
            functions.dedup();
            Area { name: cells.first().copied().unwrap_or(""), duties, functions }
        });
        Ok(areas.collect())
    }
}
