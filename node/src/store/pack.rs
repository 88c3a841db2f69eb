//! The values that the store on disk keeps, as bytes.

use kith_protocol::id::{AuthorId, EnvelopeId, LogId, ShortId};
use kith_protocol::time::{Hour, Month};
use minicbor::{Decode, Decoder, Encode};

use super::{Arrival, Bucket, Counts, Cursor, Held, Placed, StoreError};

/// First bytes of keys.
pub(super) mod room {
    /// `‖ arrival of the first`: records, one behind the other.
    pub(in crate::store) const PACK: u8 = b'r';
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

/// A pack is not added to when it has grown to this many bytes; with one record less it fits a piece.
pub(super) const PACK_FULL: usize = 6900;
/// A pack of an earlier commit is not added to when it has this many bytes.
pub(super) const PACK_SETTLED: usize = 3500;
/// Bytes of one item of reconciliation: arrival u32, hour u32, envelope id.
pub(super) const ITEM: usize = 40;
/// A value of items is not added to when it has this many bytes.
pub(super) const ITEMS_FULL: usize = 170 * ITEM;
/// One of an earlier commit is not added to when it has this many bytes.
pub(super) const ITEMS_SETTLED: usize = 24 * ITEM;
/// Lines of the timeline in one block.
const BLOCK: usize = 96;
/// Bytes of one line: lamport u64, half an entry id, arrival u32.
const LINE: usize = 28;
/// Bytes that say which of 1024 envelopes wait.
pub(super) const WAITING: usize = 128;

fn senseless(what: &str) -> StoreError {
    StoreError::Damaged(format!("{what} makes no sense"))
}

/// One held envelope.
#[derive(Encode, Decode)]
struct Record<'b> {
    #[n(0)]
    arrival: u64,
    #[n(1)]
    hour: Hour,
    #[n(2)]
    id: EnvelopeId,
    #[n(3)]
    control: bool,
    #[n(4)]
    placed: Option<Placed>,
    #[cbor(b(5), with = "minicbor::bytes")]
    bytes: &'b [u8],
}

/// Adds a record to a pack.
pub(super) fn add_record(pack: &mut Vec<u8>, held: &Held) {
    let Held { arrival, id, hour, control, ref bytes, ref placed } = *held;
    let record = Record { arrival: arrival.0, hour, id, control, placed: placed.clone(), bytes };
    // Writing to a Vec cannot fail, and nothing in a record refuses to be encoded.
    let _ = minicbor::encode(record, pack);
}

/// The records of a pack, without their bytes being copied until asked for.
pub(super) fn records(pack: &[u8]) -> impl Iterator<Item = Result<Lazy<'_>, StoreError>> {
    let mut from = Decoder::new(pack);
    std::iter::from_fn(move || {
        (from.position() < pack.len()).then(|| from.decode().map(Lazy).map_err(|_| senseless("a record")))
    })
}

/// A record whose bytes lie in its pack.
pub(super) struct Lazy<'b>(Record<'b>);

impl Lazy<'_> {
    pub(super) fn arrival(&self) -> Arrival {
        Arrival(self.0.arrival)
    }

    pub(super) fn id(&self) -> EnvelopeId {
        self.0.id
    }

    pub(super) fn is_control(&self) -> bool {
        self.0.control
    }

    pub(super) fn placed(&self) -> Option<&Placed> {
        self.0.placed.as_ref()
    }

    pub(super) fn held(self) -> Held {
        let Record { arrival, hour, id, control, placed, bytes } = self.0;
        Held { arrival: Arrival(arrival), id, hour, control, bytes: bytes.to_vec(), placed }
    }
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
    let arrival = u32::try_from(held.arrival.0).unwrap_or(u32::MAX);
    items.extend_from_slice(&arrival.to_be_bytes());
    items.extend_from_slice(&held.hour.0.to_be_bytes());
    items.extend_from_slice(held.id.as_ref());
}

pub(super) fn items(bytes: &[u8]) -> Result<Vec<(Arrival, Hour, EnvelopeId)>, StoreError> {
    let (items, rest) = bytes.as_chunks::<ITEM>();
    if !rest.is_empty() {
        return Err(senseless("a set"));
    }
    let item = |item: &[u8; ITEM]| {
        let (arrival, rest) = item.split_first_chunk::<4>()?;
        let (hour, id) = rest.split_first_chunk::<4>()?;
        let arrival = Arrival(u64::from(u32::from_be_bytes(*arrival)));
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
        Some((cursor, Arrival(u64::from(u32::from_be_bytes(arrival.try_into().ok()?)))))
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
            block.extend_from_slice(&u32::try_from(arrival.0).unwrap_or(u32::MAX).to_be_bytes());
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
    /// The last number given to an envelope.
    #[n(1)]
    pub(super) arrivals: u64,
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
        Tally { version: Self::VERSION, arrivals: 0, commits: 0, lamport: 0, counts: Counts::default() }
    }
}

pub(super) fn encode<T: Encode<()>>(value: &T) -> Vec<u8> {
    minicbor::to_vec(value).unwrap_or_default()
}

pub(super) fn decode<'b, T: Decode<'b, ()>>(bytes: &'b [u8], what: &str) -> Result<T, StoreError> {
    minicbor::decode(bytes).map_err(|_| senseless(what))
}
