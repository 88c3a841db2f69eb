//! What people do with Kith in a real browser. Of these stories only a few run at once, whatever the number of threads:
//! see [`kith_tests::browser::Driver`].
//!
//! `cargo test -p kith-tests --test browsers door::` tells those of one file.

mod away;
mod browsing;
mod circle;
mod coming_in;
mod door;
mod every_page;
mod heard;
mod hints;
mod keyboard;
