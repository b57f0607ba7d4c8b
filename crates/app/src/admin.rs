//! Commands for whoever runs the machine: people, tokens, backup, restore, verify, import, export.

use crate::open::DataArgs;
use anyhow::{Context, anyhow, bail};
use clap::{Args, Subcommand};
use jiff::{SignedDuration, Timestamp};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use watchkeep_desk::import::Format;
use watchkeep_model::{Actor, Via};

/// Import records from CSV or XLSX. A row with an external_id that is known updates that record.
#[derive(Debug, Args)]
pub struct ImportArgs {
    #[command(flatten)]
    data: DataArgs,
    /// Kind of record, such as asset.
    kind: String,
    /// File ending in .csv or .xlsx; the first row names the fields.
    file: PathBuf,
    /// Only report what would happen.
    #[arg(long)]
    dry_run: bool,
}

/// Export records as CSV, XLSX or JSON to standard output or a file.
#[derive(Debug, Args)]
pub struct ExportArgs {
    #[command(flatten)]
    data: DataArgs,
    /// Kind of record, such as asset.
    kind: String,
    /// Filter, such as 'criticality>=4 owner:none'.
    #[arg(long, default_value = "")]
    filter: String,
    /// File ending in .csv, .xlsx or .json; without it, CSV on standard output.
    #[arg(long)]
    to: Option<PathBuf>,
}

/// Check that history and records fit together; names the first record that was tampered with.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    #[command(flatten)]
    data: DataArgs,
}

/// Copy all records to a new file, and the events beside it, while Watchkeep runs.
#[derive(Debug, Args)]
pub struct BackupArgs {
    #[command(flatten)]
    data: DataArgs,
    /// New folder for the copy.
    to: PathBuf,
}

/// Restore a backup into a new, empty data folder.
#[derive(Debug, Args)]
pub struct RestoreArgs {
    /// Folder made by `watchkeep backup`.
    from: PathBuf,
    /// Data folder to make; must not exist or be empty.
    to: PathBuf,
}

/// Add people, make administrators, give sign-in links.
#[derive(Debug, Args)]
pub struct UserArgs {
    #[command(flatten)]
    data: DataArgs,
    #[command(subcommand)]
    what: UserCommand,
}

#[derive(Debug, Subcommand)]
enum UserCommand {
    /// Add a person; --admin makes them an administrator of everything.
    Add {
        email: String,
        name: String,
        #[arg(long)]
        admin: bool,
    },
    /// Print a link path that signs the person in once within the hour.
    Link { email: String },
}

/// Make and list API tokens.
#[derive(Debug, Args)]
pub struct TokenArgs {
    #[command(flatten)]
    data: DataArgs,
    /// E-mail of the person the token acts as.
    email: String,
    /// What the token is for.
    #[arg(long, default_value = "command line")]
    name: String,
    /// Permissions it is limited to, such as event:create; all of the person's if not given.
    #[arg(long)]
    scope: Vec<String>,
    /// Days until it expires.
    #[arg(long, default_value_t = 90)]
    days: i64,
}

/// The machine's owner at the command line: everything, and named in the history.
fn operator() -> Actor {
    Actor { via: Via::Command, name: "command line".to_owned(), ..Actor::system() }
}

pub fn import(args: &ImportArgs) -> anyhow::Result<ExitCode> {
    let desk = args.data.records()?;
    let bytes = std::fs::read(&args.file).with_context(|| format!("reading {}", args.file.display()))?;
    let format = Format::of(&args.file.display().to_string())?;
    let report = desk.import(&operator(), desk.kind(&args.kind)?, format, &bytes, args.dry_run, Timestamp::now())?;
    for problem in &report.problems {
        eprintln!("row {}: {}", problem.row, problem.message);
    }
    let would = if args.dry_run { "would be " } else { "" };
    println!(
        "{} {would}created, {} {would}updated, {} unchanged, {} refused",
        report.created,
        report.updated,
        report.unchanged,
        report.problems.len()
    );
    Ok(if report.problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

pub fn export(args: &ExportArgs) -> anyhow::Result<ExitCode> {
    let desk = args.data.records()?;
    let kind = desk.kind(&args.kind)?;
    let name = args.to.as_ref().map_or("out.csv".to_owned(), |to| to.display().to_string());
    let format = Format::of(&name)?;
    let test = desk.filter(&operator(), kind, &args.filter, Timestamp::now())?;
    let Some(to) = &args.to else {
        let mut out = std::io::BufWriter::new(std::io::stdout().lock());
        desk.export(&operator(), kind, test, format, &mut out)?;
        return Ok(ExitCode::SUCCESS);
    };
    // Written aside: a file of that name is always a whole export.
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let aside = tempfile::NamedTempFile::new_in(folder).with_context(|| format!("writing to {}", folder.display()))?;
    let count = desk.export(&operator(), kind, test, format, &mut std::io::BufWriter::new(&aside))?;
    aside.persist(to).with_context(|| format!("writing {}", to.display()))?;
    eprintln!("{count} {} written to {}", kind.plural.to_lowercase(), to.display());
    Ok(ExitCode::SUCCESS)
}

pub fn verify(args: &VerifyArgs) -> anyhow::Result<ExitCode> {
    let desk = args.data.records()?;
    match desk.store.verify()? {
        Ok(entries) => {
            println!("the chain of {entries} history entries is unbroken and every record fits it");
            Ok(ExitCode::SUCCESS)
        }
        Err(found) => {
            println!("{} was tampered with: {}", found.record, found.what);
            Ok(ExitCode::from(1))
        }
    }
}

pub fn backup(args: &BackupArgs) -> anyhow::Result<ExitCode> {
    let desk = args.data.records()?;
    std::fs::create_dir(&args.to).with_context(|| format!("making the new folder {}", args.to.display()))?;
    desk.store.backup(&args.to.join("watchkeep.sqlite"))?;
    copy_folder(&args.data.data.join("lake"), &args.to.join("lake"))?;
    println!("backed up to {}", args.to.display());
    Ok(ExitCode::SUCCESS)
}

pub fn restore(args: &RestoreArgs) -> anyhow::Result<ExitCode> {
    if !args.from.join("watchkeep.sqlite").is_file() {
        bail!("{} holds no watchkeep.sqlite; name a folder made by `watchkeep backup`", args.from.display());
    }
    let taken = args.to.read_dir().is_ok_and(|mut files| files.next().is_some());
    if taken {
        bail!("{} is not empty; name a new folder", args.to.display());
    }
    copy_folder(&args.from, &args.to)?;
    println!("restored; start it with: watchkeep serve --data {}", args.to.display());
    Ok(ExitCode::SUCCESS)
}

fn copy_folder(from: &Path, to: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(to).with_context(|| format!("making {}", to.display()))?;
    let Ok(entries) = from.read_dir() else { return Ok(()) };
    for entry in entries {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            match std::fs::copy(entry.path(), &target) {
                // Compaction may remove a file while a running lake is copied: its events are in the newer file.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                other => {
                    other.with_context(|| format!("copying {}", entry.path().display()))?;
                }
            }
        }
    }
    Ok(())
}

pub fn user(args: &UserArgs) -> anyhow::Result<ExitCode> {
    let desk = args.data.records()?;
    let now = Timestamp::now();
    match &args.what {
        UserCommand::Add { email, name, admin } => {
            let made =
                desk.make(now, "person", vec![("name", name.as_str().into()), ("email", email.as_str().into())])?;
            if *admin {
                desk.grant(now, &format!("Administrators: {name}"), "Administrator", &[made.record.id])?;
            }
            println!("{} added; give them: watchkeep user link {email}", made.record.number());
        }
        UserCommand::Link { email } => {
            let person = desk.person_by_email(&email.to_lowercase())?;
            let person = person.ok_or_else(|| anyhow!("nobody has the e-mail {email}"))?;
            println!("/once/{}", desk.one_time_key(person.id, now)?);
        }
    }
    Ok(ExitCode::SUCCESS)
}

pub fn token(args: &TokenArgs) -> anyhow::Result<ExitCode> {
    let desk = args.data.records()?;
    let person = desk.person_by_email(&args.email.to_lowercase())?;
    let person = person.ok_or_else(|| anyhow!("nobody has the e-mail {}", args.email))?;
    let now = Timestamp::now();
    let expires = now + SignedDuration::from_hours(24 * args.days);
    println!("{}", desk.make_token(person.id, &args.name, &args.scope, expires)?);
    Ok(ExitCode::SUCCESS)
}
