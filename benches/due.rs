//! Dated things at size: how long one million due dates take to work out anew; CPU time, from a fixed seed.
//!
//! `cargo bench -p watchkeep-clocks --bench due`

use cpu_time::ProcessTime;
use jiff::civil::date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use watchkeep_clocks::{Cadence, Calendar, Every, Rule, Shift, Standing};

const THINGS: usize = 1_000_000;

fn main() {
    let mut seed = 7u64;
    let mut next = |below: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % below
    };
    let zones = ["Europe/Berlin", "Europe/Paris", "America/New_York", "Asia/Tokyo"];
    let calendars: Vec<Calendar> =
        zones.iter().map(|zone| Calendar::weekdays(TimeZone::get(zone).expect("a zone"))).collect();
    let every = [Every::DAILY, Every::WEEKLY, Every::MONTHLY, Every::QUARTERLY, Every::HALF_YEARLY, Every::YEARLY];
    let rules: Vec<(Rule, usize)> = (0..THINGS)
        .map(|_| {
            let first = date(2020, 1, 1).checked_add((next(2000) as i64).days()).expect("a day");
            let cadence = Cadence::new(first, every[next(6) as usize]);
            let rule = Rule { cadence, shift: Shift::After, grace: next(8) as u16, leads: vec![14, 1] };
            (rule, next(4) as usize)
        })
        .collect();
    let now: Timestamp = "2026-03-03T07:00:00Z".parse().expect("an instant");
    let start = ProcessTime::now();
    let mut counts = [0usize; 4];
    for (rule, zone) in &rules {
        let calendar = &calendars[*zone];
        let due = rule.due(calendar, calendar.day(now)).expect("due");
        counts[due.standing(calendar, now) as usize] += 1;
    }
    let spent = start.elapsed().as_secs_f64();
    println!("input: {THINGS} dated things in 4 zones, six rhythms, working days, two reminders each, seed 7");
    println!("{spent:>10.3} s   CPU time for all");
    for standing in [Standing::Ahead, Standing::Soon, Standing::Late, Standing::Missed] {
        println!("{:>10}     {standing:?}", counts[standing as usize]);
    }
}
