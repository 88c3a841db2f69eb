//! Removals, and what happens beside them.

use kith_protocol::body::Role;
use kith_protocol::group::Standing;
use kith_protocol::sim::DAY;

use super::told::Story;

/// Ada removes Xen while Ben, elsewhere, removes Yul. When they meet both are out, and neither can read a word
/// of what is written from then on.
#[test]
fn two_people_are_removed_by_two_people_at_once() {
    let mut story = Story::of(&["ada", "ben"]).with("ada", &["cyd", "xen", "yul"]);
    story.world.part(&[&["ada", "yul"], &["ben", "xen"]]);
    story.removes("ada", "xen");
    story.removes("ben", "yul");
    story.posts("ada", "Xen is out.");
    story.posts("ben", "Yul is out.");
    story.time_passes();
    assert!(story.sees("yul", "Xen is out."), "nobody here knew better");
    story.all_meet();
    story.posts("cyd", "Both are out.");
    story.all_meet();
    story.agree(&["ada", "ben", "cyd"]);
    for out in ["xen", "yul"] {
        assert_eq!(story.standing(out, "cyd"), Some(Standing::Removed));
        assert!(!story.node(out).texts().contains("Both are out."));
    }
    assert!(story.sees("cyd", "Xen is out.") && story.sees("cyd", "Yul is out."));
}

/// While Ada removes Xen, on the other side of a broken line Xen posts, Ben makes Xen a helper, and Xen lets in
/// a friend on an invite of his own. The removal wins over all of it: Xen is out, the friend never came in, and
/// what Xen wrote that Ada had not seen is not shown.
#[test]
fn a_removal_beside_a_post_a_promotion_and_an_invite() {
    let mut story = Story::of(&["ada", "ben"]).with("ada", &["cyd", "xen"]);
    story.posts("xen", "before");
    story.time_passes();
    story.world.part(&[&["ada", "cyd"], &["ben", "xen"]]);
    story.removes("ada", "xen");
    story.posts("xen", "beside");
    story.promotes("ben", "xen", Role::Deputy);
    story.time_passes();
    assert_eq!(story.role("xen", "ben"), Some(Role::Deputy), "as far as Ben knows");
    let ticket = story.invites("xen", 1);
    assert!(story.joins("friend", &ticket, "xen"));
    story.time_passes();
    story.all_meet();
    story.agree(&["ada", "ben", "cyd"]);
    for by in ["ada", "ben", "cyd"] {
        assert_eq!(story.standing("xen", by), Some(Standing::Removed));
        assert_ne!(story.standing("friend", by), Some(Standing::Member));
        assert!(story.sees(by, "before") && !story.sees(by, "beside"), "{by}");
    }
    story.posts("cyd", "after");
    story.all_meet();
    for out in ["xen", "friend"] {
        assert!(!story.node(out).texts().contains("after"), "{out}");
    }
}

/// Xen was removed in anger. Weeks later Ada invites him again. He comes back under a new key: what his old
/// key wrote stays where it was, and his new one reads and writes like anybody's.
#[test]
fn somebody_is_let_in_again() {
    let mut story = Story::of(&["ada", "ben"]).with("ada", &["cyd", "xen"]);
    story.removes("ada", "xen");
    story.world.go(20 * DAY);
    let ticket = story.invites("ada", 1);
    story.time_passes();
    assert!(!story.joins("xen", &ticket, "ada"), "the old key stays out");
    assert!(story.comes_back("xen", 1, &ticket, "ada"));
    story.time_passes();
    story.posts("xen again", "I am sorry.");
    story.all_meet();
    story.agree(&["ada", "ben", "cyd", "xen again"]);
    assert_eq!(story.standing("xen", "cyd"), Some(Standing::Removed));
    assert_eq!(story.standing("xen again", "cyd"), Some(Standing::Member));
    assert!(story.sees("cyd", "I am sorry."));
}

/// Xen is out, and writes on as though he had never heard of it: a post, an invite and a removal of Ada's friend,
/// all dated to last week. Cyd, who was away and has not heard either, even takes them in for a while. In the
/// end nothing of it is shown, nobody came in and nobody went.
#[test]
fn somebody_who_was_expelled_dates_back() {
    let mut story = Story::of(&["ada", "ben"]).with("ada", &["cyd", "dov", "xen"]);
    story.promotes("ada", "xen", Role::Deputy);
    story.time_passes();
    story.world.part(&[&["xen", "cyd"]]);
    story.removes("ada", "xen");
    story.world.go(7 * DAY);
    let xen = story.world.who("xen");
    story.world.skew(xen, -(7 * DAY as i64));
    story.posts("xen", "I was here all along.");
    story.removes("xen", "dov");
    let ticket = story.invites("xen", 5);
    assert!(story.joins("sock", &ticket, "xen"));
    story.time_passes();
    assert!(story.sees("cyd", "I was here all along."), "she cannot know");
    assert_eq!(story.standing("dov", "cyd"), Some(Standing::Removed), "she cannot know");
    story.all_meet();
    story.agree(&["ada", "ben", "cyd", "dov"]);
    for by in ["ada", "ben", "cyd", "dov"] {
        assert_eq!(story.standing("xen", by), Some(Standing::Removed));
        assert_eq!(story.standing("dov", by), Some(Standing::Member));
        assert_ne!(story.standing("sock", by), Some(Standing::Member));
        assert!(!story.sees(by, "I was here all along."));
    }
    story.posts("dov", "Still here.");
    story.all_meet();
    assert!(story.sees("cyd", "Still here."));
}
