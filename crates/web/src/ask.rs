//! One request as a screen sees it: who asks, with what rights, and what was sent.

use crate::app::App;
use crate::fault::Fault;
use crate::layout::{Chrome, Find, Person};
use crate::parts::rail::NAV;
use axum::body::Bytes;
use axum::http::{HeaderMap, Method};
use jiff::Timestamp;
use maud::Markup;
use std::sync::{Arc, LazyLock};
use watchkeep_desk::sign_in::Session;
use watchkeep_model::{Access, Actor, Kind, Record, Via};

/// A request after its session or token was checked; screens are plain functions of it.
pub struct Ask {
    pub app: Arc<App>,
    pub now: Timestamp,
    pub method: Method,
    pub path: String,
    pub(crate) params: Vec<(String, String)>,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) form: Vec<(String, String)>,
    pub headers: HeaderMap,
    pub body: Bytes,
    /// Present on routes for people.
    pub visit: Option<Visit>,
    pub actor: Actor,
}

/// A signed-in person in a browser.
pub struct Visit {
    pub session: Session,
    pub person: Record,
}

/// One part of a multipart form.
pub struct Part {
    pub name: String,
    /// Empty where the part is no file.
    pub file: String,
    pub media_type: String,
    pub bytes: Bytes,
}

static NOBODY: LazyLock<Arc<Access>> = LazyLock::new(Arc::default);

/// Somebody without any right: what every request starts as.
pub fn nobody() -> Actor {
    Actor { person: None, name: "nobody".to_owned(), via: Via::Screen, access: NOBODY.clone() }
}

impl Ask {
    /// A part of the path by its name; empty if the route has none such.
    pub fn param(&self, name: &str) -> &str {
        find(&self.params, name).unwrap_or_default()
    }

    /// A value after the `?`.
    pub fn query(&self, name: &str) -> Option<&str> {
        find(&self.query, name)
    }

    /// A form field.
    pub fn form(&self, name: &str) -> Option<&str> {
        find(&self.form, name)
    }

    pub fn form_fields(&self) -> &[(String, String)] {
        &self.form
    }

    pub fn query_fields(&self) -> &[(String, String)] {
        &self.query
    }

    /// The parts of a multipart form, files included.
    pub fn parts(&self) -> Result<Vec<Part>, Fault> {
        let kind = self.header("content-type").unwrap_or_default();
        let boundary =
            multer::parse_boundary(kind).map_err(|_| Fault::Bad("this is not a multipart form".to_owned()))?;
        let body = self.body.clone();
        let stream = futures_util::stream::once(async move { Ok::<_, std::convert::Infallible>(body) });
        let mut form = multer::Multipart::new(stream, boundary);
        let read = async {
            let mut parts = Vec::new();
            while let Some(field) = form.next_field().await? {
                let name = field.name().unwrap_or_default().to_owned();
                let file = field.file_name().unwrap_or_default().to_owned();
                let media_type = field.content_type().map(ToString::to_string).unwrap_or_default();
                parts.push(Part { name, file, media_type, bytes: field.bytes().await? });
            }
            Ok::<_, multer::Error>(parts)
        };
        // The body is in memory already, so this never waits.
        futures_util::FutureExt::now_or_never(read)
            .ok_or_else(|| Fault::Bad("this form ends too early".to_owned()))?
            .map_err(|error| Fault::Bad(format!("this form is not readable: {error}")))
    }

    /// True if only a part of a page is wanted.
    pub fn wants_fragment(&self) -> bool {
        self.headers.contains_key("hx-request")
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The kind named in the path, if the person may read any of it; otherwise it is missing (RU-73).
    pub fn kind(&self, name: &str) -> Result<&'static Kind, Fault> {
        let kind = self.app.desk.catalog().kind(name).ok_or(Fault::Missing)?;
        let sight = self.actor.access.sees(kind, self.app.desk.catalog().kinds(), self.actor.person);
        if sight == watchkeep_model::Sight::Nothing { Err(Fault::Missing) } else { Ok(kind) }
    }

    /// Whether the person may read anything of a kind; events are kept beside the kinds.
    fn reads(&self, kind: &str) -> bool {
        self.actor.access.may(kind, "read")
    }

    /// The record at `kind` and `id` of the path, `id` being a bare number or `ALR-42`.
    pub fn record(&self, kind: &'static Kind, id: &str) -> Result<Record, Fault> {
        let numbered = || self.app.desk.catalog().number(id).filter(|(named, _)| named.name == kind.name);
        let bare = id.parse().ok().or_else(|| numbered().map(|(_, id)| id)).ok_or(Fault::Missing)?;
        Ok(self.app.desk.store.get(&self.actor, kind, bare)?)
    }

    pub fn csrf(&self) -> &str {
        self.visit.as_ref().map_or("", |visit| visit.session.csrf.as_str())
    }

    /// A whole page in the frame.
    pub fn page(&self, title: &str, active: &str, find: Find<'_>, body: &Markup) -> Markup {
        let roles: Vec<&str> = self.actor.access.assignments.iter().map(|held| held.role.as_str()).collect();
        let scope = roles.first().copied().unwrap_or("no role yet");
        let counts = crate::screens::counts(self);
        let mut kinds: Vec<&str> = NAV
            .iter()
            .flat_map(|section| section.places)
            .map(|place| place.kind)
            .filter(|kind| self.reads(kind))
            .collect();
        kinds.dedup();
        let chrome = Chrome {
            title,
            active,
            kinds: &kinds,
            person: self.visit.as_ref().map(|visit| Person { name: visit.person.title(), scope, href: "/me" }),
            counts: &counts,
            csrf: self.csrf(),
            find,
            ..Chrome::default()
        };
        crate::layout::page(&chrome, body)
    }

    /// A page without rail, for signing in.
    pub fn bare(&self, title: &str, body: &Markup) -> Markup {
        crate::layout::bare(&Chrome { title, csrf: self.csrf(), ..Chrome::default() }, body)
    }
}

fn find<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}
