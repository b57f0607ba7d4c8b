//! One value in its normal form: however it was written, the same thing has the same bytes.

use crate::class::{Class, Said};
use crate::fang::refang;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A class and the bytes of the normal form: address and prefix length, digest, or folded text.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Value {
    class: Class,
    bytes: Box<[u8]>,
}

/// Why a text is no value that could be looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused(pub String);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn refuse<T>(reason: impl Into<String>) -> Result<T, Refused> {
    Err(Refused(reason.into()))
}

impl Value {
    /// Reads a text of which its source says what it is; defanged text is made whole.
    ///
    /// # Errors
    /// What is not of that class, or is too wide or too short to tell of anything.
    pub fn read(said: Said, text: &str) -> Result<Self, Refused> {
        let whole = refang(text.trim());
        let text = whole.trim().trim_matches(['"', '\'', '`']);
        match said {
            Said::Nothing => Self::guess(text),
            Said::Address => address(text),
            Said::Domain => match domain(text) {
                Ok(name) => Ok(Self::text(Class::Domain, &name)),
                // Lists of hosts hold addresses too.
                Err(reason) => address(text).or(Err(reason)),
            },
            Said::Url => url(text).map(|url| Self::text(Class::Url, &url)),
            Said::Hash => hash(text),
            Said::Email => email(text).map(|email| Self::text(Class::Email, &email)),
            Said::File => file(text).map(|path| Self::text(Class::File, &path)),
        }
    }

    fn guess(text: &str) -> Result<Self, Refused> {
        if text.contains("://") {
            return url(text).map(|url| Self::text(Class::Url, &url));
        }
        if text.contains('@') {
            return email(text).map(|email| Self::text(Class::Email, &email));
        }
        let digest = text.len() >= 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if digest {
            return hash(text);
        }
        if let Ok(found) = address(text) {
            return Ok(found);
        }
        if text.contains('\\') || text.starts_with('/') || text.starts_with('%') {
            return file(text).map(|path| Self::text(Class::File, &path));
        }
        if text.contains('/') {
            return url(text).map(|url| Self::text(Class::Url, &url));
        }
        domain(text).map(|name| Self::text(Class::Domain, &name))
    }

    pub(crate) fn new(class: Class, bytes: &[u8]) -> Self {
        Self { class, bytes: bytes.into() }
    }

    fn text(class: Class, text: &str) -> Self {
        Self::new(class, text.as_bytes())
    }

    /// One address.
    pub fn address(address: IpAddr) -> Self {
        Self::net(address, 128)
    }

    /// A net; bits beyond the prefix do not count, and a prefix that is too long is the address alone.
    pub(crate) fn net(address: IpAddr, prefix: u8) -> Self {
        match address.to_canonical() {
            IpAddr::V4(four) => {
                // A net of mapped addresses has the prefix of IPv6.
                let prefix = if address.is_ipv6() { prefix.saturating_sub(96) } else { prefix.min(32) };
                Self::new(Class::Ipv4, &four_bytes(four, prefix))
            }
            IpAddr::V6(six) => Self::new(Class::Ipv6, &six_bytes(six, prefix.min(128))),
        }
    }

    pub fn class(&self) -> Class {
        self.class
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// The four bytes under a prefix, and the prefix.
pub(crate) fn four_bytes(address: Ipv4Addr, prefix: u8) -> [u8; 5] {
    let mask = u32::MAX.checked_shl(32 - u32::from(prefix.min(32))).unwrap_or(0);
    let [a, b, c, d] = (address.to_bits() & mask).to_be_bytes();
    [a, b, c, d, prefix.min(32)]
}

/// The sixteen bytes under a prefix, and the prefix.
pub(crate) fn six_bytes(address: Ipv6Addr, prefix: u8) -> [u8; 17] {
    let mask = u128::MAX.checked_shl(128 - u32::from(prefix.min(128))).unwrap_or(0);
    let mut bytes = [0; 17];
    bytes[..16].copy_from_slice(&(address.to_bits() & mask).to_be_bytes());
    bytes[16] = prefix.min(128);
    bytes
}

fn address(text: &str) -> Result<Value, Refused> {
    let (host, prefix) = match text.rsplit_once('/') {
        Some((host, prefix)) => match prefix.trim().parse::<u8>() {
            Ok(prefix) => (host, Some(prefix)),
            Err(_) => return refuse(format!("`{prefix}` is no prefix length; write a net as 192.0.2.0/24")),
        },
        None => (text, None),
    };
    let bare = host.trim_start_matches('[').split(']').next().unwrap_or(host);
    let read = |text: &str| text.parse::<IpAddr>().ok();
    // With a port: 192.0.2.1:443.
    let ported = || host.rsplit_once(':').filter(|(_, port)| port.parse::<u16>().is_ok()).and_then(|(ip, _)| read(ip));
    let Some(found) = read(bare).or_else(ported) else {
        return refuse("it is no IP address; write 192.0.2.1, 2001:db8::1 or 192.0.2.0/24");
    };
    let most = if found.is_ipv4() { 32 } else { 128 };
    match prefix {
        Some(prefix) if prefix > most => refuse(format!("the prefix /{prefix} is longer than /{most}")),
        Some(0) => refuse("a net of /0 holds every address"),
        Some(prefix) => Ok(Value::net(found, prefix)),
        None => Ok(Value::net(found, most)),
    }
}

/// A name in small ASCII letters without the dot at its end; `*.` before it says nothing more, as parents match.
pub(crate) fn domain(text: &str) -> Result<String, Refused> {
    let bare = text.trim().trim_end_matches('.').trim_start_matches("*.").trim_start_matches('.');
    let name = if bare.is_ascii() {
        bare.to_ascii_lowercase()
    } else {
        idna::domain_to_ascii(bare).or_else(|_| refuse("the name cannot be written in ASCII (IDN)"))?
    };
    let fine = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if !name.contains('.') {
        return refuse("a domain has a dot");
    }
    if name.len() > 253 || name.split('.').any(|label| label.is_empty() || label.len() > 63) {
        return refuse("a label of a domain has 1 to 63 letters, all together 253");
    }
    if !name.bytes().all(|byte| fine(byte) || byte == b'.') {
        return refuse("a domain has letters, digits, hyphens and dots only");
    }
    let last = name.rsplit('.').next().unwrap_or_default();
    if last.bytes().all(|byte| byte.is_ascii_digit()) {
        return refuse("the last label of a domain is no number");
    }
    Ok(name)
}

/// The longest end of a name, from a dot on, that may be a domain: a letter beyond ASCII that no name can have, or a label
/// that is too long, spoils only what stands before the next dot.
pub(crate) fn domain_end(text: &str) -> Option<String> {
    // Nothing longer fits into a name, and nobody may make a line slow with many labels.
    let far = text.len().saturating_sub(1_012);
    let starts = text.match_indices('.').map(|(dot, _)| dot + 1).filter(|start| *start >= far);
    let ends = (far == 0).then_some(0).into_iter().chain(starts).filter_map(|start| text.get(start..)).take(16);
    for end in ends {
        if end.is_ascii() {
            return Some(end.to_ascii_lowercase());
        }
        if let Ok(name) = domain(end) {
            return Some(name);
        }
    }
    None
}

/// Host and path without the scheme of the web: the same place by http and https is one. Other schemes stay.
pub(crate) fn url(text: &str) -> Result<String, Refused> {
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme, rest)) if !scheme.contains(['/', '?']) => (scheme.to_ascii_lowercase(), rest),
        _ => (String::new(), text),
    };
    let rest = rest.split('#').next().unwrap_or_default();
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (place, path) = rest.split_at(end);
    let place = place.rsplit('@').next().unwrap_or_default();
    let (host, port) = match place.rsplit_once(':') {
        Some((host, port)) if port.parse::<u16>().is_ok() => (host, Some(port)),
        _ => (place, None),
    };
    let host = match domain(host) {
        Ok(name) => name,
        Err(reason) => match host.trim_matches(['[', ']']).parse::<IpAddr>() {
            Ok(IpAddr::V4(four)) => four.to_string(),
            Ok(IpAddr::V6(six)) => format!("[{six}]"),
            Err(_) => return refuse(format!("the host of the URL is none: {reason}")),
        },
    };
    let usual = matches!((scheme.as_str(), port), (_, None) | ("http" | "", Some("80")) | ("https" | "", Some("443")));
    let port = if usual { String::new() } else { format!(":{}", port.unwrap_or_default()) };
    let scheme = if matches!(scheme.as_str(), "http" | "https" | "") { String::new() } else { format!("{scheme}://") };
    let slash = if path.starts_with('/') { "" } else { "/" };
    Ok(format!("{scheme}{host}{port}{slash}{path}"))
}

fn hash(text: &str) -> Result<Value, Refused> {
    let text =
        text.rsplit_once(':').filter(|(name, _)| Said::word(name) == Some(Said::Hash)).map_or(text, |(_, hex)| hex);
    let class = match text.len() {
        32 => Class::Md5,
        40 => Class::Sha1,
        64 => Class::Sha256,
        length => return refuse(format!("a digest has 32 (MD5), 40 (SHA-1) or 64 (SHA-256) digits, not {length}")),
    };
    let mut bytes = Vec::with_capacity(32);
    match hex(text.as_bytes(), &mut bytes) {
        true => Ok(Value::new(class, &bytes)),
        false => refuse("a digest has the digits 0 to 9 and a to f only"),
    }
}

/// Puts the bytes behind hex digits into `out`; false where others are among them.
pub(crate) fn hex(digits: &[u8], out: &mut Vec<u8>) -> bool {
    out.clear();
    let digit = |byte: u8| (byte as char).to_digit(16).map(|digit| digit as u8);
    let (pairs, rest) = digits.as_chunks::<2>();
    for [high, low] in pairs {
        let (Some(high), Some(low)) = (digit(*high), digit(*low)) else { return false };
        out.push(high << 4 | low);
    }
    rest.is_empty()
}

pub(crate) fn email(text: &str) -> Result<String, Refused> {
    let text = text.trim_matches(['<', '>']);
    let text = text.get(..7).filter(|start| start.eq_ignore_ascii_case("mailto:")).map_or(text, |_| &text[7..]);
    let Some((local, host)) = text.rsplit_once('@') else {
        return refuse("an e-mail address has an @");
    };
    if local.is_empty() || local.contains(|c: char| c.is_whitespace() || c == '@') {
        return refuse("before the @ stands a name without spaces");
    }
    Ok(format!("{}@{}", local.to_lowercase(), domain(host)?))
}

/// A path or name in small letters with `/` between its parts; drives, variables and what stands before them go.
pub(crate) fn file(text: &str) -> Result<String, Refused> {
    let mut path = text.trim().replace('\\', "/").to_lowercase();
    while path.contains("//") {
        path = path.replace("//", "/");
    }
    if let Some((first, rest)) = path.split_once('/')
        && (first.starts_with(['%', '$', '~']) || first.ends_with(':'))
    {
        path = rest.to_owned();
    }
    let path = path.trim_matches('/');
    let last = path.rsplit('/').next().unwrap_or_default();
    match last {
        _ if path.contains(['*', '?']) => refuse("a file name with wildcards is not looked for"),
        _ if path.contains(['\n', '\r', '|', '<', '>', '"']) => refuse("this is no file name"),
        _ if last.chars().count() < 4 => refuse("a file name of fewer than 4 letters would be seen everywhere"),
        _ => Ok(path.to_owned()),
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.class, &*self.bytes) {
            (Class::Ipv4, [a, b, c, d, prefix]) => {
                write!(f, "{}", Ipv4Addr::new(*a, *b, *c, *d))?;
                if *prefix < 32 { write!(f, "/{prefix}") } else { Ok(()) }
            }
            (Class::Ipv6, bytes) => {
                let Some((sixteen, [prefix])) = bytes.split_first_chunk::<16>() else { return Ok(()) };
                write!(f, "{}", Ipv6Addr::from(*sixteen))?;
                if *prefix < 128 { write!(f, "/{prefix}") } else { Ok(()) }
            }
            (Class::Md5 | Class::Sha1 | Class::Sha256, digest) => {
                digest.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
            (_, text) => f.write_str(&String::from_utf8_lossy(text)),
        }
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {self}", self.class.label())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(said: Said, text: &str, expected: &str) {
        let found = Value::read(said, text).map_or_else(|reason| format!("- {reason}"), |value| format!("{value:?}"));
        assert!(found == expected || (expected == "-" && found.starts_with('-')), "{text}: {found}, not {expected}");
    }

    #[test]
    fn the_same_thing_has_one_form() {
        check(Said::Address, " 10[.]1.2.3 ", "IPv4 10.1.2.3");
        check(Said::Address, "::ffff:10.1.2.3", "IPv4 10.1.2.3");
        check(Said::Address, "58.247.3.4/15", "IPv4 58.246.0.0/15");
        check(Said::Address, "2001:DB8:0:0::1", "IPv6 2001:db8::1");
        check(Said::Address, "FE80::/10", "IPv6 fe80::/10");
        check(Said::Address, "10.1.2.3:443", "IPv4 10.1.2.3");
        check(Said::Domain, "*.Evil.Example.", "domain evil.example");
        check(Said::Domain, "münchen.example", "domain xn--mnchen-3ya.example");
        check(Said::Url, "hxxps://Evil[.]example:443", "URL evil.example/");
        check(Said::Url, "HTTP://Evil.example:8080/A?b=C#d", "URL evil.example:8080/A?b=C");
        check(Said::Url, "ftp://evil.example/x", "URL ftp://evil.example/x");
        check(Said::Hash, "D41D8CD98F00B204E9800998ECF8427E", "MD5 d41d8cd98f00b204e9800998ecf8427e");
        check(Said::Email, "<Anna@Evil[.]Example>", "e-mail anna@evil.example");
        check(Said::File, "%APPDATA%\\Roaming\\Bad.EXE", "file name roaming/bad.exe");
        check(Said::File, "/var/tmp/.pipe.sock", "file name var/tmp/.pipe.sock");
    }

    #[test]
    fn what_tells_of_nothing_is_refused() {
        for (said, text) in [
            (Said::Address, "0.0.0.0/0"),
            (Said::Address, "10.1.2"),
            (Said::Address, "10.1.2.3/33"),
            (Said::Domain, "localhost"),
            (Said::Domain, "a..b"),
            (Said::Hash, "abcd"),
            (Said::Hash, "zz1d8cd98f00b204e9800998ecf8427e"),
            (Said::Email, "anna"),
            (Said::File, "*.exe"),
            (Said::File, "a"),
            (Said::Nothing, "hello"),
        ] {
            check(said, text, "-");
        }
    }

    #[test]
    fn a_text_alone_tells_what_it_is() {
        check(Said::Nothing, "10.0.0.0/8", "IPv4 10.0.0.0/8");
        check(Said::Nothing, "evil[.]example", "domain evil.example");
        check(Said::Nothing, "evil.example/x", "URL evil.example/x");
        check(Said::Nothing, "a@b.example", "e-mail a@b.example");
        check(
            Said::Nothing,
            "da39a3ee5e6b4b0d3255bfef95601890afd80709",
            "SHA-1 da39a3ee5e6b4b0d3255bfef95601890afd80709",
        );
        check(Said::Nothing, "C:\\Temp\\bad.exe", "file name temp/bad.exe");
    }
}
