//! The programme at size: lists, writes, workbook, home page and all measures over generated assets, controls, risks and
//! held duties; CPU time, from a fixed seed.
//!
//! `cargo bench -p watchkeep-tests --bench programme`: 1,000 assets, 10,000 controls, 5,000 risks, every duty at 20
//! sites. `WATCHKEEP_RESULTS` (at most 1,000,000) asks all measures over so many check results, a tenth as many assets
//! and controls, and half as many risks as controls.

mod common;

use common::{Dice, each, forget_peak, memory, size, spent};
use std::time::Duration;
use watchkeep_desk::frameworks::Outcome;
use watchkeep_desk::import::Format;
use watchkeep_model::resolve::Test;
use watchkeep_model::{Actor, Kind, Record, Value, Via};
use watchkeep_store::{Change, List};
use watchkeep_tests::requests::Site;
use watchkeep_tests::{Office, now};

const SITES: usize = 20;
const NIST: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data/grc/oscal/NIST_SP-800-53_rev5_catalog-min.2021-06-08.json");
const FILTERS: &[(&str, &str)] = &[
    ("asset", ""),
    ("asset", "criticality>=4 -owner:none"),
    ("control", ""),
    ("control", "control -owner:none"),
    ("risk", ""),
    ("risk", "residual>=10 -state:closed"),
    ("held_duty", ""),
    ("held_duty", "state:red,amber grade:measured"),
    ("held_duty", "responsible:FUN-1"),
];

fn main() {
    let office = Office::open();
    let results = size("WATCHKEEP_RESULTS", 0, 1_000_000);
    let (assets, controls, risks) =
        if results > 0 { (results / 10, results / 10, results / 20) } else { (1_000, 10_000, 5_000) };
    println!(
        "input: {assets} assets, {controls} controls, {risks} risks, {results} check results, every duty at {SITES} sites"
    );
    println!("one of 50 scope tags each, seed 7, SQLite, one process; figures are CPU time");
    let tags: Vec<i64> = (0..50).map(|n| office.make("scope_tag", &[("name", format!("tag {n}").into())]).id).collect();
    let mara = office.person("Mara");
    office.desk.grant(now(), "Administrator: Mara", "Administrator", &[mara.id]).expect("granted");
    let mut made = Made { office: &office, dice: Dice(7), tags: &tags, person: mara.id };
    made.all(assets, controls, risks, results);
    office.desk.store.warm().expect("sets and columns");

    measures(&office);
    if results == 0 {
        lists(&office, &mara, &tags);
        writes(&office);
        workbook(&office);
        home(&office, &mara);
        audit(&office, &mara);
        println!("memory: peak {} MB, of its own now {} MB", memory("VmHWM"), memory("RssAnon"));
        let (office, time) = spent(|| office.started_again());
        each("start with all of it", time, 1);
        drop(office);
    }
}

/// Makes records, the same in every run.
struct Made<'a> {
    office: &'a Office,
    dice: Dice,
    tags: &'a [i64],
    person: i64,
}

impl Made<'_> {
    fn all(&mut self, assets: u64, controls: u64, risks: u64, results: u64) {
        let sites: Vec<i64> =
            (0..SITES).map(|n| self.office.make("site", &[("name", format!("Site {n}").into())]).id).collect();
        let holder = ("holder", Value::from(self.person));
        let function = self.office.make("function", &[("name", "Security manager".into()), holder]).id;
        let person = self.person;
        self.many("asset", assets, |dice, n| {
            let owner = if dice.roll(20) == 0 { Value::Null } else { person.into() };
            vec![
                ("name", format!("asset {n}").into()),
                ("criticality", Value::Int(1 + dice.roll(5) as i64)),
                ("owner", owner),
                ("site", sites[dice.roll(20) as usize].into()),
            ]
        });
        self.many("control", controls, |dice, n| {
            let owner = if dice.roll(30) == 0 { Value::Null } else { person.into() };
            vec![
                ("code", format!("C-{n}").into()),
                ("title", format!("control {n} of family {}", dice.roll(20)).into()),
                ("owner", owner),
            ]
        });
        self.many("risk", risks, |dice, n| {
            let (likelihood, impact) = (1 + dice.roll(5) as i64, 1 + dice.roll(5) as i64);
            vec![
                ("title", format!("risk {n}").into()),
                ("owner", person.into()),
                ("likelihood", likelihood.into()),
                ("impact", impact.into()),
            ]
        });
        if results > 0 {
            let check = self.office.make("check", &[("title", "Backups".into())]).id;
            let (kind, day) = (self.office.kind("check_result"), Value::text("2026-03-02"));
            let [good, bad] = ["passed", "failed"].map(|name| kind.choice_value("conclusion", name));
            self.many("check_result", results, |dice, _| {
                let conclusion = if dice.roll(10) == 0 { bad.clone() } else { good.clone() };
                vec![
                    ("check", check.into()),
                    ("period_start", day.clone()),
                    ("period_end", day.clone()),
                    ("conclusion", conclusion),
                    ("evidence", "as expected".into()),
                ]
            });
        }
        let duties: Vec<i64> = self.office.desk.all("duty").expect("duties").iter().map(|duty| duty.id).collect();
        let count = (duties.len() * SITES) as u64;
        self.many("held_duty", count, |_, n| {
            let (duty, site) = (duties[n as usize / SITES], sites[n as usize % SITES]);
            vec![
                ("title", format!("Duty {n}").into()),
                ("duty", duty.into()),
                ("site", site.into()),
                ("responsible", function.into()),
                ("accountable", function.into()),
            ]
        });
    }

    fn many(&mut self, kind: &str, count: u64, values: impl Fn(&mut Dice, u64) -> Vec<(&'static str, Value)>) {
        let kind = self.office.kind(kind);
        let mut at = 0;
        let (_, time) = spent(|| {
            while at < count {
                let until = (at + 100).min(count);
                let change = |n: u64| {
                    let values =
                        values(&mut self.dice, n).into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
                    let tags = Some(vec![self.tags[self.dice.roll(50) as usize]]);
                    Change::Create { kind, values, tags, external_id: None }
                };
                let changes: Vec<Change> = (at..until).map(change).collect();
                self.office.desk.store.write(&Actor::system(), now(), changes).expect("written");
                at = until;
            }
        });
        each(&format!("create each of {count} {} in batches of 100", kind.plural), time, count.max(1));
    }
}

fn measures(office: &Office) {
    let (_, time) = spent(|| office.desk.measure_all(now()).expect("measured"));
    each("all duties at all sites: state, figure and snapshot of each, the first time (whole)", time, 1);
    let (_, time) = spent(|| office.desk.measure_all(now()).expect("measured"));
    each("the same, nothing has changed (whole)", time, 1);
    let codes: Vec<String> = office
        .desk
        .all("duty")
        .expect("duties")
        .iter()
        .map(|duty| duty.get("code").as_text().unwrap_or_default().to_owned())
        .collect();
    let system = office.desk.system();
    let (measured, time) = spent(|| {
        codes.iter().filter(|code| office.desk.measure(&system, code, None, now()).expect("asked").is_some()).count()
    });
    each(
        &format!("{measured} measures of {} duties over the organisation, with offending rows (whole)", codes.len()),
        time,
        1,
    );
    let changed = |what: &str, write: &dyn Fn(i64)| {
        let mut all = Duration::ZERO;
        for n in 1..=20 {
            write(n);
            all += spent(|| office.desk.measure_all(now()).expect("measured")).1;
        }
        each(&format!("all duties once more after {what}"), all, 20);
    };
    let set = |kind: &str, id: i64, name: &str, value: Value| {
        let (kind, values) = (office.kind(kind), vec![(name.to_owned(), value)]);
        let change = Change::Update { kind, id, version: None, values };
        office.desk.store.write_one(&Actor::system(), now(), change).expect("changed");
    };
    changed("an asset lost its owner", &|id| set("asset", id, "owner", Value::Null));
    changed("an asset was called otherwise", &|id| set("asset", id, "name", format!("other {id}").into()));
    changed("the criticality of an asset changed", &|id| set("asset", id, "criticality", Value::Int(1 + id % 5)));
    changed("an asset was made", &|n| {
        office.make("asset", &[("name", format!("new {n}").into())]);
    });
    changed("a risk was made", &|n| {
        office.make("risk", &[("title", format!("new {n}").into())]);
    });
}

fn lists(office: &Office, mara: &Record, tags: &[i64]) {
    let few = office.holding_tags("Few", "Security Manager", &tags[..10]);
    let everything = office.desk.actor(mara, Via::Screen).expect("an actor");
    let mut slowest = (0.0_f64, String::new());
    let mut sums = [0.0_f64; 2];
    for (kind, filter) in FILTERS {
        let kind: &'static Kind = office.kind(kind);
        for (at, actor) in [&everything, &few].into_iter().enumerate() {
            let (mut worst, mut sum) = (0.0_f64, 0.0_f64);
            let pages = deep(office, actor, kind, filter);
            for list in &pages {
                let ask = || office.desk.store.list(actor, list).expect("a page").records.len();
                let (_, time) = spent(|| (0..5).map(|_| ask()).sum::<usize>());
                let ms = time.as_secs_f64() * 200.0;
                (worst, sum) = (worst.max(ms), sum + ms);
            }
            sums[at] += sum / pages.len() as f64;
            if worst > slowest.0 {
                slowest = (
                    worst,
                    format!("{} `{filter}`, {}", kind.name, if at == 0 { "everything" } else { "10 of 50 tags" }),
                );
            }
        }
    }
    let count = FILTERS.len() as f64;
    println!("{:>10.3} ms  list of 25, mean over {count} lists and four depths, everything", sums[0] / count);
    println!("{:>10.3} ms  the same for 10 of 50 tags: {:.2} times", sums[1] / count, sums[1] / sums[0]);
    println!("{:>10.3} ms  the slowest: {}", slowest.0, slowest.1);
}

/// The first page, and those after 25, 500 and 2,000 records.
fn deep(office: &Office, actor: &Actor, kind: &'static Kind, filter: &str) -> Vec<List> {
    let test = office.desk.filter(actor, kind, filter, now()).expect("a filter");
    let first = List::of(kind).filtered(test).limited(25);
    let mut pages = vec![first.clone()];
    for skip in [25, 500, 2_000] {
        let page = office.desk.store.list(actor, &first.clone().limited(skip)).expect("a page");
        if let Some(next) = page.next {
            pages.push(List { after: Some(next), ..first.clone() });
        }
    }
    pages
}

fn writes(office: &Office) {
    let kind = office.kind("risk");
    let values =
        |n: u64| vec![("title".to_owned(), format!("new risk {n}").into()), ("likelihood".to_owned(), 3.into())];
    let create = |n| Change::Create { kind, values: values(n), tags: None, external_id: None };
    let write = |change| office.desk.store.write_one(&Actor::system(), now(), change).expect("written");
    let (_, time) = spent(|| (0..200).for_each(|n| drop(write(create(n)))));
    each("create one risk, durable, with history", time, 200);
    let update = |id| Change::Update { kind, id, version: None, values: vec![("impact".to_owned(), 4.into())] };
    let (_, time) = spent(|| (1..=200).for_each(|id| drop(write(update(id)))));
    each("update one risk", time, 200);
}

fn workbook(office: &Office) {
    let kind = office.kind("control");
    forget_peak();
    let before = memory("VmRSS");
    let mut bytes = Vec::new();
    let export = || office.desk.export(&Actor::system(), kind, Test::All, Format::Xlsx, &mut bytes).expect("exported");
    let (_, time) = spent(export);
    let grown = memory("VmHWM").saturating_sub(before);
    each(&format!("workbook of 10,000 controls, {} KB, peak {grown} MB more (whole)", bytes.len() / 1024), time, 1);
}

/// NIST 800-53 and an audit of it, as a person brings them in and opens them; left out where the official file is not at
/// hand.
fn audit(office: &Office, mara: &Record) {
    let Ok(bytes) = std::fs::read(NIST) else {
        println!("skipped: {NIST} is not there");
        return;
    };
    let (site, by) = (Site::of(office), office.desk.actor(mara, Via::Screen).expect("an actor"));
    let browser = site.sign_in(office, mara);
    let read = ("catalog.json", &bytes[..]);
    let (report, time) = spent(|| office.desk.import_framework(&by, read, &[], None, Outcome::Keep, now()));
    each("NIST 800-53 imported, with search words", time, 1);
    let framework = report.expect("imported").record.expect("a record");
    let values = [
        ("title", Value::text("Audit")),
        ("class", office.kind("engagement").choice_value("class", "audit")),
        ("framework", framework.into()),
        ("lead", mara.id.into()),
        ("scope", "All".into()),
    ];
    let values = values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let (made, time) = spent(|| office.desk.open_engagement(&by, values, now()).expect("opened"));
    each("an audit of all its controls created", time, 1);
    for round in ["first", "second"] {
        let (answer, time) = spent(|| site.get(&browser.cookie, &format!("/r/engagement/{}", made.id)));
        assert!(answer.status.is_success(), "{}", answer.status);
        each(&format!("its page, the {round} time: {} KB of HTML", answer.body.len() / 1024), time, 1);
    }
}

fn home(office: &Office, mara: &Record) {
    let site = Site::of(office);
    let browser = site.sign_in(office, mara);
    for path in ["/", "/home/body", "/duties", "/responsibilities"] {
        let (answer, time) = spent(|| site.get(&browser.cookie, path));
        assert!(answer.status.is_success(), "{path}: {}", answer.status);
        each(&format!("GET {path}: {} KB of HTML", answer.body.len() / 1024), time, 1);
    }
}
