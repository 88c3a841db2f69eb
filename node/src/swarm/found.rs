//! Where everybody is: our own addresses, telling and hearing of others', and dialling them.

use std::io;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use bytes::Bytes;
use kith_protocol::address::AddressRecord;
use libp2p::swarm::ConnectionId;
use libp2p::swarm::dial_opts::DialOpts;
use libp2p::{Multiaddr, PeerId};
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::address::{Out, parts};
use super::behaviour::ADDRESSES;
use super::counters::Counters;
use super::dial::Target;
use super::event::Who;
use super::exchange::{self, Heard};
use super::next;
use super::next::Next;
use super::proxy::Way;
use super::reach;
use super::roster::Me;
use super::stream::Stream;
use super::task::{Done, Task};

/// How long addresses of our own are left to settle before others are told.
const SETTLE: Duration = Duration::from_millis(50);
/// Time between two tellings to one peer; a failed one is repeated after this too.
const TELL_GAP: Duration = Duration::from_secs(2);
/// One exchange takes at most this long.
const EXCHANGE: Duration = Duration::from_secs(20);

impl Task {
    /// Our own addresses may have changed.
    pub(super) fn moved(&mut self) {
        self.look_at.get_or_insert_with(|| Instant::now() + SETTLE);
    }

    /// Looks at our own addresses, if it is time to, and tells what is new about them.
    pub(super) fn look_around(&mut self, now: Instant) {
        if self.look_at.is_none_or(|at| at > now) || self.leaving.is_some() {
            return;
        }
        self.look_at = None;
        self.look_at_interfaces(now);
        let told = self.whereabouts();
        let own = self.swarm.listeners().chain(&self.announce).chain(self.swarm.external_addresses());
        self.dialer.own(own.cloned().collect::<Vec<_>>());
        if told == self.told && self.listening {
            return;
        }
        self.listening = true;
        if !self.told.is_empty() {
            self.dialer.hurry(now);
        }
        self.told = told;
        self.show_place();
        self.sign();
        self.seek(now);
    }

    /// Tells the cell where we are, and where we will be.
    fn show_place(&mut self) {
        if self.listening {
            self.outbox.listening(self.port, self.told.clone(), self.foretold());
        }
    }

    /// Where we will be, as far as is known.
    fn foretold(&self) -> Vec<Multiaddr> {
        self.next.map(|next| next.addresses(&self.told, &self.me, self.port)).unwrap_or_default()
    }

    /// Takes another place to come.
    pub(super) fn foretell(&mut self, next: Next) {
        self.next = Some(next);
        for known in self.peers.0.values_mut() {
            known.foretold = None;
        }
        self.show_place();
        self.sign();
    }

    /// Takes the record of the place that we have moved to. From here on this one begins nothing, and says nothing
    /// else of where we are; `done` is answered when everybody connected knows.
    pub(super) fn leave(&mut self, record: AddressRecord, signed: Bytes, done: oneshot::Sender<()>) {
        self.book_changed |= self.book.insert(record, signed);
        self.leaving = Some(Some(done));
    }

    /// Says when everybody who is connected knows where we have moved to.
    pub(super) fn farewell(&mut self) {
        let stamp = self.book.stamp();
        let waiting = self.peers.0.values().any(|known| known.telling || known.wants_news(stamp));
        if let Some(done) = self.leaving.as_mut().filter(|_| !waiting).and_then(Option::take) {
            let _ = done.send(());
        }
    }

    /// Signs our addresses, if they are not what the book says.
    pub(super) fn sign(&mut self) {
        if self.leaving.is_some() {
            return;
        }
        let Me::Member { key, signing, log } = &self.roster.me else { return };
        let addresses = next::both(&self.told, &self.foretold());
        let addresses: Vec<String> = addresses.iter().map(Multiaddr::to_string).collect();
        let held = self.book.record(key, log);
        let fresh = |held: &AddressRecord| held.addresses == addresses && held.sequence > self.known_as;
        // An earlier record with addresses is withdrawn by one without, where others may be told none.
        let withdraws = self.out == Out::Proxied && held.is_some_and(|held| !held.addresses.is_empty());
        if (addresses.is_empty() && !withdraws) || held.is_some_and(fresh) {
            return;
        }
        let sequence = held.map_or(0, |held| held.sequence).max(self.known_as).saturating_add(1);
        let time = self.clock.now();
        let record = AddressRecord { member: *key, log: *log, addresses, time, sequence };
        let signed = record.sign(&self.group, signing);
        self.book_changed |= self.book.insert(record, signed.into());
    }

    /// Gives the dialler everybody of the book who is worth dialling.
    pub(super) fn seek(&mut self, now: Instant) {
        // An address on this very machine means something only if we are to be found there ourselves.
        let loopback = |address: &Multiaddr| parts(address).is_some_and(|(ip, _)| ip.is_loopback());
        let here = self.told.iter().any(loopback);
        let (me, myself) = (self.me, self.roster.device());
        let devices = self.book.devices().filter(|(device, ..)| Some(*device) != myself);
        let devices = devices.map(|(device, reached, written)| {
            let written = written
                .into_iter()
                .filter(|address| (here || !loopback(address)) && !reach::through(&me, address));
            (device, reached.cloned().into_iter().chain(written).collect())
        });
        let devices: Vec<(_, Vec<Multiaddr>)> = devices.collect();
        let devices: Vec<_> =
            devices.into_iter().map(|(device, addresses)| (device, self.by_name(addresses))).collect();
        self.dialer.devices(devices, now);
    }

    /// Some connections of a peer turned out to be a certain person's.
    pub(super) fn reached(
        &mut self,
        peer: &PeerId,
        who: &Who,
        connections: impl IntoIterator<Item = ConnectionId>,
        chance: f64,
        now: Instant,
    ) {
        let Some(device) = who.device() else { return };
        let member = matches!(who, Who::Member { .. });
        let direct = self.peers.0.get(peer).is_some_and(|known| known.direct().is_some());
        let address = self.dialer.proved(device, connections, member, direct, chance, now);
        // Through a relay it is reached as its record says, or not at all.
        if let Some(address) = address.filter(|address| member && parts(address).is_some()) {
            self.book_changed |= self.book.reached(&device, address);
        }
        if member {
            self.book_changed |= self.book.met(&device, self.clock.now());
        }
    }

    /// Notes in the book what is known of a peer that is or was connected: that it was, and what it was told.
    pub(super) fn note(&mut self, who: &Who, foretold: Option<u16>) {
        let (Who::Member { .. }, Some(device)) = (who, who.device()) else { return };
        let now = self.clock.now();
        self.book_changed |= self.book.met(&device, now);
        if let Some(port) = foretold {
            self.book_changed |= self.book.told(&device, port, now);
        }
    }

    /// Begins the dials that are due.
    pub(super) fn dial(&mut self, now: Instant) {
        if self.leaving.is_some() {
            return;
        }
        self.look_up(now);
        self.dialer.keepers_only(self.peers.enough());
        let anybody = self.peers.anybody();
        if self.out == Out::Proxied && self.way.as_ref().is_some_and(Way::missing) {
            return; // It would lead nowhere. Whoever waits for the proxy comes back here.
        }
        while let Some((target, address)) = self.dialer.next(anybody, now) {
            Counters::add(&self.counters.dials);
            let keeper = match target {
                Target::Keeper(place) => self.roster.keepers.get(&place),
                Target::Device(_) | Target::Link(_) | Target::Near(_) => None,
            };
            let dial = match keeper {
                // Nothing is said to anybody else who is there now.
                Some(keeper) => DialOpts::peer_id(keeper.peer).addresses(vec![address.clone()]).build(),
                None => DialOpts::unknown_peer_id().address(address.clone()).build(),
            };
            let connection = dial.connection_id();
            self.dialer.began(connection, target, address);
            if self.swarm.dial(dial).is_err() {
                Counters::add(&self.counters.dials_failed);
                self.dialer.failed(connection, rand::random(), now);
            }
        }
    }

    /// Waits for the proxy, if there is one, to come back, and hurries then.
    pub(super) fn wait_for_proxy(&mut self) {
        if let Some(way) = self.way.clone() {
            self.jobs.spawn(async move {
                way.comes_back().await;
                Done::ProxyBack
            });
        }
    }

    /// Tells peers what the book has learnt since they were told last.
    pub(super) fn tell(&mut self, now: Instant) {
        let stamp = self.book.stamp();
        let mut tell = Vec::new();
        for (peer, known) in &mut self.peers.0 {
            if !known.wants_news(stamp) || known.tell_at > now {
                continue;
            }
            known.tell_at = now + TELL_GAP;
            // Once, a peer is also told what we know of itself: it may have forgotten how far it had counted.
            let itself = known.who().and_then(|who| who.device()).filter(|_| known.told > 0);
            let records = self.book.since(known.told, itself);
            match known.best(&self.me, peer) {
                _ if records.is_empty() => known.told = stamp,
                Some(connection) => {
                    known.telling = true;
                    tell.push((*peer, connection, records));
                }
                None => {}
            }
        }
        for (peer, connection, records) in tell {
            let opening = self.open_on(peer, connection, ADDRESSES);
            self.jobs.spawn(async move {
                let telling = async { exchange::tell(opening.await?, records).await };
                let result =
                    timeout(EXCHANGE, telling).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
                Done::Told { peer, stamp, result }
            });
        }
    }

    /// What was told has arrived, or not.
    pub(super) fn told(&mut self, peer: PeerId, stamp: u64, result: &io::Result<()>) {
        let Some(known) = self.peers.0.get_mut(&peer) else { return };
        known.telling = false;
        match result {
            Ok(()) => {
                known.told = known.told.max(stamp);
                let mine = self.roster.device().and_then(|me| self.book.stamp_of(&me));
                if let Some(next) = self.next.filter(|_| mine.is_some_and(|mine| mine <= stamp)) {
                    known.foretold = Some(next.port);
                }
                if let (Some(who), foretold) = (known.who(), known.foretold) {
                    self.note(&who, foretold);
                }
            }
            Err(error) => {
                tracing::debug!("telling addresses: {error}");
                Counters::add(&self.counters.exchanges_failed);
            }
        }
    }

    /// A peer tells us addresses.
    pub(super) fn hear(&mut self, peer: PeerId, stream: Stream) {
        let (group, roster) = (self.group, self.roster.clone());
        let book = self.shown_book.borrow().clone();
        self.jobs.spawn(async move {
            let result = timeout(EXCHANGE, exchange::hear(stream, group, roster, book))
                .await
                .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
            Done::Heard { peer, result }
        });
    }

    /// What was heard is in.
    pub(super) fn heard(&mut self, peer: PeerId, result: io::Result<Heard>) {
        let heard = match result {
            Ok(heard) => heard,
            Err(error) => {
                tracing::debug!("hearing addresses: {error}");
                return self.offence(&peer, |counters| &counters.exchanges_failed);
            }
        };
        if self.learn(heard) == 0 {
            return self.offence(&peer, |counters| &counters.exchanges_idle);
        }
        let known = self.peers.0.get(&peer).and_then(|known| Some((known.who()?, known.foretold)));
        if let Some((who, foretold)) = known {
            self.note(&who, foretold);
        }
    }

    /// Looks at records that came by another way than a peer's telling.
    pub(super) fn sift(&mut self, records: Vec<Bytes>) {
        let (group, roster) = (self.group, self.roster.clone());
        let book = self.shown_book.borrow().clone();
        self.jobs.spawn(async move {
            let mut heard = Heard::default();
            for record in records {
                heard.take(record, &group, &roster, &book);
            }
            Done::Sifted(heard)
        });
    }

    /// Takes what was heard into the book; says how much of it was news.
    pub(super) fn learn(&mut self, heard: Heard) -> usize {
        self.counters.records_refused.fetch_add(heard.refused, Ordering::Relaxed);
        let mut news = 0_usize;
        let myself = self.roster.device();
        for (record, signed) in heard.news {
            if Some((record.member, record.log)) == myself {
                self.known_as = self.known_as.max(record.sequence);
                news = news.saturating_add(1);
            // The roster may have moved on while the signatures were checked.
            } else if self.roster.knows(&record.member) && self.book.insert(record, signed) {
                news = news.saturating_add(1);
            }
        }
        if news > 0 {
            self.book_changed = true;
            // Somebody may remember records of ours that we do not.
            self.sign();
            self.seek(Instant::now());
        }
        news
    }
}
