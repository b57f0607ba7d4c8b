//! The ATT&CK map: tactics with their techniques, what of them rules look for, what alerts carried, what to collect next.

use crate::ask::Ask;
use crate::fault::Fault;
use crate::htmx;
use crate::layout::Find;
use crate::parts::{Button, State as Mark, empty, header, panel, state, time};
use crate::routes::{Route, Who};
use crate::screens::encode;
use axum::http::header as http;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde_json::json;
use std::sync::Arc;
use watchkeep_desk::attack::{Cell, Column, Knowledge, Log, Map, Ruled};

/// Rules of a technique that are shown, and log sources to collect.
const RULES: usize = 200;
const LOGS: usize = 10;
const HERE: &str = "/attack";
const KINDS: &[&str] = &["detection_rule", "alert"];

pub fn routes() -> Vec<Route> {
    vec![
        Route::get(HERE, Who::Person, page),
        Route::get("/attack/import", Who::Person, |ask| Ok(import_page(ask, &html! {})?.into_response())),
        Route::post("/attack/import", Who::Person, import),
        Route::get("/attack/layer.json", Who::Api, layer),
        Route::get("/attack/techniques.csv", Who::Api, table),
        Route::get("/attack/{technique}", Who::Person, technique),
        Route::get("/api/attack", Who::Api, by_program),
        Route::post("/api/import/attack", Who::Api, import_by_program),
    ]
}

fn map(ask: &Ask) -> Result<Map, Fault> {
    ask.kind("detection_rule")?;
    Ok(ask.app.desk.attack_map(&ask.actor, ask.now)?)
}

fn may_import(ask: &Ask) -> bool {
    ask.actor.access.may("detection_rule", "create")
}

fn page(ask: &Ask) -> Result<Response, Fault> {
    let map = map(ask)?;
    let about = html! {
        @match &map.knowledge {
            Some(known) => { (known.name) " " (known.edition) " · " (map.covered) " of " (map.all) " techniques have a rule in force, " (map.firing) " one that can fire" },
            None => { (map.covered) " techniques have a rule in force, " (map.firing) " one that can fire" },
        }
        " · as of " (time::of_day(ask.now, &ask.app.desk.zone))
    };
    let actions = html! {
        (Button::link("CSV", "/attack/techniques.csv"))
        (Button::link("Navigator layer", "/attack/layer.json").key('x'))
        @if may_import(ask) { (Button::link("Import ATT&CK", "/attack/import").key('n')) }
    };
    let inner = html! {
        (header::header("ATT&CK", &about, &actions))
        @if map.columns.is_empty() {
            (empty::empty("target", "No technique yet", "Rules that are tagged with techniques of ATT&CK make the map; an import gives it names and what no rule looks for.", &html! { (Button::link("Rules", "/r/detection_rule")) }))
        } @else {
            @if map.knowledge.is_none() { p .sub { "Ids only, as rules are tagged. " @if may_import(ask) { a .link href="/attack/import" { "Import ATT&CK" } " for names, and for what no rule looks for." } } }
            (legend())
            (matrix(&map))
            @if !map.unknown.is_empty() { p .sub { "Rules in force also name " (map.unknown.join(", ")) ": of another matrix, or gone from this one." } }
        }
        (collect(&map, LOGS))
    };
    let body = htmx::live("attack", KINDS, HERE, &inner);
    Ok(ask.page("ATT&CK", "attack", Find::default(), &body).into_response())
}

/// How deep the colour is by the number of rules.
fn shade(rules: usize) -> &'static str {
    match rules {
        0 => "shade0",
        1..=2 => "shade1",
        3..=9 => "shade2",
        10..=29 => "shade3",
        _ => "shade4",
    }
}

fn legend() -> Markup {
    html! { p .row .wrap .scale {
        span .sub { "Rules in force:" }
        @for (shade, words) in [("shade0", "none"), ("shade1", "1 to 2"), ("shade2", "3 to 9"), ("shade3", "10 to 29"), ("shade4", "30 and more")] { span .swatch .(shade) { (words) } }
        (state::mark(Mark::Red, "alerts in 30 days")) (state::mark(Mark::Amber, "no rule can fire"))
    } }
}

fn matrix(map: &Map) -> Markup {
    html! { div .attack tabindex="0" role="region" aria-label="Techniques by tactic" { @for column in &map.columns {
        @let covered = column.cells.iter().filter(|cell| cell.rules > 0).count();
        section { h2 { (column.tactic.name) } p .sub { (covered) " of " (column.cells.len()) } (cells(column)) }
    } } }
}

fn cells(column: &Column) -> Markup {
    html! { ul { @for cell in &column.cells { li .(shade(cell.rules)) {
        (technique_link(cell))
        @if !cell.parts.is_empty() {
            @let covered = cell.parts.iter().filter(|part| part.rules > 0).count();
            details { summary { (covered) " of " (cell.parts.len()) " parts" }
                ul { @for part in &cell.parts { li .(shade(part.rules)) { (technique_link(part)) } } }
            }
        }
    } } } }
}

fn technique_link(cell: &Cell) -> Markup {
    html! { a href={ (HERE) "/" (cell.id) } {
        span .id { (cell.id) } " " (cell.name) " "
        b title="rules in force" { (cell.rules) span .vh { " rules in force" } }
        @if cell.alerts.0 > 0 { " " (state::mark(Mark::Red, &cell.alerts.0.to_string())) span .vh { " alerts in 30 days" } }
        @if cell.rules > 0 && cell.fires == 0 { " " (state::dot(Mark::Amber)) span .vh { " no rule can fire" } }
    } }
}

/// Log sources to collect next.
fn collect(map: &Map, most: usize) -> Markup {
    let Some(logs) = map.collect.as_ref().filter(|logs| !logs.is_empty()) else { return html! {} };
    panel::flush(
        "Collect next",
        &html! { "log sources of rules in force, of which no event came in 30 days" },
        &html! {
            table .cards {
                caption .vh { "Log sources to collect, with the rules and techniques that would begin to cover" }
                thead { tr { th { "Log source" } th .num { "Rules" } th .num { "New techniques" } th { "Which" } } }
                tbody { @for log in logs.iter().take(most) { tr {
                    td { (log.words) }
                    td .num { (log.rules) }
                    td .num { (log.techniques.len()) }
                    td .grow { (which(log)) }
                } } }
            }
            p .pad .sub { "Each is counted by itself: techniques that no rule that can fire looks for now." @if logs.len() > most { " The first " (most) " of " (logs.len()) "." } }
        },
    )
}

fn which(log: &Log) -> Markup {
    html! { @for (at, technique) in log.techniques.iter().take(6).enumerate() { @if at > 0 { " " } a .link .id href={ (HERE) "/" (technique) } { (technique) } } @if log.techniques.len() > 6 { " …" } }
}

/// One technique: its rules, its alerts, and what it waits for.
fn technique(ask: &Ask) -> Result<Response, Fault> {
    let map = map(ask)?;
    let id = ask.param("technique");
    let rules: Vec<&Ruled> = map.of(id).collect();
    let cell = map.cell(id);
    if cell.is_none() && rules.is_empty() {
        return Err(Fault::Missing);
    }
    let name = cell.map(|cell| cell.name.as_str()).unwrap_or_default();
    let title = format!("{id} {name}").trim().to_owned();
    let live = rules.iter().filter(|rule| rule.is_live()).count();
    let fires = rules.iter().filter(|rule| rule.fires).count();
    let (month, quarter) = rules.iter().fold((0, 0), |(a, b), rule| (a + rule.alerts.0, b + rule.alerts.1));
    let about = html! {
        (live) " rules in force, " (fires) " can fire · alerts: " (month) " in 30 days, " (quarter) " in 90"
        @if let Some(cell) = cell.filter(|cell| cell.groups + cell.software > 0) { " · used by " (cell.groups) " groups and " (cell.software) " programs" }
    };
    let waits = map
        .collect
        .iter()
        .flatten()
        .filter(|log| rules.iter().any(|rule| rule.is_live() && !rule.fires && rule.log == log.words));
    let waits: Vec<&Log> = waits.collect();
    let inner = html! {
        (header::header(&title, &about, &html! { (Button::link("Map", HERE).key('b')) }))
        @if let Some(cell) = cell.filter(|cell| !cell.parts.is_empty()) {
            (panel::padded("Parts", &html! { (cell.parts.len()) }, &html! { div .attack .one { section { ul { @for part in &cell.parts { li .(shade(part.rules)) { (technique_link(part)) } } } } } }))
        }
        (panel::flush("Rules", &html! { (rules.len()) }, &html! {
            @if rules.is_empty() { p .pad .sub { "No rule looks for it." } } @else { (rules_table(&rules)) }
        }))
        @if !waits.is_empty() { (panel::padded("What to collect", &html! {}, &html! { ul .plain { @for log in &waits { li { (log.words) span .sub { " – " (log.rules) (if log.rules == 1 { " rule waits" } else { " rules wait" }) " for it" } } } } })) }
    };
    let body = htmx::live("attack", KINDS, &format!("{HERE}/{}", encode(id)), &inner);
    Ok(ask.page(&title, "attack", Find::default(), &body).into_response())
}

fn rules_table(rules: &[&Ruled]) -> Markup {
    html! {
        table .cards {
            caption .vh { "Rules that look for it, with their alerts" }
            thead { tr { th { "State" } th { "Rule" } th { "Log source" } th .num { "Alerts, 30 days" } th .num { "90 days" } } }
            tbody { @for rule in rules.iter().take(RULES) { tr {
                td { @match (rule.is_live(), rule.fires) { (true, true) => (state::mark(Mark::Green, "live")), (true, false) => (state::mark(Mark::Amber, "cannot fire")), _ => (state::mark(Mark::Grey, rule.state)) } }
                td .grow { a .link href={ "/r/detection_rule/" (rule.id) } { (rule.title) } }
                td { (rule.log) }
                td .num { (count(rule, rule.alerts.0, 30)) }
                td .num { (count(rule, rule.alerts.1, 90)) }
            } } }
        }
        @if rules.len() > RULES { p .pad .sub { "The first " (RULES) " of " (rules.len()) "." } }
    }
}

/// A count that opens its alerts.
fn count(rule: &Ruled, alerts: i64, days: u32) -> Markup {
    let query = format!("rule:RUL-{} first_seen>=-{days}d", rule.id);
    html! { @if alerts > 0 { a .link href={ "/alerts?q=" (encode(&query)) } { (alerts) (if alerts == 1 { " alert" } else { " alerts" }) } } @else { "0" } }
}

fn import_page(ask: &Ask, outcome: &Markup) -> Result<Markup, Fault> {
    ask.kind("detection_rule")?;
    let known = ask.app.desk.attack_knowledge(ask.now)?;
    let body = html! {
        (header::header("Import ATT&CK", &html! { "ids and names of tactics and techniques; nothing is fetched, and no text is kept" }, &html! { (Button::link("Map", HERE).key('b')) }))
        (outcome)
        @if let Some(known) = &known { (panel::padded("What is here", &html! {}, &html! { p { (counted(known)) @if let Some(at) = known.imported { ", imported " (time::exact(at, &ask.app.desk.zone)) " by " (known.by) } } })) }
        (panel::padded("File", &html! {}, &html! {
            form .stack method="post" action={ "/attack/import?csrf=" (ask.csrf()) } enctype="multipart/form-data" {
                div .field {
                    label for="file" { "STIX bundle *" }
                    input #file type="file" name="file" accept=".json,.gz" required;
                    p .help { "The file " code { "enterprise-attack.json" } ", or that of another matrix, as its publisher gives it out; STIX 2.0 or 2.1, also packed as " code { ".json.gz" } ". It takes the place of the one that is here." }
                }
                div { button .btn .go type="submit" { "Import" } }
            }
        }))
    };
    Ok(ask.page("Import ATT&CK", "attack", Find::default(), &body))
}

fn counted(known: &Knowledge) -> String {
    let (techniques, parts) = known.counts();
    format!(
        "{} {}: {} tactics, {techniques} techniques, {parts} sub-techniques",
        known.name,
        known.edition,
        known.tactics.len()
    )
}

fn take(ask: &Ask) -> Result<Arc<Knowledge>, Fault> {
    ask.kind("detection_rule")?;
    let parts = ask.parts()?;
    let file = parts.iter().find(|part| part.name == "file" && !part.file.is_empty());
    let file = file.ok_or_else(|| Fault::Bad("choose one file as `file`".to_owned()))?;
    Ok(ask.app.desk.import_attack(&ask.actor, (&file.file, &file.bytes), ask.now)?)
}

fn import(ask: &Ask) -> Result<Response, Fault> {
    let (status, outcome) = match take(ask) {
        Ok(known) => (
            axum::http::StatusCode::OK,
            panel::padded(
                "Imported",
                &html! { a .link href=(HERE) { "Open the map" } },
                &html! { p { (counted(&known)) "." } },
            ),
        ),
        Err(fault @ (Fault::Bad(_) | Fault::Refused(_))) => {
            (fault.status(), html! { p .error role="alert" { (fault.message()) } })
        }
        Err(other) => return Err(other),
    };
    Ok((status, import_page(ask, &outcome)?).into_response())
}

fn import_by_program(ask: &Ask) -> Result<Response, Fault> {
    let known = take(ask)?;
    let (techniques, parts) = known.counts();
    let body = json!({"name": known.name, "edition": known.edition, "tactics": known.tactics.len(), "techniques": techniques, "sub_techniques": parts});
    Ok(axum::Json(body).into_response())
}

fn by_program(ask: &Ask) -> Result<Response, Fault> {
    Ok(axum::Json(map(ask)?.json()).into_response())
}

fn layer(ask: &Ask) -> Result<Response, Fault> {
    let name = "attachment; filename=\"watchkeep-attack-layer.json\"";
    Ok(([(http::CONTENT_DISPOSITION, name)], axum::Json(map(ask)?.layer())).into_response())
}

fn table(ask: &Ask) -> Result<Response, Fault> {
    let text = map(ask)?.csv();
    let headers = [
        (http::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (http::CONTENT_DISPOSITION, "attachment; filename=\"watchkeep-attack.csv\""),
    ];
    Ok((headers, text).into_response())
}
