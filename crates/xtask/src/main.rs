//! Chores of the workspace: `cargo xtask schema <why>` writes the next migration, to be read by a person.

use anyhow::{Context, bail};
use watchkeep_model::Catalog;
use watchkeep_store::schema;

fn main() -> anyhow::Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["schema", why] => write_migration(why),
        _ => bail!("use: cargo xtask schema <why-in-a-word>"),
    }
}

fn write_migration(why: &str) -> anyhow::Result<()> {
    let catalog = Catalog::new(watchkeep_records::all())
        .map_err(|errors| anyhow::anyhow!(errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")))?;
    let (sqlite, postgres) = schema::next_migration(&catalog)?;
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../store/migrations");
    let first = std::fs::read_to_string(folder.join("0001_start.sqlite.sql")).unwrap_or_default().trim().is_empty();
    let number = if first { 1 } else { schema::newest() + 1 };
    for (dialect, text) in [("sqlite", sqlite), ("postgres", postgres)] {
        let file = folder.join(format!("{number:04}_{}.{dialect}.sql", why.replace(' ', "_")));
        std::fs::write(&file, text).with_context(|| format!("writing {}", file.display()))?;
        println!("wrote {}", file.display());
    }
    println!("now read them, and add migration {number} to MIGRATIONS in crates/store/src/schema/migrations.rs");
    Ok(())
}
