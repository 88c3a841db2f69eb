//! How most stories begin: somebody opens a group, and others come in.

use crate::Person;

/// The first of these opens a group, and the others come in.
#[track_caller]
pub fn gather(people: &[Person]) -> String {
    let [first, ..] = people else { panic!("a group takes people") };
    let group = first.opens("Letters", "Slowly is fine.");
    come_in(people, &group);
    group
}

/// All but the first of these come into the group that the first has opened, and all see each other there.
#[track_caller]
pub fn come_in(people: &[Person], group: &str) {
    let [first, others @ ..] = people else { panic!("a group takes people") };
    for other in others {
        other.joins(&first.invites(group).link);
    }
    for person in people {
        for other in others {
            person.sees_member(group, other.name(), "member", "member");
        }
    }
}

/// The first of these makes another, by name, a facilitator, and all see it.
#[track_caller]
pub fn promote(people: &[Person], group: &str, name: &str) {
    let [first, ..] = people else { panic!("a group takes people") };
    let member = first.sees_member(group, name, "member", "member").member;
    first.kith(["member", "promote", group, &member]).ok();
    for person in people {
        person.sees_member(group, name, "facilitator", "member");
    }
}
