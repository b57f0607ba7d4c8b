//! The inbox: what employees, guards, mail and other systems report, each decided with one key.

use super::show::Titles;
use super::stack::Stack;
use crate::ask::Ask;
use crate::fault::Fault;
use crate::parts::table::{Column, Look};
use crate::parts::{Button, empty, keyvalue, time};
use crate::routes::{Route, Who};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use maud::{Markup, html};
use serde_json::json;
use watchkeep_model::Record;

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/inbox", Who::Person, |ask| INBOX.page(ask)),
        Route::get("/inbox/{id}/preview", Who::Person, |ask| INBOX.preview(ask)),
        Route::post("/intake/mail", Who::Api, mail),
    ]
}

const INBOX: Stack = Stack {
    kind: "alert",
    title: "Inbox",
    key: "inbox",
    path: "/inbox",
    new: ("New report", "/report"),
    tabs: &[
        ("To decide", super::INBOX_OPEN),
        ("Mine", "via:any became:none owner:me state:open"),
        ("Decided", "via:any (became:any or state:closed)"),
    ],
    columns: &[
        Column::new("Report", Look::Grow),
        Column::new("Came by", Look::Plain),
        Column::new("From", Look::Plain),
        Column::new("When", Look::End),
        Column::new("Owner", Look::Wide),
    ],
    cells,
    about,
    shown: |act| matches!(act.name, "claim" | "task" | "finding" | "keep"),
    more,
    empty: |_| {
        empty::empty(
            "inbox",
            "Every report is decided",
            "Reports from the form, guards, mail and other systems arrive here by themselves.",
            &html! {
                (Button::link("Report a concern", "/report"))
            },
        )
    },
};

fn what(alert: &Record) -> &str {
    alert.title().strip_prefix("Report: ").unwrap_or(alert.title())
}

fn label(alert: &Record, field: &str) -> &'static str {
    let field = alert.kind.field(field);
    field.and_then(|field| field.choice(alert.get(field.name).as_int()?)).map_or("–", |choice| choice.label)
}

/// Whoever reported it, if known; else the address that a mail names.
fn from(titles: &Titles, alert: &Record) -> String {
    let person = alert.get("reporter").as_int().and_then(|id| titles.get("person", id)).map(str::to_owned);
    let address = alert.get("entity").as_text().filter(|_| alert.choice("via") == Some("mail"));
    person.or_else(|| address.map(str::to_owned)).unwrap_or_else(|| "–".to_owned())
}

fn cells(ask: &Ask, titles: &Titles, alert: &Record) -> Vec<Markup> {
    let text = alert.get("description").as_text().unwrap_or_default();
    let owner = alert.get("owner").as_int().and_then(|id| titles.get("person", id)).unwrap_or("–");
    let became = alert.get("became").as_text();
    vec![
        html! { a href={ "/r/alert/" (alert.id) } { (what(alert)) } div .sub { (text.lines().next().unwrap_or_default().chars().take(90).collect::<String>()) } },
        html! { (label(alert, "via")) },
        html! { (from(titles, alert)) },
        alert.read::<Timestamp>("first_seen").map_or_else(|| html! {}, |at| time::ago(at, ask.now)),
        html! { @match became { Some(number) => { a .link href={ "/go/" (number) } { (number) } }, None => (owner) } },
    ]
}

fn about(ask: &Ask, alert: &Record) -> Result<Markup, Fault> {
    let titles = Titles::of(ask, std::slice::from_ref(alert));
    let mut rows = vec![("From", html! { (from(&titles, alert)) }), ("Came by", html! { (label(alert, "via")) })];
    if let Some(entity) = alert.get("entity").as_text() {
        rows.push(("Where, on what", html! { (entity) }));
    }
    if let Some(at) = alert.read::<Timestamp>("first_seen") {
        rows.push(("Received", time::exact(at, &ask.app.desk.zone)));
    }
    if let Some(number) = alert.get("became").as_text() {
        rows.push(("Became", html! { a .link href={ "/go/" (number) } { (number) } }));
    }
    let files = super::record::hanging(ask, alert, "attachment")?;
    if !files.is_empty() {
        rows.push(("Files", html! { @for one in &files { a .link href={ "/file/" (one.id) } { (one.title()) } " " } }));
    }
    let text = alert.get("description").as_text().unwrap_or_default();
    Ok(html! { (keyvalue::keyvalue(&rows)) @if !text.is_empty() { p .prose { (text) } } })
}

/// An incident, and the commonest verdict; each asks for what it needs.
fn more(ask: &Ask, alert: &Record) -> Markup {
    let may = alert.state() != Some("closed") && ask.actor.access.may_on(alert.kind, "update", alert);
    html! {
        (super::queue::incident_button(ask, alert))
        @if may {
            button .btn type="button" data-open="move-close" data-fill="verdict=benign" data-key="b" data-label="No threat" aria-haspopup="dialog" { span { "No threat" } kbd { "b" } }
        }
        (super::queue::incident_dialog(ask, alert))
    }
}

/// One message from a mail gateway: 201 with its receipt, 200 where it had come before.
fn mail(ask: &Ask) -> Result<Response, Fault> {
    let taken = ask.app.desk.take_mail(&ask.actor, &ask.body, ask.now)?;
    let status = if taken.again { StatusCode::OK } else { StatusCode::CREATED };
    let receipt = json!({
        "number": taken.alert.number(),
        "received": taken.alert.created.to_string(),
        "again": taken.again,
    });
    Ok((status, axum::Json(receipt)).into_response())
}
