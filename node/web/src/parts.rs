//! What several pages show: people, posts, how far something has come.

pub mod attaching;
pub mod changes;
pub mod charter;
pub mod deed;
pub mod file;
pub mod moderation;
pub mod person;
pub mod portrait;
pub mod post;
pub mod qr;
pub mod saved;
pub mod tie;
pub mod writing;
