//! What a person's page shows besides their fields: the roles they hold, and how they sign in.

use crate::ask::Ask;
use crate::fault::Fault;
use crate::parts::{Button, State as Mark, panel, state};
use crate::routes::{Route, Who};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use watchkeep_desk::Desk;
use watchkeep_desk::load::LIMIT;
use watchkeep_model::resolve::{Column, Compare, Test};
use watchkeep_model::{Record, Refusal};
use watchkeep_store::List;

pub fn routes() -> Vec<Route> {
    vec![
        Route::post("/r/person/{id}/sign-in-link", Who::Person, link),
        Route::post("/r/person/{id}/second-factor-off", Who::Person, factor_off),
    ]
}

pub fn below(ask: &Ask, person: &Record) -> Result<Markup, Fault> {
    Ok(html! { (load(ask, person)?) (roles(ask, person)?) (sign_in(ask, person)?) })
}

/// How many of their shifts are nights: for themselves, and for who keeps their reviews.
fn load(ask: &Ask, person: &Record) -> Result<Markup, Fault> {
    if !Desk::sees_load(&ask.actor, person.id) || !ask.actor.access.may("shift", "read") {
        return Ok(html! {});
    }
    let Some(load) = ask.app.desk.loads(&ask.actor, ask.now)?.remove(&person.id) else { return Ok(html! {}) };
    let mark = if load.is_over() { state::mark(Mark::Red, "over the limit") } else { state::mark(Mark::Green, "fair") };
    let rows =
        format!("/r/shift?q={}", super::show::encode(&format!("person:{} starts>=-14d starts<14d", person.number())));
    Ok(panel::padded(
        "Load",
        &mark,
        &html! {
            p .figure { a .link href=(rows) { (load.words()) } }
            p .sub { "From a fortnight ago to a fortnight ahead; the limit is " (LIMIT) " %." }
        },
    ))
}

/// For who may read role assignments.
fn roles(ask: &Ask, person: &Record) -> Result<Markup, Fault> {
    if !ask.actor.access.may("role_assignment", "read") {
        return Ok(html! {});
    }
    let access = ask.app.desk.access_of(person.id)?;
    Ok(panel::flush(
        "Roles",
        &html! { a .link href={ "/admin/why?person=PER-" (person.id) } { "Why can or cannot…" } },
        &html! {
            @if access.assignments.is_empty() { p .pad .sub { "No role yet: put this person into a group that a role assignment names." } } @else {
                table .cards {
                    caption .vh { "Roles that this person holds" }
                    thead { tr { th { "Role" } th { "By" } th { "Reach" } } }
                    tbody { @for held in &access.assignments { tr {
                        td .grow { (held.role) }
                        td .id { a .link href={ "/r/role_assignment/" (held.id) } { "ASN-" (held.id) } }
                        td { @if held.organisation_wide { "whole organisation" } @else { (held.tags.len()) " tags, " (held.scope.len()) " in scope" } }
                    } } }
                }
            }
        },
    ))
}

/// For administrators of everything: whoever gives a link could use it, so nobody gives more than they hold (RU-65).
fn sign_in(ask: &Ask, person: &Record) -> Result<Markup, Fault> {
    if !ask.actor.access.holds_everything() {
        return Ok(html! {});
    }
    let desk = &ask.app.desk;
    let (password, second) = (desk.has_password(person.id, ask.now)?, desk.has_second_factor(person.id, ask.now)?);
    let mark = |has: bool, yes, no| if has { state::mark(Mark::Green, yes) } else { state::mark(Mark::Grey, no) };
    Ok(panel::padded(
        "Sign-in",
        &html! { (mark(password, "password set", "no password")) " " (mark(second, "second factor", "no second factor")) },
        &html! {
            p .sub { "A link signs the person in once within the hour; they then choose a password. Use it for a new colleague or a forgotten password." }
            div .row {
                (Button::post("Make a sign-in link", &format!("/r/person/{}/sign-in-link", person.id), ask.csrf()))
                @if second { (Button::post("Take off the second factor", &format!("/r/person/{}/second-factor-off", person.id), ask.csrf()).danger()) }
            }
        },
    ))
}

/// The person of the path, for an administrator of everything.
fn administered(ask: &Ask) -> Result<Record, Fault> {
    let person = ask.record(ask.kind("person")?, ask.param("id"))?;
    if ask.actor.access.holds_everything() {
        return Ok(person);
    }
    Err(Refusal::rule("RU-65", "only an administrator of everything changes how others sign in").into())
}

/// For a lost phone.
fn factor_off(ask: &Ask) -> Result<Response, Fault> {
    let person = administered(ask)?;
    ask.app.desk.drop_second_factor(person.id)?;
    tracing::info!(person.id = person.id, by = ask.actor.person, "took off the second factor of {}", person.number());
    Ok(super::go(&format!("/r/person/{}", person.id)))
}

fn link(ask: &Ask) -> Result<Response, Fault> {
    let person = administered(ask)?;
    let key = ask.app.desk.one_time_key(person.id, ask.now)?;
    tracing::info!(person.id = person.id, by = ask.actor.person, "made a sign-in link for {}", person.number());
    let host = ask.header("host").unwrap_or("localhost");
    let body = html! {
        (crate::parts::header::record_header(&person.number(), person.title(), &html! { "sign-in link" }, &html! { (Button::link("Back", &format!("/r/person/{}", person.id)).key('b')) }))
        (panel::padded("Shown only now", &html! { "works once, within the hour" }, &html! {
            p { code .break { @if ask.app.settings.secure_cookies { "https://" } @else { "http://" } (host) "/once/" (key) } }
            p .sub { "Hand it over yourself: whoever opens it first is signed in as " (person.title()) "." }
        }))
    };
    Ok(ask.page("Sign-in link", "people", crate::layout::Find::default(), &body).into_response())
}

/// Text for a vacancy: what the function is for, whom it reports to, its duties, and what it asks for (RU-12).
pub fn vacancy(ask: &Ask, function: &Record) -> Result<Markup, Fault> {
    let titles = super::show::Titles::of(ask, std::slice::from_ref(function));
    let text = |field: &str| function.get(field).as_text().unwrap_or_default();
    let above = function.get("reports_to").as_int().and_then(|id| titles.get("function", id));
    let courses: Vec<&str> = function.get("requires").ids().iter().filter_map(|id| titles.get("course", *id)).collect();
    let held = match ask.kind("held_duty") {
        Ok(kind) => {
            let test = Test::Column(Column::Field("responsible"), Compare::OneOf(vec![function.id.into()]));
            ask.app.desk.store.list(&ask.actor, &List::of(kind).filtered(test).limited(50))?.records
        }
        Err(_) => Vec::new(),
    };
    Ok(panel::padded(
        "Vacancy text",
        &html! { (held.len()) " duties" },
        &html! {
            h3 { (function.title()) }
            @if let Some(above) = above { p { "Reports to: " (above) "." } } @else { p .sub { "Say whom it reports to." } }
            @if !text("description").is_empty() { p .prose { (text("description")) } }
            @if !held.is_empty() {
                p { b { "You are responsible for" } }
                ul { @for one in &held { li { (super::home::short(one.title())) } } }
            }
            p { b { "You bring" } }
            @if !courses.is_empty() { ul { @for course in &courses { li { (course) } } } }
            @if text("requirements").is_empty() && courses.is_empty() { p .sub { "Enter its requirements." } } @else { p .prose { (text("requirements")) } }
        },
    ))
}
