//! What people keep for themselves: it is there again after a restart and after a power button, it is gone when it was
//! deleted, and nothing of it reaches a socket or can be read on the disk.

use std::fs;

use kith_tests::{Home, Lab, Person, Traces};
use serde_json::{Value, json};

const JOURNAL: &str = "The cellar light was on again and I sat on the stairs.";
const TAG: &str = "carer of a brother abroad";
const PLAN: &str = "## 1. signs\nThe kettle stays cold.\n## 4. people\nMarguerite upstairs\n";
const NOTE: &str = "Rain against the window all afternoon.";
const GOAL: &str = "Swim at the lido\nBecause water carries me.\n- find the blue towel\n- ask Oluwaseun along\nreview: 2027-01-31\n";
const ANSWER: &str = "The postcard from Trieste";
const THANKS: &str = "Thank you for staying on the line with me.";
const NUMBER: &str = "0700 555 01234";

fn items(person: &Person, command: &[&str]) -> Vec<Value> {
    person.kith(command).ok()["items"].as_array().cloned().expect("a list")
}

fn id(kept: &Value) -> String {
    kept["id"].as_str().expect("an id").to_owned()
}

/// Everything a newcomer would keep in their first days.
fn keeps_everything(person: &Person) {
    person.kith(["journal", "write"]).stdin(JOURNAL).ok();
    let goal = id(&person.kith(["goal", "add"]).stdin(GOAL).ok());
    person.kith(["goal", "step", "done", &goal, "1"]).ok();
    person.kith(["milestone", "add", "--since", "2026-01-01"]).stdin("Without the slot machines").ok();
    let note = person.home().write_beside("note", NOTE);
    let flags = ["checkin", "--mood", "2", "--energy", "3", "--need", "company", "--note-file"];
    person.kith(flags.iter().map(|flag| (*flag).to_owned()).chain([note.display().to_string()])).ok();
    person.kith(["skill", "run", "grounding"]).stdin(format!("{ANSWER}\n")).ok();
    person.kith(["crisis", "plan", "edit"]).stdin(PLAN).ok();
    person.kith(["crisis", "add"]).stdin(format!("Aunt Philomena\n{NUMBER}\nevenings\n")).ok();
    person.kith(["tags", "set"]).stdin(format!("{TAG}\nnight shifts\n")).ok();
}

#[track_caller]
fn has_everything(person: &Person) {
    let journal = items(person, &["journal", "list"]);
    assert_eq!(journal.len(), 1);
    assert_eq!(person.kith(["journal", "show", &id(&journal[0])]).ok()["text"], JOURNAL);
    let goals = items(person, &["goal", "list"]);
    assert_eq!(
        (goals[0]["what"].as_str(), goals[0]["review"].as_str()),
        (Some("Swim at the lido"), Some("2027-01-31"))
    );
    assert_eq!(
        goals[0]["steps"],
        json!([
            {"what": "find the blue towel", "done": true}, {"what": "ask Oluwaseun along", "done": false}
        ])
    );
    assert_eq!(items(person, &["milestone", "list"])[0]["what"], "Without the slot machines");
    let check_in = &items(person, &["checkin", "list"])[0];
    assert_eq!((&check_in["note"], &check_in["need"]), (&json!(NOTE), &json!("company")));
    assert_eq!(check_in["audience"], "only_me");
    let answers = &items(person, &["skill", "answers"])[0];
    assert_eq!((&answers["answers"], &answers["finished"]), (&json!([ANSWER]), &json!(false)));
    let plan = person.kith(["crisis", "plan", "show"]).ok();
    assert_eq!(
        (&plan["signs"], &plan["people"]),
        (&json!("The kettle stays cold."), &json!("Marguerite upstairs"))
    );
    assert_eq!(person.kith(["crisis", "card"]).ok()["own"][0]["call"], NUMBER);
    assert_eq!(person.kith(["tags", "list"]).ok()["tags"], json!([TAG, "night shifts"]));
}

#[test]
fn what_was_answered_is_there_after_a_restart_and_after_a_power_button() {
    let mut ana = Person::new("Ana");
    keeps_everything(&ana);
    ana.is_cut_off();
    ana.comes_online();
    has_everything(&ana);
    ana.goes_offline();
    ana.comes_online();
    has_everything(&ana);

    for round in 0..5 {
        let page = id(&ana.kith(["journal", "write"]).stdin(format!("night {round}")).ok());
        ana.is_cut_off();
        ana.comes_online();
        assert_eq!(ana.kith(["journal", "show", &page]).ok()["text"], format!("night {round}"));
    }
}

#[test]
fn pages_are_found_by_their_words_and_gone_when_deleted() {
    let mut ana = Person::new("Ana");
    let first = id(&ana.kith(["journal", "write"]).stdin(JOURNAL).ok());
    let second = id(&ana.kith(["journal", "write"]).stdin("A quiet day.").ok());
    let found = ana.kith(["journal", "find"]).stdin("STAIRS cellar").ok();
    assert_eq!(found["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(found["items"][0]["id"], first.as_str());
    let size = fs::metadata(ana.home().path().join("mine")).expect("the file").len();
    ana.kith(["journal", "delete", &first[..8]]).ok();
    assert!(
        fs::metadata(ana.home().path().join("mine")).expect("the file").len() < size,
        "it lies on in the file"
    );
    ana.goes_offline();
    ana.comes_online();
    assert_eq!(ana.kith(["journal", "show", &first]).fails(6).code, "unknown_id");
    assert_eq!(ana.kith(["journal", "show", &second]).ok()["text"], "A quiet day.");
    assert_eq!(ana.kith(["journal", "write"]).stdin("").fails(1).code, "empty_text");
}

#[test]
fn a_new_stretch_keeps_the_days_before() {
    let ana = Person::new("Ana");
    let kept = ana.kith(["milestone", "add", "--since", "2026-01-01"]).stdin("Without").ok();
    let days = kept["now"].as_u64().expect("days");
    assert!(days > 300, "{kept}");
    let again = ana.kith(["milestone", "again", &id(&kept)]).in_words().run();
    assert_eq!(again.lines[0], format!("Starting a new stretch. Your earlier {days} days still count."));
    let list = items(&ana, &["milestone", "list"]);
    assert_eq!((&list[0]["now"], &list[0]["earlier"]), (&json!(0), &json!(days)));
    let visits =
        id(&ana.kith(["milestone", "add", "--unit", "visits", "--count", "2"]).stdin("Meetings").ok());
    assert_eq!(ana.kith(["milestone", "more", &visits]).ok()["now"], 3);
    assert_eq!(ana.kith(["milestone", "more", &id(&kept)]).fails(2).code, "bad_request");
}

#[test]
fn a_guide_can_be_paused_and_gone_on_with() {
    let mut ana = Person::new("Ana");
    assert_eq!(ana.kith(["skill", "list"]).ok()["skills"].as_array().map(Vec::len), Some(8));
    let first = ana.kith(["skill", "run", "small-step"]).stdin("the letter\nopen it\n").ok();
    assert_eq!((&first["finished"], &first["answers"]), (&json!(false), &json!(["the letter", "open it"])));
    ana.is_cut_off();
    ana.comes_online();
    let second =
        ana.kith(["skill", "run", "small-step"]).stdin("lay it on the table\nSunday\nask Jo\n\n").ok();
    assert_eq!((&second["id"], &second["finished"]), (&first["id"], &json!(true)));
    ana.kith(["skill", "delete", &id(&second)]).ok();
    assert!(items(&ana, &["skill", "answers"]).is_empty());
    assert_eq!(ana.kith(["skill", "show", "therapy"]).fails(6).code, "unknown_id");
}

/// Numbers must show whatever is wrong: no node, a vault that nobody can open, no home at all.
#[test]
fn help_numbers_show_with_the_node_stopped_and_the_vault_locked() {
    let nowhere = Home::new();
    let card = nowhere.kith(["crisis", "card"]).in_words().run();
    assert_eq!(card.code(), 0);
    assert!(card.lines.join("\n").contains("findahelpline.com"), "{:?}", card.lines);

    let mut ana = Person::new("Ana");
    ana.kith(["crisis", "add"]).stdin(format!("Aunt Philomena\n{NUMBER}\n")).ok();
    ana.goes_offline();
    ana.kith(["crisis", "set-country", "nz"]).ok();
    fs::write(ana.home().path().join("vault"), b"no vault at all").expect("a writable home");
    let card = ana.kith(["crisis", "card"]).ok();
    assert_eq!((&card["country"], &card["emergency"]), (&json!("NZ"), &json!("111")));
    assert_eq!((&card["lines"][0]["call"], &card["own"]), (&json!("1737"), &json!([])));
    let words = ana.kith(["crisis", "card"]).in_words().run().lines.join("\n");
    assert!(words.contains("Check the number: they change."), "{words}");
    assert_eq!(ana.kith(["crisis", "card", "--country", "XX"]).ok()["emergency"], Value::Null);
    assert_eq!(ana.kith(["crisis", "set-country", "everywhere"]).fails(2).code, "bad_request");
}

#[test]
fn damage_is_told_and_nothing_is_written_over() {
    let mut ana = Person::new("Ana");
    ana.kith(["journal", "write"]).stdin(JOURNAL).ok();
    ana.goes_offline();
    let file = ana.home().path().join("mine");
    let good = fs::read(&file).expect("the file");
    let mut bad = good.clone();
    bad[40] ^= 1;
    fs::write(&file, &bad).expect("a writable home");
    ana.comes_online();
    assert_eq!(ana.kith(["journal", "list"]).fails(3).code, "home_damaged");
    assert_eq!(ana.kith(["journal", "write"]).stdin("x").fails(3).code, "home_damaged");
    assert_eq!(fs::read(&file).expect("the file"), bad);
    fs::write(&file, &good).expect("a writable home");
    assert_eq!(items(&ana, &["journal", "list"])[0]["text"], JOURNAL, "a copy put back is taken");
    ana.goes_offline();

    let mut bad = good;
    *bad.last_mut().expect("bytes") ^= 1;
    fs::write(&file, &bad).expect("a writable home");
    ana.comes_online();
    let list = ana.kith(["journal", "list"]).ok();
    assert_eq!((&list["items"], list["damaged"].as_array().map(Vec::len)), (&json!([]), Some(1)));
    let words = ana.kith(["journal", "list"]).in_words().run().lines.join("\n");
    assert!(words.contains("This was changed on the disk"), "{words}");
}

/// How many entries the group has here, and how long the person's own log of it is.
fn written(person: &Person, group: &str) -> (Value, u64) {
    let log = fs::metadata(person.home().cells()[0].join("own.log")).expect("an own log");
    (person.status(group)["entries"].clone(), log.len())
}

/// Two nodes of one group are connected while one of the people keeps things for themselves.
#[test]
fn nothing_kept_for_oneself_reaches_a_socket_or_can_be_read_on_the_disk() {
    let [mut ana, mut ben] = ["Ana", "Ben"].map(Person::offline);
    let labs = [&mut ana, &mut ben].map(|person| Lab::around(person, 0));
    let group = ana.opens("Nights", "For nights that are too long.");
    ben.joins(&ana.invites(&group).link);
    ana.meets(&group, 1);
    let before = ana.posts(&group, "before");
    ben.has_got(&group, &[&before]);
    ana.knows_held(&before);

    let unchanged = written(&ana, &group);
    keeps_everything(&ana);
    let kept = ana.node().api().ask("POST", "mine/jar", "text/plain", THANKS.as_bytes());
    assert_eq!(kept.status, 200, "{kept:?}");
    assert_eq!(items(&ana, &["jar", "list"])[0]["text"], THANKS);
    has_everything(&ana);
    assert_eq!(written(&ana, &group), unchanged, "something was written to the group because of it");

    // The tape is whole up to here: a post made after all this has come through.
    let after = ana.posts(&group, "after");
    ben.has_got(&group, &[&after]);
    let secrets = [
        ("journal", JOURNAL),
        ("tag", TAG),
        ("plan", "The kettle stays cold."),
        ("person", "Marguerite upstairs"),
        ("note", NOTE),
        ("goal", "Swim at the lido"),
        ("step", "find the blue towel"),
        ("answer", ANSWER),
        ("thanks", THANKS),
        ("number", NUMBER),
        ("line", "Aunt Philomena"),
        ("milestone", "Without the slot machines"),
        ("check-in", "just_listen"),
        ("need", "practical_help"),
    ];
    let traces = Traces::of(secrets.iter().map(|(name, secret)| (*name, secret.as_bytes())));
    for lab in &labs {
        assert!(lab.sent().len() > 1000, "the tape is as good as empty");
        let found = traces.find(&lab.sent());
        assert!(found.is_empty(), "handed to libp2p: {found:#?}");
        let topics = lab.topics().join("\n");
        assert!(traces.find(topics.as_bytes()).is_empty());
    }
    for person in [&ana, &ben] {
        let found = traces.find_in_files(&person.home().files());
        assert!(found.is_empty(), "on {}'s disk: {found:#?}", person.name());
    }
    assert!(ana.home().path().join("mine").exists());
    assert!(!ben.home().path().join("mine").exists(), "who keeps nothing has no file");
}
