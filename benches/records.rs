//! Records at size: create, list, facets, start, export and import over generated alerts; CPU time, from a fixed seed.
//!
//! `cargo bench -p watchkeep-tests --bench records`; `WATCHKEEP_ALERTS` sets how many alerts (100,000 unless told, at
//! most 1,000,000).

mod common;

use common::{Dice, each, forget_peak, memory, size, spent};
use watchkeep_desk::import::Format;
use watchkeep_model::resolve::Test;
use watchkeep_model::{Actor, Value};
use watchkeep_store::{Change, List};
use watchkeep_tests::requests::Site;
use watchkeep_tests::{Office, now};

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
];
const SORTS: &[&str] = &["last_seen", "severity", "entity", "triage_due", "number"];

fn main() {
    let alerts = size("WATCHKEEP_ALERTS", 100_000, 1_000_000) / 100 * 100;
    let office = Office::open();
    println!("input: {alerts} alerts, one of 50 scope tags each, seed 7, SQLite, one process; figures are CPU time");
    let tags: Vec<i64> = (0..50).map(|n| office.make("scope_tag", &[("name", format!("tag {n}").into())]).id).collect();
    let few = office.holding_tags("Few", "Analyst", &tags[..10]);
    let mara = office.person("Mara");
    office.desk.grant(now(), "Administrator: Mara", "Administrator", &[mara.id]).expect("granted");
    create(&office, &tags, alerts);

    let kind = office.kind("alert");
    let first = spent(|| office.desk.store.list(&Actor::system(), &List::of(kind)).expect("a page")).1;
    each("first list of alerts after start: loads the sets", first, 1);
    let all = lists(&office, "everything", &Actor::system());
    let some = lists(&office, "10 of 50 tags", &few);
    println!("worst for 10 of 50 tags : worst for everything = {:.2}", some / all.max(0.001));
    deep(&office, &few);
    page(&office, &mara);
    transfer(&office);
    println!("memory: peak {} MB, of its own now {} MB", memory("VmHWM"), memory("RssAnon"));

    let start = std::time::Instant::now();
    let (office, time) = spent(|| office.started_again());
    each(&format!("start with {alerts} alerts ({} ms on the clock)", start.elapsed().as_millis()), time, 1);
    let time = spent(|| office.desk.store.warm().expect("warm")).1;
    each("loading the sets of all kinds, beside the first requests", time, 1);
}

fn create(office: &Office, tags: &[i64], alerts: u64) {
    let (kind, system, mut dice) = (office.kind("alert"), Actor::system(), Dice(7));
    let mut alert = |n: u64| {
        let seen = now().as_millisecond() - i64::try_from(dice.roll(2_592_000_000)).unwrap_or(0);
        let values = vec![
            ("title".to_owned(), format!("Rule {} on host", dice.roll(400)).into()),
            ("severity".to_owned(), Value::Int(10 * (1 + dice.roll(5) as i64))),
            ("entity".to_owned(), format!("ws-{:05}", dice.roll(20_000)).into()),
            ("source".to_owned(), format!("source-{}", dice.roll(40)).into()),
            ("last_seen".to_owned(), Value::Int(seen)),
            ("group_key".to_owned(), format!("k{n}").into()),
        ];
        Change::Create { kind, values, tags: Some(vec![tags[dice.roll(50) as usize]]), external_id: None }
    };
    let time = spent(|| {
        for batch in 0..alerts / 100 {
            let changes = (0..100).map(|n| alert(batch * 100 + n)).collect();
            office.desk.store.write(&system, now(), changes).expect("written");
        }
    });
    each("create, batches of 100, durable, with history", time.1, alerts);
    let time = spent(|| {
        for n in 0..200 {
            office.desk.store.write_one(&system, now(), alert(alerts + n)).expect("written");
        }
    });
    each("create one, durable, with history", time.1, 200);
    let time = spent(|| {
        for id in 1..=200 {
            let values = vec![("severity".to_owned(), Value::Int(50))];
            let change = Change::Update { kind, id, version: None, values };
            office.desk.store.write_one(&system, now(), change).expect("written");
        }
    });
    each("update one, durable, with history", time.1, 200);
}

/// Every filter in every order, both ways; the slowest list in milliseconds.
fn lists(office: &Office, who: &str, actor: &Actor) -> f64 {
    let (store, kind) = (&office.desk.store, office.kind("alert"));
    let (mut worst, mut total, mut count) = ((0.0, String::new()), 0.0, 0);
    let mut worst_tally = (0.0, String::new());
    let mut slow = Vec::new();
    let target = if store.count(actor, &List::of(kind)).expect("counted") > 150_000 { 10.0 } else { 5.0 };
    for filter in FILTERS {
        let test = office.desk.filter(actor, kind, filter, now()).expect("a filter");
        for (sort, descending) in SORTS.iter().flat_map(|sort| [(sort, true), (sort, false)]) {
            let mut list = List::of(kind).filtered(test.clone()).limited(50);
            (list.sort, list.descending) = ((*sort).to_owned(), descending);
            let (_, time) = spent(|| (0..5).for_each(|_| drop(store.list(actor, &list).expect("a page"))));
            let one = time.as_secs_f64() * 200.0;
            (total, count) = (total + one, count + 1);
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
    println!("{:>10.3} ms  list of 50, {who}, mean of {count} filters and orders", total / f64::from(count));
    println!("{:>10.3} ms  list of 50, {who}, the slowest: {}", worst.0, worst.1);
    println!("{} of {count} lists, {who}, took more than {target} ms: {}", slow.len(), slow.join("; "));
    println!("{:>10.3} ms  facets and count, {who}, the slowest: {}", worst_tally.0, worst_tally.1);
    worst.0
}

fn deep(office: &Office, few: &Actor) {
    let (store, kind) = (&office.desk.store, office.kind("alert"));
    for (who, actor) in [("everything", &Actor::system()), ("10 of 50 tags", few)] {
        let mut list = List::of(kind).limited(50);
        let mut turn = |pages: u64| {
            spent(|| {
                for _ in 0..pages {
                    list.after = store.list(actor, &list).expect("a page").next;
                }
            })
        };
        each(&format!("pages 1 to 20, {who}"), turn(20).1, 20);
        turn(360);
        each(&format!("pages 381 to 400, {who}"), turn(20).1, 20);
    }
}

/// The list as a browser gets it, with its count and facets.
fn page(office: &Office, mara: &watchkeep_model::Record) {
    let site = Site::of(office);
    let browser = site.sign_in(office, mara);
    for path in ["/r/alert", "/r/alert?q=severity%3E%3Dhigh&sort=-severity"] {
        let (answer, time) = spent(|| site.get(&browser.cookie, path));
        assert!(answer.status.is_success(), "{path}: {}", answer.status);
        each(&format!("GET {path}: {} KB of HTML", answer.body.len() / 1024), time, 1);
    }
}

fn transfer(office: &Office) {
    let (system, asset) = (Actor::system(), office.kind("asset"));
    let rows: String = (0..10_000).map(|n| format!("x{n},asset {n},server,{}\n", 1 + n % 5)).collect();
    let text = format!("external_id,name,class,criticality\n{rows}");
    let import = || office.desk.import(&system, asset, Format::Csv, text.as_bytes(), false, now()).expect("imported");
    let (report, time) = spent(import);
    assert_eq!(report.created, 10_000);
    each("import of 10,000 rows with validation and history (whole)", time, 1);
    for (name, format) in [("CSV", Format::Csv), ("XLSX", Format::Xlsx)] {
        forget_peak();
        let before = memory("VmRSS");
        let mut bytes = Vec::new();
        let out = &mut bytes;
        let (_, time) = spent(|| office.desk.export(&system, asset, Test::All, format, out).expect("exported"));
        let grown = memory("VmHWM").saturating_sub(before);
        let what = format!("{name} export of 10,000 records, {} KB, peak {grown} MB more (whole)", bytes.len() / 1024);
        each(&what, time, 1);
    }
}
