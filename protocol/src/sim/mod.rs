//! Whole groups of simulated nodes: no socket, no clock, no thread, and one seed that decides everything.
//!
//! [`Node`] is one person's node without network and disk: the real door, fold, keyring and rules of sending,
//! around a store in memory. [`meeting`] lets nodes meet by hand, for tests that craft one case.
//!
//! Only built with the feature `sim`, for tests.

mod aftermath;
mod asking;
mod check;
mod coming;
mod dice;
mod held;
mod hostile;
mod let_in;
mod life;
pub mod meeting;
mod network;
mod node;
mod talk;
mod trace;
mod world;

pub use check::Tally;
pub use dice::Dice;
pub use held::Held;
pub use life::{Life, Said, Size};
pub use network::{Network, Weather};
pub use node::{Flaw, Node, SALT, START, Shared, Ticket, charter};
pub use trace::Trace;
pub use world::{DAY, HOUR, MINUTE, World};
