//! Somebody who is in, has the circle's key, and means harm.

use std::collections::{BTreeSet, VecDeque};
use std::rc::Rc;

use rand_core::Rng;

use super::life::Life;
use crate::circle::certificate::Certificate;
use crate::circle::keys::{self, FrameKind};
use crate::circle::live::{Cx, Out};
use crate::circle::order::{Phase, TurnId};
use crate::circle::word::{DoorWord, Have, LeadWord, Over, Rank, Say, Signed, SittingId, Word};
use crate::codec;
use crate::id::LogId;
use crate::sim::Dice;

/// What they remember, and how they choose.
pub(super) struct Hostile {
    pub(super) who: usize,
    pub(super) dice: Dice,
    /// Whom they send nothing, for a while.
    pub(super) deaf: BTreeSet<usize>,
    pub(super) heard: VecDeque<Rc<Vec<u8>>>,
    /// Whether they may send two versions of one message; afterwards nobody hears them.
    splits: bool,
}

impl Hostile {
    /// The host, the co-host where there is one, or the last of so many people.
    pub(super) fn new(seed: u64, people: usize, co_host: bool) -> Hostile {
        let mut dice = Dice::new(seed, "hostile");
        let splits = dice.chance(50);
        let who = match dice.below(10) {
            0..4 => 0,
            4..6 if co_host => 1,
            _ => people - 1,
        };
        Hostile { who, dice, deaf: BTreeSet::new(), heard: VecDeque::new(), splits }
    }

    pub(super) fn overhear(&mut self, frame: &Rc<Vec<u8>>) {
        if self.heard.len() >= 300 {
            let place = self.dice.place(300);
            self.heard.remove(place);
        }
        self.heard.push_back(frame.clone());
    }
}

impl Life {
    /// Something harmful, now and then.
    pub(super) fn harm(&mut self, who: usize) {
        let Some(mut hostile) = self.hostile.take() else { return };
        if hostile.dice.chance(40) {
            self.harm_by(&mut hostile, who);
        }
        self.hostile = Some(hostile);
    }

    fn harm_by(&mut self, hostile: &mut Hostile, who: usize) {
        if self.setting.office(&self.people[who].secrets.key()).is_some() && hostile.dice.chance(60) {
            self.lead_astray(hostile, who);
            return;
        }
        let dice = &mut hostile.dice;
        match dice.below(9) {
            0 | 1 => {
                for _ in 0..5 {
                    if let Some(frame) = hostile.heard.get(dice.place(hostile.heard.len())).cloned() {
                        (0..self.people.len()).for_each(|to| self.slip(who, to, &frame));
                    }
                }
            }
            2 => {
                for _ in 0..10 {
                    let mut junk = vec![0; dice.place(3000)];
                    dice.fill_bytes(&mut junk);
                    if let Some(first) = junk.first_mut() {
                        *first %= 5;
                    }
                    self.spread(who, junk);
                }
            }
            3 => self.at_the_door(dice, who),
            _ => self.inside_harm(dice, hostile.splits, who),
        }
    }

    /// Asks in others' names, says that it is over, leads.
    fn at_the_door(&mut self, dice: &mut Dice, who: usize) {
        let (setting, now) = (self.setting.clone(), self.clock());
        let me = self.people[who].secrets.clone();
        let (voice, mine) = Certificate::issue(&setting, &me, LogId([99; 8]), now, dice);
        let place = dice.place(self.people.len());
        let mut other = mine.clone();
        other.member = self.people[place].secrets.key();
        let mut id = [0; 16];
        dice.fill_bytes(&mut id);
        let open = LeadWord::Open { term: 1000, sitting: SittingId(id) };
        let frames = [
            DoorWord::Enter { certificate: mine.clone(), sitting: None }.seal(&setting, dice),
            DoorWord::Enter { certificate: other.clone(), sitting: None }.seal(&setting, dice),
            DoorWord::lead(&open, &setting, &voice, &mine).seal(&setting, dice),
            DoorWord::lead(&open, &setting, &voice, &other).seal(&setting, dice),
            // It would be over if they led.
            setting.office(&me.key()).is_none().then(|| Over::seal(&setting, &me, dice)).flatten(),
        ];
        for frame in frames.into_iter().flatten() {
            self.spread(who, frame);
        }
    }

    fn inside_harm(&mut self, dice: &mut Dice, splits: bool, who: usize) {
        let (setting, now) = (self.setting.clone(), self.clock());
        let Some(circle) = &mut self.people[who].circle else { return };
        let Some(live) = &mut circle.live else { return };
        let cx = Cx { setting: &live.setting, me: &live.me, now };
        let Some(sitting) = &mut live.sitting else { return };
        let (me, voice) = (sitting.certificate().voice, sitting.signing().clone());
        let mut out = Out::default();
        let mut send = Vec::new();
        let seal = |word: &Word, dice: &mut Dice| Signed::seal(word, &voice, &sitting.key, &setting, dice);
        match dice.below(6) {
            // An order of one's own, in which one has the turn.
            0 => {
                let mut order = sitting.order.clone();
                order.term = order.term.saturating_add(1 + u32::try_from(dice.below(2)).unwrap_or(0));
                order.phase = Phase::Turns;
                order.grant(me);
                let word = Word::Beat {
                    beat: sitting.beat.saturating_add(1),
                    have: vec![],
                    rank: ZERO,
                    order: Some(order.map()),
                    certificate: None,
                };
                send.extend(seal(&word, dice).map(|(_, frame)| frame));
                sitting.beat = sitting.beat.saturating_add(1);
            }
            // A message, and the leader's order, in somebody else's name.
            1 => {
                let voices: Vec<_> = sitting.voices.keys().copied().collect();
                let mut order = sitting.order.clone();
                order.number = order.number.saturating_add(5);
                for word in [
                    Word::Say { number: 0, say: Say::Leave {} },
                    Word::Say { number: 1, say: share("forged", None) },
                    Word::Beat {
                        beat: u32::MAX,
                        have: vec![],
                        rank: ZERO,
                        order: Some(order.map()),
                        certificate: None,
                    },
                ] {
                    let (Some((mut signed, _)), Some(other)) = (seal(&word, dice), dice.pick(&voices)) else {
                        continue;
                    };
                    signed.voice = *other;
                    let plain = codec::encode(&signed);
                    send.extend(keys::seal(FrameKind::Voice, sitting.key.expose(), &setting, &plain, dice));
                }
            }
            // Speaks and passes in the turns of others, and in turns that do not exist.
            2 => {
                let wild = TurnId { term: dice.below(4) as u32, number: dice.below(20) as u32 };
                let turn = sitting.order.turn.unwrap_or(wild);
                for say in [Say::Pass { turn }, share("barged in", Some(turn)), share("wild", Some(wild))] {
                    sitting.speak(say, &cx, dice, &mut out);
                }
            }
            // Claims to have nothing, so that everything is sent again; and messages far ahead.
            3 => {
                for _ in 0..5 {
                    sitting.beat = sitting.beat.saturating_add(1);
                    let word = Word::Beat {
                        beat: sitting.beat,
                        have: vec![],
                        rank: ZERO,
                        order: None,
                        certificate: None,
                    };
                    send.extend(seal(&word, dice).map(|(_, frame)| frame));
                }
                let far = Word::Say { number: 120 + dice.below(30) as u16, say: share("far", None) };
                send.extend(seal(&far, dice).map(|(_, frame)| frame));
                let many = vec![Have { voice: [1; 8], next: 5, first: 0 }; 500];
                let word = Word::Beat {
                    beat: sitting.beat.saturating_add(1),
                    have: many,
                    rank: ZERO,
                    order: None,
                    certificate: None,
                };
                send.extend(seal(&word, dice).map(|(_, frame)| frame));
            }
            // One message in two versions, to different people.
            4 if splits => {
                let number = dice.below(3) as u16;
                let versions = ["one thing", "another"].map(|text| {
                    seal(&Word::Say { number, say: share(text, None) }, dice).map(|(_, frame)| Rc::new(frame))
                });
                for to in 0..self.people.len() {
                    if let Some(frame) = &versions[to % 2] {
                        self.slip(who, to, frame);
                    }
                }
                return;
            }
            _ => {
                sitting.speak(share("just words", None), &cx, dice, &mut out);
            }
        }
        for frame in send {
            self.spread(who, frame);
        }
        self.effects(who, out.effects);
    }
}

/// The oldest order there can be.
pub(super) const ZERO: Rank = Rank::NONE;

pub(super) fn share(text: &str, turn: Option<TurnId>) -> Say {
    Say::Share { turn, text: text.to_owned().into(), more: false }
}
