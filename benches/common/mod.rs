//! What the benchmarks share: numbers from a seed, CPU time, memory.
#![allow(dead_code, reason = "each benchmark uses its part")]

use cpu_time::ProcessTime;
use std::time::Duration;

/// Invented numbers, the same in every run.
pub struct Dice(pub u64);

impl Dice {
    /// A number below `below`.
    pub fn roll(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below.max(1)
    }
}

/// CPU time of the whole process while `work` runs.
pub fn spent<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = ProcessTime::now();
    let made = work();
    (made, start.elapsed())
}

/// One line: milliseconds each, and what it was.
pub fn each(what: &str, spent: Duration, times: u64) -> f64 {
    let milliseconds = spent.as_secs_f64() * 1000.0 / times.max(1) as f64;
    println!("{milliseconds:>10.3} ms  {what}");
    milliseconds
}

/// A count from the environment, or what is usual, never above `most`.
pub fn size(name: &str, usual: u64, most: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual).min(most)
}

/// Megabytes by their name in `/proc/self/status`: `VmHWM` is the peak, `RssAnon` what the process itself holds now.
pub fn memory(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|text| text.parse::<u64>().ok()).unwrap_or(0) / 1024
}

/// Forgets the peak, so that the next one is of what comes.
pub fn forget_peak() {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}
