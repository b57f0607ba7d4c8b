//! Filters by the words of the specification: what they take away, and what is said of those that change nothing.

use watchkeep_detect::{Form, RuleFile, RuleInfo, RuleSet, State};
use watchkeep_ingest::Source;
use watchkeep_ingest::json_lines::{Form as Lines, Reader};
use watchkeep_model::event::Event;

const RULE: &str = "title: Who am I
id: 7E0FAE2C-1111-4222-8333-444455556666
name: who_am_i
logsource: {product: windows, category: process_creation}
detection:
    selection:
        CommandLine|contains: whoami
    condition: selection
";

const FILTER: &str = "title: Administrators may ask
id: 11110000-1111-4222-8333-444455556666
logsource: {product: windows, category: process_creation}
filter:
    rules: [7e0fae2c-1111-4222-8333-444455556666]
    selection:
        User|startswith: adm_
    condition: not selection
";

fn load(texts: &[&str]) -> (RuleSet, Vec<RuleInfo>) {
    let file = |(at, text): (usize, &&str)| RuleFile { path: format!("rules/{at}.yml"), text: (*text).to_owned() };
    RuleSet::load(texts.iter().enumerate().map(file))
}

/// A process that `user` starts.
fn start(user: &str) -> Event {
    let json = format!(r#"{{"Channel":"Security","EventID":4688,"CommandLine":"whoami","User":"{user}"}}"#);
    let now = "2026-11-22T00:00:00Z".parse().expect("a time");
    Reader::new(Source::named("s"), Lines::OnlyJson).line(json.into(), 1, now).expect("an event")
}

/// Whether `texts` find what an administrator and what somebody else starts.
fn found(texts: &[&str]) -> (bool, bool) {
    let (set, _) = load(texts);
    (!set.evaluate(&start("adm_ben")).is_empty(), !set.evaluate(&start("anna")).is_empty())
}

/// The state and notes of the filter, offered after the rule.
fn said(filter: &str) -> (State, Vec<String>) {
    let (_, mut infos) = load(&[RULE, filter]);
    assert!(infos[0].is_live());
    let info = infos.remove(1);
    assert_eq!(info.form, Form::Filter);
    (info.state, info.notes)
}

fn waits(filter: &str) -> String {
    match said(filter) {
        (State::Waits(why), _) => why,
        other => panic!("{other:?}: {filter}"),
    }
}

fn refused(filter: &str) -> String {
    match said(filter) {
        (State::Refused(why), _) => why,
        other => panic!("{other:?}: {filter}"),
    }
}

#[test]
fn a_filter_is_a_further_condition_of_the_rules_it_names() {
    assert_eq!(found(&[RULE]), (true, true));
    assert_eq!(found(&[RULE, FILTER]), (false, true));
    assert_eq!(found(&[FILTER, RULE]), (false, true), "order changes nothing");
    assert_eq!(found(&[RULE, &FILTER.replace("not selection", "selection")]), (true, false));
    assert_eq!(said(FILTER), (State::Live, Vec::new()));
}

#[test]
fn a_rule_is_named_by_id_or_name_or_is_any_of_the_log_source() {
    for rules in ["[who_am_i]", "who_am_i", "any", "[WHO_AM_I, who_am_i]"] {
        let filter = FILTER.replace("[7e0fae2c-1111-4222-8333-444455556666]", rules);
        assert_eq!(found(&[RULE, &filter]), (false, true), "{rules}");
    }
    let wide = FILTER.replace(", category: process_creation", "");
    assert_eq!(found(&[RULE, &wide]), (false, true), "what a filter leaves out fits any");
}

#[test]
fn several_filters_each_take_their_own() {
    let other = FILTER.replace("11110000", "22220000").replace("adm_", "anna");
    assert_eq!(found(&[RULE, FILTER, &other]), (false, false));
    let two =
        FILTER.replace("    condition: not selection", "    other:\n        User: anna\n    condition: not 1 of *");
    assert_eq!(found(&[RULE, &two]), (false, false));
    let of_rule = RULE.replace("condition: selection", "condition: 1 of *");
    assert_eq!(found(&[&of_rule, FILTER]), (false, true), "a rule's own selections are not mixed with a filter's");
}

#[test]
fn a_filter_that_changes_nothing_waits_and_says_why() {
    let unknown = FILTER.replace("[7e0fae2c-1111-4222-8333-444455556666]", "[gone]");
    assert_eq!(waits(&unknown), "no rule has the id or name `gone`");
    let elsewhere = FILTER.replace("product: windows, category: process_creation", "product: linux");
    assert_eq!(
        waits(&elsewhere),
        "`7e0fae2c-1111-4222-8333-444455556666` reads windows / process_creation, and the filter is for linux"
    );
    let any = elsewhere.replace("[7e0fae2c-1111-4222-8333-444455556666]", "any");
    assert_eq!(waits(&any), "it is for any rule of linux, and none of them is live");
    let itself = FILTER.replace("[7e0fae2c", "[11110000");
    assert!(waits(&itself).contains("is a filter itself"));
    let half = FILTER.replace("[7e0f", "[gone, 7e0f");
    assert_eq!(said(&half), (State::Live, vec!["no rule has the id or name `gone`".to_owned()]));
}

#[test]
fn a_filter_of_a_refused_rule_waits() {
    let rule = RULE.replace("CommandLine|contains: whoami", "CommandLine|expand: '%tools%'");
    let (_, infos) = load(&[FILTER, &rule]);
    assert_eq!(infos[0].state, State::Waits("`7e0fae2c-1111-4222-8333-444455556666` is refused itself".to_owned()));
}

#[test]
fn a_filter_that_cannot_be_evaluated_is_refused_and_its_rules_go_on() {
    let placeholder = FILTER.replace("User|startswith: adm_", "User|expand: '%admins%'");
    assert!(refused(&placeholder).contains("placeholder in `selection.User` is not filled in"));
    assert_eq!(found(&[RULE, &placeholder]), (true, true));
    assert!(refused(&FILTER.replace("User|startswith: adm_", "User|re: '('")).contains("does not compile"));
    assert!(refused(&FILTER.replace("not selection", "not missing")).contains("missing"));
    let nowhere = FILTER.replace("logsource: {product: windows, category: process_creation}\n", "");
    assert!(refused(&nowhere).contains("names no log source"));
}
