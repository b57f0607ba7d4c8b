//! A whole answer, handed out batch by batch: what an export writes, however long it is.

use crate::cells::{hits, rows_of};
use crate::error::LakeError;
use crate::files::FileEntry;
use crate::lake::Lake;
use crate::plain;
use crate::query::{Question, Snapshot};
use crate::request::{Cell, SearchRequest};
use crate::steps::{Column, Piped, Rows};
use crate::table::Events;
use datafusion::execution::SendableRecordBatchStream;
use futures_util::StreamExt;
use jiff::Timestamp;
use std::collections::VecDeque;
use std::sync::Arc;
use watchkeep_model::event::{Event, EventId};

/// Rows at a time: whole events are large, and merging what was sorted on disk holds some of every part.
const ROWS: usize = 512;

/// Some rows of an answer.
#[derive(Debug, Clone)]
pub enum Piece {
    /// Events with the columns that steps added.
    Events(Vec<(Event, Vec<Cell>)>),
    Rows(Vec<Vec<Cell>>),
}

/// An answer being read: of the lake as it was when it was asked. It holds no more than a batch and what the engine
/// sorts; what is too much for the engine's memory it sorts on disk.
pub struct Flow {
    lake: Arc<Lake>,
    snapshot: Arc<Snapshot>,
    question: Arc<Question>,
    stretches: VecDeque<Stretch>,
    stream: Option<SendableRecordBatchStream>,
    rows: Rows,
    columns: Vec<Column>,
    /// The last event handed out: one that is in memory and in a file comes twice in a row.
    last: Option<EventId>,
    /// The first rows, read before the answer begins: what sorts or counts fails before it gives any.
    ready: Option<Piece>,
}

/// A stretch of time and its files.
struct Stretch {
    from: Timestamp,
    to: Timestamp,
    files: Vec<Arc<FileEntry>>,
}

impl Lake {
    /// The whole answer to a request, without any limit of rows; patience counts for each batch.
    ///
    /// # Errors
    /// As those of `search`.
    pub fn flow(self: &Arc<Self>, request: &SearchRequest) -> Result<Flow, LakeError> {
        let snapshot = Arc::new(Snapshot { rows: ROWS, ..self.snapshot()? });
        let question = Arc::new(Question::new(request)?);
        let mut flow = Flow {
            lake: self.clone(),
            stretches: VecDeque::new(),
            stream: None,
            rows: Rows::Events,
            columns: Vec::new(),
            last: None,
            ready: None,
            snapshot,
            question,
        };
        let (snapshot, question) = (flow.snapshot.clone(), flow.question.clone());
        let files = self.run(async move { Ok(question.files(&snapshot).await) })?;
        if flow.question.query.keeps_order() {
            flow.stretches = stretches(&flow.question, files);
            flow.next_stretch()?;
        } else {
            let (snapshot, question) = (flow.snapshot.clone(), flow.question.clone());
            let piped = self.run(async move { Ok(snapshot.piped(&question, files).await?.0) })?;
            flow.open(piped)?;
        }
        flow.ready = flow.next_piece()?;
        Ok(flow)
    }
}

impl Flow {
    /// Whether it gives rows of a table, not events.
    pub fn is_table(&self) -> bool {
        self.rows == Rows::Table
    }

    /// Columns of the table, or those that steps added to events.
    pub fn columns(&self) -> Vec<&str> {
        self.columns.iter().map(|column| column.name.as_str()).collect()
    }

    /// The next rows; `None` after the last.
    pub fn next_piece(&mut self) -> Result<Option<Piece>, LakeError> {
        if let Some(ready) = self.ready.take() {
            return Ok(Some(ready));
        }
        loop {
            let Some(mut stream) = self.stream.take() else {
                if !self.next_stretch()? {
                    return Ok(None);
                }
                continue;
            };
            let snapshot = self.snapshot.clone();
            let (stream, batch) = self.lake.run(async move {
                let batch = tokio::time::timeout(snapshot.patience, stream.next()).await;
                let batch = batch.map_err(|_| LakeError::Slow { seconds: snapshot.patience.as_secs() })?.transpose();
                Ok((stream, batch.map_err(|error| LakeError::engine(error, snapshot.memory_limit))?))
            })?;
            let Some(batch) = batch else { continue };
            self.stream = Some(stream);
            if self.is_table() {
                return Ok(Some(Piece::Rows(rows_of(&batch)?)));
            }
            let mut events = hits(&[batch], &self.columns)?;
            events.retain(|(event, _)| self.last.replace(event.id) != Some(event.id));
            return Ok(Some(Piece::Events(events)));
        }
    }

    /// Opens the next stretch of time; false after the last.
    fn next_stretch(&mut self) -> Result<bool, LakeError> {
        let Some(stretch) = self.stretches.pop_front() else { return Ok(false) };
        let within = plain::Stretch::new(stretch.from, stretch.to);
        let events = Events { stretch: within, ..self.question.events(&self.snapshot, stretch.files) };
        let piped = self.snapshot.kept(&self.question, events)?;
        self.open(piped)?;
        Ok(true)
    }

    fn open(&mut self, piped: Piped) -> Result<(), LakeError> {
        (self.rows, self.columns) = (piped.rows, piped.columns.clone());
        let limit = self.snapshot.memory_limit;
        let failed = move |error| LakeError::engine(error, limit);
        let frame = piped.finished(None).map_err(failed)?;
        self.stream = Some(self.lake.run(async move { frame.execute_stream().await.map_err(failed) })?);
        Ok(())
    }
}

/// The asked time by the hours of its files, the newest first: each is sorted by itself. Events in memory may lie in
/// any of them.
fn stretches(question: &Question, files: Vec<Arc<FileEntry>>) -> VecDeque<Stretch> {
    let mut stretches: VecDeque<Stretch> = VecDeque::new();
    let mut to = question.to;
    let mut hour = None;
    for file in files {
        if hour == Some(file.hour)
            && let Some(stretch) = stretches.back_mut()
        {
            stretch.files.push(file);
            continue;
        }
        hour = Some(file.hour);
        let from = Timestamp::from_second(file.hour * 3600).unwrap_or(question.from).max(question.from);
        stretches.push_back(Stretch { from, to, files: vec![file] });
        to = from;
    }
    match stretches.back_mut() {
        Some(last) => last.from = question.from,
        None => stretches.push_back(Stretch { from: question.from, to, files: Vec::new() }),
    }
    stretches
}
