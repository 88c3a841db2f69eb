//! What a group lets a keeper know, signed by one of its stewards there.

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use minicbor::bytes::ByteArray;
use minicbor::{Decode, Encode};
use thiserror::Error;

use crate::codec::{self, CodecError, at_most};
use crate::entry::SIGNATURE;
use crate::epoch::GateKey;
use crate::id::{GateName, KeeperKey, PlaceId, StewardKey, hash};
use crate::limits;
use crate::time::Month;

/// Why a grant is not one.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum GrantError {
    /// Not the form of a grant, or beyond its limits.
    #[error("not a grant: {0}")]
    Form(#[from] CodecError),
    /// Not signed by whom it names, for this keeper.
    #[error("a grant without its steward's signature")]
    Signature,
}

/// What a place is told of its group. Each replaces the one before it, whole.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Grant {
    /// Which place.
    #[n(0)]
    pub place: PlaceId,
    /// Higher by one than that of the grant it replaces; 1 of the first.
    #[n(1)]
    pub number: u64,
    /// The gate key of the epoch that is sent under now.
    #[n(2)]
    gate: ByteArray<32>,
    /// Gate keys of earlier epochs and of other heads: what bears their tags is still taken from those who prove the key
    /// of now. At most [`limits::PLACE_GATES`].
    #[n(3)]
    past: Vec<ByteArray<32>>,
    /// Gate keys of the porches of open doors. At most [`limits::PLACE_PORCHES`].
    #[n(4)]
    porches: Vec<ByteArray<32>>,
    /// Who may write the next grant. At least one, at most [`limits::PLACE_STEWARDS`].
    #[n(5)]
    pub stewards: Vec<StewardKey>,
    /// The first month whose content is kept.
    #[n(6)]
    pub since: Month,
}

/// A grant with its bytes, its signer and its signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedGrant {
    bytes: Vec<u8>,
    /// What it says.
    pub grant: Grant,
    /// Who signed it.
    pub by: StewardKey,
}

impl Grant {
    /// Puts one together.
    pub fn new(
        place: PlaceId,
        gate: &GateKey,
        past: impl IntoIterator<Item = GateKey>,
        porches: impl IntoIterator<Item = GateKey>,
        stewards: Vec<StewardKey>,
        since: Month,
    ) -> Grant {
        let listed = |keys: Vec<GateKey>| keys.iter().map(|key| (*key.expose()).into()).collect();
        let past = past.into_iter().filter(|key| key != gate).take(limits::PLACE_GATES).collect();
        let porches = porches.into_iter().take(limits::PLACE_PORCHES).collect();
        Grant {
            place,
            number: 0,
            gate: (*gate.expose()).into(),
            past: listed(past),
            porches: listed(porches),
            stewards: stewards.into_iter().take(limits::PLACE_STEWARDS).collect(),
            since,
        }
    }

    /// The grant with a number.
    pub fn numbered(self, number: u64) -> Grant {
        Grant { number, ..self }
    }

    /// The gate key of now.
    pub fn gate(&self) -> GateKey {
        GateKey::from_bytes(self.gate.into())
    }

    /// Gate keys of before.
    pub fn past(&self) -> impl Iterator<Item = GateKey> {
        self.past.iter().map(|key| GateKey::from_bytes((*key).into()))
    }

    /// Gate keys of porches.
    pub fn porches(&self) -> impl Iterator<Item = GateKey> {
        self.porches.iter().map(|key| GateKey::from_bytes((*key).into()))
    }

    /// What two grants that say the same have in common, whatever their numbers: told by a keeper, so that a steward's
    /// node sees whether there is anything to say.
    pub fn substance(&self) -> [u8; 32] {
        let mut same = Grant { number: 0, ..self.clone() };
        same.past.sort_unstable();
        same.porches.sort_unstable();
        same.stewards.sort_unstable();
        hash("kith/1/grant-substance", &[&codec::encode(&same)])
    }

    /// Signs it for a keeper as a steward: `signer ‖ grant ‖ signature`, as it is sent and kept.
    pub fn sign(&self, keeper: &KeeperKey, steward: &SigningKey) -> SignedGrant {
        let by = StewardKey(steward.verifying_key().to_bytes());
        let grant = codec::encode(self);
        let signature = steward.sign(&signed_string(keeper, &grant)).to_bytes();
        let bytes = [by.as_ref(), grant.as_slice(), &signature].concat();
        SignedGrant { bytes, grant: self.clone(), by }
    }

    fn check(&self) -> Result<(), CodecError> {
        at_most(self.past.len(), limits::PLACE_GATES, "list of gate keys")?;
        at_most(self.porches.len(), limits::PLACE_PORCHES, "list of porches")?;
        at_most(self.stewards.len(), limits::PLACE_STEWARDS, "list of stewards")?;
        if self.stewards.is_empty() {
            return Err(CodecError::Mismatch("a grant that nobody may replace".into()));
        }
        Ok(())
    }
}

impl std::fmt::Debug for Grant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Grant")
            .field("number", &self.number)
            .field("since", &self.since)
            .finish_non_exhaustive()
    }
}

impl SignedGrant {
    /// Its bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Reads one and checks its limits and its signature. Whether its signer is a steward of the place is for the keeper
    /// to say.
    ///
    /// # Errors
    /// [`GrantError`].
    pub fn verify(bytes: &[u8], keeper: &KeeperKey) -> Result<SignedGrant, GrantError> {
        at_most(bytes.len(), limits::PLACE_GRANT, "grant")?;
        let (by, rest) = bytes.split_first_chunk().ok_or(CodecError::Truncated)?;
        let (body, signature) = rest.split_last_chunk::<SIGNATURE>().ok_or(CodecError::Truncated)?;
        let grant: Grant = codec::decode(body)?;
        grant.check()?;
        let key = VerifyingKey::from_bytes(by).map_err(|_| GrantError::Signature)?;
        key.verify_strict(&signed_string(keeper, body), &Signature::from_bytes(signature))
            .map_err(|_| GrantError::Signature)?;
        Ok(SignedGrant { bytes: bytes.to_vec(), grant, by: StewardKey(*by) })
    }
}

impl GateKey {
    /// The name by which a keeper is told which gate key is being proved.
    pub fn name(&self) -> GateName {
        GateName(crate::id::truncate(&hash("kith/1/gate-name", &[self.expose()])))
    }
}

fn signed_string(keeper: &KeeperKey, grant: &[u8]) -> Vec<u8> {
    [b"kith/1/grant\0".as_slice(), keeper.as_ref(), grant].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::epoch::EpochKey;

    const KEEPER: KeeperKey = KeeperKey([7; 32]);

    fn gate(n: u8) -> GateKey {
        EpochKey::from_bytes([n; 32]).control().gate()
    }

    fn grant(steward: &SigningKey) -> Grant {
        let stewards = vec![StewardKey(steward.verifying_key().to_bytes())];
        Grant::new(PlaceId([1; 16]), &gate(1), [gate(2), gate(1)], [gate(3)], stewards, Month(680))
    }

    #[test]
    fn a_grant_is_its_stewards_for_one_keeper() {
        let key = SigningKey::from_bytes(&[1; 32]);
        let signed = grant(&key).sign(&KEEPER, &key);
        assert_eq!(SignedGrant::verify(signed.bytes(), &KEEPER), Ok(signed.clone()));
        assert_eq!(SignedGrant::verify(signed.bytes(), &KeeperKey([8; 32])), Err(GrantError::Signature));
        for at in 0..signed.bytes().len() {
            let mut altered = signed.bytes().to_vec();
            altered[at] ^= 1;
            assert!(SignedGrant::verify(&altered, &KEEPER).is_err(), "{at}");
            assert!(SignedGrant::verify(&signed.bytes()[..at], &KEEPER).is_err(), "{at}");
        }
    }

    #[test]
    fn the_key_of_now_is_not_among_those_before() {
        let grant = grant(&SigningKey::from_bytes(&[1; 32]));
        assert_eq!(grant.past().collect::<Vec<_>>(), [gate(2)]);
        assert_eq!(grant.gate(), gate(1));
    }

    #[test]
    fn grants_that_say_the_same_are_told_as_such() {
        let key = SigningKey::from_bytes(&[1; 32]);
        let one = Grant { number: 3, ..grant(&key) };
        let two = Grant { number: 9, ..grant(&key) };
        assert_eq!(one.substance(), two.substance());
        let stewards = vec![StewardKey([2; 32]), StewardKey([1; 32])];
        let turned = vec![StewardKey([1; 32]), StewardKey([2; 32])];
        let [one, two] = [stewards, turned].map(|stewards| Grant { stewards, ..grant(&key) });
        assert_eq!(one.substance(), two.substance(), "the order of a list says nothing");
        assert_ne!(one.substance(), grant(&key).substance());
    }

    #[test]
    fn lists_are_bounded() {
        let key = SigningKey::from_bytes(&[1; 32]);
        let none = Grant { stewards: Vec::new(), ..grant(&key) }.sign(&KEEPER, &key);
        assert!(matches!(SignedGrant::verify(none.bytes(), &KEEPER), Err(GrantError::Form(_))));
        let many = Grant { stewards: vec![StewardKey([1; 32]); limits::PLACE_STEWARDS + 1], ..grant(&key) };
        assert!(SignedGrant::verify(many.sign(&KEEPER, &key).bytes(), &KEEPER).is_err());
        let most = (0..=u8::MAX).chain(0..=u8::MAX).chain(0..=u8::MAX).map(gate);
        let most = Grant::new(PlaceId([1; 16]), &gate(1), most, [], vec![StewardKey([1; 32])], Month(1));
        assert_eq!(most.past().count(), limits::PLACE_GATES);
        assert!(SignedGrant::verify(most.sign(&KEEPER, &key).bytes(), &KEEPER).is_ok());
    }

    #[test]
    fn gate_keys_are_not_printed() {
        let shown = format!("{:?}", grant(&SigningKey::from_bytes(&[1; 32])));
        assert_eq!(shown, "Grant { number: 0, since: Month(680), .. }");
    }
}
