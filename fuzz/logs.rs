//! Every parser of foreign bytes against damaged samples: flipped bits, cuts, splices and repeats, from fixed seeds.

use bytes::Bytes;
use std::io::{BufReader, Cursor};
use std::path::Path;
use watchkeep_ingest::blocks::blocks;
use watchkeep_ingest::json_lines::{Form, Reader};
use watchkeep_ingest::{Source, bulk, evtx, folder, syslog};

/// Marsaglia's xorshift: the same numbers on every run.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % below.max(1) as u64) as usize
    }
}

fn mutate(sample: &[u8], numbers: &mut Numbers) -> Vec<u8> {
    let mut bytes = sample.to_vec();
    for _ in 0..=numbers.next(6) {
        if bytes.is_empty() {
            break;
        }
        let at = numbers.next(bytes.len());
        match numbers.next(6) {
            0 | 1 => bytes[at] ^= 1 << numbers.next(8),
            2 => bytes[at] = [0, 0xff, b'"', b'{', b'[', b'\\', b'<', b' ', b'\n'][numbers.next(9)],
            3 => bytes.truncate(at),
            4 => {
                let piece: Vec<u8> = bytes[at..bytes.len().min(at + 1 + numbers.next(64))].to_vec();
                let to = numbers.next(bytes.len());
                bytes.splice(to..to, piece);
            }
            _ => {
                let end = bytes.len().min(at + numbers.next(32));
                bytes.drain(at..end);
            }
        }
    }
    bytes
}

fn now() -> jiff::Timestamp {
    "2026-11-22T00:00:00Z".parse().expect("a time")
}

fn text_samples() -> Vec<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    let mut found: Vec<Vec<u8>> =
        folder::files(&root).expect("samples").iter().map(|path| std::fs::read(path).expect("a sample")).collect();
    found.push(br#"[{"a":1},{"b":[1,2,{"c":null}]}]"#.to_vec());
    found.push(br#"{"Records":[{"a":1}]}"#.to_vec());
    found
}

#[test]
fn text_parsers_survive_damage() {
    let samples = text_samples();
    let mut numbers = Numbers(0x5eed_0001);
    let (mut any, mut json) =
        (Reader::new(Source::named("s"), Form::AnyText), Reader::new(Source::named("s"), Form::OnlyJson));
    let mut read = 0;
    for round in 0..4_000 {
        let bytes = Bytes::from(mutate(&samples[round % samples.len()], &mut numbers));
        for batch in [any.block(&bytes, 1, now()), json.block(&bytes, 1, now())] {
            read += batch.len();
            let kept = batch.events.iter().chain(batch.bad.iter().map(|bad| &bad.event));
            for event in kept {
                assert!(
                    bytes.windows(event.raw.len().max(1)).any(|window| window == &event.raw[..]),
                    "raw bytes are kept as they came"
                );
            }
        }
        if let Ok(line) = std::str::from_utf8(&bytes) {
            line.lines().for_each(|line| drop(syslog::parse(line, now())));
        }
        drop(bulk::bulk(&Source::named("s"), &bytes, 1, now()));
        drop(bulk::unpack(&bytes, 1 << 16));
        for block in blocks(BufReader::with_capacity(16, &bytes[..]), "s") {
            drop(block);
        }
    }
    assert!(read > 10_000, "the mutations left too little to read: {read}");
}

/// Small files only, so that the test stays quick.
const MAX_LOG: u64 = 200_000;

#[test]
fn damaged_event_logs_are_read_in_part() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/detection/evtx-attack-samples");
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
        for round in 0..6 {
            let mut bytes = mutate(&sample, &mut numbers);
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
