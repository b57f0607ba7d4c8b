//! Importing a framework: an OSCAL catalog or profile, or a table of requirements; tried first, then written.

use crate::ask::{Ask, Part};
use crate::fault::Fault;
use crate::layout::Find;
use crate::parts::{Button, header, keyvalue, panel};
use crate::routes::{Route, Who};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde_json::json;
use watchkeep_desk::frameworks::starters::STARTERS;
use watchkeep_desk::frameworks::{File, FrameworkReport, Outcome};

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/frameworks/import", Who::Person, |ask| Ok(page(ask, &html! {})?.into_response())),
        Route::post("/frameworks/import", Who::Person, import),
        Route::post("/frameworks/starters/{key}", Who::Person, start),
        Route::post("/api/import/framework", Who::Api, by_program),
    ]
}

fn page(ask: &Ask, outcome: &Markup) -> Result<Markup, Fault> {
    ask.kind("framework")?;
    let body = html! {
        (header::header("Import a framework", &html! { "OSCAL catalogs and profiles, or a table of requirements; all of it or nothing" }, &html! { (Button::link("Coverage", "/coverage").key('b')) }))
        (outcome)
        (panel::padded("File", &html! {}, &html! {
            form .stack method="post" action={ "/frameworks/import?csrf=" (ask.csrf()) } enctype="multipart/form-data" {
                div .field {
                    label for="file" { "Catalog, profile or table *" }
                    input #file type="file" name="file" accept=".json,.csv,.xlsx" required;
                    p .help { "OSCAL in JSON, versions 1.0.0 to 1.1.x; or CSV or XLSX whose first row names the columns " code { "code" } ", " code { "title" } ", and if you like " code { "text" } ", " code { "parent" } " (a code), " code { "chapter" } ", " code { "withdrawn" } "." }
                }
                div .field {
                    label for="along" { "What a profile imports" }
                    input #along type="file" name="along" accept=".json" multiple;
                    p .help { "The catalogs and profiles that the profile names. Nothing is fetched from addresses." }
                }
                div .field {
                    label for="into" { "Framework" }
                    input #into type="text" name="into" maxlength="200" value=(ask.query("into").unwrap_or_default());
                    p .help { "Its number, such as FRW-3, or its title. Left empty, the file says; a framework of that title is brought up to date." }
                }
                div .row {
                    button .btn type="submit" name="mode" value="dry" { "Try without changing anything" }
                    button .btn .go type="submit" name="mode" value="real" { "Import" }
                }
            }
        }))
        (starters(ask))
    };
    Ok(ask.page("Import a framework", "coverage", Find::default(), &body))
}

/// What ships with Watchkeep.
fn starters(ask: &Ask) -> Markup {
    panel::padded(
        "Or begin with one that is here",
        &html! {},
        &html! { @for starter in STARTERS {
            p { b { (starter.title) } ". " (starter.about) }
            div { (Button::post("Turn it on", &format!("/frameworks/starters/{}", starter.key), ask.csrf())) }
        } },
    )
}

fn start(ask: &Ask) -> Result<Response, Fault> {
    ask.kind("framework")?;
    let key = ask.param("key");
    if !STARTERS.iter().any(|starter| starter.key == key) {
        return Err(Fault::Missing);
    }
    let report = ask.app.desk.start_framework(&ask.actor, key, ask.now)?;
    Ok(super::go(&report.record.map_or("/coverage".to_owned(), |id| format!("/coverage/{id}"))))
}

/// Reads the parts of the form and imports.
fn run(ask: &Ask) -> Result<(FrameworkReport, bool), Fault> {
    ask.kind("framework")?;
    let parts = ask.parts()?;
    let text = |name: &str| {
        let part = parts.iter().find(|part| part.name == name);
        part.map(|part| String::from_utf8_lossy(&part.bytes).trim().to_owned()).unwrap_or_default()
    };
    let given =
        |name: &str| -> Vec<&Part> { parts.iter().filter(|part| part.name == name && !part.file.is_empty()).collect() };
    let [file] = given("file")[..] else { return Err(Fault::Bad("choose one file as `file`".to_owned())) };
    let dry = match text("mode").as_str() {
        "dry" => true,
        "" | "real" => false,
        other => return Err(Fault::Bad(format!("mode is `{other}`; use dry or real"))),
    };
    let along: Vec<File<'_>> = given("along").iter().map(|part| (part.file.as_str(), &part.bytes[..])).collect();
    let outcome = if dry { Outcome::Try } else { Outcome::Keep };
    let into = text("into");
    let report =
        ask.app.desk.import_framework(&ask.actor, (&file.file, &file.bytes), &along, Some(&into), outcome, ask.now)?;
    Ok((report, dry))
}

fn import(ask: &Ask) -> Result<Response, Fault> {
    let fault = match run(ask) {
        Ok((report, dry)) => return Ok(page(ask, &outcome(&report, dry))?.into_response()),
        Err(fault @ (Fault::Bad(_) | Fault::Refused(_))) => fault,
        Err(other) => return Err(other),
    };
    let wrong = html! { p .error role="alert" { (fault.message()) } };
    Ok((fault.status(), page(ask, &wrong)?).into_response())
}

fn outcome(report: &FrameworkReport, dry: bool) -> Markup {
    let would = if dry { "would be " } else { "" };
    let title = if dry { "Nothing was changed" } else { "Imported" };
    let aside =
        html! { @if let Some(id) = report.record { a .link href={ "/coverage/" (id) } { "Open its coverage" } } };
    let counts = keyvalue::keyvalue(&[
        ("Framework", html! { (report.framework) " " (report.edition) }),
        (
            "In the file",
            html! { (report.chapters) " chapters, " (report.current) " requirements in force, " (report.withdrawn) " withdrawn" },
        ),
        (
            "Requirements",
            html! { b { (report.created) } " " (would) "created · " b { (report.updated) } " " (would) "updated · " (report.unchanged) " unchanged" },
        ),
        ("No longer in it", html! { (report.gone) " " (would) "marked as withdrawn; none is deleted" }),
        ("Mappings", html! { (report.mapped) " " (would) "made to the catalog's own lines" }),
    ]);
    html! {
        (panel::padded(title, &aside, &html! {
            (counts)
            @for note in &report.notes { p .sub { "Note: " (note) "." } }
        }))
        @if !report.changes.is_empty() {
            (panel::flush("What changes", &html! { "the first " (report.changes.len()) }, &html! {
                div .scroll { table .cards {
                    caption .vh { "Lines that change" }
                    thead { tr { th { "Code" } th { "Title" } th { "What" } } }
                    tbody { @for (code, title, what) in &report.changes { tr { td .id { (code) } td .grow { (title) } td { (what) } } } }
                } }
            }))
        }
    }
}

fn by_program(ask: &Ask) -> Result<Response, Fault> {
    let (report, dry) = run(ask)?;
    let number = report.record.map(|id| format!("FRW-{id}"));
    let body = json!({
        "framework": number, "title": report.framework, "edition": report.edition, "dry": dry,
        "chapters": report.chapters, "current": report.current, "withdrawn": report.withdrawn,
        "created": report.created, "updated": report.updated, "unchanged": report.unchanged,
        "gone": report.gone, "mapped": report.mapped, "notes": report.notes,
    });
    Ok((StatusCode::OK, axum::Json(body)).into_response())
}
