//! How it stands between a member and me, in words.

use kith_node::api::types::{Contact, Tie, TieState};

use crate::visit::Visit;

/// What two can agree to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Between {
    /// Writing to each other.
    Talk,
    /// Being buddies for a while.
    Buddy,
}

/// How it stands.
#[derive(Clone, Debug)]
pub struct TieView {
    /// In a sentence.
    pub said: String,
    /// What they said when they asked.
    pub words: String,
    /// How it stands.
    pub state: TieState,
    /// What an answer is called in a form: `talk` or `buddy`.
    pub what: &'static str,
    /// Where its forms go.
    pub to: String,
    /// For how many weeks two can be buddies.
    pub weeks: Vec<(u16, String)>,
}

/// For how many weeks two can be buddies.
const WEEKS: [u16; 6] = [1, 2, 4, 8, 12, 26];

/// Somebody of a group.
#[derive(Clone, Copy, Debug)]
pub struct With<'a> {
    /// The group.
    pub group: &'a str,
    /// Who.
    pub member: &'a str,
    /// What they are called.
    pub name: &'a str,
}

impl TieView {
    /// How it stands between somebody and me.
    pub fn of(visit: &Visit, between: Between, with: With<'_>, tie: &Tie) -> TieView {
        let (words, name) = (&visit.words, with.name);
        let (what, ids) = match between {
            Between::Talk => {
                ("talk", ["talk-nothing", "tie-asked", "talk-asking", "talk-agreed", "talk-nothing"])
            }
            Between::Buddy => {
                ("buddy", ["buddy-nothing", "tie-asked", "buddy-asking", "buddy-agreed", "buddy-over"])
            }
        };
        let [nothing, asked, asking, agreed, over] = ids;
        let said = match (tie.state, &tie.until) {
            (TieState::Nothing, _) => words.t1(nothing, "name", name),
            (TieState::Asked, _) => words.t1(asked, "name", name),
            (TieState::Asking, _) => words.t1(asking, "name", name),
            (TieState::Agreed, Some(until)) => {
                words.t2("buddy-agreed-until", "name", name, "day", visit.clock.day(words, until))
            }
            (TieState::Agreed, None) => words.t1(agreed, "name", name),
            (TieState::Over, _) => words.t1(over, "name", name),
        };
        TieView {
            said,
            words: tie.words.clone(),
            state: tie.state,
            what,
            to: format!("/groups/{}/members/{}/tie", with.group, with.member),
            weeks: WEEKS.map(|weeks| (weeks, words.tn("buddy-weeks-n", "weeks", weeks))).to_vec(),
        }
    }

    /// Whether they wait for an answer of mine.
    pub fn asks(&self) -> bool {
        self.state == TieState::Asking
    }

    /// Whether I wait for an answer of theirs.
    pub fn asked(&self) -> bool {
        self.state == TieState::Asked
    }

    /// Whether both said yes.
    pub fn agreed(&self) -> bool {
        self.state == TieState::Agreed
    }

    /// Whether it is about being buddies.
    pub fn buddy(&self) -> bool {
        self.what == "buddy"
    }
}

/// Both of what can be between somebody and me.
pub fn both(visit: &Visit, with: With<'_>, contact: Option<&Contact>) -> (TieView, TieView) {
    let nothing = Tie { state: TieState::Nothing, words: String::new(), until: None };
    let talk = contact.map_or(&nothing, |contact| &contact.talk);
    let buddy = contact.map_or(&nothing, |contact| &contact.buddy);
    (TieView::of(visit, Between::Talk, with, talk), TieView::of(visit, Between::Buddy, with, buddy))
}
