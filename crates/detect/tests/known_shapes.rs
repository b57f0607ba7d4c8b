//! Events of one shape are told apart by what they say: what was known of those before changes no match.

use proptest::prelude::*;
use std::sync::Arc;
use watchkeep_detect::{RuleFile, RuleSet};
use watchkeep_ingest::Source;
use watchkeep_ingest::json_lines::{Form, Reader};
use watchkeep_model::event::{Event, Names};

/// A rule for each of these log sources: it matches every event there.
const SOURCES: &[&str] = &[
    "product: windows",
    "product: linux",
    "product: azure",
    "{product: windows, service: security}",
    "{product: windows, service: system}",
    "{product: windows, category: process_creation}",
    "{product: windows, category: registry_add}",
    "{product: windows, category: registry_delete}",
    "{product: linux, category: process_creation}",
    "category: process_creation",
    "service: sysmon",
];

/// What decides, in every event of the shape.
const WORDS: &[(&str, &[&str])] = &[
    ("Channel", &["Security", "SYSTEM", "Microsoft-Windows-Sysmon/Operational", "Linux-Sysmon/Operational", "other"]),
    ("EventID", &["1", "12", "4624", "4688"]),
    ("EventType", &["DeleteKey", "SetValue"]),
    ("SubjectUserName", &["-", "bob"]),
    ("log.product", &["", "windows", "linux", "azure"]),
    ("log.category", &["", "process_creation"]),
];

fn rules() -> RuleSet {
    let rule = |(at, source): (usize, &&str)| {
        // A process start in the security log is given a user by that name.
        let test = if at == 5 { "User|endswith: bob" } else { "Common: '1'" };
        let detection = format!("detection:\n    sel:\n        {test}\n    condition: sel\n");
        RuleFile { path: format!("{at}.yml"), text: format!("title: T{at}\nlogsource: {source}\n{detection}") }
    };
    RuleSet::load(SOURCES.iter().enumerate().map(rule)).0
}

fn event(choices: &[prop::sample::Index], product: Option<&str>) -> Event {
    let words =
        WORDS.iter().zip(choices).map(|((name, values), choice)| format!("\"{name}\":\"{}\"", choice.get(values)));
    let json = format!("{{\"Common\":\"1\",{}}}", words.collect::<Vec<_>>().join(","));
    let mut reader = Reader::new(Source::named("s"), Form::OnlyJson);
    let now = "2026-11-22T00:00:00Z".parse().expect("a time");
    let mut event = reader.line(json.into(), 1, now).expect("an event");
    event.log.product = product.map(Into::into);
    event
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn events_of_one_shape_match_as_each_alone(
        all in prop::collection::vec(
            (prop::collection::vec(any::<prop::sample::Index>(), WORDS.len()), prop::option::of(prop::sample::select(vec!["windows", "linux"]))),
            2..30,
        ),
    ) {
        let set = rules();
        let mut events: Vec<Event> = all.iter().map(|(choices, product)| event(choices, *product)).collect();
        let names: Names = Arc::clone(events[0].fields.names());
        let mut matched = 0;
        for event in &mut events {
            let alone = set.evaluate(event);
            let fields = std::mem::take(&mut event.fields);
            event.fields = fields.under(Arc::clone(&names));
            prop_assert!(Arc::ptr_eq(event.fields.names(), &names));
            prop_assert_eq!(&set.evaluate(event), &alone);
            prop_assert_eq!(set.evaluate(event), alone.clone(), "again");
            matched += alone.len();
        }
        prop_assert!(matched > 0 || events.len() < 8);
    }
}
