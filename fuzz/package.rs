//! Packages of closed engagements: whatever is damaged, a package that verifies against its root says what it said.

use crate::{Numbers, mutate, rounds};
use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};
use watchkeep_desk::engagements::package::verify;
use watchkeep_records::assure::sealing::{FORMAT, digest};

const LETTERS: &[u8] = b"PK\x01\x02\x05\x06\0\xff{}\"/";

/// A package with three records, and the SHA-256 of its manifest.
fn package() -> (Vec<u8>, String) {
    let records: Vec<(String, String)> =
        (1..=3).map(|id| (format!("ITM-{id}"), format!("{{\"number\":{id}}}"))).collect();
    let row = |(number, text): &(String, String)| {
        let sha256 = digest(text.as_bytes());
        format!(r#"{{"path":"records/{number}.json","number":"{number}","version":1,"sha256":"{sha256}"}}"#)
    };
    let rows = records.iter().map(row).collect::<Vec<_>>().join(",");
    let manifest = format!(r#"{{"format":"{FORMAT}","engagement":"ENG-1","title":"x","records":[{rows}],"files":[]}}"#);
    let root = digest(manifest.as_bytes());
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let mut put = |name: &str, text: &str| {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).expect("started");
        zip.write_all(text.as_bytes()).expect("written");
    };
    put("manifest.json", &manifest);
    put("SEAL.txt", &format!("{root}  manifest.json\n"));
    records.iter().for_each(|(number, text)| put(&format!("records/{number}.json"), text));
    (zip.finish().expect("finished").into_inner(), root)
}

/// What a reader takes out of it.
fn contents(package: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut zip = zip::ZipArchive::new(Cursor::new(package)).expect("a ZIP");
    let mut all = BTreeMap::new();
    for at in 0..zip.len() {
        let mut part = zip.by_index(at).expect("a part");
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).expect("read");
        all.insert(part.name().to_owned(), bytes);
    }
    all.remove("SEAL.txt");
    all
}

#[test]
fn a_damaged_package_verifies_only_if_it_says_the_same() {
    let (sample, root) = package();
    let whole = contents(&sample);
    assert_eq!(verify(Cursor::new(&sample), Some(&root)).expect("a package").wrong, Vec::<String>::new());
    let mut numbers = Numbers(0x5eed_0009);
    let (mut refused, mut named) = (0, 0);
    for _ in 0..rounds(4_000) {
        let bytes = mutate(&sample, LETTERS, &mut numbers);
        match verify(Cursor::new(&bytes), Some(&root)) {
            Err(_) => refused += 1,
            Ok(verdict) if verdict.wrong.is_empty() => assert_eq!(contents(&bytes), whole),
            Ok(_) => named += 1,
        }
    }
    assert!(refused > 100 && named > 100, "{refused} refused, {named} with what is wrong named");
}
