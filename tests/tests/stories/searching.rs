//! People find again what was written, in their own script; never more than a page would show them; and nothing of it is
//! left on the disk.

use kith_tests::traces::Traces;
use kith_tests::{Lab, Person, wait};
use serde_json::Value;

const BAKERY: &str = "Heute früh bis zur Bäckerei in der Großen Straße, ohne umzukehren.";
const DAY: i64 = 24 * 3600;

/// What somebody finds, once everything has been read.
#[track_caller]
fn finds_with(person: &Person, group: &str, words: &str, flags: &[&str]) -> Vec<String> {
    wait::until(wait::ARRIVAL, format_args!("{} to have read everything", person.name()), || {
        let call = ["search", group].iter().chain(flags).copied().collect::<Vec<_>>();
        let results = person.kith(call).stdin(words).ok();
        let found = results["found"].as_array()?.iter().map(|one| word(&one["post"]["post"])).collect();
        (results["reading"] == false).then_some(found)
    })
}

#[track_caller]
fn finds(person: &Person, group: &str, words: &str) -> Vec<String> {
    finds_with(person, group, words, &[])
}

/// Waits until what somebody finds is exactly this.
#[track_caller]
fn comes_to_find(person: &Person, group: &str, words: &str, posts: &[&String]) {
    wait::until(wait::ARRIVAL, format_args!("{} to find {posts:?} by {words:?}", person.name()), || {
        (finds(person, group, words).iter().collect::<Vec<_>>() == posts).then_some(())
    });
}

fn word(value: &Value) -> String {
    value.as_str().expect("a word").to_owned()
}

fn two() -> (Person, Person, String) {
    let [ana, ben] = ["Ana", "Ben"].map(Person::new);
    let group = ana.opens("Letters", "Slowly is fine.");
    ben.joins(&ana.invites(&group).link);
    ana.meets(&group, 1);
    (ana, ben, group)
}

#[test]
fn what_was_written_is_found_at_once_and_as_it_was_changed() {
    let (ana, ben, group) = two();
    assert_eq!(finds(&ana, &group, "bäckerei"), [] as [String; 0]);
    let post = ben.posts(&group, BAKERY);
    for words in ["BACKEREI", "grosse", "Straße Bäck", "früh umzukehren\n"] {
        assert_eq!(
            finds(&ben, &group, words),
            [post.as_str()],
            "{words:?}, at once on the node that wrote it"
        );
    }
    comes_to_find(&ana, &group, "bäckerei", &[&post]);
    let answer = ana.replies(&post, "昨日は橋を渡りました。");
    let other = ana.posts(&group, "اليَوْمَ مَشَيْتُ إلى البَحْرِ");
    assert_eq!(finds(&ana, &group, "橋を"), [answer.as_str()]);
    assert_eq!(finds(&ana, &group, "مشيت الى البحر"), [other.as_str()]);
    assert_eq!(finds_with(&ana, &group, "橋", &["--kind", "post"]), [] as [String; 0]);
    assert_eq!(finds_with(&ana, &group, "橋", &["--kind", "reply"]), [answer]);
    let ben_id = ana.sees_member(&group, "Ben", "member", "member").member;
    assert_eq!(finds_with(&ana, "-", "bä", &["--author", &ben_id]), [post.as_str()]);
    assert_eq!(finds_with(&ana, &group, "bä", &["--since", "1d"]), [post.as_str()]);
    assert_eq!(finds_with(&ana, &group, "bä", &["--until", "1d"]), [] as [String; 0]);

    ben.kith(["edit", &post]).stdin("Heute früh am Fluss.").ok();
    assert_eq!(finds(&ben, &group, "fluss"), [post.as_str()]);
    assert_eq!(finds(&ben, &group, "bäckerei"), [] as [String; 0]);
    comes_to_find(&ana, &group, "fluss", &[&post]);
    assert_eq!(finds(&ana, &group, "bäckerei"), [] as [String; 0]);
}

#[test]
fn what_was_taken_back_is_found_by_nobody_and_not_after_a_restart() {
    let (mut ana, ben, group) = two();
    let (post, stays) = (ben.posts(&group, BAKERY), ben.posts(&group, "Nochmal zur Bäckerei."));
    ana.has_got(&group, &[&post, &stays]);
    comes_to_find(&ana, &group, "großen straße", &[&post]);
    assert_eq!(finds(&ben, &group, "bäckerei").len(), 2);
    ben.kith(["withdraw", &post]).ok();
    assert_eq!(finds(&ben, &group, "bäckerei"), [stays.as_str()]);
    comes_to_find(&ana, &group, "bäckerei", &[&stays]);
    ana.goes_offline();
    ana.comes_online();
    assert_eq!(finds(&ana, &group, "bäckerei"), [stays]);
    assert_eq!(finds(&ana, &group, "straße"), [] as [String; 0]);
}

#[test]
fn who_is_muted_and_what_is_held_is_not_found_where_a_page_would_not_show_it() {
    let (ana, ben, group) = two();
    let chi = Person::new("Chi");
    chi.joins(&ana.invites(&group).link);
    let post = ben.posts(&group, BAKERY);
    for person in [&ana, &chi] {
        person.has_got(&group, &[&post]);
        comes_to_find(person, &group, "bäckerei", &[&post]);
    }
    let ben_id = chi.sees_member(&group, "Ben", "member", "member").member;
    chi.kith(["mute", &group, &ben_id]).ok();
    assert_eq!(finds(&chi, &group, "bäckerei"), [] as [String; 0]);
    chi.kith(["unmute", &group, &ben_id]).ok();
    assert_eq!(finds(&chi, &group, "bäckerei"), [post.as_str()]);

    ana.kith(["mod", "hold", &post, "--rule", "methods", "--reason-file", "-"]).stdin("It says where").ok();
    comes_to_find(&chi, &group, "bäckerei", &[]);
    assert_eq!(finds(&ben, &group, "bäckerei"), [post.as_str()], "nobody loses sight of their own words");
    assert_eq!(finds(&ana, &group, "bäckerei"), [post.as_str()], "who may restore it may read it");

    ana.kith(["mod", "fold", &post, "--rule", "methods", "--reason-file", "-"]).stdin("Behind a line").ok();
    comes_to_find(&chi, &group, "bäckerei", &[&post]);
    let words = chi.kith(["search", &group]).stdin("bäckerei").in_words().run().lines.join("\n");
    assert!(words.contains("Folded by Ana.") && !words.contains("Straße"), "{words}");
}

#[test]
fn who_is_blocked_or_was_removed_is_found_as_a_page_shows_them() {
    let (ana, ben, group) = two();
    let chi = Person::new("Chi");
    chi.joins(&ana.invites(&group).link);
    ben.sees_member(&group, "Chi", "member", "member");
    let post = ben.posts(&group, BAKERY);
    for person in [&ana, &chi] {
        comes_to_find(person, &group, "bäckerei", &[&post]);
    }
    let ben_id = chi.sees_member(&group, "Ben", "member", "member").member;
    chi.kith(["block", &group, &ben_id]).ok();
    assert_eq!(finds(&chi, &group, "bäckerei"), [] as [String; 0]);
    chi.kith(["unblock", &group, &ben_id]).ok();
    assert_eq!(finds(&chi, &group, "bäckerei"), [post.as_str()]);

    // What Ben wrote before they were removed stays; what the removal had not reached is shown to nobody else.
    let mut ben = ben;
    ben.goes_offline();
    let remove = ["member", "remove", &group, &ben_id, "--reason-file", "-", "--yes"];
    ana.kith(remove).stdin("Agreed by all.").ok();
    chi.sees_member(&group, "Ben", "member", "removed");
    assert_eq!(finds(&chi, &group, "bäckerei"), [post.as_str()]);
    let mut ana = ana;
    ana.goes_offline();
    let mut chi = chi;
    chi.goes_offline();
    ben.comes_online();
    let late = ben.posts(&group, "Noch einmal zur Bäckerei.");
    ana.comes_online();
    chi.comes_online();
    let removed = |found: &Value| found == "removed";
    wait::until(wait::ARRIVAL, "Ben to learn of it", || {
        removed(&ben.kith(["group", "show", &group]).ok()["state"]).then_some(())
    });
    for person in [&ana, &chi] {
        assert_eq!(finds(person, &group, "bäckerei"), [post.as_str()]);
    }
    let own: Vec<String> = finds(&ben, &group, "bäckerei");
    assert!(own.contains(&late) && own.contains(&post), "nobody loses sight of their own words: {own:?}");
}

#[test]
fn where_there_is_more_than_memory_for_it_the_oldest_is_left_out_and_said() {
    let mut ana = Person::offline("Ana");
    let settings = "posts_an_hour = 1000000\nsearch_mib = 1\n";
    std::fs::write(ana.home().path().join("config.toml"), settings).expect("a writable home");
    ana.comes_online();
    let group = ana.opens("Letters", "Many evenings.");
    let first = ana.posts(&group, "The first lighthouse.");
    let mut api = ana.node().api();
    for number in 0..220 {
        let words = (0..1500).map(|word| format!("w{number:03}x{word:04}"));
        api.post(&group, &words.collect::<Vec<_>>().join(" "));
    }
    let last = ana.posts(&group, "The last lighthouse.");
    let (found, from) = wait::until(wait::ARRIVAL, "everything that fits to be read", || {
        let results = ana.kith(["search", &group]).stdin("lighthouse").ok();
        let found: Vec<String> =
            results["found"].as_array()?.iter().map(|one| word(&one["post"]["post"])).collect();
        (results["reading"] == false).then(|| (found, results["from"].clone()))
    });
    assert_eq!(found, [last.as_str()], "not {first}");
    assert!(from.is_string());
    let words = ana.kith(["search", &group]).stdin("lighthouse").in_words().run().lines.join("\n");
    assert!(words.contains("are not searched"), "{words}");
    // What comes now is found all the same.
    let new = ana.posts(&group, "A new lighthouse.");
    assert_eq!(finds(&ana, &group, "new lighthouse"), [new]);
}

#[test]
fn items_of_the_library_are_found_with_what_was_said_of_them() {
    let (ana, ben, group) = two();
    let add =
        |text: &str| word(&ana.kith(["library", "add", &group, "--from", "-"]).stdin(text).ok()["post"]);
    let list =
        add("title = 'Three people to call'\nkind = 'tool'\ntags = ['late nights']\nlanguage = 'en-GB'\n\
         region = 'South Island'\ncost = 'nothing'\ntext = 'I keep it on the fridge.'\n");
    let line =
        add("title = 'A line that listens'\nkind = 'helpline'\ntags = ['nights']\nmentions = 'suicide'\n");
    let items = |person: &Person, words: &str, flags: &[&str]| {
        let call = ["search", &group].iter().chain(flags).copied().collect::<Vec<_>>();
        let found = person.kith(call).stdin(words).ok()["found"].clone();
        let of = |one: &Value| one["item"]["item"].as_str().map(str::to_owned);
        found.as_array().expect("results").iter().filter_map(of).collect::<Vec<_>>()
    };
    let comes = |person: &Person, words: &str, flags: &[&str], expected: &[&String]| {
        wait::until(
            wait::ARRIVAL,
            format_args!("{} to find {expected:?} by {words:?}", person.name()),
            || (items(person, words, flags).iter().collect::<Vec<_>>() == expected).then_some(()),
        );
    };
    comes(&ben, "fridge", &[], &[&list]);
    comes(&ben, "line listens", &[], &[&line]);
    for (words, flags, expected) in [
        ("people", &["--kind", "library"][..], vec![&list]),
        ("people", &["--kind", "post"], vec![]),
        ("people", &["--item", "tool"], vec![&list]),
        ("people", &["--item", "book"], vec![]),
        ("people tag:\"Late Nights\"", &[], vec![&list]),
        ("people tag:nights", &[], vec![]),
        ("people language:en", &[], vec![&list]),
        ("people language:de", &[], vec![]),
        ("region:\"south island\" cost:nothing people", &[], vec![&list]),
    ] {
        assert_eq!(items(&ben, words, flags).iter().collect::<Vec<_>>(), expected, "{words} {flags:?}");
    }

    // What somebody said about it is found as it, and not any more once they take it back.
    let said = ben.kith(["library", "helped", &list]).stdin("The neighbour answered.").ok();
    comes(&ana, "neighbour", &[], &[&list]);
    ben.kith(["withdraw", &word(&said["post"])]).ok();
    comes(&ana, "neighbour", &[], &[]);
    ben.kith(["library", "dispute", &list]).stdin("The baker moved away.").ok();
    comes(&ana, "baker", &[], &[&list]);
    let words = ana.kith(["search", &group]).stdin("baker").in_words().run().lines.join("\n");
    assert!(words.contains("Somebody says that something about it is wrong."), "{words}");

    // As the reader chose for what it mentions, and as its author takes it back.
    ben.kith(["notes", "set", "suicide", "hide"]).ok();
    assert_eq!(items(&ben, "listens", &[]), [] as [String; 0]);
    ben.kith(["notes", "set", "suicide", "fold"]).ok();
    assert_eq!(items(&ben, "listens", &[]), [line.as_str()]);
    let ana_id = ben.sees_member(&group, "Ana", "facilitator", "member").member;
    ben.kith(["mute", &group, &ana_id]).ok();
    assert_eq!(items(&ben, "listens", &[]), [] as [String; 0]);
    ben.kith(["unmute", &group, &ana_id]).ok();
    ana.kith(["withdraw", &line]).ok();
    comes(&ben, "listens", &[], &[]);
}

#[test]
fn what_has_outlived_its_time_is_not_found() {
    let mut ana = Person::offline("Ana");
    Lab::around(&mut ana, 0);
    let file = ana.home().write_beside("group.toml", "retention_days = 30");
    let file = file.to_str().expect("a path");
    let group = ana.opens_with("Letters", "Slowly is fine.", &["--from", file]);
    let old = ana.posts(&group, BAKERY);
    assert_eq!(finds(&ana, &group, "bäckerei"), [old]);
    ana.goes_offline();
    Lab::around(&mut ana, 80 * DAY);
    let new = ana.posts(&group, "Wieder bei der Bäckerei.");
    assert_eq!(finds(&ana, &group, "bäckerei"), [new]);
}

#[test]
fn pages_of_what_was_found_follow_each_other() {
    let ana = Person::new("Ana");
    let groups = ["One", "Two"].map(|title| ana.opens(title, "Many evenings."));
    let mut posts: Vec<String> = (0..30)
        .map(|number| ana.posts(&groups[number % 2], &format!("evening {}", "quiet ".repeat(number % 5))))
        .collect();
    let whole = finds_with(&ana, "-", "evening", &["--limit", "100"]);
    let (mut paged, mut after) = (Vec::new(), None);
    loop {
        let mut call = vec!["search", "--limit", "7"];
        call.extend(after.iter().flat_map(|after: &String| ["--after", after]));
        let results = ana.kith(call).stdin("evening").ok();
        paged.extend(results["found"].as_array().unwrap().iter().map(|one| word(&one["post"]["post"])));
        after = results["next"].as_str().map(str::to_owned);
        if after.is_none() {
            break;
        }
    }
    assert_eq!(paged, whole);
    paged.sort();
    posts.sort();
    assert_eq!(paged, posts);
}

#[test]
fn nothing_that_is_searched_or_found_is_in_the_files() {
    let mut ana = Person::new("Ana");
    let group = ana.opens("Letters", "Slowly is fine.");
    ana.posts(&group, BAKERY);
    assert_eq!(finds(&ana, &group, "bäckerei").len(), 1);
    assert_eq!(finds(&ana, &group, "zahnarzttermin"), [] as [String; 0]);
    let secrets = ["Bäckerei", "backerei", "umzukehren", "zahnarzttermin"];
    let traces = Traces::of(secrets.iter().map(|secret| (*secret, secret.as_bytes())));
    let in_files = |ana: &Person| traces.find_in_files(&ana.home().files());
    assert_eq!(in_files(&ana), []);
    ana.goes_offline();
    assert_eq!(in_files(&ana), []);
}

#[test]
fn a_question_that_cannot_be_meant_is_answered_in_words() {
    let ana = Person::new("Ana");
    let group = ana.opens("Letters", "Slowly is fine.");
    for (words, says) in [("", "no word"), ("…", "no word"), (&"a".repeat(600), "too long")] {
        let failure = ana.kith(["search", &group]).stdin(words).fails(2);
        assert_eq!(failure.code, "bad_request");
        assert!(failure.message.contains(says), "{}", failure.message);
    }
    assert_eq!(ana.kith(["search", "no such group"]).stdin("word").fails(6).code, "unknown_id");
    assert_eq!(ana.kith(["search", &group, "--author", "abcdef"]).stdin("word").fails(6).code, "unknown_id");
    assert_eq!(ana.kith(["search", &group, "--after", "x"]).stdin("word").fails(2).code, "bad_request");
    let words = ana.kith(["search", &group]).stdin("word").in_words().run().lines.join("\n");
    assert!(words.contains("Nothing was found"), "{words}");
}
