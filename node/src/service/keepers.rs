//! Keepers of a group: which it has, and bringing them in.

use std::time::Duration;

use kith_protocol::id::PlaceId;
use kith_protocol::keeper::{PlaceLink, PlaceLinkError};
use tokio::time::{Instant, timeout_at};

use super::resolve::{self, Thing};
use super::{Service, ServiceError};
use crate::api::types::{Code, Keeper, KeeperList, KeeperState};
use crate::cell::{Cell, CellError, Claimed, Engine};
use crate::swarm::Who;

/// How long somebody waits for a keeper's answer before they are told that it goes on without them.
const ANSWER_WITHIN: Duration = Duration::from_secs(20);

impl Service {
    /// The keepers of a group.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`].
    pub async fn keepers(&self, group: &str) -> Result<KeeperList, ServiceError> {
        let cell = self.cell(group).await?;
        list(&cell).await
    }

    /// Brings a keeper in by its link, and waits a while for its answer.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`]; [`Code::NotAllowed`] for who is no facilitator; [`Code::BadLink`] for
    /// what is no link of a keeper, or one that the keeper does not know.
    pub async fn keeper_add(&self, group: &str, link: &str) -> Result<KeeperList, ServiceError> {
        self.node()?;
        let link = PlaceLink::parse(link)?;
        let cell = self.cell(group).await?;
        let place = link.place;
        let mut notices = cell.notices.subscribe();
        cell.engine.write(move |engine| engine.claim_place(&link)).await?;
        let deadline = Instant::now() + ANSWER_WITHIN;
        loop {
            match cell.engine.read(move |engine| Ok(engine.place_claimed(&place))).await? {
                Claimed::Waiting => {}
                Claimed::Kept => break,
                Claimed::KeptElsewhere => return Err(CellError::KeepsAlready.into()),
                Claimed::Refused => {
                    return Err(ServiceError::new(
                        Code::BadLink,
                        "The keeper does not know this link: each is good for one group, once.",
                        "Ask whoever runs the keeper for a new one.",
                    ));
                }
            }
            // It goes on without anybody who waits.
            if timeout_at(deadline, notices.recv()).await.is_err() {
                break;
            }
        }
        list(&cell).await
    }

    /// Brings nothing more to a keeper.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`]; [`Code::NotAllowed`] for who is no facilitator.
    pub async fn keeper_remove(&self, group: &str, place: &str) -> Result<KeeperList, ServiceError> {
        let cell = self.cell(group).await?;
        let places = |engine: &mut Engine| {
            let asked = engine.places_claimed().into_iter().map(|(place, _)| place);
            Ok(engine.keepers().iter().map(|kept| kept.place).chain(asked).collect::<Vec<PlaceId>>())
        };
        let places = cell.engine.read(places).await?;
        let named = places.iter().map(|place| (place.to_string(), None, *place));
        let place = resolve::one(Thing::Keeper, place, named)?;
        cell.engine.write(move |engine| engine.unkeep(place)).await?;
        list(&cell).await
    }
}

async fn list(cell: &Cell) -> Result<KeeperList, ServiceError> {
    let look = |engine: &mut Engine| {
        let kept = engine.keepers().iter().map(|kept| (kept.clone(), engine.place_told(&kept.place)));
        let door = engine.keepers_of_the_door().to_vec();
        Ok((kept.collect::<Vec<_>>(), door, engine.places_claimed(), engine.names()))
    };
    let (kept, door, asked, names) = cell.engine.read(look).await?;
    let peers = cell.peers();
    let here = |place: &PlaceId| {
        peers.values().any(|peer| matches!(peer.who, Who::Keeper { place: theirs, .. } if theirs == *place))
    };
    let known: Vec<PlaceId> = kept.iter().map(|(kept, _)| kept.place).collect();
    let kept = kept.into_iter().map(|(kept, said)| Keeper {
        place: kept.place.to_string(),
        state: KeeperState::Kept,
        connected: here(&kept.place),
        addresses: kept.addresses,
        name: names.get(&kept.by).cloned(),
        since: Some(kept.since.to_string()),
        in_step: said.is_some_and(|(_, in_step)| in_step),
        used: said.map(|(told, _)| told.used),
        quota: said.map(|(told, _)| told.quota),
    });
    let at = |place: PlaceId, addresses, state| Keeper {
        place: place.to_string(),
        state,
        addresses,
        name: None,
        since: None,
        connected: here(&place),
        in_step: false,
        used: None,
        quota: None,
    };
    let door = door.into_iter().filter(|door| !known.contains(&door.place));
    let door = door.map(|door| at(door.place, door.addresses, KeeperState::Kept));
    let asked = asked.into_iter().map(|(place, addresses)| at(place, addresses, KeeperState::Asked));
    Ok(KeeperList { keepers: kept.chain(door).chain(asked).collect() })
}

impl From<PlaceLinkError> for ServiceError {
    fn from(error: PlaceLinkError) -> ServiceError {
        let (message, hint) = match &error {
            PlaceLinkError::NotALink => (
                "This is not the link of a keeper.",
                "It begins with \"kith-keeper:\". Copy it again, from there to its last character.",
            ),
            PlaceLinkError::Newer => (
                "This link was made by a newer version of Kith.",
                "Update Kith on this device, then try the same link again.",
            ),
            PlaceLinkError::Damaged | PlaceLinkError::TooLong => (
                "This link is cut short or mistyped.",
                "Copy it again, from \"kith-keeper:\" to its last character, and try once more.",
            ),
            _ => ("This link was made wrongly.", "Ask whoever runs the keeper for a new one."),
        };
        ServiceError::new(Code::BadLink, message, hint)
    }
}
