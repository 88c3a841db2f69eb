//! Where nobody is on duty it is said plainly; how a group does is seen by who looks after it, on their device.

use kith_tests::{Lab, Person, wait};
use serde_json::{Value, json};

fn said(person: &Person, call: &[&str]) -> String {
    let run = person.kith(call).in_words().stdin("Good night.").run();
    format!("{}\n{}", run.lines.join("\n"), run.log)
}

#[test]
fn that_nobody_is_on_duty_is_said_until_somebody_is() {
    let mut people = ["Ana", "Ben"].map(Person::offline);
    people.iter_mut().for_each(Person::comes_online);
    let [ana, ben] = people;
    let group = ana.opens("Letters", "Slowly is fine.");
    assert_eq!(ana.status(&group)["quiet"], Value::Null, "there is nobody yet to be there for");
    ben.joins(&ana.invites(&group).link);
    assert_eq!(ben.status(&group)["quiet"], json!({"until": null}));
    for call in [&["post", &group][..], &["status"], &["group", "show", &group]] {
        let words = said(&ben, call);
        assert!(words.contains("No facilitator is on duty now. Members may still be reading."), "{words}");
        assert!(words.contains("kith crisis card"), "{words}");
    }
    ana.kith(["rota", "take", &group, "--in", "5h", "--for", "2h"]).ok();
    let words = wait::until(wait::ARRIVAL, "Ben to know until when", || {
        Some(said(&ben, &["status"])).filter(|words| words.contains("No facilitator is on duty until "))
    });
    assert!(!words.contains("on duty now"), "{words}");
    ana.kith(["rota", "take", &group, "--for", "2h"]).ok();
    wait::until(wait::ARRIVAL, "Ben to know that somebody is there", || {
        (ben.status(&group)["quiet"] == Value::Null).then_some(())
    });
    assert!(!said(&ben, &["post", &group]).contains("on duty"));
}

#[test]
fn how_a_group_does_is_reckoned_where_it_is_seen() {
    let base = Lab::now();
    let mut people = ["Ana", "Ben"].map(Person::offline);
    for person in &mut people {
        Lab::hasty(person, base, 3600);
    }
    let [ana, ben] = people;
    let group = ana.opens("Letters", "Slowly is fine.");
    ben.joins(&ana.invites(&group).link);
    let ben_id = ana.sees_member(&group, "Ben", "member", "member").member;
    assert_eq!(ben.kith(["group", "health", &group]).fails(5).code, "not_allowed");
    ana.kith(["rota", "take", &group, "--for", "7d"]).ok();
    ana.kith(["welcome", "greet", &group, &ben_id, "--done"]).ok();
    let of_ana = ana.posts(&group, "How was the week?");
    let of_ben = ben.posts(&group, "I cannot sleep.");
    ana.has_got(&group, &[&of_ben]);
    let answer = ana.replies(&of_ben, "I hear you.");
    ben.has_got(&group, &[&answer, &of_ana]);
    let other = ben.replies(&of_ana, "Long.");
    ana.has_got(&group, &[&other]);
    let health = ana.kith(["group", "health", &group]).ok();
    for (field, expected) in [
        ("posts", 2),
        ("heard_in_time", 2),
        ("newcomers", 1),
        ("greeted_in_time", 1),
        ("gave_and_received", 2),
        ("members", 2),
        ("open_reports", 0),
    ] {
        assert_eq!(health[field], expected, "{field} in {health}");
    }
    assert!(health["first_reply_minutes"].is_u64(), "{health}");
    wait::until(wait::ARRIVAL, "an hour on duty to have passed", || {
        let health = ana.kith(["group", "health", &group]).ok();
        (health["duty"][0]["name"] == "Ana" && health["duty"][0]["hours"].as_u64()? > 0).then_some(())
    });
    let words = ana.kith(["group", "health", &group]).in_words().run().lines.join("\n");
    assert!(words.contains("Of 2 posts, 2 were heard within"), "{words}");
}
