//! Every reader against any bytes: nothing panics, nothing is lost, and where a text is cut does not matter.

use bytes::Bytes;
use proptest::prelude::*;
use std::path::Path;
use watchkeep_ingest::stream::{At, End, Stream, batches};
use watchkeep_ingest::{Batch, Format, Source, folder};

const FORMATS: &[Format] = &[
    Format::Auto,
    Format::Json,
    Format::Csv,
    Format::Cef,
    Format::Logfmt,
    Format::Syslog,
    Format::Journald,
    Format::Auditd,
    Format::Xml,
    Format::Access,
    Format::W3c,
    Format::Zeek,
    Format::Ossec,
    Format::Plain,
];

fn now() -> jiff::Timestamp {
    "2026-11-22T00:00:00Z".parse().expect("a time")
}

fn samples() -> Vec<Bytes> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    let files = folder::files(&root).expect("samples");
    files.iter().map(|path| std::fs::read(path).expect("a sample").into()).collect()
}

fn whole(format: Format, text: &Bytes) -> Vec<String> {
    shown(&Stream::new(Source::named("s"), format).whole(text, now()))
}

/// The same, where at most `piece` more bytes come at a time.
fn pieces(format: Format, text: &Bytes, piece: usize) -> Vec<String> {
    let mut stream = Stream::new(Source::named("s"), format);
    let (mut from, mut have, mut at, mut batches) = (0, 0, At::Line(1), Vec::new());
    while have < text.len() || from < text.len() {
        have = text.len().min(have + piece);
        let end = if have == text.len() { End::Last } else { End::Open };
        let (batch, used) = stream.read(&text.slice(from..have), &mut at, end, now());
        assert!(used > 0 || end == End::Open, "the last piece is read to its end");
        from += used;
        batches.push(batch);
    }
    shown(&batches)
}

/// Each event and bad line with its id, which holds its place, its raw bytes and its time.
fn shown(batches: &[Batch]) -> Vec<String> {
    let events = batches.iter().flat_map(|batch| &batch.events);
    let events = events.map(|event| format!("{} {:?} {:?}", event.id, event.fields, event.raw));
    let bad = batches.iter().flat_map(|batch| &batch.bad);
    events.chain(bad.map(|bad| format!("{} {} {:?}", bad.at, bad.reason, bad.event.raw))).collect()
}

/// Letters and digits of the records, so that what stands between them does not count.
fn letters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| byte.is_ascii_alphanumeric()).count()
}

#[test]
fn where_a_sample_is_cut_does_not_matter() {
    for sample in samples() {
        let expected = whole(Format::Auto, &sample);
        for piece in [1, 7, 100, 4_000] {
            assert_eq!(
                pieces(Format::Auto, &sample, piece),
                expected,
                "{piece}: {:.100}",
                String::from_utf8_lossy(&sample)
            );
        }
    }
}

#[test]
fn a_file_is_read_like_a_text_in_memory() {
    for sample in samples() {
        let stream = Stream::new(Source::named("s"), Format::Auto);
        let batches: Result<Vec<Batch>, _> = batches(stream, &sample[..], now()).collect();
        assert_eq!(shown(&batches.expect("readable")), whole(Format::Auto, &sample));
    }
}

#[test]
fn a_cut_off_sample_is_read_up_to_the_cut() {
    for sample in samples() {
        for cut in (1..sample.len().min(6_000)).step_by(13) {
            for format in FORMATS {
                whole(*format, &sample.slice(..cut));
            }
        }
    }
}

#[test]
fn very_long_lines_and_records_cost_themselves() {
    for start in [
        "",
        "{\"a\":\"",
        "CEF:0|a|b|c|d|e|5|msg=",
        "a=1 b=2 c=\"",
        "type=X msg=audit(1.0:1): a=\"",
        "<Event>",
        "a,b,c\n\"",
        "#fields\ta\n",
    ] {
        let text: Bytes = format!("{start}{}\nnext\n", "x".repeat((1 << 20) + 9)).into();
        for format in FORMATS {
            let read = Stream::new(Source::named("s"), *format).whole(&text, now());
            let records: usize = read.iter().map(Batch::len).sum();
            assert!((1..8).contains(&records), "{format:?} {start}: {records}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read_or_kept(bytes in prop::collection::vec(any::<u8>(), 0..2_000), piece in 1_usize..300) {
        let text = Bytes::from(bytes);
        for format in FORMATS {
            prop_assert_eq!(pieces(*format, &text, piece), whole(*format, &text), "{:?}", format);
        }
    }

    #[test]
    fn lines_of_the_letters_that_mean_something(
        words in prop::collection::vec("[ -~]{0,40}|CEF:0\\||LEEF:2.0\\||type=A msg=audit\\(1.0:[12]\\): |<Event>|</Event>|#fields\t|#Fields: |\\*\\* Alert 1: |__CURSOR=|\\{\"Records\":\\[|\",|=\"|\n|\r\n|\t", 0..60),
        piece in 1_usize..60,
    ) {
        let text = Bytes::from(words.concat());
        for format in FORMATS {
            prop_assert_eq!(pieces(*format, &text, piece), whole(*format, &text), "{:?}", format);
        }
        // Lines are records, and none of their letters is lost.
        let read = Stream::new(Source::named("s"), Format::Plain).whole(&text, now());
        let kept = read.iter().flat_map(|batch| batch.events.iter().chain(batch.bad.iter().map(|bad| &bad.event)));
        prop_assert_eq!(kept.map(|event| letters(&event.raw)).sum::<usize>(), letters(&text));
    }
}
