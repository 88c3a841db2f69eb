//! Being heard, in a browser without scripts: writing, answering as it was wished for, waiting and being seen to wait,
//! changing and taking back, telling the facilitators, files. Time goes six hundred times as fast here.

use kith_tests::gathering::come_in;
use kith_tests::visitor::{Page, Visitor};
use kith_tests::{Lab, Person, wait};

const PACE: u64 = 600;
/// What a hostile page would like to run.
const MARKUP: &str = "<img src=x onerror=alert(1)><script>alert(2)</script>";
/// From right to left from here on.
const TURNED: &str = "\u{202e}detrever";

/// Ana, a facilitator, Ben and Chi, members, their group, where members try to answer within an hour, and each at their
/// pages.
fn three(pace: u64) -> ([Person; 3], [Visitor; 3], String) {
    let base = Lab::now();
    let mut people = ["Ana", "Ben", "Chi"].map(Person::offline);
    for person in &mut people {
        Lab::hasty(person, base, pace);
    }
    let group = people[0].opens("Letters", "Slowly is fine.");
    let charter = people[0].home().path().join("charter.toml");
    std::fs::write(&charter, "reply_hours = 1\nretention_days = 90\n").expect("a file");
    let edit = ["group", "charter", "edit", &group, "--from"].map(std::ffi::OsStr::new);
    let more = [charter.as_os_str(), "--reason-file".as_ref(), "-".as_ref()];
    people[0].kith(edit.into_iter().chain(more)).stdin("So that nobody waits long.").ok();
    come_in(&people, &group);
    let at = [0, 1, 2].map(|one: usize| Visitor::comes_to(people[one].home()));
    (people, at, group)
}

/// Writes a post, and gives its id once it stands on the group's page.
#[track_caller]
fn writes(at: &mut Visitor, group: &str, fields: &[(&str, &str)]) -> String {
    at.sees(&format!("/groups/{group}/write"));
    let page = at.sends(&format!("/groups/{group}/write"), fields);
    newest(&page, group)
}

/// The post at the top of a group's page.
#[track_caller]
fn newest(page: &Page, group: &str) -> String {
    let after = page.link_after(&format!("/groups/{group}/posts/"));
    after.split('/').next().expect("an id").to_owned()
}

/// Fails the test if a page counts what is nobody's measure.
#[track_caller]
fn counts_nothing(page: &Page) -> &Page {
    let text = page.text().to_lowercase();
    let words: Vec<&str> = text.split(' ').collect();
    for pair in words.windows(2) {
        let number = pair[0].trim_matches(['(', ')']).parse::<u32>().is_ok();
        let counted = ["replies", "reply", "posts", "people", "acknowledgements", "members", "new", "unread"];
        assert!(!number || !counted.contains(&pair[1]), "{} says \"{}\"", page.path, pair.join(" "));
    }
    page
}

#[test]
fn somebody_writes_is_heard_and_is_answered_as_they_wished() {
    let (people, [mut at_ana, mut at_ben, mut at_chi], group) = three(PACE);
    let feed = format!("/groups/{group}");
    let post =
        writes(&mut at_ben, &group, &[("text", "His coat was in the cupboard."), ("intent", "hear_me")]);
    let there = format!("{feed}/posts/{post}");
    at_ben.sees(&there).says("Your post").says("Kept for 90 days").says("Only you can see this");

    // Chi sees it, says one thing to Ben alone, and another in its place.
    at_chi.waits_for(&feed, "His coat was in the cupboard.").says("Not heard yet").says("New here");
    let page = at_chi.sees(&there);
    page.says("Post by Ben")
        .says("Please just listen")
        .says("Ben asked for listening")
        .says("Only Ben sees which");
    let refused = at_chi.asks("POST", &format!("{there}/ack"), &[], "kind=me_too");
    assert_eq!(refused.status, 403, "a form of no page of ours");
    at_chi.sees(&there);
    let page = at_chi.sends(&format!("{there}/ack"), &[("kind", "me_too")]);
    page.says("you said “Me too”");
    assert_eq!(page.html.matches("aria-pressed=\"true\"").count(), 1);
    let page = at_chi.sends(&format!("{there}/ack"), &[("kind", "with_you")]);
    page.says("you said “I’m with you”").says("It cannot be taken back");
    at_chi.sends(&format!("{there}/ack"), &[("kind", "with_you")]).says("You said this already");
    let heard = at_ben.waits_for(&there, "Chi is with you.");
    heard.says("You were heard").is_silent_on("Me too.");
    let ana = at_ana.waits_for(&feed, "Someone has heard this");
    counts_nothing(&ana).is_silent_on("with you");
    at_ana.sees(&there).is_silent_on("Chi is with you");

    // An idea nobody asked for is not offered, and not sent if a changed page does; Chi asks first.
    let page = at_chi.sees(&there);
    page.says("Ask if ideas are welcome").is_silent_on("An idea");
    let answer = format!("{there}/replies");
    let idea = [("kind", "suggestion"), ("text", "Put it in a box."), ("to", post.as_str())];
    let refused = at_chi.sends(&answer, &idea);
    refused.says("Please look at this again").says("Put it in a box.");
    at_chi
        .sends(&answer, &[("kind", "ask"), ("text", "Put it in a box.")])
        .says("Asked. Nobody else sees it.");
    at_chi.sees(&there).says("You asked Ben already").says("Put it in a box.").says("Draft saved");
    at_ben.waits_for(&there, "Chi would like to offer an idea.").says("Not now");
    let chi = people[1].sees_member(&group, "Chi", "member", "member").member;
    let ana = people[1].sees_member(&group, "Ana", "facilitator", "member").member;
    let consent = format!("{there}/consent");
    at_ben.sends(&consent, &[("member", &chi), ("welcome", "yes")]).says("their ideas are welcome");
    at_chi.waits_for(&there, "An idea");
    at_chi.sends(&answer, &idea).says("Put it in a box.").says("An idea");
    at_ben.waits_for(&there, "Put it in a box.").is_silent_on("you did not ask for");
    at_ana.sees(&there);
    at_ana.sends(&answer, &[("kind", "ask"), ("text", "")]);
    at_ben.waits_for(&there, "Ana would like to offer an idea.");
    at_ben
        .sends(&consent, &[("member", &ana), ("welcome", "no")])
        .says("Nobody is told")
        .is_silent_on("would like to offer");
    at_ana.sees(&there).is_silent_on("An idea that");

    // Ben answers Chi; on Today each finds what is for them.
    at_ben.sees(&there);
    at_ben.sends(&answer, &[("kind", "listening"), ("text", "Thank you, Chi.")]).says("Thank you, Chi.");
    let today = at_ben.sees("/today");
    counts_nothing(&today).says("Chi replied to you").says("How are you?");
    let reply = today.link_after(&format!("{feed}/posts/"));
    at_ben.sees(&format!("{feed}/posts/{reply}")).says("Your post").says("Put it in a box.");
    for page in [&there, &feed] {
        counts_nothing(&at_ben.sees(page));
        counts_nothing(&at_chi.sees(page));
    }
}

#[test]
fn who_waits_is_seen_first_and_a_claim_hides_nobody() {
    // Slow enough to see a claim, which holds for half an hour, also where the machine is busy.
    let (_people, [mut at_ana, mut at_ben, mut at_chi], group) = three(PACE * 2 / 3);
    let needs = format!("/groups/{group}/needs-reply");
    at_ana.sees(&needs).says("Nobody has waited long, as far as this device knows.");
    let post =
        writes(&mut at_ben, &group, &[("text", "I have not told anybody yet."), ("intent", "experiences")]);
    let there = format!("/groups/{group}/posts/{post}");
    let page = at_ana.waits_for(&needs, "I have not told anybody yet.");
    counts_nothing(&page)
        .says("New here")
        .says("Waiting since")
        .says("Your experiences are welcome")
        .says("Not now");
    at_ana.sees(&format!("/groups/{group}")).says("Someone is waiting to be heard");
    at_ana.waits_for("/today", "Someone is waiting to be heard").says("Listen to someone");
    at_ana.sees("/needs-reply").says("Letters").says("I have not told anybody yet.");

    at_chi.waits_for(&needs, "I have not told anybody yet.");
    at_chi.sends(&format!("{there}/claim"), &[]).says("Write a reply").says("see that you are writing");
    let page = at_ana.waits_for(&needs, "Chi is writing a reply.");
    page.says("You are welcome to write too.").says("I have not told anybody yet.");
    assert!(page.html.contains("rowitem claimed"), "it is dimmed: {}", page.html);
    at_chi.sends(&format!("{there}/draft/drop"), &[("writing", "yes")]);
    wait::until(wait::ARRIVAL, "that Chi is not writing", || {
        let page = at_ana.sees(&needs);
        (!page.text().contains("is writing")).then_some(())
    });
    at_ana
        .sends(&format!("{there}/ack"), &[("kind", "hear_you"), ("back", "needs-reply")])
        .says("Nobody has waited long");
    at_ben.waits_for(&there, "Ana hears you.");

    // Nobody is hushed: Ben still needs somebody, and after long without an answer hears why that may be.
    at_ben.sends(&format!("{there}/still-need"), &[]).says("need a reply again");
    at_chi.waits_for(&needs, "Needs somebody now");
    at_ben
        .waits_for(&there, "You have waited for long")
        .says("not because of what you wrote")
        .says("Need help now");
    at_ben.sends(&format!("{there}/widen"), &[]).says("Ideas are welcome");
    at_chi.waits_for(&needs, "Ideas are welcome");
}

#[test]
fn what_was_written_is_changed_taken_back_noted_and_told_to_the_facilitators() {
    let (people, [mut at_ana, mut at_ben, mut at_chi], group) = three(60);
    let feed = format!("/groups/{group}");
    let post = writes(&mut at_ben, &group, &[("text", "Bread, batteries, stmaps."), ("intent", "hear_me")]);
    let there = format!("{feed}/posts/{post}");
    at_chi.waits_for(&feed, "stmaps");
    at_ben.sees(&format!("{there}/edit")).says("Members’ nodes keep the old words");
    at_ben
        .sends(&format!("{there}/edit"), &[("text", " "), ("intent", "hear_me")])
        .says("Please look at this again");
    let edited = [("text", "Bread, batteries, stamps."), ("intent", "hear_me")];
    at_ben.sends(&format!("{there}/edit"), &edited).says("Changed.").says("stamps.").says("changed since");
    at_chi.waits_for(&there, "Bread, batteries, stamps.").says("changed since");
    assert_eq!(at_chi.goes_to(&format!("{there}/edit")).status, 404, "another's words");
    assert_eq!(at_chi.goes_to(&format!("{there}/withdraw")).status, 404);

    // What it mentions: Chi proposes, Ben decides.
    at_chi.sees(&format!("{there}/notes")).says("Ben alone is asked");
    at_chi
        .sends(&format!("{there}/notes"), &[("mentions", "loss"), ("reason", "The list.")])
        .says("Its author sees it");
    at_ben
        .waits_for(&there, "Chi proposes to say before your text that it mentions: death and loss.")
        .says("The list.");
    at_ben.sends(&format!("{there}/notes/answer"), &[("accept", "yes")]).says("before your text now");
    let folded = at_ana.waits_for(&there, "Mentions: death and loss");
    assert!(folded.html.contains("<details class=\"fold\">"), "it is folded: {}", folded.html);

    // Chi tells the facilitators; Ana answers; Chi reads the answer where the report was made.
    at_chi.sees(&format!("{there}/report")).says("The group cannot see that you reported it.");
    at_chi.sends(&format!("{there}/report"), &[("note", "x")]).says("does not say yet what it is");
    let report = [("kind", "worry"), ("note", "He sounds alone."), ("not_to", "")];
    at_chi.sends(&format!("{there}/report"), &report).says("leaves within two minutes").says("for: Ana.");
    let got = wait::until(wait::ARRIVAL, "the report to reach Ana", || {
        let list = people[0].kith(["report", "list", &group]).ok();
        let one = list["received"].as_array()?.first()?.clone();
        assert_eq!(one["note"], "He sounds alone.");
        one["report"].as_str().map(str::to_owned)
    });
    at_ana.waits_for("/today", "A report waits for your answer in Letters.");
    people[0]
        .kith(["report", "answer", &group, &got, "--outcome", "noted", "--note-file", "-"])
        .stdin("I wrote to him.")
        .ok();
    at_chi.waits_for(&format!("{there}/report"), "They say: “I wrote to him.”").says("keeps it in mind");
    at_ben.sees(&there).is_silent_on("report");

    // Ana folds it with a reason; Ben reads why, and asks another to look, but there is none.
    let fold = ["mod", "fold", &post, "--rule", "numbers", "--reason-file", "-"];
    people[0].kith(fold).stdin("It names an amount.").ok();
    at_chi.waits_for(&there, "Folded by Ana.").says("no amounts").says("It names an amount.");
    let page = at_ben.waits_for(&there, "Folded by Ana.");
    page.says("Edit and send again").says("Ask another facilitator to look").says("It names an amount.");
    at_ben.sees(&format!("{there}/appeal")).says("It names an amount.");
    at_ben
        .sends(&format!("{there}/appeal"), &[("text", "It is a shopping list.")])
        .says("It is a shopping list.");

    // Hidden by one reader alone, and shown again; then taken back by its author, everywhere.
    at_chi.sees(&there);
    at_chi
        .sends(&format!("{there}/hide"), &[("hide", "yes")])
        .says("Hidden for you")
        .says("Some posts are hidden");
    at_chi.sees(&there).says("You hide this post.").is_silent_on("stamps");
    at_chi.sees(&format!("{there}?show=hidden")).says("stamps").says("Show this post to me again");
    at_chi.sends(&format!("{there}/hide"), &[("hide", "no")]).says("stamps");
    let ben = people[2].sees_member(&group, "Ben", "member", "member").member;
    at_chi
        .sends(&format!("{there}/mute"), &[])
        .says("You are not shown what they write any more.")
        .is_silent_on("Ben");
    at_chi.sees(&format!("{feed}?show=hidden")).says("A post by someone you muted.");
    people[2].kith(["unmute", &group, &ben]).ok();
    at_ben.sees(&format!("{there}/withdraw")).says("We cannot reach copies someone made");
    at_ben.sends(&format!("{there}/withdraw"), &[]).says("Withdrawn by its author.").is_silent_on("stamps");
    at_chi.waits_for(&there, "Withdrawn by its author.").is_silent_on("stamps");
    at_ana.waits_for(&feed, "Withdrawn by its author.");
}

#[test]
fn files_go_with_a_post_and_come_out_as_they_went_in_without_what_they_need_not_tell() {
    let (people, [_, mut at_ben, mut at_chi], group) = three(1);
    let write = format!("/groups/{group}/write");
    at_ben.sees(&write).says("The name of the file is not sent.");
    let upload = |at: &mut Visitor, token: &str, fields: &[(&str, &str)], content: &str| {
        let mut body = String::new();
        for (name, value) in [&[("token", token)], fields].concat() {
            body += &format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        }
        let file = "Content-Disposition: form-data; name=\"file\"; filename=\"../secret name.pdf\"\r\n\
                    Content-Type: application/pdf";
        body += &format!("--edge\r\n{file}\r\n\r\n{content}\r\n--edge--\r\n");
        let origin = format!("Origin: http://{}", at.authority());
        let kind = "Content-Type: multipart/form-data; boundary=edge";
        at.asks("POST", &format!("/groups/{group}/attach"), &[&origin, kind], &body)
    };
    assert_eq!(upload(&mut at_ben, "none", &[], "x").status, 403, "a form of no page of ours");
    at_ben.sees(&write);
    let token = at_ben.token().to_owned();
    let typed = [("text", "The letter he wrote."), ("intent", "good_news"), ("caption", "A letter")];
    let page = upload(&mut at_ben, &token, &typed, "%PDF-1.7 made by Ben on his phone");
    page.says("Nothing was sent.").says("Send it as it is").says("The letter he wrote.");
    let page = upload(&mut at_ben, &token, &typed, "Dear Wren,\nthe beans are high.\n");
    page.says("Attached. Nothing has been sent yet.").says("A text, 31 bytes").says("The letter he wrote.");
    let value = |name: &str| {
        let (_, rest) =
            page.html.split_once(&format!("name=\"{name}\" value=\"")).expect("it is kept in the form");
        rest.split('"').next().expect("a value").to_owned()
    };
    let (id, said) = (value("attachments"), value("attached"));
    let forgotten = [("text", "The letter he wrote."), ("file", "letter.txt")];
    at_ben.sends(&write, &forgotten).says("it is not attached yet").says("The letter he wrote.");
    let sent = [
        ("text", "The letter he wrote."),
        ("intent", "good_news"),
        ("attachments", &id),
        ("attached", &said),
    ];
    let page = at_ben.sends(&write, &sent);
    page.says("A letter").says("It is on this device.").is_silent_on("secret name");
    let post = newest(&page, &group);
    let there = format!("/groups/{group}/posts/{post}");
    let file = format!("{there}/attachments/1");

    at_chi.waits_for(&there, "A text, 31 bytes").says("A letter");
    let page = at_chi.sees(&there);
    if !page.text().contains("Save it") {
        at_chi.sends(&format!("{file}/fetch"), &[]);
    }
    at_chi.waits_for(&there, "It is on this device.").says("Save it");
    let given = at_chi.sees(&file);
    assert_eq!(given.html, "Dear Wren,\nthe beans are high.\n");
    assert_eq!(given.header("content-type"), Some("application/octet-stream"));
    assert_eq!(given.header("content-disposition"), Some("attachment; filename=\"attachment-1.txt\""));
    assert_eq!(given.header("x-content-type-options"), Some("nosniff"));
    at_chi.sees(&there);
    at_chi.sends(&format!("{file}/drop"), &[]).says("It is not on this device yet.").says("Get it");
    at_chi.sends(&format!("{file}/fetch"), &[]);
    at_chi.waits_for(&there, "It is on this device.");

    // A picture is shown by the page itself, from this device.
    let picture = people[1].home().write_beside("picture.png", png());
    let attach = ["post", &group, "--attach", picture.to_str().expect("a path in UTF-8")];
    let post = people[1].kith(attach).stdin("Look.").ok()["post"].as_str().expect("an id").to_owned();
    let picture = format!("/groups/{group}/posts/{post}/attachments/1");
    let page = at_ben.sees(&format!("/groups/{group}"));
    assert!(page.html.contains(&format!("<img class=\"picture\" src=\"{picture}\"")), "{}", page.html);
    assert_eq!(at_ben.sees(&picture).header("content-type"), Some("image/png"));
    let elsewhere = format!("/groups/{}/posts/{post}/attachments/1", "0".repeat(64));
    assert_eq!(at_ben.goes_to(&elsewhere).status, 404);
}

#[test]
fn whatever_people_write_stays_text_and_keeps_its_direction_to_itself() {
    let ana = Person::new("Ana");
    let eve = Person::new("<b>Eve</b>");
    let group = ana.opens("Letters <i>slowly</i>", "For <u>all</u>.");
    eve.joins(&ana.invites(&group).link);
    let post = eve.posts(&group, &format!("{MARKUP}\n{TURNED}"));
    ana.has_got(&group, &[&post]);
    let mut at_ana = Visitor::comes_to(ana.home());
    let there = format!("/groups/{group}/posts/{post}");
    let shown = |page: &Page| {
        assert!(!page.html.contains("<img src=x") && !page.html.contains("<script>alert"), "{}", page.html);
        assert!(!page.html.contains("<b>Eve") && !page.html.contains("<i>slowly"), "{}", page.html);
        page.says("Letters <i>slowly</i>");
    };
    shown(at_ana.sees(&format!("/groups/{group}")).says(MARKUP));
    shown(at_ana.sees(&there).says(MARKUP).says("Post by <b>Eve</b>"));
    let page = at_ana.sees(&there);
    let (before, after) = page.html.split_once(TURNED).expect("it is there as it was written");
    let element = before.rsplit_once("<div class=\"body").expect("it stands in an element of its own").1;
    assert!(element.contains("dir=\"auto\"") && !element.contains("</div>") && after.contains("</div>"));
    assert!(page.html.contains("<bdi>&#60;b&#62;Eve"), "the name stands by itself: {}", page.html);
    for place in ["notes", "report"] {
        shown(&at_ana.sees(&format!("{there}/{place}")));
    }
    let page = at_ana.goes_to(&format!("/groups/{group}?done=%3Cscript%3Ealert&before=x%22%3E%3Cb%3EEve"));
    assert_eq!(page.status, 400, "no place in the history");
    shown(&page);
}

/// A picture of one point.
fn png() -> Vec<u8> {
    let hex = "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a49444154789c63a8\
               070000810080d394534a0000000049454e44ae426082";
    let digits: Vec<u8> = hex.bytes().filter(u8::is_ascii_hexdigit).collect();
    let byte =
        |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).expect("digits"), 16).expect("a byte");
    digits.chunks(2).map(byte).collect()
}
