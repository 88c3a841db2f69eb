//! Meeting points: where a member's node is, left with a keeper for the others and sealed from it.
//!
//! ```text
//! nonce (24) ‖ XChaCha20-Poly1305 of: length (u16) ‖ signed address record ‖ zeros        all MEETING bytes long
//! ```
//!
//! The key comes from the discovery secret of an epoch, so a removal's mint makes those from before unreadable. What is
//! opened is an address record as any member may pass one on: it is to be verified as such.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use rand_core::CryptoRng;
use thiserror::Error;

use crate::epoch::Discovery;
use crate::id::{PlaceId, keyed_hash};
use crate::limits;

const NONCE: usize = 24;
const TAG: usize = 16;
const LENGTH: usize = 2;
/// The longest record that one holds.
const RECORD: usize = limits::MEETING - NONCE - TAG - LENGTH;

/// Why a meeting point cannot be made or read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum MeetingError {
    /// The record is longer than fits.
    #[error("an address record too long for a meeting point")]
    TooLong,
    /// Not sealed under this epoch, for this place, or changed since.
    #[error("not a meeting point of this group")]
    Sealed,
}

/// Seals a signed address record for a place.
///
/// # Errors
/// [`MeetingError::TooLong`].
pub fn meeting(
    discovery: &Discovery,
    place: &PlaceId,
    record: &[u8],
    rng: &mut impl CryptoRng,
) -> Result<Vec<u8>, MeetingError> {
    let length = u16::try_from(record.len()).map_err(|_| MeetingError::TooLong)?;
    let padding = RECORD.checked_sub(record.len()).ok_or(MeetingError::TooLong)?;
    let plain = [length.to_be_bytes().as_slice(), record, &vec![0; padding]].concat();
    let mut nonce = [0; NONCE];
    rng.fill_bytes(&mut nonce);
    let payload = Payload { msg: &plain, aad: place.as_ref() };
    let sealed =
        cipher(discovery).encrypt(&XNonce::from(nonce), payload).map_err(|_| MeetingError::TooLong)?;
    Ok([nonce.as_slice(), &sealed].concat())
}

/// Opens one: a signed address record, not verified yet.
///
/// # Errors
/// [`MeetingError::Sealed`].
pub fn meet(discovery: &Discovery, place: &PlaceId, point: &[u8]) -> Result<Vec<u8>, MeetingError> {
    let (nonce, sealed) = point.split_first_chunk::<NONCE>().ok_or(MeetingError::Sealed)?;
    let payload = Payload { msg: sealed, aad: place.as_ref() };
    let plain =
        cipher(discovery).decrypt(&XNonce::from(*nonce), payload).map_err(|_| MeetingError::Sealed)?;
    let (length, rest) = plain.split_first_chunk::<LENGTH>().ok_or(MeetingError::Sealed)?;
    let record = rest.get(..usize::from(u16::from_be_bytes(*length)));
    record.map(<[u8]>::to_vec).ok_or(MeetingError::Sealed)
}

fn cipher(discovery: &Discovery) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(&keyed_hash(discovery.expose(), "kith/1/meeting", &[]).into())
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::SeedableRng;

    use super::*;
    use crate::epoch::EpochKey;

    fn discovery(n: u8) -> Discovery {
        EpochKey::from_bytes([n; 32]).control().discovery()
    }

    #[test]
    fn members_meet_and_nobody_else_reads_where() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let place = PlaceId([1; 16]);
        for length in [0, 1, 700, RECORD] {
            let record = vec![7; length];
            let point = meeting(&discovery(1), &place, &record, &mut rng).unwrap();
            assert_eq!(point.len(), limits::MEETING);
            assert_eq!(meet(&discovery(1), &place, &point), Ok(record));
            assert_eq!(meet(&discovery(2), &place, &point), Err(MeetingError::Sealed));
            assert_eq!(meet(&discovery(1), &PlaceId([2; 16]), &point), Err(MeetingError::Sealed));
            for at in [0, NONCE, limits::MEETING - 1] {
                let mut altered = point.clone();
                altered[at] ^= 1;
                assert_eq!(meet(&discovery(1), &place, &altered), Err(MeetingError::Sealed));
            }
        }
        assert_eq!(
            meeting(&discovery(1), &place, &vec![7; RECORD + 1], &mut rng),
            Err(MeetingError::TooLong)
        );
        assert_eq!(meet(&discovery(1), &place, &[1; 3]), Err(MeetingError::Sealed));
    }
}
