//! The cell as one reconciliation session with one peer sees it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use kith_protocol::envelope::{Envelope, Stub};
use kith_protocol::id::{EnvelopeId, MemberKey};
use kith_protocol::sync::{Prepared, SetName, Sum};
use kith_protocol::time::Month;

use super::CellError;
use super::engine::Engine;
use super::intake::Taken;
use super::thread::EngineHandle;
use crate::sync::{Replica, ReplicaError};

/// Envelopes a peer may have refused in one session before it is cut off: nobody honest has any.
const REFUSED_MOST: usize = 16;

/// Who it is that says what it holds.
#[derive(Clone, Copy)]
pub(super) enum Holder {
    /// A member's node.
    Member(MemberKey),
    /// A keeper of the group.
    Keeper,
    /// Somebody whose word says nothing.
    Nobody,
}

/// A cell, to one peer.
pub(super) struct CellReplica {
    engine: EngineHandle,
    /// Who the peer proved to be.
    holder: Holder,
    source: u64,
    /// What of mine each set had when its sum was told. The session alone uses it, and never across a pause.
    mine: Mutex<BTreeMap<(SetName, Sum), Vec<EnvelopeId>>>,
}

impl CellReplica {
    pub(super) fn new(engine: EngineHandle, holder: Holder, source: u64) -> CellReplica {
        CellReplica { engine, holder, source, mine: Mutex::default() }
    }

    async fn note(&self, ids: Vec<EnvelopeId>) -> Result<(), ReplicaError> {
        let noted = match self.holder {
            Holder::Member(member) => self.engine.write(move |engine| engine.held_by(&member, &ids)).await,
            Holder::Keeper => self.engine.write(move |engine| engine.held_by_keeper(&ids)).await,
            Holder::Nobody => Ok(()),
        };
        noted.map_err(ended)
    }

    async fn read<T: Send + 'static>(
        &self,
        look: impl FnOnce(&mut Engine) -> Result<T, CellError> + Send + 'static,
    ) -> Result<T, ReplicaError> {
        self.engine.read(look).await.map_err(ended)
    }
}

impl Replica for CellReplica {
    fn identify(bytes: &[u8]) -> Option<EnvelopeId> {
        let stub = || Stub::decode(bytes).map(|stub| stub.id());
        Envelope::decode(bytes).map(|envelope| envelope.id()).or_else(|_| stub()).ok()
    }

    async fn since(&self) -> Result<Month, ReplicaError> {
        self.read(|engine| Ok(engine.since())).await
    }

    async fn sums(&self, since: Option<Month>) -> Result<Vec<(SetName, Sum)>, ReplicaError> {
        let look = move |engine: &mut Engine| {
            let sums = engine.sets.sums(since);
            let mut by_set = engine.deliveries.by_set();
            let mine = sums.iter().filter_map(|set| Some((*set, by_set.remove(&set.0)?)));
            Ok((mine.collect::<Vec<_>>(), sums))
        };
        let (mine, sums) = self.read(look).await?;
        self.mine.lock().unwrap_or_else(PoisonError::into_inner).extend(mine);
        Ok(sums)
    }

    async fn set(&self, name: SetName) -> Result<Arc<Prepared>, ReplicaError> {
        self.read(move |engine| Ok(engine.sets.prepared(name, engine.store.as_ref())?)).await
    }

    async fn wanted(&self, ids: Vec<EnvelopeId>) -> Result<Vec<EnvelopeId>, ReplicaError> {
        self.read(move |engine| engine.wanted(ids)).await
    }

    async fn envelopes(
        &self,
        ids: Vec<EnvelopeId>,
        most: usize,
    ) -> Result<(Vec<(EnvelopeId, Vec<u8>)>, usize), ReplicaError> {
        self.read(move |engine| {
            let mut out = Vec::new();
            let (mut bytes, mut done) = (0_usize, 0_usize);
            for id in ids {
                if let Some(held) = engine.store.envelope(&id)? {
                    let more = bytes.saturating_add(held.bytes.len());
                    if more > most && !out.is_empty() {
                        break;
                    }
                    bytes = more;
                    out.push((id, held.bytes));
                }
                done = done.saturating_add(1);
            }
            Ok((out, done))
        })
        .await
    }

    async fn admit(&self, envelopes: Vec<(EnvelopeId, Vec<u8>)>) -> Result<Vec<EnvelopeId>, ReplicaError> {
        let source = self.source;
        let (ids, bytes): (Vec<_>, Vec<_>) = envelopes.into_iter().unzip();
        let take_in = move |engine: &mut Engine| {
            let taken = engine.take_in(bytes, source);
            // The session itself says what of these is held; whoever else wrote some learns it when we next meet.
            engine.owes_no_receipt(&ids);
            Ok((ids, taken))
        };
        let admitted = self.engine.write(take_in).await;
        let (ids, taken) = admitted.map_err(ended)?;
        if taken.iter().filter(|taken| **taken == Taken::Refused).count() > REFUSED_MOST {
            return Err(ReplicaError("the peer sends what nobody admits".into()));
        }
        let held = |taken: &Taken| matches!(taken, Taken::Held | Taken::Quiet | Taken::Known);
        Ok(ids.into_iter().zip(taken).filter(|(_, taken)| held(taken)).map(|(id, _)| id).collect())
    }

    async fn held(&self, ids: Vec<EnvelopeId>) -> Result<(), ReplicaError> {
        self.note(ids).await
    }

    async fn in_step(&self, sets: Vec<(SetName, Sum)>, lacking: Vec<EnvelopeId>) -> Result<(), ReplicaError> {
        // What has come or been written since then changes the sets, and not what they had.
        let mut ids: Vec<EnvelopeId> = {
            let mut mine = self.mine.lock().unwrap_or_else(PoisonError::into_inner);
            sets.iter().filter_map(|set| mine.remove(set)).flatten().collect()
        };
        let lacking: BTreeSet<EnvelopeId> = lacking.into_iter().collect();
        ids.retain(|id| !lacking.contains(id));
        self.note(ids).await
    }
}

pub(super) fn ended(error: CellError) -> ReplicaError {
    ReplicaError(error.to_string())
}
