//! Watchkeep's command line: settings and wiring.

mod admin;
mod inputs;
mod open;
mod rules;
mod scan;
mod serve;

use clap::{CommandFactory, Parser, Subcommand};
use std::process::ExitCode;

/// The system a security manager runs security with.
///
/// Start with `watchkeep demo` to look around, or `watchkeep serve --data ./data` for your own organisation.
/// All data lives in the data folder: watchkeep.sqlite (records) and lake (events).
#[derive(Debug, Parser)]
#[command(version, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Serve(serve::ServeArgs),
    Demo(serve::DemoArgs),
    Scan(scan::ScanArgs),
    Import(admin::ImportArgs),
    Export(admin::ExportArgs),
    Verify(admin::VerifyArgs),
    Backup(admin::BackupArgs),
    Restore(admin::RestoreArgs),
    User(admin::UserArgs),
    Token(admin::TokenArgs),
    /// Prints completions for a shell: watchkeep completions bash > /etc/bash_completion.d/watchkeep
    Completions {
        shell: clap_complete::Shell,
    },
}

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Serve(args) => serve::serve(&args),
        Command::Demo(args) => serve::demo(&args),
        Command::Scan(args) => scan::run(args),
        Command::Import(args) => admin::import(&args),
        Command::Export(args) => admin::export(&args),
        Command::Verify(args) => admin::verify(&args),
        Command::Backup(args) => admin::backup(&args),
        Command::Restore(args) => admin::restore(&args),
        Command::User(args) => admin::user(&args),
        Command::Token(args) => admin::token(&args),
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Cli::command(), "watchkeep", &mut std::io::stdout());
            Ok(ExitCode::SUCCESS)
        }
    };
    done.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::from(2)
    })
}
