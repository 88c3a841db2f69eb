//! Records of the DHT: where a member's device, or a keeper, is now, under a name that changes every week and that only
//! those can work out who are to find it.
//!
//! ```text
//! spot      an Ed25519 key that a secret, a purpose, a week and whose spot it is give; and a key that seals
//! name      the spot's verifying key (32)
//! record    hour (4) ‖ signature (64) ‖ a box of MEETING bytes      of one size, whatever is in it
//! ```
//!
//! Who holds a record sees a name that looks like any other, an hour and noise. It can tell that whoever wrote the record
//! could work out the name ([`judge`]): nobody else can put junk in its place, not even another who holds it. What is in
//! the box is signed again, by the member or the keeper that it tells of: those who share a spot's secret could write
//! there, and are not believed for it.
//!
//! A member's spot comes from the discovery secret of an epoch, which a removal's mint replaces: who was removed finds
//! nobody who knows of it. A keeper's comes from the id of the group's place.

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use minicbor::{Decode, Encode};
use rand_core::CryptoRng;
use thiserror::Error;

use crate::codec::{self, CodecError};
use crate::entry::SIGNATURE;
use crate::epoch::Discovery;
use crate::id::{KeeperKey, LogId, MemberKey, PlaceId, hash, keyed_hash};
use crate::time::{Hour, Millis, Week};
use crate::{address, boxed, limits};

/// Bytes of a name.
pub const NAME: usize = 32;

/// Under what a record is kept.
pub type Name = [u8; NAME];

/// Why bytes are no record of the DHT.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RecordError {
    /// More than a record holds.
    #[error("too much for a record of the DHT")]
    TooLong,
    /// Not a record of that name: of another size, under another name, by somebody else, or changed since.
    #[error("not a record of that name")]
    NotOfName,
    /// Not sealed for this spot.
    #[error("not a record for this spot")]
    Sealed,
    /// What is in it is no list of addresses.
    #[error("not addresses of a keeper: {0}")]
    Form(#[from] CodecError),
    /// It is not signed by the keeper.
    #[error("not signed by the keeper")]
    NotTheKeeper,
}

/// Where a record is kept in a week: its name, and what it takes to write and to read there.
pub struct Spot {
    signing: SigningKey,
    seal: [u8; 32],
}

impl Spot {
    /// That of a member's device, for those who know the discovery secret of an epoch.
    pub fn of_device(discovery: &Discovery, member: &MemberKey, log: &LogId, week: Week) -> Spot {
        let whose: [&[u8]; 3] = [&week.0.to_be_bytes(), member.as_ref(), log.as_ref()];
        Spot::from(keyed_hash(discovery.expose(), "kith/1/dht-device", &whose))
    }

    /// That of a keeper, for those who know a place that it gives.
    pub fn of_keeper(place: &PlaceId, week: Week) -> Spot {
        Spot::from(hash("kith/1/dht-keeper", &[&week.0.to_be_bytes(), place.as_ref()]))
    }

    fn from(secret: [u8; 32]) -> Spot {
        Spot { signing: SigningKey::from_bytes(&secret), seal: keyed_hash(&secret, "kith/1/dht-seal", &[]) }
    }

    /// Its name.
    pub fn name(&self) -> Name {
        self.signing.verifying_key().to_bytes()
    }

    /// Makes a record, written in an hour: one that replaces another must not be of an earlier.
    ///
    /// # Errors
    /// [`RecordError::TooLong`].
    pub fn write(&self, bytes: &[u8], hour: Hour, rng: &mut impl CryptoRng) -> Result<Vec<u8>, RecordError> {
        let closed = boxed::close(self.seal, &self.name(), bytes, rng).ok_or(RecordError::TooLong)?;
        let hour = hour.0.to_be_bytes();
        let signature = self.signing.sign(&signed_string(&hour, &closed)).to_bytes();
        Ok([hour.as_slice(), &signature, &closed].concat())
    }

    /// Reads a record of this spot, as its writer put it in.
    ///
    /// # Errors
    /// [`RecordError::NotOfName`], [`RecordError::Sealed`].
    pub fn read(&self, record: &[u8]) -> Result<Vec<u8>, RecordError> {
        judge(&self.name(), record)?;
        let closed = record.get(record.len().saturating_sub(limits::MEETING)..).unwrap_or_default();
        boxed::open(self.seal, &self.name(), closed).ok_or(RecordError::Sealed)
    }
}

/// Whether a record may be kept under a name, as anybody can tell: it is of the one size, and whoever wrote it could work
/// the name out. Says in which hour, as claimed.
///
/// # Errors
/// [`RecordError::NotOfName`].
pub fn judge(name: &[u8], record: &[u8]) -> Result<Hour, RecordError> {
    let wrong = RecordError::NotOfName;
    let name: &Name = name.try_into().map_err(|_| wrong.clone())?;
    if record.len() != limits::DHT_RECORD {
        return Err(wrong);
    }
    let (hour, rest) = record.split_first_chunk::<4>().ok_or_else(|| wrong.clone())?;
    let (signature, closed) = rest.split_first_chunk::<SIGNATURE>().ok_or_else(|| wrong.clone())?;
    let key = VerifyingKey::from_bytes(name).map_err(|_| wrong.clone())?;
    key.verify_strict(&signed_string(hour, closed), &Signature::from_bytes(signature)).map_err(|_| wrong)?;
    Ok(Hour(u32::from_be_bytes(*hour)))
}

fn signed_string(hour: &[u8; 4], closed: &[u8]) -> Vec<u8> {
    [b"kith/1/dht-record\0".as_slice(), hour, closed].concat()
}

/// Where a keeper is, as it says itself.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct KeeperAddresses {
    /// At most [`limits::NODE_ADDRESSES`] texts of at most [`limits::ADDRESS`] bytes.
    #[n(0)]
    pub addresses: Vec<String>,
    /// When, as claimed.
    #[n(1)]
    pub time: Millis,
}

impl KeeperAddresses {
    /// Signs them for those of a place: `map ‖ signature`.
    pub fn sign(&self, place: &PlaceId, key: &SigningKey) -> Vec<u8> {
        let mut bytes = codec::encode(self);
        let signature = key.sign(&keepers_string(place, &bytes));
        bytes.extend_from_slice(&signature.to_bytes());
        bytes
    }

    /// Reads what a keeper signed.
    ///
    /// # Errors
    /// [`RecordError::Form`], [`RecordError::NotTheKeeper`].
    pub fn verify(bytes: &[u8], place: &PlaceId, keeper: &KeeperKey) -> Result<KeeperAddresses, RecordError> {
        let (bytes, signature) = bytes.split_last_chunk::<SIGNATURE>().ok_or(CodecError::Truncated)?;
        let said: KeeperAddresses = codec::decode(bytes)?;
        address::check(&said.addresses)?;
        let key = VerifyingKey::from_bytes(&keeper.0).map_err(|_| RecordError::NotTheKeeper)?;
        key.verify_strict(&keepers_string(place, bytes), &Signature::from_bytes(signature))
            .map_err(|_| RecordError::NotTheKeeper)?;
        Ok(said)
    }
}

fn keepers_string(place: &PlaceId, bytes: &[u8]) -> Vec<u8> {
    [b"kith/1/dht-keeper-addresses\0".as_slice(), place.as_ref(), bytes].concat()
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::SeedableRng;

    use super::*;
    use crate::epoch::EpochKey;

    const WEEK: Week = Week(2951);
    const PLACE: PlaceId = PlaceId([3; 16]);

    fn device(epoch: u8, member: u8, log: u8, week: u32) -> Spot {
        let discovery = EpochKey::from_bytes([epoch; 32]).control().discovery();
        Spot::of_device(&discovery, &MemberKey([member; 32]), &LogId([log; 8]), Week(week))
    }

    fn rng() -> ChaCha20Rng {
        ChaCha20Rng::seed_from_u64(1)
    }

    #[test]
    fn every_device_and_week_and_epoch_has_a_name_of_its_own() {
        let mut names = vec![
            device(1, 1, 1, 7).name(),
            device(2, 1, 1, 7).name(),
            device(1, 2, 1, 7).name(),
            device(1, 1, 2, 7).name(),
            device(1, 1, 1, 8).name(),
            Spot::of_keeper(&PLACE, Week(7)).name(),
            Spot::of_keeper(&PLACE, Week(8)).name(),
        ];
        assert_eq!(device(1, 1, 1, 7).name(), names[0]);
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), 7);
    }

    #[test]
    fn who_knows_the_spot_reads_and_others_can_only_judge() {
        let spot = device(1, 1, 1, 7);
        for length in [0, 1, 700, boxed::HOLDS] {
            let said = vec![7; length];
            let record = spot.write(&said, Hour(5), &mut rng()).unwrap();
            assert_eq!(record.len(), limits::DHT_RECORD);
            assert_eq!(judge(&spot.name(), &record), Ok(Hour(5)));
            assert_eq!(spot.read(&record), Ok(said));
            for other in [device(2, 1, 1, 7), device(1, 1, 1, 8)] {
                assert_eq!(judge(&other.name(), &record), Err(RecordError::NotOfName));
                assert_eq!(other.read(&record), Err(RecordError::NotOfName));
            }
        }
        let most = vec![7; boxed::HOLDS + 1];
        assert_eq!(spot.write(&most, Hour(5), &mut rng()), Err(RecordError::TooLong));
    }

    #[test]
    fn nobody_changes_a_record_or_gives_it_another_hour() {
        let spot = device(1, 1, 1, 7);
        let record = spot.write(b"here", Hour(5), &mut rng()).unwrap();
        for at in (0..record.len()).step_by(61).chain([0, 3, 4, 67, 68, record.len() - 1]) {
            let mut altered = record.clone();
            altered[at] ^= 1;
            assert_eq!(judge(&spot.name(), &altered), Err(RecordError::NotOfName), "{at}");
        }
        for wrong in [&record[1..], &[], &[record.as_slice(), &[0]].concat(), &[0; limits::DHT_RECORD]] {
            assert!(judge(&spot.name(), wrong).is_err());
        }
        assert!(judge(&spot.name()[1..], &record).is_err() && judge(&[0; 32], &record).is_err());
    }

    #[test]
    fn what_a_keeper_says_is_its_own_for_one_place() {
        let key = SigningKey::from_bytes(&[1; 32]);
        let keeper = KeeperKey(key.verifying_key().to_bytes());
        let said = KeeperAddresses {
            addresses: vec!["/ip4/192.0.2.1/tcp/4001".into()],
            time: Millis(1_795_305_600_000),
        };
        let spot = Spot::of_keeper(&PLACE, WEEK);
        let record = spot.write(&said.sign(&PLACE, &key), Hour(5), &mut rng()).unwrap();
        let read = spot.read(&record).unwrap();
        assert_eq!(KeeperAddresses::verify(&read, &PLACE, &keeper), Ok(said.clone()));
        assert_eq!(
            KeeperAddresses::verify(&read, &PlaceId([4; 16]), &keeper),
            Err(RecordError::NotTheKeeper)
        );
        let other = said.sign(&PLACE, &SigningKey::from_bytes(&[2; 32]));
        assert_eq!(KeeperAddresses::verify(&other, &PLACE, &keeper), Err(RecordError::NotTheKeeper));
        let many = vec![String::new(); limits::NODE_ADDRESSES + 1];
        let many = KeeperAddresses { addresses: many, ..said }.sign(&PLACE, &key);
        assert!(matches!(
            KeeperAddresses::verify(&many, &PLACE, &keeper),
            Err(RecordError::Form(CodecError::TooLarge(_)))
        ));
        for cut in 0..read.len() {
            assert!(KeeperAddresses::verify(&read[..cut], &PLACE, &keeper).is_err(), "{cut}");
        }
    }
}
