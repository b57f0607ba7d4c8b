//! The design page with invented answers for its pickers, completions and palette.

use axum::http::{StatusCode, header};
use axum::{Router, middleware, routing::get};
use jiff::Timestamp;
use watchkeep_web::{assets_router, headers, screens::design};

const PEOPLE: &str = r#"[{"value":"1","label":"Vera Lindt","number":"PER-1","hint":"SOC manager"},{"value":"2","label":"Uwe Brandt","number":"PER-2","hint":"tier 3"}]"#;
const PLACES: &str = r##"[{"value":"alerts","label":"Alerts","hint":"g a","icon":"bell","href":"#alerts"},{"value":"design","label":"Design","icon":"eye","href":"/design"}]"##;
const FIELDS: &str = r#"[{"value":"severity","label":"severity","hint":"low to critical"},{"value":"status:","label":"status","hint":"open, closed"}]"#;
const JSON: [(header::HeaderName, &str); 1] = [(header::CONTENT_TYPE, "application/json")];

/// Everything the page asks for.
pub fn app() -> Router {
    Router::new()
        .route("/design", get(|| async { design::design("sample-token", Timestamp::now()) }))
        .route("/pick/{kind}", get(|| async { (JSON, PEOPLE) }))
        .route("/complete/{kind}", get(|| async { (JSON, FIELDS) }))
        .route("/palette", get(|| async { (JSON, PLACES) }))
        .route("/live", get(|| async { ([(header::CONTENT_TYPE, "text/event-stream")], "retry: 600000\n: hello\n\n") }))
        .fallback(|| async { StatusCode::NOT_FOUND })
        .merge(assets_router())
        .layer(middleware::from_fn(headers::secure))
}
