//! The browser's files, carried inside the binary under content-hashed names that may be cached for ever.

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

/// One file for the browser, in both bodies.
#[derive(Debug)]
pub struct Asset {
    /// The name code uses, such as `app.css`.
    pub name: &'static str,
    /// The address under which it is served, such as `/assets/app-0bdcc87e18.css`.
    pub address: &'static str,
    pub mime: &'static str,
    pub body: &'static [u8],
    pub brotli: &'static [u8],
}

include!(concat!(env!("OUT_DIR"), "/asset_table.rs"));

/// The address of an asset by its plain name; the empty string if there is none.
pub fn address(name: &str) -> &'static str {
    ASSETS.iter().find(|asset| asset.name == name).map_or("", |asset| asset.address)
}

/// The bytes of an asset by its plain name; nothing if there is none.
pub fn body(name: &str) -> &'static [u8] {
    ASSETS.iter().find(|asset| asset.name == name).map_or(&[], |asset| asset.body)
}

/// Serves every asset under `/assets/`, compressed when the browser can read it.
pub fn assets_router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/assets/{file}", get(serve))
}

async fn serve(Path(file): Path<String>, asked: HeaderMap) -> Response {
    let Some(asset) = ASSETS.iter().find(|asset| asset.address.strip_prefix("/assets/") == Some(file.as_str())) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let base = [
        (header::CONTENT_TYPE, asset.mime),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (header::VARY, "accept-encoding"),
    ];
    if reads_brotli(&asked) {
        return (base, [(header::CONTENT_ENCODING, "br")], asset.brotli).into_response();
    }
    (base, asset.body).into_response()
}

fn reads_brotli(asked: &HeaderMap) -> bool {
    let accepted = asked.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or("");
    accepted.split(',').any(|coding| {
        let (name, quality) = coding.split_once(';').unwrap_or((coding, ""));
        name.trim() == "br" && !matches!(quality.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000")
    })
}
