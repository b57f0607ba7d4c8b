//! Tasks about a record: named on its page and under it where it offends, and the form that makes one.

use super::show::{Titles, encode};
use crate::ask::Ask;
use crate::fault::Fault;
use crate::parts::panel;
use maud::{Markup, html};
use watchkeep_model::Record;

/// The address of the form of a new task about a record; `why` may be empty.
pub fn new_task(record: &Record, why: &str) -> String {
    let why = if why.is_empty() { String::new() } else { format!(": {why}") };
    let title: String = format!("{}{why}", record.title()).chars().take(300).collect();
    format!("/r/task/new?title={}&about={}", encode(&title), record.number())
}

/// Open tasks in a line each, below what they are about.
pub fn lines(tasks: Option<&Vec<Record>>) -> Markup {
    html! {
        @for task in tasks.into_iter().flatten() {
            div .sub { a .link href={ "/r/task/" (task.id) } { (task.number()) } " " (task.title()) " " (super::record::state(task)) }
        }
    }
}

/// The open tasks about a record, where there are any.
pub fn panel(ask: &Ask, record: &Record) -> Result<Markup, Fault> {
    let found = ask.app.desk.tasks_about(&ask.actor, &[record])?;
    let Some(tasks) = found.get(&record.number()) else { return Ok(html! {}) };
    let titles = Titles::of(ask, tasks);
    let who = |task: &Record| {
        task.get("assignee").as_int().and_then(|id| titles.get("person", id)).unwrap_or("nobody").to_owned()
    };
    Ok(panel::padded(
        "Tasks about it",
        &html! { (tasks.len()) " open" },
        &html! { ul .plain { @for task in tasks { li {
            a .link href={ "/r/task/" (task.id) } { (task.number()) } " " (task.title()) " " (super::record::state(task)) " · for " (who(task))
            @if let Some(due) = task.get("due").as_text() { " · due " (due) }
        } } } },
    ))
}
