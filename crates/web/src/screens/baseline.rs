//! What a baseline has learnt, on its page and in the list of rules.

use crate::ask::Ask;
use crate::fault::Fault;
use crate::htmx;
use crate::parts::{Button, State as Mark, panel, state, time};
use crate::routes::{Route, Who};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use watchkeep_desk::backtest::Ended;
use watchkeep_desk::health::grouped;
use watchkeep_desk::learn_back::DAYS;
use watchkeep_desk::watch::{Standing, left_out, progress};
use watchkeep_model::Record;
use watchkeep_records::watch::RuleForm;

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/rules/{id}/learnt", Who::Person, |ask| {
            let rule = ask.record(ask.kind("detection_rule")?, ask.param("id"))?;
            Ok(panel(ask, &rule)?.into_response())
        }),
        Route::post("/rules/{id}/learnt", Who::Person, learn),
    ]
}

/// Lets it go through what is kept, or stops that.
fn learn(ask: &Ask) -> Result<Response, Fault> {
    let rule = ask.record(ask.kind("detection_rule")?, ask.param("id"))?;
    match ask.form("act") {
        Some("stop") => ask.app.desk.stop_learn_back(&ask.actor, &rule)?,
        _ => ask.app.desk.learn_back(&ask.actor, &rule, ask.now)?,
    }
    Ok(super::go(&format!("/r/detection_rule/{}", rule.id)))
}

/// How far it is, beside its title.
pub fn beside(ask: &Ask, rule: &Record) -> Result<Markup, Fault> {
    let said = standing(ask, rule)?.map(|(standing, _)| progress(&standing));
    Ok(html! { @if let Some(said) = said { div .sub .break { (said) } } })
}

/// What it has learnt, and from how much.
pub fn panel(ask: &Ask, rule: &Record) -> Result<Markup, Fault> {
    let Some((standing, id)) = standing(ask, rule)? else { return Ok(html! {}) };
    let mark = match (standing.learnt, standing.events, standing.lacking) {
        (true, ..) => state::mark(Mark::Green, "has learnt"),
        (false, 0, 1..) => state::mark(Mark::Amber, "cannot fire"),
        (false, ..) => state::mark(Mark::Grey, "learning"),
    };
    // Names and values are of events: they are for whoever reads those of every source.
    let reads = matches!(ask.app.desk.event_sources(&ask.actor), Ok(None));
    let usual = if reads { ask.app.desk.usual_of(id)? } else { Vec::new() };
    let run = ask.app.desk.last_learn_back(rule.id);
    let runs = run.as_ref().is_some_and(|(_, ended)| ended.is_none());
    let address = format!("/rules/{}/learnt", rule.id);
    let inner = panel::padded(
        "What it has learnt",
        &mark,
        &html! {
            div .stack {
                @if standing.learnt { p .sub { "It tells of what departs from what it has learnt, and goes on learning." } } @else { (learning(&standing)) }
                @if standing.events == 0 && standing.lacking > 0 { p { "No event so far has the fields that it reads." } }
                p .sub {
                    (grouped(standing.entities as i64)) " known, with " (grouped(standing.values as i64)) " values, from " (grouped(count(standing.events))) " events"
                    @if let Some(newest) = standing.newest { " up to " (time::exact(newest, &ask.app.desk.zone)) }
                    ". This is kept over a restart, and while the rule is changed."
                }
                @for left in left_out(&standing) { p { (left) } }
                (going_back(ask, rule, &standing, runs))
                @if !usual.is_empty() {
                    table .cards {
                        caption .vh { "What is usual" }
                        thead { tr { th { "Of" } th { "Usual" } } }
                        tbody { @for (name, said) in &usual { tr { td .id { (name) } td .grow .wrap { (said) } } } }
                    }
                    @if standing.entities > usual.len() { p .sub { "Those with the most events; " (grouped((standing.entities - usual.len()) as i64)) " more are known." } }
                }
                @if !reads && standing.entities > 0 { p .sub { "You do not read the events of every source, so what is usual is not shown by name." } }
            }
        },
    );
    Ok(htmx::polled("learnt", runs.then_some(&*address), &inner))
}

/// How far it is with what is kept, and what begins or stops that.
fn going_back(ask: &Ask, rule: &Record, standing: &Standing, runs: bool) -> Markup {
    let may = ask.actor.access.may_on(rule.kind, "update", rule);
    let address = format!("/rules/{}/learnt", rule.id);
    html! {
        @match ask.app.desk.last_learn_back(rule.id) {
            Some((progress, None)) => p role="status" { "Going through the kept events: " (grouped(count(progress.read))) " looked at, " (grouped(count(progress.learnt))) " learnt from." },
            Some((progress, Some(Ended::Done))) => p .sub { "It went through the kept events: " (grouped(count(progress.learnt))) " learnt from" @if progress.beyond > 0 { ", " (grouped(count(progress.beyond))) " left out as too many in an hour" } "." },
            Some((_, Some(Ended::Stopped))) => p .sub { "Going through the kept events was stopped; nothing of it is used." },
            Some((_, Some(Ended::Failed(why)))) => p .error role="alert" { (why) },
            None => {},
        }
        @if may && (runs || !standing.learnt) {
            form method="post" action=(address) {
                input type="hidden" name="csrf" value=(ask.csrf());
                @if runs { (Button::submit_as("Stop", "act", "stop")) } @else {
                    (Button::submit_as("Learn from what is kept", "act", "learn"))
                    p .sub { "It need not wait: the events of up to " (DAYS) " days that are kept are gone through in the background. No alert comes of them." }
                }
            }
        }
    }
}

/// How much there is of what it needs.
fn learning(standing: &Standing) -> Markup {
    let bar = |id: &str, label: &str, has: u64, most: u64| {
        let has = has.min(most);
        html! { div { label .sub for=(id) { (label) ": " (grouped(count(has))) " of " (grouped(count(most))) } progress id=(id) max=(most.max(1)) value=(has) {} } }
    };
    html! {
        p { "It tells of nothing yet: what is usual is not known. It needs as many days with events, and events, as its text says." }
        (bar("learnt-days", "Days", standing.days.unsigned_abs(), standing.learn.unsigned_abs()))
        (bar("learnt-events", "Events", standing.events, standing.min_events))
    }
}

fn standing<'r>(ask: &Ask, rule: &'r Record) -> Result<Option<(Standing, &'r str)>, Fault> {
    let baseline = rule.state() == Some("live") && rule.read::<RuleForm>("form") == Some(RuleForm::Baseline);
    let Some(id) = rule.get("rule_id").as_text().filter(|_| baseline) else { return Ok(None) };
    Ok(ask.app.desk.standing_of(id)?.map(|standing| (standing, id)))
}

fn count(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
