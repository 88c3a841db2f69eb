//! PNG (ISO/IEC 15948): a signature and chunks.

/// What every PNG begins with.
pub(super) const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
/// Chunks needed to show a picture as it is meant, moving ones included.
const KEPT: [&[u8; 4]; 15] = [
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"bKGD",
    b"pHYs", b"acTL", b"fcTL", b"fdAT",
];

/// Keeps what is needed to show a picture; none if it is not well-formed.
pub(super) fn clean(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut rest = bytes.strip_prefix(SIGNATURE)?;
    let mut out = SIGNATURE.to_vec();
    loop {
        let (length, after) = rest.split_first_chunk()?;
        let name = after.first_chunk::<4>()?;
        // Beside what it holds: length, name and checksum.
        let whole = usize::try_from(u32::from_be_bytes(*length)).ok()?.checked_add(12)?;
        let (chunk, after) = rest.split_at_checked(whole)?;
        if KEPT.contains(&name) {
            out.extend(chunk);
        }
        if name == b"IEND" {
            // What stands behind the end goes.
            return Some(out);
        }
        rest = after;
    }
}
