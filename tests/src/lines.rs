//! What a process says, line by line, as it says it.

use std::fmt::Display;
use std::io::{BufRead, BufReader, Read};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// The lines of one stream of a process. All are kept; reading them is waiting for them.
#[derive(Clone, Debug, Default)]
pub struct Lines {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    said: Mutex<Said>,
    more: Condvar,
}

#[derive(Debug, Default)]
struct Said {
    lines: Vec<String>,
    ended: bool,
}

impl Lines {
    /// Reads a stream to its end, beside.
    pub fn of(stream: impl Read + Send + 'static) -> Lines {
        let lines = Lines::default();
        let shared = Arc::clone(&lines.shared);
        thread::spawn(move || {
            let mut reader = BufReader::new(stream);
            let mut bytes = Vec::new();
            while matches!(reader.read_until(b'\n', &mut bytes), Ok(1..)) {
                let line = String::from_utf8_lossy(&bytes).trim_end_matches('\n').to_owned();
                shared.lock().lines.push(line);
                shared.more.notify_all();
                bytes.clear();
            }
            shared.lock().ended = true;
            shared.more.notify_all();
        });
        lines
    }

    /// What has been said so far.
    pub fn so_far(&self) -> Vec<String> {
        self.shared.lock().lines.clone()
    }

    /// The last `count` lines, for a report.
    pub fn last(&self, count: usize) -> String {
        let said = self.shared.lock();
        said.lines[said.lines.len().saturating_sub(count)..].join("\n")
    }

    /// Waits for the first line, from the beginning on, in which `find` finds something. `None` if the
    /// stream ends, or the limit passes, without one.
    pub fn find<T>(&self, limit: Duration, mut find: impl FnMut(&str) -> Option<T>) -> Option<T> {
        let end = Instant::now() + limit;
        let mut said = self.shared.lock();
        let mut looked = 0;
        loop {
            for line in &said.lines[looked..] {
                if let Some(found) = find(line) {
                    return Some(found);
                }
            }
            looked = said.lines.len();
            let left = end.saturating_duration_since(Instant::now());
            if said.ended || left.is_zero() {
                return None;
            }
            said = self.shared.more.wait_timeout(said, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// As [`Lines::find`], and fails the test if there is none.
    #[track_caller]
    pub fn expect<T>(&self, limit: Duration, what: impl Display, find: impl FnMut(&str) -> Option<T>) -> T {
        match self.find(limit, find) {
            Some(found) => found,
            None => panic!(
                "Waited up to {} s for {what}; it did not come. The last that came:\n{}",
                limit.as_secs(),
                self.last(20)
            ),
        }
    }

    /// Waits for the end of the stream and gives all of it; `None` if the limit passes before.
    pub fn whole(&self, limit: Duration) -> Option<Vec<String>> {
        let end = Instant::now() + limit;
        let mut said = self.shared.lock();
        while !said.ended {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return None;
            }
            said = self.shared.more.wait_timeout(said, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        Some(said.lines.clone())
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Said> {
        self.said.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wait::ANSWER;

    #[test]
    fn lines_are_found_from_the_beginning_on() {
        let lines = Lines::of(&b"one\ntwo\nthree"[..]);
        assert_eq!(lines.find(ANSWER, |line| line.strip_prefix("t").map(str::to_owned)).unwrap(), "wo");
        assert_eq!(lines.whole(ANSWER).unwrap(), ["one", "two", "three"]);
        assert_eq!(lines.find(ANSWER, |line| (line == "four").then_some(())), None);
    }
}
