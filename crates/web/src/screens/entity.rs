//! All there is about one host, user, address or door: when it was seen, by which sources, with whom, its alerts, and the
//! asset or person behind it.

use super::events::{answer, histogram, spans};
use super::pick;
use crate::ask::Ask;
use crate::fault::Fault;
use crate::hunting::{self, Span};
use crate::layout::Find;
use crate::parts::{chart, empty, header, keyvalue, panel, time};
use crate::routes::{Route, Who};
use crate::screens::encode;
use axum::response::{IntoResponse, Response};
use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};
use watchkeep_desk::DeskError;
use watchkeep_desk::rare::{self, Thing};
use watchkeep_lake::{Cell, Found, LakeError, SearchResult, Table};
use watchkeep_model::event::Event;
use watchkeep_model::filter::{Query, in_quotes, parse};
use watchkeep_model::{Kind, Record};
use watchkeep_store::List;

/// Time looked at unless another is chosen, events shown, and values of each field beside it.
const USUAL: &str = "7d";
const ROWS: usize = 50;
const BESIDE: usize = 6;
/// What stands beside an entity in its events.
const FIELDS: [(&str, &str); 4] =
    [("user", "Users"), ("host", "Hosts"), ("dst_ip", "Addresses"), ("process", "Processes")];

pub fn routes() -> Vec<Route> {
    vec![Route::get("/entity", Who::Person, page)]
}

/// Where the page of an entity is.
pub fn address(name: &str) -> String {
    format!("/entity?name={}", encode(name))
}

/// Where the page of a door is: events name it in a field of their own.
fn address_of_door(name: &str) -> String {
    format!("/entity?as=door&name={}", encode(name))
}

/// A link to the page of the door that an event names, if it does.
pub fn door(event: &Event) -> Option<Markup> {
    let name = event.field("door").filter(|name| !name.is_empty())?;
    Some(html! { a .link href=(address_of_door(name)) { (name) } })
}

/// A link to its page; nothing where an event names none.
pub fn link(name: Option<&str>) -> Markup {
    html! { @if let Some(name) = name.filter(|name| !name.is_empty()) { a .link href=(address(name)) { (name) } } }
}

/// The filter of all events that name it: whole, as a host with its domain, as a user with a domain; as a door.
fn filter(name: &str, door: bool) -> String {
    if door {
        let name = in_quotes(name);
        return format!("door:{name} or host:{name}");
    }
    let host = if name.contains('.') { String::new() } else { format!(",{}", in_quotes(&format!("{name}.*"))) };
    let user = if name.contains(['\\', '@']) {
        String::new()
    } else {
        format!(",{},{}", in_quotes(&format!("*\\{name}")), in_quotes(&format!("{name}@*")))
    };
    let address = if name.parse::<std::net::IpAddr>().is_ok() {
        format!(" or src_ip:{name} or dst_ip:{name}")
    } else {
        String::new()
    };
    let name = in_quotes(name);
    format!("host:{name}{host} or user:{name}{user}{address}")
}

struct Seen {
    sources: Table,
    buckets: Vec<(Timestamp, u64)>,
    beside: Vec<(&'static str, Vec<(String, u64)>)>,
    newest: SearchResult,
}

fn page(ask: &Ask) -> Result<Response, Fault> {
    ask.app.desk.event_sources(&ask.actor)?;
    let name = ask.query("name").map(str::trim).filter(|name| !name.is_empty() && name.len() <= 300);
    let name = name.ok_or_else(|| Fault::Bad("give the `name` of a host, user, address or door".to_owned()))?;
    let last = ask.query("last").or(ask.query("from").is_none().then_some(USUAL));
    let span = hunting::span_of(ask, last, ask.query("from"), ask.query("to"))?;
    let (assets, people) = (behind(ask, "asset", name)?, behind(ask, "person", name)?);
    let is_door = |asset: &Record| asset.choice("class") == Some("door");
    let as_door = ask.query("as") == Some("door") || assets.iter().any(is_door);
    let own = if as_door { address_of_door(name) } else { address(name) };
    let here = |time: &str| format!("{own}&{time}");
    let text = filter(name, as_door);
    let query = parse(&text).map_err(|error| hunting::Misread::of(&text, error))?;
    let found = seen(ask, &query, &span).map_err(|error| hunting::fault(&text, error))?;
    let in_events = format!("/events?{}&q={}", span.address, encode(&text));
    let asked = ask.app.desk.asked(&ask.actor, query, (span.from, span.to), ask.now)?;
    let total = found.buckets.iter().map(|(_, count)| count).sum::<u64>();
    let total = super::rules::counted(usize::try_from(total).unwrap_or(usize::MAX), "event");
    let body = html! {
        (header::header(name, &html! { "Everything about it · " (span.word) }, &html! { (spans(ask, &span, USUAL, &here)) a .btn .small href=(in_events) { "Open in events" } }))
        @if found.sources.rows.is_empty() {
            (empty::empty("search", "No event names it", "No log that you may read has it as host, user, address or door.", &html! {}))
        }
        div .cols .read {
            div .stack {
                (known(ask, (&assets, &people), &found.sources))
                (panel::padded("When", &html! { (total) }, &histogram(ask, &found.buckets, &here)))
                (answer::shown(ask, &asked, &found.newest, &span, &text).panels())
            }
            div .stack {
                (alerts(ask, name)?)
                (sources(ask, &found.sources, &text))
                (beside(name, &found.beside))
                @if !found.sources.rows.is_empty() && !as_door { (rare(ask, name)?) }
            }
        }
    };
    Ok(ask
        .page(name, "events", Find { action: "/events", kind: Some("event"), ..Find::default() }, &body)
        .into_response())
}

/// Asks the lake: by source over all that is kept, the rest in the time that is looked at.
fn seen(ask: &Ask, query: &Query, span: &Span) -> Result<Seen, DeskError> {
    let desk = &ask.app.desk;
    let counted = "| stats min(time) as first, max(time) as last, count by source | sort -last";
    let pipes = parse(counted)?.pipes;
    let all = Query { filter: query.filter.clone(), pipes };
    let ever = (Timestamp::UNIX_EPOCH, ask.now + SignedDuration::from_mins(5));
    let all = desk.asked(&ask.actor, all, ever, ask.now)?;
    let sources = match desk.lake.search(&desk.request(&all, 1))?.found {
        Found::Table(table) => table,
        Found::Events(_) => Table::default(),
    };
    let asked = desk.asked(&ask.actor, query.clone(), (span.from, span.to), ask.now)?;
    let (request, lake) = (desk.request(&asked, ROWS), &desk.lake);
    let beside = FIELDS.iter().map(|(field, title)| Ok((*title, lake.field_values(&request, field, "", BESIDE + 1)?)));
    let mut beside = beside.collect::<Result<Vec<_>, LakeError>>()?;
    let newest = lake.search(&request)?;
    if let Found::Events(events) = &newest.found
        && events.iter().any(|event| event.field("door").is_some())
    {
        beside.push(("Doors", lake.field_values(&request, "door", "", BESIDE + 1)?));
    }
    Ok(Seen { sources, buckets: lake.histogram(&request, 60)?, beside, newest })
}

/// What it did that hardly any other did.
fn rare(ask: &Ask, name: &str) -> Result<Markup, Fault> {
    let Some(found) = ask.app.desk.rare(&ask.actor, name, ask.now)? else { return Ok(html! {}) };
    let kind = match found.role {
        "host" => "hosts",
        "user" => "users",
        _ => "addresses",
    };
    let href = |thing: &Thing| {
        let query = format!("{}:{} {}:{}", found.role, in_quotes(name), thing.field, in_quotes(&thing.value));
        format!("/events?last=30d&q={}", encode(&query))
    };
    let aside = html! { (rare::DAYS) " days, " (found.peers) " " (kind) };
    Ok(panel::padded(
        "Rare",
        &aside,
        &html! {
            @if found.peers < rare::PEERS { p .sub { "Too few " (kind) " to say what is rare: it takes " (rare::PEERS) "." } }
            @else if found.things.is_empty() { p .sub { "It did nothing that at most " (rare::FEW) " " (kind) " did." } }
            @else { ul .plain { @for thing in &found.things { li {
                a .link href=(href(thing)) { (thing.value) }
                span .sub { " · " @if thing.among == 1 { "only here" } @else { "on " (thing.among) " " (kind) } ", " (super::rules::counted(usize::try_from(thing.events).unwrap_or(0), "event")) }
            } } } }
        },
    ))
}

/// First and last seen, and what records are behind it.
fn known(ask: &Ask, (assets, people): (&[Record], &[Record]), sources: &Table) -> Markup {
    let at = |index: usize| {
        sources
            .rows
            .iter()
            .filter_map(move |row| if let Some(Cell::Time(at)) = row.get(index) { Some(*at) } else { None })
    };
    let moment = |at: Option<Timestamp>| match at {
        Some(at) => html! { (time::exact(at, &ask.app.desk.zone)) " · " (time::ago(at, ask.now)) },
        None => html! { "never, in what is kept" },
    };
    let mut rows = vec![("First seen", moment(at(1).min())), ("Last seen", moment(at(2).max()))];
    let titles = super::show::Titles::of(ask, assets);
    for asset in assets {
        rows.push((
            "Asset",
            html! { a .link href={ "/r/asset/" (asset.id) } { (asset.number()) } " " (asset.title()) },
        ));
        let holder = asset.get("holder").as_int().or_else(|| asset.get("owner").as_int());
        if let Some((id, title)) = holder.and_then(|id| Some((id, titles.get("person", id)?))) {
            rows.push(("Held by", html! { a .link href={ "/r/person/" (id) } { (title) } }));
        }
    }
    for person in people {
        rows.push(("Person", html! { a .link href={ "/r/person/" (person.id) } { (person.title()) } }));
    }
    if assets.is_empty() && people.is_empty() {
        rows.push(("Behind it", html! { "no asset or person that you may see is called so" }));
    }
    panel::padded("Known", &html! {}, &keyvalue::keyvalue(&rows))
}

/// Records that are called so: assets by name or identifier, people by name or mail address.
fn behind(ask: &Ask, kind: &str, name: &str) -> Result<Vec<Record>, Fault> {
    let Ok(kind) = ask.kind(kind) else { return Ok(Vec::new()) };
    let bare = name.rsplit('\\').next().unwrap_or(name);
    let is_address = name.parse::<std::net::IpAddr>().is_ok();
    let short = if is_address { bare } else { bare.split(['.', '@']).next().unwrap_or(bare) };
    let called = |word: &str| [name, bare, short].iter().any(|name| name.eq_ignore_ascii_case(word));
    let text = |record: &Record, field: &str| record.get(field).as_text().unwrap_or_default().to_owned();
    let fits = |record: &Record| {
        let mail = text(record, "email");
        called(record.title())
            || text(record, "identifiers").split_whitespace().any(called)
            || (!mail.is_empty() && (called(&mail) || mail.split('@').next().is_some_and(called)))
    };
    let found = of_words(ask, kind, short)?;
    Ok(found.into_iter().filter(fits).take(5).collect())
}

fn of_words(ask: &Ask, kind: &'static Kind, text: &str) -> Result<Vec<Record>, Fault> {
    if text.chars().any(char::is_alphanumeric) { pick::search(ask, kind, text, 50) } else { Ok(Vec::new()) }
}

fn alerts(ask: &Ask, name: &str) -> Result<Markup, Fault> {
    let Ok(kind) = ask.kind("alert") else { return Ok(html! {}) };
    let filter = format!("entity:\"{}\"", name.replace('"', ""));
    let test = ask.app.desk.filter(&ask.actor, kind, &filter, ask.now)?;
    let list = List { sort: "last_seen".to_owned(), descending: true, ..List::of(kind).filtered(test).limited(10) };
    let page = ask.app.desk.store.list(&ask.actor, &list)?;
    let all = html! { a .link href={ "/alerts?q=" (encode(&filter)) } { "All" } };
    Ok(panel::padded(
        "Alerts",
        &all,
        &html! {
            @if page.records.is_empty() { p .sub { "None about it." } }
            ul .plain { @for alert in &page.records { li { a .link href={ "/r/alert/" (alert.id) } { (alert.number()) } " " (alert.title()) " · " (super::record::state(alert)) } } }
        },
    ))
}

fn sources(ask: &Ask, table: &Table, text: &str) -> Markup {
    let moment = |cell: Option<&Cell>| match cell {
        Some(Cell::Time(at)) => time::ago(*at, ask.now),
        _ => html! {},
    };
    let body = html! {
        ul .plain { @for row in &table.rows {
            @let source = row.first().map(Cell::to_string).unwrap_or_default();
            li {
                a .link href={ "/events?last=30d&q=" (encode(&format!("source:{} ({text})", in_quotes(&source)))) } { (source) }
                span .sub { " " @if let Some(count) = row.get(3) { (count) } " events, first " (moment(row.get(1))) ", last " (moment(row.get(2))) }
            }
        } }
    };
    html! { @if !table.rows.is_empty() { (panel::padded("Sources", &html! { "all that is kept" }, &body)) } }
}

/// Who and what its events name beside it, most often first.
fn beside(name: &str, of: &[(&str, Vec<(String, u64)>)]) -> Markup {
    let bars = |title: &str, values: &[(String, u64)]| {
        let others = values.iter().filter(|(value, _)| !value.eq_ignore_ascii_case(name)).take(BESIDE);
        let others: Vec<(&str, u64, String)> = others
            .map(|(value, count)| match title {
                "Processes" => {
                    let filter = format!("process:{}", in_quotes(value));
                    (
                        value.rsplit(['\\', '/']).next().unwrap_or(value),
                        *count,
                        format!("/events?q={}", encode(&filter)),
                    )
                }
                "Doors" => (value.as_str(), *count, address_of_door(value)),
                _ => (value.as_str(), *count, address(value)),
            })
            .collect();
        let bars: Vec<(&str, u64, &str)> =
            others.iter().map(|(label, count, href)| (*label, *count, href.as_str())).collect();
        html! { @if !bars.is_empty() { (panel::padded(title, &html! { "beside it" }, &chart::bars(&bars, &format!("{title} beside {name}")))) } }
    };
    html! { @for (title, values) in of { (bars(title, values)) } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entity_is_found_under_all_its_names() {
        let check = |name: &str, expected: &str| {
            assert_eq!(filter(name, false), expected);
            parse(&filter(name, false)).expect("reads");
        };
        check("dc01", r#"host:"dc01","dc01.*" or user:"dc01","*\dc01","dc01@*""#);
        check("DEMO\\anna", r#"host:"DEMO\anna","DEMO\anna.*" or user:"DEMO\anna""#);
        check(
            "10.1.2.3",
            r#"host:"10.1.2.3" or user:"10.1.2.3","*\10.1.2.3","10.1.2.3@*" or src_ip:10.1.2.3 or dst_ip:10.1.2.3"#,
        );
        check("::1", r#"host:"::1","::1.*" or user:"::1","*\::1","::1@*" or src_ip:::1 or dst_ip:::1"#);
        check("a\"b", r#"host:"a""b","a""b.*" or user:"a""b","*\a""b","a""b@*""#);
        assert_eq!(filter("Dock 2", true), r#"door:"Dock 2" or host:"Dock 2""#);
    }
}
