//! Appliances: firewalls, proxies, web shields and virus scanners that write CEF, LEEF or Fortinet's pairs.

use super::{Classes, Fields, lower};
use std::borrow::Cow;

/// What a product does, by the start of its vendor's name and of its own, in lower case; first match wins.
const PRODUCTS: &[(&str, &str, Option<&str>, &str)] = &[
    ("palo alto", "pan-os", Some("paloalto"), "firewall"),
    ("palo alto", "", Some("paloalto"), "appliance"),
    ("fortinet", "fortigate", Some("fortigate"), "firewall"),
    ("fortinet", "fortiweb", None, "webserver"),
    ("fortinet", "fortiproxy", None, "proxy"),
    ("check point", "url filtering", None, "proxy"),
    ("check point", "", None, "firewall"),
    ("cisco", "wsa", Some("cisco"), "proxy"),
    ("cisco", "", Some("cisco"), "firewall"),
    ("juniper", "", Some("juniper"), "firewall"),
    ("sonicwall", "", None, "firewall"),
    ("sophos", "", None, "firewall"),
    ("watchguard", "", None, "firewall"),
    ("barracuda", "waf", None, "webserver"),
    ("barracuda", "", None, "firewall"),
    ("stormshield", "", None, "firewall"),
    ("zscaler", "nssfwlog", None, "firewall"),
    ("zscaler", "", None, "proxy"),
    ("blue coat", "", None, "proxy"),
    ("bluecoat", "", None, "proxy"),
    ("symantec", "proxysg", None, "proxy"),
    ("symantec", "endpoint", None, "antivirus"),
    ("forcepoint", "", None, "proxy"),
    ("websense", "", None, "proxy"),
    ("mcafee", "web gateway", None, "proxy"),
    ("mcafee", "", None, "antivirus"),
    ("trend micro", "", None, "antivirus"),
    ("kaspersky", "", None, "antivirus"),
    ("eset", "", None, "antivirus"),
    ("f5", "", None, "webserver"),
    ("imperva", "", None, "webserver"),
    ("incapsula", "", None, "webserver"),
];

/// Connections in the words of the `firewall` rules.
const FIREWALL: &[(&str, &str)] = &[
    ("src", "src_ip"),
    ("dst", "dst_ip"),
    ("spt", "src_port"),
    ("dpt", "dst_port"),
    ("srcPort", "src_port"),
    ("dstPort", "dst_port"),
    ("act", "action"),
    ("srcip", "src_ip"),
    ("dstip", "dst_ip"),
    ("srcport", "src_port"),
    ("dstport", "dst_port"),
];
/// Requests in the words of the `proxy` rules.
const PROXY: &[(&str, &str)] = &[
    ("request", "c-uri"),
    ("url", "c-uri"),
    ("requestMethod", "cs-method"),
    ("httpmethod", "cs-method"),
    ("requestClientApplication", "c-useragent"),
    ("agent", "c-useragent"),
    ("requestContext", "cs-referrer"),
    ("dhost", "cs-host"),
    ("hostname", "cs-host"),
    ("src", "c-ip"),
    ("srcip", "c-ip"),
    ("suser", "cs-username"),
    ("user", "cs-username"),
];
/// Requests to an own web server, seen by the shield before it.
const WEBSERVER: &[(&str, &str)] = &[
    ("request", "cs-uri-query"),
    ("requestMethod", "cs-method"),
    ("requestClientApplication", "cs-user-agent"),
    ("requestContext", "cs-referer"),
    ("src", "c-ip"),
];
/// A virus found, in the words of the `antivirus` rules.
const ANTIVIRUS: &[(&str, &str)] =
    &[("virusname", "Signature"), ("name", "Signature"), ("filePath", "Filename"), ("fname", "Filename")];

/// Names of the fields that events are asked for.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    ["deviceVendor", "deviceProduct", "devid", "logid"].into_iter()
}

/// Whether the event is from an appliance; says which.
pub(super) fn read<'e>(event: &impl Fields<'e>, found: &mut Classes<'e>) -> bool {
    headed(event, found) || fortinet(event, found)
}

/// An event with a header of CEF or LEEF. One of a product that is not listed is still known by its name.
fn headed<'e>(event: &impl Fields<'e>, found: &mut Classes<'e>) -> bool {
    let (Some(vendor), Some(product)) = (event.field("deviceVendor"), event.field("deviceProduct")) else {
        return false;
    };
    let (vendor, product) = (lower(vendor), lower(product));
    let known = PRODUCTS.iter().find(|(v, p, _, _)| vendor.starts_with(v) && product.starts_with(p));
    let Some((_, _, name, category)) = known else {
        found.product = Some(product);
        return true;
    };
    found.product = name.map(Cow::Borrowed);
    if product.contains("globalprotect") || event.field("name") == Some("GLOBALPROTECT") {
        found.categories.push(Cow::Borrowed("appliance"));
        found.services.push(Cow::Borrowed("globalprotect"));
        return true;
    }
    // A firewall that looked into a request is a proxy as well.
    let looked = *category == "firewall" && event.field("request").is_some();
    for category in [Some(*category), looked.then_some("proxy")].into_iter().flatten() {
        found.categories.push(Cow::Borrowed(category));
        found.rename(event, words(category));
    }
    true
}

/// A FortiGate's own pairs: `devid=FG… logid=… type=traffic subtype=forward`.
fn fortinet<'e>(event: &impl Fields<'e>, found: &mut Classes<'e>) -> bool {
    let (Some(_), Some(_), Some(kind)) = (event.field("devid"), event.field("logid"), event.field("type")) else {
        return false;
    };
    found.is("fortigate", &[], &[]);
    found.services.push(lower(kind));
    let category = match (kind, event.field("subtype")) {
        ("traffic", _) => "firewall",
        ("utm", Some("webfilter")) => "proxy",
        ("utm", Some("virus")) => "antivirus",
        _ => return true,
    };
    found.categories.push(Cow::Borrowed(category));
    found.rename(event, words(category));
    true
}

fn words(category: &str) -> &'static [(&'static str, &'static str)] {
    match category {
        "firewall" => FIREWALL,
        "proxy" => PROXY,
        "webserver" => WEBSERVER,
        "antivirus" => ANTIVIRUS,
        _ => &[],
    }
}
