//! By keyboard alone: nobody has to hold a pointer to come in, write, be heard, answer, lead, and leave.

use kith_tests::browser::{Browser, Driver, Key, Setting, button, css, field, heading, link, option};
use kith_tests::guest::{Guest, gather, signs_in};
use kith_tests::{Home, Lab, Node, Person, wait};

const GROUP: &str = "Letters";
const WORDS: &str = "I could not open the last one.";
const PROMPT: &str = "How was the night?";
const PASSPHRASE: &str = "three lamps and a harbour";

#[test]
fn a_day_is_gone_through_by_keyboard_alone() {
    let Some(driver) = Driver::start() else { return };
    let [ana, ben] = ["Ana", "Ben"].map(Person::new);
    ana.opens(GROUP, "Slowly is fine.");
    let [ana, ben] = [ana, ben].map(|person| Guest::of(person, &driver));
    gather(&[&ana, &ben], GROUP);

    // A post: the way to the group, a wish chosen with the arrows, the words, and sending them.
    ana.enters(&link(GROUP).inside("nav"));
    ana.sees(&link("Posts").inside("nav"));
    ana.enters(&link("Write a post"));
    ana.sees(&field("Your words"));
    ana.ticks(&option("Please just listen"));
    ana.presses(Key::Down);
    assert!(ana.is_ticked(&option("Your experiences are welcome")));
    ana.presses(Key::Up);
    assert!(ana.is_ticked(&option("Please just listen")));
    ana.types_into(&field("Your words"), WORDS);
    ana.enters(&button(format!("Send to {GROUP}")));
    ana.reads("Saved.");

    // It comes behind a button on the other's page, which is opened; it is heard, and answered.
    ben.enters(&link(GROUP).inside("nav"));
    ben.finds(&ben.path(), WORDS);
    ben.enters(&link("Open and reply to Ana").beside(WORDS));
    ben.sees(&field("Your words"));
    ben.enters(&button("I hear you"));
    ben.reads("Ana sees that you said");
    ben.types_into(&field("Your words"), "You need not open it today.");
    ben.enters(&button("Send reply"));
    ben.reads("You need not open it today.");

    // A check-in for oneself.
    ana.enters(&link("Today").inside("nav"));
    ana.enters(&link("Check in"));
    ana.ticks(&option("Very low"));
    ana.presses(Key::Down);
    ana.presses(Key::Down);
    assert!(ana.is_ticked(&option("So-so")));
    ana.enters(&button("Save"));
    ana.comes_where("what was kept", |path| path.contains("done="));

    // Help, and the way out, are the first things.
    ana.goes("/today");
    ana.presses(Key::Tab);
    assert_eq!(ana.focused().name, "Leave quickly");
    ana.enters(&link("Need help now"));
    ana.reads("Nobody is told that you opened it.");
}

#[test]
fn a_newcomer_comes_into_a_group_by_keyboard_alone() {
    let Some(driver) = Driver::start() else { return };
    let ana = Person::new("Ana");
    ana.opens(GROUP, "Slowly is fine.");
    let ana = Guest::of(ana, &driver);
    ana.enters(&link(GROUP).inside("nav"));
    ana.sees(&link("Posts").inside("nav"));
    ana.enters(&link("Members").inside("nav"));
    ana.enters(&link("Invite somebody"));
    ana.picks(&option("An open door"));
    ana.enters(&button("Make the invite"));
    ana.sees(&heading("Your invite"));
    let invite = ana.text().lines().find(|line| line.starts_with("kith:")).expect("an invite").to_owned();

    // Every step of the first run, from the page that the node opens to what people of the group agreed to.
    let home = Home::new();
    std::fs::create_dir_all(home.path()).expect("a home");
    std::fs::write(home.path().join("config.toml"), "passphrase_mib = 64\n").expect("its settings");
    let _node = Node::start_as(home.kith(["run", "--listen", "127.0.0.1"]).command());
    let wren = driver.opens(&Setting::default());
    signs_in(&wren, &home);
    wren.comes_to("/welcome");
    wren.enters(&css("a[href='/welcome/invite']"));
    wren.types_into(&field("Your invite"), &invite);
    wren.enters(&button("Go on"));
    wren.sees(&heading("Is this device safe for you?"));
    wren.enters(&link("This device is fine"));
    wren.types_into(&field("Your name here"), "Wren");
    wren.presses(Key::Enter);
    wren.sees(&heading("Your key"));
    wren.types_into(&field("Passphrase"), PASSPHRASE);
    wren.types_into(&field("The same once more"), "three lamps");
    wren.presses(Key::Enter);
    // What is wrong is said where the focus is; what was typed right stands still.
    wren.reads("The two passphrases are not the same.");
    wren.types_into(&field("Passphrase"), PASSPHRASE);
    wren.types_into(&field("The same once more"), PASSPHRASE);
    wren.enters(&button("Make my key"));
    wren.reads("Your recovery words");
    wren.enters(&link("I have kept them"));
    wren.types_into(&field("Your country"), "New Z");
    wren.enters(&button("Go on"));
    wren.enters(&css(".door[href='/join']"));
    wren.enters(&button("Look at it"));
    wren.enters(&button("Join"));
    wren.reads("You are in.");
    agrees(&wren);
}

/// Reads what people here agreed to, ticks all of it, and agrees.
#[track_caller]
fn agrees(browser: &Browser) {
    if !browser.text().contains("Please read this before you write.") {
        browser.enters(&link("Read what people here agreed to"));
    }
    browser.sees(&heading("What people here agreed to"));
    let all = browser.runs("return document.querySelectorAll('[name=agreed]').length", &[]);
    for one in 0..all.as_u64().unwrap_or(0) {
        browser.ticks(&css(format!("[name=agreed][value='{one}']")));
    }
    browser.enters(&button("I agree to these"));
    browser.reads("You are in. Saying hello is fine");
}

#[test]
fn a_knock_and_a_report_are_answered_by_keyboard_alone() {
    let Some(driver) = Driver::start() else { return };
    let base = Lab::now();
    let mut people = ["Ana", "Ben", "Chi"].map(Person::offline);
    for person in &mut people {
        // A report leaves within two minutes, which is less than a second here.
        Lab::hasty(person, base, 600);
    }
    let [ana, ben, chi] = people;
    let charter = format!(
        "title = '{GROUP}'\nas = 'Ana'\npurpose = 'Slowly is fine.'\nagreements = ['It stays here.']\n"
    );
    let opened = ana.kith(["group", "create", "--from", "-"]).stdin(charter).ok();
    let group = opened["group"].as_str().expect("an id");
    ben.joins(&ana.invites(group).link);
    ben.posts(group, WORDS);
    let [ana, chi] = [ana, chi].map(|person| Guest::of(person, &driver));
    let invite = ana.invites(GROUP, "They ask, and facilitators decide", 1);

    // Chi knocks; Ana finds it at the desk, answers, and lets her in.
    chi.enters(&link("Groups").inside("nav"));
    chi.enters(&link("Join with an invite"));
    chi.types_into(&field("Your invite needed"), &invite);
    chi.enters(&button("Look at it"));
    chi.types_into(&field("Your name here"), "Chi");
    chi.types_into(&field("What brings you needed"), "My sister told me of you.");
    chi.enters(&button("Ask"));
    chi.sees(&heading("You asked to be let in"));
    ana.enters(&link(GROUP).inside("nav"));
    ana.enters(&link("Desk").inside("nav"));
    ana.comes_where("the desk", |path| path.ends_with("/desk"));
    let desk = ana.path();
    ana.finds(&desk, "My sister told me of you.");
    ana.enters(&link("Read and answer Chi"));
    ana.types_into(&field("Your words"), "Would evenings suit you?");
    ana.enters(&button("Send the answer"));
    chi.reads("Would evenings suit you?");
    chi.types_into(&field("Say more"), "Evenings are good.");
    chi.enters(&button("Send"));
    ana.finds(&ana.path(), "Evenings are good.");
    ana.enters(&button("Let Chi in"));
    ana.reads("They are in.");
    chi.reads("You are in.");
    agrees(&chi);

    // Chi worries about Ben, and tells the facilitators; it is answered, and she reads the answer.
    chi.enters(&link(GROUP).inside("nav"));
    chi.finds(&chi.path(), WORDS);
    chi.enters(&link("Open and reply to Ben").beside(WORDS));
    chi.sees(&field("Your words"));
    chi.enters(&link("Report to the facilitators"));
    let report = chi.path();
    chi.picks(&option("I am worried about whoever wrote it"));
    chi.types_into(&field("More, if there is more to say"), "He sounds alone.");
    chi.enters(&button("Send the report"));
    chi.reads("Your report leaves within two minutes.");
    ana.finds(&desk, "Reported by Chi.");
    ana.enters(&link("Look at it"));
    ana.picks(&option("Something was done."));
    ana.types_into(&field("In your own words"), "I wrote to him.");
    ana.enters(&button("Send the answer"));
    ana.reads("You did what you could.");
    chi.finds(&report, "They say: “I wrote to him.”");
}

#[test]
fn a_circle_is_held_by_keyboard_alone() {
    let Some(driver) = Driver::start() else { return };
    let people = ["Ana", "Ben"].map(Person::new);
    let group = people[0].opens(GROUP, "Slowly is fine.");
    let [ana, ben] = people.map(|person| Guest::of(person, &driver));
    gather(&[&ana, &ben], GROUP);
    ana.person.sees_member(&group, "Ben", "member", "member");

    // Announced for a few minutes from now, and come to.
    ana.enters(&link(GROUP).inside("nav"));
    ana.sees(&link("Posts").inside("nav"));
    ana.enters(&link("Circles").inside("nav"));
    ana.enters(&link("Announce a circle"));
    let [day, time] = ana.soon();
    ana.types_into(&field("Day needed"), &day);
    ana.types_into(&field("Time needed"), &time);
    ana.types_into(&field("Who leads if the host is gone"), "Ben");
    ana.types_into(&field("What the rounds are about"), PROMPT);
    ana.enters(&button("Announce a circle"));
    ana.reads("Announced. Others see it as soon as their nodes are reached.");
    ana.enters(&button("I am here"));
    ben.finds(&format!("/groups/{group}"), "Next circle");
    ben.enters(&link("About this circle"));
    ben.enters(&button("I am here"));
    for guest in [&ana, &ben] {
        guest.sees(&css(".seats li").beside("Ben"));
    }
    ana.enters(&button("Begin"));

    // One passes, the other speaks, and the host ends it.
    let turn = || [&ana, &ben].into_iter().find(|guest| guest.says("It is your turn") && guest.says("Pass"));
    let first = wait::until(wait::ARRIVAL, "somebody to have the turn", turn);
    let second = if first.person.name() == "Ana" { &ben } else { &ana };
    first.enters(&button("Pass"));
    second.reads("It is your turn");
    second.types_into(&field("Your words"), WORDS);
    second.enters(&button("Share"));
    for guest in [&ana, &ben] {
        guest.reads(WORDS);
        guest.sees(&heading("The round is over"));
    }
    ana.enters(&button("Close the circle"));
    for guest in [&ana, &ben] {
        guest.sees(&heading("The circle is over"));
        guest.reads_no_more(WORDS);
    }
}
