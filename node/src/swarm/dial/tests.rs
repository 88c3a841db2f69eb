use kith_protocol::id::{LogId, MemberKey};
use libp2p::PeerId;

use super::*;

const BEN: Device = (MemberKey([1; 32]), LogId([1; 8]));
const CHI: Device = (MemberKey([2; 32]), LogId([1; 8]));

fn at(text: &str) -> Multiaddr {
    text.parse().unwrap()
}

fn quic(host: u8) -> Multiaddr {
    at(&format!("/ip4/192.0.2.{host}/udp/9/quic-v1"))
}

fn tcp(host: u8) -> Multiaddr {
    at(&format!("/ip4/192.0.2.{host}/tcp/9"))
}

fn connection(number: usize) -> ConnectionId {
    ConnectionId::new_unchecked(number)
}

#[test]
fn addresses_are_tried_quic_first_and_one_after_the_other() {
    let now = Instant::now();
    let mut dialer = Dialer::default();
    dialer.devices([(BEN, vec![tcp(1), quic(1)])], now);
    assert_eq!(dialer.next(false, now), Some((Target::Device(BEN), quic(1))));
    dialer.began(connection(1), Target::Device(BEN), quic(1));
    assert_eq!(dialer.next(false, now), None, "the second waits for the first");
    assert_eq!(dialer.wake(false), Some(now + STEP));
    assert_eq!(dialer.next(false, now + STEP), Some((Target::Device(BEN), tcp(1))));
}

/// Somebody else is connected, so that we are not alone.
fn with_company(now: Instant) -> Dialer {
    let mut dialer = Dialer::default();
    dialer.proved(CHI, [], true, true, 0.5, now);
    dialer
}

fn relayed(host: u8) -> Multiaddr {
    let peers = [PeerId::random(), PeerId::random()];
    at(&format!("{}/p2p/{}/p2p-circuit/p2p/{}", quic(host), peers[0], peers[1]))
}

#[test]
fn relays_wait_for_direct_addresses_but_not_for_all_of_them() {
    let now = Instant::now();
    let relayed = relayed(9);
    let mut dialer = Dialer::default();
    dialer.devices([(BEN, vec![relayed.clone(), quic(1), quic(2), quic(3)])], now);
    for (number, (after, address)) in
        [(0, quic(1)), (500, quic(2)), (1000, relayed), (1500, quic(3))].into_iter().enumerate()
    {
        let now = now + Duration::from_millis(after);
        assert_eq!(dialer.next(false, now), Some((Target::Device(BEN), address.clone())));
        dialer.began(connection(number), Target::Device(BEN), address);
        assert_eq!(dialer.next(false, now), None);
    }
}

#[test]
fn a_relay_is_tried_when_nothing_else_is_left() {
    let now = Instant::now();
    let relayed = relayed(9);
    let mut dialer = Dialer::default();
    dialer.devices([(BEN, vec![relayed.clone(), quic(1)])], now);
    dialer.next(false, now).unwrap();
    dialer.began(connection(1), Target::Device(BEN), quic(1));
    assert_eq!(dialer.next(false, now + STEP), None);
    assert_eq!(dialer.wake(false), Some(now + HEAD_START));
    dialer.failed(connection(1), 0.5, now + STEP);
    assert_eq!(dialer.next(false, now + STEP), Some((Target::Device(BEN), relayed.clone())));
    dialer.began(connection(2), Target::Device(BEN), relayed.clone());
    dialer.established(connection(2), now);
    assert_eq!(dialer.proved(BEN, [connection(2)], true, false, 0.5, now), Some(relayed));
    let again = now + pause(RELAYED, 0.5);
    assert_eq!(dialer.next(false, again - STEP), None, "the relay will do for a while");
    assert_eq!(dialer.wake(false), Some(again));
    dialer.hurry(now);
    assert_eq!(dialer.next(false, now), Some((Target::Device(BEN), quic(1))), "until something changes");
}

#[test]
fn what_was_not_tried_yet_is_tried_though_a_relay_and_news_come_between() {
    let now = Instant::now();
    let mut dialer = Dialer::default();
    dialer.devices([(BEN, vec![quic(1), tcp(1)])], now);
    dialer.next(false, now).unwrap();
    dialer.began(connection(1), Target::Device(BEN), quic(1));
    dialer.devices([(BEN, vec![quic(1), tcp(1), relayed(9)])], now);
    dialer.proved(BEN, [], true, false, 0.5, now);
    assert_eq!(dialer.next(false, now), Some((Target::Device(BEN), tcp(1))), "which may be the way");
    dialer.began(connection(2), Target::Device(BEN), tcp(1));
    for failed in [1, 2] {
        dialer.failed(connection(failed), 0.5, now);
    }
    let later = dialer.wake(false).unwrap();
    assert!(later > now && later <= now + PAUSE_MOST);
    assert_eq!(dialer.next(false, later), Some((Target::Device(BEN), quic(1))), "and is not given up");
}

#[test]
fn whoever_is_alone_keeps_looking() {
    let mut now = Instant::now();
    let mut dialer = Dialer::default();
    let many = (10..20).map(|n| ((MemberKey([n; 32]), LogId([0; 8])), vec![quic(n)]));
    dialer.devices(many.chain([(BEN, vec![quic(1)])]), now);
    dialer.proved(BEN, [], true, true, 0.5, now);
    let mut number = 0;
    let mut fail_all = |dialer: &mut Dialer, now| {
        let mut tried = Vec::new();
        while let Some((target, address)) = dialer.next(false, now) {
            number += 1;
            tried.push(address.clone());
            dialer.began(connection(number), target, address);
            dialer.failed(connection(number), 0.5, now);
        }
        tried
    };
    for _ in 0..12 {
        fail_all(&mut dialer, now);
        now = dialer.wake(false).unwrap();
    }
    dialer.gone(Target::Device(BEN), HELD, 0.5, now);
    for _ in 0..12 {
        fail_all(&mut dialer, now);
        let wake = dialer.wake(false).unwrap();
        assert!(wake <= now + PAUSE_ALONE);
        now = wake;
    }
    let tried = fail_all(&mut dialer, now);
    assert!(
        tried.contains(&quic(1)) && tried.len() <= BEACONS,
        "who was met last is among the few: {tried:?}"
    );
    dialer.proved(BEN, [], true, true, 0.5, now);
    assert_eq!(fail_all(&mut dialer, now + PAUSE_LEAST).len(), 10, "and then all are tried");
}

#[test]
fn pauses_grow_and_end() {
    let mut now = Instant::now();
    let mut dialer = with_company(now);
    dialer.devices([(BEN, vec![quic(1)])], now);
    let mut pauses = Vec::new();
    for round in 0..12 {
        let (target, address) = dialer.next(false, now).unwrap();
        dialer.began(connection(round), target, address);
        dialer.failed(connection(round), 0.5, now);
        assert_eq!(dialer.next(false, now), None);
        let wake = dialer.wake(false).unwrap();
        pauses.push((wake - now).as_secs());
        now = wake;
    }
    assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
    assert!(pause(0, 0.0) < pause(0, 1.0), "and are spread");
    // A new address ends any pause.
    dialer.next(false, now).unwrap();
    dialer.devices([(BEN, vec![quic(1), quic(2)])], now);
    assert_eq!(dialer.next(false, now), Some((Target::Device(BEN), quic(2))));
}

#[test]
fn who_is_connected_is_not_dialled() {
    let now = Instant::now();
    let mut dialer = Dialer::default();
    dialer.devices([(BEN, vec![quic(1)]), (CHI, vec![quic(2)])], now);
    assert_eq!(dialer.proved(BEN, [], true, true, 0.5, now), None, "they dialled us");
    assert_eq!(dialer.next(false, now), Some((Target::Device(CHI), quic(2))));
    dialer.began(connection(1), Target::Device(CHI), quic(2));
    dialer.established(connection(1), now);
    assert_eq!(dialer.proved(CHI, [connection(1)], true, true, 0.5, now), Some(quic(2)));
    assert_eq!(dialer.wake(false), None);
    // The book hearing of somebody connected is no reason either.
    dialer.devices([(CHI, vec![quic(2)])], now);
    dialer.devices([(BEN, vec![quic(1), quic(3)]), (CHI, vec![quic(2)])], now);
    assert_eq!(dialer.next(false, now), None);
    dialer.gone(Target::Device(BEN), HELD, 0.5, now);
    assert_eq!(dialer.wake(false), Some(now + PAUSE_LEAST));
}

#[test]
fn connections_that_do_not_hold_are_not_tried_every_second() {
    let now = Instant::now();
    let mut dialer = with_company(now);
    dialer.devices([(BEN, vec![quic(1)])], now);
    for _ in 0..5 {
        dialer.proved(BEN, [], true, true, 0.5, now);
        dialer.gone(Target::Device(BEN), Duration::from_secs(1), 0.5, now);
    }
    assert_eq!(dialer.wake(false), Some(now + Duration::from_secs(16)));
}

#[test]
fn an_address_that_is_now_somebody_elses_counts_as_a_failure() {
    let now = Instant::now();
    let mut dialer = Dialer::default();
    dialer.devices([(BEN, vec![quic(1), tcp(2)])], now);
    dialer.next(false, now).unwrap();
    dialer.began(connection(1), Target::Device(BEN), quic(1));
    dialer.established(connection(1), now);
    dialer.proved(CHI, [connection(1)], true, true, 0.5, now);
    assert_eq!(dialer.next(false, now), Some((Target::Device(BEN), tcp(2))));
}

#[test]
fn our_own_addresses_are_left_out() {
    let now = Instant::now();
    let mut dialer = Dialer::default();
    dialer.own([quic(1)]);
    dialer.devices([(BEN, vec![quic(1), tcp(1)])], now);
    assert_eq!(dialer.next(false, now), Some((Target::Device(BEN), tcp(1))));
    dialer.began(connection(1), Target::Device(BEN), tcp(1));
    dialer.ourselves(connection(1), 0.5, now);
    dialer.own([]);
    dialer.own([quic(1)]);
    assert_eq!(dialer.next(false, now + PAUSE_MOST), None);
}

#[test]
fn links_are_for_those_who_know_nobody() {
    let now = Instant::now();
    let mut dialer = Dialer::default();
    dialer.link(vec![quic(1)], now);
    dialer.link(vec![quic(1)], now);
    assert_eq!(dialer.next(true, now), None);
    assert_eq!(dialer.next(false, now), Some((Target::Link(1), quic(1))));
    dialer.began(connection(1), Target::Link(1), quic(1));
    assert_eq!(dialer.next(false, now), None, "the same link twice is one");
    // As long as the connection made with it lasts, it is not dialled again.
    dialer.established(connection(1), now);
    dialer.proved(BEN, [connection(1)], false, true, 0.5, now);
    assert_eq!(dialer.next(false, now + STEP), None);
    dialer.failed(connection(1), 0.5, now);
    assert_eq!(dialer.wake(false), Some(now + PAUSE_LEAST));
    for host in 0..=200 {
        dialer.link(vec![tcp(host)], now);
    }
    assert_eq!(dialer.nodes.len(), LINKS);
}

#[test]
fn few_dials_are_under_way() {
    let now = Instant::now();
    let mut dialer = Dialer::default();
    dialer.devices((0..50).map(|n| ((MemberKey([n; 32]), LogId([0; 8])), vec![quic(n)])), now);
    let mut begun = 0;
    while let Some((target, address)) = dialer.next(false, now) {
        dialer.began(connection(begun), target, address);
        begun += 1;
    }
    assert_eq!(begun, DIALS);
    assert_eq!(dialer.wake(false), None, "an end wakes it");
    dialer.failed(connection(0), 0.5, now);
    assert!(dialer.next(false, now).is_some());
}

#[test]
fn a_stranger_nearby_is_called_ever_less_often_and_a_friend_again_when_it_has_gone() {
    let mut now = Instant::now();
    let mut dialer = Dialer::default();
    let peer = PeerId::random();
    dialer.near(peer, quic(1), false, now);
    let mut pauses = Vec::new();
    for round in 0..4 {
        assert_eq!(dialer.next(false, now), Some((Target::Near(peer), quic(1))));
        dialer.began(connection(round), Target::Near(peer), quic(1));
        dialer.established(connection(round), now);
        dialer.is_here(peer, None, 0.5, now);
        assert_eq!(dialer.next(false, now + PAUSE_MOST), None, "while it may prove to be a member");
        dialer.failed(connection(round), 0.5, now);
        dialer.is_here(peer, Some(Duration::from_secs(1)), 0.5, now);
        let wake = dialer.wake(false).unwrap();
        pauses.push((wake - now).as_secs());
        now = wake;
    }
    assert_eq!(pauses, [1, 2, 4, 8]);
    // It proves to be Ben, stays, and goes.
    let (target, address) = dialer.next(false, now).unwrap();
    dialer.began(connection(9), target, address);
    dialer.is_here(peer, None, 0.5, now);
    assert_eq!(dialer.proved(BEN, [connection(9)], true, true, 0.5, now), Some(quic(1)));
    dialer.failed(connection(9), 0.5, now + HELD);
    assert_eq!(dialer.next(false, now + HELD), None);
    dialer.is_here(peer, Some(HELD), 0.5, now + HELD);
    assert!(dialer.next(false, now + HELD + PAUSE_LEAST).is_some());
    dialer.not_near(peer, &quic(1));
    assert_eq!(dialer.wake(false), None);
}

#[test]
fn nobody_nearby_can_fill_the_schedule() {
    let now = Instant::now();
    let mut dialer = Dialer::default();
    dialer.link(vec![tcp(7)], now);
    for _ in 0..10 * NEAR {
        dialer.near(PeerId::random(), quic(1), false, now);
    }
    assert_eq!(dialer.nodes.len(), NEAR + 1);
    let peer = *dialer
        .nodes
        .keys()
        .find_map(|target| match target {
            Target::Near(peer) => Some(peer),
            _ => None,
        })
        .unwrap();
    for host in 0..=255 {
        dialer.near(peer, quic(host), false, now);
    }
    assert!(dialer.nodes.values().all(|node| node.addresses.len() <= 16 && node.round.len() <= 16));
}

#[test]
fn through_a_proxy_one_address_is_given_time() {
    let now = Instant::now();
    let mut dialer = Dialer::new(Out::Proxied);
    dialer.devices([(BEN, vec![tcp(1), quic(1), at("/ip4/198.51.100.1/tcp/9")])], now);
    let (target, address) = dialer.next(false, now).unwrap();
    dialer.began(connection(1), target, address);
    assert_eq!(dialer.wake(false), Some(now + STEP_PROXIED));
}

#[test]
fn keepers_are_dialled_when_enough_others_are_there() {
    let now = Instant::now();
    let mut dialer = Dialer::default();
    let place = PlaceId([7; 16]);
    dialer.devices([(BEN, vec![quic(1)])], now);
    dialer.keepers([(place, vec![quic(2)])], now);
    dialer.keepers_only(true);
    assert_eq!(dialer.next(false, now), Some((Target::Keeper(place), quic(2))));
    dialer.began(connection(1), Target::Keeper(place), quic(2));
    assert_eq!(dialer.next(false, now), None);
    dialer.keepers_only(false);
    assert_eq!(dialer.next(false, now), Some((Target::Device(BEN), quic(1))));
}
