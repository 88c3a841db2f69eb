//! People whom those who led left apart, by a crash or on purpose.

use super::*;
use crate::body::Circle as Plan;
use crate::circle::order::Standing;
use crate::circle::{Reach, Setting};

/// Without a co-host; the host has just crashed, come back alone, and is about to open anew.
fn reopening() -> Room {
    let plan = Plan { co_host: None, ..setting().plan };
    let mut room = Room::of(Setting { plan, ..setting() }, &[1, 3, 4]);
    room.crash(1);
    room.pass(timing::NOBODY + 1000);
    room.come(1);
    room
}

/// All of these are on an open floor, see each other, and hear each other.
fn together(room: &mut Room, people: &[u8]) {
    for who in people {
        assert_eq!((room.view(*who).led, room.view(*who).phase), (Led::Nobody, Phase::Floor));
        let there = |other: &u8| room.view(*who).people.iter().any(|one| one.member == member(*other).key());
        assert!(people.iter().all(there), "{who} sees {:?}", room.view(*who).people);
    }
    for who in people {
        room.share(*who, &format!("{who} is here"), false).unwrap();
    }
    room.pass(timing::BEAT * 3);
    for (reader, who) in people.iter().flat_map(|reader| people.iter().map(move |who| (reader, who))) {
        assert!(room.texts(*reader).contains(&format!("{who} is here")), "{reader} does not hear {who}");
    }
}

#[test]
fn who_was_let_in_and_never_heard_the_order_is_shown_it() {
    let mut room = reopening();
    room.deaf.insert(4);
    room.pass(timing::OPENING + timing::RETURNING + 4000);
    assert_eq!(room.view(3).led, Led::By(member(1).key()));
    room.crash(1);
    room.deaf.clear();
    room.pass(timing::NOBODY + 4000);
    let order = room.sitting(3).rank;
    assert!(order.number > 0 && room.sitting(4).rank == order);
    together(&mut room, &[3, 4]);
}

#[test]
fn those_who_were_let_in_and_told_of_nobody_hear_each_other() {
    let mut room = reopening();
    room.deaf.extend([3, 4]);
    room.pass(timing::OPENING + timing::RETURNING + 4000);
    room.crash(1);
    room.deaf.clear();
    room.pass(timing::NOBODY + 4000);
    assert_eq!((room.sitting(3).order.number, room.sitting(4).order.number), (0, 0));
    together(&mut room, &[3, 4]);
}

#[test]
fn nobody_is_shown_twice_for_having_come_twice() {
    let mut room = reopening();
    room.deaf.extend([3, 4]);
    room.pass(timing::OPENING + timing::RETURNING + 4000);
    room.crash(1);
    room.deaf.clear();
    room.pass(timing::NOBODY + 4000);
    let mut older = room.sitting(4).certificate().clone();
    (older.voice, older.entered) = (crate::id::VoiceKey([1; 32]), crate::time::Millis(1));
    let mut voice = crate::circle::voice::Voice::new(older, 0, room.now);
    voice.member = true;
    room.sitting(3).voices.insert(crate::id::VoiceKey([1; 32]), voice);
    let people = room.view(3).people;
    assert_eq!(people.iter().filter(|one| one.member == member(4).key()).count(), 1, "{people:?}");
}

#[test]
fn people_who_were_let_into_two_sittings_find_together() {
    let mut room = reopening();
    room.away.insert(4);
    room.pass(timing::OPENING + timing::RETURNING + 4000);
    room.crash(1);
    room.away.clear();
    let two = [3, 4].map(|who| room.sitting(who).id);
    assert_ne!(two[0], two[1]);
    room.pass(timing::NOBODY + 10_000);
    let one = [3, 4].map(|who| room.sitting(who).id);
    assert_eq!(one[0], one[1]);
    together(&mut room, &[3, 4]);
}

#[test]
fn who_was_never_let_in_is_not_let_in_by_others() {
    let plan = Plan { co_host: None, ..setting().plan };
    let mut room = Room::of(Setting { plan, ..setting() }, &[1, 3, 4]);
    room.crash(1);
    room.come(5);
    room.pass(timing::NOBODY + 20_000);
    assert_eq!(room.view(5).place, Place::Asking);
}

#[test]
fn of_two_orders_of_one_number_all_come_to_the_same() {
    let plan = Plan { co_host: None, ..setting().plan };
    let mut room = Room::of(Setting { plan, ..setting() }, &[1, 3, 4]);
    for (round, away) in [(7, 3), (9, 4)] {
        room.away = [away].into();
        let host = room.sitting(1);
        (host.order.number, host.order.round) = (50, round);
        host.rank = host.order.rank();
        room.pass(timing::LEADER_BEAT + 500);
    }
    assert_ne!(room.view(3).round, room.view(4).round);
    room.crash(1);
    room.away.clear();
    room.pass(timing::NOBODY + 4000);
    assert_eq!(room.view(3).round, room.view(4).round);
    together(&mut room, &[3, 4]);
}

#[test]
fn a_co_host_whom_the_host_takes_for_gone_leads_on() {
    let mut room = round();
    room.act(1, Act::Pass).unwrap();
    room.sitting(1).order.seats.retain(|seat| seat.certificate.member != member(2).key());
    room.act(1, Act::Pause).unwrap();
    assert_eq!((room.view(2).people.len(), room.view(3).people.len()), (2, 2));
    room.crash(1);
    room.pass(timing::TAKE_OVER + 2000);
    assert!(room.view(2).leading);
    assert_eq!(room.view(3).led, Led::By(member(2).key()));
    assert_eq!((room.holder(&[2, 3]), room.view(3).people.len()), (Some(3), 3));
}

#[test]
fn who_is_taken_for_gone_comes_back_as_often_as_need_be() {
    let mut room = round();
    for _ in 0..6 {
        let host = room.sitting(1);
        host.order.seat_mut(&host.order.seats[2].certificate.voice.clone()).unwrap().standing =
            Standing::Gone;
        host.dirty = true;
        room.pass(1000);
        room.pass(timing::ENTER + 2000);
        assert_eq!(room.view(1).people.len(), 3);
    }
}

#[test]
fn where_no_higher_term_is_left_whoever_is_to_lead_opens_anew() {
    let mut room = round();
    room.act(2, Act::Lead).unwrap();
    let co_host = room.sitting(2);
    (co_host.order.term, co_host.dirty) = (u32::MAX, true);
    room.pass(2000);
    assert_eq!(room.view(3).term, u32::MAX);
    room.crash(2);
    room.pass(timing::NOBODY + 10_000);
    assert!(room.view(1).leading);
    assert_eq!((room.view(3).led, room.view(3).term), (Led::By(member(1).key()), 0));
}

#[test]
fn nobody_asks_for_ever_into_a_sitting_that_is_none() {
    let mut room = round();
    // The co-host says that another sitting is on, and lets nobody in; whoever leads takes the third for gone.
    let mut other = Room::of(setting(), &[1, 2]);
    other.act(2, Act::Lead).unwrap();
    other.sent.clear();
    other.pass(timing::OPEN + 1000);
    let opens: Vec<Vec<u8>> =
        other.sent.into_iter().filter(|(who, _)| *who == 2).map(|(_, frame)| frame).collect();
    opens.iter().for_each(|frame| room.play(3, frame));
    let host = room.sitting(1);
    host.order.seats.retain(|seat| seat.certificate.member != member(3).key());
    (host.order.turn, host.order.phase, host.dirty) = (None, Phase::Between, true);
    room.pass(timing::TAKE_OVER + 6000);
    assert_eq!(room.view(1).people.len(), 3);
}

#[test]
fn one_sees_whether_what_one_said_reached_anybody() {
    let mut room = reopening();
    let reach = |room: &Room, who: u8| room.view(who).said.iter().map(|one| one.reach).collect::<Vec<_>>();
    room.share(3, "heard", false).unwrap();
    assert_eq!(reach(&room, 3), [Reach::NotYet]);
    room.pass(timing::BEAT + 1000);
    assert_eq!((reach(&room, 3), reach(&room, 4)), (vec![Reach::Heard], vec![Reach::Heard]));
    room.away.insert(3);
    room.share(3, "into the void", false).unwrap();
    room.pass(timing::OPENING + timing::RETURNING + 4000);
    assert_eq!(reach(&room, 3), [Reach::Heard, Reach::NotYet]);
    room.away.clear();
    room.deaf.insert(4);
    room.pass(1000);
    // They go where the host is, who does not know of it.
    room.pass(timing::OPEN + timing::ENTER + 1000);
    assert_eq!(room.view(3).led, Led::By(member(1).key()));
    assert_eq!(reach(&room, 3), [Reach::Heard, Reach::Lost]);
    assert_eq!(room.texts(3), ["heard", "into the void"]);
}

#[test]
fn what_was_said_before_somebody_came_has_not_reached_them() {
    let plan = Plan { co_host: None, ..setting().plan };
    let mut room = Room::of(Setting { plan, ..setting() }, &[1]);
    room.share(1, "nobody here?", false).unwrap();
    room.come(3);
    room.pass(timing::BEAT * 3);
    assert_eq!(room.view(1).people.len(), 2);
    assert_eq!(room.view(1).said[0].reach, Reach::NotYet);
    assert!(room.texts(3).is_empty());
}

#[test]
fn who_was_apart_is_heard_as_soon_as_they_hear_again() {
    let mut room = round();
    room.away.insert(3);
    room.pass(timing::TAKE_OVER + 2000);
    let silent = |room: &Room| room.view(1).people.iter().any(|one| one.silent);
    assert!(silent(&room));
    room.away.clear();
    room.pass(timing::LEADER_BEAT + timing::TICK);
    assert!(!silent(&room));
}
