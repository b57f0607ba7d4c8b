//! Generated correlations over generated streams: what fires is what the public evaluator and a recount by hand say, and
//! neither the order in which events come nor a restart changes it.

use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use rsigma_eval::{CorrelationConfig, CorrelationEngine, JsonEvent};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use watchkeep_detect::correlate::{Changes, Firing, LATENESS, Row, Windows};
use watchkeep_detect::{RuleFile, RuleSet};
use watchkeep_model::event::{Event, IdKey};

/// One event: seconds, which rule it matches, user, host, number.
#[derive(Debug, Clone)]
struct Made {
    at: i64,
    rule: usize,
    user: &'static str,
    host: &'static str,
    number: i64,
}

impl Made {
    fn json(&self) -> Value {
        let mut json = json!({ "rule": self.rule.to_string(), "Host": self.host, "number": self.number.to_string() });
        if !self.user.is_empty() {
            json["User"] = json!(self.user);
        }
        json
    }

    fn event(&self, salt: usize) -> Event {
        let time = jiff::Timestamp::from_second(1_700_000_000 + self.at).expect("a time");
        let json = self.json();
        let fields = json.as_object().expect("an object").iter();
        let fields =
            fields.map(|(name, value)| (std::sync::Arc::from(name.as_str()), value.as_str().unwrap_or_default()));
        Event {
            id: IdKey::default().id(time, "s", salt as u64, json.to_string().as_bytes()),
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
            fields: fields.collect(),
            raw: Default::default(),
        }
    }
}

fn made() -> impl Strategy<Value = Made> {
    (0..400_i64, 0..4_usize, select(vec!["ann", "ben", ""]), select(vec!["x", "y"]), 0..6_i64)
        .prop_map(|(at, rule, user, host, number)| Made { at, rule, user, host, number })
}

/// In the order of time, as the windows see it.
fn stream() -> impl Strategy<Value = Vec<Event>> {
    prop::collection::vec(made(), 1..60).prop_map(|made| {
        let mut events: Vec<Event> = made.iter().enumerate().map(|(salt, made)| made.event(salt)).collect();
        events.sort_by_key(|event| (event.time, event.id));
        events
    })
}

#[derive(Debug, Clone)]
struct Asked {
    kind: &'static str,
    rules: Vec<usize>,
    group: Vec<&'static str>,
    span: i64,
    tests: Vec<(&'static str, i64)>,
    rank: i64,
    /// In place of tests: rules put together, of a temporal one.
    which: Option<&'static str>,
}

impl Asked {
    fn json(&self, id: &str) -> Value {
        let mut condition: Value = self.tests.iter().map(|(operator, wanted)| (*operator, *wanted)).collect();
        match self.kind {
            "value_count" => condition["field"] = json!(["User", "number"]),
            kind if kind.starts_with("value") => condition["field"] = json!("number"),
            _ => {}
        }
        if self.kind == "value_percentile" {
            condition["percentile"] = json!(self.rank);
        }
        if let Some(which) = self.which {
            condition = json!(which);
        }
        json!({ "title": id, "id": id, "correlation": {
            "type": self.kind, "rules": self.rules.iter().map(|at| format!("rule{at}")).collect::<Vec<_>>(),
            "group-by": self.group, "timespan": format!("{}s", self.span), "condition": condition,
        }})
    }

    fn holds(&self, value: f64) -> bool {
        self.tests.iter().all(|(operator, wanted)| {
            let wanted = *wanted as f64;
            match *operator {
                "gt" => value > wanted,
                "gte" => value >= wanted,
                "lt" => value < wanted,
                "lte" => value <= wanted,
                _ => (value - wanted).abs() < 1e-9,
            }
        })
    }

    /// What a window counts to, straight from the words of the specification.
    fn value(&self, window: &[&Event]) -> Option<f64> {
        let numbers = || window.iter().filter_map(|event| event.field("number")?.parse::<f64>().ok());
        let rule = |event: &&&Event| event.field("rule").and_then(|rule| rule.parse::<usize>().ok());
        let has = |wanted: usize| window.iter().any(|event| rule(&event) == Some(wanted));
        let mut sorted: Vec<f64> = numbers().collect();
        sorted.sort_by(f64::total_cmp);
        let at = |rank: f64| {
            let place = rank / 100.0 * (sorted.len() - 1) as f64;
            let (low, high) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
            low + (high - low) * place.fract()
        };
        Some(match self.kind {
            "event_count" => window.len() as f64,
            "value_count" => {
                let values = window.iter().map(|event| (event.field("User"), event.field("number")));
                values.filter(|(user, _)| user.is_some()).collect::<BTreeSet<_>>().len() as f64
            }
            "temporal" => match self.which {
                Some("rule0 and not rule1") => return (has(0) && !has(1)).then_some(1.0),
                Some("rule0 or rule1") => {
                    return (has(0) || has(1)).then_some(f64::from(u8::from(has(0)) + u8::from(has(1))));
                }
                _ => self.rules.iter().filter(|at| has(**at)).count() as f64,
            },
            "temporal_ordered" => {
                let mut time = jiff::Timestamp::MIN;
                for wanted in &self.rules {
                    let found = window.iter().find(|event| event.time >= time && rule(event) == Some(*wanted));
                    match found {
                        Some(event) => time = event.time,
                        None => return Some(0.0),
                    }
                }
                self.rules.len() as f64
            }
            "value_sum" => numbers().sum(),
            "value_avg" => numbers().sum::<f64>() / window.len() as f64,
            "value_median" => at(50.0),
            _ => at(self.rank as f64),
        })
    }

    /// Every window that fires, as group, the event it ends with, and its value.
    fn recount(&self, events: &[Event]) -> BTreeSet<Fired> {
        let counts = |event: &&Event| {
            let rule = event.field("rule").and_then(|rule| rule.parse().ok());
            rule.is_some_and(|rule: usize| self.rules.contains(&rule))
                && (self.kind != "value_count" || event.field("User").is_some())
        };
        let key =
            |event: &Event| self.group.iter().map(|name| event.field(name).map(str::to_owned)).collect::<Vec<_>>();
        let mut fired = BTreeSet::new();
        for (at, end) in events.iter().enumerate().filter(|(_, end)| counts(end)) {
            let start = end.time.as_second() - self.span;
            let window: Vec<&Event> = events[..=at].iter().filter(counts).collect();
            let window: Vec<&Event> =
                window.into_iter().filter(|event| key(event) == key(end) && event.time.as_second() >= start).collect();
            if let Some(value) = self.value(&window).filter(|value| self.which.is_some() || self.holds(*value)) {
                fired.insert(("c".to_owned(), key(end), end.id.to_string(), format!("{value:.6}")));
            }
        }
        fired
    }
}

/// Rule, group, the event it ends with, value.
type Fired = (String, Vec<Option<String>>, String, String);

fn asked() -> impl Strategy<Value = Asked> {
    let kinds = [
        "event_count",
        "value_count",
        "temporal",
        "temporal_ordered",
        "value_sum",
        "value_avg",
        "value_percentile",
        "value_median",
    ];
    let tests = prop_oneof![
        4 => (1..6_i64).prop_map(|least| vec![("gte", least)]),
        1 => (0..5_i64).prop_map(|least| vec![("gt", least)]),
        1 => (1..6_i64).prop_map(|most| vec![("lt", most)]),
        1 => (1..6_i64).prop_map(|most| vec![("lte", most)]),
        1 => (1..6_i64).prop_map(|same| vec![("eq", same)]),
        1 => (1..4_i64).prop_map(|least| vec![("gt", least), ("lte", least + 2)]),
    ];
    let rules = subsequence(vec![0, 1, 2], 1..=3).prop_shuffle();
    let which = prop_oneof![4 => Just(None), 1 => select(vec![Some("rule0 and not rule1"), Some("rule0 or rule1")])];
    (
        (select(kinds.to_vec()), rules, subsequence(vec!["User", "Host"], 0..=2)),
        (select(vec![5, 30, 120]), tests, 0..=100_i64, which),
    )
        .prop_map(|((kind, mut rules, group), (span, mut tests, rank, which))| {
            let which = which.filter(|_| kind == "temporal");
            if which.is_some() {
                rules = vec![0, 1];
                tests = vec![("gte", 1)];
            } else if kind.starts_with("temporal") && tests == [("gte", 1)] {
                tests = vec![("gte", rules.len() as i64)];
            }
            Asked { kind, rules, group, span, tests, rank, which }
        })
}

fn rules() -> Vec<Value> {
    let rule = |at: usize| {
        json!({ "title": format!("rule{at}"), "id": format!("id{at}"), "name": format!("rule{at}"), "logsource": {},
            "detection": { "s": { "rule": at.to_string() }, "condition": "s" } })
    };
    (0..3).map(rule).collect()
}

fn load(correlations: &[Value]) -> RuleSet {
    let texts = rules().into_iter().chain(correlations.iter().cloned());
    let file = |(at, text): (usize, Value)| RuleFile { path: format!("{at}.yml"), text: text.to_string() };
    let (set, infos) = RuleSet::load(texts.enumerate().map(file));
    for info in &infos {
        assert!(info.is_live(), "{}: {:?}", info.title, info.state);
    }
    set
}

fn see(set: &RuleSet, windows: &mut Windows, event: &Event) -> Vec<Firing> {
    let found = set.evaluate(event);
    windows.see(set.correlations(), event, found.iter().map(|found| found.rule))
}

fn end(set: &RuleSet, windows: &mut Windows, events: &[Event]) -> Vec<Firing> {
    let last = events.iter().map(|event| event.received).max().expect("an event");
    // Once for each level of correlations that wait for what is late.
    (1..4).flat_map(|times| windows.tick(set.correlations(), last + LATENESS * times * 2)).collect()
}

fn fired(set: &RuleSet, firing: &Firing) -> Fired {
    let group = firing.group.iter().map(|(_, value)| value.as_deref().map(str::to_owned)).collect();
    (set.rules()[firing.rule].id.to_string(), group, firing.end.id.to_string(), format!("{:.6}", firing.value))
}

/// What fires when the events come one by one.
fn in_turn(set: &RuleSet, events: &[Event]) -> Vec<Firing> {
    let mut windows = Windows::default();
    let mut firings: Vec<Firing> = events.iter().flat_map(|event| see(set, &mut windows, event)).collect();
    firings.extend(end(set, &mut windows, events));
    firings
}

/// The windows that fire, whatever their value was when they did, and by correlation and group the events told of.
fn outcome(set: &RuleSet, firings: &[Firing]) -> (BTreeSet<[String; 3]>, BTreeMap<String, BTreeSet<String>>) {
    let mut told: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut ends = BTreeSet::new();
    for firing in firings {
        let (rule, group, end, _) = fired(set, firing);
        let group = format!("{group:?}");
        let events = told.entry(format!("{rule} {group}")).or_default();
        for seen in &firing.events {
            assert!(events.insert(seen.id.to_string()) || rule == "above", "{rule} tells twice of {}", seen.id);
        }
        ends.insert([rule, group, end]);
    }
    (ends, told)
}

/// The rows that a store holds after some changes.
fn written(rows: &mut Vec<Row>, changes: Changes) {
    let gone = |row: &Row| {
        changes.gone.contains(&row.key)
            || changes.left.iter().any(|(key, group)| (key, group) == (&row.key.correlation, &row.key.group))
    };
    rows.retain(|row| !gone(row) && changes.put.iter().all(|new| new.key != row.key));
    rows.extend(changes.put);
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: ProptestConfig::default().cases.max(600),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn what_fires_is_what_a_recount_says(asked in asked(), events in stream()) {
        let set = load(&[asked.json("c")]);
        let ours: BTreeSet<Fired> = in_turn(&set, &events).iter().map(|firing| fired(&set, firing)).collect();
        prop_assert_eq!(ours, asked.recount(&events));
    }

    #[test]
    fn what_fires_is_what_the_evaluator_says(asked in asked(), events in stream()) {
        let mut engine = CorrelationEngine::new(CorrelationConfig::default());
        let texts: Vec<String> = rules().iter().chain([&asked.json("c")]).map(Value::to_string).collect();
        let parsed = rsigma_parser::parse_sigma_yaml(&texts.join("\n---\n")).expect("rules");
        engine.add_collection(&parsed).expect("an engine");
        let mut theirs = BTreeSet::new();
        for event in &events {
            // It looks again at a window when an event comes that has nothing to count; that is no end of a window.
            if asked.kind == "value_count" && event.field("User").is_none() {
                continue;
            }
            let json: Value = event.fields.iter().map(|(name, value)| (name.to_string(), json!(value))).collect();
            for result in engine.process_event_at(&JsonEvent::borrow(&json), event.time.as_second()) {
                let Some(body) = result.as_correlation() else { continue };
                let value = |name: &&str| {
                    body.group_key.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone())
                };
                let group = asked.group.iter().map(value).collect();
                // Its percentiles fire whatever the condition.
                if asked.kind != "value_percentile" || asked.holds(body.aggregated_value) {
                    theirs.insert(("c".to_owned(), group, event.id.to_string(), format!("{:.6}", body.aggregated_value)));
                }
            }
        }
        let set = load(&[asked.json("c")]);
        let ours: BTreeSet<Fired> = in_turn(&set, &events).iter().map(|firing| fired(&set, firing)).collect();
        prop_assert_eq!(ours, theirs);
    }

    #[test]
    fn order_of_coming_and_restarts_change_nothing(
        (below, beside) in (asked(), asked()),
        above in (asked(), any::<bool>()),
        events in stream(),
        late in prop::collection::vec((0..LATENESS.as_secs(), any::<bool>(), any::<bool>()), 60),
    ) {
        let mut top = Asked { kind: if above.1 { "temporal" } else { "event_count" }, which: None, ..above.0 };
        top.tests = vec![("gte", if above.1 { 2 } else { top.tests[0].1 })];
        let mut json = top.json("above");
        json["correlation"]["rules"] = json!(["c", "d", "rule2"]);
        let set = load(&[below.json("c"), beside.json("d"), json]);
        let expected = outcome(&set, &in_turn(&set, &events));
        let mut coming: Vec<(Event, bool, bool)> = Vec::new();
        for (event, (late, again, restart)) in events.iter().zip(&late) {
            let received = event.time + jiff::SignedDuration::from_secs(*late);
            coming.push((Event { received, ..event.clone() }, *again, *restart));
        }
        coming.sort_by_key(|(event, _, _)| event.received);
        let (mut windows, mut rows, mut firings) = (Windows::default(), Vec::new(), Vec::new());
        for (event, again, restart) in &coming {
            for _ in 0..=usize::from(*again) {
                firings.extend(see(&set, &mut windows, event));
            }
            written(&mut rows, windows.changes(set.correlations()));
            if *restart {
                let (restored, broken) = Windows::restore(set.correlations(), rows.iter().cloned());
                prop_assert_eq!(broken, 0);
                windows = restored;
            }
        }
        let received: Vec<Event> = coming.into_iter().map(|(event, _, _)| event).collect();
        firings.extend(end(&set, &mut windows, &received));
        let found = outcome(&set, &firings);
        prop_assert_eq!(found.0, expected.0);
        for (group, events) in expected.1.into_iter().filter(|(group, _)| !group.starts_with("above")) {
            prop_assert_eq!(found.1.get(&group), Some(&events), "{}", group);
        }
    }
}
