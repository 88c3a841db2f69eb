//! Which records a server takes.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant};

use kith_protocol::dht;
use kith_protocol::time::Hour;
use libp2p::kad::Record;
use libp2p::kad::store::{MemoryStore, RecordStore as _};

use super::Counters;
use crate::bucket::Bucket;

/// Records that are taken from one host: so many at once, and one more after each pause.
const OF_A_HOST: u32 = 128;
const OF_A_HOST_EACH: Duration = Duration::from_secs(2);
/// Likewise of all hosts together: each costs the checking of a signature.
const OF_ALL: u32 = 2048;
const OF_ALL_EACH: Duration = Duration::from_millis(5);
/// Hosts remembered. Of more, none but those are served until one of them rests.
const HOSTS: usize = 4096;
/// How far, in hours, the hour of a record may lie ahead, and behind.
const AHEAD: u32 = 2;
const BEHIND: u32 = 48;

/// The judge over what is held.
pub(super) struct Shelf {
    hosts: BTreeMap<IpAddr, Bucket>,
    all: Bucket,
}

impl Shelf {
    pub fn new(now: Instant) -> Shelf {
        Shelf { hosts: BTreeMap::new(), all: Bucket::new(OF_ALL, OF_ALL_EACH, now) }
    }

    /// Takes a record that came from a host, or not; says what to count.
    pub fn put(
        &mut self,
        store: &mut MemoryStore,
        mut record: Record,
        host: IpAddr,
        (now, hour): (Instant, Hour),
    ) -> fn(&Counters) -> &AtomicU64 {
        if !self.has_time_for(host, now) {
            return |counters| &counters.dht_too_often;
        }
        let name = record.key.as_ref();
        let since = match dht::judge(name, &record.value) {
            Ok(since) if since.0.abs_diff(hour.0) <= if since > hour { AHEAD } else { BEHIND } => since,
            _ => return |counters| &counters.dht_not_records,
        };
        let held = store.get(&record.key).and_then(|held| dht::judge(name, &held.value).ok());
        if held.is_some_and(|held| held > since) {
            return |counters| &counters.dht_older;
        }
        // Of whoever left it nothing is kept.
        record.publisher = None;
        if held.is_none() && store.put(record.clone()).is_err() {
            // Those whose time is over make room.
            store.retain(|_, record| !record.is_expired(now));
        }
        match store.put(record) {
            Ok(()) => |counters| &counters.dht_taken,
            Err(_) => |counters| &counters.dht_full,
        }
    }

    fn has_time_for(&mut self, host: IpAddr, now: Instant) -> bool {
        let host = whole(host);
        if self.hosts.len() >= HOSTS && !self.hosts.contains_key(&host) {
            self.hosts.retain(|_, bucket| !bucket.rests(now));
            if self.hosts.len() >= HOSTS {
                return false;
            }
        }
        let bucket = self.hosts.entry(host);
        bucket.or_insert_with(|| Bucket::new(OF_A_HOST, OF_A_HOST_EACH, now)).take(now) && self.all.take(now)
    }
}

/// Whoever has one address of IPv6 has the 2⁶⁴ around it.
fn whole(host: IpAddr) -> IpAddr {
    match host {
        IpAddr::V4(_) => host,
        IpAddr::V6(ip) => Ipv6Addr::from_bits(ip.to_bits() & !u128::from(u64::MAX)).into(),
    }
}

#[cfg(test)]
mod tests {
    use kith_protocol::dht::Spot;
    use kith_protocol::id::PlaceId;
    use kith_protocol::time::Week;
    use libp2p::PeerId;
    use libp2p::kad::RecordKey;
    use libp2p::kad::store::MemoryStoreConfig;

    use super::*;

    const HOUR: Hour = Hour(500_000);
    const HOST: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));

    fn spot(n: u32) -> Spot {
        Spot::of_keeper(&PlaceId([1; 16]), Week(n))
    }

    fn record(n: u32, hour: u32, bytes: &[u8]) -> Record {
        let value = spot(n).write(bytes, Hour(hour), &mut rand::rng()).unwrap();
        Record::new(RecordKey::new(&spot(n).name()), value)
    }

    fn kept(most: usize) -> MemoryStore {
        let config = MemoryStoreConfig { max_records: most, ..MemoryStoreConfig::default() };
        MemoryStore::with_config(PeerId::random(), config)
    }

    fn name(counter: fn(&Counters) -> &AtomicU64) -> &'static str {
        let counters = Counters::default();
        Counters::add(counter(&counters));
        counters.all().into_iter().find(|(_, count)| *count == 1).unwrap().0
    }

    #[test]
    fn only_records_of_now_are_taken_and_the_newer_stays() {
        let (mut store, now) = (kept(10), Instant::now());
        let mut shelf = Shelf::new(now);
        let mut put = |record: Record| name(shelf.put(&mut store, record, HOST, (now, HOUR)));
        assert_eq!(put(record(1, HOUR.0, b"here")), "dht_taken");
        assert_eq!(put(record(1, HOUR.0 - 1, b"there")), "dht_older");
        assert_eq!(put(record(1, HOUR.0, b"elsewhere")), "dht_taken", "twice within an hour");
        assert_eq!(put(record(1, HOUR.0 + 3, b"here")), "dht_not_records");
        assert_eq!(put(record(2, HOUR.0 - 49, b"here")), "dht_not_records");
        let other = Record { key: RecordKey::new(&spot(3).name()), ..record(2, HOUR.0, b"here") };
        assert_eq!(put(other), "dht_not_records");
        for key in [vec![], vec![1; 31], vec![1; 33]] {
            let junk = Record { key: RecordKey::new(&key), ..record(2, HOUR.0, b"here") };
            assert_eq!(put(junk), "dht_not_records");
        }
        let short = Record { value: vec![0; 100], ..record(2, HOUR.0, b"") };
        assert_eq!(put(short), "dht_not_records");
        let held = store.get(&RecordKey::new(&spot(1).name())).unwrap();
        assert_eq!(spot(1).read(&held.value).unwrap(), b"elsewhere");
    }

    #[test]
    fn what_is_over_makes_room_and_nothing_else_does() {
        let (mut store, now) = (kept(2), Instant::now());
        let mut shelf = Shelf::new(now);
        let soon = now + Duration::from_secs(60);
        for n in [1, 2] {
            let expires = (n == 1).then_some(soon);
            let record = Record { expires, ..record(n, HOUR.0, b"here") };
            assert_eq!(name(shelf.put(&mut store, record, HOST, (now, HOUR))), "dht_taken");
        }
        let third = || record(3, HOUR.0, b"here");
        assert_eq!(name(shelf.put(&mut store, third(), HOST, (now, HOUR))), "dht_full");
        assert_eq!(name(shelf.put(&mut store, record(2, HOUR.0, b"there"), HOST, (now, HOUR))), "dht_taken");
        assert_eq!(name(shelf.put(&mut store, third(), HOST, (soon, HOUR))), "dht_taken");
    }

    #[test]
    fn one_host_leaves_so_much_and_others_are_served_all_the_same() {
        let (mut store, now) = (kept(10), Instant::now());
        let mut shelf = Shelf::new(now);
        let record = record(1, HOUR.0, b"here");
        let host = |n: u16| IpAddr::from([0x2001, 0xdb8, 0, 0, n, n, n, n]);
        let mut put = |host, now| name(shelf.put(&mut store, record.clone(), host, (now, HOUR)));
        for n in 0..u16::try_from(OF_A_HOST).unwrap() {
            assert_eq!(put(host(n), now), "dht_taken");
        }
        assert_eq!(put(host(7), now), "dht_too_often");
        assert_eq!(put(HOST, now), "dht_taken");
        assert_eq!(put(host(7), now + 3 * OF_A_HOST_EACH), "dht_taken");
        assert!(shelf.hosts.len() == 2);
    }
}
