//! A circle of three, each at a node and a browser of their own: announced, come to, with turns, a pass, a host whose machine
//! goes dark, and an end that leaves nothing.

use kith_tests::browser::{Driver, button, css, field, heading, link};
use kith_tests::guest::{Guest, gather};
use kith_tests::{Person, wait};

const GROUP: &str = "Letters";
const PROMPT: &str = "How was the night?";
const SHARED: &str = "The kitchen light was on again at four.";
const MINE: &str = "It is your turn";

/// Announces a circle for a few minutes from now, with somebody who leads if the host is gone.
#[track_caller]
fn announces(host: &Guest, co_host: &str) {
    host.visits(GROUP);
    host.clicks(&link("Circles").inside("nav"));
    host.reads("No circle is announced. You could host one.");
    host.clicks(&link("Announce a circle"));
    let [day, time] = host.soon();
    host.writes(&field("Day needed"), &day);
    host.writes(&field("Time needed"), &time);
    host.chooses(&field("Who leads if the host is gone"), co_host);
    host.fills(&field("What the rounds are about"), PROMPT);
    host.clicks(&button("Announce a circle"));
    host.reads("Announced. Others see it as soon as their nodes are reached.");
}

/// Who of these has the turn on their own page.
#[track_caller]
fn holder<'a>(of: &[&'a Guest]) -> &'a Guest {
    wait::until(wait::ARRIVAL, "somebody to have the turn", || {
        of.iter().copied().find(|guest| guest.says(MINE) && guest.says("Pass"))
    })
}

/// Those of these who are not this one.
fn others<'a>(of: &[&'a Guest], one: &Guest) -> Vec<&'a Guest> {
    of.iter().copied().filter(|guest| guest.person.name() != one.person.name()).collect()
}

#[test]
fn a_circle_of_three_goes_on_without_its_host_and_leaves_nothing() {
    let Some(driver) = Driver::start() else { return };
    let people = ["Ana", "Ben", "Chi"].map(Person::new);
    let group = people[0].opens(GROUP, "Slowly is fine.");
    let [mut ana, ben, chi] = people.map(|person| Guest::of(person, &driver));
    gather(&[&ana, &ben, &chi], GROUP);
    ana.person.sees_member(&group, "Chi", "member", "member");
    announces(&ana, "Ben");
    ana.clicks(&button("I am here"));
    for guest in [&ben, &chi] {
        guest.finds(&format!("/groups/{group}"), "Next circle");
        guest.clicks(&link("About this circle"));
        guest.reads("You can pass every time, and leave at any moment.");
        guest.clicks(&button("I am here"));
    }
    // Each page shows all three seats, without being asked for anew.
    let room = [&ana, &ben, &chi];
    for guest in room {
        guest.sees(&heading("People are coming in"));
        for name in ["Ana", "Ben", "Chi"] {
            guest.sees(&css(".seats li").beside(name));
        }
    }
    chi.sees_no_more(&button("Begin"));
    ana.clicks(&button("Begin"));

    // Whoever has the turn first passes, which nobody sees as anything but the next turn.
    let first = holder(&room);
    for guest in others(&room, first) {
        guest.sees(&heading(format!("{} has the turn", first.person.name())));
        guest.reads(PROMPT);
        guest.sees_no_more(&field("Your words"));
    }
    first.clicks(&button("Pass"));
    let rest = others(&room, first);
    let second = holder(&rest);
    for guest in others(&room, second) {
        guest.sees(&heading(format!("{} has the turn", second.person.name())));
        assert!(!guest.says("passed"), "{}", guest.text());
    }
    second.fills(&field("Your words"), SHARED);
    second.clicks(&button("Share"));
    let third = holder(&others(&rest, second));
    for guest in room {
        guest.reads(SHARED);
    }

    // The host's machine goes dark. What was said still stands, and Ben leads.
    let (dark, third) = (ana.person.name(), third.person.name());
    ana.person.is_cut_off();
    ana.reads("The page lost touch with Kith on this device.");
    ben.reads("Ana’s node dropped out. You are leading the circle now.");
    chi.reads("Ana’s node dropped out. Ben is leading the circle now.");
    let left = [&ben, &chi];
    for guest in left {
        guest.reads(SHARED);
    }
    if third != dark {
        holder(&left).clicks(&button("Pass"));
    }
    for guest in left {
        guest.sees(&heading("The round is over"));
    }
    ben.clicks(&button("Close the circle"));
    for guest in left {
        guest.sees(&heading("The circle is over"));
        guest.reads("What was said is gone from this device.");
        guest.reads_no_more(SHARED);
        guest.reloads();
        assert!(!guest.says(SHARED), "{}", guest.text());
        guest.has_asked_only(&guest.origin());
        guest.has_no_complaints();
    }
}
