//! Every event that a filter finds, handed on a batch at a time: for what looks at many and keeps few.

use crate::columns;
use crate::error::LakeError;
use crate::files::FileEntry;
use crate::lake::Lake;
use crate::plain;
use crate::query::{Question, Snapshot, next_window};
use crate::request::SearchRequest;
use datafusion::arrow::array::RecordBatch;
use futures_util::StreamExt;
use std::ops::ControlFlow;
use std::sync::Arc;
use tokio::sync::mpsc::{Sender, channel};
use watchkeep_model::event::Event;

/// Batches that wait to be looked at.
const WAITING: usize = 2;
/// Events of whole hours that are read at a time.
const STRETCH: u64 = 500_000;

/// How far a scan is: events among which it looked, and how many there are of these.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Gone {
    pub through: u64,
    pub of: u64,
}

impl Gone {
    /// So much of a number as the scan is through; all of it where there is nothing to go through.
    ///
    /// ```
    /// assert_eq!(watchkeep_lake::Gone { through: 1, of: 3 }.share(10), 3);
    /// assert_eq!(watchkeep_lake::Gone { through: 0, of: 0 }.share(10), 10);
    /// ```
    pub fn share(self, whole: u64) -> u64 {
        let part = u128::from(whole) * u128::from(self.through);
        part.checked_div(self.of.into()).and_then(|part| u64::try_from(part).ok()).unwrap_or(whole).min(whole)
    }
}

impl Lake {
    /// Hands on every event of the request, memory first and then the latest hours, until `each` breaks off; now and then
    /// it is told of no events, only how far the scan is. Pipes and limit are ignored; a few batches are held at a time,
    /// however many events there are.
    ///
    /// # Errors
    /// A filter that cannot be run, with its place; memory; files that cannot be read.
    pub fn scan(
        &self,
        request: &SearchRequest,
        mut each: impl FnMut(&[Event], Gone) -> ControlFlow<()>,
    ) -> Result<(), LakeError> {
        let (snapshot, question) = (self.snapshot()?, Question::new(request)?);
        let (send, mut receive) = channel(WAITING);
        self.spawn(async move {
            let mut going = Going { send, gone: Gone::default() };
            if let Err(error) = going.hand_on(&snapshot, &question).await {
                // Nobody waits for it any more where this fails.
                let _ = going.send.send(Err(error)).await;
            }
        })?;
        while let Some(sent) = receive.blocking_recv() {
            let (batch, gone) = sent?;
            let events = batch.map_or_else(|| Ok(Vec::new()), |batch| columns::events(&batch))?;
            if each(&events, gone).is_break() {
                break;
            }
        }
        Ok(())
    }
}

/// Some events, and how far the scan is.
type Sent = Result<(Option<RecordBatch>, Gone), LakeError>;

/// A scan on its way.
struct Going {
    send: Sender<Sent>,
    gone: Gone,
}

impl Going {
    async fn hand_on(&mut self, snapshot: &Snapshot, question: &Question) -> Result<(), LakeError> {
        let files = question.files(snapshot).await;
        let in_memory: u64 = snapshot.memory.iter().map(|batch| batch.num_rows() as u64).sum();
        self.gone.of = in_memory + rows_of(&files);
        if let Some((stretch, sources)) = question.plain() {
            for batch in &snapshot.memory {
                self.gone.through += batch.num_rows() as u64;
                if self.is_over(Some(plain::of_memory(batch, stretch, sources)?)).await {
                    return Ok(());
                }
            }
            for file in &files {
                let mut stream = plain::of_file(&snapshot.store, file, stretch, &[], snapshot.rows).await?;
                let before = self.gone.through;
                while let Some(batch) = stream.next().await {
                    let batch = batch?;
                    self.gone.through += batch.num_rows() as u64;
                    if self.is_over(Some(batch)).await {
                        return Ok(());
                    }
                }
                self.gone.through = before + file.rows;
            }
            return Ok(());
        }
        let (mut rest, mut step, mut rows) = (files.as_slice(), &[] as &[_], in_memory);
        loop {
            let mut stream = snapshot.stream(question, step).await?;
            while let Some(batch) = stream.next().await {
                let batch = batch.map_err(|error| LakeError::engine(error, snapshot.memory_limit))?;
                if self.is_over(Some(batch)).await {
                    return Ok(());
                }
            }
            self.gone.through += rows;
            step = next_window(rest, STRETCH);
            rest = rest.get(step.len()..).unwrap_or_default();
            rows = rows_of(step);
            if self.is_over(None).await || step.is_empty() {
                return Ok(());
            }
        }
    }

    /// Hands on; whether nobody listens any more.
    async fn is_over(&self, batch: Option<RecordBatch>) -> bool {
        self.send.send(Ok((batch, self.gone))).await.is_err()
    }
}

fn rows_of(files: &[Arc<FileEntry>]) -> u64 {
    files.iter().map(|file| file.rows).sum()
}
