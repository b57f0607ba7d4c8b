//! Random walks through approvals on the real store: nobody finishes a flow of two steps alone without a live waiver (RU-38, RU-61).

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use watchkeep_model::{Actor, Record, Value};
use watchkeep_store::{Change, StoreError};
use watchkeep_tests::{Office, now};

/// Who does one thing to one record, and after how many days.
#[derive(Debug, Clone)]
struct Step {
    who: usize,
    what: usize,
    act: Deed,
    days: i64,
}

#[derive(Debug, Clone, Copy)]
enum Deed {
    Change,
    PutForward,
    SendBack,
    Approve,
    Reopen,
    /// Asks that the rule be set aside for so many days.
    AskException(i64),
    ApproveException,
    AllowAlone,
}

fn deeds() -> impl Strategy<Value = Deed> {
    prop_oneof![
        4 => Just(Deed::Change),
        3 => Just(Deed::PutForward),
        1 => Just(Deed::SendBack),
        7 => Just(Deed::Approve),
        3 => Just(Deed::Reopen),
        2 => (1..60_i64).prop_map(Deed::AskException),
        1 => Just(Deed::ApproveException),
        2 => Just(Deed::AllowAlone),
    ]
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let one = (0..3_usize, 0..3_usize, deeds(), 0..4_i64);
    prop::collection::vec(one.prop_map(|(who, what, act, days)| Step { who, what, act, days }), 30..90)
}

/// What the test remembers by itself of one record: who last changed it or put it forward.
struct Thing {
    record: Record,
    last: usize,
}

struct Walk<'a> {
    office: &'a Office,
    people: &'a [Actor],
    things: Vec<Thing>,
    exception: Option<(Record, usize)>,
    /// Last days of the exceptions that were granted.
    granted: Vec<Date>,
    at: Timestamp,
    serial: usize,
    /// Approvals by another, alone under a waiver, and refused by the rule.
    seen: [usize; 3],
}

impl Walk<'_> {
    fn write(&self, who: usize, change: Change) -> Result<Record, StoreError> {
        Ok(self.office.desk.store.write_one(&self.people[who], self.at, change)?.record)
    }

    fn make(&self, who: usize, kind: &str, values: &[(&str, Value)]) -> Result<Record, StoreError> {
        let values = values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        self.write(who, Change::Create { kind: self.office.kind(kind), values, tags: None, external_id: None })
    }

    fn act(&self, who: usize, record: &Record, act: &str, values: &[(&str, Value)]) -> Result<Record, StoreError> {
        let values = values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        let reason = Some("so it is".to_owned());
        let (kind, id, act) = (record.kind, record.id, act.to_owned());
        self.write(who, Change::Move { kind, id, version: None, act, values, reason })
    }

    fn day(&self, later: i64) -> Date {
        self.at.to_zoned(TimeZone::UTC).date().checked_add(Span::new().days(later)).expect("a day")
    }

    fn waived(&self) -> bool {
        self.granted.iter().any(|until| *until >= self.day(0))
    }

    fn take(&mut self, step: &Step) -> Result<(), TestCaseError> {
        self.at = self.at.checked_add(jiff::SignedDuration::from_hours(24 * step.days)).expect("later");
        self.serial += 1;
        let Thing { record, last } = &self.things[step.what];
        let (record, last, who) = (record.clone(), *last, step.who);
        let words = Value::text(format!("wording {}", self.serial));
        let done = match step.act {
            Deed::Change => {
                let values = vec![("text".to_owned(), words)];
                self.write(who, Change::Update { kind: record.kind, id: record.id, version: None, values })
            }
            Deed::PutForward => self.act(who, &record, "submit", &[]),
            Deed::SendBack => self.act(who, &record, "return", &[]),
            Deed::Reopen => self.act(who, &record, "revise", &[]),
            Deed::Approve => {
                let values =
                    if record.kind.name == "document" { vec![("review_due", "2040-01-01".into())] } else { vec![] };
                let done = self.act(who, &record, "approve", &values);
                let rule = match &done {
                    Err(StoreError::Refused(refusal)) => refusal.rule,
                    _ => None,
                };
                match (&done, rule) {
                    (Ok(_), _) if last == who => {
                        prop_assert!(self.waived(), "{} finished {} alone", who, record.number());
                        self.seen[1] += 1;
                    }
                    (Ok(_), _) => self.seen[0] += 1,
                    (Err(_), Some("RU-38")) => {
                        prop_assert!(last == who && !self.waived(), "{} was kept from {}", who, record.number());
                        self.seen[2] += 1;
                    }
                    _ => {}
                }
                done
            }
            Deed::AskException(days) => {
                let matter = self.office.kind("decision").choice_value("matter", "exception");
                let until = Value::text(self.day(days).to_string());
                let values = [("title", "Alone".into()), ("request", words), ("rule", "RU-38".into())];
                let asked =
                    self.make(who, "decision", &[&values[..], &[("until", until), ("matter", matter)]].concat());
                self.exception = Some((asked.expect("asked"), who));
                return Ok(());
            }
            Deed::ApproveException | Deed::AllowAlone => {
                let Some((exception, asker)) = self.exception.take() else { return Ok(()) };
                let alone = matches!(step.act, Deed::AllowAlone);
                let why = [("alone", Value::text("There is one person."))];
                let (act, values) = if alone { ("approve_alone", &why[..]) } else { ("approve", &why[..0]) };
                let done = self.act(who, &exception, act, values);
                if done.is_ok() {
                    prop_assert!(alone || asker != who || self.waived(), "{} allowed it to themselves", who);
                    self.granted.push(exception.read::<Date>("until").expect("an end"));
                }
                return Ok(());
            }
        };
        if let Ok(record) = done {
            let thing = &mut self.things[step.what];
            thing.record = record;
            if matches!(step.act, Deed::Change | Deed::PutForward) {
                thing.last = who;
            }
        }
        Ok(())
    }
}

#[test]
fn ru_38_ru_61_nobody_finishes_a_flow_of_two_steps_alone_without_a_live_waiver() {
    let office = Office::open();
    let people = ["Ann", "Bob", "Cid"].map(|name| office.holding(name, "Administrator"));
    let (mut seen, mut at) = ([0; 3], now());
    let config = ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let (seen_by, from) = (std::cell::RefCell::new(&mut seen), std::cell::RefCell::new(&mut at));
    let ran = runner.run(&steps(), |steps| {
        let mut walk = Walk {
            office: &office,
            people: &people,
            things: Vec::new(),
            exception: None,
            granted: Vec::new(),
            // Exceptions of walks before are over.
            at: from.borrow().checked_add(jiff::SignedDuration::from_hours(24 * 90)).expect("later"),
            serial: 0,
            seen: [0; 3],
        };
        for kind in ["document", "message", "document"] {
            let record = walk.make(0, kind, &[("title", "A".into()), ("text", "First words.".into())]).expect("made");
            walk.things.push(Thing { record, last: 0 });
        }
        let result = steps.iter().try_for_each(|step| walk.take(step));
        seen_by.borrow_mut().iter_mut().zip(walk.seen).for_each(|(all, one)| *all += one);
        **from.borrow_mut() = walk.at;
        result
    });
    ran.expect("nobody alone");
    assert!(seen.iter().all(|count| *count > 10), "every way was walked: {seen:?}");
}
