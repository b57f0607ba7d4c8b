//! Coverage of frameworks: by chapter, and each requirement with the path to what shows it.

use super::home::mark;
use super::show::encode;
use crate::ask::Ask;
use crate::fault::Fault;
use crate::flow;
use crate::htmx;
use crate::layout::Find;
use crate::parts::{Button, State as Mark, chart, empty, header, pager, panel, state, tag, time};
use crate::routes::{Route, Who};
use axum::http::header as http;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde_json::json;
use watchkeep_desk::coverage::{Coverage, Grade, Row, Step};
use watchkeep_desk::duties::State;
use watchkeep_desk::import::Format;
use watchkeep_model::resolve::Test;
use watchkeep_model::text;

/// Rows on a page.
const PAGE: usize = 50;
/// Kinds that coverage is computed from.
const KINDS: &[&str] = &["framework", "requirement", "mapping", "control", "check", "check_result", "document"];

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/coverage", Who::Person, index),
        Route::get("/coverage/{id}", Who::Person, page),
        Route::get("/coverage/{id}/export.csv", Who::Api, export),
        Route::get("/coverage/{id}/export.xlsx", Who::Api, export),
        Route::get("/api/coverage/{id}", Who::Api, by_program),
    ]
}

/// Every framework with how it stands.
fn index(ask: &Ask) -> Result<Response, Fault> {
    let kind = ask.kind("framework")?;
    let desk = &ask.app.desk;
    let mut frameworks = Vec::new();
    desk.each(&ask.actor, kind, Test::All, |record| {
        frameworks.push(record.clone());
        Ok(())
    })?;
    let mut rows = Vec::new();
    for framework in &frameworks {
        rows.push(desk.coverage(&ask.actor, framework.id, ask.now)?);
    }
    let may = ask.actor.access.may("framework", "create");
    let actions = html! {
        (Button::link("As a list", "/r/framework"))
        @if may { (Button::link("Import a framework", "/frameworks/import").go().key('n')) }
    };
    let inner = html! {
        (header::header("Coverage", &html! { "how laws, standards and contracts are met, computed from what is there now" }, &actions))
        @if rows.is_empty() {
            (empty::empty("shield-check", "No framework yet", "Import an OSCAL catalog such as NIST 800-53, or a table of your own requirements.", &html! { @if may { (Button::link("Import a framework", "/frameworks/import")) } }))
        } @else {
            section .panel { table .cards {
                caption .vh { "Frameworks" }
                thead { tr { th { "Framework" } th { "Requirements" } th { "State" } th { span .vh { "Counts" } } } }
                tbody { @for one in &rows { tr {
                    td .grow { a .link href={ "/coverage/" (one.framework.id) } { (one.framework.title()) } @if let Some(edition) = one.framework.get("edition").as_text() { " " span .sub { (edition) } } }
                    td .num { (one.rows.len()) }
                    td .bar { (bar(one, |_| true)) }
                    td { (counts(one, "", |_| true)) }
                } } }
            } }
        }
    };
    let body = htmx::live("coverage", KINDS, "/coverage", &inner);
    Ok(ask.page("Coverage", "coverage", Find::default(), &body).into_response())
}

fn bar(coverage: &Coverage, fits: impl Fn(&Row) -> bool) -> Markup {
    chart::states(&coverage.states(fits).map(|(state, count)| (mark(state), count)))
}

/// Counts by state, each a link to its rows.
fn counts(coverage: &Coverage, more: &str, fits: impl Fn(&Row) -> bool) -> Markup {
    let list = coverage.states(fits);
    let hrefs = list.map(|(state, _)| format!("/coverage/{}?state={}{more}", coverage.framework.id, state.name()));
    let list: Vec<(Mark, u64, &str)> =
        list.iter().zip(&hrefs).map(|((state, count), href)| (mark(*state), *count, href.as_str())).collect();
    html! { span .row .tight { (state::counts(&list)) } }
}

/// What the list below is narrowed to.
struct Narrow<'a> {
    state: &'a str,
    grade: &'a str,
    /// Place of the chapter.
    chapter: Option<usize>,
    words: String,
}

impl<'a> Narrow<'a> {
    fn of(ask: &'a Ask) -> Result<Self, Fault> {
        let state = ask.query("state").unwrap_or_default();
        let grade = ask.query("grade").unwrap_or_default();
        if !["", "red", "amber", "green", "grey"].contains(&state) {
            return Err(Fault::Bad(format!("state is `{state}`; use red, amber, green or grey")));
        }
        if !grade.is_empty() && !Grade::ALL.iter().any(|known| known.name() == grade) {
            let names = Grade::ALL.map(Grade::name).join(", ");
            return Err(Fault::Bad(format!("grade is `{grade}`; use one of {names}")));
        }
        let chapter = ask.query("chapter").filter(|text| !text.is_empty());
        let wrong = |_| Fault::Bad("chapter is a number from 0".to_owned());
        let chapter = chapter.map(|text| text.parse().map_err(wrong)).transpose()?;
        Ok(Self { state, grade, chapter, words: ask.query("q").unwrap_or_default().trim().to_lowercase() })
    }

    fn fits(&self, row: &Row) -> bool {
        (self.state.is_empty() || row.state.name() == self.state)
            && (self.grade.is_empty() || row.grade.name() == self.grade)
            && self.chapter.is_none_or(|chapter| row.chapter == chapter)
            && (self.words.is_empty() || format!("{} {}", row.code, row.title).to_lowercase().contains(&self.words))
    }

    fn any(&self) -> bool {
        !(self.state.is_empty() && self.grade.is_empty() && self.chapter.is_none() && self.words.is_empty())
    }

    fn query(&self) -> String {
        let chapter = self.chapter.map_or_else(String::new, |chapter| chapter.to_string());
        format!("state={}&grade={}&chapter={chapter}&q={}", self.state, self.grade, encode(&self.words))
    }
}

fn coverage(ask: &Ask) -> Result<Coverage, Fault> {
    let framework = ask.record(ask.kind("framework")?, ask.param("id"))?;
    Ok(ask.app.desk.coverage(&ask.actor, framework.id, ask.now)?)
}

fn page(ask: &Ask) -> Result<Response, Fault> {
    let narrow = Narrow::of(ask)?;
    let coverage = coverage(ask)?;
    let id = coverage.framework.id;
    let here = format!("/coverage/{id}");
    let about = html! {
        (coverage.rows.len()) " requirements · as of " (time::of_day(coverage.as_of, &ask.app.desk.zone))
        @if let Some(edition) = coverage.framework.get("edition").as_text() { " · edition " (edition) }
    };
    let actions = html! {
        (Button::link("Framework", &format!("/r/framework/{id}")))
        @if ask.actor.access.may("engagement", "create") { (Button::link("Audit it", &format!("/engagements/new?framework=FRW-{id}"))) }
        (Button::link("CSV", &format!("{here}/export.csv")))
        (Button::link("Statement of applicability", &format!("{here}/export.xlsx")).key('x'))
    };
    let inner = html! {
        (header::header(coverage.framework.title(), &about, &actions))
        @if coverage.rows.is_empty() {
            (empty::empty("shield-check", "No requirement yet", "Import the framework's catalog or a table, or enter its requirements by hand.", &html! { (Button::link("Import", &format!("/frameworks/import?into=FRW-{id}"))) }))
        } @else {
            (grades(&coverage, &narrow))
            (heat(&coverage, &narrow))
            (list(ask, &coverage, &narrow))
        }
    };
    let address = format!("{here}?{}&from={}", narrow.query(), ask.query("from").unwrap_or_default());
    let body = htmx::live("coverage", KINDS, &address, &inner);
    Ok(ask.page(coverage.framework.title(), "coverage", Find::default(), &body).into_response())
}

/// How many rest on what kind of proof; each opens its rows.
fn grades(coverage: &Coverage, narrow: &Narrow<'_>) -> Markup {
    html! { section .tiles aria-label="By grade of proof" { @for grade in Grade::ALL {
        @let count = coverage.count(|row| row.grade == grade);
        a .tile href={ "/coverage/" (coverage.framework.id) "?grade=" (grade.name()) "#rows" } aria-current=[(narrow.grade == grade.name()).then_some("true")] {
            span .figure { (count) } span .sub { (grade.words()) }
        }
    } } }
}

fn heat(coverage: &Coverage, narrow: &Narrow<'_>) -> Markup {
    let here = format!("/coverage/{}", coverage.framework.id);
    panel::flush(
        "By chapter",
        &html! { (coverage.chapters.len()) " chapters" },
        &html! { table .cards .dense {
            caption .vh { "Chapters and how many of their requirements are in each state" }
            thead { tr { th { "Chapter" } th .num { "Requirements" } th { "State" } th { span .vh { "Counts" } } } }
            tbody { @for (at, chapter) in coverage.chapters.iter().enumerate() { tr aria-current=[(narrow.chapter == Some(at)).then_some("true")] {
                @let inside = |row: &Row| row.chapter == at;
                td .grow { a .link href={ (here) "?chapter=" (at) "#rows" } { @if chapter.requirement.is_some() { (chapter.code) " " (chapter.title) } @else { "Without a chapter" } } }
                td .num { (coverage.count(inside)) }
                td .bar { (bar(coverage, inside)) }
                td { (counts(coverage, &format!("&chapter={at}#rows"), inside)) }
            } } }
        } },
    )
}

fn list(ask: &Ask, coverage: &Coverage, narrow: &Narrow<'_>) -> Markup {
    let rows: Vec<&Row> = coverage.rows.iter().filter(|row| narrow.fits(row)).collect();
    let from = ask.query("from").and_then(|text| text.parse::<usize>().ok()).unwrap_or(0).min(rows.len());
    let shown = rows.get(from..rows.len().min(from + PAGE)).unwrap_or_default();
    let here = format!("/coverage/{}", coverage.framework.id);
    let at = |from: usize| format!("{here}?{}&from={from}#rows", narrow.query());
    let before = (from > 0).then(|| at(from.saturating_sub(PAGE)));
    let after = (from + PAGE < rows.len()).then(|| at(from + PAGE));
    let about = format!("{} to {} of {}", (from + 1).min(rows.len()), from + shown.len(), rows.len());
    let keeps = &[("state", narrow.state), ("grade", narrow.grade)];
    let aside = pager::find(
        &format!("{here}#rows"),
        ("Find a requirement", "Code or title"),
        keeps,
        &narrow.words,
        narrow.any().then_some(&here),
    );
    html! { div #rows { (panel::flush("Requirements", &aside, &html! {
        @if shown.is_empty() { p .pad .sub { "No requirement fits." } } @else {
            table .cards .tall {
                caption .vh { "Requirements, each with its state and the path to what shows it" }
                thead { tr { th { span .vh { "State" } } th { "Requirement" } th { "Proof" } th { "Path" } } }
                tbody { @for row in shown { tr {
                    td { (state::dot(mark(row.state))) }
                    td .grow { a .link href={ "/r/requirement/" (row.requirement) } { (row.code) } " " (row.title) div .sub { (row.why) } }
                    td { (grade(row.grade)) }
                    td { (path(ask, row)) }
                } } }
            }
            (pager::pager(&about, before.as_deref(), after.as_deref()))
        }
    })) } }
}

fn grade(grade: Grade) -> Markup {
    match grade {
        Grade::Measured => tag::grade(tag::Grade::Measured),
        Grade::Recorded => tag::grade(tag::Grade::Recorded),
        Grade::Attested => tag::grade(tag::Grade::Attested),
        Grade::Missing | Grade::NotApplicable => html! { span .sub { (grade.words()) } },
    }
}

/// The steps after the requirement itself, each a link to its record.
fn path(ask: &Ask, row: &Row) -> Markup {
    let name = |step: &Step| {
        let number = text::number(ask.app.desk.catalog(), step.kind.kind(), step.id);
        if step.label.is_empty() { number } else { step.label.clone() }
    };
    html! { @match row.path.get(1..) {
        None | Some([]) => { span .sub { "–" } },
        Some(steps) => { span .path { @for (at, step) in steps.iter().enumerate() {
            @if at > 0 { span .sub aria-hidden="true" { " › " } }
            a .link href={ "/r/" (step.kind.kind()) "/" (step.id) } { (name(step)) }
        } } },
    } }
}

fn export(ask: &Ask) -> Result<Response, Fault> {
    let coverage = coverage(ask)?;
    let format = Format::of(&ask.path)?;
    let (media, ending) = match format {
        Format::Csv => ("text/csv; charset=utf-8", "csv"),
        _ => ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
    };
    let name = format!("attachment; filename=\"applicability-FRW-{}.{ending}\"", coverage.framework.id);
    let (desk, actor) = (ask.app.desk.clone(), ask.actor.clone());
    let body = flow::body(move |out| desk.export_coverage(&actor, &coverage, format, out));
    Ok(([(http::CONTENT_TYPE, media.to_owned()), (http::CONTENT_DISPOSITION, name)], body).into_response())
}

fn by_program(ask: &Ask) -> Result<Response, Fault> {
    let coverage = coverage(ask)?;
    let number = |kind: &str, id: i64| text::number(ask.app.desk.catalog(), kind, id);
    let of = |state: State| coverage.count(|row| row.state == state);
    let states =
        json!({"red": of(State::Red), "amber": of(State::Amber), "green": of(State::Green), "grey": of(State::Grey)});
    let grades: serde_json::Map<String, serde_json::Value> = Grade::ALL
        .iter()
        .map(|grade| (grade.name().to_owned(), coverage.count(|row| row.grade == *grade).into()))
        .collect();
    let items: Vec<serde_json::Value> = coverage
        .rows
        .iter()
        .map(|row| {
            let path: Vec<String> = row.path.iter().map(|step| number(step.kind.kind(), step.id)).collect();
            json!({
                "requirement": number("requirement", row.requirement), "code": row.code, "title": row.title,
                "applies": row.applies, "state": row.state.name(), "grade": row.grade.name(), "why": row.why, "path": path,
            })
        })
        .collect();
    let body = json!({
        "framework": number("framework", coverage.framework.id), "as_of": coverage.as_of.to_string(),
        "states": states, "grades": grades, "items": items,
    });
    Ok(axum::Json(body).into_response())
}
