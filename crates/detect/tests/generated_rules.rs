//! Generated rules over generated events: our matcher answers as the public evaluator does, for the same reasons, and
//! the order of rules changes nothing.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Map, Value, json};
use watchkeep_detect::{Match, Matcher, Oracle, RuleFile, RuleSet};
use watchkeep_ingest::Source;
use watchkeep_ingest::json_lines::{Form, Reader};
use watchkeep_model::event::Event;
use watchkeep_model::filter::compile;

/// Pieces of which values and what rules look for are put together, so that they meet often.
const PIECES: &[&str] = &[
    "a",
    "A",
    "b",
    "ab",
    "Ba",
    "cmd",
    ".exe",
    "\\",
    "/",
    "-",
    "\u{2013}",
    " ",
    "é",
    "É",
    "ß",
    "ẞ",
    "ſ",
    "s",
    "\u{212a}",
    "k",
    "Σ",
    "ς",
    "σ",
    "İ",
    "i",
    "1",
    "4688",
    "日本",
    "\n",
    "😀",
    "*",
    "?",
    "%",
    "\"",
    "'",
    ":",
    "#",
    "whoami /all",
];
const FIELDS: &[&str] = &["CommandLine", "Image", "a.b", "Ünicode Field", "EventID"];
const WHOLE: &[&str] = &[
    "",
    "10.1.2.3",
    "10.255.0.1",
    "fe80::1",
    "2001:db8::5",
    "::ffff:10.1.2.3",
    "4688",
    "4688.0",
    "-7",
    "1e3",
    "+5",
    "0x10",
    "NaN",
    "inf",
    "true",
    "FALSE",
    "yes",
    "0",
    "2026-01-01T01:05:00Z",
    "2026-03-05 23:59:59",
    "2026-01-01T03:05:59.5+02:00",
    "2027-01-01T00:00:00",
    "d2hvYW1pIC9hbGw=",
    "xxd2hvYW1pIC9hbGwyy",
    "WHOAMI /ALL",
    "-a -b",
    "/a \u{2014}b",
    "cmd.exe /c whoami",
];
const NETS: &[&str] =
    &["10.0.0.0/8", "10.1.2.3/32", "0.0.0.0/0", "fe80::/10", "::/0", "2001:db8::/33", "no net", "10.0.0.1"];
const EXPRESSIONS: &[&str] = &[
    "a",
    "^a",
    "b$",
    "a.b",
    "(?i)ab",
    "[a-z]+",
    "cmd\\.exe",
    "^$",
    "é",
    "\\d{2,}",
    "a|b",
    "(",
    "who.*all",
    "(?i)s",
    "K",
    "\\bcmd\\b",
    ".{3,}",
];

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => vec(select(PIECES), 0..4).prop_map(|pieces| pieces.concat()),
        2 => select(WHOLE).prop_map(str::to_owned),
    ]
}

/// Texts, numbers, truth values and nothing, as a rule or an event may write them.
fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        8 => text().prop_map(Value::from),
        1 => select(vec![0, 1, 5, 16, 4688, -7, 1000]).prop_map(Value::from),
        1 => select(vec![1.5, 4688.0, 0.1]).prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        1 => Just(Value::Null),
    ]
}

fn one_or_many(one: impl Strategy<Value = Value> + Clone + 'static) -> impl Strategy<Value = Value> {
    prop_oneof![
        2 => one.clone(),
        2 => vec(one.clone(), 1..4).prop_map(Value::from),
        1 => vec(one, 7..13).prop_map(Value::from),
    ]
}

/// A field with its modifiers, and values that fit them.
fn item() -> impl Strategy<Value = (String, Value)> {
    let plain = select(vec![
        "",
        "|contains",
        "|startswith",
        "|endswith",
        "|cased",
        "|contains|cased",
        "|startswith|cased",
        "|endswith|cased",
        "|neq",
        "|contains|neq",
        "|base64",
        "|base64|contains",
        "|base64offset|contains",
        "|wide|base64offset|contains",
        "|utf16le|base64|contains",
        "|utf16be|base64|contains",
        "|utf16|base64offset|contains",
        "|windash",
        "|windash|contains",
        "|windash|endswith",
        "|windash|startswith|cased",
        "|wide",
        "|contains|startswith",
        "|i",
        "|expand",
    ]);
    let plain = (plain, one_or_many(value().boxed())).prop_map(|(modifiers, values)| (modifiers.to_owned(), values));
    let all = (select(vec!["|contains|all", "|all", "|startswith|all", "|re|all"]), vec(text(), 0..4))
        .prop_map(|(modifiers, values)| (modifiers.to_owned(), json!(values)));
    let shaped = (
        select(vec!["|re", "|re|i", "|re|m", "|re|s|i", "|re|cased"]),
        one_or_many(select(EXPRESSIONS).prop_map(Value::from).boxed()),
    )
        .prop_map(|(modifiers, values)| (modifiers.to_owned(), values));
    let net = one_or_many(select(NETS).prop_map(Value::from).boxed()).prop_map(|values| ("|cidr".to_owned(), values));
    let number = (
        select(vec!["|lt", "|lte", "|gt", "|gte", "|gte|neq"]),
        select(vec![json!(5), json!("4688"), json!(1.5), json!("x")]),
    )
        .prop_map(|(modifiers, value)| (modifiers.to_owned(), value));
    let time =
        (select(vec!["|minute", "|hour", "|day", "|week", "|month", "|year"]), select(vec![0, 1, 5, 23, 53, 59, 2026]))
            .prop_map(|(modifiers, value)| (modifiers.to_owned(), json!(value)));
    let exists = select(vec![json!(true), json!(false), json!("yes"), json!("no")])
        .prop_map(|value| ("|exists".to_owned(), value));
    let other = (
        select(vec![
            "|fieldref",
            "|fieldref|contains",
            "|fieldref|startswith",
            "|fieldref|endswith|cased",
            "|fieldref|neq",
            "|fieldref|cased",
        ]),
        select(FIELDS),
    )
        .prop_map(|(modifiers, field)| (modifiers.to_owned(), json!(field)));
    let what =
        prop_oneof![12 => plain, 3 => all, 3 => shaped, 1 => net, 1 => number, 1 => time, 1 => exists, 2 => other];
    let field = prop_oneof![12 => select(FIELDS), 1 => Just(""), 1 => Just("NeverThere")];
    (field, what).prop_map(|(field, (modifiers, values))| (format!("{field}{modifiers}"), values))
}

fn items() -> impl Strategy<Value = Value> {
    vec(item(), 1..4).prop_map(|items| Value::Object(items.into_iter().collect::<Map<_, _>>()))
}

fn detection() -> impl Strategy<Value = Value> {
    prop_oneof![
        6 => items(),
        2 => vec(items(), 1..4).prop_map(Value::from),
        2 => one_or_many(value().boxed()),
        1 => vec(text(), 2..4).prop_map(|texts| json!({ "|all": texts })),
    ]
}

const CONDITIONS: &[&str] = &[
    "sel_a",
    "not sel_a",
    "sel_a and sel_b",
    "sel_a or sel_b and not filter_c",
    "(sel_a or sel_b) and not filter_c",
    "1 of sel_*",
    "all of sel_*",
    "2 of them",
    "1 of them",
    "all of them",
    "any of filter_*",
    "sel_a and not 1 of filter_*",
    "not (sel_a and not sel_b)",
    "all of none_*",
    "1 of none_*",
    "0 of them",
    "3 of sel_*",
    "not all of them",
    "missing",
];

fn rule() -> impl Strategy<Value = Value> {
    let names = subsequence(vec!["sel_a", "sel_b", "filter_c", "_hidden"], 1..=4);
    let conditions = prop_oneof![
        4 => select(CONDITIONS).prop_map(Value::from),
        1 => vec(select(CONDITIONS), 1..3).prop_map(Value::from),
    ];
    (names, vec(detection(), 4), conditions).prop_map(|(mut names, detections, conditions)| {
        if !names.contains(&"sel_a") {
            names.push("sel_a");
        }
        let mut whole: Map<String, Value> = names.into_iter().map(str::to_owned).zip(detections).collect();
        whole.insert("condition".to_owned(), conditions);
        json!({ "title": "Generated", "logsource": {}, "detection": whole })
    })
}

/// Conditions of filters; the evaluator counts nothing in them but one or all.
const FILTERS: &[&str] = &[
    "sel_a",
    "not sel_a",
    "not (sel_a and sel_b)",
    "not 1 of sel_*",
    "not all of them",
    "1 of them",
    "sel_a and not 1 of none_*",
    "missing",
];

/// Filters, each with the rules it is for by their positions; none of them for any.
fn filter() -> impl Strategy<Value = (Value, Vec<usize>)> {
    let names = subsequence(vec!["sel_b", "other", "_hidden"], 0..=3);
    (names, vec(detection(), 4), select(FILTERS), vec(0..9_usize, 0..4)).prop_map(
        |(mut names, detections, condition, of)| {
            names.push("sel_a");
            let mut whole: Map<String, Value> = names.into_iter().map(str::to_owned).zip(detections).collect();
            whole.insert("condition".to_owned(), json!(condition));
            (json!({ "title": "Filter", "logsource": {}, "filter": whole }), of)
        },
    )
}

fn filter_files(filters: &[(Value, Vec<usize>)]) -> Vec<RuleFile> {
    let text = |(at, (filter, of)): (usize, &(Value, Vec<usize>))| {
        let rules =
            if of.is_empty() { json!("any") } else { of.iter().map(|at| json!(format!("rule {at}"))).collect() };
        let mut filter = filter.clone();
        filter["id"] = json!(format!("filter {at}"));
        filter["filter"]["rules"] = rules;
        RuleFile { path: format!("f{at}.yml"), text: filter.to_string() }
    };
    filters.iter().enumerate().map(text).collect()
}

fn event() -> impl Strategy<Value = Value> {
    let value = prop_oneof![6 => value(), 1 => vec(value(), 0..3).prop_map(Value::from)];
    vec((select(FIELDS), value), 0..6).prop_map(|fields| {
        Value::Object(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>())
    })
}

fn files(rules: &[Value]) -> Vec<RuleFile> {
    let text = |(at, rule): (usize, &Value)| {
        let mut rule = rule.clone();
        if let Some(rule) = rule.as_object_mut() {
            rule.insert("id".to_owned(), json!(format!("rule {at}")));
        }
        RuleFile { path: format!("{at}.yml"), text: rule.to_string() }
    };
    rules.iter().enumerate().map(text).collect()
}

fn read(event: &Value) -> Event {
    let now = "2026-11-22T00:00:00Z".parse().expect("a time");
    Reader::new(Source::named("s"), Form::OnlyJson).line(event.to_string().into(), 1, now).expect("an event")
}

/// Matches with their reasons in a fixed order: the evaluator lists selections as a hash table happens to.
/// A match says what of the rule held, not what its filters let through.
fn settled(mut found: Vec<Match>) -> Vec<Match> {
    for one in &mut found {
        one.why.retain(|why| why.selection.as_ref().is_none_or(|name| !name.starts_with("__filter_")));
        one.why.sort_by_cached_key(|why| format!("{why:?}"));
    }
    found
}

/// The ids of the rules that match.
fn ids(set: &RuleSet, event: &Event) -> Vec<String> {
    let found = set.evaluate(event);
    let mut ids: Vec<String> =
        found.iter().filter_map(|found| set.rule(found)).map(|rule| rule.id.to_string()).collect();
    ids.sort();
    ids
}

/// Whether the event, as it is kept, is among those that a search for matches of the rule looks at.
fn fulfils_needs(set: &RuleSet, found: &Match, mut event: Event) -> bool {
    watchkeep_detect::route(&mut event);
    let Some(needs) = set.needs(&[found.rule]) else { return true };
    compile(&needs, jiff::Timestamp::UNIX_EPOCH, &jiff::tz::TimeZone::UTC).expect("it compiles").matches(&event)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: ProptestConfig::default().cases.max(400),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn generated_rules_match_as_the_evaluator_says(rules in vec(rule(), 1..8), events in vec(event(), 1..8)) {
        let files = files(&rules);
        let (set, infos) = RuleSet::load(files.clone());
        let oracle = Oracle::load(files.clone());
        for (ours, theirs) in infos.iter().zip(oracle.rules()) {
            prop_assert_eq!(ours.is_live(), theirs.is_live(), "{:?} but {:?}", ours.state, theirs.state);
        }
        let (turned, _) = RuleSet::load(files.into_iter().rev());
        for event in events.iter().map(read) {
            prop_assert_eq!(settled(set.evaluate(&event)), settled(oracle.evaluate(&event)));
            prop_assert_eq!(ids(&set, &event), ids(&turned, &event));
            for found in set.evaluate(&event) {
                prop_assert!(fulfils_needs(&set, &found, event.clone()), "{:?}", set.needs(&[found.rule]));
            }
        }
    }

    #[test]
    fn generated_filters_take_away_what_the_evaluator_takes(
        rules in vec(rule(), 1..6),
        filters in vec(filter(), 1..4),
        events in vec(event(), 1..8),
    ) {
        let files: Vec<RuleFile> = filter_files(&filters).into_iter().chain(files(&rules)).collect();
        let (set, infos) = RuleSet::load(files.clone());
        let oracle = Oracle::load(files.clone());
        for (ours, theirs) in infos.iter().zip(oracle.rules()) {
            prop_assert_eq!(ours.is_live(), theirs.is_live(), "{:?} but {:?}", ours.state, theirs.state);
        }
        let (turned, _) = RuleSet::load(files.into_iter().rev());
        for event in events.iter().map(read) {
            prop_assert_eq!(settled(set.evaluate(&event)), settled(oracle.evaluate(&event)));
            prop_assert_eq!(ids(&set, &event), ids(&turned, &event));
        }
    }
}
