//! What the product is built from: licences that let it be given away, and one TLS provider, the one that builds quickly.

use serde_json::Value;
use std::process::Command;

/// Licences that ask for no more than to be named.
const FREE: &[&str] = &[
    "MIT",
    "MIT-0",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-1-Clause",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "Unicode-3.0",
    "Unicode-DFS-2016",
    "Zlib",
    "CC0-1.0",
    "0BSD",
    "BSL-1.0",
    "Unlicense",
    "CDLA-Permissive-2.0",
    "bzip2-1.0.6",
];

/// Packages under MPL-2.0, whose changed files must stay open; each one was looked at.
const MOZILLA: &[&str] = &[];

/// Whether an SPDX expression can be met with free licences alone. `or` needs one side, `and` both.
fn free(licence: &str) -> bool {
    let licence = licence.replace('/', " OR ").replace(['(', ')'], " ");
    // Every expression met so far has one level; a nested one would read stricter than it is.
    licence.split(" AND ").all(|part| {
        part.split(" OR ").any(|name| FREE.contains(&name.split_whitespace().collect::<Vec<_>>().join(" ").as_str()))
    })
}

/// Every package that the locked build draws in, on any platform.
fn packages() -> Vec<Value> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let out = Command::new(cargo)
        .args([
            "metadata",
            "--format-version",
            "1",
            "--locked",
            "--offline",
            "--filter-platform",
            "x86_64-unknown-linux-gnu",
        ])
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .output()
        .expect("cargo metadata");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let metadata: Value = serde_json::from_slice(&out.stdout).expect("JSON");
    metadata["packages"].as_array().expect("packages").clone()
}

#[test]
fn every_licence_is_allowed() {
    let packages = packages();
    assert!(packages.len() > 200, "{} packages", packages.len());
    let refused: Vec<String> = packages
        .iter()
        .filter(|package| {
            let licence = package["license"].as_str().unwrap_or_default();
            let looked_at = MOZILLA.contains(&package["name"].as_str().unwrap_or_default());
            let allowed = free(licence) || (looked_at && licence == "MPL-2.0");
            !allowed
        })
        .map(|package| format!("{} {}: {}", package["name"], package["version"], package["license"]))
        .collect();
    assert!(refused.is_empty(), "not allowed:\n{}", refused.join("\n"));
    for name in MOZILLA {
        assert!(packages.iter().any(|package| package["name"] == *name), "{name} is no longer needed in the list");
    }
}

/// TLS through `ring`: aws-lc is the slowest single build step, and needs a C toolchain of its own.
#[test]
fn aws_lc_stays_out() {
    let found: Vec<_> = packages()
        .into_iter()
        .filter(|package| package["name"].as_str().is_some_and(|name| name.starts_with("aws-lc")))
        .map(|package| package["name"].to_string())
        .collect();
    assert!(found.is_empty(), "{found:?} came in: choose the feature `ring` of rustls where it did");
    let lock = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.lock")).expect("Cargo.lock");
    assert!(!lock.contains("name = \"aws-lc"), "the lock file knows aws-lc for another platform");
}

#[test]
fn expressions_of_licences_are_read_right() {
    let check = |licence: &str, expected: bool| assert_eq!(free(licence), expected, "{licence}");
    check("MIT OR Apache-2.0", true);
    check("MIT/Apache-2.0", true);
    check("GPL-3.0 OR MIT", true);
    check("(MIT OR Apache-2.0) AND Unicode-3.0", true);
    check("MIT AND GPL-3.0", false);
    check("Apache-2.0 WITH LLVM-exception", true);
    check("MPL-2.0", false);
    check("", false);
}
