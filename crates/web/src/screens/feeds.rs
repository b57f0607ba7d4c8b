//! The page of a feed: its file, what of it is not used and why, what was met, and looking back over kept events.

use crate::ask::Ask;
use crate::fault::Fault;
use crate::htmx;
use crate::parts::{Button, State as Mark, keyvalue, panel, state, time};
use crate::routes::{Route, Who};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use watchkeep_desk::background::Ended;
use watchkeep_desk::feeds::look_back::{LookBack, Progress};
use watchkeep_desk::feeds::{Came, Shown, What};
use watchkeep_model::{FieldType, Record, Rows};
use watchkeep_records::intel::feed::{EndedValue, Seen};
use watchkeep_store::Change;

/// Lines that could not be used, shown of one feed.
const LINES: usize = 25;
/// Values that were met, shown of one feed.
const MET: usize = 25;

pub fn routes() -> Vec<Route> {
    let mut all = vec![
        Route::post("/feeds/{id}/file", Who::Api, file),
        Route::post("/feeds/{id}/fetch", Who::Api, fetch),
        Route::post("/feeds/{id}/secret", Who::Api, secret),
        Route::post("/feeds/{id}/again", Who::Person, again),
        Route::get("/feeds/{id}/look", Who::Person, |ask| Ok(looking(ask, &one(ask)?).into_response())),
        Route::post("/feeds/{id}/look", Who::Person, look),
    ];
    all.extend(super::feed_entries::routes());
    all
}

/// The feed that the path names.
pub fn one(ask: &Ask) -> Result<Record, Fault> {
    ask.record(ask.kind("feed")?, ask.param("id"))
}

fn to(feed: &Record) -> Response {
    super::go(&format!("/r/feed/{}", feed.id))
}

fn may(ask: &Ask, feed: &Record) -> bool {
    ask.actor.access.may_on(feed.kind, "update", feed)
}

/// Everything below the details.
pub fn below(ask: &Ask, feed: &Record) -> Result<Markup, Fault> {
    let loaded = ask.app.desk.feed_in_force(feed.id);
    let benign = feed.choice("form") == Some("benign");
    Ok(html! {
        @if feed.state() != Some("retired") { (source(ask, feed)?) }
        @if !benign && !feed.get("fingerprint").is_empty() {
            (super::feed_entries::panel(ask, feed)?)
            (looking(ask, feed))
        }
        @if let Some(loaded) = &loaded { (lines(&loaded.reading)) (by_list(&loaded.harmless_by_list())) }
        @if !benign { (met(ask, feed)) (ended(ask, feed)) }
    })
}

/// How its file comes, and what it was the last time.
fn source(ask: &Ask, feed: &Record) -> Result<Markup, Fault> {
    let comes = feed.choice("comes").unwrap_or_default();
    let may = may(ask, feed);
    let here = |what: &str| format!("/feeds/{}/{what}", feed.id);
    let keeps = comes == "taxii" && ask.app.desk.has_feed_secret(feed.id, ask.now)?;
    let told = feed.get("last_problem").as_text();
    let aside = match told {
        Some(_) => state::mark(Mark::Red, "not read"),
        None if feed.get("read_at").is_empty() => state::mark(Mark::Grey, "nothing yet"),
        None => html! { (feed.get("entries").as_int().unwrap_or(0)) " entries" },
    };
    Ok(panel::padded(
        "File",
        &aside,
        &html! { div .stack {
            @if let Some(why) = told { p .error role="status" { (why) @if !feed.get("read_at").is_empty() { ". What was read before stays in force." } } }
            @if let Some(types) = feed.get("types").as_text() { p { (types) } }
            @if let Some(name) = feed.get("file_name").as_text() {
                p .sub .break { (name) " · " (feed.get("size").as_int().unwrap_or(0)) " bytes · sha256 " span .id { (feed.get("fingerprint").as_text().unwrap_or_default().get(..16).unwrap_or_default()) "…" } }
            }
            @if may && comes == "uploaded" {
                form .stack method="post" action={ (here("file")) "?csrf=" (ask.csrf()) } enctype="multipart/form-data" {
                    div .field { label for="feed-file" { "New file" } input #feed-file type="file" name="file" required; p .help { "It replaces the one before as a whole. Lines that cannot be read lose only themselves; a file of which nothing can be used changes nothing." } }
                    div .row .wrap { button .btn type="submit" name="act" value="try" { "Try without changing anything" } button .btn .go type="submit" name="act" value="take" { "Put in force" } }
                }
            }
            @if may && comes != "uploaded" { form .row method="post" action=(here("fetch")) { input type="hidden" name="csrf" value=(ask.csrf()); (Button::submit("Read it now")) } }
            @if may && comes == "taxii" {
                (htmx::form(&here("secret"), ask.csrf(), None, &html! {
                    div .field { label for="feed-secret" { @if feed.get("user").is_empty() { "Token" } @else { "Password" } } input #feed-secret type="password" name="secret" autocomplete="off" maxlength="10000"; p .help { @if keeps { "One is kept; it is never shown. Sent empty, it is forgotten." } @else { "None is kept." } } }
                    div { (Button::submit("Keep it")) }
                }))
            }
        } },
    ))
}

/// Files sent by a browser's form, or by a program as they are.
fn file(ask: &Ask) -> Result<Response, Fault> {
    let feed = one(ask)?;
    let desk = &ask.app.desk;
    if !ask.header("content-type").unwrap_or_default().starts_with("multipart/form-data") {
        let name = ask.query("name").unwrap_or("sent by the API");
        let bytes = super::transfer::unpacked(ask)?;
        let what = desk.take_feed(&ask.actor, feed.id, &Came::file(name, bytes.to_vec()), ask.now)?;
        return figures(ask, &feed, what);
    }
    let parts = ask.parts()?;
    let named = |name: &str| parts.iter().find(|part| part.name == name);
    let file = named("file")
        .filter(|part| !part.bytes.is_empty())
        .ok_or_else(|| Fault::Bad("choose a file first".to_owned()))?;
    if named("act").is_some_and(|act| &*act.bytes == b"try") {
        let shown = desk.try_feed(&ask.actor, feed.id, &file.bytes, ask.now)?;
        let body = html! {
            (crate::parts::header::header(&format!("Trying {}", file.file), &html! { "for " (feed.number()) " " (feed.title()) "; nothing has changed" }, &html! { (Button::link("Back to the feed", &format!("/r/feed/{}", feed.id))) }))
            (tried(&shown))
        };
        return Ok(ask
            .page("Trying a file", super::own::place(feed.kind), crate::layout::Find::default(), &body)
            .into_response());
    }
    desk.take_feed(&ask.actor, feed.id, &Came::file(&file.file, file.bytes.to_vec()), ask.now)?;
    Ok(to(&feed))
}

fn tried(shown: &Shown) -> Markup {
    let count = |name: &'static str, number: u64| (name, html! { (number) });
    let mut rows = vec![count("Different values", shown.entries)];
    rows.extend(shown.types.iter().map(|(name, number)| count(name, *number)));
    if let Some((new, gone)) = shown.change {
        rows.extend([count("New", new), count("No longer named", gone)]);
    }
    html! {
        (panel::padded("What it would put in force", &html! {}, &keyvalue::keyvalue(&rows)))
        (lines(&shown.reading))
        (by_list(&shown.harmless))
    }
}

/// What a program is told after it brought a file, or had one fetched.
fn figures(ask: &Ask, feed: &Record, what: What) -> Result<Response, Fault> {
    let record = ask.app.desk.store.get(&ask.actor, feed.kind, feed.id)?;
    let whole = |name: &str| record.get(name).as_int().unwrap_or(0);
    let told = serde_json::json!({
        "changed": what == What::Taken, "entries": whole("entries"), "broken": whole("broken"),
        "unused": whole("unused"), "harmless": whole("harmless"), "sha256": record.get("fingerprint").as_text(),
    });
    Ok(axum::Json(told).into_response())
}

fn fetch(ask: &Ask) -> Result<Response, Fault> {
    let feed = one(ask)?;
    let what = ask.app.desk.read_source(&ask.actor, feed.id, ask.now)?;
    if ask.visit.is_some() { Ok(to(&feed)) } else { figures(ask, &feed, what) }
}

fn secret(ask: &Ask) -> Result<Response, Fault> {
    let feed = one(ask)?;
    ask.app.desk.feed_secret(&ask.actor, feed.id, ask.form("secret").unwrap_or_default())?;
    Ok(to(&feed))
}

/// What of a file is not looked for: by reason, and the first of them.
fn lines(reading: &watchkeep_desk::feeds::Reading) -> Markup {
    let left: u64 = reading.reasons.values().sum();
    if left + reading.broken == 0 {
        return html! {};
    }
    let aside = html! { @if reading.broken > 0 { (state::mark(Mark::Amber, &format!("{} not read", reading.broken))) } @else { (left) } };
    panel::padded(
        "Not looked for",
        &aside,
        &html! {
            @for (reason, count) in &reading.reasons { p .sub { (count) " · " (reason) } }
            table .cards {
                caption .vh { "The first that are not looked for" }
                thead { tr { th { "Where" } th { "What" } th { "Why" } } }
                tbody { @for line in reading.unused.iter().take(LINES) { tr { td .text { (line.place) } td .grow { span .id { (line.what.chars().take(80).collect::<String>()) } } td .text { (line.reason) } } } }
            }
        },
    )
}

/// How many entries each benign list takes away.
fn by_list(lists: &std::collections::BTreeMap<std::sync::Arc<str>, u64>) -> Markup {
    let all: u64 = lists.values().sum();
    html! { @if all > 0 { (panel::padded("Harmless", &html! { (all) }, &html! {
        p .sub { "These stand on a benign list, and raise no alarm." }
        ul .plain { @for (name, count) in lists { li { (count) " · " (name) } } }
    })) } }
}

/// How far looking back is; asked for again while it runs.
fn looking(ask: &Ask, feed: &Record) -> Markup {
    let run = ask.app.desk.last_look_back(feed.id);
    let waits = feed.choice("looked") == Some("waiting");
    let runs = run.as_ref().is_some_and(|run| run.ended().is_none());
    let address = format!("/feeds/{}/look", feed.id);
    let aside = match (runs, feed.choice("looked")) {
        (true, _) => html! { "running" },
        (_, Some("waiting" | "running")) => html! { "waiting" },
        (_, Some("done")) => state::mark(Mark::Green, "done"),
        (_, Some("stopped")) => state::mark(Mark::Grey, "stopped"),
        (_, Some("failed")) => state::mark(Mark::Red, "failed"),
        _ => html! {},
    };
    let body = html! { div .stack {
        @if may(ask, feed) && feed.state() == Some("live") {
            form .row method="post" action=(address) {
                input type="hidden" name="csrf" value=(ask.csrf());
                @if runs || waits { (Button::submit_as("Stop", "act", "stop")) } @else { (Button::submit_as("Look back now", "act", "begin")) }
            }
        }
        @match &run {
            Some(run) => (told(run, &run.progress())),
            None => p .sub { "Whenever its entries change, the last " (feed.get("look_back").as_int().unwrap_or(0)) " days of kept events are looked through. What is found is an alert that says so, one a value and host." @if let Some(at) = feed.read::<jiff::Timestamp>("looked_at") { " Last " (time::exact(at, &ask.app.desk.zone)) "." } },
        }
    } };
    htmx::polled("looking", (runs || waits).then_some(&*address), &panel::padded("Looking back", &aside, &body))
}

fn told(run: &LookBack, progress: &Progress) -> Markup {
    html! {
        @if run.ended().is_none() {
            @match progress.total {
                Some(total) => { label .vh for="look-bar" { "Events looked through" } progress #look-bar max=(total.max(1)) value=(progress.read) {} },
                None => p .sub { "Counting the events …" },
            }
        }
        @if let Some(Ended::Failed(why)) = run.ended() { p .error role="alert" { (why) } }
        @if let Some(alerts) = progress.alerts { p .figure { (alerts) @if alerts == 1 { " new alert" } @else { " new alerts" } } }
        p .sub { (progress.read) " events of " (run.days) " days looked through · met in " (progress.met) @if progress.known > 0 { ", " (progress.known) " of them known already" } }
        @if progress.beyond > 0 { p .sub { (progress.beyond) " more are beyond what one run tells apart." } }
        @if progress.alerts.is_some_and(|alerts| alerts > 0) { p { a .link href="/alerts?q=looked_back:yes" { "Alerts found looking back" } } }
    }
}

fn look(ask: &Ask) -> Result<Response, Fault> {
    let feed = one(ask)?;
    match ask.form("act") {
        Some("stop") => ask.app.desk.stop_look_back(&ask.actor, feed.id, ask.now)?,
        _ => ask.app.desk.look_back(&ask.actor, feed.id, ask.now)?,
    }
    Ok(to(&feed))
}

fn entry_link(feed: &Record, value: &str) -> Markup {
    html! { a .link .id .break href={ "/feeds/" (feed.id) "/entry?value=" (super::encode(value)) } { (value) } }
}

fn met(ask: &Ask, feed: &Record) -> Markup {
    let rows = feed.read::<Rows<Seen>>("sightings").map_or(Vec::new(), |rows| rows.0);
    let zone = &ask.app.desk.zone;
    panel::padded(
        "Seen here",
        &html! { (rows.len()) },
        &html! {
            @if rows.is_empty() { p .sub { "Nothing of it was met yet. A value that is met counts as seen anew from then on." } } @else {
                table .cards {
                    caption .vh { "Values that were met, newest first" }
                    thead { tr { th { "Value" } th .end { "Events" } th { "First" } th { "Last" } } }
                    tbody { @for one in rows.iter().take(MET) { tr { td .grow { (entry_link(feed, &one.value)) } td .end { (one.events) } td .text { (time::exact(one.first, zone)) } td .text { (time::exact(one.last, zone)) } } } }
                }
            }
        },
    )
}

fn ended(ask: &Ask, feed: &Record) -> Markup {
    let rows = feed.read::<Rows<EndedValue>>("ended").map_or(Vec::new(), |rows| rows.0);
    let may = may(ask, feed);
    html! { @if !rows.is_empty() { (panel::padded("Judged false", &html! { (rows.len()) }, &html! {
        p .sub { "Not looked for any more, though the feed names them." }
        ul .plain { @for one in &rows { li .row .wrap {
            (entry_link(feed, &one.value)) " "
            span .sub { (time::exact(one.at, &ask.app.desk.zone)) @if !one.alert.is_empty() { " · " a .link href={ "/go/" (one.alert) } { (one.alert) } } }
            @if may { form method="post" action={ "/feeds/" (feed.id) "/again" } { input type="hidden" name="csrf" value=(ask.csrf()); input type="hidden" name="value" value=(one.value); (Button::submit("Look for it again").small()) } }
        } } }
    })) } }
}

/// A value that an alert was judged false of is looked for again.
fn again(ask: &Ask) -> Result<Response, Fault> {
    let feed = one(ask)?;
    let value = ask.form("value").unwrap_or_default();
    let mut rows = feed.read::<Rows<EndedValue>>("ended").map_or(Vec::new(), |rows| rows.0);
    rows.retain(|one| one.value != value);
    let values = vec![("ended".to_owned(), Rows(rows).write())];
    let change = Change::Update { kind: feed.kind, id: feed.id, version: Some(feed.version), values };
    ask.app.desk.store.write_one(&ask.actor, ask.now, change)?;
    Ok(to(&feed))
}
