//! The first run and coming into a group in a real browser: that everybody can read and use these pages, which nobody is
//! led to later.

use kith_tests::browser::{Driver, Setting, button, css, field, heading, link};
use kith_tests::guest::{Guest, signs_in};
use kith_tests::{Home, Node, Person};

fn fresh() -> (Home, Node) {
    let home = Home::new();
    std::fs::create_dir_all(home.path()).expect("a home");
    std::fs::write(home.path().join("config.toml"), "passphrase_mib = 64\n").expect("its settings");
    let node = Node::start_as(home.kith(["run", "--listen", "127.0.0.1"]).command());
    (home, node)
}

#[test]
fn the_first_run_and_the_way_into_a_group_are_for_everybody() {
    let Some(driver) = Driver::start() else { return };
    let ana = Person::new("Ana");
    let group = ana.opens("Sleepless", "For nights that are too long.");
    let link_to_it = ana.invites(&group).link;
    let (home, _node) = fresh();
    let browser = driver.opens(&Setting::default());
    signs_in(&browser, &home);
    browser.comes_to("/welcome");
    browser.is_for_everybody();

    browser.clicks(&css("a[href='/welcome/invite']"));
    browser.is_for_everybody();
    browser.fills(&field("Your invite"), &link_to_it);
    browser.clicks(&button("Go on"));
    browser.sees(&heading("Is this device safe for you?"));
    browser.is_for_everybody();
    browser.clicks(&link("This device is fine"));
    browser.is_for_everybody();
    browser.writes(&field("Your name here"), "Wren");
    browser.clicks(&button("Go on"));

    browser.sees(&heading("Your key"));
    browser.writes(&field("Passphrase"), "three lamps and a harbour");
    browser.writes(&field("The same once more"), "three lamps");
    browser.clicks(&button("Make my key"));
    browser.reads("The two passphrases are not the same.");
    browser.is_for_everybody();
    browser.fills(&field("The same once more"), "three lamps and a harbour");
    browser.clicks(&button("Make my key"));
    browser.reads("Your recovery words");
    browser.is_for_everybody();
    browser.clicks(&link("I have kept them"));
    browser.is_for_everybody();
    browser.chooses(&field("Your country"), "New Zealand");
    browser.clicks(&button("Go on"));
    browser.is_for_everybody();

    browser.clicks(&css(".door[href='/join']"));
    browser.is_for_everybody();
    browser.clicks(&button("Look at it"));
    browser.is_for_everybody();
    browser.clicks(&button("Join"));
    // It is told on the page, without a reload, once somebody let them in.
    browser.reads("You are in.");
    browser.goes_to(&format!("{}/join/{group}", browser.origin()));
    browser.sees(&heading("What people here agreed to"));
    browser.is_for_everybody();
    browser.clicks(&button("I agree to these"));
    browser.reads("You are in. Saying hello is fine");
}

#[test]
fn a_name_comes_back_from_the_file_that_was_saved() {
    let Some(driver) = Driver::start() else { return };
    let words = "abandon ".repeat(11) + "about";
    let (home, _node) = fresh();
    let file = home.write_beside("recovery.txt", format!("{words}\n"));
    let browser = driver.opens(&Setting::default());
    signs_in(&browser, &home);
    browser.clicks(&css("a[href='/welcome/recover']"));
    browser.writes(&css("#recovery-file"), &file.display().to_string());
    browser.sees_value(&css("#words"), &words);
    browser.is_for_everybody();
    browser.writes(&field("Passphrase"), "three lamps and a harbour");
    browser.writes(&field("The same once more"), "three lamps and a harbour");
    browser.clicks(&button("Bring it back"));
    browser.comes_where("the next step", |path| path.starts_with("/welcome/") && path != "/welcome/recover");
}

#[test]
fn an_invite_is_copied_and_taken_back() {
    let Some(driver) = Driver::start() else { return };
    let ana = Person::new("Ana");
    let group = ana.opens("Sleepless", "For nights that are too long.");
    let ana = Guest::of(ana, &driver);
    ana.goes(&format!("/groups/{group}/invite"));
    ana.clicks(&button("Make the invite"));
    ana.sees(&heading("Your invite"));
    ana.is_for_everybody();
    ana.clicks(&button("Copy the invite"));
    ana.reads("Copied.");
    ana.clicks(&button("Take it back"));
    ana.reads("Taken back.");
    ana.has_asked_only(&ana.origin());
}
