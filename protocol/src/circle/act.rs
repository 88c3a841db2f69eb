//! What a person can do in a circle.

use rand_core::CryptoRng;
use thiserror::Error;

use super::live::{Live, Out, passed};
use super::order::{Phase, TurnId};
use super::sitting::Sitting;
use super::word::Say;
use super::{End, Office, timing};
use crate::body::CircleFormat;
use crate::id::{MemberKey, VoiceKey};
use crate::limits;
use crate::time::Millis;

use super::live::Cx;

/// Something a person does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Says something. In one's own turn it gives the turn on, unless there is `more` to come.
    Share {
        /// 1 to [`limits::CIRCLE_TEXT`] bytes.
        text: String,
        /// Whether the turn goes on.
        more: bool,
    },
    /// Gives one's turn on without words.
    Pass,
    /// Needs a minute: in one's own turn, the soft time grows by one.
    Minute,
    /// Goes.
    Leave,
    /// As the one who leads: begins, begins the next round in an order that chance decides, or asks whoever has the
    /// turn to come to an end; asked again after [`timing::GRACE`], gives the turn on.
    Next,
    /// As the one who leads: begins a round in this order. Who is not named has no turn in it.
    Round(Vec<MemberKey>),
    /// As the one who leads: the soft timer stands still, and nobody is passed by for being silent.
    Pause,
    /// As the one who leads: it goes on.
    Resume,
    /// As the one who leads: asks the other of host and co-host to lead.
    HandOver,
    /// As the other of host and co-host: leads from now on.
    Lead,
    /// As the one who leads: the last words; then it is over for everybody.
    Close,
}

/// Why something cannot be done, for the person who tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ActError {
    /// The circle is over.
    #[error("this circle is over")]
    Ended,
    /// They are not in it yet.
    #[error("you are not in the circle yet; you come in between two rounds")]
    NotIn,
    /// It is somebody else's turn.
    #[error("it is somebody else's turn; yours will come")]
    NotYourTurn,
    /// There is nothing to say.
    #[error("there is nothing in it; to say nothing, pass")]
    Empty,
    /// It is longer than [`limits::CIRCLE_TEXT`].
    #[error("this is too long for one message; say it in several, keeping your turn")]
    TooLong,
    /// They have said as much as one can in a circle.
    #[error("you have sent as many messages as one can in a circle; come in anew to go on")]
    TooMany,
    /// Only whoever leads can do it.
    #[error("only whoever leads the circle can do this")]
    NotLeading,
    /// It fits at another time.
    #[error("this does not fit now")]
    NotNow,
    /// Whoever has the turn has been asked a moment ago.
    #[error("they have been asked to come to an end; give them a moment")]
    Asked,
    /// The turn is the leader's own.
    #[error("it is your own turn: share or pass")]
    YourTurn,
    /// The other of host and co-host is not there.
    #[error("there is nobody here who could lead instead")]
    NobodyElse,
    /// They are neither host nor co-host.
    #[error("only the host and the co-host can lead")]
    NoOffice,
}

impl Live {
    pub(super) fn act(
        &mut self,
        act: Act,
        now: Millis,
        rng: &mut impl CryptoRng,
        out: &mut Out,
    ) -> Result<(), ActError> {
        let cx = Cx { setting: &self.setting, me: &self.me, now };
        let Some(sitting) = &mut self.sitting else {
            if act == Act::Leave {
                out.end = Some((End::Left, None));
                return Ok(());
            }
            return Err(ActError::NotIn);
        };
        if sitting.leaving.is_some() {
            return Err(ActError::Ended);
        }
        match act {
            Act::Share { text, more } => {
                let say = sitting.share(text, more, &cx)?;
                sitting.say(say, &cx, rng, out)?;
            }
            Act::Pass => {
                let turn = sitting.own_turn().ok_or(ActError::NotYourTurn)?;
                sitting.say(Say::Pass { turn }, &cx, rng, out)?;
            }
            Act::Minute => {
                let turn = sitting.own_turn();
                sitting.say(Say::Minute { turn }, &cx, rng, out)?;
            }
            Act::Leave => {
                if sitting.leading {
                    (sitting.order.handing, sitting.dirty) = (true, true);
                }
                let said = sitting.say(Say::Leave {}, &cx, rng, out);
                sitting.leaving = Some(now);
                self.asking = None;
                if said.is_err() {
                    out.end = Some((End::Left, None));
                }
            }
            Act::Lead => {
                let office = cx.office().ok_or(ActError::NoOffice)?;
                if sitting.leading || sitting.order.number == 0 || office == Office::of(sitting.order.term) {
                    return Err(ActError::NotNow);
                }
                sitting.take_over(&cx);
            }
            act => sitting.order_act(act, &cx, rng)?,
        }
        sitting.flush(&cx, rng, out);
        out.changed = true;
        Ok(())
    }
}

impl Sitting {
    /// The turn that this person has.
    pub(super) fn own_turn(&self) -> Option<TurnId> {
        self.order.turn.filter(|_| self.order.holder() == Some(self.certificate().voice))
    }

    fn say(
        &mut self,
        say: Say,
        cx: &Cx<'_>,
        rng: &mut impl CryptoRng,
        out: &mut Out,
    ) -> Result<(), ActError> {
        if self.speak(say, cx, rng, out) { Ok(()) } else { Err(ActError::TooMany) }
    }

    fn share(&self, text: String, more: bool, cx: &Cx<'_>) -> Result<Say, ActError> {
        if text.trim().is_empty() {
            return Err(ActError::Empty);
        }
        if text.len() > limits::CIRCLE_TEXT {
            return Err(ActError::TooLong);
        }
        let led = self.leading || !passed(self.led, timing::NOBODY, cx.now);
        let quiet = cx.setting.plan.format == CircleFormat::Rounds && self.order.phase == Phase::Turns && led;
        let turn = self.own_turn();
        if turn.is_none() && quiet {
            return Err(ActError::NotYourTurn);
        }
        Ok(Say::Share { turn, text: text.into(), more })
    }

    /// What only whoever leads can do.
    fn order_act(&mut self, act: Act, cx: &Cx<'_>, rng: &mut impl CryptoRng) -> Result<(), ActError> {
        if !self.leading {
            return Err(ActError::NotLeading);
        }
        match act {
            Act::Next => self.next_turn(cx, rng)?,
            Act::Round(members) => {
                let voice = |member: &MemberKey| {
                    let one = self.order.present().find(|one| one.member == *member);
                    one.map(|one| one.voice)
                };
                let mut queue: Vec<VoiceKey> = Vec::new();
                for voice in members.iter().filter_map(voice) {
                    if !queue.contains(&voice) {
                        queue.push(voice);
                    }
                }
                self.may_begin(cx)?;
                self.begin(queue, cx);
            }
            Act::Pause => self.order.paused = true,
            Act::Resume => {
                self.order.paused = false;
                let soft = u64::from(cx.setting.plan.soft).saturating_mul(timing::MINUTE);
                self.soft_until = (soft > 0 && !self.order.asked).then(|| cx.now.plus(soft));
            }
            Act::HandOver => {
                let mine = cx.office();
                let other = self.order.present().any(|one| {
                    let office = cx.setting.office(&one.member);
                    office.is_some()
                        && office != mine
                        && !self.is_silent(&one.voice, timing::TAKE_OVER, cx.now)
                });
                if !other {
                    return Err(ActError::NobodyElse);
                }
                self.order.handing = true;
                self.handing_since = Some(cx.now);
            }
            Act::Close => {
                (self.order.phase, self.order.turn) = (Phase::Closing, None);
                self.order.queue.clear();
            }
            _ => return Err(ActError::NotNow),
        }
        self.dirty = true;
        Ok(())
    }

    fn may_begin(&self, cx: &Cx<'_>) -> Result<(), ActError> {
        let rounds = cx.setting.plan.format != CircleFormat::OpenFloor;
        let fits = matches!(self.order.phase, Phase::Gathering | Phase::Between | Phase::Floor);
        if rounds && fits { Ok(()) } else { Err(ActError::NotNow) }
    }

    fn next_turn(&mut self, cx: &Cx<'_>, rng: &mut impl CryptoRng) -> Result<(), ActError> {
        let Some(holder) = self.order.holder() else {
            let open = cx.setting.plan.format == CircleFormat::OpenFloor;
            if open && matches!(self.order.phase, Phase::Gathering | Phase::Between) {
                self.order.phase = Phase::Floor;
                return Ok(());
            }
            self.may_begin(cx)?;
            let queue = self.shuffled(rng);
            self.begin(queue, cx);
            return Ok(());
        };
        if holder == self.certificate().voice {
            return Err(ActError::YourTurn);
        }
        match self.asked_since {
            Some(since) if passed(since, timing::GRACE, cx.now) => self.advance(cx),
            Some(_) if !self.is_silent(&holder, timing::TAKE_OVER, cx.now) => return Err(ActError::Asked),
            Some(_) => self.advance(cx),
            None => self.order.asked = true,
        }
        Ok(())
    }
}
