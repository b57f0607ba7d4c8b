//! What was measured on each day: one small row a record and day, kept beside the records. The last of a day stays.

use crate::driver::{Cell, Connection};
use crate::{Store, StoreError, int, text, transact};
use jiff::Timestamp;
use jiff::civil::Date;
use watchkeep_model::{Actor, Kind};

/// A record's state and figure on one day, and what they were computed from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    pub id: i64,
    pub day: Date,
    pub state: String,
    /// Numerator and denominator; nothing where there is no figure.
    pub figure: Option<(i64, i64)>,
    /// Version of the definition; where it changes, the trend is marked.
    pub definition: i64,
    /// When the newest input was written.
    pub fresh: Option<Timestamp>,
}

const COLUMNS: &str = "id, day, state, part, whole, definition, fresh";

impl Store {
    /// Keeps what was measured, in one transaction; a later one of the same day replaces an earlier one.
    pub fn keep_snapshots(&self, kind: &Kind, snapshots: &[Snapshot]) -> Result<(), StoreError> {
        let sql = format!(
            "INSERT INTO snapshot (kind, {COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
             ON CONFLICT (kind, id, day) DO UPDATE SET state = EXCLUDED.state, part = EXCLUDED.part, \
             whole = EXCLUDED.whole, definition = EXCLUDED.definition, fresh = EXCLUDED.fresh"
        );
        let mut lease = self.writer()?;
        transact(&mut *lease, |tx| {
            for one in snapshots {
                let number = |value: Option<i64>| value.map_or(Cell::Null, Cell::Int);
                let cells = [
                    Cell::from(kind.name),
                    Cell::Int(one.id),
                    Cell::Text(one.day.to_string()),
                    Cell::from(one.state.as_str()),
                    number(one.figure.map(|(part, _)| part)),
                    number(one.figure.map(|(_, whole)| whole)),
                    Cell::Int(one.definition),
                    number(one.fresh.map(Timestamp::as_millisecond)),
                ];
                tx.execute(&sql, &cells)?;
            }
            Ok(())
        })
    }

    /// All of a kind on one day, by id.
    pub fn snapshots_on(&self, kind: &Kind, day: Date) -> Result<Vec<Snapshot>, StoreError> {
        let cells = [Cell::from(kind.name), Cell::Text(day.to_string())];
        read(&mut *self.reader()?, "kind = $1 AND day = $2 ORDER BY id", &cells)
    }

    /// Those of a record that the actor sees, from a day on, oldest first.
    pub fn snapshots(
        &self,
        actor: &Actor,
        kind: &'static Kind,
        id: i64,
        from: Date,
    ) -> Result<Vec<Snapshot>, StoreError> {
        self.get(actor, kind, id)?;
        let cells = [Cell::from(kind.name), Cell::Int(id), Cell::Text(from.to_string())];
        read(&mut *self.reader()?, "kind = $1 AND id = $2 AND day >= $3 ORDER BY day", &cells)
    }
}

fn read(lease: &mut dyn Connection, condition: &str, cells: &[Cell]) -> Result<Vec<Snapshot>, StoreError> {
    let rows = lease.query(&format!("SELECT {COLUMNS} FROM snapshot WHERE {condition}"), cells)?;
    let number = |row: &[Cell], at: usize| match row.get(at) {
        Some(Cell::Int(number)) => Some(*number),
        _ => None,
    };
    let one = |row: &Vec<Cell>| {
        let day = text(row, 1).parse().map_err(|_| StoreError::Broken(format!("`{}` is not a day", text(row, 1))))?;
        Ok(Snapshot {
            id: int(row, 0),
            day,
            state: text(row, 2).to_owned(),
            figure: number(row, 3).zip(number(row, 4)),
            definition: int(row, 5),
            fresh: number(row, 6).and_then(|ms| Timestamp::from_millisecond(ms).ok()),
        })
    };
    rows.iter().map(one).collect()
}
