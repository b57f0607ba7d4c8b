//! Administration: people and access at a glance, "why can, why cannot", tokens, rules and sources.

use super::show::{encode, help};
use crate::ask::Ask;
use crate::fault::Fault;
use crate::layout::Find;
use crate::parts::{State as Mark, header, keyvalue, panel, state};
use crate::routes::{Route, Who};
use axum::response::{IntoResponse, Response};
use jiff::SignedDuration;
use maud::{Markup, html};
use watchkeep_desk::why::Why;
use watchkeep_model::Kind;
use watchkeep_store::List;

/// What administration is made of: a heading, and its kinds.
const AREAS: &[(&str, &[&str])] = &[
    ("People and access", &["person", "group", "function", "role", "role_assignment", "scope_tag"]),
    ("Detection", &["log_source", "detection_rule", "suppression"]),
    ("Organisation", &["organisation", "site", "custom_field", "duty"]),
];

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/admin", Who::Person, page),
        Route::get("/admin/why", Who::Person, why),
        Route::get("/admin/tokens", Who::Person, |ask| Ok(tokens(ask, None)?.into_response())),
        Route::post("/admin/tokens", Who::Person, make_token),
        Route::post("/admin/tokens/{key}/revoke", Who::Person, revoke),
    ]
}

fn page(ask: &Ask) -> Result<Response, Fault> {
    let body = html! {
        (header::header("Administration", &html! { "People, access, sources and rules" }, &html! {
            a .btn href="/admin/why" { "Why can or cannot…" }
            a .btn href="/admin/tokens" { "API tokens" }
            a .btn href="/api/openapi.json" { "API description" }
        }))
        div .cols .two {
            @for (title, kinds) in AREAS {
                @let kinds: Vec<_> = kinds.iter().filter_map(|name| ask.kind(name).ok()).collect();
                @if !kinds.is_empty() { (area(ask, title, &kinds)?) }
            }
            (system(ask)?)
        }
    };
    Ok(ask.page("Administration", "admin", Find::default(), &body).into_response())
}

pub(super) fn area(ask: &Ask, title: &str, kinds: &[&'static Kind]) -> Result<Markup, Fault> {
    let mut rows = Vec::new();
    for kind in kinds {
        rows.push((*kind, ask.app.desk.store.count(&ask.actor, &List::of(kind))?, warning(ask, kind)?));
    }
    Ok(panel::flush(
        title,
        &html! {},
        &html! {
            table .cards .tall {
                caption .vh { (title) }
                thead .vh { tr { th { "Kind" } th { "Attention" } th { "How many" } th { "Act" } } }
                tbody { @for (kind, count, warning) in &rows {
                    tr data-row data-href={ "/r/" (kind.name) } {
                        td .grow { a href={ "/r/" (kind.name) } { (kind.plural) } div .sub { (help(kind.help)) } }
                        td { @if let Some((words, filter)) = warning { a .link href={ "/r/" (kind.name) "?q=" (encode(filter)) } { (state::mark(Mark::Amber, words)) } } }
                        td .num { (count) }
                        td { @if ask.actor.access.may(kind.name, "create") && kind.name != "detection_rule" { a .btn .small href={ "/r/" (kind.name) "/new" } { "New" } } }
                    }
                } }
            }
        },
    ))
}

/// What of a kind wants an administrator: how many, and the filter that lists them.
fn warning(ask: &Ask, kind: &'static Kind) -> Result<Option<(String, &'static str)>, Fault> {
    let (filter, what) = match kind.name {
        "log_source" => ("owner:none", "without owner"),
        "detection_rule" => ("state:refused", "refused"),
        "function" => ("holder:none", "without holder"),
        "suppression" => ("until<=7d", "end within 7 days"),
        _ => return Ok(None),
    };
    let Ok(test) = ask.app.desk.filter(&ask.actor, kind, filter, ask.now) else { return Ok(None) };
    let count = ask.app.desk.store.count(&ask.actor, &List::of(kind).filtered(test))?;
    Ok((count > 0).then(|| (format!("{count} {what}"), filter)))
}

/// What runs here, for administrators of everything.
fn system(ask: &Ask) -> Result<Markup, Fault> {
    if !ask.actor.access.holds_everything() {
        return Ok(html! {});
    }
    let desk = &ask.app.desk;
    let seen = desk.lake.sources_seen().map_err(watchkeep_desk::DeskError::from)?;
    let events: u64 = seen.iter().map(|source| source.events).sum();
    Ok(panel::padded(
        "This Watchkeep",
        &html! { "version " (env!("CARGO_PKG_VERSION")) },
        &keyvalue::keyvalue(&[
            ("Events kept", html! { a .link href="/events" { (events) } " of " (seen.len()) " sources" }),
            ("Time zone", html! { (desk.zone.iana_name().unwrap_or("UTC")) }),
            ("Backup", html! { code { "watchkeep backup --data DIR TO" } }),
        ]),
    ))
}

/// RU-74, for who may read role assignments.
fn why(ask: &Ask) -> Result<Response, Fault> {
    ask.kind("role_assignment")?;
    let given = |name| ask.query(name).unwrap_or_default().trim();
    let answer = if given("person").is_empty() || given("record").is_empty() {
        None
    } else {
        Some(explained(ask, given("person"), given("action"), given("record")))
    };
    let body = html! {
        (header::header("Why can, why cannot", &html! { "Each yes names the assignment behind it, each no the missing piece" }, &html! {}))
        (panel::padded("Question", &html! {}, &html! {
            form .row method="get" action="/admin/why" {
                div .field { label for="person" { "Person" } input #person name="person" value=(given("person")) placeholder="PER-3 or e-mail" required; }
                div .field { label for="action" { "Does" } select #action name="action" {
                    @for action in ["read", "create", "update", "delete", "assign", "approve", "operate", "export"] {
                        option value=(action) selected[given("action") == action] { (action) }
                    }
                } }
                div .field { label for="record" { "To" } input #record name="record" value=(given("record")) placeholder="ALR-42" required; }
                button .btn .go type="submit" { "Explain" }
            }
        }))
        @match &answer {
            Some(Ok(why)) => (reasons(why)),
            Some(Err(_)) => { p .error role="alert" { "There is no such person or record among those that you see." } },
            None => {},
        }
    };
    Ok(ask.page("Why can, why cannot", "admin", Find::default(), &body).into_response())
}

fn explained(ask: &Ask, person: &str, action: &str, record: &str) -> Result<Why, Fault> {
    let desk = &ask.app.desk;
    let people = ask.kind("person")?;
    let person = match desk.catalog().number(person) {
        Some((kind, id)) if kind.name == "person" => desk.store.get(&ask.actor, people, id)?,
        _ => {
            let found = desk.person_by_email(&person.to_lowercase())?.ok_or(Fault::Missing)?;
            desk.store.get(&ask.actor, people, found.id)?
        }
    };
    let (kind, id) = desk.catalog().number(record).ok_or(Fault::Missing)?;
    let record = desk.store.get(&ask.actor, kind, id)?;
    Ok(desk.why(person.id, if action.is_empty() { "read" } else { action }, &record)?)
}

fn reasons(why: &Why) -> Markup {
    let mark = |yes: bool| if yes { Mark::Green } else { Mark::Red };
    let aside = state::mark(mark(why.yes), if why.yes { "yes" } else { "no" });
    panel::flush(
        "Answer",
        &aside,
        &html! {
            table .cards {
                caption .vh { "Reasons" }
                thead { tr { th { span .vh { "Gives or lacks" } } th { "Assignment" } th { "Role" } th { "Why" } } }
                tbody { @for reason in &why.reasons { tr {
                    td { (state::mark(mark(reason.yes), if reason.yes { "gives" } else { "lacks" })) }
                    td .id { @if reason.assignment.is_empty() { "–" } @else { a .link href={ "/go/" (reason.assignment) } { (reason.assignment) } } }
                    td { (reason.role) }
                    td .grow { (reason.text) }
                } } }
            }
        },
    )
}

/// The person's own tokens; a new one is shown once.
fn tokens(ask: &Ask, fresh: Option<&str>) -> Result<Markup, Fault> {
    let person = ask.actor.person.ok_or(Fault::SignIn)?;
    let mine = ask.app.desk.store.vault().of("token", person, ask.now)?;
    let named = |value: &str| -> (String, String) {
        let json: serde_json::Value = serde_json::from_str(value).unwrap_or_default();
        let scopes: Vec<_> =
            json.get("scopes").and_then(|s| s.as_array()).into_iter().flatten().filter_map(|s| s.as_str()).collect();
        (json.get("name").and_then(|name| name.as_str()).unwrap_or("token").to_owned(), scopes.join(" "))
    };
    let body = html! {
        (header::header("API tokens", &html! { "A token acts as you, within its scopes, until it expires" }, &html! {}))
        @if let Some(token) = fresh {
            (panel::padded("New token", &html! { "shown only now" }, &html! { p { code .wrap { (token) } } }))
        }
        (panel::padded("Make a token", &html! {}, &html! {
            form .stack method="post" action="/admin/tokens" {
                input type="hidden" name="csrf" value=(ask.csrf());
                div .field { label for="name" { "What it is for" } input #name name="name" required maxlength="100"; }
                div .field { label for="scopes" { "Scopes" } input #scopes name="scopes" placeholder="event:create" aria-describedby="scopes-help"; p .help #scopes-help { "Permissions it is limited to, separated by spaces; empty for all of yours." } }
                div .field { label for="days" { "Days until it expires" } input #days name="days" type="number" min="1" max="365" value="90" required; }
                div { button .btn .go type="submit" { "Make token" } }
            }
        }))
        (panel::flush("Your tokens", &html! { (mine.len()) }, &html! {
            @if mine.is_empty() { p .pad .sub { "None yet." } } @else {
                table .cards {
                    caption .vh { "Your tokens" }
                    thead { tr { th { "Name" } th { "Scopes" } th { "Expires" } th { span .vh { "Act" } } } }
                    tbody { @for token in &mine {
                        @let (name, scopes) = named(&token.value);
                        tr {
                            td { (name) } td .id { @if scopes.is_empty() { "all of yours" } @else { (scopes) } }
                            td .id { @if let Some(at) = token.expires { (at.to_zoned(ask.app.desk.zone.clone()).date()) } }
                            td { form method="post" action={ "/admin/tokens/" (token.key) "/revoke" } { input type="hidden" name="csrf" value=(ask.csrf()); button .btn .small type="submit" { "Revoke" } } }
                        }
                    } }
                }
            }
        }))
    };
    Ok(ask.page("API tokens", "admin", Find::default(), &body))
}

fn make_token(ask: &Ask) -> Result<Response, Fault> {
    let person = ask.actor.person.ok_or(Fault::SignIn)?;
    let name = ask.form("name").unwrap_or_default().trim();
    let days: i64 = ask
        .form("days")
        .and_then(|days| days.parse().ok())
        .filter(|days| (1..=365).contains(days))
        .ok_or_else(|| Fault::Bad("a token lives 1 to 365 days".to_owned()))?;
    if name.is_empty() || name.len() > 100 {
        return Err(Fault::Bad("say in 1 to 100 characters what the token is for".to_owned()));
    }
    let scopes: Vec<String> = ask.form("scopes").unwrap_or_default().split_whitespace().map(str::to_owned).collect();
    if let Some(wrong) = scopes.iter().find(|scope| !scope.contains(':')) {
        return Err(Fault::Bad(format!("`{wrong}` is not a scope; write kind:action, such as event:create")));
    }
    let expires = ask.now + SignedDuration::from_hours(24 * days);
    let token = ask.app.desk.make_token(person, name, &scopes, expires)?;
    Ok(tokens(ask, Some(&token))?.into_response())
}

fn revoke(ask: &Ask) -> Result<Response, Fault> {
    let person = ask.actor.person.ok_or(Fault::SignIn)?;
    let vault = ask.app.desk.store.vault();
    let mine = vault.of("token", person, ask.now)?;
    let token = mine.iter().find(|token| token.key == ask.param("key")).ok_or(Fault::Missing)?;
    vault.remove("token", &token.key)?;
    Ok(super::go("/admin/tokens"))
}
