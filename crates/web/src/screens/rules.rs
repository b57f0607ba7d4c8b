//! What the page of a detection rule shows besides its fields: how often it was judged to be wrong.

use super::show::encode;
use crate::ask::Ask;
use crate::fault::Fault;
use crate::parts::{State as Mark, panel, state};
use maud::{Markup, html};
use watchkeep_desk::tuning::LIMIT;
use watchkeep_model::Record;

pub fn below(ask: &Ask, rule: &Record) -> Result<Markup, Fault> {
    if rule.state() == Some("draft") {
        return Ok(draft(ask, rule));
    }
    if !ask.actor.access.may("alert", "read") {
        return Ok(html! {});
    }
    let verdicts = ask.app.desk.verdicts(&ask.actor, None, ask.now)?.remove(&rule.id).unwrap_or_default();
    let judged = format!("/alerts?q={}", encode(&format!("rule:{} closed>=-30d verdict:any", rule.number())));
    let aside = html! { @if verdicts.is_noisy() { (state::mark(Mark::Red, "noisy")) } @else if verdicts.all > 0 { (state::mark(Mark::Green, "accurate")) } };
    Ok(panel::padded(
        "Verdicts on its alerts",
        &aside,
        &html! {
            @if verdicts.all == 0 { p .sub { "None of its alerts was judged in the last 30 days." } } @else {
                p .figure { a .link href=(judged) { (verdicts.words()) } }
                p .sub { "The limit is " (LIMIT) " %. Above it, a task to tune the rule is made by itself." }
            }
        },
    ))
}

/// Whether a draft could be put in force as it is written.
fn draft(ask: &Ask, rule: &Record) -> Markup {
    let refused = ask.app.desk.rule_refused(rule.get("text").as_text().unwrap_or_default());
    let mark = if refused.is_some() { state::mark(Mark::Red, "not yet") } else { state::mark(Mark::Green, "it could") };
    panel::padded(
        "Can it be put in force?",
        &mark,
        &html! { @match refused {
            Some(why) => p { (why) },
            None => p .sub { "Put its text into a rule folder: it is live within seconds, and this draft is gone." },
        } },
    )
}
