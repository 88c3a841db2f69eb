//! Somebody who is in a circle, or on the way in.

use std::fmt;

use ed25519_dalek::SigningKey;
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::apart::Led;
use super::certificate::Certificate;
use super::door::Asking;
use super::keys::FrameKind;
use super::order::{Standing, TurnId};
use super::sitting::Sitting;
use super::word::{DoorWord, Have, Over, SittingId};
use super::{Effect, End, Setting, timing};
use crate::id::{LogId, MemberKey, SealKey, VoiceKey};
use crate::identity::MemberSecrets;
use crate::limits;
use crate::time::Millis;

/// What all parts need to know.
#[derive(Clone, Copy)]
pub(super) struct Cx<'a> {
    pub(super) setting: &'a Setting,
    pub(super) me: &'a MemberSecrets,
    pub(super) now: Millis,
}

/// What comes of something.
#[derive(Debug, Default)]
pub(super) struct Out {
    pub(super) effects: Vec<Effect>,
    pub(super) changed: bool,
    pub(super) end: Option<(End, Option<Vec<u8>>)>,
}

impl Out {
    pub(super) fn send(&mut self, frame: Option<Vec<u8>>) {
        self.effects.extend(frame.map(Effect::Send));
    }
}

/// What somebody said.
pub(super) struct Said {
    pub(super) voice: VoiceKey,
    pub(super) member: MemberKey,
    /// In which turn they say it was.
    pub(super) turn: Option<TurnId>,
    /// Its number among the messages of that voice.
    pub(super) number: u16,
    /// What became of it, if that is decided for good.
    pub(super) fate: Option<Fate>,
    pub(super) text: Zeroizing<String>,
    pub(super) at: Millis,
}

/// What became of something that was said.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fate {
    /// Whether it was their turn.
    pub(super) in_turn: bool,
    /// Whether anybody else is known to have it.
    pub(super) heard: bool,
}

impl fmt::Debug for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Said(by {}, …)", self.member)
    }
}

/// Somebody's part while it lasts.
#[derive(Debug)]
pub(super) struct Live {
    pub(super) setting: Setting,
    pub(super) me: MemberSecrets,
    pub(super) log: LogId,
    /// Where they are.
    pub(super) sitting: Option<Sitting>,
    /// Where they wish to be.
    pub(super) asking: Option<Asking>,
    /// What was said in sittings before this one.
    pub(super) before: Vec<Said>,
    /// How much was heard in those sittings: of the last of them.
    pub(super) left: Vec<(SittingId, Vec<Have>)>,
    /// When people of other sittings were last sought.
    pub(super) sought: Millis,
    /// When the last certificate was issued: the next is later.
    entered: Millis,
}

impl Live {
    pub(super) fn new(
        setting: Setting,
        me: MemberSecrets,
        log: LogId,
        now: Millis,
        rng: &mut impl CryptoRng,
    ) -> Live {
        let (voice, certificate) = Certificate::issue(&setting, &me, log, now, rng);
        let asking = Asking::new(voice, certificate, None, now);
        Live {
            setting,
            me,
            log,
            sitting: None,
            asking: Some(asking),
            before: Vec::new(),
            left: Vec::new(),
            sought: now,
            entered: now,
        }
    }

    pub(super) fn receive(
        &mut self,
        frame: &[u8],
        log: &impl Fn(&MemberKey, &LogId) -> Option<SealKey>,
        now: Millis,
        rng: &mut impl CryptoRng,
        out: &mut Out,
    ) {
        let cx = Cx { setting: &self.setting, me: &self.me, now };
        match FrameKind::of(frame) {
            Some(FrameKind::Voice) => {
                if let Some(sitting) = &mut self.sitting {
                    sitting.hear(frame, log, &cx, rng, out);
                } else if let Some(asking) = &mut self.asking {
                    asking.hears = true;
                }
            }
            Some(FrameKind::Door) => match DoorWord::open(frame, &self.setting) {
                Some(DoorWord::Enter { certificate, sitting: from }) => {
                    if let Some(sitting) = &mut self.sitting {
                        sitting.asked_in(certificate, from, log, &cx, rng, out);
                    }
                }
                Some(DoorWord::Lead { certificate, bytes, signature }) => {
                    self.door_word(Led { certificate, bytes, signature }, now, rng, out);
                }
                Some(DoorWord::Apart(other)) => self.hear_apart(&other, log, now, rng, out),
                Some(DoorWord::Here { to, from, slot, led }) => {
                    let me = self.sitting.as_ref().map(|here| here.certificate().voice);
                    let key = slot.open(&self.setting, (&to, &self.me.seal(&self.log)), &from);
                    if let (Some(key), true) = (key, me == Some(to)) {
                        self.follow(key, led, now, rng, out);
                    }
                }
                None => {}
            },
            Some(FrameKind::Over) if Over::is_said_by(frame, &self.setting) => {
                out.end = Some((End::Closed, Some(frame.to_vec())));
            }
            Some(FrameKind::Over) | None => {}
        }
        self.after(now, rng, out);
    }

    pub(super) fn tick(&mut self, now: Millis, rng: &mut impl CryptoRng, out: &mut Out) {
        let cx = Cx { setting: &self.setting, me: &self.me, now };
        if let Some(sitting) = &mut self.sitting {
            sitting.tick(&cx, rng, out);
            if sitting.is_beyond_leading(&cx) {
                self.open(now, rng, out);
            }
        }
        self.ask(now, rng, out);
        self.seek(now, rng, out);
        self.after(now, rng, out);
    }

    /// What follows from where one is now.
    fn after(&mut self, now: Millis, rng: &mut impl CryptoRng, out: &mut Out) {
        let cx = Cx { setting: &self.setting, me: &self.me, now };
        let Some(sitting) = &mut self.sitting else { return };
        sitting.flush(&cx, rng, out);
        let mine = sitting.certificate();
        let seated = sitting.order.is_present(&mine.voice);
        if seated && self.asking.as_ref().is_some_and(|asking| asking.is_of(&mine.voice)) {
            self.asking = None;
        }
        if seated || sitting.order.number == 0 || sitting.leaving.is_some() || self.asking.is_some() {
            return;
        }
        let elsewhere = sitting.order.seats.iter().any(|seat| {
            let other = &seat.certificate;
            seat.standing != Standing::Gone && other.member == mine.member && other.entered > mine.entered
        });
        if elsewhere {
            out.end = Some((End::Elsewhere, None));
        } else {
            // Whoever leads now has never heard of me, or takes me for gone.
            let (voice, id) = (sitting.signing().clone(), sitting.id);
            self.asking = Some(Asking::new(voice, mine.clone(), Some(id), now));
        }
    }

    /// Begins to ask, with a new voice.
    pub(super) fn begin_asking(&mut self, sitting: Option<SittingId>, now: Millis, rng: &mut impl CryptoRng) {
        let (voice, certificate) = self.new_voice(now, rng);
        self.asking = Some(Asking::new(voice, certificate, sitting, now));
    }

    /// Draws a voice that counts before those that one had.
    pub(super) fn new_voice(&mut self, now: Millis, rng: &mut impl CryptoRng) -> (SigningKey, Certificate) {
        self.entered = now.max(self.entered.plus(1));
        Certificate::issue(&self.setting, &self.me, self.log, self.entered, rng)
    }

    /// Takes a place. What was said where one was before stays to be seen, as it was seen there.
    pub(super) fn take_place(&mut self, sitting: Sitting, out: &mut Out) {
        self.asking = None;
        out.changed = true;
        if let Some(same) = self.sitting.as_mut().filter(|same| same.id == sitting.id) {
            same.renew(sitting);
            return;
        }
        if let Some(before) = self.sitting.replace(sitting) {
            self.leave_behind(&before);
            self.before.append(&mut before.decided());
            let many = self.before.len().saturating_sub(limits::CIRCLE_KEPT);
            self.before.drain(..many);
        }
    }
}

/// Whether so long has passed.
pub(super) fn passed(since: Millis, ms: u64, now: Millis) -> bool {
    now.since(since) >= ms
}

/// Until when somebody may yet take a while to be let in, before it is given up: as long as anybody could.
pub(super) const MOVING: u64 = timing::TAKE_OVER;
