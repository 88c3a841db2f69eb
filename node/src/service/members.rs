//! Members, and acts on them.

use kith_protocol::body;
use kith_protocol::id::MemberKey;
use kith_protocol::limits;

use super::resolve::{self, Thing};
use super::{Service, ServiceError, text};
use crate::api::types::{
    ActState, Acted, Code, Demote, Member, MemberList, MemberState, Promote, Remove, Role,
};
use crate::cell::{Cell, CellError, Engine};

impl Service {
    /// Members of a group, present and former.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`].
    pub async fn member_list(&self, group: &str) -> Result<MemberList, ServiceError> {
        let cell = self.cell(group).await?;
        let members = cell.engine.read(|engine| engine.members_view()).await?;
        Ok(MemberList { members })
    }

    /// Gives a member a role, or signs that another facilitator does.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`], [`Code::NotAllowed`]; [`Code::BadRequest`] for a role that
    /// cannot be given.
    pub async fn member_promote(
        &self,
        group: &str,
        member: &str,
        promote: Promote,
    ) -> Result<Acted, ServiceError> {
        let (cell, key) = self.find_member(group, member).await?;
        let role = match promote.role {
            Role::Facilitator => body::Role::Seat,
            Role::Helper => body::Role::Deputy,
            Role::Member => {
                return Err(ServiceError::new(
                    Code::BadRequest,
                    "Everybody in the group is a member already.",
                    "Choose \"facilitator\" or \"helper\".",
                ));
            }
        };
        let wished = promote.role;
        acted(
            &cell,
            key,
            move |engine| engine.promote(key, role).map(drop),
            move |member| member.role >= wished,
            // Where there are terms, who is it already can be asked to stay.
            move |member| member.term.is_some() && member.role == wished && !member.me,
        )
        .await
    }

    /// Gives up my own office in a group.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`]; [`Code::NotAllowed`] for who holds none.
    pub async fn member_step_back(&self, group: &str) -> Result<Acted, ServiceError> {
        let cell = self.cell(group).await?;
        let me = cell.engine.read(|engine| Ok(engine.me())).await?;
        // Nobody is stopped by having stepped back already: there is then nothing left to give up.
        acted(&cell, me, |engine| engine.step_back().map(drop), |member| member.role == Role::Member, never)
            .await
    }

    /// Sets a helper or facilitator back, or signs that another facilitator does.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`], [`Code::NotAllowed`]; [`Code::BadWords`] without a reason;
    /// [`Code::BadRequest`] for a role that nobody is set back to.
    pub async fn member_demote(
        &self,
        group: &str,
        member: &str,
        demote: Demote,
    ) -> Result<Acted, ServiceError> {
        let (role, wished) = match demote.role {
            Role::Member => (body::Role::Member, Role::Member),
            Role::Helper => (body::Role::Deputy, Role::Helper),
            Role::Facilitator => {
                return Err(ServiceError::new(
                    Code::BadRequest,
                    "Nobody is set back to being a facilitator.",
                    "Choose \"member\" or \"helper\".",
                ));
            }
        };
        let reason = text::reason(&demote.reason)?;
        let (cell, key) = self.find_member(group, member).await?;
        let act = move |engine: &mut Engine| engine.demote(key, role, reason).map(drop);
        acted(&cell, key, act, move |member| member.role <= wished, never).await
    }

    /// Votes for a member to become a facilitator, where the facilitators have been silent.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`], [`Code::NotAllowed`]; [`Code::TooEarly`] while a facilitator was
    /// heard of lately.
    pub async fn member_elect(&self, group: &str, member: &str) -> Result<Acted, ServiceError> {
        let (cell, key) = self.find_member(group, member).await?;
        let heard = cell.engine.read(|engine| Ok(engine.facilitators_heard())).await?;
        if let Some(heard) = heard {
            return Err(ServiceError::new(
                Code::TooEarly,
                format!(
                    "A facilitator's node was last heard of on {}, which is not long ago.",
                    text::moment(heard)
                ),
                "Members vote once all facilitators have been silent for 14 days. Until then, write to them.",
            ));
        }
        let act = move |engine: &mut Engine| engine.elect(key).map(drop);
        acted(&cell, key, act, |member| member.role == Role::Facilitator, never).await
    }

    /// Removes a member, or signs that another facilitator does.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`], [`Code::NotAllowed`].
    pub async fn member_remove(
        &self,
        group: &str,
        member: &str,
        remove: Remove,
    ) -> Result<Acted, ServiceError> {
        let reason = remove.reason.trim().to_owned();
        text::words("reason", &reason, limits::REASON)?;
        let (cell, key) = self.find_member(group, member).await?;
        let act = move |engine: &mut Engine| engine.remove(key, reason).map(drop);
        acted(&cell, key, act, |member| member.state == MemberState::Removed, never).await
    }

    pub(super) async fn find_member(
        &self,
        group: &str,
        given: &str,
    ) -> Result<(Cell, MemberKey), ServiceError> {
        let cell = self.cell(group).await?;
        let keys = cell.engine.read(|engine| Ok(engine.member_keys())).await?;
        let candidates = keys.into_iter().map(|key| (key.to_string(), None, key));
        let key = resolve::one(Thing::Member, given, candidates)?;
        Ok((cell, key))
    }
}

/// That nothing is done again which is done.
fn never(_: &Member) -> bool {
    false
}

/// Does something to a member, unless it is done already and not to be done `again`, and says whether it has its full effect.
async fn acted(
    cell: &Cell,
    key: MemberKey,
    act: impl FnOnce(&mut Engine) -> Result<(), CellError> + Send + 'static,
    done: impl Fn(&Member) -> bool + Send + 'static,
    again: impl Fn(&Member) -> bool + Send + 'static,
) -> Result<Acted, ServiceError> {
    let id = key.to_string();
    let member = cell
        .engine
        .write(move |engine| {
            let find = |engine: &mut Engine| -> Result<Option<Member>, CellError> {
                Ok(engine.members_view()?.into_iter().find(|member| member.member == id))
            };
            let before = find(engine)?;
            if !before.as_ref().is_some_and(|member| done(member) && !again(member)) {
                act(engine)?;
            }
            let after = find(engine)?;
            Ok(after.map(|member| (done(&member), member)))
        })
        .await?;
    let Some((done, member)) = member else { return Err(Thing::Member.unknown(&key.to_string())) };
    Ok(Acted {
        member: member.member,
        name: member.name,
        state: if done { ActState::Done } else { ActState::Awaiting },
        role: member.role,
        term: member.term,
    })
}
