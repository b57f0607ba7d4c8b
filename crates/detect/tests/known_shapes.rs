//! Events of one shape are told apart by what they say: what was known of those before changes no match.

use proptest::prelude::*;
use std::sync::Arc;
use watchkeep_detect::{RuleFile, RuleInfo, RuleSet};
use watchkeep_ingest::Source;
use watchkeep_ingest::json_lines::{Form, Reader};
use watchkeep_model::event::{Event, Names};

/// A rule for each of these log sources: it matches every event there.
const SOURCES: &[&str] = &[
    "{product: windows}",
    "{product: linux}",
    "{product: azure}",
    "{product: windows, service: security}",
    "{product: windows, service: system}",
    "{product: windows, category: process_creation}",
    "{product: windows, category: registry_add}",
    "{product: windows, category: registry_delete}",
    "{product: linux, category: process_creation}",
    "{category: process_creation}",
    "{service: sysmon}",
];

/// What decides, in every event of the shape.
const WORDS: &[(&str, &[&str])] = &[
    (
        "Channel",
        &[
            "Security",
            "Security",
            "Security",
            "SYSTEM",
            "Microsoft-Windows-Sysmon/Operational",
            "Linux-Sysmon/Operational",
            "other",
        ],
    ),
    ("EventID", &["1", "12", "4624", "4688", "4688", "4688"]),
    ("EventType", &["DeleteKey", "SetValue"]),
    ("SubjectUserName", &["-", "bob"]),
    ("log.product", &["", "windows", "linux", "azure"]),
    ("log.category", &["", "process_creation"]),
];

fn rules() -> RuleSet {
    let rule = |(at, source): (usize, &&str)| {
        // A process start in the security log is given a user by that name; an exporter may have wrapped the other.
        let test = match at {
            5 => "User|endswith: bob",
            6.. => "SubjectUserName: bob",
            _ => "Common: '1'",
        };
        let detection = format!("detection:\n    sel:\n        {test}\n    condition: sel\n");
        RuleFile { path: format!("{at}.yml"), text: format!("title: T{at}\nlogsource: {source}\n{detection}") }
    };
    let (set, infos) = RuleSet::load(SOURCES.iter().enumerate().map(rule));
    assert!(infos.iter().all(RuleInfo::is_live), "{infos:?}");
    set
}

/// What Winlogbeat calls the fields of a record.
fn wrapped(name: &str) -> String {
    match name {
        "Channel" => "winlog.channel".to_owned(),
        "EventID" => "winlog.event_id".to_owned(),
        name if name.starts_with("log.") => name.to_owned(),
        name => format!("winlog.event_data.{name}"),
    }
}

fn read(json: &str) -> Event {
    let mut reader = Reader::new(Source::named("s"), Form::OnlyJson);
    let now = "2026-11-22T00:00:00Z".parse().expect("a time");
    reader.line(json.to_owned().into(), 1, now).expect("an event")
}

fn event(choices: &[prop::sample::Index], product: Option<&str>, wraps: bool) -> Event {
    let words = WORDS.iter().zip(choices).map(|((name, values), choice)| {
        let name = if wraps { wrapped(name) } else { (*name).to_owned() };
        format!("\"{name}\":\"{}\"", choice.get(values))
    });
    let json = format!("{{\"Common\":\"1\",{}}}", words.collect::<Vec<_>>().join(","));
    let mut event = read(&json);
    event.log.product = product.map(Into::into);
    event
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn events_of_one_shape_match_as_each_alone(
        all in prop::collection::vec(
            (prop::collection::vec(any::<prop::sample::Index>(), WORDS.len()), prop::option::of(prop::sample::select(vec!["windows", "linux"]))),
            2..30,
        ),
        wraps in any::<bool>(),
    ) {
        let set = rules();
        let mut events: Vec<Event> = all.iter().map(|(choices, product)| event(choices, *product, wraps)).collect();
        let names: Names = Arc::clone(events[0].fields.names());
        for event in &mut events {
            let alone = set.evaluate(event);
            let fields = std::mem::take(&mut event.fields);
            event.fields = fields.under(Arc::clone(&names));
            prop_assert!(Arc::ptr_eq(event.fields.names(), &names));
            prop_assert_eq!(&set.evaluate(event), &alone);
            prop_assert_eq!(set.evaluate(event), alone, "again");
        }
    }
}

#[test]
fn the_rules_match_events_of_either_shape() {
    for wraps in [false, true] {
        let (set, mut reader) = (rules(), Reader::new(Source::named("s"), Form::OnlyJson));
        let mut matched = |words: [&str; 6]| -> Vec<usize> {
            let word = |((name, _), word): (&(&str, &[&str]), &str)| {
                let name = if wraps { wrapped(name) } else { (*name).to_owned() };
                format!("\"{name}\":\"{word}\"")
            };
            let json: Vec<String> = WORDS.iter().zip(words).map(word).collect();
            let json = format!("{{\"Common\":\"1\",{}}}", json.join(","));
            let event = reader.line(json.into(), 1, jiff::Timestamp::UNIX_EPOCH).expect("an event");
            set.evaluate(&event).iter().map(|found| found.rule).collect()
        };
        // Of an event without a user nothing is known of the next one, which has one.
        assert_eq!(matched(["Security", "4688", "SetValue", "-", "", ""]), [0, 3], "{wraps}");
        assert_eq!(matched(["Security", "4688", "SetValue", "bob", "", ""]), [0, 3, 5, 9], "{wraps}");
        let sysmon = ["Microsoft-Windows-Sysmon/Operational", "12", "DeleteKey", "bob", "", ""];
        assert_eq!(matched(sysmon), [0, 7, 10], "{wraps}");
    }
}
