//! A survey: its questions for those who are asked, in one page without a name; and what its counts say once it is closed.

use crate::ask::Ask;
use crate::fault::Fault;
use crate::layout::Find;
use crate::parts::{Button, header, icon, keyvalue, markdown, panel};
use crate::routes::{Route, Who};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use maud::{Markup, html};
use watchkeep_desk::survey::{Said, asked};
use watchkeep_model::{Record, Rows};
use watchkeep_records::talk::{Asked, Count, Remark};

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/survey/{id}", Who::Person, |ask| Ok(page(ask, &mine(ask)?, None))),
        Route::post("/survey/{id}", Who::Person, answer),
    ]
}

fn mine(ask: &Ask) -> Result<Record, Fault> {
    let id = ask.param("id").parse().map_err(|_| Fault::Missing)?;
    Ok(ask.app.desk.survey_for(&ask.actor, id, ask.now)?)
}

fn answer(ask: &Ask) -> Result<Response, Fault> {
    let survey = mine(ask)?;
    let said: Vec<Said> = asked(&survey).iter().enumerate().map(|(at, question)| said(ask, at, question)).collect();
    match ask.app.desk.answer_survey(&ask.actor, survey.id, &said, ask.now).map_err(Fault::from) {
        Ok(()) => Ok(super::go("/reading?answered=1")),
        Err(Fault::Refused(refusal)) => Ok(page(ask, &survey, Some(&Fault::Refused(refusal).message()))),
        Err(other) => Err(other),
    }
}

fn said(ask: &Ask, at: usize, question: &Asked) -> Said {
    let given = ask.form(&format!("q{at}")).unwrap_or_default();
    match (question.answers().is_empty(), given) {
        (_, "") => Said::Nothing,
        (true, text) => Said::Wrote(text.to_owned()),
        // What is no number is no answer of this question, and is refused as such.
        (false, number) => Said::Chose(number.parse().unwrap_or(usize::MAX)),
    }
}

fn page(ask: &Ask, survey: &Record, error: Option<&str>) -> Response {
    let line =
        html! { "survey" @if let Some(closes) = survey.read::<Date>("closes") { " · until " time { (closes) } } };
    let least = survey.get("threshold").as_int().unwrap_or(5);
    let body = html! {
        (header::header(survey.title(), &line, &html! { (Button::link("All to read", "/reading").key('b')) }))
        @if let Some(error) = error { p .error role="alert" { (error) } }
        form .panel .pad .stack .confirm method="post" action={ "/survey/" (survey.id) } data-guard {
            input type="hidden" name="csrf" value=(ask.csrf());
            @if let Some(words) = survey.get("questions").as_text() { div .doc { (markdown::read(words).body) } }
            @for (at, question) in asked(survey).iter().enumerate() { (field(ask, at, question)) }
            p .sub { (icon("shield-check")) " Your answer is kept without your name and without a time, and cannot be changed afterwards. That you answered is kept until the survey is counted, so that each answers once. "
                @if survey.read::<bool>("anonymous") == Some(true) { "No count below " (least) " is shown, and nothing at all while the survey runs. What you write is shown as you wrote it." } }
            div { (Button::submit("Send my answer")) }
        }
    };
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    (status, ask.page(survey.title(), "reading", Find::default(), &body)).into_response()
}

fn field(ask: &Ask, at: usize, question: &Asked) -> Markup {
    let name = format!("q{at}");
    let given = ask.form(&name).unwrap_or_default();
    if question.answers().is_empty() {
        return html! { div .field { label for=(name) { (at + 1) ". " (question.question) } textarea id=(name) name=(name) rows="3" maxlength="2000" { (given) } } };
    }
    html! {
        fieldset .field .quiz {
            legend { (at + 1) ". " (question.question) }
            @for (number, answer) in question.answers().iter().enumerate() {
                label .check { input type="radio" name=(name) value=(number) checked[given == number.to_string()]; span { (answer) } }
            }
        }
    }
}

/// What a survey's counts say, question by question.
pub fn below(_: &Ask, survey: &Record) -> Result<Markup, Fault> {
    let rows = survey.read::<Rows<Count>>("results").map_or(Vec::new(), |rows| rows.0);
    let remarks = survey.read::<Rows<Remark>>("remarks").map_or(Vec::new(), |rows| rows.0);
    let answers = survey.get("answers").as_int();
    if rows.is_empty() {
        let closed = matches!(survey.state(), Some("closed" | "answered"));
        let words = match survey.state() {
            Some("open") => "Counted when it closes; until then nothing of it is shown.",
            _ if closed && answers.is_none() => "Too few have answered to show anything without telling who.",
            _ => return Ok(html! {}),
        };
        return Ok(panel::padded("Results", &html! {}, &html! { p .sub { (words) } }));
    }
    let questions = distinct(rows.iter().map(|row| row.question.as_str()));
    Ok(html! {
        @for question in questions {
            @let own: Vec<&Count> = rows.iter().filter(|row| row.question == question).collect();
            (panel::flush(question, &html! { @if let Some(answers) = answers { (answers) " answered" } }, &table(question, &own)))
        }
        @if !remarks.is_empty() {
            @let written: Vec<(&str, Markup)> = remarks.iter().map(|remark| (remark.question.as_str(), html! { span .prose { (remark.text) } })).collect();
            (panel::padded("Written freely", &html! {}, &keyvalue::keyvalue(&written)))
        }
    })
}

fn distinct<'a>(words: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    words.fold(Vec::new(), |mut all, word| {
        if !all.contains(&word) {
            all.push(word);
        }
        all
    })
}

/// Answers down; all and each part across.
fn table(question: &str, rows: &[&Count]) -> Markup {
    let parts = distinct(rows.iter().filter_map(|row| row.part.as_deref()));
    let count = |answer: &str, part: Option<&str>| {
        let row = rows.iter().find(|row| row.answer == answer && row.part.as_deref() == part);
        row.and_then(|row| row.count)
    };
    let shown = |count: Option<i64>| html! { @if let Some(count) = count { (count) } @else { span title="kept back: few people could be told apart" { "kept back" } } };
    html! {
        div .scroll { table {
            caption .vh { (question) }
            thead { tr { th { "Answer" } th .num { "All" } @for part in &parts { th .num { (part) } } } }
            tbody { @for answer in distinct(rows.iter().map(|row| row.answer.as_str())) { tr {
                td .grow { (answer) }
                td .num { (shown(count(answer, None))) }
                @for part in &parts { td .num { (shown(count(answer, Some(part)))) } }
            } } }
        } }
    }
}
