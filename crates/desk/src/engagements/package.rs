//! The package of a closed engagement: what it saw, as a ZIP whose manifest names the digest of everything else; and
//! its verification, which needs nothing but the file.

use crate::{Desk, DeskError};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Seek, Write};
use watchkeep_model::{Actor, Record, Refusal, Sight};
use watchkeep_records::assure::sealing::{self, FORMAT};
use watchkeep_store::StoreError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

const MANIFEST: &str = "manifest.json";
const SEAL: &str = "SEAL.txt";
/// The largest manifest that is read, in bytes.
const LARGEST: u64 = 256 << 20;

/// A sealed engagement, ready to be written as a package.
pub struct Package {
    /// SHA-256 of the manifest, in hex: what the engagement's page shows.
    pub root: String,
    pub name: String,
    manifest: Vec<u8>,
    /// Paths and digests.
    entries: BTreeMap<String, String>,
}

/// What verifying a package found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    pub engagement: String,
    pub closed: String,
    pub root: String,
    pub records: usize,
    pub files: usize,
    /// What was tampered with, each named; nothing where the package is whole.
    pub wrong: Vec<String>,
}

impl Desk {
    /// What the newest closing of an engagement saw.
    ///
    /// # Errors
    /// Refused where it was never closed, or holds anything that the actor does not see.
    pub fn package(&self, actor: &Actor, engagement: &Record) -> Result<Package, DeskError> {
        let Some(seal) = sealing::seals(engagement).pop() else {
            let message = format!("{} was not closed yet; closing it makes its package", engagement.number());
            return Err(Refusal::invalid(message).into());
        };
        let lost = |what: &str| DeskError::File(format!("{what} of {} is not there any more", engagement.number()));
        let manifest = self.store.vault().file(&seal.root)?.ok_or_else(|| lost("the manifest"))?;
        let read: Json = serde_json::from_slice(&manifest).map_err(|error| DeskError::File(error.to_string()))?;
        let mut hidden = 0;
        for number in rows(&read, "records").filter_map(|row| row.get("number")?.as_str()) {
            hidden += usize::from(!self.seen(actor, number)?);
        }
        if hidden > 0 {
            let message =
                format!("this package holds {hidden} records that you do not see; somebody who does can take it");
            return Err(Refusal::access(message).into());
        }
        let name = format!("{}-{}.zip", engagement.number(), seal.root.get(..12).unwrap_or_default());
        Ok(Package { entries: entries(&read), root: seal.root, name, manifest })
    }

    /// Whether the actor sees a record now; one that is gone, whether they see all of its kind.
    fn seen(&self, actor: &Actor, number: &str) -> Result<bool, DeskError> {
        let Some((kind, id)) = self.catalog().number(number) else { return Ok(false) };
        match self.store.get(actor, kind, id) {
            Ok(_) => Ok(true),
            Err(StoreError::Missing { .. }) => {
                let gone = !self.store.present(kind, &[id])?.contains(&id);
                let sight = actor.access.sees(kind, self.catalog().kinds(), actor.person);
                Ok(gone && (sight == Sight::All || (kind.follows && actor.access.holds_everything())))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Writes a package as a ZIP, one part after the other.
    ///
    /// # Errors
    /// A part that is lost, or an output that takes no more.
    pub fn write_package(&self, package: &Package, out: &mut dyn Write) -> Result<(), DeskError> {
        let wrong = |error: zip::result::ZipError| DeskError::File(error.to_string());
        let failed = |error: std::io::Error| DeskError::File(error.to_string());
        // Without the time of day, the same closing gives the same bytes.
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(zip::DateTime::default());
        let mut zip = ZipWriter::new_stream(out);
        let mut put = |path: &str, bytes: &[u8]| {
            zip.start_file(path, options).map_err(wrong)?;
            zip.write_all(bytes).map_err(failed)
        };
        put(MANIFEST, &package.manifest)?;
        put(SEAL, format!("{}  {MANIFEST}\n", package.root).as_bytes())?;
        for (path, digest) in &package.entries {
            let bytes = self.store.vault().file(digest)?;
            put(path, &bytes.ok_or_else(|| DeskError::File(format!("{path} is not there any more")))?)?;
        }
        zip.finish().map_err(wrong)?;
        Ok(())
    }
}

fn rows<'a>(manifest: &'a Json, name: &str) -> impl Iterator<Item = &'a Json> {
    manifest.get(name).and_then(Json::as_array).into_iter().flatten()
}

/// Every path that a manifest names, with its digest.
fn entries(manifest: &Json) -> BTreeMap<String, String> {
    let text = |row: &Json, name: &str| row.get(name).and_then(Json::as_str).map(str::to_owned);
    let all = rows(manifest, "records").chain(rows(manifest, "files"));
    all.filter_map(|row| Some((text(row, "path")?, text(row, "sha256")?))).collect()
}

/// Whether a package is whole. `root`, from the engagement's page, also shows that nobody made it up anew.
///
/// # Errors
/// What is not a package at all.
pub fn verify(package: impl Read + Seek, root: Option<&str>) -> Result<Verdict, DeskError> {
    let not = |why: String| DeskError::File(format!("this is not the package of an engagement: {why}"));
    let mut zip = ZipArchive::new(package).map_err(|error| not(error.to_string()))?;
    let mut manifest = Vec::new();
    let part = zip.by_name(MANIFEST).map_err(|error| not(error.to_string()))?;
    part.take(LARGEST).read_to_end(&mut manifest).map_err(|error| not(error.to_string()))?;
    let found = digest(&mut manifest.as_slice()).map_err(|error| not(error.to_string()))?;
    let mut seal = String::new();
    if let Ok(part) = zip.by_name(SEAL) {
        part.take(1_000).read_to_string(&mut seal).map_err(|error| not(error.to_string()))?;
    }
    let mut wrong = Vec::new();
    if seal.split_whitespace().next() != Some(found.as_str()) {
        wrong.push(format!("{MANIFEST} is not what {SEAL} sealed"));
    }
    if root.is_some_and(|root| !root.trim().eq_ignore_ascii_case(&found)) {
        wrong.push(format!("{MANIFEST} is not what the engagement's page shows: it has {found}"));
    }
    let read: Json = match serde_json::from_slice(&manifest) {
        Ok(read) => read,
        Err(error) => return Err(not(error.to_string())),
    };
    if read.get("format").and_then(Json::as_str) != Some(FORMAT) {
        return Err(not(format!("its manifest does not say {FORMAT}")));
    }
    let named = entries(&read);
    let mut met = BTreeSet::new();
    for at in 0..zip.len() {
        let mut part = match zip.by_index(at) {
            Ok(part) => part,
            Err(error) => {
                wrong.push(format!("part {} cannot be read: {error}", at + 1));
                continue;
            }
        };
        let path = part.name().to_owned();
        if !met.insert(path.clone()) {
            wrong.push(format!("{path} is in it twice"));
        }
        match (named.get(&path), digest(&mut part)) {
            (Some(expected), Ok(digest)) if *expected == digest => {}
            (Some(_), _) => wrong.push(format!("{path} was changed")),
            (None, _) if [MANIFEST, SEAL].contains(&path.as_str()) => {}
            (None, _) => wrong.push(format!("{path} was added")),
        }
    }
    wrong.extend(named.keys().filter(|path| !met.contains(*path)).map(|path| format!("{path} is missing")));
    let text = |name: &str| read.get(name).and_then(Json::as_str).unwrap_or_default().to_owned();
    Ok(Verdict {
        engagement: format!("{} {}", text("engagement"), text("title")),
        closed: text("closed"),
        root: found,
        records: rows(&read, "records").count(),
        files: rows(&read, "files").count(),
        wrong,
    })
}

/// SHA-256 in hex of all that can be read.
fn digest(from: &mut dyn Read) -> std::io::Result<String> {
    let mut hash = Sha256::new();
    std::io::copy(from, &mut hash)?;
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}
