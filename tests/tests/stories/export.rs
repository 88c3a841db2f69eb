//! What somebody wrote, out of the sealed files into a folder of theirs; and what to think of beside an answer.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use kith_tests::Person;
use serde_json::{Value, json};

fn two() -> ([Person; 2], String) {
    let [ana, ben] = ["Ana", "Ben"].map(Person::new);
    let group = ana.opens("Letters", "Slowly is fine.");
    ben.joins(&ana.invites(&group).link);
    ana.meets(&group, 1);
    ([ana, ben], group)
}

fn read(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).expect("a file")
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("it is there").permissions().mode() & 0o777
}

#[test]
fn what_i_wrote_is_written_out_for_my_eyes_alone_and_others_words_only_if_i_say_so() {
    let ([ana, ben], group) = two();
    let mine = ana.posts(&group, "# The first night\nwas long.");
    let gone = ana.posts(&group, "Not this one.");
    ana.kith(["withdraw", &gone]).ok();
    ana.kith(["library", "add", &group, "--from", "-"])
        .stdin("title = 'The second winter'\nkind = 'story'\n")
        .ok();
    let theirs = ben.kith(["reply", &mine]).stdin("I was awake, too.").ok()["post"].clone();
    let secret = ben.kith(["post", &group, "--mentions", "loss"]).stdin("He was forty.").ok()["post"].clone();
    let held = ben.posts(&group, "Forty of them.");
    let posts: Vec<String> =
        [theirs, secret].iter().map(|id| id.as_str().expect("an id").to_owned()).collect();
    ana.has_got(&group, &[&posts[0], &posts[1], &held]);
    ana.kith(["notes", "set", "loss", "hide"]).ok();
    ana.kith(["mod", "hold", &held, "--rule", "numbers", "--reason-file", "-"])
        .stdin("It names amounts")
        .ok();

    let folder = ana.home().beside("out");
    let call = |flags: &[&str], folder: &Path| {
        let folder = folder.to_str().expect("a path").to_owned();
        ana.kith(["export", "group", &group, &folder].iter().copied().chain(flags.iter().copied()))
    };
    call(&[], &folder).ok();
    assert_eq!(mode(&folder), 0o700);
    for name in ["README.md", "posts.md", "posts.json", "library.md", "library.json"] {
        assert_eq!(mode(&folder.join(name)), 0o600, "{name}");
    }
    let words = read(&folder, "posts.md");
    assert!(
        words.contains("> # The first night\n> was long.") && !words.contains("Not this one."),
        "{words}"
    );
    assert!(!words.contains("awake"), "what Ben wrote is Ben's: {words}");
    let posts: Value = serde_json::from_str(&read(&folder, "posts.json")).expect("JSON");
    assert_eq!((posts.as_array().map(Vec::len), &posts[0]["post"]), (Some(1), &json!(mine)));
    assert!(read(&folder, "README.md").contains("is not sealed"));
    assert!(read(&folder, "library.md").contains("The second winter"));

    let failure = call(&[], &folder).fails(1);
    assert!(failure.message.contains("is there already"), "{}", failure.message);
    let all = ana.home().beside("all");
    call(&["--others"], &all).ok();
    let words = read(&all, "posts.md") + &read(&all, "posts.json");
    assert!(words.contains("I was awake, too.") && words.contains("was long."), "{words}");
    for never in ["Not this one.", "He was forty.", "Forty of them."] {
        assert!(!words.contains(never), "{never}");
    }

    ana.kith(["journal", "write"]).stdin("Grey, then light.\n").ok();
    let own = ana.home().beside("own");
    ana.kith(["export", "mine", own.to_str().expect("a path")]).ok();
    assert!(read(&own, "mine.md").contains("Grey, then light.") && read(&own, "mine.json").contains("Grey"));
    assert_eq!((mode(&own), mode(&own.join("mine.md"))), (0o700, 0o600));
    assert!(!read(&folder, "posts.json").contains("Grey"), "it is asked for by itself");
}

#[test]
fn a_list_beside_an_answer_fits_what_was_wished_for() {
    let ([ana, ben], group) = two();
    let call = ["post", &group, "--intent", "advice"];
    let post = ben.kith(call).stdin("What would you do?").ok()["post"].as_str().expect("an id").to_owned();
    let other = ben.posts(&group, "I have not slept.");
    ana.has_got(&group, &[&post, &other]);
    assert_eq!(ana.kith(["coach", &post]).ok()["intent"], "advice");
    assert_eq!(ana.kith(["coach", &other]).ok()["intent"], "hear_me");
    let words = ana.kith(["coach"]).in_words().run().lines.join("\n");
    assert!(words.contains("Reflect") && words.contains("Ask") && words.contains("Offer"), "{words}");
    let worried = ana.kith(["coach", "--worried"]).ok();
    let steps = worried["steps"].as_array().expect("steps").clone();
    assert!(
        steps
            .iter()
            .any(|step| step == "Nobody here can see where a person is. Only they can say it, or call.")
    );
    let reply = ana.kith(["reply", &post, "--coach"]).stdin("I wrote a list.").in_words().run();
    assert!(reply.code() == 0 && reply.log.contains("Ideas are welcome."), "{}", reply.log);
    ana.kith(["coach", "abcdef"]).fails(6);
}
