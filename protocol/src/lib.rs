//! The pure core of Kith: what an entry is, who may say it, who can read it, and how two sets become one.
//!
//! This crate does no IO, starts no thread, reads no clock and draws no randomness of its own: bytes, time
//! and random numbers come in as arguments, effects go out as values. `docs/protocol.md` is the
//! specification of everything here that reaches a wire or a disk.
//!
//! Bytes that arrive, from whichever side, become an entry only through [`admit`].
#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects))]

pub mod address;
pub mod admit;
pub mod attachment;
pub mod body;
mod boxed;
pub mod charter;
pub mod circle;
pub mod codec;
pub mod contact;
pub mod dht;
pub mod directory;
pub mod entrance;
pub mod entry;
pub mod envelope;
pub mod epoch;
pub mod event;
pub mod frame;
pub mod group;
pub mod hearing;
pub mod id;
pub mod identity;
pub mod invite;
pub mod keeper;
pub mod knock;
pub mod letter;
pub mod library;
pub mod limits;
pub mod notes;
mod pasted;
pub mod phrase;
pub mod porch;
pub mod proof;
mod secret;
#[cfg(feature = "sim")]
#[allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a simulation says what went wrong by stopping, as a test does"
)]
pub mod sim;
pub mod sync;
pub mod time;
