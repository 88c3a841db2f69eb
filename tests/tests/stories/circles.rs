//! Circles over real nodes: one turn order for everybody, a pass that leaves no trace, a host whose machine goes dark,
//! somebody who comes late, and nothing that is kept.

use std::time::Duration;

use kith_tests::gathering::gather;
use kith_tests::{Lab, Person, Traces, wait};
use serde_json::{Value, json};

const SHARED: &str = "The kitchen light was on again at four.";
const PROMPT: &str = "How was the night?";
const OPENING: &str = "What is said here is kept by nobody.";
/// As long as the other of host and co-host waits, and as long again for a busy machine.
const FAIL_OVER: Duration = Duration::from_secs(30);

/// Somebody's view of a circle, once it is as expected.
#[track_caller]
fn sees(person: &Person, circle: &str, what: &str, expected: impl Fn(&Value) -> bool) -> Value {
    sees_within(wait::ARRIVAL, person, circle, what, expected)
}

#[track_caller]
fn sees_within(
    limit: Duration,
    person: &Person,
    circle: &str,
    what: &str,
    expected: impl Fn(&Value) -> bool,
) -> Value {
    let mut last = Value::Null;
    let found = wait::within(limit, || {
        last = person.kith(["circle", "show", circle]).ok()["room"].clone();
        expected(&last).then(|| last.clone())
    });
    found.unwrap_or_else(|| panic!("{} did not see {what}: {last}", person.name()))
}

fn is_in(people: usize) -> impl Fn(&Value) -> bool {
    move |room| room["place"] == "in" && room["people"].as_array().is_some_and(|all| all.len() == people)
}

/// Ana, who hosts, Ben, her co-host, Chi and Dee; their group, and a circle of it to which nobody has gone.
fn announced(people: [Person; 4]) -> ([Person; 4], String, String) {
    let group = gather(&people);
    let ben = people[0].sees_member(&group, "Ben", "member", "member").member;
    let words = format!("opening = \"{OPENING}\"\nprompts = [\"{PROMPT}\"]\n");
    let words = people[0].home().write_beside("words.toml", &words);
    let words = words.display().to_string();
    let create = ["circle", "create", &group, "--co-host", &ben, "--words-file", &words];
    let circle = people[0].kith(create).ok()["post"].as_str().expect("an id").to_owned();
    for person in &people {
        wait::until(wait::ARRIVAL, format_args!("{} to see the circle", person.name()), || {
            let list = person.kith(["circle", "list", &group]).ok();
            list["circles"].as_array()?.iter().any(|one| one["circle"] == circle.as_str()).then_some(())
        });
    }
    (people, group, circle)
}

fn goes(person: &Person, circle: &str) {
    person.kith(["circle", "join", circle, "--detach"]).ok();
}

fn turn(room: &Value) -> &str {
    room["turn"]["name"].as_str().unwrap_or("nobody")
}

fn named<'a>(people: &'a [Person], name: &str) -> &'a Person {
    people.iter().find(|person| person.name() == name).expect("somebody of the circle")
}

#[test]
fn everybody_sees_one_order_through_a_pass_a_late_arrival_and_a_host_gone_dark() {
    let (mut people, group, circle) = announced(["Ana", "Ben", "Chi", "Dee"].map(Person::new));
    assert!(people[3].status(&group)["to_do"].as_array().is_some_and(|list| list.contains(&json!("circle"))));
    for person in &people[..3] {
        goes(person, &circle);
    }
    for person in &people[..3] {
        sees(person, &circle, "three people", is_in(3));
    }
    let refused = people[2].kith(["circle", "next", &circle]).fails(5);
    assert_eq!(refused.code, "not_allowed", "only whoever leads begins");
    people[0].kith(["circle", "next", &circle]).ok();
    let first = sees(&people[0], &circle, "a turn", |room| room["phase"] == "turns");
    assert_eq!(first["prompt"], PROMPT);
    for person in &people[1..3] {
        let same = sees(person, &circle, "the same turn", |room| turn(room) == turn(&first));
        let order = |room: &Value| {
            let next = room["next"].as_array().cloned().unwrap_or_default();
            next.iter().map(|one| one["name"].clone()).collect::<Vec<_>>()
        };
        assert_eq!((order(&same), &same["prompt"]), (order(&first), &json!(PROMPT)));
    }
    // Somebody who comes late waits for the end of the round; somebody out of turn is told to wait.
    goes(&people[3], &circle);
    sees(&people[3], &circle, "that a round is on", |room| room["place"] == "waiting");
    let other = people[..3].iter().find(|person| person.name() != turn(&first)).expect("two of them");
    let refused = other.kith(["circle", "share", &circle]).stdin("I, too").fails(5);
    assert_eq!(refused.code, "not_now");

    // The first passes, which nobody sees as anything; the second shares.
    named(&people, turn(&first)).kith(["circle", "pass", &circle]).ok();
    let second =
        sees(other, &circle, "the next turn", |room| !["nobody", turn(&first)].contains(&turn(room)));
    assert_eq!(second["said"], json!([]), "a pass says nothing");
    named(&people, turn(&second)).kith(["circle", "share", &circle]).stdin(SHARED).ok();
    let third = ["Ana", "Ben", "Chi"].into_iter().find(|name| ![turn(&first), turn(&second)].contains(name));
    let third = third.expect("one is left");
    for person in &people[..3] {
        let room = sees(person, &circle, "the third turn", |room| turn(room) == third);
        let said = &room["said"][0];
        assert_eq!((&said["text"], &said["in_turn"]), (&json!(SHARED), &json!(true)));
        assert_eq!(said["name"].as_str(), Some(turn(&second)));
    }

    // The host's machine goes dark in the middle of the round; the co-host goes on with the same turn.
    people[0].is_cut_off();
    for person in &people[1..3] {
        let led = |room: &Value| room["led"]["by"]["name"] == "Ben" && room["led"]["silent"] == false;
        let room = sees_within(FAIL_OVER, person, &circle, "that Ben leads", led);
        assert!([third, "nobody"].contains(&turn(&room)), "a turn went astray: {room}");
        assert_eq!(room["said"].as_array().map(Vec::len), Some(1), "what was said is still there");
    }
    if third != "Ana" {
        named(&people, third).kith(["circle", "pass", &circle]).ok();
    }
    // The round ends, and who waited comes in.
    for person in &people[1..] {
        sees(person, &circle, "everybody in it", |room| {
            room["place"] == "in"
                && room["people"].as_array().is_some_and(|all| all.iter().any(|one| one["name"] == "Dee"))
        });
    }
    assert_eq!(
        sees(&people[3], &circle, "the circle", is_in(4))["said"],
        json!([]),
        "not for who came later"
    );

    // Ana's node comes back, and she finds the way in; then Ben closes, and for everybody it is over.
    people[0].comes_online();
    goes(&people[0], &circle);
    sees(&people[0], &circle, "the circle again", |room| room["place"] == "in");
    let leads = |room: &Value| room["led"]["me"] == true;
    if !leads(&people[1].kith(["circle", "show", &circle]).ok()["room"]) {
        people[1].kith(["circle", "lead", &circle]).ok();
    }
    sees(&people[1], &circle, "that he leads", leads);
    people[1].kith(["circle", "close", &circle]).ok();
    for person in &people {
        let room = sees(person, &circle, "the end", |room| room["place"] == "closed");
        assert_eq!((&room["said"], &room["people"]), (&json!([]), &json!([])));
        assert_eq!(person.kith(["circle", "share", &circle]).stdin("still?").fails(5).code, "not_in_circle");
    }
}

#[test]
fn nothing_of_a_circle_is_on_a_disk_or_readable_on_the_wire() {
    let mut tapes = Vec::new();
    let people = ["Ana", "Ben", "Chi", "Dee"].map(|name| {
        let mut person = Person::offline(name);
        tapes.push(Lab::around(&mut person, 0));
        person
    });
    let (mut people, _, circle) = announced(people);
    for person in &people[..3] {
        goes(person, &circle);
    }
    for person in &people[..3] {
        sees(person, &circle, "three people", is_in(3));
    }
    // While people come in anybody may speak; then a round.
    people[2].kith(["circle", "share", &circle]).stdin(SHARED).ok();
    for person in &people[..3] {
        sees(person, &circle, "what was said", |room| room["said"][0]["text"] == SHARED);
    }
    let traces = Traces::of([("what was said", SHARED.as_bytes())]);
    let look = |people: &[Person], when: &str| {
        for person in people {
            let found = traces.find_in_files(&person.home().files());
            assert_eq!(found, [], "on {}'s disk {when}", person.name());
        }
    };
    look(&people, "while it is on");
    people[0].kith(["circle", "close", &circle]).ok();
    for person in &people[..3] {
        sees(person, &circle, "the end", |room| room["place"] == "closed");
    }
    look(&people, "after its end");
    for person in &mut people {
        person.goes_offline();
    }
    look(&people, "after the nodes stopped");
    let opening =
        Traces::of([("what was said", SHARED.as_bytes()), ("the opening words", OPENING.as_bytes())]);
    for (tape, person) in tapes.iter().zip(&people) {
        for bytes in [tape.sent(), tape.received()] {
            assert_eq!(opening.find(&bytes), [], "on {}'s wire", person.name());
        }
        assert!(person.home().files().len() > 3, "there was something to look through");
    }
}

#[test]
fn somebody_leaves_without_a_word_and_comes_back_and_a_circle_to_come_is_not_open() {
    let (people, group, circle) = announced(["Ana", "Ben", "Chi", "Dee"].map(Person::new));
    for person in &people[..2] {
        goes(person, &circle);
        sees(person, &circle, "the circle", |room| room["place"] == "in");
    }
    sees(&people[0], &circle, "Ben", is_in(2));
    people[1].kith(["circle", "leave", &circle]).ok();
    sees(&people[0], &circle, "that Ben is gone", is_in(1));
    goes(&people[1], &circle);
    sees(&people[0], &circle, "Ben again", is_in(2));

    let later = people[2].kith(["circle", "create", &group, "--in", "2d"]).ok();
    let later = later["post"].as_str().expect("an id");
    let refused = people[2].kith(["circle", "join", later, "--detach"]).fails(5);
    assert_eq!(refused.code, "not_now");
    assert_eq!(people[3].kith(["circle", "share", &circle]).stdin("x").fails(5).code, "not_in_circle");
    people[2].kith(["withdraw", later]).ok();
    wait::until(wait::ARRIVAL, "the circle to be called off", || {
        let list = people[0].kith(["circle", "list", &group]).ok();
        list["circles"].as_array()?.iter().all(|one| one["circle"] != later).then_some(())
    });
}
