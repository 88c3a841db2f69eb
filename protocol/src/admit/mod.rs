//! The one door: whatever is written here or arrives, over gossip, sync or import, becomes an entry only here.

mod refusal;
mod waiting;

pub use refusal::{Refusal, Wait, Why};
pub use waiting::{Awaited, Kept, Owner, Waiter, Waiting};
