//! The phrase of an open door: made up or given, stretched, and a wrong one told at once.
//!
//! Stretching takes some tenths of a second and 64 MiB, so one is stretched at a time.

use kith_protocol::invite::{InviteSecret, Link, Way};
use kith_protocol::phrase;
use kith_protocol::porch::{self, DoorSecret};
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use super::{Service, ServiceError};
use crate::api::types::{Code, CreateInvite, InviteWay};
use crate::cell::Door;
use crate::vault::Stretch;

/// Whose turn it is to have a phrase stretched; whoever asks meanwhile waits.
#[derive(Debug)]
pub(crate) struct Stretching(Semaphore);

impl Default for Stretching {
    fn default() -> Self {
        Stretching(Semaphore::new(1))
    }
}

/// A door to be made, and the phrase if one was made up.
pub(super) struct Wished {
    pub(super) door: Door,
    pub(super) made_up: Option<Zeroizing<String>>,
}

/// What an invite to be made needs, if it is to be an open door.
///
/// # Errors
/// [`Code::BadRequest`] for a phrase on an invite of another way; [`Code::BadWords`] for one that is too short.
pub(super) async fn wished(
    invite: &CreateInvite,
    turns: &Stretching,
) -> Result<Option<Wished>, ServiceError> {
    let spoken = invite.with_phrase || invite.phrase.is_some();
    if invite.way != InviteWay::OpenDoor {
        let wrong = || {
            ServiceError::new(
                Code::BadRequest,
                "Only an open door takes a phrase.",
                "Choose the way open-door, or leave the phrase out.",
            )
        };
        return if spoken { Err(wrong()) } else { Ok(None) };
    }
    if !spoken {
        return Ok(Some(Wished { door: Door::plain(), made_up: None }));
    }
    let made_up = invite.phrase.is_none().then(|| phrase::generate(&mut rand::rng()));
    let said = made_up.as_deref().or(invite.phrase.as_ref()).map_or("", String::as_str);
    if !phrase::is_enough(said) {
        return Err(ServiceError::new(
            Code::BadWords,
            format!(
                "A phrase has at least {} letters, and at most {} bytes.",
                kith_protocol::limits::PHRASE_LEAST,
                kith_protocol::limits::PHRASE
            ),
            "Several words that nobody would guess are best; or let one be made up.",
        ));
    }
    let link = InviteSecret::generate(&mut rand::rng());
    let secret = turns.stretched(&link, said).await?;
    Ok(Some(Wished { door: Door { link, secret, spoken: true }, made_up }))
}

impl Stretching {
    /// What comes of a link's secret and a phrase.
    async fn stretched(&self, link: &InviteSecret, said: &str) -> Result<DoorSecret, ServiceError> {
        const STRETCH: Stretch =
            Stretch { memory_kib: porch::MEMORY_KIB, passes: porch::PASSES, lanes: porch::LANES };
        let (said, salt) = (phrase::normal(said), porch::phrase_salt(link));
        let _turn = self.0.acquire().await.map_err(|_| ServiceError::of(Code::Internal))?;
        let key = tokio::task::spawn_blocking(move || STRETCH.key(said.as_bytes(), &salt))
            .await
            .map_err(|_| ServiceError::of(Code::Internal))?;
        let key = key.map_err(|_| {
            ServiceError::new(
                Code::StorageFailed,
                "This device has not enough free memory to work with the phrase.",
                "Close other programs and try again.",
            )
        })?;
        Ok(DoorSecret::from_bytes(*key.bytes()))
    }
}

impl Service {
    /// What a link gives, with the phrase if it takes one; none if it is no open door's, or nothing is to be shown any
    /// more because I am in, or on my way in by it.
    ///
    /// # Errors
    /// [`Code::PhraseNeeded`], [`Code::PhraseWrong`].
    pub(super) async fn door(
        &self,
        link: &Link,
        said: Option<&str>,
    ) -> Result<Option<DoorSecret>, ServiceError> {
        let Way::OpenDoor { check, .. } = link.way else { return Ok(None) };
        let said = said.filter(|said| !phrase::normal(said).is_empty());
        let stretched = match (check, said) {
            (None, _) => None,
            (Some(_), Some(said)) => Some(self.node()?.stretching.stretched(&link.secret, said).await?),
            (Some(_), None) => return Err(Code::PhraseNeeded.into()),
        };
        Ok(Some(link.door(stretched).ok_or(ServiceError::of(Code::PhraseWrong))?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vectors of the protocol say what comes of a phrase.
    #[tokio::test]
    async fn a_phrase_is_stretched_as_the_protocol_says() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../protocol/vectors/door.json");
        let vectors: serde_json::Value =
            serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let bytes =
            |value: &serde_json::Value| <[u8; 32]>::try_from(hex::decode(value.as_str().unwrap()).unwrap());
        let link = InviteSecret::from_bytes(bytes(&vectors["link's secret"]).unwrap());
        let spoken = &vectors["with a phrase"];
        let door = Stretching::default().stretched(&link, spoken["phrase"].as_str().unwrap()).await.unwrap();
        assert_eq!(*door.expose(), bytes(&spoken["door"]["secret"]).unwrap());
    }

    #[tokio::test]
    async fn a_phrase_is_for_open_doors_and_long_enough() {
        let plain = CreateInvite::default();
        assert!(wished(&plain, &Stretching::default()).await.unwrap().is_none());
        let refused = |invite: CreateInvite| async move {
            wished(&invite, &Stretching::default()).await.err().map(|problem| problem.code)
        };
        let other = CreateInvite { with_phrase: true, ..plain.clone() };
        assert_eq!(refused(other).await, Some(Code::BadRequest));
        let open = CreateInvite { way: InviteWay::OpenDoor, ..plain };
        for short in ["", "no", "..............", "12 letters?"] {
            let invite = CreateInvite { phrase: Some(short.into()), ..open.clone() };
            assert_eq!(refused(invite).await, Some(Code::BadWords), "{short}");
        }
        let unspoken = wished(&open, &Stretching::default()).await.unwrap().unwrap();
        assert!(unspoken.made_up.is_none() && !unspoken.door.spoken);
    }
}
