//! Being together, in a browser without scripts: a circle, two who write to each other, the library, the calendar, and
//! seeing less of somebody. Letters wait up to two minutes before they leave: where they are told of, time goes six hundred
//! times as fast.

use kith_tests::gathering::gather;
use kith_tests::visitor::{Page, Visitor};
use kith_tests::{Lab, Person, wait};

const PACE: u64 = 600;
/// What a hostile page would like to run.
const MARKUP: &str = "<img src=x onerror=alert(1)>";
const SHARED: &str = "The kitchen light was on again at four. <b>four</b>";

/// Ana, a facilitator, Ben and Chi, members, and their group, each at their pages.
fn three(mut people: [Person; 3], goes: impl Fn(&mut Person)) -> ([Person; 3], [Visitor; 3], String) {
    people.iter_mut().for_each(goes);
    let group = gather(&people);
    let at = [0, 1, 2].map(|one: usize| Visitor::comes_to(people[one].home()));
    (people, at, group)
}

fn online() -> ([Person; 3], [Visitor; 3], String) {
    three(["Ana", "Ben", "Chi"].map(Person::offline), Person::comes_online)
}

fn hasty() -> ([Person; 3], [Visitor; 3], String) {
    let base = Lab::now();
    three(["Ana", "Ben", "Chi"].map(Person::offline), |person| drop(Lab::hasty(person, base, PACE)))
}

fn id(person: &Person, group: &str, name: &str) -> String {
    let members = person.lists_members(group);
    members.into_iter().find(|member| member.name == name).expect("a member").member
}

/// Where a form led, after its path.
#[track_caller]
fn behind(page: &Page, prefix: &str) -> String {
    let rest = page.path.strip_prefix(prefix).unwrap_or_else(|| panic!("{} is not {prefix}…", page.path));
    rest.split(['?', '/', '#']).next().expect("an id").to_owned()
}

/// What the log of a circle has, as it stands in the page.
fn log(page: &Page) -> &str {
    let after = page.html.split_once("role=\"log\"").map_or("", |(_, after)| after);
    after.split("</ul>").next().unwrap_or_default()
}

/// Looks at a circle until somebody's page is as expected.
#[track_caller]
fn sees(at: &mut Visitor, path: &str, what: &str, expected: impl Fn(&Page) -> bool) -> Page {
    wait::until(wait::ARRIVAL, what, || Some(at.goes_to(path)).filter(|page| expected(page)))
}

#[test]
fn a_circle_has_turns_a_pass_leaves_no_trace_and_nothing_is_left_at_its_end() {
    let (people, mut at, group) = online();
    let circles = format!("/groups/{group}/circles");
    at[0].sees(&circles).says("No circle is announced.");
    at[0].sees(&format!("{circles}/announce")).says("By the clock of this device");
    let day = tomorrow(&at[0].sees(&format!("{circles}/announce")));
    let form =
        [("day", day.as_str()), ("time", "19:00"), ("minutes", "x"), ("form", "rounds"), ("size", "4")];
    let refused = at[0].sends(&format!("{circles}/announce"), &form);
    refused.says("Please look at this again").says("needs a number");
    let form =
        [("day", day.as_str()), ("time", "19:00"), ("prompts", "One?\r\n\r\nTwo?"), ("opening", MARKUP)];
    let page = at[0].sends(&format!("{circles}/announce"), &form);
    page.says("Starts: Tomorrow, 19:00").says("Round 2: Two?").says(MARKUP).is_silent_on("I am here");
    let later = behind(&page, &format!("{circles}/"));
    let page = at[0].sees("/calendar");
    page.says("A circle").says("19:00").says("Led by Ana.");
    assert!(page.links().contains(&format!("{circles}/{later}")), "the calendar leads to the circle");
    at[0]
        .sends(&format!("{circles}/{later}/call-off"), &[])
        .says("Called off")
        .says("No circle is announced.");

    let ben = id(&people[0], &group, "Ben");
    let words = people[0].home().write_beside("words.toml", "prompts = [\"How was the night?\"]\n");
    let create =
        ["circle", "create", &group, "--co-host", &ben, "--words-file", &words.display().to_string()];
    let circle = people[0].kith(create).ok()["post"].as_str().expect("an id").to_owned();
    let here = format!("{circles}/{circle}");
    for visitor in &mut at {
        visitor.waits_for(&circles, "Open now").says("Led by Ana.");
        visitor.sees(&here).says("You can pass every time");
        assert_eq!(visitor.asks("POST", &here, &[], "do=enter").status, 403, "a form of no page of ours");
        visitor.sees(&here);
        visitor.sends(&here, &[("do", "enter")]).is_silent_on("I am here");
    }
    let names = ["Ana", "Ben", "Chi"];
    for visitor in &mut at {
        let all = |page: &Page| {
            let seats = page.html.split_once("class=\"seats").map_or("", |(_, seats)| seats);
            names.iter().all(|name| seats.contains(&format!("<bdi>{name}</bdi>")))
        };
        sees(visitor, &here, "three in the circle", all).says("People are coming in");
    }
    at[2].sends(&here, &[("do", "next")]).says("Please look at this again");
    at[0].sends(&here, &[("do", "next")]).says("How was the night?").says("First round");

    // Whoever has the turn passes: the others see the next turn, and nothing else.
    let mine = |page: &Page| page.text().contains("It is your turn");
    let holder = |at: &mut [Visitor; 3], but: &[usize]| {
        wait::until(wait::ARRIVAL, "somebody to have the turn", || {
            (0..3).find(|one| !but.contains(one) && mine(&at[*one].goes_to(&here)))
        })
    };
    let first = holder(&mut at, &[]);
    let page = at[first].sees(&here);
    page.says("Share").says("Pass").says("I need a minute").says("Nobody will cut you off");
    assert!(page.html.contains("aria-current=\"true\"") && page.html.contains("class=\"seats n3\""));
    at[first].sends(&here, &[("do", "pass"), ("text", "")]).is_silent_on("look at this again");
    let second = holder(&mut at, &[first]);
    for visitor in &mut at {
        let page = visitor.sees(&here);
        assert!(!log(&page).contains("<b>"), "a pass is said: {}", log(&page));
        page.is_silent_on("passed");
    }
    let refused = at[first].sends(&here, &[("do", "share"), ("text", "I, too <")]);
    refused.says("Please look at this again").says("I, too <");
    at[second].sees(&here);
    at[second].sends(&here, &[("do", "share"), ("text", SHARED)]);
    let third = holder(&mut at, &[first, second]);
    let page = sees(&mut at[third], &here, "what was said", |page| page.text().contains(SHARED));
    assert!(!page.html.contains("<b>four") && log(&page).contains(names[second]));

    // A page with scripts asks for what changed, and gets nothing while nothing did.
    let parts: Vec<String> = page
        .html
        .split("data-from=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .map(|part| part.replace("&#38;", "&"))
        .collect();
    let parts: Vec<&String> = parts.iter().filter(|part| part.starts_with(&here)).collect();
    assert!(parts.len() >= 7, "{parts:?}");
    for part in parts {
        let part = at[third].asks("GET", part, &[], "");
        assert_eq!((part.status, part.html.as_str()), (200, ""), "{}", part.path);
    }
    let said = at[third].asks("GET", &format!("{here}/room?part=said&number=0"), &[], "");
    assert!(said.text().contains(SHARED) && !said.html.contains("<h1"));

    at[0].sees(&here);
    at[0].sends(&here, &[("do", "close")]);
    for (name, visitor) in names.iter().zip(&mut at) {
        let page = visitor.waits_for(&here, "The circle is over");
        page.says("What was said is gone from this device").is_silent_on("kitchen light");
        assert!(log(&page).is_empty(), "{name} still has the log");
        let said = visitor.asks("GET", &format!("{here}/room?part=said&number=0"), &[], "");
        assert_eq!(said.html, "");
    }
    assert_eq!(at[1].goes_to(&format!("/groups/{}/circles/{circle}", "ab".repeat(32))).status, 404);
}

/// The day that the form for a circle begins with: tomorrow, where the node is.
#[track_caller]
fn tomorrow(page: &Page) -> String {
    let (_, rest) = page.html.split_once("name=\"day\" value=\"").expect("a field for the day");
    rest.split('"').next().expect("a day").to_owned()
}

#[test]
fn two_agree_to_write_and_write_and_nobody_else_sees_it() {
    let (people, [mut ana, mut ben, mut chi], group) = hasty();
    let (ana_id, ben_id) = (id(&people[1], &group, "Ana"), id(&people[0], &group, "Ben"));
    let (to_ben, to_ana) = (format!("/messages/{group}/{ben_id}"), format!("/messages/{group}/{ana_id}"));
    ana.sees(&format!("/groups/{group}/members")).says("Ben").says("Nobody sees who is online");
    ana.sees(&to_ben).says("It takes a yes from both of you").is_silent_on("Your words");
    let refused = ana.sends(&to_ben, &[("text", "Already?")]);
    refused.says("Please look at this again").says("Already?");
    let tie = format!("/groups/{group}/members/{ben_id}/tie");
    let ask = [("what", "talk"), ("yes", "yes"), ("words", "May I?"), ("back", "messages")];
    ana.sends(&tie, &ask).says("Asked. Nobody else sees it.").says("You asked Ben.");
    ben.waits_for("/people", "Ana asks whether you may write to each other.").says("May I?");
    let answer = format!("/groups/{group}/members/{ana_id}/tie");
    ben.sends(&answer, &[("what", "talk"), ("yes", "yes"), ("back", "people")]).says("You both said yes.");
    ana.waits_for(&to_ben, "Your words").says("Kith does not say whether it was read");
    ana.sends(&to_ben, &[("text", "How was the night? <i>")]).says("How was the night? <i>");
    let page = ben.waits_for(&to_ana, "How was the night? <i>");
    assert!(!page.html.contains("<i>") && page.html.contains("class=\"said\""));
    ben.sends(&to_ana, &[("text", "Shorter than the last.")]).says("Shorter than the last.");
    ana.waits_for(&to_ben, "Shorter than the last.");
    chi.sees("/people").says("There is nobody yet.").is_silent_on("night");

    // A draft is kept, and words that hurt can be reported; here is nobody to whom the report could go.
    ben.sends(&format!("{to_ana}/draft"), &[("text", "Half a thou")])
        .says("Half a thou")
        .says("Kept as a draft");
    ben.sends(&format!("{to_ana}/draft/drop"), &[]).is_silent_on("Half a thou");
    let line = page.link_after(&format!("{to_ana}/report/"));
    let report = format!("{to_ana}/report/{line}");
    ben.sees(&report).says("How was the night?");
    ben.sends(&report, &[("note", "Too late at night.")])
        .says("does not say yet what it is")
        .says("Too late");
    let refused = ben.sends(&report, &[("kind", "rule"), ("note", "Too late at night.")]);
    refused.says("Please look at this again").says("Too late at night.");

    let buddies = [("what", "buddy"), ("yes", "yes"), ("weeks", "4"), ("back", "member")];
    ana.sees(&format!("/groups/{group}/members/{ben_id}"));
    ana.sends(&tie, &buddies).says("You asked Ben.");
    ben.waits_for("/people", "Ana asks whether you may be buddies");
    ben.sends(&answer, &[("what", "buddy"), ("yes", "yes"), ("weeks", "2"), ("back", "people")]);
    ana.waits_for("/people", "You and Ben are buddies until");

    let kind = format!("/groups/{group}/members/{ben_id}/encourage");
    chi.sees(&format!("/groups/{group}/members/{ben_id}"));
    chi.sends(&kind, &[("text", "You were kind to me on Monday.")]).says("They ask for no answer");
    chi.sends(&kind, &[("text", "And again.")]).says("Please look at this again").says("And again.");
    let letters = format!("/groups/{group}/letters");
    let page = ben.waits_for(&letters, "You were kind to me on Monday.");
    let keep = page
        .html
        .split("action=\"")
        .find_map(|rest| rest.split('"').next().filter(|to| to.ends_with("/keep")));
    ben.sends(keep.expect("a form that keeps it"), &[]).says("Kept in your jar");

    ben.sees(&to_ana);
    ben.sends(&answer, &[("what", "talk"), ("yes", ""), ("back", "messages")])
        .says("It takes a yes from both");
    ana.waits_for(&to_ben, "It takes a yes from both of you").says("Shorter than the last.");
}

#[test]
fn what_helped_is_suggested_checked_by_two_listed_and_found() {
    let (_people, [mut ana, mut ben, mut chi], group) = online();
    let library = format!("/groups/{group}/library");
    ana.sees(&library).says("Nothing here yet. Know something that helped?");
    ana.sees(&format!("{library}/add"));
    let add = format!("{library}/add");
    let form = [("title", ""), ("text", "I keep it on the fridge."), ("tags", "nights, paper")];
    ana.sends(&add, &form).says("Please look at this again").says("I keep it on the fridge.");
    let form = [
        ("title", "Three people to call"),
        ("kind", "tool"),
        ("relation", "experience"),
        ("text", "I keep it on the fridge. It has three names. I wrote it in March."),
        ("link", "https://example.org/list?a=1&b=2"),
        ("cost", "nothing"),
        ("tags", "nights, paper"),
        ("days", "365"),
    ];
    let page = ana.sends(&add, &form);
    page.says("It is listed once others have looked at it").says("Others are still to look at this.");
    let item = behind(&page, &format!("{library}/"));
    let here = format!("{library}/{item}");
    let page = ben.waits_for(&library, "Three people to call");
    page.says("A member’s experience").says("Nobody yet").says("It has three names.").is_silent_on("March");
    let away = page.link_after("/leave?to=");
    ben.sees(&format!("/leave?to={away}")).says("example.org").says("https://example.org/list?a=1&b=2");
    for to in ["javascript:alert(1)", "//example.org", "https://kith.example%40evil.example/"] {
        assert_eq!(ben.goes_to(&format!("/leave?to={to}")).status, 404, "{to}");
    }
    chi.waits_for(&library, "Three people to call");
    for visitor in [&mut ben, &mut chi] {
        visitor.sees(&here);
        visitor
            .sends(&format!("{here}/check"), &[("days", "180")])
            .says("You looked at this and found it right");
    }
    let page = sees(&mut ana, &here, "it listed", |page| page.text().contains("Ben and Chi, last: Today"));
    page.is_silent_on("Others are still to look");

    chi.sees(&format!("{here}/dispute"));
    chi.sends(&format!("{here}/dispute"), &[("words", "")]).says("Please look at this again");
    chi.sends(&format!("{here}/dispute"), &[("words", "The second number has changed.")])
        .says("something is wrong");
    ana.waits_for(&library, "Somebody says that something about this is wrong.");
    ana.sees(&here).says("Chi says:").says("The second number has changed.");
    ben.sees(&here);
    ben.sends(&format!("{here}/helped"), &[("words", "I called the second one.")]).says("How it helped");
    ana.waits_for(&here, "I called the second one.").is_silent_on("1 ");

    sees(&mut ben, &format!("{library}?q=fridge"), "it found", |page| {
        page.text().contains("Three people to call")
    });
    ben.sees(&format!("{library}?q=harbour")).says("Nothing like that is here.");
    ben.sees(&format!("{library}?only=hope")).says("No story of what got somebody through stands here yet.");
    ben.sees(&format!("{library}?only=services")).is_silent_on("Three people to call");
    let form = [("title", "The second winter"), ("kind", "story"), ("link", "javascript:alert(1)")];
    ben.sees(&add);
    ben.sends(&add, &form).says("Where: javascript:alert(1)").is_silent_on("Open the original");
    ben.sees(&format!("{library}?only=hope")).says("The second winter");

    ana.sees(&here);
    ana.sends(&format!("{here}/withdraw"), &[]).says("Withdrawn.").is_silent_on("Three people to call");
}

#[test]
fn what_is_coming_up_stands_in_the_calendar_moved_and_cancelled_with_a_reason() {
    let (_people, [mut ana, mut ben, mut chi], group) = online();
    ben.sees("/calendar").says("Nothing is announced.");
    ben.sees("/calendar/add").says("For Letters");
    let none = [("group", group.as_str()), ("title", "Walk by the river"), ("day", "2036-12-05")];
    let refused = ben.sends("/calendar/add", &none);
    assert!(refused.says("This is no day and time.").html.contains("value=\"Walk by the river\""));
    let form = [
        ("group", group.as_str()),
        ("title", "Walk by the river"),
        ("kind", "gathering"),
        ("day", "2036-12-05"),
        ("time", "18:30"),
        ("minutes", "90"),
        ("place", "At the bridge"),
    ];
    let page = ben.sends("/calendar/add", &form);
    page.says("5 December 2036, 18:30, 90 minutes").says("At the bridge");
    let walk = behind(&page, "/events/");
    chi.sees("/calendar/add");
    let form = [
        ("group", group.as_str()),
        ("title", "My father"),
        ("kind", "anniversary"),
        ("day", "2019-03-04"),
        ("mentions", "loss"),
    ];
    chi.sends("/calendar/add", &form).says("A day that matters to you").says("Each year.");
    let page = ana.waits_for("/calendar", "A day that matters to Chi");
    page.says("Mentions: death and loss").is_silent_on("My father");
    let page = ana.waits_for("/calendar?month=2036-12", "Walk by the river");
    page.says("December 2036").says("January 2037").says("A gathering, from Ben");
    assert!(page.html.contains("href=\"#day-2036-12-05\"") && page.html.contains("id=\"day-2036-12-05\""));

    // For a calendar program: with words only if that is asked for.
    let file = ana.sends("/calendar/calendar.ics", &[]);
    assert_eq!(file.header("content-disposition"), Some("attachment; filename=\"calendar.ics\""));
    assert!(file.html.contains("SUMMARY:Walk by the river") && file.html.contains("LOCATION:At the bridge"));
    let file = ana.sends("/calendar/calendar.ics", &[("busy", "yes")]);
    assert!(file.html.contains("SUMMARY:Busy") && !file.html.contains("bridge"), "{}", file.html);
    ana.sees("/calendar");

    // Nobody but its author moves a day; a facilitator moves what others announced, and says why.
    let here = format!("/events/{walk}");
    assert_eq!(chi.goes_to(&format!("{here}/change")).status, 404);
    ana.sees(&format!("{here}/change")).says("Move it");
    let moved = [("day", "2036-12-06"), ("time", "10:00"), ("minutes", "90"), ("place", "At the bridge")];
    ana.sends(&format!("{here}/change"), &moved).says("The others will wonder why.");
    let moved = [moved.as_slice(), &[("reason", "It will rain.")]].concat();
    ana.sends(&format!("{here}/change"), &moved).says("6 December 2036, 10:00").says("It was moved.");
    ben.waits_for(&here, "It will rain.").says("At the bridge");
    ben.sees(&format!("{here}/cancel"));
    ben.sends(&format!("{here}/cancel"), &[("reason", "The bridge is closed.")])
        .says("It does not take place.");
    chi.waits_for(&here, "The bridge is closed.").is_silent_on("Move it");
    ben.sees(&here);
    ben.sends(&format!("{here}/withdraw"), &[]).is_silent_on("Walk by the river");
}

#[test]
fn who_is_muted_is_not_shown_and_learns_nothing_of_it() {
    let (people, [mut ana, mut ben, mut chi], group) = online();
    let feed = format!("/groups/{group}");
    people[1].posts(&group, "All the things I know better.");
    ana.waits_for(&feed, "All the things I know better.");
    let ben_id = id(&people[0], &group, "Ben");
    let member = format!("{feed}/members/{ben_id}");
    ana.sees(&member).says("Nobody learns of it.");
    ana.sends(&format!("{member}/hide"), &[("do", "mute")]).says("Muted by you");
    ana.sees(&feed).is_silent_on("All the things I know better.");
    ana.sees("/people").says("People you hide").says("Ben");
    ana.sees(&format!("{feed}/members")).says("Muted by you");
    ben.sees(&format!("{feed}/members")).is_silent_on("Muted");
    ana.sees("/people");
    ana.sends(&format!("{member}/hide"), &[("do", "unmute"), ("back", "people")])
        .is_silent_on("People you hide");
    ana.sees(&feed).says("All the things I know better.");
    ana.sees(&member);
    ana.sends(&format!("{member}/hide"), &[("do", "block")]).says("Blocked by you");

    // What somebody says of themselves stands beside their name.
    let intro = format!("{feed}/introduction");
    ben.sees(&intro).says("You need no introduction to be here.");
    ben.sends(&intro, &[("line", ""), ("words", ""), ("tags", "")]).says("Please look at this again");
    ben.sends(&intro, &[("line", "Reads more than he writes."), ("tags", "night shifts, carer")])
        .says("Saved.");
    chi.waits_for(&format!("{feed}/members"), "Reads more than he writes.");
    chi.sees(&member).says("night shifts, carer");
    ana.sees(&member).says("No words yet.");
    chi.sees(&format!("{feed}/alike")).says("You keep no tags yet.");
    ben.sees(&intro);
    ben.sends(&format!("{intro}/drop"), &[]).says("Taken back.");
    sees(&mut chi, &member, "no introduction", |page| page.text().contains("No words yet."));
}
