//! OSCAL catalogs and profiles (JSON, versions 1.x): parsed, resolved, and laid out as lines. A pure engine.
//!
//! A profile selects, arranges and amends controls of catalogs and other profiles; resolving it gives a catalog again.
//! Files are handed in by the caller, so nothing is ever fetched from an address that a file names.

pub mod catalog;
mod layout;
mod modify;
pub mod profile;
mod prose;
mod resolve;
mod tree;

pub use catalog::Catalog;
pub use layout::{Line, lines};
pub use profile::Profile;
pub use resolve::{Resolved, resolve};

use serde::Deserialize;

/// Largest file that is read, in bytes; the NIST 800-53 catalog with assessment objectives has 10 MB.
pub const MOST_BYTES: usize = 32 << 20;
/// Most controls of one catalog, nested ones counted.
pub const MOST_CONTROLS: usize = 50_000;
/// Profiles may import profiles this deep.
pub const MOST_DEPTH: usize = 8;

/// Why a file is not taken.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum OscalError {
    #[error("{name}: line {line}, column {column}: {what}; an OSCAL catalog or profile in JSON is accepted")]
    Json { name: String, line: usize, column: usize, what: String },
    #[error("{name} is an OSCAL {kind}; a catalog or a profile is accepted")]
    Kind { name: String, kind: String },
    #[error("{name} has no `catalog` and no `profile` at its top; an OSCAL catalog or profile in JSON is accepted")]
    Neither { name: String },
    #[error("{name} says oscal-version `{version}`; versions 1.0.0 to 1.1.x are accepted")]
    Version { name: String, version: String },
    #[error("{name} has {found} {what}; at most {most} are read")]
    Large { name: String, found: usize, what: &'static str, most: usize },
    #[error(
        "{name} imports `{href}`, which was not given; give that catalog or profile along, as a file called {accepted}"
    )]
    Missing { name: String, href: String, accepted: String },
    #[error("{}: a profile cannot import itself; take one of these imports out", trail.join(" imports "))]
    Cycle { trail: Vec<String> },
    #[error("{name}: profiles import one another more than {MOST_DEPTH} deep; resolve some of them first")]
    Deep { name: String },
    #[error("{name}: {what}")]
    Wrong { name: String, what: String },
}

/// A file that was given: its name, as other files refer to it, and what it holds.
#[derive(Debug, Clone)]
pub struct Source {
    pub name: String,
    pub document: Document,
}

/// What a file holds.
#[derive(Debug, Clone)]
pub enum Document {
    Catalog(Catalog),
    Profile(Profile),
}

/// Where an OSCAL file keeps what it is.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Top {
    catalog: Option<Catalog>,
    profile: Option<Profile>,
    component_definition: Option<serde::de::IgnoredAny>,
    system_security_plan: Option<serde::de::IgnoredAny>,
    assessment_plan: Option<serde::de::IgnoredAny>,
    assessment_results: Option<serde::de::IgnoredAny>,
    plan_of_action_and_milestones: Option<serde::de::IgnoredAny>,
    mapping_collection: Option<serde::de::IgnoredAny>,
}

impl Top {
    /// The name of a kind of file that is OSCAL, but neither catalog nor profile.
    fn other(&self) -> Option<&'static str> {
        let all = [
            (self.component_definition.is_some(), "component definition"),
            (self.system_security_plan.is_some(), "system security plan"),
            (self.assessment_plan.is_some(), "assessment plan"),
            (self.assessment_results.is_some(), "assessment results"),
            (self.plan_of_action_and_milestones.is_some(), "plan of action and milestones"),
            (self.mapping_collection.is_some(), "mapping collection"),
        ];
        all.into_iter().find(|(is, _)| *is).map(|(_, name)| name)
    }
}

/// Reads a file. Nesting deeper than the JSON reader's own limit (128) is refused by it.
///
/// # Errors
/// Bytes that are not JSON, are not a catalog or profile, are of a version not known, or are too many.
pub fn parse(name: &str, bytes: &[u8]) -> Result<Source, OscalError> {
    let name = name.to_owned();
    if bytes.len() > MOST_BYTES {
        return Err(OscalError::Large { name, found: bytes.len(), what: "bytes", most: MOST_BYTES });
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let top: Top = match serde_json::from_slice(bytes) {
        Ok(top) => top,
        Err(error) => {
            // The reader says where at its end; the place stands beside it.
            let what = error.to_string();
            let what = what.split(" at line ").next().unwrap_or_default().to_owned();
            return Err(OscalError::Json { name, line: error.line(), column: error.column(), what });
        }
    };
    let other = top.other();
    let (document, metadata) = match (top.catalog, top.profile) {
        (Some(catalog), _) => {
            let found = catalog.controls().count();
            if found > MOST_CONTROLS {
                return Err(OscalError::Large { name, found, what: "controls", most: MOST_CONTROLS });
            }
            let metadata = catalog.metadata.clone();
            (Document::Catalog(catalog), metadata)
        }
        (None, Some(profile)) => {
            let metadata = profile.metadata.clone();
            (Document::Profile(profile), metadata)
        }
        (None, None) => {
            return Err(match other {
                Some(kind) => OscalError::Kind { name, kind: kind.to_owned() },
                None => OscalError::Neither { name },
            });
        }
    };
    let version = metadata.oscal_version;
    if !version.trim_start_matches('v').starts_with("1.") {
        return Err(OscalError::Version { name, version });
    }
    if metadata.title.trim().is_empty() {
        return Err(OscalError::Wrong { name, what: "metadata.title is missing; it names the framework".to_owned() });
    }
    Ok(Source { name, document })
}

#[cfg(test)]
mod tests;
