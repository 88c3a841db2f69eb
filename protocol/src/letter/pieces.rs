//! A message in pieces, of which each fits a letter.

use std::collections::BTreeMap;

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};
use thiserror::Error;

use super::PIECE;
use crate::codec;
use crate::limits;

/// Bytes of a piece besides what it carries, at most.
const AROUND: usize = 30;

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
struct Piece {
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    message: [u8; 16],
    #[n(1)]
    place: u16,
    #[n(2)]
    of: u16,
    #[n(3)]
    bytes: ByteVec,
}

/// Why bytes are no piece of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not a piece of a message")]
pub struct PieceError;

/// Cuts a message of this random name into pieces; `None` if it takes more than [`limits::LETTER_PIECES`].
pub fn cut(message: [u8; 16], bytes: &[u8]) -> Option<Vec<Vec<u8>>> {
    let parts: Vec<&[u8]> = bytes.chunks(PIECE.saturating_sub(AROUND)).collect();
    let of = u16::try_from(parts.len()).ok().filter(|of| usize::from(*of) <= limits::LETTER_PIECES)?;
    let piece = |(place, part): (u16, &&[u8])| {
        codec::encode(&Piece { message, place, of, bytes: part.to_vec().into() })
    };
    Some((0..of).zip(&parts).map(piece).collect())
}

/// Pieces of one message that have come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Gathering {
    #[n(0)]
    of: u16,
    #[n(1)]
    have: BTreeMap<u16, ByteVec>,
}

impl Gathering {
    /// Which message a piece belongs to.
    ///
    /// # Errors
    /// [`PieceError`].
    pub fn message(piece: &[u8]) -> Result<[u8; 16], PieceError> {
        let piece: Piece = codec::decode(piece).map_err(|_| PieceError)?;
        Ok(piece.message)
    }

    /// Takes a piece in. Gives the whole message once nothing is missing.
    ///
    /// # Errors
    /// [`PieceError`] if it is none, or does not fit those before it.
    pub fn take(&mut self, piece: &[u8]) -> Result<Option<Vec<u8>>, PieceError> {
        let piece: Piece = codec::decode(piece).map_err(|_| PieceError)?;
        let fits = piece.place < piece.of && usize::from(piece.of) <= limits::LETTER_PIECES;
        if !fits || (self.of != 0 && self.of != piece.of) {
            return Err(PieceError);
        }
        self.of = piece.of;
        self.have.entry(piece.place).or_insert(piece.bytes);
        let whole = self.have.len() == usize::from(self.of);
        Ok(whole.then(|| self.have.values().flat_map(|bytes| bytes.iter().copied()).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_in_any_order_make_the_message() {
        let text: Vec<u8> = (0..5000_u32).map(|byte| byte as u8).collect();
        let mut pieces = cut([7; 16], &text).unwrap();
        assert!(pieces.len() > 5 && pieces.iter().all(|piece| piece.len() <= PIECE));
        pieces.rotate_left(3);
        let last = pieces.pop().unwrap();
        let mut gathering = Gathering::default();
        for piece in pieces.iter().chain(&pieces) {
            assert_eq!(Gathering::message(piece), Ok([7; 16]));
            assert_eq!(gathering.take(piece), Ok(None));
        }
        assert_eq!(gathering.take(&last), Ok(Some(text)));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let (three, two) = (cut([7; 16], &[1; 1200]).unwrap(), cut([7; 16], &[1; 600]).unwrap());
        let mut gathering = Gathering::default();
        gathering.take(&three[0]).unwrap();
        assert_eq!(gathering.take(&two[0]), Err(PieceError));
        assert_eq!(gathering.take(b"nothing"), Err(PieceError));
        assert!(cut([7; 16], &vec![0; PIECE * (limits::LETTER_PIECES + 1)]).is_none());
    }
}
