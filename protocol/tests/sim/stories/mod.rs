//! Named stories, each in words and then as it happens between simulated nodes.

mod charter;
mod facilitators;
mod joining;
mod removing;
mod told;
mod withdrawing;
