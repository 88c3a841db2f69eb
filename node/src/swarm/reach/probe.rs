//! Whether a connection lives: asked now and then, and at once when there is reason to doubt it.
//!
//! libp2p's ping asks at times of its own, passes over the first answer that is missing, and closes nothing. Here its
//! protocol is spoken over streams of our own, so that any node's ping answers.

use std::io;
use std::time::{Duration, Instant};

use futures::{AsyncReadExt as _, AsyncWriteExt as _};
use libp2p::swarm::ConnectionId;
use libp2p::{PeerId, ping};
use tokio::time::timeout;

use super::super::address::Out;
use super::super::counters::Counters;
use super::super::task::{Done, Task};

/// How often a connection is asked whether it lives, and how long it has to answer. A direct one over QUIC notices by itself,
/// and is asked only so that it stays known.
pub(in super::super) const PROBE_EVERY: Duration = Duration::from_secs(10);
pub(in super::super) const PROBE_QUIC_EVERY: Duration = Duration::from_secs(60);
const PROBE_WITHIN: Duration = Duration::from_secs(4);
/// The same where a proxy may be in between, whose ways can be slow.
const PROBE_PROXIED_WITHIN: Duration = Duration::from_secs(20);
/// A connection that said for so long nothing of itself is asked before what a person writes is left to it.
const SILENT: Duration = Duration::from_secs(2);
/// Bytes of a probe.
const PROBE: usize = 32;

impl Task {
    /// Something is about to be sent to everybody: those of whom it is not known that they are there are asked, so that
    /// what is lost on a dead path is noticed within seconds, and sent anew on another.
    pub(in super::super) fn ask_the_silent(&mut self, now: Instant) {
        for one in self.peers.0.values_mut().flat_map(|known| known.connections.values_mut()) {
            if one.pinged.is_some_and(|pinged| pinged + SILENT <= now) {
                one.doubt(now);
                self.wake = None;
            }
        }
    }

    /// Asks the connections that are due whether they live; says when the next is.
    pub(super) fn probe_due(&mut self, now: Instant) -> Option<Instant> {
        let mut due = Vec::new();
        let mut next: Option<Instant> = None;
        for (peer, known) in &mut self.peers.0 {
            for (id, one) in &mut known.connections {
                let Some(at) = one.probe_at else { continue };
                if at <= now {
                    one.probe_at = None;
                    due.push((*peer, *id));
                } else {
                    next = Some(next.map_or(at, |next| next.min(at)));
                }
            }
        }
        let within = if self.out == Out::Straight { PROBE_WITHIN } else { PROBE_PROXIED_WITHIN };
        for (peer, connection) in due {
            let opening = self.open_on(peer, connection, ping::PROTOCOL_NAME);
            self.jobs.spawn(async move {
                let echo = async {
                    let mut stream = opening.await?;
                    let sent: [u8; PROBE] = rand::random();
                    let mut back = [0; PROBE];
                    stream.write_all(&sent).await?;
                    stream.flush().await?;
                    stream.read_exact(&mut back).await?;
                    if sent == back { Ok(()) } else { Err(io::Error::from(io::ErrorKind::InvalidData)) }
                };
                let alive = timeout(within, echo).await.is_ok_and(|echo| echo.is_ok());
                Done::Probed { peer, connection, alive }
            });
        }
        next
    }

    /// A connection answered, or did not.
    pub(in super::super) fn probed(&mut self, peer: PeerId, connection: ConnectionId, alive: bool) {
        let known = self.peers.0.get_mut(&peer);
        let Some(one) = known.and_then(|known| known.connections.get_mut(&connection)) else { return };
        if one.answered(alive, Instant::now()) {
            return;
        }
        Counters::add(&self.counters.connections_dead);
        self.outbox.dirty();
        self.swarm.close_connection(connection);
    }
}
