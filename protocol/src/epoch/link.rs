//! Back-links: the key of an earlier epoch, sealed under a later one, so that one wrap opens a history.
//!
//! A *control* link carries the earlier epoch's control key, sealed under a key derived from the later one's
//! control key: it is always written, and whoever holds control keys alone can follow such links all the way
//! back. A *whole* link carries the epoch key, sealed under a key derived from the later one's content key:
//! it is written where the charter gives newcomers history.
//!
//! Under one link key, one pair of epochs and one kind always seal the same 32 bytes (the earlier epoch's
//! name commits to them), so the nonce can be derived and need not be sent. What comes out is believed only
//! if the earlier epoch's name is its hash.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use thiserror::Error;
use zeroize::Zeroizing;

use super::{ControlKey, EpochKey, EpochKeys};
use crate::body::BackLink;
use crate::id::{EpochId, keyed_hash, truncate};

/// Why a back-link gave no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FollowError {
    /// A whole link, and only the control part of the later epoch is held.
    #[error("only the whole key of the later epoch opens this link")]
    NoKey,
    /// It does not open, or holds another key than the earlier epoch's.
    #[error("the link does not hold the key of the epoch it names")]
    Broken,
}

/// Links a new epoch back to earlier ones: to each by its control key, and where `history` is given also by
/// its whole key, if that is held.
pub fn links<'a>(
    new: &EpochKey,
    earlier: impl IntoIterator<Item = &'a EpochKeys>,
    history: bool,
) -> Vec<BackLink> {
    let mut out = Vec::new();
    for keys in earlier {
        let control = keys.control().expose();
        let control = seal(&new.control().link(), &new.id(), &keys.epoch(), false, control);
        let whole = keys.key().filter(|_| history);
        let whole =
            whole.and_then(|key| seal(&new.content().link(), &new.id(), &keys.epoch(), true, key.expose()));
        out.extend(control.into_iter().chain(whole));
    }
    out
}

/// Takes the key of an earlier epoch out of a back-link written in the clear part of `under`'s epoch.
///
/// # Errors
/// [`FollowError`].
pub fn follow(link: &BackLink, under: &EpochKeys) -> Result<EpochKeys, FollowError> {
    let key = match (link.whole, under.content()) {
        (false, _) => under.control().link(),
        (true, Some(content)) => content.link(),
        (true, None) => return Err(FollowError::NoKey),
    };
    let key = Zeroizing::new(key);
    let (nonce, aad) = (nonce(&key, &under.epoch(), &link.epoch, link.whole), aad(&under.epoch(), link));
    let plain = XChaCha20Poly1305::new(key.as_slice().try_into().map_err(|_| FollowError::Broken)?)
        .decrypt(&nonce, Payload { msg: &link.sealed, aad: &aad })
        .map(Zeroizing::new)
        .map_err(|_| FollowError::Broken)?;
    let bytes: [u8; 32] = plain.as_slice().try_into().map_err(|_| FollowError::Broken)?;
    let keys = if link.whole {
        EpochKeys::whole(EpochKey::from_bytes(bytes))
    } else {
        EpochKeys::control_only(ControlKey::from_bytes(bytes))
    };
    if keys.epoch() == link.epoch { Ok(keys) } else { Err(FollowError::Broken) }
}

fn seal(key: &[u8; 32], new: &EpochId, old: &EpochId, whole: bool, plain: &[u8; 32]) -> Option<BackLink> {
    let mut link = BackLink { epoch: *old, whole, sealed: [0; 48] };
    let sealed = XChaCha20Poly1305::new(key.into())
        .encrypt(&nonce(key, new, old, whole), Payload { msg: plain, aad: &aad(new, &link) })
        .ok()?;
    link.sealed = sealed.try_into().ok()?;
    Some(link)
}

fn nonce(key: &[u8; 32], new: &EpochId, old: &EpochId, whole: bool) -> XNonce {
    let parts: [&[u8]; 3] = [new.as_ref(), old.as_ref(), &[u8::from(whole)]];
    truncate::<24>(&keyed_hash(key, "kith/1/link-nonce", &parts)).into()
}

fn aad(new: &EpochId, link: &BackLink) -> Vec<u8> {
    [b"kith/1/back-link\0".as_slice(), new.as_ref(), link.epoch.as_ref(), &[u8::from(link.whole)]].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> EpochKey {
        EpochKey::from_bytes([byte; 32])
    }

    #[test]
    fn one_key_opens_the_whole_chain() {
        let (first, second, third) = (key(1), key(2), key(3));
        let to_first = links(&second, [&EpochKeys::whole(first.clone())], true);
        let to_second = links(&third, [&EpochKeys::whole(second.clone())], true);
        let held = EpochKeys::whole(third);
        let held = follow(&to_second[1], &held).unwrap();
        assert_eq!(held.key(), Some(&second));
        let held = follow(&to_first[1], &held).unwrap();
        assert_eq!(held.key(), Some(&first));
    }

    #[test]
    fn control_links_are_followed_without_content_and_give_none() {
        let (first, second, third) = (key(1), key(2), key(3));
        let to_first = links(&second, [&EpochKeys::whole(first.clone())], true);
        let to_second = links(&third, [&EpochKeys::whole(second.clone())], false);
        assert_eq!(to_second.len(), 1, "no history, no whole link");
        let held = follow(&to_second[0], &EpochKeys::whole(third)).unwrap();
        assert_eq!((held.epoch(), held.is_whole()), (second.id(), false));
        assert_eq!(follow(&to_first[1], &held), Err(FollowError::NoKey));
        let held = follow(&to_first[0], &held).unwrap();
        assert_eq!((held.epoch(), held.is_whole()), (first.id(), false));
    }

    #[test]
    fn a_link_that_lies_is_refused() {
        let (old, new) = (key(1), key(2));
        let under = EpochKeys::whole(new.clone());
        for honest in links(&new, [&EpochKeys::whole(old.clone())], true) {
            let mut altered = honest.clone();
            altered.sealed[3] ^= 1;
            assert_eq!(follow(&altered, &under), Err(FollowError::Broken));
            let mut renamed = honest.clone();
            renamed.epoch = key(4).id();
            assert_eq!(follow(&renamed, &under), Err(FollowError::Broken));
            let mut turned = honest.clone();
            turned.whole = !turned.whole;
            assert_eq!(follow(&turned, &under), Err(FollowError::Broken));
            assert_eq!(follow(&honest, &EpochKeys::whole(key(5))), Err(FollowError::Broken));
        }
        // Sealed by one who may, naming an epoch the key is not of.
        let wrong = seal(&new.content().link(), &new.id(), &old.id(), true, key(9).expose()).unwrap();
        assert_eq!(follow(&wrong, &under), Err(FollowError::Broken));
        let wrong = seal(&new.control().link(), &new.id(), &old.id(), false, key(9).control().expose());
        assert_eq!(follow(&wrong.unwrap(), &under), Err(FollowError::Broken));
    }

    #[test]
    fn links_are_deterministic() {
        let (old, new) = (EpochKeys::whole(key(1)), key(2));
        assert_eq!(links(&new, [&old], true), links(&new, [&old], true));
    }
}
