//! PostgreSQL: the same engine for organisations that outgrow one file.

use crate::StoreError;
use crate::dialect::Dialect;
use crate::driver::{Cell, Connection, Driver, Lease, Pool};
use postgres::types::{FromSql, IsNull, ToSql, Type, private::BytesMut, to_sql_checked};
use postgres::{Client, NoTls, Statement};
use std::collections::HashMap;
use std::error::Error;
use std::path::Path;

const READERS: usize = 6;

pub struct Postgres {
    readers: Pool,
    writer: Pool,
}

struct Handle {
    client: Client,
    prepared: HashMap<String, Statement>,
}

impl Postgres {
    pub fn open(url: &str) -> Result<Self, StoreError> {
        let connect = || -> Result<Box<dyn Connection>, StoreError> {
            Ok(Box::new(Handle { client: Client::connect(url, NoTls)?, prepared: HashMap::new() }))
        };
        let readers = (0..READERS).map(|_| connect()).collect::<Result<Vec<_>, _>>()?;
        Ok(Self { readers: Pool::new(readers), writer: Pool::new(vec![connect()?]) })
    }
}

impl Handle {
    fn prepare(&mut self, sql: &str) -> Result<Statement, StoreError> {
        if let Some(statement) = self.prepared.get(sql) {
            return Ok(statement.clone());
        }
        if self.prepared.len() >= 256 {
            self.prepared.clear();
        }
        let statement = self.client.prepare(sql)?;
        self.prepared.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }
}

impl Driver for Postgres {
    fn reader(&self) -> Result<Lease<'_>, StoreError> {
        self.readers.take()
    }

    fn writer(&self) -> Result<Lease<'_>, StoreError> {
        self.writer.take()
    }

    fn backup(&self, _: &Path) -> Result<(), StoreError> {
        Err(StoreError::Broken("records are in PostgreSQL: back them up with pg_dump".to_owned()))
    }
}

impl Connection for Handle {
    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    fn query(&mut self, sql: &str, cells: &[Cell]) -> Result<Vec<Vec<Cell>>, StoreError> {
        let statement = self.prepare(sql)?;
        let values: Vec<_> = cells.iter().map(|cell| cell as &(dyn ToSql + Sync)).collect();
        let rows = self.client.query(&statement, &values)?;
        let cells = |row: &postgres::Row| (0..row.len()).map(|at| row.try_get::<_, Cell>(at)).collect::<Result<_, _>>();
        Ok(rows.iter().map(cells).collect::<Result<_, _>>()?)
    }

    fn execute(&mut self, sql: &str, cells: &[Cell]) -> Result<u64, StoreError> {
        let statement = self.prepare(sql)?;
        let values: Vec<_> = cells.iter().map(|cell| cell as &(dyn ToSql + Sync)).collect();
        Ok(self.client.execute(&statement, &values)?)
    }

    fn batch(&mut self, sql: &str) -> Result<(), StoreError> {
        Ok(self.client.batch_execute(sql)?)
    }

    fn begin(&mut self) -> Result<(), StoreError> {
        // One writer at a time over all processes: the history is one chain.
        self.batch("BEGIN; SELECT pg_advisory_xact_lock(7315)")
    }
}

impl<'a> FromSql<'a> for Cell {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(match *ty {
            Type::INT8 => Self::Int(i64::from_sql(ty, raw)?),
            Type::INT4 => Self::Int(i32::from_sql(ty, raw)?.into()),
            Type::BOOL => Self::Int(bool::from_sql(ty, raw)?.into()),
            Type::FLOAT8 => Self::Real(f64::from_sql(ty, raw)?),
            Type::BYTEA => Self::Bytes(Vec::from_sql(ty, raw)?),
            _ => Self::Text(String::from_sql(ty, raw)?),
        })
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self::Null)
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

impl ToSql for Cell {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(number) if *ty == Type::INT4 => i32::try_from(*number)?.to_sql(ty, out),
            Self::Int(number) if *ty == Type::BOOL => (*number != 0).to_sql(ty, out),
            Self::Int(number) if *ty == Type::FLOAT8 => (*number as f64).to_sql(ty, out),
            Self::Int(number) => number.to_sql(ty, out),
            Self::Real(number) => number.to_sql(ty, out),
            Self::Text(text) => text.to_sql(ty, out),
            Self::Bytes(bytes) => bytes.to_sql(ty, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}
