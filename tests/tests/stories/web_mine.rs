//! What a person keeps for themselves, and help now, as pages: without scripts, over real nodes.

use kith_tests::visitor::{Page, Visitor};
use kith_tests::{Home, Lab, Node, Person, wait};

/// What would do harm if it were taken for markup.
const MARKUP: &str = "<script>alert(1)</script><b>\"'&";

/// Somebody alone with their node, let in.
fn at_home() -> (Person, Visitor) {
    let ana = Person::new("Ana");
    let visitor = Visitor::comes_to(ana.home());
    (ana, visitor)
}

/// What was filled in stands there again, and nothing of it is markup.
#[track_caller]
fn comes_back(page: &Page, filled: &[&str]) {
    page.says("Please look at this again");
    for text in filled {
        let escaped = text.replace('&', "&#38;").replace('<', "&#60;").replace('>', "&#62;");
        let escaped = escaped.replace('"', "&#34;").replace('\'', "&#39;");
        assert!(page.html.contains(&escaped), "{} lost {text}:\n{}", page.path, page.html);
    }
    is_text(page);
}

/// What somebody wrote stands on the page as text.
#[track_caller]
fn is_text(page: &Page) {
    assert!(!page.html.contains("<script>alert"), "{} has markup of somebody's:\n{}", page.path, page.html);
}

#[track_caller]
fn id_after(page: &Page, prefix: &str) -> String {
    let rest =
        page.path.strip_prefix(prefix).unwrap_or_else(|| panic!("{} is not under {prefix}", page.path));
    rest.split(['?', '/']).next().unwrap_or_default().to_owned()
}

#[test]
fn help_is_there_before_anybody_is_let_in_and_while_locked() {
    let home = Home::new();
    std::fs::create_dir_all(home.path()).expect("a home");
    std::fs::write(home.path().join("config.toml"), "passphrase_mib = 64\n").expect("its settings");
    let right = home.write_beside("right", "three lamps and a harbour\n");
    let right = right.to_str().expect("a path of the test");
    home.kith(["init", "--passphrase-file", right]).ok();
    home.kith(["crisis", "set-country", "NZ"]).ok();
    let node = Node::start_as(home.kith(["run", "--listen", "127.0.0.1"]).command());
    let (mut anybody, _) = Visitor::at_the_door_of(&home);

    let page = anybody.sees("/help-now");
    page.says("Call 111").says("1737").says("day and night").says("Checked:").says("Breathe for one minute");
    page.says("Nobody here can find out where you are").is_silent_on("Prepared by you");
    assert!(page.html.contains("href=\"tel:1737\""), "{}", page.html);
    assert!(!page.html.contains("<script") && !page.html.contains("hx-"), "it needs no script");
    assert!(!page.html.contains("src="), "it asks for nothing");
    // Another country is only shown.
    anybody.sees("/help-now?country=de").says("Call 112").says("TelefonSeelsorge");
    anybody.sees("/help-now?country=%3Cscript%3Ealert").says("no checked numbers");
    anybody.sees("/help-now").says("Call 111");
    // Leaving goes by a page that says where to, and to no place but those of the card.
    let elsewhere = page.link_after("/help-now/elsewhere?to=");
    anybody.sees(&format!("/help-now/elsewhere?to={elsewhere}")).says("This link leads to");
    assert_eq!(anybody.goes_to("/help-now/elsewhere?to=https://evil.example").status, 404);
    assert_eq!(anybody.goes_to("/help-now/elsewhere?to=javascript:alert(1)").status, 404);
    // What is somebody's own is not there.
    for path in ["/help-now/plan", "/help-now/lines", "/help-now/worried", "/check-in", "/skills"] {
        assert_eq!(anybody.goes_to(path).path, "/unlock", "{path}");
    }

    home.kith(["unlock", "--passphrase-file", right]).ok();
    anybody.sees("/help-now").is_silent_on("Prepared by you");
    home.kith(["lock"]).ok();
    anybody.sees("/help-now").says("Call 111");
    node.terminate();
}

#[test]
fn discreet_mode_hides_help_from_those_who_were_not_let_in() {
    let home = Home::new();
    home.kith(["init", "--no-passphrase"]).ok();
    std::fs::write(home.path().join("face.toml"), "discreet = \"Notes\"\n").expect("what was chosen");
    let node = home.node();
    let (mut anybody, _) = Visitor::at_the_door_of(&home);
    let mut visitor = Visitor::comes_to(&home);
    for path in ["/help-now", "/help-now?country=NZ", "/help-now/elsewhere?to=https://findahelpline.com"] {
        let page = anybody.goes_to(path);
        assert_eq!(page.status, 404, "{path}");
        assert!(!page.html.contains("Kith") && !page.text().contains("Need help"), "{}", page.html);
    }
    let page = anybody.goes_to("/today");
    assert!(page.status == 401 && !page.html.contains("Kith"), "{}: {}", page.status, page.html);
    let page = visitor.sees("/help-now?country=NZ");
    page.says("Call 111").says("Prepared by you");
    assert!(page.html.contains("<title>Notes</title>"));
    home.kith(["open"]).ok();
    let page = std::fs::read_to_string(home.path().join("open.html")).expect("a sign-in page");
    assert!(page.contains("<title>Notes</title>") && !page.contains("Kith"), "{page}");
    node.terminate();
}

#[test]
fn lines_of_ones_own_and_a_plan_stand_with_the_numbers() {
    let (_ana, mut visitor) = at_home();
    visitor.sees("/help-now").says("No country was chosen");
    visitor.sees("/help-now?country=GB").says("Always show these numbers here");
    visitor.sends("/help-now/country", &[("country", "GB")]).says("Saved.").says("Call 999");
    visitor
        .sends("/help-now/country", &[("country", "Britain")])
        .says("two letters")
        .says("Call your emergency");
    visitor.sees("/help-now/lines");
    let page = visitor.sends("/help-now/lines", &[("name", MARKUP), ("call", ""), ("hours", "eve\"nings")]);
    comes_back(&page, &[MARKUP, "eve\"nings"]);
    let page = visitor
        .sends("/help-now/lines", &[("name", MARKUP), ("call", "021 555 1234"), ("hours", "evenings")]);
    page.says(MARKUP).says("021 555 1234").says("Added by you");
    is_text(&page);
    assert!(page.html.contains("href=\"tel:0215551234\""));

    visitor.sees("/help-now/plan").says("You have not written a plan yet");
    visitor.sees("/skills/plan").says("6. Making the place around me safer");
    let long = "x".repeat(5000);
    let page =
        visitor.sends("/skills/plan", &[("signs", &long), ("alone", MARKUP), ("surroundings", "the shed")]);
    comes_back(&page, &[&long, MARKUP, "the shed"]);
    let filled = [
        ("signs", "no sleep\r\nno calls"),
        ("alone", MARKUP),
        ("people", "Jo"),
        ("surroundings", "the shed"),
    ];
    // A draft is kept, and the plan stays as it was until it is saved.
    visitor.sends("/skills/plan/draft", &filled).says("Kept as a draft").says("no calls");
    visitor.sees("/help-now/plan").says("You have not written a plan yet");
    let page = visitor.sends("/skills/plan", &filled);
    page.says("1. How I notice that it is getting hard")
        .says("no calls")
        .says("4. People I can ask for help");
    page.says("021 555 1234").is_silent_on("5. Services and numbers");
    is_text(&page);
    visitor
        .sees("/help-now/worried")
        .says("Are you safe right now?")
        .says("Nobody here can find out where a person is.");
    let id = visitor.sees("/help-now/lines").link_after("/help-now/lines/");
    let path = format!("/help-now/lines/{id}");
    visitor.sees(&path).says("gone for good");
    visitor.sends(&path, &[]).says("Deleted.").is_silent_on("021 555");
}

#[test]
fn a_guide_is_gone_through_paused_and_gone_on_with() {
    let (_ana, mut visitor) = at_home();
    visitor.sees("/skills").says("A slower breath").says("For yourself");
    visitor.sees("/skills/problem-solving").says("What is known about it").says("Where it comes from");
    assert_eq!(visitor.goes_to("/skills/no-such-guide").status, 404);
    let first = visitor.sends("/skills/problem-solving", &[]);
    first.says("Step 1 of 6").says("The problem:").says("Go on").says("Pause");
    let run = format!("/skills/problem-solving/{}", id_after(&first, "/skills/problem-solving/"));
    visitor.sends(&run, &[("step", "0"), ("answer", MARKUP)]).says("Step 2 of 6");
    is_text(&visitor.sees(&format!("{run}?step=0")));
    visitor.sends(&run, &[("step", "1"), ("answer", "half a thou"), ("pause", "yes")]).says("Paused.");
    visitor.sees("/skills/problem-solving").says("Go on where you paused");
    visitor.sees(&run).says("Step 2 of 6").says("half a thou");
    let long = "y".repeat(5000);
    comes_back(&visitor.sends(&run, &[("step", "1"), ("answer", &long)]), &[&long]);
    for step in ["1", "2", "3", "4"] {
        visitor.sends(&run, &[("step", step), ("answer", &format!("answer {step}"))]);
    }
    visitor.sees(&run).says("Step 6 of 6").says("Save");
    let page = visitor.sends(&run, &[("step", "5")]);
    page.says("Saved.").says("What you wrote").says(MARKUP).says("answer 4").is_silent_on("where you paused");
    is_text(&page);
    let id = page.link_after("/skills/answers/");
    visitor.sees(&format!("/skills/answers/{id}")).says("Delete what you wrote here?");
    visitor.sends(&format!("/skills/answers/{id}"), &[]).says("Deleted.");
    visitor.sees("/skills/problem-solving").is_silent_on("answer 4");
}

#[test]
fn the_journal_keeps_what_is_written_drafts_and_all() {
    let (ana, mut visitor) = at_home();
    visitor.sees("/skills/journal").says("Nothing is written yet.");
    visitor.sees("/skills/journal/write");
    visitor.sends("/skills/journal/write", &[("text", " \r\n ")]).says("There is no text yet");
    let long = "z".repeat(17 * 1024);
    comes_back(&visitor.sends("/skills/journal/write", &[("text", &long)]), &[&long]);
    let draft = visitor.sends("/skills/journal/draft", &[("text", "half a")]);
    draft.says("Kept as a draft").says("half a").says("Draft saved on this device");
    visitor.sees("/skills/journal").is_silent_on("half a");
    // Typing is kept by itself, without a page.
    let fields = [("text", "half a <page>"), ("token", visitor.token())];
    let origin = format!("Origin: http://{}", visitor.authority());
    let headers = [origin.as_str(), "Sec-Fetch-Mode: cors", "Sec-Fetch-Site: same-origin"];
    let said = visitor.asks("POST", "/skills/journal/draft", &headers, &kith_tests::visitor::form(&fields));
    assert!(said.status == 200 && said.html.contains("Draft saved") && !said.html.contains('<'), "{said:?}");
    visitor.sees("/skills/journal/write").says("half a <page>");
    let text = format!("{MARKUP}\r\n\r\nThe harbour was quiet.");
    let page = visitor.sends("/skills/journal/write", &[("text", &text)]);
    page.says("Saved.").says(MARKUP).says("The harbour was quiet.").says("This stays on this device");
    is_text(&page);
    let at = format!("/skills/journal/{}", id_after(&page, "/skills/journal/"));
    visitor.sees("/skills/journal/write").is_silent_on("half a");
    let kept = ana.kith(["journal", "list"]).ok();
    assert_eq!(kept["items"][0]["text"], format!("{MARKUP}\n\nThe harbour was quiet."), "byte for byte");

    for number in 0..21 {
        visitor.sends("/skills/journal/write", &[("text", &format!("Page {number} of many."))]);
    }
    let list = visitor.sees("/skills/journal");
    list.says("Page 20 of many.").says("Show older ones").is_silent_on("harbour");
    is_text(&list);
    let older = list.link_after("/skills/journal?").replace("&#38;", "&");
    visitor.sees(&format!("/skills/journal?{older}")).says("harbour").is_silent_on("Page 20");
    visitor.sees("/skills/journal?q=HARBOUR+quiet").says("harbour").is_silent_on("of many");
    visitor.sees("/skills/journal?q=%22%3E%3Cscript%3Ealert").says("No page has these words.");

    visitor.sees(&format!("{at}/write")).says("The harbour was quiet.");
    visitor.sends(&format!("{at}/write"), &[("text", "")]).says("There is no text yet");
    visitor.sends(&format!("{at}/draft"), &[("text", "Not this.")]).says("Not this.");
    visitor.sends(&format!("{at}/draft/drop"), &[]).says("harbour").is_silent_on("Not this.");
    visitor.sees(&format!("{at}/write")).is_silent_on("Not this.");
    visitor
        .sends(&format!("{at}/write"), &[("text", "It rained.")])
        .says("It rained.")
        .is_silent_on("harbour");
    visitor.sees(&format!("{at}/delete")).says("It rained.").says("gone for good").says("Keep it");
    visitor.sends(&format!("{at}/delete"), &[]).says("Deleted.");
    assert_eq!(visitor.goes_to(&at).status, 404);
}

#[test]
fn goals_and_tags_are_kept_and_changed() {
    let (_ana, mut visitor) = at_home();
    visitor.sees("/skills/goals").says("No goals. That is fine.");
    visitor.sees("/skills/goals/new");
    let filled = [("what", ""), ("why", MARKUP), ("steps", "shoes\r\nask Jo"), ("review", "2027-01-10")];
    comes_back(&visitor.sends("/skills/goals/new", &filled), &[MARKUP, "ask Jo", "2027-01-10"]);
    let filled = [("what", MARKUP), ("why", MARKUP), ("steps", "shoes\r\nask Jo"), ("review", "someday")];
    comes_back(&visitor.sends("/skills/goals/new", &filled), &[MARKUP, "ask Jo", "someday"]);
    let filled = [("what", MARKUP), ("why", MARKUP), ("steps", "shoes\r\nask Jo"), ("review", "2027-01-10")];
    let page = visitor.sends("/skills/goals/new", &filled);
    page.says(MARKUP).says("To look at again: 10 January").says("Close this goal");
    is_text(&page);
    let at = format!("/skills/goals/{}", id_after(&page, "/skills/goals/"));
    assert_eq!(page.html.matches(" checked").count(), 0);
    let page = visitor.sends(&format!("{at}/steps"), &[("step", "1")]);
    assert_eq!(page.html.matches(" checked").count(), 1);
    visitor.sees(&format!("{at}/edit"));
    let page = visitor.sends(&format!("{at}/edit"), &[("what", "Walk"), ("steps", "rest\r\nask Jo")]);
    page.says("Walk").says("rest").is_silent_on("shoes");
    assert_eq!(page.html.matches(" checked").count(), 1, "what was done stays done");
    visitor.sends(&format!("{at}/close"), &[("closed", "true")]).says("Open it again");
    visitor.sees("/skills/goals").says("Closed Walk");
    visitor.sends(&format!("{at}/close"), &[("closed", "false")]).says("Close this goal");
    visitor.sees(&format!("{at}/delete")).says("Delete this goal?");
    visitor.sends(&format!("{at}/delete"), &[]).says("No goals. That is fine.");

    visitor.sees("/skills/tags");
    let page = visitor.sends("/skills/tags", &[("tags", &format!("{MARKUP}\r\n\r\nnights"))]);
    page.says("Saved.").says("nights");
    is_text(&page);
    let many: Vec<String> = (0..60).map(|number| format!("tag {number}")).collect();
    comes_back(&visitor.sends("/skills/tags", &[("tags", &many.join("\n"))]), &["tag 59"]);
    visitor.sees("/skills/tags").says("nights").is_silent_on("tag 59");
}

#[test]
fn nothing_counted_is_lost_and_a_group_is_told_by_choice() {
    let (ana, mut visitor) = at_home();
    visitor.sees("/skills/milestones").says("Nothing is counted. That is fine.");
    visitor.sees("/skills/milestones/new");
    let filled = [("what", MARKUP), ("counts", "own"), ("unit", "visits"), ("count", "many"), ("since", "")];
    comes_back(&visitor.sends("/skills/milestones/new", &filled), &[MARKUP, "visits", "many"]);
    let filled = [("what", "x"), ("counts", "days"), ("since", "2999-01-01")];
    comes_back(&visitor.sends("/skills/milestones/new", &filled), &["2999-01-01"]);
    let filled = [("what", MARKUP), ("counts", "own"), ("unit", "visits"), ("count", "3"), ("since", "")];
    let page = visitor.sends("/skills/milestones/new", &filled);
    page.says("3 visits");
    is_text(&page);
    let at = format!("/skills/milestones/{}", id_after(&page, "/skills/milestones/"));
    visitor.sends(&format!("{at}/more"), &[("more", "no")]).says("not a number");
    visitor.sends(&format!("{at}/more"), &[("more", "2")]).says("5 visits");
    let page = visitor.sends(&format!("{at}/again"), &[]);
    page.says("Starting a new stretch. Your earlier 5 visits still count.").is_silent_on("0 visits");
    visitor
        .sends(&format!("{at}/more"), &[("more", "1")])
        .says("1 visits")
        .says("Your earlier 5 visits still count.");

    let group = ana.opens("Sleepless", "For nights that are too long.");
    visitor.sees(&at).says("Tell a group").says("Sleepless");
    visitor.sends(&format!("{at}/share"), &[("group", &group)]).says("It goes out");
    let told = visitor.sees(&format!("/groups/{group}/told"));
    told.says(MARKUP).says("1 visits").says("Take it back");
    is_text(&told);
    let shared = ana.kith(["milestone", "shared", &group]).ok();
    let post = shared["milestones"][0]["post"].as_str().expect("an id").to_owned();
    visitor
        .sends(&format!("/groups/{group}/told/back"), &[("post", &post)])
        .says("Taken back.")
        .is_silent_on("1 visits");
    visitor.sees(&format!("{at}/delete"));
    visitor.sends(&format!("{at}/delete"), &[]).says("Nothing is counted.");
}

#[test]
fn a_check_in_goes_to_whom_somebody_chose_and_kind_words_into_the_jar() {
    let base = Lab::now();
    let mut people = ["Ana", "Ben"].map(Person::offline);
    let _labs: Vec<Lab> = people.iter_mut().map(|person| Lab::hasty(person, base, 600)).collect();
    let [ana, ben] = people;
    let group = ana.opens("Letters", "Slowly is fine.");
    ben.joins(&ana.invites(&group).link);
    let at_ben = ana.sees_member(&group, "Ben", "member", "member").member;
    let at_ana = ben.sees_member(&group, "Ana", "facilitator", "member").member;
    let (mut visits_ana, mut visits_ben) = (Visitor::comes_to(ana.home()), Visitor::comes_to(ben.home()));

    let page = visits_ana.sees("/check-in");
    page.says("How is it right now?").says("Only me").says("Everyone in Letters").is_silent_on("My buddy");
    assert_eq!(page.html.matches(" checked").count(), 1, "nothing but Only me is chosen");
    visits_ana.sends("/check-in", &[("to", "me")]).says("There is nothing to keep yet.");
    let everyone = format!("group/{group}");
    let half = [("mood", "2"), ("need", "company"), ("note", MARKUP), ("to", &everyone)];
    let page = visits_ana.sends("/check-in", &half);
    page.says("say both");
    comes_back(&page, &[MARKUP]);
    assert_eq!(page.html.matches(" checked").count(), 3, "{}", page.html);
    visits_ana
        .sends("/check-in", &[("need", "company"), ("to", "me")])
        .says("Saved on this device.")
        .says("For you alone.");
    visits_ben.sees(&format!("/groups/{group}/told")).says("Nobody has told how they are.");

    let whole = [("mood", "2"), ("energy", "1"), ("need", "company"), ("note", MARKUP), ("to", &everyone)];
    let page = visits_ana.sends("/check-in", &whole);
    page.says("It goes out").says("You told a group.");
    is_text(&page);
    let told = visits_ben.waits_for(&format!("/groups/{group}/told"), "Company");
    told.says("Ana").says("Low").says(MARKUP).is_silent_on("Take it back");
    is_text(&told);

    ana.kith(["buddy", "ask", &group, &at_ben]).ok();
    wait::until(wait::ARRIVAL, "Ben to be asked", || {
        let list = ben.kith(["buddy", "list", &group]).ok();
        (list["contacts"][0]["buddy"]["state"] == "asking").then_some(())
    });
    ben.kith(["buddy", "accept", &group, &at_ana]).ok();
    visits_ana.waits_for("/check-in", "My buddy Ben, of Letters");
    let buddy = format!("buddy/{group}/{at_ben}");
    let page = visits_ana
        .sends("/check-in", &[("mood", "1"), ("energy", "2"), ("note", "Just you."), ("to", &buddy)]);
    page.says("for your buddy alone").says("You told your buddy.");
    wait::until(wait::ARRIVAL, "Ben's letter", || {
        let letters = ben.kith(["letters", &group]).ok();
        (letters["letters"][0]["check_in"]["note"] == "Just you.").then_some(())
    });
    visits_ben.sees(&format!("/groups/{group}/told")).is_silent_on("Just you.");
    let id = page.link_after("/check-in/");
    visits_ana.sees(&format!("/check-in/{id}")).says("Delete this check-in?");
    visits_ana.sends(&format!("/check-in/{id}"), &[]).says("Deleted.").is_silent_on("Just you.");

    visits_ben.sees("/skills/jar").says("The jar is empty.");
    ana.kith(["encourage", &group, &at_ben]).stdin(MARKUP).ok();
    let page = visits_ben.waits_for("/skills/jar", "Kind words you got");
    page.says("Ana").says(MARKUP);
    is_text(&page);
    let value = |name: &str| {
        let (_, rest) = page.html.split_once(&format!("name=\"{name}\" value=\"")).expect("the field");
        rest.split('"').next().expect("its value").to_owned()
    };
    let (in_group, letter) = (value("group"), value("letter"));
    let page = visits_ben.sends("/skills/jar", &[("group", &in_group), ("letter", &letter)]);
    page.says("Saved.").says(&format!("Ana: {MARKUP}")).is_silent_on("Kind words you got");
    is_text(&page);
    let id = page.link_after("/skills/jar/");
    visits_ben.sees(&format!("/skills/jar/{id}")).says("Take this out of the jar?");
    visits_ben.sends(&format!("/skills/jar/{id}"), &[]).says("The jar is empty.").says("Kind words you got");
}

#[test]
fn what_groups_wrote_is_found_by_its_words() {
    let (ana, mut visitor) = at_home();
    let [first, other] = ["Sleepless", "Mornings"].map(|title| ana.opens(title, "For us."));
    let post =
        ana.posts(&first, "<script>alert(1)</script> The harbour at night, and the harbours of others.");
    ana.replies(&post, "Which harbour was it?");
    ana.posts(&other, "No harbour here.");
    ana.kith(["library", "add", &first, "--from", "-"])
        .stdin("title = 'Harbour lights'\ntext = 'A <b>walk</b>.'\n")
        .ok();
    visitor.sees("/search").says("Words to look for").is_silent_on("Nothing here has");
    let page = visitor.waits_for("/search?q=harbour", "Harbour lights");
    page.says("By Ana").says("No harbour here.").says("Which harbour was it?");
    is_text(&page);
    assert!(
        page.html.contains("<mark>harbour</mark>") && page.html.contains("<mark>harbours</mark>"),
        "{}",
        page.html
    );
    assert!(page.html.contains(&format!("href=\"/groups/{first}/posts/{post}\"")));
    visitor
        .sees(&format!("/search?q=harbour&group={other}"))
        .says("No harbour here.")
        .is_silent_on("at night");
    visitor.sees("/search?q=harbour&kind=reply").says("Which harbour").is_silent_on("at night");
    visitor.sees("/search?q=harbour&kind=library").says("Harbour lights").is_silent_on("at night");
    visitor.sees("/search?q=lighthouse").says("Nothing here has all these words.");
    let page = visitor.sees("/search?q=%21%21%3Cscript%3E%22&group=nowhere&kind=whatever");
    is_text(&page);
    comes_back(&visitor.sees("/search?q=%21%22%3C&group=&kind="), &["!\"<"]);
}
