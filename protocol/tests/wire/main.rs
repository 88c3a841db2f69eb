//! What reaches a wire or a disk: golden vectors (`protocol/vectors/`), and what holds for all values.
//!
//! The vectors are for whoever writes another implementation, and keep this one from changing unawares. After
//! a change that is meant, `BLESS=1 cargo test -p kith-protocol --test wire` writes them anew.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "all of it is tests"
)]

mod attachment;
mod circle;
mod dht;
mod directory;
mod document;
mod door;
mod keeper;
mod kinds;
mod messages;
mod properties;
mod sample;
mod spelled_out;
mod sync;
mod vectors;
