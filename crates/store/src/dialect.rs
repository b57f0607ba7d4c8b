//! The differences between SQLite and PostgreSQL, and nothing else knows them.

use crate::driver::Cell;
use sea_query::{PostgresQueryBuilder, SqliteQueryBuilder, Value};
use watchkeep_model::Shape;
use watchkeep_model::custom::Holds;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }

    pub fn integer(self) -> &'static str {
        match self {
            Self::Sqlite => "INTEGER",
            Self::Postgres => "BIGINT",
        }
    }

    pub fn text(self) -> &'static str {
        match self {
            Self::Sqlite => "TEXT",
            Self::Postgres => "TEXT COLLATE \"C\"",
        }
    }

    /// The column type of a field's shape.
    pub fn column(self, shape: &Shape) -> &'static str {
        match (shape, self) {
            (Shape::Int | Shape::Instant | Shape::Duration | Shape::Choice(_) | Shape::Flag | Shape::Ref(_), _)
            | (Shape::Money, _) => self.integer(),
            (Shape::Real, Self::Sqlite) => "REAL",
            (Shape::Real, Self::Postgres) => "DOUBLE PRECISION",
            _ => self.text(),
        }
    }

    /// The table that finds a kind's records by words.
    pub fn search_table(self, kind: &str) -> Vec<String> {
        match self {
            Self::Sqlite => vec![format!(
                "CREATE VIRTUAL TABLE search_{kind} USING fts5(words, content='', contentless_delete=1, \
                 tokenize='unicode61 remove_diacritics 0', prefix='2 3')"
            )],
            Self::Postgres => vec![
                format!("CREATE TABLE search_{kind} (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL)"),
                format!("CREATE INDEX search_{kind}_words ON search_{kind} USING GIN (words)"),
            ],
        }
    }

    /// Replaces the words of one record: values are its id and the words.
    pub fn put_words(self, kind: &str) -> String {
        match self {
            Self::Sqlite => format!("INSERT OR REPLACE INTO search_{kind} (rowid, words) VALUES ($1, $2)"),
            Self::Postgres => format!(
                "INSERT INTO search_{kind} (rowid, words) VALUES ($1, to_tsvector('simple', $2::text)) \
                 ON CONFLICT (rowid) DO UPDATE SET words = EXCLUDED.words"
            ),
        }
    }

    /// A condition that holds for records whose words begin with all of `words`.
    pub fn has_words(self, kind: &str) -> String {
        match self {
            Self::Sqlite => format!("id IN (SELECT rowid FROM search_{kind} WHERE words MATCH ?)"),
            Self::Postgres => {
                format!("id IN (SELECT rowid FROM search_{kind} WHERE words @@ to_tsquery('simple', $1::text))")
            }
        }
    }

    /// Ids of records whose words begin with all of the words in the statement's only value.
    pub fn with_words(self, kind: &str, limit: usize) -> String {
        match self {
            Self::Sqlite => format!("SELECT rowid FROM search_{kind} WHERE words MATCH $1 LIMIT {limit}"),
            Self::Postgres => {
                format!("SELECT rowid FROM search_{kind} WHERE words @@ to_tsquery('simple', $1::text) LIMIT {limit}")
            }
        }
    }

    /// The value for `has_words` and `with_words`.
    pub fn words_query(self, words: &[String]) -> String {
        match self {
            Self::Sqlite => words.iter().map(|word| format!("\"{word}\"*")).collect::<Vec<_>>().join(" "),
            Self::Postgres => words.iter().map(|word| format!("'{word}':*")).collect::<Vec<_>>().join(" & "),
        }
    }

    /// An added field out of the custom column, typed. Names hold letters, digits and `_` only.
    pub fn custom(self, name: &str, holds: Holds) -> String {
        match (self, holds) {
            (Self::Sqlite, _) => format!("json_extract(custom, '$.{name}')"),
            (Self::Postgres, Holds::Number) => format!("((custom::json->>'{name}')::double precision)"),
            (Self::Postgres, Holds::Flag) => format!("((custom::json->>'{name}')::bigint)"),
            (Self::Postgres, Holds::Text | Holds::Date) => format!("((custom::json->>'{name}') COLLATE \"C\")"),
        }
    }

    /// One column in order.
    pub fn order(self, column: &str, descending: bool) -> String {
        format!("{column} {}", if descending { "DESC" } else { "ASC" })
    }

    /// Records in the order of a column and then of their id. Both databases put empty values first, so that one
    /// index serves both directions.
    pub fn sort(self, column: &str, descending: bool) -> String {
        let nulls = match (self, descending) {
            (Self::Sqlite, _) => "",
            (Self::Postgres, true) => " NULLS LAST",
            (Self::Postgres, false) => " NULLS FIRST",
        };
        format!("{}{nulls}, {}", self.order(column, descending), self.order("id", descending))
    }

    /// A condition that holds for these ids.
    pub fn among(self, ids: impl Iterator<Item = i64>) -> sea_query::Expr {
        let ids = ids.map(|id| id.to_string()).collect::<Vec<_>>().join(",");
        match self {
            Self::Sqlite => {
                sea_query::Expr::cust_with_values("id IN (SELECT value FROM json_each(?))", [format!("[{ids}]")])
            }
            Self::Postgres => {
                sea_query::Expr::cust_with_values("id = ANY (string_to_array($1::text, ',')::bigint[])", [ids])
            }
        }
    }

    /// Asks how a statement would be answered.
    pub fn explain(self, sql: &str) -> String {
        match self {
            Self::Sqlite => format!("EXPLAIN QUERY PLAN {sql}"),
            Self::Postgres => format!("EXPLAIN {sql}"),
        }
    }

    /// Lower case of ASCII letters only, in both the same.
    pub fn lower(self, column: &str) -> String {
        match self {
            Self::Sqlite => format!("LOWER({column})"),
            Self::Postgres => format!("LOWER({column} COLLATE \"C\")"),
        }
    }
}

/// Values of a built statement as cells.
pub fn cells(values: sea_query::Values) -> Vec<Cell> {
    let cell = |value: Value| match value {
        Value::BigInt(Some(number)) => Cell::Int(number),
        Value::Int(Some(number)) => Cell::Int(number.into()),
        Value::BigUnsigned(Some(number)) => Cell::Int(i64::try_from(number).unwrap_or(i64::MAX)),
        Value::Bool(Some(flag)) => Cell::Int(flag.into()),
        Value::Double(Some(number)) => Cell::Real(number),
        Value::String(Some(text)) => Cell::Text(text),
        Value::Bytes(Some(bytes)) => Cell::Bytes(bytes),
        _ => Cell::Null,
    };
    values.0.into_iter().map(cell).collect()
}

/// A cell as a value for the builder.
pub fn value(cell: Cell) -> Value {
    match cell {
        Cell::Null => Value::BigInt(None),
        Cell::Int(number) => Value::BigInt(Some(number)),
        Cell::Real(number) => Value::Double(Some(number)),
        Cell::Text(text) => Value::String(Some(text)),
        Cell::Bytes(bytes) => Value::Bytes(Some(bytes)),
    }
}

/// Keeps the builders named here alone.
pub fn build_select(dialect: Dialect, statement: &sea_query::SelectStatement) -> (String, Vec<Cell>) {
    let (sql, values) = match dialect {
        Dialect::Sqlite => statement.build(SqliteQueryBuilder),
        Dialect::Postgres => statement.build(PostgresQueryBuilder),
    };
    (sql, cells(values))
}
