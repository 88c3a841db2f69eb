//! Whose turn it is, who is there, and what comes next: one value, of which everybody takes the newest.
//!
//! Whoever leads sends it whole, with every change and with every sign of life. Of two, the one of the higher term
//! counts, then the one of the higher number. So nobody needs a history to know the present, and what was lost is
//! made good by what comes next. The turns given so far are in it, and are only ever added to.

use std::collections::BTreeMap;

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

use super::certificate::Certificate;
use super::word::Rank;
use super::{Office, Setting};
use crate::codec;
use crate::id::{MemberKey, VoiceKey, hash, truncate};
use crate::limits;

/// The name of a turn: in which term it was given, and the how manyeth it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub struct TurnId {
    /// The term of whoever gave it.
    #[n(0)]
    pub term: u32,
    /// One more than the highest before.
    #[n(1)]
    pub number: u32,
}

/// The highest number of a turn that is taken from anybody: there are always higher ones to give.
const TURN: u32 = u32::MAX / 2;

/// How far a circle is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Phase {
    /// People come in.
    #[n(0)]
    Gathering,
    /// A round is on: somebody has the turn.
    #[n(1)]
    Turns,
    /// A round is over: those who came meanwhile come in.
    #[n(2)]
    Between,
    /// Whoever wishes to speaks.
    #[n(3)]
    Floor,
    /// The last words.
    #[n(4)]
    Closing,
}

/// How somebody is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub(super) enum Standing {
    /// There.
    #[n(0)]
    Present,
    /// There, and needs a minute.
    #[n(1)]
    Minute,
    /// Left, silent for long, or there with a newer voice.
    #[n(2)]
    Gone,
}

/// Somebody in the circle.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(super) struct Seat {
    #[n(0)]
    pub(super) certificate: Certificate,
    #[n(1)]
    pub(super) standing: Standing,
}

/// The order of a circle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Order {
    /// Even: led by the host. Odd: by the co-host.
    pub(super) term: u32,
    /// Grows with every change.
    pub(super) number: u32,
    pub(super) phase: Phase,
    /// Rounds begun.
    pub(super) round: u16,
    pub(super) paused: bool,
    /// Whether the holder was asked to come to an end.
    pub(super) asked: bool,
    /// Whether the other of host and co-host is to take over.
    pub(super) handing: bool,
    /// In the order they came.
    pub(super) seats: Vec<Seat>,
    /// Who has the next turns of this round.
    pub(super) queue: Vec<VoiceKey>,
    /// The turn that is on.
    pub(super) turn: Option<TurnId>,
    /// The turns given last, and to whom.
    pub(super) grants: BTreeMap<TurnId, VoiceKey>,
}

/// As it travels: voices are places in the list of seats.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(super) struct OrderMap {
    #[n(0)]
    term: u32,
    #[n(1)]
    number: u32,
    #[n(2)]
    phase: Phase,
    #[n(3)]
    round: u16,
    #[n(4)]
    paused: bool,
    #[n(5)]
    asked: bool,
    #[n(6)]
    handing: bool,
    #[n(7)]
    seats: Vec<Seat>,
    #[n(8)]
    queue: ByteVec,
    #[n(9)]
    turn: Option<TurnId>,
    #[n(10)]
    grants: Vec<Grant>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
struct Grant {
    #[n(0)]
    term: u32,
    #[n(1)]
    number: u32,
    #[n(2)]
    seat: u8,
}

impl Order {
    /// As somebody opens it who is alone in it.
    pub(super) fn opened(term: u32, first: Certificate) -> Order {
        Order {
            term,
            number: 0,
            phase: Phase::Gathering,
            round: 0,
            paused: false,
            asked: false,
            handing: false,
            seats: vec![Seat { certificate: first, standing: Standing::Present }],
            queue: Vec::new(),
            turn: None,
            grants: BTreeMap::new(),
        }
    }

    /// The highest counts.
    pub(super) fn rank(&self) -> Rank {
        let mark = truncate(&hash("kith/1/circle-order", &[&codec::encode(&self.map())]));
        Rank { term: self.term, number: self.number, mark }
    }

    pub(super) fn seat(&self, voice: &VoiceKey) -> Option<&Seat> {
        self.seats.iter().find(|seat| seat.certificate.voice == *voice)
    }

    pub(super) fn seat_mut(&mut self, voice: &VoiceKey) -> Option<&mut Seat> {
        self.seats.iter_mut().find(|seat| seat.certificate.voice == *voice)
    }

    /// Those who are there.
    pub(super) fn present(&self) -> impl Iterator<Item = &Certificate> {
        let here = self.seats.iter().filter(|seat| seat.standing != Standing::Gone);
        here.map(|seat| &seat.certificate)
    }

    pub(super) fn is_present(&self, voice: &VoiceKey) -> bool {
        self.seat(voice).is_some_and(|seat| seat.standing != Standing::Gone)
    }

    /// Who has the turn.
    pub(super) fn holder(&self) -> Option<VoiceKey> {
        self.turn.and_then(|turn| self.grants.get(&turn).copied())
    }

    /// Gives somebody a turn. The oldest are let go, if there are as many as may be.
    pub(super) fn grant(&mut self, voice: VoiceKey) {
        let last = self.grants.keys().map(|turn| turn.number).max();
        let turn = TurnId { term: self.term, number: last.map_or(0, |last| last.saturating_add(1)) };
        self.turn = Some(turn);
        self.grants.insert(turn, voice);
        while self.grants.len() > limits::CIRCLE_TURNS {
            self.grants.pop_first();
        }
    }

    /// Whether there is a place for a member: one is kept for the host, and one for the co-host.
    pub(super) fn has_place(&self, setting: &Setting, one: &Certificate) -> bool {
        let member = &one.member;
        let voices = self.seats.iter().filter(|seat| seat.certificate.member == *member).count();
        let many = voices >= limits::CIRCLE_RETURNS || self.seats.len() >= limits::CIRCLE_SEATS;
        if many && self.seat(&one.voice).is_none() {
            return false;
        }
        let others = |one: &MemberKey| self.present().any(|other| other.member == *one);
        let kept = [Office::Host, Office::CoHost].into_iter().filter_map(|office| setting.holder(office));
        let kept = kept.filter(|one| *one != member && !others(one)).count();
        let there = self.present().filter(|one| one.member != *member).count();
        there.saturating_add(kept) < usize::from(setting.plan.size)
    }

    /// Somebody comes in, or back. What they were with an earlier voice, they are with this one.
    pub(super) fn sit(&mut self, certificate: Certificate) {
        let voice = certificate.voice;
        let mut before = None;
        for seat in &mut self.seats {
            let other = seat.certificate.voice != voice && seat.certificate.member == certificate.member;
            if other && seat.standing != Standing::Gone {
                seat.standing = Standing::Gone;
                before = Some(seat.certificate.voice);
            }
        }
        match self.seat_mut(&voice) {
            Some(seat) => seat.standing = Standing::Present,
            None => self.seats.push(Seat { certificate, standing: Standing::Present }),
        }
        let Some(before) = before else { return };
        self.queue.iter_mut().filter(|queued| **queued == before).for_each(|queued| *queued = voice);
        if self.holder() == Some(before) {
            self.grant(voice);
        }
    }

    /// Lets go of seats that are not to be kept; the turns they had stay given.
    pub(super) fn keep(&mut self, kept: impl Fn(&Seat) -> bool) {
        self.seats.retain(kept);
        let seats = &self.seats;
        self.queue.retain(|queued| seats.iter().any(|seat| seat.certificate.voice == *queued));
    }

    /// Takes up who came and what turns were given in a part of the circle that was led apart. Gives whether that
    /// was anything new.
    pub(super) fn absorb(
        &mut self,
        other: &Order,
        setting: &Setting,
        member: impl Fn(&VoiceKey) -> bool,
    ) -> bool {
        let before = (self.seats.len(), self.grants.len());
        for seat in &other.seats {
            let one = &seat.certificate;
            let full = self.seats.len() >= limits::CIRCLE_SEATS;
            if full || self.seat(&one.voice).is_some() || !member(&one.voice) {
                continue;
            }
            let newest = self
                .seats
                .iter()
                .all(|mine| mine.certificate.member != one.member || mine.certificate.entered < one.entered);
            if newest && seat.standing != Standing::Gone && self.has_place(setting, one) {
                self.sit(one.clone());
            } else {
                self.seats.push(Seat { certificate: one.clone(), standing: Standing::Gone });
            }
        }
        for (turn, voice) in &other.grants {
            if self.grants.len() < limits::CIRCLE_TURNS && self.seat(voice).is_some() {
                self.grants.entry(*turn).or_insert(*voice);
            }
        }
        before != (self.seats.len(), self.grants.len())
    }

    /// Whether there is nothing in `other` that would be lost.
    pub(super) fn covers(&self, other: &Order) -> bool {
        other.seats.iter().all(|seat| self.seat(&seat.certificate.voice).is_some())
            && other.grants.keys().all(|turn| self.grants.contains_key(turn))
    }

    /// As it travels.
    pub(super) fn map(&self) -> OrderMap {
        let place = |voice: &VoiceKey| {
            let place = self.seats.iter().position(|seat| seat.certificate.voice == *voice);
            place.and_then(|place| u8::try_from(place).ok())
        };
        let grants = self.grants.iter().filter_map(|(turn, voice)| {
            place(voice).map(|seat| Grant { term: turn.term, number: turn.number, seat })
        });
        OrderMap {
            term: self.term,
            number: self.number,
            phase: self.phase,
            round: self.round,
            paused: self.paused,
            asked: self.asked,
            handing: self.handing,
            seats: self.seats.clone(),
            queue: self.queue.iter().filter_map(place).collect::<Vec<u8>>().into(),
            turn: self.turn,
            grants: grants.collect(),
        }
    }
}

impl OrderMap {
    /// The order, if it is within its limits and names nobody who is not in it.
    pub(super) fn order(self) -> Option<Order> {
        let within = self.seats.len() <= limits::CIRCLE_SEATS
            && self.queue.len() <= limits::CIRCLE_SEATS
            && self.grants.len() <= limits::CIRCLE_TURNS;
        if !within {
            return None;
        }
        let voice = |place: u8| self.seats.get(usize::from(place)).map(|seat| seat.certificate.voice);
        let queue = self.queue.iter().map(|place| voice(*place)).collect::<Option<Vec<_>>>()?;
        let grant =
            |grant: &Grant| Some((TurnId { term: grant.term, number: grant.number }, voice(grant.seat)?));
        let grants = self.grants.iter().map(grant).collect::<Option<BTreeMap<_, _>>>()?;
        let all = grants.keys().all(|turn| turn.term <= self.term && turn.number <= TURN);
        let known = all && self.turn.is_none_or(|turn| grants.contains_key(&turn));
        let mut voices: Vec<_> = self.seats.iter().map(|seat| seat.certificate.voice).collect();
        voices.sort_unstable();
        voices.dedup();
        let here = self.seats.iter().filter(|seat| seat.standing != Standing::Gone);
        let mut people: Vec<_> = here.map(|seat| seat.certificate.member).collect();
        let present = people.len();
        people.sort_unstable();
        people.dedup();
        let fits = known
            && voices.len() == self.seats.len()
            && people.len() == present
            && present <= limits::CIRCLE_SIZE
            && self.turn.is_some() == (self.phase == Phase::Turns);
        fits.then_some(Order {
            term: self.term,
            number: self.number,
            phase: self.phase,
            round: self.round,
            paused: self.paused,
            asked: self.asked,
            handing: self.handing,
            seats: self.seats,
            queue,
            turn: self.turn,
            grants,
        })
    }
}
