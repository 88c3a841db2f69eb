//! Coming into a group: links, waiting, and what a newcomer may read.

use kith_tests::person::agree;
use kith_tests::{Person, wait};

#[test]
fn a_link_opens_the_group_when_the_one_who_made_it_is_gone() {
    let mut ana = Person::new("Ana");
    let ben = Person::new("Ben");
    let chi = Person::new("Chi");
    let group = ana.opens("Carers", "For those who look after somebody.");
    ben.joins(&ana.invites(&group).link);
    ana.meets(&group, 1);
    ben.meets(&group, 1);
    let link = ana.invites(&group).link;
    ben.has_got(&group, &[ana.posts(&group, "Back on Monday.")]);
    ana.goes_offline();

    assert_eq!(chi.joins(&link), group);
    let post = chi.posts(&group, "Hello, Ana is not here, but the door was open.");
    ben.has_got(&group, &[&post]);
    agree(&group, &[&ben, &chi]);
}

#[test]
fn joining_goes_on_by_itself_when_nobody_is_there_yet() {
    let mut ana = Person::new("Ana");
    let mut ben = Person::new("Ben");
    let group = ana.opens("Early birds", "Before the house wakes up.");
    let link = ana.invites(&group).link;
    ana.goes_offline();

    let waiting = ben.kith(["join", &link, "--as", "Ben"]).ok();
    assert_eq!((&waiting["state"], &waiting["group"]), (&"waiting".into(), &group.as_str().into()));
    let late = ben.kith(["join", &link, "--as", "Ben", "--wait", "1"]).fails(75);
    assert_eq!(late.code, "not_in_time");
    assert_eq!(ben.kith(["post", &group]).stdin("Too early.").fails(5).code, "still_waiting");

    // The wish survives a restart, and needs nobody to ask again.
    ben.goes_offline();
    ben.comes_online();
    ana.comes_online();
    wait::until(wait::ARRIVAL, "Ben to be let in without asking again", || {
        (ben.status(&group)["state"] == "joined").then_some(())
    });
    ana.has_got(&group, &[ben.posts(&group, "The kettle is on.")]);
}

#[test]
fn an_invite_is_printed_anew_with_todays_addresses_until_it_is_revoked() {
    let mut ana = Person::new("Ana");
    let ben = Person::new("Ben");
    let chi = Person::new("Chi");
    let group = ana.opens("Port town", "Addresses come and go.");
    let invite = ana.invites_with(&group, &["--uses", "5", "--expires", "2h"]);
    ben.joins(&invite.link);
    ana.meets(&group, 1);

    ana.goes_offline();
    ana.comes_online();
    let anew = ana.kith(["invite", "show", &invite.invite]).ok();
    chi.joins(anew["link"].as_str().expect("a link"));

    let listed = ana.kith(["invite", "list", &group]).ok();
    let one = &listed["invites"][0];
    assert_eq!((&one["invite"], &one["used"]), (&invite.invite.as_str().into(), &2.into()), "{listed}");
    ana.kith(["invite", "revoke", &invite.invite]).ok();
    let again = ana.kith(["invite", "show", &invite.invite]).fails(5);
    assert_eq!(again.code, "invite_revoked");
}

#[test]
fn a_group_without_history_keeps_its_past_from_newcomers_and_shows_them_the_rest() {
    let ana = Person::new("Ana");
    let ben = Person::new("Ben");
    let flags = ["--history", "none"];
    let group = ana.opens_with("From now on", "What was said stays with those who were there.", &flags);
    let before = ana.posts(&group, "This is only for the ones who were here on that evening.");
    let joined = ben.joins(&ana.invites(&group).link);
    let after = ana.posts(&group, "Welcome, Ben.");
    let read = ben.has_got(&joined, &[&after]);
    assert!(read.iter().all(|post| post.post != before), "Ben reads what was said before he came");
    let reply = ben.replies(&after, "Thank you.");
    let read = ana.has_got(&group, &[&before, &after, &reply]);
    assert_eq!(read.len(), 3);
}

#[test]
fn members_may_invite_where_the_group_says_so() {
    let ana = Person::new("Ana");
    let ben = Person::new("Ben");
    let chi = Person::new("Chi");
    let group = ana.opens_with("Open circle", "Bring a friend.", &["--invites", "members"]);
    ben.joins(&ana.invites(&group).link);
    chi.joins(&ben.invites(&group).link);
    let post = chi.posts(&group, "Ben said you'd be here.");
    ana.has_got(&group, &[&post]);
    agree(&group, &[&ana, &ben, &chi]);
}

#[test]
fn one_who_left_is_listed_as_gone_and_can_come_back_by_a_new_link() {
    let ana = Person::new("Ana");
    let ben = Person::new("Ben");
    let group = ana.opens("Revolving door", "Come and go as you need.");
    ben.joins(&ana.invites(&group).link);
    let post = ben.posts(&group, "I need a few weeks for myself.");
    ana.has_got(&group, &[&post]);

    ben.kith(["group", "leave", &group]).ok();
    ana.sees_member(&group, "Ben", "member", "left");
    assert_eq!(ben.kith(["post", &group]).stdin("Still?").fails(5).code, "not_member");
    assert!(ben.reads(&group).iter().any(|one| one.post == post), "What was received stays readable");

    ben.joins(&ana.invites(&group).link);
    ana.has_got(&group, &[ben.posts(&group, "Here again.")]);
}

#[test]
fn a_forgotten_group_leaves_nothing_behind() {
    let ana = Person::new("Ana");
    let one = ana.opens("Kept", "Stays.");
    let two = ana.opens("Forgotten", "Goes.");
    assert_eq!(ana.home().cells().len(), 2);
    let kept = ana.posts(&one, "Still here.");
    ana.posts(&two, "Not for long.");

    ana.kith(["group", "forget", &two]).ok();
    assert_eq!(ana.home().cells().len(), 1, "The folder of the forgotten group is still on the disk");
    assert_eq!(ana.kith(["read", &two]).fails(6).code, "unknown_id");
    assert!(ana.reads(&one).iter().any(|post| post.post == kept), "Another group lost a post");
}
