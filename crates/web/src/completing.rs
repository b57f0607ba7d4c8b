//! Completion of event queries: names of fields, steps and functions, and the values that a field has most.

use crate::ask::Ask;
use crate::fault::Fault;
use crate::hunting;
use axum::response::{IntoResponse, Response};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value as Json, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use watchkeep_lake::LakeError;
use watchkeep_model::filter::{EventField, Expr, Place, Query, context, in_quotes, parse, steps};

/// Options at a time.
const MOST: usize = 12;
/// Names and values kept of one answer of the lake, and answers kept.
const KEPT: usize = 300;
const ANSWERS: usize = 200;
/// How long an answer is good enough to guess with.
const GOOD: SignedDuration = SignedDuration::from_secs(60);

/// Words with their notes.
type Words = Vec<(String, String)>;

/// Who may see it, the stretch of time, the field, and how its values begin.
type Key = (Option<Vec<String>>, String, String, String);

/// What the lake answered lately: one question for many letters typed.
#[derive(Default)]
pub struct Known(Mutex<HashMap<Key, (Timestamp, Arc<Words>)>>);

impl Known {
    fn answer(
        &self,
        key: Key,
        now: Timestamp,
        ask: impl FnOnce() -> Result<Words, LakeError>,
    ) -> Result<Arc<Words>, LakeError> {
        let fresh = |at: Timestamp| now.duration_since(at) < GOOD;
        let held = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((at, words)) = held().get(&key)
            && fresh(*at)
        {
            return Ok(words.clone());
        }
        let words = Arc::new(ask()?);
        let mut held = held();
        if held.len() >= ANSWERS {
            held.retain(|_, (at, _)| fresh(*at));
        }
        if held.len() < ANSWERS {
            held.insert(key, (now, words.clone()));
        }
        Ok(words)
    }
}

/// What could stand where the cursor is: characters `from` to `to` of the text become the option.
pub fn complete(ask: &Ask, text: &str, at: usize) -> Result<Response, Fault> {
    let nothing = || Ok(axum::Json(Vec::<Json>::new()).into_response());
    let Ok(sources) = ask.app.desk.event_sources(&ask.actor) else { return nothing() };
    let here = context(text, at);
    let (mut start, mut prefix) = (here.replace.start, here.prefix.as_str());
    let before = text.get(..start).unwrap_or_default();
    let step = before.rfind('|').map(|bar| before.get(..bar).unwrap_or_default());
    if step.is_some() {
        let bare = prefix.trim_start_matches(['-', '+', '(', '\'']);
        (start, prefix) = (start + prefix.len() - bare.len(), bare);
    }
    let within = match &here.place {
        Place::Value { field } => Some((field.clone(), prefix)),
        Place::Field if step.is_some() => prefix.split_once(':').map(|(field, value)| {
            start += field.len() + 1;
            (field.to_owned(), value)
        }),
        _ => None,
    };
    let words = match (&here.place, within) {
        (Place::Elsewhere, _) => return nothing(),
        (_, Some((field, prefix))) => values(ask, sources, &field, prefix),
        (Place::Pipe, _) => Ok(starting(steps().iter().map(|(name, example)| (format!("{name} "), *example)), prefix)),
        _ => names(ask, sources, step, prefix),
    };
    let words = match words {
        Ok(words) => words,
        // A guess that takes too long is none.
        Err(LakeError::Query(_) | LakeError::Slow { .. } | LakeError::Memory { .. }) => return nothing(),
        Err(error) => return Err(hunting::fault(text, error)),
    };
    let chars = |byte: usize| text.get(..byte).map_or(0, |start| start.chars().count());
    let (from, to) = (chars(start), chars(here.replace.end));
    let option = |(word, hint): &(String, String)| json!({"value": word, "label": word.trim_end(), "hint": hint, "from": from, "to": to});
    Ok(axum::Json(words.iter().map(option).collect::<Vec<_>>()).into_response())
}

/// Those that begin with the prefix, then those that contain it; case aside.
fn starting<H: Into<String>>(words: impl Iterator<Item = (String, H)>, prefix: &str) -> Words {
    let prefix = prefix.to_lowercase();
    let (mut first, mut others) = (Words::new(), Words::new());
    for (word, hint) in words {
        match word.to_lowercase().trim_start_matches(['"', '\'']).find(&prefix) {
            Some(0) => first.push((word, hint.into())),
            Some(_) => others.push((word, hint.into())),
            None => {}
        }
    }
    first.extend(others);
    first.truncate(MOST);
    first
}

/// Names of fields; after steps those of their columns too.
fn names(ask: &Ask, sources: Option<Vec<String>>, step: Option<&str>, prefix: &str) -> Result<Words, LakeError> {
    let (made, table) = step.and_then(|before| parse(before).ok()).map_or_else(Default::default, |q| q.columns());
    let made = made.into_iter().map(|name| (name, "made by a step"));
    if table {
        return Ok(starting(made.map(|(name, hint)| (written(&name, true), hint)), prefix));
    }
    let own = EventField::NAMES.map(|name| (name.to_owned(), "of every event"));
    let seen = known(ask, sources, "", "")?;
    let seen = seen.iter().map(|(name, _)| (name.clone(), "seen lately"));
    let all = made.chain(own).chain(seen);
    let in_step = step.is_some();
    let word = |name: &str| if in_step { written(name, true) } else { format!("{}:", written(name, false)) };
    Ok(starting(all.map(|(name, hint)| (word(&name), hint)), prefix))
}

/// The most frequent values of a field that begin so.
fn values(ask: &Ask, sources: Option<Vec<String>>, field: &str, prefix: &str) -> Result<Words, LakeError> {
    if matches!(EventField::named(field), EventField::Time | EventField::Received) {
        let times = ["-15m", "-1h", "-24h", "-7d", "today", "yesterday"];
        return Ok(starting(times.map(|time| (time.to_owned(), "")).into_iter(), prefix));
    }
    let begins = |words: &[(String, String)]| {
        let quoted = words.iter().map(|(value, count)| (value_written(value), count.clone()));
        let mut words = starting(quoted, prefix);
        words.retain(|(word, _)| word.trim_start_matches('"').to_lowercase().starts_with(&prefix.to_lowercase()));
        words
    };
    let most = known(ask, sources.clone(), field, "")?;
    let found = begins(&most);
    if found.len() == MOST || most.len() < KEPT || prefix.is_empty() {
        return Ok(found);
    }
    let of_prefix = known(ask, sources, field, prefix)?;
    Ok(begins(&of_prefix))
}

/// Asks the lake, or remembers: names of fields where `field` is empty, its values otherwise.
fn known(ask: &Ask, sources: Option<Vec<String>>, field: &str, prefix: &str) -> Result<Arc<Words>, LakeError> {
    let Ok(span) = hunting::span(ask) else { return Ok(Arc::default()) };
    let key = (sources, span.address, field.to_lowercase(), prefix.to_lowercase());
    ask.app.completions.answer(key, ask.now, || {
        let query = Query { filter: Expr::All, pipes: Vec::new() };
        let Ok(asked) = ask.app.desk.asked(&ask.actor, query, (span.from, span.to), ask.now) else {
            return Ok(Words::new());
        };
        let (request, lake) = (ask.app.desk.request(&asked, 1), &ask.app.desk.lake);
        if field.is_empty() {
            let names = lake.field_names(&request, "", KEPT)?;
            return Ok(names.into_iter().map(|name| (name, String::new())).collect());
        }
        let values = lake.field_values(&request, field, prefix, KEPT)?;
        Ok(values.into_iter().map(|(value, count)| (value, count.to_string())).collect())
    })
}

/// A name as the language writes it: in quotes where it has signs.
fn written(name: &str, in_step: bool) -> String {
    match name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.')) {
        true => name.to_owned(),
        false if in_step => format!("'{name}'"),
        false => in_quotes(name),
    }
}

fn value_written(value: &str) -> String {
    let plain = value.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '@' | '/'));
    if plain && !value.starts_with('-') { value.to_owned() } else { in_quotes(value) }
}
