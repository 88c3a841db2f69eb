//! Epochs: one random key each, and everything sealed with it. Who can read what.

pub mod clear;
pub mod keys;
pub mod link;
pub mod wrap;

pub use clear::Clear;
pub use keys::{ContentKey, ControlKey, Discovery, EpochKey, EpochKeys, GateKey, GroupSecret};
