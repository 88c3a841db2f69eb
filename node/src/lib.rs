//! The node of Kith: everything that touches the network, the disk or the clock.
//!
//! What people can do with a node is [`service::Service`]; the ways to reach it are faces. The first face is
//! the local [`api`], whose types stand apart from the inside of the node, so that a client needs nothing
//! but them.

pub mod api;
mod bucket;
mod cell;
pub mod clock;
mod dht;
pub mod directory;
pub mod disk;
pub mod home;
pub mod ical;
pub mod identity;
pub mod keeper;
mod latch;
pub mod mine;
pub mod own_log;
pub mod picture;
pub mod plain;
pub mod run;
pub mod search;
pub mod secret;
pub mod service;
pub mod store;
mod supervisor;
pub mod swarm;
pub mod sync;
pub mod vault;
