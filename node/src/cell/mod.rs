//! One group's life on this node.
//!
//! ```text
//! service ──┐                        ┌── own log ── store        (one thread: engine)
//!           ├─▶ EngineHandle ─▶ Engine ── group, keyring, waiting room
//! network ──┘        ▲               └── roster, notices ─▶ network task, watchers
//!                    └── NetworkTask ─▶ swarm, sessions          (one task, and one for each session)
//! ```
//!
//! Guarantees: nothing is shared between two cells but the process, the machine's address and the vault's
//! thread. What a person wrote is durable before they are told so, and is passed on from then.

mod answering;
mod arriving;
mod attached;
mod being_found;
mod calendar;
mod charter;
mod chunks;
mod circles;
mod clocks;
mod compacting;
mod contacts;
mod deliveries;
mod desk;
mod desk_view;
mod doorstep;
mod duties;
mod engine;
mod errands;
mod fetching;
mod findable;
mod finding;
mod gatherings;
mod handle;
mod heads;
mod health;
mod hearing;
mod hearing_view;
mod hiding;
mod intake;
mod introducing;
mod invites;
mod joining;
mod keeping;
mod knocking;
mod letters;
mod letting_in;
mod library;
mod listed;
mod may;
mod moderating;
mod moving;
mod network;
mod notes;
mod noting;
mod open;
mod open_door;
mod own;
mod pace;
mod porch_replica;
mod presence;
mod reading;
mod replica;
mod reports;
mod retaining;
mod room;
mod room_view;
mod rooms;
mod roster;
mod rota;
mod searching;
mod sessions;
mod sets;
mod sharing;
mod splits;
mod staged;
mod terms;
#[cfg(test)]
mod tests;
mod thread;
mod to_do;
mod told;
mod views;
mod welcoming;
mod whereabouts;
mod withdrawing;
mod write;

use kith_protocol::group::Right;
use thiserror::Error;

pub(crate) use arriving::Arrival;
pub(crate) use being_found::ListingTrouble;
pub(crate) use charter::read as charter;
pub(crate) use engine::{Engine, Notice};
pub(crate) use handle::Cell;
pub(crate) use keeping::Claimed;
pub(crate) use noting::Choices;
pub(crate) use open::{Beginning, Opening};
pub(crate) use open_door::Door;
pub(crate) use pace::SHOWN as POSTS_AN_HOUR;
pub(crate) use rooms::RoomError;
pub(crate) use searching::{Answer, Asked};

use crate::disk::Trouble;
use crate::own_log::OwnLogError;
use crate::store::StoreError;
use crate::vault::VaultError;

/// Why a cell did not do as asked.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum CellError {
    /// The cell has been closed.
    #[error("the group is closed on this node")]
    Closed,
    /// I am not in the group yet, or hold no key of it.
    #[error("this node is not in the group yet")]
    StillWaiting,
    /// I am no member any more.
    #[error("no longer a member of the group")]
    NotMember,
    /// The group's rules do not allow it.
    #[error("{0}")]
    Right(Right),
    /// It is about something that is not mine, or that is not there any more.
    #[error("not one's own, or gone")]
    NotMine,
    /// It is my own, or nothing that is shown here.
    #[error("one's own, or not shown here")]
    NotTheirs,
    /// It is advice, and whoever it is for, by this name, did not ask for any.
    #[error("advice that nobody asked for")]
    AdviceNotAsked(String),
    /// The other and I did not agree to write to each other.
    #[error("they did not agree to write to each other")]
    NotAgreed,
    /// The circle begins later than people can go to it now.
    #[error("the circle has not begun")]
    TooSoon(kith_protocol::time::Millis),
    /// The circle has been.
    #[error("the circle has been")]
    Past,
    /// I came lately, and cannot ask members yet.
    #[error("came lately")]
    TooNew,
    /// What was handed over in person has not come as a signed letter, or that is gone.
    #[error("no signed letter of it is here")]
    NotSigned,
    /// Nobody proposes notes for it that it does not have.
    #[error("nothing was proposed")]
    NothingProposed,
    /// There is nobody for whom it could be.
    #[error("nobody to write to")]
    NobodyToAsk,
    /// The group has as many members as its charter allows.
    #[error("no free place")]
    NoPlace,
    /// The group has as many keepers as it may.
    #[error("no room for another keeper")]
    KeepersFull,
    /// The keeper has a place of the group's.
    #[error("this keeper keeps for the group already")]
    KeepsAlready,
    /// It names a rule that the charter does not have.
    #[error("the charter has no such rule")]
    NoSuchRule,
    /// A facilitator has paused my posting.
    #[error("posting is paused")]
    Paused(Box<(kith_protocol::time::Millis, crate::api::types::Moderation)>),
    /// I wrote very much in this hour; more is taken from this moment on.
    #[error("too much in one hour")]
    TooMuch(kith_protocol::time::Millis),
    /// It cannot be an entry: too large, or in the wrong form.
    #[error("{0}")]
    Unfit(String),
    /// This device's clock is so far ahead that others would put aside what is written.
    #[error("this device's clock is far ahead of the others'")]
    ClockAhead,
    /// The charter lets an attachment have so many bytes, and this one has more.
    #[error("larger than the charter lets an attachment be")]
    AttachmentTooLarge(usize),
    /// What is to be attached was not given to this node, or too long ago.
    #[error("not prepared")]
    NotPrepared,
    /// There is no such attachment.
    #[error("no such attachment")]
    NoAttachment,
    /// The attachment is not here yet, or not wholly.
    #[error("not fetched yet")]
    NotFetched,
    /// The chunks of an attachment do not open: they are not what its author's entry says.
    #[error("an attachment does not open")]
    DoesNotOpen,
    /// The attachments of this group take as much room as they may.
    #[error("no room for more attachments")]
    AttachmentsFull,
    /// It is about how the group is listed in public.
    #[error(transparent)]
    Listing(ListingTrouble),
    /// No epoch to send under could be prepared.
    #[error("no key to send under")]
    Keys,
    /// The disk is full.
    #[error("the disk is full")]
    DiskFull,
    /// Files cannot be read or written.
    #[error("{0}")]
    Storage(String),
    /// A former write failed: the cell answers nothing until the node is restarted.
    #[error("the group's files could not be written; the node must be restarted")]
    Broken,
}

impl CellError {
    fn storage(trouble: Option<Trouble>, error: impl std::fmt::Display) -> CellError {
        match trouble {
            Some(Trouble::Full) => CellError::DiskFull,
            _ => CellError::Storage(error.to_string()),
        }
    }
}

impl From<StoreError> for CellError {
    fn from(error: StoreError) -> CellError {
        CellError::storage(error.trouble(), error)
    }
}

impl From<OwnLogError> for CellError {
    fn from(error: OwnLogError) -> CellError {
        CellError::storage(error.trouble(), error)
    }
}

impl From<VaultError> for CellError {
    fn from(error: VaultError) -> CellError {
        CellError::storage(error.trouble(), error)
    }
}

impl From<std::io::Error> for CellError {
    fn from(error: std::io::Error) -> CellError {
        CellError::storage(Some(Trouble::of(&error)), error)
    }
}
