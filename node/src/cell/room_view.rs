//! A circle as it is shown to whoever is in it.

use kith_protocol::circle::{End, Led, Phase, Place, Reach, Setting, View};
use kith_protocol::id::MemberKey;

use super::circles::Company;
use crate::api::types::{
    CircleMember, Room, RoomLed, RoomPerson, RoomPhase, RoomPlace, RoomReach, RoomWords,
};

/// What was said that is shown at once: so many, and so many bytes.
const SHOWN: usize = 200;
const SHOWN_BYTES: usize = 32 * 1024;

/// What is needed beside the circle itself to show it.
pub(super) struct Around<'a> {
    pub(super) setting: &'a Setting,
    pub(super) company: &'a Company,
    pub(super) me: MemberKey,
}

impl Around<'_> {
    /// What to show.
    pub(super) fn room(&self, view: &View<'_>) -> Room {
        let led = match view.led {
            Led::By(member) => (Some(member), false),
            Led::Silent(member) => (Some(member), true),
            Led::Nobody => (None, false),
        };
        let round = usize::from(view.round);
        let prompt = round.checked_sub(1).and_then(|round| self.setting.plan.prompts.get(round));
        let mut bytes = 0_usize;
        let last = view.said.iter().rev().take(SHOWN).take_while(|said| {
            bytes = bytes.saturating_add(said.text.len());
            bytes <= SHOWN_BYTES
        });
        let before = view.said.len().saturating_sub(last.count());
        let said = view.said.iter().enumerate().skip(before).map(|(number, said)| RoomWords {
            number: u32::try_from(number).unwrap_or(u32::MAX),
            who: self.member(&said.member),
            in_turn: said.turn.is_some(),
            reach: match said.reach {
                Reach::Heard => RoomReach::Heard,
                Reach::NotYet => RoomReach::NotYet,
                Reach::Lost => RoomReach::Lost,
            },
            text: said.text.to_owned(),
            time: said.at.to_string(),
        });
        Room {
            circle: self.setting.circle.to_string(),
            place: place(view.place),
            led: RoomLed {
                by: led.0.as_ref().map(|member| self.member(member)),
                silent: led.1,
                me: view.leading,
            },
            phase: phase(view.phase),
            round: view.round,
            prompt: prompt.filter(|_| view.phase == Phase::Turns).cloned(),
            paused: view.paused,
            turn: view.turn.as_ref().map(|(_, member)| self.member(member)),
            asked: view.asked,
            next: view.next.iter().map(|member| self.member(member)).collect(),
            people: view
                .people
                .iter()
                .map(|person| RoomPerson {
                    who: self.member(&person.member),
                    leads: person.office.is_some(),
                    minute: person.minute,
                    silent: person.silent,
                    split: person.split,
                })
                .collect(),
            somebody_waits: view.waiting > 0,
            said: said.collect(),
        }
    }

    fn member(&self, member: &MemberKey) -> CircleMember {
        CircleMember {
            member: member.to_string(),
            name: self.company.names.get(member).cloned().unwrap_or_default(),
            me: *member == self.me,
        }
    }
}

fn place(place: Place) -> RoomPlace {
    match place {
        Place::Asking => RoomPlace::Asking,
        Place::Waiting => RoomPlace::Waiting,
        Place::Full => RoomPlace::Full,
        Place::In => RoomPlace::In,
        Place::Ended(End::Closed) => RoomPlace::Closed,
        Place::Ended(End::Left) => RoomPlace::Left,
        Place::Ended(End::Elsewhere) => RoomPlace::Elsewhere,
        Place::Ended(End::Unled) => RoomPlace::Unled,
    }
}

fn phase(phase: Phase) -> RoomPhase {
    match phase {
        Phase::Gathering => RoomPhase::Gathering,
        Phase::Turns => RoomPhase::Turns,
        Phase::Between => RoomPhase::Between,
        Phase::Floor => RoomPhase::Floor,
        Phase::Closing => RoomPhase::Closing,
    }
}
