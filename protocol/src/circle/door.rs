//! The way in: asking, being let in, opening a circle where there is none, and finding the right one of two.
//!
//! A *sitting* is everything under one key. There are two of them where host and co-host began apart, or where the one
//! who led lost all they had and nobody else could let them in. Then people go where the higher term is; of one
//! term, where the leader came later; and, where nobody leads, to whichever is led.

use ed25519_dalek::SigningKey;
use rand_core::CryptoRng;

use super::apart::{Admission, Led};
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
        voice: SigningKey,
        certificate: Certificate,
        sitting: Option<SittingId>,
        now: Millis,
    ) -> Asking {
        Asking {
            voice,
            certificate,
            sitting,
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
    fn opens(&self, cx: &Cx<'_>) -> bool {
        let (from, patience) = match cx.office() {
            Some(Office::Host) => (self.began, timing::OPENING),
            Some(Office::CoHost) => (self.began.max(cx.setting.plan.start), timing::TAKE_OVER),
            None => return false,
        };
        let patience = if self.hears || self.open.is_some() {
            patience.saturating_add(timing::RETURNING)
        } else {
            patience
        };
        let on = self.open.is_some_and(|open| !passed(open, timing::TAKE_OVER, cx.now));
        let patience = if on { patience.max(timing::RETURNING_LONGEST) } else { patience };
        passed(from, patience, cx.now)
    }
}

impl Live {
    /// Asks, opens, or gives up moving.
    pub(super) fn ask(&mut self, now: Millis, rng: &mut impl CryptoRng, out: &mut Out) {
        let cx = Cx { setting: &self.setting, me: &self.me, now };
        let Some(asking) = &mut self.asking else { return };
        let still_here = self
            .sitting
            .as_ref()
            .is_some_and(|sitting| sitting.order.is_present(&sitting.certificate().voice));
        // Whoever says that it is on there may not let anybody in.
        let moving = asking.wished.is_some() && self.sitting.is_some();
        if (still_here || moving) && passed(asking.began, MOVING, now) {
            self.asking = None;
            return;
        }
        let anywhere = self.sitting.is_none() && asking.sitting.is_none();
        if anywhere && asking.opens(&cx) {
            self.open(now, rng, out);
            return;
        }
        if asking.last.is_none_or(|last| passed(last, timing::ENTER, now)) {
            asking.last = Some(now);
            let (certificate, sitting) = (asking.certificate.clone(), asking.sitting);
            out.send(DoorWord::Enter { certificate, sitting }.seal(&self.setting, rng));
        }
    }

    /// Opens a new sitting.
    pub(super) fn open(&mut self, now: Millis, rng: &mut impl CryptoRng, out: &mut Out) {
        let term = u32::from(self.setting.office(&self.me.key()) == Some(Office::CoHost));
        let (voice, certificate) = self.new_voice(now, rng);
        let key = CircleKey::generate(rng);
        self.take_place(Sitting::opened(key, voice, certificate, term, now), out);
    }

    /// Hears whoever leads, or says so, at the door.
    pub(super) fn door_word(&mut self, led: Led, now: Millis, rng: &mut impl CryptoRng, out: &mut Out) {
        let (setting, leader) = (&self.setting, &led.certificate);
        if !setting.leads(&leader.member) || leader.member == self.me.key() {
            return;
        }
        let Some(word) = led_by(setting, &leader.voice, &led.bytes, &led.signature) else { return };
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
                    let leader = leader.clone();
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
            (LeadWord::In { to, term, beat, slot, from, sitting }, Some(asking))
                if asking.certificate.voice == to =>
            {
                if setting.leader_of(term) != Some(&leader.member) {
                    return;
                }
                let secret = self.me.seal(&self.log);
                let Some(key) = slot.open(setting, (&to, &secret), &leader.voice) else { return };
                if sitting.0 != key.id() || asking.sitting.is_some_and(|wished| wished != sitting) {
                    return;
                }
                let (voice, certificate) = (asking.voice.clone(), asking.certificate.clone());
                let order = Order::opened(term, leader.clone());
                let admission = Admission { certificate: certificate.clone(), led: led.clone() };
                let mut sitting = Sitting::entered(key, (voice, certificate), order, (beat, &from), now);
                (sitting.let_in_by, sitting.admission) = (Some(led), Some(admission));
                self.take_place(sitting, out);
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
