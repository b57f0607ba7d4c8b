//! NICE work role 722 as a report: each task with the duties that carry it out, who holds them and what they show.

use super::home::{mark, short};
use crate::ask::Ask;
use crate::fault::Fault;
use crate::htmx;
use crate::layout::Find;
use crate::parts::{Button, State as Mark, header, panel, state, time};
use crate::routes::{Route, Who};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use std::collections::HashMap;
use watchkeep_desk::duties::State;
use watchkeep_desk::work_role::{Carried, Task};

pub fn routes() -> Vec<Route> {
    vec![Route::get("/responsibilities/work-role", Who::Person, page)]
}

fn page(ask: &Ask) -> Result<Response, Fault> {
    ask.kind("held_duty")?;
    let desk = &ask.app.desk;
    let tasks = desk.work_role(&ask.actor, ask.now)?;
    let holders: Vec<i64> = tasks.iter().flat_map(|task| &task.carried).filter_map(|one| one.holder).collect();
    let names: HashMap<i64, String> =
        desk.store.titles(&ask.actor, desk.kind("person")?, &holders)?.into_iter().collect();
    let held = tasks.iter().filter(|task| task.held()).count();
    let measured = tasks.iter().filter(|task| task.measured()).count();
    let of = |wanted: State| tasks.iter().filter(|task| task.state() == wanted).count() as u64;
    let counts = [State::Red, State::Amber, State::Green, State::Waived, State::Grey]
        .map(|wanted| (mark(wanted), of(wanted), "#tasks"));
    let inner = html! {
        (header::header("Work role 722", &html! { "Systems security management, by the tasks of the NICE framework · as of " (time::exact(ask.now, &desk.zone)) }, &html! { (Button::link("Responsibilities", "/responsibilities").key('b')) }))
        (panel::padded("In one line", &html! {}, &html! {
            p .figure { (held) " of " (tasks.len()) " tasks held, " (measured) " measured" }
            div .row { (state::counts(&counts)) }
            p .sub { "A task is held when somebody does the work of a duty that carries it out, and measured when records or events show how that stands. The others are recorded by runs." }
        }))
        div #tasks { (panel::flush("Tasks", &html! { (tasks.len()) }, &html! {
            table .cards .tall {
                caption .vh { "Tasks of the work role and the duties that carry them out" }
                thead { tr { th { span .vh { "State" } } th { "Task" } th { "Duties" } } }
                tbody { @for task in &tasks { tr {
                    td { (state::dot(mark(task.state()))) }
                    td .grow { span .id { (task.code) } " " (task.words) @if !task.held() { div { (state::mark(Mark::Red, "nobody holds it")) } } }
                    td { (duties(task, &names)) }
                } } }
            }
        })) }
    };
    let body = htmx::live("work-role", &["held_duty", "duty_run", "function"], "/responsibilities/work-role", &inner);
    Ok(ask.page("Work role 722", "responsibilities", Find::default(), &body).into_response())
}

fn duties(task: &Task, names: &HashMap<i64, String>) -> Markup {
    let who = |one: &Carried| one.holder.and_then(|id| names.get(&id)).map_or("nobody", String::as_str).to_owned();
    html! {
        @if task.carried.is_empty() { span .sub { (task.duties.join(", ")) ": not held" } }
        ul .plain { @for one in &task.carried { li {
            a .link href={ "/duty/" (one.held) } title=(one.title) { (one.code) " " (short(&one.title)) }
            div .sub { (who(one)) " · " @match (&one.figure, one.measured) { (Some(figure), true) => { (figure) }, (_, true) => { "measured" }, _ => { "recorded by runs or without data" } } }
        } } }
    }
}
