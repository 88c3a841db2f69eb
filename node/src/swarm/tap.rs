//! A window for tests on what a node hands to libp2p and gets from it; without the feature `lab` it does not
//! exist.

#[cfg(feature = "lab")]
pub use self::lab::{Seen, Tap};
#[cfg(not(feature = "lab"))]
pub(super) use self::without::Seen;
#[cfg(not(feature = "lab"))]
pub(crate) use self::without::Tap;

#[cfg(feature = "lab")]
mod lab {
    use std::fmt;
    use std::sync::Arc;

    /// What passes between a node and libp2p, before transport encryption and after it.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Seen<'a> {
        /// A gossip payload or a write to a stream.
        Sent(&'a [u8]),
        /// A gossip payload or a read from a stream.
        Received(&'a [u8]),
        /// The name of a topic that is listened to: neighbours see it.
        Topic(&'a str),
        /// Somebody connected, as far as any stranger could see it: PeerId, and from where or to where.
        Neighbour(&'a str),
        /// What somebody who is connected told of themselves by identify, after their PeerId.
        Identify(&'a str),
        /// A PeerId, and the protocol of a stream that it opened.
        Opened(&'a str),
    }

    /// Looks at what passes.
    type See = dyn Fn(Seen<'_>) + Send + Sync;

    /// Shown everything that passes.
    #[derive(Clone, Default)]
    pub struct Tap(Option<Arc<See>>);

    impl Tap {
        /// Calls `see` with all that passes.
        pub fn new(see: impl Fn(Seen<'_>) + Send + Sync + 'static) -> Tap {
            Tap(Some(Arc::new(see)))
        }

        pub(in super::super) fn see(&self, seen: Seen<'_>) {
            if let Some(see) = &self.0 {
                see(seen);
            }
        }
    }

    impl fmt::Debug for Tap {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("Tap")
        }
    }
}

#[cfg(not(feature = "lab"))]
mod without {
    /// As in a lab, with nobody to look at it.
    #[allow(dead_code, reason = "the lab's is looked at")]
    pub enum Seen<'a> {
        Sent(&'a [u8]),
        Received(&'a [u8]),
        Topic(&'a str),
        Neighbour(&'a str),
        Identify(&'a str),
        Opened(&'a str),
    }

    #[derive(Clone, Debug, Default)]
    pub struct Tap;

    impl Tap {
        #[allow(clippy::unused_self, reason = "the lab's has something to see with")]
        pub fn see(&self, _: Seen<'_>) {}
    }
}
