//! Leading: who comes in, whose turn is next, and when it is over.

use rand_core::CryptoRng;

use super::certificate::Certificate;
use super::keys::KeySlot;
use super::live::{Cx, Out, passed};
use super::order::{Order, Phase, Seat, Standing};
use super::sitting::Sitting;
use super::voice::{Voice, short};
use super::word::{DoorWord, Have, LeadWord, Over, Say, SittingId};
use super::{End, Office, timing};
use crate::body::CircleFormat;
use crate::id::{LogId, MemberKey, SealKey, VoiceKey};
use crate::limits;
use crate::time::Millis;

/// Somebody who waits to be let in.
#[derive(Debug)]
pub(super) struct Waiting {
    certificate: Certificate,
    log: SealKey,
    /// They were in before, or lead: they need not wait for the round to end.
    at_once: bool,
    answered: Millis,
    came: Millis,
    /// What had been said when they came in.
    from: Vec<Have>,
}

impl Waiting {
    /// Whether they are in by now.
    pub(super) fn is_in(&self, order: &Order) -> bool {
        order.seat(&self.certificate.voice).is_some()
    }
}

impl Sitting {
    /// Takes the lead in the next term of this person's own.
    pub(super) fn take_over(&mut self, cx: &Cx<'_>) {
        let Some(office) = cx.office() else { return };
        let next = self.order.term.saturating_add(1);
        let term = if Office::of(next) == office { next } else { next.saturating_add(1) };
        if Office::of(term) != office || term <= self.order.term {
            return;
        }
        (self.leading, self.dirty) = (true, true);
        self.leader = self.certificate().voice;
        self.led = cx.now;
        self.phase_since = cx.now;
        (self.order.term, self.order.number, self.order.handing) = (term, 0, false);
        let voices = &self.voices;
        let member = |seat: &Seat| voices.get(&seat.certificate.voice).is_some_and(|voice| voice.member);
        self.order.keep(member);
        if self.order.seats.len() >= limits::CIRCLE_SEATS {
            self.order.keep(|seat| seat.standing != Standing::Gone);
        }
        if !self.order.is_present(&self.certificate().voice) {
            self.order.sit(self.certificate().clone());
        }
        self.catch_up(cx);
    }

    /// Does what was waited for while nobody led, or while it was not known here.
    pub(super) fn catch_up(&mut self, cx: &Cx<'_>) {
        if !self.leading {
            return;
        }
        for (turn, voice) in &self.grants {
            let room = self.order.grants.len() < limits::CIRCLE_TURNS;
            if room && self.order.seat(voice).is_some() && !self.order.grants.contains_key(turn) {
                self.order.grants.insert(*turn, *voice);
                self.dirty = true;
            }
        }
        for (name, voice) in &self.voices {
            let gone = voice.left() || voice.is_split();
            let seat = self.order.seat_mut(name).filter(|seat| gone && seat.standing != Standing::Gone);
            if let Some(seat) = seat {
                seat.standing = Standing::Gone;
                self.dirty = true;
            }
        }
        if let (Some(holder), Some(turn)) = (self.order.holder(), self.order.turn) {
            let done = self.voices.get(&holder).is_none_or(|voice| voice.gave_on(turn));
            if done || !self.order.is_present(&holder) {
                self.advance(cx);
            }
        }
    }

    /// What somebody said, as far as it moves something.
    pub(super) fn react(&mut self, from: &VoiceKey, say: &Say, cx: &Cx<'_>) {
        if !self.leading {
            return;
        }
        let holds = self.order.turn.filter(|_| self.order.holder() == Some(*from));
        let (of, standing) = match say {
            Say::Share { turn, .. } => (*turn, Standing::Present),
            Say::Pass { turn } => (Some(*turn), Standing::Present),
            Say::Minute { turn } => (*turn, Standing::Minute),
            Say::Leave {} => (holds, Standing::Gone),
        };
        if let Some(seat) = self.order.seat_mut(from) {
            let changes = seat.standing != standing && seat.standing != Standing::Gone;
            if changes {
                seat.standing = standing;
                self.dirty = true;
            }
        }
        if holds.is_none() || of != holds {
            return;
        }
        self.dirty = true;
        match say {
            Say::Share { more: true, .. } => self.order.asked = false,
            Say::Minute { .. } => {
                self.order.asked = false;
                self.soft_until = Some(cx.now.plus(timing::MINUTE));
            }
            Say::Share { .. } | Say::Pass { .. } | Say::Leave {} => self.advance(cx),
        }
    }

    /// Begins a round in this order.
    pub(super) fn begin(&mut self, queue: Vec<VoiceKey>, cx: &Cx<'_>) {
        self.order.queue = queue;
        self.order.queue.truncate(limits::CIRCLE_SEATS);
        self.order.round = self.order.round.saturating_add(1);
        self.order.phase = Phase::Turns;
        self.advance(cx);
    }

    /// Those who are there, in an order that chance decides.
    pub(super) fn shuffled(&self, rng: &mut impl CryptoRng) -> Vec<VoiceKey> {
        let mut drawn: Vec<(u64, VoiceKey)> =
            self.order.present().map(|one| (rng.next_u64(), one.voice)).collect();
        drawn.sort_unstable();
        drawn.into_iter().map(|(_, voice)| voice).collect()
    }

    /// Gives the turn to the next who is there; after the last, the round is over.
    pub(super) fn advance(&mut self, cx: &Cx<'_>) {
        (self.dirty, self.gap) = (true, true);
        self.order.asked = false;
        self.asked_since = None;
        self.order.turn = None;
        // Who is silent now may be heard when the others have spoken.
        let fits =
            |one: &VoiceKey| self.order.is_present(one) && !self.is_silent(one, timing::SILENT, cx.now);
        let Some(next) = self.order.queue.iter().copied().find(fits) else {
            self.order.queue.clear();
            self.order.phase = Phase::Between;
            return;
        };
        self.order.queue.retain(|one| *one != next);
        self.order.grant(next);
    }

    /// Whether somebody else has not been heard of for so long.
    pub(super) fn is_silent(&self, voice: &VoiceKey, ms: u64, now: Millis) -> bool {
        let me = self.certificate().voice;
        *voice != me && self.voices.get(voice).is_none_or(|voice| passed(voice.heard, ms, now))
    }

    /// What time brings, for whoever leads.
    pub(super) fn lead(&mut self, cx: &Cx<'_>, rng: &mut impl CryptoRng, out: &mut Out) {
        if let Some(holder) = self.order.holder() {
            let lost = !self.order.is_present(&holder)
                || (!self.order.paused && self.is_silent(&holder, timing::SILENT, cx.now));
            if lost {
                self.advance(cx);
            } else if self.soft_until.is_some_and(|until| cx.now >= until) && !self.order.paused {
                // Everybody sees it; nothing is taken from anybody.
                self.soft_until = None;
                self.order.asked = true;
                self.dirty = true;
            }
        }
        let silent: Vec<VoiceKey> = self.order.present().map(|one| one.voice).collect();
        for voice in silent {
            let gone = self.is_silent(&voice, timing::GONE, cx.now);
            if let Some(seat) = self.order.seat_mut(&voice).filter(|_| gone) {
                seat.standing = Standing::Gone;
                self.dirty = true;
            }
        }
        if self.handing_since.is_some_and(|since| passed(since, timing::TAKE_OVER, cx.now)) {
            self.handing_since = None;
            (self.order.handing, self.dirty) = (false, true);
        }
        if self.order.phase == Phase::Closing
            && (self.all_have_all(cx.now) || passed(self.phase_since, timing::CLOSING, cx.now))
        {
            let over = Over::seal(cx.setting, cx.me, rng);
            out.send(over.clone());
            out.end = Some((End::Closed, over));
            return;
        }
        if cx.now >= self.next_open {
            self.next_open = cx.now.plus(timing::OPEN);
            self.say_at_door(&LeadWord::Open { term: self.order.term, sitting: self.id }, cx, rng, out);
        }
    }

    /// Whether everybody who is heard has said that they have everything that is here, since the last words began.
    fn all_have_all(&self, now: Millis) -> bool {
        let me = self.certificate().voice;
        let here = self
            .order
            .present()
            .filter(|one| one.voice != me && !self.is_silent(&one.voice, timing::TAKE_OVER, now));
        here.filter_map(|one| self.voices.get(&one.voice)).all(|one| {
            let has = |voice: &Voice| {
                let name = short(&voice.certificate.voice);
                let next = one.have.get(&name).map_or(0, |have| have.next);
                voice.certificate.voice == one.certificate.voice || next >= voice.next()
            };
            one.heard > self.phase_since && self.voices.values().all(has)
        })
    }

    fn say_at_door(&self, word: &LeadWord, cx: &Cx<'_>, rng: &mut impl CryptoRng, out: &mut Out) {
        let word = DoorWord::lead(word, cx.setting, self.signing(), self.certificate());
        out.send(word.seal(cx.setting, rng));
    }

    /// Somebody asks to be let in.
    pub(super) fn asked_in(
        &mut self,
        certificate: Certificate,
        from: Option<SittingId>,
        log: &impl Fn(&MemberKey, &LogId) -> Option<SealKey>,
        cx: &Cx<'_>,
        rng: &mut impl CryptoRng,
        out: &mut Out,
    ) {
        let mine = self.certificate();
        if !self.leading || from.is_some_and(|from| from != self.id) || certificate.member == mine.member {
            return;
        }
        let member = certificate.member;
        let seated = self.order.is_present(&certificate.voice);
        let went = self.voices.get(&certificate.voice).is_some_and(|voice| voice.left() || voice.is_split());
        let mut theirs =
            self.order.seats.iter().map(|seat| &seat.certificate).filter(|one| one.member == member);
        let old = |one: &Certificate| one.entered >= certificate.entered && one.voice != certificate.voice;
        let known = self.waiting.get(&member);
        if went
            || theirs.clone().any(old)
            || known.is_some_and(|waits| {
                old(&waits.certificate) || !passed(waits.answered, timing::ANSWER, cx.now)
            })
        {
            return;
        }
        let Some(log) = log(&member, &certificate.log) else { return };
        if !certificate.verify(cx.setting) {
            return;
        }
        let before = theirs.next().is_some();
        let at_once = before || from.is_some() || cx.setting.leads(&member);
        if !known.is_some_and(|waits| waits.certificate == certificate) {
            out.changed = true;
        }
        let came = known.map_or(cx.now, |waits| waits.came);
        let from = known.filter(|_| seated).map_or_else(|| self.have(), |waits| waits.from.clone());
        if known.is_none() && self.waiting.len() >= limits::CIRCLE_SEATS {
            return;
        }
        self.waiting.insert(member, Waiting { certificate, log, at_once, answered: cx.now, came, from });
        self.let_in(&member, cx, rng, out);
    }

    /// Lets somebody in who waits, or says why not yet.
    fn let_in(&mut self, member: &MemberKey, cx: &Cx<'_>, rng: &mut impl CryptoRng, out: &mut Out) {
        let Some(waits) = self.waiting.get(member) else { return };
        let (certificate, log) = (waits.certificate.clone(), waits.log);
        let to = certificate.voice;
        let seated = self.order.is_present(&to);
        let support = cx.setting.plan.format == CircleFormat::SupportTurns;
        let now_or_never = waits.at_once || self.order.phase != Phase::Turns || (support && self.gap);
        if !seated && !self.order.has_place(cx.setting, &certificate) {
            self.say_at_door(&LeadWord::Full { to }, cx, rng, out);
            return;
        }
        if !seated && !now_or_never {
            self.say_at_door(&LeadWord::Wait { to }, cx, rng, out);
            return;
        }
        let Some(slot) = KeySlot::seal(&self.key, cx.setting, (&to, &log), &self.certificate().voice, rng)
        else {
            return;
        };
        if !seated {
            let new = support && self.order.phase == Phase::Turns && !waits.at_once;
            self.order.sit(certificate.clone());
            if new {
                self.order.queue.push(to);
            }
            let voice = self.voices.entry(to).or_insert_with(|| Voice::new(certificate, 0, cx.now));
            (voice.heard, voice.member) = (cx.now, true);
            let from = self.have();
            if let Some(waits) = self.waiting.get_mut(member) {
                waits.from = from;
            }
            self.dirty = true;
        }
        let from = self.waiting.get(member).map_or_else(Vec::new, |waits| waits.from.clone());
        let word = LeadWord::In { to, term: self.order.term, beat: self.beat, slot, from, sitting: self.id };
        self.say_at_door(&word, cx, rng, out);
    }

    /// Sends the order if it was changed, and lets in who waited for that.
    pub(super) fn flush(&mut self, cx: &Cx<'_>, rng: &mut impl CryptoRng, out: &mut Out) {
        if !self.leading {
            return;
        }
        if self.gap {
            let mut waiting: Vec<(Millis, MemberKey)> =
                self.waiting.iter().map(|(member, waits)| (waits.came, *member)).collect();
            waiting.sort_unstable();
            for (_, member) in waiting {
                let seated = self.waiting.get(&member).is_some_and(|waits| waits.is_in(&self.order));
                if !seated {
                    self.let_in(&member, cx, rng, out);
                }
            }
            self.gap = false;
        }
        if self.dirty {
            self.dirty = false;
            self.order.number = self.order.number.saturating_add(1);
            let grants = self.order.grants.clone();
            self.remember(&grants);
            self.rank = self.order.rank();
            self.settle(cx);
            out.changed = true;
            self.send_beat(cx, rng, out);
        }
    }
}
