//! Live updates: one event stream a browser, naming kinds that changed among what its person sees.

use crate::ask::Ask;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use std::collections::BTreeSet;
use std::convert::Infallible;
use tokio_stream::wrappers::BroadcastStream;

/// The stream. Rights are read afresh for every change, so a lost role falls silent at once (RU-64, RU-73).
pub fn stream(ask: &Ask) -> Response {
    let app = ask.app.clone();
    let person = ask.actor.person.unwrap_or_default();
    let changes = BroadcastStream::new(app.changes.subscribe()).filter_map(move |batch| {
        let app = app.clone();
        async move {
            let Ok(batch) = batch else { return Some(Event::default().data("*")) };
            let kinds = tokio::task::spawn_blocking(move || {
                let access = app.desk.access_of(person).unwrap_or_default();
                let all = app.desk.catalog().kinds();
                let seen = batch.iter().filter(|one| {
                    let sight = access.sees(one.record.kind, all, Some(person));
                    sight.shows(&one.record) || one.before.as_ref().is_some_and(|before| sight.shows(before))
                });
                seen.map(|one| one.record.kind.name).collect::<BTreeSet<_>>()
            });
            let kinds = kinds.await.unwrap_or_default();
            let words = kinds.into_iter().collect::<Vec<_>>().join(" ");
            (!words.is_empty()).then(|| Event::default().data(words))
        }
    });
    Sse::new(changes.map(Ok::<_, Infallible>)).keep_alive(KeepAlive::default()).into_response()
}
