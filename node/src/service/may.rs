//! What I may do in an office, and how many it takes.

use super::resolve::Thing;
use super::{Service, ServiceError};
use crate::api::types::{MayActOn, MayModerate, Takes};

impl Service {
    /// What I may do about a post or reply.
    ///
    /// # Errors
    /// [`Code::UnknownId`](crate::api::types::Code::UnknownId),
    /// [`Code::AmbiguousId`](crate::api::types::Code::AmbiguousId).
    pub async fn may_moderate(&self, post: &str) -> Result<MayModerate, ServiceError> {
        let (cell, entry) = self.find_post(post).await?;
        let may = cell.engine.read(move |engine| engine.may_moderate(&entry)).await?;
        may.ok_or_else(|| Thing::Post.unknown(post))
    }

    /// What I may do about a member.
    ///
    /// # Errors
    /// As [`Service::may_moderate`].
    pub async fn may_act_on(&self, group: &str, member: &str) -> Result<MayActOn, ServiceError> {
        let (cell, key) = self.find_member(group, member).await?;
        Ok(cell.engine.read(move |engine| engine.may_act_on(&key)).await?)
    }

    /// How many it takes to change what members of a group agreed to, I among them; none if that is not mine to do.
    ///
    /// # Errors
    /// As [`Service::may_moderate`].
    pub async fn may_amend(&self, group: &str) -> Result<Option<Takes>, ServiceError> {
        let cell = self.cell(group).await?;
        Ok(cell.engine.read(|engine| Ok(engine.may_amend())).await?)
    }

    /// Whether something that I wrote in a group has gone to nobody yet, though there is somebody.
    ///
    /// # Errors
    /// As [`Service::may_moderate`].
    pub async fn waits_to_go(&self, group: &str) -> Result<bool, ServiceError> {
        let cell = self.cell(group).await?;
        Ok(cell.engine.read(|engine| Ok(engine.waits_to_go())).await?)
    }
}
