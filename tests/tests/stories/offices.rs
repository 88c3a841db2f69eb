//! Offices end and begin: facilitators step back, are set back by others, and are elected where all are silent.

use kith_tests::{Lab, Person, wait};

const DAY: i64 = 24 * 3600;

#[test]
fn a_facilitator_steps_back_and_another_is_set_back_by_two() {
    let [ana, ben, chi] = ["Ana", "Ben", "Chi"].map(Person::new);
    let group = ana.opens("Sleepless", "For nights that are too long.");
    for person in [&ben, &chi] {
        person.joins(&ana.invites(&group).link);
        let member = ana.sees_member(&group, person.name(), "member", "member").member;
        ana.kith(["member", "promote", &group, &member]).ok();
    }
    // Of two the senior decides alone, so that Chi got a seat as well.
    for person in [&ana, &ben, &chi] {
        person.sees_member(&group, "Ben", "facilitator", "member");
        person.sees_member(&group, "Chi", "facilitator", "member");
    }
    let chi_id = ana.sees_member(&group, "Chi", "facilitator", "member").member;
    let demote = ["member", "demote", &group, &chi_id, "--role", "helper", "--reason-file", "-"];
    let one = ana.kith(demote).stdin("She asked for less to carry").ok();
    assert_eq!(one["state"], "awaiting", "{one}");
    wait::until(wait::ARRIVAL, "Ben's node to have Ana's word", || {
        let done = ben.kith(demote).stdin("As we said").ok();
        (done["state"] == "done").then_some(())
    });
    for person in [&ana, &ben, &chi] {
        person.sees_member(&group, "Chi", "helper", "member");
    }
    let back = ben.kith(["member", "step-back", &group, "--yes"]).ok();
    assert_eq!((&back["state"], &back["role"]), (&"done".into(), &"member".into()));
    ana.sees_member(&group, "Ben", "member", "member");
    // Nothing is left to give up: said again, it is still so.
    assert_eq!(ben.kith(["member", "step-back", &group, "--yes"]).ok()["role"], "member");
}

#[test]
fn members_elect_a_facilitator_where_all_are_silent_and_one_who_returns_is_heard() {
    let mut ana = Person::new("Ana");
    let mut members = ["Ben", "Chi", "Dan"].map(Person::new);
    let group = ana.opens("Sleepless", "For nights that are too long.");
    for person in &members {
        person.joins(&ana.invites(&group).link);
    }
    for person in &members {
        person.sees_member(&group, "Dan", "member", "member");
    }
    let ben = members[0].sees_member(&group, "Ben", "member", "member").member;
    let early = members[1].kith(["member", "elect", &group, &ben]).fails(5);
    assert_eq!(early.code, "too_early");

    // Ana is gone; sixteen days go by.
    ana.goes_offline();
    members.iter_mut().for_each(Person::goes_offline);
    for person in &mut members {
        Lab::around(person, 16 * DAY);
    }
    let notice = members[2].kith(["group", "show", &group]).ok()["notice"]["code"].clone();
    assert_eq!(notice, "out_of_date");
    for voter in &members {
        voter.meets(&group, 2);
        voter.kith(["member", "elect", &group, &ben]).ok();
    }
    for person in &members {
        person.sees_member(&group, "Ben", "facilitator", "member");
    }
    // Who was elected acts like any facilitator.
    let link = members[0].invites(&group).link;
    assert!(link.starts_with("kith:"));

    // Ana was only ill. Her node says that she is there; Ben stays a helper, whom she can promote.
    Lab::around(&mut ana, 16 * DAY);
    for person in members.iter().chain([&ana]) {
        person.sees_member(&group, "Ben", "helper", "member");
    }
    let done = ana.kith(["member", "promote", &group, &ben]).ok();
    assert_eq!(done["state"], "done", "{done}");
    members[1].sees_member(&group, "Ben", "facilitator", "member");
}
