//! What every page and asset must hold to: the strict policy, known icons, both bodies.

#[path = "../examples/design/app.rs"]
mod app;

use axum::body::Body;
use axum::http::{Request, Response, StatusCode, header};
use http_body_util::BodyExt;
use tower::ServiceExt;
use watchkeep_web::assets;

async fn get(path: &str, accepts: &str) -> Response<Body> {
    let request = Request::get(path).header(header::ACCEPT_ENCODING, accepts).body(Body::empty()).expect("a request");
    app::app().oneshot(request).await.expect("an answer")
}

async fn text(answer: Response<Body>) -> String {
    let bytes = answer.into_body().collect().await.expect("a body").to_bytes();
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

#[tokio::test]
async fn assets_come_in_both_bodies_and_may_be_kept_for_ever() {
    for asset in assets::ASSETS {
        let plain = get(asset.address, "gzip, br;q=0").await;
        assert_eq!(plain.headers().get(header::CONTENT_ENCODING), None, "{}", asset.name);
        assert_eq!(plain.into_body().collect().await.expect("a body").to_bytes(), asset.body);
        let packed = get(asset.address, "gzip, br").await;
        assert_eq!(packed.headers()[header::CONTENT_ENCODING], "br", "{}", asset.name);
        assert!(packed.headers()[header::CACHE_CONTROL].to_str().expect("text").contains("immutable"));
        assert_eq!(packed.headers()[header::CONTENT_TYPE], asset.mime);
    }
    assert_eq!(get("/assets/app.css", "").await.status(), StatusCode::NOT_FOUND);
    assert_eq!(get("/assets/..%2fCargo.toml", "").await.status(), StatusCode::NOT_FOUND);
}

#[test]
fn the_first_load_stays_small() {
    let total: usize = assets::ASSETS.iter().map(|asset| asset.brotli.len()).sum();
    assert!(total <= 40_000, "{total} bytes of brotli; 40 000 at most");
}

#[tokio::test]
async fn no_page_carries_inline_code_or_styles_or_evaluated_attributes() {
    let page = text(get("/design", "").await).await;
    for forbidden in [" style=", "<style", "hx-on", "js:", "javascript:", " onclick=", "hx-vals=\"js"] {
        assert!(!page.contains(forbidden), "the page contains `{forbidden}`");
    }
    for script in page.split("<script").skip(1) {
        assert!(
            script.starts_with(" src=\"/assets/") || script.starts_with(" type=\"module\" src=\"/assets/"),
            "inline script: {}",
            &script[..40]
        );
    }
}

#[tokio::test]
async fn every_icon_on_the_page_is_in_the_sprite() {
    let page = text(get("/design", "").await).await;
    let sprite = text(get(assets::address("icons.svg"), "").await).await;
    let prefix = format!("href=\"{}#", assets::address("icons.svg"));
    let names: Vec<&str> = page.split(prefix.as_str()).skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(names.len() > 30, "{} icons found", names.len());
    for name in names {
        assert!(sprite.contains(&format!("<symbol id=\"{name}\"")), "icon `{name}` is not in web/icons.json");
    }
}

#[tokio::test]
async fn every_answer_carries_the_policy() {
    for path in ["/design", "/nowhere", assets::address("app.js")] {
        let answer = get(path, "").await;
        let policy = answer.headers()[header::CONTENT_SECURITY_POLICY].to_str().expect("text");
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(answer.headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    }
}
