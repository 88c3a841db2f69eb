//! Where this keeper is, left in the DHT for the members of each place: those whose link is older than its address find it
//! there.
//!
//! Each place is told by an act of its own, under a PeerId of its own and at a moment of its own.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use ed25519_dalek::SigningKey;
use kith_protocol::dht::{KeeperAddresses, Name, Spot};
use kith_protocol::id::PlaceId;
use kith_protocol::time::{Millis, Week};
use libp2p::Multiaddr;
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};

use super::counters::Counters;
use super::thread::PlacesHandle;
use crate::clock::Clock;
use crate::dht::{Act, Leaving, Node, is_worth_telling};

/// How often it looks whether there is something to tell.
const LOOK: Duration = Duration::from_secs(2);

/// What it needs.
pub(super) struct Telling {
    pub places: PlacesHandle,
    pub addresses: watch::Receiver<Vec<Multiaddr>>,
    /// The key that is the keeper's name.
    pub key: SigningKey,
    pub nodes: Vec<Node>,
    pub clock: Clock,
    pub counters: Arc<Counters>,
}

impl Telling {
    /// Runs as long as the keeper does.
    pub async fn run(mut self) {
        let mut look = interval(LOOK);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut due: BTreeMap<PlaceId, Leaving<_>> = BTreeMap::new();
        loop {
            look.tick().await;
            if self.addresses.has_changed().is_err() {
                return;
            }
            let addresses = self.addresses.borrow_and_update().clone();
            if !is_worth_telling(&addresses, &self.nodes) {
                continue;
            }
            let Ok(places) = self.places.read(|places| Ok(places.claimed())).await else { continue };
            due.retain(|place, _| places.contains(place));
            let weeks = self.clock.now().weeks();
            for place in places {
                let now = self.clock.now();
                let leaving = due.entry(place).or_default();
                if leaving.is_due((addresses.clone(), weeks.clone()), now, rand::random()) {
                    let act = Act { nodes: self.nodes.clone(), proxy: None };
                    let told = act.leave(self.records(&place, &addresses, &weeks, now)).await;
                    let taken = told.is_ok_and(|taken| taken > 0);
                    let counters = &self.counters;
                    Counters::add(if taken { &counters.dht_told } else { &counters.dht_not_told });
                    leaving.was_left(taken, self.clock.now(), rand::random());
                }
            }
        }
    }

    fn records(
        &self,
        place: &PlaceId,
        addresses: &[Multiaddr],
        weeks: &[Week],
        now: Millis,
    ) -> Vec<(Name, Vec<u8>)> {
        let addresses = addresses.iter().map(Multiaddr::to_string).collect();
        let said = KeeperAddresses { addresses, time: now }.sign(place, &self.key);
        let spots = weeks.iter().map(|week| Spot::of_keeper(place, *week));
        let records = spots.filter_map(|spot| {
            let record = spot.write(&said, now.hour(), &mut rand::rng()).ok()?;
            Some((spot.name(), record))
        });
        records.collect()
    }
}
