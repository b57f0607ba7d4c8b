//! OSCAL catalogs and profiles: damaged ones are refused, or read; they never bring the reader down.

use crate::{Numbers, mutate, root, rounds};
use watchkeep_oscal::{Document, lines, parse};

const LETTERS: &[u8] = b"{}[]\",:\\0a-";

#[test]
fn damaged_catalogs_are_refused_or_read() {
    let sample = r#"{"catalog":{"uuid":"74c8ba1e-5cd4-4ad1-bbfd-d888e2f6c724","metadata":{"title":"House","last-modified":"2026-01-01T00:00:00Z","version":"1","oscal-version":"1.1.2"},"groups":[{"id":"ac","title":"Doors","controls":[{"id":"ac-1","title":"Locks","params":[{"id":"ac-1_prm_1","label":"days"}],"props":[{"name":"label","value":"AC-1"}],"parts":[{"id":"ac-1_smt","name":"statement","prose":"Change them every {{ insert: param, ac-1_prm_1 }}."}],"controls":[{"id":"ac-1.1","title":"Keys","props":[{"name":"status","value":"withdrawn"}]}]}]}]}}"#;
    let given = root().join("../shared/data/grc/oscal/examples");
    let mut samples = vec![sample.as_bytes().to_vec()];
    let files = std::fs::read_dir(given).into_iter().flatten().flatten();
    samples.extend(files.filter_map(|file| std::fs::read(file.path()).ok()).filter(|bytes| bytes.len() < 100_000));
    let mut numbers = Numbers(0x5eed_000a);
    let (mut read, mut refused) = (0, 0);
    for sample in &samples {
        for _ in 0..rounds(600) {
            let bytes = mutate(sample, LETTERS, &mut numbers);
            match parse("damaged.json", &bytes) {
                Ok(source) => {
                    read += 1;
                    if let Document::Catalog(catalog) = &source.document {
                        lines(catalog);
                    }
                }
                Err(_) => refused += 1,
            }
        }
    }
    assert!(read > 20 && refused > 100, "{read} read, {refused} refused");
}
