//! A new document: begun from one of our texts, or from nothing.

use super::form;
use crate::ask::Ask;
use crate::fault::Fault;
use crate::parts::panel;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use watchkeep_desk::starters::starters;
use watchkeep_model::Value;

pub fn new(ask: &Ask) -> Result<Response, Fault> {
    let mut record = form::blank(ask)?;
    let chosen = ask.query("from").unwrap_or_default();
    if let Some(starter) = starters().into_iter().find(|starter| starter.key == chosen) {
        record.set("title", Value::text(starter.title));
        record.set("class", record.kind.choice_value("class", starter.class));
        record.set("text", Value::text(starter.text.trim_end()));
    }
    Ok(form::page_below(ask, &record, &[], None, &offered(chosen)).into_response())
}

fn offered(chosen: &str) -> Markup {
    let list = html! {
        ul .plain .starters { @for starter in starters() {
            li { a href={ "/r/document/new?from=" (starter.key) } aria-current=[(starter.key == chosen).then_some("true")] { b { (starter.title) } div .sub { (starter.about) } } }
        } }
    };
    panel::padded("Begin from a text", &html! { "or write your own below" }, &list)
}
