//! Everything the network dropped, refused or closed, counted.

use std::sync::atomic::{AtomicU64, Ordering};

macro_rules! counters {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {
        /// Plain counters since the network began; they only grow.
        #[derive(Debug, Default)]
        pub struct Counters {
            $($(#[$doc])* pub $name: AtomicU64,)*
        }

        impl Counters {
            pub(crate) fn add(counter: &AtomicU64) {
                counter.fetch_add(1, Ordering::Relaxed);
            }

            /// Every counter by name, in the order of declaration.
            pub fn all(&self) -> Vec<(&'static str, u64)> {
                vec![$((stringify!($name), self.$name.load(Ordering::Relaxed)),)*]
            }
        }
    };
}

pub(crate) use counters;

counters! {
    /// Gossip that arrived from proved members.
    gossip_in,
    /// Messages of live sessions from proved members.
    live_in,
    /// Gossip dropped because the cell had no room for it; healed by sync.
    gossip_dropped,
    /// Gossip that was held and not passed on, since its author wrote very much in that hour; healed by sync.
    gossip_held_back,
    /// Gossip from peers that may not take part.
    gossip_unproved,
    /// Answers that came after the message had been forgotten.
    verdicts_late,
    /// Envelopes published.
    published,
    /// Envelopes that found no subscribed peer; healed by sync.
    publish_no_peers,
    /// Envelopes whose every queue was full; healed by sync.
    publish_queues_full,
    /// Peers reported slow: messages to them were dropped.
    slow_peers,
    /// Streams handed to the cell.
    streams_in,
    /// Streams refused because the peer had not proved enough for them.
    streams_unproved,
    /// Streams refused because that peer, or the node, had too many.
    streams_over_limit,
    /// Streams dropped because the cell had no room for them.
    streams_dropped,
    /// Streams refused or cut off because the peer's share of bytes was used up.
    streams_over_budget,
    /// Times a device that broke rules began to be left alone for a while.
    bans,
    /// Connections with such a device that were closed while it is left alone.
    banned_refused,
    /// Proofs that were good.
    proofs_good,
    /// Proofs that were wrong, malformed or timed out; the connection was closed.
    proofs_failed,
    /// Proofs by people who are not, or no longer, let in.
    proofs_refused,
    /// Keepers that knew nothing of what we could prove.
    places_refused,
    /// Connections closed because nothing was proved in time.
    unproved_closed,
    /// Connections closed because another with the same device was kept.
    duplicates_closed,
    /// Connections closed because they did not answer any more.
    connections_dead,
    /// Times that the interfaces changed, or the machine slept.
    network_changes,
    /// Relays asked for a place.
    places_asked,
    /// Places with relays that were refused or lost.
    places_lost,
    /// Places given to others.
    places_given,
    /// Places refused to others: they, or all together, had too many.
    places_denied,
    /// Circuits between others that went through this node.
    circuits_given,
    /// Circuits refused to others: too many, or there was no such place.
    circuits_denied,
    /// Direct connections that took the place of relayed ones.
    punched,
    /// Times that two routers did not let each other's nodes through.
    punches_failed,
    /// Times that somebody from outside reached this node at an address at which others see it.
    called_back,
    /// Times that somebody from outside did not.
    not_called_back,
    /// Connections that were refused by the limits on connections or memory.
    connections_denied,
    /// Dials begun.
    dials,
    /// Dials that failed.
    dials_failed,
    /// Address records that were not genuine, or not of members.
    records_refused,
    /// Address exchanges that were malformed, too large or too slow.
    exchanges_failed,
    /// Address exchanges that told nothing new.
    exchanges_idle,
    /// Times that our addresses were left in the DHT.
    dht_left,
    /// Times that no server of it took them.
    dht_not_left,
    /// Times that others were looked for there.
    dht_looked,
    /// Times that no server of it answered.
    dht_unreached,
    /// Records of others that were found there.
    dht_found,
    /// Answers from there that were not what was asked for.
    dht_junk,
    /// Peers not taken on because the cell had not read about the ones before.
    events_full,
}
