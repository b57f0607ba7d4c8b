//! Where a rule is written: the text, what was understood of it while one types, and a try over what is kept.

use super::backtest;
use super::form;
use super::templates;
use crate::ask::Ask;
use crate::fault::Fault;
use crate::htmx;
use crate::layout::Find;
use crate::parts::field::{Field as Part, Input, field as part};
use crate::parts::{Button, State as Mark, header, keyvalue, panel, state};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use watchkeep_desk::backtest::{SPANS, Trial};
use watchkeep_desk::drafting::{Form, RuleInfo, State, Told};
use watchkeep_model::{FieldError, Record, Refusal, Value};
use watchkeep_store::Change;

/// The part of the page that follows what is typed.
const SHOWN: &str = "rule-reading";
/// What the form asks, the text first.
const ASKED: [&str; 5] = ["text", "owner", "test", "employees", "allowed_by"];

pub fn new(ask: &Ask) -> Result<Response, Fault> {
    Ok(page(ask, &blank(ask)?, &[], None, true)?.into_response())
}

/// A rule that is not there yet: from a template, or from another rule's text.
fn blank(ask: &Ask) -> Result<Record, Fault> {
    let mut record = form::blank(ask)?;
    if !ask.actor.access.may(record.kind.name, "create") {
        return Err(Refusal::access("none of your roles may create detection rules").into());
    }
    let from = ask.query("from").map(|id| ask.record(record.kind, id)).transpose()?;
    let copied = from.as_ref().and_then(|rule| rule.get("text").as_text());
    let lines = copied.unwrap_or(templates::text(ask.query("begin"))).lines().filter(|line| !line.starts_with("id:"));
    let text: String = lines.map(|line| format!("{line}\n")).collect();
    record.set("text", Value::text(text));
    record.set("own", true);
    if record.get("owner").is_empty() {
        record.set("owner", ask.actor.person.map_or(Value::Null, Value::Int));
    }
    Ok(record)
}

pub fn edit(ask: &Ask) -> Result<Response, Fault> {
    let record = ask.record(ask.kind(ask.param("kind"))?, ask.param("id"))?;
    Ok(page(ask, &record, &[], None, true)?.into_response())
}

pub fn create(ask: &Ask) -> Result<Response, Fault> {
    let record = blank(ask)?;
    sent(ask, record)
}

pub fn update(ask: &Ask) -> Result<Response, Fault> {
    let record = ask.record(ask.kind(ask.param("kind"))?, ask.param("id"))?;
    sent(ask, record)
}

/// What was typed: shown again as it is understood, tried, or written.
fn sent(ask: &Ask, mut record: Record) -> Result<Response, Fault> {
    let asked = || record.kind.fields.iter().filter(|field| ASKED.contains(&field.name));
    let values = form::values(ask, asked());
    let typed = form::typed_values(ask, asked());
    typed.into_iter().for_each(|(name, value)| record.set(name, value));
    if ask.wants_fragment() {
        return Ok(understood(ask, &record)?.into_response());
    }
    let result = match ask.form("act") {
        Some("stop") => {
            ask.actor.person.and_then(|person| ask.app.desk.last_backtest(person)).inspect(|run| run.stop());
            return Ok(page(ask, &record, &[], None, false)?.into_response());
        }
        Some(act) if act.starts_with("test") => {
            let days = act.trim_start_matches("test").parse().unwrap_or(SPANS[0]);
            match begin(ask, &record, days) {
                Ok(()) => return Ok(page(ask, &record, &[], None, false)?.into_response()),
                Err(fault) => Err(fault),
            }
        }
        act => values.map_err(Fault::from).and_then(|values| write(ask, &record, values, act == Some("enable"))),
    };
    match result {
        Ok(written) => Ok(super::go(&format!("/r/{}/{}", written.kind.name, written.id))),
        Err(Fault::Refused(refusal)) if refusal.code != "access" => {
            let page = page(ask, &record, &refusal.fields, Some(&refusal.to_string()), false)?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(Fault::Conflict(message)) => {
            Ok((StatusCode::CONFLICT, page(ask, &record, &[], Some(&message), false)?).into_response())
        }
        Err(other) => Err(other),
    }
}

/// The rule written, and put in force where that is asked: what is in force is never replaced by what would be refused.
fn write(ask: &Ask, record: &Record, values: Vec<(String, Value)>, enable: bool) -> Result<Record, Fault> {
    let (kind, desk) = (record.kind, &ask.app.desk);
    let version = ask.form("version").and_then(|text| text.parse().ok());
    let own = record.id == 0 || record.read::<bool>("own") == Some(true);
    let in_force = matches!(record.state(), Some("live" | "waiting" | "refused")) && record.id != 0;
    let text = record.get("text").as_text().unwrap_or_default();
    if own && (enable || in_force) {
        let told = desk.told_of(record.id, text, Some(&[]), ask.now)?;
        if let Some(why) = told.refused() {
            return Err(Refusal::invalid(format!("it cannot be put in force: {why}")).at("text").into());
        }
    }
    let values: Vec<_> = values.into_iter().filter(|(name, _)| own || name != "text").collect();
    let first = match record.id {
        0 => Change::Create { kind, values, tags: None, external_id: None },
        id => Change::Update { kind, id, version, values },
    };
    let act = match record.state().filter(|_| record.id != 0) {
        Some("off") => "switch_on",
        _ => "enable",
    };
    let then = |made: &Record| {
        let moved =
            Change::Move { kind, id: made.id, version: None, act: act.to_owned(), values: Vec::new(), reason: None };
        if enable && !in_force { vec![moved] } else { Vec::new() }
    };
    let written = desk.store.write_with(&ask.actor, ask.now, first, then)?;
    desk.settle_own(ask.now)?;
    Ok(written.record)
}

fn begin(ask: &Ask, record: &Record, days: i64) -> Result<(), Fault> {
    let sources = ask.app.desk.event_sources(&ask.actor)?;
    let person = ask.actor.person.ok_or(Fault::SignIn)?;
    let text = record.get("text").as_text().unwrap_or_default();
    let rule = (record.id != 0).then_some(record.id);
    ask.app.desk.backtest(person, Trial { text, rule, days, sources: sources.as_deref() }, ask.now)?;
    Ok(())
}

fn page(
    ask: &Ask,
    record: &Record,
    errors: &[FieldError],
    message: Option<&str>,
    fresh: bool,
) -> Result<Markup, Fault> {
    let kind = record.kind;
    let (title, action) = match record.id {
        0 => ("New rule".to_owned(), format!("/r/{}", kind.name)),
        id => (format!("Edit {}", record.number()), format!("/r/{}/{id}", kind.name)),
    };
    let own = record.read::<bool>("own") == Some(true);
    let live = record.id != 0 && matches!(record.state(), Some("live" | "waiting" | "refused"));
    let back = if record.id == 0 { "/r/detection_rule".to_owned() } else { action.clone() };
    let error = |name: &str| errors.iter().find(|error| error.field == name).map(|error| error.message.as_str());
    let text = record.get("text").as_text().unwrap_or_default();
    let about = match (own, live) {
        (false, _) => {
            html! { "It comes from " (record.get("source").as_text().unwrap_or("a rule folder")) ": its text is changed there." }
        }
        (true, true) => html! { "It is in force. What you save is live with the next event." },
        (true, false) => html! { "It matches nothing until it is put in force." },
    };
    let body = html! {
        (header::header(&title, &about, &html! { @if record.id == 0 { (begins(ask)) } @if !own { (Button::link("Copy as your own", &format!("/r/detection_rule/new?from={}", record.id))) } }))
        @if let Some(message) = message { p .error role="alert" { (message) } }
        form .cols .two method="post" action=(action) data-guard data-echo=(SHOWN) {
            input type="hidden" name="csrf" value=(ask.csrf());
            input type="hidden" name="version" value=(record.version);
            div .panel .pad .form {
                @if own {
                    (part(&Part { name: "text", label: "The rule, in Sigma", help: "One rule: title, logsource, detection, level; a baseline, if it is to learn what is usual.", error: error("text"), required: true, input: Input::Lines { value: text, code: true } }))
                } @else { div .field .wide { pre .code tabindex="0" aria-label="The rule, in Sigma" { (text) } } }
                @for name in ["owner", "test", "employees", "allowed_by"] { @if let Some(field) = kind.field(name) { (form::input(ask, field, record.get(name), error(name), field.required)) } }
                div .save {
                    @if own && !live { (Button::submit_as("Put in force", "act", "enable").go().key('p')) (Button::submit_as("Save as draft", "act", "save").key('s')) }
                    @else { (Button::submit_as(if own { "Save: live at once" } else { "Save" }, "act", "save").go().key('s')) }
                    (Button::link("Cancel", &back))
                }
            }
            div .stack {
                (understood(ask, record)?)
                @if own { (backtest::panel(ask, fresh)) }
            }
        }
    };
    Ok(ask.page(&title, "rules", Find::default(), &body))
}

/// What else a new rule may begin with.
fn begins(ask: &Ask) -> Markup {
    let now = ask.query("begin").filter(|_| ask.query("from").is_none()).unwrap_or(templates::ALL[0].0);
    html! { nav .row .wrap aria-label="Begin with" {
        @for (word, label, _) in templates::ALL {
            @if word == now { span .sub aria-current="page" { (label) } } @else { a .link href={ "/r/detection_rule/new?begin=" (word) } { (label) } }
        }
    } }
}

/// What was understood of the text as it stands.
fn understood(ask: &Ask, record: &Record) -> Result<Markup, Fault> {
    let sources = ask.app.desk.event_sources(&ask.actor).ok();
    let text = record.get("text").as_text().unwrap_or_default();
    let visible = sources.as_ref().map_or(Some(&[][..]), |sources| sources.as_deref());
    let told = ask.app.desk.told_of(record.id, text, visible, ask.now)?;
    let mark = match (told.refused().is_some(), told.waits()) {
        (true, _) => state::mark(Mark::Red, "refused"),
        (false, Some(_)) => state::mark(Mark::Amber, "would wait"),
        (false, None) if sources.is_some() && told.seen == Some(0) => state::mark(Mark::Amber, "cannot fire"),
        (false, None) => state::mark(Mark::Green, "it can be put in force"),
    };
    let body = html! {
        @for (rule, line) in told.reading.rules.iter().zip(&told.reading.lines) { (wrong(text, rule, *line)) }
        @if let Some(rule) = told.reading.rules.first().filter(|_| told.refused().is_none()) {
            (keyvalue::keyvalue(&facts(rule, &told, sources.is_some())))
            @if sources.is_some() { (sample(&told)) } @else { p .sub { "You may not read events, so it is not tried with any." } }
        }
    };
    Ok(htmx::echoed(SHOWN, &panel::padded("As it is understood", &mark, &html! { div .stack { (body) } })))
}

fn wrong(text: &str, rule: &RuleInfo, line: Option<usize>) -> Markup {
    let (State::Refused(why) | State::Waits(why)) = &rule.state else { return html! {} };
    let shown = line.and_then(|line| Some((line, text.lines().nth(line.checked_sub(1)?)?)));
    html! {
        p .error role="status" { @if let Some((line, _)) = shown { "Line " (line) ": " } (why) }
        @if let Some((_, words)) = shown { pre .code { (words) } }
    }
}

fn facts(rule: &RuleInfo, told: &Told, reads: bool) -> Vec<(&'static str, Markup)> {
    let words = [("product", &rule.log.product), ("category", &rule.log.category), ("service", &rule.log.service)];
    let words: Vec<String> =
        words.iter().filter_map(|(name, word)| Some(format!("{name} {}", word.as_deref()?))).collect();
    let seen = match told.seen.filter(|_| reads) {
        Some(0) => html! { br; b { "It cannot fire: no event of this log source came in the last 30 days." } },
        Some(events) => html! { br; span .sub { (events) " events in the last 30 days" } },
        None => html! {},
    };
    let mut facts = vec![
        ("Title", html! { (rule.title) }),
        (
            "Does",
            html! { @match rule.form { Form::Detection => "matches single events", Form::Filter => "takes matches away from rules written here", Form::Correlation => "counts matches of other rules", Form::Baseline => "learns what is usual from what it matches" } },
        ),
        ("Level", html! { (rule.level) }),
    ];
    if rule.form != Form::Correlation {
        facts.push(("Log source", html! { @if words.is_empty() { "every log" } @else { (words.join(", ")) } (seen) }));
    }
    let [counts, quiet] = told.counts;
    if counts > 0 {
        let words = match (counts, quiet) {
            (1, 0) => "1 rule, which alerts by itself too".to_owned(),
            (1, _) => "1 rule, which then no longer alerts by itself".to_owned(),
            (_, 0) => format!("{counts} rules, which alert by themselves too"),
            _ if quiet == counts => format!("{counts} rules, which then no longer alert by themselves"),
            _ => format!("{counts} rules; {quiet} of them then no longer alert by themselves"),
        };
        let both = html! { br; span .sub { "Write " code { "generate: true" } " to have both." } };
        facts.push(("Counts", html! { (words) @if quiet > 0 { (both) } }));
    }
    let techniques: Vec<String> = rule.techniques().collect();
    if !techniques.is_empty() {
        facts.push(("ATT&CK", html! { (techniques.join(" ")) }));
    }
    if !told.reading.fields.is_empty() {
        facts.push(("Fields", html! { @for field in &told.reading.fields { code { (field) } " " } }));
    }
    if reads && told.tried > 0 && !told.unknown.is_empty() {
        facts.push(("Not met", html! { @for field in &told.unknown { code { (field) } " " } br; span .sub { "in none of the newest " (told.tried) " events of this log source" } }));
    }
    facts
}

fn sample(told: &Told) -> Markup {
    html! {
        @if told.tried > 0 {
            @let learns = told.reading.rules.first().is_some_and(|rule| rule.form == Form::Baseline);
            h3 { (told.matched) " of the newest " (told.tried) @if learns { " events would be learnt from" } @else { " events match" } }
            (backtest::examples(&told.examples))
        }
    }
}
