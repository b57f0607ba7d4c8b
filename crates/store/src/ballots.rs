//! Ballot boxes: who has voted and what was said, kept so that neither leads to the other (RU-10).
//!
//! One vote a person has to be enforced, so the box knows who voted; what they said must not lead to them. A row for each
//! vote would join the two by its rowid, its place in the file, its transaction or its time. So a box is one row:
//! the sorted numbers of those who voted, and the sorted papers. Sorting forgets the order in which they came, equal papers
//! are equal texts, and a vote rewrites the row whole. There is no time, no id, no history entry, no version, no listener
//! that hears of it, and no way to read one person's paper, because nothing says which it is. What is written freely goes in
//! as a paper of its own, so that it cannot be joined to the choices made with it. Once counted, the box is emptied: who
//! voted is then forgotten too.
//!
//! What this does not hide: that a person voted, while the box stands (its voters are asked for one at a time, by themselves);
//! and what somebody learns who copies the database file before and after a single vote and compares the copies, or who reads
//! what the database has not overwritten yet. Only those who run the machine can, and they could also read the request.

use crate::driver::{Cell, Connection};
use crate::{Store, StoreError, text, transact};
use serde_json::json;
use watchkeep_model::{Kind, Record, Refusal};

/// What is in a box.
#[derive(Debug, Default)]
struct Content {
    voted: Vec<i64>,
    papers: Vec<String>,
}

impl Store {
    /// Puts papers into a record's box for a voter who has not voted yet, if `open` lets them.
    ///
    /// # Errors
    /// Who voted already is refused; what `open` refuses is refused; the record is missing.
    pub fn cast(
        &self,
        (kind, id): (&'static Kind, i64),
        voter: i64,
        papers: &[String],
        open: impl FnOnce(&Record) -> Result<(), Refusal>,
    ) -> Result<(), StoreError> {
        let mut lease = self.writer()?;
        transact(&mut *lease, |tx| {
            let record = self.load(tx, kind, id)?;
            open(&record.ok_or_else(|| StoreError::missing(format!("{}-{id}", kind.prefix)))?)?;
            let there = content(tx, kind, id)?;
            let is_new = there.is_none();
            let mut content = there.unwrap_or_default();
            let Err(place) = content.voted.binary_search(&voter) else {
                return Err(Refusal::rule("RU-10", "you have answered already; each answers once").into());
            };
            content.voted.insert(place, voter);
            content.papers.extend_from_slice(papers);
            content.papers.sort_unstable();
            let sql = match is_new {
                true => "INSERT INTO ballot_box (voted, papers, kind, id) VALUES ($1, $2, $3, $4)",
                false => "UPDATE ballot_box SET voted = $1, papers = $2 WHERE kind = $3 AND id = $4",
            };
            let [voted, papers] =
                [json!(content.voted), json!(content.papers)].map(|list| Cell::Text(list.to_string()));
            tx.execute(sql, &[voted, papers, Cell::from(kind.name), Cell::Int(id)])?;
            Ok(())
        })
    }

    /// Whether somebody has voted; asked for themselves only.
    pub fn has_voted(&self, kind: &Kind, id: i64, voter: i64) -> Result<bool, StoreError> {
        let there = content(&mut *self.reader()?, kind, id)?;
        Ok(there.is_some_and(|content| content.voted.binary_search(&voter).is_ok()))
    }

    /// What is in a box, sorted, and from how many; nothing where nobody voted or it was emptied.
    pub fn papers(&self, kind: &Kind, id: i64) -> Result<Option<(usize, Vec<String>)>, StoreError> {
        let there = content(&mut *self.reader()?, kind, id)?;
        Ok(there.map(|content| (content.voted.len(), content.papers)))
    }

    /// Forgets a box: who voted, and what was said.
    pub fn empty_box(&self, kind: &Kind, id: i64) -> Result<(), StoreError> {
        let mut lease = self.writer()?;
        transact(&mut *lease, |tx| {
            tx.execute("DELETE FROM ballot_box WHERE kind = $1 AND id = $2", &[Cell::from(kind.name), Cell::Int(id)])?;
            Ok(())
        })
    }
}

fn content(connection: &mut dyn Connection, kind: &Kind, id: i64) -> Result<Option<Content>, StoreError> {
    let sql = "SELECT voted, papers FROM ballot_box WHERE kind = $1 AND id = $2";
    let rows = connection.query(sql, &[Cell::from(kind.name), Cell::Int(id)])?;
    let Some(row) = rows.first() else { return Ok(None) };
    let broken = |error| StoreError::Broken(format!("the box of {}-{id} cannot be read: {error}", kind.prefix));
    let voted = serde_json::from_str(text(row, 0)).map_err(broken)?;
    let papers = serde_json::from_str(text(row, 1)).map_err(broken)?;
    Ok(Some(Content { voted, papers }))
}
