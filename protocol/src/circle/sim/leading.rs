//! A host or co-host who means harm, within what they are trusted with and beyond: they favour, skip, say two things of
//! one number, withhold, open anew, lead in any term, bring strangers, and close.

use ed25519_dalek::SigningKey;
use rand_core::Rng;
use std::rc::Rc;

use super::hostile::{Hostile, ZERO, share};
use super::life::Life;
use crate::circle::certificate::Certificate;
use crate::circle::keys::{CircleKey, KeySlot};
use crate::circle::live::Out;
use crate::circle::order::{Order, Phase, Seat, Standing};
use crate::circle::sitting::Sitting;
use crate::circle::word::{DoorWord, Have, LeadWord, Over, Signed, SittingId, Word};
use crate::circle::{Office, Setting};
use crate::id::{LogId, VoiceKey};
use crate::identity::Identity;
use crate::sim::Dice;

impl Life {
    /// Something harmful that only whoever leads can do.
    pub(super) fn lead_astray(&mut self, hostile: &mut Hostile, who: usize) {
        let (setting, now) = (self.setting.clone(), self.clock());
        let (me, dice) = (self.people[who].secrets.clone(), &mut hostile.dice);
        match dice.below(16) {
            0 | 1 => hostile.deaf = (0..self.people.len()).filter(|_| dice.chance(50)).collect(),
            2 | 3 => hostile.deaf.clear(),
            4 => {
                self.tell("somebody hostile opens it anew");
                let key = CircleKey::generate(dice);
                let (voice, mine) = Certificate::issue(&setting, &me, LogId([99; 8]), now, dice);
                let term = term(&setting, &mine, dice, 0);
                let Some(live) = self.people[who].circle.as_mut().and_then(|one| one.live.as_mut()) else {
                    return;
                };
                live.take_place(Sitting::opened(key, voice, mine, term, now), &mut Out::default());
            }
            5 => {
                let mut id = [0; 16];
                dice.fill_bytes(&mut id);
                let (voice, mine) = Certificate::issue(&setting, &me, LogId([99; 8]), now, dice);
                let open = LeadWord::Open { term: term(&setting, &mine, dice, 0), sitting: SittingId(id) };
                let open = DoorWord::lead(&open, &setting, &voice, &mine).seal(&setting, dice);
                open.into_iter().for_each(|frame| self.spread(who, frame));
            }
            6 if dice.chance(3) => {
                self.tell("somebody hostile closes it");
                let over = Over::seal(&setting, &me, dice);
                over.into_iter().for_each(|frame| self.spread(who, frame));
            }
            6 | 7 => self.let_astray(hostile, who),
            _ => self.order_astray(hostile, who),
        }
    }

    /// Lets those who ask into nowhere, or in with lies about what was said before.
    fn let_astray(&mut self, hostile: &mut Hostile, who: usize) {
        let (setting, dice) = (self.setting.clone(), &mut hostile.dice);
        let Some(live) = self.people[who].circle.as_ref().and_then(|one| one.live.as_ref()) else { return };
        let Some(sitting) = &live.sitting else { return };
        let (mine, voice) = (sitting.certificate().clone(), sitting.signing().clone());
        let nowhere = CircleKey::generate(dice);
        let key = if dice.chance(50) { &nowhere } else { &sitting.key };
        let mut from = sitting.have();
        from.iter_mut().for_each(|have| have.next = dice.below(200) as u16);
        from.push(Have { voice: [7; 8], next: 3, first: 0 });
        let beat = if dice.chance(50) { u32::MAX } else { 0 };
        let mut frames = Vec::new();
        for frame in &hostile.heard {
            let Some(DoorWord::Enter { certificate, .. }) = DoorWord::open(frame, &setting) else { continue };
            let (to, log) = (certificate.voice, (certificate.member, certificate.log));
            let Some(log) = self.logs.get(&log) else { continue };
            let Some(slot) = KeySlot::seal(key, &setting, (&to, log), &mine.voice, dice) else { continue };
            let sitting = SittingId(key.id());
            let word = LeadWord::In {
                sitting,
                to,
                term: term(&setting, &mine, dice, 0),
                beat,
                slot,
                from: from.clone(),
            };
            frames.extend(DoorWord::lead(&word, &setting, &voice, &mine).seal(&setting, dice));
        }
        frames.into_iter().for_each(|frame| self.spread(who, frame));
    }

    /// Sends two orders of one number, one to every second of the others.
    fn order_astray(&mut self, hostile: &mut Hostile, who: usize) {
        let (setting, now, many) = (self.setting.clone(), self.clock(), self.people.len());
        let dice = &mut hostile.dice;
        let me = self.people[who].secrets.clone();
        let mut root = [9; 64];
        dice.fill_bytes(&mut root[..8]);
        let stranger = Identity::without_words(root).member(&[7; 32], 0);
        let stranger = Certificate::issue(&setting, &stranger, LogId([98; 8]), now, dice);
        let sock = Certificate::issue(&setting, &me, LogId([99; 8]), now, dice).1;
        let Some(live) = self.people[who].circle.as_mut().and_then(|one| one.live.as_mut()) else { return };
        let Some(sitting) = &mut live.sitting else { return };
        let (mine, voice) = (sitting.certificate().clone(), sitting.signing().clone());
        let mut base = sitting.order.clone();
        if Office::of(base.term) != setting.office(&mine.member).expect("they lead") {
            base.term = base.term.saturating_add(1);
        }
        if dice.chance(10) {
            base.term = term(&setting, &mine, dice, base.term);
        }
        if base.seat(&mine.voice).is_none() && base.seats.len() < crate::limits::CIRCLE_SEATS {
            base.seats.push(Seat { certificate: mine.clone(), standing: Standing::Present });
        }
        base.number = base.number.saturating_add(1 + dice.below(3) as u32);
        if dice.chance(3) {
            base.number = u32::MAX - 1;
        }
        sitting.beat = sitting.beat.saturating_add(1);
        let versions = [(); 2].map(|()| {
            let mut order = base.clone();
            for _ in 0..1 + dice.below(3) {
                mutate(&mut order, (&mine.voice, &stranger.1, &sock), dice);
            }
            order
        });
        let mut frames = Vec::new();
        for order in &versions {
            let order = Some(order.map());
            let word = Word::Beat { beat: sitting.beat, have: vec![], rank: ZERO, order, certificate: None };
            frames.push(Signed::seal(&word, &voice, &sitting.key, &setting, dice).map(|(_, frame)| frame));
        }
        let certificate = Some(stranger.1.into());
        let by_stranger: Vec<Vec<u8>> = [
            Word::Beat { beat: 1, have: vec![], rank: ZERO, order: None, certificate },
            Word::Say { number: 0, say: share("a stranger's words", None) },
        ]
        .iter()
        .filter_map(|word| sealed(word, &stranger.0, &sitting.key, &setting, dice))
        .collect();
        if dice.chance(50) {
            let [order, _] = versions;
            (sitting.rank, sitting.order) = (order.rank(), order);
            (sitting.leading, sitting.leader) = (true, mine.voice);
        }
        for to in (0..many).filter(|to| !hostile.deaf.contains(to)) {
            if let Some(frame) = &frames[to % 2] {
                self.slip(who, to, &Rc::new(frame.clone()));
            }
        }
        by_stranger.into_iter().for_each(|frame| self.spread(who, frame));
    }
}

fn sealed(
    word: &Word,
    voice: &SigningKey,
    key: &CircleKey,
    setting: &Setting,
    dice: &mut Dice,
) -> Option<Vec<u8>> {
    Signed::seal(word, voice, key, setting, dice).map(|(_, frame)| frame)
}

/// A term of somebody's own office: near, far, or the highest there is.
fn term(setting: &Setting, mine: &Certificate, dice: &mut Dice, from: u32) -> u32 {
    let odd = u32::from(setting.office(&mine.member) == Some(Office::CoHost));
    let near = match dice.below(10) {
        0 => u32::MAX - 1,
        1 => u32::MAX / 2 - 1,
        2 | 3 => from.saturating_add(800),
        _ => from.saturating_add(2 * dice.below(3) as u32),
    };
    near - near % 2 + odd
}

/// Changes something of an order, so that it can still be read.
fn mutate(
    order: &mut Order,
    (mine, stranger, sock): (&VoiceKey, &Certificate, &Certificate),
    dice: &mut Dice,
) {
    let room = order.seats.len() < crate::limits::CIRCLE_SEATS;
    let others: Vec<VoiceKey> = order.present().map(|one| one.voice).filter(|one| one != mine).collect();
    match dice.below(10) {
        0 => order.queue = others.iter().copied().filter(|_| dice.chance(50)).collect(),
        1 => {
            if let Some(other) = dice.pick(&others) {
                order.grant(*other);
                order.phase = Phase::Turns;
            }
        }
        2 => {
            for seat in order.seats.iter_mut().filter(|seat| seat.certificate.voice != *mine) {
                if dice.chance(50) {
                    seat.standing = Standing::Gone;
                }
            }
        }
        3 => {
            let holder = order.holder();
            order.keep(|seat| {
                let voice = seat.certificate.voice;
                voice == *mine || Some(voice) == holder || dice_keeps(&voice)
            });
        }
        4 if room => order.sit(stranger.clone()),
        5 if room => order.seats.push(Seat { certificate: sock.clone(), standing: Standing::Gone }),
        6 => {
            order.turn = None;
            order.phase = if dice.chance(20) { Phase::Closing } else { Phase::Between };
        }
        7 => (order.handing, order.paused) = (dice.chance(50), dice.chance(50)),
        8 => {
            for _ in 0..dice.below(250) {
                let (turn, phase) = (order.turn, order.phase);
                order.grant(*mine);
                (order.turn, order.phase) = (turn, phase);
            }
        }
        _ => order.round = order.round.saturating_add(1),
    }
}

fn dice_keeps(voice: &VoiceKey) -> bool {
    voice.0[0].is_multiple_of(2)
}
