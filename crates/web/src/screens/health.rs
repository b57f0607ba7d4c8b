//! Health of log sources: all of them with what is wrong first, and more of one on its page.

use crate::ask::Ask;
use crate::fault::Fault;
use crate::htmx;
use crate::layout::Find;
use crate::parts::{Button, State as Mark, chart, empty, header, keyvalue, pager, panel, state, time};
use crate::routes::{Route, Who};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use maud::{Markup, html};
use serde_json::{Value as Json, json};
use watchkeep_desk::health::{SourceHealth, Trouble, grouped};
use watchkeep_model::Record;
use watchkeep_model::resolve::Test;
use watchkeep_model::text::show_duration;

const HERE: &str = "/sources";

pub fn routes() -> Vec<Route> {
    vec![Route::get(HERE, Who::Person, page), Route::get("/api/sources/health", Who::Api, by_program)]
}

fn health(ask: &Ask) -> Result<Vec<SourceHealth>, Fault> {
    ask.kind("log_source")?;
    Ok(ask.app.desk.health(&ask.actor, Test::All, ask.now)?)
}

fn page(ask: &Ask) -> Result<Response, Fault> {
    let all = health(ask)?;
    let words = ask.query("q").unwrap_or_default().trim().to_lowercase();
    let wrong = ask.query("show") == Some("wrong");
    let is_wrong = |one: &SourceHealth| one.trouble < Trouble::None;
    let fits = |one: &&SourceHealth| {
        (!wrong || is_wrong(one)) && (words.is_empty() || one.source.title().to_lowercase().contains(&words))
    };
    let shown: Vec<&SourceHealth> = all.iter().filter(fits).collect();
    let may = ask.actor.access.may("log_source", "create");
    let actions = html! {
        (Button::link("As a list", "/r/log_source").key('b'))
        @if may { (Button::link("New log source", "/r/log_source/new").go().key('n')) }
    };
    let about = html! { "what is wrong first · as of " (time::of_day(ask.now, &ask.app.desk.zone)) };
    let inner = html! {
        (header::header("Log sources", &about, &actions))
        @if all.is_empty() {
            (empty::empty("plug", "No log source yet", "A source is entered by itself with its first event; or enter one that you expect.", &html! { @if may { (Button::link("New log source", "/r/log_source/new")) } }))
        } @else {
            (totals(&all))
            @let keeps: &[(&str, &str)] = if wrong { &[("show", "wrong")] } else { &[] };
            @let aside = html! {
                @if wrong { a .link href=(HERE) { "All" } } @else { a .link href={ (HERE) "?show=wrong" } { "Only what is wrong" } }
                (pager::find(HERE, ("Find a source", "Name"), keeps, &words, (!words.is_empty()).then_some(HERE)))
            };
            (panel::flush("Sources", &aside, &html! {
                @if shown.is_empty() { p .pad .sub { @if wrong { "Nothing is wrong with any source." } @else { "No source fits." } } } @else { (table(ask, &shown)) }
            }))
        }
    };
    let address = format!("{HERE}?q={}{}", super::encode(&words), if wrong { "&show=wrong" } else { "" });
    let body = htmx::live("sources", &["log_source"], &address, &inner);
    Ok(ask.page("Log sources", "sources", Find::default(), &body).into_response())
}

/// What all sources come to.
fn totals(all: &[SourceHealth]) -> Markup {
    let wrong = all.iter().filter(|one| one.trouble < Trouble::None).count();
    let expected = all.iter().filter(|one| one.trouble != Trouble::Unexpected).count();
    let whole = || all.iter().filter(|one| !one.is_part());
    let events: u64 = whole().filter_map(|one| Some(one.cost?.events_a_day())).sum();
    let bytes: u64 = whole().filter_map(|one| Some(one.cost?.bytes_a_day())).sum();
    let disk: u64 = all.iter().map(|one| one.kept_bytes).sum();
    let tile = |figure: String, words: &str| html! { div .tile { span .figure { (figure) } span .sub { (words) } } };
    html! { section .tiles aria-label="All sources together" {
        a .tile href={ (HERE) "?show=wrong" } { span .figure { (wrong) " of " (expected) } span .sub { "expected sources with trouble" } }
        (tile(number(events), "events a day"))
        (tile(bytes_words(bytes), "a day as they came"))
        (tile(bytes_words(disk), "kept on disk"))
    } }
}

fn table(ask: &Ask, list: &[&SourceHealth]) -> Markup {
    html! { div .scroll { table .cards .tall {
        caption .vh { "Log sources, each with what is wrong, its last seven days, its interval and what it costs" }
        thead { tr { th { "State" } th { "Source" } th { "Seven days" } th { "Last event" } th { "Silent after" } th .num .hide { "Bad lines" } th .num .hide { "Events a day" } th .num { "Bytes" } th .num .hide { "On disk" } } }
        tbody { @for one in list { tr {
            td { (mark(one.trouble)) }
            td .grow { a .link href={ "/r/log_source/" (one.source.id) } { (one.source.title()) } @for reason in one.reasons() { div .sub { (reason) } } }
            td { (spark(one)) }
            td { (last(ask, one)) }
            td { (interval(&one.source)) }
            td .num .hide { @match one.source.read::<Option<f64>>("bad_share").flatten() { Some(share) => { (share) " %" } None => { span .sub { "–" } } } }
            td .num .hide { @if let Some(cost) = one.cost { (number(cost.events_a_day())) } @else { span .sub { "–" } } }
            td .num { @if let Some(cost) = one.cost { (bytes_words(cost.bytes_a_day())) " a day" } @else { span .sub { "–" } } }
            td .num .hide { (bytes_words(one.kept_bytes)) }
        } } }
    } } }
}

fn mark(trouble: Trouble) -> Markup {
    let shape = match trouble {
        Trouble::Unfetched | Trouble::Silent | Trouble::Drop | Trouble::WrongClock => Mark::Red,
        Trouble::Flood | Trouble::Unread | Trouble::OffClock => Mark::Amber,
        Trouble::None => Mark::Green,
        Trouble::Never | Trouble::Unexpected => Mark::Grey,
    };
    state::mark(shape, trouble.words())
}

#[expect(clippy::cast_precision_loss, reason = "a drawing needs no more than 52 bits")]
fn spark(one: &SourceHealth) -> Markup {
    if one.week.is_empty() {
        return html! { span .sub { "–" } };
    }
    // Three hours a point: a hundred and sixty-eight would be a smear.
    let values: Vec<f64> = one.week.chunks(3).map(|hours| hours.iter().sum::<u64>() as f64).collect();
    let most = one.week.iter().max().copied().unwrap_or(0);
    chart::spark(&values, &format!("events of the last seven days, at most {} in an hour", number(most)))
}

fn last(ask: &Ask, one: &SourceHealth) -> Markup {
    let at = one.source.read::<Option<Timestamp>>("last_event").flatten();
    html! { @match at { Some(at) => { (time::ago(at, ask.now)) } None => { span .sub { "never" } } } }
}

/// The interval that stands, and what is learnt where that is another.
fn interval(source: &Record) -> Markup {
    let secs = |field: &str| source.get(field).as_int();
    let by_learnt = source.choice("silent_by") != Some("interval");
    html! {
        @match (by_learnt, secs("silent_after"), secs("learnt")) {
            (true, Some(after), _) => { (show_duration(after)) div .sub { "learnt" } },
            (_, _, Some(learnt)) => { (show_duration(secs("interval").unwrap_or(0))) div .sub { "learnt " (show_duration(learnt)) } },
            (true, ..) => { (show_duration(secs("interval").unwrap_or(0))) div .sub { "learning" } },
            _ => { (show_duration(secs("interval").unwrap_or(0))) div .sub { "as set" } },
        }
    }
}

/// What the page of one source shows besides its fields.
pub fn below(ask: &Ask, source: &Record) -> Result<Markup, Fault> {
    let found = ask.app.desk.health_of(vec![source.clone()], ask.now)?;
    let Some(one) = found.into_iter().next() else { return Ok(html! {}) };
    let may_see = ask
        .app
        .desk
        .event_sources(&ask.actor)
        .is_ok_and(|names| names.is_none_or(|names| names.iter().any(|name| name == source.title())));
    let bad = if may_see && source.get("bad_lines").as_int().unwrap_or(0) > 0 {
        ask.app.desk.bad_reasons(source.title(), ask.now)?
    } else {
        Vec::new()
    };
    let most = one.week.iter().max().copied().unwrap_or(0);
    let reasons = one.reasons();
    let told = if source.get("volume").is_empty() {
        "Its volume is judged once the same hour of four weeks was heard."
    } else {
        "It sends as it usually does at this hour."
    };
    let mut pairs = vec![
        ("Silent after", interval(source)),
        (
            "Events a day",
            html! { @match one.cost { Some(cost) => { (number(cost.events_a_day())) ", " (bytes_words(cost.bytes_a_day())) " as they came, over " (cost.days) " days" } None => { "not a day is known yet" } } },
        ),
        ("Kept", html! { (number(one.kept_events)) " events, " (bytes_words(one.kept_bytes)) " on disk" }),
    ];
    if let Some(state) = &one.fetching {
        pairs.push(("Fetched from", html! { span .mono { (state.from) } }));
        pairs.push(("Answered", html! { @match state.answered { Some(at) => { (time::ago(at, ask.now)) } None => { "never since the start" } } }));
        let waits = state.waiting.as_deref().unwrap_or(if state.answered.is_some() { "nothing" } else { "not known" });
        pairs.push(("Waiting there", html! { (waits) }));
    }
    Ok(html! {
        (panel::padded("Health", &mark(one.trouble), &html! {
            @for reason in &reasons { p { (reason) } }
            @if reasons.is_empty() { p .sub { (told) } }
            (keyvalue::keyvalue(&pairs))
        }))
        @if !one.week.is_empty() { (panel::padded("Last seven days", &html! { "at most " (number(most)) " in an hour" }, &week(&one))) }
        (panel::padded("Usual silence", &html! {}, &silence(&one)))
        @if !bad.is_empty() { (panel::flush("Why lines could not be read", &html! { "last seven days" }, &html! { table .cards {
            caption .vh { "Reasons of bad lines" }
            thead { tr { th { "Reason" } th .num { "Lines" } } }
            tbody { @for (reason, count) in &bad { tr { td .grow { (reason) } td .num { (number(*count)) } } } }
        } })) }
    })
}

#[expect(clippy::cast_precision_loss, reason = "a drawing needs no more than 52 bits")]
fn week(one: &SourceHealth) -> Markup {
    let values: Vec<f64> = one.week.iter().map(|count| *count as f64).collect();
    chart::line(&values, None, "events of each hour of the last seven days")
}

/// The limit by hour of the day of the last event.
#[expect(clippy::cast_precision_loss, reason = "a drawing needs no more than 52 bits")]
fn silence(one: &SourceHealth) -> Markup {
    html! { @match (&one.limits, one.learns_for()) {
        (Some(limits), _) => {
            @let by_day = limits.by_day();
            @let least = by_day.iter().min().copied().unwrap_or(0);
            p { "After an event it may be silent for " (show_duration(least)) " to " (show_duration(limits.longest())) ", by the hour of the week in which the event came." }
            (chart::line(&by_day.iter().map(|limit| *limit as f64).collect::<Vec<_>>(), None, "longest usual silence by hour of the day, from midnight"))
            div .legend .spread { span .mono { "00:00" } span { "by hour of the last event" } span .mono { "23:00" } }
        },
        (None, Some(days)) => { p .sub { "It is learnt in " (days) (if days == 1 { " day" } else { " days" }) " more of events; until then the interval stands." } },
        (None, None) => {},
    } }
}

fn by_program(ask: &Ask) -> Result<Response, Fault> {
    let one = |one: SourceHealth| {
        let text = |field: &str| one.source.get(field).as_text().map(str::to_owned);
        json!({
            "source": one.source.number(), "name": one.source.title(), "trouble": one.trouble.words(), "reasons": one.reasons(),
            "heard": one.source.choice("heard"), "volume": one.source.choice("volume"), "volume_why": text("volume_why"),
            "clock": one.source.choice("clock"), "clock_why": text("clock_why"),
            "interval": one.source.get("interval").as_int(), "silent_after": one.source.get("silent_after").as_int(),
            "learnt": one.source.get("learnt").as_int(), "learnt_by_hour": one.limits.as_ref().map(watchkeep_desk::health::Limits::by_day),
            "events_a_day": one.cost.map(|cost| cost.events_a_day()), "bytes_a_day": one.cost.map(|cost| cost.bytes_a_day()),
            "bad_share": one.cost.and_then(|cost| cost.bad_share()), "days": one.cost.map(|cost| cost.days),
            "kept_events": one.kept_events, "kept_bytes": one.kept_bytes, "hours": one.week,
            "fetching": one.fetching.as_ref().map(|state| json!({
                "from": state.from, "answered": state.answered.map(|at| at.to_string()), "waiting": state.waiting, "trouble": state.trouble,
            })),
        })
    };
    let items: Vec<Json> = health(ask)?.into_iter().map(one).collect();
    Ok(axum::Json(json!({ "items": items })).into_response())
}

fn number(count: u64) -> String {
    grouped(i64::try_from(count).unwrap_or(i64::MAX))
}

/// `1.4 MB`.
#[expect(clippy::cast_precision_loss, reason = "one decimal is shown")]
fn bytes_words(bytes: u64) -> String {
    let mut size = bytes as f64;
    for unit in ["B", "kB", "MB", "GB"] {
        if size < 1000.0 {
            return if unit == "B" { format!("{bytes} B") } else { format!("{size:.1} {unit}") };
        }
        size /= 1000.0;
    }
    format!("{size:.1} TB")
}
