//! Finding each other by the DHT: a cell leaves there where its node is, and looks there for the others when none of them is
//! connected, and for a keeper that is not where the group knows it.
//!
//! What is found is a record like any other: the network judges it as one that a member passed on.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use kith_protocol::dht::{KeeperAddresses, Name, Spot};
use kith_protocol::epoch::{Choice, Discovery};
use kith_protocol::group::{Member, Standing};
use kith_protocol::id::{KeeperKey, LogId, MemberKey, PlaceId};
use kith_protocol::time::Week;
use rand::seq::SliceRandom as _;
use tokio::time::{MissedTickBehavior, interval};

use super::engine::Engine;
use super::handle::Cell;
use crate::clock::Clock;
use crate::dht::{Act, Leaving, Looking, Node, is_worth_telling};
use crate::swarm::{Counters, Me, Multiaddr, Network, Proxy, Roster, Who};

/// How often the cell looks whether there is something to do.
const LOOK: Duration = Duration::from_secs(1);
/// Devices looked for in one act: of more, any.
const DEVICES: usize = 8;
/// Epochs under whose names others are looked for: they may know of one that we do not know best.
const EPOCHS: usize = 2;

/// What makes that what was left is there no more: our record, the weeks, and the epoch.
type Said = (Bytes, Vec<Week>, Option<String>);

/// The task's state.
pub(super) struct Finder {
    cell: Cell,
    nodes: Vec<Node>,
    proxy: Option<Proxy>,
    clock: Clock,
    leaving: Leaving<Said>,
    looking: Looking,
    looking_for_keepers: Looking,
}

/// Whose a spot is.
enum Whose {
    Member,
    Keeper(PlaceId, KeeperKey),
}

impl Finder {
    /// One for a cell that begins with these servers, beside its keepers.
    pub(super) fn new(cell: Cell, nodes: Vec<Node>, proxy: Option<Proxy>, clock: Clock) -> Finder {
        let (leaving, looking, looking_for_keepers) = Default::default();
        Finder { cell, nodes, proxy, clock, leaving, looking, looking_for_keepers }
    }

    /// Runs until the cell is closed.
    pub(super) async fn run(mut self) {
        let stop = self.cell.stopping();
        let mut look = interval(LOOK);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let looks = async {
            loop {
                look.tick().await;
                let network = self.cell.network.borrow().clone();
                if let Some(network) = network {
                    self.look(&network).await;
                }
            }
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = looks => {}
        }
    }

    /// Does the one thing that is due, if any is.
    async fn look(&mut self, network: &Network) {
        let roster = self.cell.roster().borrow().clone();
        let nodes = self.servers(&roster);
        if nodes.is_empty() {
            return;
        }
        let now = self.clock.now();
        let whose: Vec<Who> = network.peers().values().map(|peer| peer.who).collect();
        let met = whose.iter().any(|who| matches!(who, Who::Member { .. }));
        let kept =
            |place| whose.iter().any(|who| matches!(who, Who::Keeper { place: at, .. } if at == place));
        let alone = !met && roster.members.len() > 1;
        let missing: BTreeSet<PlaceId> =
            roster.keepers.keys().filter(|place| !kept(*place)).copied().collect();
        if let Some(said) = self.said(network, &roster, &nodes)
            && self.leaving.is_due(said.clone(), now, rand::random())
        {
            let taken = self.leave(said.0, nodes).await;
            let counters = network.counters();
            match taken {
                Some(true) => Counters::add(&counters.dht_left),
                Some(false) => Counters::add(&counters.dht_not_left),
                None => {}
            }
            self.leaving.was_left(taken == Some(true), self.clock.now(), rand::random());
        } else if self.looking.is_due(alone, now, rand::random()) {
            let spots = self.cell.engine.read(|engine| Ok(engine.spots_of_others())).await;
            self.find(spots.unwrap_or_default(), nodes, network).await;
        } else if self.looking_for_keepers.is_due(!missing.is_empty(), now, rand::random()) {
            let spots = self.cell.engine.read(move |engine| Ok(engine.spots_of_keepers(&missing))).await;
            self.find(spots.unwrap_or_default(), nodes, network).await;
        }
    }

    /// Servers to begin with: those of the settings, and the group's keepers.
    fn servers(&self, roster: &Roster) -> Vec<Node> {
        let keepers = roster.keepers.values();
        let keepers =
            keepers.map(|keeper| Node { peer: Some(keeper.peer), addresses: keeper.addresses.clone() });
        self.nodes.iter().cloned().chain(keepers).collect()
    }

    /// What is to be left, if anything that helps.
    fn said(&self, network: &Network, roster: &Roster, nodes: &[Node]) -> Option<Said> {
        let Me::Member { key, log, .. } = &roster.me else { return None };
        roster.secret.as_ref()?;
        let signed = network.record((*key, *log))?;
        let book = network.book();
        let record = book.record(key, log)?;
        let addresses: Vec<Multiaddr> =
            record.addresses.iter().filter_map(|text| text.parse().ok()).collect();
        let worth = roster.members.len() > 1 && is_worth_telling(&addresses, nodes);
        worth.then(|| (signed, self.clock.now().weeks(), roster.publish.clone()))
    }

    /// Leaves where this node is; says whether somebody took it. None while there is no epoch to do so under.
    async fn leave(&self, record: Bytes, nodes: Vec<Node>) -> Option<bool> {
        let spots = self.cell.engine.read(|engine| Ok(engine.own_spots())).await.unwrap_or_default();
        let hour = self.clock.now().hour();
        let records = spots
            .iter()
            .filter_map(|spot| Some((spot.name(), spot.write(&record, hour, &mut rand::rng()).ok()?)));
        let records: Vec<(Name, Vec<u8>)> = records.collect();
        if records.is_empty() {
            return None;
        }
        Some(self.act(nodes).leave(records).await.is_ok_and(|taken| taken > 0))
    }

    /// Looks for others, and passes on to the network what is found.
    async fn find(&self, spots: Vec<(Whose, Spot)>, nodes: Vec<Node>, network: &Network) {
        if spots.is_empty() {
            return;
        }
        let counters = network.counters();
        Counters::add(&counters.dht_looked);
        let names = spots.iter().map(|(_, spot)| spot.name()).collect();
        let Ok(found) = self.act(nodes).find(names).await else {
            return Counters::add(&counters.dht_unreached);
        };
        add(&counters.dht_junk, found.junk);
        let (mut members, mut keepers) = (Vec::new(), Vec::new());
        for (whose, spot) in &spots {
            let written = found.records.get(&spot.name()).into_iter().flatten();
            for bytes in written.filter_map(|record| spot.read(record).ok()) {
                match whose {
                    Whose::Member => members.push(Bytes::from(bytes)),
                    Whose::Keeper(place, keeper) => {
                        keepers.extend(
                            KeeperAddresses::verify(&bytes, place, keeper).map(|said| (*place, said)),
                        );
                    }
                }
            }
        }
        add(&counters.dht_found, members.len().saturating_add(keepers.len()).try_into().unwrap_or(u64::MAX));
        keepers.sort_by_key(|(_, said)| said.time);
        // A network that has closed needs to know nothing.
        let _ = network.hear(members).await;
        for (place, said) in keepers {
            let addresses = said.addresses.iter().filter_map(|text| text.parse().ok()).collect();
            let _ = network.keeper_is_at(place, addresses).await;
        }
    }

    fn act(&self, nodes: Vec<Node>) -> Act {
        Act { nodes, proxy: self.proxy }
    }
}

impl Engine {
    /// Where this device's record is left: under the epoch that is sent under, and no other. Names of earlier ones are known
    /// to those who were removed.
    fn own_spots(&self) -> Vec<Spot> {
        let Some(group) = self.group.as_ref().filter(|_| self.settled()) else { return Vec::new() };
        let Choice::Send { epoch, .. } = self.ring.best(group, &self.me()) else { return Vec::new() };
        let Some(keys) = self.ring.keys(&epoch) else { return Vec::new() };
        let discovery = keys.control().discovery();
        let (me, log) = (self.me(), self.own.log());
        self.now().weeks().iter().map(|week| Spot::of_device(&discovery, &me, &log, *week)).collect()
    }

    /// Where records of other members' devices would be: of a few, at random.
    fn spots_of_others(&self) -> Vec<(Whose, Spot)> {
        let Some(group) = self.group.as_ref().filter(|_| self.settled()) else { return Vec::new() };
        let me = (self.me(), self.own.log());
        let current = group.members().filter(|member| member.standing == Standing::Member);
        let live = |member: &Member| -> Vec<(MemberKey, LogId)> {
            member.logs.iter().filter(|log| log.live).map(|log| (member.key, log.id)).collect()
        };
        let mut devices: Vec<(MemberKey, LogId)> = current.flat_map(live).filter(|one| *one != me).collect();
        devices.shuffle(&mut rand::rng());
        devices.truncate(DEVICES);
        let heads = self.ring.heads(group);
        let keys = heads.iter().filter_map(|epoch| self.ring.keys(epoch)).take(EPOCHS);
        let secrets: Vec<Discovery> = keys.map(|keys| keys.control().discovery()).collect();
        let mut spots = Vec::new();
        for (member, log) in devices {
            for secret in &secrets {
                let weeks = self.now().weeks().into_iter();
                spots.extend(weeks.map(|week| (Whose::Member, Spot::of_device(secret, &member, &log, week))));
            }
        }
        spots
    }

    /// Where records of keepers would be that give the group these places.
    fn spots_of_keepers(&self, places: &BTreeSet<PlaceId>) -> Vec<(Whose, Spot)> {
        let keepers = self.keepers().iter().filter(|kept| places.contains(&kept.place));
        let spots = keepers.flat_map(|kept| {
            let weeks = self.now().weeks().into_iter();
            weeks.map(|week| (Whose::Keeper(kept.place, kept.keeper), Spot::of_keeper(&kept.place, week)))
        });
        spots.collect()
    }
}

fn add(counter: &AtomicU64, more: u64) {
    counter.fetch_add(more, Ordering::Relaxed);
}
