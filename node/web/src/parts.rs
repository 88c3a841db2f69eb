//! What several pages show: people, posts, files, how far something has come.

pub mod file;
pub mod moderation;
pub mod person;
pub mod post;
pub mod writing;
