//! Editing in the list itself: one field of one record, opened, saved and closed in its own cell.

use super::form;
use super::own::list_of;
use super::show::{self, Titles};
use crate::ask::Ask;
use crate::fault::Fault;
use crate::parts::Button;
use crate::routes::{Route, Who};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use watchkeep_model::{Field, Record, Value};
use watchkeep_store::{Change, StoreError};

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/r/{kind}/{id}/cell/{field}", Who::Person, |ask| {
            let (record, field) = asked(ask)?;
            Ok(open(ask, &record, field, record.get(field.name), None).into_response())
        }),
        Route::get("/r/{kind}/{id}/cell/{field}/shut", Who::Person, |ask| {
            let (record, field) = asked(ask)?;
            Ok(shut(ask, &record, field).into_response())
        }),
        Route::post("/r/{kind}/{id}/cell/{field}", Who::Person, save),
    ]
}

fn asked(ask: &Ask) -> Result<(Record, &'static Field), Fault> {
    let record = ask.record(ask.kind(ask.param("kind"))?, ask.param("id"))?;
    let field = record.kind.field(ask.param("field")).filter(|field| field.inline).ok_or(Fault::Missing)?;
    Ok((record, field))
}

fn address(record: &Record, field: &Field) -> String {
    format!("/r/{}/{}/cell/{}", record.kind.name, record.id, field.name)
}

/// The value with a way to change it, where the person may.
pub fn closed(ask: &Ask, record: &Record, field: &Field, shown: &Markup) -> Markup {
    if !ask.actor.access.may_on(record.kind, "update", record) {
        return shown.clone();
    }
    let name = format!("{} of {}", field.label, record.number());
    let empty = record.get(field.name).is_empty();
    let verb = if empty { "Set" } else { "Change" };
    html! {
        span .cell data-cell {
            (shown)
            button .edit type="button" data-cell-open=(address(record, field)) aria-label={ (verb) " " (name) } title={ (verb) " " (field.label.to_lowercase()) } {
                @if empty { span .sub { "set" } } @else { (crate::parts::icon("edit")) }
            }
        }
    }
}

fn shut(ask: &Ask, record: &Record, field: &Field) -> Markup {
    let titles = Titles::of(ask, std::slice::from_ref(record));
    closed(ask, record, field, &show::brief(ask, &titles, field, record.get(field.name)))
}

fn open(ask: &Ask, record: &Record, field: &'static Field, value: &Value, error: Option<&str>) -> Markup {
    html! {
        form .cell .open data-cell data-cell-shut={ (address(record, field)) "/shut" } method="post" action=(address(record, field)) {
            input type="hidden" name="csrf" value=(ask.csrf());
            input type="hidden" name="version" value=(record.version);
            (form::input(ask, field, value, error, field.required))
            (Button::submit("Save").small())
        }
    }
}

/// The closed cell, or the open one with what is wrong; without scripts the list again.
fn save(ask: &Ask) -> Result<Response, Fault> {
    let (record, field) = asked(ask)?;
    let version = ask.form("version").and_then(|text| text.parse().ok());
    let values = form::values(ask, [field].into_iter()).map_err(StoreError::from);
    let typed = values.as_ref().ok().and_then(|values| values.first()).map(|(_, value)| value.clone());
    let written = values.and_then(|values| {
        let change = Change::Update { kind: record.kind, id: record.id, version, values };
        ask.app.desk.store.write_one(&ask.actor, ask.now, change)
    });
    match written {
        Ok(written) if ask.wants_fragment() => Ok(shut(ask, &written.record, field).into_response()),
        Ok(written) => Ok(super::go(&list_of(written.record.kind))),
        Err(error) => {
            let fault = Fault::from(error);
            if !matches!(fault, Fault::Refused(_) | Fault::Conflict(_)) {
                return Err(fault);
            }
            let value = typed.unwrap_or_else(|| record.get(field.name).clone());
            let again = open(ask, &record, field, &value, Some(&fault.message()));
            Ok((StatusCode::UNPROCESSABLE_ENTITY, again).into_response())
        }
    }
}
