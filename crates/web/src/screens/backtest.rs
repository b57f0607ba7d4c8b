//! How far a back-test is, and what it found: asked for again while it runs.

use crate::ask::Ask;
use crate::fault::Fault;
use crate::htmx;
use crate::parts::{Button, State as Mark, panel, state, time};
use crate::routes::{Route, Who};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use watchkeep_desk::backtest::{Backtest, Ended, Example, Progress};
use watchkeep_desk::drafting::Form;

pub fn routes() -> Vec<Route> {
    vec![Route::get("/rules/test", Who::Person, |ask| {
        if !ask.actor.access.may("detection_rule", "read") {
            return Err(Fault::Missing);
        }
        Ok::<Response, Fault>(panel(ask, false).into_response())
    })]
}

const ADDRESS: &str = "/rules/test";
/// Entities that are named.
const NAMED: usize = 10;

/// The person's last back-test, with what begins one; a page that was just opened shows only one that still runs.
pub fn panel(ask: &Ask, fresh: bool) -> Markup {
    let run = ask.actor.person.and_then(|person| ask.app.desk.last_backtest(person));
    let run = run.map(|run| (run.progress(), run)).filter(|(progress, _)| !fresh || progress.ended.is_none());
    let runs = run.as_ref().is_some_and(|(progress, _)| progress.ended.is_none());
    let body = html! {
        div .row .wrap {
            @if runs { (Button::submit_as("Stop", "act", "stop")) }
            @else { (Button::submit_as("Try over 7 days", "act", "test7").key('t')) (Button::submit_as("Try over 30 days", "act", "test30")) }
        }
        @match &run {
            Some((progress, run)) => (told(ask, run, progress)),
            None => p .sub { "Every event that is kept of its log source, or of those of the rules that it counts, is judged by the text above, in the background. Nothing is written." },
        }
    };
    let mark = run.as_ref().map_or_else(|| html! {}, |(progress, run)| mark(run, progress));
    let inner = panel::padded("Back-test", &mark, &html! { div .stack { (body) } });
    htmx::polled("backtest", runs.then_some(ADDRESS), &inner)
}

fn mark(run: &Backtest, progress: &Progress) -> Markup {
    html! {
        @match &progress.ended {
            None => "running",
            Some(Ended::Done) => (state::mark(Mark::Green, &format!("{} days done", run.days))),
            Some(Ended::Stopped) => (state::mark(Mark::Grey, "stopped")),
            Some(Ended::Failed(_)) => (state::mark(Mark::Red, "failed")),
        }
    }
}

fn told(ask: &Ask, run: &Backtest, progress: &Progress) -> Markup {
    let mut entities: Vec<(&String, &u64)> = progress.entities.iter().collect();
    entities.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
    let a_day = progress.matched as f64 / run.days.max(1) as f64;
    html! {
        @if progress.ended.is_none() {
            @match progress.total {
                Some(total) => { label .vh for="backtest-bar" { "Events judged" } progress #backtest-bar max=(total.max(1)) value=(progress.read) {} },
                None => p .sub { "Counting the events of its log source …" },
            }
        }
        @if let Some(Ended::Failed(why)) = &progress.ended { p .error role="alert" { (why) } }
        p .figure { (progress.matched) " " (unit(run.form, progress.matched)) }
        @if let Some(learning) = &progress.learning {
            p .sub { "As if it had begun to learn with the first of these days: " (learning) "." }
        }
        @if run.form == Form::Correlation {
            p .sub { (progress.counted) " events counted. What fires about the same again within its timespan is one." }
            @if progress.uncounted > 0 { p .sub { "Exceptions from the rules that it counts keep " (progress.uncounted) " events from it." } }
        }
        @if progress.beyond > 0 { p { (progress.beyond) " events were too many in an hour to be put in order, and are left out." } }
        p .sub { "of " (progress.read) @if let Some(total) = progress.total.filter(|total| *total > progress.read) { " judged so far, of " (total) } " in " (run.days) " days · " (format!("{a_day:.1}")) " a day · " (run.title) }
        @if progress.excepted > 0 { p .sub { "Exceptions from this rule take " (progress.excepted) " more away." } }
        @if !entities.is_empty() {
            table .cards {
                caption .vh { "Matches by what they are about" }
                thead { tr { th { "About" } th .end { (if run.form == Form::Correlation { "Times" } else { "Events" }) } } }
                tbody { @for (name, count) in entities.iter().take(NAMED) { tr { td .grow .id { @if name.is_empty() { "nobody named, and others" } @else { (name) } } td .end { (count) } } } }
            }
            @if entities.len() > NAMED { p .sub { "and " (entities.len() - NAMED) " more" } }
        }
        (examples_at(&progress.examples, Some(ask)))
    }
}

/// What is counted of a rule of this form.
fn unit(form: Form, count: u64) -> &'static str {
    match (form, count) {
        (Form::Correlation, 1) => "time it fires",
        (Form::Correlation, _) => "times it fires",
        (Form::Baseline, 1) => "departure",
        (Form::Baseline, _) => "departures",
        (_, 1) => "event matches",
        (_, _) => "events match",
    }
}

/// Matches with why.
pub fn examples(list: &[Example]) -> Markup {
    examples_at(list, None)
}

fn examples_at(list: &[Example], ask: Option<&Ask>) -> Markup {
    html! {
        ul .plain { @for one in list { li {
            a .link href={ "/events/" (one.event) } { @match ask { Some(ask) => (time::exact(one.time, &ask.app.desk.zone)), None => "event" } } " " b { (one.entity) }
            @for (field, value) in &one.why { div .sub .break { span .id { (field) } " " (value) } }
        } } }
    }
}
