//! Sign-ins judged per processor second with the starter rules alone, and with ten baselines beside them.
//!
//! The input is generated: 500 users over 30 days, 400,000 sign-ins in the order of time, each user mostly from three
//! addresses; one in 5,000 comes from another. Each line prints counts that can be checked by hand. What a server writes
//! down after each batch of 1,000 events is made ready too, and its rows and bytes are counted.

use cpu_time::ProcessTime;
use std::sync::Arc;
use watchkeep_detect::baseline::Learnt;
use watchkeep_detect::{RuleFile, RuleSet, route, starter_rules};
use watchkeep_model::event::{Event, IdKey};

const EVENTS: i64 = 400_000;
const USERS: i64 = 500;
const DAYS: i64 = 30;
const BATCH: usize = 1_000;
/// 1 March 2026.
const START: i64 = 1_772_323_200;

fn main() {
    let events: Vec<Event> = (0..EVENTS).map(event).collect();
    let (without, _) = RuleSet::load(starter_rules());
    let (with, infos) = RuleSet::load(starter_rules().into_iter().chain(baselines()));
    assert!(infos.iter().all(watchkeep_detect::RuleInfo::is_live), "each is live");
    println!("{} events of {USERS} users in {DAYS} days", events.len());
    judged("starter rules, the first time", &without, &events);
    judged("starter rules", &without, &events);
    judged("and ten baselines, the first time", &with, &events);
    judged("and ten baselines", &with, &events);
}

fn judged(what: &str, set: &RuleSet, events: &[Event]) {
    let before = memory();
    let mut learnt = Learnt::default();
    let (mut matches, mut departures, mut rows, mut bytes) = (0, 0, 0, 0);
    let clock = ProcessTime::now();
    for batch in events.chunks(BATCH) {
        for event in batch {
            let found = set.evaluate(event);
            matches += found.len();
            let counted = found.iter().map(|found| found.rule).filter(|rule| set.counts(*rule));
            departures += learnt.see(set.baselines(), event, counted).len();
        }
        let changes = learnt.changes(set.baselines());
        rows += changes.put.len();
        bytes += changes.put.iter().map(|row| row.body.len()).sum::<usize>();
    }
    let seconds = clock.elapsed().as_secs_f64();
    println!(
        "{what}: {matches} matches, {departures} departures, {rows} rows of {} MB, {} MB kept, {seconds:.2} CPU-s, {:.2} us each, {:.0} events/CPU-s",
        bytes / 1_000_000,
        memory() - before,
        seconds * 1e6 / events.len() as f64,
        events.len() as f64 / seconds
    );
}

/// The sign-in of a number, the same in each run.
fn event(number: i64) -> Event {
    let mixed = (number.unsigned_abs().wrapping_mul(0x9E37_79B9_7F4A_7C15)) >> 20;
    let time = jiff::Timestamp::from_second(START + number * DAYS * 86_400 / EVENTS).unwrap_or_default();
    let user = format!("user{}", mixed % USERS as u64);
    let odd = number % 5_000 == 4_999;
    let address = if odd {
        format!("203.0.113.{}", number / 5_000)
    } else {
        format!("10.{}.0.{}", mixed % USERS as u64 % 250, mixed / 7 % 3)
    };
    let fields = [
        ("EventID", "4624".to_owned()),
        ("Channel", "Security".to_owned()),
        ("Provider_Name", "Microsoft-Windows-Security-Auditing".to_owned()),
        ("Computer", format!("dc0{}", mixed % 3)),
        ("TargetUserName", user),
        ("TargetDomainName", format!("UNIT{}", mixed % 5)),
        ("LogonType", if mixed % 4 == 0 { "10" } else { "3" }.to_owned()),
        ("IpAddress", address),
        ("Bytes", (mixed % 9_000).to_string()),
    ];
    let fields: Vec<(Arc<str>, String)> = fields.into_iter().map(|(name, value)| (name.into(), value)).collect();
    let mut made = Event {
        id: IdKey::default().id(time, "bench", number.unsigned_abs(), b""),
        time,
        received: time,
        source: "bench".into(),
        log: Default::default(),
        host: None,
        user: None,
        src_ip: None,
        dst_ip: None,
        process: None,
        code: Some("4624".into()),
        message: "sign-in".into(),
        fields: fields.iter().map(|(name, value)| (name.clone(), value.as_str())).collect(),
        raw: Default::default(),
    };
    route(&mut made);
    made
}

/// Ten that all learn from each sign-in.
fn baselines() -> Vec<RuleFile> {
    let all = [
        "{type: first_seen, entity: TargetUserName, value: IpAddress}",
        "{type: first_seen, entity: TargetUserName, value: Computer}",
        "{type: first_seen, entity: Computer, value: IpAddress}",
        "{type: first_seen, entity: TargetUserName, value: [Computer, LogonType]}",
        "{type: rare, entity: TargetUserName, value: IpAddress, share: 0.01}",
        "{type: rare, entity: IpAddress, value: Computer}",
        "{type: volume, entity: TargetUserName, per: 1h}",
        "{type: volume, entity: TargetUserName, per: 1d, distinct: IpAddress}",
        "{type: volume, entity: TargetUserName, per: 1h, sum: Bytes, peers: TargetDomainName, at_least: 50000}",
        "{type: travel, entity: TargetUserName, network: IpAddress, places: \"10.0.0.0/8,Berlin,52.52,13.40\\n203.0.113.0/24,Sydney,-33.87,151.21\"}",
    ];
    let file = |(at, text): (usize, &&str)| RuleFile {
        path: format!("bench/{at}.yml"),
        text: format!(
            "title: Baseline {at}\nid: bench-{at}\nlogsource: {{product: windows, service: security}}\ndetection:\n    selection:\n        EventID: 4624\n    condition: selection\nbaseline: {text}\n"
        ),
    };
    all.iter().enumerate().map(file).collect()
}

/// Memory of this process in MB.
fn memory() -> i64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|rest| rest.split_whitespace().next()?.parse::<i64>().ok()).unwrap_or(0) / 1024
}
