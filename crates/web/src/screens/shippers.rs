//! Taking events in as other systems do, for shippers that speak to those: Splunk's event collector, Elasticsearch,
//! Loki and OTLP. The same tokens, rights and bounds as `/ingest`; an answer of success means durable.

use super::transfer::{UNPACKED, arrival, bad, may_send, source_name, take, unpacked};
use crate::ask::Ask;
use crate::fault::Fault;
use crate::routes::{Route, Who};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use std::borrow::Cow;
use watchkeep_ingest::hec::{About, HecError};
use watchkeep_ingest::{Parcel, bulk, hec, loki, otlp};

/// The version of Elasticsearch whose answers these are; Beats look at it before they send.
const ELASTIC: &str = "8.17.0";
/// Elasticsearch's own clients refuse an answer without it.
const PRODUCT: (HeaderName, &str) = (HeaderName::from_static("x-elastic-product"), "Elasticsearch");

pub fn routes() -> Vec<Route> {
    let splunk = [
        Route::post("/services/collector", Who::Api, hec_events),
        Route::post("/services/collector/event", Who::Api, hec_events),
        Route::post("/services/collector/event/1.0", Who::Api, hec_events),
        Route::post("/services/collector/raw", Who::Api, hec_raw),
        Route::post("/services/collector/raw/1.0", Who::Api, hec_raw),
        Route::get("/services/collector/health", Who::Anyone, hec_health),
        Route::get("/services/collector/health/1.0", Who::Anyone, hec_health),
    ];
    // Shippers post; Elasticsearch's own clients put, and name the index in the path where one is for all.
    let bulk = ["/_bulk", "/ingest/{source}/_bulk", "/ingest/{source}/{index}/_bulk"]
        .into_iter()
        .flat_map(|path| [Route::post, Route::put].map(|by| by(path, Who::Api, elastic_bulk)));
    let elastic = [
        Route::get("/ingest/{source}", Who::Api, elastic_root),
        Route::get("/ingest/{source}/", Who::Api, elastic_root),
        Route::get("/ingest/{source}/_license", Who::Api, elastic_license),
        Route::get("/ingest/{source}/_cluster/health", Who::Api, elastic_health),
    ];
    let others = [Route::post("/loki/api/v1/push", Who::Api, loki_push), Route::post("/v1/logs", Who::Api, otlp_logs)];
    let splunk = splunk.into_iter().map(|route| route.told(hec_fault));
    let elastic = bulk.chain(elastic).map(|route| route.told(elastic_fault));
    splunk.chain(elastic).chain(others).collect()
}

fn hec_events(ask: &Ask) -> Result<Response, Fault> {
    may_send(ask)?;
    let body = unpacked(ask)?;
    hec_answer(ask, hec::events(&body, &about(ask), parcel(ask, &body)))
}

fn hec_raw(ask: &Ask) -> Result<Response, Fault> {
    may_send(ask)?;
    let body = unpacked(ask)?;
    hec_answer(ask, hec::raw(&body, &about(ask), parcel(ask, &body)))
}

fn parcel(ask: &Ask, body: &[u8]) -> Parcel {
    let key = ask.app.desk.ids;
    Parcel::new(key, key.salt(body), arrival(ask))
}

/// What the address says of all events of a request.
fn about(ask: &Ask) -> About<'_> {
    let word = |name: &str| ask.query(name).filter(|word| !word.is_empty()).map(Cow::Borrowed);
    About {
        host: word("host"),
        source: word("source"),
        sourcetype: word("sourcetype"),
        index: word("index"),
        ..About::default()
    }
}

/// Splunk's answers, which shippers look for to know whether to send again.
fn hec_answer(ask: &Ask, read: Result<Parcel, HecError>) -> Result<Response, Fault> {
    let parcel = match read {
        Ok(parcel) => parcel,
        Err(error) => {
            let (code, event) = error.code();
            let mut answer = json!({"text": error.to_string(), "code": code});
            if let (Some(event), Some(object)) = (event, answer.as_object_mut()) {
                object.insert("invalid-event-number".to_owned(), json!(event));
            }
            return Ok((StatusCode::BAD_REQUEST, axum::Json(answer)).into_response());
        }
    };
    take_all(ask, parcel)?;
    Ok(axum::Json(json!({"text": "Success", "code": 0})).into_response())
}

/// A fault as Splunk says it.
fn hec_fault(fault: &Fault) -> Response {
    let (text, code) = match fault {
        Fault::SignIn => ("Invalid token", 4),
        Fault::Busy(_) | Fault::TooMany(_) => ("Server is busy", 9),
        Fault::Broken(_) => ("Internal server error", 8),
        other => return in_json(other, &json!({"text": other.message(), "code": 6})),
    };
    in_json(fault, &json!({"text": text, "code": code}))
}

/// The answer to a fault, with these words.
fn in_json(fault: &Fault, words: &Value) -> Response {
    let mut answer = fault.problem();
    *answer.body_mut() = words.to_string().into();
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    answer
}

fn hec_health(_: &Ask) -> Result<Response, Fault> {
    Ok(axum::Json(json!({"text": "HEC is healthy", "code": 17})).into_response())
}

/// 204 once every line is durable.
fn loki_push(ask: &Ask) -> Result<Response, Fault> {
    may_send(ask)?;
    let parcel = if is_json(ask) {
        let body = unpacked(ask)?;
        loki::json(&body, parcel(ask, &body))
    } else {
        // What snappy packed says so by its media type alone.
        loki::protobuf(&ask.body, UNPACKED, parcel(ask, &ask.body))
    };
    take_all(ask, parcel.map_err(bad)?)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Answered in the encoding of the request, as the protocol asks.
fn otlp_logs(ask: &Ask) -> Result<Response, Fault> {
    may_send(ask)?;
    let body = unpacked(ask)?;
    if is_json(ask) {
        take_all(ask, otlp::json(&body, parcel(ask, &body)).map_err(bad)?)?;
        return Ok(axum::Json(json!({})).into_response());
    }
    take_all(ask, otlp::protobuf(&body, parcel(ask, &body)).map_err(bad)?)?;
    // An ExportLogsServiceResponse that rejects nothing has no bytes.
    Ok(([(header::CONTENT_TYPE, "application/x-protobuf")], "").into_response())
}

fn elastic_bulk(ask: &Ask) -> Result<Response, Fault> {
    may_send(ask)?;
    let body = unpacked(ask)?;
    let source = ask.app.desk.source(if ask.param("source").is_empty() { "bulk" } else { source_name(ask)? });
    let read = bulk::bulk(&source, &body, source.key.salt(&body), arrival(ask)).map_err(bad)?;
    let answer = read.answer(0);
    take(ask, &source.name, read.batch)?;
    Ok(elastic(answer))
}

/// What Beats, Logstash and Elasticsearch's clients ask before they send.
fn elastic_root(ask: &Ask) -> Result<Response, Fault> {
    may_send(ask)?;
    Ok(elastic(json!({
        "name": source_name(ask)?,
        "cluster_name": "watchkeep",
        "cluster_uuid": "watchkeep",
        "version": {
            "number": ELASTIC,
            "build_flavor": "default",
            "build_type": "tar",
            "minimum_wire_compatibility_version": "7.17.0",
            "minimum_index_compatibility_version": "7.0.0",
        },
        "tagline": "You Know, for Search",
    })))
}

fn elastic_license(ask: &Ask) -> Result<Response, Fault> {
    may_send(ask)?;
    Ok(elastic(json!({"license": {"status": "active", "uid": "watchkeep", "type": "basic", "mode": "basic"}})))
}

fn elastic_health(ask: &Ask) -> Result<Response, Fault> {
    may_send(ask)?;
    Ok(elastic(json!({"cluster_name": "watchkeep", "status": "green", "timed_out": false})))
}

/// A fault as Elasticsearch says it: its own clients read no other.
fn elastic_fault(fault: &Fault) -> Response {
    let (kind, why) = (fault.code(), fault.message());
    let cause = json!({"type": kind, "reason": why});
    let words =
        json!({"error": {"root_cause": [cause], "type": kind, "reason": why}, "status": fault.status().as_u16()});
    ([PRODUCT], in_json(fault, &words)).into_response()
}

fn elastic(answer: Value) -> Response {
    ([PRODUCT], axum::Json(answer)).into_response()
}

/// Every batch of a parcel, durable. One that finds no room ends it; sent again, what was kept counts once.
fn take_all(ask: &Ask, parcel: Parcel) -> Result<(), Fault> {
    parcel.into_batches().try_for_each(|(source, batch)| take(ask, &source, batch))
}

fn is_json(ask: &Ask) -> bool {
    ask.header("content-type")
        .is_some_and(|kind| kind.trim_start().to_ascii_lowercase().starts_with("application/json"))
}
