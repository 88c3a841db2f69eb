//! Circles: live sessions of a few people, in rounds, with an open floor, or in support turns.
//!
//! ```text
//! announcement (an entry) ── door ──▶ topic, and the key under which people ask
//! asker   Enter, certificate ──▶   leader   ──▶ In, the circle's key sealed to the asker's log
//! leader  order ‖ sign of life  ──▶ everybody   (once a second, and with every change)
//! holder  share, or pass        ──▶ everybody   (numbered; whoever lacks one is given it)
//! ```
//!
//! Guarantees: of all who are connected, everybody comes to the same order and turn, for each takes the
//! order of the highest term, and in it of the highest number. Terms of the host are even, of the co-host odd; the
//! other of the two goes on [`timing::TAKE_OVER`] after the last sign of the one who leads. If both are gone the floor
//! is open ([`Led::Nobody`]) until one comes back, or until the circle ends by itself (docs/adr/0028). Nobody but the
//! two gives a turn; words without a turn are shown as such, and move nothing. A pass is a message like a share, of
//! one size with a short one, and has no reason. No time ends a turn of somebody who is there. What is said is kept in
//! memory by everybody who is in, so that a loss can be made good, until the end; then keys and words are gone.
//!
//! Host and co-host are trusted with the order, as the group trusts whom it lets lead: they can favour, call somebody
//! who is there silent, say two things of one number, withhold, and let people into different sittings; they cannot put
//! words into anybody's mouth, nor bring in a stranger. Once they are silent all whom they let in come to one order, or
//! to one open floor. One's own words are shown with whether they reached anybody ([`Reach`]).
//!
//! Refuses to keep anything, to judge who is a member (the caller says, when asked), and to shut anybody out once
//! they have the key: for that the host closes the circle and announces another.
//!
//! Nothing here has a clock or a network. [`Circle::receive`], [`Circle::act`] and [`Circle::tick`] take what happens
//! and give [`Effect`]s; [`Circle::view`] is what to show.

mod act;
mod apart;
mod certificate;
mod door;
mod hear;
mod keys;
mod lead;
mod live;
mod order;
#[cfg(feature = "sim")]
#[allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a simulation says what went wrong by stopping, as a test does"
)]
pub mod sim;
mod sitting;
mod view;
mod voice;
mod word;

#[cfg(test)]
mod kit;
#[cfg(test)]
mod tests;

pub use act::{Act, ActError};
pub use keys::CircleKey;
pub use order::{Phase, TurnId};
pub use view::{Led, Person, Place, Reach, Spoken, View};

use rand_core::CryptoRng;

use crate::body::Circle as Plan;
use crate::id::{EntryId, GroupId, LogId, MemberKey, SealKey};
use crate::identity::MemberSecrets;
use crate::time::Millis;
use live::{Cx, Live, Out};

/// How long things take, in milliseconds.
pub mod timing {
    /// [`Circle::tick`](super::Circle::tick) is to be called at least this often.
    pub const TICK: u64 = 500;
    /// Between two signs of life of whoever leads.
    pub const LEADER_BEAT: u64 = 1000;
    /// Between two signs of life of others.
    pub const BEAT: u64 = 3000;
    /// Between two words of whoever leads that the circle is on.
    pub const OPEN: u64 = 2000;
    /// Between two times that somebody asks to be let in.
    pub const ENTER: u64 = 2000;
    /// The least between two answers to one voice, and between two times that a message is sent again.
    pub const ANSWER: u64 = 1000;
    /// After this long without whoever leads, the other of host and co-host does.
    pub const TAKE_OVER: u64 = 10_000;
    /// After this long without anybody who leads, the floor is open.
    pub const NOBODY: u64 = 20_000;
    /// After this long without anybody who leads, the circle ends by itself.
    pub const END: u64 = 600_000;
    /// After this long without a sign of life somebody's turn goes on.
    pub const SILENT: u64 = 30_000;
    /// After this long without a sign of life somebody's place is free.
    pub const GONE: u64 = 120_000;
    /// How long the host waits, after having asked somebody to come to an end, before giving the turn on.
    pub const GRACE: u64 = 15_000;
    /// What somebody gets who needs a minute.
    pub const MINUTE: u64 = 60_000;
    /// How long the host listens before opening a circle.
    pub const OPENING: u64 = 3000;
    /// How long a host or co-host who hears others waits to be let in by them, before opening anew.
    pub const RETURNING: u64 = 15_000;
    /// As [`RETURNING`], while somebody says that the circle is on.
    pub const RETURNING_LONGEST: u64 = 40_000;
    /// How long the last words may take to reach everybody.
    pub const CLOSING: u64 = 10_000;
    /// How long somebody who leaves stays to make good what others lack.
    pub const LEAVING: u64 = 5000;
    /// How long it is said without being asked that a circle is over.
    pub const OVER: u64 = 10_000;
    /// The least between two answers that it is over.
    pub const OVER_AGAIN: u64 = 2000;
    /// How long it is answered at all.
    pub const OVER_LONGEST: u64 = 3_600_000;
}

/// Which circle, of which group, as announced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The group.
    pub group: GroupId,
    /// The entry that announces it.
    pub circle: EntryId,
    /// What that entry says.
    pub plan: Plan,
}

/// Who leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Office {
    /// In even terms.
    Host,
    /// In odd terms.
    CoHost,
}

impl Setting {
    /// Who holds an office, if anybody.
    pub fn holder(&self, office: Office) -> Option<&MemberKey> {
        match office {
            Office::Host => Some(&self.plan.host),
            Office::CoHost => self.plan.co_host.as_ref(),
        }
    }

    /// The office of a member, if any.
    pub fn office(&self, member: &MemberKey) -> Option<Office> {
        [Office::Host, Office::CoHost].into_iter().find(|office| self.holder(*office) == Some(member))
    }

    fn leads(&self, member: &MemberKey) -> bool {
        self.office(member).is_some()
    }

    fn leader_of(&self, term: u32) -> Option<&MemberKey> {
        self.holder(Office::of(term))
    }
}

impl Office {
    fn of(term: u32) -> Office {
        if term.is_multiple_of(2) { Office::Host } else { Office::CoHost }
    }
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Send this on the circle's topic.
    Send(Vec<u8>),
    /// What [`Circle::view`] shows has changed.
    Changed,
    /// It is over, here. Nothing of it is kept.
    Ended(End),
}

/// Why a circle is over for somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The host or co-host closed it.
    Closed,
    /// They left.
    Left,
    /// They are in it with another device.
    Elsewhere,
    /// Nobody led it for [`timing::END`].
    Unled,
}

/// One person's part in one circle.
#[derive(Debug)]
pub struct Circle {
    live: Option<Box<Live>>,
    ended: Option<Ended>,
}

/// What is left of a circle: no key, and nothing that was said.
#[derive(Debug)]
struct Ended {
    why: End,
    at: Millis,
    /// That it is over, as the host or co-host signed it.
    over: Option<Vec<u8>>,
    again: Millis,
}

impl Circle {
    /// Goes to a circle: asks to be let in, until somebody who leads it answers. The host opens it where nobody else
    /// has; the co-host does, when its time has come and the host does not. `log` is the log of this node, to whose
    /// key the circle's is sealed.
    pub fn enter(
        setting: Setting,
        me: MemberSecrets,
        log: LogId,
        now: Millis,
        rng: &mut impl CryptoRng,
    ) -> Circle {
        Circle { live: Some(Box::new(Live::new(setting, me, log, now, rng))), ended: None }
    }

    /// Takes what came on the topic. `log` gives the sealing key of a log, if it is one of a current member: asked of
    /// those who wish to be let in, and of those whom others let in, before anything of them is shown.
    pub fn receive(
        &mut self,
        frame: &[u8],
        log: &impl Fn(&MemberKey, &LogId) -> Option<SealKey>,
        now: Millis,
        rng: &mut impl CryptoRng,
    ) -> Vec<Effect> {
        let mut out = Out::default();
        match &mut self.live {
            Some(live) => live.receive(frame, log, now, rng, &mut out),
            None => self.answer_over(frame, now, &mut out),
        }
        self.settle(now, out)
    }

    /// Does what the person wishes.
    ///
    /// # Errors
    /// [`ActError`], which says what they can do.
    pub fn act(&mut self, act: Act, now: Millis, rng: &mut impl CryptoRng) -> Result<Vec<Effect>, ActError> {
        let mut out = Out::default();
        self.live.as_mut().ok_or(ActError::Ended)?.act(act, now, rng, &mut out)?;
        Ok(self.settle(now, out))
    }

    /// Lets time pass: to be called every [`timing::TICK`].
    pub fn tick(&mut self, now: Millis, rng: &mut impl CryptoRng) -> Vec<Effect> {
        let mut out = Out::default();
        if let Some(live) = &mut self.live {
            live.tick(now, rng, &mut out);
        } else if let Some(ended) = &mut self.ended {
            let due = now.since(ended.again) >= timing::LEADER_BEAT && now.since(ended.at) < timing::OVER;
            if let Some(over) = ended.over.as_ref().filter(|_| due) {
                ended.again = now;
                out.effects.push(Effect::Send(over.clone()));
            }
        }
        self.settle(now, out)
    }

    /// What to show.
    pub fn view(&self, now: Millis) -> View<'_> {
        match (&self.live, &self.ended) {
            (Some(live), _) => live.view(now),
            (None, ended) => View::ended(ended.as_ref().map_or(End::Left, |ended| ended.why)),
        }
    }

    /// Whether nothing of it is kept here any more, neither keys nor words.
    pub fn keeps_nothing(&self) -> bool {
        self.live.is_none()
    }

    /// Somebody still talks, who has not heard that it is over.
    fn answer_over(&mut self, frame: &[u8], now: Millis, out: &mut Out) {
        let Some(ended) = &mut self.ended else { return };
        let asks = matches!(keys::FrameKind::of(frame), Some(keys::FrameKind::Door | keys::FrameKind::Voice));
        let due = now.since(ended.again) >= timing::OVER_AGAIN && now.since(ended.at) < timing::OVER_LONGEST;
        if let Some(over) = ended.over.as_ref().filter(|_| asks && due) {
            ended.again = now;
            out.effects.push(Effect::Send(over.clone()));
        }
    }

    fn settle(&mut self, now: Millis, out: Out) -> Vec<Effect> {
        let mut effects = out.effects;
        if let Some((why, over)) = out.end {
            self.live = None;
            self.ended = Some(Ended { why, at: now, over, again: now });
            effects.push(Effect::Ended(why));
        } else if out.changed {
            effects.push(Effect::Changed);
        }
        effects
    }
}

/// What all parts need to know.
impl Cx<'_> {
    fn office(&self) -> Option<Office> {
        self.setting.office(&self.me.key())
    }
}
