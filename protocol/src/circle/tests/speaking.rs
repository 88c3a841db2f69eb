//! Turns, passes, and words.

use super::*;
use crate::body::{Circle as Plan, CircleFormat};
use crate::circle::Setting;
use crate::limits;

#[test]
fn a_turn_goes_on_with_a_share_or_a_pass_and_only_by_whoever_has_it() {
    let mut room = round();
    assert_eq!(room.share(3, "me first", false), Err(ActError::NotYourTurn));
    assert_eq!(room.act(3, Act::Pass), Err(ActError::NotYourTurn));
    room.share(1, "a hard week", true).unwrap();
    assert_eq!(room.holder(&[1, 2, 3]), Some(1), "there is more to come");
    room.share(1, "and a good day", false).unwrap();
    assert_eq!(room.holder(&[1, 2, 3]), Some(3));
    room.act(3, Act::Pass).unwrap();
    assert_eq!(room.holder(&[1, 2, 3]), Some(2));
    room.share(2, "thank you", false).unwrap();
    assert_eq!(room.view(3).phase, Phase::Between);
    for who in [1, 2, 3] {
        assert_eq!(room.texts(who), ["a hard week", "and a good day", "thank you"]);
        assert!(room.view(who).said.iter().all(|spoken| spoken.turn.is_some()));
    }
}

#[test]
fn a_pass_looks_like_a_share_on_the_wire() {
    let mut room = round();
    room.sent.clear();
    room.share(1, &"x".repeat(600), false).unwrap();
    let share = room.sent[0].1.len();
    room.sent.clear();
    room.act(3, Act::Pass).unwrap();
    assert_eq!((room.sent[0].0, room.sent[0].1.len()), (3, share));
}

#[test]
fn no_time_ends_the_turn_of_somebody_who_is_there() {
    let mut room = round();
    room.pass(timing::MINUTE * 2);
    assert!(!room.view(3).asked);
    room.pass(timing::MINUTE * 58);
    assert!(room.view(3).asked, "the soft time is over");
    assert_eq!(room.holder(&[1, 2, 3]), Some(1));
    room.share(1, "still here", false).unwrap();
    assert_eq!(room.holder(&[1, 2, 3]), Some(3));
    assert!(!room.view(1).asked);
}

#[test]
fn the_host_asks_before_giving_a_turn_on() {
    let mut room = round();
    assert_eq!(room.act(1, Act::Next), Err(ActError::YourTurn));
    assert_eq!(room.act(3, Act::Next), Err(ActError::NotLeading));
    room.act(1, Act::Pass).unwrap();
    room.act(1, Act::Next).unwrap();
    assert!(room.view(3).mine && room.view(3).asked);
    assert_eq!(room.act(1, Act::Next), Err(ActError::Asked));
    room.act(3, Act::Minute).unwrap();
    assert!(!room.view(3).asked);
    room.pass(timing::GRACE);
    room.act(1, Act::Next).unwrap();
    assert_eq!(room.holder(&[1, 2, 3]), Some(3), "asked anew");
    room.pass(timing::GRACE);
    room.act(1, Act::Next).unwrap();
    assert_eq!(room.holder(&[1, 2, 3]), Some(2));
}

#[test]
fn whoever_fell_silent_or_left_is_passed_by() {
    let mut room = round();
    room.away.insert(3);
    room.act(1, Act::Pass).unwrap();
    room.pass(timing::SILENT - 2000);
    assert_eq!(room.holder(&[1, 2]), Some(3));
    room.pass(5000);
    assert_eq!(room.holder(&[1, 2]), Some(2));
    room.act(2, Act::Leave).unwrap();
    assert_eq!(room.view(1).phase, Phase::Between);
    assert_eq!(room.view(1).people.len(), 2);
    room.pass(timing::LEAVING);
    assert_eq!(room.view(2).place, Place::Ended(End::Left));
}

#[test]
fn in_support_turns_others_answer_and_the_turn_stays() {
    let plan = Plan { format: CircleFormat::SupportTurns, ..setting().plan };
    let mut room = Room::of(Setting { plan, ..setting() }, &[1, 2, 3]);
    room.act(1, Act::Round([3, 1].map(|who| member(who).key()).to_vec())).unwrap();
    room.share(3, "what would you do?", true).unwrap();
    room.share(2, "rest", false).unwrap();
    assert_eq!(room.holder(&[1, 2, 3]), Some(3));
    let view = room.view(1);
    let turns: Vec<bool> = view.said.iter().map(|spoken| spoken.turn.is_some()).collect();
    assert_eq!(turns, [true, false]);
}

#[test]
fn on_an_open_floor_everybody_speaks() {
    let plan = Plan { format: CircleFormat::OpenFloor, ..setting().plan };
    let mut room = Room::of(Setting { plan, ..setting() }, &[1, 2, 3]);
    room.act(1, Act::Next).unwrap();
    assert_eq!(room.view(3).phase, Phase::Floor);
    room.share(3, "one", false).unwrap();
    room.share(2, "two", false).unwrap();
    assert_eq!(room.texts(1), ["one", "two"]);
    assert_eq!(room.act(1, Act::Next), Err(ActError::NotNow));
}

#[test]
fn words_have_a_measure() {
    let mut room = round();
    assert_eq!(room.share(1, " \n", true), Err(ActError::Empty));
    assert_eq!(room.share(1, &"x".repeat(limits::CIRCLE_TEXT + 1), true), Err(ActError::TooLong));
    for _ in 0..limits::CIRCLE_MESSAGES {
        room.share(1, &"x".repeat(limits::CIRCLE_TEXT), true).unwrap();
    }
    assert_eq!(room.share(1, "more", true), Err(ActError::TooMany));
    assert_eq!(room.texts(3).len(), usize::from(limits::CIRCLE_MESSAGES));
}

#[test]
fn what_was_lost_is_made_good() {
    let mut room = round();
    room.away.insert(2);
    room.share(1, "one", true).unwrap();
    room.share(1, "two", false).unwrap();
    assert!(room.texts(2).is_empty());
    room.away.clear();
    room.pass(timing::BEAT * 2);
    assert_eq!(room.texts(2), ["one", "two"]);
    assert_eq!(room.holder(&[1, 2, 3]), Some(3));
}
