//! One circle's life, with all that goes wrong in it.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::bot::Bot;
use super::check::Tally;
use super::hostile::Hostile;
use crate::body::{Circle as Plan, CircleDoor, CircleFormat};
use crate::circle::{Circle, Effect, Led, Place, Setting, TurnId};
use crate::id::{EntryId, GroupId, LogId, MemberKey, SealKey};
use crate::identity::{Identity, MemberSecrets};
use crate::sim::{Dice, Network, Trace, Weather};
use crate::time::Millis;

/// When the network heals, in milliseconds.
pub(super) const HEAL: u64 = 70_000;
/// When a life begins: some time in 2026.
const START: u64 = 1_795_358_400_000;
const TICK: u64 = 500;

/// Somebody of the group.
pub(super) struct Person {
    pub(super) name: String,
    pub(super) secrets: MemberSecrets,
    log: LogId,
    pub(super) circle: Option<Circle>,
    pub(super) dice: Dice,
    /// Grows with every crash: what is under way to somebody who crashed is lost.
    life: u32,
    pub(super) bot: Bot,
    /// In one piece, and reached by all, since they came.
    pub(super) throughout: bool,
    /// They left of their own will.
    pub(super) left: bool,
    pub(super) crashed: Option<u64>,
    pub(super) crashed_last: Option<u64>,
    /// Where they are, and since when.
    pub(super) sitting: Option<[u8; 16]>,
    pub(super) since: u64,
}

enum Event {
    Come { who: usize },
    Tick { who: usize, life: u32 },
    Deliver { to: usize, life: u32, frame: Rc<Vec<u8>> },
    Crash { who: usize, back: Option<u64> },
    Part { sides: Vec<usize>, until: u64 },
    Mend,
}

/// A circle, its people, and what happens to them.
pub struct Life {
    /// What happened.
    pub trace: Trace,
    pub(super) people: Vec<Person>,
    pub(super) hostile: Option<Hostile>,
    pub(super) network: Network,
    pub(super) setting: Setting,
    pub(super) dice: Dice,
    pub(super) now: u64,
    queue: BTreeMap<(u64, u64), Event>,
    serial: u64,
    /// Whether people say and do things.
    pub(super) lively: bool,
    /// Turns that whoever led gave, to whom.
    pub(super) granted: BTreeSet<(TurnId, MemberKey)>,
    /// How many each was given.
    pub(super) turns: BTreeMap<MemberKey, usize>,
    last: Option<([u8; 16], TurnId)>,
    /// How many frames the host sends before their device stops.
    pub(super) fall: Option<u64>,
    /// What reached anybody but its author.
    pub(super) heard: BTreeSet<String>,
    pub(super) parted: Option<u64>,
    pub(super) tally: Tally,
    pub(super) broken: Option<String>,
    pub(super) logs: Rc<BTreeMap<(MemberKey, LogId), SealKey>>,
}

impl Life {
    /// As [`Life::begin`], and the host's device stops dead while it sends its frame of this number, which reaches some.
    pub fn with_fall(seed: u64, frame: u64) -> Life {
        let mut life = Life::begin(seed);
        life.fall = Some(frame);
        life
    }

    /// Who is in it and what will happen: all by the seed.
    pub fn begin(seed: u64) -> Life {
        let mut dice = Dice::new(seed, "circle");
        let count = 3 + dice.place(6);
        let people: Vec<Person> = (0..count).map(|who| person(seed, who)).collect();
        let alone = dice.chance(10);
        let format = match dice.below(10) {
            0..6 => CircleFormat::Rounds,
            6..8 => CircleFormat::SupportTurns,
            _ => CircleFormat::OpenFloor,
        };
        let plan = Plan {
            start: Millis(START),
            minutes: 60,
            host: people[0].secrets.key(),
            co_host: (!alone).then(|| people[1].secrets.key()),
            size: 8,
            format,
            soft: u16::try_from(dice.below(2)).unwrap_or(0),
            opening: String::new(),
            prompts: vec![],
            closing: String::new(),
            door: CircleDoor::generate(&mut dice),
        };
        let logs = Rc::new(logs(&people));
        let setting = Setting { group: GroupId([5; 32]), circle: EntryId([6; 32]), plan };
        let mut network = Network::new(count);
        network.weather = Weather {
            latency: 5 + dice.below(200),
            spread: dice.below(1500),
            loss: dice.below(21),
            twice: dice.below(30),
        };
        let hostile = (count > 3 && dice.chance(50)).then(|| Hostile::new(seed, count, !alone));
        let mut life = Life {
            trace: Trace::default(),
            people,
            hostile,
            network,
            setting,
            dice,
            now: 0,
            queue: BTreeMap::new(),
            serial: 0,
            lively: true,
            granted: BTreeSet::new(),
            turns: BTreeMap::new(),
            last: None,
            heard: BTreeSet::new(),
            fall: None,
            parted: None,
            tally: Tally::default(),
            broken: None,
            logs,
        };
        life.plan();
        life
    }

    fn plan(&mut self) {
        let count = self.people.len();
        let (format, weather) = (self.setting.plan.format, self.network.weather);
        self.tell(format_args!("{count} people, {format:?}, {weather:?}"));
        for who in 0..count {
            let late = who > 1 && self.dice.chance(25);
            let at = if late { 15_000 + self.dice.below(30_000) } else { self.dice.below(5000) };
            self.people[who].bot.leaves =
                (who > 1 && self.dice.chance(12)).then(|| 25_000 + self.dice.below(30_000));
            self.at(at, Event::Come { who });
        }
        for _ in 0..self.dice.below(3) {
            let at = 8000 + self.dice.below(45_000);
            let back = self.dice.chance(70).then(|| 500 + self.dice.below(35_000));
            match self.dice.below(10) {
                0..4 => self.at(at, Event::Crash { who: 0, back }),
                4..6 => self.at(at, Event::Crash { who: 1, back }),
                6 => {
                    let who = self.dice.place(count);
                    self.at(at, Event::Crash { who, back });
                }
                _ => {
                    let at = self.dice.below(50_000);
                    let sides = (0..count).map(|_| self.dice.place(2)).collect();
                    let until = (at + 2000 + self.dice.below(40_000)).min(HEAL);
                    self.at(at, Event::Part { sides, until });
                }
            }
        }
    }

    pub(super) fn tell(&mut self, what: impl std::fmt::Display) {
        self.trace.tell(self.now, what);
    }

    fn at(&mut self, at: u64, event: Event) {
        self.serial += 1;
        self.queue.insert((at.max(self.now), self.serial), event);
    }

    pub(super) fn clock(&self) -> Millis {
        Millis(START + self.now)
    }

    /// Lets time pass, in milliseconds.
    pub(super) fn go(&mut self, ms: u64) {
        let end = self.now + ms;
        while let Some(next) = self.queue.first_entry().filter(|next| next.key().0 <= end) {
            let ((at, _), event) = next.remove_entry();
            self.now = at;
            self.happen(event);
        }
        self.now = end;
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Come { who } => self.come(who),
            Event::Tick { who, life } if self.people[who].life == life => self.tick(who),
            Event::Deliver { to, life, frame } if self.people[to].life == life => self.hear(to, &frame),
            Event::Crash { who, back } => self.crash(who, back),
            Event::Part { sides, until } => {
                self.tell(format_args!("the network parts: {sides:?}"));
                for (who, side) in sides.into_iter().enumerate() {
                    self.network.put(who, side);
                    self.people[who].throughout = false;
                }
                self.parted = Some(self.now);
                self.at(until, Event::Mend);
            }
            Event::Mend => {
                self.tell("the network is one again");
                (0..self.people.len()).for_each(|who| self.network.put(who, 0));
                self.parted = Some(self.now);
            }
            Event::Tick { .. } | Event::Deliver { .. } => {}
        }
    }

    pub(super) fn come(&mut self, who: usize) {
        if self.people[who].circle.is_some() || self.people[who].left {
            return;
        }
        let now = self.clock();
        let setting = self.setting.clone();
        let person = &mut self.people[who];
        let circle = Circle::enter(setting, person.secrets.clone(), person.log, now, &mut person.dice);
        (person.circle, person.crashed) = (Some(circle), None);
        let (name, life) = (person.name.clone(), person.life);
        self.tell(format_args!("{name} comes"));
        let later = self.dice.below(TICK);
        self.at(self.now + later, Event::Tick { who, life });
    }

    pub(super) fn crash(&mut self, who: usize, back: Option<u64>) {
        if self.people[who].circle.is_none() || self.people[who].left {
            return;
        }
        let person = &mut self.people[who];
        (person.circle, person.throughout, person.crashed) = (None, false, Some(self.now));
        person.life += 1;
        person.crashed_last = person.crashed;
        person.sitting = None;
        person.bot.forget();
        person.bot.since_start = 0;
        let name = person.name.clone();
        self.tell(format_args!("{name} crashes, back after {back:?}"));
        if let Some(back) = back {
            let at = (self.now + back).min(HEAL);
            self.at(at, Event::Come { who });
        }
    }

    fn tick(&mut self, who: usize) {
        let (now, life) = (self.clock(), self.people[who].life);
        let person = &mut self.people[who];
        if let Some(circle) = &mut person.circle {
            let effects = circle.tick(now, &mut person.dice);
            self.effects(who, effects);
        }
        if self.people[who].life != life {
            return;
        }
        if self.is_hostile(who) {
            self.harm(who);
        }
        if self.lively && (!self.is_hostile(who) || self.leads(who)) {
            self.act_as_one_does(who);
        }
        self.watch(who);
        // Of no use if they fell meanwhile.
        self.at(self.now + TICK, Event::Tick { who, life });
    }

    fn hear(&mut self, to: usize, frame: &[u8]) {
        let (now, logs) = (self.clock(), self.logs.clone());
        let person = &mut self.people[to];
        let Some(circle) = &mut person.circle else { return };
        let look = |member: &MemberKey, log: &LogId| logs.get(&(*member, *log)).copied();
        let effects = circle.receive(frame, &look, now, &mut person.dice);
        let sitting = circle.live.as_ref().and_then(|live| live.sitting.as_ref());
        for said in sitting.into_iter().flat_map(|sitting| sitting.said.iter().rev().take(50)) {
            if said.member != person.secrets.key() && !self.heard.contains(said.text.as_str()) {
                self.heard.insert(said.text.to_string());
            }
        }
        self.effects(to, effects);
    }

    pub(super) fn effects(&mut self, who: usize, effects: Vec<Effect>) {
        let life = self.people[who].life;
        if effects.contains(&Effect::Changed) {
            self.note(who);
        }
        for effect in effects {
            if self.people[who].life != life {
                return;
            }
            match effect {
                Effect::Send(frame) => self.spread(who, frame),
                Effect::Changed => {}
                Effect::Ended(why) => {
                    let name = self.people[who].name.clone();
                    self.tell(format_args!("{name}: it is over: {why:?}"));
                }
            }
        }
    }

    /// Remembers what turns were given by those who lead.
    fn note(&mut self, who: usize) {
        if self.is_hostile(who) {
            return;
        }
        let Some(circle) = &self.people[who].circle else { return };
        let view = circle.view(self.clock());
        if !view.leading {
            return;
        }
        let Some((turn, member)) = view.turn else { return };
        let sitting = circle.live.as_ref().and_then(|live| live.sitting.as_ref()).map(|sitting| sitting.id.0);
        let name_of = sitting.map(|sitting| (sitting, turn));
        self.granted.insert((turn, member));
        if name_of != self.last {
            self.last = name_of;
            *self.turns.entry(member).or_default() += 1;
            let name = self.people[who].name.clone();
            let holder = self.name(&member);
            self.tell(format_args!("{name} gives turn {}.{} to {holder}", turn.term, turn.number));
        }
    }

    pub(super) fn name(&self, member: &MemberKey) -> String {
        let person = self.people.iter().find(|person| person.secrets.key() == *member);
        person.map_or_else(|| member.to_string(), |person| person.name.clone())
    }

    /// Sends a frame to all who are reached.
    pub(super) fn spread(&mut self, from: usize, frame: Vec<u8>) {
        self.tally.frames += 1;
        self.tally.bytes += frame.len() as u64;
        let frame = Rc::new(frame);
        let falls = from == 0 && self.fall == Some(0);
        if from == 0 {
            self.fall = self.fall.and_then(|left| left.checked_sub(1));
        }
        for to in 0..self.people.len() {
            if falls && self.dice.chance(50) {
                continue;
            }
            let withheld = self.hostile.as_ref().is_some_and(|one| one.who == from && one.deaf.contains(&to));
            if !withheld {
                self.slip(from, to, &frame);
            }
        }
        if let Some(hostile) = &mut self.hostile {
            hostile.overhear(&frame);
        }
        if falls {
            let back = self.dice.chance(70).then(|| 500 + self.dice.below(35_000));
            self.crash(from, back);
        }
    }

    /// Sends a frame to one.
    pub(super) fn slip(&mut self, from: usize, to: usize, frame: &Rc<Vec<u8>>) {
        if !self.network.reaches(from, to) {
            return;
        }
        for later in self.network.carry(&mut self.dice) {
            let (life, frame) = (self.people[to].life, frame.clone());
            self.at(self.now + later, Event::Deliver { to, life, frame });
        }
    }

    pub(super) fn is_hostile(&self, who: usize) -> bool {
        self.hostile.as_ref().is_some_and(|hostile| hostile.who == who)
    }

    /// Whether somebody holds an office.
    pub(super) fn leads(&self, who: usize) -> bool {
        self.setting.office(&self.people[who].secrets.key()).is_some()
    }

    /// Whether one of those who are to lead is hostile.
    pub(super) fn is_led_astray(&self) -> bool {
        self.hostile.as_ref().is_some_and(|hostile| self.leads(hostile.who))
    }

    /// Those who are honest and in it, by their own sight.
    pub(super) fn inside(&self) -> Vec<usize> {
        let now = self.clock();
        let inside = |who: &usize| {
            let circle = self.people[*who].circle.as_ref();
            circle.is_some_and(|circle| circle.view(now).place == Place::In) && !self.is_hostile(*who)
        };
        (0..self.people.len()).filter(inside).collect()
    }

    /// Whoever leads, among those who are inside, as they see it.
    pub(super) fn leader(&self) -> Option<usize> {
        let now = self.clock();
        let leads = |who: &usize| {
            let view = self.people[*who].circle.as_ref().map(|circle| circle.view(now));
            view.is_some_and(|view| view.leading && matches!(view.led, Led::By(_)))
        };
        self.inside().into_iter().find(leads)
    }
}

fn person(seed: u64, who: usize) -> Person {
    const NAMES: [&str; 8] = ["Ana", "Ben", "Cleo", "Dan", "Edda", "Finn", "Gül", "Hugo"];
    let name = NAMES[who % NAMES.len()].to_owned();
    let mut root = [0; 64];
    root[..8].copy_from_slice(&seed.to_be_bytes());
    root[8] = u8::try_from(who).unwrap_or(0);
    Person {
        dice: Dice::new(seed, &name),
        bot: Bot::new(Dice::new(seed, &format!("{name}, in person"))),
        name,
        secrets: Identity::without_words(root).member(&[7; 32], 0),
        log: LogId([u8::try_from(who).unwrap_or(0); 8]),
        circle: None,
        life: 0,
        throughout: true,
        left: false,
        crashed: None,
        crashed_last: None,
        sitting: None,
        since: 0,
    }
}

fn logs(people: &[Person]) -> BTreeMap<(MemberKey, LogId), SealKey> {
    let log = |person: &Person| ((person.secrets.key(), person.log), person.secrets.seal(&person.log).key());
    people.iter().map(log).collect()
}
