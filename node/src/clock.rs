//! The clock, handed to whatever needs the time, so that a test can hand over another.

use std::fmt;
use std::sync::Arc;
#[cfg(test)]
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use kith_protocol::time::Millis;

/// Says what time it is.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Millis + Send + Sync>);

impl Clock {
    /// This machine's clock. A clock before 1970 reads as 1970.
    pub fn system() -> Clock {
        Clock(Arc::new(|| {
            let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            Millis(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
        }))
    }

    /// A clock that says what `now` says.
    pub fn from_fn(now: impl Fn() -> Millis + Send + Sync + 'static) -> Clock {
        Clock(Arc::new(now))
    }

    /// The time.
    pub fn now(&self) -> Millis {
        (self.0)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

/// A clock that stands still until a test moves it.
#[cfg(test)]
#[derive(Clone, Debug)]
pub(crate) struct SetClock(Arc<AtomicU64>);

#[cfg(test)]
impl SetClock {
    pub(crate) fn at(start: Millis) -> SetClock {
        SetClock(Arc::new(AtomicU64::new(start.0)))
    }

    pub(crate) fn clock(&self) -> Clock {
        let set = self.clone();
        Clock::from_fn(move || set.now())
    }

    pub(crate) fn now(&self) -> Millis {
        Millis(self.0.load(Ordering::Relaxed))
    }

    pub(crate) fn pass(&self, ms: u64) {
        self.0.fetch_add(ms, Ordering::Relaxed);
    }
}
