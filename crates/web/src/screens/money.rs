//! The budget: one row an account with what it may spend, has promised, has spent and will come to; months; business cases.

use super::show::encode;
use crate::ask::Ask;
use crate::fault::Fault;
use crate::htmx;
use crate::layout::Find;
use crate::parts::table::{Column, Look, Row, Table, table};
use crate::parts::tabs::{Tab, tabs};
use crate::parts::{Button, State as Mark, dialog, empty, header, keyvalue, panel, state};
use crate::routes::{Route, Who};
use axum::http::header as http;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use watchkeep_desk::money::{Account, Budget, reduced, written};
use watchkeep_model::{Money, Record};

pub fn routes() -> Vec<Route> {
    vec![Route::get("/money", Who::Person, page), Route::get("/money/{id}/case.pdf", Who::Person, case)]
}

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

fn page(ask: &Ask) -> Result<Response, Fault> {
    ask.kind("money_line")?;
    let this = i64::from(ask.now.to_zoned(ask.app.desk.zone.clone()).year());
    let year = match ask.query("year") {
        None => this,
        Some(text) => text.parse().map_err(|_| Fault::Bad("a year is a number such as 2026".to_owned()))?,
    };
    let budget = ask.app.desk.budget(&ask.actor, year)?;
    let years: Vec<(String, String, i64)> = budget
        .years
        .iter()
        .chain((!budget.years.contains(&this)).then_some(&this))
        .map(|one| (one.to_string(), format!("/money?year={one}"), *one))
        .collect();
    let list: Vec<Tab<'_>> =
        years.iter().map(|(label, href, one)| Tab { label, href, count: None, current: *one == year }).collect();
    let inner = html! {
        (header::header(&format!("Budget {year}"), &about(&budget), &actions(ask, &budget)?))
        (tabs("Fiscal years", &list))
        @if budget.accounts.is_empty() {
            section .panel { (empty::empty("wallet", "No line in this year", "Enter budgets, commitments, actuals and forecasts as money lines, or import them.", &html! { (Button::link("Import", "/r/money_line/import")) })) }
        } @else {
            (panel::flush("By account", &html! { "forecast is spent, promised and what is expected beyond" }, &accounts(&budget)))
            (panel::flush("Spent by month", &closed(&budget), &months(&budget)))
        }
    };
    let body = html! {
        (htmx::live("money", &["money_line", "organisation"], &format!("/money?year={year}"), &inner))
        (closing(ask)?)
    };
    let find = Find { text: "", action: "/r/money_line", kind: Some("money_line"), ..Find::default() };
    Ok(ask.page("Budget", "money", find, &body).into_response())
}

fn about(budget: &Budget) -> Markup {
    let over = budget.accounts.iter().filter(|one| one.percent().is_some_and(|percent| percent > 100)).count();
    html! { (budget.accounts.len()) " accounts" @if over > 0 { " · " (over) " over their budget" } }
}

fn closed(budget: &Budget) -> Markup {
    html! { @match budget.closed_through { Some(day) => { "closed through " (day) }, None => { "no month is closed" } } }
}

fn organisation(ask: &Ask) -> Option<Record> {
    ask.record(ask.kind("organisation").ok()?, "1").ok()
}

fn actions(ask: &Ask, _: &Budget) -> Result<Markup, Fault> {
    let closes = organisation(ask).is_some_and(|one| ask.actor.access.may_on(one.kind, "approve", &one));
    Ok(html! {
        (Button::link("All lines", "/r/money_line?q="))
        @if closes { (Button::open("Close months", "move-close_months")) }
        @if ask.actor.access.may("money_line", "create") { (Button::link("New line", "/r/money_line/new").go().key('c').icon("plus")) }
    })
}

/// The dialog of the move that closes months.
fn closing(ask: &Ask) -> Result<Markup, Fault> {
    let Some(one) = organisation(ask) else { return Ok(html! {}) };
    Ok(match one.kind.act("close_months") {
        Some(act) => super::record::move_dialog(ask, &one, act),
        None => dialog::dialog("move-close_months", "Close months", &html! {}, &html! {}),
    })
}

fn mark(one: &Account) -> Mark {
    match one.percent() {
        None => Mark::Grey,
        Some(percent) if percent > 100 => Mark::Red,
        Some(percent) if percent > 95 => Mark::Amber,
        Some(_) => Mark::Green,
    }
}

/// Whole units; the lines behind a figure have the cents.
fn units(minor: i64, currency: [u8; 3]) -> String {
    let text = written(Money { minor, currency });
    text.rsplit_once(' ').map_or(text.clone(), |(amount, _)| amount.to_owned())
}

fn accounts(budget: &Budget) -> Markup {
    const COLUMNS: &[Column<'static>] = &[
        Column::new("", Look::Lead),
        Column::new("Account", Look::Grow),
        Column::new("Budget", Look::Number),
        Column::new("Committed", Look::Number),
        Column::new("Actual", Look::Number),
        Column::new("Forecast", Look::Number),
        Column::new("Of budget", Look::End),
    ];
    let ids: Vec<String> = (0..budget.accounts.len()).map(|at| format!("account-{at}")).collect();
    let rows = budget.accounts.iter().zip(&ids).map(|(one, id)| {
        let lines = |class: &str| {
            let q = format!("fiscal_year:{} account:\"{}\" class:{class}", budget.year, one.name.replace('"', ""));
            format!("/r/money_line?q={}", encode(&q))
        };
        let figure = |label: &str, minor: i64, class: &str| {
            html! { @if minor == 0 { span .offcard { "·" } } @else { span .oncard { (label) " " } a .link href=(lines(class)) { (units(minor, one.currency)) } } }
        };
        let cells = vec![
            state::dot(mark(one)),
            html! { b { (one.name) } " " span .sub { (String::from_utf8_lossy(&one.currency)) @if one.waiting != 0 { " · " (units(one.waiting, one.currency)) " waits for approval" } } },
            figure("Budget", one.budget, "budget,transfer"),
            figure("Committed", one.committed, "commitment"),
            figure("Actual", one.actual, "actual"),
            figure("Forecast", one.forecast(), "forecast,commitment,actual"),
            html! { @match one.percent() { Some(percent) => { (percent) " %" }, None => { "no budget" } } },
        ];
        Row { id, preview: None, current: false, done: false, cells }
    });
    table(&Table { caption: "Budget by account", columns: COLUMNS, rows: rows.collect(), select: None, tall: false })
}

fn months(budget: &Budget) -> Markup {
    let shut = |month: usize| {
        let last = i8::try_from(month + 1).ok().zip(i16::try_from(budget.year).ok());
        let last =
            last.and_then(|(month, year)| jiff::civil::Date::new(year, month, 1).ok()).map(|day| day.last_of_month());
        budget.closed_through.is_some_and(|closed| last.is_some_and(|last| last <= closed))
    };
    html! {
        div .scroll tabindex="0" role="region" aria-label="Spent by month" {
            table .dense {
                caption .vh { "Spent by month" }
                thead { tr {
                    th scope="col" { "Account" }
                    @for (at, month) in MONTHS.iter().enumerate() { th .num scope="col" { (month) @if shut(at) { " " (crate::parts::icon("lock")) span .vh { "closed" } } } }
                } }
                tbody { @for one in &budget.accounts { tr {
                    th scope="row" { (one.name) }
                    @for minor in one.months { td .num { @if minor == 0 { "·" } @else { (units(minor, one.currency)) } } }
                } } }
            }
        }
    }
}

/// On the page of a line that asks for money: cost against the risk that it lowers, and the paper for whoever decides.
pub fn below(ask: &Ask, line: &Record) -> Result<Markup, Fault> {
    if !matches!(line.choice("class"), Some("estimate" | "commitment" | "budget")) {
        return Ok(html! {});
    }
    let seen = |kind: &str, field: &str| {
        let id = line.get(field).as_int()?;
        ask.app.desk.store.get(&ask.actor, ask.app.desk.kind(kind).ok()?, id).ok()
    };
    let link = |one: &Record| html! { a .link href={ "/r/" (one.kind.name) "/" (one.id) } { (one.number()) } " " (one.title()) };
    let mut rows = vec![("Cost", html! { (line.read::<Money>("amount").map_or_else(String::new, written)) })];
    if let Some(asset) = seen("asset", "asset") {
        rows.push(("For", html! { (link(&asset)) @if let Some(day) = asset.get("support_ends").as_text() { ", support ends " (day) } }));
    }
    match seen("risk", "risk") {
        Some(risk) => {
            rows.push(("Risk", link(&risk)));
            rows.push(("Risk reduced", html! { (reduced(&risk)) }));
        }
        None => rows.push(("Risk", html! { span .sub { "Name the risk that it lowers." } })),
    }
    let aside = html! { a .link href={ "/money/" (line.id) "/case.pdf" } { "Print" } };
    Ok(panel::padded("Business case", &aside, &keyvalue::keyvalue(&rows)))
}

fn case(ask: &Ask) -> Result<Response, Fault> {
    let line = ask.record(ask.kind("money_line")?, ask.param("id"))?;
    let made = ask.app.desk.business_case(&ask.actor, &line, &super::reports::base(ask), ask.now)?;
    let name = format!("attachment; filename=\"{}-business-case.pdf\"", line.number());
    Ok(([(http::CONTENT_TYPE, "application/pdf".to_owned()), (http::CONTENT_DISPOSITION, name)], made).into_response())
}
