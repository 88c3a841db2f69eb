//! The group's keepers: claiming a place, telling it what it may know, and what this node can prove there.
//!
//! A facilitator claims a place with its link; the group is told of it once the keeper has let them in. Every
//! facilitator's node then becomes a steward of it without being asked, so that a removal reaches the keeper whoever of
//! them is there.

use std::collections::{BTreeMap, BTreeSet};

use kith_protocol::body::{Body, InviteMode, Keep, Role, Unkeep};
use kith_protocol::epoch::GateKey;
use kith_protocol::group::{InviteState, Kept};
use kith_protocol::id::{EntryId, EnvelopeId, KeeperKey, PlaceId, StewardKey};
use kith_protocol::invite::{KeeperAt, Way};
use kith_protocol::keeper::{ClaimSecret, Dropped, Grant, PlaceLink, Told};
use kith_protocol::limits;
use kith_protocol::porch::DoorSecret;
use kith_protocol::time::{Millis, Month};
use libp2p::identity::{PublicKey, ed25519};
use minicbor::bytes::ByteArray;
use minicbor::{Decode, Encode};

use super::CellError;
use super::engine::{Engine, Notice};
use crate::swarm::{Keeper, Multiaddr, PeerId, PlaceKey};

/// Gate keys shown to a keeper one after the other, until it knows one.
const SHOWN: usize = 8;
/// How long after its end an open door is known to keepers on which somebody came, in milliseconds: 7 days.
const WAY_IN: u64 = 7 * 24 * 3_600_000;
/// Where claims that wait are noted.
const CLAIMS: &str = "keepers/claims";

/// A place that is to be the group's, until its keeper has answered.
#[derive(Clone, Debug, Encode, Decode)]
#[cbor(map)]
struct Claim {
    #[n(0)]
    place: PlaceId,
    #[n(1)]
    keeper: KeeperKey,
    #[n(2)]
    addresses: Vec<String>,
    #[n(3)]
    secret: ByteArray<32>,
}

/// What became of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Claimed {
    /// The group has the place.
    Kept,
    /// The keeper has not answered yet.
    Waiting,
    /// The keeper would not: the link was used before, or is of no place it has.
    Refused,
    /// Somebody else has brought this keeper in meanwhile, with another place.
    KeptElsewhere,
}

/// Claims of this device.
#[derive(Default)]
pub(super) struct Claims {
    waiting: Vec<Claim>,
    /// Those not asked for any more, since their keepers have other places of the group's.
    needless: BTreeSet<PlaceId>,
    /// What keepers last said of their places.
    told: BTreeMap<PlaceId, Told>,
}

impl Claims {
    /// Reads what was noted.
    pub(super) fn of(store: &dyn crate::store::Store) -> Result<Claims, CellError> {
        let noted = store.note(CLAIMS)?.unwrap_or_default();
        let waiting =
            if noted.is_empty() { Vec::new() } else { minicbor::decode(&noted).unwrap_or_default() };
        Ok(Claims { waiting, ..Claims::default() })
    }
}

impl Engine {
    /// Claims a place for the group by its link. The keeper is asked from now on, and the group told when it agrees.
    ///
    /// # Errors
    /// [`CellError::Right`] if I may not, [`CellError::KeepsAlready`] if this keeper has another place of the group's,
    /// [`CellError::KeepersFull`] if the group has as many keepers as it may.
    pub(crate) fn claim_place(&mut self, link: &PlaceLink) -> Result<(), CellError> {
        let group = self.group()?;
        let body = Body::Keep(self.keep_of(&link.place, link.keeper, link.addresses.clone()));
        group.judge(&self.me(), &group.heads(), &body).map_err(CellError::Right)?;
        if group.keepers().iter().any(|kept| kept.place == link.place) {
            return Ok(());
        }
        if group.keepers().iter().any(|kept| kept.keeper == link.keeper) {
            return Err(CellError::KeepsAlready);
        }
        // Whoever has another link of the same keeper has a better one.
        let others = self.claims.waiting.iter().filter(|claim| claim.keeper != link.keeper).count();
        if group.keepers().len().saturating_add(others) >= limits::KEEPERS {
            return Err(CellError::KeepersFull);
        }
        self.claims.needless.remove(&link.place);
        self.claims.waiting.retain(|claim| claim.keeper != link.keeper);
        self.claims.waiting.push(Claim {
            place: link.place,
            keeper: link.keeper,
            addresses: link.addresses.clone(),
            secret: (*link.claim.expose()).into(),
        });
        self.note_claims();
        Ok(())
    }

    /// How a claim stands.
    pub(crate) fn place_claimed(&self, place: &PlaceId) -> Claimed {
        let kept = self.group.iter().flat_map(|group| group.keepers()).any(|kept| kept.place == *place);
        match self.claims.waiting.iter().any(|claim| claim.place == *place) {
            _ if kept => Claimed::Kept,
            true => Claimed::Waiting,
            false if self.claims.needless.contains(place) => Claimed::KeptElsewhere,
            false => Claimed::Refused,
        }
    }

    /// Gives up claims at keepers that others have brought in meanwhile, with other places.
    pub(super) fn drop_needless_claims(&mut self) {
        let Some(group) = self.group.as_ref().filter(|_| !self.claims.waiting.is_empty()) else { return };
        let kept = |claim: &Claim| group.keepers().iter().any(|kept| kept.keeper == claim.keeper);
        let (needless, waiting): (Vec<_>, _) =
            std::mem::take(&mut self.claims.waiting).into_iter().partition(kept);
        self.claims.waiting = waiting;
        if !needless.is_empty() {
            self.claims.needless.extend(needless.iter().map(|claim| claim.place));
            self.note_claims();
        }
    }

    /// Gives a place up, for all the group.
    pub(crate) fn unkeep(&mut self, place: PlaceId) -> Result<EntryId, CellError> {
        self.claims.waiting.retain(|claim| claim.place != place);
        self.note_claims();
        self.write(Body::Unkeep(Unkeep { place }))
    }

    /// The keepers that the group has.
    pub(crate) fn keepers(&self) -> &[Kept] {
        self.group.as_ref().map(|group| group.keepers()).unwrap_or_default()
    }

    /// The keepers, as a link names them.
    pub(super) fn keepers_at(&self) -> Vec<KeeperAt> {
        let at = |kept: &Kept| KeeperAt {
            place: kept.place,
            keeper: kept.keeper,
            addresses: kept.addresses.clone(),
        };
        self.keepers().iter().take(limits::LINK_KEEPERS).map(at).collect()
    }

    /// Places whose keepers have not answered yet: which, and where they are.
    pub(crate) fn places_claimed(&self) -> Vec<(PlaceId, Vec<String>)> {
        self.claims.waiting.iter().map(|claim| (claim.place, claim.addresses.clone())).collect()
    }

    /// A keeper said how things stand at its place.
    pub(crate) fn told_by_keeper(&mut self, place: &PlaceId, told: Told) {
        self.claims.told.insert(*place, told);
    }

    /// What a keeper last said of its place, and whether there is nothing that it should be told by me.
    pub(crate) fn place_told(&self, place: &PlaceId) -> Option<(Told, bool)> {
        let told = self.claims.told.get(place)?;
        Some((*told, self.grant_due(place, told).is_ok_and(|due| due.is_none())))
    }

    /// A keeper let this node in.
    pub(crate) fn let_in_by_keeper(&mut self, place: &PlaceId, told: Told) -> Result<(), CellError> {
        self.told_by_keeper(place, told);
        let Some(at) = self.claims.waiting.iter().position(|claim| claim.place == *place) else {
            return Ok(());
        };
        let claim = self.claims.waiting.remove(at);
        let keep = self.keep_of(place, claim.keeper, claim.addresses);
        self.write(Body::Keep(keep))?;
        self.note_claims();
        Ok(())
    }

    /// A keeper knows nothing of what this node can prove: a claim of it comes to nothing.
    pub(crate) fn turned_away(&mut self, keeper: &PeerId) -> Result<(), CellError> {
        let theirs = |claim: &Claim| peer(&claim.keeper).as_ref() == Some(keeper);
        let before = self.claims.waiting.len();
        self.claims.waiting.retain(|claim| !theirs(claim));
        if self.claims.waiting.len() < before {
            self.note_claims();
        }
        Ok(())
    }

    /// What a keeper of the group is to be told, by one of its stewards who would say something else than what it holds.
    pub(crate) fn grant_due(&self, place: &PlaceId, told: &Told) -> Result<Option<Vec<u8>>, CellError> {
        let group = self.group()?;
        let steward = self.secrets.steward(place);
        let mine = StewardKey(steward.verifying_key().to_bytes());
        let Some(kept) = group.keepers().iter().find(|kept| kept.place == *place) else { return Ok(None) };
        if kept.stewards.get(&self.me()) != Some(&mine) {
            return Ok(None);
        }
        let seats = group.seats();
        let stewards = seats.iter().filter_map(|seat| kept.stewards.get(seat).copied()).collect();
        let Some(grant) = self.grant(*place, stewards) else { return Ok(None) };
        if grant.substance() == *told.substance {
            return Ok(None);
        }
        let grant = grant.numbered(told.number.saturating_add(1));
        Ok(Some(grant.sign(&kept.keeper, &steward).bytes().to_vec()))
    }

    /// What was taken back since this node last showed the keeper, and how far that is.
    pub(crate) fn drops_due(&self, place: &PlaceId) -> Result<(Vec<Dropped>, u64), CellError> {
        let from: u64 = self.noted(&drops_name(place))?.unwrap_or_default();
        let gone = self.taken_back.from(usize::try_from(from).unwrap_or(usize::MAX), limits::WITHDRAWN);
        let until = from.saturating_add(u64::try_from(gone.len()).unwrap_or_default());
        Ok((gone, until))
    }

    /// A keeper was shown so many withdrawals.
    pub(crate) fn dropped(&mut self, place: &PlaceId, until: u64) -> Result<(), CellError> {
        self.staged.note(drops_name(place), minicbor::to_vec(until).unwrap_or_default());
        Ok(())
    }

    /// A keeper holds these.
    pub(crate) fn held_by_keeper(&mut self, envelopes: &[EnvelopeId]) -> Result<(), CellError> {
        for entry in self.deliveries.kept(envelopes) {
            self.notices.push(Notice::Delivered(entry));
        }
        Ok(())
    }

    /// Becomes a steward of the group's places, if this is a facilitator's node and is none yet.
    pub(super) fn be_steward(&mut self) -> Result<(), CellError> {
        let me = self.me();
        if self.role_of(&me) != Some(Role::Seat) {
            return Ok(());
        }
        let lacking: Vec<Kept> =
            self.keepers().iter().filter(|kept| !kept.stewards.contains_key(&me)).cloned().collect();
        for kept in lacking {
            let keep = self.keep_of(&kept.place, kept.keeper, kept.addresses);
            self.write(Body::Keep(keep))?;
        }
        Ok(())
    }

    /// The keepers that the network is to know, and what can be proved to them. Of two places at one keeper, which two
    /// facilitators may have brought in at once, the one named first: a node is connected to a keeper for one.
    pub(super) fn network_keepers(&self) -> BTreeMap<PlaceId, Keeper> {
        let mut keepers = BTreeMap::new();
        let keys = self.gate_keys();
        let mut know = |place: PlaceId, key: &KeeperKey, addresses: &[String], keys: Vec<PlaceKey>| {
            let addresses = addresses.iter().filter_map(|text| text.parse::<Multiaddr>().ok()).collect();
            let elsewhere = |peer: &PeerId| {
                keepers.iter().any(|(other, keeper): (_, &Keeper)| *other != place && keeper.peer == *peer)
            };
            if let Some(peer) = peer(key).filter(|peer| !keys.is_empty() && !elsewhere(peer)) {
                keepers.insert(place, Keeper { peer, addresses, keys });
            }
        };
        for kept in self.keepers() {
            know(kept.place, &kept.keeper, &kept.addresses, keys.clone());
        }
        if let Some(porch) = self.porch_of_the_door() {
            for at in self.keepers_of_the_door() {
                know(at.place, &at.keeper, &at.addresses, vec![PlaceKey::Gate(porch.clone())]);
            }
        }
        for claim in &self.claims.waiting {
            let secret = ClaimSecret::from_bytes(claim.secret.into());
            let steward = StewardKey(self.secrets.steward(&claim.place).verifying_key().to_bytes());
            let grant = self.grant(claim.place, vec![steward]).map(|grant| grant.numbered(1));
            let grant = grant.map(|grant| grant.sign(&claim.keeper, &secret.signing()).bytes().to_vec());
            // After it the key of now: the keeper may have taken the grant before this node was told so.
            let keys = grant.into_iter().map(PlaceKey::Grant).chain(keys.iter().take(1).cloned()).collect();
            know(claim.place, &claim.keeper, &claim.addresses, keys);
        }
        keepers
    }

    /// Of somebody who is coming by an open door: the keepers that its link names.
    pub(crate) fn keepers_of_the_door(&self) -> &[KeeperAt] {
        match self.joining.as_ref().filter(|_| !self.settled()).map(|joining| &joining.way) {
            Some(Way::OpenDoor { keepers, .. }) => keepers,
            _ => &[],
        }
    }

    /// What proves them the porch.
    fn porch_of_the_door(&self) -> Option<GateKey> {
        let door = self.joining.as_ref()?.door.as_ref()?;
        Some(DoorSecret::from_bytes(*door.bytes()).porch().keys().control().gate())
    }

    fn gate_keys(&self) -> Vec<PlaceKey> {
        let Some(group) = &self.group else { return Vec::new() };
        let now = self.ring.gate(group, &self.me());
        let others = self.ring.gates().into_iter().filter(|gate| now.as_ref() != Some(gate));
        now.iter().cloned().chain(others).take(SHOWN).map(PlaceKey::Gate).collect()
    }

    /// What a place may know now; none while there is no epoch to send under.
    fn grant(&self, place: PlaceId, stewards: Vec<StewardKey>) -> Option<Grant> {
        let group = self.group.as_ref()?;
        let gate = self.ring.gate(group, &self.me())?;
        let now = self.now();
        // Whoever came on its last use has to fetch the way in yet, from a keeper that is perhaps all that is awake.
        let until = |state: &InviteState| match state.used {
            0 => state.invite.expires,
            _ => state.invite.expires.plus(WAY_IN),
        };
        let open = |state: &&InviteState| {
            let door = state.invite.mode == InviteMode::OpenDoor && state.revoked.is_empty();
            door && until(state) > now
        };
        let doors = group.invites().filter(open).map(|state| state.id).collect();
        let porches = self.ring.porch_gates(&doors);
        Some(Grant::new(place, &gate, self.ring.gates(), porches, stewards, self.kept_by_charter()))
    }

    /// The first month that the charter has kept.
    fn kept_by_charter(&self) -> Month {
        let days = self.group.as_ref().map_or(0, |group| group.charter().retention_days);
        let age = u64::from(days).saturating_mul(24 * 3_600_000);
        if days == 0 { Month(0) } else { Millis(self.now().0.saturating_sub(age)).month() }
    }

    fn keep_of(&self, place: &PlaceId, keeper: KeeperKey, addresses: Vec<String>) -> Keep {
        let steward = StewardKey(self.secrets.steward(place).verifying_key().to_bytes());
        Keep { place: *place, keeper, addresses, steward }
    }

    fn note_claims(&mut self) {
        self.staged.note(CLAIMS, minicbor::to_vec(&self.claims.waiting).unwrap_or_default());
        self.changed = true;
        self.notices.push(Notice::Changed);
    }
}

/// The PeerId of a keeper's key; none of bytes that are no key.
fn peer(key: &KeeperKey) -> Option<PeerId> {
    let key = ed25519::PublicKey::try_from_bytes(&key.0).ok()?;
    Some(PublicKey::from(key).to_peer_id())
}

fn drops_name(place: &PlaceId) -> String {
    format!("keeper/drops/{place}")
}
