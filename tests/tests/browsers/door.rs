//! Coming in, writing, and going, in a real browser: with scripts and without.

use kith_tests::browser::{Driver, Key, Setting, button, css, field, heading, link};
use kith_tests::{Guest, Person, wait};

/// What stands where *Leave quickly* leads: a page of the test's own, so that nothing leaves the machine.
const NEUTRAL: &str = "<!doctype html><title>Weather</title><h1>Sunny, later rain</h1>";

/// Somebody with a group and a post, at their browser, and where leaving quickly leads to.
struct Story {
    ana: Guest,
    group: String,
    neutral: String,
    _served: tokio::runtime::Runtime,
}

fn story(driver: &Driver, setting: &Setting) -> Story {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).expect("a port");
    let neutral = format!("http://127.0.0.1:{}/", listener.local_addr().expect("an address").port());
    let page = axum::Router::new().route("/", axum::routing::get(async || axum::response::Html(NEUTRAL)));
    runtime.spawn(async move { axum::serve(listener, page).await });
    let mut person = Person::offline("Ana");
    std::fs::write(person.home().path().join("face.toml"), format!("neutral_page = \"{neutral}\"\n"))
        .expect("the home can be written");
    person.comes_online();
    let group = person.opens("Sleepless", "For nights that are too long.");
    person.posts(&group, "Is anybody awake?");
    let ana = Guest::with(person, driver, setting);
    ana.visits("Sleepless");
    ana.reads("Is anybody awake?");
    Story { ana, group: format!("/groups/{group}"), neutral, _served: runtime }
}

/// Opens what was locked, and comes in again.
fn comes_back(ana: &Guest) {
    ana.person.kith(["unlock"]).ok();
    ana.signs_in();
    ana.visits("Sleepless");
}

#[test]
fn a_person_comes_in_writes_and_leaves_quickly() {
    let Some(driver) = Driver::start() else { return };
    let Story { ana, group, neutral, _served } = story(&driver, &Setting::default());
    let origin = ana.origin();

    // A draft survives a reload, and sending it.
    ana.clicks(&link("Write a post"));
    ana.writes(&field("Your words"), "It is three o'clock");
    ana.reads("Draft saved on this device");
    ana.reloads();
    assert_eq!(ana.value(&field("Your words")), "It is three o'clock");
    ana.clicks(&button("Send to Sleepless"));
    ana.reads("It is three o'clock");
    ana.reads("Saved.");
    ana.clicks(&link("Write a post"));
    assert_eq!(ana.value(&field("Your words")), "");
    ana.goes_to(&format!("{origin}{group}"));

    // The first stop of the keyboard is the way out.
    ana.presses(Key::Tab);
    assert_eq!(ana.focused().name, "Leave quickly");
    ana.has_asked_only(&origin);
    ana.has_no_complaints();

    ana.presses(Key::Shift);
    ana.reads("Press Shift 2 more times to leave.");
    ana.presses(Key::Shift);
    ana.presses(Key::Shift);
    ana.reads("Sunny, later rain");
    assert_eq!(ana.address(), neutral);
    ana.goes_back();
    assert!(!ana.text().contains("Is anybody awake?"), "{}", ana.text());
    ana.goes_to(&format!("{origin}{group}"));
    assert!(!ana.text().contains("Sleepless"), "{}", ana.text());
    wait::until(wait::ANSWER, "the node to be locked", || {
        (ana.person.kith(["status"]).run().code() == 4).then_some(())
    });
    comes_back(&ana);
    ana.clicks(&button("Leave quickly"));
    ana.reads("Sunny, later rain");
}

#[test]
fn without_scripts_a_person_reads_writes_and_leaves() {
    let Some(driver) = Driver::start() else { return };
    let Story { ana, group, _served, .. } = story(&driver, &Setting::without_scripts());
    ana.clicks(&link("Write a post"));
    ana.writes(&field("Your words"), "No script was needed");
    ana.clicks(&button("Keep as a draft"));
    ana.reads("Draft saved on this device");
    assert_eq!(ana.value(&field("Your words")), "No script was needed");
    ana.clicks(&button("Send to Sleepless"));
    ana.reads("No script was needed");
    let origin = ana.origin();
    ana.clicks(&button("Leave quickly"));
    ana.reads("Sunny, later rain");
    ana.goes_to(&format!("{origin}{group}"));
    assert!(!ana.text().contains("Sleepless"), "{}", ana.text());
}

#[test]
fn what_arrives_waits_until_it_is_asked_for() {
    let Some(driver) = Driver::start() else { return };
    let Story { ana, group, _served, .. } = story(&driver, &Setting::default());
    let id = group.trim_start_matches("/groups/");
    let ben = Person::new("Ben");
    ben.joins(&ana.person.invites(id).link);
    ana.sees_no_more(&css("[data-on~=newer]"));
    ben.posts(id, "I am.");
    ana.reads("New posts have arrived. Show them");
    assert!(!ana.text().contains("I am."), "{}", ana.text());
    ana.clicks(&link("New posts have arrived. Show them"));
    ana.reads("I am.");
    ana.sees_no_more(&link("New posts have arrived. Show them"));

    // A lock shows itself on the open page, and what was being written comes back.
    ana.clicks(&link("Write a post"));
    ana.writes(&field("Your words"), "Half a sentence");
    ana.reads("Draft saved on this device");
    ana.person.kith(["lock"]).ok();
    ana.reads("Kith is locked");
    assert!(!ana.text().contains("Half a sentence"), "{}", ana.text());
    comes_back(&ana);
    ana.clicks(&link("Write a post"));
    assert_eq!(ana.value(&field("Your words")), "Half a sentence");
}

#[test]
fn half_a_reply_is_kept_and_a_file_goes_with_it() {
    let Some(driver) = Driver::start() else { return };
    let Story { ana, group, _served, .. } = story(&driver, &Setting::default());
    let id = group.trim_start_matches("/groups/");
    let ben = Person::new("Ben");
    ben.joins(&ana.person.invites(id).link);
    let post = ben.posts(id, "I am.");
    ana.person.has_got(id, &[&post]);
    ana.goes(&group);

    // Half a reply is kept, and not sent: the button says which.
    ana.clicks(&link("Open and reply to Ben").beside("I am."));
    ana.writes(&field("Your words"), "Half a reply");
    ana.clicks(&button("Keep as a draft"));
    ana.reads("Nothing has been sent.");
    assert_eq!(ana.value(&field("Your words")), "Half a reply");
    ana.clicks(&button("Put it away"));
    ana.sees(&heading("Write a reply"));
    assert_eq!(ana.value(&field("Your words")), "");
    assert!(!ana.text().contains("Half a reply"), "{}", ana.text());

    // A file goes with a reply once it is attached, and with nothing before.
    let file = ana.person.home().write_beside("numbers.txt", "The number is in the drawer.");
    ana.writes(&field("Your words"), "I wrote it down.");
    ana.clicks(&button("Add a picture or a file"));
    ana.writes(&css("#file"), &file.display().to_string());
    ana.clicks(&button("Send reply"));
    ana.reads("it is not attached yet");
    ana.clicks(&button("Add a picture or a file"));
    ana.writes(&css("#file"), &file.display().to_string());
    ana.clicks(&button("Attach it"));
    ana.reads("Nothing has been sent yet.");
    assert_eq!(ana.value(&field("Your words")), "I wrote it down.");
    ana.clicks(&button("Send reply"));
    ana.comes_where("the reply", |path| path.contains("done=done-sent"));
    ana.reads("It is on this device.");
}
