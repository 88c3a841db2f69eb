//! Open doors: invites whose joins are sealed before anybody of the group has answered.
//!
//! ```text
//! link secret D ─┬─ without a phrase ────────────────────── S = D
//!                └─ salt of the phrase ─ argon2id(phrase) ─ S
//! S ─┬─ seed of the invite's key     proves the invite, as any link's secret does
//!    ├─ PorchSecret                  stands in the invite too, where members read it
//!    └─ check                        one byte, in links that need a phrase: tells a slip of the tongue
//! ```
//!
//! A *porch* is no epoch. It has a control key alone and no links, opens the joins on its invite and nothing else, and
//! nothing but such a join is let in under it. So whoever sees a link can open what others left on its porch, their name
//! and key in this group, and nothing that members wrote; and what somebody on the porch says to the group before a member's
//! node has given them its keys is their join and no more.
//!
//! The stretching of the phrase is the caller's ([`MEMORY_KIB`] and so on): this crate gets the 32 bytes that come of it.

use minicbor::{Decode, Decoder, Encode, Encoder};

use crate::epoch::EpochKeys;
use crate::id::{hash, keyed_hash, truncate};
use crate::invite::InviteSecret;
use crate::secret::secret;

/// Memory that stretching a phrase takes, in KiB: 64 MiB.
pub const MEMORY_KIB: u32 = 64 * 1024;
/// Passes over it.
pub const PASSES: u32 = 3;
/// Lanes.
pub const LANES: u32 = 1;

secret!(
    /// What the porch's key comes from: known to members by the invite, and to who holds the link and the phrase.
    PorchSecret
);

secret!(
    /// What an open door's link gives, with the phrase if it needs one.
    DoorSecret
);

impl PorchSecret {
    /// What joins are sealed under.
    pub fn keys(&self) -> EpochKeys {
        EpochKeys::porch(&self.0)
    }
}

impl DoorSecret {
    /// What proves the invite.
    pub fn invite(&self) -> InviteSecret {
        InviteSecret::from_bytes(keyed_hash(&self.0, "kith/1/door-key", &[]))
    }

    /// What the porch's key comes from.
    pub fn porch(&self) -> PorchSecret {
        PorchSecret(keyed_hash(&self.0, "kith/1/porch", &[]))
    }

    /// What the link says of it, if it needs a phrase: a mistyped one is found out with it, but for one in 256. To whoever
    /// guesses with the link alone it says no more than that.
    pub fn check(&self) -> u8 {
        let [check] = truncate(&keyed_hash(&self.0, "kith/1/door-check", &[]));
        check
    }
}

/// The salt under which the phrase of a link is stretched.
pub fn phrase_salt(link: &InviteSecret) -> [u8; 16] {
    truncate(&hash("kith/1/phrase", &[link.expose()]))
}

impl<C> Encode<C> for PorchSecret {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.bytes(&self.0)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for PorchSecret {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        let bytes = d.bytes()?.try_into();
        bytes.map(PorchSecret).map_err(|_| minicbor::decode::Error::message("a porch is 32 bytes"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::epoch::EpochKey;

    fn door() -> DoorSecret {
        DoorSecret::from_bytes([7; 32])
    }

    #[test]
    fn what_hangs_on_a_door_is_told_apart() {
        let keys = door().porch().keys();
        let all = [door().0, *door().invite().expose(), *door().porch().expose(), *keys.control().expose()];
        for (n, one) in all.iter().enumerate() {
            assert!(all.iter().skip(n + 1).all(|other| other != one), "{n}");
        }
        assert!(!keys.is_whole() && keys.content().is_none() && keys.key().is_none());
        assert_ne!(
            phrase_salt(&InviteSecret::from_bytes([1; 32])),
            phrase_salt(&InviteSecret::from_bytes([2; 32]))
        );
    }

    #[test]
    fn a_porch_is_no_epoch_of_the_same_bytes_or_the_same_key() {
        let porch = door().porch().keys();
        assert_ne!(porch.epoch(), EpochKey::from_bytes(*door().porch().expose()).id());
        assert_ne!(porch.epoch(), EpochKeys::control_only(porch.control().clone()).epoch());
    }

    #[test]
    fn a_check_tells_most_phrases_apart() {
        let same = (0..=u8::MAX).filter(|byte| DoorSecret::from_bytes([*byte; 32]).check() == door().check());
        assert!((1..6).contains(&same.count()));
    }
}
