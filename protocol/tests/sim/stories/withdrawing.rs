//! Taking back what one said.

use kith_protocol::id::EnvelopeId;
use kith_protocol::sim::DAY;

use super::told::Story;

/// Cyd wrote something in a bad hour and took it back the same night. Dov, who had read it, was away for a month: when
/// he is back it is gone from his screen and from his disk. Then he puts back a copy of his machine from before,
/// and it goes again.
#[test]
fn what_was_taken_back_does_not_come_back() {
    let mut story = Story::of(&["ada", "ben"]).with("ada", &["cyd", "dov"]);
    let post = story.posts("cyd", "I cannot go on like this.");
    story.posts("cyd", "Good night.");
    story.all_meet();
    assert!(story.sees("dov", "I cannot go on like this."));
    let copy = story.node("dov").all();
    let dov = story.world.who("dov");
    story.world.sleep(dov);
    story.withdraws("cyd", &post);
    story.world.go(30 * DAY);
    assert!(!story.sees("ada", "I cannot go on like this."));
    story.world.wake(dov);
    story.all_meet();
    assert_gone(&story, "dov", &post);
    assert!(story.sees("dov", "Good night."));
    story.world.act(dov, |node| node.restore(copy));
    assert!(story.sees("dov", "I cannot go on like this."), "that is what a copy is");
    story.all_meet();
    assert_gone(&story, "dov", &post);
    assert_gone(&story, "ada", &post);
}

fn assert_gone(story: &Story, name: &str, post: &EnvelopeId) {
    let held = &story.node(name).held;
    assert!(!story.sees(name, "I cannot go on like this."), "{name} shows it");
    assert!(!held.envelopes.contains_key(post) && held.has(post), "{name} keeps it");
}
