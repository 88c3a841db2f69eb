//! All places of a keeper, and everything that is done at them. One thread owns this ([`super::thread`]).
//!
//! Guarantees: what [`Places::admit`] says is held is durable once the thread has committed, and is not said before;
//! whoever has a [`Pass`] is asked at each step what they may do *now*, so that a grant that comes in the middle of a
//! session holds in it; nothing that was refused is counted or kept in part.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use kith_protocol::envelope::{Envelope, Stub};
use kith_protocol::id::{EnvelopeId, KeeperKey, PlaceId};
use kith_protocol::keeper::{
    Dropped, PlaceProof, PlaceRefused, PlaceTranscript, SignedGrant, Standing, Told,
};
use kith_protocol::limits;
use kith_protocol::sync::{Prepared, SetName, Sum};
use kith_protocol::time::{Millis, Month};
use tokio::sync::mpsc;

use super::KeeperError;
use super::admit::{Admitted, Unwanted};
use super::place::{Number, Pass, Place, Summed};
use super::sets::Sets;
use super::shelf::{Shelf, Spot};
use crate::clock::Clock;

/// Bytes that a place serves in an hour to keys of the past and of porches, all together.
pub(super) const SERVED: u64 = 64 << 20;
const DAY: u64 = 24 * 3_600_000;

/// What is needed to open the places.
#[derive(Clone, Debug)]
pub(super) struct Opens {
    pub dir: PathBuf,
    pub cache: u64,
    pub keeper: KeeperKey,
    pub clock: Clock,
    pub lines: mpsc::Sender<Line>,
}

/// Something that whoever runs the keeper may want to read. Places by number alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// A place was made.
    Enrolled(u32),
    /// A group claimed its place: the link of it is good for nothing any more.
    Claimed(u32),
    /// Something was refused at a place since there is no more room. Said once a day.
    Full(u32),
    /// A place was deleted, with all that was held.
    Dropped(u32),
}

/// What came of envelopes that somebody brought.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Taken {
    /// Those that are held now.
    pub held: Vec<EnvelopeId>,
    /// Those of them that are news: control, content.
    pub news: (usize, usize),
    /// Those that are not wanted now, and may be later.
    pub early: usize,
    /// Those that are not wanted.
    pub refused: Vec<EnvelopeId>,
    /// Those of them for which there was no room.
    pub full: usize,
}

/// All places.
pub(super) struct Places {
    opens: Opens,
    pub(super) shelf: Shelf,
    pub(super) places: BTreeMap<Number, Place>,
    pub(super) by_id: BTreeMap<PlaceId, Number>,
    pub(super) sets: Sets,
    /// Whether a commit failed, or copying is due: what is in memory is to be read anew.
    pub(super) reopen: bool,
    /// Whether a database that could not be read was set aside.
    pub lost: bool,
}

impl Places {
    /// Opens them all, and copies the database if too much lies about in it.
    pub fn open(opens: Opens) -> Result<Places, KeeperError> {
        let (mut shelf, lost) = Shelf::open(&opens.dir, opens.cache)?;
        let places = shelf.places(&opens.keeper)?;
        let held = places.values().fold(0, |sum: u64, place| sum.saturating_add(place.used()));
        if shelf.is_untidy(held) {
            shelf = match shelf.copy() {
                Ok(copied) => copied,
                Err(error) => {
                    tracing::warn!(%error, "the database was not copied into smaller files");
                    Shelf::open(&opens.dir, opens.cache)?.0
                }
            };
        }
        let by_id = places.values().map(|place| (place.record.id, place.number)).collect();
        let mut places = Places { opens, shelf, places, by_id, sets: Sets::default(), reopen: false, lost };
        places.tidy()?;
        places.reopen = false;
        Ok(places)
    }

    /// Places that a group has claimed.
    pub fn claimed(&self) -> Vec<PlaceId> {
        self.places.values().filter(|place| place.holding.is_some()).map(|place| place.record.id).collect()
    }

    /// Whether it is to be closed and opened again.
    pub fn should_reopen(&self) -> bool {
        self.reopen
    }

    /// Makes what was done durable.
    pub fn commit(&mut self) -> Result<(), KeeperError> {
        let committed = self.shelf.commit();
        self.reopen |= committed.is_err();
        Ok(committed?)
    }

    /// Says something, if anybody has time to listen.
    pub(super) fn say(&self, line: Line) {
        let _ = self.opens.lines.try_send(line);
    }

    pub(super) fn now(&self) -> Millis {
        self.opens.clock.now()
    }

    /// Judges a proof; of somebody who has proved something already, for their own place alone.
    pub fn prove(
        &mut self,
        pass: Option<&Pass>,
        proof: &PlaceProof,
        transcript: impl FnOnce(&PlaceId) -> PlaceTranscript,
    ) -> Result<(Pass, Told), PlaceRefused> {
        let now = self.now();
        match proof {
            PlaceProof::Gate { place: id, gate, .. } => {
                let unknown = PlaceRefused::Unknown;
                let number = *self.by_id.get(id).ok_or(unknown)?;
                if pass.is_some_and(|pass| pass.place != number) {
                    return Err(unknown);
                }
                let place = self.places.get(&number).ok_or(unknown)?;
                let holding = place.holding.as_ref().ok_or(unknown)?;
                let key = holding.key(gate, now).ok_or(unknown)?;
                let standing = holding.standing(gate, now).ok_or(unknown)?;
                if !proof.proves(&transcript(id), key) {
                    return Err(unknown);
                }
                Ok((Pass { place: number, gate: *gate }, place.told(standing)))
            }
            PlaceProof::Grant(bytes) => self.grant(pass, bytes),
        }
    }

    /// Takes a grant; of somebody who has proved something already, for their own place alone.
    pub fn grant(&mut self, pass: Option<&Pass>, bytes: &[u8]) -> Result<(Pass, Told), PlaceRefused> {
        let now = self.now();
        let signed = SignedGrant::verify(bytes, &self.opens.keeper).map_err(|_| PlaceRefused::Unknown)?;
        let number = *self.by_id.get(&signed.grant.place).ok_or(PlaceRefused::Unknown)?;
        if pass.is_some_and(|pass| pass.place != number) {
            return Err(PlaceRefused::Unknown);
        }
        let place = self.places.get_mut(&number).ok_or(PlaceRefused::Unknown)?;
        let gate = signed.grant.gate().name();
        let first = place.holding.is_none();
        place.take(signed, now)?;
        self.shelf.put_holding(place);
        let told = place.told(Standing::Member);
        if first {
            self.say(Line::Claimed(number.0));
        }
        Ok((Pass { place: number, gate }, told))
    }

    /// What a pass is good for now.
    pub fn standing(&self, pass: &Pass) -> Option<Standing> {
        self.places.get(&pass.place)?.standing(&pass.gate, self.now())
    }

    /// The place of a pass, if that is still good for what it was good for when a session began.
    fn at(&self, pass: &Pass, standing: Standing) -> Result<&Place, KeeperError> {
        let place = self.places.get(&pass.place).ok_or(KeeperError::NoPlace)?;
        let still = place.standing(&pass.gate, self.now()) == Some(standing);
        if still { Ok(place) } else { Err(KeeperError::Ended) }
    }

    /// The first month whose content is kept.
    pub fn since(&self, pass: &Pass, standing: Standing) -> Result<Month, KeeperError> {
        self.at(pass, standing).map(Place::since)
    }

    /// Sums of the control set, or of all months from one on.
    pub fn sums(
        &self,
        pass: &Pass,
        standing: Standing,
        since: Option<Month>,
    ) -> Result<Vec<(SetName, Sum)>, KeeperError> {
        let place = self.at(pass, standing)?;
        let asked = |name: &SetName| match (since, name) {
            (None, SetName::Control) => true,
            (Some(since), SetName::Month(month)) => standing == Standing::Member && *month >= since,
            _ => false,
        };
        let sums = place.sets.iter().filter(|(name, _)| asked(name));
        Ok(sums.map(|(name, set)| (*name, set.tally.sum())).collect())
    }

    /// A set, sorted.
    pub fn set(
        &mut self,
        pass: &Pass,
        standing: Standing,
        name: SetName,
    ) -> Result<Arc<Prepared>, KeeperError> {
        self.may_see(pass, standing, name)?;
        Ok(self.sets.prepared(pass.place, name, &self.shelf)?)
    }

    fn may_see(&self, pass: &Pass, standing: Standing, name: SetName) -> Result<(), KeeperError> {
        self.at(pass, standing)?;
        let may = standing == Standing::Member || name == SetName::Control;
        if may { Ok(()) } else { Err(KeeperError::Ended) }
    }

    /// Those of some envelopes that are not held, as far as the sets show that are loaded.
    pub fn wanted(
        &self,
        pass: &Pass,
        standing: Standing,
        mut ids: Vec<EnvelopeId>,
    ) -> Result<Vec<EnvelopeId>, KeeperError> {
        self.at(pass, standing)?;
        ids.retain(|id| self.sets.find(pass.place, id).is_none());
        Ok(ids)
    }

    /// Bytes for which there is room at a place.
    pub fn room(&self, pass: &Pass) -> u64 {
        let place = self.places.get(&pass.place);
        place.map_or(0, |place| place.record.quota.saturating_sub(place.used()))
    }

    /// Envelopes to serve, and how many of the ids were dealt with, up to `most` bytes.
    #[allow(clippy::type_complexity, reason = "as the session wants it")]
    pub fn envelopes(
        &mut self,
        pass: &Pass,
        standing: Standing,
        ids: Vec<EnvelopeId>,
        most: usize,
    ) -> Result<(Vec<(EnvelopeId, Vec<u8>)>, usize), KeeperError> {
        self.at(pass, standing)?;
        let (mut out, mut bytes, mut done) = (Vec::new(), 0_usize, 0_usize);
        for id in ids {
            if let Some((_, envelope)) = self.find(pass.place, standing, &id)? {
                let more = bytes.saturating_add(envelope.len());
                if more > most && !out.is_empty() {
                    break;
                }
                bytes = more;
                out.push((id, envelope));
            }
            done = done.saturating_add(1);
        }
        if standing != Standing::Member {
            self.count_served(pass.place, bytes as u64)?;
        }
        Ok((out, done))
    }

    fn count_served(&mut self, number: Number, bytes: u64) -> Result<(), KeeperError> {
        let hour = self.now().hour().0;
        let place = self.places.get_mut(&number).ok_or(KeeperError::NoPlace)?;
        if place.served.0 != hour {
            place.served = (hour, 0);
        }
        place.served.1 = place.served.1.saturating_add(bytes);
        if place.served.1 > SERVED { Err(KeeperError::Enough) } else { Ok(()) }
    }

    /// An envelope by its id alone, as far as somebody may see it.
    fn find(
        &mut self,
        number: Number,
        standing: Standing,
        id: &EnvelopeId,
    ) -> Result<Option<(Spot, Vec<u8>)>, KeeperError> {
        let Some(place) = self.places.get(&number) else { return Ok(None) };
        // What is asked for lies in a set that was compared, and so is loaded, unless memory was needed meanwhile.
        if let Some((set, hour)) = self.sets.find(number, id) {
            let visible = standing == Standing::Member || set == SetName::Control;
            let spot = Spot { place: number, set, hour, id: *id };
            let held = self.shelf.envelope(&spot)?.filter(|_| visible);
            return Ok(held.map(|(_, bytes)| (spot, bytes)));
        }
        let sets: Vec<SetName> = match standing {
            Standing::Member => place.sets.keys().rev().copied().collect(),
            _ => vec![SetName::Control],
        };
        for set in sets {
            let prepared = self.sets.prepared(number, set, &self.shelf)?;
            if let Some(hour) = prepared.hour(id) {
                let spot = Spot { place: number, set, hour, id: *id };
                return Ok(self.shelf.envelope(&spot)?.map(|(_, bytes)| (spot, bytes)));
            }
        }
        Ok(None)
    }

    /// Takes envelopes that somebody brought.
    pub fn admit(
        &mut self,
        pass: &Pass,
        standing: Standing,
        envelopes: Vec<(EnvelopeId, Vec<u8>)>,
    ) -> Result<Taken, KeeperError> {
        self.at(pass, standing)?;
        let now = self.now();
        let mut taken = Taken::default();
        let mut touched: BTreeMap<SetName, Summed> = BTreeMap::new();
        for (id, bytes) in envelopes {
            let place = self.places.get_mut(&pass.place).ok_or(KeeperError::NoPlace)?;
            let admitted = match place.admit(&bytes, pass, now) {
                Ok(admitted) => admitted,
                Err(unwanted) => {
                    if unwanted == Unwanted::Full && held_already(place, &bytes, &self.shelf)? {
                        taken.held.push(id);
                        continue;
                    }
                    taken.full = taken.full.saturating_add(usize::from(unwanted == Unwanted::Full));
                    match unwanted {
                        Unwanted::Early => taken.early = taken.early.saturating_add(1),
                        _ => taken.refused.push(id),
                    }
                    continue;
                }
            };
            let Admitted { id, set, hour, gate } = admitted;
            let spot = Spot { place: pass.place, set, hour, id };
            taken.held.push(id);
            if self.shelf.holds(&spot)? {
                continue;
            }
            let news = if set == SetName::Control { &mut taken.news.0 } else { &mut taken.news.1 };
            *news = news.saturating_add(1);
            let length = bytes.len() as u64;
            let summed = place.sets.entry(set).or_default();
            summed.tally.add(&id);
            summed.bytes = summed.bytes.saturating_add(length);
            touched.insert(set, *summed);
            if standing != Standing::Member {
                let little = place.usage.little.entry(pass.gate).or_default();
                *little = little.saturating_add(length);
                self.shelf.put_usage(place);
            }
            self.shelf.put_envelope(&spot, &gate, &bytes);
            self.sets.add(pass.place, set, hour, id);
        }
        for (set, summed) in touched {
            self.shelf.put_sum(pass.place, set, &summed);
        }
        if taken.full > 0 {
            self.say_full(pass.place);
        }
        Ok(taken)
    }

    fn say_full(&mut self, number: Number) {
        let today = day(self.now());
        if let Some(place) = self.places.get_mut(&number).filter(|place| place.full != today) {
            place.full = today;
            self.say(Line::Full(number.0));
        }
    }

    /// Keeps no payload any longer of envelopes whose secret is shown; says of how many.
    pub fn drop_payloads(&mut self, pass: &Pass, dropped: &[Dropped]) -> Result<usize, KeeperError> {
        self.at(pass, Standing::Member)?;
        self.commit()?;
        let mut done = 0_usize;
        for dropped in dropped.iter().take(limits::WITHDRAWN) {
            let Some((spot, bytes)) = self.find(pass.place, Standing::Member, &dropped.envelope)? else {
                continue;
            };
            let Ok(envelope) = Envelope::decode(&bytes) else { continue };
            let Some(stub) = Stub::of(&envelope).filter(|_| dropped.shows(envelope.header())) else {
                continue;
            };
            let Some((gate, _)) = self.shelf.envelope(&spot)? else { continue };
            let stub = stub.encode();
            let gone = bytes.len().saturating_sub(stub.len()) as u64;
            self.shelf.shrink(&spot, &gate, Some(&stub), gone);
            let place = self.places.get_mut(&pass.place).ok_or(KeeperError::NoPlace)?;
            if let Some(summed) = place.sets.get_mut(&spot.set) {
                summed.bytes = summed.bytes.saturating_sub(gone);
                self.shelf.put_sum(pass.place, spot.set, summed);
            }
            done = done.saturating_add(1);
        }
        Ok(done)
    }

    /// Notes that something was exchanged at a place, once a day.
    pub fn exchanged(&mut self, number: Number) {
        let today = day(self.now());
        if let Some(place) = self.places.get_mut(&number).filter(|place| place.usage.last != today) {
            place.usage.last = today;
            self.shelf.put_usage(place);
        }
    }
}

/// Whether something for which there is no room is held: then none is needed.
fn held_already(place: &Place, bytes: &[u8], shelf: &Shelf) -> Result<bool, KeeperError> {
    let Ok(envelope) = Envelope::decode(bytes) else { return Ok(false) };
    let (header, id) = (envelope.header(), envelope.id());
    let set = super::admit::set_of(header.control, header.hour);
    Ok(shelf.holds(&Spot { place: place.number, set, hour: header.hour, id })?)
}

/// The day of a moment, counted from 1970.
pub(super) fn day(now: Millis) -> u32 {
    u32::try_from(now.0 / DAY).unwrap_or(u32::MAX)
}
