//! What is coming up is announced, moved, cancelled and taken back; it is written for a calendar program by who wishes.

use std::os::unix::fs::PermissionsExt;

use kith_tests::gathering::gather;
use kith_tests::{Person, wait};
use serde_json::{Value, json};

/// Ana, a facilitator, Ben and Chi, members, and their group.
fn three() -> ([Person; 3], String) {
    let mut people = ["Ana", "Ben", "Chi"].map(Person::offline);
    people.iter_mut().for_each(Person::comes_online);
    let group = gather(&people);
    (people, group)
}

fn announces(person: &Person, group: &str, form: &str) -> String {
    let added = person.kith(["event", "add", group, "--from", "-"]).stdin(form).ok();
    added["post"].as_str().expect("an id").to_owned()
}

/// The events somebody sees, once they are as expected.
#[track_caller]
fn sees(person: &Person, group: &str, what: &str, expected: impl Fn(&[Value]) -> bool) -> Vec<Value> {
    wait::until(wait::ARRIVAL, format_args!("{} to see {what}", person.name()), || {
        let calendar = person.kith(["event", "list", group, "--all"]).ok();
        calendar["events"].as_array().filter(|events| expected(events)).cloned()
    })
}

#[test]
fn what_is_coming_up_is_announced_moved_cancelled_and_taken_back() {
    let ([ana, ben, chi], group) = three();
    let walk = announces(
        &ben,
        &group,
        "title = 'Walk by the river'\nwhen = '2036-12-05 18:30'\nminutes = 90\nplace = 'At the bridge'",
    );
    let offer = announces(&chi, &group, "title = 'How I sleep'\nkind = 'skill-share'\nminutes = 15");
    let day = announces(
        &chi,
        &group,
        "title = 'My father'\nkind = 'anniversary'\nwhen = '2019-03-04'\nmentions = 'loss'",
    );
    let seen = sees(&ana, &group, "all three", |events| events.len() == 3);
    let order: Vec<&str> = seen.iter().map(|event| event["kind"].as_str().expect("a kind")).collect();
    assert_eq!(order, ["anniversary", "gathering", "skill_share"]);
    assert_eq!((&seen[0]["day"], &seen[0]["start"]), (&json!("2019-03-04"), &Value::Null));
    assert_eq!(seen[1]["start"], "2036-12-05T18:30:00.000Z");
    assert_eq!(seen[2]["event"], json!(offer));
    let words = ana.kith(["event", "list", &group]).in_words().run().lines.join("\n");
    assert!(words.contains("A day that matters to Chi. Mentions: death and loss."), "{words}");
    assert!(!words.contains("My father"), "what it mentions comes first: {words}");

    // Nobody but its author moves a day; others than facilitators move nothing of others.
    let at = ["--when", "2036-12-06 10:00", "--reason-file", "-"];
    let change = |event: &str| ["event".to_owned(), "change".to_owned(), event.to_owned()];
    let moved = |person: &Person, event: &str| {
        person.kith(change(event).iter().map(String::as_str).chain(at)).stdin("It will rain.").run()
    };
    assert_eq!(moved(&chi, &walk).code(), 5);
    assert_eq!(
        ana.kith(["event", "cancel", &day, "--reason-file", "-"]).stdin("No.").fails(5).code,
        "not_allowed"
    );
    assert_eq!(moved(&ana, &walk).code(), 0, "a facilitator can");
    let is_moved = |event: &Value| event["moved"] == true && event["start"] == "2036-12-06T10:00:00.000Z";
    let seen = sees(&ben, &group, "it moved", |events| events.iter().any(is_moved));
    let seen = seen.iter().find(|event| is_moved(event)).expect("it");
    assert_eq!((&seen["reason"], &seen["place"]), (&json!("It will rain."), &json!("At the bridge")));
    ben.kith(["event", "cancel", &walk, "--reason-file", "-"]).stdin("The bridge is closed.").ok();
    sees(&chi, &group, "it cancelled", |events| {
        events.iter().any(|event| event["cancelled"] == true && event["reason"] == "The bridge is closed.")
    });

    for (person, event) in [(&ben, &walk), (&chi, &day)] {
        person.kith(["withdraw", event]).ok();
    }
    for person in [&ana, &ben, &chi] {
        let left = sees(person, &group, "the offer alone", |events| events.len() == 1);
        assert_eq!(left[0]["event"], json!(offer));
    }
    assert!(ana.reads(&group).iter().all(|post| post.text.is_empty()), "an event is no post");
}

#[test]
fn it_goes_to_a_calendar_program_by_who_wishes_alone() {
    let mut ana = Person::offline("Ana");
    ana.comes_online();
    let group = ana.opens("Letters", "Slowly is fine.");
    announces(&ana, &group, "title = 'Walk, slowly'\nwhen = '2036-12-05 18:30'\nwords = 'Bring tea.'");
    let text = ana.kith(["event", "export", &group]).in_words().run();
    assert!(text.lines.iter().any(|line| line.trim_end() == "SUMMARY:Walk\\, slowly"), "{:?}", text.lines);
    assert!(text.log.contains("may send what you give it"), "{}", text.log);
    let file = ana.home().beside("kith.ics");
    let path = file.to_str().expect("a path");
    ana.kith(["event", "export", &group, "--discreet", "--to", path]).ok();
    let mode = std::fs::metadata(&file).expect("a file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let text = std::fs::read_to_string(&file).expect("a calendar");
    assert!(text.contains("DTSTART:20361205T183000Z") && !text.contains("Walk"), "{text}");
    ana.kith(["event", "export", &group, "--to", path]).fails(1);
}

#[test]
fn what_cannot_be_announced_is_said() {
    let mut ana = Person::offline("Ana");
    ana.comes_online();
    let group = ana.opens("Letters", "Slowly is fine.");
    let add = ["event", "add", &group, "--from", "-"];
    for (form, exit, says) in [
        ("title = 'Walk'", 2, "when it is"),
        ("title = 'Walk'\nwhen = '2020-01-01 10:00'", 2, "passed"),
        ("title = 'Walk'\nwhen = 'soon'", 2, "no time"),
        ("title = ' '\nwhen = '2036-01-01 10:00'", 1, "title"),
        ("title = 'Walk'\nwhen = '2036-01-01 10:00'\ncircle = 'abcdef'", 6, "no such circle"),
        ("title = 'Walk'\nwhere = 'here'", 2, "not understood"),
        ("title = 'A day'\nkind = 'anniversary'\nwhen = '2020-13-01'", 2, "day"),
    ] {
        let failed = ana.kith(add).stdin(form).fails(exit);
        assert!(format!("{} {}", failed.message, failed.hint).contains(says), "{form}: {failed:?}");
    }
    ana.kith(["event", "show", "abcdef"]).fails(6);
    assert_eq!(ana.kith(["event", "list", &group]).ok()["events"], json!([]));
}
