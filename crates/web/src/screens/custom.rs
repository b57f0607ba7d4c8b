//! Fields that the organisation added, on pages and in forms.

use super::{form, show};
use crate::ask::Ask;
use maud::{Markup, html};
use watchkeep_model::{Custom, Field, FieldError, Kind, Record};

/// The added fields of a kind as a form reads them back.
pub fn fields(ask: &Ask, kind: &Kind) -> Vec<&'static Field> {
    ask.app.desk.catalog().customs.of(kind.name).into_iter().map(|custom| &custom.field).collect()
}

/// Label and value of each that the record has.
pub fn shown(ask: &Ask, record: &Record) -> Vec<(String, Markup)> {
    let customs = ask.app.desk.catalog().customs.of(record.kind.name);
    let titles = show::Titles::default();
    let present = customs.iter().filter(|custom| custom.applies(record) || !custom.value(record).is_empty());
    present
        .map(|custom| {
            let value = show::value(ask, &titles, &custom.field, &custom.value(record));
            (custom.definition.label.clone(), html! { span title=(custom.definition.help) { (value) } })
        })
        .collect()
}

/// Their inputs; those of another class stay hidden while that class is not chosen.
pub fn inputs(ask: &Ask, record: &Record, errors: &[FieldError]) -> Markup {
    let customs = ask.app.desk.catalog().customs.of(record.kind.name);
    html! { @for custom in &customs { (input(ask, record, custom, errors)) } }
}

fn input(ask: &Ask, record: &Record, custom: &'static Custom, errors: &[FieldError]) -> Markup {
    let error = errors.iter().find(|error| error.field == custom.field.name).map(|error| error.message.as_str());
    let value = custom.value(record);
    let field = form::input_among(ask, &custom.field, &value, error, &custom.definition.options);
    match &custom.definition.class {
        Some(class) => html! { div data-when={ "class=" (class) } hidden[!custom.applies(record)] { (field) } },
        None => field,
    }
}
