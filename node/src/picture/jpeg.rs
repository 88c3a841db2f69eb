//! JPEG (ITU T.81): markers and segments, and scans between them.

/// What says which way up a picture is, in EXIF.
const ORIENTATION: u16 = 0x0112;
/// What an EXIF segment begins with.
const EXIF: &[u8] = b"Exif\0\0";

/// Keeps what is needed to show a picture; none if it is not well-formed.
pub(super) fn clean(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut rest = bytes.strip_prefix(&[0xff, 0xd8])?;
    let mut out = vec![0xff, 0xd8];
    // Which way up it is, is said behind JFIF, or first.
    let (mut turned, mut place, mut scanned) = (None, out.len(), false);
    loop {
        // Any number of 0xff may stand before a marker.
        rest = rest.strip_prefix(&[0xff])?;
        let (&marker, after) = rest.split_first()?;
        match marker {
            0xff => continue,
            // The end. Some cameras write further pictures and notes behind it: they go.
            0xd9 if scanned => {
                out.extend([0xff, 0xd9]);
                if let Some(turned) = turned.filter(|turned| (2..=8).contains(turned)) {
                    out.splice(place..place, exif(turned));
                }
                return Some(out);
            }
            0x00 | 0x01 | 0xd0..=0xd9 => return None,
            _ => {}
        }
        let (length, _) = after.split_first_chunk()?;
        let length = usize::from(u16::from_be_bytes(*length));
        let (segment, after) = after.split_at_checked(length)?;
        let content = segment.get(2..)?;
        rest = after;
        let kept = match marker {
            0xe1 => {
                turned = turned.or_else(|| orientation(content));
                false
            }
            // JFIF, and Adobe's word on colours.
            0xe0 => content.starts_with(b"JFIF\0"),
            0xee => content.starts_with(b"Adobe"),
            // A profile of colours.
            0xe2 => content.starts_with(b"ICC_PROFILE\0"),
            // Other notes of programs, and comments.
            0xe3..=0xfe => false,
            // Tables, frames, scans.
            _ => true,
        };
        if !kept {
            continue;
        }
        out.extend([0xff, marker]);
        out.extend(segment);
        if marker == 0xe0 {
            place = out.len();
        }
        if marker == 0xda {
            scanned = true;
            let (scan, after) = scan(rest);
            out.extend(scan);
            rest = after;
        }
    }
}

/// The coded data of a scan: up to the next marker that is neither a stuffed zero nor a restart.
fn scan(bytes: &[u8]) -> (&[u8], &[u8]) {
    let ends = bytes
        .windows(2)
        .position(|pair| matches!(pair, [0xff, next] if !matches!(next, 0x00 | 0xd0..=0xd7 | 0xff)));
    // Of several 0xff in a row the last one begins the marker; those before are filling.
    bytes.split_at(ends.unwrap_or(bytes.len()))
}

/// Which way up a picture is, by an EXIF segment (CIPA DC-008): of the first directory of a TIFF structure.
fn orientation(content: &[u8]) -> Option<u16> {
    let tiff = content.strip_prefix(EXIF)?;
    let little = match tiff.get(..4)? {
        b"II*\0" => true,
        b"MM\0*" => false,
        _ => return None,
    };
    let word = |at: usize| -> Option<u16> {
        let bytes = tiff.get(at..)?.first_chunk().copied()?;
        Some(if little { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) })
    };
    let long = |at: usize| -> Option<usize> {
        let bytes = tiff.get(at..)?.first_chunk().copied()?;
        let long = if little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) };
        usize::try_from(long).ok()
    };
    let directory = long(4)?;
    let count = usize::from(word(directory)?);
    let entry = |number: usize| directory.checked_add(2)?.checked_add(number.checked_mul(12)?);
    let found = (0..count).map_while(entry).find(|at| word(*at) == Some(ORIENTATION))?;
    word(found.checked_add(8)?)
}

/// An EXIF segment that says which way up a picture is and nothing else.
fn exif(turned: u16) -> Vec<u8> {
    let [high, low] = turned.to_be_bytes();
    let tag = ORIENTATION.to_be_bytes();
    let tiff = [
        b"MM\0*\0\0\0\x08\0\x01".as_slice(),
        &tag,
        // One short word.
        b"\0\x03\0\0\0\x01",
        &[high, low, 0, 0],
        // No further directory.
        &[0; 4],
    ]
    .concat();
    [[0xff, 0xe1, 0, 34].as_slice(), EXIF, &tiff].concat()
}
