//! The starter rules: our own Sigma rules, built into the program.

use crate::RuleFile;
use include_dir::{Dir, DirEntry, include_dir};

static RULES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../rules");

/// The starter rules as files, in path order.
pub fn starter_rules() -> Vec<RuleFile> {
    let mut files = Vec::new();
    collect(&RULES, &mut files);
    files.sort_by(|a: &RuleFile, b| a.path.cmp(&b.path));
    files
}

fn collect(folder: &Dir<'_>, files: &mut Vec<RuleFile>) {
    for entry in folder.entries() {
        match entry {
            DirEntry::Dir(inner) => collect(inner, files),
            DirEntry::File(file) => {
                let yaml = file.path().extension().is_some_and(|ending| ending == "yml");
                if let Some(text) = file.contents_utf8().filter(|_| yaml) {
                    files.push(RuleFile { path: format!("rules/{}", file.path().display()), text: text.to_owned() });
                }
            }
        }
    }
}
