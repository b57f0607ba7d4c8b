//! Network logs: Zeek, Suricata, and what has no product: web servers, proxies, doors and alarms.

use super::{Classes, Fields, lower};
use std::borrow::Cow;

/// Exporters write Zeek's dotted names with an underscore.
const ZEEK: &[(&str, &str)] =
    &[("id_orig_h", "id.orig_h"), ("id_orig_p", "id.orig_p"), ("id_resp_h", "id.resp_h"), ("id_resp_p", "id.resp_p")];
/// A Zeek name look-up in the words of the `dns` rules.
const ZEEK_DNS: &[(&str, &str)] = &[("qtype_name", "record_type"), ("answers", "answer")];

/// A request that Zeek saw, in the words of the `proxy` rules.
const ZEEK_HTTP: &[(&str, &str)] = &[
    ("uri", "c-uri"),
    ("user_agent", "c-useragent"),
    ("method", "cs-method"),
    ("host", "cs-host"),
    ("status_code", "sc-status"),
    ("referrer", "cs-referrer"),
];

/// Suricata's fields in the words of the rules about networks.
const SURICATA: &[(&str, &str)] = &[("dest_ip", "dst_ip"), ("dest_port", "dst_port")];
const SURICATA_DNS: &[(&str, &str)] =
    &[("dns.rrname", "query"), ("dns.rrtype", "record_type"), ("dns.answers.rdata", "answer")];
const SURICATA_HTTP: &[(&str, &str)] = &[
    ("http.url", "c-uri"),
    ("http.http_user_agent", "c-useragent"),
    ("http.http_method", "cs-method"),
    ("http.hostname", "cs-host"),
    ("http.status", "sc-status"),
    ("http.http_refer", "cs-referrer"),
];

/// A proxy's W3C names in the words of the `proxy` rules.
const W3C_PROXY: &[(&str, &str)] = &[
    ("cs-user-agent", "c-useragent"),
    ("cs-uri", "c-uri"),
    ("cs-uri-query", "c-uri-query"),
    ("cs-uri-extension", "c-uri-extension"),
    ("cs-referer", "cs-referrer"),
];
/// Fields that only proxies write.
const PROXY_SIGNS: &[&str] = &["s-action", "sc-filter-result", "cs-categories", "cs-uri-scheme"];

/// Events that a single pair of fields gives away: both present, then product and category.
const PAIRS: &[(&str, &str, Option<&str>, &str)] = &[
    ("cs-uri-query", "sc-status", None, "webserver"),
    ("cs-uri-stem", "sc-status", None, "webserver"),
    ("c-uri", "sc-status", None, "proxy"),
    ("c-uri", "c-useragent", None, "proxy"),
    ("door", "result", Some("physical"), "door"),
    ("alarm", "zone", Some("physical"), "alarm"),
];

/// Names of the fields that events are asked for.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    let pairs = PAIRS.iter().flat_map(|(one, other, _, _)| [*one, *other]);
    ["@stream", "_path", "uid", "@proc", "ts", "event_type", "cs-host"].into_iter().chain(pairs)
}

/// Whether the event is from Zeek, Suricata, a proxy or one of the pairs; says which.
pub(super) fn read<'e>(event: &impl Fields<'e>, found: &mut Classes<'e>) -> bool {
    zeek(event, found) || suricata(event, found) || proxy(event, found) || pair(event, found)
}

/// Suricata's EVE: each event type is a service.
fn suricata<'e>(event: &impl Fields<'e>, found: &mut Classes<'e>) -> bool {
    let kind =
        event.field("event_type").filter(|_| event.field("src_ip").is_some() || event.field("flow_id").is_some());
    let Some(kind) = kind.filter(|_| event.field("timestamp").is_some()) else {
        return false;
    };
    found.is("suricata", &[], &[]);
    found.services.push(lower(kind));
    found.rename(event, SURICATA);
    let (category, names) = match kind {
        "dns" => ("dns", SURICATA_DNS),
        "http" => ("proxy", SURICATA_HTTP),
        _ => return true,
    };
    found.categories.push(Cow::Borrowed(category));
    found.rename(event, names);
    true
}

/// A proxy that writes W3C logs.
fn proxy<'e>(event: &impl Fields<'e>, found: &mut Classes<'e>) -> bool {
    if event.field("cs-host").is_none() || !PROXY_SIGNS.iter().any(|sign| event.field(sign).is_some()) {
        return false;
    }
    found.categories.push(Cow::Borrowed("proxy"));
    found.rename(event, W3C_PROXY);
    if let (Some(scheme), Some(host)) = (event.field("cs-uri-scheme"), event.field("cs-host")) {
        let path = event.field("cs-uri-path").or_else(|| event.field("cs-uri-stem")).unwrap_or_default();
        let query = event.field("cs-uri-query").unwrap_or_default();
        let mark = if query.is_empty() || query.starts_with('?') { "" } else { "?" };
        found.alias(event, "c-uri", format!("{scheme}://{host}{path}{mark}{query}"));
    }
    true
}

fn zeek<'e>(event: &impl Fields<'e>, found: &mut Classes<'e>) -> bool {
    let stream = ["@stream", "_path"].iter().find_map(|name| event.field(name));
    let told = event.field("uid").is_some() || event.field("@proc") == Some("zeek") || event.field("ts").is_some();
    let Some(stream) = stream.filter(|_| told) else {
        return false;
    };
    found.is("zeek", &[], &[]);
    found.services.push(lower(stream));
    found.rename(event, ZEEK);
    if stream == "dns" {
        found.categories.push(Cow::Borrowed("dns"));
        found.rename(event, ZEEK_DNS);
    }
    if stream == "http" {
        found.categories.push(Cow::Borrowed("proxy"));
        found.rename(event, ZEEK_HTTP);
    }
    true
}

fn pair<'e>(event: &impl Fields<'e>, found: &mut Classes<'e>) -> bool {
    let hit = PAIRS.iter().find(|(one, other, _, _)| event.field(one).is_some() && event.field(other).is_some());
    let Some((_, _, product, category)) = hit else {
        return false;
    };
    found.product = product.map(Cow::Borrowed);
    found.categories.push(Cow::Borrowed(category));
    true
}
