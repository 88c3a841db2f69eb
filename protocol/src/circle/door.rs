//! The way in: asking, being let in, opening a circle where there is none, and finding the right one of two.
//!
//! A *sitting* is everything under one key. There are two of them where host and co-host began apart, or where the one
//! who led lost all they had and nobody else could let them in. Then people go where the higher term is; of one
//! term, where the leader came later; and, where nobody leads, to whichever is led.

use ed25519_dalek::SigningKey;
use rand_core::CryptoRng;

use super::certificate::Certificate;
use super::keys::CircleKey;
use super::live::{Cx, Live, MOVING, Out, passed};
use super::order::Order;
use super::sitting::Sitting;
use super::word::{DoorWord, LeadWord, SittingId, led_by};
use super::{Office, timing};
use crate::id::VoiceKey;
use crate::time::Millis;

/// Somebody who asks to be let in.
#[derive(Debug)]
pub(super) struct Asking {
    voice: SigningKey,
    certificate: Certificate,
    /// Into which sitting, if not any.
    sitting: Option<SittingId>,
    /// How that one compares, if it is another than where one is.
    wished: Option<(u32, Millis)>,
    began: Millis,
    last: Option<Millis>,
    /// Whether people are heard whom one does not understand.
    pub(super) hears: bool,
    /// When somebody last said that the circle is on.
    open: Option<Millis>,
    /// How one was answered.
    pub(super) full: bool,
    pub(super) waiting: bool,
}

impl Asking {
    pub(super) fn new(
        cx: &Cx<'_>,
        entered: Millis,
        sitting: Option<SittingId>,
        rng: &mut impl CryptoRng,
    ) -> Asking {
        let (voice, certificate) = Certificate::issue(cx.setting, cx.me, cx.log, entered, rng);
        Asking { sitting, ..Asking::again(voice, certificate, SittingId([0; 16]), cx.now) }
    }

    /// Somebody who asks with the voice that they have.
    pub(super) fn again(
        voice: SigningKey,
        certificate: Certificate,
        sitting: SittingId,
        now: Millis,
    ) -> Asking {
        Asking {
            voice,
            certificate,
            sitting: Some(sitting),
            wished: None,
            began: now,
            last: None,
            hears: false,
            open: None,
            full: false,
            waiting: false,
        }
    }

    /// Whether it is with this voice.
    pub(super) fn is_of(&self, voice: &VoiceKey) -> bool {
        self.certificate.voice == *voice
    }

    /// Whether it is for this person to open the circle now.
    fn opens(&self, cx: &Cx<'_>) -> Option<u32> {
        let (term, from, patience) = match cx.office()? {
            Office::Host => (0, self.began, timing::OPENING),
            Office::CoHost => (1, self.began.max(cx.setting.plan.start), timing::TAKE_OVER),
        };
        let patience = if self.hears || self.open.is_some() {
            patience.saturating_add(timing::RETURNING)
        } else {
            patience
        };
        let on = self.open.is_some_and(|open| !passed(open, timing::TAKE_OVER, cx.now));
        let patience = if on { patience.max(timing::RETURNING_LONGEST) } else { patience };
        passed(from, patience, cx.now).then_some(term)
    }
}

impl Live {
    /// Asks, opens, or gives up moving.
    pub(super) fn ask(&mut self, now: Millis, rng: &mut impl CryptoRng, out: &mut Out) {
        let cx = Cx { setting: &self.setting, me: &self.me, log: self.log, now };
        let Some(asking) = &mut self.asking else { return };
        let still_here = self
            .sitting
            .as_ref()
            .is_some_and(|sitting| sitting.order.is_present(&sitting.certificate().voice));
        if still_here && passed(asking.began, MOVING, now) {
            self.asking = None;
            return;
        }
        let anywhere = self.sitting.is_none() && asking.sitting.is_none();
        if let Some(term) = asking.opens(&cx).filter(|_| anywhere) {
            let key = CircleKey::generate(rng);
            let (voice, certificate) = (asking.voice.clone(), asking.certificate.clone());
            self.take_place(Sitting::opened(key, voice, certificate, term, now), out);
            return;
        }
        if asking.last.is_none_or(|last| passed(last, timing::ENTER, now)) {
            asking.last = Some(now);
            let (certificate, sitting) = (asking.certificate.clone(), asking.sitting);
            out.send(DoorWord::Enter { certificate, sitting }.seal(&self.setting, rng));
        }
    }

    /// Hears whoever leads, or says so, at the door.
    pub(super) fn door_word(
        &mut self,
        leader: &Certificate,
        bytes: &[u8],
        signature: &[u8; 64],
        now: Millis,
        rng: &mut impl CryptoRng,
        out: &mut Out,
    ) {
        let setting = &self.setting;
        if !setting.leads(&leader.member) || leader.member == self.me.key() {
            return;
        }
        let Some(word) = led_by(setting, &leader.voice, bytes, signature) else { return };
        if !leader.verify(setting) {
            return;
        }
        match (word, &mut self.asking) {
            (LeadWord::Open { term, sitting }, asking) => {
                if setting.leader_of(term) != Some(&leader.member) {
                    return;
                }
                let mut better = true;
                if let Some(asking) = asking {
                    asking.open = Some(now);
                    let rank = (term, leader.entered);
                    better =
                        asking.sitting != Some(sitting) && asking.wished.is_none_or(|wished| rank > wished);
                }
                if better && self.goes_to(term, sitting, leader, now) {
                    self.begin_asking(Some(sitting), now, rng);
                    if let Some(asking) = &mut self.asking {
                        asking.wished = Some((term, leader.entered));
                    }
                }
            }
            (LeadWord::Wait { to }, Some(asking)) if asking.certificate.voice == to => {
                out.changed |= !asking.waiting;
                (asking.waiting, asking.full, asking.open) = (true, false, Some(now));
            }
            (LeadWord::Full { to }, Some(asking)) if asking.certificate.voice == to => {
                out.changed |= !asking.full;
                (asking.waiting, asking.full, asking.open) = (false, true, Some(now));
            }
            (LeadWord::In { to, term, beat, slot, from }, Some(asking)) if asking.certificate.voice == to => {
                if setting.leader_of(term) != Some(&leader.member) {
                    return;
                }
                let secret = self.me.seal(&self.log);
                let Some(key) = slot.open(setting, (&to, &secret), &leader.voice) else { return };
                if asking.sitting.is_some_and(|wished| wished.0 != key.id()) {
                    return;
                }
                let (voice, certificate) = (asking.voice.clone(), asking.certificate.clone());
                let order = Order::opened(term, leader.clone());
                self.take_place(Sitting::entered(key, (voice, certificate), order, (beat, &from), now), out);
            }
            _ => {}
        }
    }

    /// Whether the sitting that somebody says is on is the one to be in.
    fn goes_to(&self, term: u32, id: SittingId, leader: &Certificate, now: Millis) -> bool {
        let Some(sitting) = &self.sitting else { return false };
        if sitting.id == id || sitting.leaving.is_some() {
            return false;
        }
        let here = sitting.leader_entered().map(|entered| (sitting.order.term, entered));
        passed(sitting.led, timing::NOBODY, now) || here.is_none_or(|here| (term, leader.entered) > here)
    }
}
