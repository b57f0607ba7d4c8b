//! `watchkeep scan`: reads logs, evaluates rules, prints what was found; nothing is stored.

mod found;
mod hunt;
mod print;
mod read;
mod stats;

use crate::clock;
use anyhow::Context;
use clap::{Args, ValueEnum};
use found::Findings;
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use watchkeep_detect::{Level, RuleFile, RuleSet};

const AFTER: &str = "\
Reads Windows event logs (EVTX, XML), JSON lines and arrays, clouds' deliveries, CSV, CEF, LEEF, logfmt, syslog, \
audit, journal, Zeek, W3C and access logs, each also as .gz, folders of them, and standard input as `-`.

Exit code: 0 nothing found, 1 something found, 2 a rule folder or path could not be read.

Examples:
  watchkeep scan evidence/
  watchkeep scan --rules sigma/rules --min-level high --format jsonl Security.evtx
  zcat web.log.gz | watchkeep scan --stats -";

/// Look for threats in log files with Sigma rules
#[derive(Debug, Args)]
#[command(after_help = AFTER)]
pub struct ScanArgs {
    /// Folder or file of Sigma rules; may be given several times [default: the starter rules]
    #[arg(long, value_name = "DIR")]
    pub rules: Vec<PathBuf>,
    /// How findings are printed
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
    /// Leave out rules below this level: informational, low, medium, high or critical
    #[arg(long, value_name = "LEVEL", default_value = "informational", value_parser = parse_level)]
    pub min_level: Level,
    /// Report events, speed, refused rules and detections by rule on standard error
    #[arg(long)]
    pub stats: bool,
    /// Threads that evaluate rules [default: one per processor]
    #[arg(long, value_name = "N")]
    pub threads: Option<usize>,
    /// Files or folders to read, `-` for standard input
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
}

/// How findings are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Table,
    Jsonl,
    Csv,
}

fn parse_level(text: &str) -> Result<Level, String> {
    let level = Level::ALL.into_iter().find(|level| level.as_str() == text);
    level.ok_or_else(|| "use informational, low, medium, high or critical".to_owned())
}

/// Scans and prints; the exit code says whether anything was found.
///
/// # Errors
/// When a rule folder or a named path cannot be read, or the output cannot be written.
pub fn run(args: ScanArgs) -> anyhow::Result<ExitCode> {
    let (rules, infos) = RuleSet::load(rule_files(&args.rules)?);
    anyhow::ensure!(
        infos.iter().any(watchkeep_detect::RuleInfo::is_live),
        "none of the {} rules can be evaluated; --stats lists the reasons",
        infos.len()
    );
    let threads = args.threads.unwrap_or_else(|| std::thread::available_parallelism().map_or(2, usize::from));
    let started = stats::Clock::start();
    let inputs = read::Inputs::list(&args.paths)?;
    let findings = hunt::hunt(&rules, inputs, args.min_level, threads.max(1), clock::now());
    let spent = started.stop();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let written = print::print(&mut out, args.format, &rules, &findings).and_then(|()| out.flush());
    match written {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => {}
        other => other.context("cannot write the findings")?,
    }
    report(&args, &rules, &findings, &spent);
    Ok(ExitCode::from(if findings.unreadable { 2 } else { u8::from(!findings.rows.is_empty()) }))
}

fn report(args: &ScanArgs, rules: &RuleSet, findings: &Findings, spent: &stats::Spent) {
    for problem in &findings.problems {
        eprintln!("warning: {problem}");
    }
    if args.stats {
        eprint!("{}", stats::report(rules, findings, spent));
    } else if args.format == Format::Table && std::io::stderr().is_terminal() {
        eprintln!("{} events, {} detections", findings.events, findings.rows.len());
    }
}

fn rule_files(folders: &[PathBuf]) -> anyhow::Result<Vec<RuleFile>> {
    if folders.is_empty() {
        return Ok(watchkeep_detect::starter_rules());
    }
    let mut files = Vec::new();
    for folder in folders {
        let texts = watchkeep_ingest::folder::yaml_texts(folder).context("cannot read the rules")?;
        files.extend(texts.into_iter().map(|(path, text)| RuleFile { path, text }));
    }
    Ok(files)
}
