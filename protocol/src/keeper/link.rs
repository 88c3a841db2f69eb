//! The link of a place: what somebody who runs a keeper hands to a facilitator, once.

use ed25519_dalek::SigningKey;
use minicbor::bytes::ByteArray;
use minicbor::{Decode, Encode};
use rand_core::CryptoRng;
use thiserror::Error;

use crate::codec::{self, CodecError};
use crate::id::{KeeperKey, PlaceId, StewardKey};
use crate::limits;
use crate::pasted::{Garbled, Sort};
use crate::secret::secret;

/// What the link of a place begins with.
pub const PLACE_SCHEME: &str = "kith-keeper:";

const TEXT: Sort = Sort { scheme: PLACE_SCHEME, domain: "kith/1/place-link", most: limits::PLACE_LINK };
const VERSION: u64 = 1;

/// Why text is not the link of a place, or none can be written.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PlaceLinkError {
    /// It begins otherwise.
    #[error("this is not what a keeper gives out; that begins with \"kith-keeper:\"")]
    NotALink,
    /// A part is missing, or a letter is another.
    #[error("this is cut short or mistyped; copy the whole of it again")]
    Damaged,
    /// Made by a later version of Kith.
    #[error("this was made by a newer version of Kith; update to use it")]
    Newer,
    /// Longer than [`limits::PLACE_LINK`] characters.
    #[error("this is too long for what a keeper gives out")]
    TooLong,
    /// Whole, and not what a link of this version looks like.
    #[error("this was made wrongly: {0}")]
    Malformed(CodecError),
}

secret!(
    /// What signs the first grant of a place, and nothing after it.
    ClaimSecret
);

impl ClaimSecret {
    /// Draws a new one.
    pub fn generate(rng: &mut impl CryptoRng) -> ClaimSecret {
        let mut bytes = [0; 32];
        rng.fill_bytes(&mut bytes);
        ClaimSecret(bytes)
    }

    /// What it signs with.
    pub fn signing(&self) -> SigningKey {
        SigningKey::from_bytes(&self.0)
    }

    /// The steward that the keeper waits for.
    pub fn steward(&self) -> StewardKey {
        StewardKey(self.signing().verifying_key().to_bytes())
    }
}

/// What the link of a place says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaceLink {
    /// Which keeper.
    pub keeper: KeeperKey,
    /// Where it is: at most [`limits::NODE_ADDRESSES`], as text that the network part reads.
    pub addresses: Vec<String>,
    /// Which place.
    pub place: PlaceId,
    /// What claims it.
    pub claim: ClaimSecret,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct Version {
    #[n(0)]
    version: u64,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct Wire {
    #[n(0)]
    version: u64,
    #[n(1)]
    keeper: KeeperKey,
    #[n(2)]
    addresses: Vec<String>,
    #[n(3)]
    place: PlaceId,
    #[n(4)]
    claim: ByteArray<32>,
}

impl PlaceLink {
    /// The link as text.
    ///
    /// # Errors
    /// [`PlaceLinkError::TooLong`] if there are more or longer addresses than fit.
    pub fn to_text(&self) -> Result<String, PlaceLinkError> {
        crate::address::check(&self.addresses).map_err(|_| PlaceLinkError::TooLong)?;
        let bytes = codec::encode(&Wire {
            version: VERSION,
            keeper: self.keeper,
            addresses: self.addresses.clone(),
            place: self.place,
            claim: (*self.claim.expose()).into(),
        });
        TEXT.write(bytes).ok_or(PlaceLinkError::TooLong)
    }

    /// Reads a link from text as people paste it.
    ///
    /// # Errors
    /// [`PlaceLinkError`], saying what to do about it.
    pub fn parse(text: &str) -> Result<PlaceLink, PlaceLinkError> {
        let bytes = TEXT.read(text).map_err(|garbled| match garbled {
            Garbled::Scheme => PlaceLinkError::NotALink,
            Garbled::TooLong => PlaceLinkError::TooLong,
            Garbled::Damaged => PlaceLinkError::Damaged,
        })?;
        let malformed = PlaceLinkError::Malformed;
        let Version { version } = codec::decode(&bytes).map_err(malformed)?;
        if version > VERSION {
            return Err(PlaceLinkError::Newer);
        }
        let wire: Wire = codec::decode(&bytes).map_err(malformed)?;
        if wire.version != VERSION {
            return Err(malformed(CodecError::Mismatch(format!("version {}", wire.version))));
        }
        crate::address::check(&wire.addresses).map_err(malformed)?;
        Ok(PlaceLink {
            keeper: wire.keeper,
            addresses: wire.addresses,
            place: wire.place,
            claim: ClaimSecret(wire.claim.into()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link() -> PlaceLink {
        PlaceLink {
            keeper: KeeperKey([7; 32]),
            addresses: vec!["/ip4/192.0.2.7/udp/41000/quic-v1".into(), "/dns4/k.example/tcp/41000".into()],
            place: PlaceId([1; 16]),
            claim: ClaimSecret([4; 32]),
        }
    }

    #[test]
    fn a_link_survives_a_messenger() {
        let text = link().to_text().unwrap();
        assert!(text.starts_with(PLACE_SCHEME));
        assert_eq!(
            PlaceLink::parse(&format!("  {}\n", text.replace("keeper:", "KEEPER: \u{200b}"))),
            Ok(link())
        );
        let (front, back) = text.split_at(40);
        assert_eq!(PlaceLink::parse(&format!("{front}\r\n> {back}").replace("> ", "")), Ok(link()));
    }

    #[test]
    fn what_is_no_link_is_told_apart() {
        let text = link().to_text().unwrap();
        assert_eq!(PlaceLink::parse("kith:abc"), Err(PlaceLinkError::NotALink));
        let cut: String = text.chars().take(text.len() - 1).collect();
        assert_eq!(PlaceLink::parse(&cut), Err(PlaceLinkError::Damaged));
        let long = format!("{text}{}", "A".repeat(limits::PLACE_LINK));
        assert_eq!(PlaceLink::parse(&long), Err(PlaceLinkError::TooLong));
        let addresses = vec!["x".into(); limits::NODE_ADDRESSES + 1];
        assert_eq!(PlaceLink { addresses, ..link() }.to_text(), Err(PlaceLinkError::TooLong));
        let newer = TEXT.write(codec::encode(&Version { version: 2 })).unwrap();
        assert_eq!(PlaceLink::parse(&newer), Err(PlaceLinkError::Newer));
        let other = TEXT.write(codec::encode(&Version { version: 0 })).unwrap();
        assert!(matches!(PlaceLink::parse(&other), Err(PlaceLinkError::Malformed(_))));
    }
}
