//! The store on disk, over one sled tree.
//!
//! Records lie packed by order of arrival; the timeline in blocks by lamport; what ids lead to is in the
//! [index](super::index). A commit writes some two hundred values for a thousand posts.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use kith_protocol::id::{AuthorId, EntryId, EnvelopeId, LogId, ShortId};
use kith_protocol::time::{Hour, Month};

use super::index::{Index, Mark, RunName};
use super::pack::{self, LogHead, Tally, room};
use super::packs::Part;
use super::pages::Pages;
use super::work::{Work, key, lost, note_key, prefix_of};
use super::{
    Arrival, Bucket, Change, Counts, Cursor, DataKeys, Held, PREFIX_LEAST, Store, StoreError, arranged,
    checked,
};

/// A [`Store`] in a directory of its own.
pub struct SledStore {
    pub(super) pages: Pages,
    keys: DataKeys,
    index: Index,
    pub(super) tally: Tally,
    /// What was read last: neighbours are mostly read one after the other.
    recent: RefCell<Option<Part>>,
}

impl SledStore {
    /// Opens the store in a directory, made if it is not there. `cache_bytes` is the memory sled may fill with
    /// what it read: the node's budget divided by its open cells.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], also if the keys are not the ones it was written with; [`StoreError::InUse`];
    /// [`StoreError::Io`].
    pub fn open(dir: &Path, keys: DataKeys, cache_bytes: u64) -> Result<SledStore, StoreError> {
        let pages = Pages::open(dir, cache_bytes)?;
        let tally = match pages.get(&[room::TALLY])? {
            Some(sealed) => {
                let tally: Tally = pack::decode(&keys.unseal(&[room::TALLY], &sealed)?, "the totals")?;
                if tally.version != Tally::VERSION {
                    return Err(StoreError::Damaged(format!("it is of version {}", tally.version)));
                }
                tally
            }
            None if pages.is_empty()? => Tally::empty(),
            None => return Err(StoreError::Damaged("the totals are missing".into())),
        };
        let mut index = Index::default();
        for run in pages.scan(&[room::RUN]) {
            let (place, sealed) = run?;
            let name = run_name(&place).ok_or_else(lost)?;
            index.load(name, &keys.unseal(&place, &sealed)?)?;
        }
        Ok(SledStore { pages, keys, index, tally, recent: RefCell::new(None) })
    }

    /// Calls `found` with a record, whose bytes are copied only if it asks for them.
    fn with_record<T>(
        &self,
        arrival: Arrival,
        found: impl FnOnce(pack::Lazy<'_>) -> T,
    ) -> Result<T, StoreError> {
        let mut recent = self.recent.borrow_mut();
        if !recent.as_ref().is_some_and(|part| part.has(arrival)) {
            *recent = Some(Part::read(&self.pages, &self.keys, arrival)?);
        }
        let part = recent.as_ref().ok_or_else(lost)?;
        Ok(found(part.record(arrival)?))
    }

    fn held(&self, arrival: Arrival) -> Result<Held, StoreError> {
        self.with_record(arrival, |record| record.held())
    }

    /// Records in the order asked for, read in the order in which they lie.
    fn all_held(&self, arrivals: &[Arrival]) -> Result<Vec<Held>, StoreError> {
        let mut order: Vec<_> = arrivals.iter().copied().zip(0_usize..).collect();
        order.sort_unstable();
        let mut found = order
            .into_iter()
            .map(|(arrival, place)| Ok((place, self.held(arrival)?)))
            .collect::<Result<Vec<_>, StoreError>>()?;
        found.sort_unstable_by_key(|(place, _)| *place);
        Ok(found.into_iter().map(|(_, held)| held).collect())
    }

    /// The envelopes that a mark may mean and that are.
    fn matching(
        &self,
        mark: Mark<'_>,
        is: impl Fn(&pack::Lazy<'_>) -> bool,
    ) -> impl Iterator<Item = Result<Held, StoreError>> {
        self.index.candidates(&self.keys, mark).into_iter().filter_map(move |arrival| {
            self.with_record(arrival, |record| is(&record).then(|| record.held())).transpose()
        })
    }

    fn starting(&self, prefix: &[u8]) -> impl Iterator<Item = Result<Held, StoreError>> {
        let least = prefix_of(prefix).unwrap_or([0; PREFIX_LEAST]);
        self.matching(Mark::Entry(least), move |record| {
            record.placed().is_some_and(|placed| placed.entry.0.starts_with(prefix))
        })
    }
}

impl Store for SledStore {
    fn commit(&mut self, changes: Vec<Change>) -> Result<(), StoreError> {
        checked(&changes, &self.keys)?;
        if changes.is_empty() {
            return Ok(());
        }
        let mut work = Work::new(&self.pages, &self.keys, self.index.clone(), self.tally.clone());
        for change in arranged(changes) {
            work.change(change)?;
        }
        let (writes, index, tally) = work.finish()?;
        self.pages.apply(writes)?;
        (self.index, self.tally) = (index, tally);
        *self.recent.get_mut() = None;
        Ok(())
    }

    fn has_key(&self, month: Month) -> bool {
        self.keys.has(month)
    }

    fn learn_key(&mut self, month: Month, key: [u8; 32]) {
        self.keys.learn(month, key);
    }

    fn holds(&self, id: &EnvelopeId) -> Result<bool, StoreError> {
        for arrival in self.index.candidates(&self.keys, Mark::Envelope(id)) {
            if self.with_record(arrival, |record| record.id() == *id)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn envelope(&self, id: &EnvelopeId) -> Result<Option<Held>, StoreError> {
        self.matching(Mark::Envelope(id), |record| record.id() == *id).next().transpose()
    }

    fn entry(&self, id: &ShortId) -> Result<Option<Held>, StoreError> {
        self.starting(id.as_ref()).next().transpose()
    }

    fn entries_starting(&self, prefix: &[u8], limit: usize) -> Result<Vec<Held>, StoreError> {
        if prefix.len() < PREFIX_LEAST {
            return Ok(Vec::new());
        }
        let mut found = BTreeSet::new();
        let once = self.starting(prefix).filter(|held| match held {
            Ok(held) => held.placed.as_ref().is_some_and(|placed| found.insert(placed.entry)),
            Err(_) => true,
        });
        once.take(limit).collect()
    }

    fn copies(&self, id: &EntryId) -> Result<Vec<EnvelopeId>, StoreError> {
        self.starting(id.as_ref()).map(|held| Ok(held?.id)).collect()
    }

    fn slot(&self, author: &AuthorId, log: &LogId, seq: u64) -> Result<Vec<EntryId>, StoreError> {
        let mut entries = Vec::new();
        for arrival in self.index.candidates(&self.keys, Mark::Slot(author, log, seq)) {
            let placed = self.with_record(arrival, |record| record.placed().cloned())?;
            let here = placed.filter(|at| at.author == *author && at.log == *log && at.seq == seq);
            if let Some(placed) = here.filter(|placed| !entries.contains(&placed.entry)) {
                entries.push(placed.entry);
            }
        }
        Ok(entries)
    }

    fn control(&self, after: Arrival, limit: usize) -> Result<Vec<Held>, StoreError> {
        let number = pack::bucket_number(Bucket::Control).to_be_bytes();
        let mut found = Vec::new();
        // The value that `after` lies in, if there is one, and those after it.
        let place = key(room::ITEMS, &[&number, &after.0.to_be_bytes()]);
        let within = self.pages.at_or_before(room::ITEMS, &place)?;
        let mut from = within.map_or(place, |(place, _)| place);
        let end = key(room::ITEMS, &[&number, &[0xff; 8]]);
        while found.len() < limit
            && let Some((place, sealed)) = self.pages.at_or_after(&from, &end)?
        {
            let items = pack::items(&self.keys.unseal(&place, &sealed)?)?;
            let left = limit.saturating_sub(found.len());
            for (arrival, _, _) in items.into_iter().filter(|(at, _, _)| *at > after).take(left) {
                found.push(self.held(arrival)?);
            }
            from = [place.as_slice(), &[0]].concat();
        }
        Ok(found)
    }

    fn unplaced(&self, after: Arrival, limit: usize) -> Result<Vec<Held>, StoreError> {
        let mut found = Vec::new();
        let mut from = key(room::WAITING, &[&(after.0 >> 10).to_be_bytes()]);
        let end = [room::WAITING, 0xff];
        while found.len() < limit
            && let Some((place, sealed)) = self.pages.at_or_after(&from, &end)?
        {
            let left = limit.saturating_sub(found.len());
            let waiting = waiting(&place, &self.keys.unseal(&place, &sealed)?);
            for arrival in waiting.into_iter().filter(|arrival| *arrival > after).take(left) {
                found.push(self.held(arrival)?);
            }
            from = [place.as_slice(), &[0]].concat();
        }
        Ok(found)
    }

    fn items(&self, bucket: Bucket) -> Result<Vec<(Hour, EnvelopeId)>, StoreError> {
        let prefix = key(room::ITEMS, &[&pack::bucket_number(bucket).to_be_bytes()]);
        let mut found = Vec::new();
        for value in self.pages.scan(&prefix) {
            let (place, sealed) = value?;
            let items = pack::items(&self.keys.unseal(&place, &sealed)?)?;
            found.extend(items.into_iter().map(|(_, hour, id)| (hour, id)));
        }
        Ok(found)
    }

    fn months(&self) -> Result<Vec<Month>, StoreError> {
        let mut found = Vec::new();
        let mut from = key(room::ITEMS, &[&1_u32.to_be_bytes()]);
        while let Some((place, _)) = self.pages.at_or_after(&from, &[room::ITEMS + 1])? {
            let month = pack::month_of_key(&place).ok_or_else(lost)?;
            found.push(month);
            let next = pack::bucket_number(Bucket::Month(month)).saturating_add(1);
            from = key(room::ITEMS, &[&next.to_be_bytes()]);
        }
        Ok(found)
    }

    fn timeline(&self, before: Option<Cursor>, limit: usize) -> Result<Vec<Held>, StoreError> {
        let mut found = Vec::new();
        let mut up_to = before.map_or(u64::MAX, |before| before.lamport);
        while found.len() < limit {
            let place = key(room::TIMELINE, &[&up_to.to_be_bytes()]);
            let Some((place, sealed)) = self.pages.at_or_before(room::TIMELINE, &place)? else { break };
            let lines = pack::lines(&self.keys.unseal(&place, &sealed)?)?;
            let older = lines.iter().rev().filter(|(at, _)| before.is_none_or(|before| *at < before));
            found.extend(older.take(limit.saturating_sub(found.len())).map(|(_, arrival)| *arrival));
            match pack::number_of(&place).and_then(|least| least.checked_sub(1)) {
                Some(earlier) => up_to = earlier,
                None => break,
            }
        }
        self.all_held(&found)
    }

    fn replies_to(&self, id: &ShortId, skip: usize, limit: usize) -> Result<Vec<Held>, StoreError> {
        let replies = self.matching(Mark::ReplyTo(id), |record| {
            !record.is_control() && record.placed().is_some_and(|placed| placed.reply_to == Some(*id))
        });
        let mut found = BTreeSet::new();
        let once = replies.filter(|held| match held {
            Ok(held) => held.placed.as_ref().is_some_and(|placed| found.insert(placed.entry)),
            Err(_) => true,
        });
        once.skip(skip).take(limit).collect()
    }

    fn log_heads(&self) -> Result<BTreeMap<(AuthorId, LogId), u64>, StoreError> {
        let mut heads = BTreeMap::new();
        for value in self.pages.scan(&[room::HEAD]) {
            let (place, sealed) = value?;
            let plain = self.keys.unseal(&place, &sealed)?;
            let LogHead { author, log, seq } = pack::decode(&plain, "the head of a log")?;
            heads.insert((author, log), seq);
        }
        Ok(heads)
    }

    fn highest_lamport(&self) -> Result<u64, StoreError> {
        Ok(self.tally.lamport)
    }

    fn counts(&self) -> Result<Counts, StoreError> {
        Ok(self.tally.counts)
    }

    fn note(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let place = note_key(&self.keys, name);
        self.pages.get(&place)?.map(|sealed| self.keys.unseal(&place, &sealed)).transpose()
    }
}

fn run_name(place: &[u8]) -> Option<RunName> {
    let (level, number) = place.get(1..)?.split_first()?;
    Some((*level, u64::from_be_bytes(number.try_into().ok()?)))
}

/// The envelopes that wait, of 1024.
fn waiting(place: &[u8], bits: &[u8]) -> Vec<Arrival> {
    let base = pack::number_of(place).unwrap_or_default() << 10;
    let set = (0_u64..).zip(bits).flat_map(|(byte, bits)| {
        (0..8_u64).filter(move |bit| bits & (1 << bit) != 0).map(move |bit| byte << 3 | bit)
    });
    set.map(|bit| Arrival(base | bit)).collect()
}
