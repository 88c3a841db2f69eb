//! What several pages show: people, posts, how far something has come.

pub mod person;
pub mod post;
