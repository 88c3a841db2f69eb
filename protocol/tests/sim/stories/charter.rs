//! What the group agreed on.

use kith_protocol::charter::{Changes, Inviters};

use super::told::Story;

/// Ada makes the group larger while Ben, elsewhere, promises an answer within a day. Nobody's change is lost. Then
/// each of them changes the size, apart: all see the same one of the two.
#[test]
fn the_charter_is_changed_by_two_at_once() {
    let mut story = Story::of(&["ada", "ben"]).with("ada", &["cyd", "dov"]);
    story.world.part(&[&["ada", "cyd"], &["ben", "dov"]]);
    story.amends("ada", Changes { size: Some(40), ..Changes::default() });
    story.amends("ben", Changes { reply_hours: Some(24), ..Changes::default() });
    story.all_meet();
    story.agree(&["ada", "ben", "cyd", "dov"]);
    let charter = story.node("cyd").group().charter();
    assert_eq!((charter.size, charter.reply_hours), (40, 24));
    story.world.part(&[&["ada", "cyd"], &["ben", "dov"]]);
    story.amends("ada", Changes { size: Some(50), ..Changes::default() });
    story.amends("ben", Changes { size: Some(60), ..Changes::default() });
    story.all_meet();
    story.agree(&["ada", "ben", "cyd", "dov"]);
    let size = story.node("cyd").group().charter().size;
    assert!([50, 60].contains(&size), "{size}");
}

/// What members agreed to by joining takes two of three. Ada and Ben each wish for it, apart, and neither knows
/// of the other: it stays as it was until one of them signs knowing of both. Then members are asked again.
#[test]
fn what_members_agreed_to_takes_two() {
    let mut story = Story::of(&["ada", "ben", "cyd"]).with("ada", &["dov"]);
    let change = || Changes { inviters: Some(Inviters::Facilitators), ..Changes::default() };
    story.world.part(&[&["ada"], &["ben"]]);
    story.amends("ada", change());
    story.amends("ben", change());
    story.all_meet();
    story.agree(&["ada", "ben", "cyd", "dov"]);
    assert_eq!(story.node("dov").group().charter().inviters, Inviters::Members);
    story.amends("cyd", change());
    story.all_meet();
    story.agree(&["ada", "ben", "cyd", "dov"]);
    let group = story.node("dov").group();
    assert_eq!(group.charter().inviters, Inviters::Facilitators);
    assert!(!group.accepted(&story.key("dov")), "asked again");
}
