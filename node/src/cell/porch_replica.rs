//! Somebody on the porch of an open door, as a reconciliation with a keeper sees them: they have their join, and nothing
//! else to give. What comes is let in as ever, and mostly waits for the keys that a member's node will leave there.

use std::sync::Arc;

use kith_protocol::envelope::Envelope;
use kith_protocol::id::EnvelopeId;
use kith_protocol::sync::{Prepared, SetName, Sum, Tally};
use kith_protocol::time::{Hour, Month};

use super::engine::Engine;
use super::replica::ended;
use super::thread::EngineHandle;
use crate::sync::{Replica, ReplicaError};

/// A cell that is on a porch.
pub(super) struct PorchReplica {
    engine: EngineHandle,
    source: u64,
    /// The join, sealed.
    join: (Hour, EnvelopeId, Vec<u8>),
}

impl PorchReplica {
    /// None if the bytes are no envelope.
    pub(super) fn new(engine: EngineHandle, join: Vec<u8>, source: u64) -> Option<PorchReplica> {
        let envelope = Envelope::decode(&join).ok()?;
        Some(PorchReplica { engine, source, join: (envelope.header().hour, envelope.id(), join) })
    }
}

impl Replica for PorchReplica {
    async fn since(&self) -> Result<Month, ReplicaError> {
        Ok(Month(0))
    }

    async fn sums(&self, since: Option<Month>) -> Result<Vec<(SetName, Sum)>, ReplicaError> {
        let tally: Tally = std::iter::once(&self.join.1).collect();
        Ok(if since.is_none() { vec![(SetName::Control, tally.sum())] } else { Vec::new() })
    }

    async fn set(&self, name: SetName) -> Result<Arc<Prepared>, ReplicaError> {
        let (hour, id, _) = &self.join;
        let items = if name == SetName::Control { vec![(*hour, *id)] } else { Vec::new() };
        Ok(Arc::new(Prepared::new(items)))
    }

    async fn wanted(&self, ids: Vec<EnvelopeId>) -> Result<Vec<EnvelopeId>, ReplicaError> {
        self.engine.read(move |engine| engine.wanted(ids)).await.map_err(ended)
    }

    async fn envelopes(
        &self,
        ids: Vec<EnvelopeId>,
        _most: usize,
    ) -> Result<(Vec<(EnvelopeId, Vec<u8>)>, usize), ReplicaError> {
        let (_, mine, bytes) = &self.join;
        let asked = ids.iter().filter(|id| *id == mine);
        Ok((asked.map(|id| (*id, bytes.clone())).collect(), ids.len()))
    }

    async fn admit(&self, envelopes: Vec<(EnvelopeId, Vec<u8>)>) -> Result<Vec<EnvelopeId>, ReplicaError> {
        let source = self.source;
        let (ids, bytes): (Vec<_>, Vec<_>) = envelopes.into_iter().unzip();
        let take_in = move |engine: &mut Engine| Ok(engine.take_in(bytes, source));
        self.engine.write(take_in).await.map_err(ended)?;
        // What waits is asked for again when the node has been started anew.
        Ok(ids)
    }

    async fn held(&self, _: Vec<EnvelopeId>) -> Result<(), ReplicaError> {
        Ok(())
    }

    async fn in_step(&self, _: Vec<(SetName, Sum)>, _: Vec<EnvelopeId>) -> Result<(), ReplicaError> {
        Ok(())
    }
}
