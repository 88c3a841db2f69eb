//! The fold against everything that broke earlier drafts of it, and against random hostile histories.

mod acts;
mod beside;
mod charter;
mod counterexamples;
mod effects;
mod histories;
mod joining;
mod keeping;
mod kit;
mod listings;
mod moderating;
mod offices;
mod orders;
mod quarrels;
mod sim;
mod telling;
