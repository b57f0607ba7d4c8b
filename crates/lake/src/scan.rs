//! Every event that a filter finds, handed on a batch at a time: for what looks at many and keeps few.

use crate::columns;
use crate::error::LakeError;
use crate::lake::Lake;
use crate::plain;
use crate::query::{Question, Snapshot, next_window};
use crate::request::SearchRequest;
use datafusion::arrow::array::RecordBatch;
use futures_util::StreamExt;
use std::ops::ControlFlow;
use tokio::sync::mpsc::{Sender, channel};
use watchkeep_model::event::Event;

/// Batches that wait to be looked at.
const WAITING: usize = 2;
/// Events of whole hours that are read at a time.
const STRETCH: u64 = 50_000;

impl Lake {
    /// Hands on every event of the request, memory first and then the latest hours, until `each` breaks off. Pipes and
    /// limit are ignored; a few batches are held at a time, however many events there are.
    ///
    /// # Errors
    /// A filter that cannot be run, with its place; memory; files that cannot be read.
    pub fn scan(
        &self,
        request: &SearchRequest,
        mut each: impl FnMut(&[Event]) -> ControlFlow<()>,
    ) -> Result<(), LakeError> {
        let (snapshot, question) = (self.snapshot()?, Question::new(request)?);
        let (send, mut receive) = channel(WAITING);
        self.spawn(async move {
            if let Err(error) = hand_on(&snapshot, &question, &send).await {
                // Nobody waits for it any more where this fails.
                let _ = send.send(Err(error)).await;
            }
        })?;
        while let Some(batch) = receive.blocking_recv() {
            if each(&columns::events(&batch?)?).is_break() {
                break;
            }
        }
        Ok(())
    }
}

async fn hand_on(
    snapshot: &Snapshot,
    question: &Question,
    send: &Sender<Result<RecordBatch, LakeError>>,
) -> Result<(), LakeError> {
    let files = question.files(snapshot).await;
    if let Some((stretch, sources)) = question.plain() {
        for batch in &snapshot.memory {
            if send.send(plain::of_memory(batch, stretch, sources)).await.is_err() {
                return Ok(());
            }
        }
        for file in &files {
            let mut stream = plain::of_file(&snapshot.store, file, stretch, &[], snapshot.rows).await?;
            while let Some(batch) = stream.next().await {
                if send.send(Ok(batch?)).await.is_err() {
                    return Ok(());
                }
            }
        }
        return Ok(());
    }
    let mut rest = files.as_slice();
    let mut step: &[_] = &[];
    loop {
        let mut stream = snapshot.stream(question, step).await?;
        while let Some(batch) = stream.next().await {
            let batch = batch.map_err(|error| LakeError::engine(error, snapshot.memory_limit))?;
            if send.send(Ok(batch)).await.is_err() {
                return Ok(());
            }
        }
        step = next_window(rest, STRETCH);
        rest = rest.get(step.len()..).unwrap_or_default();
        if step.is_empty() {
            return Ok(());
        }
    }
}
