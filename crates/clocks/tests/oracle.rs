//! Due days against an oracle that walks day by day and knows nothing of steps.

use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use proptest::prelude::*;
use watchkeep_clocks::{Cadence, Calendar, Every, Rule, Shift, Standing};

fn every() -> impl Strategy<Value = Every> {
    prop_oneof![(1u16..40).prop_map(Every::Days), (1u16..9).prop_map(Every::Weeks), (1u16..30).prop_map(Every::Months)]
}

fn day() -> impl Strategy<Value = Date> {
    (1990i16..2060, 1i8..=12, 1i8..=31)
        .prop_map(|(year, month, day)| date(year, month, day.min(date(year, month, 1).days_in_month())))
}

/// Every due day up to a horizon: days and weeks by counting days, months by looking at each month's length.
fn walked(cadence: Cadence, until: Date) -> Vec<Date> {
    let mut due = Vec::new();
    match cadence.every {
        Every::Days(_) | Every::Weeks(_) => {
            let length = match cadence.every {
                Every::Days(days) => days,
                Every::Weeks(weeks) => weeks * 7,
                Every::Months(_) => unreachable!(),
            };
            let (mut at, mut count) = (cadence.first, 0);
            while at <= until {
                if count % length == 0 {
                    due.push(at);
                }
                count = (count + 1) % length;
                at = at.tomorrow().expect("a day");
            }
        }
        Every::Months(months) => {
            let (mut year, mut month, mut count) = (cadence.first.year(), cadence.first.month(), 0);
            loop {
                let first = date(year, month, 1);
                let at = date(year, month, cadence.first.day().min(first.days_in_month()));
                if at > until {
                    return due;
                }
                if count % months == 0 {
                    due.push(at);
                }
                count = (count + 1) % months;
                (year, month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
            }
        }
    }
    due
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn due_days_are_those_that_a_walk_finds(first in day(), every in every(), ahead in 0i64..2500) {
        let cadence = Cadence::new(first, every);
        let asked = first.checked_add(ahead.days()).expect("a day");
        let known = walked(cadence, asked.checked_add(1300.days()).expect("a day"));
        prop_assert_eq!(cadence.on_or_after(asked), known.iter().copied().find(|due| *due >= asked));
        prop_assert_eq!(cadence.before(asked), known.iter().copied().rfind(|due| *due < asked));
        let (from, to) = cadence.period(asked).expect("a period");
        prop_assert!(to >= asked && (from <= asked || asked < first), "{from} to {to} holds {asked}");
        if let Some(next) = to.tomorrow().ok().and_then(|day| cadence.period(day)) {
            prop_assert_eq!(next.0, to.tomorrow().expect("a day"), "periods leave no day out");
        }
    }

    #[test]
    fn a_day_ends_where_the_next_begins_in_every_zone(day in day(), zone in prop::sample::select(vec![
        "Europe/Berlin", "America/Sao_Paulo", "Africa/Cairo", "Asia/Beirut", "America/Havana", "Pacific/Apia",
        "Australia/Lord_Howe", "Asia/Kathmandu", "UTC",
    ])) {
        let calendar = Calendar::always(TimeZone::get(zone).expect("a zone"));
        let (start, end) = (calendar.start(day), calendar.end(day));
        let date = |at: Timestamp| at.to_zoned(calendar.zone.clone()).date();
        let nanosecond = jiff::SignedDuration::from_nanos(1);
        // A day that a zone skipped (Samoa, 30 December 2011) is empty: it ends where it begins.
        prop_assert!(start <= end);
        prop_assert!(date(start - nanosecond) < day && date(end) > day, "{zone} {day}");
        if start < end {
            prop_assert_eq!((date(start), date(end - nanosecond)), (day, day));
        }
    }

    #[test]
    fn shifted_days_are_working_days_next_to_the_due_day(first in day(), holidays in prop::collection::btree_set(0i64..30, 0..12)) {
        let mut calendar = Calendar::weekdays(TimeZone::UTC);
        calendar.holidays = holidays.into_iter().map(|ahead| first.checked_add(ahead.days()).expect("a day")).collect();
        let rule = |shift| Rule { cadence: Cadence::new(first, Every::MONTHLY), shift, grace: 0, leads: vec![] };
        let after = rule(Shift::After).due(&calendar, first).expect("due").day;
        let before = rule(Shift::Before).due(&calendar, first).expect("due").day;
        prop_assert!(calendar.is_working(after) && calendar.is_working(before) && before <= first && first <= after);
        let mut between = before.tomorrow().expect("a day");
        while between < after {
            prop_assert!(!calendar.is_working(between) || before == after);
            between = between.tomorrow().expect("a day");
        }
    }
}

#[test]
fn month_ends_come_back_and_leap_days_too() {
    let monthly = Cadence::new(date(2027, 10, 31), Every::MONTHLY);
    let days: Vec<String> = (0..6).map(|n| monthly.nth(n).expect("a day").to_string()).collect();
    assert_eq!(days, ["2027-10-31", "2027-11-30", "2027-12-31", "2028-01-31", "2028-02-29", "2028-03-31"]);
    let yearly = Cadence::new(date(2024, 2, 29), Every::YEARLY);
    assert_eq!(yearly.on_or_after(date(2025, 1, 1)), Some(date(2025, 2, 28)));
    assert_eq!(yearly.on_or_after(date(2027, 3, 1)), Some(date(2028, 2, 29)));
}

#[test]
fn a_due_day_stands_ahead_then_soon_then_late_then_missed() {
    let calendar = Calendar::weekdays(TimeZone::get("Europe/Berlin").expect("a zone"));
    let cadence = Cadence::new(date(2026, 3, 29), Every::MONTHLY);
    let rule = Rule { cadence, shift: Shift::After, grace: 2, leads: vec![1, 7] };
    // The 29th is the Sunday on which clocks change; the work is due on Monday.
    let due = rule.next(&calendar, None).expect("due");
    assert_eq!((due.from, due.to, due.day), (date(2026, 3, 1), date(2026, 3, 29), date(2026, 3, 30)));
    assert_eq!(due.by.to_string(), "2026-03-30T22:00:00Z", "midnight in summer time");
    assert_eq!(due.reminders[0].to_string(), "2026-03-22T23:00:00Z", "midnight in winter time");
    let at = |text: &str| due.standing(&calendar, text.parse().expect("an instant"));
    assert_eq!(at("2026-03-20T12:00:00Z"), Standing::Ahead);
    assert_eq!(at("2026-03-22T23:00:00Z"), Standing::Soon);
    assert_eq!(at("2026-03-30T21:59:59Z"), Standing::Soon);
    assert_eq!(at("2026-03-30T22:00:00Z"), Standing::Late);
    assert_eq!(at("2026-04-01T22:00:00Z"), Standing::Missed);
    let next = rule.next(&calendar, Some(due.to)).expect("due");
    assert_eq!((next.from, next.to), (date(2026, 3, 30), date(2026, 4, 29)));
}
