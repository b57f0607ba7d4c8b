//! House rules as tests: edges between crates, file length, words that stay out.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let skip = ["target", "node_modules", "dist", ".git"].iter().any(|name| path.ends_with(name));
        if path.is_dir() && !skip {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

/// What each crate may know. Down only; the four in the middle do not know one another.
const EDGES: &[(&str, &[&str])] = &[
    ("clocks", &[]),
    ("connect", &[]),
    ("derive", &[]),
    ("oscal", &[]),
    ("press", &[]),
    ("model", &["derive"]),
    ("detect", &["model"]),
    ("indicators", &["model"]),
    ("store", &["model"]),
    ("records", &["clocks", "indicators", "model"]),
    ("ingest", &["model"]),
    ("lake", &["connect", "model"]),
    ("pull", &["connect", "ingest"]),
    ("desk", &["clocks", "model", "records", "store", "ingest", "lake", "detect", "indicators", "oscal", "press"]),
    ("web", &["model", "records", "store", "ingest", "lake", "desk"]),
    ("app", &["model", "records", "store", "ingest", "lake", "detect", "connect", "pull", "desk", "web"]),
    ("xtask", &["model", "records", "store"]),
];

#[test]
fn dependencies_point_down_only() {
    let allowed: BTreeMap<&str, &[&str]> = EDGES.iter().copied().collect();
    for entry in fs::read_dir(root().join("crates")).expect("crates").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let may = allowed.get(name.as_str()).unwrap_or_else(|| panic!("crate {name} is not in the table"));
        let manifest = fs::read_to_string(entry.path().join("Cargo.toml")).expect("a manifest");
        let dependencies =
            manifest.split("[dependencies]").nth(1).and_then(|rest| rest.split("\n[").next()).unwrap_or_default();
        for line in dependencies.lines().filter_map(|line| line.strip_prefix("watchkeep-")) {
            let other: String = line.chars().take_while(|c| c.is_alphanumeric()).collect();
            assert!(may.contains(&other.as_str()), "{name} may not know {other}");
        }
    }
}

#[test]
fn every_crate_is_in_the_architecture_page() {
    let page = fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md");
    for (name, _) in EDGES {
        assert!(page.contains(&format!("**{name}**")), "ARCHITECTURE.md says nothing of {name}");
    }
}

#[test]
fn files_stay_under_four_hundred_lines_and_open_with_a_sentence() {
    let mut found = Vec::new();
    sources(&root().join("crates"), &mut found);
    for path in found {
        let text = fs::read_to_string(&path).expect("a source file");
        let lines = text.split("#[cfg(test)]").next().unwrap_or_default().lines().count();
        assert!(lines <= 400, "{}: {lines} lines", path.display());
        assert!(text.starts_with("//!"), "{} opens without a sentence", path.display());
    }
}

#[test]
fn the_engine_names_no_kind() {
    let mut found = Vec::new();
    sources(&root().join("crates/store/src"), &mut found);
    for path in found {
        let text = fs::read_to_string(&path).expect("a source file");
        for kind in ["\"alert\"", "\"incident\"", "\"asset\"", "\"finding\"", "\"task\""] {
            assert!(!text.contains(kind), "{} names {kind}", path.display());
        }
    }
}

#[test]
fn descriptions_hold() {
    assert!(watchkeep_model::Catalog::new(watchkeep_records::all()).is_ok());
    let (sqlite, postgres) = watchkeep_store::schema::next_migration(&watchkeep_tests::catalog()).expect("compared");
    assert_eq!((sqlite.trim(), postgres.trim()), (";", ";"), "run: cargo xtask schema <why>");
}
