//! How people behave in a circle, more or less.

use std::collections::BTreeSet;

use super::life::Life;
use crate::body::CircleFormat;
use crate::circle::{Act, ActError, Led, Phase, Place, TurnId};
use crate::sim::Dice;

/// Somebody's habits.
pub(super) struct Bot {
    pub(super) dice: Dice,
    /// When they leave, if they do.
    pub(super) leaves: Option<u64>,
    /// What they said, each with what makes it one of a kind.
    pub(super) said: Vec<String>,
    /// How many of them since their device started.
    pub(super) since_start: usize,
    /// What they said since they last came.
    pub(super) said_here: Vec<(u64, String)>,
    /// What they say when.
    next: u64,
    turn: Option<TurnId>,
    /// Turns that they gave on.
    done: BTreeSet<TurnId>,
    /// Whether nothing but sharing will do, and nothing goes on by itself.
    pub(super) earnest: bool,
}

impl Bot {
    pub(super) fn new(dice: Dice) -> Bot {
        Bot {
            dice,
            leaves: None,
            said: vec![],
            since_start: 0,
            said_here: vec![],
            next: 6000,
            turn: None,
            done: BTreeSet::new(),
            earnest: false,
        }
    }

    pub(super) fn forget(&mut self) {
        self.said_here.clear();
        self.done.clear();
        self.turn = None;
    }
}

impl Life {
    /// What somebody does of their own accord.
    pub(super) fn act_as_one_does(&mut self, who: usize) {
        let (clock, now) = (self.clock(), self.now);
        let format = self.setting.plan.format;
        let person = &mut self.people[who];
        let Some(circle) = &person.circle else { return };
        let view = circle.view(clock);
        if view.place != Place::In {
            return;
        }
        let (leading, phase, mine, asked) = (view.leading, view.phase, view.mine, view.asked);
        let (turn, led, since) = (view.turn.map(|(turn, _)| turn), view.led, view.since);
        let bot = &mut person.bot;
        if bot.leaves.is_some_and(|at| now >= at) && !bot.earnest {
            person.left = true;
            person.throughout = false;
            self.tell(format_args!("{} leaves", self.people[who].name.clone()));
            self.does(who, Act::Leave);
            return;
        }
        if mine && turn != bot.turn {
            bot.turn = turn;
            bot.next = now + 500 + bot.dice.below(3000);
        }
        if now < bot.next {
            return;
        }
        bot.next = now + 1000 + bot.dice.below(4000);
        let (earnest, roll) = (bot.earnest, bot.dice.below(100));
        if let Some(turn) = turn.filter(|turn| mine && !bot.done.contains(turn)) {
            let act = match roll {
                0..15 if !earnest => Act::Pass,
                15..20 if !earnest => Act::Minute,
                20..30 if !earnest => self.words(who, true),
                _ => self.words(who, false),
            };
            if matches!(act, Act::Pass | Act::Share { more: false, .. }) {
                self.people[who].bot.done.insert(turn);
            }
            self.does(who, act);
        } else if leading && !earnest {
            let act = match phase {
                Phase::Gathering | Phase::Between => Act::Next,
                Phase::Turns if roll < 3 => Act::Pause,
                Phase::Turns if roll < 8 => Act::Resume,
                Phase::Turns | Phase::Floor if roll < 11 => Act::HandOver,
                Phase::Turns if asked || clock.since(since) > 8000 => Act::Next,
                _ => return,
            };
            self.does(who, act);
        } else if !earnest && roll < 3 && who < 2 {
            self.does(who, Act::Lead);
        } else if (led == Led::Nobody || format != CircleFormat::Rounds) && roll < 15 {
            let act = self.words(who, false);
            self.does(who, act);
        }
    }

    pub(super) fn words(&mut self, who: usize, more: bool) -> Act {
        let bot = &mut self.people[who].bot;
        let text = format!("what {who} says, {}", bot.said.len());
        bot.said.push(text.clone());
        Act::Share { text, more }
    }

    /// Does something, if it can be done.
    pub(super) fn does(&mut self, who: usize, act: Act) {
        let now = self.clock();
        let person = &mut self.people[who];
        let Some(circle) = &mut person.circle else { return };
        let story = format!("{} does {act:?}", person.name);
        let done: Result<_, ActError> = circle.act(act.clone(), now, &mut person.dice);
        match done {
            Ok(effects) => {
                if let Act::Share { text, .. } = act {
                    person.bot.since_start += 1;
                    person.bot.said_here.push((self.now, text));
                }
                self.tell(story);
                self.effects(who, effects);
            }
            Err(why) => self.tell(format_args!("{story}, but {why}")),
        }
    }
}
