//! What to show of a circle.

use super::certificate::Certificate;
use super::live::{Live, Said, passed};
use super::order::{Phase, Seat, Standing, TurnId};
use super::sitting::Sitting;
use super::voice::Voice;
use super::{End, Office, timing};
use crate::id::{MemberKey, VoiceKey};
use crate::time::Millis;

/// Where somebody is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Asks to be let in, and nobody has answered.
    Asking,
    /// Comes in when the round is over.
    Waiting,
    /// There is no free place.
    Full,
    /// In it.
    In,
    /// It is over.
    Ended(End),
}

/// Who leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Led {
    /// This member, as far as is known.
    By(MemberKey),
    /// This member, of whom nothing was heard for [`timing::TAKE_OVER`]: the other goes on in a moment.
    Silent(MemberKey),
    /// Nobody any more: the floor is open to everybody.
    Nobody,
}

/// Somebody who is in the circle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Person {
    /// Who.
    pub member: MemberKey,
    /// Their office, if any.
    pub office: Option<Office>,
    /// Whether they asked for a minute.
    pub minute: bool,
    /// Whether nothing was heard of them for a while.
    pub silent: bool,
    /// Whether their device sent two versions of one message; nothing of them is shown.
    pub split: bool,
}

/// Something that was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spoken<'a> {
    /// By whom.
    pub member: MemberKey,
    /// In which turn they had, if in one; what is said beside a turn moves nothing.
    pub turn: Option<TurnId>,
    /// Whether they reached anybody.
    pub reach: Reach,
    /// The words.
    pub text: &'a str,
    /// When they came here.
    pub at: Millis,
}

/// Whether what somebody said reached anybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Somebody else has it. So has whoever reads what another said.
    Heard,
    /// One's own words: nobody has said yet that they have them. They go on being given to those who were there.
    NotYet,
    /// One's own words, in a sitting that one has left for another: nobody there was known to have them, and they will
    /// not reach anybody any more. Whoever wishes can say them again.
    Lost,
}

/// What to show. Of those who pass there is nothing: the turn is somebody else's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View<'a> {
    /// Where one is.
    pub place: Place,
    /// Who leads.
    pub led: Led,
    /// Whether that is oneself.
    pub leading: bool,
    /// The term of whoever leads.
    pub term: u32,
    /// How far it is.
    pub phase: Phase,
    /// Rounds begun: which prompt it is about.
    pub round: u16,
    /// Whether it is paused.
    pub paused: bool,
    /// The turn, and whose: none where nobody leads.
    pub turn: Option<(TurnId, MemberKey)>,
    /// Whether it is one's own.
    pub mine: bool,
    /// Since when, as seen here.
    pub since: Millis,
    /// Whether whoever has it is asked to come to an end when they can: by the soft timer, or the host.
    pub asked: bool,
    /// Who comes next in this round.
    pub next: Vec<MemberKey>,
    /// Who is there, in the order they came.
    pub people: Vec<Person>,
    /// How many wait to come in; known to whoever leads.
    pub waiting: usize,
    /// What was said, as it came.
    pub said: Vec<Spoken<'a>>,
}

impl View<'_> {
    pub(super) fn ended(why: End) -> View<'static> {
        View { place: Place::Ended(why), ..View::empty() }
    }

    fn empty() -> View<'static> {
        View {
            place: Place::Asking,
            led: Led::Nobody,
            leading: false,
            term: 0,
            phase: Phase::Gathering,
            round: 0,
            paused: false,
            turn: None,
            mine: false,
            since: Millis(0),
            asked: false,
            next: Vec::new(),
            people: Vec::new(),
            waiting: 0,
            said: Vec::new(),
        }
    }
}

impl Live {
    pub(super) fn view(&self, now: Millis) -> View<'_> {
        let Some(sitting) = &self.sitting else {
            let place = match &self.asking {
                Some(asking) if asking.full => Place::Full,
                Some(asking) if asking.waiting => Place::Waiting,
                _ => Place::Asking,
            };
            return View { place, ..View::empty() };
        };
        let spoken = |said| spoken(said, sitting);
        View {
            place: if sitting.leaving.is_some() { Place::Ended(End::Left) } else { Place::In },
            said: self.before.iter().chain(&sitting.said).map(spoken).collect(),
            ..sitting.view(self, now)
        }
    }
}

fn spoken<'a>(said: &'a Said, sitting: &Sitting) -> Spoken<'a> {
    let fate = said.fate.unwrap_or_else(|| sitting.fate(said));
    let reach = match said.fate {
        _ if fate.heard => Reach::Heard,
        None => Reach::NotYet,
        Some(_) => Reach::Lost,
    };
    let turn = said.turn.filter(|_| fate.in_turn);
    Spoken { member: said.member, turn, reach, text: &said.text, at: said.at }
}

impl Sitting {
    fn view(&self, live: &Live, now: Millis) -> View<'static> {
        let known = |voice: &VoiceKey| self.voices.get(voice).filter(|voice| voice.member);
        let member = |voice: &VoiceKey| known(voice).map(|voice| voice.certificate.member);
        let order = &self.order;
        let leader = member(&self.leader);
        let led = match leader {
            Some(leader) if self.leading || !passed(self.led, timing::TAKE_OVER, now) => Led::By(leader),
            Some(leader) if !passed(self.led, timing::NOBODY, now) => Led::Silent(leader),
            _ => Led::Nobody,
        };
        let turn = order.turn.filter(|_| led != Led::Nobody);
        let turn = turn.and_then(|turn| order.holder().and_then(|holder| Some((turn, member(&holder)?))));
        let person = |seat: &Seat| Person {
            member: seat.certificate.member,
            office: live.setting.office(&seat.certificate.member),
            minute: seat.standing == Standing::Minute,
            silent: self.is_silent(&seat.certificate.voice, timing::TAKE_OVER, now),
            split: self.voices.get(&seat.certificate.voice).is_some_and(Voice::is_split),
        };
        let shown = |seat: &Seat| seat.standing != Standing::Gone && known(&seat.certificate.voice).is_some();
        let mut people: Vec<Person> = order.seats.iter().filter(|seat| shown(seat)).map(person).collect();
        if led == Led::Nobody {
            people.extend(self.unseated(now).map(|certificate| {
                person(&Seat { certificate: certificate.clone(), standing: Standing::Present })
            }));
        }
        View {
            led,
            leading: self.leading,
            term: order.term,
            phase: if led == Led::Nobody { Phase::Floor } else { order.phase },
            round: order.round,
            paused: order.paused,
            mine: turn.is_some() && self.own_turn().is_some(),
            turn,
            since: self.turn_since,
            asked: order.asked,
            next: order.queue.iter().filter_map(member).collect(),
            people,
            waiting: self.waiting.values().filter(|waits| !waits.is_in(order)).count(),
            ..View::empty()
        }
    }

    /// Those who are heard, and whom whoever led told nobody of.
    fn unseated(&self, now: Millis) -> impl Iterator<Item = &Certificate> {
        let mine = &self.certificate.voice;
        let there = move |voice: &&Voice| {
            let heard = voice.certificate.voice == *mine || !passed(voice.heard, timing::NOBODY, now);
            heard && voice.member && !voice.left() && !voice.is_split()
        };
        let others = move || self.voices.values().filter(there).map(|voice| &voice.certificate);
        // Of one member the newest voice alone.
        let newest = move |one: &&Certificate| {
            let newer = |other: &Certificate| {
                other.member == one.member && (other.entered, other.voice) > (one.entered, one.voice)
            };
            !others().any(newer) && self.order.present().all(|seated| seated.member != one.member)
        };
        others().filter(newest)
    }
}
