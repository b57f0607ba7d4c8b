//! Forms from descriptions: new and edit, with every mistake at its field and nothing typed lost.

use super::own::place;
use super::{custom, show, tags};
use crate::ask::Ask;
use crate::fault::Fault;
use crate::layout::Find;
use crate::parts::field::{ChildRow, Field as Part, Input, children, field as part};
use crate::parts::{Button, header};
use crate::routes::{Route, Who};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use watchkeep_model::{Field, FieldError, Kind, Record, Refusal, Shape, Value, text};
use watchkeep_store::{Change, StoreError};

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/r/{kind}/new", Who::Person, new),
        Route::post("/r/{kind}", Who::Person, create),
        Route::get("/r/{kind}/{id}/edit", Who::Person, edit),
        Route::post("/r/{kind}/{id}", Who::Person, update),
    ]
}

fn new(ask: &Ask) -> Result<Response, Fault> {
    Ok(page(ask, &blank(ask)?, &[], None).into_response())
}

/// A record that is not there yet, with defaults and what the address gives.
pub fn blank(ask: &Ask) -> Result<Record, Fault> {
    let kind = ask.kind(ask.param("kind"))?;
    let catalog = ask.app.desk.catalog();
    let mut record = Record::new(kind, ask.now);
    for field in kind.fields {
        let given = ask.query(field.name).and_then(|typed| text::parse(catalog, &text::NoNames, field, typed).ok());
        let default = || text::default(catalog, &text::NoNames, field).unwrap_or(Value::Null);
        record.set(field.name, given.unwrap_or_else(default));
    }
    Ok(record)
}

fn edit(ask: &Ask) -> Result<Response, Fault> {
    let record = ask.record(ask.kind(ask.param("kind"))?, ask.param("id"))?;
    Ok(page(ask, &record, &[], None).into_response())
}

fn page(ask: &Ask, record: &Record, errors: &[FieldError], message: Option<&str>) -> Markup {
    page_below(ask, record, errors, message, &html! {})
}

/// The form below something of its kind's own.
pub fn page_below(ask: &Ask, record: &Record, errors: &[FieldError], message: Option<&str>, above: &Markup) -> Markup {
    let kind = record.kind;
    let (title, action) = match record.id {
        0 => (format!("New {}", kind.label.to_lowercase()), format!("/r/{}", kind.name)),
        id => (format!("Edit {}", record.number()), format!("/r/{}/{id}", kind.name)),
    };
    let body = html! {
        (header::header(&title, &html! { (show::help(kind.help)) }, &html! {}))
        @if let Some(message) = message { p .error role="alert" { (message) } }
        (above)
        form .panel .pad .form method="post" action=(action) data-guard {
            input type="hidden" name="csrf" value=(ask.csrf());
            input type="hidden" name="version" value=(record.version);
            @for field in kind.editable() {
                @let error = errors.iter().find(|error| error.field == field.name).map(|error| error.message.as_str());
                (input(ask, field, record.get(field.name), error, field.required))
            }
            (custom::inputs(ask, record, errors))
            @if record.id == 0 && !kind.follows && !kind.private {
                @let held = tags::held(ask, kind);
                @if held.len() > 1 { (tags::boxes(&held, &[], "Who sees it. None chosen: your default.")) }
            }
            div .row { (Button::submit("Save").key('s')) (Button::link("Cancel", &action)) }
        }
    };
    ask.page(&title, place(kind), Find::default(), &body)
}

/// A text that must be one of some options, or any field where there are none.
pub fn input_among(ask: &Ask, field: &'static Field, value: &Value, error: Option<&str>, options: &[String]) -> Markup {
    if options.is_empty() {
        return input(ask, field, value, error, field.required);
    }
    let typed = text::show(ask.app.desk.catalog(), field, value);
    let choices: Vec<(&str, &str)> = options.iter().map(|option| (option.as_str(), option.as_str())).collect();
    let input = Input::Choice { value: &typed, options: &choices };
    part(&Part { name: field.name, label: field.label, help: field.help, error, required: field.required, input })
}

/// One field of a description as an input.
pub fn input(ask: &Ask, field: &'static Field, value: &Value, error: Option<&str>, required: bool) -> Markup {
    let catalog = ask.app.desk.catalog();
    let typed = text::show(catalog, field, value);
    let frame = |input: Input<'_>| {
        part(&Part { name: field.name, label: field.label, help: field.help, error, required, input })
    };
    match field.shape {
        Shape::Text if field.code => frame(Input::Lines { value: &typed, code: true }),
        Shape::Text => {
            frame(Input::Text { value: &typed, max: field.max_len.and_then(|most| u32::try_from(most).ok()) })
        }
        Shape::Markdown => frame(Input::Lines { value: &typed, code: field.code }),
        Shape::Int | Shape::Real => frame(Input::Number { value: &typed, min: field.min, max: field.max }),
        Shape::Money => {
            let (amount, currency) = typed.rsplit_once(' ').unwrap_or(("", "EUR"));
            frame(Input::Money { amount, currency, currencies: &["EUR", "USD", "GBP", "CHF", "PLN"] })
        }
        Shape::Date => frame(Input::Date { value: &typed }),
        Shape::Instant => {
            let local = value
                .as_int()
                .and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok())
                .map(|at| at.to_zoned(ask.app.desk.zone.clone()).strftime("%Y-%m-%dT%H:%M").to_string());
            frame(Input::Instant { value: local.as_deref().unwrap_or("") })
        }
        Shape::Duration => frame(Input::Duration { value: &typed }),
        Shape::Choice(choices) => {
            let options: Vec<(&str, &str)> = choices.iter().map(|choice| (choice.name, choice.label)).collect();
            frame(Input::Choice { value: &typed, options: &options })
        }
        Shape::Flag => frame(Input::Flag { on: value.as_int() == Some(1) }),
        Shape::File => frame(Input::Text { value: &typed, max: Some(64) }),
        Shape::Ref(kind) | Shape::Links(kind) => references(ask, field, kind, value, error, required),
        Shape::Rows(fields) => rows(ask, field, fields, value),
    }
}

fn references(
    ask: &Ask,
    field: &'static Field,
    kind: &'static str,
    value: &Value,
    error: Option<&str>,
    required: bool,
) -> Markup {
    let ids = value.ids();
    let titles = ask
        .app
        .desk
        .catalog()
        .kind(kind)
        .and_then(|kind| ask.app.desk.store.titles(&ask.actor, kind, ids).ok())
        .unwrap_or_default();
    let chosen: Vec<(String, String)> = ids
        .iter()
        .map(|id| {
            let number = text::number(ask.app.desk.catalog(), kind, *id);
            let title = titles.iter().find(|(known, _)| known == id).map_or(number.clone(), |(_, title)| title.clone());
            (number, title)
        })
        .collect();
    let source = format!("/pick/{kind}");
    let frame = |input: Input<'_>| {
        part(&Part { name: field.name, label: field.label, help: field.help, error, required, input })
    };
    if let Shape::Links(_) = field.shape {
        let pairs: Vec<(&str, &str)> = chosen.iter().map(|(number, title)| (number.as_str(), title.as_str())).collect();
        return frame(Input::References { source: &source, chosen: &pairs });
    }
    let (number, title) = chosen.first().cloned().unwrap_or_default();
    frame(Input::Reference { source: &source, value: &number, label: &title })
}

fn rows(ask: &Ask, field: &'static Field, fields: &'static [Field], value: &Value) -> Markup {
    let catalog = ask.app.desk.catalog();
    let named = |at: &str| -> Vec<String> {
        fields.iter().map(|child| format!("{}[{at}].{}", field.name, child.name)).collect()
    };
    let typed: Vec<(Vec<String>, Vec<String>)> = value
        .rows()
        .iter()
        .enumerate()
        .map(|(at, row)| {
            (
                named(&at.to_string()),
                fields.iter().zip(row).map(|(child, cell)| text::show(catalog, child, cell)).collect(),
            )
        })
        .collect();
    let empty = (named(""), vec![String::new(); fields.len()]);
    let lines: Vec<ChildRow<'_>> = typed.iter().map(|(names, cells)| child(fields, names, cells)).collect();
    children(field.label, field.help, &lines, &child(fields, &empty.0, &empty.1))
}

fn child<'a>(fields: &'static [Field], names: &'a [String], cells: &'a [String]) -> ChildRow<'a> {
    let one = |((field, name), cell): ((&'static Field, &'a String), &'a String)| {
        let input = match field.shape {
            Shape::Date => Input::Date { value: cell },
            Shape::Flag => Input::Flag { on: cell == "yes" },
            Shape::Int | Shape::Real => Input::Number { value: cell, min: field.min, max: field.max },
            _ => Input::Text { value: cell, max: None },
        };
        Part { name, label: field.label, help: "", error: None, required: field.required, input }
    };
    ChildRow { fields: fields.iter().zip(names).zip(cells).map(one).collect() }
}

/// What a form sent for these fields; a field that was not sent is left alone.
pub fn values(ask: &Ask, fields: impl Iterator<Item = &'static Field>) -> Result<Vec<(String, Value)>, Refusal> {
    let desk = &ask.app.desk;
    let names = desk.store.names(&ask.actor);
    let (mut values, mut errors) = (Vec::new(), Vec::new());
    for field in fields {
        let Some(typed) = typed(ask, field) else { continue };
        match text::parse(desk.catalog(), &names, field, &typed) {
            Ok(value) => values.push((field.name.to_owned(), value)),
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() { Ok(values) } else { Err(Refusal::fields(errors)) }
}

/// What a form sent for these fields, as far as it can be read: to show it again.
pub fn typed_values(ask: &Ask, fields: impl Iterator<Item = &'static Field>) -> Vec<(&'static str, Value)> {
    let names = ask.app.desk.store.names(&ask.actor);
    let read = |field: &'static Field| {
        let value = text::parse(ask.app.desk.catalog(), &names, field, &typed(ask, field)?);
        value.ok().map(|value| (field.name, value))
    };
    fields.filter_map(read).collect()
}

/// A field as typed text, however its control sends it.
fn typed(ask: &Ask, field: &Field) -> Option<String> {
    let all = |name: &str| {
        ask.form_fields().iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str()).collect::<Vec<_>>()
    };
    match field.shape {
        // A box is sent with a "no" before it, since a browser sends nothing for an empty one.
        Shape::Flag => all(field.name).last().map(|on| if *on == "no" { "no" } else { "yes" }.to_owned()),
        Shape::Links(_) => Some(all(field.name).join(";")),
        Shape::Money => {
            let amount = ask.form(field.name)?.trim();
            let currency = ask.form(&format!("{}.currency", field.name)).unwrap_or("EUR");
            Some(if amount.is_empty() { String::new() } else { format!("{amount} {currency}") })
        }
        Shape::Instant => {
            let given = ask.form(field.name)?;
            let local: Option<jiff::civil::DateTime> = given.parse().ok();
            let zoned = local.and_then(|local| local.to_zoned(ask.app.desk.zone.clone()).ok());
            Some(zoned.map_or_else(|| given.to_owned(), |zoned| zoned.timestamp().to_string()))
        }
        Shape::Rows(fields) => Some(rows_typed(ask, field, fields)),
        _ => ask.form(field.name).map(str::to_owned),
    }
}

/// Child rows as the JSON list that `text::parse` reads.
fn rows_typed(ask: &Ask, field: &Field, fields: &[Field]) -> String {
    let mut rows: Vec<(String, serde_json::Map<String, serde_json::Value>)> = Vec::new();
    let prefix = format!("{}[", field.name);
    for (key, value) in ask.form_fields() {
        let Some((at, name)) = key.strip_prefix(&prefix).and_then(|rest| rest.split_once("].")) else { continue };
        let Some(child) = fields.iter().find(|child| child.name == name) else { continue };
        let value = if matches!(child.shape, Shape::Flag) && value != "no" { "yes" } else { value.as_str() };
        match rows.iter_mut().find(|(known, _)| known == at) {
            Some((_, row)) => {
                row.insert(name.to_owned(), value.into());
            }
            None => rows.push((at.to_owned(), serde_json::Map::from_iter([(name.to_owned(), value.into())]))),
        }
    }
    serde_json::Value::from(rows.into_iter().map(|(_, row)| row).map(serde_json::Value::from).collect::<Vec<_>>())
        .to_string()
}

/// Every field of the form: the kind's own, and those that the organisation added.
fn offered(ask: &Ask, kind: &'static Kind) -> impl Iterator<Item = &'static Field> {
    kind.editable().chain(custom::fields(ask, kind))
}

fn create(ask: &Ask) -> Result<Response, Fault> {
    let kind = ask.kind(ask.param("kind"))?;
    let tags = tags::sent(ask);
    let result = values(ask, offered(ask, kind)).map_err(StoreError::from).and_then(|values| {
        let change = Change::Create { kind, values, tags: (!tags.is_empty()).then_some(tags), external_id: None };
        ask.app.desk.store.write_one(&ask.actor, ask.now, change)
    });
    answer(ask, Record::new(kind, ask.now), result.map(|written| written.record))
}

fn update(ask: &Ask) -> Result<Response, Fault> {
    let record = ask.record(ask.kind(ask.param("kind"))?, ask.param("id"))?;
    let version = ask.form("version").and_then(|text| text.parse().ok());
    let result = values(ask, offered(ask, record.kind)).map_err(StoreError::from).and_then(|values| {
        let change = Change::Update { kind: record.kind, id: record.id, version, values };
        ask.app.desk.store.write_one(&ask.actor, ask.now, change)
    });
    answer(ask, record, result.map(|written| written.record))
}

/// The record's page, or the form again with what was typed and what is wrong.
fn answer(ask: &Ask, mut record: Record, result: Result<Record, StoreError>) -> Result<Response, Fault> {
    let error = match result {
        Ok(written) => return Ok(super::go(&format!("/r/{}/{}", written.kind.name, written.id))),
        Err(error) => error,
    };
    let names = ask.app.desk.store.names(&ask.actor);
    for (name, value) in typed_values(ask, record.kind.editable()) {
        record.set(name, value);
    }
    for added in ask.app.desk.catalog().customs.of(record.kind.name) {
        if let Some(Ok(value)) =
            typed(ask, &added.field).map(|typed| text::parse(ask.app.desk.catalog(), &names, &added.field, &typed))
        {
            added.put(&mut record, &value);
        }
    }
    let fault = Fault::from(error);
    let status = if let Fault::Conflict(_) = fault { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY };
    match &fault {
        Fault::Refused(refusal) => {
            Ok((status, page(ask, &record, &refusal.fields, Some(&fault.message()))).into_response())
        }
        Fault::Conflict(message) => Ok((status, page(ask, &record, &[], Some(message))).into_response()),
        _ => Err(fault),
    }
}
