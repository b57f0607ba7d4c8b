//! A baseline with events of its own making, written down as a server would.

use std::collections::BTreeMap;
use std::sync::Arc;
use watchkeep_detect::baseline::{Departure, Learnt, Standing};
use watchkeep_detect::correlate::{Row, RowKey};
use watchkeep_detect::{RuleFile, RuleSet};
use watchkeep_model::event::{Event, IdKey};

/// 1 March 2026, midnight.
const START: i64 = 1_772_323_200;

/// Seconds of a day of March, counted from zero, at an hour and minute.
pub fn at(day: i64, hour: i64, minute: i64) -> i64 {
    START + day * 86_400 + hour * 3_600 + minute * 60
}

pub fn event(time: i64, fields: &[(&str, &str)]) -> Event {
    let time = jiff::Timestamp::from_second(time).expect("a time");
    let all = fields.iter().copied().chain([("kind", "seen")]);
    Event {
        id: IdKey::default().id(time, "s", 0, format!("{fields:?}").as_bytes()),
        time,
        received: time,
        source: "s".into(),
        log: Default::default(),
        host: None,
        user: None,
        src_ip: None,
        dst_ip: None,
        process: None,
        code: None,
        message: "m".into(),
        fields: all.map(|(name, value)| (Arc::from(name), value)).collect(),
        raw: Default::default(),
    }
}

/// A rule with this baseline over all events made here.
pub fn rule(baseline: &str) -> String {
    format!(
        "title: A\nid: baseline-1\nlogsource: {{}}\ndetection:\n    selection:\n        kind: seen\n    condition: selection\nbaseline: {baseline}\n"
    )
}

/// A baseline in force, with what it has written down.
pub struct Life {
    set: RuleSet,
    learnt: Learnt,
    rows: BTreeMap<(String, String), Row>,
}

impl Life {
    pub fn of(baseline: &str) -> Self {
        let (set, infos) = RuleSet::load([RuleFile { path: "a.yml".to_owned(), text: rule(baseline) }]);
        assert!(infos[0].is_live(), "{:?}", infos[0].state);
        Self { set, learnt: Learnt::default(), rows: BTreeMap::new() }
    }

    /// One batch of events; what changed is written down.
    pub fn see(&mut self, events: &[Event]) -> Vec<Departure> {
        let plans = self.set.baselines();
        let mut found = Vec::new();
        for event in events {
            let rules = self.set.evaluate(event).into_iter().map(|found| found.rule);
            found.extend(self.learnt.see(plans, event, rules));
        }
        let changes = self.learnt.changes(plans);
        for (_, group) in changes.left {
            self.rows.retain(|(of, _), _| *of != group);
        }
        let place = |key: &RowKey| (key.group.clone(), key.entry.clone());
        changes.gone.iter().for_each(|key| drop(self.rows.remove(&place(key))));
        self.rows.extend(changes.put.into_iter().map(|row| (place(&row.key), row)));
        found
    }

    /// Begins again with what was written down.
    #[allow(dead_code, reason = "not every test starts again")]
    pub fn start_again(&mut self) {
        self.learnt = Learnt::default();
        for key in self.learnt.unread(self.set.baselines()) {
            let rows: Vec<Row> = self.rows.values().cloned().collect();
            assert_eq!(self.learnt.restore(self.set.baselines(), &key, rows), 0);
        }
    }

    pub fn standing(&self) -> Standing {
        self.learnt.standing(self.set.baselines(), 0).expect("a baseline")
    }

    #[allow(dead_code, reason = "not every test asks")]
    pub fn usual(&self) -> Vec<(String, String)> {
        self.learnt.usual(self.set.baselines(), 0)
    }

    #[allow(dead_code, reason = "not every test counts rows")]
    pub fn rows(&self) -> usize {
        self.rows.len()
    }
}
