//! Watchkeep's command line: settings and wiring.

mod admin;
mod backup;
mod clock;
mod fetch;
mod inputs;
mod open;
mod pager;
mod progress;
mod pulls;
mod rules;
mod scan;
mod serve;
mod transfer;

use clap::{CommandFactory, Parser, Subcommand};
use std::process::ExitCode;

const AFTER: &str = "\
Every setting may also be given by the environment, such as WATCHKEEP_DATA for --data.

Exit codes: 0 done, 1 done and something was found (scan: threats, import: refused rows, verify: tampering), 2 not done.

Examples:
  watchkeep demo
  watchkeep serve --data ./data --syslog-tcp 127.0.0.1:5514 --rules ./sigma/rules
  watchkeep scan --stats evidence/
  watchkeep completions bash > /etc/bash_completion.d/watchkeep";

const COMPLETIONS: &str = "\
Examples:
  watchkeep completions bash > /etc/bash_completion.d/watchkeep
  watchkeep completions zsh > ~/.zfunc/_watchkeep
  watchkeep completions fish > ~/.config/fish/completions/watchkeep.fish";

/// The system a security manager runs security with.
///
/// Start with `watchkeep demo` to look around, or `watchkeep serve --data ./data` for your own organisation.
/// All data lives in the data folder: watchkeep.sqlite (records) and lake (events).
#[derive(Debug, Parser)]
#[command(version, propagate_version = true, after_help = AFTER)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Serve(serve::ServeArgs),
    Demo(serve::DemoArgs),
    Scan(scan::ScanArgs),
    Import(transfer::ImportArgs),
    Export(transfer::ExportArgs),
    Verify(admin::VerifyArgs),
    Backup(backup::BackupArgs),
    Restore(backup::RestoreArgs),
    User(admin::UserArgs),
    Token(admin::TokenArgs),
    /// Print completions for a shell
    #[command(after_help = COMPLETIONS)]
    Completions {
        /// The shell to complete in.
        shell: clap_complete::Shell,
    },
}

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Serve(args) => serve::serve(&args),
        Command::Demo(args) => serve::demo(&args),
        Command::Scan(args) => scan::run(args),
        Command::Import(args) => transfer::import(&args),
        Command::Export(args) => transfer::export(&args),
        Command::Verify(args) => admin::verify(&args),
        Command::Backup(args) => backup::backup(&args),
        Command::Restore(args) => backup::restore(&args),
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
