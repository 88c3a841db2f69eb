//! Whole groups, simulated: random lives, and what must hold of each; named stories; broken nodes that must be
//! noticed.
//!
//! `SEED=n` replays one life and prints what happened; `SEEDS=n` lives so many of each kind.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests say what went wrong by stopping"
)]

mod flaws;
mod lives;
mod stories;
