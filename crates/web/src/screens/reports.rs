//! The reports desk: what is due, drafts, and a report as it is read, signed and printed (RU-46, RU-50).

use super::go;
use super::home::{mark, short};
use super::record;
use crate::ask::Ask;
use crate::fault::Fault;
use crate::htmx;
use crate::layout::Find;
use crate::parts::{Button, State as Mark, empty, header, keyvalue, markdown, panel, state, time};
use crate::routes::{Route, Who};
use axum::http::header as http;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use maud::{Markup, html};
use std::collections::{BTreeMap, BTreeSet};
use watchkeep_desk::duties::State;
use watchkeep_desk::reports::{DueReport, PARTS, Period, RHYTHM, figures};
use watchkeep_model::{Record, Refusal};
use watchkeep_records::talk::Figure;
use watchkeep_store::List;

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/reports", Who::Person, |ask| Ok(desk(ask, None)?.into_response())),
        Route::post("/reports/draft", Who::Person, draft),
        Route::post("/reports/{id}/again", Who::Person, again),
        Route::get("/reports/{id}/report.pdf", Who::Person, pdf),
        Route::get("/reports/{id}/figures.xlsx", Who::Person, workbook),
    ]
}

/// Reports shown on the desk; all are one click away.
const SHOWN: usize = 20;

fn desk(ask: &Ask, wrong: Option<&str>) -> Result<Markup, Fault> {
    let kind = ask.kind("report")?;
    let recent = ask.app.desk.store.list(&ask.actor, &List::of(kind).limited(SHOWN))?.records;
    let actions = html! {
        (Button::link("All reports", "/r/report?q="))
        @if ask.actor.access.may("report", "create") { (Button::link("Write one by hand", "/r/report/new").key('c')) }
    };
    let inner = html! {
        (header::header("Reports", &html! { "Drafted from the data of their period, signed by a person, then frozen" }, &actions))
        @if let Some(wrong) = wrong { p .error role="alert" { (wrong) } }
        (due(ask)?)
        (panel::flush("Latest", &html! { (recent.len()) }, &listed(ask, &recent)))
    };
    let body = htmx::live("reports", &["report"], "/reports", &inner);
    Ok(ask.page(
        "Reports",
        "reports",
        Find { text: "", action: "/r/report", kind: Some("report"), ..Find::default() },
        &body,
    ))
}

/// What the calendar asks for: over the organisation, and at each site that one reports on.
fn due(ask: &Ask) -> Result<Markup, Fault> {
    let desk = &ask.app.desk;
    let mut rows = vec![("Organisation".to_owned(), desk.due_reports(&ask.actor, None, ask.now)?)];
    if let Ok(sites) = ask.kind("site") {
        let list = List::of(sites).limited(SHOWN);
        for site in desk.store.list(&ask.actor, &list)?.records {
            rows.push((site.title().to_owned(), desk.due_reports(&ask.actor, Some(site.id), ask.now)?));
        }
    }
    let may = ask.actor.access.may("report", "create");
    Ok(panel::flush(
        "Due",
        &html! { "the day, and the last whole week, month and quarter" },
        &html! { div .scroll tabindex="0" role="region" aria-label="Reports due" { table {
            caption .vh { "Reports due" }
            thead { tr { th scope="col" { "Where" } @for class in RHYTHM { th scope="col" { (label(ask, class)) } } } }
            tbody { @for (place, reports) in &rows { tr {
                th scope="row" { (place) }
                @for class in RHYTHM {
                    @match reports.iter().find(|one| one.period.class == class) {
                        Some(one) => td { (cell(ask, one, may)) },
                        None => td .sub { "not yours to see" },
                    }
                }
            } } }
        } } },
    ))
}

fn cell(ask: &Ask, due: &DueReport, may: bool) -> Markup {
    let Period { class, from, to, site } = &due.period;
    let days = if from == to { to.to_string() } else { format!("{from} to {to}") };
    html! {
        @match &due.report {
            Some(report) => {
                (state::mark(if report.state() == Some("draft") { Mark::Amber } else { Mark::Green }, report.state().unwrap_or_default()))
                " " a .link href={ "/r/report/" (report.id) } { (report.number()) }
                div .sub { (days) }
            }
            None => {
                (state::mark(if due.over { Mark::Amber } else { Mark::Grey }, "not written"))
                div .sub { (days) }
                @if may { form method="post" action="/reports/draft" {
                    input type="hidden" name="csrf" value=(ask.csrf());
                    input type="hidden" name="class" value=(class);
                    input type="hidden" name="from" value=(from);
                    input type="hidden" name="to" value=(to);
                    @if let Some(site) = site { input type="hidden" name="site" value=(site); }
                    (Button::submit_as("Draft", "do", "draft").small())
                } }
            }
        }
    }
}

fn label(ask: &Ask, class: &str) -> String {
    let kind = ask.app.desk.catalog().kind("report");
    let choice = kind.and_then(|kind| kind.field("class")?.choice(kind.choice_value("class", class).as_int()?));
    choice.map_or_else(|| class.to_owned(), |choice| choice.label.to_owned())
}

fn listed(ask: &Ask, reports: &[Record]) -> Markup {
    if reports.is_empty() {
        return empty::empty("report", "No report yet", "Draft the first one above, or write one by hand.", &html! {});
    }
    html! { table .cards {
        caption .vh { "Latest reports" }
        thead .vh { tr { th { "State" } th { "Report" } th { "Period ends" } th { "Signed" } } }
        tbody { @for report in reports { tr data-row data-href={ "/r/report/" (report.id) } {
            td { (record::state(report)) }
            td .grow { a href={ "/r/report/" (report.id) } { (report.number()) " " (report.title()) } }
            td .num { (report.get("period_end").as_text().unwrap_or_default()) }
            td .sub { @match report.read::<Timestamp>("signed") {
                Some(at) => (time::ago(at, ask.now)),
                None => "not signed",
            } }
        } } }
    } }
}

fn draft(ask: &Ask) -> Result<Response, Fault> {
    ask.kind("report")?;
    let given = |name: &str| ask.form(name).unwrap_or_default();
    let day = |name: &str| {
        let wrong = |_| Refusal::invalid(format!("`{}` is no day; write 2026-03-01", given(name))).at("period_start");
        given(name).parse::<jiff::civil::Date>().map_err(wrong)
    };
    let drafted = || -> Result<Record, Fault> {
        let site = match given("site") {
            "" => None,
            id => Some(ask.record(ask.kind("site")?, id)?.id),
        };
        let period = Period { class: given("class").to_owned(), from: day("from")?, to: day("to")?, site };
        Ok(ask.app.desk.draft_report(&ask.actor, &period, ask.now)?)
    };
    match drafted() {
        Ok(report) => Ok(go(&format!("/r/report/{}", report.id))),
        Err(fault @ Fault::Refused(_)) => Ok((fault.status(), desk(ask, Some(&fault.message()))?).into_response()),
        Err(other) => Err(other),
    }
}

fn again(ask: &Ask) -> Result<Response, Fault> {
    let report = ask.record(ask.kind("report")?, ask.param("id"))?;
    ask.app.desk.redraft_report(&ask.actor, &report, ask.now)?;
    Ok(go(&format!("/r/report/{}", report.id)))
}

fn pdf(ask: &Ask) -> Result<Response, Fault> {
    let report = ask.record(ask.kind("report")?, ask.param("id"))?;
    let made = ask.app.desk.report_pdf(&report, &base(ask), ask.now)?;
    Ok(download("application/pdf", &format!("{}.pdf", report.number()), made))
}

fn workbook(ask: &Ask) -> Result<Response, Fault> {
    let report = ask.record(ask.kind("report")?, ask.param("id"))?;
    let made = ask.app.desk.report_workbook(&report)?;
    let media = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    Ok(download(media, &format!("{}.xlsx", report.number()), made))
}

fn download(media: &str, name: &str, bytes: Vec<u8>) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    ([(http::CONTENT_TYPE, media.to_owned()), (http::CONTENT_DISPOSITION, disposition)], bytes).into_response()
}

/// Where this server is, as the browser knows it.
pub fn base(ask: &Ask) -> String {
    let scheme = if ask.app.settings.secure_cookies { "https" } else { "http" };
    ask.header("host").map_or_else(String::new, |host| format!("{scheme}://{host}"))
}

/// A report as it is read, in place of the generic page.
pub fn page(ask: &Ask) -> Result<Response, Fault> {
    let report = ask.record(ask.kind("report")?, ask.param("id"))?;
    let here = format!("/r/report/{}", report.id);
    let draft = report.state() == Some("draft");
    let about = html! { (record::state(&report)) " · " (report.get("period_start").as_text().unwrap_or_default()) " to " (report.get("period_end").as_text().unwrap_or_default()) };
    let files = format!("/reports/{}", report.id);
    let actions = html! {
        (record::buttons(ask, &report))
        @if draft && ask.actor.access.may_on(report.kind, "update", &report) {
            (Button::post("Draft again", &format!("{files}/again"), ask.csrf()))
        }
        (Button::link("PDF", &format!("{files}/report.pdf")))
        (Button::link("XLSX", &format!("{files}/figures.xlsx")))
    };
    let rows = figures(&report);
    let inner = html! {
        (header::record_header(&report.number(), report.title(), &about, &actions))
        div .cols .read {
            div .stack {
                @if draft { (empty::note(Mark::Amber, &html! { "A draft. Read it, change what is wrong, then sign: from then on it stays as it is." })) }
                @for (field, heading) in PARTS {
                    @if let Some(text) = report.get(field).as_text() {
                        section .panel .pad .doc { h2 { @if heading.is_empty() { "What happened" } @else { (heading) } } (markdown::read(text).body) }
                    }
                }
                @if !rows.is_empty() { (figures_panel(&rows)) (by_site(&rows)) }
                (record::attachments(ask, &report)?)
                (record::comments(ask, &report)?)
            }
            div .stack {
                (panel::padded("Signature", &html! {}, &signature(ask, &report)?))
                (record::history(ask, &report)?)
            }
        }
    };
    let body = html! { (htmx::live("record", &["report", "comment", "attachment"], &here, &inner)) (record::dialogs(ask, &report)) };
    record::framed(ask, &report, &body)
}

fn signature(ask: &Ask, report: &Record) -> Result<Markup, Fault> {
    let titles = super::show::Titles::of(ask, std::slice::from_ref(report));
    let field = |name: &str| {
        report
            .kind
            .field(name)
            .map_or_else(|| html! {}, |field| super::show::value(ask, &titles, field, report.get(name)))
    };
    let zone = &ask.app.desk.zone;
    let at = |name: &str| html! { @match report.read::<Timestamp>(name) { Some(at) => (time::exact(at, zone)), None => "not yet" } };
    Ok(keyvalue::keyvalue(&[
        ("Author", field("author")),
        ("Figures as of", at("as_of")),
        ("Signed by", field("signed_by")),
        ("Signed", at("signed")),
        ("Sent", at("sent")),
    ]))
}

/// One row a duty, as it stood; each leads to the duty as it stands.
fn figures_panel(rows: &[Figure]) -> Markup {
    let worst = |one: &&Figure| State::named(&one.state);
    let mut sorted: Vec<&Figure> = rows.iter().collect();
    sorted.sort_by_key(worst);
    let told: Vec<&&Figure> = sorted.iter().filter(|one| one.state != "grey").collect();
    let grey = rows.len() - told.len();
    panel::flush(
        "Figures",
        &html! { (rows.len()) " duties, frozen with the report" },
        &html! {
            table .cards .dense {
                caption .vh { "Figures of the report" }
                thead .vh { tr { th { "State" } th { "Duty" } th { "Figure" } th { "Before" } } }
                tbody { @for one in told { tr {
                    td { (state::dot(mark(State::named(&one.state)))) }
                    td .grow { a .link href=(one.link) { (one.code) @if !one.site.is_empty() { " " (one.site) } } " " (short(&one.what)) }
                    td .sub { (one.figure) }
                    td { @if !one.was.is_empty() && one.was != one.state { (state::mark(mark(State::named(&one.was)), "before")) } }
                } } }
            }
            @if grey > 0 { p .pad .sub { (grey) " more had no data; the workbook lists them." } }
        },
    )
}

/// The same measures side by side, where duties are held at several sites.
fn by_site(rows: &[Figure]) -> Markup {
    let sites: BTreeSet<&str> = rows.iter().map(|one| one.site.as_str()).filter(|site| !site.is_empty()).collect();
    if sites.len() < 2 {
        return html! {};
    }
    let mut duties: BTreeMap<&str, BTreeMap<&str, &Figure>> = BTreeMap::new();
    for one in rows.iter().filter(|one| !one.site.is_empty()) {
        duties.entry(&one.code).or_default().insert(&one.site, one);
    }
    panel::flush(
        "Sites compared",
        &html! { (sites.len()) " sites" },
        &html! { div .scroll tabindex="0" role="region" aria-label="Sites compared" { table .dense {
            caption .vh { "The same duties at each site" }
            thead { tr { th scope="col" { "Duty" } @for site in &sites { th scope="col" { (site) } } } }
            tbody { @for (code, at) in &duties { tr {
                th scope="row" { (code) }
                @for site in &sites { td { @match at.get(site) {
                    Some(one) => a href=(one.link) { (state::mark(mark(State::named(&one.state)), if one.figure.is_empty() { "no data" } else { &one.figure })) },
                    None => span .sub { "not held" },
                } } }
            } } }
        } } },
    )
}
