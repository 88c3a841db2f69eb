//! The pages, without scripts.

use kith_tests::Person;
use kith_tests::visitor::Visitor;

#[test]
fn somebody_who_is_let_in_reads_and_writes_without_scripts() {
    let ana = Person::new("Ana");
    let ben = Person::new("Ben");
    let group = ana.opens("Sleepless", "For nights that are too long.");
    ben.joins(&ana.invites(&group).link);
    let mut at_ana = Visitor::comes_to(ana.home());
    at_ana.sees(&format!("/groups/{group}")).says("Sleepless").says("Nobody has written yet");
    at_ana.sees(&format!("/groups/{group}/write")).says("What would help right now?");
    let write = format!("/groups/{group}/write");
    at_ana.sends(&write, &[("text", ""), ("intent", "good_news"), ("note", "a <b>walk</b>")]).says("no text");
    at_ana
        .sends(
            &write,
            &[("text", "I slept.\r\n\r\nTwice."), ("intent", "good_news"), ("mentions", "medical")],
        )
        .says("I slept.")
        .says("Good news");
    let mut at_ben = Visitor::comes_to(ben.home());
    at_ben
        .waits_for(&format!("/groups/{group}"), "Mentions: medical detail")
        .says("I slept.")
        .says("Not heard yet");
}
