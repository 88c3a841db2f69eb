//! Randomness that can be replayed.

use std::env;
use std::thread;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// The seed of a test. Dropped while a test fails, it prints itself.
#[derive(Clone, Debug)]
pub struct Seed {
    number: u64,
}

impl Seed {
    /// The seed of `SEED=`, or `usual` if that is not set. A test that draws anew each time takes
    /// [`Seed::fresh`].
    pub fn or(usual: u64) -> Seed {
        Seed { number: given().unwrap_or(usual) }
    }

    /// The seed of `SEED=`, or a new one.
    pub fn fresh() -> Seed {
        let number = given().unwrap_or_else(|| u64::from(rand::random::<u32>()));
        Seed { number }
    }

    /// What `SEED=` takes to replay it.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// A source of randomness that is the same for the same seed and `stream`.
    pub fn stream(&self, stream: u64) -> Chance {
        let mut source = ChaCha8Rng::seed_from_u64(self.number);
        source.set_stream(stream);
        Chance { source }
    }
}

impl Drop for Seed {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("To replay: SEED={}", self.number);
        }
    }
}

fn given() -> Option<u64> {
    let text = env::var("SEED").ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("SEED is a whole number, not {text:?}.")))
}

/// Random choices that follow from a [`Seed`].
#[derive(Clone, Debug)]
pub struct Chance {
    source: ChaCha8Rng,
}

impl Chance {
    /// Choices that follow from bytes alone.
    pub fn of(bytes: [u8; 32]) -> Chance {
        Chance { source: ChaCha8Rng::from_seed(bytes) }
    }

    /// A number below `end`, which must not be 0. (The bias of the remainder does not matter here.)
    pub fn below(&mut self, end: u64) -> u64 {
        self.source.next_u64() % end
    }

    /// A number from `first` to `last`, both included.
    pub fn between(&mut self, first: u64, last: u64) -> u64 {
        first + self.below(last - first + 1)
    }

    /// Random bytes.
    pub fn bytes(&mut self, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        self.source.fill_bytes(&mut bytes);
        bytes
    }

    /// One of several.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len() as u64) as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_draws_the_same() {
        let draw = |stream| Seed { number: 7 }.stream(stream).bytes(16);
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
    }

    #[test]
    fn both_ends_are_drawn() {
        let mut chance = Seed { number: 1 }.stream(0);
        let drawn: Vec<u64> = (0..200).map(|_| chance.between(3, 5)).collect();
        assert!((3..=5).all(|number| drawn.contains(&number)));
        assert!(drawn.iter().all(|number| (3..=5).contains(number)));
    }
}
