//! Other ways to look at a list: a calendar by date, saved views, and taking a bulk change back.

use super::list::asked;
use super::own::{list_of, place};
use super::show::encode;
use crate::ask::Ask;
use crate::fault::Fault;
use crate::layout::Find;
use crate::parts::{Button, dialog, header, toast};
use crate::routes::{Route, Who};
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use maud::{Markup, html};
use watchkeep_model::resolve::{Column, Compare, Test};
use watchkeep_model::{Kind, Record, Shape, Value};
use watchkeep_store::{Change, List, Written};

/// How long an undo is offered, in seconds.
const OFFERED: u32 = 30;

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/r/{kind}/calendar", Who::Person, calendar),
        Route::post("/r/{kind}/undo", Who::Person, undo),
        Route::post("/r/{kind}/view", Who::Person, save_view),
        Route::post("/r/{kind}/view/{id}/delete", Who::Person, drop_view),
    ]
}

/// A month of records on the days of their calendar field.
fn calendar(ask: &Ask) -> Result<Response, Fault> {
    let kind = ask.kind(ask.param("kind"))?;
    let field = kind.calendar.and_then(|name| kind.field(name)).ok_or(Fault::Missing)?;
    let today = ask.now.to_zoned(ask.app.desk.zone.clone()).date();
    let first = ask
        .query("month")
        .and_then(|month| format!("{month}-01").parse::<Date>().ok())
        .unwrap_or_else(|| today.first_of_month());
    let last = first.last_of_month();
    let asked = asked(ask, kind)?;
    let within = format!("{}:{first}..{last}", field.name);
    let within = ask.app.desk.filter(&ask.actor, kind, &within, ask.now)?;
    let list = List {
        limit: 500,
        after: None,
        sort: field.name.to_owned(),
        descending: false,
        test: Test::And(vec![asked.list.test.clone(), within]),
        ..asked.list.clone()
    };
    let records = ask.app.desk.store.list(&ask.actor, &list)?.records;
    let day_of = |record: &Record| -> Option<Date> {
        match (field.shape, record.get(field.name)) {
            (Shape::Date, Value::Text(text)) => text.parse().ok(),
            (_, Value::Int(ms)) => {
                Timestamp::from_millisecond(*ms).ok().map(|at| at.to_zoned(ask.app.desk.zone.clone()).date())
            }
            _ => None,
        }
    };
    let month =
        |date: Date| format!("/r/{}/calendar?month={}&q={}", kind.name, date.strftime("%Y-%m"), encode(&asked.text));
    let before = first.saturating_sub(1.day()).first_of_month();
    let after = last.saturating_add(1.day());
    let lead = i64::from(first.weekday().to_monday_zero_offset());
    let trail = (7 - (lead + i64::from(first.days_in_month())) % 7) % 7;
    let time_of = |record: &Record| match (field.shape, record.get(field.name)) {
        (Shape::Instant, Value::Int(ms)) => Timestamp::from_millisecond(*ms)
            .ok()
            .map(|at| at.to_zoned(ask.app.desk.zone.clone()).strftime("%H:%M").to_string()),
        _ => None,
    };
    let body = html! {
        (header::header(kind.plural, &html! { (first.strftime("%B %Y")) " · by " (field.label.to_lowercase()) " · " (records.len()) }, &html! {
            (Button::link("Before", &month(before)).key('h')) (Button::link("Next", &month(after)).key('l')) (Button::link("List", &format!("/r/{}?q={}", kind.name, encode(&asked.text))))
        }))
        ol .calendar {
            @for _ in 0..lead { li .blank aria-hidden="true" {} }
            @for day in 0..i64::from(first.days_in_month()) {
                @let date = first.saturating_add(day.days());
                @let due: Vec<&Record> = records.iter().filter(|record| day_of(record) == Some(date)).collect();
                li .today[date == today] .quiet[due.is_empty()] {
                    time datetime=(date) { (date.strftime("%a %-d")) }
                    @for record in due.iter().take(6) { a .link href={ "/r/" (kind.name) "/" (record.id) } title={ (record.number()) " " (record.title()) } { @if let Some(time) = time_of(record) { (time) " " } (record.title()) } }
                    @if due.len() > 6 { span .sub { (due.len() - 6) " more" } }
                }
            }
            @for _ in 0..trail { li .blank aria-hidden="true" {} }
        }
    };
    let action = format!("/r/{}/calendar", kind.name);
    Ok(ask.page(kind.plural, place(kind), Find { action: &action, ..asked.find() }, &body).into_response())
}

/// The part of an address that offers to take these changes back.
pub fn offer(written: &[Written]) -> String {
    let undone = written.iter().filter(|one| one.before.is_some() && !one.deleted).take(200);
    let words: Vec<String> = undone.map(|one| format!("{}:{}", one.record.id, one.record.version)).collect();
    format!("done={}&undo={}", written.len(), words.join(","))
}

/// The toast that the address asks for.
pub fn toast(ask: &Ask, kind: &Kind) -> Markup {
    let Some(done) = ask.query("done").and_then(|done| done.parse::<u32>().ok()) else { return html! {} };
    let what = ask.query("undo").unwrap_or_default();
    let words = format!("{done} done");
    html! { div .toasts.inline role="region" aria-label="Result" {
        @if what.is_empty() { (toast::toast(crate::parts::State::Green, &words)) }
        @else { (toast::undo(&words, &format!("/r/{}/undo?what={}", kind.name, encode(what)), ask.csrf(), OFFERED)) }
    } }
}

fn undo(ask: &Ask) -> Result<Response, Fault> {
    let kind = ask.kind(ask.param("kind"))?;
    let pair = |text: &str| -> Option<Change> {
        let (id, version) = text.split_once(':')?;
        Some(Change::Undo { kind, id: id.parse().ok()?, version: version.parse().ok()? })
    };
    let changes: Vec<Change> = ask.query("what").unwrap_or_default().split(',').filter_map(pair).take(200).collect();
    ask.app.desk.store.write(&ask.actor, ask.now, changes)?;
    Ok(super::go(&list_of(kind)))
}

fn mine(ask: &Ask, kind: &Kind) -> Result<Vec<Record>, Fault> {
    let Ok(views) = ask.kind("saved_view") else { return Ok(Vec::new()) };
    let test = Test::Column(Column::Field("of_kind"), Compare::OneOf(vec![kind.name.into()]));
    Ok(ask.app.desk.store.list(&ask.actor, &List::of(views).filtered(test).limited(30))?.records)
}

/// The person's own views of a kind, and a way to keep the present filter.
pub fn saved(ask: &Ask, kind: &Kind, text: &str) -> Result<Markup, Fault> {
    let views = mine(ask, kind)?;
    let link =
        |view: &Record| format!("/r/{}?q={}", kind.name, encode(view.get("filter").as_text().unwrap_or_default()));
    let fields = html! {
        div .field { label for="view-name" { "Name" } input #view-name name="name" required maxlength="100"; }
        input type="hidden" name="filter" value=(text);
        p .help { "Keeps: " code { @if text.is_empty() { "everything" } @else { (text) } } }
    };
    Ok(html! {
        section .views {
            h2 .sub { "Saved views" }
            ul .plain { @for view in &views { li .row {
                a href=(link(view)) { (view.title()) }
                (Button::post("Remove", &format!("/r/{}/view/{}/delete", kind.name, view.id), ask.csrf()).small().plain())
            } } }
            (Button::open("Save view", "save-view").small())
        }
        (dialog::form("save-view", "Save this view", &format!("/r/{}/view", kind.name), ask.csrf(), &fields, &html! { (Button::submit("Save")) }))
    })
}

fn save_view(ask: &Ask) -> Result<Response, Fault> {
    let kind = ask.kind(ask.param("kind"))?;
    let filter = ask.form("filter").unwrap_or_default();
    let values = vec![
        ("name".to_owned(), ask.form("name").unwrap_or_default().into()),
        ("of_kind".to_owned(), kind.name.into()),
        ("filter".to_owned(), filter.into()),
    ];
    let change = Change::Create { kind: ask.app.desk.kind("saved_view")?, values, tags: None, external_id: None };
    ask.app.desk.store.write_one(&ask.actor, ask.now, change)?;
    Ok(super::go(&format!("/r/{}?q={}", kind.name, encode(filter))))
}

fn drop_view(ask: &Ask) -> Result<Response, Fault> {
    let kind = ask.kind(ask.param("kind"))?;
    let view = ask.record(ask.kind("saved_view")?, ask.param("id"))?;
    ask.app.desk.store.write_one(
        &ask.actor,
        ask.now,
        Change::Delete { kind: view.kind, id: view.id, version: None, reason: None },
    )?;
    Ok(super::go(&format!("/r/{}", kind.name)))
}
