//! Folders: every file below a path that some input can read, in a fixed order, and what it is.

use crate::IngestError;
use crate::evtx::MAGIC;
use std::io::Read;
use std::path::{Path, PathBuf};

/// What a file holds, by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    Evtx,
    Gzip,
    /// Lines of JSON or text, or one JSON array.
    Lines,
}

/// Names read from a folder; a file named by the user is read whatever its name.
const ENDINGS: &[&str] =
    &["evtx", "json", "jsonl", "ndjson", "log", "txt", "gz", "csv", "tsv", "xml", "cef", "leef", "export"];

/// The files below `path` in name order; `path` itself when it is a file. Links are not followed.
///
/// # Errors
/// When `path` or a folder below it cannot be read.
pub fn files(path: &Path) -> Result<Vec<PathBuf>, IngestError> {
    below(path, ENDINGS)
}

/// The YAML files below `path` in name order; `path` itself when it is a file.
///
/// # Errors
/// When `path` or a folder below it cannot be read.
pub fn yaml_files(path: &Path) -> Result<Vec<PathBuf>, IngestError> {
    below(path, &["yml", "yaml"])
}

/// The YAML texts below `path` with their paths, in name order; `path` itself when it is a file.
///
/// # Errors
/// When a folder or file cannot be read as text.
pub fn yaml_texts(path: &Path) -> Result<Vec<(String, String)>, IngestError> {
    let read = |path: PathBuf| {
        let shown = path.display().to_string();
        match std::fs::read_to_string(&path) {
            Ok(text) => Ok((shown, text)),
            Err(source) => Err(IngestError::File { path: shown, source }),
        }
    };
    yaml_files(path)?.into_iter().map(read).collect()
}

fn below(path: &Path, endings: &[&str]) -> Result<Vec<PathBuf>, IngestError> {
    let failed = |path: &Path| {
        let path = path.display().to_string();
        move |source| IngestError::File { path, source }
    };
    if !std::fs::metadata(path).map_err(failed(path))?.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut found = Vec::new();
    let mut open = vec![path.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).map_err(failed(&folder))? {
            let entry = entry.map_err(failed(&folder))?;
            let kind = entry.file_type().map_err(failed(&folder))?;
            let path = entry.path();
            if kind.is_dir() {
                open.push(path);
            } else if kind.is_file() && wanted(&path, endings) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn wanted(path: &Path, endings: &[&str]) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str());
    ending.is_some_and(|ending| endings.contains(&ending.to_ascii_lowercase().as_str()))
}

/// Looks at the first bytes of a file.
///
/// # Errors
/// When it cannot be read.
pub fn content(path: &Path) -> Result<Content, IngestError> {
    let failed = |source| IngestError::File { path: path.display().to_string(), source };
    let mut head = Vec::with_capacity(MAGIC.len());
    std::fs::File::open(path).map_err(failed)?.take(MAGIC.len() as u64).read_to_end(&mut head).map_err(failed)?;
    Ok(content_of(&head))
}

/// What data that starts with `head` holds.
pub fn content_of(head: &[u8]) -> Content {
    if head.starts_with(MAGIC) {
        Content::Evtx
    } else if head.starts_with(&[0x1f, 0x8b]) {
        Content::Gzip
    } else {
        Content::Lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_walked_in_name_order() {
        let root = tempfile::tempdir().expect("a folder");
        for name in ["b.json", "a.evtx", "skip.exe", "sub/c.log"] {
            let path = root.path().join(name);
            std::fs::create_dir_all(path.parent().expect("parent")).expect("folder");
            std::fs::write(path, b"x").expect("file");
        }
        let found: Vec<String> = files(root.path())
            .expect("walk")
            .iter()
            .map(|path| path.strip_prefix(root.path()).expect("below").display().to_string())
            .collect();
        assert_eq!(found, ["a.evtx", "b.json", "sub/c.log"]);
        assert!(files(&root.path().join("absent")).is_err());
    }

    #[test]
    fn contents_are_told_by_first_bytes() {
        assert_eq!(content_of(b"ElfFile\0rest"), Content::Evtx);
        assert_eq!(content_of(&[0x1f, 0x8b, 8]), Content::Gzip);
        assert_eq!(content_of(b"{}"), Content::Lines);
        assert_eq!(content_of(b""), Content::Lines);
    }
}
