//! What texts mention: each reader's own choice, wherever texts are shown; and what others propose, for the author to
//! decide.

use kith_tests::gathering::gather;
use kith_tests::{Lab, Person, wait};
use serde_json::{Value, json};

/// How many times as fast time goes: four hours take some seconds.
const PACE: u64 = 1200;

/// Ana, a facilitator, Ben and Chi, members, since when their time runs, and their group.
fn three() -> ([Person; 3], u64, String) {
    let mut people = ["Ana", "Ben", "Chi"].map(Person::offline);
    let now = Lab::now();
    for person in &mut people {
        Lab::hasty(person, now, PACE);
    }
    let group = gather(&people);
    (people, now, group)
}

/// A post in a thread, as the person sees it with `flags`, once it is as expected.
#[track_caller]
fn sees(person: &Person, post: &str, flags: &[&str], what: &str, expected: impl Fn(&Value) -> bool) -> Value {
    wait::until(wait::ARRIVAL, format_args!("{} to see {what}", person.name()), || {
        let thread = person.kith(["thread", post].iter().chain(flags)).run();
        let thread = (thread.code() == 0).then(|| thread.ok())?;
        let posts = thread["posts"].as_array()?.clone();
        posts.into_iter().find(|one| one["post"] == post && expected(one))
    })
}

fn finds(person: &Person, word: &str) -> usize {
    person.kith(["search"]).stdin(word).ok()["found"].as_array().expect("results").len()
}

fn page(person: &Person, group: &str, flags: &[&str]) -> Value {
    person.kith(["read", group].iter().chain(flags)).ok()
}

#[test]
fn each_reader_chooses_and_every_way_out_follows() {
    let ([ana, ben, chi], since, group) = three();
    let shown = ben.watches(&group);
    let post =
        ana.kith(["post", &group, "--notes"]).stdin("loss, my brother\nThe lighthouse was his.\n").ok();
    let post = post["post"].as_str().expect("an id").to_owned();
    for person in [&ben, &chi] {
        let seen = sees(person, &post, &[], "the post", |_| true);
        assert_eq!(seen["notes"], json!({"mentions": ["loss"], "other": "my brother"}));
        assert_eq!((&seen["choice"], &seen["text"]), (&json!("fold"), &json!("The lighthouse was his.\n")));
    }
    assert_eq!(shown.shows(&post).post, post, "folded, it still comes");
    let words = ben.kith(["read", &group]).in_words().run().lines.join("\n");
    assert!(words.contains("Mentions: death and loss, my brother.") && !words.contains("lighthouse"));
    let words = ben.kith(["search"]).stdin("lighthouse").in_words().run().lines.join("\n");
    assert!(words.contains("Mentions:") && !words.contains("lighthouse was"), "found, and folded");

    ben.kith(["notes", "set"]).stdin("loss hide\n").ok();
    assert_eq!(page(&ben, &group, &[])["posts"], json!([]));
    assert_eq!(page(&ben, &group, &[])["hidden"], json!(true));
    assert_eq!(finds(&ben, "lighthouse"), 0);
    let thread = ben.kith(["thread", &post]).ok();
    assert_eq!((&thread["posts"], &thread["hidden"]), (&json!([]), &json!(true)));
    let seen = sees(&ben, &post, &["--show"], "it all the same", |_| true);
    assert_eq!((&seen["choice"], &seen["text"]), (&json!("hide"), &json!("The lighthouse was his.\n")));
    assert_eq!(page(&ben, &group, &["--show"])["posts"][0]["post"], json!(post));
    let words = ben.kith(["thread", &post]).in_words().run().lines.join("\n");
    assert!(words.contains("as you chose. Show: kith thread"), "{}", words);
    ben.kith(["ack", &post, "hear-you"]).ok();

    // Chi still sees it folded: it was Ben's choice. Ana wrote it, and it is never taken from her.
    assert_eq!(sees(&chi, &post, &[], "it", |_| true)["choice"], "fold");
    ana.kith(["notes", "set", "all", "hide"]).ok();
    assert!(sees(&ana, &post, &[], "her own", |_| true).get("choice").is_none());

    let waits = |person: &Person| {
        let waiting = person.kith(["needs-reply", &group]).ok();
        waiting["posts"].as_array().expect("posts").len()
    };
    let need = ana.kith(["post", &group, "--mentions", "suicide,loss"]).stdin("A hard night.").ok();
    let need = need["post"].as_str().expect("an id").to_owned();
    sees(&chi, &need, &[], "it", |_| true);
    sees(&ben, &need, &["--show"], "it", |_| true);
    wait::until(wait::ARRIVAL, "it to wait for an answer", || (waits(&chi) > 0).then_some(()));
    assert_eq!(waits(&ben), 0, "of several notes the choice that shows least holds");
    assert!(shown.shown().iter().all(|one| one.post != need), "a stream gives nothing hidden");

    // It is kept: sealed on the disk, and there after a restart.
    ben.kith(["notes", "set", "suicide", "show"]).ok();
    let mut ben = ben;
    ben.goes_offline();
    Lab::hasty(&mut ben, since, PACE);
    let choices = ben.kith(["notes", "show"]).ok();
    let of = |note: &str| {
        let all = choices["choices"].as_array().expect("choices").clone();
        all.into_iter().find(|one| one["note"] == note).expect("a choice")["choice"].clone()
    };
    assert_eq!((of("loss"), of("suicide"), of("eating")), (json!("hide"), json!("show"), json!("fold")));
    assert_eq!(page(&ben, &group, &[])["posts"], json!([]));
    ben.kith(["notes", "set", "all", "show"]).ok();
    assert_eq!(page(&ben, &group, &[])["posts"].as_array().expect("posts").len(), 2);
    assert_eq!(ben.kith(["notes", "set", "sucide", "hide"]).fails(2).code, "usage");
}

#[test]
fn others_propose_and_the_author_decides() {
    let ([ana, ben, chi], _, group) = three();
    let post = ben.posts(&group, "The ward at night.");
    sees(&chi, &post, &[], "the post", |_| true);
    chi.kith(["notes", "propose", &post]).stdin("medical, loss\n").ok();
    let seen = sees(&ben, &post, &[], "what Chi proposes", |post| post["proposed"].is_array());
    let proposed = &seen["proposed"][0];
    assert_eq!((&proposed["name"], &proposed["added"]), (&json!("Chi"), &json!(false)));
    assert_eq!(proposed["mentions"], json!(["loss", "medical"]));
    assert!(seen.get("notes").is_none(), "it stands nowhere before Ben says so");
    let words = ben.kith(["thread", &post]).in_words().run().lines.join("\n");
    assert!(words.contains("It is yours to say: kith notes accept"), "{}", words);

    ben.kith(["notes", "decline", &post]).ok();
    assert!(sees(&ben, &post, &[], "it", |_| true).get("proposed").is_none());
    chi.kith(["notes", "propose", &post]).stdin("violence\n").ok();
    let other = ben.kith(["post", &group, "--mentions", "loss"]).stdin("A letter.").ok();
    let other = other["post"].as_str().expect("an id").to_owned();
    sees(&chi, &other, &[], "the next", |_| true);
    chi.kith(["notes", "propose", &other]).stdin("medical\nIt tells of a ward.\n").ok();
    sees(&ben, &other, &[], "what Chi proposes of it", |post| post["proposed"].is_array());
    assert!(sees(&ben, &post, &[], "the first", |_| true).get("proposed").is_none(), "declined is declined");
    let seen = sees(&chi, &other, &[], "it", |_| true);
    assert_eq!(seen["notes"]["mentions"], json!(["loss"]), "a member's reason changes nothing");
    ben.kith(["notes", "accept", &other]).ok();
    for person in [&ana, &ben, &chi] {
        let both = |post: &Value| post["notes"]["mentions"] == json!(["loss", "medical"]);
        let seen = sees(person, &other, &[], "both notes", both);
        assert_eq!(seen["text"], "A letter.");
        assert!(seen.get("proposed").is_none());
    }
    assert_eq!(ben.kith(["notes", "accept", &other]).fails(5).code, "not_allowed");
    assert_eq!(chi.kith(["notes", "accept", &other]).fails(5).code, "not_allowed");
    assert_eq!(ben.kith(["notes", "propose", &other]).stdin("loss").fails(5).code, "not_allowed");
    assert_eq!(chi.kith(["notes", "propose", &other]).stdin("attention seeking").fails(2).code, "usage");

    // Ana facilitates. Without a reason she proposes, as anybody; with one it stands, by her name, until she takes it back.
    ana.kith(["notes", "propose", &post]).stdin("medical\n").ok();
    sees(&ben, &post, &[], "what Ana proposes", |post| post["proposed"][0]["added"] == json!(false));
    ana.kith(["notes", "propose", &post]).stdin("medical\nIt names a treatment.\n").ok();
    let seen = sees(&chi, &post, &[], "the note", |post| post["notes"]["mentions"] == json!(["medical"]));
    assert_eq!(seen["choice"], "fold");
    assert_eq!(seen["proposed"][0]["reason"], "It names a treatment.");
    let words = ben.kith(["thread", &post]).in_words().run().lines.join("\n");
    assert!(words.contains("Ana added the note \"medical detail\". The reason: It names a treatment."));
    assert_eq!(
        ben.kith(["appeal", &post]).stdin("It names none.").fails(5).code,
        "nobody_to_ask",
        "Ana is alone"
    );
    ana.kith(["notes", "propose", &post]).stdin("\n").ok();
    sees(&chi, &post, &[], "none any more", |post| post.get("notes").is_none());
}
