//! A day by keyboard alone: nobody has to hold a pointer to come in, write, be heard, answer, and leave.

use kith_tests::Person;
use kith_tests::browser::{Driver, Key, Thing, button, field, link, option};
use kith_tests::guest::{Guest, gather};

const GROUP: &str = "Letters";
const WORDS: &str = "I could not open the last one.";

/// Goes to something with the Tab key, and presses Enter there.
#[track_caller]
fn enters(guest: &Guest, thing: &Thing) {
    guest.tabs_to(thing);
    guest.presses(Key::Enter);
}

/// Goes to something with the Tab key, and presses the space bar there.
#[track_caller]
fn ticks(guest: &Guest, thing: &Thing) {
    guest.tabs_to(thing);
    guest.types(" ");
}

#[test]
fn a_day_is_gone_through_by_keyboard_alone() {
    let Some(driver) = Driver::start() else { return };
    let [ana, ben] = ["Ana", "Ben"].map(Person::new);
    ana.opens(GROUP, "Slowly is fine.");
    let [ana, ben] = [ana, ben].map(|person| Guest::of(person, &driver));
    gather(&[&ana, &ben], GROUP);

    // A post: the way to the group, a wish chosen with the arrows, the words, and sending them.
    enters(&ana, &link(GROUP).inside("nav"));
    ana.sees(&link("Posts").inside("nav"));
    enters(&ana, &link("Write a post"));
    ana.sees(&field("Your words"));
    ticks(&ana, &option("Please just listen"));
    ana.presses(Key::Down);
    assert!(ana.is_ticked(&option("Your experiences are welcome")));
    ana.presses(Key::Up);
    assert!(ana.is_ticked(&option("Please just listen")));
    ana.tabs_to(&field("Your words"));
    ana.types(WORDS);
    enters(&ana, &button(format!("Send to {GROUP}")));
    ana.reads("Saved.");

    // It comes behind a button on the other's page, which is opened; it is heard, and answered.
    enters(&ben, &link(GROUP).inside("nav"));
    ben.finds(&ben.path(), WORDS);
    enters(&ben, &link("Open and reply to Ana").beside(WORDS));
    ben.sees(&field("Your words"));
    enters(&ben, &button("I hear you"));
    ben.reads("Ana sees that you said");
    ben.tabs_to(&field("Your words"));
    ben.types("You need not open it today.");
    enters(&ben, &button("Send reply"));
    ben.reads("You need not open it today.");

    // A check-in for oneself.
    enters(&ana, &link("Today").inside("nav"));
    enters(&ana, &link("Check in"));
    ticks(&ana, &option("Very low"));
    ana.presses(Key::Down);
    ana.presses(Key::Down);
    assert!(ana.is_ticked(&option("So-so")));
    enters(&ana, &button("Save"));
    ana.comes_where("what was kept", |path| path.contains("done="));

    // Help, and the way out, are the first things.
    ana.goes("/today");
    ana.presses(Key::Tab);
    assert_eq!(ana.focused().name, "Leave quickly");
    enters(&ana, &link("Need help now"));
    ana.reads("Nobody is told that you opened it.");
}
