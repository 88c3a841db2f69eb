//! Where a member's node can be reached, signed by the member: what the address book inside a group holds.
//!
//! The protocol does not read addresses; they are bounded texts for the network part. Of two records of one
//! log the higher sequence number is the newer one.

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use minicbor::{Decode, Encode};
use thiserror::Error;

use crate::codec::{self, CodecError, at_most};
use crate::entry::SIGNATURE;
use crate::id::{GroupId, LogId, MemberKey};
use crate::limits;
use crate::time::Millis;

/// Why bytes are not a member's address record.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum AddressError {
    /// Not the form of a record, or beyond its limits.
    #[error("not an address record: {0}")]
    Form(#[from] CodecError),
    /// Not signed by the member it names, for this group.
    #[error("an address record without the member's signature")]
    Signature,
}

/// Where one device of a member was at some time.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct AddressRecord {
    /// Whose.
    #[n(0)]
    pub member: MemberKey,
    /// Which device.
    #[n(1)]
    pub log: LogId,
    /// At most [`limits::NODE_ADDRESSES`] texts of at most [`limits::ADDRESS`] bytes; none withdraws earlier ones.
    #[n(2)]
    pub addresses: Vec<String>,
    /// When, as claimed.
    #[n(3)]
    pub time: Millis,
    /// Grows by one with each record of this log.
    #[n(4)]
    pub sequence: u64,
}

impl AddressRecord {
    /// Signs the record for a group with its member's key: `record ‖ signature`, as it is kept and passed on.
    pub fn sign(&self, group: &GroupId, key: &SigningKey) -> Vec<u8> {
        let mut bytes = codec::encode(self);
        let signature = key.sign(&signed_string(group, &bytes));
        bytes.extend_from_slice(&signature.to_bytes());
        bytes
    }

    /// Reads a signed record and checks its limits and its signature. Whether the signer is a member is for the
    /// group to say.
    ///
    /// # Errors
    /// [`AddressError`].
    pub fn verify(bytes: &[u8], group: &GroupId) -> Result<AddressRecord, AddressError> {
        let (bytes, signature) = bytes.split_last_chunk::<SIGNATURE>().ok_or(CodecError::Truncated)?;
        let record: AddressRecord = codec::decode(bytes)?;
        check(&record.addresses)?;
        let key = VerifyingKey::from_bytes(&record.member.0).map_err(|_| AddressError::Signature)?;
        key.verify_strict(&signed_string(group, bytes), &Signature::from_bytes(signature))
            .map_err(|_| AddressError::Signature)?;
        Ok(record)
    }
}

fn signed_string(group: &GroupId, bytes: &[u8]) -> Vec<u8> {
    [b"kith/1/addresses\0".as_slice(), group.as_ref(), bytes].concat()
}

/// Checks the addresses of one node.
pub(crate) fn check(addresses: &[String]) -> Result<(), CodecError> {
    at_most(addresses.len(), limits::NODE_ADDRESSES, "list of addresses")?;
    addresses.iter().try_for_each(|address| at_most(address.len(), limits::ADDRESS, "address"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GROUP: GroupId = GroupId([8; 32]);

    fn record(key: &SigningKey) -> AddressRecord {
        AddressRecord {
            member: MemberKey(key.verifying_key().to_bytes()),
            log: LogId([2; 8]),
            addresses: vec!["/ip4/192.0.2.7/udp/41000/quic-v1".into()],
            time: Millis(1_795_305_600_000),
            sequence: 3,
        }
    }

    #[test]
    fn a_record_is_its_members_for_one_group() {
        let key = SigningKey::from_bytes(&[1; 32]);
        let signed = record(&key).sign(&GROUP, &key);
        assert_eq!(AddressRecord::verify(&signed, &GROUP), Ok(record(&key)));
        assert_eq!(AddressRecord::verify(&signed, &GroupId([9; 32])), Err(AddressError::Signature));
        let other = SigningKey::from_bytes(&[2; 32]);
        assert_eq!(
            AddressRecord::verify(&record(&key).sign(&GROUP, &other), &GROUP),
            Err(AddressError::Signature)
        );
        for at in 0..signed.len() {
            let mut altered = signed.clone();
            altered[at] ^= 1;
            assert!(AddressRecord::verify(&altered, &GROUP).is_err(), "{at}");
        }
        for cut in 0..signed.len() {
            assert!(AddressRecord::verify(&signed[..cut], &GROUP).is_err(), "{cut}");
        }
    }

    #[test]
    fn addresses_are_bounded() {
        let key = SigningKey::from_bytes(&[1; 32]);
        for addresses in [vec!["x".into(); limits::NODE_ADDRESSES + 1], vec!["x".repeat(limits::ADDRESS + 1)]]
        {
            let signed = AddressRecord { addresses, ..record(&key) }.sign(&GROUP, &key);
            assert!(matches!(
                AddressRecord::verify(&signed, &GROUP),
                Err(AddressError::Form(CodecError::TooLarge(_)))
            ));
        }
    }
}
