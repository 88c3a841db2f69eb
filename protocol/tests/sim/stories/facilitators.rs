//! Facilitators against each other, and none at all.

use kith_protocol::body::Role;
use kith_protocol::group::Standing;
use kith_protocol::sim::DAY;

use super::told::Story;

/// Ada and Ben fell out. Apart from each other, on one evening, each removes the other. Of two facilitators the
/// senior decides: Ada stays, Ben is out, and nobody has to be told who was first.
#[test]
fn two_facilitators_remove_each_other() {
    let mut story = Story::of(&["ada", "ben"]).with("ada", &["cyd", "dov"]);
    story.world.part(&[&["ada", "cyd"], &["ben", "dov"]]);
    story.removes("ada", "ben");
    story.removes("ben", "ada");
    story.time_passes();
    assert_eq!(
        story.standing("ada", "dov"),
        Some(Standing::Member),
        "one of two who is not the senior removes nobody"
    );
    story.all_meet();
    story.agree(&["ada", "cyd", "dov"]);
    assert_eq!(story.facilitators("dov"), ["ada"]);
    assert_eq!(story.standing("ben", "dov"), Some(Standing::Removed));
}

/// Ada and Ben quarrel, and each signs that the other should go. Hal, who means ill, signs with Ada, and Ben is out; a
/// month later he signs with Ben, dated back to before that. That removal rests on a signature which the first one
/// knew, and the first on one of which it knows nothing: so it holds, Ada is out and Ben is back. All see the same, and
/// nobody else is touched. A signature against a colleague does not lapse, and a third can use it whenever he likes;
/// but of the two who are left Ben is the senior. He puts Hal out, and lets Ada in again under a new key.
#[test]
fn two_sign_against_each_other_and_a_third_chooses_between_them() {
    let mut story = Story::of(&["ada", "ben", "hal"]).with("ada", &["cyd", "dov"]);
    story.world.part(&[&["ada", "cyd"]]);
    story.removes("ada", "ben");
    let by_ben = story.signs_against("ben", "ada", None);
    story.all_meet();
    assert_eq!(story.facilitators("cyd"), ["ada", "ben", "hal"], "one of three each is too few");
    story.removes("hal", "ben");
    story.all_meet();
    assert_eq!(story.facilitators("cyd"), ["ada", "hal"]);
    story.world.go(30 * DAY);
    story.signs_against("hal", "ada", Some(by_ben));
    story.all_meet();
    story.agree(&["ben", "hal", "cyd", "dov"]);
    assert_eq!(story.facilitators("cyd"), ["ben", "hal"]);
    assert_eq!(story.standing("ada", "dov"), Some(Standing::Removed));
    story.removes("ben", "hal");
    story.all_meet();
    assert_eq!(story.facilitators("cyd"), ["ben"]);
    let ticket = story.invites("ben", 1);
    story.time_passes();
    assert!(!story.joins("ada", &ticket, "ben"), "the old key stays out");
    assert!(story.comes_back("ada", 1, &ticket, "ben"));
    story.all_meet();
    story.agree(&["ben", "cyd", "dov", "ada again"]);
    assert_eq!(story.role("ada again", "cyd"), Some(Role::Member));
}

/// Ada founded the group and turns on it: she removes Ben and Cyd, and gives a friend a seat. It takes two of
/// three, so nothing of that counts. Ben and Cyd remove her together, and she is out, whatever she dates back.
#[test]
fn a_founder_gone_rogue_against_two() {
    let mut story = Story::of(&["ada", "ben", "cyd"]).with("ada", &["dov", "friend"]);
    story.removes("ada", "ben");
    story.removes("ada", "cyd");
    story.promotes("ada", "friend", Role::Seat);
    story.time_passes();
    assert_eq!(story.facilitators("dov"), ["ada", "ben", "cyd"]);
    story.removes("ben", "ada");
    story.time_passes();
    assert_eq!(story.standing("ada", "dov"), Some(Standing::Member), "one alone cannot either");
    story.removes("cyd", "ada");
    story.time_passes();
    story.posts("ben", "We go on.");
    story.all_meet();
    story.agree(&["ben", "cyd", "dov"]);
    assert_eq!(story.facilitators("dov"), ["ben", "cyd"]);
    assert_eq!(story.standing("ada", "dov"), Some(Standing::Removed));
    assert!(story.sees("dov", "We go on."));
    assert!(!story.node("ada").texts().contains("We go on."));
}

/// Ada and Ben both lose their devices in one week, and nobody else can let anybody in. The members elect Cyd:
/// more than half of them sign, and she has a seat.
#[test]
fn all_facilitators_are_lost() {
    let mut story = Story::of(&["ada", "ben"]).with("ada", &["cyd", "dov", "eli", "fay", "gus"]);
    let (ada, ben) = (story.world.who("ada"), story.world.who("ben"));
    story.world.sleep(ada);
    story.world.sleep(ben);
    for voter in ["cyd", "dov", "eli"] {
        story.votes_for(voter, "cyd");
        story.time_passes();
    }
    assert_eq!(story.role("cyd", "gus"), Some(Role::Member), "three of seven are not more than half");
    story.votes_for("fay", "cyd");
    story.time_passes();
    assert_eq!(story.role("cyd", "gus"), Some(Role::Seat));
    let ticket = story.invites("cyd", 1);
    assert!(story.joins("hal", &ticket, "cyd"));
    story.time_passes();
    story.posts("hal", "Thank you for having me.");
    story.time_passes();
    assert!(story.sees("gus", "Thank you for having me."));
}

/// The members elect Cyd because Ada and Ben are silent. But Ada was only on a walk, and wrote something
/// meanwhile: the election she knew nothing of seats nobody, and Cyd is a helper.
#[test]
fn an_election_behind_a_facilitators_back_gives_no_seat() {
    let mut story = Story::of(&["ada", "ben"]).with("ada", &["cyd", "dov", "eli"]);
    story.world.part(&[&["ada", "ben"]]);
    for voter in ["cyd", "dov", "eli"] {
        story.votes_for(voter, "cyd");
        story.time_passes();
    }
    assert_eq!(story.role("cyd", "dov"), Some(Role::Seat), "as far as they know");
    story.gives_a_sign("ada");
    story.all_meet();
    story.agree(&["ada", "ben", "cyd", "dov", "eli"]);
    assert_eq!(story.role("cyd", "dov"), Some(Role::Deputy));
    assert_eq!(story.facilitators("cyd"), ["ada", "ben"]);
}

/// Everybody who facilitates steps back on the same day, none of them knowing of the others. The group is not
/// left without anybody: the most senior stays in name, and members can elect.
#[test]
fn everybody_steps_back_at_once() {
    let mut story = Story::of(&["ada", "ben"]).with("ada", &["cyd", "dov"]);
    story.world.part(&[&["ada"], &["ben"]]);
    story.steps_back("ada");
    story.steps_back("ben");
    story.all_meet();
    story.agree(&["ada", "ben", "cyd", "dov"]);
    assert_eq!(story.facilitators("cyd"), ["ada"], "in name");
    assert_eq!(story.role("ada", "cyd"), Some(Role::Member));
    for voter in ["ben", "cyd", "dov"] {
        story.votes_for(voter, "cyd");
        story.time_passes();
    }
    assert_eq!(story.role("cyd", "dov"), Some(Role::Seat));
}
