//! An engagement: opened from a framework, what it asks and how far that has come, links for outsiders, its closings.

use super::form;
use super::record::{attachments, buttons, comments, dialogs, fields, framed, history, state as state_of};
use super::show::{Titles, encode};
use crate::ask::Ask;
use crate::fault::Fault;
use crate::flow;
use crate::htmx;
use crate::layout::Find;
use crate::parts::{Button, State as Mark, empty, header, pager, panel, state, time};
use crate::routes::{Route, Who};
use axum::http::header as http;
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use maud::{Markup, html};
use watchkeep_desk::engagements::{Line, Opened, Wanted};
use watchkeep_model::{Field, Kind, Record, Value, text};
use watchkeep_records::assure::{Invitation, invitations, sealing};

/// Lines on a page.
const PAGE: usize = 50;
/// What an engagement is opened with.
const ASKS: &[&str] = &["title", "class", "framework", "lead", "scope", "site", "party", "starts", "due"];
/// Kinds whose changes show on its page.
const KINDS: &[&str] = &["engagement", "engagement_item", "comment", "attachment"];

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/engagements/new", Who::Person, |ask| Ok(new(ask, None)?.into_response())),
        Route::post("/engagements/new", Who::Person, open),
        Route::post("/engagements/{id}/put", Who::Person, put),
        Route::get("/engagements/{id}/package.zip", Who::Api, package),
    ]
}

fn asked(kind: &'static Kind) -> impl Iterator<Item = &'static Field> {
    ASKS.iter().filter_map(|name| kind.field(name))
}

fn new(ask: &Ask, error: Option<&str>) -> Result<Markup, Fault> {
    let kind = ask.kind("engagement")?;
    let names = ask.app.desk.store.names(&ask.actor);
    let given = |field: &Field| {
        let typed = ask.form(field.name).or_else(|| ask.query(field.name));
        typed.and_then(|typed| text::parse(ask.app.desk.catalog(), &names, field, typed).ok()).unwrap_or(Value::Null)
    };
    let body = html! {
        (header::header("Open an engagement", &html! { "It asks everything that may apply in its framework" }, &html! { (Button::link("All of them", "/r/engagement").key('b')) }))
        (panel::padded("What and who", &html! {}, &html! {
            form .stack method="post" action="/engagements/new" {
                input type="hidden" name="csrf" value=(ask.csrf());
                @if let Some(error) = error { p .error role="alert" { (error) } }
                @for field in asked(kind) { (form::input(ask, field, &given(field), None, ["title", "class", "framework"].contains(&field.name))) }
                div { (Button::submit("Open it")) }
            }
        }))
    };
    Ok(ask.page("Open an engagement", "engagements", Find::default(), &body))
}

fn open(ask: &Ask) -> Result<Response, Fault> {
    let kind = ask.kind("engagement")?;
    let made = form::values(ask, asked(kind))
        .map_err(Fault::from)
        .and_then(|values| Ok(ask.app.desk.open_engagement(&ask.actor, values, ask.now)?));
    match made {
        Ok(made) => Ok(super::go(&format!("/r/engagement/{}", made.id))),
        Err(fault @ Fault::Refused(_)) => Ok((fault.status(), new(ask, Some(&fault.message()))?).into_response()),
        Err(other) => Err(other),
    }
}

/// Puts what was ticked, or all that the filter shows, to somebody.
fn put(ask: &Ask) -> Result<Response, Fault> {
    let engagement = ask.record(ask.kind("engagement")?, ask.param("id"))?;
    let item = ask.kind("engagement_item")?;
    let given = form::values(ask, ["respondent", "due"].iter().filter_map(|name| item.field(name)))?;
    let value = |name: &str| given.iter().find(|(field, _)| field == name).map(|(_, value)| value);
    let respondent = value("respondent").and_then(Value::as_int);
    let due = value("due").and_then(Value::as_text).and_then(|text| text.parse::<Date>().ok());
    let ids: Vec<i64> = match ask.form("which") {
        Some("all") => {
            let opened = ask.app.desk.engagement(&ask.actor, engagement.id, ask.now)?;
            let wanted = Wanted { from: 0, most: usize::MAX, ..wanted(ask, Ask::form)? };
            let (lines, _) = ask.app.desk.lines(&ask.actor, &opened, &wanted)?;
            lines.iter().filter_map(|line| line.requirement).collect()
        }
        _ => {
            let ticked = ask.form_fields().iter().filter(|(name, _)| name == "requirement");
            ticked.filter_map(|(_, value)| value.parse().ok()).collect()
        }
    };
    if ids.is_empty() {
        return Err(Fault::Bad("tick what is to be asked first".to_owned()));
    }
    let written = ask.app.desk.put_to(&ask.actor, &engagement, &ids, (respondent, due), ask.now)?;
    if let (Some("open"), [one]) = (ask.query("then"), written.as_slice()) {
        return Ok(super::go(&format!("/r/engagement_item/{}", one.record.id)));
    }
    Ok(super::go(&format!("/r/engagement/{}?state=open#items", engagement.id)))
}

fn package(ask: &Ask) -> Result<Response, Fault> {
    let engagement = ask.record(ask.kind("engagement")?, ask.param("id"))?;
    let package = ask.app.desk.package(&ask.actor, &engagement)?;
    let name = format!("attachment; filename=\"{}\"", package.name);
    let desk = ask.app.desk.clone();
    let body = flow::body(move |out| desk.write_package(&package, out));
    Ok(([(http::CONTENT_TYPE, "application/zip".to_owned()), (http::CONTENT_DISPOSITION, name)], body).into_response())
}

/// What the list is narrowed to, from the address or a form.
fn wanted<'a>(ask: &'a Ask, get: fn(&'a Ask, &str) -> Option<&'a str>) -> Result<Wanted, Fault> {
    let one = |name: &str, known: &[&str]| {
        let typed = get(ask, name).unwrap_or_default();
        if typed.is_empty() || known.contains(&typed) {
            return Ok(typed.to_owned());
        }
        Err(Fault::Bad(format!("{name} is `{typed}`; use {}", known.join(", "))))
    };
    Ok(Wanted {
        state: one("state", &["bare", "open", "answered", "accepted"])?,
        result: one("result", &["met", "partly", "not_met", "not_applicable"])?,
        words: get(ask, "q").unwrap_or_default().to_owned(),
        from: get(ask, "from").and_then(|text| text.parse().ok()).unwrap_or(0),
        most: PAGE,
    })
}

/// Its own page, in place of the generic one.
pub fn page(ask: &Ask) -> Result<Response, Fault> {
    let engagement = ask.record(ask.kind("engagement")?, ask.param("id"))?;
    let opened = ask.app.desk.engagement(&ask.actor, engagement.id, ask.now)?;
    let wanted = wanted(ask, Ask::query)?;
    let about = html! { (state_of(&engagement)) " · " (show_class(&engagement)) " · changed " (time::ago(engagement.updated, ask.now)) };
    let titles = Titles::of(ask, std::slice::from_ref(&engagement));
    let inner = html! {
        (header::record_header(&engagement.number(), engagement.title(), &about, &buttons(ask, &engagement)))
        (tiles(&opened))
        div .cols .read {
            div .stack {
                (items(ask, &opened, &wanted)?)
                (links(ask, &engagement)?)
                (closings(ask, &engagement))
                (panel::padded("Details", &html! { "version " (engagement.version) }, &fields(ask, &engagement, &titles)))
                (attachments(ask, &engagement)?)
                (comments(ask, &engagement)?)
            }
            (history(ask, &engagement)?)
        }
    };
    let address = format!("/r/engagement/{}?{}&from={}", engagement.id, narrowed(&wanted), wanted.from);
    let body = html! { (htmx::live("record", KINDS, &address, &inner)) (dialogs(ask, &engagement)) };
    framed(ask, &engagement, &body)
}

fn show_class(engagement: &Record) -> &'static str {
    let class = engagement.kind.field("class").zip(engagement.get("class").as_int());
    class.and_then(|(field, code)| field.choice(code)).map_or("", |choice| choice.label)
}

fn narrowed(wanted: &Wanted) -> String {
    format!("state={}&result={}&q={}", wanted.state, wanted.result, encode(&wanted.words))
}

/// Counts, each a link to its lines.
fn tiles(opened: &Opened) -> Markup {
    let here = format!("/r/engagement/{}", opened.engagement.id);
    let progress = &opened.progress;
    let list = [
        ("state=bare", progress.bare, "not put to anybody"),
        ("state=open", progress.open, "open"),
        ("state=answered", progress.answered, "answered"),
        ("state=accepted", progress.accepted, "accepted"),
        ("result=not_met", progress.not_met, "not met"),
    ];
    html! { @if progress.asked > 0 { section .tiles aria-label="How far it has come" {
        a .tile href={ (here) "#items" } { span .figure { (progress.asked) } span .sub { "asked" } }
        @for (query, count, words) in list { a .tile href={ (here) "?" (query) "#items" } { span .figure { (count) } span .sub { (words) } } }
    } } }
}

fn items(ask: &Ask, opened: &Opened, wanted: &Wanted) -> Result<Markup, Fault> {
    let engagement = &opened.engagement;
    let here = format!("/r/engagement/{}", engagement.id);
    let (lines, total) = ask.app.desk.lines(&ask.actor, opened, wanted)?;
    let records: Vec<Record> = lines.iter().filter_map(|line| line.item.clone()).collect();
    let titles = Titles::of(ask, &records);
    let may = ask.actor.access.may("engagement_item", "create")
        && !matches!(engagement.state(), Some("closed" | "cancelled"));
    let at = |from: usize| format!("{here}?{}&from={from}#items", narrowed(wanted));
    let before = (wanted.from > 0).then(|| at(wanted.from.saturating_sub(PAGE)));
    let after = (wanted.from + PAGE < total).then(|| at(wanted.from + PAGE));
    let about = format!("{} to {} of {total}", (wanted.from + 1).min(total), wanted.from + lines.len());
    let any = !(wanted.state.is_empty() && wanted.result.is_empty() && wanted.words.is_empty());
    let keeps = &[("state", wanted.state.as_str()), ("result", wanted.result.as_str())];
    let aside = pager::find(
        &format!("{here}#items"),
        ("Find a question", "Code or title"),
        keeps,
        &wanted.words,
        any.then_some(here.as_str()),
    );
    let inner = html! {
        @if lines.is_empty() {
            @if any { p .pad .sub { "Nothing fits." } }
            @else { (empty::empty("clipboard-check", "It asks nothing yet", "Take over what its framework asks, or add items one by one.", &html! { @if may { (Button::link("Add an item", &format!("/r/engagement_item/new?engagement=ENG-{}", engagement.id))) } })) }
        } @else {
            table .cards .tall {
                caption .vh { "What is asked, with answers" }
                thead { tr { @if may { th { span .vh { "Choose" } } } th { "State" } th { "Question" } th { "Who" } th { "Due" } } }
                tbody { @for line in &lines { (row(ask, engagement, line, &titles, may)) } }
            }
            (pager::pager(&about, before.as_deref(), after.as_deref()))
        }
    };
    let body = if may && !lines.is_empty() {
        html! { form #put method="post" action={ "/engagements/" (engagement.id) "/put" } {
            input type="hidden" name="csrf" value=(ask.csrf());
            input type="hidden" name="state" value=(wanted.state);
            input type="hidden" name="result" value=(wanted.result);
            input type="hidden" name="q" value=(wanted.words);
            (inner)
            (who(ask, total)?)
        } }
    } else {
        inner
    };
    Ok(html! { div #items { (panel::flush("What it asks", &aside, &body)) } })
}

/// To whom the ticked lines, or all of them, are put.
fn who(ask: &Ask, total: usize) -> Result<Markup, Fault> {
    let kind = ask.kind("engagement_item")?;
    let input = |name: &str| kind.field(name).map(|field| form::input(ask, field, &Value::Null, None, false));
    Ok(html! {
        details .pad {
            summary { "Put questions to somebody" }
            div .stack {
                @for name in ["respondent", "due"] { @if let Some(input) = input(name) { (input) } }
                div .row {
                    (Button::submit_as("Put the ticked ones to them", "which", "ticked"))
                    (Button::submit_as("Put all that are open to them", "which", "all"))
                }
                p .sub { "All that are open: those of the " (total) " on this list that nobody has answered." }
            }
        }
    })
}

fn row(ask: &Ask, engagement: &Record, line: &Line, titles: &Titles, may: bool) -> Markup {
    let today = ask.now.to_zoned(ask.app.desk.zone.clone()).date();
    let late = |item: &Record| item.state() == Some("open") && item.read::<Date>("due").is_some_and(|due| due < today);
    html! {
        tr {
            @if may { td { @if let Some(id) = line.requirement { @if line.item.as_ref().is_none_or(|item| item.state() == Some("open")) {
                input .tick type="checkbox" name="requirement" value=(id) aria-label={ "Choose " (line.title) };
            } } } }
            td { (standing(line, late)) }
            td .grow {
                @match (&line.item, line.requirement) {
                    (Some(item), _) => { a .link href={ "/r/engagement_item/" (item.id) } { (line.title) } @if !item.get("finding").is_empty() { " " span .sub { "has a finding" } } },
                    (None, Some(id)) => { a .link href={ "/r/requirement/" (id) } { (line.title) } },
                    (None, None) => { (line.title) },
                }
            }
            td { @if let Some(id) = line.item.as_ref().and_then(|item| item.get("respondent").as_int()) { (titles.get("person", id).unwrap_or("–")) } }
            td { @match line.item.as_ref().and_then(|item| item.read::<Date>("due")) { Some(due) => { time { (due) } }, None if may && line.item.is_none() => { (answer_it(engagement, line)) }, None => {} } }
        }
    }
}

/// Makes the item of one requirement and opens it; outside the form of the whole list.
fn answer_it(engagement: &Record, line: &Line) -> Markup {
    html! { @if let Some(id) = line.requirement {
        button .btn .small type="submit" name="requirement" value=(id) formaction={ "/engagements/" (engagement.id) "/put?then=open" } { "Answer" span .vh { " " (line.title) } }
    } }
}

fn standing(line: &Line, late: impl Fn(&Record) -> bool) -> Markup {
    let Some(item) = &line.item else { return state::mark(Mark::Grey, "asked") };
    match (item.state(), item.choice("result")) {
        (Some("open"), _) if late(item) => state::mark(Mark::Red, "overdue"),
        (Some("open"), _) => state::mark(Mark::Grey, "open"),
        (_, Some("met")) => state::mark(Mark::Green, "met"),
        (_, Some("partly")) => state::mark(Mark::Amber, "partly"),
        (_, Some("not_met")) => state::mark(Mark::Red, "not met"),
        _ => state::mark(Mark::Grey, "not applicable"),
    }
}

/// Links for those who answer from outside; shown to whoever may give one.
fn links(ask: &Ask, engagement: &Record) -> Result<Markup, Fault> {
    let given = invitations(engagement);
    if given.is_empty() || !ask.actor.access.may_on(engagement.kind, "update", engagement) {
        return Ok(html! {});
    }
    let titles = Titles::of(ask, std::slice::from_ref(engagement));
    let host = ask.header("host").unwrap_or("localhost");
    let scheme = if ask.app.settings.secure_cookies { "https" } else { "http" };
    let good = |one: &Invitation| one.revoked.is_none() && one.until > ask.now;
    // Whoever has a link can answer in its person's name: only who made it sees it again.
    let own = |one: &Invitation| one.by.map(|by| by.id) == ask.actor.person;
    let mut shown = Vec::new();
    for one in given.iter().rev() {
        let link = if good(one) && own(one) { Some(ask.app.desk.answer_link(engagement, one, ask.now)?) } else { None };
        shown.push((one, link));
    }
    Ok(panel::flush(
        "Answers by link",
        &html! { "each shows only what was put to its person" },
        &html! { table .cards .tall {
            caption .vh { "Links given out" }
            thead { tr { th { "Who" } th { "Link" } th { "Until" } th { span .vh { "Act" } } } }
            tbody { @for (one, link) in &shown { tr {
                td { (one.person.and_then(|person| titles.get("person", person.id)).unwrap_or("–")) }
                td .grow { @match link {
                    Some(link) => { code .break { (scheme) "://" (host) "/answer/" (link) } },
                    None => { span .sub { @if one.revoked.is_some() { "withdrawn" } @else if good(one) { "seen by who made it" } @else { "over" } } },
                } }
                td { (time::exact(one.until, &ask.app.desk.zone)) }
                td { @if good(one) {
                    form .inline method="post" action={ "/r/engagement/" (engagement.id) "/move/withdraw" } {
                        input type="hidden" name="csrf" value=(ask.csrf());
                        input type="hidden" name="link" value=(one.key);
                        (Button::submit_as("Withdraw", "go", "1").small())
                    }
                } }
            } } }
        } },
    ))
}

/// Each closing with what it sealed.
fn closings(ask: &Ask, engagement: &Record) -> Markup {
    let seals = sealing::seals(engagement);
    html! { @if let Some(last) = seals.last() {
        (panel::flush("Sealed", &html! { (Button::link("Package", &format!("/engagements/{}/package.zip", engagement.id)).small().key('x')) }, &html! {
            table .cards .tall {
                caption .vh { "Closings" }
                thead { tr { th { "When" } th { "Items" } th { "SHA-256 of the manifest" } } }
                tbody { @for seal in seals.iter().rev() { tr { td { (time::exact(seal.at, &ask.app.desk.zone)) } td .num { (seal.items) } td .grow { code .break { (seal.root) } } } } }
            }
            p .pad .sub { "Checked without a server: " code .break { "watchkeep verify " (engagement.number()) "-" (last.root.get(..12).unwrap_or_default()) ".zip --root " (last.root) } }
        }))
    } }
}
