//! How a frame lies on a stream: the length of its content (four bytes, most significant first), the content, and zeros
//! that bring it to a length that padding makes, so that who counts encrypted bytes is not told which short message it
//! was. The four bytes do not count, so that a whole chunk of an attachment needs no zeros.

use crate::envelope::padding::padded;

/// Bytes of the length before the content.
pub const PREFIX: usize = 4;

/// How many bytes a frame takes whose content has `length` bytes, all included.
pub fn on_wire(length: usize) -> usize {
    padded(length).saturating_add(PREFIX)
}

/// A frame with this content, as it is sent; none for a content whose length four bytes do not hold.
pub fn encode(content: &[u8]) -> Option<Vec<u8>> {
    let length = u32::try_from(content.len()).ok()?.to_be_bytes();
    let whole = on_wire(content.len());
    let mut frame = Vec::with_capacity(whole);
    frame.extend_from_slice(&length);
    frame.extend_from_slice(content);
    frame.resize(whole, 0);
    Some(frame)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits;

    #[test]
    fn short_frames_are_all_alike() {
        for length in [0, 1, 8, 100, 256] {
            let frame = encode(&vec![7; length]).unwrap();
            assert_eq!(frame.len(), 4 + 256);
            assert_eq!(frame[..4], u32::try_from(length).unwrap().to_be_bytes());
            assert!(frame[4..4 + length].iter().all(|byte| *byte == 7));
            assert!(frame[4 + length..].iter().all(|byte| *byte == 0));
        }
        assert_eq!(on_wire(257), 4 + 272);
        assert_eq!(on_wire(limits::CHUNK), 4 + limits::CHUNK, "nothing is wasted on chunks");
        assert_eq!(encode(&[0; 70_000]).unwrap().len(), on_wire(70_000));
    }
}
