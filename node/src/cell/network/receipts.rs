//! Receipts: members learn that what they wrote is held here, and this node that what it wrote is held elsewhere.
//!
//! Each device of an author is told in one receipt at a time; what comes meanwhile goes with the next. A receipt has
//! arrived once the other side says that it has counted it. What none could say, reconciliation does.

use std::collections::BTreeMap;
use std::io;
use std::time::Duration;

use futures::{AsyncRead, AsyncWrite, AsyncWriteExt};
use kith_protocol::id::{EnvelopeId, MemberKey};
use tokio::time::timeout;

use super::super::engine::Engine;
use super::super::sessions::SessionError;
use super::super::thread::EngineHandle;
use super::{Done, NetworkTask};
use crate::swarm::{Kind, Network, PeerId, Stream, Who, read_frame, write_frame};

/// A receipt takes at most this long.
const WITHIN: Duration = Duration::from_secs(10);
/// Ids in one receipt.
const IDS: usize = 1024;

/// What one device is to be told.
#[derive(Default)]
pub(super) struct Owed {
    ids: Vec<EnvelopeId>,
    under_way: bool,
}

impl NetworkTask {
    /// Tells those of these authors who are connected that these are held here.
    pub(super) fn send_receipts(&mut self, receipts: &BTreeMap<MemberKey, Vec<EnvelopeId>>) {
        let mut owed = Vec::new();
        for (peer, proved) in &mut self.peers {
            if let Who::Member { key, .. } = proved.who
                && let Some(ids) = receipts.get(&key)
            {
                proved.owed.ids.extend(ids);
                owed.push(*peer);
            }
        }
        owed.into_iter().for_each(|peer| self.send_receipt(peer));
    }

    /// Begins the next receipt, unless one is under way.
    fn send_receipt(&mut self, peer: PeerId) {
        let Some(proved) = self.peers.get_mut(&peer) else { return };
        if proved.owed.under_way || proved.owed.ids.is_empty() {
            return;
        }
        proved.owed.under_way = true;
        let mut ids = std::mem::take(&mut proved.owed.ids);
        proved.dirty |= ids.len() > IDS;
        ids.truncate(IDS);
        let network = self.network.clone();
        self.tasks.spawn(async move {
            let arrived = write(network, peer, &ids).await;
            if let Err(error) = &arrived {
                tracing::debug!(%error, "a receipt did not arrive");
            }
            Done::Receipt(peer, arrived.is_ok())
        });
    }

    /// A receipt has arrived, or not.
    pub(super) fn receipt_ended(&mut self, peer: PeerId, arrived: bool) {
        if let Some(proved) = self.peers.get_mut(&peer) {
            proved.owed.under_way = false;
            proved.dirty |= !arrived;
        }
        self.send_receipt(peer);
    }
}

/// Opens a stream to a member's node and tells it which of its envelopes are held here.
async fn write(network: Network, peer: PeerId, ids: &[EnvelopeId]) -> Result<(), SessionError> {
    let writing = async { say(network.open(peer, Kind::Receipt).await?, ids).await };
    timeout(WITHIN, writing).await?
}

/// Says it, and waits until it was counted.
async fn say(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    ids: &[EnvelopeId],
) -> Result<(), SessionError> {
    let bytes: Vec<u8> = ids.iter().flat_map(|id| id.0).collect();
    write_frame(&mut stream, &bytes).await?;
    let counted = read_frame(&mut stream, 0).await?;
    stream.close().await?;
    counted.map(drop).ok_or_else(|| io::Error::from(io::ErrorKind::UnexpectedEof).into())
}

/// Counts which of my envelopes a member's node holds, and says so.
pub(super) async fn take(
    engine: &EngineHandle,
    mut stream: Stream,
    holder: MemberKey,
) -> Result<(), SessionError> {
    let taking = async {
        let ids = hear(&mut stream).await?;
        engine.write(move |engine: &mut Engine| engine.held_by(&holder, &ids)).await?;
        confirm(stream).await
    };
    timeout(WITHIN, taking).await?
}

async fn hear(stream: &mut (impl AsyncRead + Unpin)) -> Result<Vec<EnvelopeId>, SessionError> {
    let bytes = read_frame(stream, IDS.saturating_mul(EnvelopeId::LEN)).await?.unwrap_or_default();
    let (ids, _) = bytes.as_chunks::<{ EnvelopeId::LEN }>();
    Ok(ids.iter().map(|id| EnvelopeId(*id)).collect())
}

async fn confirm(mut stream: impl AsyncWrite + Unpin) -> Result<(), SessionError> {
    write_frame(&mut stream, &[]).await?;
    Ok(stream.close().await?)
}

#[cfg(test)]
mod tests {
    use tokio::io::duplex;
    use tokio_util::compat::TokioAsyncReadCompatExt;

    use super::*;

    const HELD: [EnvelopeId; 2] = [EnvelopeId([1; 32]), EnvelopeId([2; 32])];

    #[tokio::test]
    async fn a_receipt_has_arrived_once_it_is_counted() {
        let (one, other) = duplex(1 << 16);
        let mut other = other.compat();
        let counting = async {
            let ids = hear(&mut other).await.unwrap();
            confirm(other).await.unwrap();
            ids
        };
        let (said, counted) = tokio::join!(say(one.compat(), &HELD), counting);
        said.unwrap();
        assert_eq!(counted, HELD);
    }

    #[tokio::test]
    async fn one_that_was_not_counted_has_not() {
        let (one, other) = duplex(1 << 16);
        let mut other = other.compat();
        let reading = async {
            let ids = hear(&mut other).await;
            drop(other);
            ids
        };
        let (said, read) = tokio::join!(say(one.compat(), &HELD), reading);
        assert_eq!(read.unwrap(), HELD);
        assert!(said.is_err());
    }
}
