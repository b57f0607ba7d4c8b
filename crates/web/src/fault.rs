//! What goes wrong while answering, as one page or one problem+json (RFC 9457).

use crate::ask::Ask;
use crate::hunting::Misread;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use maud::html;
use serde_json::json;
use watchkeep_desk::DeskError;
use watchkeep_model::Refusal;
use watchkeep_store::StoreError;

/// Seconds after which a busy server is asked again.
const RETRY: i64 = 5;

/// Why there is no ordinary answer.
#[derive(Debug)]
pub enum Fault {
    /// Missing or not to be seen: the same answer (RU-73).
    Missing,
    /// Nobody is signed in.
    SignIn,
    /// Seen, but not allowed; or refused by a rule or a field.
    Refused(Refusal),
    /// Changed meanwhile.
    Conflict(String),
    /// Not the version that `If-Match` asked for.
    Stale(String),
    /// The body is of a media type that is not read here.
    Media(String),
    /// There is something here, but not for this method.
    Method,
    /// The request itself makes no sense.
    Bad(String),
    /// An event query that cannot be run.
    Query(Box<Misread>),
    TooMany(i64),
    /// Disk, database or memory cannot take more just now; the same request will do later.
    Busy(String),
    TooLarge,
    /// Something of ours broke; the details are in the log.
    Broken(String),
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Missing { .. } => Self::Missing,
            StoreError::Refused(refusal) => Self::Refused(refusal),
            StoreError::Version { .. } => Self::Conflict(error.to_string()),
            StoreError::Filter(message) => Self::Bad(message),
            passing if passing.passes() => Self::Busy(passing.to_string()),
            other => Self::Broken(other.to_string()),
        }
    }
}

impl From<DeskError> for Fault {
    fn from(error: DeskError) -> Self {
        match error {
            DeskError::Store(error) => error.into(),
            DeskError::TooMany { seconds } => Self::TooMany(seconds),
            DeskError::Kind(_) => Self::Missing,
            DeskError::Filter(_)
            | DeskError::SignIn
            | DeskError::Code
            | DeskError::Password(_)
            | DeskError::File(_) => Self::Bad(error.to_string()),
            other => Self::Broken(other.to_string()),
        }
    }
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl Fault {
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Missing => StatusCode::NOT_FOUND,
            Self::SignIn => StatusCode::UNAUTHORIZED,
            Self::Refused(refusal) if refusal.code == "access" => StatusCode::FORBIDDEN,
            Self::Refused(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::Stale(_) => StatusCode::PRECONDITION_FAILED,
            Self::Media(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::Bad(_) | Self::Query(_) => StatusCode::BAD_REQUEST,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Busy(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Broken(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Stable, for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing => "not_found",
            Self::SignIn => "sign_in",
            Self::Refused(refusal) => refusal.code,
            Self::Conflict(_) | Self::Stale(_) => "version",
            Self::Media(_) => "media_type",
            Self::Method => "method",
            Self::Bad(_) => "bad_request",
            Self::Query(_) => "query",
            Self::TooMany(_) => "too_many",
            Self::Busy(_) => "busy",
            Self::TooLarge => "too_large",
            Self::Broken(_) => "internal",
        }
    }

    /// One sentence for people.
    pub fn message(&self) -> String {
        match self {
            Self::Missing => "There is nothing here, or nothing that you may see.".to_owned(),
            Self::SignIn => "Sign in first.".to_owned(),
            Self::Refused(refusal) => match refusal.rule {
                Some(rule) => format!("{} ({rule})", refusal.message),
                None => refusal.message.clone(),
            },
            Self::Conflict(message) | Self::Stale(message) | Self::Media(message) | Self::Bad(message) => {
                message.clone()
            }
            Self::Query(misread) => misread.error.to_string(),
            Self::Method => "This cannot be done here; the header Allow names what can.".to_owned(),
            Self::Busy(reason) => format!("Watchkeep cannot take this just now; try again in {RETRY} s: {reason}."),
            Self::TooMany(seconds) => format!("Too many attempts; wait {seconds} s and try again."),
            Self::TooLarge => "This is larger than Watchkeep takes in one request.".to_owned(),
            Self::Broken(_) => "Watchkeep could not do this; the reason is in its log.".to_owned(),
        }
    }

    /// RFC 9457.
    pub fn problem(&self) -> Response {
        let mut body = json!({
            "type": format!("urn:watchkeep:problem:{}", self.code()),
            "title": self.code(),
            "status": self.status().as_u16(),
            "detail": self.message(),
        });
        if let (Self::Query(misread), Some(object)) = (self, body.as_object_mut()) {
            let ((at, length), error) = (misread.place(), &misread.error);
            let wrong = json!({
                "pointer": "#/q", "detail": error.message, "at": at, "length": length, "suggestion": error.suggestion,
            });
            object.insert("errors".to_owned(), json!([wrong]));
        }
        if let (Self::Refused(refusal), Some(object)) = (self, body.as_object_mut()) {
            if let Some(rule) = refusal.rule {
                object.insert("rule".to_owned(), json!(rule));
            }
            let pointers: Vec<_> = refusal
                .fields
                .iter()
                .map(|field| json!({"pointer": format!("#/{}", field.field), "detail": field.message}))
                .collect();
            if !pointers.is_empty() {
                object.insert("errors".to_owned(), json!(pointers));
            }
        }
        let media = [(header::CONTENT_TYPE, "application/problem+json")];
        let mut answer = (self.status(), media, body.to_string()).into_response();
        if let Self::SignIn = self {
            answer.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        let wait = match self {
            Self::TooMany(seconds) => Some(*seconds),
            Self::Busy(_) => Some(RETRY),
            _ => None,
        };
        if let Some(seconds) = wait {
            answer.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        answer
    }

    /// The answer for a browser.
    pub fn page(&self, ask: &Ask) -> Response {
        if let Self::SignIn = self {
            return Redirect::to("/sign-in").into_response();
        }
        let message = self.message();
        if ask.wants_fragment() {
            return (self.status(), html! { p .error role="alert" { (message) } }).into_response();
        }
        let body = html! {
            section .panel {
                header { h1 { @if matches!(self, Self::Missing) { "Not found" } @else { "That did not work" } } }
                div .pad { p { (message) } p { a href="/" { "Go to My duties" } } }
            }
        };
        let page = if ask.visit.is_some() {
            ask.page("Not found", "", crate::layout::Find::default(), &body)
        } else {
            ask.bare("Not found", &body)
        };
        (self.status(), page).into_response()
    }
}
