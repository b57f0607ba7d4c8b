//! Every route, who it is for, and the one adapter that checks it: deny by default.

use crate::app::App;
use crate::ask::{Ask, Visit, nobody};
use crate::fault::Fault;
use crate::{assets, headers, screens};
use axum::body::Body;
use axum::extract::{RawPathParams, Request, State};
use axum::http::{Method, header};
use axum::response::Response;
use axum::routing::{MethodFilter, on};
use axum::{Router, middleware};
use base64::Engine;
use std::borrow::Cow;
use std::sync::Arc;
use watchkeep_model::Via;

/// A screen or API call: a plain function on a blocking thread.
pub type Handler = fn(&Ask) -> Result<Response, Fault>;

/// Who may call a route at all; what they see and do there is decided by their access.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Before signing in. Handlers act as nobody.
    Anyone,
    /// A signed-in person; changes carry the session's CSRF token.
    Person,
    /// A program with a bearer token, or a signed-in person.
    Api,
}

/// One line of the route table.
pub struct Route {
    pub method: MethodFilter,
    pub path: &'static str,
    pub who: Who,
    pub run: Handler,
    /// How a fault is answered where not as a problem (RFC 9457) or a page.
    pub told: Option<fn(&Fault) -> Response>,
}

impl Route {
    pub const fn of(method: MethodFilter, path: &'static str, who: Who, run: Handler) -> Self {
        Self { method, path, who, run, told: None }
    }

    /// The same with faults in the words of another system.
    pub const fn told(self, told: fn(&Fault) -> Response) -> Self {
        Self { told: Some(told), ..self }
    }

    pub const fn get(path: &'static str, who: Who, run: Handler) -> Self {
        Self::of(MethodFilter::GET, path, who, run)
    }

    pub const fn post(path: &'static str, who: Who, run: Handler) -> Self {
        Self::of(MethodFilter::POST, path, who, run)
    }

    pub const fn put(path: &'static str, who: Who, run: Handler) -> Self {
        Self::of(MethodFilter::PUT, path, who, run)
    }
}

/// All routes, in one list: a test holds that each has an authorisation test.
pub fn routes() -> Vec<Route> {
    let mut all = vec![Route::get("/live", Who::Person, |ask| Ok(crate::live::stream(ask)))];
    all.extend(crate::api::routes());
    all.extend(screens::routes());
    all
}

/// The whole server.
pub fn server(app: Arc<App>) -> Router {
    let mut router = Router::new();
    for Route { method, path, who, run, told } in routes() {
        let answer = move |State(app): State<Arc<App>>, params: RawPathParams, request: Request| {
            let params: Vec<_> = params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            let run = replaced(&params, method, path).unwrap_or(run);
            answer(app, who, run, told, params, request)
        };
        router = router.route(path, on(method, answer));
    }
    let missing = |State(app): State<Arc<App>>, request: Request| {
        answer(app, Who::Anyone, |_| Err(Fault::Missing), None, Vec::new(), request)
    };
    let method = |State(app): State<Arc<App>>, request: Request| {
        answer(app, Who::Anyone, |_| Err(Fault::Method), None, Vec::new(), request)
    };
    let router = router.method_not_allowed_fallback(method).fallback(missing);
    router.with_state(app).merge(assets::assets_router()).layer(middleware::from_fn(headers::secure))
}

async fn answer(
    app: Arc<App>,
    who: Who,
    run: Handler,
    told: Option<fn(&Fault) -> Response>,
    params: Vec<(String, String)>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, app.settings.body_limit).await;
    // Who shows a token is a program, also where no route is.
    let program = who == Who::Anyone && parts.headers.contains_key(header::AUTHORIZATION);
    let api = who == Who::Api || program || parts.uri.path().starts_with("/api/");
    let pairs = |bytes: &[u8]| form_urlencoded::parse(bytes).into_owned().collect::<Vec<_>>();
    let is_form = parts
        .headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/x-www-form-urlencoded"));
    let too_large = body.is_err();
    let body = body.unwrap_or_default();
    let mut ask = Ask {
        now: (app.settings.now)(),
        app,
        method: parts.method,
        path: parts.uri.path().to_owned(),
        params,
        query: pairs(parts.uri.query().unwrap_or_default().as_bytes()),
        form: if is_form { pairs(&body) } else { Vec::new() },
        headers: parts.headers,
        body,
        visit: None,
        actor: nobody(),
    };
    let work = move || {
        let result = if too_large { Err(Fault::TooLarge) } else { admit(&mut ask, who).and_then(|()| run(&ask)) };
        result.unwrap_or_else(|fault| {
            if let Fault::Broken(reason) = &fault {
                tracing::error!(path = %ask.path, "could not answer {}: {reason}", ask.path);
            }
            match told {
                Some(told) => told(&fault),
                None if api => fault.problem(),
                None => fault.page(&ask),
            }
        })
    };
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|_| Response::builder().status(500).body(Body::empty()).unwrap_or_default())
}

/// The handler that the kind in the path has in place of the route's own.
fn replaced(params: &[(String, String)], method: MethodFilter, path: &str) -> Option<Handler> {
    let (_, kind) = params.iter().find(|(name, _)| name == "kind")?;
    screens::instead(kind, method, path)
}

/// Finds out who asks, and refuses what the route or the CSRF token does not allow.
fn admit(ask: &mut Ask, who: Who) -> Result<(), Fault> {
    if who == Who::Api
        && let Some(token) = bearer(ask).map(Cow::into_owned)
    {
        ask.actor = ask.app.desk.token(&token, ask.now)?.ok_or(Fault::SignIn)?;
        return Ok(());
    }
    let key = cookie(ask, "wk_session").map(str::to_owned);
    if let Some(key) = key
        && let Some((session, person)) = ask.app.desk.session(&key, ask.now)?
    {
        let via = if who == Who::Api { Via::Api } else { Via::Screen };
        ask.actor = ask.app.desk.actor(&person, via)?;
        ask.visit = Some(Visit { session, person });
    }
    if who == Who::Anyone {
        return Ok(());
    }
    let Some(visit) = &ask.visit else { return Err(Fault::SignIn) };
    let unsafe_method = !matches!(ask.method, Method::GET | Method::HEAD);
    let token = ask.header("x-csrf-token").or_else(|| ask.form("csrf")).or_else(|| ask.query("csrf"));
    if unsafe_method && token != Some(visit.session.csrf.as_str()) {
        return Err(Fault::Bad(
            "this form is too old or came from elsewhere; reload the page and try again".to_owned(),
        ));
    }
    Ok(())
}

/// The token of an `Authorization` header: `Bearer` and Splunk's word for it plain, as the password of `Basic`, or as
/// the secret of Elasticsearch's `ApiKey`, for shippers that know no other way.
fn bearer(ask: &Ask) -> Option<Cow<'_, str>> {
    let (scheme, token) = ask.header("authorization")?.split_once(' ')?;
    let token = token.trim();
    match scheme.to_ascii_lowercase().as_str() {
        "bearer" | "splunk" => Some(Cow::Borrowed(token)),
        "basic" | "apikey" => {
            let pair = String::from_utf8(base64::engine::general_purpose::STANDARD.decode(token).ok()?).ok()?;
            pair.split_once(':').map(|(_, secret)| Cow::Owned(secret.to_owned()))
        }
        _ => None,
    }
}

/// A cookie by name.
pub(crate) fn cookie<'a>(ask: &'a Ask, name: &str) -> Option<&'a str> {
    let all = ask.header("cookie")?;
    all.split(';').filter_map(|pair| pair.trim().split_once('=')).find(|(key, _)| *key == name).map(|(_, value)| value)
}
