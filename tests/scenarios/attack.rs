//! The ATT&CK map: counted exactly on a small set, and on the public rules and knowledge base where they are at hand.

use std::io::Read;
use std::path::{Path, PathBuf};
use watchkeep_desk::attack::Map;
use watchkeep_ingest::{Source, bulk};
use watchkeep_model::Actor;
use watchkeep_tests::{Office, now};

const BUNDLE: &str = r#"{"type":"bundle","id":"bundle--1","objects":[
    {"type":"attack-pattern","id":"attack-pattern--1","name":"Scripts","external_references":[{"source_name":"mitre-attack","external_id":"T9001"}],"kill_chain_phases":[{"kill_chain_name":"mitre-attack","phase_name":"doing"},{"kill_chain_name":"mitre-attack","phase_name":"staying"}]},
    {"type":"attack-pattern","id":"attack-pattern--2","name":"Shell","external_references":[{"source_name":"mitre-attack","external_id":"T9001.001"}],"kill_chain_phases":[{"kill_chain_name":"mitre-attack","phase_name":"doing"}]},
    {"type":"attack-pattern","id":"attack-pattern--3","name":"Services","external_references":[{"source_name":"mitre-attack","external_id":"T9002"}],"kill_chain_phases":[{"kill_chain_name":"mitre-attack","phase_name":"staying"}]},
    {"type":"attack-pattern","id":"attack-pattern--4","name":"Nobody looks","external_references":[{"source_name":"mitre-attack","external_id":"T9003"}],"kill_chain_phases":[{"kill_chain_name":"mitre-attack","phase_name":"staying"}]},
    {"type":"x-mitre-tactic","id":"x-mitre-tactic--1","name":"Staying","x_mitre_shortname":"staying","external_references":[{"source_name":"mitre-attack","external_id":"TA9001"}]},
    {"type":"x-mitre-tactic","id":"x-mitre-tactic--2","name":"Doing","x_mitre_shortname":"doing","external_references":[{"source_name":"mitre-attack","external_id":"TA9002"}]},
    {"type":"x-mitre-matrix","id":"x-mitre-matrix--1","name":"Small","tactic_refs":["x-mitre-tactic--2","x-mitre-tactic--1"],"external_references":[{"source_name":"mitre-attack","external_id":"small-attack"}]}]}"#;

/// A rule that looks for a word of the message in one log source.
fn rule(id: &str, product: &str, word: &str, tags: &[&str]) -> String {
    let tags: String = tags.iter().map(|tag| format!("  - {tag}\n")).collect();
    format!(
        "title: Rule {id}\nid: 00000000-0000-4000-8000-0000000000{id}\nstatus: test\nlevel: low\ntags:\n{tags}logsource:\n  product: {product}\n\
         detection:\n  words:\n    message|contains: {word}\n  condition: words\n"
    )
}

/// Rules of a folder alone: the starter rules are tagged with what is in no small matrix.
fn office(rules: &[String]) -> Office {
    let office = Office::open();
    let folder = office.folder.path().join("rules");
    std::fs::create_dir(&folder).expect("a folder");
    for (at, rule) in rules.iter().enumerate() {
        std::fs::write(folder.join(format!("{at}.yml")), rule).expect("a rule");
    }
    office.desk.reload_rules(&[folder], now()).expect("loaded");
    office
}

fn map(office: &Office) -> Map {
    office.desk.attack_map(&Actor::system(), now()).expect("a map")
}

fn small() -> Office {
    let office = office(&[
        rule("01", "door", "forced", &["attack.doing", "attack.t9001.001"]),
        rule("02", "door", "held", &["attack.doing", "attack.t9001"]),
        rule("03", "lift", "stuck", &["attack.staying", "attack.t9002", "attack.t9001"]),
        rule("04", "lift", "open", &["attack.staying", "attack.t9999"]),
        rule("05", "gate", "open", &["attack.staying", "attack.t9002"]),
        rule("06", "door", "off", &["attack.t9003"]),
    ]);
    let mara = office.holding("Mara", "Administrator");
    let off = office.desk.all("detection_rule").expect("rules").into_iter().find(|rule| rule.title() == "Rule 06");
    office.act(&mara, &off.expect("the rule"), "switch_off", &[], Some("not here")).expect("off");
    let source = Source {
        log: watchkeep_model::event::LogSource { product: Some("door".into()), ..Default::default() },
        ..Source::named("doors")
    };
    let mut batch = bulk::ndjson(&source, &r#"{"message":"forced open","host":"door-2"}"#.to_owned().into(), 1, now());
    office.desk.take_in("doors", &mut batch).expect("durable");
    office
}

#[test]
fn the_map_counts_rules_alerts_and_what_cannot_fire_exactly() {
    let office = small();
    let mara = office.desk.person_by_email("mara@demo.example").expect("found").expect("Mara");
    let mara = office.actor(&mara);
    office.desk.import_attack(&mara, ("small-attack-1.2.json", BUNDLE.as_bytes()), now()).expect("imported");
    let map = map(&office);
    let shown: Vec<(&str, Vec<(&str, usize, usize, (i64, i64))>)> = map
        .columns
        .iter()
        .map(|column| {
            let cells = column.cells.iter().map(|cell| (cell.id.as_str(), cell.rules, cell.fires, cell.alerts));
            (column.tactic.name.as_str(), cells.collect())
        })
        .collect();
    let expected = [
        ("Doing", vec![("T9001", 3, 2, (1, 1))]),
        ("Staying", vec![("T9001", 3, 2, (1, 1)), ("T9002", 2, 0, (0, 0)), ("T9003", 0, 0, (0, 0))]),
    ];
    assert_eq!(shown, expected);
    let part = &map.columns[0].cells[0].parts[0];
    assert_eq!((part.id.as_str(), part.name.as_str(), part.rules, part.alerts.0), ("T9001.001", "Shell", 1, 1));
    assert_eq!((map.all, map.covered, map.firing), (4, 3, 2));
    assert!(
        map.unknown.contains(&"T9999".to_owned()) && !map.unknown.contains(&"T9003".to_owned()),
        "{:?}",
        map.unknown
    );
    let logs = map.collect.as_ref().expect("told");
    let log = |words: &str| logs.iter().find(|log| log.words == words).map(|log| (log.rules, log.techniques.join(" ")));
    assert_eq!(log("lift"), Some((2, "T9002 T9999".to_owned())));
    assert_eq!(log("gate"), Some((1, "T9002".to_owned())));
    assert_eq!(log("door"), None, "its events come");
    let places = ["lift", "gate"].map(|words| logs.iter().position(|log| log.words == words));
    assert!(places[0] < places[1], "what begins to cover more comes first");
    // The layer and the table say the same.
    let layer = map.layer();
    let scored: Vec<(&str, &str, u64)> = layer["techniques"]
        .as_array()
        .expect("techniques")
        .iter()
        .map(|one| {
            (
                one["tactic"].as_str().unwrap_or_default(),
                one["techniqueID"].as_str().unwrap_or_default(),
                one["score"].as_u64().unwrap_or(0),
            )
        })
        .collect();
    let expected = [
        ("doing", "T9001", 3),
        ("doing", "T9001.001", 1),
        ("staying", "T9001", 3),
        ("staying", "T9001.001", 1),
        ("staying", "T9002", 2),
    ];
    assert_eq!(scored, expected);
    assert_eq!((layer["domain"].as_str(), layer["versions"]["layer"].as_str()), (Some("small-attack"), Some("4.5")));
    let csv = String::from_utf8(map.csv()).expect("text");
    assert!(csv.contains("staying,T9002,Services,2,0,0,0,0,0\n"), "{csv}");
    // It is there after a restart too.
    let office = office.started_again();
    assert_eq!(
        office.desk.attack_knowledge(now()).expect("read").map(|known| known.edition.clone()),
        Some("1.2".to_owned())
    );
}

#[test]
fn without_an_import_the_map_is_made_of_tags() {
    let office = small();
    let map = map(&office);
    let column = |short: &str| map.columns.iter().find(|column| column.tactic.short == short).expect("a column");
    let ids: Vec<&str> = column("staying").cells.iter().map(|cell| cell.id.as_str()).collect();
    assert_eq!(ids, ["T9001", "T9002", "T9999"]);
    assert_eq!(column("").cells.iter().filter(|cell| cell.id == "T9003").count(), 1, "tagged with no tactic");
    assert_eq!(column("doing").cells[0].parts.len(), 1);
    assert!(map.unknown.is_empty());
}

#[test]
fn who_may_not_write_rules_imports_nothing_and_who_sees_no_events_is_told_of_none() {
    let office = small();
    let tom = office.holding("Tom", "Auditor");
    let refused = office.desk.import_attack(&tom, ("a.json", BUNDLE.as_bytes()), now()).expect_err("refused");
    assert!(refused.to_string().contains("detection_rule:create"), "{refused}");
    assert_eq!(office.desk.attack_knowledge(now()).expect("read"), None);
    let seen = office.desk.attack_map(&tom, now()).expect("a map");
    assert_eq!(seen.collect.is_some(), tom.access.may("event", "read"));
}

fn shared(path: &str) -> Option<PathBuf> {
    let found = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data").join(path);
    if found.exists() {
        return Some(found);
    }
    eprintln!("left out: {} is not here", found.display());
    None
}

#[test]
fn all_public_rules_on_the_whole_matrix() {
    let (Some(rules), Some(bundle)) =
        (shared("detection/sigma-rules"), shared("threatintel/attack/enterprise-attack-18.1.stix20.json.xz"))
    else {
        return;
    };
    let mut packed = std::io::BufReader::new(std::fs::File::open(&bundle).expect("the bundle"));
    let mut bytes = Vec::new();
    lzma_rs::xz_decompress(&mut packed, &mut bytes).expect("unpacked");
    let office = Office::open();
    office.desk.reload_rules(&[rules], now()).expect("loaded");
    let known = office
        .desk
        .import_attack(&Actor::system(), ("enterprise-attack-18.1.stix20.json", &bytes), now())
        .expect("imported");
    assert_eq!((known.tactics.len(), known.counts(), known.edition.as_str()), (14, (216, 475), "18.1"));
    let mut gz = Vec::new();
    flate2::read::GzEncoder::new(&bytes[..], flate2::Compression::fast()).read_to_end(&mut gz).expect("packed");
    let again = office
        .desk
        .import_attack(&Actor::system(), ("enterprise-attack-18.1.stix20.json.gz", &gz), now())
        .expect("imported");
    assert_eq!((again.techniques.clone(), again.tactics.clone()), (known.techniques.clone(), known.tactics.clone()));
    let map = map(&office);
    assert_eq!((map.columns.len(), map.all), (14, 691));
    // Counted anew, from the records alone.
    let records = office.desk.all("detection_rule").expect("rules");
    let live = records.iter().filter(|record| record.state() == Some("live"));
    let tagged: Vec<Vec<&str>> =
        live.map(|record| record.get("technique").as_text().unwrap_or_default().split(' ').collect()).collect();
    for cell in map
        .columns
        .iter()
        .flat_map(|column| column.cells.iter().flat_map(|cell| std::iter::once(cell).chain(&cell.parts)))
    {
        let inside =
            |tags: &&Vec<&str>| tags.iter().any(|tag| *tag == cell.id || tag.starts_with(&format!("{}.", cell.id)));
        assert_eq!(cell.rules, tagged.iter().filter(inside).count(), "{}", cell.id);
        assert_eq!(cell.fires, 0, "no event ever came");
    }
    let ids: std::collections::BTreeSet<&str> = known.techniques.iter().map(|one| one.id.as_str()).collect();
    let covered = ids
        .iter()
        .filter(|id| tagged.iter().flatten().any(|tag| tag == *id || tag.starts_with(&format!("{id}."))))
        .count();
    assert_eq!(map.covered, covered);
    assert!(covered > 300, "{covered}");
    let logs = map.collect.expect("told");
    assert_eq!(logs[0].words, "windows / process_creation");
    eprintln!(
        "{covered} of {} covered; first to collect: {:?}",
        map.all,
        logs.iter().take(3).map(|log| (&log.words, log.rules, log.techniques.len())).collect::<Vec<_>>()
    );
}
