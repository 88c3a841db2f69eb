//! How often something may be done: a few times at once, and then again as time goes by.

use std::time::{Duration, Instant};

/// Something that may be done a few times at once, and then again as time goes by.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bucket {
    taken: u32,
    since: Instant,
    most: u32,
    each: Duration,
}

impl Bucket {
    /// One that nothing was taken from: at most `most` at once, and one more after `each`.
    pub fn new(most: u32, each: Duration, now: Instant) -> Bucket {
        Bucket { taken: 0, since: now, most, each }
    }

    /// Whether it is as new.
    pub fn rests(&self, now: Instant) -> bool {
        self.since + self.each.saturating_mul(self.taken) <= now
    }

    /// Does it once more; false if that is too often.
    pub fn take(&mut self, now: Instant) -> bool {
        while self.taken > 0 && self.since + self.each <= now {
            self.taken = self.taken.saturating_sub(1);
            self.since += self.each;
        }
        if self.taken == 0 {
            self.since = now;
        }
        self.taken = self.taken.saturating_add(1);
        self.taken <= self.most
    }
}
