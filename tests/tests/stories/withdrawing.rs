//! What people take back is gone from everybody's node, whenever they hear of it; what they change is changed.

use std::fs;
use std::path::Path;

use kith_tests::{Person, wait};
use serde_json::Value;

const REGRETTED: &str = "My sister's name is Annegret and she works at the mill in Oberndorf.";

/// A post as somebody is shown it, once it is as expected.
#[track_caller]
fn shown(person: &Person, post: &str, what: &str, expected: impl Fn(&Value) -> bool) -> Value {
    wait::until(wait::ARRIVAL, format_args!("{} to see the post {what}", person.name()), || {
        let thread = person.kith(["thread", post]).run();
        let thread = (thread.code() == 0).then(|| thread.ok())?;
        let one = thread["posts"].as_array()?.iter().find(|one| one["post"] == post)?.clone();
        expected(&one).then_some(one)
    })
}

#[track_caller]
fn sees_it_gone(person: &Person, post: &str) {
    let one = shown(person, post, "taken back", |one| one["withdrawn"] == true);
    assert_eq!(one["text"], "");
}

fn three() -> ([Person; 3], String) {
    let people = ["Ana", "Ben", "Chi"].map(Person::new);
    let group = people[0].opens("Letters", "Slowly is fine.");
    for person in &people[1..] {
        person.joins(&people[0].invites(&group).link);
    }
    people[0].meets(&group, 2);
    (people, group)
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for item in fs::read_dir(from).unwrap() {
        let item = item.unwrap();
        let target = to.join(item.file_name());
        let kind = item.file_type().unwrap();
        if kind.is_dir() {
            copy(&item.path(), &target);
        } else if kind.is_file() {
            fs::copy(item.path(), target).unwrap();
        }
    }
}

#[test]
fn a_withdrawal_reaches_who_was_there_who_was_away_and_who_comes_new() {
    let ([ana, ben, mut chi], group) = three();
    let post = ben.posts(&group, REGRETTED);
    let answer = ana.replies(&post, "Thank you for telling us.");
    chi.has_got(&group, &[&post, &answer]);
    chi.goes_offline();

    let word = ben.kith(["withdraw", &post]).ok();
    assert!(word["post"].is_string(), "{word}");
    sees_it_gone(&ben, &post);
    sees_it_gone(&ana, &post);
    let words = ana.kith(["read", &group]).in_words().run().lines.join("\n");
    assert!(words.contains("(Taken back by the author.)") && !words.contains("Oberndorf"), "{words}");
    assert_eq!(ben.kith(["withdraw", &post]).fails(5).code, "not_allowed");
    assert!(ana.kith(["withdraw", &answer, "--yes"]).ok()["post"].is_string());

    // Chi was away, and still has both; she hears of it when she returns.
    chi.comes_online();
    sees_it_gone(&chi, &post);
    sees_it_gone(&chi, &answer);
    // Dan gets what is left of it from people who have no more, and nothing is asked for again and again.
    let dan = Person::new("Dan");
    dan.joins(&ana.invites(&group).link);
    sees_it_gone(&dan, &post);
    assert_eq!(dan.status(&group)["pending"], 0);
    let entries = ana.status(&group)["entries"].clone();
    wait::until(wait::ARRIVAL, "Dan to have as many entries", || {
        (dan.status(&group)["entries"] == entries).then_some(())
    });
}

#[test]
fn a_copy_of_a_home_from_before_a_withdrawal_obeys_it_when_it_meets_anybody() {
    let ([ana, ben, mut chi], group) = three();
    let post = ben.posts(&group, REGRETTED);
    chi.has_got(&group, &[&post]);
    chi.goes_offline();
    let backup = chi.home().beside("backup");
    copy(&chi.home().path(), &backup);
    chi.comes_online();
    ben.kith(["withdraw", &post]).ok();
    sees_it_gone(&chi, &post);
    sees_it_gone(&ana, &post);
    chi.goes_offline();
    chi.home().lose();
    copy(&backup, &chi.home().path());
    chi.comes_online();
    sees_it_gone(&chi, &post);
}

#[test]
fn the_author_restored_from_before_does_not_bring_it_back() {
    let ([ana, mut ben, chi], group) = three();
    let post = ben.posts(&group, REGRETTED);
    chi.has_got(&group, &[&post]);
    ben.goes_offline();
    let backup = ben.home().beside("backup");
    copy(&ben.home().path(), &backup);
    ben.comes_online();
    ben.kith(["withdraw", &post]).ok();
    sees_it_gone(&ana, &post);
    ben.goes_offline();
    ben.home().lose();
    copy(&backup, &ben.home().path());
    ben.comes_online();
    sees_it_gone(&ben, &post);
    sees_it_gone(&ana, &post);
    sees_it_gone(&chi, &post);
}

#[test]
fn a_lost_database_does_not_bring_back_what_its_owner_took_back() {
    let mut ana = Person::new("Ana");
    let group = ana.opens("Alone", "Just me so far.");
    let (kept, gone) = (ana.posts(&group, "This stays."), ana.posts(&group, REGRETTED));
    ana.kith(["withdraw", &gone]).ok();
    ana.goes_offline();
    fs::remove_dir_all(ana.home().cells()[0].join("db")).unwrap();
    ana.comes_online();
    let read = ana.has_got(&group, &[&kept]);
    assert!(read.iter().all(|post| post.text != REGRETTED), "{read:?}");
    sees_it_gone(&ana, &gone);
}

#[test]
fn what_was_changed_is_shown_changed_and_taken_back_as_a_whole() {
    let ([ana, ben, mut chi], group) = three();
    let post = ben.posts(&group, REGRETTED);
    chi.has_got(&group, &[&post]);
    chi.goes_offline();
    ben.kith(["edit", &post]).stdin("My sister works nearby.").ok();
    ben.kith(["edit", &post]).stdin("My sister lives nearby.").ok();
    let one = shown(&ana, &post, "changed", |one| one["text"] == "My sister lives nearby.");
    assert_eq!(one["edited"], true);
    assert_eq!(ana.kith(["edit", &post]).stdin("I say otherwise.").fails(5).code, "not_allowed");
    chi.comes_online();
    shown(&chi, &post, "changed", |one| one["text"] == "My sister lives nearby.");
    ben.kith(["withdraw", &post]).ok();
    for person in [&ana, &ben, &chi] {
        sees_it_gone(person, &post);
        assert!(person.reads(&group).iter().all(|one| !one.text.contains("sister")));
    }
    assert_eq!(ben.kith(["edit", &post]).stdin("Again.").fails(5).code, "not_allowed");
}

#[test]
fn who_leaves_can_take_everything_back() {
    let ([ana, ben, chi], group) = three();
    let posts: Vec<String> = (0..70).map(|number| ben.posts(&group, &format!("Evening {number}."))).collect();
    chi.has_got(&group, &posts);
    let stays = ana.posts(&group, "Good night, all.");
    ben.kith(["group", "leave", &group, "--withdraw-posts", "--yes", "--goodbye-file", "-"])
        .stdin("Be well.")
        .ok();
    for person in [&ana, &chi] {
        sees_it_gone(person, &posts[0]);
        sees_it_gone(person, &posts[69]);
        person.sees_member(&group, "Ben", "member", "left");
        assert!(person.reads(&group).iter().any(|post| post.post == stays));
    }
    assert_eq!(chi.kith(["withdraw", "--all", &group]).ok()["posts"], 0);
}
