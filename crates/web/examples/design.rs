//! Serves the design page alone: `cargo run -p watchkeep-web --example design -- 127.0.0.1:7070`.

use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::{Router, middleware, routing::get};
use jiff::Timestamp;
use watchkeep_web::{assets_router, headers, screens::design};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address = std::env::args().nth(1).unwrap_or_else(|| String::from("127.0.0.1:7070"));
    let options = r#"[{"value":"1","label":"Vera Lindt","number":"PER-1","hint":"SOC manager"},{"value":"2","label":"Uwe Brandt","number":"PER-2","hint":"tier 3"}]"#;
    let places = r##"[{"value":"alerts","label":"Alerts","hint":"g a","icon":"bell","href":"#alerts"},{"value":"design","label":"Design","icon":"eye","href":"/design"}]"##;
    let fields = r#"[{"value":"severity","label":"severity","hint":"low to critical"},{"value":"status:","label":"status","hint":"open, closed"}]"#;
    let app = Router::new()
        .route("/design", get(|| async { design::design("sample-token", Timestamp::now()) }))
        .route("/pick/{kind}", get(move || async move { ([(header::CONTENT_TYPE, "application/json")], options) }))
        .route("/complete/{kind}", get(move || async move { ([(header::CONTENT_TYPE, "application/json")], fields) }))
        .route("/palette", get(move || async move { ([(header::CONTENT_TYPE, "application/json")], places) }))
        .route("/live", get(|| async { ([(header::CONTENT_TYPE, "text/event-stream")], "retry: 600000\n: hello\n\n").into_response() }))
        .fallback(|| async { StatusCode::NOT_FOUND })
        .merge(assets_router())
        .layer(middleware::from_fn(headers::secure));
    let listener = tokio::net::TcpListener::bind(&address).await?;
    println!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, app).await?;
    Ok(())
}
