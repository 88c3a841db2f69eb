//! Nobody goes unheard: who waits is seen by the others, a word to the author alone ends it, and ideas come to those who
//! asked for them. Time goes six hundred times as fast here: the group answers within an hour, which is six seconds.

use kith_tests::gathering::come_in;
use kith_tests::{Call, Lab, Person, wait};
use serde_json::{Value, json};

const PACE: u64 = 600;

/// Ana, a facilitator, Ben and Chi, members, and their group, where members try to answer within an hour.
fn three(pace: u64) -> ([Person; 3], String) {
    let base = Lab::now();
    let mut people = ["Ana", "Ben", "Chi"].map(Person::offline);
    for person in &mut people {
        Lab::hasty(person, base, pace);
    }
    let group = people[0].opens("Letters", "Slowly is fine.");
    let charter = people[0].home().path().join("charter.toml");
    std::fs::write(&charter, "reply_hours = 1\n").expect("a file");
    let edit = ["group", "charter", "edit", &group, "--from"].map(std::ffi::OsStr::new);
    let more = [charter.as_os_str(), "--reason-file".as_ref(), "-".as_ref()];
    people[0].kith(edit.into_iter().chain(more)).stdin("So that nobody waits long.").ok();
    come_in(&people, &group);
    (people, group)
}

/// One post as somebody sees it, once it is as expected.
#[track_caller]
fn sees(person: &Person, post: &str, what: &str, expected: impl Fn(&Value) -> bool) -> Value {
    wait::until(wait::ARRIVAL, format_args!("{} to see {what}", person.name()), || {
        let thread = person.kith(["thread", post]).run();
        let thread = (thread.code() == 0).then(|| thread.ok())?;
        let one = thread["posts"].as_array()?.iter().find(|one| one["post"] == post)?;
        expected(one).then(|| one.clone())
    })
}

/// What needs a reply, as somebody sees it, once it is as expected.
#[track_caller]
fn needs(person: &Person, group: &str, what: &str, expected: impl Fn(&[Value]) -> bool) -> Vec<Value> {
    wait::until(wait::ARRIVAL, format_args!("{} to see {what}", person.name()), || {
        let need = person.kith(["needs-reply", group]).ok();
        let posts = need["posts"].as_array()?.clone();
        expected(&posts).then_some(posts)
    })
}

fn names(post: &'_ str) -> impl Fn(&[Value]) -> bool + '_ {
    move |posts| posts.iter().any(|one| one["post"]["post"] == post)
}

/// What a call prints for people.
#[track_caller]
fn words(call: &Call) -> String {
    call.clone().in_words().run().lines.join("\n")
}

#[test]
fn who_waits_is_seen_by_all_and_one_word_to_them_alone_ends_it() {
    // Half an hour, for which a claim holds, is nine seconds: enough to see one, also where the machine is busy.
    let ([ana, mut ben, chi], group) = three(PACE / 3);
    let post = ben.posts(&group, "I have not told anybody yet.");
    ana.has_got(&group, &[&post]);
    chi.has_got(&group, &[&post]);
    assert_eq!(ana.kith(["needs-reply", &group]).ok()["posts"], json!([]), "an hour has not gone by");
    // Its author need not be there for the others to see it.
    ben.goes_offline();
    for person in [&ana, &chi] {
        let waiting = needs(person, &group, "Ben's post to wait", names(&post));
        assert_eq!((&waiting[0]["new_here"], &waiting[0]["claimed_by"]), (&json!(true), &Value::Null));
    }
    chi.kith(["claim", &post]).ok();
    needs(&ana, &group, "that Chi is writing", |posts| posts.iter().any(|one| one["claimed_by"] == "Chi"));
    chi.kith(["claim", &post, "--end"]).ok();
    needs(&ana, &group, "that Chi is not", |posts| posts.iter().all(|one| one["claimed_by"].is_null()));

    let sent = chi.kith(["ack", &post, "me-too"]).ok();
    assert_eq!(sent["to"], json!(["Ben"]));
    for person in [&ana, &chi] {
        needs(person, &group, "that Ben was heard", |posts| posts.is_empty());
        let seen = sees(person, &post, "the mark", |one| one["heard"] == true);
        assert!(seen.get("acks").is_none(), "what was said to Ben is Ben's: {seen}");
    }
    ben.comes_online();
    let seen = sees(&ben, &post, "what Chi said", |one| one.get("acks").is_some());
    assert_eq!(seen["acks"][0]["name"], "Chi");
    assert_eq!(seen["acks"][0]["kind"], "me_too");

    // A mark that came too soon does not hush anybody.
    ben.kith(["still-need", &post]).ok();
    let waiting = needs(&ana, &group, "that Ben still waits", names(&post));
    assert_eq!(waiting[0]["pressing"], true);
    let to_do = ana.status(&group)["to_do"].clone();
    assert!(to_do.as_array().is_some_and(|list| list.contains(&json!("unheard"))), "{to_do}");
    ana.replies(&post, "I am glad you told us.");
    for person in [&ana, &ben, &chi] {
        needs(person, &group, "that Ben was answered", |posts| posts.is_empty());
    }
    // What was said to somebody alone goes with the post.
    ben.kith(["withdraw", &post]).ok();
    sees(&ben, &post, "it gone", |one| one["withdrawn"] == true && one.get("acks").is_none());
}

#[test]
fn an_author_is_told_what_reached_nobody_from_what_nobody_answered() {
    // Six hours go by before anything is said, twice.
    let ([mut ana, ben, mut chi], group) = three(3 * PACE);
    let post = ben.posts(&group, "Is anybody there?");
    ana.has_got(&group, &[&post]);
    chi.has_got(&group, &[&post]);
    let seen = sees(&ben, &post, "that nobody answered", |one| one.get("unanswered").is_some());
    assert_eq!(seen["unanswered"]["nodes"], 2, "{seen}");
    ana.goes_offline();
    chi.goes_offline();
    let alone = ben.posts(&group, "And now?");
    let seen = sees(&ben, &alone, "that it reached nobody", |one| one.get("unanswered").is_some());
    assert_eq!(seen["unanswered"]["nodes"], 0, "{seen}");
    let message = seen["unanswered"]["message"].as_str().unwrap_or_default();
    assert!(message.contains("reached nobody yet"), "{message}");
}

#[test]
fn ideas_come_to_those_who_asked_and_to_others_by_their_leave() {
    let ([ana, ben, chi], group) = three(PACE);
    let post = ben.posts(&group, "Three nights without sleep.");
    ana.has_got(&group, &[&post]);
    chi.has_got(&group, &[&post]);
    let idea = ["reply", &post, "--kind", "suggestion"];
    let refused = ana.kith(idea).stdin("Try the long walk.").fails(5);
    assert_eq!(refused.code, "advice_not_asked");
    assert!(refused.message.starts_with("Ben asked"), "{}", refused.message);

    ana.kith(["ask-to-suggest", &post]).ok();
    let seen = sees(&ben, &post, "who asks", |one| one.get("asking").is_some());
    assert_eq!(seen["asking"][0]["name"], "Ana");
    let ana_id = seen["asking"][0]["member"].as_str().unwrap_or_default().to_owned();
    ben.kith(["consent", &post, &ana_id]).ok();
    let idea = wait::until(wait::ARRIVAL, "Ben's leave to reach Ana", || {
        let reply = ana.kith(idea).stdin("Try the long walk.").run();
        (reply.code() == 0).then(|| reply.ok()["post"].as_str().map(str::to_owned))?
    });
    let seen = sees(&ben, &idea, "Ana's idea", |_| true);
    assert_eq!((&seen["kind"], seen.get("unasked")), (&json!("suggestion"), None));
    let refused = chi.kith(["reply", &post, "--kind", "resource"]).stdin("There is a book.").fails(5);
    assert_eq!(refused.code, "advice_not_asked", "Ben's leave was for Ana alone");

    // An idea that was welcome when it was written is folded once its author's wish is another.
    let open = ben.kith(["post", &group, "--intent", "advice"]).stdin("What would you do?").ok();
    let open = open["post"].as_str().unwrap_or_default().to_owned();
    chi.has_got(&group, &[&open]);
    let idea = chi.kith(["reply", &open, "--kind", "resource"]).stdin("There is a book.").ok();
    let idea = idea["post"].as_str().unwrap_or_default().to_owned();
    sees(&ben, &idea, "the idea", |one| one.get("unasked").is_none());
    ben.kith(["edit", &open, "--intent", "hear-me"]).stdin("I only wish to be heard now.").ok();
    sees(&ben, &idea, "it folded", |one| one["unasked"] == true);
    sees(&ana, &open, "the change", |one| one["intent"] == "hear_me");
    sees(&ana, &idea, "it as it is", |one| one.get("unasked").is_none());
    let shown = words(&ben.kith(["thread", &open]));
    assert!(!shown.contains("There is a book.") && shown.contains("which you did not ask for"), "{shown}");
}

#[test]
fn what_a_text_mentions_is_said_first_and_readers_choose() {
    let ([ana, ben, _chi], group) = three(PACE);
    let call = ["post", &group, "--mentions", "loss,medical", "--note", "a ward at night"];
    let post = ben.kith(call).stdin("It was the longest night.").ok();
    let post = post["post"].as_str().unwrap_or_default().to_owned();
    ana.has_got(&group, &[&post]);
    let seen = sees(&ana, &post, "the notes", |_| true);
    assert_eq!(seen["notes"], json!({"mentions": ["loss", "medical"], "other": "a ward at night"}));
    let folded = words(&ana.kith(["read", &group]));
    assert!(folded.contains("Mentions: death and loss, medical detail, a ward at night."), "{folded}");
    assert!(!folded.contains("longest night"), "{folded}");
    let open = words(&ana.kith(["thread", &post, "--unfold"]));
    assert!(open.contains("longest night"), "{open}");
    let refused = ben.kith(["post", &group, "--mentions", "cats"]).stdin("Hello").fails(2);
    assert!(refused.message.contains("\"cats\""), "{}", refused.message);
}
