//! Why somebody may not do something.

use thiserror::Error;

/// Why an entry is not right in its own causal past. Shown to the local person who tried; an entry of
/// somebody else that fails is kept, and never counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Right {
    /// Its author is not a member.
    #[error("only members of the group can do this")]
    NotMember,
    /// Its author was removed.
    #[error("this member was removed from the group")]
    Removed,
    /// Its author has left.
    #[error("this member has left the group")]
    Left,
    /// Its author's own admission waits for a facilitator.
    #[error("this member still waits to be admitted")]
    Waiting,
    /// It takes a facilitator.
    #[error("only a facilitator can do this")]
    NeedsSeat,
    /// It takes a facilitator or a helper.
    #[error("only a facilitator or a helper can do this")]
    NeedsDeputy,
    /// Who it would set back holds no such office.
    #[error("this member holds no office above that")]
    NoOffice,
    /// It names a member who is not known to be one.
    #[error("no such member")]
    NoSuchMember,
    /// It is about its own author.
    #[error("nobody can do this to themselves")]
    Oneself,
    /// It names an invite that is not there, or does not count.
    #[error("no such invite")]
    NoSuchInvite,
    /// The invite was revoked.
    #[error("this invite was revoked")]
    Revoked,
    /// It names a join that is not there, or is not right.
    #[error("no such join")]
    NoSuchJoin,
    /// It names a listing that is not there.
    #[error("no such listing")]
    NoSuchListing,
    /// The join does not prove that its author holds the invite.
    #[error("the invite's signature does not fit")]
    NotInvited,
    /// The join accepts another charter.
    #[error("this accepts another charter than the group's")]
    OtherCharter,
    /// The joiner is a member already, or was one: coming back takes a new key.
    #[error("this key has been a member before")]
    SameKey,
    /// The entry names a member key that is not its author's.
    #[error("this entry does not carry its author's key")]
    OtherKey,
    /// Everybody has a seat here, and all seats are taken.
    #[error("a group of shared power is full")]
    Full,
    /// Nothing of the kind can be done: a second genesis, a promotion to nothing.
    #[error("this has no meaning here")]
    Meaningless,
}
