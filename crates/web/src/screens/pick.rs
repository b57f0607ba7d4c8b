//! Answers for the keyboard: pickers, the command palette, completion in the bar.

use crate::ask::Ask;
use crate::fault::Fault;
use crate::parts::rail::NAV;
use crate::routes::{Route, Who};
use axum::response::{IntoResponse, Response};
use serde_json::{Value as Json, json};
use watchkeep_model::filter::{Place, context};
use watchkeep_model::resolve::{Test, words};
use watchkeep_model::{Kind, Record};
use watchkeep_store::List;

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/pick/{kind}", Who::Person, pick),
        Route::get("/palette", Who::Person, palette),
        Route::get("/complete/{kind}", Who::Person, complete),
    ]
}

pub fn search(ask: &Ask, kind: &'static Kind, text: &str, limit: usize) -> Result<Vec<Record>, Fault> {
    let test = match ask.app.desk.catalog().number(text) {
        Some((found, id)) if found.name == kind.name => {
            return Ok(ask.app.desk.store.get(&ask.actor, kind, id).into_iter().collect());
        }
        _ if text.trim().is_empty() => Test::All,
        _ => Test::Words(words(text)),
    };
    Ok(ask.app.desk.store.list(&ask.actor, &List::of(kind).filtered(test).limited(limit))?.records)
}

fn pick(ask: &Ask) -> Result<Response, Fault> {
    let kind = ask.kind(ask.param("kind"))?;
    let found = search(ask, kind, ask.query("q").unwrap_or_default(), 12)?;
    let option =
        |record: &Record| json!({"value": record.number(), "label": record.title(), "number": record.number()});
    Ok(axum::Json(found.iter().map(option).collect::<Vec<_>>()).into_response())
}

/// Places, kinds and records by word or number, among what the person sees.
fn palette(ask: &Ask) -> Result<Response, Fault> {
    let text = ask.query("q").unwrap_or_default().trim();
    let wanted = text.to_lowercase();
    let mut options: Vec<Json> = Vec::new();
    let places = NAV.iter().flat_map(|section| section.places);
    let readable = |kind: &str| kind.is_empty() || ask.actor.access.may(kind, "read");
    for place in places.filter(|place| readable(place.kind) && place.label.to_lowercase().contains(&wanted)) {
        options.push(
            json!({"value": place.href, "label": place.label, "hint": "Go to", "icon": place.icon, "href": place.href}),
        );
    }
    let kinds: Vec<&'static Kind> =
        ask.app.desk.catalog().kinds().iter().copied().filter(|kind| ask.kind(kind.name).is_ok()).collect();
    for kind in kinds.iter().filter(|kind| !wanted.is_empty() && kind.plural.to_lowercase().contains(&wanted)) {
        let href = format!("/r/{}", kind.name);
        options.push(json!({"value": href, "label": kind.plural, "hint": "List", "href": href}));
        if ask.actor.access.may(kind.name, "create") {
            let new = format!("{href}/new");
            options.push(json!({"value": new, "label": format!("New {}", kind.label.to_lowercase()), "hint": "Create", "href": new}));
        }
    }
    // A number means that record, before anything whose words it also fits.
    if let Some((kind, id)) = ask.app.desk.catalog().number(text)
        && let Ok(record) = ask.app.desk.store.get(&ask.actor, kind, id)
    {
        options.insert(0, found(&record));
    }
    if !wanted.is_empty() {
        for kind in kinds.iter().filter(|kind| !kind.follows && kind.fields.iter().any(|field| field.search)) {
            for record in search(ask, kind, text, 3)? {
                options.push(found(&record));
            }
        }
    }
    let mut seen = std::collections::HashSet::new();
    options.retain(|option| seen.insert(option.get("value").map(Json::to_string)));
    options.truncate(20);
    Ok(axum::Json(options).into_response())
}

/// A record as the palette offers it.
fn found(record: &Record) -> Json {
    let href = format!("/r/{}/{}", record.kind.name, record.id);
    json!({"value": href, "label": record.title(), "hint": record.kind.label, "number": record.number(), "href": href})
}

/// Names of fields and values where the cursor stands.
fn complete(ask: &Ask) -> Result<Response, Fault> {
    let text = ask.query("q").unwrap_or_default();
    let at: usize = ask.query("at").and_then(|at| at.parse().ok()).unwrap_or(usize::MAX);
    let at = text.char_indices().nth(at).map_or(text.len(), |(byte, _)| byte);
    if ask.param("kind") == "event" {
        return crate::completing::complete(ask, text, at);
    }
    let Ok(kind) = ask.kind(ask.param("kind")) else { return Ok(axum::Json(Vec::<Json>::new()).into_response()) };
    let here = context(text, at);
    let prefix = here.prefix.to_lowercase();
    let mut words: Vec<(String, String)> = Vec::new();
    match &here.place {
        Place::Value { field, .. } => {
            if let Some(field) = kind.field(field) {
                words.extend(field.choices().iter().map(|choice| (choice.name.to_owned(), choice.label.to_owned())));
                if field.target() == Some("person") {
                    words.push(("me".to_owned(), "me".to_owned()));
                }
                words.extend(["none", "any"].map(|word| (word.to_owned(), word.to_owned())));
            }
        }
        _ => words.extend(kind.fields.iter().map(|field| (format!("{}:", field.name), field.label.to_owned()))),
    }
    let chars = |byte: usize| text.get(..byte).map_or(0, |start| start.chars().count());
    let (from, to) = (chars(here.replace.start), chars(here.replace.end));
    let fits = words
        .into_iter()
        .filter(|(word, label)| word.to_lowercase().starts_with(&prefix) || label.to_lowercase().starts_with(&prefix));
    let options: Vec<Json> = fits
        .take(12)
        .map(|(word, label)| json!({"value": word, "label": word, "hint": label, "from": from, "to": to}))
        .collect();
    Ok(axum::Json(options).into_response())
}
