//! What I may do in an office, and how many it takes: so that nothing is offered that would be refused, and nobody thinks
//! that something is done which waits for others.

use kith_protocol::body::{Amend, Body, Demote, Elect, Measure, Moderate, Promote, Remove, Role};
use kith_protocol::charter::{Changes, Floor, Rule};
use kith_protocol::group::Standing;
use kith_protocol::id::{EntryId, MemberKey};
use kith_protocol::time::Millis;

use super::CellError;
use super::engine::Engine;
use super::views::count;
use crate::api::types::{MayActOn, MayModerate, Takes};

impl Engine {
    /// What I may do about a post or reply.
    pub(crate) fn may_moderate(&self, post: &EntryId) -> Result<Option<MayModerate>, CellError> {
        let Some(member) = self.author_of(post)? else { return Ok(None) };
        let now = self.group()?.moderated(&member, Some(post)).map(|moderated| moderated.measure);
        let act = |measure| self.takes(&moderate(member, Some(*post), measure));
        Ok(Some(MayModerate {
            member: member.to_string(),
            name: self.name_of(&member),
            write: member != self.me() && self.may_write_to(&member),
            fold: act(Measure::Fold).filter(|_| now != Some(Measure::Fold)),
            hold: act(Measure::Hold).filter(|_| now != Some(Measure::Hold)),
            restore: act(Measure::Restore).filter(|_| now.is_some()),
            pause: self.may_pause(&member),
        }))
    }

    /// What I may do about a member.
    pub(crate) fn may_act_on(&self, member: &MemberKey) -> Result<MayActOn, CellError> {
        let group = self.group()?;
        let (present, role) = group
            .member(member)
            .map(|one| (one.standing == Standing::Member, one.role))
            .unwrap_or((false, Role::Member));
        let promote = |role| Body::Promote(Promote { member: *member, role });
        let demote = |role| Body::Demote(Demote { member: *member, role, reason: "-".to_owned() });
        let remove = Body::Remove(Remove { member: *member, reason: String::new(), heads: Vec::new() });
        let ask = |body: Body, fits: bool| self.takes(&body).filter(|_| fits && present);
        // Who holds an office for a term can be asked to stay: that takes one.
        let stays = self.terms().of(member).is_some();
        let silent = self.facilitators_heard().is_none();
        let to_stay = |held| ask(promote(held), stays && role == held).map(|_| 1);
        Ok(MayActOn {
            helper: ask(promote(Role::Deputy), role < Role::Deputy).or(to_stay(Role::Deputy)),
            facilitator: ask(promote(Role::Seat), role < Role::Seat).or(to_stay(Role::Seat)),
            back_to_helper: ask(demote(Role::Deputy), role > Role::Deputy),
            back_to_member: ask(demote(Role::Member), role > Role::Member),
            remove: ask(remove, true),
            elect: ask(Body::Elect(Elect { member: *member }), silent && role < Role::Seat),
            pause: self.may_pause(member).filter(|_| present),
            paused_until: self.pause_of(member).map(|until| until.to_string()),
            write: present && *member != self.me() && self.may_write_to(member),
        })
    }

    /// How many it takes to change what members agreed to.
    pub(crate) fn may_amend(&self) -> Option<Takes> {
        let changes = Changes { purpose: Some(String::new()), ..Changes::default() };
        self.takes(&Body::Amend(Amend { changes, reason: "-".to_owned() }))
    }

    fn may_pause(&self, member: &MemberKey) -> Option<Takes> {
        self.takes(&moderate(*member, None, Measure::Pause(self.now())))
    }

    /// Until when a member's posting is paused.
    fn pause_of(&self, member: &MemberKey) -> Option<Millis> {
        match self.group.as_ref()?.moderated(member, None)?.measure {
            Measure::Pause(until) if self.now() < until => Some(until),
            _ => None,
        }
    }

    /// How many it takes; none if it is not mine to do.
    fn takes(&self, body: &Body) -> Option<Takes> {
        let group = self.group.as_ref().filter(|_| self.settled())?;
        group.takes(&self.me(), &group.heads(), body).ok().map(count)
    }
}

fn moderate(member: MemberKey, entry: Option<EntryId>, measure: Measure) -> Body {
    let rule = (measure != Measure::Restore).then_some(Rule::Floor(Floor::Methods));
    Body::Moderate(Moderate { member, entry, measure, rule, reason: "-".to_owned() })
}
