//! Making an identity, bringing one back, and opening it: what is done to a home before its node runs.
//!
//! The recovery words are the identity. They leave here in one place only, [`words`], for the person's eyes.
//! Stretching a passphrase takes about a second: call this where blocking is fine.

use kith_protocol::identity::Seed;
use zeroize::Zeroizing;

use crate::home::Home;
use crate::service::ServiceError;
use crate::vault::{self, Protection, Stretch, Unlocked};

/// Makes a new identity in a home that has none.
///
/// # Errors
/// [`Code::IdentityExists`](crate::api::types::Code::IdentityExists), which leaves it alone; what the home, its
/// settings or the disk refuse.
pub fn create(home: &Home, protection: &Protection) -> Result<Unlocked, ServiceError> {
    keep(home, &Seed::from_bytes(rand::random()), protection)
}

/// Brings an identity back by its words, into a home that has none. Its groups come back by joining again.
///
/// # Errors
/// As [`create`]; [`Code::BadRecoveryWords`](crate::api::types::Code::BadRecoveryWords), saying what to look at.
pub fn recover(home: &Home, words: &str, protection: &Protection) -> Result<Unlocked, ServiceError> {
    keep(home, &Seed::from_words(words)?, protection)
}

fn keep(home: &Home, seed: &Seed, protection: &Protection) -> Result<Unlocked, ServiceError> {
    let stretch = Stretch::with_mib(home.config()?.passphrase_mib);
    Ok(vault::create(&home.paths().vault(), *seed.expose(), protection, stretch)?)
}

/// Opens the identity of a home.
///
/// # Errors
/// [`Code::NoIdentity`](crate::api::types::Code::NoIdentity),
/// [`Code::WrongPassphrase`](crate::api::types::Code::WrongPassphrase),
/// [`Code::HomeDamaged`](crate::api::types::Code::HomeDamaged).
pub fn open(home: &Home, protection: &Protection) -> Result<Unlocked, ServiceError> {
    Ok(vault::open(&home.paths().vault(), protection)?)
}

/// The twelve recovery words of an identity, with a space between each two.
pub fn words(vault: &Unlocked) -> Zeroizing<String> {
    Seed::from_bytes(*vault.seed()).words()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::types::Code;
    use crate::home::Paths;

    fn home(folder: &tempfile::TempDir, name: &str) -> (Home, Protection) {
        let home = Home::open(Paths::at(&folder.path().join(name))).unwrap();
        let protection = Protection::KeyFile(home.paths().key());
        (home, protection)
    }

    #[test]
    fn words_bring_the_same_identity_back() {
        let folder = tempfile::tempdir().unwrap();
        let (first, key) = home(&folder, "first");
        let made = create(&first, &key).unwrap();
        let words = words(&made);
        assert_eq!(words.split(' ').count(), 12);
        let (second, key) = home(&folder, "second");
        recover(&second, &words.to_uppercase(), &key).unwrap();
        assert_eq!(open(&second, &key).unwrap().seed(), made.seed());
    }

    #[test]
    fn an_identity_is_never_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let (home, key) = home(&folder, "home");
        assert_eq!(open(&home, &key).err().unwrap().code, Code::NoIdentity);
        let made = create(&home, &key).unwrap();
        assert_eq!(create(&home, &key).err().unwrap().code, Code::IdentityExists);
        assert_eq!(recover(&home, &words(&made), &key).err().unwrap().code, Code::IdentityExists);
        assert_eq!(open(&home, &key).unwrap().seed(), made.seed());
    }

    #[test]
    fn words_that_are_none_say_where_to_look() {
        let folder = tempfile::tempdir().unwrap();
        let (home, key) = home(&folder, "home");
        let typed = "abandon ".repeat(10) + "abondon about";
        let problem = recover(&home, &typed, &key).err().unwrap();
        assert_eq!(problem.code, Code::BadRecoveryWords);
        assert!(problem.message.contains("11") && problem.message.contains("abondon"), "{}", problem.message);
        assert!(!home.paths().vault().exists());
    }
}
