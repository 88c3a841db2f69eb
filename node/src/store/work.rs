//! One commit in the making: what it reads is what is on the disk with its own changes over it.

use std::collections::BTreeMap;

use kith_protocol::id::{AuthorId, EntryId, EnvelopeId, LogId};

use super::index::{Index, Mark};
use super::pack::{self, Line, LogHead, Tally, room};
use super::packs::Packs;
use super::pages::{Pages, Pair, Writes};
use super::seal::Class;
use super::{Arrival, Bucket, Change, DataKeys, Held, PREFIX_LEAST, Placed, Put, StoreError};

pub(super) struct Work<'s> {
    pages: &'s Pages,
    keys: &'s DataKeys,
    index: Index,
    tally: Tally,
    packs: Packs<'s>,
    /// Other values as they will be, unsealed; none are removed.
    staged: BTreeMap<Vec<u8>, Option<(Class, Vec<u8>)>>,
    open_items: BTreeMap<Bucket, Vec<u8>>,
    lines: Vec<Line>,
    heads: BTreeMap<(AuthorId, LogId), u64>,
}

/// `room ‖ parts`.
pub(super) fn key(room: u8, parts: &[&[u8]]) -> Vec<u8> {
    let mut key = vec![room];
    parts.iter().for_each(|part| key.extend_from_slice(part));
    key
}

/// The first bytes of an entry's id, by which it is looked for.
pub(super) fn prefix_of(id: &[u8]) -> Option<[u8; PREFIX_LEAST]> {
    id.first_chunk().copied()
}

impl<'s> Work<'s> {
    pub(super) fn new(pages: &'s Pages, keys: &'s DataKeys, index: Index, tally: Tally) -> Self {
        Work {
            pages,
            keys,
            index,
            packs: Packs::new(pages, keys, tally.tail.clone(), tally.slots.clone()),
            tally,
            staged: BTreeMap::new(),
            open_items: BTreeMap::new(),
            lines: Vec::new(),
            heads: BTreeMap::new(),
        }
    }

    pub(super) fn change(&mut self, change: Change) -> Result<(), StoreError> {
        match change {
            Change::Put(put) => match self.find(&put.id)? {
                None => self.put(put),
                Some(held) => put.placed.map_or(Ok(()), |placed| self.place(held, placed)),
            },
            Change::Place { id, placed } => {
                let held = self.find(&id)?.ok_or(StoreError::NotHeld(id))?;
                self.place(held, placed)
            }
            Change::Shrink { id, bytes } => match self.find(&id)? {
                Some(held) => self.packs.replace(&Held { bytes, ..held }),
                None => Ok(()),
            },
            Change::Note { name, bytes } => {
                let place = note_key(self.keys, &name);
                self.staged.insert(place, bytes.map(|bytes| (Class::Lasting, bytes)));
                Ok(())
            }
        }
    }

    fn put(&mut self, put: Put) -> Result<(), StoreError> {
        let Put { id, hour, control, bytes, placed } = put;
        let mut held = Held { arrival: Arrival(0), id, hour, control, bytes, placed };
        // Marks come after the record that they lead to.
        let first = held.placed.as_ref().map(|placed| self.is_new(&placed.entry)).transpose()?;
        self.packs.add(&mut held)?;
        let arrival = held.arrival;
        pack::add_item(self.items_for(&held)?, &held);
        self.tally.counts.envelopes = self.tally.counts.envelopes.saturating_add(1);
        self.index.add(self.keys, Mark::Envelope(&id), arrival)?;
        match (&held.placed, first) {
            (Some(placed), Some(first)) => self.register(arrival, control, placed, first),
            _ => self.set_waiting(arrival, true),
        }
    }

    fn place(&mut self, mut held: Held, placed: Placed) -> Result<(), StoreError> {
        if held.placed.is_some() {
            return Ok(());
        }
        let first = self.is_new(&placed.entry)?;
        self.register(held.arrival, held.control, &placed, first)?;
        self.set_waiting(held.arrival, false)?;
        held.placed = Some(placed);
        self.packs.replace(&held)
    }

    /// Adds an entry to everything that entries are found by; `first`, if no other envelope holds it.
    fn register(
        &mut self,
        arrival: Arrival,
        control: bool,
        placed: &Placed,
        first: bool,
    ) -> Result<(), StoreError> {
        if let Some(prefix) = prefix_of(&placed.entry.0) {
            self.index.add(self.keys, Mark::Entry(prefix), arrival)?;
        }
        self.index.add(self.keys, Mark::Slot(&placed.author, &placed.log, placed.seq), arrival)?;
        let head = self.heads.entry((placed.author, placed.log)).or_default();
        *head = placed.seq.max(*head);
        self.tally.lamport = placed.lamport.max(self.tally.lamport);
        if !first {
            return Ok(());
        }
        let counts = &mut self.tally.counts;
        let count = if control { &mut counts.control } else { &mut counts.content };
        *count = count.saturating_add(1);
        if !control {
            self.lines.push((placed.cursor(), arrival));
            if let Some(parent) = &placed.reply_to {
                self.index.add(self.keys, Mark::ReplyTo(parent), arrival)?;
            }
        }
        Ok(())
    }

    /// Says whether no envelope is placed with this entry.
    fn is_new(&self, entry: &EntryId) -> Result<bool, StoreError> {
        let Some(prefix) = prefix_of(&entry.0) else { return Ok(true) };
        for arrival in self.index.candidates(self.keys, Mark::Entry(prefix)) {
            if self.packs.read(arrival)?.placed.is_some_and(|placed| placed.entry == *entry) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn find(&self, id: &EnvelopeId) -> Result<Option<Held>, StoreError> {
        for arrival in self.index.candidates(self.keys, Mark::Envelope(id)) {
            let held = self.packs.read(arrival)?;
            if held.id == *id {
                return Ok(Some(held));
            }
        }
        Ok(None)
    }

    /// The set of reconciliation to add an item to.
    fn items_for(&mut self, held: &Held) -> Result<&mut Vec<u8>, StoreError> {
        let bucket = Bucket::of(held.control, held.hour);
        let number = pack::bucket_number(bucket).to_be_bytes();
        let place = match self.open_items.remove(&bucket) {
            Some(place) => Some(place),
            None => {
                let last = key(room::ITEMS, &[&number, &[0xff; 8]]);
                let found = self.pages.at_or_before(room::ITEMS, &last)?;
                let found = found.filter(|(place, _)| place.get(1..5) == Some(number.as_slice()));
                match found {
                    Some((place, sealed)) if sealed.len() < pack::ITEMS_SETTLED => {
                        let value = self.keys.unseal(&place, &sealed)?;
                        self.staged.insert(place.clone(), Some((Class::Lasting, value)));
                        Some(place)
                    }
                    _ => None,
                }
            }
        };
        let place = place
            .filter(|place| self.length(place) < pack::ITEMS_FULL)
            .unwrap_or_else(|| key(room::ITEMS, &[&number, &held.arrival.0.to_be_bytes()]));
        self.open_items.insert(bucket, place.clone());
        Ok(self.staged_value(place, Class::Lasting))
    }

    fn set_waiting(&mut self, arrival: Arrival, waits: bool) -> Result<(), StoreError> {
        let place = key(room::WAITING, &[&(arrival.0 >> 10).to_be_bytes()]);
        let mut bits = self.get(&place)?.unwrap_or_else(|| vec![0; pack::WAITING]);
        let bit = arrival.0 & 1023;
        let byte = usize::try_from(bit >> 3).ok().and_then(|at| bits.get_mut(at)).ok_or_else(lost)?;
        let mask = 1 << (bit & 7);
        let unplaced = &mut self.tally.counts.unplaced;
        if waits {
            *byte |= mask;
            *unplaced = unplaced.saturating_add(1);
        } else {
            *byte &= !mask;
            *unplaced = unplaced.saturating_sub(1);
        }
        let empty = bits.iter().all(|byte| *byte == 0);
        self.staged.insert(place, (!empty).then_some((Class::Lasting, bits)));
        Ok(())
    }

    /// Ends the commit: what to write, and the index and totals to go on with.
    pub(super) fn finish(mut self) -> Result<(Writes, Index, Tally), StoreError> {
        self.write_heads()?;
        self.write_lines()?;
        self.tally.commits = self.tally.commits.saturating_add(1);
        let turn = self.index.turn(self.tally.commits);
        for name in turn.gone {
            self.staged.insert(run_key(name), None);
        }
        if let Some((name, bytes)) = turn.new {
            self.staged.insert(run_key(name), Some((Class::Lasting, bytes)));
        }
        let mut writes = Writes::default();
        (self.tally.tail, self.tally.slots) = self.packs.finish(&mut writes)?;
        for (place, value) in self.staged {
            let Some((class, value)) = value else {
                writes.remove(place);
                continue;
            };
            let sealed = self.keys.seal(class, &place, &value)?;
            match place.first() {
                Some(&(room::ITEMS | room::TIMELINE | room::RUN)) => {
                    writes.put_to_stay(place, sealed, &mut self.tally.slots);
                }
                _ => writes.put(place, sealed),
            }
        }
        // Spacers change nothing that is read, so they need not be part of the commit.
        self.pages.space(&mut self.tally.slots)?;
        let tally = self.keys.seal(Class::Lasting, &[room::TALLY], &pack::encode(&self.tally))?;
        writes.put(vec![room::TALLY], tally);
        Ok((writes, self.index, self.tally))
    }

    fn write_heads(&mut self) -> Result<(), StoreError> {
        for ((author, log), seq) in std::mem::take(&mut self.heads) {
            let mark: [u8; 12] = self.keys.mark("head", &[author.as_ref(), log.as_ref()]);
            let place = key(room::HEAD, &[&mark]);
            let known = match self.get(&place)? {
                None => None,
                Some(bytes) => Some(pack::decode::<LogHead>(&bytes, "the head of a log")?.seq),
            };
            if known.is_none_or(|known| known < seq) {
                let head = pack::encode(&LogHead { author, log, seq });
                self.staged.insert(place, Some((Class::Lasting, head)));
            }
        }
        Ok(())
    }

    fn write_lines(&mut self) -> Result<(), StoreError> {
        let mut lines = std::mem::take(&mut self.lines);
        lines.sort_unstable();
        let mut rest = lines.into_iter().peekable();
        while let Some((cursor, _)) = rest.peek() {
            // Everything that belongs before the block after this one goes in here. The first block's key is
            // zero, so that none is before it.
            let least = cursor.lamport;
            let found = self.at_or_before(room::TIMELINE, &key(room::TIMELINE, &[&least.to_be_bytes()]))?;
            let (mut place, mut block) = match found {
                None => (key(room::TIMELINE, &[&[0; 8]]), Vec::new()),
                Some((place, bytes)) => (place, pack::lines(&bytes)?),
            };
            let behind = block.last().is_some_and(|(last, _)| last.lamport < least);
            if behind && block.len() >= pack::BLOCK_SETTLED {
                (place, block) = (key(room::TIMELINE, &[&least.to_be_bytes()]), Vec::new());
            }
            let next = self.first_after(&place)?;
            while let Some(line) = rest.next_if(|(cursor, _)| next.is_none_or(|next| cursor.lamport < next)) {
                block.push(line);
            }
            block.sort_unstable();
            for (number, (lamport, bytes)) in pack::blocks(&block).into_iter().enumerate() {
                let place =
                    if number == 0 { place.clone() } else { key(room::TIMELINE, &[&lamport.to_be_bytes()]) };
                self.staged.insert(place, Some((Class::Lasting, bytes)));
            }
        }
        Ok(())
    }

    /// The least lamport of the block of the timeline after this one, on the disk: blocks staged by this commit
    /// come in order and are complete.
    fn first_after(&self, place: &[u8]) -> Result<Option<u64>, StoreError> {
        let from = [place, &[0]].concat();
        let found = self.pages.at_or_after(&from, &[room::TIMELINE + 1])?;
        Ok(found.and_then(|(place, _)| pack::number_of(&place)))
    }

    fn get(&self, place: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        match self.staged.get(place) {
            Some(staged) => Ok(staged.as_ref().map(|(_, value)| value.clone())),
            None => self.pages.get(place)?.map(|sealed| self.keys.unseal(place, &sealed)).transpose(),
        }
    }

    fn at_or_before(&self, room: u8, place: &[u8]) -> Result<Option<Pair>, StoreError> {
        let staged = self.staged.range(vec![room]..=place.to_vec()).rev();
        let staged = staged.filter_map(|(place, value)| Some((place, &value.as_ref()?.1))).next();
        let stored = self.pages.at_or_before(room, place)?;
        match (staged, stored) {
            (Some((near, value)), stored) if stored.as_ref().is_none_or(|(far, _)| far <= near) => {
                Ok(Some((near.clone(), value.clone())))
            }
            (_, Some((place, sealed))) => {
                let value = self.keys.unseal(&place, &sealed)?;
                Ok(Some((place, value)))
            }
            (_, None) => Ok(None),
        }
    }

    fn length(&self, place: &[u8]) -> usize {
        self.staged.get(place).and_then(Option::as_ref).map_or(0, |(_, value)| value.len())
    }

    fn staged_value(&mut self, place: Vec<u8>, class: Class) -> &mut Vec<u8> {
        let value = self.staged.entry(place).or_default();
        &mut value.get_or_insert_with(|| (class, Vec::new())).1
    }
}

pub(super) fn note_key(keys: &DataKeys, name: &str) -> Vec<u8> {
    key(room::NOTE, &[&keys.mark::<16>("note", &[name.as_bytes()])])
}

fn run_key((level, number): (u8, u64)) -> Vec<u8> {
    key(room::RUN, &[&[level], &number.to_be_bytes()])
}

/// What the index or a list names is not there.
pub(super) fn lost() -> StoreError {
    StoreError::Damaged("a record is missing".into())
}
