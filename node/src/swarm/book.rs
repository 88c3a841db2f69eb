//! The address book: where members' devices were last, as they signed it themselves.
//!
//! Guarantees: one record a device, the newest (highest sequence number) that was seen; at most
//! [`limits::LOGS`] devices a member and [`limits::MEMBERS`] members; every record's signature has been
//! checked. Beside each record it remembers what this node knows of its own: the address that worked, which the
//! device itself may not know, when it was met last, and which place to come of ours it was told of.

use std::collections::BTreeMap;

use bytes::Bytes;
use kith_protocol::address::AddressRecord;
use kith_protocol::id::{GroupId, LogId, MemberKey, hash, truncate};
use kith_protocol::time::Millis;
use kith_protocol::{codec, limits};
use libp2p::Multiaddr;
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

use super::address::port;

/// Whoever was met within this long, in milliseconds, is told before this node moves: they may come back from
/// anywhere, and find it at no other place than one they know.
const MISSED: u64 = 28 * 24 * 3_600_000;
/// What was told this long ago, in milliseconds, is kept there by now.
const KEPT_WITHIN: u64 = 60_000;
/// When somebody was met is remembered to so many milliseconds.
const MET: u64 = 6 * 3_600_000;

/// Bytes by which a signed record is named.
pub(super) const TAG: usize = 8;
/// The beginning of the hash of a signed record.
pub(super) type Tag = [u8; TAG];

/// One device of one member.
pub(super) type Device = (MemberKey, LogId);

/// Members' addresses as they signed them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Book {
    pages: BTreeMap<Device, Page>,
    stamp: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Page {
    record: AddressRecord,
    signed: Bytes,
    tag: Tag,
    /// Where the device was reached last.
    reached: Option<Multiaddr>,
    /// When it was connected last; zero if it never was.
    met: Millis,
    /// Of which port to come of ours it was told, and when.
    told: Option<(u16, Millis)>,
    /// When, in this book's own counting, the record came.
    stamp: u64,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct Kept {
    #[n(0)]
    signed: ByteVec,
    #[n(1)]
    reached: Option<String>,
    #[n(2)]
    #[cbor(default)]
    met: Millis,
    #[n(3)]
    told: Option<(u16, Millis)>,
}

impl Book {
    /// Bytes for the cell to keep (sealed: they say who was where).
    pub fn encode(&self) -> Vec<u8> {
        let pages = self.pages.values().map(|page| Kept {
            signed: page.signed.to_vec().into(),
            reached: page.reached.as_ref().map(Multiaddr::to_string),
            met: page.met,
            told: page.told,
        });
        codec::encode(&pages.collect::<Vec<_>>())
    }

    /// Reads what [`Book::encode`] wrote; what is damaged or not genuine is left out.
    pub fn decode(bytes: &[u8], group: &GroupId) -> Book {
        let mut book = Book::default();
        for kept in codec::decode::<Vec<Kept>>(bytes).unwrap_or_default() {
            if let Ok(record) = AddressRecord::verify(&kept.signed, group) {
                let device = (record.member, record.log);
                book.insert(record, Vec::from(kept.signed).into());
                if let Some(page) = book.pages.get_mut(&device) {
                    page.reached = kept.reached.and_then(|text| text.parse().ok());
                    (page.met, page.told) = (kept.met, kept.told);
                }
            }
        }
        book
    }

    /// How many devices it holds.
    pub fn len(&self) -> usize {
        self.pages.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.pages.is_empty()
    }

    /// The newest record of every device, to make an invite of.
    pub fn records(&self) -> impl Iterator<Item = &AddressRecord> {
        self.pages.values().map(|page| &page.record)
    }

    /// The newest record of one device.
    pub fn record(&self, member: &MemberKey, log: &LogId) -> Option<&AddressRecord> {
        self.pages.get(&(*member, *log)).map(|page| &page.record)
    }

    /// Takes a record whose signature has been checked; says whether it was news.
    pub(super) fn insert(&mut self, record: AddressRecord, signed: Bytes) -> bool {
        let device = (record.member, record.log);
        let held = self.pages.get(&device);
        if held.is_some_and(|held| held.record.sequence >= record.sequence) {
            return false;
        }
        let reached =
            held.and_then(|held| held.reached.clone().filter(|at| !left(at, &held.record, &record)));
        let (met, told) = held.map_or((Millis(0), None), |held| (held.met, held.told));
        self.stamp = self.stamp.saturating_add(1);
        let tag = truncate(&hash("kith/1/address-record", &[&signed]));
        self.pages.insert(device, Page { record, signed, tag, reached, met, told, stamp: self.stamp });
        self.trim(&device.0);
        self.pages.contains_key(&device)
    }

    /// Keeps a member's newest devices, and members up to their bound.
    fn trim(&mut self, member: &MemberKey) {
        let mut devices: Vec<_> = self
            .pages
            .range((*member, LogId([0; LogId::LEN]))..=(*member, LogId([u8::MAX; LogId::LEN])))
            .map(|(device, page)| (page.record.time, *device))
            .collect();
        devices.sort();
        let most =
            if self.pages.len() > limits::LOGS.saturating_mul(limits::MEMBERS) { 0 } else { limits::LOGS };
        let surplus = devices.len().saturating_sub(most);
        for (_, device) in devices.into_iter().take(surplus) {
            self.pages.remove(&device);
        }
    }

    /// Remembers where a device was reached; says whether that was news.
    pub(super) fn reached(&mut self, device: &Device, address: Multiaddr) -> bool {
        let Some(page) = self.pages.get_mut(device) else { return false };
        let news = page.reached.as_ref() != Some(&address);
        page.reached = Some(address);
        news
    }

    /// Remembers that a device is or was connected; says whether that was news.
    pub(super) fn met(&mut self, device: &Device, now: Millis) -> bool {
        let Some(page) = self.pages.get_mut(device) else { return false };
        let news = now.since(page.met) >= MET;
        if news {
            page.met = now;
        }
        news
    }

    /// Remembers that a device was told that we will be at `port`; says whether that was news.
    pub(super) fn told(&mut self, device: &Device, port: u16, now: Millis) -> bool {
        let Some(page) = self.pages.get_mut(device) else { return false };
        let news = page.told.is_none_or(|(told, _)| told != port);
        if news {
            page.told = Some((port, now));
        }
        news
    }

    /// Whether everybody who was met lately, but for `me`, knows that we will be at `port`.
    pub fn all_know(&self, port: u16, me: Option<(MemberKey, LogId)>, now: Millis) -> bool {
        let knows =
            |page: &Page| page.told.is_some_and(|(told, at)| told == port && now.since(at) >= KEPT_WITHIN);
        self.pages
            .iter()
            .filter(|(device, page)| Some(**device) != me && page.met.0 > 0 && now.since(page.met) <= MISSED)
            .all(|(_, page)| knows(page))
    }

    /// A device's record as it was signed.
    pub(super) fn signed(&self, device: &Device) -> Option<(&AddressRecord, &Bytes)> {
        self.pages.get(device).map(|page| (&page.record, &page.signed))
    }

    /// When, in this book's own counting, a device's record came.
    pub(super) fn stamp_of(&self, device: &Device) -> Option<u64> {
        self.pages.get(device).map(|page| page.stamp)
    }

    /// Forgets everybody who is not `wanted`; says whether there was anybody.
    pub(super) fn retain(&mut self, wanted: impl Fn(&MemberKey) -> bool) -> bool {
        let before = self.pages.len();
        self.pages.retain(|(member, _), _| wanted(member));
        self.pages.len() != before
    }

    /// Devices, where each was reached last, and where it says it is.
    pub(super) fn devices(&self) -> impl Iterator<Item = (Device, Option<&Multiaddr>, Vec<Multiaddr>)> {
        self.pages.iter().map(|(device, page)| {
            let written = page.record.addresses.iter().filter_map(|text| text.parse().ok()).collect();
            (*device, page.reached.as_ref(), written)
        })
    }

    /// How far this book's own counting has come.
    pub(super) fn stamp(&self) -> u64 {
        self.stamp
    }

    /// Records that came after a stamp, other than those of one device, which knows its own.
    pub(super) fn since(&self, stamp: u64, not: Option<Device>) -> Vec<(Tag, Bytes)> {
        self.pages
            .iter()
            .filter(|(device, page)| page.stamp > stamp && Some(**device) != not)
            .map(|(_, page)| (page.tag, page.signed.clone()))
            .collect()
    }

    /// Whether it has just this record.
    pub(super) fn has(&self, tag: &Tag) -> bool {
        self.pages.values().any(|page| page.tag == *tag)
    }
}

/// Whether a device has left the port at which it was reached: its older record named it, its newer does not.
fn left(reached: &Multiaddr, older: &AddressRecord, newer: &AddressRecord) -> bool {
    let names = |record: &AddressRecord| {
        let all = record.addresses.iter().filter_map(|text| text.parse().ok());
        all.filter_map(|address| port(&address)).any(|named| Some(named) == port(reached))
    };
    names(older) && !names(newer)
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::SigningKey;

    use super::*;

    const GROUP: GroupId = GroupId([7; 32]);

    fn signed(key: u8, log: u8, sequence: u64, address: &str) -> (AddressRecord, Bytes) {
        let key = SigningKey::from_bytes(&[key; 32]);
        let record = AddressRecord {
            member: MemberKey(key.verifying_key().to_bytes()),
            log: LogId([log; 8]),
            addresses: vec![address.into()],
            time: Millis(sequence),
            sequence,
        };
        let signed = record.sign(&GROUP, &key).into();
        (record, signed)
    }

    #[test]
    fn the_newest_record_of_a_device_stays() {
        let mut book = Book::default();
        let (old, old_bytes) = signed(1, 1, 1, "/ip4/192.0.2.1/tcp/1");
        let (new, new_bytes) = signed(1, 1, 2, "/ip4/192.0.2.2/tcp/2");
        assert!(book.insert(new.clone(), new_bytes.clone()));
        assert!(!book.insert(old, old_bytes), "an older record is no news");
        assert!(!book.insert(new.clone(), new_bytes), "nor is the same again");
        assert_eq!(book.records().collect::<Vec<_>>(), [&new]);
    }

    #[test]
    fn what_is_kept_comes_back_and_forgeries_do_not() {
        let mut book = Book::default();
        for key in 1..4 {
            let (record, bytes) = signed(key, 1, 1, "/ip4/192.0.2.1/udp/9/quic-v1");
            book.insert(record, bytes);
        }
        let device = *book.pages.keys().next().unwrap();
        assert!(book.reached(&device, "/ip4/198.51.100.7/tcp/5".parse().unwrap()));
        let again = Book::decode(&book.encode(), &GROUP);
        assert_eq!(again.encode(), book.encode());
        let first = again.devices().find(|(who, ..)| *who == device).unwrap();
        assert_eq!(first.1, Some(&"/ip4/198.51.100.7/tcp/5".parse().unwrap()));
        assert!(Book::decode(&book.encode(), &GroupId([8; 32])).is_empty(), "signed for another group");
        assert!(Book::decode(b"garbage", &GROUP).is_empty());
    }

    #[test]
    fn who_was_met_lately_is_told_before_a_move() {
        let now = Millis(1_800_000_000_000);
        let mut book = Book::default();
        let devices: Vec<Device> = (1..4)
            .map(|key| {
                let (record, bytes) = signed(key, 1, 1, "/ip4/192.0.2.1/tcp/1");
                let device = (record.member, record.log);
                book.insert(record, bytes);
                device
            })
            .collect();
        let (me, ben, chi) = (devices[0], devices[1], devices[2]);
        assert!(book.all_know(9, Some(me), now), "nobody was met yet");
        assert!(book.met(&ben, now) && !book.met(&ben, now.plus(1)));
        assert!(!book.all_know(9, Some(me), now));
        assert!(book.told(&ben, 9, now) && !book.told(&ben, 9, now.plus(1)));
        assert!(!book.all_know(9, Some(me), now), "it may not have kept it yet");
        let soon = now.plus(KEPT_WITHIN);
        assert!(book.all_know(9, Some(me), soon));
        assert!(!book.all_know(8, Some(me), soon), "another port is news");
        // All of that outlives a restart, and newer records.
        let mut book = Book::decode(&book.encode(), &GROUP);
        let (record, bytes) = signed(2, 1, 2, "/ip4/192.0.2.1/tcp/2");
        assert!(book.insert(record, bytes));
        assert!(book.all_know(9, Some(me), soon));
        book.met(&chi, now);
        assert!(!book.all_know(9, Some(me), soon));
        assert!(
            book.all_know(9, Some(me), now.plus(MISSED + 1)),
            "whoever stays away too long is not waited for"
        );
    }

    #[test]
    fn a_port_that_was_left_is_not_tried_first() {
        let at = |text: &str| -> Multiaddr { text.parse().unwrap() };
        let mut book = Book::default();
        let (record, bytes) = signed(1, 1, 1, "/ip4/192.0.2.1/tcp/1");
        let device = (record.member, record.log);
        book.insert(record, bytes);
        let reached = |book: &Book| book.devices().next().unwrap().1.cloned();
        // Behind a router it has a port that it does not know of.
        book.reached(&device, at("/ip4/198.51.100.7/tcp/77"));
        let (record, bytes) = signed(1, 1, 2, "/ip4/192.0.2.1/tcp/2");
        book.insert(record, bytes);
        assert_eq!(reached(&book), Some(at("/ip4/198.51.100.7/tcp/77")));
        book.reached(&device, at("/ip4/198.51.100.7/tcp/2"));
        let (record, bytes) = signed(1, 1, 3, "/ip4/192.0.2.1/tcp/3");
        book.insert(record, bytes);
        assert_eq!(reached(&book), None);
    }

    #[test]
    fn a_member_has_few_devices() {
        let mut book = Book::default();
        for log in 1..=10 {
            let (record, bytes) = signed(1, log, u64::from(log), "/ip4/192.0.2.1/tcp/1");
            book.insert(record, bytes);
        }
        assert_eq!(book.len(), limits::LOGS);
        assert!(book.pages.keys().all(|(_, log)| log.0[0] > 6), "the newest");
    }

    #[test]
    fn news_is_told_once() {
        let mut book = Book::default();
        let (record, bytes) = signed(1, 1, 1, "/ip4/192.0.2.1/tcp/1");
        book.insert(record, bytes);
        let stamp = book.stamp();
        let (record, bytes) = signed(2, 1, 1, "/ip4/192.0.2.2/tcp/1");
        let device = (record.member, record.log);
        book.insert(record, bytes.clone());
        let news = book.since(stamp, None);
        assert_eq!(news.iter().map(|(_, signed)| signed).collect::<Vec<_>>(), [&bytes]);
        assert!(news.iter().all(|(tag, _)| book.has(tag) && !book.has(&[0; TAG])));
        assert!(book.since(stamp, Some(device)).is_empty());
        assert!(book.since(book.stamp(), None).is_empty());
    }
}
