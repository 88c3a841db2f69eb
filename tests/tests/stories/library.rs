//! What helped one is shared with the others: proposed, looked at, listed, disputed, and taken back.

use kith_tests::gathering::gather;
use kith_tests::{Person, wait};
use serde_json::{Value, json};

const ITEM: &str = "title = 'A list of three people to call'\nkind = 'tool'\ntags = ['nights']\n\
                    text = 'I keep it on the fridge.'\ncost = 'nothing'\nmentions = 'suicide'\nreview_in_days = 365\n";

/// Ana, a facilitator, Ben and Chi, members, and their group.
fn three() -> ([Person; 3], String) {
    let mut people = ["Ana", "Ben", "Chi"].map(Person::offline);
    people.iter_mut().for_each(Person::comes_online);
    let group = gather(&people);
    (people, group)
}

/// The first item of the library, once it is as expected.
#[track_caller]
fn sees(person: &Person, group: &str, what: &str, expected: impl Fn(&Value) -> bool) -> Value {
    wait::until(wait::ARRIVAL, format_args!("{} to see the item {what}", person.name()), || {
        let library = person.kith(["library", "list", group]).ok();
        library["items"].as_array()?.first().filter(|item| expected(item)).cloned()
    })
}

#[test]
fn what_helped_is_proposed_looked_at_disputed_and_taken_back() {
    let ([ana, ben, chi], group) = three();
    let added = ana.kith(["library", "add", &group, "--from", "-"]).stdin(ITEM).ok();
    let item = added["post"].as_str().expect("an id").to_owned();
    let seen = sees(&ben, &group, "proposed", |item| item["state"] == "proposed");
    assert_eq!((&seen["title"], &seen["kind"]), (&json!("A list of three people to call"), &json!("tool")));
    assert_eq!(seen["notes"]["mentions"], json!(["suicide"]));
    assert_eq!((&seen["overdue"], &seen["tags"]), (&json!(false), &json!(["nights"])));

    sees(&chi, &group, "too", |_| true);
    ben.kith(["library", "check", &item]).ok();
    sees(&ana, &group, "still proposed", |item| item["state"] == "proposed");
    chi.kith(["library", "check", &item]).ok();
    for person in [&ana, &ben, &chi] {
        sees(person, &group, "listed", |item| item["state"] == "listed");
    }
    chi.kith(["library", "dispute", &item]).stdin("The second number has changed.").ok();
    let seen = sees(&ana, &group, "disputed", |item| item["state"] == "disputed");
    assert_eq!(seen["disputes"][0]["words"], "The second number has changed.");
    chi.kith(["library", "check", &item]).ok();
    sees(&ana, &group, "listed again", |item| item["state"] == "listed" && item["disputes"] == json!([]));

    let said = ben.kith(["library", "helped", &item]).stdin("I called the second one.").ok();
    let helped = said["post"].as_str().expect("an id").to_owned();
    let seen = sees(&chi, &group, "with how it helped", |item| item["helped"] != json!([]));
    assert_eq!(seen["helped"][0]["name"], "Ben");
    ben.kith(["withdraw", &helped]).ok();
    sees(&chi, &group, "without it", |item| item["helped"] == json!([]));

    ana.kith(["withdraw", &item]).ok();
    for person in [&ana, &ben, &chi] {
        wait::until(wait::ARRIVAL, format_args!("{} to see it gone", person.name()), || {
            (person.kith(["library", "list", &group]).ok()["items"] == json!([])).then_some(())
        });
    }
    assert!(chi.reads(&group).iter().all(|post| post.text.is_empty()), "it is no post");
}

#[test]
fn what_cannot_be_put_in_is_said() {
    let mut ana = Person::offline("Ana");
    ana.comes_online();
    let group = ana.opens("Letters", "Slowly is fine.");
    let add = ["library", "add", &group, "--from", "-"];
    assert!(ana.kith(add).stdin("title = ''").fails(1).message.contains("title"));
    assert_eq!(ana.kith(add).stdin("name = 'x'").fails(2).code, "usage");
    let long = format!("title = '{}'", "x".repeat(201));
    assert!(ana.kith(add).stdin(long).fails(1).message.contains("title"));
    ana.kith(["library", "show", "abcdef"]).fails(6);
    let added = ana.kith(add).stdin(ITEM).ok();
    let item = added["post"].as_str().expect("an id").to_owned();
    assert_eq!(ana.kith(["library", "dispute", &item]).stdin("Wrong.").fails(5).code, "not_allowed");
}

#[test]
fn stories_of_what_got_people_through_stand_on_the_hope_shelf() {
    let mut ana = Person::offline("Ana");
    ana.comes_online();
    let group = ana.opens("Letters", "Slowly is fine.");
    let add = |text: &str| {
        let added = ana.kith(["library", "add", &group, "--from", "-"]).stdin(text).ok();
        added["post"].as_str().expect("an id").to_owned()
    };
    let shelf = |flags: &[&str]| {
        let library = ana.kith(["library", "list", &group].iter().chain(flags)).ok();
        let items = library["items"].as_array().expect("items").clone();
        items.iter().map(|item| item["item"].as_str().expect("an id").to_owned()).collect::<Vec<_>>()
    };
    let words = ana.kith(["library", "list", &group, "--hope"]).in_words().run().lines.join("\n");
    assert!(words.contains("Yours could, if you wish"), "{words}");
    let story = add("title = 'The second winter'\nkind = 'story'\ntext = 'It was lighter.'\n");
    let other = add("title = 'A study of winters'\nkind = 'story'\nrelation = 'research'\n");
    let tip = add(ITEM);
    assert_eq!(shelf(&["--hope"]), [story.as_str()]);
    assert_eq!(shelf(&[]), [tip, other, story.clone()]);
    ana.kith(["withdraw", &story]).ok();
    assert_eq!(shelf(&["--hope"]), [] as [String; 0]);
}
