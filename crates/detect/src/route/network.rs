//! Network logs without a product: Zeek, web servers, proxies, firewalls, doors and alarms.

use super::{Classes, Fields, lower};
use std::borrow::Cow;

/// Exporters write Zeek's dotted names with an underscore.
const ZEEK: &[(&str, &str)] =
    &[("id_orig_h", "id.orig_h"), ("id_orig_p", "id.orig_p"), ("id_resp_h", "id.resp_h"), ("id_resp_p", "id.resp_p")];
/// A Zeek name look-up in the words of the `dns` rules.
const ZEEK_DNS: &[(&str, &str)] = &[("qtype_name", "record_type"), ("answers", "answer")];

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
    ["@stream", "_path", "uid", "@proc", "ts"].into_iter().chain(pairs)
}

/// Whether the event is from Zeek or one of the pairs; says which.
pub(super) fn read<'e>(event: &impl Fields<'e>, found: &mut Classes<'e>) -> bool {
    zeek(event, found) || pair(event, found)
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
