//! A million indicators looked for in raw lines and in events: built, size, and events per processor second.
//!
//! `cargo bench -p watchkeep-indicators`; `WATCHKEEP_INDICATORS` sets how many indicators (1,000,000 unless told). Every
//! line is invented from seed 7. One line in 500 holds one indicator, so the hits can be counted by hand.

#![allow(clippy::expect_used, reason = "a benchmark stops at the first surprise")]

mod common;

use common::{Dice, each, forget_peak, memory, size, spent};
use std::sync::Arc;
use watchkeep_indicators::read::{self, Form};
use watchkeep_indicators::{Benign, Build, Defaults, Watched};

const LINES: usize = 200_000;
const EVERY: usize = 500;
const ROUNDS: usize = 5;
const NOW: i64 = 1_780_000_000;
const DEFAULTS: Defaults = Defaults { confidence: 80, threshold: 30, half_life: None, valid_days: None, read: NOW };

fn main() {
    let count = size("WATCHKEEP_INDICATORS", 1_000_000, 4_000_000) as usize;
    let mut dice = Dice(7);
    let values: Vec<String> = (0..count).map(|at| indicator(&mut dice, at)).collect();
    let source = values.join("\n");
    println!("input: {count} indicators in a plain list of {} bytes, seed 7; figures are CPU time", source.len());

    forget_peak();
    let before = memory("RssAnon");
    let clock = std::time::Instant::now();
    let (watched, time) = spent(|| watch(source.as_bytes()));
    each(&format!("read, built and in force ({} ms on the clock)", clock.elapsed().as_millis()), time, 1);
    let feed = watched.feeds().first().expect("one feed");
    println!("{} different values in {} bytes with the gate before them", feed.len(), watched.bytes());
    println!("memory: {} MB more than before, {} MB at the peak", memory("RssAnon") - before, memory("VmHWM"));

    for kind in [Line::Firewall, Line::Proxy, Line::Process] {
        let lines: Vec<String> = (0..LINES).map(|at| line(&mut dice, kind, &values, at)).collect();
        let bytes: usize = lines.iter().map(String::len).sum();
        let (floor, floor_time) = spent(|| lines.iter().map(|line| words(line)).sum::<usize>());
        let look =
            || (0..ROUNDS).map(|_| lines.iter().map(|line| watched.find_in(line, NOW).len()).sum::<usize>()).sum();
        let (hits, time): (usize, _) = spent(look);
        let rate = (LINES * ROUNDS) as f64 / time.as_secs_f64();
        println!(
            "{kind:?}: {LINES} lines of {} bytes: {rate:.0} lines/CPU-s, {} of {} planted met; \
             floor (each byte looked at once): {:.0} lines/CPU-s, {floor} words",
            bytes / LINES,
            hits / ROUNDS,
            LINES / EVERY,
            LINES as f64 / floor_time.as_secs_f64(),
        );
    }
}

fn watch(source: &[u8]) -> Watched {
    let mut build = Build::new(7, DEFAULTS);
    let reading = read::feed(source, &Form::List, &mut |entry| build.push(&entry));
    assert_eq!(reading.broken, 0, "{:?}", reading.unused.first());
    Watched::new(7, vec![Arc::new(build.finish())], Arc::new(Benign::default()))
}

/// Of ten: four addresses, three names, two digests, one URL; every 4,000th is a net.
fn indicator(dice: &mut Dice, at: usize) -> String {
    match at % 10 {
        0 if at % 4000 == 0 => format!("{}.{}.0/24", 64 + dice.roll(100), pair(dice)),
        0..4 => format!("{}.{}.{}", 64 + dice.roll(100), pair(dice), 1 + dice.roll(250)),
        4..7 => format!("{}{}.{}", word(dice), word(dice), ["com", "net", "top", "info"][dice.roll(4) as usize]),
        7 => format!("{:08x}{:08x}{:08x}{:08x}", part(dice), part(dice), part(dice), part(dice)),
        8 => (0..8).map(|_| format!("{:08x}", part(dice))).collect(),
        _ => format!("http://{}{}.com/{}/{}.php", word(dice), dice.roll(100_000), word(dice), word(dice)),
    }
}

fn part(dice: &mut Dice) -> u64 {
    dice.roll(1 << 31) * 2
}

fn pair(dice: &mut Dice) -> String {
    format!("{}.{}", dice.roll(256), dice.roll(256))
}

fn word(dice: &mut Dice) -> String {
    (0..5).map(|_| char::from(b"bdfgklmnprstvz"[dice.roll(14) as usize])).flat_map(|c| [c, 'a']).collect()
}

#[derive(Debug, Clone, Copy)]
enum Line {
    Firewall,
    Proxy,
    Process,
}

/// A line as a source writes it; one in [`EVERY`] holds an indicator of a class that the source can show.
fn line(dice: &mut Dice, kind: Line, values: &[String], at: usize) -> String {
    let planted = at.is_multiple_of(EVERY).then(|| at / EVERY * 10);
    let class = |class: usize| planted.and_then(|at| values.get((at + class) % values.len())).cloned();
    let (host, port) = (dice.roll(200), 1024 + dice.roll(60_000));
    match kind {
        Line::Firewall => {
            let to = class(1).unwrap_or_else(|| format!("{}.{}.9", 200 + dice.roll(20), pair(dice)));
            format!(
                "<134>Nov 26 13:0{}:12 fw{host} kernel: ACCEPT IN=eth0 OUT=eth1 SRC=10.1.{}.{} DST={to} LEN=60 TTL=63 \
                 PROTO=TCP SPT={port} DPT=443 SYN",
                dice.roll(10),
                dice.roll(256),
                dice.roll(256)
            )
        }
        Line::Proxy => {
            let name = class(4).unwrap_or_else(|| format!("www.{}{}.example", word(dice), dice.roll(900)));
            format!(
                "10.2.{}.{} - user{host} [26/Nov/2026:13:01:12 +0000] \"GET https://{name}/{}/{}.js?v={port} HTTP/1.1\" \
                 200 {} \"-\" \"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0\"",
                dice.roll(256),
                dice.roll(256),
                word(dice),
                word(dice),
                dice.roll(90_000)
            )
        }
        Line::Process => {
            let digest = class(8).unwrap_or_else(|| (0..8).map(|_| format!("{:08x}", part(dice))).collect());
            format!(
                "{{\"EventID\":1,\"Computer\":\"ws-{host}.corp.example\",\"Image\":\"C:\\\\Program Files\\\\{}\\\\{}.exe\",\
                 \"CommandLine\":\"{}.exe --type=renderer --id={port}\",\"User\":\"CORP\\\\user{host}\",\
                 \"Hashes\":\"MD5={:08x}{:08x}{:08x}{:08x},SHA256={digest}\",\"ParentImage\":\"C:\\\\Windows\\\\explorer.exe\"}}",
                word(dice),
                word(dice),
                word(dice),
                part(dice),
                part(dice),
                part(dice),
                part(dice)
            )
        }
    }
}

/// The least that anything which reads a line must do.
fn words(line: &str) -> usize {
    line.bytes().filter(|byte| matches!(byte, b' ' | b'"' | b'=' | b'/' | b',')).count()
}
