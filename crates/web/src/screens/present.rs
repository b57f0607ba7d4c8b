//! Who is at a site now: a part of its page, and the list that is printed to count people after an evacuation.

use super::show::Titles;
use crate::ask::Ask;
use crate::fault::Fault;
use crate::layout::Find;
use crate::parts::{Button, header, panel, tag, time};
use crate::routes::{Route, Who};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use maud::{Markup, html};
use watchkeep_desk::metrics::Spread;
use watchkeep_model::Record;

pub fn routes() -> Vec<Route> {
    vec![Route::get("/sites/{id}/present", Who::Person, page)]
}

/// One who is there.
struct Present {
    name: String,
    visit: bool,
    place: String,
    /// Who goes along with a visitor.
    host: String,
    since: Option<Timestamp>,
    /// They should have gone by now.
    late: bool,
}

fn present(ask: &Ask, site: &Record) -> Result<Vec<Present>, Fault> {
    let shifts = ask.app.desk.present(&ask.actor, site, ask.now)?;
    let titles = Titles::of(ask, &shifts);
    let title = |shift: &Record, field: &str, kind| {
        shift.get(field).as_int().and_then(|id| titles.get(kind, id)).unwrap_or("–").to_owned()
    };
    let one = |shift: &Record| {
        let visit = shift.choice("class") == Some("visit");
        let person = title(shift, "person", "person");
        let visitor = shift.get("visitor").as_text().map(str::to_owned).filter(|_| visit);
        Present {
            host: if visit { person.clone() } else { String::new() },
            name: visitor.unwrap_or(person),
            visit,
            place: title(shift, "place", "place"),
            since: shift.read("came"),
            late: visit && shift.read::<Timestamp>("ends").is_some_and(|ends| ends < ask.now),
        }
    };
    let mut all: Vec<Present> = shifts.iter().map(one).collect();
    all.sort_by_key(|one| one.name.to_lowercase());
    Ok(all)
}

pub fn below(ask: &Ask, site: &Record) -> Result<Markup, Fault> {
    Ok(html! { (now(ask, site)?) (alarms(ask, site)?) })
}

/// How fast somebody was there when an alarm rang, of the last 30 days.
fn alarms(ask: &Ask, site: &Record) -> Result<Markup, Fault> {
    let Ok(kind) = ask.kind("alert") else { return Ok(html! {}) };
    let filter = format!("site:{} response:any first_seen>=-30d", site.number());
    let mut took = Vec::new();
    ask.app.desk.each(&ask.actor, kind, ask.app.desk.filter(&ask.actor, kind, &filter, ask.now)?, |alert| {
        took.extend(alert.get("response").as_int());
        Ok(())
    })?;
    let Some(spread) = Spread::of(took) else { return Ok(html! {}) };
    let times = [("mean", spread.mean), ("median", spread.median), ("nine of ten within", spread.p90)];
    let words: Vec<String> = times.map(|(word, seconds)| format!("{word} {}", super::metrics::took(seconds))).into();
    Ok(panel::padded(
        "Alarms answered, 30 days",
        &html! {},
        &html! { p .figure { a .link href={ "/alerts?q=" (super::show::encode(&filter)) } { (spread.count) } } p .sub { "Until somebody was there: " (words.join(", ")) } },
    ))
}

fn now(ask: &Ask, site: &Record) -> Result<Markup, Fault> {
    if !ask.actor.access.may("shift", "read") {
        return Ok(html! {});
    }
    let all = present(ask, site)?;
    let visitors = all.iter().filter(|one| one.visit).count();
    let late = all.iter().filter(|one| one.late).count();
    Ok(panel::padded(
        "On site now",
        &html! { (Button::link("Evacuation list", &format!("/sites/{}/present", site.id))) },
        &html! {
            p .figure { (all.len()) }
            p .sub { (visitors) @if visitors == 1 { " visitor, " } @else { " visitors, " } (all.len() - visitors) " on shift" @if late > 0 { " · " (tag::toned(&format!("overstayed {late}"), tag::Tone::Warning)) } }
        },
    ))
}

fn page(ask: &Ask) -> Result<Response, Fault> {
    let site = ask.record(ask.kind("site")?, ask.param("id"))?;
    ask.kind("shift")?;
    let all = present(ask, &site)?;
    let zone = &ask.app.desk.zone;
    let about = html! { (time::exact(ask.now, zone)) " · " (all.len()) " present, as far as they were clocked in" };
    let body = html! {
        (header::header(&format!("Evacuation list: {}", site.title()), &about, &html! { (Button::link("Back to the site", &format!("/r/site/{}", site.id)).key('b')) }))
        section .panel {
            @if all.is_empty() { p .pad .sub { "Nobody is clocked in." } } @else {
                table .cards {
                    caption .vh { "Everybody who is on site" }
                    thead { tr { th { "Seen" } th { "Name" } th { "Who" } th { "Where" } th { "Goes along" } th { "Since" } } }
                    tbody { @for one in &all { tr {
                        td { "☐" }
                        td .grow { b { (one.name) } @if one.late { " " (tag::toned("overstayed", tag::Tone::Warning)) } }
                        td { @if one.visit { "visitor" } @else { "on shift" } }
                        td { (one.place) }
                        td { @if !one.host.is_empty() { span .oncard { "with " } (one.host) } }
                        td { @if let Some(since) = one.since { (time::exact(since, zone)) } }
                    } } }
                }
            }
        }
    };
    Ok(ask.page(&format!("Evacuation list {}", site.title()), "sites", Find::default(), &body).into_response())
}
