//! The scan itself: one thread reads pieces, the others parse them and evaluate rules.

use super::found::{Findings, Row};
use super::read::{Inputs, Piece};
use crate::progress;
use indicatif::ProgressBar;
use jiff::Timestamp;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use watchkeep_detect::{Level, RuleSet};
use watchkeep_ingest::json_lines::{self, Form};
use watchkeep_ingest::{BadLine, Batch, Source, evtx};
use watchkeep_model::event::Event;

/// A piece, the file it is from and its place in the whole scan.
struct Work {
    piece: Piece,
    file: Arc<str>,
    order: usize,
}

/// Reads `inputs` and evaluates `rules` of at least `min_level` on `threads` threads.
pub fn hunt(rules: &RuleSet, inputs: Inputs, min_level: Level, threads: usize, now: Timestamp) -> Findings {
    let (send, receive) = sync_channel::<Work>(threads * 4);
    let receive = Mutex::new(receive);
    let bar = progress::bytes(inputs.bytes);
    let mut findings = std::thread::scope(|scope| {
        let workers: Vec<_> =
            (0..threads).map(|_| scope.spawn(|| Worker::new(rules, min_level, now).work(&receive))).collect();
        let mut findings = feed(inputs, now, &send, &bar);
        drop(send);
        for worker in workers {
            match worker.join() {
                Ok(found) => findings.join(found),
                Err(_) => {
                    findings.problems.push("a thread stopped early; some findings are missing".to_owned());
                    findings.unreadable = true;
                }
            }
        }
        findings
    });
    bar.finish_and_clear();
    findings.rows.sort_unstable_by_key(|row| row.order);
    findings
}

fn feed(inputs: Inputs, now: Timestamp, send: &SyncSender<Work>, bar: &ProgressBar) -> Findings {
    let mut findings = Findings::default();
    let mut order = 0;
    for input in &inputs.files {
        bar.set_message(input.name.to_string());
        let read = input.pieces(now, &mut |piece| {
            order += 1;
            send.send(Work { piece, file: Arc::clone(&input.name), order }).is_ok()
        });
        if let Err(error) = read {
            let text = error.to_string();
            findings.problems.push(if text.contains(&*input.name) { text } else { format!("{}: {text}", input.name) });
            findings.unreadable |= input.named;
        }
        findings.bytes += input.bytes;
        bar.inc(input.bytes);
    }
    findings
}

struct Worker<'r> {
    rules: &'r RuleSet,
    min_level: Level,
    now: Timestamp,
    records: evtx::Reader,
    lines: json_lines::Reader,
    file: Arc<str>,
    order: (usize, usize),
    found: Findings,
}

impl<'r> Worker<'r> {
    fn new(rules: &'r RuleSet, min_level: Level, now: Timestamp) -> Self {
        Self {
            rules,
            min_level,
            now,
            records: evtx::Reader::new(Source::named("")),
            lines: json_lines::Reader::new(Source::named(""), Form::AnyText),
            file: "".into(),
            order: (0, 0),
            found: Findings::default(),
        }
    }

    fn work(mut self, receive: &Mutex<Receiver<Work>>) -> Findings {
        loop {
            let next = receive.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok(work) = next else { return self.found };
            if work.file != self.file {
                self.file = work.file;
                self.records.turn_to(Source::named(&self.file));
                self.lines.turn_to(Source::named(&self.file));
            }
            self.order = (work.order, 0);
            self.piece(work.piece);
        }
    }

    fn piece(&mut self, piece: Piece) {
        match piece {
            Piece::Records(chunk) => {
                let Batch { events, bad } = self.records.chunk(*chunk, self.now);
                for event in events {
                    let record = event.field("EventRecordID").and_then(|id| id.parse().ok()).unwrap_or_default();
                    self.event(event, record);
                }
                bad.iter().for_each(|bad| self.bad(bad));
            }
            Piece::Lines { first, bytes } => self.lines(json_lines::lines(&bytes, first)),
            Piece::Items { first, items } => self.lines((first..).zip(items)),
            Piece::Read(mut batch) => self.batch(&mut batch, 0),
        }
    }

    fn lines(&mut self, lines: impl Iterator<Item = (u64, bytes::Bytes)>) {
        let mut batch = Batch::default();
        for (number, raw) in lines {
            self.lines.take(raw, number, self.now, &mut batch);
            self.batch(&mut batch, number);
        }
    }

    fn batch(&mut self, batch: &mut Batch, number: u64) {
        batch.events.drain(..).for_each(|event| self.event(event, number));
        batch.bad.drain(..).for_each(|bad| self.bad(&bad));
    }

    fn event(&mut self, event: Event, record: u64) {
        self.found.events += 1;
        for found in self.rules.evaluate(&event) {
            // What a baseline matches is what it learns from, and no detection.
            let wanted = self.rules.rule(&found).is_some_and(|rule| rule.level >= self.min_level)
                && !self.rules.baselines().has(found.rule);
            if wanted {
                self.order.1 += 1;
                self.found.rows.push(Row {
                    found,
                    file: Arc::clone(&self.file),
                    record,
                    event: shown(&event),
                    order: self.order,
                });
            }
        }
    }

    fn bad(&mut self, bad: &BadLine) {
        self.found.events += 1;
        *self.found.bad.entry(bad.reason.kind()).or_default() += 1;
    }
}

/// What is printed of an event; its raw bytes would keep a whole block in memory.
fn shown(event: &Event) -> Event {
    Event { raw: bytes::Bytes::new(), fields: Default::default(), ..event.clone() }
}
