//! Tasks: mine, those due today, and all; started and finished with one key.

use super::show::Titles;
use super::stack::Stack;
use crate::ask::Ask;
use crate::fault::Fault;
use crate::parts::table::{Column, Look};
use crate::parts::{State as Mark, empty, keyvalue, state};
use crate::routes::{Route, Who};
use jiff::civil::Date;
use maud::{Markup, html};
use watchkeep_model::Record;

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/tasks", Who::Person, |ask| TASKS.page(ask)),
        Route::get("/tasks/{id}/preview", Who::Person, |ask| TASKS.preview(ask)),
    ]
}

const TASKS: Stack = Stack {
    kind: "task",
    title: "Tasks",
    key: "tasks",
    path: "/tasks",
    new: ("New task", "/r/task/new"),
    tabs: &[
        ("Mine", "(assignee:me or (assignee:none (team.people:me or incident.manager:me))) state:open,doing"),
        ("Due today", "state:open,doing due<=today"),
        ("All open", "state:open,doing"),
        ("Done", "state:done,dropped"),
    ],
    columns: &[
        Column::new("", Look::Lead),
        Column::new("Task", Look::Grow),
        Column::new("For", Look::Plain),
        Column::new("Due", Look::End),
        Column::new("State", Look::Plain),
    ],
    cells,
    about,
    shown: |act| act.key.is_some(),
    more: |_, _| html! {},
    empty: |_| {
        empty::empty(
            "check",
            "No task here",
            "Tasks come from incidents, reports and colleagues; the other tabs may hold some.",
            &html! {},
        )
    },
};

/// Red past its day, amber on it.
fn mark(ask: &Ask, task: &Record) -> Mark {
    let today = ask.now.to_zoned(ask.app.desk.zone.clone()).date();
    match (task.state(), task.read::<Date>("due")) {
        (Some("done" | "dropped"), _) => Mark::Green,
        (_, Some(due)) if due < today => Mark::Red,
        (_, Some(due)) if due == today => Mark::Amber,
        _ => Mark::Grey,
    }
}

fn cells(ask: &Ask, titles: &Titles, task: &Record) -> Vec<Markup> {
    let name = |kind: &'static str, field: &str| task.get(field).as_int().and_then(|id| titles.get(kind, id));
    let whose = name("person", "assignee").or_else(|| name("group", "team")).unwrap_or("–");
    vec![
        state::dot(mark(ask, task)),
        html! {
            a href={ "/r/task/" (task.id) } { (task.title()) }
            @if let Some(incident) = name("incident", "incident") { div .sub { (incident) } }
        },
        html! { (whose) },
        html! { (task.get("due").as_text().unwrap_or("–")) },
        super::record::state(task),
    ]
}

fn about(ask: &Ask, task: &Record) -> Result<Markup, Fault> {
    let titles = Titles::of(ask, std::slice::from_ref(task));
    let mut rows = vec![("State", super::record::state(task))];
    for (label, kind, field) in
        [("For", "person", "assignee"), ("Team", "group", "team"), ("Incident", "incident", "incident")]
    {
        if let Some(id) = task.get(field).as_int() {
            rows.push((
                label,
                html! { a .link href={ "/r/" (kind) "/" (id) } { (titles.get(kind, id).unwrap_or("–")) } },
            ));
        }
    }
    if let Some(due) = task.get("due").as_text() {
        rows.push(("Due", html! { (due) }));
    }
    let text = task.get("description").as_text().unwrap_or_default();
    Ok(html! { (keyvalue::keyvalue(&rows)) @if !text.is_empty() { p .prose { (text) } } })
}
