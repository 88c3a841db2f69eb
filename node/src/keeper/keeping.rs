//! Making places, giving them room, and deleting: whole places, and months that are not kept any more.

use kith_protocol::id::{PlaceId, StewardKey};
use kith_protocol::sync::SetName;

use super::KeeperError;
use super::operator::Shown;
use super::place::{Number, Place, Record};
use super::places::{Line, Places, day};
use super::shelf::Spot;

/// Places that one keeper has, whoever was let in.
const PLACES: usize = 10_000;
/// Envelopes taken out in one commit.
const PAGE: usize = 1000;

impl Places {
    /// Makes a place.
    pub fn enrol(&mut self, id: PlaceId, claim: StewardKey, quota: u64) -> Result<Number, KeeperError> {
        if self.places.len() >= PLACES {
            return Err(KeeperError::Full);
        }
        let number = self.shelf.next();
        let place = Place::new(number, Record { id, claim, quota, since: day(self.now()) });
        self.shelf.put_record(&place);
        self.by_id.insert(id, number);
        self.places.insert(number, place);
        self.say(Line::Enrolled(number.0));
        Ok(number)
    }

    /// All places, as the operator sees them.
    pub fn shown(&self) -> Vec<Shown> {
        self.places.values().map(Shown::of).collect()
    }

    /// Bytes that the database's files take.
    pub fn size(&self) -> u64 {
        self.shelf.size()
    }

    /// Sets how many bytes may be held for a place. What is held beyond it stays.
    pub fn set_quota(&mut self, number: Number, quota: u64) -> Result<Shown, KeeperError> {
        let place = self.places.get_mut(&number).ok_or(KeeperError::NoPlace)?;
        place.record.quota = quota;
        self.shelf.put_record(place);
        Ok(Shown::of(place))
    }

    /// Deletes a place with all that is held for it.
    pub fn forget(&mut self, number: Number) -> Result<(), KeeperError> {
        let place = self.places.get(&number).ok_or(KeeperError::NoPlace)?;
        let (id, sets) = (place.record.id, place.sets.keys().copied().collect::<Vec<_>>());
        // The place goes last: if this breaks off, it is there to be deleted again.
        for set in sets {
            self.take_out(number, set)?;
        }
        self.shelf.forget(number);
        self.commit()?;
        self.places.remove(&number);
        self.by_id.remove(&id);
        self.sets.forget(number, None);
        self.reopen = true;
        self.say(Line::Dropped(number.0));
        Ok(())
    }

    /// Deletes the months that places do not keep any more; says whether the files should be copied.
    pub fn tidy(&mut self) -> Result<(), KeeperError> {
        let old = |place: &Place| {
            let since = place.since();
            let is_old = move |set: &&SetName| matches!(set, SetName::Month(month) if *month < since);
            let sets: Vec<_> = place.sets.keys().filter(is_old).copied().collect();
            sets.into_iter().map(|set| (place.number, set)).collect::<Vec<_>>()
        };
        let old: Vec<_> = self.places.values().flat_map(old).collect();
        for (number, set) in old {
            self.take_out(number, set)?;
        }
        let held = self.places.values().fold(0, |sum: u64, place| sum.saturating_add(place.used()));
        self.reopen |= self.shelf.is_untidy(held);
        Ok(())
    }

    /// Deletes a set, a few envelopes at a time.
    fn take_out(&mut self, number: Number, set: SetName) -> Result<(), KeeperError> {
        self.commit()?;
        self.sets.forget(number, Some(set));
        for page in self.shelf.items(number, set)?.chunks(PAGE) {
            for (hour, id) in page {
                let spot = Spot { place: number, set, hour: *hour, id: *id };
                let Some((gate, bytes)) = self.shelf.envelope(&spot)? else { continue };
                self.shelf.shrink(&spot, &gate, None, bytes.len() as u64);
                if let Some(summed) = self.places.get_mut(&number).and_then(|place| place.sets.get_mut(&set))
                {
                    summed.tally.remove(id);
                    summed.bytes = summed.bytes.saturating_sub(bytes.len() as u64);
                    self.shelf.put_sum(number, set, summed);
                }
            }
            self.commit()?;
        }
        if let Some(place) = self.places.get_mut(&number) {
            place.sets.remove(&set);
        }
        Ok(())
    }
}
