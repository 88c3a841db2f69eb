//! The group's keepers: dialled by their PeerId, and shown a gate key before anything else is said.

use std::io;
use std::time::Instant;

use kith_protocol::codec::CodecError;
use kith_protocol::id::PlaceId;
use kith_protocol::keeper::{PlaceAnswer, PlaceProof, PlaceRefused, PlaceTranscript, Told};
use kith_protocol::limits;
use kith_protocol::proof::{Hello, Nonce};
use libp2p::swarm::ConnectionId;
use libp2p::{Multiaddr, PeerId};
use thiserror::Error;
use tokio::time::timeout;

use super::PROVE_WITHIN;
use super::behaviour::{PLACE, name};
use super::counters::Counters;
use super::event::{Event, Refusal, Who};
use super::roster::{PlaceKey, Roster};
use super::stream::{Stream, read_frame, write_frame};
use super::task::{Done, Task};

/// One try to be let in by a keeper.
#[derive(Clone, Copy, Debug)]
pub(super) struct Attempt {
    pub peer: PeerId,
    pub connection: ConnectionId,
    pub place: PlaceId,
    /// Which of our keys: the next is shown if the keeper does not know this one.
    pub number: usize,
}

/// Why a keeper did not let us in.
#[derive(Debug, Error)]
pub(super) enum Unplaced {
    #[error("the stream ended or broke: {0}")]
    Io(#[from] io::Error),
    #[error("a message was malformed: {0}")]
    Form(#[from] CodecError),
    #[error(transparent)]
    Refused(PlaceRefused),
}

impl Task {
    /// Gives the dialler the keepers of the group, and shows those that are connected a key they were not shown.
    pub(super) fn seek_keepers(&mut self, before: Option<&Roster>, now: Instant) {
        let roster = self.roster.clone();
        self.keepers_at.retain(|place, _| roster.keepers.contains_key(place));
        self.dial_keepers(now);
        for (place, keeper) in &roster.keepers {
            let had = before.and_then(|before| before.keepers.get(place)).map(|had| had.keys.first());
            let Some(known) = self.peers.0.get(&keeper.peer) else { continue };
            let connection = known.best(&self.me, &keeper.peer);
            if let Some(connection) =
                connection.filter(|_| known.proving.is_none() && had != Some(keeper.keys.first()))
            {
                self.prove_place(Attempt { peer: keeper.peer, connection, place: *place, number: 0 });
            }
        }
    }

    /// A keeper says to be elsewhere than where the group knows it, too.
    pub(super) fn keeper_is_at(&mut self, place: PlaceId, addresses: Vec<Multiaddr>) {
        if self.roster.keepers.contains_key(&place) {
            self.keepers_at.insert(place, addresses);
            self.dial_keepers(Instant::now());
        }
    }

    pub(super) fn dial_keepers(&mut self, now: Instant) {
        let roster = self.roster.clone();
        let mut all = Vec::new();
        for (place, keeper) in &roster.keepers {
            let now_at = self.keepers_at.get(place).into_iter().flatten();
            let addresses = now_at.chain(&keeper.addresses).cloned().collect();
            all.push((*place, self.by_name(addresses)));
        }
        self.dialer.keepers(all, now);
    }

    /// Somebody has news. If it is a keeper that let us in by a key of before, it may know the one of now.
    pub(super) fn has_news(&mut self, peer: PeerId) {
        let known = self.peers.0.get(&peer).filter(|known| known.shown > 0 && known.proving.is_none());
        let way = known.and_then(|known| known.best(&self.me, &peer)).zip(self.roster.place(&peer));
        if let Some((connection, place)) = way {
            self.prove_place(Attempt { peer, connection, place, number: 0 });
        }
    }

    /// Shows a keeper the next of our keys; there is none left, if it knows none of them.
    pub(super) fn prove_place(&mut self, attempt: Attempt) {
        let Attempt { peer, connection, place, number } = attempt;
        let key = self.roster.keepers.get(&place).and_then(|keeper| keeper.keys.get(number)).cloned();
        let Some(known) = self.peers.0.get_mut(&peer) else { return };
        let Some(key) = key else {
            known.proving = None;
            Counters::add(&self.counters.places_refused);
            if self.outbox.has_room() {
                let why = Refusal::Place(PlaceRefused::Unknown);
                self.outbox.peer(peer, Event::Refused { peer, why });
            }
            return self.disconnect(&peer);
        };
        known.proving = Some(connection);
        let opening = self.open_on(peer, connection, PLACE);
        let ends = (self.me, peer);
        self.jobs.spawn(async move {
            let proving = async { prove(opening.await?, place, &key, ends).await };
            let late = |_| Err(Unplaced::Io(io::ErrorKind::TimedOut.into()));
            Done::Placed { attempt, result: timeout(PROVE_WITHIN, proving).await.unwrap_or_else(late) }
        });
    }

    /// A keeper let us in, or not.
    pub(super) fn placed(&mut self, attempt: Attempt, result: Result<Told, Unplaced>) {
        let Some(known) = self.peers.0.get_mut(&attempt.peer) else { return };
        if known.proving == Some(attempt.connection) {
            known.proving = None;
        }
        match result {
            Ok(told) => {
                known.shown = attempt.number;
                self.settle(attempt.peer, Who::Keeper { place: attempt.place, told }, true, true);
            }
            Err(Unplaced::Refused(PlaceRefused::Unknown | PlaceRefused::Stale)) => {
                self.prove_place(Attempt { number: attempt.number.saturating_add(1), ..attempt });
            }
            Err(error) => {
                tracing::debug!("a keeper did not let us in: {error}");
                Counters::add(&self.counters.proofs_failed);
                self.disconnect(&attempt.peer);
            }
        }
    }
}

/// Shows a key of a place.
async fn prove(
    mut stream: Stream,
    place: PlaceId,
    key: &PlaceKey,
    (me, keeper): (PeerId, PeerId),
) -> Result<Told, Unplaced> {
    let nonce = Nonce::generate(&mut rand::rng());
    write_frame(&mut stream, &Hello { nonce, known: None }.encode()).await?;
    let hello = Hello::decode(&frame(&mut stream).await?)?;
    let transcript = PlaceTranscript::new(&place, (&name(&me), &nonce), (&name(&keeper), &hello.nonce));
    let proof = match key {
        PlaceKey::Gate(gate) => PlaceProof::gate(place, &transcript, gate),
        PlaceKey::Grant(grant) => PlaceProof::Grant(grant.clone().into()),
    };
    write_frame(&mut stream, &proof.encode()).await?;
    match PlaceAnswer::decode(&frame(&mut stream).await?)? {
        PlaceAnswer::Welcome(told) => Ok(told),
        PlaceAnswer::Refused(why) => Err(Unplaced::Refused(why)),
    }
}

async fn frame(stream: &mut Stream) -> Result<Vec<u8>, Unplaced> {
    let frame = read_frame(stream, limits::PROOF).await?;
    frame.ok_or_else(|| Unplaced::Io(io::ErrorKind::UnexpectedEof.into()))
}
