//! Live updates: one event stream a browser, naming kinds that changed among what its person sees.

use crate::app::App;
use crate::ask::Ask;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use std::collections::BTreeSet;
use std::convert::Infallible;
use std::future::ready;
use tokio_stream::wrappers::BroadcastStream;
use watchkeep_store::Written;

/// The stream. Session and rights are read afresh for every change, so a lost role falls silent at once and the
/// stream ends with its session (RU-64, RU-73).
pub fn stream(ask: &Ask) -> Response {
    let app = ask.app.clone();
    let session = ask.visit.as_ref().map(|visit| (visit.session.key.clone(), visit.session.person));
    let changes = BroadcastStream::new(app.changes.subscribe()).then(move |batch| {
        let (app, session) = (app.clone(), session.clone());
        async move {
            let told =
                tokio::task::spawn_blocking(move || told(&app, session?, batch.ok().as_deref().map(Vec::as_slice)));
            told.await.unwrap_or_default()
        }
    });
    let events = changes
        .take_while(|told| ready(told.is_some()))
        .filter_map(|told| ready(told.filter(|words| !words.is_empty())));
    Sse::new(events.map(|words| Ok::<_, Infallible>(Event::default().data(words))))
        .keep_alive(KeepAlive::default())
        .into_response()
}

/// Names of the kinds that changed among what the person sees; `*` where some changes were missed; nothing once the
/// session is over.
fn told(app: &App, (key, person): (String, i64), batch: Option<&[Written]>) -> Option<String> {
    let alive = app.desk.session_lives(&key, (app.settings.now)()).unwrap_or(false);
    if !alive {
        return None;
    }
    let Some(batch) = batch else { return Some("*".to_owned()) };
    let access = app.desk.access_of(person).unwrap_or_default();
    let all = app.desk.catalog().kinds();
    let seen = batch.iter().filter(|one| {
        let sight = access.sees(one.record.kind, all, Some(person));
        sight.shows(&one.record) || one.before.as_ref().is_some_and(|before| sight.shows(before))
    });
    let kinds: BTreeSet<&str> = seen.map(|one| one.record.kind.name).collect();
    Some(kinds.into_iter().collect::<Vec<_>>().join(" "))
}
