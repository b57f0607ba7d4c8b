//! Values as people see them on a page: marks, links, times; references by title.

use crate::ask::Ask;
use crate::parts::tag::{self, Tone as TagTone};
use crate::parts::{Severity, State as Mark, severity, state, time};
use jiff::Timestamp;
use maud::{Markup, html};
use std::collections::{BTreeMap, BTreeSet};
use watchkeep_model::{Choice, Field, Record, Shape, Tone, Value, text};

/// Titles of everything that some records refer to; one query for each kind.
#[derive(Default)]
pub struct Titles(BTreeMap<(&'static str, i64), String>);

impl Titles {
    pub fn of(ask: &Ask, records: &[Record]) -> Self {
        let mut wanted: BTreeMap<&'static str, BTreeSet<i64>> = BTreeMap::new();
        for record in records {
            for (field, value) in record.kind.fields.iter().zip(&record.values) {
                note(field, value, &mut wanted);
            }
        }
        let mut titles = BTreeMap::new();
        for (name, ids) in wanted {
            let Some(kind) = ask.app.desk.catalog().kind(name) else { continue };
            let ids: Vec<i64> = ids.into_iter().collect();
            let found = ask.app.desk.store.titles(&ask.actor, kind, &ids).unwrap_or_default();
            titles.extend(found.into_iter().map(|(id, title)| ((name, id), title)));
        }
        Self(titles)
    }

    /// The title of a record, if the person sees it.
    pub fn get(&self, kind: &'static str, id: i64) -> Option<&str> {
        self.0.get(&(kind, id)).map(String::as_str)
    }
}

fn note(field: &Field, value: &Value, wanted: &mut BTreeMap<&'static str, BTreeSet<i64>>) {
    match (field.shape, value) {
        (Shape::Ref(kind) | Shape::Links(kind), _) => wanted.entry(kind).or_default().extend(value.ids()),
        (Shape::Rows(fields), Value::Rows(rows)) => {
            for row in rows {
                fields.iter().zip(row).for_each(|(field, value)| note(field, value, wanted));
            }
        }
        _ => {}
    }
}

/// One value.
pub fn value(ask: &Ask, titles: &Titles, field: &Field, value: &Value) -> Markup {
    let zone = &ask.app.desk.zone;
    match (field.shape, value) {
        (_, value) if value.is_empty() => html! { span .sub { "–" } },
        (Shape::Choice(_), Value::Int(code)) => field.choice(*code).map_or_else(|| html! { (code) }, choice),
        (Shape::Ref(kind), Value::Int(id)) => reference(ask, titles, kind, *id),
        (Shape::Links(kind), Value::List(ids)) => {
            html! { @for (at, id) in ids.iter().enumerate() { @if at > 0 { ", " } (reference(ask, titles, kind, *id)) } }
        }
        (Shape::Instant, Value::Int(ms)) => {
            Timestamp::from_millisecond(*ms).map_or_else(|_| html! { (ms) }, |at| time::exact(at, zone))
        }
        (Shape::Flag, Value::Int(flag)) => html! { @if *flag != 0 { "yes" } @else { "no" } },
        (Shape::Rows(fields), Value::Rows(rows)) => table(ask, titles, fields, rows),
        (Shape::Text | Shape::Markdown, Value::Text(words)) if field.code => html! { code .prose { (words) } },
        (Shape::Text | Shape::Markdown, Value::Text(words)) => html! { span .prose { (words) } },
        _ => html! { (text::show(ask.app.desk.catalog(), field, value)) },
    }
}

/// A value in one line of a dense list.
pub fn brief(ask: &Ask, titles: &Titles, field: &Field, cell: &Value) -> Markup {
    match (field.shape, cell) {
        (_, cell) if cell.is_empty() => html! {},
        (Shape::Choice(_), Value::Int(code)) if field.name == "severity" => {
            field.choice(*code).map_or_else(|| html! {}, |c| severity::bar(level(c.name)))
        }
        (Shape::Instant, Value::Int(ms)) => {
            Timestamp::from_millisecond(*ms).map_or_else(|_| html! {}, |at| time::ago(at, ask.now))
        }
        (Shape::Rows(_), Value::Rows(rows)) => html! { (rows.len()) },
        (Shape::Links(_), Value::List(ids)) if ids.len() > 3 => html! { (ids.len()) },
        (Shape::Ref(kind), Value::Int(id)) => {
            html! { (titles.get(kind, *id).map_or_else(|| text::number(ask.app.desk.catalog(), kind, *id), str::to_owned)) }
        }
        (Shape::Markdown | Shape::Text, Value::Text(words)) => html! { (words.chars().take(120).collect::<String>()) },
        _ => value(ask, titles, field, cell),
    }
}

fn reference(ask: &Ask, titles: &Titles, kind: &'static str, id: i64) -> Markup {
    let number = text::number(ask.app.desk.catalog(), kind, id);
    match titles.get(kind, id) {
        Some(title) => html! { a .link href={ "/r/" (kind) "/" (id) } title=(number) { (title) } },
        None => html! { span .id { (number) } },
    }
}

/// Child rows as a small table.
fn table(ask: &Ask, titles: &Titles, fields: &[Field], rows: &[Vec<Value>]) -> Markup {
    html! {
        div .scroll { table {
            thead { tr { @for field in fields { th { (field.label) } } } }
            tbody { @for row in rows.iter().take(100) { tr { @for (field, cell) in fields.iter().zip(row) { td { (value(ask, titles, field, cell)) } } } } }
        } }
    }
}

/// A choice by shape and colour together.
pub fn choice(choice: &Choice) -> Markup {
    match choice.tone {
        Tone::Severity(_) => severity::worded(level(choice.name)),
        Tone::Good => state::mark(Mark::Green, choice.label),
        Tone::Warn => state::mark(Mark::Amber, choice.label),
        Tone::Bad => state::mark(Mark::Red, choice.label),
        Tone::Grey => state::mark(Mark::Grey, choice.label),
        Tone::Waived => state::mark(Mark::Waived, choice.label),
        Tone::Plain => tag::toned(choice.label, TagTone::Plain),
    }
}

pub fn level(name: &str) -> Severity {
    match name {
        "critical" => Severity::Critical,
        "high" => Severity::High,
        "medium" => Severity::Medium,
        "low" => Severity::Low,
        _ => Severity::Informational,
    }
}

/// A declaration's help: what stands between backticks is code.
pub fn help(text: &str) -> Markup {
    html! { @for (at, part) in text.split('`').enumerate() { @if at % 2 == 1 { code { (part) } } @else { (part) } } }
}

/// Text for an address.
pub fn encode(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
