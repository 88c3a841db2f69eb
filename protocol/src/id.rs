//! Names of things: fixed-size byte strings with a type each, so that one kind cannot stand in for another.
//!
//! All are either hashes (BLAKE3, truncated where the specification says so) or public keys. They order and
//! compare as bytes, print as lower-case hex, and travel as CBOR byte strings.

use std::fmt;

use minicbor::{Decode, Encode};

/// Hashes `parts` under a domain, as every hash of the protocol does: `domain ‖ 0 ‖ parts…`.
///
/// The zero byte ends the domain, so no domain can be the beginning of another; parts that are not of fixed
/// size must be the last.
pub fn hash(domain: &str, parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(domain.as_bytes());
    hasher.update(&[0]);
    for part in parts {
        hasher.update(part);
    }
    *hasher.finalize().as_bytes()
}

/// As [`hash`], keyed with a secret: a MAC, and the way keys are derived from keys.
pub fn keyed_hash(key: &[u8; 32], domain: &str, parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new_keyed(key);
    hasher.update(domain.as_bytes());
    hasher.update(&[0]);
    for part in parts {
        hasher.update(part);
    }
    *hasher.finalize().as_bytes()
}

/// The first `N` bytes of a 32-byte hash (`N` ≤ 32; further bytes, if asked for, are zero).
pub fn truncate<const N: usize>(full: &[u8; 32]) -> [u8; N] {
    let mut out = [0; N];
    for (to, from) in out.iter_mut().zip(full) {
        *to = *from;
    }
    out
}

macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $len:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
        #[cbor(transparent)]
        pub struct $name(#[cbor(n(0), with = "minicbor::bytes")] pub [u8; $len]);

        impl $name {
            /// Length in bytes.
            pub const LEN: usize = $len;

            /// Its bytes.
            pub fn as_bytes(&self) -> &[u8; $len] {
                &self.0
            }
        }

        impl AsRef<[u8]> for $name {
            fn as_ref(&self) -> &[u8] {
                &self.0
            }
        }

        impl TryFrom<&[u8]> for $name {
            type Error = std::array::TryFromSliceError;
            fn try_from(bytes: &[u8]) -> Result<Self, Self::Error> {
                Ok(Self(bytes.try_into()?))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }
    };
}

name!(
    /// A group: the hash of its genesis body. Known to members and to whoever holds an invite.
    GroupId, 32
);
name!(
    /// An entry: the hash of all that its signature covers, and of the signature
    /// ([`SignedEntry::id`](crate::entry::SignedEntry::id)).
    EntryId, 32
);
name!(
    /// The first half of an [`EntryId`], as content entries cite it (display only: never decides who may act).
    ShortId, 16
);
name!(
    /// An envelope: the hash of its header, clear part and payload, without the gate tag.
    EnvelopeId, 32
);
name!(
    /// An attachment: the hash of its mark and of the hashes of its sealed chunks.
    AttachmentId, 32
);
name!(
    /// What ties an attachment to whoever wrote the entry that names it, for those who can read that entry alone.
    AttachmentMark, 16
);
name!(
    /// An epoch: the hash of its key.
    EpochId, 32
);
name!(
    /// The first bytes of an [`EpochId`], in the clear on every envelope sealed under it.
    EpochTag, 8
);
name!(
    /// A member: the Ed25519 verifying key of one person in one group.
    MemberKey, 32
);
name!(
    /// The author field of an entry: the first bytes of the hash of a [`MemberKey`]. Two keys may share one
    /// (it can be ground), so signatures are tried against every key that fits.
    AuthorId, 8
);
name!(
    /// One device's log, eight random bytes.
    LogId, 8
);
name!(
    /// The X25519 public key of one log, to which epoch keys are wrapped.
    SealKey, 32
);
name!(
    /// The one-off Ed25519 verifying key with which a member speaks in one circle.
    VoiceKey, 32
);
name!(
    /// In the clear on an envelope: the hash of a secret that only the entry's author can derive. Zero: none.
    DropMark, 16
);

name!(
    /// A keeper: the Ed25519 verifying key of its node, which is its PeerId.
    KeeperKey, 32
);
name!(
    /// What a keeper calls one group: sixteen random bytes.
    PlaceId, 16
);
name!(
    /// A facilitator, as one place knows them: an Ed25519 verifying key that appears nowhere but there and in the group.
    StewardKey, 32
);
name!(
    /// Which gate key is proved to a keeper: the first bytes of the key's hash.
    GateName, 8
);

impl EntryId {
    /// The half that content entries cite.
    pub fn short(&self) -> ShortId {
        ShortId(truncate(&self.0))
    }
}

impl EpochId {
    /// What envelopes show of it.
    pub fn tag(&self) -> EpochTag {
        EpochTag(truncate(&self.0))
    }
}

impl MemberKey {
    /// What entries show of it.
    pub fn author(&self) -> AuthorId {
        AuthorId(truncate(&hash("kith/1/author", &[&self.0])))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_do_not_run_into_their_parts() {
        assert_ne!(hash("ab", &[b"c"]), hash("a", &[b"bc"]));
        assert_ne!(hash("a", &[b"\0b"]), hash("a\0b", &[b""]));
    }

    #[test]
    fn short_forms_are_prefixes() {
        let id = EntryId(std::array::from_fn(|i| i as u8));
        assert_eq!(id.short().0, id.0[..16]);
        assert_eq!(id.to_string().len(), 64);
    }
}
