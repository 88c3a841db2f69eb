//! Asking several at once to be let in.

use kith_protocol::entrance::Word;

use super::{Device, START};
use crate::api::types::GroupState;
use crate::clock::SetClock;

/// Whoever asks does not know which of two entries is right, and shows both: a join, and a certificate of the same log.
#[test]
fn who_asks_two_at_once_comes_in_once() {
    let time = SetClock::at(START);
    let mut ana = Device::founds(&time);
    let (link, door) = ana.opens_a_door();
    let mut all = ana.publishes();
    let mut ben = Device::comes(&time, 2, &link, &door);
    ben.is_let_in_by(&mut ana);
    all.extend(ana.publishes());
    ben.hears(&all);
    assert_eq!(ben.engine.group_state(), GroupState::Joined);

    let mut cleo = Device::comes(&time, 3, &link, &door);
    let (key, log) = (cleo.engine.me(), cleo.engine.own.log());
    let question = cleo.asks();
    let by_ana = ana.answers(&question);
    all.extend(ana.publishes());
    // When Ben is asked, he knows already that she is in.
    ben.hears(&all);
    assert!(ben.engine.group().unwrap().member(&cleo.engine.me()).is_some());
    let by_ben = ben.answers(&question);
    assert_eq!((by_ana.word, by_ben.word), (Word::Welcome, Word::Welcome));
    cleo.hears_answer(&question, by_ben);
    cleo.hears_answer(&question, by_ana);
    all.extend(ben.publishes());
    cleo.hears(&all);
    assert_eq!(cleo.engine.group_state(), GroupState::Joined);
    let written = cleo.posts("I am here.");
    all.extend(cleo.publishes());
    for device in [&mut ana, &mut ben] {
        device.hears(&all);
        assert_eq!(device.engine.pending(), 0);
        assert!(device.engine.post_by_id(&written.short()).unwrap().is_some());
    }
    for device in [&ana, &ben, &cleo] {
        assert!(!device.engine.splits.has(&key, &log));
    }
}

#[test]
fn who_was_not_answered_in_time_asks_again_and_comes_in_once() {
    let time = SetClock::at(START);
    let mut ana = Device::founds(&time);
    let (link, door) = ana.opens_a_door();
    let mut cleo = Device::comes(&time, 3, &link, &door);
    let (key, log) = (cleo.engine.me(), cleo.engine.own.log());
    ana.answers(&cleo.asks()); // The answer is lost.
    cleo.is_let_in_by(&mut ana);
    cleo.hears(&ana.publishes());
    assert_eq!(cleo.engine.group_state(), GroupState::Joined);
    for device in [&ana, &cleo] {
        assert!(!device.engine.splits.has(&key, &log));
    }
}

/// They are never there together, and neither is there for long.
#[test]
fn who_came_at_a_keeper_is_let_in_by_a_member_who_is_alone_with_it() {
    let time = SetClock::at(START);
    let mut ana = Device::founds(&time);
    let (link, door) = ana.opens_a_door();
    let mut all = ana.publishes();
    let mut cleo = Device::comes(&time, 3, &link, &door);
    let left = cleo.engine.on_the_porch().unwrap().unwrap();
    ana.hears(std::slice::from_ref(&left));
    ana.looks_after(false);
    time.pass(5000);
    ana.looks_after(false);
    assert_eq!(ana.publishes().len(), 0, "there is nobody to take it");
    ana.looks_after(true);
    time.pass(5000);
    ana.looks_after(true);
    all.extend(ana.publishes());
    cleo.hears(&all).looks_after(true);
    assert_eq!(cleo.engine.group_state(), GroupState::Joined);
}
