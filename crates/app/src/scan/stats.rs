//! The numbers of a scan: speed, rules loaded and refused, detections by rule and level.

use super::found::Findings;
use cpu_time::ProcessTime;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;
use std::time::{Duration, Instant};
use watchkeep_detect::{Form, Level, RuleSet, State};

const TOP: usize = 40;

/// Measures wall and processor time of this process.
pub struct Clock {
    wall: Instant,
    processor: ProcessTime,
}

/// Wall time and processor time of all threads.
#[derive(Debug)]
pub struct Spent {
    pub wall: Duration,
    pub processor: Duration,
}

impl Clock {
    pub fn start() -> Self {
        Self { wall: Instant::now(), processor: ProcessTime::now() }
    }

    pub fn stop(&self) -> Spent {
        Spent { wall: self.wall.elapsed(), processor: self.processor.elapsed() }
    }
}

/// The numbers as lines of text.
pub fn report(rules: &RuleSet, findings: &Findings, spent: &Spent) -> String {
    let mut text = String::new();
    let _ = write_report(&mut text, rules, findings, spent);
    text
}

fn write_report(text: &mut String, rules: &RuleSet, findings: &Findings, spent: &Spent) -> std::fmt::Result {
    let seconds = spent.processor.as_secs_f64();
    let speed = if seconds > 0.0 { findings.events as f64 / seconds } else { 0.0 };
    let live = rules.rules().iter().filter(|rule| rule.is_live()).count();
    writeln!(text, "events          {}", findings.events)?;
    writeln!(text, "bytes           {}", findings.bytes)?;
    writeln!(text, "bad lines       {}", findings.bad.values().sum::<u64>())?;
    writeln!(text, "wall seconds    {:.3}", spent.wall.as_secs_f64())?;
    writeln!(text, "CPU seconds     {seconds:.3}")?;
    writeln!(text, "events/CPU-s    {speed:.0}")?;
    writeln!(text, "rules loaded    {live}")?;
    writeln!(text, "rules refused   {}", rules.rules().len() - live)?;
    let correlations = rules.rules().iter().filter(|rule| rule.is_live() && rule.form == Form::Correlation).count();
    if correlations > 0 {
        writeln!(text, "correlations    {correlations}, not counted: a scan judges single events")?;
    }
    let baselines = rules.rules().iter().filter(|rule| rule.is_live() && rule.form == Form::Baseline).count();
    if baselines > 0 {
        writeln!(text, "baselines       {baselines}, not learnt: a scan judges single events")?;
    }
    writeln!(text, "detections      {}", findings.rows.len())?;
    section(text, "detections by level", by_level(rules, findings))?;
    section(text, &format!("detections by rule (top {TOP})"), by_rule(rules, findings))?;
    section(text, "rules refused", refused(rules))?;
    section(
        text,
        "bad lines",
        sorted(findings.bad.iter().map(|(reason, count)| ((*reason).to_owned(), *count)).collect()),
    )
}

fn section(text: &mut String, title: &str, lines: Vec<(String, u64)>) -> std::fmt::Result {
    if !lines.is_empty() {
        writeln!(text, "\n{title}")?;
    }
    lines.iter().try_for_each(|(name, count)| writeln!(text, "{count:>8}  {name}"))
}

fn by_level(rules: &RuleSet, findings: &Findings) -> Vec<(String, u64)> {
    let mut counts: BTreeMap<Level, u64> = BTreeMap::new();
    for rule in findings.rows.iter().filter_map(|row| rules.rule(&row.found)) {
        *counts.entry(rule.level).or_default() += 1;
    }
    counts.into_iter().rev().map(|(level, count)| (level.to_string(), count)).collect()
}

fn by_rule(rules: &RuleSet, findings: &Findings) -> Vec<(String, u64)> {
    let mut counts: HashMap<usize, u64> = HashMap::new();
    for row in &findings.rows {
        *counts.entry(row.found.rule).or_default() += 1;
    }
    let named = counts.iter().filter_map(|(index, count)| {
        let rule = rules.rules().get(*index)?;
        Some((format!("{:<13} {}", rule.level, rule.title), *count))
    });
    let mut lines = sorted(named.collect());
    lines.truncate(TOP);
    lines
}

fn refused(rules: &RuleSet) -> Vec<(String, u64)> {
    let mut counts: HashMap<String, u64> = HashMap::new();
    for rule in rules.rules() {
        if let State::Refused(reason) | State::Waits(reason) = &rule.state {
            *counts.entry(format!("{}: {reason}", rule.path)).or_default() += 1;
        }
    }
    sorted(counts.into_iter().collect())
}

fn sorted(mut lines: Vec<(String, u64)>) -> Vec<(String, u64)> {
    lines.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    lines
}
