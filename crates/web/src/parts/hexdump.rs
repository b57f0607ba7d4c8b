//! Bytes as people read them: offset, sixteen bytes in hexadecimal, and the same in ASCII.

use std::fmt::Write as _;

use maud::{Markup, html};

/// The first `limit` bytes; says how many more there are.
pub fn hexdump(bytes: &[u8], limit: usize) -> Markup {
    let shown = limit.min(bytes.len());
    let left = bytes.len() - shown;
    html! { (lines(bytes, 0, shown, &html! { @if left > 0 { i { (left) " more bytes" } } })) }
}

/// The bytes from one place to another, with their places; both are of the whole.
pub fn part(bytes: &[u8], from: usize, to: usize) -> Markup {
    lines(bytes, from, to, &html! {})
}

fn lines(bytes: &[u8], from: usize, to: usize, after: &Markup) -> Markup {
    let shown = bytes.get(from..to).unwrap_or_default();
    html! {
        div .hex tabindex="0" role="region" aria-label="Bytes in hexadecimal and ASCII" {
            @for (at, line) in shown.chunks(16).enumerate() { i { (format!("{:08x}", from + at * 16)) } "  " (hex(line)) "  " b { (ascii(line)) } "\n" }
            (after)
        }
    }
}

fn hex(line: &[u8]) -> String {
    let mut text = String::with_capacity(49);
    for at in 0..16 {
        if at == 8 {
            text.push(' ');
        }
        let _ = match line.get(at) {
            Some(byte) => write!(text, "{byte:02x} "),
            None => write!(text, "   "),
        };
    }
    text
}

fn ascii(line: &[u8]) -> String {
    line.iter().map(|byte| if byte.is_ascii_graphic() || *byte == b' ' { char::from(*byte) } else { '.' }).collect()
}

#[cfg(test)]
mod tests {
    use super::{hexdump, part};

    #[test]
    fn a_part_keeps_its_places() {
        let page = part(&[b'a'; 40], 32, 40).0;
        assert!(page.contains("<i>00000020</i>  61 61") && !page.contains("00000010"), "{page}");
    }

    #[test]
    fn shows_offset_hex_and_ascii_and_what_is_left() {
        let page = hexdump(b"GET / HTTP/1.1\r\nHost: x", 18).0;
        assert!(
            page.contains(
                "<i>00000000</i>  47 45 54 20 2f 20 48 54  54 50 2f 31 2e 31 0d 0a   <b>GET / HTTP/1.1..</b>"
            ),
            "{page}"
        );
        assert!(page.contains("<i>00000010</i>  48 6f "), "{page}");
        assert!(page.contains("5 more bytes"), "{page}");
    }
}
