//! What inputs fetch: messages of streams and topics, and the addresses that name them.

use crate::{Numbers, mutate, now, root, rounds};
use std::collections::HashSet;
use std::sync::Arc;
use watchkeep_ingest::{Batch, Format, Sink, SinkError, Source, folder};
use watchkeep_pull::{Input, kafka, nats, objects};

const LETTERS: &[u8] = b"\0\xff\"{[\\< \n";

struct Nowhere;

impl Sink for Nowhere {
    fn take(&self, _: &str, _: Batch) -> Result<(), SinkError> {
        Ok(())
    }
}

#[test]
fn messages_are_the_same_events_when_they_come_again() {
    let files = folder::files(&root().join("crates/ingest/samples")).expect("samples");
    let samples: Vec<Vec<u8>> = files.iter().map(|path| std::fs::read(path).expect("a sample")).collect();
    let formats =
        ["auto", "json", "csv", "cef", "syslog", "journald", "auditd", "xml", "access", "zeek", "ossec", "plain"];
    let formats: Vec<Format> = formats.iter().map(|word| word.parse().expect("a format")).collect();
    let (_keep, stop) = tokio::sync::watch::channel(false);
    let mut numbers = Numbers(0x5eed_fe7c);
    let (mut read, mut bad, mut empty, mut ids) = (0, 0, 0, HashSet::new());
    for round in 0..rounds(3_000) {
        let bytes = mutate(&samples[round % samples.len()], LETTERS, &mut numbers);
        let format = formats[if round % 2 == 0 { 0 } else { numbers.next(formats.len()) }];
        let input =
            Input { source: Source::named("s"), format, sink: Arc::new(Nowhere), clock: now, stop: stop.clone() };
        let key = format!("LOGS#{round}");
        let [one, again] = [(); 2].map(|()| input.message(bytes.clone().into(), "logs.app", &key, now()));
        let of = |batch: &Batch| -> Vec<_> {
            let bad = batch.bad.iter().map(|bad| &bad.event);
            batch.events.iter().chain(bad).map(|event| event.id).collect()
        };
        assert_eq!(of(&one), of(&again), "round {round}");
        // Headers, comments and halves of an action alone are no event.
        if format == Format::Plain {
            assert!(bytes.iter().all(u8::is_ascii_whitespace) || !one.is_empty(), "round {round} is left out");
        }
        empty += usize::from(one.is_empty());
        (read, bad) = (read + one.events.len(), bad + one.bad.len());
        ids.extend(of(&one));
    }
    assert!(read > 3_000 && bad > 20 && empty < rounds(300), "{read} read, {bad} bad, {empty} messages of none");
    assert!(ids.len() * 10 >= (read + bad) * 9, "{} ids of {read} events: messages are kept apart", ids.len());
}

#[test]
fn addresses_are_refused_without_their_secrets() {
    const SIGNS: &[u8] = b":/@,.[]= ?#%a1";
    let samples = [
        "kafka://anna:s3cret@10.0.0.1:9092,b:9093/logs.all",
        "kafkas://anna:s3cret@host/logs",
        "nats://anna:s3cret@nats.example:4222/LOGS/mine",
        "tls://s3cret@nats.example/LOGS",
        "s3://anna:s3cret@bucket/prefix",
        "s3://anna:s3cret@bucket@other/prefix",
    ];
    let mut numbers = Numbers(0x5eed_add0);
    let (mut taken, mut hidden) = (0, 0);
    for round in 0..rounds(6_000) {
        let bytes = mutate(samples[round % samples.len()].as_bytes(), SIGNS, &mut numbers);
        let place = String::from_utf8_lossy(&bytes);
        let told = [
            place.parse::<kafka::Place>().map(|place| place.shown()).map_err(|error| error.to_string()),
            place.parse::<nats::Place>().map(|place| place.shown()).map_err(|error| error.to_string()),
            objects::Place::new(&place, std::iter::empty(), &Default::default())
                .map(|place| place.shown().to_owned())
                .map_err(|error| error.to_string()),
        ];
        taken += told.iter().filter(|told| told.is_ok()).count();
        // Without the sign behind it nothing says that it is one.
        if place.rsplit_once('@').is_some_and(|(secret, rest)| secret.contains("s3cret") && !rest.contains("s3cret")) {
            hidden += 1;
            for told in told {
                let (Ok(words) | Err(words)) = told;
                assert!(!words.contains("s3cret"), "{place}: {words}");
            }
        }
    }
    assert!(taken > 20 && hidden > 2_000, "{taken} taken, {hidden} with a secret");
}
