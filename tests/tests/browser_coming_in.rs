//! The first run, coming into a group, and settings, in a real browser: that everybody can read and use these pages, at
//! every width and in every colour.

use kith_tests::browser::{Browser, DESK, Driver, Look, NARROW, Setting, button, css, field, heading, link};
use kith_tests::guest::{Guest, signs_in};
use kith_tests::{Home, Node, Person};

/// Opens every fold, and looks at the page as it is on a desk, in a narrow window, in the dark, and in few colours.
fn is_for_everybody(browser: &Browser) {
    // Colours that are still changing are measured wrongly.
    browser.looks(Look::STILL);
    browser.runs("document.querySelectorAll('details').forEach(fold => { fold.open = true })", &[]);
    browser.has_no_violations();
    for look in [Look { still: true, ..Look::DARK }, Look { still: true, ..Look::FORCED }] {
        browser.looks(look);
        browser.has_no_violations();
    }
    browser.looks(Look::STILL);
    browser.sized(NARROW);
    browser.fits();
    browser.has_no_violations();
    browser.sized(DESK);
    browser.has_no_complaints();
}

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
    is_for_everybody(&browser);

    browser.clicks(&css("a[href='/welcome/invite']"));
    is_for_everybody(&browser);
    browser.fills(&field("Your invite"), &link_to_it);
    browser.clicks(&button("Go on"));
    browser.sees(&heading("Is this device safe for you?"));
    is_for_everybody(&browser);
    browser.clicks(&link("This device is fine"));
    is_for_everybody(&browser);
    browser.writes(&field("Your name here"), "Wren");
    browser.clicks(&button("Go on"));

    browser.sees(&heading("Your key"));
    browser.writes(&field("Passphrase"), "three lamps and a harbour");
    browser.writes(&field("The same once more"), "three lamps");
    browser.clicks(&button("Make my key"));
    browser.reads("The two passphrases are not the same.");
    is_for_everybody(&browser);
    browser.fills(&field("The same once more"), "three lamps and a harbour");
    browser.clicks(&button("Make my key"));
    browser.reads("Your recovery words");
    is_for_everybody(&browser);
    browser.clicks(&link("I have kept them"));
    is_for_everybody(&browser);
    browser.chooses(&field("Your country"), "New Zealand");
    browser.clicks(&button("Go on"));
    is_for_everybody(&browser);

    browser.clicks(&css(".door[href='/join']"));
    is_for_everybody(&browser);
    browser.clicks(&button("Look at it"));
    is_for_everybody(&browser);
    browser.clicks(&button("Join"));
    // It is told on the page, without a reload, once somebody let them in.
    browser.reads("You are in.");
    browser.goes_to(&format!("{}/join/{group}", browser.origin()));
    browser.sees(&heading("What people here agreed to"));
    is_for_everybody(&browser);
    browser.clicks(&button("I agree to these"));
    browser.reads("You are in. Saying hello is fine");
}

#[test]
fn groups_invites_and_settings_are_for_everybody() {
    let Some(driver) = Driver::start() else { return };
    let ana = Person::new("Ana");
    let group = ana.opens("Sleepless", "For nights that are too long.");
    let ana = Guest::of(ana, &driver);
    let pages = [
        "/groups",
        "/groups/new?template=grief",
        "/join",
        "/settings",
        "/settings/safety",
        "/settings/look",
        "/settings/notes",
        "/settings/storage",
        "/settings/backup",
        "/menu",
    ];
    let inside = ["invite", "leave", "keep"].map(|page| format!("/groups/{group}/{page}"));
    for page in pages.into_iter().chain(inside.iter().map(String::as_str)) {
        ana.goes(page);
        is_for_everybody(&ana);
    }
    ana.goes(&format!("/groups/{group}/invite"));
    ana.clicks(&button("Make the invite"));
    ana.sees(&heading("Your invite"));
    is_for_everybody(&ana);
    ana.clicks(&button("Copy the invite"));
    ana.reads("Copied.");
    ana.clicks(&button("Take it back"));
    ana.reads("Taken back.");
    ana.has_asked_only(&ana.origin());
}
