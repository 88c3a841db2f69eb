//! What is gossiped: published, heard, and judged by the cell.

use std::collections::BTreeSet;
use std::time::Instant;

use bytes::Bytes;
use kith_protocol::limits;
use libp2p::gossipsub::{self, MessageAcceptance, PublishError, TopicHash};

use super::counters::Counters;
use super::event::{Answer, Event, Ticket, Verdict};
use super::outbox::Full;
use super::tap::Seen;
use super::task::Task;
use super::{NetworkError, Published, gossip};

impl Task {
    /// Listens to the group's topics and to those of live sessions, and to no others.
    pub(super) fn listen_to_topics(&mut self) {
        let topics: BTreeSet<String> = self.roster.topics.iter().chain(self.live.topics()).cloned().collect();
        for topic in &topics {
            self.tap.see(Seen::Topic(topic));
        }
        gossip::subscribe(&mut self.swarm.behaviour_mut().gossip.inner, &topics);
    }

    pub(super) fn publish(&mut self, bytes: &Bytes) -> Result<Published, NetworkError> {
        if bytes.len() > limits::GOSSIP {
            return Err(NetworkError::TooLarge);
        }
        self.ask_the_silent(Instant::now());
        let Some(topic) = &self.roster.publish else { return Ok(Published::NoPeers) };
        let topic = TopicHash::from_raw(topic.as_str());
        let gossip = &mut self.swarm.behaviour_mut().gossip.inner;
        let peers = gossip::listeners(gossip, &topic);
        match gossip.publish(topic, bytes.to_vec()) {
            // A duplicate has been on its way before.
            Ok(_) | Err(PublishError::Duplicate) => {
                self.tap.see(Seen::Sent(bytes));
                Counters::add(&self.counters.published);
                Ok(Published::Sent { peers })
            }
            Err(PublishError::NoPeersSubscribedToTopic) => {
                Counters::add(&self.counters.publish_no_peers);
                Ok(Published::NoPeers)
            }
            Err(PublishError::AllQueuesFull(_)) => {
                Counters::add(&self.counters.publish_queues_full);
                self.outbox.dirty();
                Ok(Published::Congested)
            }
            Err(PublishError::MessageTooLarge) => Err(NetworkError::TooLarge),
            Err(error) => Err(NetworkError::Setup(error.to_string())),
        }
    }

    /// Passes the cell's verdict on to gossipsub.
    pub(super) fn answer(&mut self, Answer { id, source, verdict }: Answer) {
        let acceptance = match verdict {
            Verdict::Accept => MessageAcceptance::Accept,
            Verdict::Ignore => MessageAcceptance::Ignore,
            Verdict::Reject => MessageAcceptance::Reject,
        };
        let gossip = &mut self.swarm.behaviour_mut().gossip.inner;
        if !gossip.report_message_validation_result(&id, &source, acceptance) {
            Counters::add(&self.counters.verdicts_late);
        }
    }

    pub(super) fn gossip(&mut self, event: gossipsub::Event) {
        match event {
            gossipsub::Event::Message { propagation_source: source, message_id: id, message } => {
                self.tap.see(Seen::Received(&message.data));
                let member = self.peers.0.get(&source).is_some_and(|known| known.is_member());
                if !member {
                    Counters::add(&self.counters.gossip_unproved);
                    self.answer(Answer { id, source, verdict: Verdict::Ignore });
                    return;
                }
                self.confirm(source);
                if let Some(verdict) = self.live.hear(message.topic.as_str(), source, &message.data) {
                    Counters::add(&self.counters.live_in);
                    return self.answer(Answer { id, source, verdict });
                }
                let offered = match self.answers.clone().try_reserve_owned() {
                    Ok(permit) => {
                        let ticket = Ticket { answer: Some(permit), id, source };
                        self.outbox.offer(Event::Gossip { bytes: message.data.into(), source, ticket })
                    }
                    Err(_) => {
                        self.answer(Answer { id, source, verdict: Verdict::Ignore });
                        Err(Full)
                    }
                };
                match offered {
                    Ok(()) => Counters::add(&self.counters.gossip_in),
                    Err(_) => {
                        Counters::add(&self.counters.gossip_dropped);
                        self.outbox.dirty();
                    }
                }
            }
            gossipsub::Event::Subscribed { peer_id, topic } => {
                let ours = self.roster.publish.as_deref() == Some(topic.as_str());
                if ours && self.peers.0.get(&peer_id).is_some_and(|known| known.is_member()) {
                    self.confirm(peer_id);
                    self.outbox.peer(peer_id, Event::Subscribed { peer: peer_id });
                }
            }
            gossipsub::Event::SlowPeer { .. } => {
                Counters::add(&self.counters.slow_peers);
                self.outbox.dirty();
            }
            gossipsub::Event::Unsubscribed { .. } | gossipsub::Event::GossipsubNotSupported { .. } => {}
        }
    }
}
