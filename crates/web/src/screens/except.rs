//! An exception made from an alert: proposed, with what it would have hidden, saved with one key; and where exceptions
//! are listed.

use super::form;
use super::show::encode;
use crate::ask::Ask;
use crate::fault::Fault;
use crate::htmx;
use crate::layout::Find;
use crate::parts::field::{Field as Part, Input, field as part};
use crate::parts::{Button, State as Mark, empty, header, panel, time};
use crate::routes::{Route, Who};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use maud::{Markup, html};
use watchkeep_desk::except::{ALERTS, Cover, Covered, DAYS, EVENTS, Preview, usual_end};
use watchkeep_model::{FieldError, Record, Refusal, Value};
use watchkeep_records::watch::exception_filter;

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/alerts/{id}/exception", Who::Person, page),
        Route::post("/alerts/{id}/exception", Who::Person, save),
    ]
}

/// What the form asks, in order; the rule is the alert's.
const ASKED: &[&str] = &["filter", "entity", "reason", "title", "until", "owner"];
/// The part of the page that follows what is typed.
const SHOWN: &str = "exception-preview";
/// Alerts of each sort that a preview links to.
const FIRST: usize = 5;

/// The button that leads to the form, where the alert has a rule and the person may make exceptions.
pub fn button(ask: &Ask, alert: &Record) -> Markup {
    let may = ask.actor.access.may("suppression", "create") && !alert.get("rule").is_empty();
    html! { @if may { (Button::link("Exception", &format!("/alerts/{}/exception", alert.id)).key('m')) } }
}

/// The exceptions from a rule that stand, with the button that adds one.
pub fn standing(ask: &Ask, rule: i64, add: &Markup) -> Result<Markup, Fault> {
    if !ask.actor.access.may("suppression", "read") {
        return Ok(html! {});
    }
    let found = ask.app.desk.exceptions_from(&ask.actor, rule, ask.now)?;
    let text = |one: &Record, field: &str| one.get(field).as_text().unwrap_or_default().to_owned();
    Ok(panel::padded(
        "Exceptions from the rule",
        &html! { (found.len()) },
        &html! {
            @if found.is_empty() { p .sub { "None: every event that it matches counts." } }
            ul .plain { @for one in &found { li {
                a .link href={ "/r/suppression/" (one.id) } { (one.title()) } " · "
                @if !text(one, "entity").is_empty() { code .break { (text(one, "entity")) } " " }
                @if !text(one, "filter").is_empty() { code .break { (text(one, "filter")) } " " }
                span .sub { "until " (one.read::<Timestamp>("until").map_or_else(|| html! {}, |at| time::exact(at, &ask.app.desk.zone))) " · hid " (one.get("hidden").as_int().unwrap_or(0)) }
            } } }
            div .row { (add) }
        },
    ))
}

/// Whether an exception still hides anything.
pub fn above(ask: &Ask, exception: &Record) -> Markup {
    let text = exception.get("filter").as_text().filter(|text| !text.trim().is_empty());
    let broken = text.and_then(|text| exception_filter(text, ask.now, &ask.app.desk.zone).err());
    let over = exception.read::<Timestamp>("until").is_none_or(|until| until <= ask.now);
    html! {
        @if over { (empty::note(Mark::Grey, &html! { "It has ended, and hides nothing any more." })) }
        @else if let Some(error) = broken { (empty::note(Mark::Red, &html! { "It hides nothing: " (error) })) }
    }
}

/// What the page of an exception shows below its details: what it hides.
pub fn below(ask: &Ask, exception: &Record) -> Result<Markup, Fault> {
    if !ask.actor.access.may("alert", "read") {
        return Ok(html! {});
    }
    let sources = ask.app.desk.event_sources(&ask.actor).unwrap_or_else(|_| Some(Vec::new()));
    let preview = ask.app.desk.preview_exception(&ask.actor, exception, sources.as_deref(), ask.now)?;
    Ok(panel::padded("What it covers of the rule's alerts", &html! { "last " (DAYS) " days" }, &told(&preview)))
}

/// The alert, and the exception as it is proposed.
fn proposed(ask: &Ask) -> Result<(Record, Record), Fault> {
    let alert = ask.record(ask.kind("alert")?, ask.param("id"))?;
    let kind = ask.kind("suppression")?;
    if !ask.actor.access.may(kind.name, "create") {
        return Err(Refusal::access("none of your roles may create exceptions").into());
    }
    let rule = alert.get("rule").as_int().ok_or(Fault::Missing)?;
    let rule = ask.app.desk.store.get(&ask.actor, ask.app.desk.kind("detection_rule")?, rule)?;
    let sources = ask.app.desk.event_sources(&ask.actor).unwrap_or_else(|_| Some(Vec::new()));
    let proposal = ask.app.desk.propose(&alert, sources.as_deref())?;
    let about = alert.get("entity").as_text().unwrap_or("known");
    let title: String = format!("{about}: {}", rule.title()).chars().take(200).collect();
    let mut record = Record::new(kind, ask.now);
    record.set("title", Value::text(title));
    record.set("rule", rule.id);
    record.set("entity", Value::text(proposal.entity));
    record.set("filter", Value::text(proposal.filter));
    record.set("owner", ask.actor.person.map_or(Value::Null, Value::Int));
    record.write("until", usual_end(ask.now));
    Ok((alert, record))
}

fn page(ask: &Ask) -> Result<Response, Fault> {
    let (alert, record) = proposed(ask)?;
    Ok(shown(ask, &alert, &record, &[], None)?.into_response())
}

/// The form anew with what it would hide, or the exception written.
fn save(ask: &Ask) -> Result<Response, Fault> {
    let (alert, mut record) = proposed(ask)?;
    let asked = || record.kind.fields.iter().filter(|field| ASKED.contains(&field.name));
    let typed = form::typed_values(ask, asked());
    let values = form::values(ask, asked());
    typed.into_iter().for_each(|(name, value)| record.set(name, value));
    if ask.wants_fragment() {
        return Ok(preview(ask, &record)?.into_response());
    }
    if ask.form("act") == Some("preview") {
        return Ok(shown(ask, &alert, &record, &[], None)?.into_response());
    }
    let written = values.map_err(Fault::from).and_then(|mut values| {
        values.push(("rule".to_owned(), record.get("rule").clone()));
        let ids: Vec<i64> = if ask.form("close") == Some("yes") { closable(ask, &record)? } else { Vec::new() };
        let close = (!ids.is_empty()).then(|| (ask.form("verdict").unwrap_or("benign"), ids.as_slice()));
        Ok(ask.app.desk.except(&ask.actor, values, close, ask.now)?)
    });
    match written {
        Ok(made) => Ok(super::go(&format!("/r/suppression/{}", made.id))),
        Err(fault @ Fault::Refused(_)) => {
            let fields = if let Fault::Refused(refusal) = &fault { refusal.fields.as_slice() } else { &[] };
            let page = shown(ask, &alert, &record, fields, Some(&fault.message()))?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(other) => Err(other),
    }
}

fn closable(ask: &Ask, record: &Record) -> Result<Vec<i64>, Fault> {
    let sources = ask.app.desk.event_sources(&ask.actor).unwrap_or_else(|_| Some(Vec::new()));
    let preview = ask.app.desk.preview_exception(&ask.actor, record, sources.as_deref(), ask.now)?;
    Ok(mine(ask, &preview).map(|alert| alert.id).collect())
}

/// The open alerts that it covers and the person may close.
fn mine<'a>(ask: &'a Ask, preview: &'a Preview) -> impl Iterator<Item = &'a Record> {
    preview.open().filter(|alert| ask.actor.access.may_on(alert.kind, "update", alert))
}

fn shown(
    ask: &Ask,
    alert: &Record,
    record: &Record,
    errors: &[FieldError],
    message: Option<&str>,
) -> Result<Markup, Fault> {
    let here = format!("/alerts/{}/exception", alert.id);
    let about = html! { "From " a .link href={ "/r/alert/" (alert.id) } { (alert.number()) " " (alert.title()) } ". It outlives every version of the rule and ends by itself." };
    let error = |name: &str| errors.iter().find(|error| error.field == name).map(|error| error.message.as_str());
    let counts = record.get("filter").is_empty() && !record.get("entity").is_empty();
    let body = html! {
        (header::header("New exception", &about, &html! {}))
        @if let Some(message) = message { p .error role="alert" { (message) } }
        form .cols .two method="post" action=(here) data-guard data-echo=(SHOWN) {
            input type="hidden" name="csrf" value=(ask.csrf());
            div .panel .pad .form {
                @for name in ASKED { @if let Some(field) = record.kind.field(name) {
                    @match *name {
                        "filter" if counts => {},
                        "filter" => (part(&Part { name, label: "Events to leave out", help: "As in the event search; everything side by side must hold. Drop a condition to leave out more, add one to leave out less.", error: error(name), required: false, input: Input::Lines { value: record.get(name).as_text().unwrap_or_default(), code: true } })),
                        "entity" if !counts => {},
    "reason" => (reason(record, error(name))),
                        _ => (form::input(ask, field, record.get(name), error(name), field.required)),
                    }
                } }
                div .save { (Button::submit_as("Save", "act", "save").go().key('s')) noscript { (Button::submit_as("Preview", "act", "preview")) } (Button::link("Cancel", &format!("/r/alert/{}", alert.id))) span .sub .keysaid { kbd { "Ctrl" } " " kbd { "Enter" } " saves" } }
            }
            (preview(ask, record)?)
        }
    };
    Ok(ask.page("New exception", "alerts", Find::default(), &body))
}

/// What only a person can say: the cursor stands here.
fn reason(record: &Record, error: Option<&str>) -> Markup {
    html! {
        div .field .wide {
            label for="exception-reason" { "Reason " span .req aria-hidden="true" title="required" { "*" } }
            textarea #exception-reason name="reason" rows="3" maxlength="2000" required autofocus aria-describedby="exception-reason-why" aria-invalid=[error.map(|_| "true")] { "\n" (record.get("reason").as_text().unwrap_or_default()) }
            @match error {
                Some(error) => p .err #exception-reason-why { (error) },
                None => p .help #exception-reason-why { "Why these alerts need not be seen." },
            }
        }
    }
}

/// What it would have hidden, and what to close with it.
fn preview(ask: &Ask, record: &Record) -> Result<Markup, Fault> {
    let text = record.get("filter").as_text().unwrap_or_default();
    let broken = match text.trim().is_empty() {
        true => None,
        false => exception_filter(text, ask.now, &ask.app.desk.zone).err(),
    };
    let sources = ask.app.desk.event_sources(&ask.actor).unwrap_or_else(|_| Some(Vec::new()));
    let found = ask.app.desk.preview_exception(&ask.actor, record, sources.as_deref(), ask.now)?;
    let open: Vec<&Record> = mine(ask, &found).collect();
    let verdicts = ask.kind("alert")?.field("verdict").map_or(&[][..], |field| field.choices());
    let chosen = ask.form("verdict").unwrap_or("benign");
    // A box that was there and is not sent was emptied.
    let close = ask.form("close").is_some() || ask.form("verdict").is_none();
    let body = html! {
        @match &broken {
            Some(error) => p .error role="alert" { (error) },
            None => (told(&found)),
        }
        @if broken.is_none() && !open.is_empty() {
            div .field {
                label .check { input type="checkbox" name="close" value="yes" checked[close]; span { "Close the open alerts that it covers: " (open.len()) } }
                label .vh for="exception-verdict" { "Verdict" }
                select #exception-verdict name="verdict" { @for verdict in verdicts { option value=(verdict.name) selected[verdict.name == chosen] { (verdict.label) } } }
                p .help { "Each names this exception as its reason." }
            }
        }
    };
    let inner =
        panel::padded("What it would have hidden", &html! { "last " (DAYS) " days" }, &html! { div .stack { (body) } });
    Ok(htmx::echoed(SHOWN, &inner))
}

fn told(preview: &Preview) -> Markup {
    let all = preview.alerts.len();
    let (events, hidden) = preview.events();
    let whole = preview.of(Cover::Whole).count();
    let sorts = [
        (Cover::Whole, "Hidden"),
        (Cover::Part, "Hidden in part: still raised"),
        (Cover::Nothing, "Not hidden"),
        (Cover::Unknown, "Cannot be told: their events are not kept, or not yours to read"),
    ];
    html! {
        @if all == 0 { p .sub { "The rule raised no alert that you see in this time." } } @else {
            p .figure { (whole) " of " (all) @if preview.more { "+" } " alerts" }
            @if events > 0 { p .sub { (hidden) " of " (events) " events of these" } }
        }
        @let threats: Vec<&Covered> = preview.alerts.iter().filter(|one| one.hidden > 0 || one.cover == Cover::Whole).filter(|one| one.alert.choice("verdict") == Some("true_positive")).collect();
        @if !threats.is_empty() {
            div .note .warn role="status" { (crate::parts::icon("alert-triangle")) div { b { "Judged a true threat: " } @for one in threats.iter().take(FIRST) { a .link href={ "/r/alert/" (one.alert.id) } { (one.alert.number()) } " " } @if threats.len() > FIRST { "and " (threats.len() - FIRST) " more" } } }
        }
        @for (cover, words) in sorts {
            @let found: Vec<&Covered> = preview.of(cover).collect();
            @if !found.is_empty() {
                h3 { (words) " · " (found.len()) }
                ul .plain { @for one in found.iter().take(FIRST) { li {
                    a .link href={ "/r/alert/" (one.alert.id) } { (one.alert.number()) } " "
                    span .break { (one.alert.get("entity").as_text().unwrap_or("–")) }
                    @if one.events > 0 { span .sub { " · " (one.hidden) " of " (one.events) " events" } }
                    @if let Some(link) = one.alert.get("events").rows().first().and_then(|row| row.first()?.as_text()) { " · " a .link href={ "/events/" (link) "?alert=" (one.alert.id) } { "event" } }
                } } }
                @if found.len() > FIRST { p .sub { "and " (found.len() - FIRST) " more" } }
            }
        }
        @if preview.more { p .sub { "The newest " (ALERTS) " alerts were looked at, up to " (EVENTS) " events of each." } }
    }
}

/// The button on a rule's page.
pub fn add(ask: &Ask, rule: &Record) -> Markup {
    let may = ask.actor.access.may("suppression", "create");
    let person = ask.actor.person.map(|id| format!("&owner=PER-{id}")).unwrap_or_default();
    html! { @if may { (Button::link("New exception", &format!("/r/suppression/new?rule={}{}", encode(&rule.number()), person)).small()) } }
}
