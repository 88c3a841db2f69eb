//! Coming in, writing, and going, in a real browser: with scripts and without.

use std::path::PathBuf;

use kith_tests::browser::{Browser, Driver, Key, Setting, button, css, field, link};
use kith_tests::{Person, wait};

/// What stands where *Leave quickly* leads: a page of the test's own, so that nothing leaves the machine.
const NEUTRAL: &str = "<!doctype html><title>Weather</title><h1>Sunny, later rain</h1>";

/// A person with a group and a post, and where leaving quickly leads to.
struct Story {
    person: Person,
    group: String,
    neutral: String,
    _served: tokio::runtime::Runtime,
}

fn story() -> Story {
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
    Story { person, group, neutral, _served: runtime }
}

impl Story {
    fn page(&self) -> PathBuf {
        self.person.home().path().join("open.html")
    }

    /// Opens the sign-in page as a double click would, and goes to the group.
    fn comes_in(&self, browser: &Browser) {
        self.person.kith(["open"]).ok();
        browser.goes_to_file(&self.page());
        if browser.text().contains("Open Kith") {
            browser.clicks(&button("Open Kith"));
        }
        browser.comes_where("the app", |path| path.starts_with("/today"));
        browser.clicks(&link("Groups").inside("nav"));
        browser.goes_to(&format!("{}/groups/{}", origin(browser), self.group));
        browser.reads("Is anybody awake?");
    }
}

fn origin(browser: &Browser) -> String {
    let address = browser.address();
    address.splitn(4, '/').take(3).collect::<Vec<_>>().join("/")
}

#[test]
fn a_person_comes_in_writes_and_leaves_quickly() {
    let Some(driver) = Driver::start() else { return };
    let story = story();
    let browser = driver.opens(&Setting::default());
    story.comes_in(&browser);
    let origin = origin(&browser);

    // A draft survives a reload, and sending it.
    browser.clicks(&link("Write a post"));
    browser.writes(&field("Your words"), "It is three o'clock");
    browser.reads("Draft saved on this device");
    browser.reloads();
    assert_eq!(browser.value(&field("Your words")), "It is three o'clock");
    browser.clicks(&button("Send"));
    browser.reads("It is three o'clock");
    browser.reads("Saved.");
    browser.clicks(&link("Write a post"));
    assert_eq!(browser.value(&field("Your words")), "");
    browser.goes_to(&format!("{origin}/groups/{}", story.group));

    // The first stop of the keyboard is the way out.
    browser.presses(Key::Tab);
    assert_eq!(browser.focused().name, "Leave quickly");
    browser.has_asked_only(&origin);
    browser.has_no_complaints();

    browser.presses(Key::Shift);
    browser.reads("Press Shift 2 more times to leave.");
    browser.presses(Key::Shift);
    browser.presses(Key::Shift);
    browser.reads("Sunny, later rain");
    assert_eq!(browser.address(), story.neutral);
    browser.goes_back();
    assert!(!browser.text().contains("Is anybody awake?"), "{}", browser.text());
    browser.goes_to(&format!("{origin}/groups/{}", story.group));
    assert!(!browser.text().contains("Sleepless"), "{}", browser.text());
    wait::until(wait::ANSWER, "the node to be locked", || {
        (story.person.kith(["status"]).run().code() == 4).then_some(())
    });
    story.person.kith(["unlock"]).ok();
    story.comes_in(&browser);
    browser.clicks(&button("Leave quickly"));
    browser.reads("Sunny, later rain");
}

#[test]
fn without_scripts_a_person_reads_writes_and_leaves() {
    let Some(driver) = Driver::start() else { return };
    let story = story();
    let browser = driver.opens(&Setting::without_scripts());
    story.comes_in(&browser);
    browser.clicks(&link("Write a post"));
    browser.writes(&field("Your words"), "No script was needed");
    browser.clicks(&button("Keep as a draft"));
    browser.reads("Draft saved on this device");
    assert_eq!(browser.value(&field("Your words")), "No script was needed");
    browser.clicks(&button("Send"));
    browser.reads("No script was needed");
    let origin = origin(&browser);
    browser.clicks(&button("Leave quickly"));
    browser.reads("Sunny, later rain");
    browser.goes_to(&format!("{origin}/groups/{}", story.group));
    assert!(!browser.text().contains("Sleepless"), "{}", browser.text());
}

#[test]
fn what_arrives_waits_until_it_is_asked_for() {
    let Some(driver) = Driver::start() else { return };
    let story = story();
    let ben = Person::new("Ben");
    ben.joins(&story.person.invites(&story.group).link);
    let browser = driver.opens(&Setting::default());
    story.comes_in(&browser);
    browser.sees_no_more(&css("[data-on~=newer]"));
    ben.posts(&story.group, "I am.");
    browser.reads("New posts have arrived. Show them");
    assert!(!browser.text().contains("I am."), "{}", browser.text());
    browser.clicks(&link("New posts have arrived. Show them"));
    browser.reads("I am.");
    browser.sees_no_more(&link("New posts have arrived. Show them"));

    // A lock shows itself on the open page, and what was being written comes back.
    browser.clicks(&link("Write a post"));
    browser.writes(&field("Your words"), "Half a sentence");
    browser.reads("Draft saved on this device");
    story.person.kith(["lock"]).ok();
    browser.reads("Kith is locked");
    assert!(!browser.text().contains("Half a sentence"), "{}", browser.text());
    story.person.kith(["unlock"]).ok();
    story.comes_in(&browser);
    browser.clicks(&link("Write a post"));
    assert_eq!(browser.value(&field("Your words")), "Half a sentence");
}
