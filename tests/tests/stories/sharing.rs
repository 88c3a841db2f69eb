//! How somebody is stays with them, or is told to a buddy or a group by choice; so is what they count. Kind words can be kept.
//! Time goes six hundred times as fast here: a letter waits up to two minutes before it leaves.

use kith_tests::gathering::gather;
use kith_tests::{Lab, Person, wait};
use serde_json::{Value, json};

fn three() -> ([Person; 3], Vec<Lab>, String) {
    let base = Lab::now();
    let mut people = ["Ana", "Ben", "Chi"].map(Person::offline);
    let labs = people.iter_mut().map(|person| Lab::hasty(person, base, 600)).collect();
    let group = gather(&people);
    (people, labs, group)
}

fn id(person: &Person, group: &str, name: &str) -> String {
    let members = person.lists_members(group);
    members.into_iter().find(|member| member.name == name).expect("a member").member
}

#[track_caller]
fn sees(person: &Person, call: &[&str], list: &str, expected: impl Fn(&[Value]) -> bool) -> Vec<Value> {
    wait::until(wait::ARRIVAL, format_args!("{} to see {list}", person.name()), || {
        let answer = person.kith(call).ok();
        answer[list].as_array().filter(|found| expected(found)).cloned()
    })
}

#[test]
fn how_somebody_is_reaches_whom_they_choose() {
    let ([ana, ben, chi], _labs, group) = three();
    let (ana_id, ben_id) = (id(&ben, &group, "Ana"), id(&ana, &group, "Ben"));
    let how = ["checkin", "--mood", "2", "--energy", "1", "--need", "company"];
    ana.kith(how).ok();
    assert_eq!(
        ben.kith(["checkin", "list", "--in", &group]).ok()["check_ins"],
        json!([]),
        "it stayed with Ana"
    );

    let to_ben = ["--for", "buddy", "--in", &group, "--buddy", &ben_id, "--note-file", "-"];
    let to_ben: Vec<&str> = how.into_iter().chain(to_ben).collect();
    assert_eq!(ana.kith(&to_ben).stdin("A long week.").fails(5).code, "not_allowed", "they are no buddies");
    ana.kith(["buddy", "ask", &group, &ben_id]).ok();
    let agreed = |person: &Person| {
        wait::until(wait::ARRIVAL, "it to stand between the two", || {
            let list = person.kith(["buddy", "list", &group]).ok();
            let state = list["contacts"][0]["buddy"]["state"].clone();
            (state == "asking" || state == "agreed").then_some(state)
        })
    };
    assert_eq!(agreed(&ben), "asking");
    ben.kith(["buddy", "accept", &group, &ana_id]).ok();
    assert_eq!(agreed(&ana), "agreed");
    ana.kith(&to_ben).stdin("A long week.").ok();
    let got = sees(&ben, &["letters", &group], "letters", |letters| !letters.is_empty());
    let said = &got[0]["check_in"];
    assert_eq!(
        (&said["mood"], &said["need"], &said["note"]),
        (&json!(2), &json!("company"), &json!("A long week."))
    );
    assert_eq!(chi.kith(["letters", &group]).ok()["letters"], json!([]));

    let to_all: Vec<&str> = how.into_iter().chain(["--for", "group", "--in", &group]).collect();
    let told = ana.kith(&to_all).ok();
    let got = sees(&chi, &["checkin", "list", "--in", &group], "check_ins", |all| all.len() == 1);
    assert_eq!((&got[0]["name"], &got[0]["energy"]), (&json!("Ana"), &json!(1)));
    assert!(chi.reads(&group).is_empty(), "it is no post");
    let kept = ana.kith(["checkin", "list"]).ok();
    let audiences: Vec<&Value> =
        kept["items"].as_array().expect("items").iter().map(|one| &one["audience"]).collect();
    assert_eq!(audiences, ["only_me", "buddy", "group"]);
    ana.kith(["withdraw", told["post"].as_str().expect("an id")]).ok();
    sees(&chi, &["checkin", "list", "--in", &group], "check_ins", <[Value]>::is_empty);
    ana.kith(["checkin", "--mood", "2", "--energy", "1", "--for", "group"]).fails(2);
}

#[test]
fn what_is_counted_is_told_by_choice_and_kind_words_are_kept() {
    let ([ana, ben, _chi], _labs, group) = three();
    let ben_id = id(&ana, &group, "Ben");
    let added = ben.kith(["milestone", "add", "--unit", "visits", "--count", "3"]).stdin("the pool").ok();
    let milestone = added["id"].as_str().expect("an id");
    ben.kith(["milestone", "share", milestone, &group]).ok();
    let got = sees(&ana, &["milestone", "shared", &group], "milestones", |all| all.len() == 1);
    assert_eq!(
        (&got[0]["name"], &got[0]["what"], &got[0]["count"], &got[0]["unit"]),
        (&json!("Ben"), &json!("the pool"), &json!(3), &json!("visits"))
    );
    ben.kith(["milestone", "more", milestone]).ok();
    assert_eq!(ben.kith(["milestone", "shared", &group]).ok()["milestones"][0]["count"], 3, "told once");

    ana.kith(["encourage", &group, &ben_id]).stdin("The pool! You spoke of it for weeks.").ok();
    let got = sees(&ben, &["letters", &group], "letters", |letters| !letters.is_empty());
    let letter = got[0]["letter"].as_str().expect("an id");
    ben.kith(["jar", "keep", &group, letter]).ok();
    let jar = ben.kith(["jar", "list"]).ok();
    assert_eq!(jar["items"][0]["text"], "Ana: The pool! You spoke of it for weeks.");
    ben.kith(["jar", "keep", &group, "abcdef"]).fails(6);
}
