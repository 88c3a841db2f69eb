//! What a node finds around itself, which tests replace.

use kith_node::clock::Clock;

/// The world a node runs in.
#[derive(Clone, Debug)]
pub struct World {
    /// What tells the time.
    pub clock: Clock,
    /// Sees what passes between the node and libp2p.
    #[cfg(feature = "lab")]
    pub tap: kith_node::swarm::Tap,
    /// What a keeper does wrong.
    #[cfg(feature = "lab")]
    pub temper: Option<kith_node::keeper::Temper>,
}

impl Default for World {
    fn default() -> World {
        World {
            clock: Clock::system(),
            #[cfg(feature = "lab")]
            tap: kith_node::swarm::Tap::default(),
            #[cfg(feature = "lab")]
            temper: None,
        }
    }
}
