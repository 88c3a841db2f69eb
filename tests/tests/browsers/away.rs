//! Writing while nobody else is there, a machine that goes dark and comes back, and a lock: what a page then says, and what it
//! keeps to itself. Three nodes, each with a browser of its own.

use kith_tests::Person;
use kith_tests::browser::{Driver, button, field, heading, link};
use kith_tests::guest::{Guest, gather};

const GROUP: &str = "Letters";
const PASSPHRASE: &str = "three lamps and a harbour";
const ALONE: &str = "Nobody is there, and I write all the same.";
const HALF: &str = "And tomorrow";
const WAITS: &str = "Saved on this device. It will go out when another member’s node is reachable.";
const HELD: &str = "Held by other members’ nodes. This does not say who has read it.";
const LOCKED: &str = "It is locked. Everything you kept is still here.";

#[test]
fn what_was_written_alone_survives_and_goes_out_and_a_lock_shows_nothing() {
    let Some(driver) = Driver::start() else { return };
    let (ana, ben) = (Person::new("Ana"), Person::new("Ben"));
    let mut wren = Person::guarded("Wren", PASSPHRASE);
    wren.comes_online_locked();
    let group = ana.opens(GROUP, "Slowly is fine.");
    let [mut ana, mut ben, mut wren] = [ana, ben, wren].map(|person| Guest::of(person, &driver));
    wren.unlocks(PASSPHRASE);
    gather(&[&ana, &ben, &wren], GROUP);
    for other in [&ana, &ben] {
        other.person.sees_member(&group, "Wren", "member", "member");
    }

    // The others are gone: the page says so, and what is written is kept.
    ana.person.goes_offline();
    ben.person.goes_offline();
    wren.visits(GROUP);
    wren.reads("Looking for other members. You can write. It will go out later.");
    wren.posts(GROUP, "Please just listen", ALONE);
    wren.reads(WAITS);
    wren.clicks(&link("Write a post"));
    wren.writes(&field("Your words"), HALF);
    wren.reads("Draft saved on this device");
    wren.person.is_cut_off();
    wren.reads("The page lost touch with Kith on this device.");

    // Nobody who starts the machine again sees anything before the passphrase.
    wren.person.comes_online_locked();
    wren.signs_in();
    wren.reads(LOCKED);
    wren.unlocks(PASSPHRASE);
    wren.visits(GROUP);
    wren.reads(ALONE);
    wren.reads(WAITS);
    wren.clicks(&link("Write a post"));
    assert_eq!(wren.value(&field("Your words")), HALF);

    // The others come back, and each page tells it as it is.
    wren.visits(GROUP);
    for other in [&mut ana, &mut ben] {
        other.person.comes_online();
        other.signs_in();
        other.finds(&format!("/groups/{group}"), ALONE);
    }
    wren.reads(HELD);
    wren.reads("Connected to");

    // Locked by hand: nothing is left to see, not even by the way back.
    wren.clicks(&link("Settings").inside("nav"));
    wren.clicks(&link("Safety"));
    wren.clicks(&button("Lock now"));
    wren.reads(LOCKED);
    for _ in 0..3 {
        wren.goes_back();
        wren.sees(&heading("Open Kith"));
        assert!(!wren.says(ALONE) && !wren.says(GROUP), "{}", wren.text());
    }
    wren.unlocks("three lamps and a harbor");
    wren.reads("That passphrase did not open the vault.");
    wren.unlocks(PASSPHRASE);
    wren.visits(GROUP);
    wren.reads(ALONE);
}
