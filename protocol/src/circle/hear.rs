//! What is heard in a circle: signs of life, messages, and whose order counts.

use std::collections::BTreeMap;

use rand_core::CryptoRng;

use super::certificate::Certificate;
use super::keys::{self, FrameKind};
use super::live::{Cx, Out, passed};
use super::order::{Order, OrderMap, TurnId};
use super::sitting::{BRANCH, Sitting, VOICES};
use super::voice::{Taken, short};
use super::word::{Have, Rank, Signed, Word};
use super::{Effect, Office, timing};
use crate::codec;
use crate::id::{LogId, MemberKey, SealKey, VoiceKey};
use crate::limits;
use crate::time::Millis;

/// Frames that one sign of life is answered with, at most.
const ANSWERS: usize = 6;

impl Sitting {
    /// Takes what came under the circle's key.
    pub(super) fn hear(
        &mut self,
        frame: &[u8],
        log: &impl Fn(&MemberKey, &LogId) -> Option<SealKey>,
        cx: &Cx<'_>,
        rng: &mut impl CryptoRng,
        out: &mut Out,
    ) {
        if let Some(shown) = self.hear_frame(frame, (true, log), cx, rng, out) {
            self.hear_frame(&shown, (false, log), cx, rng, out);
        }
    }

    /// Takes a frame. Gives the frame in it, if somebody showed one.
    fn hear_frame(
        &mut self,
        frame: &[u8],
        (now, log): (bool, &impl Fn(&MemberKey, &LogId) -> Option<SealKey>),
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
            Word::Beat { beat, have, rank, order, certificate } => {
                let order = order.map(OrderMap::order);
                if order == Some(None) || have.len() > VOICES {
                    return None;
                }
                let order = order.flatten().map(|order| (order, frame));
                if let Some(one) = certificate.filter(|one| now && one.voice == signed.voice) {
                    self.introduce(*one, &signed, log, cx);
                }
                let heard = self.hear_beat(&signed, (beat, &have), order, (now, cx), log, out);
                if heard && now {
                    self.give(&signed.voice, rank, cx, rng, out);
                }
            }
            Word::Say { number, say } => {
                let hash = signed.hash();
                let voice = self.voices.get_mut(&signed.voice)?;
                if !voice.belongs(cx.setting, log)
                    || voice.knows(number, &hash)
                    || !say.fits()
                    || !signed.verify(cx.setting)
                {
                    return None;
                }
                match voice.take(number, hash, frame, say, cx.now) {
                    Taken::Known => {}
                    Taken::New => self.take_ready(&signed.voice, cx, out),
                    Taken::Split => {
                        out.effects.extend(voice.again(0, cx.now).into_iter().map(Effect::Send));
                        self.said.retain(|said| said.voice != signed.voice);
                        out.changed = true;
                        self.catch_up(cx);
                    }
                }
            }
            // It speaks for itself, whoever shows it: somebody who was just let in knows nobody yet but the leader.
            Word::Shown { frame } => return Some(frame.to_vec()),
        }
        None
    }

    /// Somebody says whose voice it is that speaks under the circle's key. So those whom whoever led let in, and told
    /// nobody of, hear each other.
    fn introduce(
        &mut self,
        one: Certificate,
        signed: &Signed,
        log: &impl Fn(&MemberKey, &LogId) -> Option<SealKey>,
        cx: &Cx<'_>,
    ) {
        if self.voices.contains_key(&one.voice) {
            return;
        }
        self.make_room(1, None);
        let theirs = self.voices.values().filter(|voice| voice.certificate.member == one.member);
        let many = theirs.filter(|voice| !voice.is_idle()).count() >= limits::CIRCLE_RETURNS;
        if many || self.voices.len() >= VOICES {
            return;
        }
        let mut voice = self.heard_from(&one, cx.now);
        if voice.belongs(cx.setting, log) && one.verify(cx.setting) && signed.verify(cx.setting) {
            self.voices.insert(one.voice, voice);
        }
    }

    fn hear_beat(
        &mut self,
        signed: &Signed,
        (beat, have): (u32, &[Have]),
        order: Option<(Order, &[u8])>,
        (now, cx): (bool, &Cx<'_>),
        log: &impl Fn(&MemberKey, &LogId) -> Option<SealKey>,
        out: &mut Out,
    ) -> bool {
        let from = signed.voice;
        match self.voices.get(&from) {
            // What is shown is no sign of life, and an order is the newest or not, whenever it was sent.
            Some(voice) if now && voice.beat.is_some_and(|last| beat <= last) => return false,
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
            self.consider(order, from, cx, log, out);
            if from == self.leader && rank == self.rank {
                self.proof = Some(frame.to_vec());
            }
        }
        let Some(voice) = self.voices.get_mut(&from) else { return false };
        out.changed |= !voice.member && voice.belongs(cx.setting, log);
        voice.beat = voice.beat.max(Some(beat));
        if !now {
            // It is known now what was led, and not that anybody leads.
            self.led = if self.leading { cx.now } else { led };
            return true;
        }
        out.changed |= passed(voice.heard, timing::TAKE_OVER, cx.now);
        voice.heard = cx.now;
        voice.have = have.iter().map(|have| (have.voice, *have)).collect();
        if let Some(said) = voice.have.get(&short(&from)).copied() {
            voice.has_said(said.next);
        }
        if from == self.leader {
            if passed(self.led, timing::TAKE_OVER, cx.now) {
                // After a while apart: whoever leads may have thought the same of me.
                (out.changed, self.next_beat) = (true, cx.now);
            }
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
        if rank < self.rank && !self.leading && passed(self.led, timing::TAKE_OVER, now) {
            let word = self.proof.clone().map(|frame| Word::Shown { frame: frame.into() });
            let sealed = word.and_then(|word| Signed::seal(&word, &self.voice, &self.key, cx.setting, rng));
            out.send(sealed.map(|(_, frame)| frame));
        }
        let mut left = ANSWERS;
        for (name, voice) in &mut self.voices {
            let next = have.get(&short(name)).map_or(0, |have| have.next);
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
    fn consider(
        &mut self,
        order: Order,
        from: VoiceKey,
        cx: &Cx<'_>,
        log: &impl Fn(&MemberKey, &LogId) -> Option<SealKey>,
        out: &mut Out,
    ) {
        let theirs = order.seat(&from).map(|seat| &seat.certificate.member);
        if theirs.is_none() || theirs != cx.setting.leader_of(order.term) {
            return;
        }
        let new = order.seats.iter().filter(|seat| !self.voices.contains_key(&seat.certificate.voice));
        self.make_room(new.count(), Some(&order));
        for seat in &order.seats {
            let one = &seat.certificate;
            let known = self.voices.get(&one.voice);
            let fits = known.map_or_else(|| one.verify(cx.setting), |voice| voice.certificate == *one);
            if !fits || (known.is_none() && self.voices.len() >= VOICES) {
                return;
            }
            if known.is_none() {
                let mut voice = self.heard_from(one, cx.now);
                voice.belongs(cx.setting, log);
                self.voices.insert(one.voice, voice);
            }
        }
        self.remember(&order.grants);
        let rank = order.rank();
        if rank > self.rank {
            self.adopt(order, rank, from, cx);
            out.changed = true;
        } else if self.leading {
            let member = |one: &VoiceKey| self.voices.get(one).is_some_and(|voice| voice.member);
            if self.order.absorb(&order, cx.setting, member) {
                self.dirty = true;
                self.catch_up(cx);
            }
        }
    }

    /// Forgets voices that said nothing and are in no order that counts, if there is not room for so many more.
    fn make_room(&mut self, more: usize, order: Option<&Order>) {
        if self.voices.len().saturating_add(more) <= VOICES {
            return;
        }
        let (mine, me) = (&self.order, self.certificate.voice);
        let counts = |name: &VoiceKey| {
            mine.seat(name).is_some() || order.is_some_and(|order| order.seat(name).is_some())
        };
        self.voices.retain(|name, one| *name == me || !one.is_idle() || counts(name));
    }

    pub(super) fn remember(&mut self, grants: &BTreeMap<TurnId, VoiceKey>) {
        for (turn, voice) in grants {
            let known = self.grants.entry(*turn).or_insert(*voice);
            *known = (*known).min(*voice);
            if self.grants.len() > limits::CIRCLE_TURNS.saturating_mul(2) {
                self.grants.pop_first();
            }
        }
    }

    fn adopt(&mut self, order: Order, rank: Rank, from: VoiceKey, cx: &Cx<'_>) {
        if self.leading {
            self.leading = false;
            self.dirty = false;
            self.waiting.clear();
            self.branch = Some((self.order.clone(), cx.now));
        }
        (self.order, self.rank, self.leader, self.led) = (order, rank, from, cx.now);
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
}
