//! The SOC's month: how long things took, what the cases were, who closed what; marked as reviewed, it closes the run
//! of the duty that asks for it.

use super::show::encode;
use crate::ask::Ask;
use crate::fault::Fault;
use crate::layout::Find;
use crate::parts::{Button, dialog, header, panel};
use crate::routes::{Route, Who};
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use maud::{Markup, html};
use watchkeep_desk::metrics::{Metrics, Output, Spread, Tally};

pub use watchkeep_desk::metrics::DUTY;

pub fn routes() -> Vec<Route> {
    vec![Route::get("/soc", Who::Person, page), Route::post("/soc/reviewed", Who::Person, review)]
}

fn page(ask: &Ask) -> Result<Response, Fault> {
    for kind in ["alert", "incident"] {
        ask.kind(kind)?;
    }
    let today = ask.now.to_zoned(ask.app.desk.zone.clone()).date();
    let asked = ask.query("month").and_then(|month| format!("{month}-01").parse::<Date>().ok());
    let metrics = ask.app.desk.metrics(&ask.actor, asked.unwrap_or(today), ask.now)?;
    let month = |day: Date| format!("{:04}-{:02}", day.year(), day.month());
    let before = metrics.from.yesterday().ok().map(|day| format!("/soc?month={}", month(day)));
    let after = metrics.to.tomorrow().ok().filter(|day| *day <= today).map(|day| format!("/soc?month={}", month(day)));
    let may = ask.actor.access.may("meeting", "create");
    let actions = html! {
        @if let Some(before) = &before { (Button::link("Month before", before)) }
        @if let Some(after) = &after { (Button::link("Month after", after)) }
        @if may { (Button::open("Reviewed", "reviewed").go().key('r')) }
    };
    let body = html! {
        (header::header("SOC metrics", &html! { (metrics.from) " to " (metrics.to) }, &actions))
        (times(&metrics))
        div .cols .two {
            (panel::flush("Output by tier", &html! {}, &output(&metrics.tiers)))
            (panel::flush("Escalations", &html! {}, &tallies("Escalations", &metrics.escalations)))
        }
        div .cols .two {
            (panel::flush("Cases by type", &html! {}, &tallies("Cases by type", &metrics.cases)))
            (panel::flush("Hunts", &html! {}, &tallies("Hunts", std::slice::from_ref(&metrics.hunts))))
        }
        @if may { (reviewed(ask, &metrics)) }
    };
    Ok(ask.page("SOC metrics", "alerts", Find::default(), &body).into_response())
}

fn review(ask: &Ask) -> Result<Response, Fault> {
    for kind in ["alert", "incident", "meeting"] {
        ask.kind(kind)?;
    }
    let wrong = |_| Fault::Bad("the month is named by its first and last day".to_owned());
    let day = |name: &str| ask.form(name).unwrap_or_default().parse::<Date>().map_err(wrong);
    let decided = ask.form("decided").unwrap_or_default();
    let meeting = ask.app.desk.review_month(&ask.actor, (day("from")?, day("to")?), decided, ask.now)?;
    Ok(super::go(&format!("/r/meeting/{}", meeting.id)))
}

/// Seconds as one reads them: minutes, then hours, then days, with one decimal.
pub fn took(seconds: i64) -> String {
    let (unit, name) = match seconds {
        ..6_000 => (60, "min"),
        6_000..172_800 => (3_600, "h"),
        _ => (86_400, "d"),
    };
    // Halves go up, as one rounds by hand.
    let tenths = (seconds.unsigned_abs().saturating_mul(10) + unit / 2) / unit;
    format!("{}{}.{} {name}", if seconds < 0 { "-" } else { "" }, tenths / 10, tenths % 10)
}

fn times(metrics: &Metrics) -> Markup {
    let rows = [
        ("Detection", metrics.detection),
        ("First touch", metrics.touch),
        ("Judgement", metrics.judgement),
        ("Resolution", metrics.resolution),
    ];
    let cell = |spread: Option<Spread>, figure: fn(&Spread) -> i64| html! { @match spread { Some(one) => (took(figure(&one))), None => "–" } };
    panel::flush(
        "How long it took",
        &html! { "of what came to its end in the month" },
        &html! {
            div .scroll tabindex="0" role="region" aria-label="How long it took" { table {
            caption .vh { "Detection and resolution" }
            thead { tr { th scope="col" { "What" } th scope="col" .num { "Cases" } th scope="col" .num { "Mean" } th scope="col" .num { "Median" } th scope="col" .num { "9 of 10" } } }
            tbody { @for (name, spread) in rows { tr {
                th scope="row" { (name) }
                td .num { (spread.map_or(0, |one| one.count)) }
                td .num { (cell(spread, |one| one.mean)) }
                td .num { (cell(spread, |one| one.median)) }
                td .num { (cell(spread, |one| one.p90)) }
            } } }
        } }
            p .pad .sub { "Detection runs from the first alert of an incident to its declaration, first touch and judgement from an alert until somebody took or closed it, resolution from the declaration until the incident was resolved. Nine of ten took no longer than the last column says." }
        },
    )
}

fn output(tiers: &[Output]) -> Markup {
    html! {
        @if tiers.is_empty() { p .pad .sub { "No alert was closed in this month." } } @else {
            table {
                caption .vh { "Alerts closed by each tier" }
                thead { tr { th scope="col" { "Tier" } th scope="col" .num { "Closed" } th scope="col" .num { "Median" } } }
                tbody { @for one in tiers { tr {
                    th scope="row" { "Tier " (one.tier) }
                    td .num { a .link href={ "/alerts?q=" (encode(&one.filter)) } { (one.closed.count) } }
                    td .num { (took(one.closed.median)) }
                } } }
            }
        }
    }
}

fn tallies(caption: &str, all: &[Tally]) -> Markup {
    html! {
        @if all.is_empty() { p .pad .sub { "None in this month." } } @else {
            table {
                caption .vh { (caption) }
                tbody { @for one in all { tr {
                    th scope="row" { (one.words) }
                    td .num { @if one.number > 0 { a .link href={ "/r/" (one.kind) "?q=" (encode(&one.filter)) } { (one.number) } } @else { "0" } }
                } } }
            }
        }
    }
}

/// A review yields a decision (RU-30), which is the proof of this month's run.
fn reviewed(ask: &Ask, metrics: &Metrics) -> Markup {
    let body = html! {
        p .help { "Makes the minutes of the review, and records the run of " (DUTY) " that is owed." }
        input type="hidden" name="from" value=(metrics.from);
        input type="hidden" name="to" value=(metrics.to);
        div .field { label for="reviewed-decided" { "What was decided *" }
            textarea #reviewed-decided name="decided" rows="3" required maxlength="1000" {}
            p .help { "An action, with whoever does it; or that nothing is done." }
        }
    };
    dialog::form(
        "reviewed",
        "Metrics reviewed",
        "/soc/reviewed",
        ask.csrf(),
        &body,
        &html! { (Button::submit("Record")) },
    )
}

#[cfg(test)]
mod tests {
    #[test]
    fn durations_read_well() {
        let all = [0, 90, 5_999, 6_000, 86_400, 172_800].map(super::took);
        assert_eq!(all, ["0.0 min", "1.5 min", "100.0 min", "1.7 h", "24.0 h", "2.0 d"]);
    }
}
