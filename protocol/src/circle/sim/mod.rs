//! Circles of simulated people: loss, delay, partitions, crashes, and somebody hostile; one seed decides everything.
//!
//! Time is virtual, and one queue of events decides what happens next. In the first minute people talk, and things go
//! wrong. Then the network heals, people are quiet, and all who are in must come to show the same. At last whoever
//! leads holds one more round, in which everybody must have a turn and be heard, and closes.
//!
//! Only built with the feature `sim`, for tests.

mod bot;
mod check;
mod hostile;
mod life;

pub use check::Tally;
pub use life::Life;
