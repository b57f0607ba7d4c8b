//! Requests against the whole server, without a socket.

use crate::Office;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use http_body_util::BodyExt;
use std::sync::Arc;
use tower::ServiceExt;
use watchkeep_model::Record;
use watchkeep_web::{App, Settings, server};

/// The server over an office; its clock stands at the stories' morning.
pub struct Site {
    router: axum::Router,
    runtime: tokio::runtime::Runtime,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: StatusCode,
    pub body: String,
    pub cookie: Option<String>,
    pub location: Option<String>,
    pub headers: HeaderMap,
}

impl Answer {
    /// A header's text; empty if absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The body as JSON; nothing if it is none.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }
}

/// An open stream of live updates.
pub struct Live(Body);

/// Somebody signed in.
pub struct Browser {
    pub cookie: String,
    pub csrf: String,
}

impl Site {
    pub fn of(office: &Office) -> Self {
        Self::with(office, Settings { now: crate::now, ..Settings::default() })
    }

    /// The server with other settings, such as another time.
    pub fn with(office: &Office, settings: Settings) -> Self {
        let app = Arc::new(App::new(office.desk.clone(), settings));
        Self { router: server(app), runtime: tokio::runtime::Runtime::new().expect("a runtime") }
    }

    pub fn send(&self, request: Request<Body>) -> Answer {
        self.runtime.block_on(async {
            let response = self.router.clone().oneshot(request).await.expect("an answer");
            let (parts, body) = response.into_parts();
            let text =
                |name| parts.headers.get(name).and_then(|v: &header::HeaderValue| v.to_str().ok()).map(str::to_owned);
            let (cookie, location) = (text(header::SET_COOKIE), text(header::LOCATION));
            let stream = text(header::CONTENT_TYPE).is_some_and(|kind| kind.starts_with("text/event-stream"));
            let bytes = if stream { Default::default() } else { body.collect().await.expect("a body").to_bytes() };
            let body = String::from_utf8_lossy(&bytes).into_owned();
            Answer { status: parts.status, body, cookie, location, headers: parts.headers }
        })
    }

    pub fn sign_in(&self, office: &Office, person: &Record) -> Browser {
        let key = office.desk.one_time_key(person.id, crate::now()).expect("a key");
        let answer = self.send(Request::post(format!("/once/{key}")).body(Body::empty()).expect("a request"));
        let cookie = answer.cookie.expect("a session").split(';').next().unwrap_or_default().to_owned();
        let page = self.get(&cookie, "/me");
        let csrf = page.body.split("name=\"csrf\" content=\"").nth(1).and_then(|rest| rest.split('"').next());
        Browser { csrf: csrf.expect("a token").to_owned(), cookie }
    }

    pub fn get(&self, cookie: &str, path: &str) -> Answer {
        self.send(Request::get(path).header("cookie", cookie).body(Body::empty()).expect("a request"))
    }

    /// The stream of live updates.
    pub fn live(&self, cookie: &str) -> Live {
        let request = Request::get("/live").header("cookie", cookie).body(Body::empty()).expect("a request");
        let response = self.runtime.block_on(self.router.clone().oneshot(request)).expect("an answer");
        assert_eq!(response.status(), StatusCode::OK);
        Live(response.into_body())
    }

    /// The next update: the names of kinds, separated by spaces; empty once the stream has ended.
    pub fn next(&self, live: &mut Live) -> String {
        loop {
            let Some(frame) = self.runtime.block_on(live.0.frame()) else { return String::new() };
            let frame = frame.expect("a frame");
            let text = frame.into_data().map(|data| String::from_utf8_lossy(&data).into_owned()).unwrap_or_default();
            if let Some(words) = text.lines().find_map(|line| line.strip_prefix("data: ")) {
                return words.to_owned();
            }
        }
    }

    /// A form sent by a signed-in browser.
    pub fn post(&self, browser: &Browser, path: &str, form: &str) -> Answer {
        let request = Request::post(path)
            .header("cookie", &browser.cookie)
            .header("x-csrf-token", &browser.csrf)
            .header("content-type", "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(form.to_owned())).expect("a request"))
    }

    /// A JSON call with a bearer token.
    pub fn api(&self, token: &str, method: &str, path: &str, body: &str) -> Answer {
        self.call(method, path, &[("authorization", &format!("Bearer {token}"))], body)
    }

    /// A JSON call with headers of its own.
    pub fn call(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if !headers.iter().any(|(name, _)| *name == "content-type") {
            request = request.header("content-type", "application/json");
        }
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        self.send(request.body(Body::from(body.to_owned())).expect("a request"))
    }
}
