//! Correlations by the words of the specification: which are live, which wait, which are refused, and what stays bounded.

use jiff::{SignedDuration, Timestamp};
use watchkeep_detect::correlate::{EVENTS_A_GROUP, Firing, GROUPS, LATENESS, Windows};
use watchkeep_detect::{Form, RuleFile, RuleSet, State};
use watchkeep_ingest::Source;
use watchkeep_ingest::json_lines::{Form as Lines, Reader};
use watchkeep_model::event::Event;

const FAILED: &str = "title: Failed sign-in
id: 11111111-1111-4222-8333-444455556666
name: failed
logsource: {product: app}
detection:
    selection:
        what: failed
    condition: selection
";

const MANY: &str = "title: Many failed sign-ins
id: 22222222-1111-4222-8333-444455556666
correlation:
    type: event_count
    rules: [failed]
    group-by: [user]
    timespan: 5m
    condition: {gte: 3}
level: high
tags: [attack.t1110]
";

fn load(texts: &[&str]) -> RuleSet {
    let file = |(at, text): (usize, &&str)| RuleFile { path: format!("rules/{at}.yml"), text: (*text).to_owned() };
    RuleSet::load(texts.iter().enumerate().map(file)).0
}

/// The state of `MANY` changed by `from` and `to`, beside the rule that it names.
fn state(from: &str, to: &str) -> State {
    assert!(MANY.contains(from), "{from}");
    load(&[FAILED, &MANY.replace(from, to)]).rules()[1].state.clone()
}

fn event(second: i64, user: &str) -> Event {
    let time = Timestamp::from_second(1_700_000_000 + second).expect("a time");
    let json = format!(r#"{{"time":"{time}","what":"failed","user":"{user}","n":{second}}}"#);
    let mut source = Source::named("app");
    source.log.product = Some("app".into());
    let mut event = Reader::new(source, Lines::OnlyJson).line(json.into(), 1, time).expect("an event");
    watchkeep_detect::route(&mut event);
    event
}

fn see(set: &RuleSet, windows: &mut Windows, event: &Event) -> Vec<Firing> {
    let found = set.evaluate(event);
    assert!(!found.is_empty(), "the rule below matches");
    windows.see(set.correlations(), event, found.iter().map(|found| found.rule))
}

#[test]
fn a_correlation_is_described_and_live() {
    let set = load(&[MANY, FAILED]);
    let info = &set.rules()[0];
    assert_eq!((info.form, &info.state, &*info.title), (Form::Correlation, &State::Live, "Many failed sign-ins"));
    assert_eq!(info.techniques().collect::<Vec<_>>(), ["T1110"]);
    assert!(set.correlations().is_quiet(1), "the rule below leaves it to the correlation");
    let loud = load(&[FAILED, &MANY.replace("correlation:", "correlation:\n    generate: true")]);
    assert!(!loud.correlations().is_quiet(0) && loud.correlations().count(0));
}

#[test]
fn what_is_absent_is_waited_for_and_what_is_wrong_is_refused() {
    for (from, to, waits) in [
        ("[failed]", "[other]", "no rule has the id or name `other`"),
        ("[failed]", "[failed, other]", "no rule has the id or name `other`"),
    ] {
        assert_eq!(state(from, to), State::Waits(waits.to_owned()));
    }
    for (from, to, why) in [
        ("[failed]", "[22222222-1111-4222-8333-444455556666]", "it counts itself"),
        ("[failed]", "[]", "rules"),
        ("{gte: 3}", "{gte: 20000}", "a window keeps 10000 events"),
        ("event_count", "value_count", "needs the `field`"),
        ("event_count", "value_sum", "needs the `field`"),
        ("timespan: 5m", "timespan: 0s", "timespan"),
        ("event_count", "guess", "guess"),
    ] {
        match state(from, to) {
            State::Refused(reason) => assert!(reason.contains(why), "{to}: {reason}"),
            other => panic!("{to}: {other:?}"),
        }
    }
    let open = FAILED.replace("what: failed", "what|expand: '%words%'");
    let set = load(&[&open, MANY]);
    assert!(matches!(&set.rules()[0].state, State::Refused(why) if why.contains("placeholder")));
    assert_eq!(set.rules()[1].state, State::Waits("`failed` is refused".to_owned()));
}

#[test]
fn a_ring_of_correlations_is_refused() {
    let one = MANY.replace("[failed]", "[two]").replace("title:", "name: one\ntitle:");
    let two = MANY.replace("[failed]", "[one]").replace("title:", "name: two\ntitle:").replace("2222-", "3333-");
    let set = load(&[&one, &two]);
    assert!(set.rules().iter().all(|rule| !rule.is_live()), "{:?}", set.rules());
    assert!(set.rules().iter().any(|rule| matches!(&rule.state, State::Refused(why) if why.contains("itself"))));
}

#[test]
fn an_alias_calls_the_field_of_each_rule_by_one_name() {
    let other = FAILED.replace("1111-1111", "4444-1111").replace("name: failed", "name: done");
    let other = other.replace("what: failed", "done: 'yes'");
    let both = MANY
        .replace("event_count", "temporal")
        .replace("[failed]", "[failed, done]")
        .replace("[user]", "[who]")
        .replace("    condition: {gte: 3}\n", "    aliases:\n        who: {failed: user, done: account}\n");
    let set = load(&[FAILED, &other, &both]);
    assert_eq!(set.rules()[2].state, State::Live);
    let mut windows = Windows::default();
    assert!(see(&set, &mut windows, &event(0, "ann")).is_empty());
    let done = |account: &str| {
        let mut done = event(1, "x");
        done.fields =
            [("done", "yes"), ("account", account)].map(|(n, v)| (std::sync::Arc::from(n), v)).into_iter().collect();
        done
    };
    assert!(see(&set, &mut windows, &done("ben")).is_empty());
    let fired = see(&set, &mut windows, &done("ann"));
    assert_eq!(fired.len(), 1);
    assert_eq!(fired[0].group, [("who".into(), Some("ann".into()))]);
    assert_eq!(fired[0].events.len(), 2);
    assert_eq!(set.correlations().words(&fired[0]), "2 different rules within 5m; fires at >= 2");
}

#[test]
fn what_is_kept_is_bounded_and_what_left_is_counted() {
    let set = load(&[FAILED, &MANY.replace("{gte: 3}", "{gte: 9000}")]);
    let mut windows = Windows::default();
    for second in 0..i64::try_from(EVENTS_A_GROUP).expect("small") + 5 {
        let mut one = event(second, "ann");
        one.time = Timestamp::from_millisecond(1_700_000_000_000 + second).expect("a time");
        see(&set, &mut windows, &one);
    }
    let (groups, events, spilled) = windows.held(set.correlations(), 1);
    assert_eq!((groups, events, spilled.events), (1, EVENTS_A_GROUP, 5));

    let mut windows = Windows::default();
    for user in 0..GROUPS + 7 {
        see(&set, &mut windows, &event(0, &user.to_string()));
    }
    let (groups, events, spilled) = windows.held(set.correlations(), 1);
    assert_eq!((groups, events, spilled.groups), (GROUPS, GROUPS, 7));
}

#[test]
fn what_is_too_late_is_counted_and_old_groups_are_forgotten() {
    let set = load(&[FAILED, MANY]);
    let mut windows = Windows::default();
    let allowed = LATENESS.as_secs();
    see(&set, &mut windows, &event(allowed * 2, "ann"));
    see(&set, &mut windows, &event(allowed - 1, "ann"));
    assert_eq!(windows.held(set.correlations(), 1).2.late, 1);
    windows.tick(set.correlations(), event(allowed * 2, "ann").received + SignedDuration::from_hours(1));
    assert_eq!(windows.held(set.correlations(), 1).0, 0);
}
