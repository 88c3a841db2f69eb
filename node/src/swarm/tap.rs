//! A window for tests on every byte handed to libp2p; without the feature `lab` it does not exist.

/// Shown every gossip payload and every write to a stream, before transport encryption.
#[cfg(feature = "lab")]
#[derive(Clone, Default)]
pub struct Tap(Option<std::sync::Arc<dyn Fn(&[u8]) + Send + Sync>>);

#[cfg(feature = "lab")]
impl Tap {
    /// Calls `seen` with all that goes out.
    pub fn new(seen: impl Fn(&[u8]) + Send + Sync + 'static) -> Tap {
        Tap(Some(std::sync::Arc::new(seen)))
    }

    pub(super) fn see(&self, bytes: &[u8]) {
        if let Some(seen) = &self.0 {
            seen(bytes);
        }
    }
}

#[cfg(feature = "lab")]
impl std::fmt::Debug for Tap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tap")
    }
}

#[cfg(not(feature = "lab"))]
#[derive(Clone, Debug, Default)]
pub(super) struct Tap;

#[cfg(not(feature = "lab"))]
impl Tap {
    #[allow(clippy::unused_self, reason = "the lab's has something to see with")]
    pub(super) fn see(&self, _: &[u8]) {}
}
