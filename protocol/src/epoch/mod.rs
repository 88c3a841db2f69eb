//! Epochs: one random key each, and everything sealed with it. Who can read what.
//!
//! [`keys`] says what hangs on an epoch's key, [`wrap`] and [`link`] how it reaches people and later epochs,
//! [`clear`] where they are written. [`ring`] is what one node holds of all epochs, [`choose`] which of them it
//! sends under and when it begins another, [`mint`] how that is made, [`owed`] who may have which.

pub mod choose;
pub mod clear;
mod gates;
pub mod keys;
pub mod link;
pub mod mint;
pub mod owed;
pub mod ring;
pub mod wrap;

pub use choose::{Choice, Timing, Unclean};
pub use clear::Clear;
pub use keys::{ContentKey, ControlKey, Discovery, EpochKey, EpochKeys, GateKey, GroupSecret};
pub use mint::{Minted, Plan, Recipient};
pub use owed::Answer;
pub use ring::Keyring;
