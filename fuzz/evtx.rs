//! Windows event logs: damage to the header, to chunks and to records.

use crate::{Numbers, mutate, now, root, rounds};
use std::io::Cursor;
use watchkeep_ingest::{Source, evtx, folder};

const LETTERS: &[u8] = b"\0\xff\x0f\x01*";

/// Small files only, so that the test stays quick.
const MAX_LOG: u64 = 200_000;

#[test]
fn damaged_event_logs_are_read_in_part() {
    let root = root().join("../shared/data/detection/evtx-attack-samples");
    let Ok(files) = folder::files(&root) else {
        println!("skipped: no event log samples at {}", root.display());
        return;
    };
    let mut numbers = Numbers(0x5eed_0002);
    let mut reader = evtx::Reader::new(Source::named("s"));
    let small = files.iter().filter(|path| std::fs::metadata(path).is_ok_and(|found| found.len() < MAX_LOG));
    let (mut events, mut bad) = (0, 0);
    for path in small.take(40) {
        let sample = std::fs::read(path).expect("a sample");
        for round in 0..rounds(6) {
            let mut bytes = mutate(&sample, LETTERS, &mut numbers);
            if round > 0 {
                // Keep the header whole, so that the damage reaches the records.
                bytes.splice(0..4_096.min(bytes.len()), sample[..4_096].iter().copied());
            }
            let Ok(chunks) = evtx::chunks(Cursor::new(bytes), "damaged") else {
                continue;
            };
            for chunk in chunks.take(64) {
                let batch = reader.chunk(chunk, now());
                events += batch.events.len();
                bad += batch.bad.len();
            }
        }
    }
    assert!(events > 100 && bad > 0, "{events} events, {bad} damaged parts");
}
