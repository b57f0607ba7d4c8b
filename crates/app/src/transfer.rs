//! `watchkeep import` and `watchkeep export`: lists of records in and out.

use crate::clock;
use crate::open::DataArgs;
use crate::progress;
use anyhow::Context;
use clap::Args;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use watchkeep_desk::frameworks::{FrameworkReport, Outcome};
use watchkeep_desk::import::{Complete, Format};
use watchkeep_model::{Actor, Via};

const IMPORT: &str = "\
The first row names the fields, by name or label; external_id, number and tags are understood too. Each row enters
whole or not at all; refused rows are told with their number. The same file twice changes nothing.

`oscal` in place of a kind imports an OSCAL catalog or profile (JSON) as a framework with its requirements, `requirements`
a table with the columns code, title, text, parent, chapter, withdrawn; each all or nothing. A profile needs the catalogs
and profiles that it imports beside it.

Exit code: 0 every row is in, 1 rows were refused, 2 the file could not be read.

Examples:
  watchkeep import asset servers.xlsx --dry-run
  watchkeep import requirements policy.csv --into 'Information security policy'
  watchkeep import oscal NIST_SP-800-53_rev5_catalog.json
  watchkeep import oscal baseline_profile.json --catalog NIST_SP-800-53_rev5_catalog.json --dry-run
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
    /// Kind of record, such as asset; or `oscal`, or `requirements`.
    kind: String,
    /// File ending in .csv or .xlsx, whose first row names the fields; or OSCAL in .json.
    file: PathBuf,
    /// A catalog or profile that an OSCAL profile imports; may be given several times.
    #[arg(long, value_name = "FILE")]
    catalog: Vec<PathBuf>,
    /// The framework that the file goes into: FRW-3, or a title; without it, the file says.
    #[arg(long, value_name = "FRAMEWORK")]
    into: Option<String>,
    /// The file is all that there is under this filter, such as 'source:scanner': what it names no more is closed.
    #[arg(long, value_name = "FILTER")]
    complete: Option<String>,
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
    if ["oscal", "requirements"].contains(&args.kind.as_str()) {
        return import_framework(args);
    }
    let plain = args.catalog.is_empty() && args.into.is_none();
    anyhow::ensure!(plain, "--catalog and --into go with `import oscal` and `import requirements` only");
    let desk = args.data.records()?;
    let bytes = read(&args.file)?;
    let format = Format::of(&args.file.display().to_string())?;
    let waiting = progress::waiting(&format!("importing {}", args.file.display()));
    let file = args.file.file_name().unwrap_or_default().to_string_lossy();
    let complete = args.complete.as_deref().map(|filter| Complete { filter, file: &file });
    let kind = desk.kind(&args.kind)?;
    let report = desk.import_list(&operator(), kind, format, &bytes, complete.as_ref(), args.dry_run, clock::now())?;
    waiting.finish_and_clear();
    for problem in &report.problems {
        eprintln!("row {}: {}", problem.row, problem.message);
    }
    let would = if args.dry_run { "would be " } else { "" };
    let closed = if complete.is_some() {
        format!("{} {would}closed, {} {would}open again, ", report.gone, report.back)
    } else {
        String::new()
    };
    println!(
        "{} {would}created, {} {would}updated, {} unchanged, {closed}{} refused",
        report.created,
        report.updated,
        report.unchanged,
        report.problems.len()
    );
    Ok(if report.problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn read(file: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(file).with_context(|| format!("reading {}", file.display()))
}

fn import_framework(args: &ImportArgs) -> anyhow::Result<ExitCode> {
    let desk = args.data.records()?;
    let files = std::iter::once(&args.file).chain(&args.catalog);
    let files = files.map(|file| Ok((file.display().to_string(), read(file)?))).collect::<anyhow::Result<Vec<_>>>()?;
    let given: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    let (file, along) = given.split_first().context("no file was given")?;
    let outcome = if args.dry_run { Outcome::Try } else { Outcome::Keep };
    let waiting = progress::waiting(&format!("importing {}", args.file.display()));
    let report = desk.import_framework(&operator(), *file, along, args.into.as_deref(), outcome, clock::now());
    waiting.finish_and_clear();
    print!("{}", told(&report?, args.dry_run));
    Ok(ExitCode::SUCCESS)
}

fn told(report: &FrameworkReport, dry: bool) -> String {
    let would = if dry { "would be " } else { "" };
    let mut text = format!(
        "{} {}: {} chapters, {} requirements in force, {} withdrawn\n",
        report.framework, report.edition, report.chapters, report.current, report.withdrawn
    );
    text += &format!(
        "{} {would}created, {} {would}updated, {} unchanged, {} {would}marked as gone, {} {would}mapped\n",
        report.created, report.updated, report.unchanged, report.gone, report.mapped
    );
    report.notes.iter().fold(text, |text, note| text + "note: " + note + "\n")
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
