//! Text logs, JSON lines, bulk requests, packed bodies and whole files.

use crate::{Numbers, mutate, now, root, rounds};
use bytes::Bytes;
use std::io::BufReader;
use watchkeep_ingest::blocks::blocks;
use watchkeep_ingest::json_lines::{Form, Reader};
use watchkeep_ingest::object::{Object, Stop};
use watchkeep_ingest::{Format, Source, bulk, folder, upload};

const LETTERS: &[u8] = b"\0\xff\"{[\\< \n";

fn text_samples() -> Vec<Vec<u8>> {
    let root = root().join("crates/ingest/samples");
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
    for round in 0..rounds(4_000) {
        let bytes = Bytes::from(mutate(&samples[round % samples.len()], LETTERS, &mut numbers));
        for batch in [any.block(&bytes, 1, now()), json.block(&bytes, 1, now())] {
            read += batch.len();
            let kept = batch.events.iter().chain(batch.bad.iter().map(|bad| &bad.event));
            // What a cloud wraps as text inside JSON comes out unwrapped.
            let wrapped = |name: &str| bytes.windows(name.len()).any(|window| window == name.as_bytes());
            for event in kept.filter(|_| !wrapped("logEvents") && !wrapped("CloudTrailEvent")) {
                assert!(
                    bytes.windows(event.raw.len().max(1)).any(|window| window == &event.raw[..]),
                    "raw bytes are kept as they came"
                );
            }
        }
        drop(bulk::bulk(&Source::named("s"), &bytes, 1, now()));
        drop(bulk::unpack(&bytes, 1 << 16));
        for block in blocks(BufReader::with_capacity(16, &bytes[..]), "s") {
            drop(block);
        }
    }
    assert!(read > 10_000, "the mutations left too little to read: {read}");
}

#[test]
fn uploads_of_any_kind_survive_damage() {
    let samples = text_samples();
    let mut numbers = Numbers(0x5eed_0003);
    let (mut read, mut refused) = (0, 0);
    for round in 0..rounds(2_000) {
        let mut bytes = mutate(&samples[round % samples.len()], LETTERS, &mut numbers);
        if round % 3 == 0 {
            let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            std::io::Write::write_all(&mut packed, &bytes).expect("packed");
            bytes = mutate(&packed.finish().expect("packed"), LETTERS, &mut numbers);
        }
        match upload::read(&Source::named("s"), "up", bytes.into(), 1 << 20, now()) {
            Ok(batches) => read += batches.iter().map(|batch| batch.len()).sum::<usize>(),
            Err(_) => refused += 1,
        }
    }
    assert!(read > 1_000 && refused > 10, "{read} read, {refused} refused");
}

#[test]
fn objects_survive_damage_packed_or_not() {
    let samples = text_samples();
    let source = Source::named("s");
    let mut numbers = Numbers(0x5eed_0b1e);
    let (mut read, mut damaged) = (0, 0);
    for round in 0..rounds(4_000) {
        let sample = &samples[round % samples.len()];
        let bytes = match round % 3 {
            0 => mutate(&gzip(sample), LETTERS, &mut numbers),
            1 => gzip(&mutate(sample, LETTERS, &mut numbers)),
            _ => mutate(sample, LETTERS, &mut numbers),
        };
        let object = Object { source: &source, name: "o", format: Format::Auto, now: now() };
        let end = object.unpacked(&bytes[..], |batch| {
            read += batch.len();
            Ok::<(), ()>(())
        });
        damaged += usize::from(matches!(end, Err(Stop::Damaged(why)) if !why.is_empty()));
    }
    assert!(read > 5_000 && damaged > 50, "the mutations left too little: {read} read, {damaged} damaged");
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packed, bytes).expect("packed");
    packed.finish().expect("packed")
}
