//! Tables and indexes: wanted by the catalog, made by committed migrations, checked before serving.

mod migrations;

use crate::dialect::Dialect;
use crate::driver::{Cell, Connection};
use crate::{StoreError, int, text, transact};
use migrations::MIGRATIONS;
use std::collections::BTreeSet;
use watchkeep_model::{Catalog, Field, Kind, Shape};

/// Words and types that only the engine's own tables use.
struct Wanted {
    tables: Vec<(String, Vec<(String, String)>)>,
    indexes: Vec<(String, String)>,
    searches: Vec<String>,
}

/// The number of the newest migration in this program.
pub fn newest() -> i64 {
    MIGRATIONS.iter().map(|(number, ..)| *number).max().unwrap_or(0)
}

/// Applies what is missing, each migration whole or not at all.
pub fn migrate(connection: &mut dyn Connection) -> Result<(), StoreError> {
    connection.batch("CREATE TABLE IF NOT EXISTS schema_version (number BIGINT PRIMARY KEY, why TEXT NOT NULL)")?;
    let rows = connection.query("SELECT COALESCE(MAX(number), 0) FROM schema_version", &[])?;
    let at = rows.first().map_or(0, |row| int(row, 0));
    if at > newest() {
        return Err(StoreError::Schema(format!(
            "it was written by a newer version (schema {at}, this one knows {}); start that version or restore a backup",
            newest()
        )));
    }
    let dialect = connection.dialect();
    for (number, why, sqlite, postgres) in MIGRATIONS.iter().filter(|(number, ..)| *number > at) {
        let sql = if dialect == Dialect::Sqlite { sqlite } else { postgres };
        transact(connection, |tx| -> Result<(), StoreError> {
            tx.batch(sql)?;
            tx.execute(
                "INSERT INTO schema_version (number, why) VALUES ($1, $2)",
                &[Cell::Int(*number), Cell::from(*why)],
            )?;
            Ok(())
        })?;
        tracing::info!(number, why, "applied schema change {number}: {why}");
    }
    Ok(())
}

/// Refuses a database that lacks anything the catalog needs.
pub fn check(connection: &mut dyn Connection, catalog: &Catalog) -> Result<(), StoreError> {
    let missing = diff(connection, catalog)?;
    match missing.first() {
        None => Ok(()),
        Some(first) => Err(StoreError::Schema(format!(
            "{} statement(s) are missing, first `{first}`; generate a migration with `cargo xtask schema <why>`",
            missing.len()
        ))),
    }
}

/// Statements that would bring the database to what the catalog needs.
pub fn diff(connection: &mut dyn Connection, catalog: &Catalog) -> Result<Vec<String>, StoreError> {
    let dialect = connection.dialect();
    missing(connection, dialect, catalog)
}

/// The next migration in both dialects: what a database made by all committed ones still lacks.
pub fn next_migration(catalog: &Catalog) -> Result<(String, String), StoreError> {
    let sqlite = crate::sqlite::Sqlite::open(std::path::Path::new(":memory:"))?;
    let mut writer = crate::driver::Driver::writer(&sqlite)?;
    migrate(&mut *writer)?;
    let mut text = |dialect| Ok::<_, StoreError>(missing(&mut *writer, dialect, catalog)?.join(";\n\n") + ";\n");
    Ok((text(Dialect::Sqlite)?, text(Dialect::Postgres)?))
}

fn missing(connection: &mut dyn Connection, dialect: Dialect, catalog: &Catalog) -> Result<Vec<String>, StoreError> {
    let (columns, indexes) = present(connection)?;
    let wanted = wanted(dialect, catalog);
    let mut statements = Vec::new();
    for (table, wants) in &wanted.tables {
        if !columns.iter().any(|(name, _)| name == table) {
            let body: Vec<_> = wants.iter().map(|(name, ty)| format!("  {name} {ty}")).collect();
            statements.push(format!("CREATE TABLE {table} (\n{}\n)", body.join(",\n")));
            continue;
        }
        for (name, ty) in wants.iter().filter(|(name, _)| !columns.contains(&(table.clone(), name.clone()))) {
            statements.push(format!("ALTER TABLE {table} ADD COLUMN {name} {ty}"));
        }
    }
    let new_indexes = wanted.indexes.into_iter().filter(|(name, _)| !indexes.contains(name));
    statements.extend(new_indexes.map(|(_, sql)| sql));
    for kind in wanted.searches {
        if !columns.iter().any(|(name, _)| *name == format!("search_{kind}")) {
            statements.extend(dialect.search_table(&kind));
        }
    }
    Ok(statements)
}

/// (table, column) pairs and index names that exist.
#[expect(clippy::type_complexity, reason = "two plain sets")]
fn present(connection: &mut dyn Connection) -> Result<(BTreeSet<(String, String)>, BTreeSet<String>), StoreError> {
    let (columns, indexes) = match connection.dialect() {
        Dialect::Sqlite => (
            "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'",
            "SELECT name FROM sqlite_master WHERE type = 'index'",
        ),
        Dialect::Postgres => (
            "SELECT table_name::text, column_name::text FROM information_schema.columns WHERE table_schema = current_schema()",
            "SELECT indexname::text FROM pg_indexes WHERE schemaname = current_schema()",
        ),
    };
    let columns = connection.query(columns, &[])?;
    let indexes = connection.query(indexes, &[])?;
    Ok((
        columns.iter().map(|row| (text(row, 0).to_owned(), text(row, 1).to_owned())).collect(),
        indexes.iter().map(|row| text(row, 0).to_owned()).collect(),
    ))
}

fn wanted(dialect: Dialect, catalog: &Catalog) -> Wanted {
    let mut wanted = engine_tables(dialect);
    for kind in catalog.kinds() {
        wanted.tables.push((table(kind), kind_columns(dialect, kind)));
        kind_indexes(dialect, kind, &mut wanted.indexes);
        if kind.fields.iter().any(|field| field.search) {
            wanted.searches.push(kind.name.to_owned());
        }
    }
    wanted
}

/// Kinds live in tables named `r_<kind>`: no kind can collide with an engine table or an SQL word.
pub fn table(kind: &Kind) -> String {
    format!("r_{}", kind.name)
}

fn kind_columns(dialect: Dialect, kind: &Kind) -> Vec<(String, String)> {
    let (int, words) = (dialect.integer(), dialect.text());
    let mut columns = vec![
        ("id".to_owned(), format!("{int} PRIMARY KEY")),
        ("version".to_owned(), format!("{int} NOT NULL")),
        ("tagset".to_owned(), format!("{int} NOT NULL")),
        ("external_id".to_owned(), words.to_owned()),
        ("created".to_owned(), format!("{int} NOT NULL")),
        ("updated".to_owned(), format!("{int} NOT NULL")),
        ("custom".to_owned(), words.to_owned()),
    ];
    for field in kind.fields {
        columns.push((column(field.name), dialect.column(&field.shape).to_owned()));
        if matches!(field.shape, Shape::Money) {
            columns.push((format!("{}_currency", column(field.name)), words.to_owned()));
        }
    }
    columns
}

/// Fields live in columns named `f_<field>`.
pub fn column(field: &str) -> String {
    format!("f_{field}")
}

fn kind_indexes(dialect: Dialect, kind: &Kind, indexes: &mut Vec<(String, String)>) {
    let table = table(kind);
    let nulls = if dialect == Dialect::Postgres { " NULLS FIRST" } else { "" };
    let mut add = |name: String, unique: &str, columns: String, rest: &str| {
        let sql = format!("CREATE {unique}INDEX {name} ON {table} ({columns}){rest}");
        indexes.push((name, sql));
    };
    add(format!("{table}_external"), "UNIQUE ", "external_id".to_owned(), " WHERE external_id IS NOT NULL");
    add(format!("{table}_updated"), "", "updated, id".to_owned(), "");
    add(format!("{table}_created"), "", "created, id".to_owned(), "");
    let sort = kind.order().0;
    let ordered =
        |field: &&Field| field.index || field.unique || field.name == sort || kind.calendar == Some(field.name);
    for field in kind.fields.iter().filter(ordered) {
        let name = column(field.name);
        if field.unique {
            let key = if matches!(field.shape, Shape::Text) { dialect.lower(&name) } else { name.clone() };
            let rest = format!(" WHERE {name} IS NOT NULL");
            add(format!("{table}_{}_unique", field.name), "UNIQUE ", key, &rest);
        }
        add(format!("{table}_{}", field.name), "", format!("{name}{nulls}, id, tagset"), "");
        // Texts are compared without regard to letter case, so that form is what equality looks up.
        if matches!(field.shape, Shape::Text) && !field.unique {
            add(format!("{table}_{}_folded", field.name), "", format!("{}, id", dialect.lower(&name)), "");
        }
    }
    if let (Some(state), Some(sort)) = (kind.state, kind.field(sort)) {
        let columns = format!("{}, {}{nulls}, id, tagset", column(state), column(sort.name));
        add(format!("{table}_queue"), "", columns, "");
    }
}

fn engine_tables(dialect: Dialect) -> Wanted {
    let (int, words) = (dialect.integer(), dialect.text());
    let bytes = if dialect == Dialect::Sqlite { "BLOB" } else { "BYTEA" };
    let table = |name: &str, columns: &[(&str, String)]| {
        (name.to_owned(), columns.iter().map(|(name, ty)| ((*name).to_owned(), ty.clone())).collect())
    };
    let must = |ty: &str| format!("{ty} NOT NULL");
    Wanted {
        tables: vec![
            table("counter", &[("kind", format!("{words} PRIMARY KEY")), ("next", must(int))]),
            table("tag_set", &[("id", format!("{int} PRIMARY KEY")), ("tags", format!("{words} NOT NULL UNIQUE"))]),
            table(
                "history",
                &[
                    ("seq", format!("{int} PRIMARY KEY")),
                    ("at", must(int)),
                    ("person", int.to_owned()),
                    ("actor", must(words)),
                    ("via", must(words)),
                    ("kind", must(words)),
                    ("id", must(int)),
                    ("version", must(int)),
                    ("act", must(words)),
                    ("reason", words.to_owned()),
                    ("change", must(words)),
                    ("state", must(words)),
                    ("hash", must(words)),
                ],
            ),
            table(
                "vault",
                &[
                    ("space", must(words)),
                    ("key", must(words)),
                    ("person", int.to_owned()),
                    ("value", must(words)),
                    ("expires", int.to_owned()),
                ],
            ),
            table(
                "unique_text",
                &[("kind", must(words)), ("field", must(words)), ("text", must(words)), ("id", must(int))],
            ),
            table(
                "snapshot",
                &[
                    ("kind", must(words)),
                    ("id", must(int)),
                    ("day", must(words)),
                    ("state", must(words)),
                    ("part", int.to_owned()),
                    ("whole", int.to_owned()),
                    ("definition", must(int)),
                    ("fresh", int.to_owned()),
                ],
            ),
            table(
                "ballot_box",
                &[("kind", must(words)), ("id", must(int)), ("voted", must(words)), ("papers", must(words))],
            ),
            table("blob", &[("sha256", format!("{words} PRIMARY KEY")), ("size", must(int)), ("bytes", must(bytes))]),
        ],
        indexes: [
            ("history_record", "CREATE INDEX history_record ON history (kind, id, seq)"),
            ("history_person", "CREATE INDEX history_person ON history (person, seq)"),
            ("unique_text_text", "CREATE UNIQUE INDEX unique_text_text ON unique_text (kind, field, text)"),
            ("unique_text_id", "CREATE INDEX unique_text_id ON unique_text (kind, field, id)"),
            ("snapshot_day", "CREATE UNIQUE INDEX snapshot_day ON snapshot (kind, id, day)"),
            ("snapshot_all", "CREATE INDEX snapshot_all ON snapshot (kind, day, id)"),
            ("ballot_box_record", "CREATE UNIQUE INDEX ballot_box_record ON ballot_box (kind, id)"),
            ("vault_key", "CREATE UNIQUE INDEX vault_key ON vault (space, key)"),
            ("vault_person", "CREATE INDEX vault_person ON vault (space, person)"),
        ]
        .map(|(name, sql)| (name.to_owned(), sql.to_owned()))
        .to_vec(),
        searches: Vec::new(),
    }
}
