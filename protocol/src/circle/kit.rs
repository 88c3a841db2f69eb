//! What tests of circles are made of.

use std::collections::BTreeSet;

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

use super::sitting::Sitting;
use super::{Act, ActError, Circle, Effect, Place, Setting, View, timing};
use crate::body::{Circle as Plan, CircleDoor, CircleFormat};
use crate::id::{EntryId, GroupId, LogId, MemberKey};
use crate::identity::{Identity, MemberSecrets};
use crate::time::Millis;

pub(super) fn rng(seed: u8) -> ChaCha20Rng {
    ChaCha20Rng::from_seed([seed; 32])
}

/// Somebody of the group; the first is the host, the second the co-host.
pub(super) fn member(number: u8) -> MemberSecrets {
    Identity::without_words([number; 64]).member(&[7; 32], 0)
}

pub(super) fn setting() -> Setting {
    let plan = Plan {
        start: Millis(0),
        minutes: 60,
        host: member(1).key(),
        co_host: Some(member(2).key()),
        size: 8,
        format: CircleFormat::Rounds,
        soft: 3,
        opening: String::new(),
        prompts: vec![],
        closing: String::new(),
        door: CircleDoor::from_bytes([3; 32]),
    };
    Setting { group: GroupId([5; 32]), circle: EntryId([6; 32]), plan }
}

/// People who hear each other at once, except those who are away. Of the group are those below 100.
pub(super) struct Room {
    pub(super) setting: Setting,
    pub(super) now: Millis,
    people: Vec<(u8, Circle)>,
    pub(super) away: BTreeSet<u8>,
    /// Whom nothing reaches that is said inside, but what is said at the door.
    pub(super) deaf: BTreeSet<u8>,
    rng: ChaCha20Rng,
    /// Every frame that was sent, and by whom.
    pub(super) sent: Vec<(u8, Vec<u8>)>,
}

impl Room {
    /// A circle that these came to; all are in.
    pub(super) fn of(setting: Setting, people: &[u8]) -> Room {
        let (now, rng) = (Millis(1_000_000), rng(9));
        let mut room = Room {
            setting,
            now,
            people: vec![],
            away: BTreeSet::new(),
            deaf: BTreeSet::new(),
            rng,
            sent: vec![],
        };
        people.iter().for_each(|who| room.come(*who));
        room.pass(timing::OPENING + timing::ENTER + 1000);
        people.iter().for_each(|who| assert_eq!(room.view(*who).place, Place::In, "{who}"));
        room
    }

    pub(super) fn come(&mut self, who: u8) {
        let circle =
            Circle::enter(self.setting.clone(), member(who), LogId([who; 8]), self.now, &mut self.rng);
        self.people.retain(|(other, _)| *other != who);
        self.people.push((who, circle));
    }

    /// Somebody's node stops dead.
    pub(super) fn crash(&mut self, who: u8) {
        self.people.retain(|(other, _)| *other != who);
    }

    pub(super) fn view(&self, who: u8) -> View<'_> {
        self.people.iter().find(|(other, _)| *other == who).unwrap().1.view(self.now)
    }

    pub(super) fn circle(&self, who: u8) -> &Circle {
        &self.people.iter().find(|(other, _)| *other == who).unwrap().1
    }

    /// Somebody's part, to be changed as nobody honest would.
    pub(super) fn sitting(&mut self, who: u8) -> &mut Sitting {
        let circle = &mut self.people.iter_mut().find(|(other, _)| *other == who).unwrap().1;
        circle.live.as_mut().unwrap().sitting.as_mut().unwrap()
    }

    pub(super) fn act(&mut self, who: u8, act: Act) -> Result<(), ActError> {
        let circle = &mut self.people.iter_mut().find(|(other, _)| *other == who).unwrap().1;
        let effects = circle.act(act, self.now, &mut self.rng)?;
        self.carry(who, effects);
        Ok(())
    }

    pub(super) fn share(&mut self, who: u8, text: &str, more: bool) -> Result<(), ActError> {
        self.act(who, Act::Share { text: text.into(), more })
    }

    /// Lets time pass.
    pub(super) fn pass(&mut self, ms: u64) {
        let end = self.now.plus(ms);
        while self.now < end {
            self.now = self.now.plus(timing::TICK);
            for place in 0..self.people.len() {
                let (who, circle) = &mut self.people[place];
                let who = *who;
                let effects = circle.tick(self.now, &mut self.rng);
                self.carry(who, effects);
            }
        }
    }

    /// Gives somebody a frame from elsewhere.
    pub(super) fn play(&mut self, to: u8, frame: &[u8]) {
        let now = self.now;
        let circle = &mut self.people.iter_mut().find(|(other, _)| *other == to).unwrap().1;
        let effects = circle.receive(frame, &|_, _| None, now, &mut self.rng);
        self.carry(to, effects);
    }

    fn carry(&mut self, from: u8, effects: Vec<Effect>) {
        let log = |member_key: &MemberKey, log: &LogId| {
            let secrets = member(log.0[0]);
            (log.0[0] < 100 && secrets.key() == *member_key).then(|| secrets.seal(log).key())
        };
        let mut waiting: Vec<(u8, Effect)> = effects.into_iter().map(|effect| (from, effect)).collect();
        while !waiting.is_empty() {
            let (from, effect) = waiting.remove(0);
            let Effect::Send(frame) = effect else { continue };
            self.sent.push((from, frame.clone()));
            for (to, circle) in &mut self.people {
                let deaf = self.deaf.contains(to) && frame.first() == Some(&2);
                if *to != from && !deaf && !self.away.contains(to) && !self.away.contains(&from) {
                    let effects = circle.receive(&frame, &log, self.now, &mut self.rng);
                    waiting.extend(effects.into_iter().map(|effect| (*to, effect)));
                }
            }
        }
    }

    /// Who has the turn, as all of these see it.
    pub(super) fn holder(&self, people: &[u8]) -> Option<u8> {
        let holders: BTreeSet<Option<MemberKey>> =
            people.iter().map(|who| self.view(*who).turn.map(|(_, member)| member)).collect();
        assert_eq!(holders.len(), 1, "they see different turns");
        let holder = holders.into_iter().next().flatten()?;
        (1..=20).find(|who| member(*who).key() == holder)
    }

    pub(super) fn texts(&self, who: u8) -> Vec<String> {
        self.view(who).said.iter().map(|spoken| spoken.text.to_owned()).collect()
    }
}
