//! One place: what a keeper was told of one group, and what follows from it for whoever comes.

use std::collections::BTreeMap;

use kith_protocol::epoch::GateKey;
use kith_protocol::id::{GateName, KeeperKey, PlaceId, StewardKey};
use kith_protocol::keeper::{PAST_FETCHES, PAST_LEAVES, PlaceRefused, SignedGrant, Standing, Told};
use kith_protocol::limits;
use kith_protocol::sync::{SetName, Tally};
use kith_protocol::time::{Millis, Month};
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

/// The number of a place at this keeper: counted up from 1, used once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(transparent)]
pub(super) struct Number(#[n(0)] pub u32);

/// What somebody has proved: a gate key of a place. What they may do by it changes with time and grants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pass {
    pub place: Number,
    pub gate: GateName,
}

/// What is said when a place is made.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(super) struct Record {
    #[n(0)]
    pub id: PlaceId,
    /// Who signs the first grant.
    #[n(1)]
    pub claim: StewardKey,
    /// Bytes that may be held.
    #[n(2)]
    pub quota: u64,
    /// The day on which it was made, counted from 1970.
    #[n(3)]
    pub since: u32,
}

/// A gate key that was the one of now.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
struct Past {
    #[n(0)]
    key: ByteVec,
    /// When another took its place.
    #[n(1)]
    since: Millis,
}

/// What the grant that holds says, and what those before it leave behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Holding {
    pub signed: SignedGrant,
    gate: (GateName, GateKey),
    porches: Vec<(GateName, GateKey)>,
    /// The newest last.
    pasts: Vec<(GateName, GateKey, Millis)>,
}

/// [`Holding`], as it is kept.
#[derive(Encode, Decode)]
#[cbor(map)]
struct Kept {
    #[n(0)]
    grant: ByteVec,
    #[n(1)]
    pasts: Vec<Past>,
}

/// What changes as envelopes come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(super) struct Usage {
    /// Bytes left by keys of the past and of porches, by key.
    #[n(0)]
    pub little: BTreeMap<GateName, u64>,
    /// The last day on which somebody exchanged anything, counted from 1970; 0: never.
    #[n(1)]
    pub last: u32,
}

/// What is known of one set without looking at it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(super) struct Summed {
    #[n(0)]
    pub tally: Tally,
    #[n(1)]
    pub bytes: u64,
}

/// A place.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub number: Number,
    pub record: Record,
    pub holding: Option<Holding>,
    pub usage: Usage,
    pub sets: BTreeMap<SetName, Summed>,
    /// The hour, counted from 1970, and bytes served in it to keys of the past and of porches.
    pub served: (u32, u64),
    /// The last day on which something was refused since there was no room, as far as this process knows.
    pub full: u32,
}

impl Holding {
    /// What a first grant comes to.
    fn first(signed: SignedGrant) -> Holding {
        Holding::with(signed, Vec::new())
    }

    fn with(signed: SignedGrant, pasts: Vec<(GateName, GateKey, Millis)>) -> Holding {
        let gate = signed.grant.gate();
        let porches = signed.grant.porches().map(|key| (key.name(), key)).collect();
        Holding { gate: (gate.name(), gate), porches, pasts, signed }
    }

    /// What the next grant makes of it.
    fn next(self, signed: SignedGrant, now: Millis) -> Holding {
        let Holding { gate: (name, key), mut pasts, .. } = self;
        let gate = signed.grant.gate();
        if key != gate {
            pasts.push((name, key, now));
        }
        pasts.retain(|(_, key, since)| *key != gate && now.since(*since) < PAST_FETCHES);
        let beyond = pasts.len().saturating_sub(limits::PLACE_GATES);
        pasts.drain(..beyond);
        Holding::with(signed, pasts)
    }

    pub fn encode(&self) -> Vec<u8> {
        let past = |(_, key, since): &(GateName, GateKey, Millis)| Past {
            key: key.expose().to_vec().into(),
            since: *since,
        };
        let kept =
            Kept { grant: self.signed.bytes().to_vec().into(), pasts: self.pasts.iter().map(past).collect() };
        minicbor::to_vec(&kept).unwrap_or_default()
    }

    /// Reads what was kept; none if it makes no sense.
    pub fn decode(bytes: &[u8], keeper: &KeeperKey) -> Option<Holding> {
        let kept: Kept = minicbor::decode(bytes).ok()?;
        let signed = SignedGrant::verify(&kept.grant, keeper).ok()?;
        let past = |past: Past| {
            let key = GateKey::from_bytes(past.key.as_slice().try_into().ok()?);
            Some((key.name(), key, past.since))
        };
        Some(Holding::with(signed, kept.pasts.into_iter().map(past).collect::<Option<_>>()?))
    }

    fn past(&self, gate: &GateName) -> Option<&(GateName, GateKey, Millis)> {
        self.pasts.iter().find(|(name, ..)| name == gate)
    }

    fn porch(&self, gate: &GateName) -> Option<&GateKey> {
        self.porches.iter().find(|(name, _)| name == gate).map(|(_, key)| key)
    }

    /// What whoever knows a gate key may do now.
    pub fn standing(&self, gate: &GateName, now: Millis) -> Option<Standing> {
        if self.gate.0 == *gate {
            return Some(Standing::Member);
        }
        if self.porch(gate).is_some() {
            return Some(Standing::Porch);
        }
        self.past(gate).filter(|(_, _, since)| now.since(*since) < PAST_FETCHES).map(|_| Standing::Past)
    }

    /// The gate key of a name, if knowing it gives any standing now.
    pub fn key(&self, gate: &GateName, now: Millis) -> Option<&GateKey> {
        match self.standing(gate, now)? {
            Standing::Member => Some(&self.gate.1),
            Standing::Porch => self.porch(gate),
            Standing::Past => self.past(gate).map(|(_, key, _)| key),
        }
    }

    /// Whether something may still be left by a key of the past.
    pub fn leaves(&self, gate: &GateName, now: Millis) -> bool {
        self.past(gate).is_some_and(|(_, _, since)| now.since(*since) < PAST_LEAVES)
    }

    /// Keys whose tags a member's envelopes may bear, the likeliest first.
    pub fn keys(&self) -> impl Iterator<Item = GateKey> {
        std::iter::once(self.gate.1.clone())
            .chain(self.signed.grant.past())
            .chain(self.porches.iter().map(|(_, key)| key.clone()))
    }

    /// Names of keys whose owners are counted by [`Usage::little`].
    fn counted(&self) -> impl Iterator<Item = GateName> {
        let pasts = self.pasts.iter().map(|(name, ..)| *name);
        pasts.chain(self.porches.iter().map(|(name, _)| *name))
    }

    /// Bytes that keys of the past have left, all together.
    pub fn left_by_pasts(&self, usage: &Usage) -> u64 {
        let left = self.pasts.iter().filter_map(|(name, ..)| usage.little.get(name));
        left.fold(0, |sum, bytes| sum.saturating_add(*bytes))
    }
}

impl Place {
    pub fn new(number: Number, record: Record) -> Place {
        Place {
            number,
            record,
            holding: None,
            usage: Usage::default(),
            sets: BTreeMap::new(),
            served: (0, 0),
            full: 0,
        }
    }

    /// Bytes held.
    pub fn used(&self) -> u64 {
        self.sets.values().fold(0, |sum, set| sum.saturating_add(set.bytes))
    }

    /// The first month whose content is kept.
    pub fn since(&self) -> Month {
        self.holding.as_ref().map_or(Month(0), |holding| holding.signed.grant.since)
    }

    pub fn standing(&self, gate: &GateName, now: Millis) -> Option<Standing> {
        self.holding.as_ref()?.standing(gate, now)
    }

    /// How things stand, for whoever has proved something.
    pub fn told(&self, standing: Standing) -> Told {
        let grant = self.holding.as_ref().map(|holding| &holding.signed.grant);
        Told {
            standing,
            number: grant.map_or(0, |grant| grant.number),
            substance: grant.map_or([0; 32], |grant| grant.substance()).into(),
            used: self.used(),
            quota: self.record.quota,
        }
    }

    /// Takes a grant in place of the one that holds.
    ///
    /// # Errors
    /// [`PlaceRefused::Stale`], if it is by nobody who may write it, or not the next one.
    pub fn take(&mut self, signed: SignedGrant, now: Millis) -> Result<(), PlaceRefused> {
        let (number, may) = match &self.holding {
            None => (1, signed.by == self.record.claim),
            Some(holding) => {
                let grant = &holding.signed.grant;
                (grant.number.saturating_add(1), grant.stewards.contains(&signed.by))
            }
        };
        if !may || signed.grant.number != number || signed.grant.place != self.record.id {
            return Err(PlaceRefused::Stale);
        }
        let holding = match self.holding.take() {
            None => Holding::first(signed),
            Some(holding) => holding.next(signed, now),
        };
        let counted: Vec<GateName> = holding.counted().collect();
        self.usage.little.retain(|name, _| counted.contains(name));
        self.holding = Some(holding);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::SigningKey;
    use kith_protocol::keeper::Grant;

    use super::super::kit::{KEEPER, gate, grant, steward};
    use super::*;

    const DAY: u64 = 24 * 3_600_000;
    const START: Millis = Millis(1_795_305_600_000);

    fn place() -> Place {
        let record = Record {
            id: PlaceId([1; 16]),
            claim: StewardKey(steward(9).verifying_key().to_bytes()),
            quota: 1 << 20,
            since: 1,
        };
        Place::new(Number(1), record)
    }

    fn take(place: &mut Place, grant: &Grant, by: &SigningKey, now: Millis) -> Result<(), PlaceRefused> {
        place.take(grant.sign(&KEEPER, by), now)
    }

    #[test]
    fn the_first_grant_is_the_claims_and_each_later_one_a_stewards_and_the_next() {
        let mut place = place();
        let (claim, ana, ben) = (steward(9), steward(1), steward(2));
        assert_eq!(take(&mut place, &grant(1, 1, &[&ana]), &ana, START), Err(PlaceRefused::Stale));
        assert_eq!(take(&mut place, &grant(2, 1, &[&ana]), &claim, START), Err(PlaceRefused::Stale));
        assert_eq!(take(&mut place, &grant(1, 1, &[&ana, &ben]), &claim, START), Ok(()));
        assert_eq!(
            take(&mut place, &grant(2, 1, &[&claim]), &claim, START),
            Err(PlaceRefused::Stale),
            "once"
        );
        let mut other = grant(2, 1, &[&ana]);
        other.place = PlaceId([2; 16]);
        assert_eq!(take(&mut place, &other, &ana, START), Err(PlaceRefused::Stale));
        // Two stewards at once: one was first, and took the other's seat.
        assert_eq!(take(&mut place, &grant(2, 2, &[&ana]), &ana, START), Ok(()));
        assert_eq!(take(&mut place, &grant(2, 3, &[&ben]), &ben, START), Err(PlaceRefused::Stale));
        assert_eq!(take(&mut place, &grant(3, 3, &[&ben]), &ben, START), Err(PlaceRefused::Stale));
        assert_eq!(take(&mut place, &grant(4, 3, &[&ana]), &ana, START), Err(PlaceRefused::Stale), "a gap");
        assert_eq!(place.told(Standing::Member).number, 2);
    }

    #[test]
    fn a_key_is_past_from_the_grant_on_that_replaces_it() {
        let mut place = place();
        let ana = steward(1);
        take(&mut place, &grant(1, 1, &[&ana]), &steward(9), START).unwrap();
        let name = |n| gate(n).name();
        assert_eq!(place.standing(&name(1), START), Some(Standing::Member));
        assert_eq!(place.standing(&name(2), START), None);
        let later = START.plus(DAY);
        take(&mut place, &grant(2, 2, &[&ana]), &ana, later).unwrap();
        assert_eq!(place.standing(&name(2), later), Some(Standing::Member));
        let holding = |place: &Place| place.holding.clone().unwrap();
        for (days, standing, leaves) in [
            (0, Some(Standing::Past), true),
            (29, Some(Standing::Past), true),
            (30, Some(Standing::Past), false),
            (179, Some(Standing::Past), false),
            (180, None, false),
        ] {
            let now = later.plus(days * DAY);
            assert_eq!(place.standing(&name(1), now), standing, "{days}");
            assert_eq!(holding(&place).leaves(&name(1), now), leaves, "{days}");
            assert_eq!(holding(&place).key(&name(1), now).is_some(), standing.is_some(), "{days}");
        }
        assert_eq!(place.standing(&name(7), later), None, "a key of the first grant's past is none of this");
        let kept = Holding::decode(&holding(&place).encode(), &KEEPER);
        assert_eq!(kept, place.holding, "what is kept is the same");
        // Of two heads one is sent under, then the other again.
        take(&mut place, &grant(3, 1, &[&ana]), &ana, later).unwrap();
        assert_eq!(place.standing(&name(1), later), Some(Standing::Member));
        assert_eq!(place.standing(&name(2), later), Some(Standing::Past));
    }

    #[test]
    fn what_the_past_has_left_is_counted_as_long_as_it_may_come() {
        let mut place = place();
        let ana = steward(1);
        take(&mut place, &grant(1, 1, &[&ana]), &steward(9), START).unwrap();
        take(&mut place, &grant(2, 2, &[&ana]), &ana, START).unwrap();
        place.usage.little.insert(gate(1).name(), 500);
        place.usage.little.insert(gate(50).name(), 70);
        take(&mut place, &grant(3, 3, &[&ana]), &ana, START).unwrap();
        assert_eq!(place.holding.as_ref().unwrap().left_by_pasts(&place.usage), 500);
        assert_eq!(place.usage.little.len(), 2, "the porch of these grants is counted by itself");
        take(&mut place, &grant(4, 3, &[&ana]), &ana, START.plus(181 * DAY)).unwrap();
        assert_eq!(place.holding.as_ref().unwrap().left_by_pasts(&place.usage), 0);
        assert_eq!(place.usage.little.len(), 1);
    }
}
