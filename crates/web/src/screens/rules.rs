//! What the page of a detection rule shows besides its fields: how often it was judged to be wrong, and how it hangs
//! together with other rules.

use super::show::encode;
use crate::ask::Ask;
use crate::fault::Fault;
use crate::parts::{State as Mark, panel, state};
use maud::{Markup, html};
use watchkeep_desk::tuning::{FEWEST, LIMIT};
use watchkeep_model::Record;
use watchkeep_records::watch::RuleForm;

pub fn below(ask: &Ask, rule: &Record) -> Result<Markup, Fault> {
    if rule.state() == Some("draft") {
        return Ok(draft(ask, rule));
    }
    let ties = ties(ask, rule)?;
    let exceptions = super::except::standing(ask, rule.id, &super::except::add(ask, rule))?;
    if !ask.actor.access.may("alert", "read") || rule.read::<RuleForm>("form") == Some(RuleForm::Filter) {
        return Ok(html! { (ties) (exceptions) });
    }
    let verdicts = ask.app.desk.verdicts(&ask.actor, None, ask.now)?.remove(&rule.id).unwrap_or_default();
    let judged = format!("/alerts?q={}", encode(&format!("rule:{} closed>=-30d verdict:any", rule.number())));
    let aside = html! { @if verdicts.is_noisy() { (state::mark(Mark::Red, "noisy")) } @else if verdicts.all >= FEWEST { (state::mark(Mark::Green, "accurate")) } @else if verdicts.all > 0 { (state::mark(Mark::Grey, "too few to say")) } };
    let judged = panel::padded(
        "Verdicts on its alerts",
        &aside,
        &html! {
            @if verdicts.all == 0 { p .sub { "None of its alerts was judged in the last 30 days." } } @else {
                p .figure { a .link href=(judged) { (verdicts.words()) } }
                p .sub { "The limit is " (LIMIT) " %. Above it, a task to tune the rule is made by itself." }
            }
        },
    );
    Ok(html! { (ties) (judged) (exceptions) })
}

/// What a correlation counts and holds, what a rule is counted by, what a filter does nothing for.
fn ties(ask: &Ask, rule: &Record) -> Result<Markup, Fault> {
    let known = rule.get("rule_id").as_text().filter(|_| rule.state() == Some("live"));
    let Some(ties) = known.and_then(|id| ask.app.desk.ties(id)) else { return Ok(html! {}) };
    let links = |ids: &[i64]| -> Result<Markup, Fault> {
        let titles = ask.app.desk.store.titles(&ask.actor, rule.kind, ids)?;
        Ok(
            html! { ul .plain { @for (id, title) in &titles { li { a .link href={ "/r/detection_rule/" (id) } { (title) } } } } },
        )
    };
    let counts = html! { @if !ties.counts.is_empty() { (panel::padded("Counts the matches of", &html! { (ties.counts.len()) }, &html! {
        (links(&ties.counts)?)
        p .sub { "In its windows now: " (counted(ties.events, "event")) " in " (counted(ties.groups, "group")) ". They are kept over a restart." }
        @for left in ties.left() { p { (left) } }
    })) } };
    let counted_by = html! { @if !ties.counted_by.is_empty() { (panel::padded("Counted by", &html! { (ties.counted_by.len()) }, &html! {
        (links(&ties.counted_by)?)
        p .sub { @if ties.quiet { "It does not alert by itself: what counts it does. Write " code { "generate: true" } " there to have both." } @else { "It alerts by itself too." } }
    })) } };
    let notes = html! { @if !ties.notes.is_empty() { (panel::padded("What it does nothing for", &html! {}, &html! {
        ul .plain { @for note in &ties.notes { li { (note) } } }
    })) } };
    Ok(html! { (counts) (counted_by) (notes) })
}

fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
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
