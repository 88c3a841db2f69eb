//! What happened, line by line: to be read after a failure, and compared between runs of one seed.

use std::fmt::{self, Display};

/// The story of one run.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    lines: Vec<String>,
    hasher: blake3::Hasher,
}

impl Trace {
    /// Adds a line; `now` is in milliseconds since the run began.
    pub(crate) fn tell(&mut self, now: u64, what: impl Display) {
        let (seconds, ms) = (now / 1000, now % 1000);
        let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
        let line = format!("{days:3}d {hours:02}:{minutes:02}:{:02}.{ms:03}  {what}", seconds % 60);
        self.hasher.update(line.as_bytes()).update(b"\n");
        self.lines.push(line);
    }

    /// A hash of all lines.
    pub fn hash(&self) -> [u8; 32] {
        *self.hasher.finalize().as_bytes()
    }

    /// How many lines.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether nothing happened.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }
}

impl Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lines.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}
