//! Boxes of one size: whatever is in them, they look alike from outside.
//!
//! ```text
//! nonce (24) ‖ XChaCha20-Poly1305 of: length (u16) ‖ what is in it ‖ zeros        all MEETING bytes long
//! ```

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use rand_core::CryptoRng;

use crate::limits;

const NONCE: usize = 24;
const TAG: usize = 16;
const LENGTH: usize = 2;
/// The most that one holds.
pub(crate) const HOLDS: usize = limits::MEETING - NONCE - TAG - LENGTH;

/// Closes one; none for more than it holds.
pub(crate) fn close(key: [u8; 32], aad: &[u8], bytes: &[u8], rng: &mut impl CryptoRng) -> Option<Vec<u8>> {
    let length = u16::try_from(bytes.len()).ok()?;
    let padding = HOLDS.checked_sub(bytes.len())?;
    let plain = [length.to_be_bytes().as_slice(), bytes, &vec![0; padding]].concat();
    let mut nonce = [0; NONCE];
    rng.fill_bytes(&mut nonce);
    let cipher = XChaCha20Poly1305::new(&key.into());
    let sealed = cipher.encrypt(&XNonce::from(nonce), Payload { msg: &plain, aad }).ok()?;
    Some([nonce.as_slice(), &sealed].concat())
}

/// Opens one; none if it was closed with another key, about something else, or changed since.
pub(crate) fn open(key: [u8; 32], aad: &[u8], closed: &[u8]) -> Option<Vec<u8>> {
    let (nonce, sealed) = closed.split_first_chunk::<NONCE>()?;
    let cipher = XChaCha20Poly1305::new(&key.into());
    let plain = cipher.decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad }).ok()?;
    let (length, rest) = plain.split_first_chunk::<LENGTH>()?;
    rest.get(..usize::from(u16::from_be_bytes(*length))).map(<[u8]>::to_vec)
}
