//! Files that grow, rotate, shrink and reappear.

use super::*;
use std::io::Write;

fn now() -> Timestamp {
    "2026-01-01T00:00:00Z".parse().expect("a time")
}

struct Log {
    folder: tempfile::TempDir,
}

impl Log {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder") }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("app.log")
    }

    fn add(&self, text: &str) {
        let mut file = std::fs::OpenOptions::new().create(true).append(true).open(self.path()).expect("opened");
        file.write_all(text.as_bytes()).expect("written");
    }

    fn rotate(&self) {
        std::fs::rename(self.path(), self.folder.path().join("app.log.1")).expect("renamed");
    }

    fn tail(&self, position: Position) -> Tail {
        Tail::new(self.path(), Source::named("app"), position)
    }
}

fn messages(tail: &mut Tail) -> Vec<String> {
    let mut got = Vec::new();
    loop {
        let batch = tail.read(now()).expect("readable");
        if batch.is_empty() {
            return got;
        }
        got.extend(batch.events.iter().map(|event| event.message.to_string()));
    }
}

#[test]
fn a_growing_file_gives_whole_lines_once() {
    let log = Log::new();
    let mut tail = log.tail(Position::default());
    assert!(messages(&mut tail).is_empty(), "the file need not exist");
    log.add("one\ntw");
    assert_eq!(messages(&mut tail), ["one"]);
    log.add("o\nthree\n");
    assert_eq!(messages(&mut tail), ["two", "three"]);
    assert!(messages(&mut tail).is_empty());
}

#[test]
fn rotation_loses_nothing() {
    let log = Log::new();
    let mut tail = log.tail(Position::default());
    log.add("one\n");
    assert_eq!(messages(&mut tail), ["one"]);
    log.add("two\nlast without end");
    log.rotate();
    log.add("new one\n");
    assert_eq!(messages(&mut tail), ["two", "last without end", "new one"]);
}

#[test]
fn truncation_starts_over_even_when_it_grew_back() {
    let log = Log::new();
    let mut tail = log.tail(Position::default());
    log.add("one\ntwo\n");
    assert_eq!(messages(&mut tail), ["one", "two"]);
    std::fs::write(log.path(), "x\n").expect("truncated");
    assert_eq!(messages(&mut tail), ["x"]);
    std::fs::write(log.path(), "completely other and longer\n").expect("truncated");
    assert_eq!(messages(&mut tail), ["completely other and longer"]);
}

#[test]
fn a_position_goes_on_where_it_was_or_starts_over_on_another_file() {
    let log = Log::new();
    log.add("one\ntwo\nthr");
    let mut tail = log.tail(Position::default());
    assert_eq!(messages(&mut tail), ["one", "two"]);
    let position = tail.position().clone();
    log.add("ee\n");
    assert_eq!(messages(&mut log.tail(position.clone())), ["three"]);
    log.rotate();
    log.add("another file with more text\n");
    assert_eq!(messages(&mut log.tail(position)), ["another file with more text"]);
}

#[test]
fn equal_lines_have_ids_of_their_own_and_keep_them() {
    let log = Log::new();
    log.add("same\nsame\n");
    let ids = || {
        log.tail(Position::default())
            .read(now())
            .expect("readable")
            .events
            .iter()
            .map(|event| event.id)
            .collect::<Vec<_>>()
    };
    let first = ids();
    assert_ne!(first[0], first[1]);
    assert_eq!(first, ids());
}

#[tokio::test]
async fn following_waits_for_a_full_sink_and_saves_positions() {
    let log = Log::new();
    log.add("one\ntwo\n");
    let kept = crate::batch::tests::Kept::full_for(2);
    let saved = Arc::new(std::sync::Mutex::new(Vec::new()));
    let (keep, watched) = (Arc::clone(&saved), Arc::clone(&kept));
    let stop = async move {
        while watched.messages().len() < 2 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let save = move |position: &Position| keep.lock().expect("saved").push(position.offset);
    follow(log.tail(Position::default()), kept, Duration::from_millis(5), now, save, stop).await.expect("followed");
    assert_eq!(*saved.lock().expect("saved"), [8]);
}

#[tokio::test]
async fn a_file_that_cannot_be_read_is_tried_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("log");
    std::fs::create_dir(&path).expect("a folder in its place");
    let kept = crate::batch::tests::Kept::full_for(0);
    let (watched, there) = (Arc::clone(&kept), path.clone());
    let stop = async move {
        tokio::time::sleep(Duration::from_millis(20)).await;
        std::fs::remove_dir(&there).and_then(|()| std::fs::write(&there, "one\n")).expect("a file by now");
        for _ in 0..2_000 {
            if !watched.messages().is_empty() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let tail = Tail::new(path, Source::named("t"), Position::default());
    follow(tail, kept.clone(), Duration::from_millis(5), now, |_| {}, stop).await.expect("followed");
    assert_eq!(kept.messages(), ["one"]);
}

#[test]
fn a_table_is_read_with_its_header_also_after_a_restart_and_a_rotation() {
    let log = Log::new();
    let mut tail = log.tail(Position::default());
    let doors = |tail: &mut Tail| -> Vec<String> {
        let batch = tail.read(now()).expect("readable");
        batch.events.iter().map(|event| event.field("door").unwrap_or("-").to_owned()).collect()
    };
    log.add("time,user,door\n");
    assert!(doors(&mut tail).is_empty(), "one line may be anything");
    log.add("1,anna,Dock\n2,bob,\"Main\nhall\"\n3,ca");
    assert_eq!(doors(&mut tail), ["Dock", "Main\nhall"]);
    let mut again = log.tail(tail.position().clone());
    log.add("rl,Roof\n");
    assert_eq!(doors(&mut again), ["Roof"]);
    assert_eq!(doors(&mut tail), ["Roof"]);
    log.rotate();
    log.add("door;time;user\nGate;4;anna\n");
    assert_eq!(doors(&mut tail), ["Gate"]);
}

#[test]
fn records_that_only_the_next_one_ends_are_read_once_nothing_more_comes() {
    let log = Log::new();
    let mut tail = log.tail(Position::default());
    log.add("type=SYSCALL msg=audit(1700000000.1:7): syscall=59\n");
    let read = |tail: &mut Tail| tail.read(now()).expect("readable").len();
    assert_eq!((read(&mut tail), read(&mut tail)), (0, 0), "the action may go on");
    assert_eq!(tail.position().offset, 0, "and is read again after a crash");
    assert_eq!(read(&mut tail), 1);
    log.add(
        "type=CWD msg=audit(1700000000.1:8): cwd=\"/\"\ntype=PROCTITLE msg=audit(1700000000.1:8): proctitle=6964\n",
    );
    assert_eq!(read(&mut tail), 1);
}

#[test]
fn a_format_that_is_set_is_read_whatever_the_first_lines_look_like() {
    let log = Log::new();
    let mut tail = log.tail(Position::default()).written_in(Format::Plain);
    log.add("time,user,door\n1,anna,Dock\n");
    assert_eq!(messages(&mut tail), ["time,user,door", "1,anna,Dock"]);
}
