//! Reporting a concern: anyone who can sign in, whatever their roles; a receipt, and what became of it.

use crate::ask::Ask;
use crate::fault::Fault;
use crate::layout::Find;
use crate::parts::field::{Field, Input, field};
use crate::parts::{Button, State as Mark, empty, header, panel, state, time};
use crate::routes::{Route, Who};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use watchkeep_desk::concern::{Concern, Outcome, Receipt, Stage};

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/report", Who::Person, |ask| {
            Ok(page(ask, &Concern::default(), None, StatusCode::OK)?.into_response())
        }),
        Route::post("/report", Who::Person, send),
    ]
}

fn send(ask: &Ask) -> Result<Response, Fault> {
    let given = |name: &str| ask.form(name).unwrap_or_default().trim().to_owned();
    let concern = Concern { what: given("what"), place: given("place"), details: given("details") };
    match ask.app.desk.report_concern(&ask.actor, &concern, ask.now) {
        Ok(receipt) => Ok(super::go(&format!("/report?receipt={}", receipt.number))),
        Err(error) => match Fault::from(error) {
            Fault::Refused(refusal) => {
                let message = Fault::Refused(refusal).message();
                page(ask, &concern, Some(&message), StatusCode::UNPROCESSABLE_ENTITY)
            }
            other => Err(other),
        },
    }
}

fn page(ask: &Ask, typed: &Concern, error: Option<&str>, status: StatusCode) -> Result<Response, Fault> {
    let mine = ask.app.desk.my_concerns(&ask.actor)?;
    let fresh = ask.query("receipt").and_then(|number| mine.iter().find(|receipt| receipt.number == number));
    let text = |name, label, help, input, required| field(&Field { name, label, help, error: None, required, input });
    let body = html! {
        (header::header("Report a concern", &html! { "Anything odd: a mail, a call, a door, a person, a lost badge. Security looks at every report." }, &html! {}))
        @if let Some(receipt) = fresh {
            div .note .ok role="status" { (crate::parts::icon("check")) div { b { "Thank you. " } "Your report is " span .id { (receipt.number) } ", received " (time::exact(receipt.at, &ask.app.desk.zone)) "." } }
        }
        @if let Some(error) = error { p .error role="alert" { (error) } }
        div .cols .two {
            (panel::padded("What happened", &html! {}, &html! {
                form .stack method="post" action="/report" data-guard {
                    input type="hidden" name="csrf" value=(ask.csrf());
                    (text("what", "What did you notice?", "One sentence.", Input::Text { value: &typed.what, max: Some(300) }, true))
                    (text("place", "Where, or on what?", "A place, a device, a mail address, a phone number.", Input::Text { value: &typed.place, max: Some(300) }, false))
                    (text("details", "Anything else", "When, who, what was said. Never a password.", Input::Lines { value: &typed.details, code: false }, false))
                    div { (Button::submit("Send report")) }
                }
            }))
            (panel::flush("Your reports", &html! { (mine.len()) }, &reports(ask, &mine)))
        }
    };
    Ok((status, ask.page("Report a concern", "report", Find::default(), &body)).into_response())
}

fn reports(ask: &Ask, mine: &[Receipt]) -> Markup {
    if mine.is_empty() {
        return empty::empty(
            "message",
            "No report yet",
            "What you send is listed here with what became of it.",
            &html! {},
        );
    }
    html! {
        table .cards .tall {
            caption .vh { "Your reports" }
            thead .vh { tr { th { "Stage" } th { "What" } th { "When" } } }
            tbody { @for receipt in mine { tr {
                td { (match receipt.stage {
                    Stage::Received => state::mark(Mark::Amber, "received"),
                    Stage::Worked => state::mark(Mark::Amber, "being looked at"),
                    Stage::Done => state::mark(Mark::Green, "done"),
                }) }
                td .grow { b { (receipt.what) } @if let Some(outcome) = receipt.outcome { div { (said(outcome)) } } div .sub .id { (receipt.number) } }
                td { (time::ago(receipt.at, ask.now)) }
            } } }
        }
    }
}

/// What the reporter learns of the end.
fn said(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Work => "Somebody was given the work that follows from it.",
        Outcome::Incident => "It was a real threat, and is handled as one.",
        Outcome::Harmless => "Looked at: no threat.",
    }
}
