//! Reconciliation with a member's node: the place as one session sees it, by what its peer has proved.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use kith_protocol::envelope::{Envelope, Stub};
use kith_protocol::id::EnvelopeId;
use kith_protocol::keeper::Standing;
use kith_protocol::sync::{Prepared, Role, Scope, SetName, Sum};
use kith_protocol::time::Month;
use libp2p::PeerId;
use thiserror::Error;
use tokio::sync::{Semaphore, mpsc};
use tokio::time::timeout;

use super::KeeperError;
use super::counters::Counters;
use super::place::Pass;
use super::places::Places;
use super::task::Notice;
use super::thread::PlacesHandle;
use crate::clock::Clock;
use crate::swarm::{Stream, read_frame, write_frame};
use crate::sync::{self, Outcome, Replica, ReplicaError, SyncFailure, Timeouts};

/// Bytes in which a clock is told, and how long that may take.
const CLOCK: usize = 8;
const CLOCK_WITHIN: Duration = Duration::from_secs(20);
/// How long a session may wait for one of those under way to end.
const WAIT: Duration = Duration::from_secs(15);
/// Refused envelopes that are remembered of one peer, and that one may bring: nobody honest has so many.
const REFUSED: usize = 4096;
/// The least bytes of an envelope: no more are asked for than there is room for.
const LEAST: u64 = 300;

/// Why a session came to nothing.
#[derive(Debug, Error)]
pub(super) enum Broken {
    #[error("the stream ended or broke: {0}")]
    Io(#[from] std::io::Error),
    #[error(transparent)]
    Keeper(#[from] KeeperError),
    #[error(transparent)]
    Sync(#[from] SyncFailure),
    #[error("it took too long")]
    TimedOut(#[from] tokio::time::error::Elapsed),
}

/// What one peer brought and was refused, so that it is not asked for again. Of this peer alone: a gate tag is not in
/// an envelope's id, so that somebody could have the true one refused by bringing it with a false tag before.
#[derive(Debug, Default)]
pub(super) struct Refusals(Mutex<BTreeSet<EnvelopeId>>);

impl Refusals {
    fn add(&self, ids: Vec<EnvelopeId>) {
        let mut refused = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        refused.extend(ids);
        while refused.len() > REFUSED {
            refused.pop_first();
        }
    }

    fn retain_new(&self, ids: &mut Vec<EnvelopeId>) {
        let refused = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        ids.retain(|id| !refused.contains(id));
    }
}

/// One session, before it begins.
pub(super) struct Session {
    pub peer: PeerId,
    pub pass: Pass,
    pub role: Role,
    pub places: PlacesHandle,
    pub refusals: Arc<Refusals>,
    pub notices: mpsc::Sender<Notice>,
    pub counters: Arc<Counters>,
    pub clock: Clock,
    pub timeouts: Timeouts,
    /// Sessions at one time, of all peers.
    pub room: Arc<Semaphore>,
    /// What it does wrong.
    #[cfg(feature = "lab")]
    pub tempered: super::temper::Tempered,
}

impl Session {
    /// Runs it. Both sides say what time it is before they compare anything.
    pub async fn run(self, mut stream: Stream) -> Result<Outcome, Broken> {
        let room = timeout(WAIT, self.room.clone().acquire_owned()).await?;
        let _room = room.map_err(|_| KeeperError::Closed)?;
        let telling = async {
            write_frame(&mut stream, &self.clock.now().0.to_be_bytes()).await?;
            read_frame(&mut stream, CLOCK).await
        };
        timeout(CLOCK_WITHIN, telling).await??;
        let (pass, role, timeouts) = (self.pass, self.role, self.timeouts);
        let standing = self.places.read(move |places| Ok(places.standing(&pass))).await?;
        let standing = standing.ok_or(KeeperError::Ended)?;
        let scope = if standing == Standing::Member { Scope::All } else { Scope::ControlOnly };
        Counters::add(&self.counters.sessions);
        let replica = PlaceReplica { session: self, standing, refused: Mutex::default() };
        let options = sync::Options { role, scope, salted: false, timeouts };
        #[cfg(not(feature = "lab"))]
        let outcome = sync::run(stream, options, &replica, |_| {}).await;
        #[cfg(feature = "lab")]
        let outcome = {
            let bent = replica.session.tempered.clone().over(pass.place, &replica);
            sync::run(stream, options, &bent, |_| {}).await
        };
        let exchanged = move |places: &mut Places| {
            places.exchanged(pass.place);
            Ok(())
        };
        replica.session.places.write(exchanged).await?;
        Ok(outcome?)
    }
}

/// A place, to one peer.
struct PlaceReplica {
    session: Session,
    /// What the peer could do when the session began; when that changes, it ends.
    standing: Standing,
    refused: Mutex<usize>,
}

impl PlaceReplica {
    async fn read<T: Send + 'static>(
        &self,
        look: impl FnOnce(&mut Places, &Pass, Standing) -> Result<T, KeeperError> + Send + 'static,
    ) -> Result<T, ReplicaError> {
        let (pass, standing) = (self.session.pass, self.standing);
        let look = move |places: &mut Places| look(places, &pass, standing);
        self.session.places.read(look).await.map_err(ended)
    }

    /// Counts what was refused, and says whether that is more than anybody honest brings.
    fn count_refused(&self, more: usize) -> bool {
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        *refused = refused.saturating_add(more);
        *refused > REFUSED
    }
}

impl Replica for PlaceReplica {
    fn identify(bytes: &[u8]) -> Option<EnvelopeId> {
        // Members serve stubs of what was taken back. They are not kept here, and no reason to end a session.
        let stub = || Stub::decode(bytes).map(|stub| stub.id());
        Envelope::decode(bytes).map(|envelope| envelope.id()).or_else(|_| stub()).ok()
    }

    async fn since(&self) -> Result<Month, ReplicaError> {
        self.read(|places, pass, standing| places.since(pass, standing)).await
    }

    async fn sums(&self, since: Option<Month>) -> Result<Vec<(SetName, Sum)>, ReplicaError> {
        self.read(move |places, pass, standing| places.sums(pass, standing, since)).await
    }

    async fn set(&self, name: SetName) -> Result<Arc<Prepared>, ReplicaError> {
        self.read(move |places, pass, standing| places.set(pass, standing, name)).await
    }

    async fn wanted(&self, mut ids: Vec<EnvelopeId>) -> Result<Vec<EnvelopeId>, ReplicaError> {
        self.session.refusals.retain_new(&mut ids);
        self.read(move |places, pass, standing| {
            let mut ids = places.wanted(pass, standing, ids)?;
            let most = places.room(pass) / LEAST;
            ids.truncate(usize::try_from(most).unwrap_or(usize::MAX));
            Ok(ids)
        })
        .await
    }

    async fn envelopes(
        &self,
        ids: Vec<EnvelopeId>,
        most: usize,
    ) -> Result<(Vec<(EnvelopeId, Vec<u8>)>, usize), ReplicaError> {
        self.read(move |places, pass, standing| places.envelopes(pass, standing, ids, most)).await
    }

    async fn admit(&self, envelopes: Vec<(EnvelopeId, Vec<u8>)>) -> Result<Vec<EnvelopeId>, ReplicaError> {
        let (pass, standing) = (self.session.pass, self.standing);
        let admit = move |places: &mut Places| places.admit(&pass, standing, envelopes);
        let taken = self.session.places.write(admit).await.map_err(ended)?;
        let counters = &self.session.counters;
        let (control, content) = taken.news;
        Counters::more(&counters.taken, control.saturating_add(content));
        Counters::more(&counters.refused_early, taken.early);
        Counters::more(&counters.refused_full, taken.full);
        Counters::more(&counters.refused, taken.refused.len().saturating_sub(taken.full));
        if control > 0 || content > 0 {
            let by = self.session.peer;
            let notice = Notice::Brought { place: pass.place, by, control: control > 0 };
            self.session.notices.send(notice).await.map_err(|_| ended(KeeperError::Closed))?;
        }
        let too_much = self.count_refused(taken.refused.len().saturating_add(taken.early));
        self.session.refusals.add(taken.refused);
        if too_much { Err(ended(KeeperError::Enough)) } else { Ok(taken.held) }
    }

    async fn held(&self, _: Vec<EnvelopeId>) -> Result<(), ReplicaError> {
        // What members hold is nothing that a keeper keeps account of.
        Ok(())
    }

    async fn in_step(&self, _: Vec<(SetName, Sum)>, _: Vec<EnvelopeId>) -> Result<(), ReplicaError> {
        Ok(())
    }
}

fn ended(error: KeeperError) -> ReplicaError {
    ReplicaError(error.to_string())
}
