//! Syslog lines of both forms, and the framing of a stream whatever way its bytes arrive.

use crate::{Numbers, mutate, now, rounds};
use std::sync::{Arc, Mutex};
use tokio::io::AsyncWriteExt;
use watchkeep_ingest::syslog::{Limits, listen_tcp, parse};
use watchkeep_ingest::{Batch, Sink, SinkError, Source};

const LETTERS: &[u8] = b"<>[]\"= -\\\0\n\xff0123456789";
const SAMPLES: &[&str] = &[
    "<34>Oct 11 22:14:15 mymachine su[231]: 'su root' failed for lonvick on /dev/pts/8",
    "<165>1 2003-10-11T22:14:15.003Z host app 8710 ID47 [ex@32473 iut=\"3\" src=\"a\\\"b\\]c\"][x@1 y=\"\"] text",
    "<13>1 - - - - - -",
    "Feb  5 17:32:18 10.0.0.99 Use the BFG!",
    "<191>2026-01-01T00:00:00+02:00 host app: {\"a\":{\"b\":[1,2]}}",
    "<0>@cee: {\"x\":1}",
];

#[test]
fn lines_are_read_or_left_alone() {
    let mut numbers = Numbers(0x5eed_0010);
    let mut read = 0;
    for round in 0..rounds(20_000) {
        let bytes = mutate(SAMPLES[round % SAMPLES.len()].as_bytes(), LETTERS, &mut numbers);
        let line = String::from_utf8_lossy(&bytes);
        read += usize::from(parse(&line, now()).is_some());
    }
    assert!(read > 5_000, "{read}");
}

#[derive(Default)]
struct Kept(Mutex<Vec<u8>>);

impl Sink for Kept {
    fn take(&self, _: &str, batch: Batch) -> Result<(), SinkError> {
        let mut kept = self.0.lock().expect("kept");
        batch.events.iter().chain(batch.bad.iter().map(|bad| &bad.event)).for_each(|event| kept.extend(&event.raw[..]));
        Ok(())
    }
}

/// Whatever arrives, every letter of it is kept, but for counts and what stands between frames.
#[tokio::test]
async fn a_stream_loses_no_letter_of_its_frames() {
    let mut numbers = Numbers(0x5eed_0011);
    for round in 0..rounds(60) {
        let mut stream = Vec::new();
        for _ in 0..20 {
            let line = mutate(SAMPLES[numbers.next(SAMPLES.len())].as_bytes(), LETTERS, &mut numbers);
            if numbers.next(2) == 0 {
                stream.extend(format!("{} ", line.len()).bytes());
            }
            stream.extend(line);
            stream.push(b'\n');
        }
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let kept = Arc::new(Kept::default());
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let sink: Arc<dyn Sink> = kept.clone();
        let limits = Limits { batch: 7, ..Limits::default() };
        let listening = listen_tcp(listener, Source::named("s"), sink, limits, now, async move { drop(stopped.await) });
        let listening = tokio::spawn(listening);
        let mut connection = tokio::net::TcpStream::connect(address).await.expect("connected");
        for piece in stream.chunks(1 + numbers.next(64)) {
            connection.write_all(piece).await.expect("sent");
        }
        connection.shutdown().await.expect("ended");
        let letters = |bytes: &[u8]| bytes.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
        let expected = letters(&stream);
        let begun = std::time::Instant::now();
        while letters(&kept.0.lock().expect("kept")) < expected {
            assert!(begun.elapsed().as_secs() < 30, "round {round}: letters are missing");
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        }
        assert_eq!(letters(&kept.0.lock().expect("kept")), expected, "round {round}");
        drop(stop);
        listening.await.expect("ended").expect("well");
    }
}
