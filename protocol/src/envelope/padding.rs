//! Padmé: padding that leaves a length to tell at most O(log log n) bits (Nikitin, Barman, Lueks, Underwood,
//! Hubaux and Ford, "Reducing Metadata Leakage from Encrypted Files and Communication with PURBs", PoPETs
//! 2019), growing nothing by more than 12 %.

use crate::limits;

/// The padded length of a plaintext of `length` bytes: at least [`limits::PADDED_LEAST`].
pub(crate) fn padded(length: usize) -> usize {
    let length = length.max(limits::PADDED_LEAST);
    // The least is 256, so both logarithms exist: 8 and 4 there.
    let exponent = length.checked_ilog2().unwrap_or(8);
    let kept = exponent.checked_ilog2().unwrap_or(3).saturating_add(1);
    let mask = 1_usize.checked_shl(exponent.saturating_sub(kept)).unwrap_or(1).saturating_sub(1);
    length.saturating_add(mask) & !mask
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_grow_as_the_paper_says() {
        for (length, expected) in
            [(0, 256), (1, 256), (256, 256), (257, 272), (551, 576), (1000, 1024), (1025, 1088), (9000, 9216)]
        {
            assert_eq!(padded(length), expected, "{length}");
        }
    }

    #[test]
    fn padding_holds_its_input_grows_it_little_and_settles() {
        for length in 0..=limits::PAYLOAD {
            let to = padded(length);
            assert!(to >= length);
            assert!(length < 256 || to * 100 <= length * 112, "{length} → {to}");
            assert_eq!(padded(to), to);
        }
    }
}
