//! Finding together where nobody leads: whoever led may have let some into one sitting and others into another.
//!
//! Whoever is in a sitting that nobody leads says so at the door, with what proves that they were let in. People of another
//! such sitting, if its name is the higher, give them its key. Nobody comes in who was never let in, and nobody can be
//! lured into a sitting of somebody's own making: whoever led it let somebody in.

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};
use rand_core::CryptoRng;

use super::certificate::Certificate;
use super::keys::{CircleKey, KeySlot};
use super::live::{Live, Out, passed};
use super::order::Order;
use super::sitting::Sitting;
use super::word::{DoorWord, Have, LeadWord, SittingId, led_by};
use super::{Setting, timing};
use crate::id::{LogId, MemberKey, SealKey, VoiceKey};
use crate::time::Millis;

/// Sittings before this one of which is remembered how much was heard there.
const LEFT: usize = 4;

/// What the host or co-host said at the door, as it can be shown to others.
#[derive(Clone, Debug, Encode, Decode)]
#[cbor(map)]
pub(super) struct Led {
    /// Whose voice said it.
    #[n(0)]
    pub(super) certificate: Certificate,
    /// The encoded [`LeadWord`].
    #[n(1)]
    pub(super) bytes: ByteVec,
    /// The voice's signature.
    #[n(2)]
    #[cbor(with = "minicbor::bytes")]
    pub(super) signature: [u8; 64],
}

/// Somebody in a sitting that nobody leads.
#[derive(Clone, Debug, Encode, Decode)]
#[cbor(map)]
pub(super) struct Apart {
    /// Their voice.
    #[n(0)]
    certificate: Certificate,
    /// Where they are.
    #[n(1)]
    sitting: SittingId,
    /// That they were let in, and with which voice; those who may lead need nobody's leave.
    #[n(2)]
    admission: Option<Admission>,
}

/// That somebody was let in.
#[derive(Clone, Debug, Encode, Decode)]
#[cbor(map)]
pub(super) struct Admission {
    /// With which voice.
    #[n(0)]
    pub(super) certificate: Certificate,
    /// The [`LeadWord::In`].
    #[n(1)]
    pub(super) led: Led,
}

impl Led {
    /// Whom they let into which sitting in which term, if it was for them to lead in it.
    fn let_in(&self, setting: &Setting) -> Option<(VoiceKey, SittingId, u32)> {
        let word = led_by(setting, &self.certificate.voice, &self.bytes, &self.signature)?;
        let LeadWord::In { to, term, sitting, .. } = word else { return None };
        let theirs = setting.leader_of(term) == Some(&self.certificate.member);
        (theirs && self.certificate.verify(setting)).then_some((to, sitting, term))
    }
}

impl Admission {
    fn is_of(&self, member: &MemberKey, setting: &Setting) -> bool {
        let one = &self.certificate;
        let to = self.led.let_in(setting).map(|(to, ..)| to);
        one.member == *member && to == Some(one.voice) && one.verify(setting)
    }
}

impl Live {
    /// Remembers how much was heard in a sitting that was left.
    pub(super) fn leave_behind(&mut self, sitting: &Sitting) {
        self.left.retain(|(id, _)| *id != sitting.id);
        if self.left.len() >= LEFT {
            self.left.remove(0);
        }
        self.left.push((sitting.id, sitting.have()));
    }

    /// Where one is, if nobody leads there.
    fn unled(&self, now: Millis) -> Option<&Sitting> {
        let here = self.sitting.as_ref()?;
        (!here.leading && here.leaving.is_none() && passed(here.led, timing::NOBODY, now)).then_some(here)
    }

    /// Says where one is, if nobody leads there.
    pub(super) fn seek(&mut self, now: Millis, rng: &mut impl CryptoRng, out: &mut Out) {
        if !passed(self.sought, timing::ENTER, now) {
            return;
        }
        let Some(here) = self.unled(now) else { return };
        let (certificate, admission) = (here.certificate().clone(), here.admission.clone());
        let apart = Apart { certificate, sitting: here.id, admission };
        out.send(DoorWord::Apart(apart).seal(&self.setting, rng));
        self.sought = now;
    }

    /// Hears of somebody who is elsewhere: gives them the key of this sitting, if it is for them to come here.
    pub(super) fn hear_apart(
        &self,
        other: &Apart,
        log: &impl Fn(&MemberKey, &LogId) -> Option<SealKey>,
        now: Millis,
        rng: &mut impl CryptoRng,
        out: &mut Out,
    ) {
        let (setting, one) = (&self.setting, &other.certificate);
        let Some(here) = self.unled(now).filter(|here| here.id.0 > other.sitting.0) else { return };
        let (Some(led), true) = (&here.let_in_by, rng.next_u32().is_multiple_of(2)) else { return };
        let Some(log) = log(&one.member, &one.log) else { return };
        let admitted = other.admission.as_ref().is_some_and(|proof| proof.is_of(&one.member, setting));
        if !one.verify(setting) || !(admitted || setting.leads(&one.member)) {
            return;
        }
        let from = here.certificate().voice;
        let slot = KeySlot::seal(&here.key, setting, (&one.voice, &log), &from, rng);
        let here = slot.map(|slot| DoorWord::Here { to: one.voice, from, slot, led: led.clone() });
        out.send(here.and_then(|word| word.seal(setting, rng)));
    }

    /// Is given the key of where others are: goes there, if nobody leads here, and its name is the higher.
    pub(super) fn follow(
        &mut self,
        key: CircleKey,
        led: Led,
        now: Millis,
        rng: &mut impl CryptoRng,
        out: &mut Out,
    ) {
        let Some(here) = self.unled(now).filter(|here| key.id() > here.id.0) else { return };
        let (since, admission) = (here.led, here.admission.clone());
        let Some((_, sitting, term)) = led.let_in(&self.setting) else { return };
        if sitting.0 != key.id() {
            return;
        }
        let me = self.new_voice(now, rng);
        let had = self.left.iter().find(|(id, _)| *id == sitting);
        let had: Vec<Have> = had.map_or_else(Vec::new, |(_, had)| had.clone());
        let order = Order::opened(term, led.certificate.clone());
        let mut sitting = Sitting::entered(key, me, order, (0, &had), now);
        (sitting.led, sitting.let_in_by, sitting.admission) = (since, Some(led), admission);
        self.take_place(sitting, out);
    }
}
