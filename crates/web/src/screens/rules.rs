//! What the page of a detection rule shows besides its fields: how often it was judged to be wrong, and how it hangs
//! together with other rules.

use super::show::encode;
use crate::ask::Ask;
use crate::fault::Fault;
use crate::parts::{State as Mark, diff, panel, state, time};
use maud::{Markup, html};
use watchkeep_desk::tuning::{FEWEST, LIMIT};
use watchkeep_model::Record;
use watchkeep_records::watch::RuleForm;

/// Entries of the history that are looked through for changes of the text, and how many of those are shown.
const ENTRIES: usize = 200;
const VERSIONS: usize = 10;

pub fn below(ask: &Ask, rule: &Record) -> Result<Markup, Fault> {
    let text = text(ask, rule)?;
    if rule.state() == Some("draft") {
        return Ok(html! { (draft(rule)) (text) });
    }
    let ties = html! { (super::baseline::panel(ask, rule)?) (ties(ask, rule)?) };
    let exceptions = super::except::standing(ask, rule.id, &super::except::add(ask, rule))?;
    if !ask.actor.access.may("alert", "read") || rule.read::<RuleForm>("form") == Some(RuleForm::Filter) {
        return Ok(html! { (ties) (text) (exceptions) });
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
    Ok(html! { (ties) (judged) (exceptions) (text) })
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

pub fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// What a draft needs before it is put in force.
fn draft(rule: &Record) -> Markup {
    let edit = format!("/r/detection_rule/{}/edit", rule.id);
    panel::padded(
        "Not in force",
        &state::mark(Mark::Grey, "draft"),
        &html! { p .sub { "It matches nothing yet. " a .link href=(edit) { "Edit it and try it" } " over the events that are kept, then put it in force." } },
    )
}

/// The text of the rule, and what each change of it changed.
fn text(ask: &Ask, rule: &Record) -> Result<Markup, Fault> {
    let Some(text) = rule.get("text").as_text() else { return Ok(html! {}) };
    let entries = ask.app.desk.store.history(&ask.actor, rule.kind, rule.id, None, ENTRIES)?;
    let side =
        |change: &serde_json::Value, at: usize| change.get(at).and_then(serde_json::Value::as_str).map(str::to_owned);
    let changes = entries.iter().filter_map(|entry| {
        let (_, change) = entry.change.iter().find(|(name, _)| *name == "text")?;
        Some((entry, side(change, 0)?, side(change, 1)?))
    });
    let changes: Vec<_> = changes.take(VERSIONS).collect();
    let version = rule.get("version_hash").as_text().unwrap_or_default();
    let rule_panel = panel::padded(
        "Rule",
        &html! { @if !version.is_empty() { span .id title=(version) { (version.get(..12).unwrap_or(version)) } } },
        &html! { pre .code tabindex="0" aria-label="The rule, in Sigma" { (text) } },
    );
    Ok(html! {
        (rule_panel)
        @if !changes.is_empty() { (panel::padded("Versions", &html! { (changes.len() + 1) }, &html! {
            @for (at, (entry, old, new)) in changes.iter().enumerate() {
                details open[at == 0] { summary { (time::exact(entry.at, &ask.app.desk.zone)) " · " (entry.actor) } (diff::diff(old, new)) }
            }
        })) }
    })
}
