//! Randomness that a seed decides: the same seed, the same numbers.

use std::convert::Infallible;

use blake3::OutputReader;
use rand_core::{Rng, TryCryptoRng, TryRng};

/// A stream of random numbers that follows from what it was made of.
#[derive(Clone, Debug)]
pub struct Dice(OutputReader);

impl Dice {
    /// The stream that belongs to `seed` and a purpose; other purposes have nothing in common with it.
    pub fn new(seed: u64, purpose: &str) -> Dice {
        let mut hasher = blake3::Hasher::new_derive_key("kith/sim/dice");
        hasher.update(&seed.to_be_bytes()).update(purpose.as_bytes());
        Dice(hasher.finalize_xof())
    }

    /// A number below `end`; zero if there is none. (The bias of the remainder does not matter here.)
    pub fn below(&mut self, end: u64) -> u64 {
        self.next_u64() % end.max(1)
    }

    /// A place among so many.
    pub fn place(&mut self, count: usize) -> usize {
        usize::try_from(self.below(count as u64)).unwrap_or(0)
    }

    /// Whether something happens that happens so many times in a hundred.
    pub fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of several, if there is any.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        from.get(self.place(from.len()))
    }
}

impl TryRng for Dice {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.0.fill(&mut bytes);
        Ok(u32::from_be_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        Ok(u64::from_be_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, into: &mut [u8]) -> Result<(), Infallible> {
        self.0.fill(into);
        Ok(())
    }
}

impl TryCryptoRng for Dice {}
