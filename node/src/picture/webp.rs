//! WebP (RFC 9649): a RIFF file of chunks.

/// Chunks needed to show a picture as it is meant, moving ones included.
const KEPT: [&[u8; 4]; 7] = [b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"];
/// The flags of the header that speak of EXIF and XMP.
const NOTES: u8 = 0x08 | 0x04;

/// Keeps what is needed to show a picture; none if it is not well-formed.
pub(super) fn clean(bytes: &[u8]) -> Option<Vec<u8>> {
    let length = bytes.strip_prefix(b"RIFF")?.first_chunk()?;
    let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
    let mut rest = bytes.get(8..length.checked_add(8)?)?.strip_prefix(b"WEBP")?;
    let mut chunks = Vec::new();
    let mut shown = false;
    while !rest.is_empty() {
        let (name, after) = rest.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_le_bytes(*after.first_chunk()?)).ok()?;
        // Beside what it holds: name, length, and a byte to make it even.
        let whole = length.checked_add(8)?.checked_next_multiple_of(2)?.min(rest.len());
        let (chunk, after) = rest.split_at_checked(whole)?;
        chunk.get(..length.checked_add(8)?)?;
        shown |= matches!(name, b"VP8 " | b"VP8L" | b"ANMF");
        if KEPT.contains(&name) {
            let start = chunks.len();
            chunks.extend(chunk);
            if name == b"VP8X" {
                *chunks.get_mut(start.checked_add(8)?)? &= !NOTES;
            }
        }
        rest = after;
    }
    let length = u32::try_from(chunks.len().checked_add(4)?).ok()?;
    shown.then(|| [b"RIFF".as_slice(), &length.to_le_bytes(), b"WEBP", &chunks].concat())
}
