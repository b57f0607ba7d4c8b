//! `watchkeep import` and `watchkeep export`: lists of records in and out.

use crate::clock;
use crate::open::DataArgs;
use crate::progress;
use anyhow::Context;
use clap::Args;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use watchkeep_desk::import::Format;
use watchkeep_model::{Actor, Via};

const IMPORT: &str = "\
The first row names the fields, by name or label; external_id, number and tags are understood too. Each row enters
whole or not at all; refused rows are told with their number. The same file twice changes nothing.

Exit code: 0 every row is in, 1 rows were refused, 2 the file could not be read.

Examples:
  watchkeep import asset servers.xlsx --dry-run
  watchkeep import person people.csv";

const EXPORT: &str = "\
Import reads CSV and XLSX back and finds nothing to change.

Exit code: 0 written, 2 not written.

Examples:
  watchkeep export asset --filter 'criticality>=4 owner:none' --to gaps.xlsx
  watchkeep export alert > alerts.csv";

/// Import records from CSV or XLSX; a row with an external_id that is known updates that record
#[derive(Debug, Args)]
#[command(after_help = IMPORT)]
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

/// Export records as CSV, XLSX or JSON to standard output or a file
#[derive(Debug, Args)]
#[command(after_help = EXPORT)]
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

/// The machine's owner at the command line: everything, and named in the history.
fn operator() -> Actor {
    Actor { via: Via::Command, name: "command line".to_owned(), ..Actor::system() }
}

pub fn import(args: &ImportArgs) -> anyhow::Result<ExitCode> {
    let desk = args.data.records()?;
    let bytes = std::fs::read(&args.file).with_context(|| format!("reading {}", args.file.display()))?;
    let format = Format::of(&args.file.display().to_string())?;
    let waiting = progress::waiting(&format!("importing {}", args.file.display()));
    let report = desk.import(&operator(), desk.kind(&args.kind)?, format, &bytes, args.dry_run, clock::now())?;
    waiting.finish_and_clear();
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
    let test = desk.filter(&operator(), kind, &args.filter, clock::now())?;
    let waiting = progress::waiting(&format!("exporting {}", kind.plural.to_lowercase()));
    let Some(to) = &args.to else {
        let mut out = std::io::BufWriter::new(std::io::stdout().lock());
        desk.export(&operator(), kind, test, format, &mut out)?;
        return Ok(ExitCode::SUCCESS);
    };
    // Written aside: a file of that name is always a whole export.
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let aside = tempfile::NamedTempFile::new_in(folder).with_context(|| format!("writing to {}", folder.display()))?;
    let count = desk.export(&operator(), kind, test, format, &mut std::io::BufWriter::new(&aside))?;
    waiting.finish_and_clear();
    aside.persist(to).with_context(|| format!("writing {}", to.display()))?;
    eprintln!("{count} {} written to {}", kind.plural.to_lowercase(), to.display());
    Ok(ExitCode::SUCCESS)
}
