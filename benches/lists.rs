//! Lists at size: write, list, facets, deep pages and start of the store alone over generated alerts; CPU time.
//!
//! `cargo bench -p watchkeep-store --bench lists`; `WATCHKEEP_ALERTS` sets how many alerts (100,000 unless told, at most
//! 1,000,000), and `WATCHKEEP_FOLDER` a folder whose database is kept for the next run,
//! `WATCHKEEP_POSTGRES` a PostgreSQL database instead, `postgres://...`, empty or of an earlier run.

#![allow(clippy::expect_used, reason = "a benchmark stops at the first surprise")]

#[path = "common/alerts.rs"]
mod alerts;
mod common;

use alerts::{alerts, now, write};
use common::{each, memory, size, spent};
use std::collections::BTreeSet;
use std::sync::Arc;
use watchkeep_model::access::{Access, Assignment, Permissions};
use watchkeep_model::resolve::{Context, Test, resolve_text};
use watchkeep_model::{Actor, Catalog, Kind, Value};
use watchkeep_store::{Change, List, Location, Store};

/// Filters of every sort of cost: none, common and rare values, ranges, words, wildcards, references, none at all.
const FILTERS: &[&str] = &[
    "",
    "state:new,open",
    "state:new",
    "state:closed",
    "severity>=high",
    "owner:none",
    "severity:critical source:source-3",
    "severity:low source:source-3 tags:\"tag 3\"",
    "-severity:low verdict:none",
    "entity:ws-00012",
    "entity:ws-0001*",
    "last_seen<2026-02-05",
    "created:today",
    "triage_due<now",
    "\"Rule 17\"",
    "rule host",
    "ws-00012",
    "\"no such words\"",
    "rule or source:source-3",
    "entity:ws-00012 or severity:critical",
    "owner.name:anna",
    "site.name:lyon severity>=low",
    "title:\"rule 17 on host\"",
    "count>1 technique:none",
];
const SORTS: &[&str] =
    &["last_seen", "severity", "entity", "triage_due", "number", "created", "title", "source", "count", "closed"];

fn main() {
    let count = size("WATCHKEEP_ALERTS", 100_000, 1_000_000) / 100 * 100;
    let temporary = tempfile::TempDir::new().expect("a folder");
    let folder = std::env::var_os("WATCHKEEP_FOLDER").map_or(temporary.path().to_owned(), Into::into);
    let (location, database) = match std::env::var("WATCHKEEP_POSTGRES") {
        Ok(url) => (Location::Postgres(url), "PostgreSQL (its own CPU time is not in the figures)"),
        Err(_) => (Location::File(folder.join("watchkeep.sqlite")), "SQLite"),
    };
    println!("input: {count} alerts, one of 50 scope tags each, seed 7, {database}, one process; figures are CPU time");
    if tags(&open(&location)).is_empty() {
        create(&open(&location), count);
    }

    println!("memory: of its own without the store {} MB", memory("RssAnon"));
    let start = std::time::Instant::now();
    let (store, time) = spent(|| open(&location));
    let few = holding(&tags(&store)[..10]);
    each(&format!("open the store ({} ms on the clock)", start.elapsed().as_millis()), time, 1);
    let first = || store.list(&Actor::system(), &List::of(kind(&store, "alert"))).expect("a page");
    each("first list of alerts after start: loads the sets", spent(first).1, 1);
    println!("memory: of its own with the sets {} MB", memory("RssAnon"));
    each("loading sets and columns of all kinds, in the background", spent(|| store.warm().expect("warm")).1, 1);
    println!("memory: of its own with sets and columns {} MB", memory("RssAnon"));
    let all = lists(&store, "everything", &Actor::system());
    let some = lists(&store, "10 of 50 tags", &few);
    println!("95th of 100 for 10 of 50 tags : for everything = {:.2}", some / all.max(0.001));
    deep(&store, &few);
    println!("memory: peak {} MB, of its own now {} MB", memory("VmHWM"), memory("RssAnon"));
}

fn open(location: &Location) -> Store {
    let catalog = Catalog::new(watchkeep_records::all()).expect("declarations that hold");
    Store::open(location, Arc::new(catalog)).expect("a store")
}

fn kind(store: &Store, name: &str) -> &'static Kind {
    store.catalog().kind(name).expect("a kind")
}

/// Somebody who may do everything and sees what carries one of these tags.
fn holding(tags: &[i64]) -> Actor {
    let assignment = Assignment {
        id: 1,
        role: "Few".to_owned(),
        permissions: Permissions::new(["*:*"]),
        organisation_wide: false,
        tags: tags.iter().copied().collect(),
        scope: BTreeSet::new(),
    };
    Actor { access: Arc::new(Access { assignments: vec![assignment], ..Access::default() }), ..Actor::system() }
}

fn test(store: &Store, actor: &Actor, kind: &'static Kind, filter: &str) -> Test {
    let zone = jiff::tz::TimeZone::get("Europe/Berlin").expect("a zone");
    let names = store.names(actor);
    let context = Context { catalog: store.catalog(), names: &names, me: None, now: now(), zone: &zone };
    resolve_text(&context, kind, filter).expect("a filter")
}

/// All scope tags, by number.
fn tags(store: &Store) -> Vec<i64> {
    let mut list = List::of(kind(store, "scope_tag")).limited(50);
    (list.sort, list.descending) = ("number".to_owned(), false);
    store.list(&Actor::system(), &list).expect("a page").records.iter().map(|tag| tag.id).collect()
}

fn create(store: &Store, count: u64) {
    for n in 0..50 {
        let values = vec![("name".to_owned(), format!("tag {n}").into())];
        let create = Change::Create { kind: kind(store, "scope_tag"), values, tags: Some(vec![]), external_id: None };
        store.write_one(&Actor::system(), now(), create).expect("a tag");
    }
    let (kind, system) = (kind(store, "alert"), Actor::system());
    let tags = tags(store);
    let mut alert = alerts(kind, &tags);
    let time = spent(|| write(store, count, &mut alert));
    each("create, batches of 100, durable, with history", time.1, count);
    store.warm().expect("warm");
    let one = |change: Change| drop(store.write_one(&system, now(), change).expect("written"));
    let time = spent(|| (0..200).for_each(|n| one(alert(count + n))));
    each("create one, durable, with history, followed by sets and columns", time.1, 200);
    let time = spent(|| {
        for id in 1..=200 {
            let values = vec![("severity".to_owned(), Value::Int(50))];
            one(Change::Update { kind, id, version: None, values });
        }
    });
    each("update one, durable, with history, followed by sets and columns", time.1, 200);
}

/// Every filter in every order, both ways; what 95 of 100 lists stay below, in milliseconds.
fn lists(store: &Store, who: &str, actor: &Actor) -> f64 {
    let kind = kind(store, "alert");
    let (mut worst, mut total, mut count) = ((0.0, String::new()), 0.0, 0);
    let mut worst_tally = (0.0, String::new());
    let started = std::time::Instant::now();
    let (mut slow, mut each_of) = (Vec::new(), Vec::new());
    let target = if store.count(actor, &List::of(kind)).expect("counted") > 150_000 { 10.0 } else { 5.0 };
    for filter in FILTERS {
        let test = test(store, actor, kind, filter);
        for (sort, descending) in SORTS.iter().flat_map(|sort| [(sort, true), (sort, false)]) {
            let mut list = List::of(kind).filtered(test.clone()).limited(50);
            (list.sort, list.descending) = ((*sort).to_owned(), descending);
            let (_, time) = spent(|| (0..5).for_each(|_| drop(store.list(actor, &list).expect("a page"))));
            let one = time.as_secs_f64() * 200.0;
            (total, count) = (total + one, count + 1);
            each_of.push(one);
            let name = format!("`{filter}` by {}{sort}", if descending { "-" } else { "" });
            if one > target {
                slow.push(format!("{name} {one:.1} ms"));
            }
            if one > worst.0 {
                worst = (one, name);
            }
        }
        let list = List::of(kind).filtered(test);
        let (tally, time) = spent(|| store.tally(actor, &list).expect("counted"));
        let one = time.as_secs_f64() * 1000.0;
        let exact = if tally.exact { "" } else { "at least " };
        println!("{one:>10.3} ms  facets and count, {who}, `{filter}`: {exact}{}", tally.count);
        if one > worst_tally.0 {
            worst_tally = (one, format!("`{filter}`"));
        }
    }
    let (mean, clock) = (total / f64::from(count), started.elapsed().as_secs());
    println!("{mean:>10.3} ms  list of 50, {who}, mean of {count} filters and orders ({clock} s on the clock for all)");
    each_of.sort_by(f64::total_cmp);
    let at = |part: usize| each_of.get(each_of.len() * part / 100).copied().unwrap_or_default();
    println!("{:>10.3} ms  list of 50, {who}, the median; {:.3} ms the 95th of 100", at(50), at(95));
    println!("{:>10.3} ms  list of 50, {who}, the slowest: {}", worst.0, worst.1);
    println!("{} of {count} lists, {who}, took more than {target} ms: {}", slow.len(), slow.join("; "));
    println!("{:>10.3} ms  facets and count, {who}, the slowest: {}", worst_tally.0, worst_tally.1);
    at(95)
}

fn deep(store: &Store, few: &Actor) {
    let kind = kind(store, "alert");
    let people = [("everything", &Actor::system()), ("10 of 50 tags", few)];
    for ((who, actor), sort) in people.into_iter().flat_map(|who| ["last_seen", "count"].map(|sort| (who, sort))) {
        let mut list = List::of(kind).limited(50);
        list.sort = sort.to_owned();
        let mut turn = |pages: u64| {
            spent(|| {
                for _ in 0..pages {
                    list.after = store.list(actor, &list).expect("a page").next;
                }
            })
        };
        each(&format!("pages 1 to 20 by -{sort}, {who}"), turn(20).1, 20);
        turn(360);
        each(&format!("pages 381 to 400 by -{sort}, {who}"), turn(20).1, 20);
    }
}
