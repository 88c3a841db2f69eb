//! What is refused of what others send.

use super::*;
use crate::circle::certificate::Certificate;
use crate::circle::order::{Order, Standing, TurnId};
use crate::codec;
use crate::id::{LogId, VoiceKey};
use crate::limits;
use crate::time::Millis;

fn certificate(number: u8) -> Certificate {
    Certificate::issue(&setting(), &member(number), LogId([number; 8]), Millis(1), &mut kit::rng(number)).1
}

fn order(people: u8) -> Order {
    let mut order = Order::opened(0, certificate(1));
    for number in 2..=people {
        order.sit(certificate(number));
        if usize::from(number) > limits::CIRCLE_SIZE {
            order.seats.last_mut().unwrap().standing = Standing::Gone;
        }
    }
    order
}

fn reads(order: &Order) -> Option<Order> {
    codec::decode::<crate::circle::order::OrderMap>(&codec::encode(&order.map())).ok()?.order()
}

#[test]
fn an_order_reads_back() {
    let mut order = order(4);
    order.phase = Phase::Turns;
    order.queue = vec![certificate(3).voice, certificate(2).voice];
    order.grant(certificate(4).voice);
    assert_eq!(reads(&order), Some(order));
}

#[test]
fn an_order_beyond_its_bounds_or_with_strangers_is_none() {
    assert_eq!(
        reads(&order(limits::CIRCLE_SEATS as u8)).map(|order| order.seats.len()),
        Some(limits::CIRCLE_SEATS)
    );
    assert_eq!(reads(&order(limits::CIRCLE_SEATS as u8 + 1)), None);
    let mut twice = order(3);
    twice.seats.push(twice.seats[1].clone());
    assert_eq!(reads(&twice), None);
    let mut double = order(3);
    double.seats[2].certificate =
        Certificate::issue(&setting(), &member(2), LogId([9; 8]), Millis(1), &mut kit::rng(9)).1;
    assert_eq!(reads(&double), None, "one member twice");
    let mut crowd = order(9);
    crowd.seats[8].standing = Standing::Present;
    assert_eq!(reads(&crowd), None, "more than there are places");
    let mut later = order(2);
    later.grants.insert(TurnId { term: 2, number: 0 }, certificate(1).voice);
    assert_eq!(reads(&later), None, "a turn given in a term that has not come");
    let mut lost = order(3);
    lost.phase = Phase::Turns;
    lost.turn = Some(TurnId { term: 0, number: 3 });
    assert_eq!(reads(&lost), None, "a turn that nobody was given");
    let mut idle = order(3);
    idle.phase = Phase::Turns;
    assert_eq!(reads(&idle), None, "turns without a turn");
    let mut many = order(2);
    for number in 0..=limits::CIRCLE_TURNS as u32 {
        many.grants.insert(TurnId { term: 0, number }, certificate(1).voice);
    }
    assert_eq!(reads(&many), None);
}

#[test]
fn turns_are_numbered_onwards_and_the_oldest_let_go() {
    let mut order = order(2);
    let voice = certificate(2).voice;
    for number in 0..limits::CIRCLE_TURNS as u32 + 5 {
        order.grant(voice);
        assert_eq!(order.turn, Some(TurnId { term: 0, number }));
    }
    assert_eq!(order.grants.keys().next(), Some(&TurnId { term: 0, number: 5 }));
    assert_eq!(order.grants.len(), limits::CIRCLE_TURNS);
}

#[test]
fn two_parts_become_one_and_nobody_is_doubled() {
    let (mut one, mut other) = (order(3), order(3));
    one.sit(certificate(4));
    other.sit(certificate(5));
    other.grant(certificate(5).voice);
    assert!(!one.covers(&other));
    assert!(!one.absorb(&other, &setting(), |_| false), "of nobody known");
    assert!(one.absorb(&other, &setting(), |_| true));
    assert!(one.covers(&other) && !one.absorb(&other, &setting(), |_| true));
    let voices: Vec<VoiceKey> = one.present().map(|one| one.voice).collect();
    assert_eq!(voices.len(), 5);
}
