//! Whole groups of simulated nodes: no socket, no clock, no thread, and one seed that decides everything.
//!
//! [`Node`] is one person's node without network and disk: the real door, fold, keyring and rules of sending,
//! around a store in memory. [`meeting`] lets nodes meet by hand, for tests that craft one case.
//!
//! Only built with the feature `sim`, for tests.

mod dice;
mod held;
pub mod meeting;
mod node;

pub use dice::Dice;
pub use held::Held;
pub use node::{Flaw, Node, SALT, START, Shared, Ticket, charter};
