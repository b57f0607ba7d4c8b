//! `watchkeep backup` and `watchkeep restore`: the whole data folder, also of a running server.

use crate::open::DataArgs;
use crate::progress;
use anyhow::{Context, bail};
use clap::Args;
use indicatif::ProgressBar;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Times that files which went are looked for anew.
const ROUNDS: usize = 50;

const BACKUP: &str = "\
What was acknowledged before the backup began is in it. Records in PostgreSQL are backed up with pg_dump, events in an
object store by that store; this copies what lies in the data folder.

Exit code: 0 done, 2 not done.

Examples:
  watchkeep backup --data ./data /backups/$(date +%F)";

const RESTORE: &str = "\
Never writes into a folder that holds anything.

Exit code: 0 done, 2 not done.

Examples:
  watchkeep restore /backups/2026-03-01 ./data-again
  watchkeep verify --data ./data-again";

/// Copy all records and events to a new folder, also while Watchkeep runs
#[derive(Debug, Args)]
#[command(after_help = BACKUP)]
pub struct BackupArgs {
    #[command(flatten)]
    data: DataArgs,
    /// New folder for the copy.
    to: PathBuf,
}

/// Restore a backup into a new, empty data folder
#[derive(Debug, Args)]
#[command(after_help = RESTORE)]
pub struct RestoreArgs {
    /// Folder made by `watchkeep backup`.
    from: PathBuf,
    /// Data folder to make; must not exist or be empty.
    to: PathBuf,
}

pub fn backup(args: &BackupArgs) -> anyhow::Result<ExitCode> {
    if args.data.database.is_some() {
        bail!("records in PostgreSQL are backed up with pg_dump; leave --database away to copy the data folder");
    }
    let desk = args.data.records()?;
    std::fs::create_dir(&args.to).with_context(|| format!("making the new folder {}", args.to.display()))?;
    desk.store.backup(&args.to.join("watchkeep.sqlite"))?;
    let (from, to) = (args.data.data.join("lake"), args.to.join("lake"));
    let bar = progress::bytes(size(&from));
    lake(&from, &to, &bar)?;
    bar.finish_and_clear();
    println!("backed up to {}", args.to.display());
    Ok(ExitCode::SUCCESS)
}

/// Copies the lake of a running server so that no event is missed. The journal goes first: what leaves it meanwhile is in
/// files by then. Files never change, but small ones are merged into new ones and then go: once some went while they
/// were copied, the new ones are looked for.
fn lake(from: &Path, to: &Path, bar: &ProgressBar) -> anyhow::Result<()> {
    copy(&from.join("journal"), &to.join("journal"), bar)?;
    let mut rounds = 0;
    while copy(&from.join("events"), &to.join("events"), bar)? == Copied::SomeWent {
        rounds += 1;
        anyhow::ensure!(rounds < ROUNDS, "files of {} keep going while they are copied; try again", from.display());
    }
    let sources = from.join("sources.json");
    if sources.is_file() {
        std::fs::copy(&sources, to.join("sources.json")).with_context(|| format!("copying {}", sources.display()))?;
    }
    Ok(())
}

pub fn restore(args: &RestoreArgs) -> anyhow::Result<ExitCode> {
    if !args.from.join("watchkeep.sqlite").is_file() {
        bail!("{} holds no watchkeep.sqlite; name a folder made by `watchkeep backup`", args.from.display());
    }
    let taken = match args.to.read_dir() {
        Ok(mut files) => files.next().is_some(),
        Err(error) => error.kind() != ErrorKind::NotFound,
    };
    if taken {
        bail!("{} is not an empty folder, and nothing is overwritten; name a new one", args.to.display());
    }
    let bar = progress::bytes(size(&args.from));
    copy(&args.from, &args.to, &bar)?;
    bar.finish_and_clear();
    println!("restored; start it with: watchkeep serve --data {}", args.to.display());
    Ok(ExitCode::SUCCESS)
}

/// Whether everything that was listed could be copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Copied {
    All,
    SomeWent,
}

/// Copies what the target does not hold yet.
fn copy(from: &Path, to: &Path, bar: &ProgressBar) -> anyhow::Result<Copied> {
    std::fs::create_dir_all(to).with_context(|| format!("making {}", to.display()))?;
    let mut copied = Copied::All;
    let entries = match from.read_dir() {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(copied),
        Err(error) => return Err(error).with_context(|| format!("reading {}", from.display())),
    };
    for entry in entries {
        let entry = entry.with_context(|| format!("reading {}", from.display()))?;
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        let part = if path.is_dir() {
            copy(&path, &target, bar)?
        } else if target.exists() {
            Copied::All
        } else {
            one(&path, &target, bar)?
        };
        if part == Copied::SomeWent {
            copied = part;
        }
    }
    Ok(copied)
}

fn one(path: &Path, target: &Path, bar: &ProgressBar) -> anyhow::Result<Copied> {
    match std::fs::copy(path, target) {
        Ok(bytes) => {
            bar.inc(bytes);
            Ok(Copied::All)
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Copied::SomeWent),
        Err(error) => Err(error).with_context(|| format!("copying {}", path.display())),
    }
}

/// Bytes below a folder, about: for the progress bar.
fn size(folder: &Path) -> u64 {
    let entries = folder.read_dir().into_iter().flatten().flatten();
    entries
        .map(|entry| match entry.metadata() {
            Ok(found) if found.is_dir() => size(&entry.path()),
            Ok(found) => found.len(),
            Err(_) => 0,
        })
        .sum()
}
