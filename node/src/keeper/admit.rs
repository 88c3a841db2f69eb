//! What a place takes: the judgement of one envelope, brought by somebody of a certain standing.
//!
//! A keeper opens nothing. It asks whether the bytes are an envelope, whether a gate tag shows that they come from the
//! group, whether its hour can be, and whether there is room.

use kith_protocol::envelope::Envelope;
use kith_protocol::id::{EnvelopeId, GateName};
use kith_protocol::keeper::Standing;
use kith_protocol::limits;
use kith_protocol::sync::SetName;
use kith_protocol::time::{Hour, Millis};

use super::place::{Pass, Place};

/// An envelope that is to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Admitted {
    pub id: EnvelopeId,
    pub set: SetName,
    pub hour: Hour,
    /// The gate key whose tag it bears.
    pub gate: GateName,
}

/// Why one is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unwanted {
    /// Not an envelope: a stub, or junk.
    Form,
    /// The bearer may leave nothing, or nothing of this kind, here and now.
    Standing,
    /// It bears no tag of a key that it may bear.
    Tag,
    /// Its hour has not come.
    Early,
    /// Of a month that is not kept.
    Old,
    /// The place is full, or what keys of the past or a porch may leave has been left.
    Full,
}

impl Place {
    /// Judges an envelope.
    pub fn admit(&self, bytes: &[u8], pass: &Pass, now: Millis) -> Result<Admitted, Unwanted> {
        let envelope = Envelope::decode(bytes).map_err(|_| Unwanted::Form)?;
        let header = envelope.header();
        let holding = self.holding.as_ref().ok_or(Unwanted::Standing)?;
        let standing = holding.standing(&pass.gate, now).ok_or(Unwanted::Standing)?;
        let may = match standing {
            Standing::Member => true,
            Standing::Porch => header.control,
            Standing::Past => header.control && holding.leaves(&pass.gate, now),
        };
        if !may {
            return Err(Unwanted::Standing);
        }
        if header.hour.0 > now.hour().0.saturating_add(limits::HOURS_AHEAD) {
            return Err(Unwanted::Early);
        }
        if !header.control && header.hour.month() < self.since() {
            return Err(Unwanted::Old);
        }
        let length = bytes.len() as u64;
        let little = match standing {
            Standing::Member => 0,
            Standing::Porch => self.usage.little.get(&pass.gate).copied().unwrap_or_default(),
            Standing::Past => holding.left_by_pasts(&self.usage),
        };
        let beyond_little =
            standing != Standing::Member && little.saturating_add(length) > limits::PLACE_LITTLE as u64;
        if beyond_little || self.used().saturating_add(length) > self.record.quota {
            return Err(Unwanted::Full);
        }
        let (id, tag) = (envelope.id(), envelope.gate());
        let gate = match standing {
            Standing::Member => holding.keys().find(|key| key.admits(&id, tag)).map(|key| key.name()),
            Standing::Past | Standing::Porch => {
                holding.key(&pass.gate, now).filter(|key| key.admits(&id, tag)).map(|_| pass.gate)
            }
        };
        let gate = gate.ok_or(Unwanted::Tag)?;
        Ok(Admitted { id, set: set_of(header.control, header.hour), hour: header.hour, gate })
    }
}

/// Which set an envelope belongs to.
pub(super) fn set_of(control: bool, hour: Hour) -> SetName {
    if control { SetName::Control } else { SetName::Month(hour.month()) }
}

#[cfg(test)]
mod tests {
    use kith_protocol::envelope::Stub;
    use kith_protocol::epoch::GateKey;
    use kith_protocol::id::{PlaceId, StewardKey};
    use kith_protocol::time::Month;

    use super::super::kit::{KEEPER, SINCE, envelope, gate, grant, sized, steward};
    use super::super::place::{Number, Record};
    use super::*;

    const DAY: u64 = 24 * 3_600_000;
    const NOW: Millis = Millis(1_795_305_600_000);

    /// A place whose key was 1 and is 2.
    fn place() -> Place {
        let claim = StewardKey(steward(9).verifying_key().to_bytes());
        let record = Record { id: PlaceId([1; 16]), claim, quota: 4 << 20, since: 1 };
        let mut place = Place::new(Number(1), record);
        let ana = steward(1);
        place.take(grant(1, 1, &[&ana]).sign(&KEEPER, &steward(9)), NOW).unwrap();
        place.take(grant(2, 2, &[&ana]).sign(&KEEPER, &ana), NOW).unwrap();
        place
    }

    fn pass(n: u8) -> Pass {
        Pass { place: Number(1), gate: gate(n).name() }
    }

    fn brought(place: &Place, by: u8, key: &GateKey, control: bool, now: Millis) -> Result<(), Unwanted> {
        let envelope = envelope(key, control, now.hour(), 1);
        let admitted = place.admit(&envelope.encode(), &pass(by), now)?;
        assert_eq!(admitted.gate, key.name());
        assert_eq!((admitted.id, admitted.hour), (envelope.id(), now.hour()));
        Ok(())
    }

    #[test]
    fn each_standing_leaves_what_is_its_own() {
        let place = place();
        for (by, key, control, fine) in [
            (2, 2, true, Ok(())),
            (2, 2, false, Ok(())),
            (2, 7, false, Ok(())), // an earlier epoch, named by the grant
            (2, 50, true, Ok(())), // carried in from the porch
            (2, 99, true, Err(Unwanted::Tag)),
            (2, 1, true, Err(Unwanted::Tag)), // not named by the grant any more
            (1, 1, true, Ok(())),
            (1, 1, false, Err(Unwanted::Standing)),
            (1, 2, true, Err(Unwanted::Tag)),
            (1, 7, true, Err(Unwanted::Tag)),
            (50, 50, true, Ok(())),
            (50, 50, false, Err(Unwanted::Standing)),
            (50, 2, true, Err(Unwanted::Tag)),
            (7, 7, true, Err(Unwanted::Standing)), // in the first grant's past: no key to come by
            (99, 99, true, Err(Unwanted::Standing)),
        ] {
            assert_eq!(brought(&place, by, &gate(key), control, NOW), fine, "{by} {key} {control}");
        }
        assert_eq!(brought(&place, 1, &gate(1), true, NOW.plus(30 * DAY)), Err(Unwanted::Standing));
    }

    #[test]
    fn hours_have_come_and_months_are_kept() {
        let place = place();
        let at = |hour: Hour, control| {
            place.admit(&envelope(&gate(2), control, hour, 1).encode(), &pass(2), NOW).map(|_| ())
        };
        let now = NOW.hour().0;
        assert_eq!(at(Hour(now + 2), false), Ok(()));
        assert_eq!(at(Hour(now + 3), false), Err(Unwanted::Early));
        assert_eq!(at(Hour(now + 3), true), Err(Unwanted::Early));
        let before = (0..now).rev().map(Hour).find(|hour| hour.month() < SINCE).unwrap();
        assert_eq!(before.month(), Month(SINCE.0 - 1));
        assert_eq!(at(before, false), Err(Unwanted::Old));
        assert_eq!(at(before, true), Ok(()), "control envelopes of all time");
        assert_eq!(at(Hour(before.0 + 1), false), Ok(()));
    }

    #[test]
    fn junk_and_stubs_are_not_kept() {
        let place = place();
        let whole = envelope(&gate(2), false, NOW.hour(), 1);
        let stub = Stub::of(&whole).unwrap().encode();
        for bytes in [stub.as_slice(), &[], &[1; 400], &whole.encode()[1..]] {
            assert_eq!(place.admit(bytes, &pass(2), NOW), Err(Unwanted::Form));
        }
        let mut forged = whole.encode();
        forged[36] ^= 1;
        assert_eq!(place.admit(&forged, &pass(2), NOW), Err(Unwanted::Tag));
    }

    #[test]
    fn nobody_leaves_more_than_there_is_room_for() {
        let mut place = place();
        let one = sized(&gate(2), false, NOW.hour(), 1, 552);
        let room = |place: &Place| place.admit(&one.encode(), &pass(2), NOW).map(|_| ());
        place.record.quota = one.length() as u64;
        assert_eq!(room(&place), Ok(()), "to the last byte");
        place.record.quota -= 1;
        assert_eq!(room(&place), Err(Unwanted::Full));

        place.record.quota = 4 << 20;
        let length = envelope(&gate(1), true, NOW.hour(), 1).length() as u64;
        let most = limits::PLACE_LITTLE as u64;
        place.usage.little.insert(gate(1).name(), most - length);
        place.usage.little.insert(gate(50).name(), most - length + 1);
        assert_eq!(brought(&place, 1, &gate(1), true, NOW), Ok(()));
        assert_eq!(brought(&place, 50, &gate(50), true, NOW), Err(Unwanted::Full));
        place.usage.little.insert(gate(1).name(), most - length + 1);
        assert_eq!(brought(&place, 1, &gate(1), true, NOW), Err(Unwanted::Full));
        assert_eq!(brought(&place, 2, &gate(2), true, NOW), Ok(()), "members are not touched by that");
    }
}
