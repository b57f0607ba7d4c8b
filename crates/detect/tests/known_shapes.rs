//! Events of one shape are told apart by what they say: what was known of those before changes no match.

use proptest::prelude::*;
use std::sync::Arc;
use watchkeep_detect::{RuleFile, RuleInfo, RuleSet};
use watchkeep_ingest::Source;
use watchkeep_ingest::json_lines::{Form, Reader};
use watchkeep_model::event::{Event, Names};

/// A rule for each of these log sources.
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

/// An event with these values of [`WORDS`].
fn event<'w>(words: impl IntoIterator<Item = &'w str>, wraps: bool, reader: &mut Reader) -> Event {
    let word = |((name, _), word): (&(&str, &[&str]), &str)| {
        let name = if wraps { wrapped(name) } else { (*name).to_owned() };
        format!("\"{name}\":\"{word}\"")
    };
    let words: Vec<String> = WORDS.iter().zip(words).map(word).collect();
    let json = format!("{{\"Common\":\"1\",{}}}", words.join(","));
    reader.line(json.into(), 1, jiff::Timestamp::UNIX_EPOCH).expect("an event")
}

fn reader() -> Reader {
    Reader::new(Source::named("s"), Form::OnlyJson)
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
        let mut events: Vec<Event> = all
            .iter()
            .map(|(choices, product)| {
                let words = WORDS.iter().zip(choices).map(|((_, values), choice)| *choice.get(values));
                // Each by a reader of its own: none shares its names with another.
                let mut event = event(words, wraps, &mut reader());
                event.log.product = product.map(Into::into);
                event
            })
            .collect();
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
        let (set, mut reader) = (rules(), reader());
        let mut matched = |words: [&str; 6]| -> Vec<usize> {
            set.evaluate(&event(words, wraps, &mut reader)).iter().map(|found| found.rule).collect()
        };
        // Of an event without a user nothing is known of the next one, which has one.
        assert_eq!(matched(["Security", "4688", "SetValue", "-", "", ""]), [0, 3], "{wraps}");
        assert_eq!(matched(["Security", "4688", "SetValue", "bob", "", ""]), [0, 3, 5, 9], "{wraps}");
        let sysmon = ["Microsoft-Windows-Sysmon/Operational", "12", "DeleteKey", "bob", "", ""];
        assert_eq!(matched(sysmon), [0, 7, 10], "{wraps}");
    }
}
