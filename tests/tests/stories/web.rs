//! The pages, without scripts.

use kith_tests::listening::Listening;
use kith_tests::visitor::Visitor;
use kith_tests::{Lab, Person, wait};

/// How many times as fast time goes where it must pass.
const PACE: u64 = 600;
/// Who was away for so long comes back, in milliseconds.
const AWAY: u64 = 31 * 60 * 1000;

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
    let me = ana.sees_member(&group, "Ben", "member", "member").member;
    at_ben.sees(&format!("/groups/{group}/members/{me}")).says("Do not show it any more");
    at_ben.sends(&format!("/groups/{group}/settle-in"), &[]).is_silent_on("Do not show it any more");
}

#[test]
fn whoever_comes_back_sees_up_to_where_they_had_read() {
    let base = Lab::now();
    let mut people = ["Ana", "Ben"].map(Person::offline);
    for person in &mut people {
        Lab::hasty(person, base, PACE);
    }
    let [ana, ben] = &people;
    let group = ana.opens("Sleepless", "For nights that are too long.");
    ben.joins(&ana.invites(&group).link);
    let here = format!("/groups/{group}");
    let mut at_ben = Visitor::comes_to(ben.home());
    ana.posts(&group, "The first night.");
    at_ben.waits_for(&here, "The first night.").is_silent_on("You read up to here");
    ana.posts(&group, "The second night.");
    at_ben.waits_for("/groups", "Somebody wrote since you last looked.");
    at_ben.waits_for(&here, "The second night.").is_silent_on("You read up to here");
    at_ben.sees("/groups").is_silent_on("Somebody wrote");

    let left = Lab::now();
    let third = ana.posts(&group, "The third night.");
    ben.has_got(&group, &[&third]);
    wait::until(wait::ARRIVAL, "half an hour to pass", || ((Lab::now() - left) * PACE > AWAY).then_some(()));
    let page = at_ben.sees(&here);
    let at = |words: &str| page.text().find(words).unwrap_or_else(|| panic!("no {words:?}: {}", page.text()));
    assert!(at("The third night.") < at("You read up to here"), "{}", page.text());
    assert!(at("You read up to here") < at("The second night."), "{}", page.text());
    at_ben.sees(&here).says("You read up to here");
}

/// The number at the beginning of a text.
fn leading(text: &str) -> u64 {
    let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().expect("a number")
}

/// The number of the last hint that was said.
fn number(said: &str) -> u64 {
    said.rsplit("id: ").next().map_or(0, leading)
}

/// Between a page's making and its first breath, and while its stream is cut, something happens all the same.
#[test]
fn what_happens_while_a_page_does_not_listen_is_told_once_it_does() {
    let [ana, ben] = ["Ana", "Ben"].map(Person::new);
    let group = ana.opens("Sleepless", "For nights that are too long.");
    ben.joins(&ana.invites(&group).link);
    let mut at_ana = Visitor::comes_to(ana.home());
    let here = format!("/groups/{group}");
    let page = at_ana.sees(&here);
    let first = ben.posts(&group, "The first night.");
    ana.has_got(&group, &[&first]);
    let mut listening = Listening::from(&at_ana, &page);
    listening.hears("event: newer");
    let second = ben.posts(&group, "The second night.");
    ana.has_got(&group, &[&second]);
    listening.hears("event: newer");
    drop(listening);

    // A new page has it, and is told of what is new since alone; so is whoever lost the stream.
    let page = at_ana.waits_for(&here, "The second night.");
    let made = page.html.split("/events?since=").nth(1).map_or(0, leading);
    let mut listening = Listening::from(&at_ana, &page);
    let third = ben.posts(&group, "The third night.");
    ana.has_got(&group, &[&third]);
    let heard = number(&listening.hears("event: newer"));
    assert!(heard > made, "{heard}, of a page as of {made}");
    drop(listening);
    let fourth = ben.posts(&group, "The fourth night.");
    ana.has_got(&group, &[&fourth]);
    let mut again = Listening::to(&at_ana, &format!("/events?since=0&group={group}"), Some(heard));
    assert!(number(&again.hears("event: newer")) > heard, "what was heard is not told again");
}
