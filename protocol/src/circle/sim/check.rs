//! What must hold.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::AddAssign;

use super::life::{HEAL, Life};
use crate::circle::sitting::VOICES;
use crate::circle::{Act, Circle, End, Led, Phase, Place, Reach, Spoken, timing};
use crate::id::MemberKey;
use crate::limits;

/// How long it may take till all show the same, after everything is well again and if somebody leads, in milliseconds.
const SETTLE: u64 = 30_000;
/// The same where nobody leads, or somebody crashed a moment ago: a host who lost everything waits for others first.
const ANEW: u64 = timing::RETURNING_LONGEST + 20_000;
/// How much longer than [`timing::TAKE_OVER`] it may take till everybody has heard of it: so many signs may be lost.
const HEARD: u64 = 10_000;

/// How it may be over for people after somebody closed it.
const OVER: [End; 3] = [End::Closed, End::Left, End::Elsewhere];

/// What was seen, summed up.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    /// Lives that ended well.
    pub lives: u64,
    /// Frames sent.
    pub frames: u64,
    /// Bytes sent.
    pub bytes: u64,
    /// Turns given.
    pub turns: u64,
    /// Words that were compared.
    pub words: u64,
    /// Lives in which the one who leads was another at the end than at the beginning.
    pub taken_over: u64,
    /// Lives in which nobody led at the end.
    pub unled: u64,
    /// Times that somebody went to another sitting.
    pub moved: u64,
    /// The longest time until all showed the same, where somebody led before, in milliseconds.
    pub settled: u64,
    /// The same where nobody did, or somebody had just crashed.
    pub anew: u64,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Tally) {
        self.lives += other.lives;
        self.frames += other.frames;
        self.bytes += other.bytes;
        self.turns += other.turns;
        self.words += other.words;
        self.taken_over += other.taken_over;
        self.unled += other.unled;
        self.moved += other.moved;
        self.settled = self.settled.max(other.settled);
        self.anew = self.anew.max(other.anew);
    }
}

impl Life {
    /// Lives it.
    ///
    /// # Errors
    /// What did not hold.
    pub fn run(&mut self) -> Result<Tally, String> {
        self.go(HEAL);
        self.whole()?;
        (self.lively, self.fall) = (false, None);
        if self.is_led_astray() {
            // Whoever led astray is gone.
            let who = self.hostile.as_ref().map_or(0, |hostile| hostile.who);
            self.crash(who, None);
        }
        for who in 0..self.people.len() {
            self.network.put(who, 0);
            self.people[who].bot.earnest = true;
        }
        self.tell("all is well again");
        self.agree()?;
        if self.is_closed() {
            self.within(30_000, "after somebody hostile closed it", |life| life.over(&OVER))?;
            self.tally.lives = 1;
            return Ok(self.tally);
        }
        if self.leader().is_some() {
            self.one_more_round()?;
            self.close()?;
        } else {
            self.go_home()?;
        }
        self.whole()?;
        self.tally.lives = 1;
        self.tally.turns = self.turns.values().map(|turns| *turns as u64).sum();
        Ok(self.tally)
    }

    /// Whether somebody honest has heard that it is closed.
    fn is_closed(&self) -> bool {
        let closed = |circle: &Circle| circle.view(self.clock()).place == Place::Ended(End::Closed);
        (0..self.people.len())
            .any(|who| !self.is_hostile(who) && self.people[who].circle.as_ref().is_some_and(closed))
    }

    fn whole(&self) -> Result<(), String> {
        self.broken.clone().map_or(Ok(()), Err)
    }

    fn breaks(&mut self, what: String) {
        self.broken.get_or_insert(what);
    }

    /// What must hold of everybody at any time.
    pub(super) fn watch(&mut self, who: usize) {
        let (clock, now) = (self.clock(), self.now);
        if self.is_hostile(who) {
            return;
        }
        let Some(circle) = &self.people[who].circle else { return };
        let view = circle.view(clock);
        let name = &self.people[who].name;
        let mut wrong = None;
        for spoken in &view.said {
            let by = self.people.iter().position(|person| person.secrets.key() == spoken.member);
            let Some(by) = by else {
                wrong = Some(format!("{name} sees what a stranger says"));
                continue;
            };
            let given = |turn| self.is_led_astray() || self.granted.contains(&(turn, spoken.member));
            if spoken.turn.is_some_and(|turn| !given(turn)) {
                wrong = Some(format!("{name} sees {:?} in a turn that nobody gave", spoken.text));
            }
            if !self.is_hostile(by) && !self.people[by].bot.said.iter().any(|said| said == spoken.text) {
                wrong = Some(format!(
                    "{name} sees words that {} never said: {}",
                    self.people[by].name, spoken.text
                ));
            }
        }
        // Nothing is lost without being told, or told to be heard where it was not.
        let mine: Vec<&Spoken<'_>> =
            view.said.iter().filter(|one| one.member == self.people[who].secrets.key()).collect();
        let ended = matches!(view.place, Place::Ended(_));
        if !ended && mine.len() < self.people[who].bot.since_start {
            wrong = Some(format!("{name} does not see all that they said"));
        }
        let told = |one: &&&Spoken<'_>| one.reach == Reach::Heard && !self.heard.contains(one.text);
        if let Some(one) = mine.iter().find(told).filter(|_| self.hostile.is_none()) {
            wrong = Some(format!("{name} is told that somebody heard {:?}", one.text));
        }
        for person in &view.people {
            let by = self.people.iter().position(|one| one.secrets.key() == person.member);
            if by.is_none_or(|by| person.split && !self.is_hostile(by)) {
                wrong = Some(format!("{name} sees a stranger, or that somebody honest is split"));
            }
        }
        if view.people.len() > 8 {
            wrong = Some(format!("{name} sees more than there are places"));
        }
        let live = circle.live.as_ref();
        let kept = live.map_or((0, 0), |live| {
            let sitting = live.sitting.as_ref();
            (live.before.len(), sitting.map_or(0, |one| one.voices.len().max(one.grants.len() / 8)))
        });
        if kept.0 > limits::CIRCLE_KEPT || kept.1 > VOICES.max(limits::CIRCLE_TURNS / 4) {
            wrong = Some(format!("{name} keeps too much: {kept:?}"));
        }
        // Nobody waits for one who is gone.
        if let Led::By(leader) | Led::Silent(leader) = view.led {
            let gone = self.people.iter().find(|person| person.secrets.key() == leader);
            let since = gone.and_then(|person| person.crashed);
            let calm =
                self.parted.is_none_or(|at| now - at > 60_000 || since.is_some_and(|since| at < since));
            let limit = timing::NOBODY.max(timing::TAKE_OVER + HEARD) + 2 * timing::TICK + 1800;
            // A sign that was lost to somebody can be played to them later, and is one then, once.
            let limit = if self.hostile.is_some() { 3 * limit } else { limit };
            if calm && since.is_some_and(|since| now - since > limit) {
                wrong = Some(format!("{name} waits for one who is gone"));
            }
        }
        let sitting = circle.live.as_ref().and_then(|live| live.sitting.as_ref()).map(|sitting| sitting.id.0);
        let person = &mut self.people[who];
        if sitting != person.sitting {
            if person.sitting.is_some() && sitting.is_some() {
                self.tally.moved += 1;
            }
            (person.sitting, person.since) = (sitting, now);
            person.bot.forget();
        }
        if let Some(wrong) = wrong {
            self.breaks(wrong);
        }
    }

    /// What somebody shows, as far as all must show the same.
    fn shown(&self, who: usize) -> String {
        let Some(circle) = &self.people[who].circle else { return String::new() };
        let view = circle.view(self.clock());
        // Somebody hostile can be there for some only.
        let hostile = self.hostile.as_ref().map(|hostile| self.people[hostile.who].secrets.key());
        let people = view.people.iter().map(|one| one.member).filter(|member| Some(*member) != hostile);
        let people: Vec<String> = people.map(|member| self.name(&member)).collect();
        let next: Vec<String> = view.next.iter().map(|member| self.name(member)).collect();
        let turn = view.turn.map(|(turn, member)| (turn.term, turn.number, self.name(&member)));
        let led = match view.led {
            Led::By(member) => format!("by {}", self.name(&member)),
            Led::Silent(_) => format!("{who} is waiting"),
            Led::Nobody => "by nobody".into(),
        };
        let sitting = circle
            .live
            .as_ref()
            .and_then(|live| live.sitting.as_ref())
            .map(|one| (one.id.0[0], (one.order.number > 0).then(|| one.order.rank())));
        format!("{sitting:?} led {led}, {:?} {}, {turn:?}, {next:?}, {people:?}", view.phase, view.round)
    }

    /// Whether all who came are in, or wait, and show the same.
    fn agrees(&self) -> Result<(), String> {
        if self.is_led_astray() && self.is_closed() {
            return Ok(());
        }
        if self.phase() == Some(Phase::Closing) {
            return Err("somebody closes it".into());
        }
        let inside = self.inside();
        let mut shown = inside.iter().map(|who| self.shown(*who));
        let first = shown.next().unwrap_or_default();
        if let Some(other) = shown.find(|other| *other != first) {
            return Err(format!("people do not show the same:\n  {first}\n  {other}"));
        }
        if first.contains("is waiting") {
            return Err(format!("nobody leads: {first}"));
        }
        let led = self.leader().is_some();
        if led == first.contains("led by nobody") && !inside.is_empty() {
            return Err(format!("whoever leads is not followed: {first}"));
        }
        let leader = self.leader().and_then(|who| self.people[who].circle.as_ref());
        let people = leader.map_or_else(Vec::new, |leader| leader.view(self.clock()).people);
        let here = |member| inside.iter().any(|who| self.people[*who].secrets.key() == member);
        if people.iter().any(|one| one.silent && here(one.member)) {
            return Err(format!("whoever leads does not hear everybody: {first}"));
        }
        for who in 0..self.people.len() {
            let person = &self.people[who];
            let (Some(circle), false, false) = (&person.circle, person.left, self.is_hostile(who)) else {
                continue;
            };
            match circle.view(self.clock()).place {
                Place::In | Place::Waiting => {}
                // A host or co-host opens it anew, after a while.
                Place::Asking if !led && self.setting.office(&person.secrets.key()).is_none() => {}
                other => return Err(format!("{} is {other:?}", person.name)),
            }
        }
        Ok(())
    }

    fn within(
        &mut self,
        ms: u64,
        what: &str,
        mut holds: impl FnMut(&mut Life) -> Result<(), String>,
    ) -> Result<(), String> {
        let end = self.now + ms;
        loop {
            self.whole()?;
            match holds(self) {
                Ok(()) => return Ok(()),
                Err(why) if self.now >= end => return Err(format!("{what}: {why}")),
                Err(_) => self.go(timing::TICK),
            }
        }
    }

    fn agree(&mut self) -> Result<(), String> {
        let began = self.now;
        let offices = self.people.iter().take(2);
        let fresh = offices.filter_map(|person| person.crashed_last).any(|at| self.now - at < ANEW);
        let calm = self.leader().is_some() && !fresh;
        self.within(if calm { SETTLE } else { ANEW }, "after all is well again", |life| life.agrees())?;
        let took = if calm { &mut self.tally.settled } else { &mut self.tally.anew };
        *took = (*took).max(self.now - began);
        let leads = self.leader();
        self.tally.taken_over += u64::from(leads.is_some_and(|who| who != 0));
        self.tally.unled += u64::from(leads.is_none());
        Ok(())
    }

    /// Whether everybody who is in has heard what was said since they came.
    fn all_heard(&mut self) -> Result<(), String> {
        let (inside, clock) = (self.inside(), self.clock());
        for reader in &inside {
            let circle = self.people[*reader].circle.as_ref().expect("they are in");
            let read: BTreeSet<&str> = circle.view(clock).said.iter().map(|spoken| spoken.text).collect();
            for author in &inside {
                for (at, text) in &self.people[*author].bot.said_here {
                    // What was said before one came, or while somebody hostile led and a moment after, can be withheld.
                    let since = if self.is_led_astray() { HEAL + timing::NOBODY } else { 0 };
                    let owed = *at >= self.people[*reader].since.max(since);
                    self.tally.words += u64::from(owed);
                    if owed && !read.contains(text.as_str()) {
                        let (reader, author) = (&self.people[*reader].name, &self.people[*author].name);
                        return Err(format!("{reader} has not heard {text:?} of {author}"));
                    }
                    let circle = self.people[*author].circle.as_ref().filter(|_| owed && author != reader);
                    let said = circle.map(|circle| circle.view(clock).said).unwrap_or_default();
                    if said.iter().any(|one| one.text == text && one.reach != Reach::Heard) {
                        return Err(format!(
                            "{} is not told that {text:?} is heard",
                            self.people[*author].name
                        ));
                    }
                }
            }
        }
        Ok(())
    }

    fn phase(&self) -> Option<Phase> {
        let circle = self.people[self.leader()?].circle.as_ref()?;
        Some(circle.view(self.clock()).phase)
    }

    /// Whoever leads does what has to be done so that it goes on.
    fn lead_on(&mut self) {
        let (Some(leader), now) = (self.leader(), self.clock()) else { return };
        let Some(circle) = &self.people[leader].circle else { return };
        let view = circle.view(now);
        let holder = view.turn.map(|(_, member)| member);
        let keen = holder.and_then(|member| self.people.iter().position(|one| one.secrets.key() == member));
        let idle = keen.is_some_and(|who| self.is_hostile(who) || now.since(view.since) > 8000);
        if idle && holder != Some(self.people[leader].secrets.key()) {
            self.does(leader, Act::Next);
        }
    }

    fn one_more_round(&mut self) -> Result<(), String> {
        self.lively = true;
        let leader = self.leader().ok_or("nobody leads any more")?;
        self.does(leader, Act::Resume);
        let over = |life: &mut Life| {
            life.lead_on();
            if life.phase() == Some(Phase::Turns) {
                Err(format!("a round does not end: {}", life.shown(leader)))
            } else {
                Ok(())
            }
        };
        self.within(180_000, "the round that was on", over)?;
        // Those who wait come in.
        self.within(30_000, "between two rounds", |life| {
            let inside = life.inside();
            let leader = life.people[leader].circle.as_ref().expect("they lead");
            let seated = leader.view(life.clock()).people;
            let unseated =
                |who: &&usize| seated.iter().all(|one| one.member != life.people[**who].secrets.key());
            if let Some(who) = inside.iter().find(unseated) {
                return Err(format!("{} has no seat", life.people[*who].name));
            }
            let out = (0..life.people.len()).find(|who| {
                let person = &life.people[*who];
                person.circle.is_some() && !person.left && !life.is_hostile(*who) && !inside.contains(who)
            });
            out.map_or(life.agrees(), |who| Err(format!("{} does not come in", life.people[who].name)))
        })?;
        let inside = self.inside();
        if matches!(self.phase(), Some(Phase::Gathering | Phase::Between)) {
            let before = self.turns.clone();
            self.does(leader, Act::Next);
            self.within(180_000, "one more round", over)?;
            for who in inside {
                let member = self.people[who].secrets.key();
                let of = |turns: &BTreeMap<MemberKey, usize>| turns.get(&member).copied().unwrap_or(0);
                let turns = of(&self.turns) - of(&before);
                let open = self.phase() == Some(Phase::Floor);
                if turns != 1 && !open {
                    return Err(format!("{} had {turns} turns in a round", self.people[who].name));
                }
            }
        }
        self.lively = false;
        self.within(30_000, "at the end", |life| life.agrees().and_then(|()| life.all_heard()))
    }

    fn over(&self, why: &[End]) -> Result<(), String> {
        for (who, person) in self.people.iter().enumerate() {
            let (Some(circle), false) = (&person.circle, self.is_hostile(who)) else { continue };
            let place = circle.view(self.clock()).place;
            let over = matches!(place, Place::Ended(end) if why.contains(&end)) && circle.keeps_nothing();
            if !over {
                return Err(format!("{} is {place:?}", person.name));
            }
            let left = format!("{circle:?}");
            if left.contains("what") || !circle.view(self.clock()).said.is_empty() {
                return Err(format!("{} keeps words", person.name));
            }
        }
        Ok(())
    }

    fn close(&mut self) -> Result<(), String> {
        let leader = self.leader().ok_or("nobody leads any more")?;
        self.does(leader, Act::Close);
        self.within(timing::CLOSING + 15_000, "after it was closed", |life| life.over(&OVER))
    }

    /// Nobody leads: everybody can speak, is heard, and goes.
    fn go_home(&mut self) -> Result<(), String> {
        for who in self.inside() {
            let act = self.words(who, false);
            self.does(who, act);
        }
        self.within(30_000, "while nobody leads", Life::all_heard)?;
        for who in self.inside() {
            self.does(who, Act::Leave);
        }
        for who in 0..self.people.len() {
            self.does(who, Act::Leave);
        }
        self.within(timing::LEAVING + 2000, "after all left", |life| life.over(&[End::Left]))
    }
}
