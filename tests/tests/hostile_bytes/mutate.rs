//! What an attacker does to bytes.

use kith_tests::seed::Chance;

/// Heads of CBOR items that promise much, and numbers at edges.
const HEADS: &[&[u8]] = &[
    &[0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
    &[0xbb, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
    &[0x5b, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00],
    &[0x7b, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff],
    &[0x5a, 0xff, 0xff, 0xff, 0xff],
    &[0x99, 0xff, 0xff],
    &[0x9f],
    &[0xbf],
    &[0x5f],
    &[0xff],
    &[0x1b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
    &[0x3b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
    &[0x1b, 0x80, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00],
    &[0xfb, 0x7f, 0xf8, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00],
    &[0xf9, 0x7e, 0x00],
    &[0xc2, 0x41, 0x00],
    &[0xf7],
    &[0x00; 8],
    &[0xff; 8],
    b"\"",
    b"\\ud800",
    b"99999999999999999999999",
    b"-1",
    b"[[[[[[[[",
    b"{\"",
    b"null",
];

/// A sample, changed a little or much; now and then one that is whole, or noise.
pub fn mutated(samples: &[Vec<u8>], chance: &mut Chance) -> Vec<u8> {
    let mut bytes = chance.pick(samples).clone();
    match chance.below(64) {
        0 => return bytes,
        1 => {
            let length = chance.below(600) as usize;
            return chance.bytes(length);
        }
        2 => return vec![*chance.pick(&[0x81, 0xa1, 0x9f, 0xbf, b'[']); chance.between(1, 70_000) as usize],
        _ => {}
    }
    for _ in 0..chance.between(1, 4) {
        let at = chance.below(bytes.len() as u64 + 1) as usize;
        match chance.below(8) {
            0 | 1 if at < bytes.len() => bytes[at] ^= 1 << chance.below(8),
            2 if at < bytes.len() => bytes[at] = chance.below(256) as u8,
            3 => bytes.truncate(at),
            4 => {
                let head = *chance.pick(HEADS);
                let end = bytes.len().min(at + if chance.below(2) == 0 { head.len() } else { 0 });
                bytes.splice(at..end, head.iter().copied());
            }
            5 => {
                let end = bytes.len().min(at + chance.below(40) as usize);
                bytes.drain(at..end);
            }
            6 => {
                let end = bytes.len().min(at + chance.below(200) as usize);
                let part = bytes[at..end].to_vec();
                let times = chance.between(1, 20) as usize;
                bytes.splice(at..at, part.repeat(times));
            }
            _ => {
                let other = chance.pick(samples);
                let from = chance.below(other.len() as u64 + 1) as usize;
                bytes.truncate(at);
                bytes.extend_from_slice(&other[from..]);
            }
        }
    }
    bytes
}
