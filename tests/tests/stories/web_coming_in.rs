//! Coming in by the pages alone, without scripts: from nothing on the device to a group, out again, and back behind a lock.

use kith_tests::visitor::{Page, Visitor};
use kith_tests::{Home, Node, Person};

const PASSPHRASE: &str = "three lamps and a harbour";

/// A device with Kith on it and nothing in it. The node runs as somebody starts it who knows of no options.
fn fresh() -> (Home, Node) {
    let home = Home::new();
    std::fs::create_dir_all(home.path()).expect("a home");
    std::fs::write(home.path().join("config.toml"), "passphrase_mib = 64\n").expect("its settings");
    let node = starts(&home);
    (home, node)
}

fn starts(home: &Home) -> Node {
    Node::start_as(home.kith(["run", "--listen", "127.0.0.1"]).command())
}

/// The recovery words of a page that shows them.
fn words(page: &Page) -> Vec<String> {
    let list = page.html.split_once("<ol class=\"words\"").expect("a list of words").1;
    let list = list.split("</ol>").next().unwrap_or_default();
    let word = |rest: &str| Some(rest.split_once("</span> ")?.1.split('<').next()?.to_owned());
    list.split("<li>").skip(1).filter_map(word).collect()
}

#[test]
fn from_nothing_to_a_group_and_back_behind_a_lock() {
    let ana = Person::new("Ana");
    let group = ana.opens("Sleepless", "For nights that are too long.");
    let link = ana.invites(&group).link;

    let (home, node) = fresh();
    let mut wren = Visitor::comes_to(&home);
    // Whatever is asked for, the first page comes first.
    for path in ["/", "/today", "/groups", "/settings/backup", "/welcome/next", "/welcome/help-numbers"] {
        wren.sees(path).says("A place to talk with people going through something similar.");
    }
    wren.sees("/welcome/device").says("Kith leaves traces").says("Nothing has been kept so far");
    // An invite and a name are kept from step to step, and going back loses neither.
    wren.sees("/welcome/invite");
    wren.sends("/welcome/invite", &[("link", &link)]).says("Is this device safe for you?");
    wren.sees("/welcome/name");
    wren.sends("/welcome/name", &[("name", "two\u{2028}lines")]).says("Please look at this again");
    wren.sends("/welcome/name", &[("name", "Wren")]).says("Your key");
    assert!(wren.sees("/welcome/name").html.contains("value=\"Wren\""));
    assert!(wren.sees("/welcome/invite").html.contains(&link));
    assert!(!home.path().join("vault").exists(), "nothing is on the disk before there is a key");

    // A passphrase twice, or none by wish.
    wren.sees("/welcome/key").says("Rather no passphrase").says("Whoever can open this device");
    wren.sends("/welcome/key", &[]).says("There is no passphrase yet");
    let other = [("passphrase", PASSPHRASE), ("again", "three lamps and a harbor")];
    wren.sends("/welcome/key", &other).says("are not the same");
    let twice = [("passphrase", PASSPHRASE), ("again", PASSPHRASE)];
    let made = wren.sends("/welcome/key", &twice);
    made.says("Your recovery words");
    let made_words = words(&made);
    assert_eq!(made_words.len(), 12, "{}", made.text());
    // Sent again, as by a reload, the same words are shown.
    assert_eq!(words(&wren.sends("/welcome/key", &twice)), made_words);
    let file = wren.sends("/welcome/recovery.txt", &[("words", &made_words.join(" "))]);
    assert_eq!(file.header("content-disposition"), Some("attachment; filename=\"recovery.txt\""));
    assert_eq!(file.header("content-type"), Some("text/plain; charset=utf-8"));
    assert!(file.html.starts_with(&format!("1. {}\n2. ", made_words[0])), "{}", file.html);

    wren.sees("/welcome/help-numbers").says("Your country");
    wren.sends("/welcome/help-numbers", &[("country", "ZZ9")]).says("Please look at this again");
    wren.sends("/welcome/help-numbers", &[("country", "NZ")]).says("Look at my invite");
    assert_eq!(home.kith(["crisis", "card"]).ok()["country"], "NZ");
    wren.sees("/welcome").says("Join or start");

    // The invite waits where it is needed, and so does the name.
    wren.sees("/groups").says("You are not in a group yet. Have an invite?");
    assert!(wren.sees("/join").html.contains(&link));
    wren.sends("/join", &[("link", "kith:nonsense")]).says("cut short or mistyped");
    let seen = wren.sends("/join", &[("link", &link)]);
    seen.says("Whoever has this invite is let in").says("Not for me");
    assert!(seen.html.contains("value=\"Wren\""));
    let way = wren.sends("/join/ask", &[("link", &link), ("name", "Wren")]);
    assert_eq!(way.path, format!("/join/{group}"));
    // Where the group is asked for before one is in, the same page answers.
    let inside = wren.waits_for(&format!("/groups/{group}"), "Nobody has written yet");
    assert!(inside.path.starts_with("/groups/"));
    let agree = wren.sees(&format!("/join/{group}"));
    agree.says("What people here agreed to").says("For nights that are too long.").says("Key words");
    wren.sends(&format!("/join/{group}/agree"), &[]).says("You are in. Saying hello is fine");
    assert!(!wren.sees("/join").html.contains(&link), "what was used is not offered again");
    wren.sees("/groups").says("Sleepless").says("For nights that are too long.");

    locks_and_unlocks(&mut wren);
    let mut node = restarts_with_what_was_chosen(&home, node, &mut wren);
    words_again_and_files(&mut wren, &group, &made_words);
    leaves(&mut wren, &group, &ana);
    assert!(node.runs());
}

fn locks_and_unlocks(wren: &mut Visitor) {
    wren.sees("/settings/safety").says("Lock now");
    wren.sends("/lock", &[]).says("Open Kith").says("Need help now");
    wren.goes_to("/groups").says("Open Kith").is_silent_on("Sleepless");
    wren.sends("/unlock", &[("passphrase", "three lamps")]).says("did not open").says("try again");
    wren.goes_to("/groups").says("Open Kith");
    wren.sends("/unlock", &[("passphrase", PASSPHRASE)]);
    wren.sees("/groups").says("Sleepless");
}

fn restarts_with_what_was_chosen(home: &Home, node: Node, wren: &mut Visitor) -> Node {
    wren.sees("/settings").says("Content notes").says("Backup");
    wren.sees("/settings/look");
    wren.sends("/settings/look", &[("theme", "dark"), ("language", "")]).says("Saved.");
    wren.sees("/settings/notes").says("self-harm");
    wren.sends("/settings/notes", &[("medical", "hide"), ("loss", "show")]).says("Saved.");
    wren.sees("/settings/safety");
    let nowhere = [("neutral_page", "javascript:alert(1)"), ("shift", "yes"), ("lock_after", "15")];
    wren.sends("/settings/safety", &nowhere).says("not the address of a page");
    let safety =
        [("neutral_page", "https://www.example.org/weather"), ("lock_after", "5"), ("discreet", "Notes")];
    wren.sends("/settings/safety", &safety).says("Saved.");
    node.terminate();

    let node = starts(home);
    *wren = Visitor::comes_to(home);
    let locked = wren.sees("/unlock");
    assert!(locked.html.contains("<title>Notes</title>"), "{}", locked.html);
    locked.is_silent_on("Kith").is_silent_on("Need help now");
    wren.sends("/unlock", &[("passphrase", PASSPHRASE)]);
    let page = wren.sees("/settings/safety");
    assert!(
        page.html.contains("https://www.example.org/weather") && page.html.contains("data-shift=\"off\"")
    );
    assert!(page.html.contains("<title>Notes</title>") && page.html.contains("data-theme=\"dark\""));
    assert!(page.html.contains("<option value=\"5\" selected>"));
    let notes = wren.sees("/settings/notes");
    assert!(notes.html.contains("name=\"medical\" value=\"hide\" checked"));
    assert!(notes.html.contains("name=\"loss\" value=\"show\" checked"));
    assert!(notes.html.contains("name=\"abuse\" value=\"fold\" checked"), "what was not chosen stays");
    node
}

fn words_again_and_files(wren: &mut Visitor, group: &str, made: &[String]) {
    wren.sees("/settings/backup").says("What is not in these files");
    wren.sends("/settings/backup/words", &[]).says("A passphrase is needed");
    wren.sends("/settings/backup/words", &[("passphrase", "three lamps")]).says("did not open");
    let again = wren.sends("/settings/backup/words", &[("passphrase", PASSPHRASE)]);
    assert_eq!(words(&again), made);
    wren.sees(&format!("/groups/{group}/write"));
    wren.sends(&format!("/groups/{group}/write"), &[("text", "I slept.\nTwice."), ("intent", "good_news")]);
    wren.sees("/settings/backup");
    let posts = wren.sends(&format!("/settings/backup/{group}/posts.txt"), &[]);
    assert_eq!(posts.header("content-disposition"), Some("attachment; filename=\"posts.txt\""));
    assert!(posts.html.starts_with("Sleepless\n") && posts.html.contains("\n    I slept.\n    Twice.\n"));
    let mine = wren.sends("/settings/backup/mine.json", &[]);
    assert_eq!(mine.header("content-type"), Some("application/json"));
    assert!(mine.html.contains("\"journal\""), "{}", mine.html);
    wren.sees("/settings/storage").says("as long as there is room");
    wren.sees(&format!("/groups/{group}/keep")).says("As the group agreed");
    wren.sends(&format!("/groups/{group}/keep"), &[("days", "30")]).says("Kept on this device for 30 days");
}

fn leaves(wren: &mut Visitor, group: &str, ana: &Person) {
    let leave = format!("/groups/{group}/leave");
    wren.sees(&leave).says("You can go any time, with no reason.");
    let other = [("goodbye", "Sleep well."), ("here", "forget"), ("title", "sleepless")];
    let not_yet = wren.sends(&leave, &other);
    not_yet.says("is not what the group is called");
    assert!(not_yet.html.contains("Sleep well."), "nothing typed is lost");
    wren.sends(&leave, &[("goodbye", "Sleep well."), ("withdraw", "yes"), ("here", "keep")])
        .says("You have left. Thank you for having been there.");
    wren.sees("/groups").says("You left.").says("Have an invite?");
    ana.sees_member(group, "Wren", "member", "left");
    wren.sees(&leave).says("Forget this group");
    wren.sends(&leave, &[("title", "Sleepless")]).says("This device has forgotten the group.");
    wren.sees("/groups").is_silent_on("Sleepless");
    assert_eq!(wren.goes_to(&leave).status, 404);
}

#[test]
fn an_identity_comes_back_by_the_file_that_was_saved() {
    let ana = Person::new("Ana");
    let file: String =
        (1..).zip(ana.words().split(' ')).map(|(number, word)| format!("{number}. {word}\r\n")).collect();
    let (home, _node) = fresh();
    let mut visitor = Visitor::comes_to(&home);
    visitor.sees("/welcome/recover");
    let none = [("words", "one two three"), ("none", "yes")];
    let short = visitor.sends("/welcome/recover", &none);
    short.says("3 words");
    assert!(short.html.contains("one two three"), "nothing typed is lost");
    visitor
        .sends("/welcome/recover", &[("words", &file), ("none", "yes")])
        .says("Help numbers")
        .is_silent_on("Please look at this again");
    visitor.sends("/welcome/help-numbers", &[("country", ""), ("came", "back")]).says("same member");
    visitor.sees("/settings/safety").says("nothing to lock with");
    visitor.sees("/settings/backup");
    let shown = visitor.sends("/settings/backup/words", &[]);
    assert_eq!(words(&shown).join(" "), ana.words());
}

#[test]
fn a_group_is_started_from_a_template_and_somebody_is_invited() {
    let ana = Person::new("Ana");
    let ben = Person::new("Ben");
    let mut at_ana = Visitor::comes_to(ana.home());
    at_ana.sees("/groups/new").says("Begin with a template").says("Who looks after it with you?");
    let form = at_ana.sees("/groups/new?template=grief");
    form.says("We listen first. We do not compare losses.");
    // A draft is kept, and comes back.
    let half = [
        ("title", "Second Winter"),
        ("name", "Ana"),
        ("agreements", "We listen first.\r\nNo advice unasked."),
    ];
    at_ana.sends("/groups/new/draft", &half).says("Draft saved");
    assert!(at_ana.sees("/groups/new").html.contains("value=\"Second Winter\""));
    let wrong = [("title", "Second Winter"), ("reply_hours", "a day")];
    at_ana.sends("/groups/new", &wrong).says("are whole numbers");
    let whole =
        [&half[..], &[("purpose", "For who lost somebody."), ("reply_hours", "24"), ("who", "second")]]
            .concat();
    let opened = at_ana.sends("/groups/new", &whole);
    opened.says("There is no second facilitator yet.").says("How does it let people in?");
    let group = opened.path.split('/').nth(2).expect("the group's id").to_owned();
    let charter = &ana.kith(["group", "charter", "show", &group]).ok()["charter"];
    assert_eq!(charter["agreements"], serde_json::json!(["We listen first.", "No advice unasked."]));
    assert_eq!(charter["reply_hours"], 24);
    assert!(!at_ana.sees("/groups/new").html.contains("value=\"Second Winter\""), "the draft is gone");

    // An invite is shown as a link, a square code and a file, and can be taken back.
    at_ana.sees(&format!("/groups/{group}/invite"));
    let none = [("way", "on_sight"), ("uses", "0"), ("days", "7")];
    at_ana.sends(&format!("/groups/{group}/invite"), &none).says("1 to 500 uses");
    let shown = at_ana
        .sends(&format!("/groups/{group}/invite"), &[("way", "on_sight"), ("uses", "1"), ("days", "7")]);
    shown.says("It works once").says("Take it back");
    assert!(shown.html.contains("<svg viewBox") && shown.html.contains("data-copy=\"#link\""));
    let link = link_on(&shown);
    let file = at_ana.goes_to(&format!("{}/invite.txt", shown.path));
    assert_eq!(file.html.trim(), link);

    // Ben comes in by it, with agreements to tick one by one.
    let mut at_ben = Visitor::comes_to(ben.home());
    at_ben.sees("/join");
    at_ben.sends("/join", &[("link", &link)]).says("An invite to a group");
    at_ben.sends("/join/ask", &[("link", &link), ("name", "")]).says("A name is needed");
    at_ben.sends("/join/ask", &[("link", &link), ("name", "Ben")]);
    let agree = at_ben.waits_for(&format!("/join/{group}"), "We listen first.");
    agree.says("No advice unasked.").says("For who lost somebody.");
    at_ben.sends(&format!("/join/{group}/agree"), &[("agreed", "0")]).says("not ticked yet");
    let both = [("agreed", "0"), ("agreed", "1")];
    at_ben.sends(&format!("/join/{group}/agree"), &both).says("You are in.");
    // Who may not invite does not find the page.
    assert_eq!(at_ben.goes_to(&format!("/groups/{group}/invite")).status, 404);
    at_ben.sees("/groups").says("Second Winter").is_silent_on("Invite");

    // Used up, and another one taken back: each in its own words.
    at_ana.waits_for(&format!("/groups/{group}/invite"), "Used.");
    let second = at_ana.sends(
        &format!("/groups/{group}/invite"),
        &[("way", "open_door"), ("uses", "3"), ("days", "1"), ("with_phrase", "yes")],
    );
    second.says("Its phrase:").says("It works 3 times");
    let spoken = link_on(&second);
    let cid = Person::new("Cid");
    let mut at_cid = Visitor::comes_to(cid.home());
    at_cid.sees("/join");
    at_cid.sends("/join", &[("link", &spoken)]).says("takes a phrase");
    let wrong = [("link", spoken.as_str()), ("name", "Cid"), ("phrase", "not the right words")];
    let again = at_cid.sends("/join/ask", &wrong);
    again.says("does not fit");
    assert!(again.html.contains("value=\"Cid\""));
    at_cid.sends("/join/not-for-me", &[]).says("Nobody was told.");
    let id =
        second.html.split_once("/end\"").and_then(|(before, _)| before.rsplit('/').next()).expect("its id");
    at_ana.sends(&format!("/groups/{group}/invite/{id}/end"), &[]).says("Taken back.");
}

/// The link on a page that shows an invite.
fn link_on(page: &Page) -> String {
    let (_, rest) = page.html.split_once("id=\"link\" dir=\"ltr\">").expect("a link");
    rest.split('<').next().unwrap_or_default().to_owned()
}

#[test]
fn who_knocks_reads_what_was_answered_and_says_more() {
    let ana = Person::new("Ana");
    let fay = Person::new("Fay");
    let group = ana.opens("Sleepless", "For nights that are too long.");
    let mut at_ana = Visitor::comes_to(ana.home());
    at_ana.sees(&format!("/groups/{group}/invite"));
    let knocks = [("way", "knock"), ("uses", "5"), ("days", "7")];
    let link = link_on(&at_ana.sends(&format!("/groups/{group}/invite"), &knocks));

    let mut at_fay = Visitor::comes_to(fay.home());
    at_fay.sees("/join");
    at_fay.sends("/join", &[("link", &link)]).says("The facilitators decide who comes in.");
    at_fay.sends("/join/ask", &[("link", &link), ("name", "Fay"), ("text", " ")]).says("Say something");
    let asked =
        at_fay.sends("/join/ask", &[("link", &link), ("name", "Fay"), ("text", "My sister told me of you.")]);
    asked.says("You asked to be let in").says("My sister told me of you.");
    let at_the_door = format!("/groups/{group}");
    at_fay.waits_for(&at_the_door, "has reached somebody who decides");
    let knock = ana.kith(["knock", "list", &group]).ok()["received"][0]["knock"]
        .as_str()
        .expect("a knock")
        .to_owned();
    ana.kith(["knock", "say", &knock]).stdin("Is it about a loss?").ok();
    at_fay.waits_for(&at_the_door, "Is it about a loss?");
    at_fay.sends(&format!("/join/{group}/say"), &[("text", "")]).says("There was no text");
    at_fay.sends(&format!("/join/{group}/say"), &[("text", "No, about nights.")]).says("No, about nights.");
    ana.kith(["knock", "decline", &knock, "--reason-file", "-"]).stdin("We are for losses.").ok();
    at_fay
        .waits_for(&at_the_door, "This did not let you in")
        .says("We are for losses.")
        .says("Another invite");
    at_fay.sends(&format!("/join/{group}/drop"), &[]).says("Nobody was told.");
    at_fay.sees("/groups").says("You are not in a group yet");
}
