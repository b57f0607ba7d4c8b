//! Sigma's value encodings: UTF-16, Base64 at three offsets, and the dashes Windows takes for one another.

/// What may stand for a `-` on a Windows command line.
pub(super) const DASHES: [char; 5] = ['-', '/', '\u{2013}', '\u{2014}', '\u{2015}'];

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// UTF-16 bytes of `text`.
pub(super) fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

/// Standard Base64 with padding.
pub(super) fn base64(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let number = group.iter().fold(0_u32, |sum, byte| sum << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
        for place in 0..4 {
            let digit = (number >> (18 - 6 * place) & 63) as usize;
            let known = place <= group.len();
            out.push(if known { DIGITS.get(digit).map_or('=', |digit| char::from(*digit)) } else { '=' });
        }
    }
    out
}

/// What of the Base64 of any text that holds `bytes` stays the same, for each of the three offsets it may start at.
pub(super) fn base64_offsets(bytes: &[u8]) -> Vec<String> {
    (0..3_usize)
        .filter_map(|offset| {
            let mut padded = vec![0; offset];
            padded.extend_from_slice(bytes);
            let encoded = base64(&padded);
            let stable = encoded.trim_end_matches('=').get((offset * 4).div_ceil(3)..)?;
            (!stable.is_empty()).then(|| stable.to_owned())
        })
        .collect()
}

/// Every way to write `text` with other dashes, the last dash changing fastest.
pub(super) fn dashed(text: &str) -> impl Iterator<Item = String> + '_ {
    let dashes = text.matches('-').count();
    let ways = DASHES.len().saturating_pow(u32::try_from(dashes).unwrap_or(u32::MAX));
    (0..ways).map(move |mut way| {
        let mut signs: Vec<char> = Vec::with_capacity(dashes);
        for _ in 0..dashes {
            signs.extend(DASHES.get(way % DASHES.len()));
            way /= DASHES.len();
        }
        text.chars().map(|sign| if sign == '-' { signs.pop().unwrap_or(sign) } else { sign }).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_padded_as_everywhere() {
        let encoded: Vec<String> = ["", "f", "fo", "foo", "foob"].iter().map(|text| base64(text.as_bytes())).collect();
        assert_eq!(encoded, ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg=="]);
        assert_eq!(base64(&[0xfb, 0xff]), "+/8=");
    }

    #[test]
    fn each_offset_is_found_in_a_longer_text() {
        let stable = base64_offsets(b"whoami /all");
        for (before, stable) in ["", "a", "ab"].iter().zip(&stable) {
            assert!(base64(format!("{before}whoami /all").as_bytes()).contains(&**stable), "{before}: {stable}");
        }
    }

    #[test]
    fn dashes_change_from_the_last() {
        let ways: Vec<String> = dashed("-a-").take(6).collect();
        assert_eq!(ways, ["-a-", "-a/", "-a\u{2013}", "-a\u{2014}", "-a\u{2015}", "/a-"]);
        assert_eq!(dashed("-a-").count(), 25);
        assert_eq!(dashed("none").collect::<Vec<_>>(), ["none"]);
    }
}
