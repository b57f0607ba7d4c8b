//! Watchkeep's command line: settings and wiring.

mod scan;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Self-hosted security management: from a log line to a handled incident
#[derive(Debug, Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Scan(scan::ScanArgs),
}

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Scan(args) => scan::run(args),
    };
    done.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::from(2)
    })
}
