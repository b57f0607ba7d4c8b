//! Work that goes on in the background: how far it is, whether it was stopped, and how it ended.

use crate::DeskError;
use std::ops::ControlFlow;
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
            let ended = match work(&run) {
                Ok(ControlFlow::Continue(())) => Ended::Done,
                Ok(ControlFlow::Break(())) => Ended::Stopped,
                Err(error) => Ended::Failed(error.to_string()),
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
