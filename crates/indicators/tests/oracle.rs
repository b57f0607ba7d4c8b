//! The tables against plain search: on generated feeds and lines both must meet the same indicators.

use proptest::prelude::*;
use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;
use watchkeep_indicators::{Benign, Build, Class, Defaults, Entry, Said, Table, Value, Watched};

const DEFAULTS: Defaults =
    Defaults { confidence: 80, threshold: 30, half_life: None, valid_days: None, read: 1_000_000 };

fn watched(feeds: &[Vec<Value>]) -> Watched {
    let table = |values: &Vec<Value>| {
        let mut build = Build::new(7, DEFAULTS);
        values.iter().for_each(|value| build.push(&Entry::new(value.clone(), 0)));
        Arc::new(build.finish())
    };
    Watched::new(7, feeds.iter().map(table).collect(), Arc::new(Benign::default()))
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || ".-_".contains(c) || !c.is_ascii()
}

fn is_edge(c: char) -> bool {
    ".-_".contains(c)
}

/// Words of a line, without what is trimmed.
fn words(line: &str) -> Vec<String> {
    line.split(|c| !is_word(c))
        .map(|word| word.trim_matches(is_edge).to_lowercase())
        .filter(|word| !word.is_empty())
        .collect()
}

/// Whether a name or path is another or one of its ends at a mark.
fn ends(whole: &str, end: &str, mark: char) -> bool {
    whole == end || whole.strip_suffix(end).is_some_and(|rest| rest.ends_with(mark))
}

fn net_holds(net: &str, address: IpAddr) -> bool {
    let (base, prefix) = net.split_once('/').map_or((net, None), |(base, prefix)| (base, prefix.parse::<u32>().ok()));
    match (base.parse::<IpAddr>(), address) {
        (Ok(IpAddr::V4(base)), IpAddr::V4(address)) => {
            (0..prefix.unwrap_or(32)).all(|bit| (base.to_bits() ^ address.to_bits()) >> (31 - bit) & 1 == 0)
        }
        (Ok(IpAddr::V6(base)), IpAddr::V6(address)) => {
            (0..prefix.unwrap_or(128)).all(|bit| (base.to_bits() ^ address.to_bits()) >> (127 - bit) & 1 == 0)
        }
        _ => false,
    }
}

/// Length of the part of a line that a value covers, for each place where it stands.
fn met(value: &Value, line: &str) -> Vec<(String, usize)> {
    let text = value.to_string();
    match value.class() {
        Class::Domain => {
            let names = words(line).into_iter().filter(|word| ends(word, &text, '.'));
            names.map(|word| (word, text.len())).collect()
        }
        Class::Md5 | Class::Sha1 | Class::Sha256 => {
            let runs = line.split(|c: char| !c.is_ascii_alphanumeric()).map(str::to_lowercase);
            // A letter beyond ASCII belongs to the word beside it.
            let plain = |run: &String| {
                let at = line.to_lowercase().find(run.as_str()).unwrap_or(0);
                let small = line.to_lowercase();
                let before = small.get(..at).and_then(|text| text.chars().next_back());
                let after = small.get(at + run.len()..).and_then(|text| text.chars().next());
                [before, after].into_iter().flatten().all(|c| c.is_ascii())
            };
            runs.filter(|run| *run == text && plain(run)).map(|run| (run, text.len())).collect()
        }
        Class::Ipv4 => {
            let prefix = text.split_once('/').map_or(32, |(_, prefix)| prefix.parse().unwrap_or(32));
            let addresses =
                words(line).into_iter().filter_map(|word| word.parse().ok().map(|ip: std::net::Ipv4Addr| (word, ip)));
            addresses.filter(|(_, ip)| net_holds(&text, IpAddr::V4(*ip))).map(|(word, _)| (word, prefix)).collect()
        }
        Class::Ipv6 => {
            let prefix = text.split_once('/').map_or(128, |(_, prefix)| prefix.parse().unwrap_or(128));
            let runs = line.split(|c: char| !(is_word(c) || c == ':')).map(|run| run.trim_end_matches('.'));
            let addresses = runs.filter_map(|run| run.parse::<Ipv6Addr>().ok().map(|ip| (run.to_owned(), ip)));
            addresses.filter(|(_, ip)| net_holds(&text, IpAddr::V6(*ip))).map(|(run, _)| (run, prefix)).collect()
        }
        Class::File => {
            let paths = line.split(|c| !is_word(c) && !"/\\".contains(c));
            let paths =
                paths.filter(|path| !path.ends_with(['/', '\\'])).map(|path| path.replace('\\', "/").to_lowercase());
            let paths = paths.map(|path| path.strip_suffix('.').map(str::to_owned).unwrap_or(path));
            paths.filter(|path| ends(path, &text, '/')).map(|path| (path, text.len())).collect()
        }
        Class::Email => {
            let small = line.to_lowercase();
            let parts = small
                .split(|c| !is_word(c) && !"@+%".contains(c))
                .map(|part| part.trim_end_matches(is_edge).to_owned());
            parts.filter(|part| *part == text).map(|part| (part, text.len())).collect()
        }
        Class::Url => {
            let ends = |c: char| c.is_whitespace() || c.is_control() || "\"'<>`{}|^\\".contains(c);
            let read = |part: &str| Value::read(Said::Url, part).is_ok_and(|url| url == *value);
            let starts = line.match_indices("://").map(|(at, _)| {
                let scheme = |c: char| c.is_ascii_alphanumeric() || "+.-".contains(c);
                line[..at]
                    .rfind(|c| !scheme(c))
                    .map_or(0, |before| before + line[before..].chars().next().map_or(1, char::len_utf8))
            });
            let parts = starts.filter_map(|start| line[start..].split(ends).next());
            let parts = parts.flat_map(|part| [part, part.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']'])]);
            parts.filter(|part| read(part)).map(|part| (part.to_owned(), text.len())).collect()
        }
    }
}

/// Of each feed what is met, and of one token only the longest.
fn oracle(feeds: &[Vec<Value>], line: &str) -> BTreeSet<(usize, String)> {
    let mut found = BTreeSet::new();
    for (feed, values) in feeds.iter().enumerate() {
        let all: Vec<(&Value, String, usize)> = values
            .iter()
            .flat_map(|value| met(value, line).into_iter().map(move |(token, length)| (value, token, length)))
            .collect();
        for (value, token, length) in &all {
            let same = |other: &&(&Value, String, usize)| other.0.class() == value.class() && other.1 == *token;
            if all.iter().filter(same).all(|(_, _, other)| other <= length) {
                found.insert((feed, format!("{value:?}")));
            }
        }
    }
    found
}

fn check(feeds: &[Vec<Value>], line: &str) {
    let hits = watched(feeds).find_in(line, 1_000_000);
    let found: BTreeSet<(usize, String)> =
        hits.iter().map(|hit| (hit.feed, format!("{:?}", hit.entry.value))).collect();
    assert_eq!(found, oracle(feeds, line), "in: {line}\nfeeds: {feeds:?}");
}

fn name() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(vec!["a", "bad", "x1", "evil-host", "deep_er"]), 1..4)
        .prop_map(|labels| format!("{}.example", labels.join(".")))
}

fn four() -> impl Strategy<Value = String> {
    (prop::sample::select(vec![10u8, 172, 192]), 0..3u8, 0..3u8, 0..4u8)
        .prop_map(|(a, b, c, d)| format!("{a}.{b}.{c}.{d}"))
}

fn six() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["2001:db8::1", "2001:db8:0:1::2", "fe80::1", "2001:db8:1:2:3:4:5:6", "::1"])
        .prop_map(str::to_owned)
}

fn digest() -> impl Strategy<Value = String> {
    (0..3u8, prop::sample::select(vec![32usize, 40, 64]))
        .prop_map(|(byte, length)| format!("{byte}a").repeat(length / 2))
}

fn file() -> impl Strategy<Value = String> {
    (prop::sample::select(vec!["", "temp/", "c/temp/"]), prop::sample::select(vec!["bad.exe", ".hidden.sock", "tool"]))
        .prop_map(|(folder, name)| format!("{folder}{name}"))
}

fn value() -> impl Strategy<Value = Value> {
    let net = (four(), 8..33u8).prop_map(|(address, prefix)| format!("{address}/{prefix}"));
    let net_six = (six(), 16..129u8).prop_map(|(address, prefix)| format!("{address}/{prefix}"));
    let url = (name(), prop::sample::select(vec!["/", "/x", "/X?q=1"]))
        .prop_map(|(host, path)| format!("http://{host}{path}"));
    prop_oneof![
        name().prop_map(|text| (Said::Domain, text)),
        four().prop_map(|text| (Said::Address, text)),
        net.prop_map(|text| (Said::Address, text)),
        six().prop_map(|text| (Said::Address, text)),
        net_six.prop_map(|text| (Said::Address, text)),
        digest().prop_map(|text| (Said::Hash, text)),
        file().prop_map(|text| (Said::File, text)),
        url.prop_map(|text| (Said::Url, text)),
        name().prop_map(|host| (Said::Email, format!("anna@{host}"))),
    ]
    .prop_map(|(said, text)| Value::read(said, &text).unwrap_or_else(|reason| panic!("{text}: {reason}")))
}

fn line() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        3 => name(),
        3 => four(),
        2 => six(),
        1 => digest(),
        1 => digest().prop_map(|digest| digest.to_uppercase()),
        2 => file().prop_map(|path| path.replace('/', "\\")),
        2 => file(),
        2 => name().prop_map(|host| format!("anna@{host}")),
        2 => (name(), prop::sample::select(vec!["/", "/x", "/X?q=1", ""])).prop_map(|(host, path)| format!("https://{host}{path}")),
        2 => prop::sample::select(vec!["12:00:01", "sshd[1]", "Anna", "src", "GET", "v1.2.3.4.5", "ümlaut.example", "0123"]).prop_map(str::to_owned),
        1 => name().prop_map(|name| name.to_uppercase()),
    ];
    let between = prop::sample::select(vec![" ", " ", ", ", "=", "\"", " (", ". ", ";", "-", "_", ".", "|"]);
    prop::collection::vec((part, between), 1..8)
        .prop_map(|parts| parts.into_iter().map(|(part, between)| part + between).collect())
}

#[test]
fn a_label_that_no_name_can_have_hides_no_parent() {
    let feeds = [vec![Value::read(Said::Domain, "a.example").expect("a domain")]];
    let long = "0a".repeat(40);
    for line in
        [format!("ümlaut-{long}.a.example "), format!("{long}.a.example"), "ü\u{301}--x.\u{200d}.a.example".to_owned()]
    {
        check(&feeds, &line);
        assert_eq!(watched(&feeds).find_in(&line, 1_000_000).len(), 1, "{line}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn tables_meet_what_plain_search_meets(
        feeds in prop::collection::vec(prop::collection::vec(value(), 0..25), 1..4),
        lines in prop::collection::vec(line(), 1..12),
    ) {
        lines.iter().for_each(|line| check(&feeds, line));
    }
}

#[test]
fn each_class_is_met_where_it_stands() {
    let read = |said, text: &str| Value::read(said, text).expect("a value");
    let feed = vec![
        read(Said::Domain, "evil.example"),
        read(Said::Address, "10.1.0.0/16"),
        read(Said::Address, "10.1.2.0/24"),
        read(Said::Hash, "d41d8cd98f00b204e9800998ecf8427e"),
        read(Said::Url, "http://shop.example/Pay?x=1"),
        read(Said::Email, "anna@evil.example"),
        read(Said::File, "temp/bad.exe"),
        read(Said::Address, "2001:db8::/32"),
    ];
    let watched = watched(&[feed]);
    for (line, expected) in [
        ("query WWW.Evil.Example. from 10.2.0.1", "domain evil.example in WWW.Evil.Example"),
        ("src=10.1.2.3:443", "IPv4 10.1.2.0/24 in 10.1.2.3"),
        ("src=10.1.9.3.", "IPv4 10.1.0.0/16 in 10.1.9.3"),
        (
            "Hashes: MD5=D41D8CD98F00B204E9800998ECF8427E,X=1",
            "MD5 d41d8cd98f00b204e9800998ecf8427e in D41D8CD98F00B204E9800998ECF8427E",
        ),
        ("GET https://shop.example/Pay?x=1 200", "URL shop.example/Pay?x=1 in https://shop.example/Pay?x=1"),
        ("see (hxxps://shop[.]example/Pay?x=1).", "URL shop.example/Pay?x=1 in https://shop.example/Pay?x=1"),
        ("ran C:\\Windows\\Temp\\BAD.exe now", "file name temp/bad.exe in \\Windows\\Temp\\BAD.exe"),
        ("from [2001:DB8:1::5]:25", "IPv6 2001:db8::/32 in 2001:DB8:1::5"),
        ("notevil.example 10.10.1.2.3 GET https://shop.example/pay?x=1", ""),
        ("at 12:00:01 2001:db9::1", ""),
    ] {
        let hits = watched.find_in(line, 1_000_000);
        let found: Vec<String> = hits.iter().map(|hit| format!("{:?} in {}", hit.entry.value, hit.seen)).collect();
        assert_eq!(found.join("; "), expected, "{line}");
    }
    let both = watched.find_in("mail from <anna@evil.example>", 1_000_000);
    assert_eq!(both.len(), 2, "the address and its domain: {both:?}");
}

#[test]
fn what_is_past_its_end_or_below_the_threshold_is_never_met() {
    let value = Value::read(Said::Domain, "evil.example").expect("a value");
    let table = |entry: Entry| {
        let mut build = Build::new(7, DEFAULTS);
        build.push(&entry);
        Watched::new(7, vec![Arc::new(build.finish())], Arc::new(Benign::default()))
    };
    let met = |watched: &Watched, now: i64| !watched.find_in("evil.example", now).is_empty();
    let day = 86_400;
    let ends =
        table(Entry { until: Some(1_000_000 + day), from: Some(1_000_000 - day), ..Entry::new(value.clone(), 0) });
    assert!(met(&ends, 1_000_000) && !met(&ends, 1_000_001 + day) && !met(&ends, 999_999 - day));
    let fades = table(Entry::new(value.clone(), 0));
    // 80 falls to 30 after 365 × (5/8)^1.5 days.
    let lasts = (365.0 * 86_400.0 * 0.625f64.powf(1.5)) as i64;
    assert!(met(&fades, 1_000_000 + lasts - 5) && !met(&fades, 1_000_000 + lasts + 5));
    let hit = &fades.find_in("evil.example", 1_000_000 + lasts - 5)[0];
    assert!((hit.score - 30.0).abs() < 0.01, "{}", hit.score);
    let weak = table(Entry { confidence: Some(20), ..Entry::new(value, 0) });
    assert!(!met(&weak, 1_000_000));
}

#[test]
fn a_table_gives_back_what_it_took() {
    let mut build = Build::new(7, DEFAULTS);
    let value = Value::read(Said::Address, "10.0.0.0/8").expect("a value");
    let older = Entry { until: Some(2_000_000), label: Some("old".into()), ..Entry::new(value.clone(), 5) };
    let newer = Entry {
        until: Some(3_000_000),
        label: Some("new".into()),
        confidence: Some(90),
        ..Entry::new(value.clone(), 9)
    };
    [&older, &newer, &older].into_iter().for_each(|entry| build.push(entry));
    let table: Table = build.finish();
    let kept = table.find(&value).expect("kept");
    assert_eq!((table.len(), kept.place, kept.label.as_deref(), kept.confidence), (1, 9, Some("new"), 90));
    assert_eq!((table.count(Class::Ipv4), table.entries().count(), table.live(1_000_000)), (1, 1, 1));
}
