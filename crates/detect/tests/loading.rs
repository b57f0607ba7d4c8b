//! What loading says about rules of every kind, and what a match says.

use watchkeep_detect::{Level, RuleFile, RuleInfo, RuleSet, State};
use watchkeep_ingest::Source;
use watchkeep_ingest::json_lines::{Form, Reader};
use watchkeep_model::event::Event;

const RULE: &str = "title: Who am I
id: 7e0fae2c-1111-4222-8333-444455556666
status: test
level: high
author: A. Person
tags: [attack.discovery, attack.t1033]
logsource: {product: windows, category: process_creation}
detection:
    selection:
        CommandLine|contains: whoami
    condition: selection
";

fn load(texts: &[&str]) -> (RuleSet, Vec<RuleInfo>) {
    RuleSet::load(
        texts
            .iter()
            .enumerate()
            .map(|(at, text)| RuleFile { path: format!("rules/{at}.yml"), text: (*text).to_owned() }),
    )
}

fn event(json: &str) -> Event {
    let now = "2026-11-22T00:00:00Z".parse().expect("a time");
    let mut reader = Reader::new(Source::named("s"), Form::OnlyJson);
    reader.line(json.to_owned().into(), 1, now).expect("an event")
}

/// The reason a rule is refused with, alone in its file.
fn refused(text: &str) -> String {
    let (_, infos) = load(&[text]);
    match &infos[0].state {
        State::Refused(reason) => reason.clone(),
        other => panic!("{other:?}: {text}"),
    }
}

#[test]
fn a_rule_is_described() {
    let (_, infos) = load(&[RULE]);
    let rule = &infos[0];
    assert_eq!((&*rule.title, rule.level, rule.status), ("Who am I", Level::High, Some("test")));
    assert_eq!(rule.techniques().collect::<Vec<_>>(), ["T1033"]);
    assert_eq!(rule.log.category.as_deref(), Some("process_creation"));
    assert_eq!(rule.sha256.len(), 64);
    assert!(rule.is_live());
}

#[test]
fn a_match_says_which_field_did_it() {
    let (set, _) = load(&[RULE]);
    let start =
        event(r#"{"Channel":"Microsoft-Windows-Sysmon/Operational","EventID":1,"CommandLine":"cmd /c WhoAmI"}"#);
    let found = set.evaluate(&start);
    assert_eq!(found.len(), 1);
    assert_eq!(set.rule(&found[0]).map(|rule| &*rule.title), Some("Who am I"));
    let why = &found[0].why[0];
    assert_eq!((&*why.field, &*why.value, why.pattern.as_deref()), ("CommandLine", "cmd /c WhoAmI", Some("whoami")));
}

#[test]
fn a_rule_sees_only_its_class() {
    let (set, _) = load(&[RULE]);
    for other in [
        r#"{"Channel":"Microsoft-Windows-Sysmon/Operational","EventID":5,"CommandLine":"whoami"}"#,
        r#"{"Channel":"Security","EventID":1,"CommandLine":"whoami"}"#,
        r#"{"Channel":"Linux-Sysmon/Operational","EventID":1,"CommandLine":"whoami"}"#,
        r#"{"CommandLine":"whoami"}"#,
    ] {
        assert!(set.evaluate(&event(other)).is_empty(), "{other}");
    }
}

#[test]
fn a_class_can_be_wide_or_narrow() {
    let any_windows = RULE.replace(", category: process_creation", "").replace("7e0f", "0001");
    let any_process = RULE.replace("product: windows, ", "").replace("7e0f", "0002");
    let only_sysmon = RULE.replace("process_creation", "process_creation, service: sysmon").replace("7e0f", "0003");
    let (set, _) = load(&[&any_windows, &any_process, &only_sysmon]);
    let hits = |json: &str| set.evaluate(&event(json)).iter().map(|found| found.rule).collect::<Vec<_>>();
    assert_eq!(
        hits(r#"{"Channel":"Microsoft-Windows-Sysmon/Operational","EventID":1,"CommandLine":"whoami"}"#),
        [0, 1, 2]
    );
    assert_eq!(hits(r#"{"Channel":"Security","EventID":4688,"CommandLine":"whoami"}"#), [0, 1]);
    assert_eq!(hits(r#"{"Channel":"Linux-Sysmon/Operational","EventID":1,"CommandLine":"whoami"}"#), [1]);
    assert_eq!(hits(r#"{"Channel":"System","EventID":1,"CommandLine":"whoami"}"#), [0]);
}

#[test]
fn what_cannot_be_answered_is_refused_with_a_reason() {
    assert!(refused("just: yaml").contains("not a Sigma rule"));
    assert!(refused("{{{").contains("not a Sigma rule"));
    assert!(refused("").contains("not a Sigma rule"));
    assert!(
        refused(&RULE.replace("CommandLine|contains: whoami", "User|expand: '%admins%'"))
            .contains("placeholder in `selection.User`")
    );
    assert!(
        refused(&RULE.replace("condition: selection", "condition: selection\n    timeframe: 5m")).contains("timeframe")
    );
    assert!(refused(&RULE.replace("CommandLine|contains: whoami", "CommandLine|re: '('")).contains("does not compile"));
    assert!(refused(&RULE.replace("condition: selection", "condition: selection and missing")).contains("missing"));
}

#[test]
fn a_second_rule_with_the_same_id_is_refused_and_the_first_goes_on() {
    let (set, infos) = load(&[RULE, &RULE.replace("whoami", "hostname")]);
    assert!(infos[0].is_live());
    assert_eq!(infos[1].state, State::Refused(format!("another rule has the same id {}", infos[0].id)));
    let both = event(r#"{"Channel":"Security","EventID":4688,"CommandLine":"whoami hostname"}"#);
    assert_eq!(set.evaluate(&both).len(), 1);
}

#[test]
fn an_array_of_thousands_is_searched_to_its_end() {
    let (set, _) = load(&[RULE]);
    let values = vec!["\"x\""; 4_000].join(",");
    let many = event(&format!(r#"{{"Channel":"Security","EventID":4688,"CommandLine":[{values},"whoami"]}}"#));
    assert_eq!(set.evaluate(&many).len(), 1);
}
