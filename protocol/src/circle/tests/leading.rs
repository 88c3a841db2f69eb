//! Who leads, who comes in, and how it ends.

use super::*;

#[test]
fn the_co_host_goes_on_where_it_was_and_not_too_early() {
    let mut room = round();
    room.act(1, Act::Pass).unwrap();
    room.crash(1);
    room.pass(timing::TAKE_OVER - 2000);
    assert!(!room.view(2).leading);
    room.pass(3000);
    assert!(room.view(2).leading);
    assert_eq!((room.view(3).term, room.holder(&[2, 3])), (1, Some(3)));
    assert_eq!(room.view(3).led, Led::By(member(2).key()));
    room.share(3, "still my turn", false).unwrap();
    assert_eq!(room.holder(&[2, 3]), Some(2));
}

#[test]
fn what_was_said_while_nobody_led_moves_the_turn_afterwards() {
    let mut room = round();
    room.act(1, Act::Pass).unwrap();
    room.crash(1);
    room.act(3, Act::Pass).unwrap();
    assert_eq!(room.holder(&[2, 3]), Some(3));
    room.pass(timing::TAKE_OVER + 1000);
    assert_eq!(room.holder(&[2, 3]), Some(2));
}

#[test]
fn a_host_who_was_cut_off_follows_and_leads_again_only_when_asked() {
    let mut room = round();
    room.away.insert(1);
    room.share(1, "into the void", false).unwrap();
    room.pass(timing::TAKE_OVER + 1000);
    assert!(room.view(2).leading && room.view(1).leading, "two parts, two who lead");
    assert_eq!(room.holder(&[2, 3]), Some(1));
    room.away.clear();
    room.pass(timing::BEAT * 2);
    assert!(room.view(2).leading && !room.view(1).leading);
    assert_eq!(room.holder(&[1, 2, 3]), Some(3), "the share arrived, and moved the turn");
    assert_eq!(room.texts(3), ["into the void"]);
    room.pass(60_000);
    assert!(!room.view(1).leading);
    room.act(2, Act::HandOver).unwrap();
    assert!(room.view(1).leading && !room.view(2).leading);
    assert_eq!((room.view(3).term, room.holder(&[1, 2, 3])), (2, Some(3)));
    room.act(2, Act::Lead).unwrap();
    assert_eq!(room.view(3).term, 3);
    assert_eq!(room.act(3, Act::Lead), Err(ActError::NoOffice));
}

#[test]
fn a_host_who_crashed_comes_back_to_the_same_circle() {
    let mut room = round();
    room.crash(1);
    room.pass(4000);
    room.come(1);
    room.pass(timing::TAKE_OVER + 4000);
    assert_eq!((room.view(1).place, room.view(1).term), (Place::In, 1));
    assert_eq!(room.holder(&[1, 2, 3]), Some(1), "they have the turn that they had");
    assert_eq!(room.view(2).people.len(), 3);
}

#[test]
fn without_host_and_co_host_the_floor_is_open_until_it_ends() {
    let mut room = round();
    room.come(4);
    room.pass(3000);
    room.crash(1);
    room.crash(2);
    assert_eq!(room.share(3, "hello?", false), Err(ActError::NotYourTurn));
    room.pass(timing::NOBODY + 1000);
    assert_eq!((room.view(3).led, room.view(3).phase, room.holder(&[3])), (Led::Nobody, Phase::Floor, None));
    room.share(3, "goodbye, all", false).unwrap();
    assert_eq!(room.act(3, Act::Next), Err(ActError::NotLeading));
    room.pass(timing::END);
    assert_eq!(room.view(3).place, Place::Ended(End::Unled));
    assert!(room.circle(3).keeps_nothing());
}

#[test]
fn a_host_who_comes_back_alone_is_followed() {
    let mut room = round();
    room.share(1, "before", false).unwrap();
    room.crash(1);
    room.crash(2);
    room.pass(timing::NOBODY + 1000);
    room.come(1);
    room.pass(timing::RETURNING + 15_000);
    assert!(room.view(1).leading);
    assert_eq!(room.view(3).led, Led::By(member(1).key()));
    assert_eq!(room.texts(3), ["before"], "what was heard stays to be seen");
    room.act(1, Act::Next).unwrap();
    assert!(room.holder(&[1, 3]).is_some());
}

#[test]
fn who_comes_late_waits_for_the_round_and_is_not_told_what_was_said() {
    let mut room = round();
    room.share(1, "for those who are here", false).unwrap();
    room.come(4);
    room.pass(4000);
    assert_eq!(room.view(4).place, Place::Waiting);
    assert_eq!(room.view(1).waiting, 1);
    room.act(3, Act::Pass).unwrap();
    room.act(2, Act::Pass).unwrap();
    room.pass(timing::BEAT * 3);
    assert_eq!(room.view(4).place, Place::In);
    assert!(room.texts(4).is_empty());
    room.act(1, Act::Round(vec![member(4).key()])).unwrap();
    room.share(4, "glad to be here", false).unwrap();
    assert_eq!(room.texts(3), ["for those who are here", "glad to be here"]);
}

#[test]
fn who_is_no_member_is_not_let_in_and_places_are_kept_for_those_who_lead() {
    let plan = crate::body::Circle { size: 3, ..setting().plan };
    let mut room = Room::of(crate::circle::Setting { plan, ..setting() }, &[1, 3]);
    room.come(100);
    room.come(4);
    room.pass(6000);
    assert_eq!(room.view(100).place, Place::Asking);
    assert_eq!(room.view(4).place, Place::Full);
    room.come(2);
    room.pass(3000);
    assert_eq!(room.view(2).place, Place::In);
}

#[test]
fn one_member_is_in_it_once() {
    let mut room = round();
    room.share(1, "mine", false).unwrap();
    room.crash(3);
    room.come(3);
    room.pass(3000);
    assert_eq!(room.view(1).people.len(), 3);
    assert_eq!(room.holder(&[1, 2, 3]), Some(3));
    room.share(3, "back again", false).unwrap();
    assert_eq!(room.texts(2), ["mine", "back again"]);
}

#[test]
fn closing_leaves_nothing_and_is_told_to_whoever_missed_it() {
    let mut room = round();
    room.share(1, "between us", false).unwrap();
    room.away.insert(3);
    room.act(1, Act::Close).unwrap();
    assert_eq!(room.act(2, Act::Close), Err(ActError::NotLeading));
    room.pass(timing::CLOSING + 2000);
    for who in [1, 2] {
        assert_eq!(room.view(who).place, Place::Ended(End::Closed));
        assert!(room.circle(who).keeps_nothing() && room.texts(who).is_empty());
    }
    room.away.clear();
    room.pass(timing::BEAT + 1000);
    assert_eq!(room.view(3).place, Place::Ended(End::Closed));
    room.come(4);
    room.pass(1000);
    assert_eq!(room.view(4).place, Place::Ended(End::Closed));
}
