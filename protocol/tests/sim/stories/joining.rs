//! Coming in.

use kith_protocol::body::{Admit, Body};
use kith_protocol::group::Standing;

use super::told::Story;

/// A link for one person gets around, and two come in on it at the same hour, at the nodes of two members who
/// cannot hear each other, while the facilitators are away, so that none of them sees one of the two alone. When they
/// can, both wait, whoever was first; a facilitator lets in the one that was meant. What was written after both were
/// known, the other never reads.
#[test]
fn a_link_for_one_is_used_twice_at_once() {
    let mut story = Story::of(&["ada", "ben"]).with("ada", &["cyd", "dov"]);
    let ticket = story.invites("ada", 1);
    story.time_passes();
    story.world.part(&[&["cyd"], &["dov"]]);
    assert!(story.joins("fay", &ticket, "cyd"));
    assert!(story.joins("gus", &ticket, "dov"));
    story.time_passes();
    assert_eq!(story.standing("fay", "cyd"), Some(Standing::Member), "as far as Cyd knows");
    assert_eq!(story.standing("gus", "dov"), Some(Standing::Member), "as far as Dov knows");
    for away in ["ada", "ben"] {
        let away = story.world.who(away);
        story.world.sleep(away);
    }
    let (cyd, dov) = (story.world.who("cyd"), story.world.who("dov"));
    story.world.mend();
    story.world.meet(cyd, dov);
    story.time_passes();
    story.all_meet();
    for by in ["ada", "ben", "cyd", "dov"] {
        assert_eq!(story.standing("fay", by), Some(Standing::Waiting));
        assert_eq!(story.standing("gus", by), Some(Standing::Waiting));
    }
    story.posts("cyd", "Who is who?");
    story.all_meet();
    assert!(!story.node("fay").texts().contains("Who is who?"));
    let join = story.seen("fay", "ada").unwrap().joined;
    story.says("ada", Body::Admit(Admit { join }));
    story.all_meet();
    story.posts("fay", "It is me.");
    story.all_meet();
    story.agree(&["ada", "ben", "cyd", "dov", "fay"]);
    assert_eq!(story.standing("fay", "dov"), Some(Standing::Member));
    assert_eq!(story.standing("gus", "dov"), Some(Standing::Waiting));
    assert!(story.sees("dov", "It is me.") && story.sees("fay", "Who is who?"));
    assert!(!story.node("gus").texts().contains("Who is who?"));
}
