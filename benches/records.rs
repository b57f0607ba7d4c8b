//! Records at size: create, list, facets, export and import over generated alerts; CPU time, from a fixed seed.
//!
//! `cargo bench -p watchkeep-tests --bench records`; `WATCHKEEP_ALERTS` sets how many alerts (100,000 unless told).

use cpu_time::ProcessTime;
use std::time::Duration;
use watchkeep_desk::import::Format;
use watchkeep_model::resolve::Test;
use watchkeep_model::{Actor, Value};
use watchkeep_store::{Change, List};
use watchkeep_tests::{Office, now};

fn main() {
    let alerts: u64 = std::env::var("WATCHKEEP_ALERTS").ok().and_then(|text| text.parse().ok()).unwrap_or(100_000);
    let office = Office::open();
    let tags: Vec<i64> = (0..50).map(|n| office.make("scope_tag", &[("name", format!("tag {n}").into())]).id).collect();
    let few = office.holding_tags("Few", "Analyst", &tags[..10]);
    let all = Actor::system();
    let kind = office.kind("alert");
    println!("input: {alerts} alerts, one of 50 scope tags each, seed 7, SQLite, one process; figures are CPU time");

    let mut seed = 7u64;
    let mut next = |below: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % below
    };
    let start = ProcessTime::now();
    for batch in 0..alerts / 100 {
        let create = |n: u64, next: &mut dyn FnMut(u64) -> u64| {
            let seen = now().as_millisecond() - (next(2_592_000_000)) as i64;
            let values = vec![
                ("title".to_owned(), format!("Rule {} on host", next(400)).into()),
                ("severity".to_owned(), Value::Int(10 * (1 + next(5) as i64))),
                ("entity".to_owned(), format!("ws-{:05}", next(20_000)).into()),
                ("source".to_owned(), format!("source-{}", next(40)).into()),
                ("last_seen".to_owned(), Value::Int(seen)),
                ("group_key".to_owned(), format!("k{}", batch * 100 + n).into()),
            ];
            Change::Create { kind, values, tags: Some(vec![tags[next(50) as usize]]), external_id: None }
        };
        let changes = (0..100).map(|n| create(n, &mut next)).collect();
        office.desk.store.write(&all, now(), changes).expect("written");
    }
    each("create, batches of 100, durable, with history", start.elapsed(), alerts / 100 * 100);

    let single = |n: i64| {
        let values = vec![("title".to_owned(), format!("alone {n}").into())];
        let change = Change::Create { kind, values, tags: Some(vec![tags[0]]), external_id: None };
        office.desk.store.write_one(&all, now(), change).expect("written");
    };
    let start = ProcessTime::now();
    (0..200).for_each(single);
    each("create one, durable, with history", start.elapsed(), 200);

    for (who, actor) in [("everything", &all), ("10 of 50 tags", &few)] {
        for (filter, sort, descending) in [
            ("", "last_seen", true),
            ("state:new,open", "last_seen", true),
            ("severity>=high", "last_seen", true),
            ("owner:none", "severity", true),
            ("entity:ws-00012", "last_seen", true),
            ("\"Rule 17\"", "last_seen", true),
        ] {
            let test = office.desk.filter(actor, kind, filter, now()).expect("a filter");
            let mut list = List::of(kind).filtered(test).limited(50);
            (list.sort, list.descending) = (sort.to_owned(), descending);
            let start = ProcessTime::now();
            for _ in 0..20 {
                office.desk.store.list(actor, &list).expect("a page");
            }
            each(&format!("list of 50, {who}, `{filter}` by {sort}"), start.elapsed(), 20);
        }
        let mut list = List::of(kind).limited(50);
        for _ in 0..100 {
            list.after = office.desk.store.list(actor, &list).expect("a page").next;
        }
        let start = ProcessTime::now();
        office.desk.store.list(actor, &list).expect("a page");
        each(&format!("page 101 of 50, {who}"), start.elapsed(), 1);
        let start = ProcessTime::now();
        office.desk.store.facets(actor, &List::of(kind)).expect("facets");
        each(&format!("facet counts, {who}, no filter"), start.elapsed(), 1);
    }

    let rows: String = (0..10_000).map(|n| format!("x{n},asset {n},server,{}\n", 1 + n % 5)).collect();
    let text = format!("external_id,name,class,criticality\n{rows}");
    let asset = office.kind("asset");
    let start = ProcessTime::now();
    let report = office.desk.import(&all, asset, Format::Csv, text.as_bytes(), false, now()).expect("imported");
    assert_eq!(report.created, 10_000);
    each("import of 10,000 rows with validation and history (whole)", start.elapsed(), 1);
    for (name, format) in [("CSV", Format::Csv), ("XLSX", Format::Xlsx)] {
        let start = ProcessTime::now();
        let mut bytes = Vec::new();
        office.desk.export(&all, asset, Test::All, format, &mut bytes).expect("exported");
        each(&format!("{name} export of 10,000 records, {} KB (whole)", bytes.len() / 1024), start.elapsed(), 1);
    }
}

fn each(what: &str, spent: Duration, times: u64) {
    println!("{:>10.3} ms  {what}", spent.as_secs_f64() * 1000.0 / times.max(1) as f64);
}
