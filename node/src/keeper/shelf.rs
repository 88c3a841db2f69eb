//! The database of a keeper: one for all places.
//!
//! ```text
//! 'm'                                          version, last number, what lies about
//! 'p' number                                   a place: id, claim, quota
//! 'g' number                                   the grant that holds, and keys of the past
//! 'u' number                                   what was left by keys of the past, the day of the last exchange
//! 's' number set                               sum and bytes of a set
//! 'e' number set hour envelope id              gate name ‖ envelope, or its stub
//! ```
//!
//! Numbers, sets and hours are four bytes, most significant first; a set is 0 for control, else a month plus one. So
//! the sets of a place lie together, each in the order in which reconciliation wants it, and what is new goes to the end.
//!
//! Changes gather in memory until [`Shelf::commit`], which makes all of them durable or none.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use kith_protocol::id::{EnvelopeId, GateName, KeeperKey};
use kith_protocol::sync::SetName;
use kith_protocol::time::{Hour, Month};
use minicbor::{Decode, Encode};

use super::place::{Holding, Number, Place, Record, Summed, Usage};
use crate::disk::{Disk, RealDisk};
use crate::store::copying::{self, size};
use crate::store::pages::{Pages, Writes};
use crate::store::{StoreError, quarantine};

const META: &[u8] = b"m";
const PLACE: u8 = b'p';
const GRANT: u8 = b'g';
const USAGE: u8 = b'u';
const SET: u8 = b's';
const ENVELOPE: u8 = b'e';

const VERSION: u32 = 1;
/// Values copied at a time.
const PAGE: usize = 500;
/// Files of less are not worth copying for what they take, in bytes.
const WORTH: u64 = 8 << 20;
/// Up to so many bytes held, files are copied whenever anything lies about in them.
const SMALL: u64 = 256 << 20;

/// What is true of the whole database.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
struct Meta {
    #[n(0)]
    version: u32,
    /// The last number given to a place.
    #[n(1)]
    last: Number,
    /// Bytes that were taken out and lie about in the files until they are copied.
    #[n(2)]
    litter: u64,
}

/// An envelope's place on the shelf.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    pub place: Number,
    pub set: SetName,
    pub hour: Hour,
    pub id: EnvelopeId,
}

/// The database.
pub(super) struct Shelf {
    pages: Pages,
    dir: PathBuf,
    cache: u64,
    meta: Meta,
    staged: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
}

impl Shelf {
    /// Opens the database in a directory, made if it is not there; one that cannot be read is set aside. Says whether
    /// that was so.
    pub fn open(dir: &Path, cache: u64) -> Result<(Shelf, bool), StoreError> {
        copying::settle(dir)?;
        match Shelf::try_open(dir, cache) {
            Err(StoreError::Damaged(why)) => {
                tracing::error!(%why, "the database cannot be read");
                quarantine(dir)?;
                Ok((Shelf::try_open(dir, cache)?, true))
            }
            opened => Ok((opened?, false)),
        }
    }

    fn try_open(dir: &Path, cache: u64) -> Result<Shelf, StoreError> {
        let pages = Pages::open(dir, cache)?;
        let meta = match pages.get(META)? {
            Some(bytes) => decode::<Meta>(&bytes)?,
            None => Meta { version: VERSION, last: Number(0), litter: 0 },
        };
        if meta.version != VERSION {
            return Err(StoreError::Damaged(format!("it is of version {}", meta.version)));
        }
        Ok(Shelf { pages, dir: dir.to_owned(), cache, meta, staged: BTreeMap::new() })
    }

    /// Reads all places, without their envelopes.
    pub fn places(&self, keeper: &KeeperKey) -> Result<BTreeMap<Number, Place>, StoreError> {
        let mut places = BTreeMap::new();
        for pair in self.pages.scan(&[PLACE]) {
            let (key, value) = pair?;
            let number = number_in(&key).ok_or_else(senseless)?;
            let mut place = Place::new(number, decode::<Record>(&value)?);
            if let Some(bytes) = self.pages.get(&named(GRANT, number))? {
                place.holding = Some(Holding::decode(&bytes, keeper).ok_or_else(senseless)?);
            }
            if let Some(bytes) = self.pages.get(&named(USAGE, number))? {
                place.usage = decode::<Usage>(&bytes)?;
            }
            for pair in self.pages.scan(&named(SET, number)) {
                let (key, value) = pair?;
                let set = key.get(5..).and_then(set_in).ok_or_else(senseless)?;
                place.sets.insert(set, decode::<Summed>(&value)?);
            }
            places.insert(number, place);
        }
        Ok(places)
    }

    /// The next number for a place.
    pub fn next(&mut self) -> Number {
        self.meta.last = Number(self.meta.last.0.saturating_add(1));
        self.stage_meta();
        self.meta.last
    }

    pub fn put_record(&mut self, place: &Place) {
        self.stage(named(PLACE, place.number), Some(encode(&place.record)));
    }

    pub fn put_holding(&mut self, place: &Place) {
        if let Some(holding) = &place.holding {
            self.stage(named(GRANT, place.number), Some(holding.encode()));
        }
        self.put_usage(place);
    }

    pub fn put_usage(&mut self, place: &Place) {
        self.stage(named(USAGE, place.number), Some(encode(&place.usage)));
    }

    pub fn put_sum(&mut self, number: Number, set: SetName, summed: &Summed) {
        let value = (summed.tally.count() > 0).then(|| encode(summed));
        self.stage(in_set(SET, number, set), value);
    }

    pub fn put_envelope(&mut self, spot: &Spot, gate: &GateName, bytes: &[u8]) {
        self.stage(spot.key(), Some([gate.as_ref(), bytes].concat()));
    }

    /// Takes an envelope out, or leaves less of it.
    pub fn shrink(&mut self, spot: &Spot, gate: &GateName, left: Option<&[u8]>, bytes: u64) {
        self.stage(spot.key(), left.map(|left| [gate.as_ref(), left].concat()));
        self.litter(bytes);
    }

    /// Takes everything of a place out but its envelopes. Copying is due whatever else there is.
    pub fn forget(&mut self, number: Number) {
        self.litter(u64::MAX);
        for what in [PLACE, GRANT, USAGE] {
            self.stage(named(what, number), None);
        }
    }

    /// Whether an envelope is held.
    pub fn holds(&self, spot: &Spot) -> Result<bool, StoreError> {
        Ok(self.value(&spot.key())?.is_some())
    }

    /// The gate name and the bytes of an envelope.
    pub fn envelope(&self, spot: &Spot) -> Result<Option<(GateName, Vec<u8>)>, StoreError> {
        self.value(&spot.key())?.map(|value| split(&value)).transpose()
    }

    /// Which envelopes a set has, in the order of their hours. Of what is committed.
    pub fn items(&self, number: Number, set: SetName) -> Result<Vec<(Hour, EnvelopeId)>, StoreError> {
        let prefix = in_set(ENVELOPE, number, set);
        let items = self.pages.scan(&prefix).map(|pair| {
            let (hour, id) = pair.and_then(|(key, _)| item_in(&key).ok_or_else(senseless))?;
            Ok((hour, id))
        });
        items.collect()
    }

    /// Makes what has gathered durable.
    pub fn commit(&mut self) -> Result<(), StoreError> {
        if self.staged.is_empty() {
            return Ok(());
        }
        let mut writes = Writes::default();
        for (key, value) in std::mem::take(&mut self.staged) {
            match value {
                Some(value) => writes.put(key, value),
                None => writes.remove(key),
            }
        }
        self.pages.apply(writes)
    }

    /// Bytes that its files take.
    pub fn size(&self) -> u64 {
        size(&self.dir)
    }

    /// Whether copying is due: what was taken out is a third of what is held, or anything where little is held, or the
    /// files are three times as large.
    pub fn is_untidy(&self, held: u64) -> bool {
        let most = if held <= SMALL { 0 } else { held / 3 };
        self.meta.litter > most || self.size() > held.max(WORTH).saturating_mul(3)
    }

    /// Copies what is held into new files, and puts them in place of the old, so that what was taken out is gone.
    pub fn copy(self) -> Result<Shelf, StoreError> {
        let Shelf { pages, dir, cache, meta, .. } = self;
        let new = beside(&dir, "new");
        remove(&new)?;
        {
            let target = Pages::open(&new, cache)?;
            let mut writes = Writes::default();
            let mut gathered = 0_usize;
            // Not further pieces of a value: they come with it.
            for what in [PLACE, GRANT, USAGE, SET, ENVELOPE] {
                for pair in pages.scan(&[what]) {
                    let (key, value) = pair?;
                    writes.put(key, value);
                    gathered = gathered.saturating_add(1);
                    if gathered >= PAGE {
                        target.apply(std::mem::take(&mut writes))?;
                        gathered = 0;
                    }
                }
            }
            writes.put(META.to_vec(), encode(&Meta { litter: 0, ..meta }));
            target.apply(writes)?;
        }
        drop(pages);
        let (aside, parent) = (beside(&dir, "old"), dir.parent().unwrap_or(Path::new(".")).to_owned());
        fs::rename(&dir, &aside)?;
        fs::rename(&new, &dir)?;
        RealDisk.sync_dir(&parent)?;
        remove(&aside)?;
        Shelf::try_open(&dir, cache)
    }

    fn litter(&mut self, bytes: u64) {
        self.meta.litter = self.meta.litter.saturating_add(bytes);
        self.stage_meta();
    }

    fn stage_meta(&mut self) {
        let meta = encode(&self.meta);
        self.stage(META.to_vec(), Some(meta));
    }

    fn stage(&mut self, key: Vec<u8>, value: Option<Vec<u8>>) {
        self.staged.insert(key, value);
    }

    fn value(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        match self.staged.get(key) {
            Some(staged) => Ok(staged.clone()),
            None => self.pages.get(key),
        }
    }
}

impl Spot {
    fn key(&self) -> Vec<u8> {
        let mut key = in_set(ENVELOPE, self.place, self.set);
        key.extend_from_slice(&self.hour.0.to_be_bytes());
        key.extend_from_slice(self.id.as_ref());
        key
    }
}

fn named(what: u8, number: Number) -> Vec<u8> {
    [[what].as_slice(), &number.0.to_be_bytes()].concat()
}

fn in_set(what: u8, number: Number, set: SetName) -> Vec<u8> {
    let set = match set {
        SetName::Control => 0,
        SetName::Month(month) => month.0.saturating_add(1),
    };
    [named(what, number).as_slice(), &set.to_be_bytes()].concat()
}

fn number_in(key: &[u8]) -> Option<Number> {
    Some(Number(u32::from_be_bytes(key.get(1..5)?.try_into().ok()?)))
}

fn set_in(bytes: &[u8]) -> Option<SetName> {
    let number = u32::from_be_bytes(bytes.try_into().ok()?);
    Some(number.checked_sub(1).map_or(SetName::Control, |month| SetName::Month(Month(month))))
}

fn item_in(key: &[u8]) -> Option<(Hour, EnvelopeId)> {
    let (hour, id) = key.get(9..)?.split_first_chunk::<4>()?;
    Some((Hour(u32::from_be_bytes(*hour)), EnvelopeId::try_from(id).ok()?))
}

fn split(value: &[u8]) -> Result<(GateName, Vec<u8>), StoreError> {
    let (gate, bytes) = value.split_first_chunk().ok_or_else(senseless)?;
    Ok((GateName(*gate), bytes.to_vec()))
}

fn encode<T: Encode<()>>(value: &T) -> Vec<u8> {
    minicbor::to_vec(value).unwrap_or_default()
}

fn decode<'b, T: Decode<'b, ()>>(bytes: &'b [u8]) -> Result<T, StoreError> {
    minicbor::decode(bytes).map_err(|_| senseless())
}

fn senseless() -> StoreError {
    StoreError::Damaged("a value makes no sense".into())
}

fn beside(dir: &Path, end: &str) -> PathBuf {
    let mut name = dir.file_name().unwrap_or_default().to_os_string();
    name.push(".");
    name.push(end);
    dir.with_file_name(name)
}

fn remove(dir: &Path) -> std::io::Result<()> {
    match fs::remove_dir_all(dir) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
