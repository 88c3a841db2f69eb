//! Being in a circle: what is heard, what is said, and whose order counts.

use std::collections::BTreeMap;

use ed25519_dalek::SigningKey;
use rand_core::CryptoRng;

use super::certificate::Certificate;
use super::keys::{self, CircleKey, FrameKind};
use super::lead::Waiting;
use super::live::{Cx, Out, Said, passed};
use super::order::{Order, OrderMap, Phase, Seat, Standing, TurnId};
use super::voice::{Taken, Voice, short};
use super::word::{Have, Rank, Say, Signed, SittingId, Word};
use super::{End, Office, timing};
use crate::codec;
use crate::id::{MemberKey, VoiceKey};
use crate::limits;
use crate::time::Millis;

/// Voices that are remembered: those of the order, and of orders before it.
const VOICES: usize = limits::CIRCLE_SEATS * 2;
/// Frames that one sign of life is answered with, at most.
const ANSWERS: usize = 6;
/// How long one who led goes on telling what came of it, in milliseconds.
const BRANCH: u64 = 60_000;

/// Somebody's part under one key.
#[derive(Debug)]
pub(super) struct Sitting {
    pub(super) key: CircleKey,
    pub(super) id: SittingId,
    voice: SigningKey,
    certificate: Certificate,
    /// The newest order, and whose it is.
    pub(super) order: Order,
    pub(super) hash: [u8; 32],
    pub(super) leader: VoiceKey,
    pub(super) leading: bool,
    /// It, as whoever leads sent it.
    proof: Option<Vec<u8>>,
    /// What I led, before somebody else did: told until it is taken up.
    branch: Option<(Order, Millis)>,
    pub(super) voices: BTreeMap<VoiceKey, Voice>,
    /// From where on one hears whom who was there before.
    from: BTreeMap<[u8; 8], u16>,
    /// Every turn that was ever given by whoever led.
    pub(super) grants: BTreeMap<TurnId, VoiceKey>,
    pub(super) said: Vec<Said>,
    pub(super) beat: u32,
    next_beat: Millis,
    pub(super) next_open: Millis,
    /// The last sign of whoever leads.
    pub(super) led: Millis,
    /// Since when the turn, the question and the phase are as they are.
    pub(super) turn_since: Millis,
    pub(super) asked_since: Option<Millis>,
    pub(super) phase_since: Millis,
    pub(super) soft_until: Option<Millis>,
    shown: (Option<TurnId>, Phase),
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
        mut order: Order,
        (beat, from): (u32, &[Have]),
        now: Millis,
    ) -> Sitting {
        order.seats.push(Seat { certificate: certificate.clone(), standing: Standing::Present });
        let (leader, me) = (order.seats.first().map(|seat| seat.certificate.clone()), certificate.voice);
        let mut sitting = Sitting::at(key, voice, certificate, order, now);
        sitting.from = from.iter().take(VOICES).map(|have| (have.voice, have.next)).collect();
        if let Some(leader) = leader.filter(|leader| leader.voice != me) {
            let mut leader = sitting.heard_from(&leader, now);
            leader.beat = Some(beat);
            sitting.voices.insert(leader.certificate.voice, leader);
        }
        sitting
    }

    fn at(key: CircleKey, voice: SigningKey, certificate: Certificate, order: Order, now: Millis) -> Sitting {
        let voices = order.seats.iter().map(|seat| {
            let certificate = seat.certificate.clone();
            (certificate.voice, Voice::new(certificate, 0, now))
        });
        Sitting {
            id: SittingId(key.id()),
            key,
            voice,
            voices: voices.collect(),
            from: BTreeMap::new(),
            leader: order.seats.first().map_or(certificate.voice, |seat| seat.certificate.voice),
            certificate,
            hash: order.hash(),
            shown: (order.turn, order.phase),
            order,
            leading: false,
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
        (self.led, self.next_beat) = (other.led, other.next_beat);
        if other.certificate.voice != self.certificate.voice {
            self.beat = 0;
            (self.voice, self.certificate) = (other.voice, other.certificate);
        }
        for (name, voice) in other.voices {
            self.voices.entry(name).or_insert(voice);
        }
    }

    fn heard_from(&self, one: &Certificate, now: Millis) -> Voice {
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

    /// Takes what came under the circle's key.
    pub(super) fn hear(&mut self, frame: &[u8], cx: &Cx<'_>, rng: &mut impl CryptoRng, out: &mut Out) {
        if let Some(shown) = self.hear_frame(frame, true, cx, rng, out) {
            self.hear_frame(&shown, false, cx, rng, out);
        }
    }

    /// Takes a frame. Gives the frame in it, if somebody showed one.
    fn hear_frame(
        &mut self,
        frame: &[u8],
        now: bool,
        cx: &Cx<'_>,
        rng: &mut impl CryptoRng,
        out: &mut Out,
    ) -> Option<Vec<u8>> {
        let plain = keys::open(FrameKind::Voice, self.key.expose(), cx.setting, frame)?;
        let signed = codec::decode::<Signed>(&plain).ok()?;
        let word = codec::decode::<Word>(&signed.bytes).ok()?;
        if signed.voice == self.certificate.voice {
            return None;
        }
        match word {
            Word::Beat { beat, have, rank, order } => {
                let order = order.map(OrderMap::order);
                if order == Some(None) || have.len() > VOICES {
                    return None;
                }
                let order = order.flatten().map(|order| (order, frame));
                if self.hear_beat(&signed, (beat, &have), order, (now, cx), out) && now {
                    self.give(&signed.voice, rank, cx, rng, out);
                }
            }
            Word::Say { number, say } => {
                let hash = signed.hash();
                let voice = self.voices.get_mut(&signed.voice)?;
                if voice.knows(number, &hash) || !say.fits() || !signed.verify(cx.setting) {
                    return None;
                }
                match voice.take(number, hash, frame, say, cx.now) {
                    Taken::Known => {}
                    Taken::New => self.take_ready(&signed.voice, cx, out),
                    Taken::Split => {
                        out.effects.extend(voice.again(0, cx.now).into_iter().map(super::Effect::Send));
                        self.said.retain(|said| said.voice != signed.voice);
                        out.changed = true;
                        self.catch_up(cx);
                    }
                }
            }
            Word::Shown { frame } => {
                let theirs = self.voices.contains_key(&signed.voice) && signed.verify(cx.setting);
                return theirs.then(|| frame.to_vec());
            }
        }
        None
    }

    fn hear_beat(
        &mut self,
        signed: &Signed,
        (beat, have): (u32, &[Have]),
        order: Option<(Order, &[u8])>,
        (now, cx): (bool, &Cx<'_>),
        out: &mut Out,
    ) -> bool {
        let from = signed.voice;
        match self.voices.get(&from) {
            Some(voice) if voice.beat.is_some_and(|last| beat <= last) => return false,
            Some(_) => {}
            // Somebody who leads may have come after the one who let me in.
            None => {
                let seat = order.as_ref().and_then(|(order, _)| order.seat(&from));
                if !seat.is_some_and(|seat| cx.setting.leads(&seat.certificate.member)) {
                    return false;
                }
            }
        }
        if !signed.verify(cx.setting) {
            return false;
        }
        let led = self.led;
        if let Some((order, frame)) = order {
            let rank = order.rank();
            self.consider(order, from, cx, out);
            if from == self.leader && rank == self.order.rank() {
                self.proof = Some(frame.to_vec());
            }
        }
        let Some(voice) = self.voices.get_mut(&from) else { return false };
        voice.beat = Some(beat);
        if !now {
            // It is known now what was led, and not that anybody leads.
            self.led = if self.leading { cx.now } else { led };
            return true;
        }
        out.changed |= passed(voice.heard, timing::TAKE_OVER, cx.now);
        voice.heard = cx.now;
        voice.have = have.iter().map(|have| (have.voice, have.next)).collect();
        if from == self.leader {
            out.changed |= passed(self.led, timing::TAKE_OVER, cx.now);
            self.led = cx.now;
        }
        true
    }

    /// Gives somebody what they lack: of me all, of others now and then, or as the one who leads.
    fn give(&mut self, to: &VoiceKey, rank: Rank, cx: &Cx<'_>, rng: &mut impl CryptoRng, out: &mut Out) {
        let now = cx.now;
        let Some(asker) = self.voices.get_mut(to) else { return };
        if !asker.may_be_answered(now) {
            return;
        }
        let have = asker.have.clone();
        // Whoever sent the newest order cannot do so again.
        if rank < self.order.rank() && !self.leading && passed(self.led, timing::TAKE_OVER, now) {
            let word = self.proof.clone().map(|frame| Word::Shown { frame: frame.into() });
            let sealed = word.and_then(|word| Signed::seal(&word, &self.voice, &self.key, cx.setting, rng));
            out.send(sealed.map(|(_, frame)| frame));
        }
        let mut left = ANSWERS;
        for (name, voice) in &mut self.voices {
            let next = have.get(&short(name)).copied().unwrap_or(0);
            let lacks = next < voice.next() || (voice.is_split() && next != Have::SPLIT);
            let mine = voice.certificate.member == self.certificate.member || self.leading;
            if name == to || !lacks || !(mine || rng.next_u32().is_multiple_of(3)) {
                continue;
            }
            for frame in voice.again(next, now).into_iter().take(left) {
                left = left.saturating_sub(1);
                out.send(Some(frame));
            }
        }
    }

    /// Looks at an order that somebody sent as their own.
    fn consider(&mut self, order: Order, from: VoiceKey, cx: &Cx<'_>, out: &mut Out) {
        let theirs = order.seat(&from).map(|seat| &seat.certificate.member);
        if theirs.is_none() || theirs != cx.setting.leader_of(order.term) {
            return;
        }
        for seat in &order.seats {
            let one = &seat.certificate;
            let known = self.voices.get(&one.voice);
            let fits = known.map_or_else(|| one.verify(cx.setting), |voice| voice.certificate == *one);
            if !fits || (known.is_none() && self.voices.len() >= VOICES) {
                return;
            }
            if known.is_none() {
                let voice = self.heard_from(one, cx.now);
                self.voices.insert(one.voice, voice);
            }
        }
        self.remember(&order.grants);
        let hash = order.hash();
        let same = order.rank() == self.order.rank() && hash < self.hash;
        if order.rank() > self.order.rank() || same {
            self.adopt(order, hash, from, cx);
            out.changed = true;
        } else if self.leading && self.order.absorb(&order, cx.setting) {
            self.dirty = true;
            self.catch_up(cx);
        }
    }

    fn remember(&mut self, grants: &BTreeMap<TurnId, VoiceKey>) {
        for (turn, voice) in grants {
            if self.grants.len() < limits::CIRCLE_TURNS.saturating_mul(2) {
                let known = self.grants.entry(*turn).or_insert(*voice);
                *known = (*known).min(*voice);
            }
        }
    }

    fn adopt(&mut self, order: Order, hash: [u8; 32], from: VoiceKey, cx: &Cx<'_>) {
        if self.leading {
            self.leading = false;
            self.dirty = false;
            self.waiting.clear();
            self.branch = Some((self.order.clone(), cx.now));
        }
        (self.order, self.hash, self.leader, self.led) = (order, hash, from, cx.now);
        let done =
            |(branch, since): &(Order, Millis)| self.order.covers(branch) || passed(*since, BRANCH, cx.now);
        if self.branch.as_ref().is_some_and(done) {
            self.branch = None;
        }
        self.settle(cx);
        let other = cx.office().is_some_and(|mine| mine != Office::of(self.order.term));
        if self.order.handing && other {
            self.take_over(cx);
        }
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

    fn take_ready(&mut self, from: &VoiceKey, cx: &Cx<'_>, out: &mut Out) {
        let Some(voice) = self.voices.get_mut(from) else { return };
        let member = voice.certificate.member;
        for say in voice.ready() {
            out.changed = true;
            self.react(from, &say, cx);
            if let Say::Share { turn, text, .. } = say {
                let voice = *from;
                self.said.push(Said { voice, member, turn, in_turn: None, text, at: cx.now });
            }
        }
    }

    /// Gives a sign of life.
    pub(super) fn send_beat(&mut self, cx: &Cx<'_>, rng: &mut impl CryptoRng, out: &mut Out) {
        self.beat = self.beat.saturating_add(1);
        let have = self.have();
        let order =
            if self.leading { Some(&self.order) } else { self.branch.as_ref().map(|branch| &branch.0) };
        let rank = self.order.rank();
        let word = Word::Beat { beat: self.beat, have, rank, order: order.map(Order::map) };
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
            let mine = cx.office().is_some_and(|office| office != Office::of(self.order.term));
            let here = self.order.is_present(&self.certificate.voice) && self.leaving.is_none();
            if silent >= timing::TAKE_OVER && mine && here {
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

    /// Whether whoever leads, or if I do everybody, has all that I said.
    fn is_heard(&self) -> bool {
        let me = self.certificate.voice;
        let Some(mine) = self.voices.get(&me).map(Voice::next) else { return true };
        let has = |voice: &VoiceKey| {
            let have = self.voices.get(voice).and_then(|voice| voice.have.get(&short(&me)));
            have.is_some_and(|next| *next >= mine)
        };
        if self.leading {
            self.order.present().all(|one| one.voice == me || has(&one.voice))
        } else {
            has(&self.leader)
        }
    }

    /// Decides for good what was said in whose turn.
    pub(super) fn decide(&mut self) {
        let grants = &self.grants;
        for said in &mut self.said {
            said.in_turn = Some(said.turn.is_some_and(|turn| grants.get(&turn) == Some(&said.voice)));
        }
    }
}
