//! What people can do with a node. Every face (the local API, later the web app) calls this and nothing else.
//!
//! Guarantees: what a method has answered with success is durable. A method may be dropped at any await
//! point; it then either happened wholly or not at all, and can be asked again. Groups, posts, invites and
//! members are named as [`crate::api::types`] says; [`resolve`] finds them.
//!
//! Refuses: everything a member's role does not allow, before anything is written; and everything at all
//! while the node is not open ([`Code::NotOpen`]).

mod problem;
pub mod resolve;
pub mod text;

use std::pin::Pin;
use std::time::Duration;

use futures::Stream;
use tokio_util::sync::CancellationToken;

use crate::api::types::{
    Acted, Code, CreateGroup, CreateInvite, Created, Delivery, Doctor, Event, Forgotten, Group, GroupList,
    InviteList, Invited, Join, Joined, Leave, Left, MemberList, Page, Paths, PeerList, Post, Problem,
    Promote, Remove, Revoked, Status, Stopping, Thread,
};

/// Why a wish was not granted: a code, what happened, and what the person can do.
pub type ServiceError = Problem;

/// Items as they come; ends when the node closes. An error item is the last one.
pub type Feed<T> = Pin<Box<dyn Stream<Item = Result<T, ServiceError>> + Send>>;

/// How many posts [`Service::read`] gives if nobody says.
pub const PAGE: usize = 50;
/// How many posts [`Service::read`] gives at most at once.
pub const PAGE_MOST: usize = 500;

/// What people can do with a node: a cheap handle.
#[derive(Clone, Debug)]
pub struct Service {
    closing: CancellationToken,
}

#[allow(clippy::unused_async, reason = "the bodies that wait come with the cells")]
impl Service {
    /// A service whose node is not open: every method but [`Service::stop`] answers [`Code::NotOpen`].
    /// Stopping cancels `closing`.
    pub fn unopened(closing: CancellationToken) -> Service {
        Service { closing }
    }

    /// How the node and its groups do.
    ///
    /// # Errors
    /// [`Code::NotOpen`].
    pub async fn status(&self) -> Result<Status, ServiceError> {
        Err(Code::NotOpen.into())
    }

    /// Opens a group with me as its first facilitator.
    ///
    /// # Errors
    /// [`Code::BadWords`] for title, purpose, name or size out of bounds; [`Code::DiskFull`].
    pub async fn group_create(&self, _group: CreateGroup) -> Result<Created, ServiceError> {
        Err(Code::NotOpen.into())
    }

    /// All groups of this node, those left or waited for included.
    ///
    /// # Errors
    /// [`Code::NotOpen`].
    pub async fn group_list(&self) -> Result<GroupList, ServiceError> {
        Err(Code::NotOpen.into())
    }

    /// One group.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`].
    pub async fn group_show(&self, _group: &str) -> Result<Group, ServiceError> {
        Err(Code::NotOpen.into())
    }

    /// Leaves a group: publishes a goodbye, and keeps what was received. Leaving again changes nothing.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`]; [`Code::StillWaiting`] before one is in.
    pub async fn group_leave(&self, _group: &str, _leave: Leave) -> Result<Left, ServiceError> {
        Err(Code::NotOpen.into())
    }

    /// Forgets a group: its folder and keys on this device are destroyed. The others are told nothing.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`].
    pub async fn group_forget(&self, _group: &str) -> Result<Forgotten, ServiceError> {
        Err(Code::NotOpen.into())
    }

    /// Makes an invite.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`], [`Code::NotAllowed`], [`Code::NotMember`],
    /// [`Code::StillWaiting`]; [`Code::BadRequest`] for uses or expiry out of bounds.
    pub async fn invite_create(&self, _group: &str, _invite: CreateInvite) -> Result<Invited, ServiceError> {
        Err(Code::NotOpen.into())
    }

    /// The invites of a group.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`].
    pub async fn invite_list(&self, _group: &str) -> Result<InviteList, ServiceError> {
        Err(Code::NotOpen.into())
    }

    /// An invite anew, its link with the addresses known now. `group` narrows where it is looked for.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`]; [`Code::NotAllowed`] if another node made it;
    /// [`Code::InviteExpired`], [`Code::InviteRevoked`], [`Code::InviteUsed`].
    pub async fn invite_show(&self, _group: Option<&str>, _invite: &str) -> Result<Invited, ServiceError> {
        Err(Code::NotOpen.into())
    }

    /// Takes an invite back. Taking it back again changes nothing.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`], [`Code::NotAllowed`].
    pub async fn invite_revoke(&self, _group: Option<&str>, _invite: &str) -> Result<Revoked, ServiceError> {
        Err(Code::NotOpen.into())
    }

    /// Starts to join by a link, or to come back; returns once this is durable, mostly `waiting`. Joining a
    /// group one is in already answers with its state.
    ///
    /// # Errors
    /// [`Code::BadLink`], [`Code::InviteExpired`], [`Code::BadWords`]; [`Code::NameNeeded`] for a newcomer
    /// without a name.
    pub async fn join(&self, _join: Join) -> Result<Joined, ServiceError> {
        Err(Code::NotOpen.into())
    }

    /// How joining stands: returns at once if it is settled, else when it is or after `wait`, whichever is
    /// first.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`]; [`Code::GroupFull`], [`Code::InviteExpired`],
    /// [`Code::InviteRevoked`], [`Code::InviteUsed`] or [`Code::NotMember`] if the group's nodes said so.
    pub async fn joined(&self, _group: &str, _wait: Duration) -> Result<Joined, ServiceError> {
        Err(Code::NotOpen.into())
    }

    /// Writes a post. The text has been through [`text::check`].
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`], [`Code::NotMember`], [`Code::StillWaiting`],
    /// [`Code::DiskFull`], [`Code::ClockOff`].
    pub async fn post(&self, _group: &str, _text: String) -> Result<Delivery, ServiceError> {
        Err(Code::NotOpen.into())
    }

    /// Answers a post or reply, in the group that one is in.
    ///
    /// # Errors
    /// As [`Service::post`].
    pub async fn reply(&self, _post: &str, _text: String) -> Result<Delivery, ServiceError> {
        Err(Code::NotOpen.into())
    }

    /// How far something I wrote has come: returns at once if others have it, else when they do or after
    /// `wait`, whichever is first.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`].
    pub async fn delivery(&self, _post: &str, _wait: Duration) -> Result<Delivery, ServiceError> {
        Err(Code::NotOpen.into())
    }

    /// The whole thread a post is in.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`].
    pub async fn thread(&self, _post: &str) -> Result<Thread, ServiceError> {
        Err(Code::NotOpen.into())
    }

    /// A part of what a group wrote, newest first: at most `limit` (1 to [`PAGE_MOST`]) posts older than the
    /// cursor `before`, which a former part gave as `next`.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`]; [`Code::BadRequest`] for a cursor that was never given.
    pub async fn read(
        &self,
        _group: &str,
        _limit: usize,
        _before: Option<&str>,
    ) -> Result<Page, ServiceError> {
        Err(Code::NotOpen.into())
    }

    /// Posts and replies of a group as they become readable here, from the moment this returns, each once,
    /// none missed however slow the reader.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`].
    pub async fn watch(&self, _group: &str) -> Result<Feed<Post>, ServiceError> {
        Err(Code::NotOpen.into())
    }

    /// Members of a group, present and former.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`].
    pub async fn member_list(&self, _group: &str) -> Result<MemberList, ServiceError> {
        Err(Code::NotOpen.into())
    }

    /// Gives a member a role, or signs that another facilitator does.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`], [`Code::NotAllowed`]; [`Code::BadRequest`] for a role that
    /// cannot be given.
    pub async fn member_promote(
        &self,
        _group: &str,
        _member: &str,
        _promote: Promote,
    ) -> Result<Acted, ServiceError> {
        Err(Code::NotOpen.into())
    }

    /// Removes a member, or signs that another facilitator does.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`], [`Code::NotAllowed`].
    pub async fn member_remove(
        &self,
        _group: &str,
        _member: &str,
        _remove: Remove,
    ) -> Result<Acted, ServiceError> {
        Err(Code::NotOpen.into())
    }

    /// Members' nodes connected now, of one group or of all.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`].
    pub async fn peers(&self, _group: Option<&str>) -> Result<PeerList, ServiceError> {
        Err(Code::NotOpen.into())
    }

    /// Where this node keeps its files.
    ///
    /// # Errors
    /// [`Code::NotOpen`].
    pub async fn paths(&self) -> Result<Paths, ServiceError> {
        Err(Code::NotOpen.into())
    }

    /// Looks at the node from inside. What can be seen from outside (folders, disk, socket) the command line
    /// looks at itself.
    ///
    /// # Errors
    /// [`Code::NotOpen`].
    pub async fn doctor(&self) -> Result<Doctor, ServiceError> {
        Err(Code::NotOpen.into())
    }

    /// Starts an orderly end of the node, and returns at once.
    ///
    /// # Errors
    /// None today: stopping is possible in every state.
    pub async fn stop(&self) -> Result<Stopping, ServiceError> {
        self.closing.cancel();
        Ok(Stopping { pid: std::process::id() })
    }

    /// What happens on the node, from the moment this returns.
    ///
    /// # Errors
    /// [`Code::NotOpen`].
    pub async fn events(&self) -> Result<Feed<Event>, ServiceError> {
        Err(Code::NotOpen.into())
    }
}
