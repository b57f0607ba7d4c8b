//! The inputs browsers have: text, numbers, dates, choices, flags, files.

use maud::{Markup, html};

use super::{Choice, Field, Input, described, id, invalid};

pub(super) fn control(field: &Field<'_>) -> Markup {
    match field.input {
        Input::Text { value, max } => typed(field, "text", value, None, max),
        Input::Password { autocomplete } => html! {
            input type="password" id=(id(field)) name=(field.name) autocomplete=(autocomplete) required[field.required]
                aria-describedby=[described(field)] aria-invalid=[invalid(field)];
        },
        Input::Date { value } => typed(field, "date", value, None, None),
        Input::Instant { value } => typed(field, "datetime-local", value, None, None),
        Input::Duration { value } => typed(field, "text", value, Some("1h 30min"), Some(40)),
        Input::Number { value, min, max } => html! {
            input type="number" id=(id(field)) name=(field.name) value=(value) min=[min] max=[max] step="any" required[field.required]
                aria-describedby=[described(field)] aria-invalid=[invalid(field)];
        },
        Input::Lines { value, code } => html! {
            textarea .code[code] id=(id(field)) name=(field.name) rows="4" required[field.required] spellcheck=[code.then_some("false")]
                aria-describedby=[described(field)] aria-invalid=[invalid(field)] { "\n" (value) }
        },
        Input::Money { amount, currency, currencies } => money(field, amount, currency, currencies),
        Input::Choice { value, options } => choice(field, value, options),
        Input::File { accept } => html! {
            input type="file" id=(id(field)) name=(field.name) accept=(accept) required[field.required]
                aria-describedby=[described(field)] aria-invalid=[invalid(field)];
        },
        Input::Choices { .. } | Input::Flag { .. } | Input::Reference { .. } | Input::References { .. } => html! {},
    }
}

fn typed(field: &Field<'_>, kind: &str, value: &str, example: Option<&str>, max: Option<u32>) -> Markup {
    html! {
        input type=(kind) id=(id(field)) name=(field.name) value=(value) maxlength=[max] placeholder=[example] required[field.required]
            aria-describedby=[described(field)] aria-invalid=[invalid(field)] autocomplete="off";
    }
}

fn money(field: &Field<'_>, amount: &str, currency: &str, currencies: &[&str]) -> Markup {
    html! {
        div .join {
            input .amount type="text" inputmode="decimal" id=(id(field)) name=(field.name) value=(amount) required[field.required]
                aria-describedby=[described(field)] aria-invalid=[invalid(field)] autocomplete="off";
            select name={ (field.name) ".currency" } aria-label={ (field.label) ": currency" } {
                @for code in currencies { option value=(code) selected[*code == currency] { (code) } }
            }
        }
    }
}

fn choice(field: &Field<'_>, value: &str, options: &[Choice<'_>]) -> Markup {
    html! {
        select id=(id(field)) name=(field.name) required[field.required] aria-describedby=[described(field)] aria-invalid=[invalid(field)] {
            @if !field.required || value.is_empty() { option value="" { "–" } }
            @for (code, label) in options { option value=(code) selected[*code == value] { (label) } }
        }
    }
}

pub(super) fn choices(field: &Field<'_>, values: &[&str], options: &[Choice<'_>]) -> Markup {
    html! {
        div .switches {
            @for (code, label) in options {
                label .check { input type="checkbox" name=(field.name) value=(code) checked[values.contains(code)]; (label) }
            }
        }
    }
}

pub(super) fn flag(field: &Field<'_>, on: bool) -> Markup {
    html! {
        label .check .lbl {
            input type="hidden" name=(field.name) value="no";
            input type="checkbox" id=(id(field)) name=(field.name) value="yes" checked[on] aria-describedby=[described(field)] aria-invalid=[invalid(field)];
            (field.label)
        }
    }
}
