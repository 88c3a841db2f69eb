//! What a server took and refused, counted.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::swarm::counters;

counters! {
    /// Records taken.
    dht_taken,
    /// Records refused: of another form, of another name, or of an hour that is not now.
    dht_not_records,
    /// Records refused since a newer one is held.
    dht_older,
    /// Records refused since that host, or all hosts together, left too many lately.
    dht_too_often,
    /// Records refused since there was no room.
    dht_full,
    /// What other networks leave and this one does not take.
    dht_foreign,
    /// Connections closed because a peer asked for too much.
    dht_floods,
}
