//! Frames, and connections against a sink that is full at first.

use super::*;
use crate::batch::{SinkError, tests::Kept};
use tokio::io::AsyncWriteExt;

fn frames(pieces: &[&[u8]]) -> Vec<String> {
    let mut frames = Frames::default();
    let mut got = Vec::new();
    for (at, piece) in pieces.iter().enumerate() {
        frames.buffer.extend_from_slice(piece);
        while let Some(frame) = frames.next(at + 1 == pieces.len()) {
            got.push(String::from_utf8_lossy(&frame).into_owned());
        }
    }
    got
}

#[test]
fn frames_are_lines_or_counted() {
    assert_eq!(frames(&[b"<13>a\n<13>b"]), ["<13>a", "<13>b"]);
    assert_eq!(frames(&[b"5 <13>a6 <13>", b"b\n6 <1"]), ["<13>a", "<13>b\n", "6 <1"]);
    assert_eq!(frames(&[b"2026 was fine\n"]), ["2026 was fine"]);
    assert_eq!(frames(&[b"<13>x\0<13>y\0"]), ["<13>x", "<13>y"]);
    let long = vec![b'x'; MAX_LINE + 10];
    assert_eq!(frames(&[&long, b"\n"]).iter().map(String::len).collect::<Vec<_>>(), [MAX_LINE, 10]);
    assert_eq!(frames(&[b"99999999 <13>a\n"]), ["99999999 <13>a"]);
}

fn now() -> Timestamp {
    "2026-01-01T00:00:00Z".parse().expect("a time")
}

#[tokio::test]
async fn a_full_sink_holds_up_a_connection_without_loss() {
    let kept = Kept::full_for(3);
    let sink: Arc<dyn Sink> = kept.clone();
    let text: String = (0..2_500).map(|number| format!("<13>Jan  1 00:00:00 h app: line {number}\n")).collect();
    connection(text.as_bytes(), &Source::named("s"), &sink, Limits::default(), now).await.expect("read to the end");
    let messages = kept.messages();
    assert_eq!(messages.len(), 2_500);
    assert_eq!(messages[2_499], "line 2499");
}

#[tokio::test]
async fn a_failing_sink_ends_the_connection() {
    struct Broken;
    impl Sink for Broken {
        fn take(&self, _: &str, _: Batch) -> Result<(), SinkError> {
            Err(SinkError::Failed("disk gone".to_owned()))
        }
    }
    let sink: Arc<dyn Sink> = Arc::new(Broken);
    let error =
        connection(&b"<13>a\n"[..], &Source::named("s"), &sink, Limits::default(), now).await.expect_err("failed");
    assert_eq!(error.to_string(), "disk gone");
}

#[tokio::test]
async fn tcp_and_udp_listeners_take_what_is_sent() {
    let kept = Kept::full_for(1);
    let (end, ended) = tokio::sync::watch::channel(false);
    let stop = |mut ended: tokio::sync::watch::Receiver<bool>| async move {
        let _ = ended.changed().await;
    };
    let tcp = TcpListener::bind("127.0.0.1:0").await.expect("listen");
    let udp = UdpSocket::bind("127.0.0.1:0").await.expect("listen");
    let (tcp_at, udp_at) = (tcp.local_addr().expect("address"), udp.local_addr().expect("address"));
    let one =
        tokio::spawn(listen_tcp(tcp, Source::named("s"), kept.clone(), Limits::default(), now, stop(ended.clone())));
    let two = tokio::spawn(listen_udp(udp, Source::named("s"), kept.clone(), Limits::default(), now, stop(ended)));
    let mut stream = tokio::net::TcpStream::connect(tcp_at).await.expect("connect");
    stream.write_all(b"<13>Jan  1 00:00:00 h app: by tcp\n").await.expect("sent");
    drop(stream);
    let socket = UdpSocket::bind("127.0.0.1:0").await.expect("socket");
    socket.send_to(b"<13>Jan  1 00:00:00 h app: by udp", udp_at).await.expect("sent");
    for _ in 0..200 {
        if kept.messages().len() == 2 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let mut messages = kept.messages();
    messages.sort();
    assert_eq!(messages, ["by tcp", "by udp"]);
    end.send(true).expect("listeners wait");
    one.await.expect("ended").expect("well");
    two.await.expect("ended").expect("well");
}
