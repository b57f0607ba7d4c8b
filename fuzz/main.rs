//! Every parser of foreign bytes against damaged samples: flipped bits, cuts, splices and repeats, from fixed seeds.
//!
//! Bounded, so that they run as ordinary tests; `WATCHKEEP_FUZZ=50` runs fifty times as many rounds.

mod evtx;
mod fetched;
mod filter;
mod journal;
mod logs;
mod mail;
mod mapping;
mod multipart;
mod oscal;
mod package;
mod payload;
mod sheet;
mod sigma;
mod syslog;

use std::path::{Path, PathBuf};

/// Marsaglia's xorshift: the same numbers on every run.
pub struct Numbers(pub u64);

impl Numbers {
    pub fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % below.max(1) as u64) as usize
    }
}

/// `usual` rounds, or that many times more when asked.
pub fn rounds(usual: usize) -> usize {
    let more = std::env::var("WATCHKEEP_FUZZ").ok().and_then(|text| text.parse::<usize>().ok());
    usual * more.unwrap_or(1)
}

/// A damaged copy of `sample`; `letters` are the bytes that mean something to its parser.
pub fn mutate(sample: &[u8], letters: &[u8], numbers: &mut Numbers) -> Vec<u8> {
    let mut bytes = sample.to_vec();
    for _ in 0..=numbers.next(6) {
        if bytes.is_empty() {
            break;
        }
        let at = numbers.next(bytes.len());
        match numbers.next(6) {
            0 | 1 => bytes[at] ^= 1 << numbers.next(8),
            2 => bytes[at] = letters[numbers.next(letters.len())],
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

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

pub fn now() -> jiff::Timestamp {
    "2026-11-22T00:00:00Z".parse().expect("a time")
}
