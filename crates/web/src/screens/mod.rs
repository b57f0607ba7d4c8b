//! The screens, one file each, and the routes they answer.

mod about;
mod admin;
mod all;
mod answer;
mod asset;
mod attack;
mod backtest;
mod baseline;
mod begin;
mod bulk;
mod by_site;
mod cell;
mod checks;
mod clocks;
mod contract;
mod coverage;
mod custom;
pub mod design;
mod document;
mod duty;
mod editor;
mod engagement;
mod entity;
pub mod events;
mod except;
mod feed_entries;
mod feeds;
mod form;
mod frameworks;
mod health;
mod home;
mod hunts;
mod inbox;
mod list;
mod mapping;
mod matrix;
mod metrics;
mod money;
mod own;
mod pages;
mod people;
mod pick;
mod present;
mod queue;
mod reading;
mod record;
mod report;
mod reports;
mod rights;
mod room;
mod round;
mod rules;
mod search;
mod shifts;
mod shippers;
mod show;
pub(crate) use show::encode;
mod sign_in;
mod stack;
mod start;
mod survey;
mod tags;
mod tasks;
mod templates;
mod transfer;
mod trend;
mod turns;
mod views;
mod work_role;

pub use own::instead;

use crate::ask::Ask;
use crate::routes::{Route, Who};
use axum::response::{IntoResponse, Redirect, Response};
use watchkeep_model::Value;
use watchkeep_model::resolve::{Column, Compare, Test};
use watchkeep_store::List;

/// Routes of all screens.
pub fn routes() -> Vec<Route> {
    let mut all = vec![
        Route::get("/healthz", Who::Anyone, |_| Ok("ok\n".into_response())),
        Route::get("/design", Who::Anyone, |ask| Ok(design::design(ask.csrf(), ask.now).into_response())),
    ];
    all.extend(sign_in::routes());
    all.extend(home::routes());
    all.extend(start::routes());
    all.extend(duty::routes());
    all.extend(matrix::routes());
    all.extend(work_role::routes());
    all.extend(events::routes());
    all.extend(hunts::routes());
    all.extend(feeds::routes());
    all.extend(entity::routes());
    all.extend(transfer::routes());
    all.extend(shippers::routes());
    all.extend(admin::routes());
    all.extend(self::all::routes());
    all.extend(coverage::routes());
    all.extend(frameworks::routes());
    all.extend(health::routes());
    all.extend(attack::routes());
    all.extend(engagement::routes());
    all.extend(answer::routes());
    all.extend(list::routes());
    all.extend(mapping::routes());
    all.extend(bulk::routes());
    all.extend(cell::routes());
    all.extend(tags::routes());
    all.extend(search::routes());
    all.extend(people::routes());
    all.extend(reading::routes());
    all.extend(survey::routes());
    all.extend(report::routes());
    all.extend(reports::routes());
    all.extend(rights::routes());
    all.extend(record::routes());
    all.extend(form::routes());
    all.extend(queue::routes());
    all.extend(except::routes());
    all.extend(backtest::routes());
    all.extend(baseline::routes());
    all.extend(present::routes());
    all.extend(inbox::routes());
    all.extend(tasks::routes());
    all.extend(metrics::routes());
    all.extend(money::routes());
    all.extend(pick::routes());
    all.extend(views::routes());
    all.extend(room::routes());
    all.extend(round::routes());
    all
}

/// Goes somewhere after a change: a full load, or what htmx follows.
pub fn go(to: &str) -> Response {
    Redirect::to(to).into_response()
}

/// Reports that nobody has decided about.
pub const INBOX_OPEN: &str = "via:any became:none state:new,open";

/// Numbers beside the rail's entries: open alerts and incidents that the person sees.
pub fn counts(ask: &Ask) -> Vec<(&'static str, u64)> {
    let count = |kind: &str, states: &[i64]| {
        let kind = ask.app.desk.catalog().kind(kind)?;
        let wanted = states.iter().map(|code| Value::Int(*code)).collect();
        let test = Test::Column(Column::Field("state"), Compare::OneOf(wanted));
        let number = ask.app.desk.store.count(&ask.actor, &List::of(kind).filtered(test)).ok()?;
        u64::try_from(number).ok().filter(|number| *number > 0)
    };
    let all = [("alerts", count("alert", &[10, 20])), ("incidents", count("incident", &[10]))];
    let reports = || {
        let kind = ask.app.desk.catalog().kind("alert").filter(|kind| ask.actor.access.may(kind.name, "read"))?;
        let test = ask.app.desk.filter(&ask.actor, kind, INBOX_OPEN, ask.now).ok()?;
        let number = ask.app.desk.store.count(&ask.actor, &List::of(kind).filtered(test)).ok()?;
        u64::try_from(number).ok().filter(|number| *number > 0)
    };
    let surveys = ask.app.desk.surveys_for(&ask.actor, ask.now).map_or(0, |surveys| surveys.len() as u64);
    let owed = ask.app.desk.owed_by(&ask.actor).map(|owed| owed + surveys).ok().filter(|number| *number > 0);
    all.into_iter()
        .chain([("reading", owed), ("inbox", reports())])
        .filter_map(|(name, number)| Some((name, number?)))
        .collect()
}
