//! Responsibilities: the RACI matrix with its gaps (RU-01 to RU-08), and the table and chart of functions (RU-31).

use super::duty;
use super::home::{mark, short};
use crate::ask::Ask;
use crate::fault::Fault;
use crate::htmx;
use crate::layout::Find;
use crate::parts::{Button, State as Mark, header, panel, state, tag};
use crate::routes::{Route, Who};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use watchkeep_desk::DeskError;
use watchkeep_desk::drift::Drift;
use watchkeep_desk::duties::State;
use watchkeep_desk::raci::{DEEP, Gaps, Letter, MANY_INFORMED, under};
use watchkeep_model::resolve::Test;
use watchkeep_model::{Look, Record};
use watchkeep_store::StoreError;

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/responsibilities", Who::Person, |ask| Ok(page(ask, None)?.into_response())),
        Route::post("/responsibilities/{id}", Who::Person, give),
        Route::get("/responsibilities/functions", Who::Person, functions),
        Route::post("/responsibilities/functions", Who::Person, keep),
    ]
}

/// What the matrix is made of.
struct Matrix {
    /// Projects that duties are held for, beside what stands for the organisation (RU-09).
    projects: BTreeSet<String>,
    /// By the name of their area, in the order of the catalogue.
    areas: BTreeMap<String, Vec<(Record, Record)>>,
    functions: Vec<Record>,
}

fn matrix(ask: &Ask) -> Result<Matrix, Fault> {
    let desk = &ask.app.desk;
    ask.kind("held_duty")?;
    let mut held = duty::held(ask)?;
    let project = |(held, _): &(Record, Record)| held.get("project").as_text().map(str::to_owned);
    let projects: BTreeSet<String> = held.iter().filter_map(project).collect();
    if let Some(wanted) = ask.query("project").filter(|wanted| !wanted.is_empty()) {
        held.retain(|row| project(row).is_none_or(|theirs| theirs == wanted));
    }
    let letters = ["responsible", "accountable", "consulted", "informed"];
    let ids = |(held, _): &(Record, Record)| {
        letters.iter().flat_map(|field| held.get(field).ids().to_vec()).collect::<Vec<_>>()
    };
    let used: HashSet<i64> = held.iter().flat_map(ids).collect();
    let mut areas = duty::by_area(held);
    let code = |row: &(Record, Record)| row.1.get("code").as_text().unwrap_or_default().to_owned();
    areas.values_mut().for_each(|rows| rows.sort_by_key(code));
    let mut functions = Vec::new();
    if let Ok(kind) = ask.kind("function") {
        desk.each(&ask.actor, kind, Test::All, |function| {
            functions.push(function.clone());
            Ok(())
        })?;
    }
    // Those with letters stand first.
    functions.sort_by_key(|function| (!used.contains(&function.id), function.title().to_lowercase()));
    Ok(Matrix { projects, areas, functions })
}

fn page(ask: &Ask, wrong: Option<&str>) -> Result<Markup, Fault> {
    let Matrix { projects, mut areas, functions } = matrix(ask)?;
    let holding = ask.app.desk.holding(ask.now)?;
    let held: Vec<Record> = areas.values().flatten().map(|(held, _)| held.clone()).collect();
    let places = places(ask, &held)?;
    if let Some(shown) = shown_place(ask, &places) {
        areas.values_mut().for_each(|rows| rows.retain(|(held, _)| held.get("site").as_int() == shown));
        areas.retain(|_, rows| !rows.is_empty());
    }
    let gaps = Gaps::of(&held, &holding);
    let drift = ask.app.desk.drift(&ask.actor, &held, &holding, ask.now)?;
    let editing = ask.query("change").or(Some(ask.param("id"))).and_then(|id| id.parse::<i64>().ok());
    let about =
        html! { (held.len()) " duties · " (functions.len()) " functions · R does, A approves, C is asked, I is told" };
    let actions = html! {
        (Button::link("Work role 722", "/responsibilities/work-role"))
        (Button::link("Functions and chart", "/responsibilities/functions").key('f'))
    };
    let inner = html! {
        (header::header("Responsibilities", &about, &actions))
        (project_links(ask, &projects))
        (place_links(ask, &places))
        (gaps_panel(&gaps))
        (drift_panel(ask, &drift, &held)?)
        section .panel {
            @if held.is_empty() { p .pad .sub { "No duty is held yet." } } @else {
                form method="post" action={ "/responsibilities/" (editing.unwrap_or(0)) } {
                    input type="hidden" name="csrf" value=(ask.csrf());
                    div .scroll tabindex="0" role="region" aria-label="RACI matrix" { table .matrix .raci {
                        caption .vh { "Duties and the letters of each function" }
                        thead { tr { th scope="col" { "Duty" } @for function in &functions { th scope="col" { (function.title()) } } th scope="col" { span .vh { "Change" } } } }
                        tbody { @for (area, rows) in &areas {
                            tr .area { th scope="rowgroup" colspan=(functions.len() + 2) { (area) } }
                            @for (held, duty) in rows {
                                @if editing == Some(held.id) { (edited(ask, held, duty, &functions, wrong)) } @else { (row(ask, held, duty, &functions)) }
                            }
                        } }
                    } }
                }
            }
        }
    };
    let live = if editing.is_some() {
        inner
    } else {
        htmx::live("raci", &["held_duty", "function"], "/responsibilities", &inner)
    };
    if ask.wants_fragment() {
        return Ok(live);
    }
    Ok(ask.page("Responsibilities", "responsibilities", Find::default(), &live))
}

fn gaps_panel(gaps: &Gaps) -> Markup {
    let lines = [
        (&gaps.no_responsible, "without R (RU-02)"),
        (&gaps.no_accountable, "without A (RU-03)"),
        (&gaps.nobody, "whose R or A resolves to nobody"),
        (&gaps.many_informed, "that inform more than five (RU-07)"),
    ];
    let softer =
        [(&gaps.no_deputy, "without a deputy"), (&gaps.unconfirmed, "that their R has not confirmed yet (RU-38)")];
    let found: usize = lines.iter().chain(&softer).map(|(ids, _)| ids.len()).sum();
    let aside = if found == 0 {
        state::mark(Mark::Green, "none")
    } else {
        html! { (found) }
    };
    panel::padded(
        "Gaps",
        &aside,
        &html! {
            @if found == 0 { p .sub { "Every duty has one R and one A, each is somebody with a deputy who has confirmed it, and none informs more than " (MANY_INFORMED) "." } }
            ul .plain {
                @for (ids, what) in &lines { (gap(Mark::Red, ids, what)) }
                @for (ids, what) in &softer { (gap(Mark::Amber, ids, what)) }
            }
        },
    )
}

/// One matrix for each project: what stands, and what the project adds.
fn project_links(ask: &Ask, projects: &BTreeSet<String>) -> Markup {
    let chosen = ask.query("project").unwrap_or_default();
    let link = |name: &str, label: &str| {
        let query = super::encode(name);
        html! { a .btn .small href={ "/responsibilities?project=" (query) } aria-current=[(chosen == name).then_some("true")] { (label) } }
    };
    html! { @if !projects.is_empty() { nav .row aria-label="Projects" {
        (link("", "Organisation and all projects"))
        @for project in projects { (link(project, project)) }
    } } }
}

/// The places that duties are held for, the whole organisation first; fewer than two need no choice.
fn places(ask: &Ask, held: &[Record]) -> Result<Vec<(Option<i64>, String)>, Fault> {
    let found: BTreeSet<Option<i64>> = held.iter().map(|one| one.get("site").as_int()).collect();
    let ids: Vec<i64> = found.iter().flatten().copied().collect();
    let names = ask.app.desk.store.titles(&ask.actor, ask.app.desk.kind("site")?, &ids)?;
    let mut places: Vec<(Option<i64>, String)> = names.into_iter().map(|(id, name)| (Some(id), name)).collect();
    places.sort_by_key(|(_, name)| name.to_lowercase());
    if found.contains(&None) {
        places.insert(0, (None, "Organisation".to_owned()));
    }
    Ok(places)
}

/// One place at a time, where there are several: the one asked for, else the one whose duty is changed, else the first.
fn shown_place(ask: &Ask, places: &[(Option<i64>, String)]) -> Option<Option<i64>> {
    let asked = ask.query("site").and_then(|name| places.iter().find(|(_, known)| known == name));
    let editing = ask.query("change").or(Some(ask.param("id"))).and_then(|id| id.parse::<i64>().ok());
    let edited = editing.and_then(|id| ask.app.desk.store.look().record("held_duty", id));
    let edited = edited.map(|held| held.get("site").as_int());
    (places.len() > 1)
        .then(|| asked.map(|(id, _)| *id).or(edited).or_else(|| places.first().map(|(id, _)| *id)))
        .flatten()
}

fn place_links(ask: &Ask, places: &[(Option<i64>, String)]) -> Markup {
    let shown = shown_place(ask, places);
    html! { @if shown.is_some() { nav .row aria-label="Places" { @for (id, name) in places {
        @let query = super::encode(name);
        a .btn .small href={ "/responsibilities?site=" (query) } aria-current=[(shown == Some(*id)).then_some("true")] { (name) }
    } } } }
}

fn gap(mark: Mark, ids: &[i64], what: &str) -> Markup {
    html! { @if !ids.is_empty() {
        li { (state::dot(mark)) " " b { (ids.len()) } " " (what) ": "
            @for id in ids.iter().take(12) { a .link href={ "/duty/" (id) } { "HLD-" (id) } " " }
            @if ids.len() > 12 { "and " (ids.len() - 12) " more" }
        }
    } }
}

/// Work that somebody else did than was planned (RU-11).
fn drift_panel(ask: &Ask, drift: &[Drift], held: &[Record]) -> Result<Markup, Fault> {
    let people = ask.app.desk.kind("person")?;
    let ids: Vec<i64> = drift.iter().flat_map(|one| one.others.keys().copied().chain(one.planned)).collect();
    let names: HashMap<i64, String> = ask.app.desk.store.titles(&ask.actor, people, &ids)?.into_iter().collect();
    let name = |id: &i64| names.get(id).map_or("somebody", String::as_str);
    let title = |id: i64| held.iter().find(|one| one.id == id).map_or("", Record::title);
    Ok(panel::flush(
        "Drift",
        &html! { "of the last 90 days · " (drift.len()) },
        &html! {
            @if drift.is_empty() { p .pad .sub { "What was done was done by whoever holds it, or by a deputy." } } @else {
                table .cards {
                    caption .vh { "Duties done by others than planned, most first" }
                    thead { tr { th { "Duty" } th { "Planned" } th { "Done by others" } } }
                    tbody { @for one in drift { tr {
                        td .grow { a .link href={ "/duty/" (one.held) } { (short(title(one.held))) } }
                        td { @match &one.planned { Some(person) => (name(person)), None => (state::mark(Mark::Red, "nobody")) } }
                        td { @for (at, (person, times)) in one.others.iter().enumerate() { @if at > 0 { ", " } (name(person)) " " (times) "×" } span .sub { " of " (one.done) } }
                    } } }
                }
            }
        },
    ))
}

fn row(ask: &Ask, held: &Record, duty: &Record, functions: &[Record]) -> Markup {
    let may = ask.actor.access.may_on(held.kind, "update", held);
    html! { tr id={ "HLD-" (held.id) } {
        (name(held, duty))
        @for function in functions { td { @match Letter::of(held, function.id) {
            Some(letter) => { b class={ "letter " (letter.sign()) } { (letter.sign()) } },
            None => { span .sub aria-hidden="true" { "·" } span .vh { "none" } },
        } } }
        td { @if may { a .btn .small href={ "?change=" (held.id) "#HLD-" (held.id) } aria-label={ "Change HLD-" (held.id) } { "Change" } } }
    } }
}

/// A row whose letters are being given; what was chosen stays where it was refused.
fn edited(ask: &Ask, held: &Record, duty: &Record, functions: &[Record], wrong: Option<&str>) -> Markup {
    let chosen = |function: &Record| match ask.form(&format!("f{}", function.id)) {
        Some(sign) => Letter::named(sign),
        None => Letter::of(held, function.id),
    };
    html! {
        tr .editing id={ "HLD-" (held.id) } {
            (name(held, duty))
            @for function in functions {
                @let now = chosen(function);
                td { select name={ "f" (function.id) } aria-label=(function.title()) {
                    option value="" { "–" }
                    @for letter in Letter::ALL { option value=(letter.sign()) selected[now == Some(letter)] { (letter.sign()) } }
                } }
            }
            td { input type="hidden" name="version" value=(held.version); (Button::submit("Save").go().small()) " " (Button::link("Cancel", "/responsibilities").small()) }
        }
        @if let Some(wrong) = wrong { tr { td .wrong colspan=(functions.len() + 2) { p .error role="alert" { (wrong) } } } }
    }
}

fn name(held: &Record, duty: &Record) -> Markup {
    html! { th scope="row" {
        (state::dot(mark(State::of(held)))) " "
        a .link href={ "/duty/" (held.id) } title=(duty.title()) { (duty.get("code").as_text().unwrap_or_default()) } " " (short(duty.title()))
        @if let Some(project) = held.get("project").as_text() { " " (tag::tag(project)) }
    } }
}

fn give(ask: &Ask) -> Result<Response, Fault> {
    let held = ask.record(ask.kind("held_duty")?, ask.param("id"))?;
    let letter = |(name, sign): &(String, String)| {
        let function = name.strip_prefix('f')?.parse::<i64>().ok()?;
        Some((function, Letter::named(sign)))
    };
    let letters: Vec<(i64, Option<Letter>)> = ask.form_fields().iter().filter_map(letter).collect();
    let version = ask.form("version").and_then(|text| text.parse().ok());
    let wrong = match ask.app.desk.give_letters(&ask.actor, &held, &letters, version, ask.now) {
        Ok(_) => return Ok(super::go(&format!("/responsibilities#HLD-{}", held.id))),
        Err(DeskError::Store(error @ (StoreError::Refused(_) | StoreError::Version { .. }))) => Fault::from(error),
        Err(error) => return Err(error.into()),
    };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(ask, Some(&wrong.message()))?).into_response())
}

/// Who holds which function, for what, and to whom they report: the table of ISO 27002 5.2, dated, and its chart.
fn functions(ask: &Ask) -> Result<Response, Fault> {
    ask.kind("function")?;
    let Matrix { areas, functions, .. } = matrix(ask)?;
    let holding = ask.app.desk.holding(ask.now)?;
    let people = ask.app.desk.kind("person")?;
    let ids: Vec<i64> = functions.iter().filter_map(|function| holding.person(Some(function.id))).collect();
    let names: HashMap<i64, String> = ask.app.desk.store.titles(&ask.actor, people, &ids)?.into_iter().collect();
    let held: Vec<&Record> = areas.values().flatten().map(|(held, _)| held).collect();
    let count =
        |function: &Record, field: &str| held.iter().filter(|one| one.get(field).as_int() == Some(function.id)).count();
    let lacking = ask.app.desk.lacking(&ask.actor, &functions, ask.now)?;
    let courses: Vec<i64> = lacking.values().flatten().copied().collect();
    let kind = ask.app.desk.kind("course")?;
    let courses: HashMap<i64, String> = ask.app.desk.store.titles(&ask.actor, kind, &courses)?.into_iter().collect();
    let lacks = |function: &Record| {
        let missing = lacking.get(&function.id)?.iter().filter_map(|course| courses.get(course));
        Some(missing.map(String::as_str).collect::<Vec<_>>().join(", ")).filter(|names| !names.is_empty())
    };
    let who = |function: &Record| holding.person(Some(function.id)).and_then(|id| names.get(&id));
    let body = html! {
        (header::header("Functions and chart", &html! { "as of " (ask.now.to_zoned(ask.app.desk.zone.clone()).date()) " · ISO 27002 5.2" }, &html! {
            @if ask.actor.access.may("document", "create") { (Button::post("Keep as a document", "/responsibilities/functions", ask.csrf()).key('k')) }
            (Button::link("Matrix", "/responsibilities").key('b'))
        }))
        (panel::flush("Allocation", &html! { (functions.len()) " functions" }, &html! {
            table .cards {
                caption .vh { "Functions, who holds them, and how many duties" }
                thead { tr { th { "Function" } th { "Held by" } th .num { "R" } th .num { "A" } } }
                tbody { @for function in &functions { tr {
                    td .grow { a .link href={ "/r/function/" (function.id) } { (function.title()) } }
                    td { @match who(function) { Some(name) => (name), None => (state::mark(Mark::Red, "nobody")) }
                        @if let Some(names) = lacks(function) { div .sub { (state::dot(Mark::Amber)) " has yet to pass: " (names) } }
                    }
                    td .num { (count(function, "responsible")) }
                    td .num { (count(function, "accountable")) }
                } } }
            }
        }))
        (areas_panel(ask, &functions)?)
        (panel::padded("Organisation chart", &html! { "by whom each function reports to" }, &html! { (branch(&functions, None, &|function| who(function).cloned(), 0)) }))
    };
    Ok(ask.page("Functions and chart", "responsibilities", Find::default(), &body).into_response())
}

/// The areas that each need somebody; an empty one is a gap (RU-35).
fn areas_panel(ask: &Ask, functions: &[Record]) -> Result<Markup, Fault> {
    let areas = ask.app.desk.areas(&ask.actor, ask.now)?;
    let gaps = areas.iter().filter(|area| area.functions.is_empty()).count();
    let name = |id: &i64| functions.iter().find(|one| one.id == *id).map(Record::title);
    let aside = html! { @if gaps > 0 { (state::mark(Mark::Red, &format!("{gaps} without anybody"))) } @else { (state::mark(Mark::Green, "each has somebody")) } };
    Ok(panel::flush(
        "Areas",
        &aside,
        &html! { table .cards {
            caption .vh { "Areas that need somebody, and the functions that answer for them" }
            thead { tr { th { "Area" } th { "Answered for by" } } }
            tbody { @for area in &areas { tr {
                td .grow { (area.name) div .sub { (area.duties.join(", ")) } }
                td { @if area.functions.is_empty() { (state::mark(Mark::Red, "gap: nobody")) } @else { (area.functions.iter().filter_map(name).collect::<Vec<_>>().join(", ")) } }
            } } }
        } },
    ))
}

/// The allocation of today as a document, to be approved like any other (RU-31).
fn keep(ask: &Ask) -> Result<Response, Fault> {
    ask.kind("function")?;
    let document = ask.app.desk.keep_allocation(&ask.actor, ask.now)?;
    Ok(super::go(&format!("/r/document/{}", document.id)))
}

/// The functions that report to one, and theirs; a function whose superior is not seen stands at the top.
fn branch(all: &[Record], above: Option<i64>, who: &dyn Fn(&Record) -> Option<String>, depth: usize) -> Markup {
    let here: Vec<&Record> = under(all, above).collect();
    html! { @if !here.is_empty() && depth < DEEP { ul .chart-tree { @for function in here {
        li { a .link href={ "/r/function/" (function.id) } { (function.title()) } span .sub { " · " (who(function).unwrap_or_else(|| "nobody".to_owned())) }
            (branch(all, Some(function.id), who, depth + 1))
        }
    } } } }
}
