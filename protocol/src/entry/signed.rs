//! An entry with its signature, and what the signature covers.
//!
//! Of a control entry it covers group, signer and bytes: people who hold no key yet have theirs sealed by others,
//! under whichever epoch those hold. Content is sealed by its author, so there it covers the epoch and the drop
//! mark too ([`Bond`]): nobody else can put it into another envelope, where a withdrawal would not find it.
//!
//! An entry's id is the hash of all that is signed *and* of the signature. As everything else in an envelope
//! follows from these, a content entry has one envelope, by its name and not by a rule about second ones.

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};

use super::Entry;
use crate::codec::CodecError;
use crate::id::{DropMark, EntryId, EpochId, GroupId, MemberKey};

/// Length of an Ed25519 signature in bytes.
pub const SIGNATURE: usize = 64;

/// What the signature of a content entry says of its envelope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bond {
    /// The epoch it is sealed under.
    pub epoch: EpochId,
    /// The drop mark it bears.
    pub drop: DropMark,
}

/// An entry's bytes with its signature, as they are sealed into an envelope or sent inside a proved stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedEntry {
    bytes: Vec<u8>,
    signature: [u8; SIGNATURE],
    bond: Option<Bond>,
}

impl SignedEntry {
    /// Signs an entry with a member's key. `bond` is given for content, and for nothing else: a signature made
    /// otherwise fits no envelope.
    pub fn sign(entry: &Entry, group: &GroupId, key: &SigningKey, bond: Option<Bond>) -> SignedEntry {
        let bytes = entry.encode();
        let signer = MemberKey(key.verifying_key().to_bytes());
        let mut signed = SignedEntry { bytes, signature: [0; SIGNATURE], bond };
        signed.signature = key.sign(&signed.covered(group, &signer)).to_bytes();
        signed
    }

    /// Takes apart `entry bytes ‖ signature`. `bond` is what the envelope shows, if it says content is inside.
    ///
    /// # Errors
    /// [`CodecError::Truncated`] if there is no room for a signature.
    pub fn from_bytes(bytes: &[u8], bond: Option<Bond>) -> Result<SignedEntry, CodecError> {
        let (entry, signature) = bytes.split_last_chunk::<SIGNATURE>().ok_or(CodecError::Truncated)?;
        Ok(SignedEntry { bytes: entry.to_vec(), signature: *signature, bond })
    }

    /// `entry bytes ‖ signature`.
    pub fn to_bytes(&self) -> Vec<u8> {
        [self.bytes.as_slice(), self.signature.as_slice()].concat()
    }

    /// The entry's bytes, without the signature.
    pub fn entry_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What the signature covers of the envelope; none of a control entry.
    pub fn bond(&self) -> Option<&Bond> {
        self.bond.as_ref()
    }

    /// Reads the entry.
    ///
    /// # Errors
    /// As [`Entry::decode`].
    pub fn entry(&self) -> Result<Entry, CodecError> {
        Entry::decode(&self.bytes)
    }

    /// The entry's id, if `signer` signed it: `BLAKE3(what is signed ‖ signature)`.
    pub fn id(&self, group: &GroupId, signer: &MemberKey) -> EntryId {
        let all = [self.covered(group, signer).as_slice(), &self.signature].concat();
        EntryId(*blake3::hash(&all).as_bytes())
    }

    /// Checks the signature with `verify_strict` (ed25519-dalek: no small-order keys, no malleable
    /// signatures), the one way this protocol verifies, since any looser one lets honest nodes differ.
    pub fn verify(&self, group: &GroupId, signer: &MemberKey) -> bool {
        let Ok(key) = VerifyingKey::from_bytes(&signer.0) else { return false };
        let signature = Signature::from_bytes(&self.signature);
        key.verify_strict(&self.covered(group, signer), &signature).is_ok()
    }

    /// What is signed. The domains differ, so that no content could be read as a control entry.
    fn covered(&self, group: &GroupId, signer: &MemberKey) -> Vec<u8> {
        let (group, signer, bytes) = (group.as_ref(), signer.as_ref(), self.bytes.as_slice());
        match &self.bond {
            None => [b"kith/1/entry\0", group, signer, bytes].concat(),
            Some(Bond { epoch, drop }) => {
                [b"kith/1/content-entry\0", group, signer, epoch.as_ref(), drop.as_ref(), bytes].concat()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::body::{Body, Post};
    use crate::entry::Links;
    use crate::id::{AuthorId, LogId, ShortId, hash};
    use crate::time::Millis;

    const GROUP: GroupId = GroupId([8; 32]);
    const BOND: Bond = Bond { epoch: EpochId([5; 32]), drop: DropMark([6; 16]) };

    fn key(seed: u8) -> SigningKey {
        SigningKey::from_bytes(&[seed; 32])
    }

    fn member(seed: u8) -> MemberKey {
        MemberKey(key(seed).verifying_key().to_bytes())
    }

    fn signed(bond: Option<Bond>) -> SignedEntry {
        let entry = Entry {
            author: AuthorId([1; 8]),
            log: LogId([2; 8]),
            seq: 7,
            links: Links::Content { prev: ShortId([3; 16]), control: vec![], content: vec![] },
            lamport: 300,
            time: Millis(1_795_305_600_000),
            body: Body::Post(Post::new("hello")),
        };
        SignedEntry::sign(&entry, &GROUP, &key(1), bond)
    }

    #[test]
    fn a_signature_covers_group_signer_and_bytes() {
        let post = signed(None);
        assert!(post.verify(&GROUP, &member(1)));
        assert!(!post.verify(&GroupId([9; 32]), &member(1)));
        assert!(!post.verify(&GROUP, &member(2)));
        let again = SignedEntry::from_bytes(&post.to_bytes(), None).unwrap();
        assert_eq!(again, post);
        assert_eq!(
            again.id(&GROUP, &member(1)).0,
            hash("kith/1/entry", &[&GROUP.0, &member(1).0, post.entry_bytes(), &post.signature])
        );
    }

    #[test]
    fn a_signature_on_content_covers_its_epoch_and_drop_mark() {
        let post = signed(Some(BOND));
        assert!(post.verify(&GROUP, &member(1)));
        let moved = |bond| SignedEntry::from_bytes(&post.to_bytes(), bond).unwrap();
        assert!(moved(Some(BOND)).verify(&GROUP, &member(1)));
        for bond in [
            None,
            Some(Bond { epoch: EpochId([4; 32]), ..BOND }),
            Some(Bond { drop: DropMark([0; 16]), ..BOND }),
        ] {
            assert!(!moved(bond).verify(&GROUP, &member(1)), "{bond:?}");
        }
    }

    #[test]
    fn another_signature_is_another_entry() {
        let mut post = signed(Some(BOND));
        let id = post.id(&GROUP, &member(1));
        post.signature[0] ^= 1;
        assert_ne!(post.id(&GROUP, &member(1)), id);
    }
}
