//! One held duty: statement, holders, measure with its offenders; and the list of all that are held.

use super::by_site::BySite;
use super::home::{mark, short};
use super::record::{move_button, move_dialog};
use super::show::Titles;
use crate::ask::Ask;
use crate::fault::Fault;
use crate::htmx;
use crate::layout::Find;
use crate::parts::{Button, dialog, header, keyvalue, panel, state, tag, time};
use crate::routes::{Route, Who};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use std::collections::{BTreeMap, HashMap};
use watchkeep_desk::duties::{Measured, State};
use watchkeep_desk::holding::Holding;
use watchkeep_desk::runs::{ByRuns, Done, Standing};
use watchkeep_model::resolve::{Column, Compare, Test};
use watchkeep_model::{Look, Record};
use watchkeep_store::List;

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/duties", Who::Person, all),
        Route::get("/duty/{id}", Who::Person, page),
        Route::get("/duty/{id}/body", Who::Person, |ask| Ok(body(ask)?.1.into_response())),
        Route::post("/duty/{id}/run", Who::Person, record_run),
    ]
}

fn page(ask: &Ask) -> Result<Response, Fault> {
    let (title, body) = body(ask)?;
    Ok(ask.page(&title, "duties", Find::default(), &body).into_response())
}

fn body(ask: &Ask) -> Result<(String, Markup), Fault> {
    let desk = &ask.app.desk;
    let held = ask.record(ask.kind("held_duty")?, ask.param("id"))?;
    let duty = held.get("duty").as_int().and_then(|id| desk.store.look().record("duty", id)).ok_or(Fault::Missing)?;
    let text = |field: &str| duty.get(field).as_text().unwrap_or_default().to_owned();
    let code = text("code");
    let found = desk.measure(&ask.actor, &code, held.get("site").as_int(), ask.now)?;
    let runs = runs_of(ask, &held)?;
    let stands = desk.by_runs(&held, &text("rhythm"), runs.first().cloned(), ask.now).filter(|_| found.is_none());
    let computed = found.as_ref().map(|found| found.state).or(stands.as_ref().map(|stands| stands.state));
    let holding = desk.holding(ask.now)?;
    let now = holding.state(&held, computed.unwrap_or(State::Grey));
    let grade = match runs.first().and_then(|run| run.choice("grade")) {
        _ if found.is_some() => Some(tag::Grade::Measured),
        Some("recorded") => Some(tag::Grade::Recorded),
        Some(_) => Some(tag::Grade::Attested),
        None => None,
    };
    let about = html! { (code) " · " (text("group")) " · " (text("rhythm")) };
    let marks = html! { (state::mark(mark(now), now.name())) @if let Some(grade) = grade { (tag::grade(grade)) } @if code == super::metrics::DUTY { (Button::link("SOC metrics", "/soc")) } @if may_record(ask) { (Button::open("Record a run", "record-run").go().key('r')) } };
    let inner = html! {
        (header::record_header(&held.number(), &short(duty.title()), &about, &marks))
        div .cols .two {
            div .stack {
                (panel::padded("Statement", &html! {}, &html! { p { (duty.title()) } }))
                @match &found {
                    Some(found) => (measure(ask, found)?),
                    None => (unmeasured(stands.as_ref(), &text("connect"), &text("measure"))),
                }
                (super::trend::panel(ask, &held)?)
                (runs_panel(ask, &runs))
            }
            div .stack {
                (panel::padded("Holders", &html! { a .link href={ "/r/held_duty/" (held.id) } { "Change" } }, &holders(ask, &held, &holding)?))
                (hand_over(ask, &held))
                (waivers(ask, &held, &holding)?)
            }
        }
    };
    let address = format!("/duty/{}/body", held.id);
    let asked = found.as_ref().map_or("person", |found| found.rows.0);
    let also = found.as_ref().and_then(|found| found.also.as_ref()).map_or("person", |also| also.0);
    Ok((
        format!("{code} {}", short(duty.title())),
        html! {
            (htmx::live("duty", &["held_duty", "duty_run", "waiver", "function", "task", asked, also], &address, &inner))
            @if may_record(ask) { (run_dialog(ask, &held, stands.as_ref())) }
            @if let Some(act) = held.kind.act("hand_over") { (move_dialog(ask, &held, act)) }
        },
    ))
}

fn may_record(ask: &Ask) -> bool {
    ask.actor.access.may("duty_run", "create")
}

/// The newest runs of a held duty, newest first.
fn runs_of(ask: &Ask, held: &Record) -> Result<Vec<Record>, Fault> {
    let Ok(kind) = ask.kind("duty_run") else { return Ok(Vec::new()) };
    let of = Test::Column(Column::Field("held"), Compare::OneOf(vec![held.id.into()]));
    Ok(ask.app.desk.store.list(&ask.actor, &List::of(kind).filtered(of).limited(12))?.records)
}

/// A duty that no data measures: what is owed by its rhythm, and what to do for data.
fn unmeasured(stands: Option<&ByRuns>, connect: &str, measure: &str) -> Markup {
    let title = if stands.is_some_and(|stands| stands.last.is_some()) { "By its rhythm" } else { "No data yet" };
    panel::padded(
        title,
        &html! { "not measured yet" },
        &html! {
            @if let Some(stands) = stands {
                p .figure { @match stands.standing {
                    Standing::Missed => { "Was due by " (stands.due.day) },
                    Standing::Late => { "Late since " (stands.due.day) },
                    Standing::Soon | Standing::Ahead => { "Due by " (stands.due.day) },
                } }
                p .sub { "Answers for " (stands.due.from) " to " (stands.due.to) ". Recording a run with its proof is what turns this green until the next one is due." }
            }
            p { b { "What to connect or enter: " } (connect) }
            p .sub { "Then this is measured: " (measure) }
        },
    )
}

fn runs_panel(ask: &Ask, runs: &[Record]) -> Markup {
    let titles = Titles::of(ask, runs);
    panel::flush(
        "Runs",
        &html! { (runs.len()) @if runs.len() == 12 { " newest" } },
        &html! {
            @if runs.is_empty() { p .pad .sub { "None recorded." } } @else {
                table .cards .tall {
                    caption .vh { "Runs, newest first" }
                    thead { tr { th { "Period" } th { "Proof" } th { "By" } th { "Grade" } th { "Approval" } } }
                    tbody { @for run in runs { tr {
                        @let text = |field: &str| run.get(field).as_text().unwrap_or_default();
                        td .id { a .link href={ "/r/duty_run/" (run.id) } { (text("period_end")) } }
                        td .grow { span .prose { (text("proof")) } @if !text("exception").is_empty() { div .sub { "Exception: " (text("exception")) } } }
                        td { (run.get("by").as_int().and_then(|id| titles.get("person", id)).unwrap_or("–")) }
                        td { (tag::grade(if run.choice("grade") == Some("recorded") { tag::Grade::Recorded } else { tag::Grade::Attested })) }
                        td { (super::record::state(run)) @if run.state() == Some("done") && ask.actor.access.may_on(run.kind, "approve", run) { " " (Button::post("Approve", &format!("/r/duty_run/{}/move/approve", run.id), ask.csrf()).small()) } }
                    } } }
                }
            }
        },
    )
}

fn run_dialog(ask: &Ask, held: &Record, stands: Option<&ByRuns>) -> Markup {
    let body = html! {
        @if let Some(stands) = stands { p .help { "For " (stands.due.from) " to " (stands.due.to) ", due by " (stands.due.day) "." } }
        div .field { label for="run-proof" { "Proof *" } textarea #run-proof name="proof" rows="3" required maxlength="4000" {} p .help { "What shows that it was done: a number such as TSK-4, a file, a place, what you saw." } }
        div .field { label for="run-exception" { "Exception" } textarea #run-exception name="exception" rows="2" maxlength="4000" {} p .help { "What was not as it should be." } }
        fieldset .field { legend { "Grade" }
            label .check { input type="radio" name="grade" value="recorded" checked; " Recorded: done here, with proof" }
            label .check { input type="radio" name="grade" value="attested"; " Attested: I say that it is done" }
        }
    };
    let action = format!("/duty/{}/run", held.id);
    dialog::form("record-run", "Record a run", &action, ask.csrf(), &body, &html! { (Button::submit("Record")) })
}

fn record_run(ask: &Ask) -> Result<Response, Fault> {
    let held = ask.record(ask.kind("held_duty")?, ask.param("id"))?;
    let given = |name: &str| ask.form(name).unwrap_or_default().to_owned();
    let done = Done { grade: given("grade"), proof: given("proof"), exception: given("exception") };
    ask.app.desk.record_run(&ask.actor, &held, &done, ask.now)?;
    Ok(super::go(&format!("/duty/{}", held.id)))
}

fn measure(ask: &Ask, found: &Measured) -> Result<Markup, Fault> {
    let rows: Vec<&Record> = found.offenders.iter().map(|offender| &offender.record).collect();
    let tasks = ask.app.desk.tasks_about(&ask.actor, &rows)?;
    let (kind, filter) = &found.rows;
    let rows = |kind: &str, filter: &str| format!("/r/{kind}?q={}", super::encode(filter));
    let link = rows(kind, filter);
    let aside = html! { "definition " (found.definition) " · as of " (time::of_day(found.as_of, &ask.app.desk.zone))
    @if let Some(fresh) = found.fresh { " · newest input " (time::ago(fresh, ask.now)) } };
    Ok(panel::padded(
        "Measure",
        &aside,
        &html! {
            p { (found.question) }
            p .figure { a .link href=(link) { (found.figure()) } " " (found.unit) @if let Some(percent) = found.percent() { " · " (percent) }
                @if let Some((kind, filter)) = &found.also { " · " a .link href=(rows(kind, filter)) { (ask.kind(kind).map_or(*kind, |kind| kind.plural)) } } }
            @if found.offenders.is_empty() {
                p .sub { @if found.fresh.is_some() { "No offender." } @else { "No input yet, so no state but grey." } }
            } @else {
                table .cards {
                    caption .vh { "Offending rows, oldest first" }
                    thead { tr { th { span .vh { "State" } } th { "Row" } th { "Why" } th { "Since" } th { span .vh { "Act" } } } }
                    tbody { @for offender in &found.offenders { tr {
                        td { (state::dot(if offender.red { mark(State::Red) } else { mark(State::Amber) })) }
                        td { a .link href={ "/r/" (offender.record.kind.name) "/" (offender.record.id) } { (offender.record.title()) } }
                        td .grow { (offender.why) (super::about::lines(tasks.get(&offender.record.number()))) }
                        td { @if let Some(since) = offender.since { (time::ago(since, ask.now)) } }
                        td { a .btn .small href=(super::about::new_task(&offender.record, &offender.why)) { "Task" } }
                    } } }
                }
            }
        },
    ))
}

fn holders(ask: &Ask, held: &Record, holding: &Holding) -> Result<Markup, Fault> {
    let desk = &ask.app.desk;
    let functions = desk.kind("function")?;
    let line = |letter: &str| -> Result<Markup, Fault> {
        let function = held.get(letter).as_int().and_then(|id| desk.store.get(&ask.actor, functions, id).ok());
        let person = holding.holder(held, letter).and_then(|id| desk.store.look().record("person", id));
        Ok(html! {
            @match (&function, &person) {
                (Some(function), Some(person)) => { (function.title()) " · " a .link href={ "/r/person/" (person.id) } { (person.title()) } },
                (Some(function), None) => { (function.title()) " · " (state::mark(mark(State::Red), "nobody")) },
                (None, Some(_)) => { "held" },
                (None, None) => (state::mark(mark(State::Red), "nobody")),
            }
        })
    };
    let many = |field: &str| {
        let found = desk.store.titles(&ask.actor, functions, held.get(field).ids()).unwrap_or_default();
        found.into_iter().map(|(_, title)| title).collect::<Vec<_>>().join(", ")
    };
    let informed = held.get("informed").ids().len();
    let own = held.get("deputy").as_int().and_then(|id| desk.store.get(&ask.actor, functions, id).ok());
    let deputy = html! {
        @if let Some(function) = &own { (function.title()) " " }
        @if holding.deputised(held) { @if own.is_none() { "of the function" } } @else { (state::mark(mark(State::Amber), "nobody")) }
    };
    Ok(html! {
        (keyvalue::keyvalue(&[
            ("Responsible", line("responsible")?),
            ("Accountable", line("accountable")?),
            ("Deputy", deputy),
            ("Consulted", html! { (many("consulted")) }),
            ("Informed", html! { (many("informed")) @if informed > 5 { " " (tag::toned("more than 5 (RU-07)", tag::Tone::Warning)) } }),
            ("Project", html! { (held.get("project").as_text().unwrap_or("none: it stands for the organisation")) }),
        ]))
    })
}

/// Who handed it over with which words, and whether its R has confirmed that they hold it (RU-38).
fn hand_over(ask: &Ask, held: &Record) -> Markup {
    let person = |field: &str| {
        let person = held.get(field).as_int().and_then(|id| ask.app.desk.store.look().record("person", id));
        person.map_or_else(|| "somebody".to_owned(), |person| person.title().to_owned())
    };
    let day = |field: &str| held.read::<jiff::Timestamp>(field).map(|at| at.to_zoned(ask.app.desk.zone.clone()).date());
    let confirmed = day("received_at");
    let acts = ["receive", "hand_over"].map(|name| held.kind.act(name));
    let shown = |act: &&watchkeep_model::Move| act.name != "receive" || confirmed.is_none();
    panel::padded(
        "Hand-over",
        &html! { @match confirmed { Some(_) => (state::mark(mark(State::Green), "confirmed")), None => (state::mark(mark(State::Amber), "not confirmed")) } },
        &html! {
            @match confirmed {
                Some(day) => { p { (person("received_by")) " confirmed on " (day) " that they hold it." } },
                None => { p .sub { "Whoever holds it has not confirmed it yet." } },
            }
            @if let Some(day) = day("handed_at") {
                p { (person("handed_by")) " handed it over on " (day) ":" }
                p .prose { (held.get("handover").as_text().unwrap_or_default()) }
            }
            div .row { @for act in acts.into_iter().flatten().filter(shown) { (move_button(ask, held, act)) } }
        },
    )
}

/// Waivers that are asked for or in force.
fn waivers(ask: &Ask, held: &Record, holding: &Holding) -> Result<Markup, Fault> {
    let Ok(kind) = ask.kind("waiver") else { return Ok(html! {}) };
    let filter = format!("held:HLD-{} state:asked,granted until>=today", held.id);
    let list = List::of(kind).filtered(ask.app.desk.filter(&ask.actor, kind, &filter, ask.now)?).limited(12);
    let found = ask.app.desk.store.list(&ask.actor, &list)?.records;
    let titles = Titles::of(ask, &found);
    let aside = html! {
        @if ask.actor.access.may("waiver", "create") { a .link href={ "/r/waiver/new?held=HLD-" (held.id) } { "Ask for one" } }
    };
    Ok(panel::padded(
        "Waiver",
        &aside,
        &html! {
            @match holding.waived(held) {
                Some(until) => { p { "Waived until " (until) ": neither green nor red meanwhile." } },
                None => { p .sub { "None in force." } },
            }
            ul .plain { @for one in &found { li {
                a .link href={ "/r/waiver/" (one.id) } { (one.number()) } " " (super::record::state(one)) " · until " (one.get("until").as_text().unwrap_or_default())
                " · asked by " (one.get("requester").as_int().and_then(|id| titles.get("person", id)).unwrap_or("–"))
                div .sub { (one.get("reason").as_text().unwrap_or_default()) }
            } } }
        },
    ))
}

/// Every held duty that the person sees, with what the catalogue says of it.
pub fn held(ask: &Ask) -> Result<Vec<(Record, Record)>, Fault> {
    let desk = &ask.app.desk;
    let Ok(kind) = ask.kind("held_duty") else { return Ok(Vec::new()) };
    let duties: HashMap<i64, Record> = desk.all("duty")?.into_iter().map(|duty| (duty.id, duty)).collect();
    let mut found = Vec::new();
    desk.each(&ask.actor, kind, Test::All, |held| {
        if let Some(duty) = held.get("duty").as_int().and_then(|id| duties.get(&id)) {
            found.push((held.clone(), duty.clone()));
        }
        Ok(())
    })?;
    Ok(found)
}

/// The same by the name of their area.
pub fn by_area(held: Vec<(Record, Record)>) -> BTreeMap<String, Vec<(Record, Record)>> {
    let mut areas: BTreeMap<String, Vec<(Record, Record)>> = BTreeMap::new();
    for (held, duty) in held {
        let area = duty.get("group").as_text().unwrap_or_default().to_owned();
        areas.entry(area).or_default().push((held, duty));
    }
    areas
}

/// The duties of an area, where none is held at a site: each with its figure.
fn by_figure(area: &str, rows: &[(Record, Record)]) -> Markup {
    html! {
        table .cards {
            caption .vh { (area) }
            thead .vh { tr { th { "State" } th { "Duty" } th { "Figure" } th { "Rhythm" } } }
            tbody { @for (held, duty) in rows { tr {
                @let now = State::of(held);
                td { (state::dot(mark(now))) }
                td .grow { a .link href={ "/duty/" (held.id) } { (duty.get("code").as_text().unwrap_or_default()) } " " (short(duty.title())) }
                td .sub { (held.get("figure").as_text().unwrap_or("no data")) }
                td .sub { (duty.get("rhythm").as_text().unwrap_or_default()) }
            } } }
        }
    }
}

/// Every held duty that the person sees, by area.
fn all(ask: &Ask) -> Result<Response, Fault> {
    ask.kind("held_duty")?;
    let areas = by_area(held(ask)?);
    let total: usize = areas.values().map(Vec::len).sum();
    let mut panels = Vec::new();
    for (area, rows) in &areas {
        let sites = BySite::of(ask, rows.iter().map(|(held, duty)| (held, duty)))?;
        let table = sites.map_or_else(|| by_figure(area, rows), |sites| sites.table(area));
        panels.push(html! { section .panel id=(area.replace(' ', "-")) { header { h2 { (area) } span .sub { (rows.len()) } } (table) } });
    }
    let body = html! {
        (header::header("Duties", &html! { (total) " held, in " (areas.len()) " areas" }, &html! { a .btn href="/r/held_duty" { "As a list" } }))
        @for panel in &panels { (panel) }
    };
    Ok(ask.page("Duties", "duties", Find::default(), &body).into_response())
}
