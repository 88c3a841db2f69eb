//! The door, the keyring and the choice of epochs, told as small groups of people whose nodes meet by hand.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests say what went wrong by stopping"
)]

mod admission;
mod calls;
mod epochs;
mod given;
mod model;
mod opening;
mod pair;
mod porch;
