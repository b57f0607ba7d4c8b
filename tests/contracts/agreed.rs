//! Committed files that say what was promised; `WATCHKEEP_REWRITE=1` writes them anew, for a person to read the change.

use std::path::Path;

/// Compares a text with a file of `tests/contracts`, line by line.
pub fn agreed(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("contracts").join(name);
    if std::env::var_os("WATCHKEEP_REWRITE").is_some() {
        return std::fs::write(&path, text).expect("written");
    }
    let agreed = std::fs::read_to_string(&path).unwrap_or_default();
    let lines = agreed.lines().zip(text.lines()).enumerate();
    if let Some((at, (was, is))) = lines.clone().find(|(_, (was, is))| was != is) {
        panic!(
            "{name}, line {}:\n  was {was}\n  is  {is}\nIf this is meant: WATCHKEEP_REWRITE=1 ./test {name}",
            at + 1
        );
    }
    assert_eq!(agreed.lines().count(), text.lines().count(), "{name}; if this is meant: WATCHKEEP_REWRITE=1 ./test");
}

/// A table of texts, its columns as wide as their widest cell.
pub fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |at: usize| rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.chars().count()).max();
    let widths: Vec<usize> = (0..columns).map(|at| width(at).unwrap_or(0)).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n") + "\n"
}
