//! Work due today: what offends, what is owed and what is one's own, each with its actions and their keys.

use super::{Held, MEASURES, mark, short};
use crate::ask::Ask;
use crate::fault::Fault;
use crate::parts::{Button, State as Mark, empty, state};
use crate::screens::about::new_task;
use crate::screens::record::keyed;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use std::collections::HashSet;
use watchkeep_desk::duties::State;
use watchkeep_model::Record;

/// Texts to read that are named among the work of today.
const READ: usize = 4;

/// Work that waits for this person.
struct Due {
    mark: Mark,
    title: String,
    about: String,
    when: String,
    link: String,
    act: &'static str,
    /// What it is, where it can be acted on from here.
    record: Option<Record>,
}

impl Due {
    /// What tells its row from others: the duty that asks for it, or its number, and where it leads.
    fn key(&self) -> String {
        let asks = self.about.split(' ').next().unwrap_or_default();
        format!("due-{asks}{}", self.link.replace('/', "-"))
    }
}

/// What can be done at once with an item of the list, each with its key.
pub fn acts(ask: &Ask) -> Result<Response, Fault> {
    let id = || ask.param("id").parse::<i64>().map_err(|_| Fault::Missing);
    let desk = &ask.app.desk;
    // Whoever is asked sees what they are asked, whatever else they may read.
    let record = match ask.param("kind") {
        "survey" => desk.survey_for(&ask.actor, id()?, ask.now)?,
        "receipt" => {
            let id = id()?;
            desk.my_receipts(&ask.actor, "owed")?.into_iter().find(|one| one.id == id).ok_or(Fault::Missing)?
        }
        kind => ask.record(ask.kind(kind)?, ask.param("id"))?,
    };
    Ok(acts_of(ask, &record).into_response())
}

fn acts_of(ask: &Ask, record: &Record) -> Markup {
    let kind = record.kind;
    let here = format!("/r/{}/{}", kind.name, record.id);
    // A receipt is read before it is given, a duty recorded with its proof: each on its own page.
    let own = match kind.name {
        "receipt" => Some(("Read", format!("/reading/{}", record.id))),
        "survey" => Some(("Answer", format!("/survey/{}", record.id))),
        "held_duty" => Some(("Record", format!("/duty/{}", record.id))),
        _ => None,
    };
    html! {
        b .grow { (record.title()) }
        @if let Some((label, address)) = own { (Button::link(label, &address).key('r').small()) } @else {
            (keyed(ask, record, "/"))
            @if ask.actor.access.may_on(kind, "update", record) { (Button::link("Edit", &format!("{here}/edit")).key('i').small()) }
            @if kind.name != "task" && ask.actor.access.may("task", "create") { (Button::link("Make a task", &new_task(record, "")).key('n').small()) }
        }
    }
}

/// The list, and address and actions of its first item.
pub(super) fn work(ask: &Ask, held: &[Held]) -> Result<(Markup, Option<(String, Markup)>), Fault> {
    let mut due = Vec::new();
    let mut worst: Vec<&Held> =
        held.iter().filter(|one| one.state == State::Red || one.state == State::Amber).collect();
    worst.sort_by_key(|one| one.state);
    for one in worst.into_iter().filter(|one| one.record.choice("grade") == Some("measured")).take(MEASURES) {
        let code = one.duty.get("code").as_text().unwrap_or_default();
        if let Some(found) = ask.app.desk.measure(&ask.actor, code, one.record.get("site").as_int(), ask.now)? {
            for offender in found.offenders.iter().take(3) {
                due.push(Due {
                    mark: if offender.red { Mark::Red } else { Mark::Amber },
                    title: format!("{}: {}", offender.record.title(), offender.why),
                    about: format!("{code} · {} {}", found.figure(), found.unit),
                    when: "now".to_owned(),
                    link: format!("/r/{}/{}", offender.record.kind.name, offender.record.id),
                    act: "Open",
                    record: Some(offender.record.clone()),
                });
            }
        }
    }
    for one in held.iter().filter(|one| one.record.choice("grade").is_some_and(|grade| grade != "measured")) {
        if let State::Red | State::Amber = one.state {
            let code = one.duty.get("code").as_text().unwrap_or_default();
            due.push(Due {
                mark: mark(one.state),
                title: short(one.duty.title()),
                about: format!("{code} · {}", one.record.get("figure").as_text().unwrap_or_default()),
                when: if one.state == State::Red { "missed" } else { "due" }.to_owned(),
                link: format!("/duty/{}", one.record.id),
                act: "Record",
                record: Some(one.record.clone()),
            });
        }
    }
    for (kind, filter, act) in [
        ("page", "person:me state:calling", "Answer"),
        (
            "task",
            "(assignee:me or assignee:none (team.people:me or incident.manager:me)) state:open,doing (due<=today or due:none)",
            "Do",
        ),
        ("finding", "owner:me -state:closed planned:no", "Plan"),
        ("finding", "owner:me -state:closed due<=today", "Close"),
        ("incident", "manager:me state:open,resolved", "Open"),
        ("alert", "owner:me state:open", "Judge"),
        ("shift", "person:me state:planned -class:leave,visit starts>=now starts<14d", "Confirm"),
    ] {
        let Ok(kind) = ask.kind(kind) else { continue };
        let test = ask.app.desk.filter(&ask.actor, kind, filter, ask.now)?;
        let page = ask.app.desk.store.list(&ask.actor, &watchkeep_store::List::of(kind).filtered(test).limited(5))?;
        for record in page.records {
            let starts = record.read::<jiff::Timestamp>("starts").filter(|_| record.kind.name == "shift");
            let starts =
                starts.map(|at| at.to_zoned(ask.app.desk.zone.clone()).strftime("%a %-d %b %H:%M").to_string());
            let called = (kind.name == "page").then(|| "now".to_owned());
            let when =
                called.clone().or(starts).unwrap_or_else(|| record.get("due").as_text().unwrap_or("today").to_owned());
            due.push(Due {
                mark: if called.is_some() { Mark::Red } else { Mark::Amber },
                about: format!("{} · {}", record.number(), kind.label.to_lowercase()),
                link: format!("/r/{}/{}", kind.name, record.id),
                title: record.title().to_owned(),
                when,
                act,
                record: Some(record),
            });
        }
    }
    due.splice(0..0, to_read(ask)?);
    // Who is called comes first.
    due.sort_by_key(|one| one.record.as_ref().is_none_or(|record| record.kind.name != "page"));
    let mut known = HashSet::new();
    due.retain(|one| known.insert(one.key()));
    if due.is_empty() {
        return Ok((empty::empty("check", "Nothing is due", "New work appears here by itself.", &html! {}), None));
    }
    let address = |one: &Due| one.record.as_ref().map(|record| format!("/home/act/{}/{}", record.kind.name, record.id));
    let first = due.first().and_then(|one| Some((address(one)?, acts_of(ask, one.record.as_ref()?))));
    let table = html! {
        table .cards .tall {
            caption .vh { "Work due today" }
            thead .vh { tr { th { "State" } th { "What" } th { "When" } th { "Act" } } }
            tbody {
                @for (at, one) in due.iter().take(12).enumerate() {
                    tr #(one.key()) .on[at == 0] data-row data-href=(one.link) data-preview=[address(one)] {
                        td { (state::dot(one.mark)) }
                        td .grow { b { (one.title) } div .sub { (one.about) } }
                        td { time { (one.when) } }
                        td { a .btn .small href=(one.link) { (one.act) } }
                    }
                }
            }
        }
    };
    Ok((table, first))
}

/// What the person is asked to read, with the reminder that was sent last, and to answer.
fn to_read(ask: &Ask) -> Result<Vec<Due>, Fault> {
    let today = ask.now.to_zoned(ask.app.desk.zone.clone()).date();
    let owed = ask.app.desk.my_receipts(&ask.actor, "owed")?;
    let each = owed.iter().take(READ).map(|receipt| {
        let day = receipt.read::<jiff::civil::Date>("due");
        let reminder = watchkeep_desk::reading::reminders(receipt).pop();
        Due {
            mark: if day.is_some_and(|day| day < today) { Mark::Red } else { Mark::Amber },
            title: format!("To read: {}", receipt.title()),
            about: reminder.map_or("published to you".to_owned(), |last| format!("reminder: {}", last.step)),
            when: day.map_or("now".to_owned(), |day| format!("by {day}")),
            link: format!("/reading/{}", receipt.id),
            act: "Read",
            record: Some(receipt.clone()),
        }
    });
    let surveys = ask.app.desk.surveys_for(&ask.actor, ask.now)?;
    let asked = surveys.iter().take(READ).map(|survey| {
        let day = survey.read::<jiff::civil::Date>("closes");
        Due {
            mark: if day == Some(today) { Mark::Red } else { Mark::Amber },
            title: format!("To answer: {}", survey.title()),
            about: "a survey, without your name".to_owned(),
            when: day.map_or("open".to_owned(), |day| format!("until {day}")),
            link: format!("/survey/{}", survey.id),
            act: "Answer",
            record: Some(survey.clone()),
        }
    });
    Ok(each.chain(asked).collect())
}
