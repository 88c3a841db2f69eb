//! Relays on loopback: who holds a place, who relays, and who hears of it. What routers do is for the NAT lab.

use std::net::UdpSocket;

use futures::StreamExt as _;
use libp2p::swarm::SwarmEvent;
use libp2p::swarm::dial_opts::DialOpts;
use libp2p::{StreamProtocol, identify, relay};

use super::super::behaviour::{self, BehaviourEvent};
use super::*;

/// A node that tells everybody that it can be called.
fn announced(person: &Person, members: &[&Person]) -> Node {
    let port = UdpSocket::bind((HERE, 0)).unwrap().local_addr().unwrap().port();
    let here = Multiaddr::from(HERE);
    let announce =
        vec![here.clone().with(Protocol::Udp(port)).with(Protocol::QuicV1), here.with(Protocol::Tcp(port))];
    Start { port: Port::Fixed(port), announce, ..Start::default() }.node(person.roster(members))
}

impl Node {
    /// Waits until what is known of its own place is as wanted.
    async fn reaches(&self, wanted: impl Fn(&Reachability) -> bool) {
        let mut reach = self.network.reach.clone();
        let seen = tokio::time::timeout(DEADLINE, reach.wait_for(|reach| wanted(reach))).await;
        assert!(seen.is_ok(), "in vain; {:?}", self.network.counters().all());
    }
}

#[tokio::test]
async fn a_place_is_held_with_a_relay_of_the_group_and_told() {
    let people = [Person::new(1), Person::new(2)];
    let all: Vec<&Person> = people.iter().collect();
    let a = announced(&people[0], &all);
    a.reaches(|reach| reach.relaying && reach.reachable == Reachable::Public).await;
    let b = Node::start(people[1].roster(&all));
    b.dial(&a).await;
    b.reaches(|reach| reach.relays == 1 && reach.reachable == Reachable::Here).await;
    let through = format!("/p2p/{}/p2p-circuit/p2p/{}", a.id(), b.id());
    a.learns(&people[1], |record| record.addresses.iter().any(|address| address.ends_with(&through))).await;
    a.counts(|counters| &counters.places_given, 1).await;
    // The relay goes, and so does what was told of it.
    a.network.shutdown().await;
    b.reaches(|reach| reach.relays == 0).await;
}

#[tokio::test]
async fn a_relay_that_comes_back_is_asked_again() {
    let people = [Person::new(1), Person::new(2)];
    let all: Vec<&Person> = people.iter().collect();
    let a = announced(&people[0], &all);
    let port = a.network.port();
    let announce = vec![a.quic(), a.tcp()];
    let b = Node::start(people[1].roster(&all));
    b.dial(&a).await;
    b.reaches(|reach| reach.relays == 1).await;
    b.learns(&people[0], |_| true).await;
    a.network.shutdown().await;
    b.reaches(|reach| reach.relays == 0).await;
    let _a = Start { port: Port::Fixed(port), announce, ..Start::default() }.node(people[0].roster(&all));
    b.reaches(|reach| reach.relays == 1).await;
}

#[tokio::test]
async fn a_stranger_is_not_told_who_relays() {
    let ana = Person::new(1);
    let relaying = announced(&ana, &[&ana]);
    relaying.reaches(|reach| reach.relaying).await;
    let plain = Node::start(ana.roster(&[&ana]));
    let mut said = Vec::new();
    for node in [&relaying, &plain] {
        let mut swarm =
            behaviour::swarm(&behaviour::keypair(&rand::random()).unwrap(), None, false, false).unwrap();
        swarm.dial(DialOpts::unknown_peer_id().address(node.quic()).build()).unwrap();
        let told = async {
            loop {
                let event = swarm.select_next_some().await;
                if let SwarmEvent::Behaviour(BehaviourEvent::Identify(identify::Event::Received {
                    info,
                    ..
                })) = event
                {
                    return info;
                }
            }
        };
        let info = tokio::time::timeout(DEADLINE, told).await.unwrap();
        for hidden in [relay::HOP_PROTOCOL_NAME, StreamProtocol::new("/libp2p/autonat/2/dial-request")] {
            assert!(!info.protocols.contains(&hidden), "{hidden}");
        }
        let mut protocols: Vec<String> = info.protocols.iter().map(ToString::to_string).collect();
        protocols.sort();
        said.push((info.agent_version, info.protocol_version, info.listen_addrs, protocols));
    }
    assert_eq!(said[0], said[1], "both say the same of themselves");
}
