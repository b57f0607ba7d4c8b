//! Work that goes on in the background: how far it is, whether it was stopped, and how it ended.

use crate::DeskError;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    Done,
    Stopped,
    Failed(String),
}

/// One piece of work, with what `P` tells of it.
#[derive(Debug, Default)]
pub struct Run<P> {
    state: Mutex<(P, Option<Ended>)>,
    stop: AtomicBool,
}

impl<P: Clone + Default + Send + 'static> Run<P> {
    pub fn progress(&self) -> P {
        self.state().0.clone()
    }

    /// How it ended; nothing while it goes on.
    pub fn ended(&self) -> Option<Ended> {
        self.state().1.clone()
    }

    /// Ends it with the batch that is looked at now.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::SeqCst);
    }

    /// Whether to go on.
    pub(crate) fn flow(&self) -> ControlFlow<()> {
        if self.stop.load(Ordering::SeqCst) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    pub(crate) fn with(&self, change: impl FnOnce(&mut P)) {
        change(&mut self.state().0);
    }

    pub(crate) fn end(&self, ended: Ended) {
        self.state().1 = Some(ended);
    }

    fn state(&self) -> MutexGuard<'_, (P, Option<Ended>)> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins the work on a thread of its own.
    ///
    /// # Errors
    /// There is no thread for it; it has then ended.
    pub(crate) fn begin(
        self: &Arc<Self>,
        name: &str,
        work: impl FnOnce(&Self) -> Result<ControlFlow<()>, DeskError> + Send + 'static,
    ) -> Result<(), DeskError>
    where
        P: std::fmt::Debug,
    {
        let run = self.clone();
        let begun = std::thread::Builder::new().name(name.to_owned()).spawn(move || {
            // Work that breaks off has ended too: what waits for its place goes on.
            let ended = match catch_unwind(AssertUnwindSafe(|| work(&run))) {
                Ok(Ok(ControlFlow::Continue(()))) => Ended::Done,
                Ok(Ok(ControlFlow::Break(()))) => Ended::Stopped,
                Ok(Err(error)) => Ended::Failed(error.to_string()),
                Err(_) => Ended::Failed("it broke off; the log says where".to_owned()),
            };
            run.end(ended);
        });
        if let Err(error) = begun {
            let why = format!("a {name} cannot begin: {error}");
            self.end(Ended::Failed(why.clone()));
            return Err(DeskError::File(why));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_that_breaks_off_has_ended_as_failed() {
        let run = Arc::new(Run::<u64>::default());
        run.begin("test", |run| {
            run.with(|count| *count = 7);
            panic!("broken")
        })
        .expect("a thread");
        let ended = std::iter::repeat_with(|| {
            std::thread::sleep(std::time::Duration::from_millis(5));
            run.ended()
        });
        assert!(matches!(ended.take(2_000).flatten().next(), Some(Ended::Failed(_))));
        assert_eq!(run.progress(), 7);
    }
}
