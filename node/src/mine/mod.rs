//! What a person keeps for themselves alone: journal, goals, milestones, check-ins, answers to guides, a plan, tags,
//! thanks, drafts, numbers of their own, and what they wish to see of texts that mention something. It never leaves this
//! device.
//!
//! ```text
//! home/mine     "KITHMIN1" ‖ length u32 ‖ sealed list of places ‖ sealed records   (see `shelf`)
//! home/country  two letters: whose help numbers to show; in the clear, so that they show while all is locked
//! ```
//!
//! Guarantees: what was answered with success is on the disk, power loss included; a crash at any moment leaves the
//! file of before or the one of after; what was deleted is not in the file any more, which is written anew as a whole.
//! Nothing in the file can be read without a key that lies in the vault, nor, within a kibibyte, how much it holds. A
//! record that changed on the disk is reported by its id, and stays in the file until somebody deletes it; a file that
//! cannot be opened, or that is gone, is reported at every turn and never written over.
//!
//! Nothing in here knows of groups, cells or the network, and nothing of it is handed to them but the last: cells
//! show what is asked for, and keep of it no copy on the disk. Bounded:
//! [`RECORD_MOST`] a record, [`ALL_MOST`] in all; beyond it a person is told, and nothing is dropped.

mod card;
mod coach;
mod error;
mod guides;
mod keeper;
mod shelf;

pub use card::{Country, Line, choose, chosen, countries, country};
pub use coach::{Coaching, List, Worried, coaching};
pub use error::MineError;
pub use guides::{Guide, Step, guide, guides};
pub use keeper::MineHandle;
pub use shelf::{ALL_MOST, Id, Kind, RECORD_MOST, Read, Shelf};

#[cfg(test)]
mod tests;
