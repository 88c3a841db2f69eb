//! Everything a keeper did and refused, counted: totals, over all places.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::swarm::counters;

counters! {
    /// Proofs that were good.
    proofs_good,
    /// Proofs that were wrong, of no place, malformed or timed out.
    proofs_failed,
    /// Grants taken.
    grants,
    /// Grants by nobody who may write them, or not the next.
    grants_refused,
    /// Reconciliations begun by members' nodes, and here.
    sessions,
    /// Reconciliations that broke off.
    sessions_failed,
    /// Envelopes taken.
    taken,
    /// Envelopes refused: of nobody who may leave them, of no month that is kept, or no envelopes.
    refused,
    /// Envelopes refused since there was no room for them.
    refused_full,
    /// Envelopes refused since their hour had not come.
    refused_early,
    /// Payloads dropped since their author's secret was shown.
    dropped,
    /// Streams refused because nothing was proved.
    streams_unproved,
    /// Streams refused because a peer, or the keeper, had too many, or too many lately.
    streams_over_limit,
    /// Connections closed because nothing was proved in time.
    unproved_closed,
    /// Connections closed because a gate key that was proved was replaced, and the one of now not proved in time.
    outdated_closed,
    /// Connections closed because pings went unanswered.
    pings_failed,
    /// Connections refused by the limits on connections or memory.
    connections_denied,
    /// Connections closed because a peer broke rules.
    offenders,
    /// Times that the members of a place were told, in the DHT, where this keeper is.
    dht_told,
    /// Times that no server took that.
    dht_not_told,
}

impl Counters {
    pub(super) fn more(counter: &AtomicU64, more: usize) {
        counter.fetch_add(u64::try_from(more).unwrap_or(u64::MAX), Ordering::Relaxed);
    }
}
