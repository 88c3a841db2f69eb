//! A facilitator acts on what somebody wrote: everybody sees that, by which rule and why; another one restores it; and
//! anybody can hide somebody for themselves.

use kith_tests::{Call, Person, wait};
use serde_json::Value;

const POST: &str = "I take forty of them and then I count again.";

/// Ana and Ben, facilitators, Chi and Dan, members; and their group.
fn four() -> (Person, Person, Person, Person, String) {
    let [ana, ben, chi, dan] = ["Ana", "Ben", "Chi", "Dan"].map(Person::new);
    let group = ana.opens("Sleepless", "For nights that are too long.");
    for person in [&ben, &chi, &dan] {
        person.joins(&ana.invites(&group).link);
    }
    let member = ana.sees_member(&group, "Ben", "member", "member").member;
    ana.kith(["member", "promote", &group, &member]).ok();
    for person in [&ben, &chi, &dan] {
        person.sees_member(&group, "Ben", "facilitator", "member");
    }
    (ana, ben, chi, dan, group)
}

fn because(call: Call, reason: &str) -> Call {
    call.stdin(reason)
}

/// A post as somebody is shown it, once what was done about it is as expected: `folded`, `held`, or nothing.
#[track_caller]
fn shown(person: &Person, post: &str, measure: Option<&str>) -> Value {
    wait::until(wait::ARRIVAL, format_args!("{} to see the post as {measure:?}", person.name()), || {
        let thread = person.kith(["thread", post]).ok();
        let posts = thread["posts"].as_array()?;
        let one = posts.iter().find(|one| one["post"] == post)?;
        (one["moderation"]["measure"].as_str() == measure).then(|| one.clone())
    })
}

#[test]
fn what_is_folded_or_held_says_why_and_another_facilitator_restores_it() {
    let (ana, ben, chi, dan, group) = four();
    let post = chi.posts(&group, POST);
    for person in [&ana, &ben, &dan] {
        person.has_got(&group, &[&post]);
    }
    let done = because(
        ana.kith(["mod", "fold", &post, "--rule", "numbers", "--reason-file", "-"]),
        "It names amounts",
    )
    .ok();
    assert_eq!((&done["state"], &done["name"]), (&"done".into(), &"Chi".into()));
    for person in [&chi, &dan, &ben] {
        let one = shown(person, &post, Some("folded"));
        assert_eq!(one["moderation"]["reason"], "It names amounts");
        assert_eq!(
            (&one["moderation"]["rule"], &one["moderation"]["name"]),
            (&"numbers".into(), &"Ana".into())
        );
        assert_eq!(one["text"], POST, "folded is not gone");
    }
    let words = dan.kith(["read", &group]).in_words().run().lines.join("\n");
    assert!(
        words.contains("Folded by Ana. The rule: no amounts or numbers of self-harm or eating."),
        "{words}"
    );
    assert!(!words.contains(POST), "{words}");
    let unfolded = dan.kith(["thread", &post, "--unfold"]).in_words().run().lines.join("\n");
    assert!(unfolded.contains(POST), "{unfolded}");

    because(ben.kith(["mod", "hold", &post, "--rule", "methods", "--reason-file", "-"]), "It says how").ok();
    assert_eq!(shown(&dan, &post, Some("held"))["text"], "");
    assert_eq!(shown(&chi, &post, Some("held"))["text"], POST, "its author reads it, and why");
    assert_eq!(shown(&ana, &post, Some("held"))["text"], POST, "and so does who may restore it");

    because(ana.kith(["mod", "restore", &post, "--reason-file", "-"]), "We read it again together").ok();
    for person in [&chi, &dan, &ben] {
        assert_eq!(shown(person, &post, None)["text"], POST);
    }
}

#[test]
fn a_pause_ends_by_itself_or_by_a_word() {
    let (ana, ben, chi, dan, group) = four();
    let member = ana.sees_member(&group, "Chi", "member", "member").member;
    let pause =
        ["mod", "pause", &group, &member, "--for", "2h", "--rule", "encouragement", "--reason-file", "-"];
    because(ana.kith(pause), "Two hours to breathe, please").ok();
    let refused = wait::until(wait::ARRIVAL, "Chi's node to refuse a post", || {
        let tried = chi.kith(["post", &group]).stdin("And another thing.").run();
        (tried.code() == 5).then(|| tried.fails(5))
    });
    assert_eq!(refused.code, "paused");
    assert!(refused.message.contains("Two hours to breathe, please"), "{refused:?}");
    let before: Vec<String> = dan.reads(&group).into_iter().map(|post| post.text).collect();
    because(ben.kith(["mod", "resume", &group, &member, "--reason-file", "-"]), "We talked").ok();
    let post = wait::until(wait::ARRIVAL, "Chi to post again", || {
        let tried = chi.kith(["post", &group]).stdin("Thank you for waiting.").run();
        (tried.code() == 0).then(|| tried.ok()["post"].as_str().map(str::to_owned))?
    });
    let now = dan.has_got(&group, &[&post]);
    assert!(now.len() > before.len());
}

#[test]
fn acts_need_a_right_a_rule_and_a_reason() {
    let (ana, _ben, chi, dan, group) = four();
    let post = chi.posts(&group, "Good night.");
    dan.has_got(&group, &[&post]);
    ana.has_got(&group, &[&post]);
    let fold = ["mod", "fold", &post, "--rule", "numbers", "--reason-file", "-"];
    assert_eq!(dan.kith(fold).stdin("I don't like it").fails(5).code, "not_allowed");
    assert_eq!(ana.kith(fold).stdin("  \n").fails(1).code, "bad_words");
    let other = ["mod", "fold", &post, "--rule", "rule:7", "--reason-file", "-"];
    assert_eq!(ana.kith(other).stdin("so").fails(1).code, "bad_words");
    let none = ["mod", "fold", &post, "--reason-file", "-"];
    assert_eq!(ana.kith(none).stdin("so").fails(2).code, "usage");
    assert_eq!(shown(&dan, &post, None)["text"], "Good night.");
}

#[test]
fn who_is_hidden_is_hidden_from_one_person_alone_and_over_a_restart() {
    let (ana, _ben, chi, mut dan, group) = four();
    let post = chi.posts(&group, "Are you there?");
    dan.has_got(&group, &[&post]);
    let member = dan.sees_member(&group, "Chi", "member", "member").member;
    assert_eq!(dan.kith(["mute", &group, &member]).ok()["muted"], true);
    assert!(dan.reads(&group).is_empty());
    dan.goes_offline();
    dan.comes_online();
    assert!(dan.reads(&group).is_empty());
    ana.has_got(&group, &[&post]);
    assert_eq!(dan.kith(["unmute", &group, &member]).ok()["muted"], false);
    assert_eq!(dan.reads(&group).len(), 1);
    let me = dan.sees_member(&group, "Dan", "member", "member").member;
    assert_eq!(dan.kith(["mute", &group, &me]).fails(2).code, "bad_request");
}
