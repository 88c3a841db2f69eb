//! A whole stream of reconciliation, framing and all, with a peer that says what it likes and hangs up.

use std::collections::BTreeMap;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures::{AsyncRead, AsyncWrite};
use kith_node::sync::{Options, Replica, ReplicaError, Timeouts, run};
use kith_protocol::id::EnvelopeId;
use kith_protocol::sync::{Prepared, Role, Scope, SetName, Sum};
use kith_protocol::time::Month;
use tokio::runtime::Builder;

use super::doors::{self, Door};
use super::session;

/// The door: the first byte of an input says to which side the rest is said.
pub fn door() -> Door {
    let [opening, answering] = session::spoken().map(|side| side.concat());
    let samples = vec![[&[0], opening.as_slice()].concat(), [&[1], answering.as_slice()].concat()];
    let [ours, theirs] = [session::second, session::first].map(|holds: fn(u32) -> bool| {
        let (sets, held) = session::holdings(holds);
        Memory { sets, held }
    });
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    doors::door("sync streams", 1, samples, move |bytes| {
        let Some((to, says)) = bytes.split_first() else { return false };
        let (role, replica) = if to % 2 == 0 { (Role::Responder, &ours) } else { (Role::Initiator, &theirs) };
        let options = Options { role, scope: Scope::All, salted: false, timeouts: Timeouts::default() };
        let peer = Hostile { says: says.to_vec(), at: 0, pause: 0 };
        let outcome = runtime.block_on(run(peer, options, replica, |_| ()));
        outcome.is_ok_and(|outcome| outcome.bytes_in > 0)
    })
}

/// Polls between two frames, in which the other side gets on with what it has to do.
const PAUSE: u8 = 3;

/// Says its bytes, a frame at a time, then nothing more; listens to anything.
struct Hostile {
    says: Vec<u8>,
    at: usize,
    pause: u8,
}

impl Hostile {
    /// Where the frame ends that begins here, if there is as much.
    fn end(&self) -> usize {
        let rest = &self.says[self.at..];
        let length = rest.first_chunk().map_or(usize::MAX, |length| u32::from_be_bytes(*length) as usize);
        self.at + length.saturating_add(4).min(rest.len())
    }
}

impl AsyncRead for Hostile {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        self.pause = (self.pause + 1) % PAUSE;
        if self.pause > 0 {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let rest = &self.says[self.at..self.end()];
        let length = rest.len().min(buffer.len());
        buffer[..length].copy_from_slice(&rest[..length]);
        self.at += length;
        Poll::Ready(Ok(length))
    }
}

impl AsyncWrite for Hostile {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// A store that forgets what it admits.
struct Memory {
    sets: BTreeMap<SetName, Arc<Prepared>>,
    held: BTreeMap<EnvelopeId, Vec<u8>>,
}

impl Replica for Memory {
    fn identify(bytes: &[u8]) -> Option<EnvelopeId> {
        session::identify(bytes)
    }

    async fn since(&self) -> Result<Month, ReplicaError> {
        Ok(Month(0))
    }

    async fn sums(&self, since: Option<Month>) -> Result<Vec<(SetName, Sum)>, ReplicaError> {
        let asked = |name: &SetName| match (name, since) {
            (SetName::Control, None) => true,
            (SetName::Month(month), Some(since)) => *month >= since,
            _ => false,
        };
        Ok(self.sets.iter().filter(|(name, _)| asked(name)).map(|(name, set)| (*name, set.sum())).collect())
    }

    async fn set(&self, name: SetName) -> Result<Arc<Prepared>, ReplicaError> {
        Ok(self.sets.get(&name).cloned().unwrap_or_else(|| Arc::new(Prepared::new([]))))
    }

    async fn wanted(&self, ids: Vec<EnvelopeId>) -> Result<Vec<EnvelopeId>, ReplicaError> {
        Ok(ids.into_iter().filter(|id| !self.held.contains_key(id)).collect())
    }

    async fn envelopes(
        &self,
        ids: Vec<EnvelopeId>,
        _: usize,
    ) -> Result<(Vec<(EnvelopeId, Vec<u8>)>, usize), ReplicaError> {
        let found = ids.iter().filter_map(|id| Some((*id, self.held.get(id)?.clone()))).collect();
        Ok((found, ids.len()))
    }

    async fn admit(&self, envelopes: Vec<(EnvelopeId, Vec<u8>)>) -> Result<Vec<EnvelopeId>, ReplicaError> {
        Ok(envelopes.into_iter().map(|(id, _)| id).collect())
    }

    async fn held(&self, _: Vec<EnvelopeId>) -> Result<(), ReplicaError> {
        Ok(())
    }

    async fn in_step(&self, _: Vec<(SetName, Sum)>, _: Vec<EnvelopeId>) -> Result<(), ReplicaError> {
        Ok(())
    }
}

#[test]
fn what_an_honest_peer_said_is_understood() {
    let door = door();
    assert!(
        door.samples.iter().all(|sample| (door.open)(sample)),
        "the door would try nothing but beginnings"
    );
}
