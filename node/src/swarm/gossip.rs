//! How gossipsub is set up: the fast path, whose losses sync makes good.
//!
//! Messages are anonymous on the wire, since envelopes are signed inside; nothing is passed on before the
//! cell's verdict; a message's id is a hash of topic and content, because the default (source and number) is
//! the same for all anonymous messages.

use std::collections::BTreeSet;
use std::time::Duration;

use kith_protocol::id::{hash, truncate};
use kith_protocol::limits;
use libp2p::gossipsub::{
    Behaviour, Config, ConfigBuilder, IdentTopic, IdentityTransform, MaxCountSubscriptionFilter, Message,
    MessageAuthenticity, MessageId, PeerScoreParams, PeerScoreThresholds, TopicHash, TopicScoreParams,
    TopicSubscriptionFilter, ValidationMode,
};

use super::NetworkError;

/// The most bytes of one gossip message, framing included; [`limits::GOSSIP`] leaves room for that.
const TRANSMIT: usize = 64 * 1024;
/// Peers a node passes messages on to at once, and the bounds between which it leaves them alone.
const MESH: usize = 6;
const MESH_LOW: usize = 4;
const MESH_HIGH: usize = 12;
/// Of them, those this node dialled itself, so that strangers cannot surround it.
const MESH_OUTBOUND: usize = 2;
/// Messages waiting for one peer; more are dropped and healed by sync.
const QUEUE: usize = 512;
/// Topics one peer may subscribe to here: epochs and weeks overlap, but not endlessly.
const TOPICS: usize = 32;
/// Length of a topic's name, at most.
const TOPIC_NAME: usize = 64;

const _: () = assert!(limits::GOSSIP + 1024 <= TRANSMIT);

/// Gossipsub as every cell runs it.
pub(super) type Gossip = Behaviour<IdentityTransform, MaxCountSubscriptionFilter<Filter>>;

/// Makes it.
pub(super) fn behaviour() -> Result<Gossip, NetworkError> {
    let setup = |error: &dyn std::fmt::Display| NetworkError::Setup(error.to_string());
    let config = config().map_err(|error| setup(&error))?;
    let mut gossip =
        Behaviour::new_with_subscription_filter(MessageAuthenticity::Anonymous, config, filter())
            .map_err(|error| setup(&error))?;
    gossip.with_peer_score(scores(), PeerScoreThresholds::default()).map_err(|error| setup(&error))?;
    Ok(gossip)
}

fn config() -> Result<Config, libp2p::gossipsub::ConfigBuilderError> {
    ConfigBuilder::default()
        .validation_mode(ValidationMode::Anonymous)
        .validate_messages()
        .message_id_fn(message_id)
        .max_transmit_size(TRANSMIT)
        .mesh_n(MESH)
        .mesh_n_low(MESH_LOW)
        .mesh_n_high(MESH_HIGH)
        .mesh_outbound_min(MESH_OUTBOUND)
        .gossip_lazy(6)
        .gossip_factor(0.25)
        .heartbeat_interval(Duration::from_secs(1))
        .heartbeat_initial_delay(Duration::from_millis(100))
        .flood_publish(true)
        .history_length(12)
        .history_gossip(3)
        .duplicate_cache_time(Duration::from_secs(600))
        .idontwant_on_publish(false)
        .connection_handler_queue_len(QUEUE)
        .publish_queue_duration(Duration::from_secs(10))
        .forward_queue_duration(Duration::from_secs(5))
        .build()
}

/// The first 20 bytes of a hash over topic and content.
fn message_id(message: &Message) -> MessageId {
    let topic = message.topic.as_str().as_bytes();
    let length = u64::try_from(topic.len()).unwrap_or(u64::MAX).to_be_bytes();
    MessageId::from(truncate::<20>(&hash("kith/1/gossip", &[&length, topic, &message.data])).to_vec())
}

/// Mild scores: only what no honest node does counts, so that a group of two never stops listening to each
/// other. Members behind one router share an address; that is no offence.
fn scores() -> PeerScoreParams {
    PeerScoreParams {
        ip_colocation_factor_weight: 0.0,
        behaviour_penalty_weight: -1.0,
        behaviour_penalty_threshold: 6.0,
        slow_peer_weight: 0.0,
        ..PeerScoreParams::default()
    }
}

fn topic_scores() -> TopicScoreParams {
    TopicScoreParams {
        topic_weight: 1.0,
        time_in_mesh_weight: 0.0,
        first_message_deliveries_weight: 0.0,
        mesh_message_deliveries_weight: 0.0,
        mesh_failure_penalty_weight: 0.0,
        invalid_message_deliveries_weight: -1.0,
        invalid_message_deliveries_decay: 0.9,
        ..TopicScoreParams::default()
    }
}

/// Moves to a set of topics: the new ones first, so that no moment is without any.
pub(super) fn subscribe(gossip: &mut Gossip, topics: &BTreeSet<String>) {
    let now: BTreeSet<String> = gossip.topics().map(|topic| topic.as_str().to_owned()).collect();
    for name in topics.difference(&now) {
        let topic = IdentTopic::new(name.as_str());
        if gossip.subscribe(&topic).is_err() {
            tracing::warn!("a topic could not be subscribed to");
        }
        if gossip.set_topic_params(topic, topic_scores()).is_err() {
            tracing::warn!("a topic has no scores");
        }
    }
    for name in now.difference(topics) {
        gossip.unsubscribe(&IdentTopic::new(name.as_str()));
    }
}

/// Sends a message of a live session, which may find nobody.
pub(super) fn send(gossip: &mut Gossip, topic: &str, message: Vec<u8>) {
    if let Err(error) = gossip.publish(TopicHash::from_raw(topic), message) {
        tracing::debug!(%error, "a live message did not go out");
    }
}

/// How many connected peers listen to a topic.
pub(super) fn listeners(gossip: &Gossip, topic: &TopicHash) -> usize {
    gossip.all_peers().filter(|(_, topics)| topics.contains(&topic)).count()
}

/// Which subscriptions of peers are remembered: any that looks like a topic of ours, up to [`TOPICS`] a peer.
///
/// Not only our own topics: members move to a new epoch's topic one after the other, and a subscription
/// that was refused because it came early would never be repeated. Only proved members are heard at all.
pub(super) struct Filter;

impl TopicSubscriptionFilter for Filter {
    fn can_subscribe(&mut self, topic: &TopicHash) -> bool {
        topic.as_str().len() <= TOPIC_NAME
    }
}

fn filter() -> MaxCountSubscriptionFilter<Filter> {
    MaxCountSubscriptionFilter {
        filter: Filter,
        max_subscribed_topics: TOPICS,
        max_subscriptions_per_request: 2 * TOPICS,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mesh_parameters_fit_together() {
        // Gossipsub's own check passes over topics without a transmit size of their own.
        let config = config().unwrap();
        assert!(config.mesh_outbound_min() <= config.mesh_n_low());
        assert!(config.mesh_n_low() <= config.mesh_n());
        assert!(config.mesh_n() <= config.mesh_n_high());
        assert!(2 * config.mesh_outbound_min() <= config.mesh_n());
        assert!(config.history_gossip() <= config.history_length());
        assert!(config.validate_messages());
        assert!(matches!(config.validation_mode(), ValidationMode::Anonymous));
        assert_eq!(config.max_transmit_size(), TRANSMIT);
        assert!(config.flood_publish());
        behaviour().unwrap();
    }

    #[test]
    fn scores_are_mild_and_make_sense() {
        let (scores, topic) = (scores(), topic_scores());
        scores.validate().unwrap();
        topic.validate().unwrap();
        PeerScoreThresholds::default().validate().unwrap();
        // Members behind one router share an address; whoever is slow, or has nothing to say, does no wrong.
        assert_eq!((scores.ip_colocation_factor_weight, scores.slow_peer_weight), (0.0, 0.0));
        assert_eq!((topic.mesh_message_deliveries_weight, topic.mesh_failure_penalty_weight), (0.0, 0.0));
        // Some wrong messages, as a fault makes them, leave a peer heard; however many, it is heard again soon.
        let score = |wrong: f64| topic.topic_weight * topic.invalid_message_deliveries_weight * wrong * wrong;
        let graylist = PeerScoreThresholds::default().graylist_threshold;
        assert!(score(8.0) > graylist && score(9.0) < graylist);
        let seconds =
            (1..).find(|n| score(1000.0 * topic.invalid_message_deliveries_decay.powi(*n)) > graylist);
        assert!(seconds.is_some_and(|seconds| seconds < 60), "{seconds:?}");
        assert_eq!(scores.decay_interval, Duration::from_secs(1));
    }

    #[test]
    fn ids_tell_messages_and_topics_apart() {
        let id = |topic: &str, data: &[u8]| {
            let topic = TopicHash::from_raw(topic);
            message_id(&Message { source: None, data: data.to_vec(), sequence_number: None, topic })
        };
        assert_eq!(id("a", b"x").0.len(), 20);
        assert_eq!(id("a", b"x"), id("a", b"x"));
        assert_ne!(id("a", b"x"), id("a", b"y"));
        assert_ne!(id("a", b"bx"), id("ab", b"x"));
    }

    #[test]
    fn names_of_topics_are_bounded() {
        assert!(Filter.can_subscribe(&TopicHash::from_raw("0".repeat(TOPIC_NAME))));
        assert!(!Filter.can_subscribe(&TopicHash::from_raw("0".repeat(TOPIC_NAME + 1))));
    }
}
