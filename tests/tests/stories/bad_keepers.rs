//! Keepers that do wrong: they withhold, promise, shuffle, replay, alter, forge or stand still. Whatever they do, nobody
//! reads what nobody wrote, nobody comes in by it, and what they hold back arrives when members meet.

use kith_tests::keeper::{is_kept, is_left};
use kith_tests::{Keeper, Person, wait};

const FIRST: &str = "We are all here tonight.";
const WHILE_AWAY: &str = "I wrote this while you slept.";
const BACK: &str = "I am back, and it is quiet.";

/// Whether a keeper of a temper gives everything in the end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gives {
    All,
    Nothing,
}

/// Ben comes back while only the keeper is awake, which has become bad; then Ana does.
#[track_caller]
fn bears(temper: &'static str, gives: Gives) {
    let mut keeper = Keeper::starts();
    let (mut ana, mut ben) = (Person::new("Ana"), Person::new("Ben"));
    let group = ana.opens("Sleepless", "For nights that are too long.");
    ben.joins(&ana.invites(&group).link);
    let first = ana.posts(&group, FIRST);
    ben.has_got(&group, &[&first]);
    ana.kith(["group", "keeper", "add", &group, "-"]).stdin(keeper.enrols()).ok();
    ben.goes_offline();
    let away = ana.posts(&group, WHILE_AWAY);
    is_left(&ana, &away);
    ana.goes_offline();

    keeper.becomes(temper);
    ben.comes_online();
    wait::until(wait::ARRIVAL, "Ben's node and the keeper to have compared what they have", || {
        (keeper.status()["counters"]["sessions"].as_u64()? > 0).then_some(())
    });
    let back = ben.posts(&group, BACK);
    if gives == Gives::All {
        ben.has_got(&group, &[&first, &away]);
    }
    let known = [(first.as_str(), FIRST), (away.as_str(), WHILE_AWAY), (back.as_str(), BACK)];
    let true_so_far = |person: &Person| {
        for read in person.reads(&group) {
            let known = known.iter().find(|(post, _)| *post == read.post);
            assert_eq!(known.map(|(_, text)| *text), Some(read.text.as_str()), "nobody wrote this: {read:?}");
        }
        let names: Vec<String> = person.lists_members(&group).into_iter().map(|member| member.name).collect();
        assert_eq!(names.len(), 2, "{names:?}");
    };
    true_so_far(&ben);

    ana.comes_online();
    ben.has_got(&group, &[&first, &away]);
    ana.has_got(&group, &[&back]);
    true_so_far(&ben);
    true_so_far(&ana);
}

#[test]
fn one_that_withholds_delays_and_loses_nothing() {
    bears("withholds", Gives::Nothing);
}

#[test]
fn one_that_promises_and_does_not_give_delays_and_loses_nothing() {
    bears("promises", Gives::Nothing);
}

#[test]
fn one_that_shuffles_is_of_no_consequence() {
    bears("shuffles", Gives::All);
}

#[test]
fn one_that_gives_something_else_than_was_asked_for_is_not_believed() {
    bears("replays", Gives::Nothing);
}

#[test]
fn one_that_alters_is_not_believed() {
    bears("alters", Gives::Nothing);
}

#[test]
fn one_that_makes_up_envelopes_adds_neither_words_nor_members() {
    bears("forges", Gives::All);
}

#[test]
fn one_that_stands_still_keeps_a_removal_back_until_members_meet() {
    let mut keeper = Keeper::starts();
    let (mut ana, mut ben, chi) = (Person::new("Ana"), Person::new("Ben"), Person::new("Chi"));
    let group = ana.opens("Sleepless", "For nights that are too long.");
    ben.joins(&ana.invites(&group).link);
    chi.joins(&ana.invites(&group).link);
    ben.sees_member(&group, "Chi", "member", "member");
    ana.kith(["group", "keeper", "add", &group, "-"]).stdin(keeper.enrols()).ok();
    let first = ana.posts(&group, FIRST);
    ben.has_got(&group, &[&first]);
    chi.has_got(&group, &[&first]);
    for person in [&ana, &ben, &chi] {
        is_kept(person, &group);
    }
    // From its first session on it gives nothing new, and goes on taking.
    keeper.becomes("stands-still");
    wait::until(wait::ARRIVAL, "everybody to have compared with the keeper", || {
        (keeper.status()["counters"]["sessions"].as_u64()? > 2).then_some(())
    });
    ben.goes_offline();
    let removed = ana.sees_member(&group, "Chi", "member", "member").member;
    ana.kith(["member", "remove", &group, &removed]).ok();
    let away = ana.posts(&group, WHILE_AWAY);
    ana.goes_offline();
    drop(chi);

    ben.comes_online();
    let back = ben.posts(&group, BACK);
    is_left(&ben, &back);
    assert!(ben.reads(&group).iter().all(|post| post.post != away), "the keeper stood still");
    ben.sees_member(&group, "Chi", "member", "member");

    ana.comes_online();
    ben.has_got(&group, &[&away]);
    ana.has_got(&group, &[&back]);
    ben.sees_member(&group, "Chi", "member", "removed");
}
