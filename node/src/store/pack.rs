//! The values that the store on disk keeps, as bytes.

use kith_protocol::id::{AuthorId, EnvelopeId, LogId, ShortId};
use kith_protocol::time::{Hour, Month};
use minicbor::{Decode, Decoder, Encode};

use super::packs::Tail;
use super::pages::Slots;
use super::{Arrival, Bucket, Counts, Cursor, Held, Placed, StoreError};

/// First bytes of keys.
pub(super) mod room {
    /// `‖ pack ‖ part`: records of a pack that is not whole.
    pub(in crate::store) const PART: u8 = b'q';
    /// `‖ bucket u32 ‖ arrival of the first`: items.
    pub(in crate::store) const ITEMS: u8 = b'i';
    /// `‖ least lamport`: a block of the timeline.
    pub(in crate::store) const TIMELINE: u8 = b't';
    /// `‖ arrival / 1024`: which of these wait.
    pub(in crate::store) const WAITING: u8 = b'u';
    /// `‖ keyed hash`: the head of a log.
    pub(in crate::store) const HEAD: u8 = b'h';
    /// `‖ keyed hash`: a note.
    pub(in crate::store) const NOTE: u8 = b'n';
    /// `‖ level ‖ number`: a run of the index.
    pub(in crate::store) const RUN: u8 = b'x';
    /// Alone: totals.
    pub(in crate::store) const TALLY: u8 = b'm';
}

/// Bytes of an arrival, where it stands in a list.
const ARRIVAL: usize = 5;
/// Bytes of one item of reconciliation: arrival, hour u32, envelope id.
pub(super) const ITEM: usize = ARRIVAL + 4 + 32;
/// A value of items is not added to when it has this many bytes.
pub(super) const ITEMS_FULL: usize = 860 * ITEM;
/// One of an earlier commit is not added to when it has this many bytes.
pub(super) const ITEMS_SETTLED: usize = 24 * ITEM;
/// Most lines of the timeline in one block.
const BLOCK: usize = 800;
/// A block of an earlier commit is not added to at its end when it has this many lines.
pub(super) const BLOCK_SETTLED: usize = 96;
/// Bytes of one line: lamport u64, half an entry id, arrival.
const LINE: usize = 8 + 16 + ARRIVAL;
/// Bytes that say which of 1024 envelopes wait.
pub(super) const WAITING: usize = 128;

fn senseless(what: &str) -> StoreError {
    StoreError::Damaged(format!("{what} makes no sense"))
}

/// One held envelope. Its arrival is told by where it lies.
#[derive(Encode, Decode)]
struct Record<'b> {
    #[n(0)]
    hour: Hour,
    #[n(1)]
    id: EnvelopeId,
    #[n(2)]
    control: bool,
    #[n(3)]
    placed: Option<Placed>,
    #[cbor(b(4), with = "minicbor::bytes")]
    bytes: &'b [u8],
}

/// Adds a record to others.
pub(super) fn add_record(records: &mut Vec<u8>, held: &Held) {
    let Held { id, hour, control, ref bytes, ref placed, .. } = *held;
    let record = Record { hour, id, control, placed: placed.clone(), bytes };
    // Writing to a Vec cannot fail, and nothing in a record refuses to be encoded.
    let _ = minicbor::encode(record, records);
}

/// The records that lie one behind the other, without their bytes being copied until asked for; the first one
/// arrived as `arrival`, the others came after it.
pub(super) fn records(bytes: &[u8], arrival: Arrival) -> impl Iterator<Item = Result<Lazy<'_>, StoreError>> {
    let mut from = Decoder::new(bytes);
    let mut arrivals = (arrival.0..).map(Arrival);
    std::iter::from_fn(move || {
        let arrival = arrivals.next().filter(|_| from.position() < bytes.len())?;
        Some(from.decode().map(|record| Lazy { arrival, record }).map_err(|_| senseless("a record")))
    })
}

/// A record whose bytes lie among others.
pub(super) struct Lazy<'b> {
    arrival: Arrival,
    record: Record<'b>,
}

impl Lazy<'_> {
    pub(super) fn arrival(&self) -> Arrival {
        self.arrival
    }

    pub(super) fn id(&self) -> EnvelopeId {
        self.record.id
    }

    pub(super) fn is_control(&self) -> bool {
        self.record.control
    }

    pub(super) fn placed(&self) -> Option<&Placed> {
        self.record.placed.as_ref()
    }

    pub(super) fn held(self) -> Held {
        let Record { hour, id, control, placed, bytes } = self.record;
        Held { arrival: self.arrival, id, hour, control, bytes: bytes.to_vec(), placed }
    }
}

/// An arrival in a list; numbers beyond 40 bits are refused before.
fn add_arrival(list: &mut Vec<u8>, arrival: Arrival) {
    list.extend(arrival.0.to_be_bytes().iter().skip(8 - ARRIVAL));
}

fn split_arrival(bytes: &[u8]) -> Option<(Arrival, &[u8])> {
    let (arrival, rest) = bytes.split_first_chunk::<ARRIVAL>()?;
    Some((Arrival(arrival.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte))), rest))
}

/// The number of a bucket in keys: content months come after control.
pub(super) fn bucket_number(bucket: Bucket) -> u32 {
    match bucket {
        Bucket::Control => 0,
        Bucket::Month(month) => month.0.saturating_add(1),
    }
}

/// The number after a key's room.
pub(super) fn number_of(key: &[u8]) -> Option<u64> {
    key.get(1..9).and_then(|bytes| bytes.try_into().ok()).map(u64::from_be_bytes)
}

/// The month of a key in [`room::ITEMS`], if it is one of content.
pub(super) fn month_of_key(key: &[u8]) -> Option<Month> {
    let number = u32::from_be_bytes(key.get(1..5)?.try_into().ok()?);
    number.checked_sub(1).map(Month)
}

pub(super) fn add_item(items: &mut Vec<u8>, held: &Held) {
    add_arrival(items, held.arrival);
    items.extend_from_slice(&held.hour.0.to_be_bytes());
    items.extend_from_slice(held.id.as_ref());
}

pub(super) fn items(bytes: &[u8]) -> Result<Vec<(Arrival, Hour, EnvelopeId)>, StoreError> {
    let (items, rest) = bytes.as_chunks::<ITEM>();
    if !rest.is_empty() {
        return Err(senseless("a set"));
    }
    let item = |item: &[u8; ITEM]| {
        let (arrival, rest) = split_arrival(item)?;
        let (hour, id) = rest.split_first_chunk::<4>()?;
        Some((arrival, Hour(u32::from_be_bytes(*hour)), EnvelopeId::try_from(id).ok()?))
    };
    items.iter().map(|bytes| item(bytes).ok_or_else(|| senseless("a set"))).collect()
}

/// Where an entry stands in the timeline, and which envelope holds it.
pub(super) type Line = (Cursor, Arrival);

pub(super) fn lines(block: &[u8]) -> Result<Vec<Line>, StoreError> {
    let (lines, rest) = block.as_chunks::<LINE>();
    if !rest.is_empty() {
        return Err(senseless("a part of the timeline"));
    }
    let line = |line: &[u8; LINE]| {
        let (lamport, rest) = line.split_first_chunk::<8>()?;
        let (entry, arrival) = rest.split_first_chunk::<16>()?;
        let cursor = Cursor { lamport: u64::from_be_bytes(*lamport), entry: ShortId(*entry) };
        Some((cursor, split_arrival(arrival)?.0))
    };
    lines.iter().map(|bytes| line(bytes).ok_or_else(|| senseless("a part of the timeline"))).collect()
}

/// Cuts sorted lines into blocks: each with the least lamport that is in it. Lines of one lamport stay together,
/// so that a block's key says which lamports are before it.
pub(super) fn blocks(lines: &[Line]) -> Vec<(u64, Vec<u8>)> {
    let mut blocks: Vec<(u64, Vec<u8>)> = Vec::new();
    let mut last = None;
    for (cursor, arrival) in lines {
        let full = blocks.last().is_none_or(|(_, block)| block.len() >= BLOCK * LINE);
        if full && last != Some(cursor.lamport) {
            blocks.push((cursor.lamport, Vec::new()));
        }
        last = Some(cursor.lamport);
        if let Some((_, block)) = blocks.last_mut() {
            block.extend_from_slice(&cursor.lamport.to_be_bytes());
            block.extend_from_slice(cursor.entry.as_ref());
            add_arrival(block, *arrival);
        }
    }
    blocks
}

/// The highest place of one log.
#[derive(Encode, Decode)]
pub(super) struct LogHead {
    #[n(0)]
    pub(super) author: AuthorId,
    #[n(1)]
    pub(super) log: LogId,
    #[n(2)]
    pub(super) seq: u64,
}

/// Totals, written with every commit.
#[derive(Clone, Debug, Encode, Decode)]
#[cbor(map)]
pub(super) struct Tally {
    /// Version of everything in here.
    #[n(0)]
    pub(super) version: u32,
    /// Where the last envelope was put.
    #[n(1)]
    pub(super) tail: Tail,
    #[n(5)]
    pub(super) slots: Slots,
    /// The number of commits, which numbers the runs of the index.
    #[n(2)]
    pub(super) commits: u64,
    #[n(3)]
    pub(super) lamport: u64,
    #[n(4)]
    pub(super) counts: Counts,
}

impl Tally {
    /// The version that is written.
    pub(super) const VERSION: u32 = 1;

    pub(super) fn empty() -> Tally {
        Tally {
            version: Self::VERSION,
            tail: Tail::default(),
            slots: Slots::default(),
            commits: 0,
            lamport: 0,
            counts: Counts::default(),
        }
    }
}

pub(super) fn encode<T: Encode<()>>(value: &T) -> Vec<u8> {
    minicbor::to_vec(value).unwrap_or_default()
}

pub(super) fn decode<'b, T: Decode<'b, ()>>(bytes: &'b [u8], what: &str) -> Result<T, StoreError> {
    minicbor::decode(bytes).map_err(|_| senseless(what))
}
