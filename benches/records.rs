//! The product at size: pages, start, export and import over generated alerts; CPU time, from a fixed seed.
//!
//! `cargo bench -p watchkeep-tests --bench records`; `WATCHKEEP_ALERTS` sets how many alerts (100,000 unless told, at
//! most 1,000,000).

#[path = "common/alerts.rs"]
mod alerts;
mod common;

use alerts::{alerts, write};
use common::{each, forget_peak, memory, size, spent};
use watchkeep_desk::import::Format;
use watchkeep_model::Actor;
use watchkeep_model::resolve::Test;
use watchkeep_store::List;
use watchkeep_tests::requests::Site;
use watchkeep_tests::{Office, now};

fn main() {
    let count = size("WATCHKEEP_ALERTS", 100_000, 1_000_000) / 100 * 100;
    let office = Office::open();
    println!("input: {count} alerts, one of 50 scope tags each, seed 7, SQLite, one process; figures are CPU time");
    let tags: Vec<i64> = (0..50).map(|n| office.make("scope_tag", &[("name", format!("tag {n}").into())]).id).collect();
    let mara = office.person("Mara");
    office.desk.grant(now(), "Administrator: Mara", "Administrator", &[mara.id]).expect("granted");
    let kind = office.kind("alert");
    write(&office.desk.store, count, &mut alerts(kind, &tags));

    let first = || office.desk.store.list(&Actor::system(), &List::of(kind)).expect("a page");
    each("first list of alerts", spent(first).1, 1);
    page(&office, &mara);
    transfer(&office);
    println!("memory: peak {} MB, of its own now {} MB", memory("VmHWM"), memory("RssAnon"));

    let start = std::time::Instant::now();
    let (office, time) = spent(|| office.started_again());
    each(&format!("start with {count} alerts ({} ms on the clock)", start.elapsed().as_millis()), time, 1);
    let time = spent(|| office.desk.store.warm().expect("warm")).1;
    each("loading the sets and columns of all kinds, beside the first requests", time, 1);
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
