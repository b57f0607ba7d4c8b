//! What a person is asked to read, whatever their roles: open it, confirm it. Two clicks, and questions where there are.

use crate::ask::Ask;
use crate::fault::Fault;
use crate::layout::Find;
use crate::parts::{Button, State as Mark, empty, header, markdown, panel, state, time};
use crate::routes::{Route, Who};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use jiff::civil::Date;
use maud::{Markup, html};
use watchkeep_desk::reading::{Confirmed, Reading};
use watchkeep_model::Record;
use watchkeep_records::assure::Question;

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/reading", Who::Person, list),
        Route::get("/reading/{id}", Who::Person, |ask| {
            Ok(page(ask, &mine(ask)?, &[], None, StatusCode::OK).into_response())
        }),
        Route::post("/reading/{id}", Who::Person, confirm),
        Route::get("/reading/{id}/file", Who::Person, file),
    ]
}

fn list(ask: &Ask) -> Result<Response, Fault> {
    let [owed, given] = ["owed", "given"].map(|state| ask.app.desk.my_receipts(&ask.actor, state));
    let (owed, given) = (owed?, given?);
    let surveys = ask.app.desk.surveys_for(&ask.actor, ask.now)?;
    let fresh = ask.query("given").and_then(|number| given.iter().find(|receipt| receipt.number() == number));
    let body = html! {
        (header::header("To read", &html! { "What you are asked to read and confirm. Nobody else sees these texts through you." }, &html! {}))
        @if let Some(receipt) = fresh {
            div .note .ok role="status" { (crate::parts::icon("check")) div { b { "Thank you. " } (receipt.title()) ": confirmed" @if let Some(at) = receipt.read::<Timestamp>("at") { ", " (time::exact(at, &ask.app.desk.zone)) } "." } }
        }
        @if ask.query("answered").is_some() {
            div .note .ok role="status" { (crate::parts::icon("check")) div { b { "Thank you. " } "Your answer was taken without your name." } }
        }
        @if !surveys.is_empty() { (panel::flush("To answer, without your name", &html! { (surveys.len()) }, &questions(&surveys))) }
        div .cols .two {
            (panel::flush("To read", &html! { (owed.len()) }, &table(ask, &owed)))
            (panel::flush("Read", &html! { (given.len()) }, &table(ask, &given)))
        }
    };
    Ok(ask.page("To read", "reading", Find::default(), &body).into_response())
}

fn table(ask: &Ask, receipts: &[Record]) -> Markup {
    if receipts.is_empty() {
        return empty::empty("book", "Nothing here", "What is published to you appears by itself.", &html! {});
    }
    html! {
        table .cards .tall {
            caption .vh { "Texts" }
            thead .vh { tr { th { "State" } th { "What" } th { "When" } th { "Act" } } }
            tbody { @for receipt in receipts { tr data-row data-href={ "/reading/" (receipt.id) } {
                td { (standing(ask, receipt)) }
                td .grow { b { (receipt.title()) } div .sub { (about(receipt)) } }
                td { @match (receipt.read::<Timestamp>("at"), receipt.read::<Date>("due")) { (Some(at), _) => { (time::ago(at, ask.now)) }, (None, Some(due)) => { time { "by " (due) } }, _ => {} } }
                td { a .btn .small href={ "/reading/" (receipt.id) } { @if receipt.state() == Some("owed") { "Read" } @else { "Open" } } }
            } } }
        }
    }
}

/// Surveys that wait for an answer.
fn questions(surveys: &[Record]) -> Markup {
    html! {
        table .cards .tall {
            caption .vh { "Surveys" }
            thead .vh { tr { th { "What" } th { "When" } th { "Act" } } }
            tbody { @for survey in surveys { tr data-row data-href={ "/survey/" (survey.id) } {
                td .grow { b { (survey.title()) } }
                td { @if let Some(closes) = survey.read::<Date>("closes") { time { "until " (closes) } } }
                td { a .btn .small href={ "/survey/" (survey.id) } { "Answer" } }
            } } }
        }
    }
}

fn about(receipt: &Record) -> String {
    let reminded = watchkeep_desk::reading::reminders(receipt);
    let what = match receipt.get("document").is_empty() {
        true => "message".to_owned(),
        false => format!("issue {}", receipt.get("issue").as_int().unwrap_or(0)),
    };
    match reminded.last() {
        Some(last) if receipt.state() == Some("owed") => format!("{what} · reminder: {}", last.step),
        _ => what,
    }
}

/// Green once given; amber while owed, red past its day.
pub fn standing(ask: &Ask, receipt: &Record) -> Markup {
    let today = ask.now.to_zoned(ask.app.desk.zone.clone()).date();
    match receipt.state() {
        Some("owed") if receipt.read::<Date>("due").is_some_and(|due| due < today) => state::mark(Mark::Red, "overdue"),
        Some("owed") => state::mark(Mark::Amber, "to read"),
        _ => state::mark(Mark::Green, "read"),
    }
}

fn mine(ask: &Ask) -> Result<Reading, Fault> {
    let id = ask.param("id").parse().map_err(|_| Fault::Missing)?;
    Ok(ask.app.desk.reading(&ask.actor, id)?)
}

/// The numbers that were ticked, for each question.
fn chosen(ask: &Ask, questions: usize) -> Vec<Vec<usize>> {
    let of = |at: usize| {
        let name = format!("q{at}");
        let ticked = ask.form_fields().iter().filter(|(field, _)| *field == name);
        ticked.filter_map(|(_, value)| value.parse().ok()).collect()
    };
    (0..questions).map(of).collect()
}

fn confirm(ask: &Ask) -> Result<Response, Fault> {
    let reading = mine(ask)?;
    let issue = ask.form("issue").and_then(|text| text.parse().ok()).unwrap_or(0);
    let answers = chosen(ask, reading.questions.len());
    match ask.app.desk.confirm(&ask.actor, reading.receipt.id, issue, &answers, ask.now).map_err(Fault::from) {
        Ok(Confirmed::Given(receipt)) => Ok(super::go(&format!("/reading?given={}", receipt.number()))),
        Ok(Confirmed::TryAgain { wrong, right, of }) => {
            let message =
                format!("{right} of {of} right. Look again at the questions that are marked, then try again.");
            Ok(page(ask, &reading, &wrong, Some(&message), StatusCode::UNPROCESSABLE_ENTITY).into_response())
        }
        Err(Fault::Refused(refusal)) => {
            let message = Fault::Refused(refusal).message();
            Ok(page(ask, &mine(ask)?, &[], Some(&message), StatusCode::UNPROCESSABLE_ENTITY).into_response())
        }
        Err(other) => Err(other),
    }
}

fn page(ask: &Ask, reading: &Reading, wrong: &[usize], error: Option<&str>, status: StatusCode) -> Response {
    let Reading { receipt, text, .. } = reading;
    let words = markdown::read(text.get("text").as_text().unwrap_or_default());
    let kind = text.choice("class").and_then(|class| {
        text.kind.field("class")?.choices().iter().find(|choice| choice.name == class).map(|choice| choice.label)
    });
    let line = html! {
        (standing(ask, receipt)) " · " (kind.unwrap_or("text").to_lowercase())
        @if text.kind.name == "document" { " · issue " (receipt.get("issue").as_int().unwrap_or(0)) }
        @if receipt.state() == Some("owed") { @if let Some(due) = receipt.read::<Date>("due") { " · read by " time { (due) } } }
    };
    let body = html! {
        (header::header(text.title(), &line, &html! { (Button::link("All to read", "/reading").key('b')) }))
        @if let Some(error) = error { p .error role="alert" { (error) } }
        article .panel .paper {
            (markdown::contents(&words))
            @if !text.get("text").is_empty() { div .doc { (words.body) } }
            @else if text.kind.field("file").is_some() && !text.get("file").is_empty() { p .doc { a .btn href={ "/reading/" (receipt.id) "/file" } download { (crate::parts::icon("download")) span { "Open the file" } } } }
            @if text.kind.name == "document" { (super::document::approval(ask, text, reading.approver.as_deref())) }
        }
        (last(ask, reading, wrong))
    };
    (status, ask.page(text.title(), "reading", Find::default(), &body)).into_response()
}

/// The confirmation, or that it was given.
fn last(ask: &Ask, reading: &Reading, wrong: &[usize]) -> Markup {
    let receipt = &reading.receipt;
    if receipt.state() != Some("owed") {
        return html! { div .note .ok { (crate::parts::icon("check")) div {
            "You confirmed this" @if let Some(at) = receipt.read::<Timestamp>("at") { " on " (time::exact(at, &ask.app.desk.zone)) } ". "
            span .sub { (receipt.number()) @if let Some(digest) = receipt.get("digest").as_text() { " · sha256 " (digest.get(..16).unwrap_or_default()) "…" } }
        } } };
    }
    let given = chosen(ask, reading.questions.len());
    html! {
        form .panel .pad .stack .confirm method="post" action={ "/reading/" (receipt.id) } data-guard {
            input type="hidden" name="csrf" value=(ask.csrf());
            input type="hidden" name="issue" value=(receipt.get("issue").as_int().unwrap_or(0));
            @for (at, question) in reading.questions.iter().enumerate() { (asked(at, question, given.get(at).map_or(&[], Vec::as_slice), wrong.contains(&at))) }
            p .sub { "By confirming you say, in your own name, that you have read and understood it" @if receipt.choice("grade") == Some("attested") { ", and will keep to it" } ". The issue and its digest are kept with your name and the time." }
            div { (Button::submit("I have read and understood it")) }
        }
    }
}

fn asked(at: usize, question: &Question, given: &[usize], wrong: bool) -> Markup {
    let several = question.right().is_some_and(|right| right.len() > 1);
    html! {
        fieldset .field .quiz {
            legend { (at + 1) ". " (question.question) @if several { span .sub { " Choose all that are right." } } }
            @for (number, answer) in question.answers().iter().enumerate().map(|(n, answer)| (n + 1, answer)) {
                label .check { input type=(if several { "checkbox" } else { "radio" }) name={ "q" (at) } value=(number) checked[given.contains(&number)]; span { (answer) } }
            }
            @if wrong { p .err { (crate::parts::icon("alert-triangle")) "Not right yet: try again." } }
        }
    }
}

/// The file that was approved, for who owes or gave its receipt.
fn file(ask: &Ask) -> Result<Response, Fault> {
    let reading = mine(ask)?;
    if reading.text.kind.field("file").is_none() {
        return Err(Fault::Missing);
    }
    let digest = reading.text.get("file").as_text().ok_or(Fault::Missing)?.to_owned();
    super::record::download(ask, &digest, reading.file.as_deref().unwrap_or("document"))
}
