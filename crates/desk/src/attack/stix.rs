//! Reading an ATT&CK bundle (STIX 2.0 or 2.1): tactics in the order of the matrix, techniques with their tactics, and how
//! many groups and programs use each. One object is held at a time; what is revoked or deprecated is left out.

use super::{Knowledge, Tactic, Technique};
use crate::DeskError;
use flate2::read::MultiGzDecoder;
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::collections::{HashMap, HashSet};
use std::io::{BufReader, Read};

/// Most bytes of a bundle, unpacked: ATT&CK for enterprises has 34 million.
const MOST: u64 = 1 << 28;
/// Most techniques of a bundle.
const TECHNIQUES: usize = 20_000;

/// Reads a bundle, `.json` or `.json.gz`; `name` may tell its edition where the bundle does not.
pub fn read(name: &str, bytes: &[u8]) -> Result<Knowledge, DeskError> {
    let mut found = Found::default();
    let read = if bytes.starts_with(&[0x1f, 0x8b]) {
        parse(MultiGzDecoder::new(bytes).take(MOST), &mut found)
    } else {
        parse(bytes.take(MOST), &mut found)
    };
    read.map_err(|error| {
        wrong(format!("{name} is not a STIX bundle: {error}; expected is the JSON file of ATT&CK, or the same as .gz"))
    })?;
    let mut knowledge = found.finish();
    if knowledge.techniques.is_empty() || knowledge.tactics.is_empty() {
        return Err(wrong(format!(
            "{name} has no techniques with tactics of ATT&CK; expected is a file such as enterprise-attack.json"
        )));
    }
    if knowledge.techniques.len() > TECHNIQUES {
        return Err(wrong(format!("{name} has more than {TECHNIQUES} techniques")));
    }
    if knowledge.edition.is_empty() {
        knowledge.edition = edition(name);
    }
    Ok(knowledge)
}

fn wrong(what: String) -> DeskError {
    DeskError::File(what)
}

/// `18.1` of `enterprise-attack-18.1.stix20.json`.
fn edition(name: &str) -> String {
    let words = name.rsplit(['/', '\\']).next().unwrap_or(name).split(['-', '_']);
    let number = words.rev().find(|word| word.starts_with(|first: char| first.is_ascii_digit())).unwrap_or_default();
    let end = number.find(|one: char| !one.is_ascii_digit() && one != '.').unwrap_or(number.len());
    let number = number.get(..end).unwrap_or_default().trim_end_matches('.');
    number.chars().take(20).collect()
}

fn parse(reader: impl Read, found: &mut Found) -> Result<(), serde_json::Error> {
    let mut json = serde_json::Deserializer::from_reader(BufReader::with_capacity(1 << 16, reader));
    Bundle(found).deserialize(&mut json)?;
    json.end()
}

/// What is needed of an object.
#[derive(Deserialize)]
struct Object {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    id: String,
    name: Option<String>,
    #[serde(default)]
    revoked: bool,
    #[serde(default)]
    x_mitre_deprecated: bool,
    x_mitre_shortname: Option<String>,
    #[serde(default)]
    external_references: Vec<Reference>,
    #[serde(default)]
    kill_chain_phases: Vec<Phase>,
    #[serde(default)]
    tactic_refs: Vec<String>,
    relationship_type: Option<String>,
    source_ref: Option<String>,
    target_ref: Option<String>,
    x_mitre_version: Option<String>,
}

#[derive(Deserialize)]
struct Reference {
    #[serde(default)]
    source_name: String,
    external_id: Option<String>,
}

#[derive(Deserialize)]
struct Phase {
    #[serde(default)]
    kill_chain_name: String,
    phase_name: String,
}

impl Object {
    /// Its own id, such as `T1059.001`.
    fn code(&self) -> Option<String> {
        let of_mitre = |one: &&Reference| one.source_name.starts_with("mitre");
        self.external_references.iter().filter(of_mitre).find_map(|one| one.external_id.clone())
    }
}

#[derive(Default)]
struct Found {
    matrix: Option<(String, String, Vec<String>)>,
    edition: String,
    tactics: HashMap<String, Tactic>,
    techniques: HashMap<String, Technique>,
    /// Groups and programs: whether it is a group.
    users: HashMap<String, bool>,
    uses: HashSet<(String, String)>,
}

impl Found {
    fn take(&mut self, object: Object) {
        if object.revoked || object.x_mitre_deprecated {
            return;
        }
        let name = |object: &Object| object.name.as_deref().unwrap_or_default().chars().take(200).collect::<String>();
        match object.kind.as_str() {
            "x-mitre-matrix" if self.matrix.is_none() => {
                let domain = object.code().unwrap_or_default();
                self.matrix = Some((name(&object), domain, object.tactic_refs));
            }
            "x-mitre-collection" => self.edition = object.x_mitre_version.unwrap_or_default(),
            "x-mitre-tactic" => {
                let (Some(id), Some(short)) = (object.code(), object.x_mitre_shortname.clone()) else { return };
                let name = name(&object);
                self.tactics.insert(object.id, Tactic { id, short, name });
            }
            "attack-pattern" => {
                let Some(id) = object.code() else { return };
                let phases = object.kill_chain_phases.iter().filter(|phase| phase.kill_chain_name.starts_with("mitre"));
                let tactics = phases.map(|phase| phase.phase_name.clone()).collect();
                let name = name(&object);
                self.techniques.insert(object.id, Technique { id, name, tactics, groups: 0, software: 0 });
            }
            "intrusion-set" => drop(self.users.insert(object.id, true)),
            "malware" | "tool" => drop(self.users.insert(object.id, false)),
            "relationship" if object.relationship_type.as_deref() == Some("uses") => {
                let (Some(source), Some(target)) = (object.source_ref, object.target_ref) else { return };
                if target.starts_with("attack-pattern--") {
                    self.uses.insert((source, target));
                }
            }
            _ => {}
        }
    }

    fn finish(self) -> Knowledge {
        let Self { matrix, edition, mut tactics, mut techniques, users, uses } = self;
        for (source, target) in uses {
            let (Some(group), Some(technique)) = (users.get(&source), techniques.get_mut(&target)) else { continue };
            *(if *group { &mut technique.groups } else { &mut technique.software }) += 1;
        }
        let (name, domain, order) = matrix.unwrap_or_default();
        // In the order of the matrix; what it does not name comes after, by id.
        let mut all: Vec<Tactic> = order.iter().filter_map(|id| tactics.remove(id)).collect();
        let mut rest: Vec<Tactic> = tactics.into_values().collect();
        rest.sort_by(|a, b| a.id.cmp(&b.id));
        all.extend(rest);
        let mut techniques: Vec<Technique> = techniques.into_values().collect();
        techniques.sort_by(|a, b| a.id.cmp(&b.id));
        Knowledge { name, domain, edition, tactics: all, techniques, ..Knowledge::default() }
    }
}

/// A bundle, whose objects go one by one into what is found.
struct Bundle<'f>(&'f mut Found);

impl<'de> DeserializeSeed<'de> for Bundle<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Bundle<'_> {
    type Value = ();
    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a bundle of STIX objects")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            if key == "objects" {
                map.next_value_seed(Objects(&mut *self.0))?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

struct Objects<'f>(&'f mut Found);

impl<'de> DeserializeSeed<'de> for Objects<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Objects<'_> {
    type Value = ();
    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a list of STIX objects")
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(object) = list.next_element::<Object>()? {
            self.0.take(object);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = r#"{"type":"bundle","id":"bundle--1","objects":[
        {"type":"attack-pattern","id":"attack-pattern--1","name":"Scripts","external_references":[{"source_name":"mitre-attack","external_id":"T9001"}],"kill_chain_phases":[{"kill_chain_name":"mitre-attack","phase_name":"doing"},{"kill_chain_name":"mitre-attack","phase_name":"staying"}]},
        {"type":"attack-pattern","id":"attack-pattern--2","name":"Shell","external_references":[{"source_name":"other"},{"source_name":"mitre-attack","external_id":"T9001.001"}],"kill_chain_phases":[{"kill_chain_name":"mitre-attack","phase_name":"doing"}]},
        {"type":"attack-pattern","id":"attack-pattern--3","name":"Gone","revoked":true,"external_references":[{"source_name":"mitre-attack","external_id":"T9002"}]},
        {"type":"x-mitre-tactic","id":"x-mitre-tactic--1","name":"Staying","x_mitre_shortname":"staying","external_references":[{"source_name":"mitre-attack","external_id":"TA9001"}]},
        {"type":"x-mitre-tactic","id":"x-mitre-tactic--2","name":"Doing","x_mitre_shortname":"doing","external_references":[{"source_name":"mitre-attack","external_id":"TA9002"}]},
        {"type":"intrusion-set","id":"intrusion-set--1","name":"Red"},{"type":"tool","id":"tool--1","name":"Kit"},{"type":"malware","id":"malware--1","name":"Old","x_mitre_deprecated":true},
        {"type":"relationship","id":"relationship--1","relationship_type":"uses","source_ref":"intrusion-set--1","target_ref":"attack-pattern--2"},
        {"type":"relationship","id":"relationship--2","relationship_type":"uses","source_ref":"tool--1","target_ref":"attack-pattern--2"},
        {"type":"relationship","id":"relationship--3","relationship_type":"uses","source_ref":"malware--1","target_ref":"attack-pattern--2"},
        {"type":"x-mitre-matrix","id":"x-mitre-matrix--1","name":"Small","tactic_refs":["x-mitre-tactic--2","x-mitre-tactic--1"],"external_references":[{"source_name":"mitre-attack","external_id":"small-attack"}]}]}"#;

    #[test]
    fn a_bundle_gives_its_matrix_without_what_is_revoked() {
        let read = read("small-attack-2.5.stix20.json", SMALL.as_bytes()).expect("a bundle");
        assert_eq!((read.name.as_str(), read.domain.as_str(), read.edition.as_str()), ("Small", "small-attack", "2.5"));
        assert_eq!(read.tactics.iter().map(|tactic| tactic.short.as_str()).collect::<Vec<_>>(), ["doing", "staying"]);
        let shown: Vec<_> =
            read.techniques.iter().map(|one| (one.id.as_str(), one.tactics.len(), one.groups, one.software)).collect();
        assert_eq!(shown, [("T9001", 2, 0, 0), ("T9001.001", 1, 1, 1)]);
    }

    #[test]
    fn what_is_no_bundle_is_refused_with_what_is_expected() {
        let said = |bytes: &[u8]| read("a.json", bytes).expect_err("refused").to_string();
        assert!(said(b"{\"objects\":[").contains("not a STIX bundle"));
        assert!(said(b"[]").contains("not a STIX bundle"));
        assert!(said(b"\x1f\x8bno").contains("not a STIX bundle"));
        assert!(said(b"{\"type\":\"bundle\",\"objects\":[]}").contains("no techniques"));
        assert_eq!(["enterprise-attack.json", "x-18.1.json.gz", "9.zip"].map(edition), ["", "18.1", "9"]);
    }
}
