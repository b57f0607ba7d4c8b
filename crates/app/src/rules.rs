//! Keeps the rules in force current: looks at the rule folders every few seconds, and at once on SIGHUP.

use crate::clock;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;
use watchkeep_desk::Desk;
use watchkeep_desk::rules::{Loaded, RuleFolders};

/// How often the folders are looked at.
const PAUSE: Duration = Duration::from_secs(2);
/// Refused rules named in the log after one load; all are listed under Rules.
const NAMED: usize = 20;

/// Loads the rules and says what was found.
///
/// # Errors
/// A rule folder that cannot be read: a wrong setting stops the start.
pub fn load(desk: &Desk, folders: &[PathBuf]) -> anyhow::Result<RuleFolders> {
    let watched = RuleFolders::new(folders.to_vec())?;
    let loaded = desk.reload_rules(watched.paths(), clock::now())?;
    let Loaded { live, refused, waiting, off, .. } = loaded;
    tracing::info!("{live} rules live, {refused} refused, {waiting} waiting for others, {off} switched off");
    Ok(watched)
}

/// Reloads on every change from now on, on a thread of its own.
///
/// # Errors
/// When the process cannot listen for SIGHUP or start a thread.
pub fn follow(desk: Desk, folders: RuleFolders) -> anyhow::Result<()> {
    let (send, asked) = channel();
    let mut hangup = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup())?;
    tokio::spawn(async move { while hangup.recv().await.is_some() && send.send(()).is_ok() {} });
    std::thread::Builder::new().name("rules".to_owned()).spawn(move || watch(&desk, folders, &asked))?;
    Ok(())
}

fn watch(desk: &Desk, mut folders: RuleFolders, asked: &Receiver<()>) {
    let mut trouble = None;
    loop {
        let asked = match asked.recv_timeout(PAUSE) {
            Ok(()) => true,
            Err(RecvTimeoutError::Timeout) => false,
            Err(RecvTimeoutError::Disconnected) => return,
        };
        // A failed load is tried again each time: the rules in force stay until it succeeds.
        let due = folders.changed().map(|changed| changed || asked || trouble.is_some());
        let done = due.and_then(|due| due.then(|| desk.reload_rules(folders.paths(), clock::now())).transpose());
        match done {
            Ok(loaded) => {
                trouble = None;
                loaded.iter().for_each(tell);
            }
            Err(error) if trouble.as_ref() == Some(&error.to_string()) => {}
            Err(error) => {
                tracing::error!("rules were not reloaded and stay as they were: {error}");
                trouble = Some(error.to_string());
            }
        }
    }
}

fn tell(loaded: &Loaded) {
    let Loaded { live, refused, waiting, off, changed, newly_refused } = loaded;
    tracing::info!(
        "reloaded rules: {changed} changed; {live} live, {refused} refused, {waiting} waiting for others, {off} switched off"
    );
    for refused in newly_refused.iter().take(NAMED) {
        tracing::warn!("refused rule {refused}");
    }
}
