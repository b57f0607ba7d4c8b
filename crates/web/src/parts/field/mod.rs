//! Form fields: every kind of input in the same frame of label, help and error.

mod children;
mod plain;
mod reference;

use maud::{Markup, html};

use super::icon;

pub use children::{ChildRow, children};

/// One field of a form.
#[derive(Debug, Clone, Copy)]
pub struct Field<'a> {
    /// The name it is sent under; also the stem of its ids.
    pub name: &'a str,
    pub label: &'a str,
    /// Plain words below the input; may be empty.
    pub help: &'a str,
    /// What is wrong with the value, and what would be accepted.
    pub error: Option<&'a str>,
    pub required: bool,
    pub input: Input<'a>,
}

/// A value and its label.
pub type Choice<'a> = (&'a str, &'a str);

/// The control of a field; values are as they would be typed.
#[derive(Debug, Clone, Copy)]
pub enum Input<'a> {
    Text {
        value: &'a str,
        max: Option<u32>,
    },
    Password {
        autocomplete: &'a str,
    },
    /// Several lines; `code` in monospace.
    Lines {
        value: &'a str,
        code: bool,
    },
    Number {
        value: &'a str,
        min: Option<f64>,
        max: Option<f64>,
    },
    /// An amount such as `1200.50` and a currency, sent as `<name>` and `<name>.currency`.
    Money {
        amount: &'a str,
        currency: &'a str,
        currencies: &'a [&'a str],
    },
    /// `2026-03-09`.
    Date {
        value: &'a str,
    },
    /// `2026-03-09T17:30`, in the reader's zone.
    Instant {
        value: &'a str,
    },
    /// `1h 30min`, `14d`.
    Duration {
        value: &'a str,
    },
    Choice {
        value: &'a str,
        options: &'a [Choice<'a>],
    },
    /// Several of a few.
    Choices {
        values: &'a [&'a str],
        options: &'a [Choice<'a>],
    },
    Flag {
        on: bool,
    },
    /// One record, found by typing; `source` answers `?q=` with JSON options.
    Reference {
        source: &'a str,
        value: &'a str,
        label: &'a str,
    },
    /// Several records, as `(id, label)`.
    References {
        source: &'a str,
        chosen: &'a [Choice<'a>],
    },
    File {
        accept: &'a str,
    },
}

/// The field in its frame.
pub fn field(field: &Field<'_>) -> Markup {
    let wide = matches!(field.input, Input::Lines { .. } | Input::References { .. });
    html! {
        @match field.input {
            Input::Choices { values, options } => fieldset .field { legend { (field.label) (required(field)) } (plain::choices(field, values, options)) (below(field)) },
            Input::Flag { on } => div .field { (plain::flag(field, on)) (below(field)) },
            _ => div .field .wide[wide] { label for=(id(field)) { (field.label) (required(field)) } (control(field)) (below(field)) },
        }
    }
}

/// The control alone, for tables and child rows; the caller gives its label.
pub fn control(field: &Field<'_>) -> Markup {
    match field.input {
        Input::Reference { source, value, label } => reference::one(field, source, value, label),
        Input::References { source, chosen } => reference::many(field, source, chosen),
        Input::Choices { values, options } => plain::choices(field, values, options),
        Input::Flag { on } => plain::flag(field, on),
        _ => plain::control(field),
    }
}

fn required(field: &Field<'_>) -> Markup {
    html! { @if field.required { " " span .req aria-hidden="true" title="required" { "*" } } }
}

fn below(field: &Field<'_>) -> Markup {
    html! {
        @if !field.help.is_empty() { p .help id={ (id(field)) "-help" } { (field.help) } }
        @if let Some(error) = field.error { p .err id={ (id(field)) "-error" } { (icon("alert-triangle")) span { (error) } } }
    }
}

fn id(field: &Field<'_>) -> String {
    let plain: String = field.name.chars().map(|sign| if sign.is_ascii_alphanumeric() { sign } else { '-' }).collect();
    format!("f-{plain}")
}

fn described(field: &Field<'_>) -> Option<String> {
    let help = (!field.help.is_empty()).then(|| format!("{}-help", id(field)));
    let error = field.error.map(|_| format!("{}-error", id(field)));
    match (help, error) {
        (Some(help), Some(error)) => Some(format!("{error} {help}")),
        (one, other) => one.or(other),
    }
}

fn invalid(field: &Field<'_>) -> Option<&'static str> {
    field.error.map(|_| "true")
}
