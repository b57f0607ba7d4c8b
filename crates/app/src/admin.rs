//! Commands for whoever runs the machine: people, tokens, and whether the history is whole.

use crate::clock;
use crate::open::DataArgs;
use crate::progress;
use anyhow::{Context, anyhow};
use clap::{Args, Subcommand};
use jiff::SignedDuration;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use watchkeep_desk::Desk;
use watchkeep_desk::engagements::package;
use watchkeep_model::Record;

const VERIFY: &str = "\
With a file, the package of a closed engagement is checked instead; that needs no data folder and no server. --root
takes the SHA-256 that the engagement's page shows, so that a package made up anew is found out too.

Exit code: 0 whole, 1 tampered with, 2 it could not be read.

Examples:
  watchkeep verify --data ./data
  watchkeep verify ENG-3-5f70bf18a086.zip
  watchkeep verify --database postgres://watchkeep@127.0.0.1/watchkeep";

const USER: &str = "\
Works beside a running server.

Examples:
  watchkeep user add anna@example.org \"Anna Keller\" --admin
  watchkeep user link anna@example.org";

const TOKEN: &str = "\
Prints the token once; only its digest is kept.

Examples:
  watchkeep token anna@example.org --scope event:create --name \"log shipper\" --days 365
  TOKEN=$(watchkeep token anna@example.org --scope alert:read)";

/// Check that history and records fit together; names the first record that was tampered with
#[derive(Debug, Args)]
#[command(after_help = VERIFY)]
pub struct VerifyArgs {
    #[command(flatten)]
    data: DataArgs,
    /// The package of a closed engagement.
    package: Option<PathBuf>,
    /// SHA-256 of its manifest, from the engagement's page.
    #[arg(long, requires = "package", value_name = "SHA256")]
    root: Option<String>,
}

/// Add people, make administrators, give sign-in links
#[derive(Debug, Args)]
#[command(after_help = USER)]
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
    /// Take off a lost second factor; the person signs in without it and chooses another.
    FactorOff { email: String },
}

/// Make an API token
#[derive(Debug, Args)]
#[command(after_help = TOKEN)]
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

pub fn verify(args: &VerifyArgs) -> anyhow::Result<ExitCode> {
    if let Some(package) = &args.package {
        return verify_package(package, args.root.as_deref());
    }
    let desk = args.data.records()?;
    let waiting = progress::waiting("walking the history");
    let found = desk.store.verify()?;
    waiting.finish_and_clear();
    match found {
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

fn verify_package(path: &Path, root: Option<&str>) -> anyhow::Result<ExitCode> {
    let file = File::open(path).with_context(|| format!("opening {}", path.display()))?;
    let found = package::verify(BufReader::new(file), root).with_context(|| format!("reading {}", path.display()))?;
    println!("{}, closed {}", found.engagement, found.closed);
    println!("SHA-256 of its manifest: {}", found.root);
    for wrong in &found.wrong {
        println!("tampered with: {wrong}");
    }
    if found.wrong.is_empty() {
        println!("{} records and {} files are as they were sealed", found.records, found.files);
        return Ok(ExitCode::SUCCESS);
    }
    Ok(ExitCode::from(1))
}

pub fn user(args: &UserArgs) -> anyhow::Result<ExitCode> {
    let desk = args.data.records()?;
    let now = clock::now();
    match &args.what {
        UserCommand::Add { email, name, admin } => {
            let email = email.to_lowercase();
            let made =
                desk.make(now, "person", vec![("name", name.as_str().into()), ("email", email.as_str().into())])?;
            if *admin {
                desk.grant(now, &format!("Administrators: {name}"), "Administrator", &[made.record.id])?;
            }
            println!("{} added; give them: watchkeep user link {email}", made.record.number());
        }
        UserCommand::Link { email } => println!("/once/{}", desk.one_time_key(person(&desk, email)?.id, now)?),
        UserCommand::FactorOff { email } => {
            let there = desk.drop_second_factor(person(&desk, email)?.id)?;
            println!("{email} {}", if there { "signs in without a second factor now" } else { "has no second factor" });
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn person(desk: &Desk, email: &str) -> anyhow::Result<Record> {
    desk.person_by_email(&email.to_lowercase())?.ok_or_else(|| anyhow!("nobody has the e-mail {email}"))
}

pub fn token(args: &TokenArgs) -> anyhow::Result<ExitCode> {
    let desk = args.data.records()?;
    let person = person(&desk, &args.email)?;
    let now = clock::now();
    let expires = now + SignedDuration::from_hours(24 * args.days);
    println!("{}", desk.make_token(person.id, &args.name, &args.scope, expires)?);
    Ok(ExitCode::SUCCESS)
}
