//! Lists of what is known to be harmless (MISP's warninglists): what stands on one raises no alarm.

use crate::class::Class;
use crate::read::json;
use crate::value::{self, Value};
use aho_corasick::AhoCorasick;
use regex::RegexSet;
use std::collections::HashSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

/// How the entries of a benign list are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fits {
    /// Addresses and nets.
    Cidr,
    /// A name or any of its children.
    Hostname,
    /// The whole text.
    String,
    /// Anywhere in the text.
    Substring,
    Regex,
}

/// One list of harmless things.
pub struct BenignList {
    pub name: Arc<str>,
    pub fits: Fits,
    /// Entries of the source.
    pub entries: usize,
    /// Place and reason of those that cannot be used.
    pub broken: Vec<(usize, String)>,
    /// Classes of values it is for; all where there is none.
    classes: Option<Vec<Class>>,
    exact: HashSet<Box<str>>,
    /// Address bits and prefix length.
    nets: HashSet<(u128, u8)>,
    prefixes: Vec<u8>,
    parts: Option<AhoCorasick>,
    patterns: Option<RegexSet>,
}

/// All benign lists in force.
#[derive(Default)]
pub struct Benign(pub Vec<Arc<BenignList>>);

impl Benign {
    /// The name of a list that holds a value.
    pub fn holds(&self, value: &Value) -> Option<&Arc<str>> {
        self.0.iter().find(|list| list.holds(value)).map(|list| &list.name)
    }
}

impl BenignList {
    /// Reads a warninglist of MISP: `type`, `list`, `name`, `matching_attributes`.
    ///
    /// # Errors
    /// No such list, or a way of comparing that is not known.
    pub fn misp(source: &[u8]) -> Result<Self, String> {
        #[derive(serde::Deserialize)]
        struct List {
            #[serde(default)]
            name: String,
            #[serde(rename = "type")]
            fits: String,
            #[serde(default)]
            matching_attributes: Vec<String>,
        }
        let list: List = serde_json::from_slice(source)
            .map_err(|error| format!("it is no warninglist with `type` and `list`: {error}"))?;
        let fits = match list.fits.as_str() {
            "cidr" => Fits::Cidr,
            "hostname" => Fits::Hostname,
            "string" => Fits::String,
            "substring" => Fits::Substring,
            "regex" => Fits::Regex,
            other => {
                return Err(format!("`{other}` is no way to compare; use cidr, hostname, string, substring or regex"));
            }
        };
        let items = json::member(source, "list").map(json::items).into_iter().flatten();
        let entries: Vec<Result<String, String>> =
            items.map(|item| serde_json::from_slice(item).map_err(|error| format!("it is no text: {error}"))).collect();
        let named = list.matching_attributes.iter().flat_map(|attribute| classes_of(attribute)).copied();
        let classes = (!list.matching_attributes.is_empty()).then(|| named.collect());
        Ok(Self::new(&list.name, fits, classes, entries))
    }

    /// Reads a plain list, one entry a line: nets and addresses, or names with their children.
    pub fn plain(name: &str, source: &[u8]) -> Self {
        let text = String::from_utf8_lossy(source);
        let lines: Vec<&str> =
            text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
        let net = |line: &&str| Value::read(crate::Said::Address, line).is_ok();
        let fits = if lines.first().is_some_and(net) { Fits::Cidr } else { Fits::Hostname };
        Self::new(name, fits, None, lines.into_iter().map(|line| Ok(line.to_owned())).collect())
    }

    /// A list for values of some classes, all where none is named.
    pub fn new(name: &str, fits: Fits, classes: Option<Vec<Class>>, entries: Vec<Result<String, String>>) -> Self {
        let mut list = Self {
            name: name.into(),
            fits,
            entries: entries.len(),
            broken: Vec::new(),
            classes,
            exact: HashSet::new(),
            nets: HashSet::new(),
            prefixes: Vec::new(),
            parts: None,
            patterns: None,
        };
        let mut texts = Vec::new();
        for (at, entry) in entries.into_iter().enumerate() {
            match entry.and_then(|text| list.take(text)) {
                Ok(text) => texts.extend(text),
                Err(reason) => list.broken.push((at + 1, reason)),
            }
        }
        list.prefixes.sort_unstable_by(|one, other| other.cmp(one));
        match fits {
            Fits::Substring => list.parts = AhoCorasick::new(&texts).ok(),
            Fits::Regex => list.patterns = RegexSet::new(&texts).ok(),
            _ => {}
        }
        list
    }

    /// Takes an entry in; gives back what is compared all together.
    fn take(&mut self, text: String) -> Result<Option<String>, String> {
        let small = text.trim().to_lowercase();
        match self.fits {
            Fits::Cidr => {
                let (bits, prefix) = net(&small).ok_or_else(|| format!("`{text}` is no address or net"))?;
                self.nets.insert((bits, prefix));
                if !self.prefixes.contains(&prefix) {
                    self.prefixes.push(prefix);
                }
                Ok(None)
            }
            Fits::Hostname => {
                let bare = small.trim_start_matches('.');
                let place = value::url(bare).ok().filter(|_| bare.contains('/'));
                self.exact.insert(place.unwrap_or_else(|| bare.trim_end_matches('.').to_owned()).into());
                Ok(None)
            }
            Fits::String => {
                self.exact.insert(small.into());
                Ok(None)
            }
            Fits::Substring => Ok(Some(small)),
            Fits::Regex => {
                let pattern = text.trim();
                // MISP writes the pattern between slashes with flags behind it.
                let bare =
                    pattern.strip_prefix('/').and_then(|rest| rest.rsplit_once('/')).map_or(pattern, |(bare, _)| bare);
                let pattern = format!("(?i){bare}");
                regex::Regex::new(&pattern).map_err(|error| format!("`{text}` is no regular expression: {error}"))?;
                Ok(Some(pattern))
            }
        }
    }

    /// Whether a value stands on the list.
    pub fn holds(&self, value: &Value) -> bool {
        if self.classes.as_ref().is_some_and(|classes| !classes.contains(&value.class())) {
            return false;
        }
        if self.fits == Fits::Cidr {
            return address(value).is_some_and(|(bits, length)| self.holds_net(bits, length));
        }
        let text = value.to_string().to_lowercase();
        match self.fits {
            Fits::Cidr => false,
            Fits::String => self.exact.contains(&*text),
            Fits::Hostname => {
                self.exact.contains(&*text) || host(value.class(), &text).is_some_and(|host| self.holds_name(host))
            }
            Fits::Substring => self.parts.as_ref().is_some_and(|parts| parts.is_match(&text)),
            Fits::Regex => self.patterns.as_ref().is_some_and(|patterns| patterns.is_match(&text)),
        }
    }

    /// All of the net lies in one of the list.
    fn holds_net(&self, bits: u128, length: u8) -> bool {
        self.prefixes
            .iter()
            .filter(|prefix| **prefix <= length)
            .any(|prefix| self.nets.contains(&(masked(bits, *prefix), *prefix)))
    }

    fn holds_name(&self, host: &str) -> bool {
        let mut rest = Some(host);
        std::iter::from_fn(|| {
            let name = rest?;
            rest = name.split_once('.').map(|(_, parent)| parent);
            Some(name)
        })
        .any(|name| self.exact.contains(name))
    }
}

fn masked(bits: u128, prefix: u8) -> u128 {
    bits & u128::MAX.checked_shl(128 - u32::from(prefix)).unwrap_or(0)
}

/// An address or net as bits of IPv6; IPv4 lies in its mapped net.
fn net(text: &str) -> Option<(u128, u8)> {
    let (host, prefix) = text.split_once('/').map_or((text, None), |(host, prefix)| (host, Some(prefix)));
    let prefix = prefix.map(|prefix| prefix.parse::<u8>().ok());
    let (bits, base) = match host.parse().ok()? {
        IpAddr::V4(four) => (four.to_ipv6_mapped().to_bits(), 96),
        IpAddr::V6(six) => (six.to_bits(), 0),
    };
    let length = prefix.map_or(Some(128 - base), |prefix| prefix)?;
    let length = length.checked_add(base).filter(|length| *length <= 128)?;
    Some((masked(bits, length), length))
}

fn address(value: &Value) -> Option<(u128, u8)> {
    match (value.class(), value.bytes()) {
        (Class::Ipv4, [a, b, c, d, prefix]) => {
            Some((Ipv4Addr::new(*a, *b, *c, *d).to_ipv6_mapped().to_bits(), 96 + prefix))
        }
        (Class::Ipv6, bytes) => {
            let (sixteen, rest) = bytes.split_first_chunk::<16>()?;
            Some((Ipv6Addr::from(*sixteen).to_bits(), *rest.first()?))
        }
        // A URL of an address.
        _ => None,
    }
}

/// The name that a value is or lies at.
fn host(class: Class, text: &str) -> Option<&str> {
    match class {
        Class::Domain => Some(text),
        Class::Email => text.rsplit_once('@').map(|(_, host)| host),
        Class::Url => {
            let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
            rest.split(['/', ':', '?']).next()
        }
        _ => None,
    }
}

/// Classes behind an attribute type of MISP.
fn classes_of(attribute: &str) -> &'static [Class] {
    match attribute {
        "ip-src" | "ip-dst" | "ip-src|port" | "ip-dst|port" | "ip" => &[Class::Ipv4, Class::Ipv6],
        "domain" | "hostname" | "hostname|port" => &[Class::Domain],
        "domain|ip" => &[Class::Domain, Class::Ipv4, Class::Ipv6],
        "url" | "uri" | "link" => &[Class::Url],
        "email" | "email-src" | "email-dst" | "whois-registrant-email" | "dns-soa-email" => &[Class::Email],
        "md5" | "filename|md5" => &[Class::Md5],
        "sha1" | "filename|sha1" => &[Class::Sha1],
        "sha256" | "filename|sha256" => &[Class::Sha256],
        "filename" => &[Class::File],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Said;

    fn holds(list: &BenignList, said: Said, text: &str) -> bool {
        list.holds(&Value::read(said, text).expect("a value"))
    }

    fn list(fits: &str, attributes: &str, entries: &str) -> BenignList {
        let text =
            format!(r#"{{"name": "n", "type": "{fits}", "matching_attributes": [{attributes}], "list": [{entries}]}}"#);
        BenignList::misp(text.as_bytes()).expect("a list")
    }

    #[test]
    fn each_way_of_comparing_holds_what_it_says() {
        let nets = list("cidr", r#""ip-src""#, r#""10.0.0.0/8", "FE80::/10", "nonsense", "1.2.3.4""#);
        assert!(holds(&nets, Said::Address, "10.200.1.1") && holds(&nets, Said::Address, "10.1.0.0/16"));
        assert!(holds(&nets, Said::Address, "fe80::1") && holds(&nets, Said::Address, "1.2.3.4"));
        assert!(!holds(&nets, Said::Address, "8.0.0.0/7") && !holds(&nets, Said::Address, "1.2.3.5"));
        assert_eq!((nets.entries, nets.broken.len(), nets.broken[0].0), (4, 1, 3));
        let names = list("hostname", r#""domain", "url""#, r#"".Bank.example", "short.example/""#);
        assert!(holds(&names, Said::Domain, "www.bank.example") && holds(&names, Said::Url, "http://bank.example/x"));
        assert!(!holds(&names, Said::Domain, "notbank.example") && !holds(&names, Said::Email, "a@bank.example"));
        let texts = list("string", "", r#""d41d8cd98f00b204e9800998ecf8427e""#);
        assert!(holds(&texts, Said::Hash, "D41D8CD98F00B204E9800998ECF8427E"));
        let parts = list("substring", r#""email-src""#, r#""0-mail.example""#);
        assert!(holds(&parts, Said::Email, "me@x.0-mail.example") && !holds(&parts, Said::Domain, "0-mail.example"));
        let patterns = list("regex", "", r#""/^ms\\d+\\.example$/i", "(""#);
        assert!(holds(&patterns, Said::Domain, "MS12.example") && !holds(&patterns, Said::Domain, "ms.example"));
        assert_eq!(patterns.broken.len(), 1);
    }

    #[test]
    fn a_strange_list_is_refused_with_the_way_out() {
        assert!(BenignList::misp(b"[]").is_err());
        let strange = BenignList::misp(br#"{"type": "fuzzy", "list": []}"#).err().expect("refused");
        assert!(strange.contains("cidr, hostname"), "{strange}");
    }
}
