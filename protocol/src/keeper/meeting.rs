//! Meeting points: where a member's node is, left with a keeper for the others and sealed from it, all of one size.
//!
//! The key comes from the discovery secret of an epoch, so a removal's mint makes those from before unreadable. What is
//! opened is an address record as any member may pass one on: it is to be verified as such.

use rand_core::CryptoRng;
use thiserror::Error;

use crate::boxed;
use crate::epoch::Discovery;
use crate::id::{PlaceId, keyed_hash};

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
    boxed::close(key(discovery), place.as_ref(), record, rng).ok_or(MeetingError::TooLong)
}

/// Opens one: a signed address record, not verified yet.
///
/// # Errors
/// [`MeetingError::Sealed`].
pub fn meet(discovery: &Discovery, place: &PlaceId, point: &[u8]) -> Result<Vec<u8>, MeetingError> {
    boxed::open(key(discovery), place.as_ref(), point).ok_or(MeetingError::Sealed)
}

fn key(discovery: &Discovery) -> [u8; 32] {
    keyed_hash(discovery.expose(), "kith/1/meeting", &[])
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::SeedableRng;

    use super::*;
    use crate::epoch::EpochKey;
    use crate::limits;

    fn discovery(n: u8) -> Discovery {
        EpochKey::from_bytes([n; 32]).control().discovery()
    }

    #[test]
    fn members_meet_and_nobody_else_reads_where() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let place = PlaceId([1; 16]);
        for length in [0, 1, 700, boxed::HOLDS] {
            let record = vec![7; length];
            let point = meeting(&discovery(1), &place, &record, &mut rng).unwrap();
            assert_eq!(point.len(), limits::MEETING);
            assert_eq!(meet(&discovery(1), &place, &point), Ok(record));
            assert_eq!(meet(&discovery(2), &place, &point), Err(MeetingError::Sealed));
            assert_eq!(meet(&discovery(1), &PlaceId([2; 16]), &point), Err(MeetingError::Sealed));
            for at in [0, 24, limits::MEETING - 1] {
                let mut altered = point.clone();
                altered[at] ^= 1;
                assert_eq!(meet(&discovery(1), &place, &altered), Err(MeetingError::Sealed));
            }
        }
        assert_eq!(
            meeting(&discovery(1), &place, &vec![7; boxed::HOLDS + 1], &mut rng),
            Err(MeetingError::TooLong)
        );
        assert_eq!(meet(&discovery(1), &place, &[1; 3]), Err(MeetingError::Sealed));
    }
}
