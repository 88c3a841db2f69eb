//! Being in a circle: what is heard, what is said, and whose order counts.

use std::collections::BTreeMap;

use ed25519_dalek::SigningKey;
use rand_core::CryptoRng;

use super::apart::{Admission, Led};
use super::certificate::Certificate;
use super::keys::CircleKey;
use super::lead::Waiting;
use super::live::{Cx, Fate, Out, Said, passed};
use super::order::{Order, Phase, TurnId};
use super::voice::{Taken, Voice, short};
use super::word::{Have, Rank, Say, Signed, SittingId, Word};
use super::{End, timing};
use crate::id::{MemberKey, VoiceKey};
use crate::limits;
use crate::time::Millis;

/// Voices that are remembered: those of the order, and of orders before it.
pub(super) const VOICES: usize = limits::CIRCLE_SEATS * 2;
/// How long one who led goes on telling what came of it, in milliseconds.
pub(super) const BRANCH: u64 = 60_000;

/// Somebody's part under one key.
#[derive(Debug)]
pub(super) struct Sitting {
    pub(super) key: CircleKey,
    pub(super) id: SittingId,
    pub(super) voice: SigningKey,
    pub(super) certificate: Certificate,
    /// The newest order, and whose it is.
    pub(super) order: Order,
    pub(super) rank: Rank,
    pub(super) leader: VoiceKey,
    pub(super) leading: bool,
    /// That somebody was let in by whoever led.
    pub(super) let_in_by: Option<Led>,
    /// That this person was let in, here or in a sitting before.
    pub(super) admission: Option<Admission>,
    /// It, as whoever leads sent it.
    pub(super) proof: Option<Vec<u8>>,
    /// What I led, before somebody else did: told until it is taken up.
    pub(super) branch: Option<(Order, Millis)>,
    pub(super) voices: BTreeMap<VoiceKey, Voice>,
    /// From where on one hears whom who was there before.
    pub(super) from: BTreeMap<[u8; 8], u16>,
    /// The turns that were given by whoever led.
    pub(super) grants: BTreeMap<TurnId, VoiceKey>,
    pub(super) said: Vec<Said>,
    pub(super) beat: u32,
    pub(super) next_beat: Millis,
    pub(super) next_open: Millis,
    /// The last sign of whoever leads.
    pub(super) led: Millis,
    /// Since when the turn, the question and the phase are as they are.
    pub(super) turn_since: Millis,
    pub(super) asked_since: Option<Millis>,
    pub(super) phase_since: Millis,
    pub(super) soft_until: Option<Millis>,
    pub(super) shown: (Option<TurnId>, Phase),
    /// The order was changed and not sent yet.
    pub(super) dirty: bool,
    /// A turn has just ended.
    pub(super) gap: bool,
    pub(super) handing_since: Option<Millis>,
    pub(super) waiting: BTreeMap<MemberKey, Waiting>,
    pub(super) leaving: Option<Millis>,
}

impl Sitting {
    /// A new one, that this person leads.
    pub(super) fn opened(
        key: CircleKey,
        voice: SigningKey,
        certificate: Certificate,
        term: u32,
        now: Millis,
    ) -> Sitting {
        let order = Order::opened(term, certificate.clone());
        let mut sitting = Sitting::at(key, voice, certificate, order, now);
        (sitting.leading, sitting.dirty) = (true, true);
        sitting
    }

    /// One that this person was let into; the order is only who leads it in which term.
    pub(super) fn entered(
        key: CircleKey,
        (voice, certificate): (SigningKey, Certificate),
        order: Order,
        (beat, from): (u32, &[Have]),
        now: Millis,
    ) -> Sitting {
        let (leader, me) = (order.seats.first().map(|seat| seat.certificate.clone()), certificate.clone());
        let mut sitting = Sitting::at(key, voice, certificate, order, now);
        // Whatever whoever leads says is newer.
        sitting.rank = Rank::NONE;
        sitting.from = from.iter().take(VOICES).map(|have| (have.voice, have.next)).collect();
        if let Some(leader) = leader {
            let mut leader = sitting.heard_from(&leader, now);
            (leader.beat, leader.member) = (Some(beat), true);
            sitting.voices.insert(leader.certificate.voice, leader);
        }
        let mut mine = Voice::new(me, 0, now);
        mine.member = true;
        sitting.voices.insert(mine.certificate.voice, mine);
        sitting
    }

    fn at(key: CircleKey, voice: SigningKey, certificate: Certificate, order: Order, now: Millis) -> Sitting {
        let voices = order.seats.iter().map(|seat| {
            let certificate = seat.certificate.clone();
            let mut voice = Voice::new(certificate, 0, now);
            voice.member = true;
            (voice.certificate.voice, voice)
        });
        Sitting {
            id: SittingId(key.id()),
            key,
            voice,
            voices: voices.collect(),
            from: BTreeMap::new(),
            leader: order.seats.first().map_or(certificate.voice, |seat| seat.certificate.voice),
            certificate,
            rank: order.rank(),
            shown: (order.turn, order.phase),
            order,
            leading: false,
            let_in_by: None,
            admission: None,
            proof: None,
            branch: None,
            grants: BTreeMap::new(),
            said: Vec::new(),
            beat: 0,
            next_beat: now,
            next_open: now,
            led: now,
            turn_since: now,
            asked_since: None,
            phase_since: now,
            soft_until: None,
            dirty: false,
            gap: false,
            handing_since: None,
            waiting: BTreeMap::new(),
            leaving: None,
        }
    }

    /// Goes on with another voice, in the same sitting.
    pub(super) fn renew(&mut self, other: Sitting) {
        self.next_beat = other.next_beat;
        // They may not know of a newer order, and would never be told of it.
        if other.order.term >= self.order.term {
            self.led = other.led;
        }
        if other.certificate.voice != self.certificate.voice {
            self.beat = 0;
            (self.voice, self.certificate) = (other.voice, other.certificate);
        }
        for (name, voice) in other.voices {
            self.voices.entry(name).or_insert(voice);
        }
    }

    pub(super) fn heard_from(&self, one: &Certificate, now: Millis) -> Voice {
        let first = self.from.get(&short(&one.voice)).copied().unwrap_or(0);
        Voice::new(one.clone(), first, now)
    }

    /// How much there is of whom.
    pub(super) fn have(&self) -> Vec<Have> {
        self.voices.values().map(Voice::have_of).collect()
    }

    pub(super) fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    pub(super) fn signing(&self) -> &SigningKey {
        &self.voice
    }

    /// When whoever leads came.
    pub(super) fn leader_entered(&self) -> Option<Millis> {
        self.voices.get(&self.leader).map(|voice| voice.certificate.entered)
    }

    /// Notes since when things are as they are now.
    pub(super) fn settle(&mut self, cx: &Cx<'_>) {
        if self.order.turn != self.shown.0 {
            self.turn_since = cx.now;
            let soft = u64::from(cx.setting.plan.soft).saturating_mul(timing::MINUTE);
            self.soft_until = (soft > 0).then(|| cx.now.plus(soft));
            self.asked_since = None;
        }
        if self.order.phase != self.shown.1 {
            self.phase_since = cx.now;
        }
        self.asked_since = self.order.asked.then_some(self.asked_since.unwrap_or(cx.now));
        self.shown = (self.order.turn, self.order.phase);
    }

    /// Says something. `false` if this voice has said all it may.
    pub(super) fn speak(&mut self, say: Say, cx: &Cx<'_>, rng: &mut impl CryptoRng, out: &mut Out) -> bool {
        let me = self.certificate.voice;
        let Some(voice) = self.voices.get_mut(&me) else { return false };
        let number = voice.next();
        let word = Word::Say { number, say };
        let sealed = Signed::seal(&word, &self.voice, &self.key, cx.setting, rng);
        let (Some((signed, frame)), Word::Say { say, .. }) = (sealed, word) else { return false };
        if voice.take(number, signed.hash(), &frame, say, cx.now) != Taken::New {
            return false;
        }
        out.send(Some(frame));
        self.take_ready(&me, cx, out);
        true
    }

    pub(super) fn take_ready(&mut self, from: &VoiceKey, cx: &Cx<'_>, out: &mut Out) {
        let Some(voice) = self.voices.get_mut(from) else { return };
        let member = voice.certificate.member;
        for (number, say) in voice.ready() {
            out.changed = true;
            self.react(from, &say, cx);
            if let Say::Share { turn, text, .. } = say {
                let voice = *from;
                self.said.push(Said { voice, member, turn, number, fate: None, text, at: cx.now });
            }
        }
    }

    /// Gives a sign of life.
    pub(super) fn send_beat(&mut self, cx: &Cx<'_>, rng: &mut impl CryptoRng, out: &mut Out) {
        self.beat = self.beat.saturating_add(1);
        let have = self.have();
        let order =
            if self.leading { Some(&self.order) } else { self.branch.as_ref().map(|branch| &branch.0) };
        let rank = self.rank;
        // Who is not in the order, or in one that nobody brings to those who came last, says who they are.
        let alone = !self.order.is_present(&self.certificate.voice)
            || (!self.leading && passed(self.led, timing::TAKE_OVER, cx.now));
        let certificate = alone.then(|| self.certificate.clone().into());
        let word = Word::Beat { beat: self.beat, have, rank, order: order.map(Order::map), certificate };
        let sealed = Signed::seal(&word, &self.voice, &self.key, cx.setting, rng);
        out.send(sealed.map(|(_, frame)| frame));
        let after = if self.leading { timing::LEADER_BEAT } else { timing::BEAT };
        self.next_beat = cx.now.plus(after.saturating_sub(u64::from(rng.next_u32()) % 200));
        if self.leading {
            self.led = cx.now;
        }
    }

    /// Lets time pass.
    pub(super) fn tick(&mut self, cx: &Cx<'_>, rng: &mut impl CryptoRng, out: &mut Out) {
        if self.leaving.is_some_and(|since| passed(since, timing::LEAVING, cx.now) || self.is_heard()) {
            out.end = Some((End::Left, None));
            return;
        }
        if self.leading {
            self.lead(cx, rng, out);
        } else {
            let silent = cx.now.since(self.led);
            let mine = cx.office().is_some() && self.leaving.is_none();
            if silent >= timing::TAKE_OVER && mine {
                self.take_over(cx);
            } else if silent >= timing::END {
                out.end = Some((End::Unled, None));
                return;
            }
            // What is shown changes with the silence.
            out.changed |= [timing::TAKE_OVER, timing::NOBODY]
                .iter()
                .any(|at| (*at..at.saturating_add(timing::TICK.saturating_mul(2))).contains(&silent));
        }
        self.flush(cx, rng, out);
        if cx.now >= self.next_beat {
            self.send_beat(cx, rng, out);
        }
    }

    /// Whether it is for this person to lead, and there is no higher term in which they could.
    pub(super) fn is_beyond_leading(&self, cx: &Cx<'_>) -> bool {
        let mine = cx.office().is_some() && !self.leading && self.leaving.is_none();
        mine && passed(self.led, timing::NOBODY, cx.now)
    }

    /// Whether whoever leads, or if I do everybody, has all that I said.
    fn is_heard(&self) -> bool {
        let me = self.certificate.voice;
        let Some(mine) = self.voices.get(&me).map(Voice::next) else { return true };
        let has = |voice: &VoiceKey| {
            let have = self.voices.get(voice).and_then(|voice| voice.have.get(&short(&me)));
            have.is_some_and(|have| have.next >= mine)
        };
        if self.leading {
            self.order.present().all(|one| one.voice == me || has(&one.voice))
        } else {
            has(&self.leader)
        }
    }

    /// What became of something that was said here, as far as is known.
    pub(super) fn fate(&self, said: &Said) -> Fate {
        let others = self.voices.values().filter(|one| one.member && one.certificate.member != said.member);
        Fate {
            in_turn: said.turn.is_some_and(|turn| self.grants.get(&turn) == Some(&said.voice)),
            heard: said.member != self.certificate.member
                || others.into_iter().any(|one| one.has(&said.voice, said.number)),
        }
    }

    /// Gives what was said here, with what became of it.
    pub(super) fn decided(mut self) -> Vec<Said> {
        let mut said = std::mem::take(&mut self.said);
        for one in &mut said {
            one.fate = Some(self.fate(one));
        }
        said
    }
}
