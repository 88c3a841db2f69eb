//! Calls for keys by somebody who is in and has none yet.

use super::{Device, HOUR, Time, without_keys};
use crate::api::types::GroupState;

/// Ana founds a group, and Ben is in it. Cleo has come by an open door, and what would give her the keys has not reached her.
struct Circle {
    time: Time,
    ana: Device,
    ben: Device,
    cleo: Device,
    /// What Cleo lacks, and all before it.
    all: Vec<Vec<u8>>,
}

impl Circle {
    fn begins() -> Circle {
        let time = Time::begins();
        let mut ana = Device::founds(&time);
        let (link, door) = ana.opens_a_door(&time);
        let mut all = ana.publishes();
        let mut ben = Device::comes(&time, 2, &link, &door);
        ben.hears(&all);
        let question = ben.asks().unwrap();
        let answer = ana.answers(&question);
        ben.hears_answer(&question, answer);
        all.extend(ana.publishes());
        ben.hears(&all);
        assert_eq!(ben.engine.group_state(), GroupState::Joined);

        let mut cleo = Device::comes(&time, 3, &link, &door);
        ana.answers(&cleo.asks().unwrap());
        let news = ana.publishes();
        all.extend(news);
        ben.hears(&all);
        cleo.hears(&without_keys(&ana, &all));
        assert_eq!(cleo.engine.group_state(), GroupState::Waiting);
        Circle { time, ana, ben, cleo, all }
    }

    /// Everybody has everything, nobody sees a history that split, and what Cleo writes is read.
    fn meets(mut self) {
        self.cleo.hears(&self.all);
        assert_eq!(self.cleo.engine.group_state(), GroupState::Joined);
        let written = self.cleo.posts("I am here.");
        let said = self.cleo.publishes();
        for device in [&mut self.ana, &mut self.ben] {
            device.hears(&self.all);
            device.hears(&said);
            assert_eq!(device.engine.pending(), 0);
            assert!(device.engine.post_by_id(&written.short()).unwrap().is_some());
        }
        for device in [&self.ana, &self.ben, &self.cleo] {
            let (cleo, log) = (self.cleo.engine.me(), self.cleo.engine.own.log());
            assert!(!device.engine.splits.has(&cleo, &log));
        }
    }
}

#[test]
fn two_who_are_asked_for_keys_are_shown_one_call() {
    let Circle { time, mut ana, mut ben, mut cleo, mut all } = Circle::begins();
    let to_ana = cleo.asks().unwrap();
    time.pass(HOUR);
    let to_ben = cleo.asks().unwrap();
    let from_ana = ana.answers(&to_ana);
    let from_ben = ben.answers(&to_ben);
    cleo.hears_answer(&to_ben, from_ben);
    cleo.hears_answer(&to_ana, from_ana);
    all.extend(ana.publishes());
    all.extend(ben.publishes());
    Circle { time, ana, ben, cleo, all }.meets();
}

#[test]
fn a_call_is_the_same_after_a_restart() {
    let Circle { time, mut ana, mut ben, mut cleo, mut all } = Circle::begins();
    let before = cleo.asks().unwrap();
    time.pass(HOUR);
    let mut cleo = cleo.restarts();
    let after = cleo.asks().unwrap();
    for (device, question) in [(&mut ana, &before), (&mut ben, &after)] {
        device.answers(question);
        all.extend(device.publishes());
    }
    Circle { time, ana, ben, cleo, all }.meets();
}

#[test]
fn what_is_written_follows_a_call_that_nobody_answered() {
    let Circle { time, ana, ben, mut cleo, all } = Circle::begins();
    cleo.asks().unwrap();
    time.pass(HOUR);
    Circle { time, ana, ben, cleo: cleo.restarts(), all }.meets();
}
