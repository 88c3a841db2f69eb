//! What a session needs of the node's store.

use std::future::Future;
use std::sync::Arc;

use kith_protocol::envelope::Envelope;
use kith_protocol::id::EnvelopeId;
use kith_protocol::sync::{Prepared, SetName, Sum};
use kith_protocol::time::Month;
use thiserror::Error;

/// The store cannot go on with this session: it is closing, its disk fails, or it has had enough of what the
/// peer sends.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("this node's store ended the session: {0}")]
pub struct ReplicaError(pub String);

/// One group's envelopes, as one session with one peer sees them. The cell makes one for each session, so it
/// knows who the peer is.
///
/// A session that breaks off drops the futures of what is under way: an admission may then go on or not, but must
/// not be left half done.
///
/// Sets are cheap to hand out: sums are followed entry by entry ([`kith_protocol::sync::Tally`]), prepared
/// sets are cached until the set changes ([`Prepared::with`] makes the next).
pub trait Replica: Send + Sync {
    /// Tells an envelope's id from its bytes; none for bytes that are no envelope. Computes, reads nothing.
    fn identify(bytes: &[u8]) -> Option<EnvelopeId> {
        Envelope::decode(bytes).ok().map(|envelope| envelope.id())
    }

    /// The first month whose content is kept.
    fn since(&self) -> impl Future<Output = Result<Month, ReplicaError>> + Send;

    /// What stands for the control set; or, given a month, for every month of content from it on that has
    /// anything in it.
    fn sums(
        &self,
        since: Option<Month>,
    ) -> impl Future<Output = Result<Vec<(SetName, Sum)>, ReplicaError>> + Send;

    /// A set, ready to be compared; an empty one for a month of which nothing is held.
    fn set(&self, name: SetName) -> impl Future<Output = Result<Arc<Prepared>, ReplicaError>> + Send;

    /// Which of these are wanted: neither held nor remembered as refused. Keeps the order.
    fn wanted(
        &self,
        ids: Vec<EnvelopeId>,
    ) -> impl Future<Output = Result<Vec<EnvelopeId>, ReplicaError>> + Send;

    /// Envelopes to be served, in the order asked, without those no longer held. Stops before the one that
    /// would bring the bytes beyond `most`, but not before the first. Returns them, and how many of the ids
    /// were dealt with.
    #[allow(clippy::type_complexity, reason = "a name would say less than the tuple")]
    fn envelopes(
        &self,
        ids: Vec<EnvelopeId>,
        most: usize,
    ) -> impl Future<Output = Result<(Vec<(EnvelopeId, Vec<u8>)>, usize), ReplicaError>> + Send;

    /// Admits envelopes and stores what is accepted. Returns, once that is durable, which of them are held,
    /// those included that were held before. Remembers the refused ones.
    fn admit(
        &self,
        envelopes: Vec<(EnvelopeId, Vec<u8>)>,
    ) -> impl Future<Output = Result<Vec<EnvelopeId>, ReplicaError>> + Send;

    /// The peer says it holds these durably.
    fn held(&self, ids: Vec<EnvelopeId>) -> impl Future<Output = Result<(), ReplicaError>> + Send;

    /// The peer holds all that these sets had when their sums were as given, except `lacking`. A set whose sum
    /// is another one by now has grown; the next session tells.
    fn in_step(
        &self,
        sets: Vec<(SetName, Sum)>,
        lacking: Vec<EnvelopeId>,
    ) -> impl Future<Output = Result<(), ReplicaError>> + Send;
}
