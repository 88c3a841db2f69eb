//! Whose a voice is.

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use minicbor::{Decode, Encode};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::Setting;
use crate::id::{LogId, MemberKey, VoiceKey};
use crate::identity::MemberSecrets;
use crate::time::Millis;

/// A member's word that a one-off key is theirs, for one circle.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(super) struct Certificate {
    /// The one-off key.
    #[n(0)]
    pub(super) voice: VoiceKey,
    /// Whose it is.
    #[n(1)]
    pub(super) member: MemberKey,
    /// With which log: the circle's key is sealed to it.
    #[n(2)]
    pub(super) log: LogId,
    /// When, by the member's clock: of two of one member, the later counts.
    #[n(3)]
    pub(super) entered: Millis,
    /// The member's signature of all that, and of the circle.
    #[n(4)]
    #[cbor(with = "minicbor::bytes")]
    signature: [u8; 64],
}

impl Certificate {
    /// Draws a one-off key and certifies it.
    pub(super) fn issue(
        setting: &Setting,
        me: &MemberSecrets,
        log: LogId,
        entered: Millis,
        rng: &mut impl CryptoRng,
    ) -> (SigningKey, Certificate) {
        let mut bytes = Zeroizing::new([0; 32]);
        rng.fill_bytes(bytes.as_mut_slice());
        let voice = SigningKey::from_bytes(&bytes);
        let key = VoiceKey(voice.verifying_key().to_bytes());
        let mut certificate = Certificate { voice: key, member: me.key(), log, entered, signature: [0; 64] };
        certificate.signature = me.signing().sign(&certificate.covered(setting)).to_bytes();
        (voice, certificate)
    }

    /// Whether the member it names signed it for this circle.
    pub(super) fn verify(&self, setting: &Setting) -> bool {
        verify(&self.member.0, &self.covered(setting), &self.signature)
    }

    fn covered(&self, setting: &Setting) -> Vec<u8> {
        [
            b"kith/1/circle-certificate\0".as_slice(),
            setting.group.as_ref(),
            setting.circle.as_ref(),
            self.voice.as_ref(),
            self.member.as_ref(),
            self.log.as_ref(),
            &self.entered.0.to_be_bytes(),
        ]
        .concat()
    }
}

/// Verifies one signature, strictly.
pub(super) fn verify(key: &[u8; 32], covered: &[u8], signature: &[u8; 64]) -> bool {
    let verified = || {
        let signature = Signature::from_bytes(signature);
        VerifyingKey::from_bytes(key).is_ok_and(|key| key.verify_strict(covered, &signature).is_ok())
    };
    #[cfg(feature = "sim")]
    return super::sim::once(&[key, signature, covered], verified);
    #[cfg(not(feature = "sim"))]
    verified()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::circle::kit::{member, rng, setting};
    use crate::id::EntryId;

    #[test]
    fn a_certificate_is_of_one_member_key_log_time_and_circle() {
        let (_, real) = Certificate::issue(&setting(), &member(1), LogId([1; 8]), Millis(5), &mut rng(1));
        assert!(real.verify(&setting()));
        assert!(!real.verify(&Setting { circle: EntryId([9; 32]), ..setting() }));
        for forged in [
            Certificate { voice: VoiceKey([3; 32]), ..real.clone() },
            Certificate { member: member(2).key(), ..real.clone() },
            Certificate { log: LogId([2; 8]), ..real.clone() },
            Certificate { entered: Millis(6), ..real.clone() },
            Certificate { signature: [0; 64], ..real.clone() },
        ] {
            assert!(!forged.verify(&setting()), "{forged:?}");
        }
    }
}
