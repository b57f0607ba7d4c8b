//! The incident room: who holds which role, what happened, what is decided, what is left to do.

use super::record::{attaching, attachments, chosen, comments, dialogs, framed, history, state};
use super::show::{Titles, level};
use crate::ask::Ask;
use crate::fault::Fault;
use crate::htmx;
use crate::parts::{
    Button, State as Mark, dialog, header, icon, keyvalue, panel, severity, state as marks, tag, time, timeline,
};
use crate::routes::{Route, Who};
use axum::response::Response;
use jiff::Timestamp;
use maud::{Markup, html};
use std::collections::BTreeSet;
use watchkeep_model::{FieldType, Record, Rows};
use watchkeep_records::respond::{
    Decision, Evidence, ROLES, RoleHolder, Theory, TheoryState, TimelineEntry, holder_of,
};
use watchkeep_store::{Change, List};

pub fn routes() -> Vec<Route> {
    vec![
        Route::post("/r/incident/{id}/say", Who::Person, say),
        Route::post("/r/incident/{id}/evidence", Who::Person, secure),
    ]
}

/// One line from the composer: a note, or what its first word says.
fn say(ask: &Ask) -> Result<Response, Fault> {
    let incident = ask.record(ask.kind("incident")?, ask.param("id"))?;
    let text = ask.form("note").unwrap_or_default().trim();
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let (act, field, words) = match word {
        "/decision" => ("decide", "decision", rest),
        "/theory" => ("theorise", "theory", rest),
        "/evidence" => ("add_evidence", "what", rest),
        "/update" => ("send_update", "message", rest),
        _ => ("note", "note", text),
    };
    let values = vec![(field.to_owned(), words.trim().into())];
    let change =
        Change::Move { kind: incident.kind, id: incident.id, version: None, act: act.to_owned(), values, reason: None };
    ask.app.desk.store.write_one(&ask.actor, ask.now, change)?;
    Ok(super::go(&format!("/r/incident/{}", incident.id)))
}

/// Secures evidence: the file is kept with its SHA-256 and hangs on the incident, which notes who took it and when.
fn secure(ask: &Ask) -> Result<Response, Fault> {
    let incident = ask.record(ask.kind("incident")?, ask.param("id"))?;
    let parts = ask.parts()?;
    let text = |name: &str| {
        let part = parts.iter().find(|part| part.name == name);
        part.map(|part| String::from_utf8_lossy(&part.bytes).trim().to_owned()).unwrap_or_default()
    };
    let file = parts.iter().find(|part| part.name == "file" && !part.file.is_empty());
    let (sha256, attach) = file.map(|file| attaching(ask, &incident, file)).transpose()?.unzip();
    let what = Some(text("what")).filter(|what| !what.is_empty()).or_else(|| file.map(|file| file.file.clone()));
    let mut values =
        vec![("what".to_owned(), what.unwrap_or_default().into()), ("place".to_owned(), text("place").into())];
    values.extend(sha256.map(|sha256| ("file".to_owned(), sha256.into())));
    let act = "add_evidence".to_owned();
    let note = Change::Move { kind: incident.kind, id: incident.id, version: None, act, values, reason: None };
    // Both or neither: evidence without its file, or a file that nobody noted, would be worth little.
    ask.app.desk.store.write(&ask.actor, ask.now, attach.into_iter().chain([note]).collect())?;
    Ok(super::go(&format!("/r/incident/{}", incident.id)))
}

fn evidence_dialog(ask: &Ask, incident: &Record) -> Markup {
    let body = html! {
        div .field { label for="evidence-file" { "File" } input #evidence-file type="file" name="file"; p .help { "Kept as it is, with its SHA-256; leave empty for a thing that is kept elsewhere." } }
        div .field { label for="evidence-what" { "What it is" } input #evidence-what name="what" maxlength="300" placeholder="Memory image of srv-file-01"; }
        div .field { label for="evidence-place" { "Where it is kept" } input #evidence-place name="place" maxlength="300" placeholder="Safe 2, shelf 3"; }
    };
    let action = format!("/r/incident/{}/evidence?csrf={}", incident.id, ask.csrf());
    dialog::upload("evidence", "Secure evidence", &action, &body, &html! { (Button::submit("Secure")) })
}

/// The whole room; equally right for ransomware and for a warehouse theft.
pub fn page(ask: &Ask) -> Result<Response, Fault> {
    let incident = ask.record(ask.kind("incident")?, ask.param("id"))?;
    framed(ask, &incident, &body(ask, &incident)?)
}

fn body(ask: &Ask, incident: &Record) -> Result<Markup, Fault> {
    let titles = Titles::of(ask, std::slice::from_ref(incident));
    let about = html! {
        "declared " @if let Some(at) = incident.read::<Timestamp>("declared") { (time::ago(at, ask.now)) }
        " · " (state(incident)) " · " (tag::tag(incident.choice("phase").unwrap_or_default()))
        " " (severity::worded(level(incident.choice("severity").unwrap_or_default())))
        (super::clocks::of(ask, incident))
    };
    let inner = html! {
        (header::record_header(&incident.number(), incident.title(), &about, &chosen(ask, incident, |act| act.to.is_some() || act.name == "set_phase")))
        div .cols .room {
            div .stack { (roles(ask, incident, &titles)) (theories(incident)) }
            div .stack { (events(ask, incident, &titles)) (comments(ask, incident)?) (attachments(ask, incident)?) }
            div .stack { (tasks(ask, incident)?) (super::pages::called(ask, incident)?) (touches(ask, incident, &titles)?) (evidence(ask, incident, &titles)) (decisions(ask, incident, &titles)) (history(ask, incident)?) }
        }
    };
    let here = format!("/r/incident/{}", incident.id);
    Ok(
        html! { (htmx::live("room", &["incident", "task", "page", "alert", "comment", "attachment"], &here, &inner)) (dialogs(ask, incident)) (evidence_dialog(ask, incident)) },
    )
}

fn rows<T: watchkeep_model::RowType + Clone>(incident: &Record, field: &str) -> Vec<T> {
    Rows::<T>::read(incident.get(field)).map_or(Vec::new(), |rows| rows.0)
}

fn name(titles: &Titles, id: i64) -> String {
    titles.get("person", id).map_or_else(|| format!("PER-{id}"), str::to_owned)
}

/// Every role, what it is for, and who holds it; what is not given away is the manager's (RU-15, RU-17).
///
/// Typing any other name of a role finds it (RU-23).
fn roles(ask: &Ask, incident: &Record, titles: &Titles) -> Markup {
    let live = incident.state() != Some("closed") && ask.actor.access.may_on(incident.kind, "update", incident);
    let given: Vec<RoleHolder> = rows(incident, "roles");
    let ad_hoc: BTreeSet<&str> = given
        .iter()
        .map(|held| held.role.as_str())
        .filter(|name| ROLES.iter().all(|role| role.name != *name))
        .collect();
    panel::flush(
        "Roles",
        &html! { @if live { (Button::open("Give", "move-give_role").small()) } },
        &html! {
            div .narrow-list .field { label .vh for="find-role" { "Find a role by any of its names" } input #find-role type="search" data-narrows="roles" placeholder="Find a role"; }
            ul .roles #roles {
                @for role in ROLES { (one_role(ask, incident, titles, (role.name, role.purpose, role.also), live)) }
                @for name in &ad_hoc { (one_role(ask, incident, titles, (name, "Made for this incident.", &[]), live)) }
            }
        },
    )
}

fn one_role(
    ask: &Ask,
    incident: &Record,
    titles: &Titles,
    (role, purpose, also): (&str, &str, &[&str]),
    live: bool,
) -> Markup {
    let (holders, by_default) = holder_of(incident, role);
    let words = format!("{role} {}", also.join(" ")).to_lowercase();
    let manager = role == "Incident manager";
    html! {
        li data-words=(words) {
            details { summary { b { (role) } (icon("info-circle")) } p .sub { (purpose) @if !also.is_empty() { " Also called " (also.join(", ")) "." } } }
            span .act {
                @if live && manager { (Button::open("Hand over", "move-hand_over").small()) }
                @else if live { button .btn .small type="button" data-open="move-give_role" data-fill={ "role=" (role) } aria-haspopup="dialog" aria-label={ "Give " (role) } { "Give" } }
            }
            span .who {
                @for id in &holders {
                    span { (name(titles, *id)) }
                    @if live && !by_default && !manager { (hand_back(ask, incident, role, *id, &name(titles, *id))) }
                }
                @if by_default { (tag::tag("by default")) }
            }
        }
    }
}

/// Returns the role to the incident manager (RU-15).
fn hand_back(ask: &Ask, incident: &Record, role: &str, person: i64, who: &str) -> Markup {
    html! {
        form .inline method="post" action={ "/r/incident/" (incident.id) "/move/take_back_role" } {
            input type="hidden" name="csrf" value=(ask.csrf());
            input type="hidden" name="role" value=(role);
            input type="hidden" name="to" value={ "PER-" (person) };
            button .btn .small .plain type="submit" aria-label={ "Hand " (role) " back from " (who) } { "Hand back" }
        }
    }
}

fn theories(incident: &Record) -> Markup {
    let found: Vec<Theory> = rows(incident, "theories");
    panel::padded(
        "Theories",
        &html! { @if incident.state() != Some("closed") { (Button::open("Add", "move-theorise").small()) } },
        &html! {
            @if found.is_empty() { p .sub { "What broke, and why? Write down what you believe." } }
            ul .plain { @for theory in &found { li {
                @match theory.state {
                    TheoryState::Open => (marks::mark(Mark::Amber, "open")),
                    TheoryState::Confirmed => (marks::mark(Mark::Green, "confirmed")),
                    TheoryState::Rejected => (marks::mark(Mark::Grey, "rejected")),
                }
                " " (theory.text)
            } } }
        },
    )
}

fn events(ask: &Ask, incident: &Record, titles: &Titles) -> Markup {
    let zone = &ask.app.desk.zone;
    let entries: Vec<timeline::Entry> = rows::<TimelineEntry>(incident, "timeline")
        .into_iter()
        .map(|entry| timeline::Entry {
            kind: match entry.what.as_str() {
                "alert" => timeline::Kind::Alert,
                "decision" => timeline::Kind::Decision,
                "evidence" => timeline::Kind::Evidence,
                _ => timeline::Kind::Note,
            },
            when: time::of_day(entry.at, zone),
            what: entry
                .what
                .get(..1)
                .map_or(String::new(), |first| first.to_uppercase() + entry.what.get(1..).unwrap_or_default()),
            who: entry.by.map_or("Watchkeep".to_owned(), |by| name(titles, by.id)),
            body: html! { span .prose { (entry.text) } },
        })
        .collect();
    let here = format!("/r/incident/{}/say", incident.id);
    panel::padded(
        "Timeline",
        &html! { (entries.len()) @if entries.len() == 1 { " entry" } @else { " entries" } ", never edited" },
        &html! {
            (timeline::timeline(&entries))
            @if incident.state() != Some("closed") {
                (htmx::form(&here, ask.csrf(), None, &html! {
                    div .field { label .vh for="composer" { "Note" } textarea #composer name="note" rows="2" data-key="n" placeholder="Write a note, or /decision /theory /evidence /update and what it is" required {} }
                    div .row { (Button::submit("Note")) (Button::open("Decision", "move-decide").key('d')) (Button::open("Theory", "move-theorise").key('t')) (Button::open("Update", "move-send_update").key('u')) (Button::open("Evidence", "evidence").key('e')) }
                }))
            }
        },
    )
}

fn tasks(ask: &Ask, incident: &Record) -> Result<Markup, Fault> {
    let Ok(kind) = ask.kind("task") else { return Ok(html! {}) };
    let test = ask.app.desk.filter(&ask.actor, kind, &format!("incident:{}", incident.number()), ask.now)?;
    let found = ask.app.desk.store.list(&ask.actor, &List::of(kind).filtered(test).limited(100))?.records;
    let titles = Titles::of(ask, &found);
    let done = found.iter().filter(|task| ["done", "dropped"].contains(&task.state().unwrap_or_default())).count();
    let aside = html! { (done) " of " (found.len()) };
    Ok(panel::padded(
        "Tasks",
        &aside,
        &html! {
            @if found.is_empty() { p .sub { "No task yet." } }
            ul .plain { @for task in &found { li {
                @match task.state() { Some("done") => (marks::dot(Mark::Green)), Some("dropped") => (marks::dot(Mark::Grey)), _ => (marks::dot(Mark::Amber)) }
                " " a .link href={ "/r/task/" (task.id) } { (task.title()) }
                div .sub { @match task.get("assignee").as_int() { Some(id) => (name(&titles, id)), None => "nobody: the incident manager holds it" } @if let Some(due) = task.get("due").as_text() { " · due " (due) } }
            } } }
            @if incident.state() != Some("closed") && ask.actor.access.may("task", "create") { (Button::link("Add task", &format!("/r/task/new?incident={}", incident.number())).small()) }
        },
    ))
}

/// Alerts that are part of it, assets and site.
fn touches(ask: &Ask, incident: &Record, titles: &Titles) -> Result<Markup, Fault> {
    let mut list = Vec::new();
    if let Ok(kind) = ask.kind("alert") {
        let test = ask.app.desk.filter(&ask.actor, kind, &format!("incident:{}", incident.number()), ask.now)?;
        list = ask.app.desk.store.list(&ask.actor, &List::of(kind).filtered(test).limited(20))?.records;
    }
    let assets = incident.get("assets").ids();
    Ok(panel::padded(
        "What it touches",
        &html! {},
        &keyvalue::keyvalue(&[
            (
                "Alerts",
                html! { @if list.is_empty() { "–" } @for alert in &list { a .link href={ "/r/alert/" (alert.id) } title=(alert.title()) { (alert.number()) } " " } },
            ),
            (
                "Assets",
                html! { @if assets.is_empty() { "–" } @for id in assets { a .link href={ "/r/asset/" (id) } { (titles.get("asset", *id).unwrap_or("–")) } " " } },
            ),
            ("Site", html! { (incident.get("site").as_int().and_then(|id| titles.get("site", id)).unwrap_or("–")) }),
            ("Cause", html! { (incident.get("cause").as_text().unwrap_or("not yet known")) }),
            ("Lessons", html! { (incident.get("lessons").as_text().unwrap_or("–")) }),
        ]),
    ))
}

fn evidence(ask: &Ask, incident: &Record, titles: &Titles) -> Markup {
    let found: Vec<Evidence> = rows(incident, "evidence");
    panel::padded(
        "Evidence",
        &html! { (found.len()) },
        &html! {
            @if found.is_empty() { p .sub { "Nothing secured yet." } }
            ul .plain { @for one in &found { li { b { (one.what) } div .sub {
                (time::exact(one.at, &ask.app.desk.zone)) " · " (one.by.map_or("–".to_owned(), |by| name(titles, by.id)))
                @if !one.place.is_empty() { " · " (one.place) }
                @if !one.sha256.is_empty() { " · sha256 " span .id .break { (one.sha256) } }
            } } } }
        },
    )
}

fn decisions(ask: &Ask, incident: &Record, titles: &Titles) -> Markup {
    let found: Vec<Decision> = rows(incident, "decisions");
    panel::padded(
        "Decisions",
        &html! { (found.len()) },
        &html! {
            @if found.is_empty() { p .sub { "None recorded." } }
            ul .plain { @for one in &found { li { b { (one.text) } div .sub { (time::of_day(one.at, &ask.app.desk.zone)) " · " (one.by.map_or("–".to_owned(), |by| name(titles, by.id))) @if !one.options.is_empty() { " · " (one.options) } } } } }
        },
    )
}
