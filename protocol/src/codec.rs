//! The encoding of everything signed: a strict, deterministic subset of CBOR (RFC 8949 §4.2.1).
//!
//! Guarantees: a value has one encoding, so bytes can be hashed, signed and compared. [`decode`] first walks
//! the bytes and refuses what the subset leaves out (indefinite lengths, integers not in their shortest form,
//! floats, tags, map keys that are not ascending unsigned integers, nesting beyond [`limits::DEPTH`], trailing
//! bytes), then reads the fields it knows; unknown keys are skipped, so that a later version may add some.
//! Received bytes are kept and forwarded as they came, never encoded again.

use minicbor::data::Type;
use minicbor::{Decode, Decoder, Encode};
use thiserror::Error;

use crate::limits;

/// Why bytes are not a value of this protocol.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CodecError {
    /// The bytes end inside a value, or a length runs past them.
    #[error("the bytes end too early")]
    Truncated,
    /// The bytes go on after the value.
    #[error("bytes follow the value")]
    Trailing,
    /// CBOR that the deterministic subset leaves out.
    #[error("not in the one form this value may have: {0}")]
    NotCanonical(&'static str),
    /// Nested deeper than [`limits::DEPTH`].
    #[error("nested too deeply")]
    TooDeep,
    /// Well-formed, but not what this type looks like.
    #[error("not a value of the expected type: {0}")]
    Mismatch(String),
    /// A field is longer, or a list has more items, than its limit.
    #[error("{0} is larger than its limit")]
    TooLarge(&'static str),
}

/// Encodes a value. Encoding into memory has no failure of its own; a type that refuses yields empty bytes,
/// which no decoder accepts.
pub fn encode<T: Encode<()>>(value: &T) -> Vec<u8> {
    minicbor::to_vec(value).unwrap_or_default()
}

/// Decodes a value that fills `bytes` and is in the deterministic subset.
///
/// # Errors
/// [`CodecError`], for whatever the subset or the type leaves out.
pub fn decode<'b, T: Decode<'b, ()>>(bytes: &'b [u8]) -> Result<T, CodecError> {
    check(bytes)?;
    minicbor::decode(bytes).map_err(|error| CodecError::Mismatch(error.to_string()))
}

/// Checks that `bytes` are exactly one value in the deterministic subset.
///
/// # Errors
/// [`CodecError`], naming the first thing that is not.
pub fn check(bytes: &[u8]) -> Result<(), CodecError> {
    let mut walk = Decoder::new(bytes);
    value(&mut walk, bytes, 0)?;
    if walk.position() == bytes.len() { Ok(()) } else { Err(CodecError::Trailing) }
}

/// Refuses text or bytes longer than `most`.
pub(crate) fn at_most(length: usize, most: usize, what: &'static str) -> Result<(), CodecError> {
    if length > most { Err(CodecError::TooLarge(what)) } else { Ok(()) }
}

fn value(walk: &mut Decoder<'_>, bytes: &[u8], depth: usize) -> Result<(), CodecError> {
    if depth > limits::DEPTH {
        return Err(CodecError::TooDeep);
    }
    let below = depth.saturating_add(1);
    match walk.datatype().map_err(truncated)? {
        Type::U8 | Type::U16 | Type::U32 | Type::U64 => {
            shortest(walk, bytes)?;
            walk.u64().map_err(truncated)?;
        }
        Type::Bytes => {
            shortest(walk, bytes)?;
            walk.bytes().map_err(truncated)?;
        }
        Type::String => {
            shortest(walk, bytes)?;
            walk.str().map_err(|error| {
                if error.is_end_of_input() {
                    CodecError::Truncated
                } else {
                    CodecError::Mismatch(error.to_string())
                }
            })?;
        }
        Type::Array => {
            shortest(walk, bytes)?;
            let items = walk.array().map_err(truncated)?.ok_or(CodecError::Truncated)?;
            for _ in 0..items {
                value(walk, bytes, below)?;
            }
        }
        Type::Map => {
            shortest(walk, bytes)?;
            let pairs = walk.map().map_err(truncated)?.ok_or(CodecError::Truncated)?;
            let mut last = None;
            for _ in 0..pairs {
                shortest(walk, bytes)?;
                let key = walk.u64().map_err(|_| CodecError::NotCanonical("map key"))?;
                if last.is_some_and(|last| key <= last) {
                    return Err(CodecError::NotCanonical("map keys must ascend"));
                }
                last = Some(key);
                value(walk, bytes, below)?;
            }
        }
        Type::Bool => {
            walk.bool().map_err(truncated)?;
        }
        _ => return Err(CodecError::NotCanonical("type of value")),
    }
    Ok(())
}

/// The head at the reader's position must use the fewest bytes that hold its number (RFC 8949 §4.2.1).
fn shortest(walk: &Decoder<'_>, bytes: &[u8]) -> Result<(), CodecError> {
    let head = bytes.get(walk.position()..).ok_or(CodecError::Truncated)?;
    let (first, rest) = head.split_first().ok_or(CodecError::Truncated)?;
    let (length, least) = match first & 0x1f {
        0..=23 => return Ok(()),
        24 => (1, 24),
        25 => (2, 1 << 8),
        26 => (4, 1 << 16),
        27 => (8, 1 << 32),
        _ => return Err(CodecError::NotCanonical("indefinite length")),
    };
    let number = rest.get(..length).ok_or(CodecError::Truncated)?;
    let number = number.iter().fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte));
    if number < least {
        Err(CodecError::NotCanonical("integer or length not in its shortest form"))
    } else {
        Ok(())
    }
}

fn truncated(error: minicbor::decode::Error) -> CodecError {
    if error.is_end_of_input() { CodecError::Truncated } else { CodecError::Mismatch(error.to_string()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_value_has_one_form() {
        for (hex, fine) in [
            ("00", true),
            ("17", true),
            ("1818", true),
            ("1817", false), // 23 in two bytes
            ("190100", true),
            ("1900ff", false), // 255 in three bytes
            ("1b0000000100000000", true),
            ("1b00000000ffffffff", false),
            ("20", false), // negative
            ("f5", true),
            ("f6", false),       // null
            ("f90000", false),   // float
            ("c000", false),     // tag
            ("9fff", false),     // indefinite array
            ("5f4100ff", false), // indefinite bytes
            ("a200000100", true),
            ("a201000000", false), // keys descend
            ("a200000000", false), // key twice
            ("a1616100", false),   // text key
            ("8100", true),
            ("810000", false), // trailing
            ("8200", false),   // short
            ("4100", true),
            ("580100", false), // length in two bytes
            ("61ff", false),   // not UTF-8
            ("", false),
        ] {
            let bytes = hex::decode(hex).unwrap();
            assert_eq!(check(&bytes).is_ok(), fine, "{hex}: {:?}", check(&bytes));
        }
    }

    #[test]
    fn depth_is_bounded_before_the_stack_is() {
        let deep = [vec![0x81; 100_000], vec![0]].concat();
        assert_eq!(check(&deep), Err(CodecError::TooDeep));
    }

    #[test]
    fn a_length_that_lies_is_refused_without_allocating() {
        assert_eq!(check(&hex::decode("9b00ffffffffffffff").unwrap()), Err(CodecError::Truncated));
    }
}
