//! Who a person is: a seed of twelve words, and in every group a pseudonym derived from it.
//!
//! ```text
//! Seed (16 random bytes = 12 English BIP39 words)
//! └─ BIP39 seed (PBKDF2, no passphrase, 64 bytes)
//!    └─ HKDF-SHA256, info = purpose ‖ 0 ‖ group salt ‖ generation ‖ …
//!       ├─ "kith/1/member"            signing key
//!       ├─ "kith/1/seal"  ‖ log id    secret of one log's sealing key
//!       ├─ "kith/1/drop"  ‖ log id    secret of one log's drop marks
//!       └─ "kith/1/listing-key" ‖ salt   secret of one listing's key
//! ```
//!
//! Two groups' keys are independent outputs of one function, so nobody without the seed can link them. The
//! generation begins at 0 and grows by one when somebody comes back after a removal, since a removed key stays
//! removed. Sealing secrets hang on the log, so a new log after a recovery gets a new one.
//!
//! Secrets are overwritten when dropped and never printed.

use std::fmt;

use bip39::Mnemonic;
use ed25519_dalek::SigningKey;
use hkdf::Hkdf;
use hpke::kem::X25519HkdfSha256;
use hpke::{Deserializable, Kem, Serializable};
use rand_core::CryptoRng;
use sha2::Sha256;
use thiserror::Error;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::directory::ListingSecret;
use crate::envelope::drop_mark;
use crate::id::{DropMark, LogId, MemberKey, PlaceId, SealKey, keyed_hash};
use crate::secret::secret;

type HpkeSecret = <X25519HkdfSha256 as Kem>::PrivateKey;

/// How many recovery words there are.
pub const WORDS: usize = 12;

/// Why words are not a seed. Each tells the person who typed them what to look at.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum WordsError {
    /// Too few or too many.
    #[error("there are {0} words; recovery words are {WORDS}")]
    Count(usize),
    /// A word that is not in the BIP39 English list.
    #[error("word {position}, \"{word}\", is not a recovery word; look for a slip of spelling")]
    Unknown {
        /// Which, counted from 1.
        position: usize,
        /// As typed, in lower case.
        word: String,
    },
    /// All words are in the list, and the last does not fit the others.
    #[error("the words do not fit together; one of them is another word, or two have changed places")]
    Check,
}

/// The 16 bytes a person owns: everything they are in every group comes from them.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Seed([u8; 16]);

impl Seed {
    /// Draws a new one.
    pub fn generate(rng: &mut impl CryptoRng) -> Seed {
        let mut bytes = [0; 16];
        rng.fill_bytes(&mut bytes);
        Seed(bytes)
    }

    /// Takes it from its bytes.
    pub fn from_bytes(bytes: [u8; 16]) -> Seed {
        Seed(bytes)
    }

    /// Its bytes, for the vault.
    pub fn expose(&self) -> &[u8; 16] {
        &self.0
    }

    /// The twelve words, with a space between each two.
    pub fn words(&self) -> Zeroizing<String> {
        Zeroizing::new(self.mnemonic().to_string())
    }

    /// Reads twelve words. Case does not matter, nor what stands between them: spaces, line breaks, commas or
    /// numbers.
    ///
    /// # Errors
    /// [`WordsError`], saying which word to look at.
    pub fn from_words(text: &str) -> Result<Seed, WordsError> {
        let typed = Zeroizing::new(text.to_lowercase());
        let words: Vec<&str> =
            typed.split(|letter: char| !letter.is_alphabetic()).filter(|word| !word.is_empty()).collect();
        if words.len() != WORDS {
            return Err(WordsError::Count(words.len()));
        }
        let joined = Zeroizing::new(words.join(" "));
        let mnemonic = Mnemonic::parse_in_normalized(bip39::Language::English, &joined);
        let mnemonic = mnemonic.map_err(|error| match error {
            bip39::Error::UnknownWord(index) => WordsError::Unknown {
                position: index.saturating_add(1),
                word: words.get(index).copied().unwrap_or_default().to_owned(),
            },
            _ => WordsError::Check,
        })?;
        let (entropy, _) = mnemonic.to_entropy_array();
        let entropy = Zeroizing::new(entropy);
        entropy.first_chunk().map(|bytes| Seed(*bytes)).ok_or(WordsError::Check)
    }

    /// Stretches the seed (PBKDF2, 2048 rounds: about a millisecond). Keep the result, not this call.
    pub fn identity(&self) -> Identity {
        Identity { root: Zeroizing::new(self.mnemonic().to_seed_normalized("")) }
    }

    #[allow(
        clippy::expect_used,
        reason = "refuses other lengths only, and going on with another seed is worse"
    )]
    fn mnemonic(&self) -> Mnemonic {
        Mnemonic::from_entropy(&self.0).expect("16 bytes are one of the lengths of BIP39")
    }
}

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seed(…)")
    }
}

/// A person: what all their pseudonyms are derived from.
#[derive(Clone)]
pub struct Identity {
    root: Zeroizing<[u8; 64]>,
}

impl Identity {
    /// An identity that has no words behind it, of somebody who exists in a simulation only.
    #[cfg(feature = "sim")]
    pub(crate) fn without_words(root: [u8; 64]) -> Identity {
        Identity { root: Zeroizing::new(root) }
    }

    /// This person's pseudonym in the group with `salt`. `generation` is 0, or how often they came back there
    /// after a removal.
    pub fn member(&self, salt: &[u8; 32], generation: u32) -> MemberSecrets {
        let info =
            |purpose: &str| [purpose.as_bytes(), &[0], salt.as_slice(), &generation.to_be_bytes()].concat();
        MemberSecrets {
            signing: SigningKey::from_bytes(&self.derive(&info("kith/1/member"))),
            root: self.clone(),
            seal: info("kith/1/seal"),
            drop: info("kith/1/drop"),
            listing: info("kith/1/listing-key"),
            steward: info("kith/1/steward"),
        }
    }

    #[allow(
        clippy::expect_used,
        reason = "refuses longer outputs only, and going on with a key of zeros is worse"
    )]
    fn derive(&self, info: &[u8]) -> Zeroizing<[u8; 32]> {
        let mut out = Zeroizing::new([0; 32]);
        Hkdf::<Sha256>::new(None, self.root.as_slice())
            .expand(info, out.as_mut_slice())
            .expect("32 bytes are within what HKDF gives");
        out
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity(…)")
    }
}

/// One person in one group: what they sign with, and what their logs there derive.
#[derive(Clone)]
pub struct MemberSecrets {
    signing: SigningKey,
    root: Identity,
    seal: Vec<u8>,
    drop: Vec<u8>,
    listing: Vec<u8>,
    steward: Vec<u8>,
}

impl MemberSecrets {
    /// What others know the member by.
    pub fn key(&self) -> MemberKey {
        MemberKey(self.signing.verifying_key().to_bytes())
    }

    /// What the member signs with.
    pub fn signing(&self) -> &SigningKey {
        &self.signing
    }

    /// The secret to which epoch keys are wrapped for one log.
    pub fn seal(&self, log: &LogId) -> SealSecret {
        SealSecret::from_bytes(*self.root.derive(&[self.seal.as_slice(), log.as_ref()].concat()))
    }

    /// The secret behind the drop marks of one log.
    pub fn drop_secret(&self, log: &LogId) -> DropSecret {
        DropSecret(*self.root.derive(&[self.drop.as_slice(), log.as_ref()].concat()))
    }

    /// The secret of a listing that this member makes: its key has nothing in common with the member's for whoever has
    /// neither.
    pub fn listing(&self, salt: &[u8; 16]) -> ListingSecret {
        ListingSecret::from_bytes(*self.root.derive(&[self.listing.as_slice(), salt].concat()))
    }

    /// What the member signs a keeper's grants with, at one place: unrelated to every other key of theirs.
    pub fn steward(&self, place: &PlaceId) -> SigningKey {
        SigningKey::from_bytes(&self.root.derive(&[self.steward.as_slice(), place.as_ref()].concat()))
    }
}

impl fmt::Debug for MemberSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MemberSecrets({}, …)", self.key())
    }
}

/// The X25519 secret of one log.
#[derive(Clone)]
pub struct SealSecret {
    secret: HpkeSecret,
    key: SealKey,
}

impl SealSecret {
    /// Takes it from 32 bytes; any will do (RFC 7748 clamps them).
    #[allow(clippy::expect_used, reason = "refuses other lengths only, and no secret could stand in")]
    pub fn from_bytes(bytes: [u8; 32]) -> SealSecret {
        let bytes = Zeroizing::new(bytes);
        let secret = HpkeSecret::from_bytes(bytes.as_slice()).expect("32 bytes are an X25519 secret");
        let key = SealKey(X25519HkdfSha256::sk_to_pk(&secret).to_bytes().into());
        SealSecret { secret, key }
    }

    /// What others seal to.
    pub fn key(&self) -> SealKey {
        self.key
    }

    pub(crate) fn hpke(&self) -> &HpkeSecret {
        &self.secret
    }
}

impl fmt::Debug for SealSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealSecret(of {})", self.key)
    }
}

secret!(
    /// What the drop marks of one log come from. Only its author can derive it.
    DropSecret
);

impl DropSecret {
    /// The secret of one entry: showing it lets everybody, keepers too, drop that entry's payload.
    pub fn reveal(&self, seq: u64) -> [u8; 32] {
        keyed_hash(&self.0, "kith/1/drop-secret", &[&seq.to_be_bytes()])
    }

    /// The mark of one entry, in the clear on its envelope.
    pub fn mark(&self, seq: u64) -> DropMark {
        drop_mark(&self.reveal(seq))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ABANDON: &str =
        "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";

    #[test]
    fn words_are_a_seed_and_back() {
        assert_eq!(Seed::from_bytes([0; 16]).words().as_str(), ABANDON);
        assert_eq!(Seed::from_words(ABANDON), Ok(Seed([0; 16])));
        let seed = Seed(std::array::from_fn(|i| i as u8 * 17));
        assert_eq!(Seed::from_words(&seed.words()), Ok(seed));
    }

    #[test]
    fn the_seed_is_the_one_of_bip39() {
        // The first test vector published with BIP39, without its passphrase: computed by other wallets too.
        let root = Seed([0; 16]).identity().root;
        assert!(
            hex::encode(root.as_slice())
                .starts_with("5eb00bbddcf069084889a8ab9155568165f5c453ccb85e70811aaed6f6da5fc1")
        );
    }

    #[test]
    fn people_type_as_they_like() {
        let numbered: String = ABANDON
            .split(' ')
            .enumerate()
            .map(|(i, word)| format!("{}. {}\r\n", i + 1, word.to_uppercase()))
            .collect();
        for text in [&format!("  {}\n\t", ABANDON.replace(' ', " , \n ")), &numbered] {
            assert_eq!(Seed::from_words(text), Ok(Seed([0; 16])), "{text}");
        }
    }

    #[test]
    fn errors_say_which_word() {
        assert_eq!(Seed::from_words("abandon about"), Err(WordsError::Count(2)));
        assert_eq!(Seed::from_words(""), Err(WordsError::Count(0)));
        assert_eq!(Seed::from_words(&format!("{ABANDON} about")), Err(WordsError::Count(13)));
        assert_eq!(
            Seed::from_words(&ABANDON.replacen("abandon", "Abandom", 1)),
            Err(WordsError::Unknown { position: 1, word: "abandom".into() })
        );
        assert_eq!(Seed::from_words(&ABANDON.replace("about", "abandon")), Err(WordsError::Check));
    }

    #[test]
    fn groups_generations_and_logs_have_nothing_in_common() {
        let person = Seed([0; 16]).identity();
        let (one, two) = (LogId([1; 8]), LogId([2; 8]));
        let here = person.member(&[1; 32], 0);
        assert_eq!(here.key(), Seed([0; 16]).identity().member(&[1; 32], 0).key());
        assert_ne!(here.key(), person.member(&[2; 32], 0).key());
        assert_ne!(here.key(), person.member(&[1; 32], 1).key());
        assert_ne!(here.key(), Seed([1; 16]).identity().member(&[1; 32], 0).key());
        assert_eq!(here.seal(&one).key(), person.member(&[1; 32], 0).seal(&one).key());
        assert_ne!(here.seal(&one).key(), here.seal(&two).key());
        assert_ne!(here.seal(&one).key(), person.member(&[1; 32], 1).seal(&one).key());
        assert_ne!(here.drop_secret(&one), here.drop_secret(&two));
        let steward = |member: &MemberSecrets, place| member.steward(&PlaceId([place; 16])).to_bytes();
        assert_eq!(steward(&here, 1), steward(&person.member(&[1; 32], 0), 1));
        for other in [steward(&here, 2), steward(&person.member(&[2; 32], 0), 1), here.signing().to_bytes()] {
            assert_ne!(steward(&here, 1), other);
        }
    }

    #[test]
    fn a_drop_mark_shows_nothing_of_its_neighbours() {
        let secret = Seed([0; 16]).identity().member(&[1; 32], 0).drop_secret(&LogId([1; 8]));
        assert_eq!(secret.mark(3), drop_mark(&secret.reveal(3)));
        assert_ne!(secret.mark(3), secret.mark(4));
    }

    #[test]
    fn secrets_are_not_printed() {
        let seed = Seed([0xab; 16]);
        let member = seed.identity().member(&[1; 32], 0);
        let log = LogId([1; 8]);
        let shown = format!("{seed:?} {:?} {:?}", seed.identity(), member.drop_secret(&log));
        assert_eq!(shown, "Seed(…) Identity(…) DropSecret(…)");
        let shown = format!("{member:?} {:?}", member.seal(&log));
        assert_eq!(
            shown,
            format!("MemberSecrets({}, …) SealSecret(of {})", member.key(), member.seal(&log).key())
        );
    }
}
