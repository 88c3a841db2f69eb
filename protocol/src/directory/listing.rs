//! One listing, signed, and its end.

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use minicbor::bytes::{ByteArray, ByteVec};
use minicbor::{Decode, Encode};
use thiserror::Error;

use super::portrait::Portrait;
use crate::codec::{self, CodecError, at_most};
use crate::invite::{Link, LinkError, Way};
use crate::limits;
use crate::secret::secret;
use crate::time::Millis;

/// The version of a listing that this crate writes and reads.
pub const VERSION: u64 = 1;

/// How far ahead of a reader's clock a listing may be issued, in milliseconds: clocks differ.
const AHEAD: u64 = 24 * 3_600_000;

/// What a listing is known by: the verifying key that was made for it alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct ListingKey(#[cbor(n(0), with = "minicbor::bytes")] pub [u8; 32]);

secret!(
    /// What a listing is signed with: the Ed25519 secret of its key.
    ListingSecret
);

/// Why bytes are no listing, or one cannot be written.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ListingError {
    /// Not in its form, or beyond its bounds.
    #[error("this is no listing: {0}")]
    Form(#[from] CodecError),
    /// Made by a later version of Kith.
    #[error("this listing was made by a newer version of Kith")]
    Newer,
    /// Its signature is not that of its key.
    #[error("the signature of this listing is wrong")]
    Signature,
    /// It lasts longer than [`limits::LISTING_LASTS`].
    #[error("this listing would last too long")]
    TooLong,
    /// Its link is none, or none to knock by.
    #[error("this listing has no link to knock by")]
    Link,
}

/// A listing: what strangers read of a group, and how to knock there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// What it is known by.
    pub key: ListingKey,
    /// When it was signed: of one key the later holds.
    pub issued: Millis,
    /// When it ends: at most [`limits::LISTING_LASTS`] after it was signed.
    pub expires: Millis,
    /// What strangers read.
    pub portrait: Portrait,
    /// Where to knock.
    pub link: Link,
}

/// What a directory holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// A listing, with its bytes.
    Listing(Box<Listing>, Vec<u8>),
    /// The end of all listings of a key, with its bytes.
    Withdrawal(ListingKey, Vec<u8>),
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct Signed {
    #[n(0)]
    statement: ByteVec,
    #[n(1)]
    signature: ByteArray<64>,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct Version {
    #[n(0)]
    version: u64,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct Statement {
    #[n(0)]
    version: u64,
    #[n(1)]
    key: ListingKey,
    #[n(2)]
    says: Option<Says>,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct Says {
    #[n(0)]
    issued: Millis,
    #[n(1)]
    expires: Millis,
    #[n(2)]
    portrait: Portrait,
    #[n(3)]
    link: String,
}

fn signed_string(statement: &[u8]) -> Vec<u8> {
    [b"kith/1/listing\0".as_slice(), statement].concat()
}

impl ListingSecret {
    /// What its listings are known by.
    pub fn key(&self) -> ListingKey {
        ListingKey(self.signing().verifying_key().to_bytes())
    }

    fn signing(&self) -> SigningKey {
        SigningKey::from_bytes(&self.0)
    }

    fn sign(&self, statement: &Statement) -> Vec<u8> {
        let statement = codec::encode(statement);
        let signature = self.signing().sign(&signed_string(&statement)).to_bytes();
        codec::encode(&Signed { statement: statement.into(), signature: signature.into() })
    }

    /// A listing, signed.
    ///
    /// # Errors
    /// [`ListingError::Form`], [`ListingError::TooLong`], [`ListingError::Link`].
    pub fn list(
        &self,
        portrait: Portrait,
        link: &Link,
        issued: Millis,
        expires: Millis,
    ) -> Result<Vec<u8>, ListingError> {
        portrait.check()?;
        lasts(issued, expires)?;
        let link = to_knock(link)?.to_text().map_err(|_| ListingError::Link)?;
        let says = Says { issued, expires, portrait, link };
        let bytes = self.sign(&Statement { version: VERSION, key: self.key(), says: Some(says) });
        at_most(bytes.len(), limits::LISTING, "listing")?;
        Ok(bytes)
    }

    /// The end of everything that this secret lists: signed, and for good.
    pub fn withdrawal(&self) -> Vec<u8> {
        self.sign(&Statement { version: VERSION, key: self.key(), says: None })
    }
}

impl ListingKey {
    /// Whether bytes are the end of all listings of this key.
    pub fn is_withdrawn_by(&self, bytes: &[u8]) -> bool {
        matches!(Item::read(bytes), Ok(Item::Withdrawal(key, _)) if key == *self)
    }
}

impl std::fmt::Display for ListingKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl Item {
    /// Reads one, and checks it whole: its bounds, its texts, its signature.
    ///
    /// # Errors
    /// [`ListingError`]. Whether it has ended is for [`Listing::holds`].
    pub fn read(bytes: &[u8]) -> Result<Item, ListingError> {
        at_most(bytes.len(), limits::LISTING, "listing")?;
        let Signed { statement, signature } = codec::decode(bytes)?;
        let Version { version } = codec::decode(&statement)?;
        if version > VERSION {
            return Err(ListingError::Newer);
        }
        let Statement { version, key, says } = codec::decode(&statement)?;
        if version != VERSION {
            return Err(CodecError::Mismatch(format!("version {version}")).into());
        }
        let verifying = VerifyingKey::from_bytes(&key.0).map_err(|_| ListingError::Signature)?;
        let signature = Signature::from_bytes(&signature);
        let signed = verifying.verify_strict(&signed_string(&statement), &signature);
        signed.map_err(|_| ListingError::Signature)?;
        let Some(Says { issued, expires, portrait, link }) = says else {
            return Ok(Item::Withdrawal(key, bytes.to_vec()));
        };
        portrait.check()?;
        lasts(issued, expires)?;
        let link = Link::parse(&link).map_err(|error| match error {
            LinkError::Newer => ListingError::Newer,
            _ => ListingError::Link,
        })?;
        to_knock(&link)?;
        Ok(Item::Listing(Box::new(Listing { key, issued, expires, portrait, link }), bytes.to_vec()))
    }

    /// Whose it is.
    pub fn key(&self) -> ListingKey {
        match self {
            Item::Listing(listing, _) => listing.key,
            Item::Withdrawal(key, _) => *key,
        }
    }

    /// Its bytes, as they came.
    pub fn bytes(&self) -> &[u8] {
        match self {
            Item::Listing(_, bytes) | Item::Withdrawal(_, bytes) => bytes,
        }
    }
}

impl Listing {
    /// Whether it is to be shown now: it has not ended, nor its link, and was not issued by a clock far ahead.
    pub fn holds(&self, now: Millis) -> bool {
        now < self.expires && now < self.link.expires && self.issued <= now.plus(AHEAD)
    }
}

fn lasts(issued: Millis, expires: Millis) -> Result<(), ListingError> {
    let fits = issued < expires && expires.since(issued) <= limits::LISTING_LASTS;
    if fits { Ok(()) } else { Err(ListingError::TooLong) }
}

/// Strangers knock, and are let in by somebody: a link that lets in whoever holds it has no place in public.
fn to_knock(link: &Link) -> Result<&Link, ListingError> {
    match link.way {
        Way::Knock { .. } => Ok(link),
        Way::OnSight | Way::Confirm { .. } | Way::OpenDoor { .. } => Err(ListingError::Link),
    }
}
