//! How members are and what they reached, where they choose to tell the group; and how a buddy is, told by letter.

use kith_protocol::admit::Verified;
use kith_protocol::body::{Body, CheckIn, Milestone, Need};
use kith_protocol::contact::{Standing, Tie};
use kith_protocol::id::{EntryId, MemberKey};
use kith_protocol::letter::Message;

use super::CellError;
use super::engine::Engine;
use super::letters::Name;
use crate::api::types;

/// Check-ins and milestones that are listed, each. Of more, those that came first are not.
const SHARED: usize = 500;

const CHECK_INS_NOTE: &str = "shared/check-ins";
const MILESTONES_NOTE: &str = "shared/milestones";

impl Engine {
    /// Tells the group how I am.
    pub(crate) fn share_check_in(&mut self, check_in: CheckIn) -> Result<EntryId, CellError> {
        self.write(Body::CheckIn(check_in))
    }

    /// Tells a buddy how I am.
    pub(crate) fn tell_buddy(
        &mut self,
        member: MemberKey,
        check_in: CheckIn,
    ) -> Result<(Name, Vec<MemberKey>), CellError> {
        if !self.is_buddy(&member)? {
            return Err(CellError::NotAgreed);
        }
        let name = self.send(&Message::CheckIn(check_in), &[member])?;
        Ok((name, vec![member]))
    }

    /// Tells the group what I reached.
    pub(crate) fn share_milestone(&mut self, milestone: Milestone) -> Result<EntryId, CellError> {
        self.write(Body::Milestone(milestone))
    }

    /// How members said they are, the newest first.
    pub(crate) fn shared_check_ins(&self) -> Result<Vec<types::SharedCheckIn>, CellError> {
        let mut shared = Vec::new();
        for name in self.listed(CHECK_INS_NOTE)?.iter().rev() {
            let Some((entry, author, id)) = self.shown_entry(name)? else { continue };
            if let Body::CheckIn(said) = entry.body {
                shared.push(types::SharedCheckIn {
                    post: id.to_string(),
                    member: author.to_string(),
                    name: self.name_of(&author),
                    mine: author == self.me(),
                    check_in: check_in_of(said, types::Audience::Group, entry.time.to_string()),
                });
            }
        }
        Ok(shared)
    }

    /// What members said they reached, the newest first.
    pub(crate) fn shared_milestones(&self) -> Result<Vec<types::SharedMilestone>, CellError> {
        let mut shared = Vec::new();
        for name in self.listed(MILESTONES_NOTE)?.iter().rev() {
            let Some((entry, author, id)) = self.shown_entry(name)? else { continue };
            if let Body::Milestone(reached) = entry.body {
                shared.push(types::SharedMilestone {
                    post: id.to_string(),
                    member: author.to_string(),
                    name: self.name_of(&author),
                    mine: author == self.me(),
                    what: reached.what,
                    count: reached.count,
                    unit: reached.unit,
                    time: entry.time.to_string(),
                });
            }
        }
        Ok(shared)
    }

    /// Takes note of what somebody shared.
    pub(super) fn heed_shared(&mut self, verified: &Verified) -> Result<(), CellError> {
        match &verified.entry().body {
            Body::CheckIn(_) => self.enlist(CHECK_INS_NOTE.to_owned(), SHARED, verified),
            Body::Milestone(_) => self.enlist(MILESTONES_NOTE.to_owned(), SHARED, verified),
            _ => Ok(()),
        }
    }

    /// Whether a member and I are buddies now.
    pub(crate) fn is_buddy(&self, member: &MemberKey) -> Result<bool, CellError> {
        Ok(matches!(self.contact(Tie::Buddy, member)?.standing(self.now()), Standing::Agreed(_)))
    }
}

pub(super) fn check_in_of(said: CheckIn, audience: types::Audience, time: String) -> types::CheckIn {
    let need = match said.need {
        Need::JUST_LISTEN => types::Need::JustListen,
        Need::ADVICE => types::Need::AdviceWelcome,
        Need::DISTRACTION => types::Need::Distraction,
        Need::COMPANY => types::Need::Company,
        Need::PRACTICAL => types::Need::PracticalHelp,
        _ => types::Need::None,
    };
    types::CheckIn { time, mood: said.mood, energy: said.energy, need, note: said.note, audience }
}
