//! Live sessions: topics beside the group's own, whose messages are heard now or never.
//!
//! Guarantees: only proved members are heard; each gets through no more than [`BURST`] bytes at once and [`RATE`] a
//! second; what the listener has no room for is dropped, and it asks again by itself. Refuses to open a frame: that is
//! the session's.
//!
//! A message is [`SALT`] random bytes and a frame: gossip passes on each message once, and sessions send a frame
//! again to whom it did not reach (docs/protocol.md 21.1).

use std::collections::{BTreeMap, VecDeque};
use std::time::Instant;

use bytes::Bytes;
use kith_protocol::limits;
use libp2p::PeerId;
use rand::RngExt;
use tokio::sync::mpsc;

use super::event::Verdict;
use super::gossip::{self, Gossip};

/// Random bytes before a frame.
const SALT: usize = 8;
/// Frames waiting for a session that is slow.
const WAITING: usize = 256;
/// Sessions of one group that a node takes part in at once.
const SESSIONS: usize = 4;
/// Bytes a peer gets through at once. It passes on what everybody says, and sends again what somebody lacks.
const BURST: u32 = 1024 * 1024;
/// Bytes a peer gets through in a second, on the whole.
const RATE: u32 = 256 * 1024;
/// Topics remembered after their end.
const PARTED: usize = 8;
/// Peers whose measure is kept.
const PEERS: usize = 256;

/// What is heard on a topic of a live session.
pub type Frames = mpsc::Receiver<Bytes>;

/// The live sessions this node takes part in.
#[derive(Debug, Default)]
pub(super) struct Live {
    sessions: BTreeMap<String, mpsc::Sender<Bytes>>,
    /// Topics listened to until lately: what is still on its way here is no offence.
    parted: VecDeque<String>,
    measures: BTreeMap<PeerId, Measure>,
}

/// How many bytes a peer may get through now.
#[derive(Debug)]
struct Measure {
    left: u32,
    at: Instant,
}

impl Live {
    /// Begins to listen to a topic; none if this node takes part in too many.
    pub fn enter(&mut self, topic: &str) -> Option<Frames> {
        self.sessions.retain(|_, listener| !listener.is_closed());
        if self.sessions.len() >= SESSIONS && !self.sessions.contains_key(topic) {
            return None;
        }
        let (listener, frames) = mpsc::channel(WAITING);
        self.sessions.insert(topic.to_owned(), listener);
        Some(frames)
    }

    /// Ends to listen to it.
    pub fn part(&mut self, topic: &str) {
        if self.sessions.remove(topic).is_some() {
            self.parted.push_back(topic.to_owned());
            if self.parted.len() > PARTED {
                self.parted.pop_front();
            }
        }
        if self.sessions.is_empty() {
            self.measures.clear();
        }
    }

    /// The topics listened to.
    pub fn topics(&self) -> impl Iterator<Item = &String> {
        self.sessions.keys()
    }

    /// Hands a message of a live session to its listener, and judges it; none if it belongs to no session.
    pub fn hear(&mut self, topic: &str, source: PeerId, message: &[u8]) -> Option<Verdict> {
        let Some(listener) = self.sessions.get(topic) else {
            return self.parted.iter().any(|parted| parted == topic).then_some(Verdict::Ignore);
        };
        if message.len() > limits::CIRCLE_FRAME.saturating_add(SALT) {
            return Some(Verdict::Reject);
        }
        let Some(frame) = message.get(SALT..).filter(|frame| !frame.is_empty()) else {
            return Some(Verdict::Reject);
        };
        if self.measures.len() >= PEERS {
            self.measures.clear();
        }
        let now = Instant::now();
        let measure = self.measures.entry(source).or_insert(Measure { left: BURST, at: now });
        if !measure.takes(u32::try_from(message.len()).unwrap_or(u32::MAX), now) {
            return Some(Verdict::Ignore);
        }
        // A listener without room asks again.
        let _ = listener.try_send(Bytes::copy_from_slice(frame));
        Some(Verdict::Accept)
    }
}

impl Measure {
    fn takes(&mut self, bytes: u32, now: Instant) -> bool {
        let since = now.saturating_duration_since(self.at).as_millis().min(10_000);
        let back = u32::try_from(since).unwrap_or(0).saturating_mul(RATE / 1000);
        self.left = self.left.saturating_add(back).min(BURST);
        self.at = now;
        match self.left.checked_sub(bytes) {
            Some(left) => {
                self.left = left;
                true
            }
            None => false,
        }
    }
}

/// Sends a frame to everybody who listens to the topic. Nobody, or a full queue, is no error: it is sent again if
/// somebody lacks it.
pub(super) fn say(gossip: &mut Gossip, topic: &str, frame: &[u8]) -> Vec<u8> {
    let salt: [u8; SALT] = rand::rng().random();
    let message = [salt.as_slice(), frame].concat();
    gossip::send(gossip, topic, message.clone());
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peer_that_floods_is_heard_within_its_measure() {
        let mut live = Live::default();
        let mut frames = live.enter("a").unwrap();
        let (peer, other) = (PeerId::random(), PeerId::random());
        let frame = vec![7; 16 * 1024];
        let verdicts: Vec<_> = (0..200).filter_map(|_| live.hear("a", peer, &frame)).collect();
        let heard = verdicts.iter().filter(|verdict| **verdict == Verdict::Accept).count();
        assert!((60..80).contains(&heard), "{heard}");
        assert_eq!(verdicts.last(), Some(&Verdict::Ignore));
        assert_eq!(live.hear("a", other, &frame), Some(Verdict::Accept), "which takes nothing from others");
        assert_eq!(frames.try_recv().unwrap().len(), frame.len() - SALT);
    }

    #[test]
    fn what_has_no_form_is_refused_and_what_belongs_nowhere_is_left_alone() {
        let mut live = Live::default();
        let _frames = live.enter("a").unwrap();
        let peer = PeerId::random();
        assert_eq!(live.hear("b", peer, &[1; 100]), None);
        for wrong in [vec![], vec![1; SALT], vec![1; limits::CIRCLE_FRAME + SALT + 1]] {
            assert_eq!(live.hear("a", peer, &wrong), Some(Verdict::Reject));
        }
        live.part("a");
        assert_eq!(live.hear("a", peer, &[1; 100]), Some(Verdict::Ignore), "still on its way");
    }

    #[test]
    fn sessions_are_bounded_and_one_whose_listener_went_away_is_none() {
        let mut live = Live::default();
        let kept: Vec<_> = ["a", "b", "c", "d"].iter().filter_map(|topic| live.enter(topic)).collect();
        assert!(live.enter("e").is_none());
        assert!(live.enter("a").is_some(), "the same one anew");
        drop(kept);
        assert!(live.enter("e").is_some());
    }
}
