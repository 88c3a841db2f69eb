//! Being heard, by three people at three nodes, each before a browser of their own: coming in by a link, waiting and being
//! answered, advice only by leave, a knock at the door, telling the facilitators, and taking back.
//! Time goes six hundred times as fast here: the group answers within an hour, which is six seconds.

use kith_tests::browser::{Driver, button, field, heading, link, option};
use kith_tests::guest::{Guest, gather};
use kith_tests::{Lab, Person};

const PACE: u64 = 600;
const GROUP: &str = "Letters";
const CHARTER: &str = "title = 'Letters'\nas = 'Ana'\npurpose = 'Slowly is fine.'\nreply_hours = 1\n\
                       agreements = ['What is said here stays here.']\n";
const COAT: &str = "His coat was in the cupboard.";
const HEARD: &str = "I am reading this, and thinking of you there.";
const BOX: &str = "A box for what he left may help.";
const EVENINGS: &str = "What do you do between six and nine?";
const RADIO: &str = "The radio, and the long way home.";
const WORDS: &str = "My sister told me of you.";

const NEW_POSTS: &str = "New posts have arrived. Show them";
const NEW_REPLIES: &str = "New replies have arrived. Show them";
const CHANGED: &str = "This has changed. Show it as it is now";

/// Ana, who has opened the group, Ben and Chi, at their browsers; and the group's page.
fn three(driver: &Driver) -> ([Guest; 3], String) {
    let base = Lab::now();
    let mut people = ["Ana", "Ben", "Chi"].map(Person::offline);
    for person in &mut people {
        Lab::hasty(person, base, PACE);
    }
    let opened = people[0].kith(["group", "create", "--from", "-"]).stdin(CHARTER).ok();
    let feed = format!("/groups/{}", opened["group"].as_str().expect("an id"));
    (people.map(|person| Guest::of(person, driver)), feed)
}

/// Opens a post of one's own that stands on the page.
#[track_caller]
fn opens_own(author: &Guest, text: &str) -> String {
    author.clicks(&link("Open your post").beside(text));
    author.sees(&heading("Your post"));
    author.path()
}

#[test]
fn three_come_in_by_a_link_and_who_waits_is_heard_and_answered() {
    let Some(driver) = Driver::start() else { return };
    let ([ana, ben, chi], feed) = three(&driver);
    gather(&[&ana, &ben, &chi], GROUP);
    for reader in [&ana, &ben] {
        reader.visits(GROUP);
    }
    chi.posts(GROUP, "Please just listen", COAT);
    chi.reads("Held by other members’ nodes. This does not say who has read it.");
    for reader in [&ana, &ben] {
        reader.reads(NEW_POSTS);
        assert!(!reader.says(COAT), "it came by itself: {}", reader.text());
        reader.shows(NEW_POSTS);
        reader.reads(COAT);
        reader.reads("Not heard yet. A few words are enough.");
    }

    // It waits, and Ana answers it: it waits no longer, and Chi is told before she sees it.
    let there = opens_own(&chi, COAT);
    chi.reads("Not heard yet");
    let needs = format!("{feed}/needs-reply");
    for reader in [&ana, &ben] {
        reader.clicks(&link("Needs a reply").inside("nav"));
        reader.finds(&needs, COAT);
    }
    ana.clicks(&button("Write a reply to Chi"));
    ana.reads("For half an hour the others see that you are writing.");
    ana.replies("Listening", HEARD);
    ana.reads(HEARD);
    ben.reads("This list has changed. Show it as it is now");
    for reader in [&ana, &ben] {
        reader.finds(&needs, "Nobody has waited long, as far as this device knows.");
        assert!(!reader.says(COAT));
    }
    chi.reads(NEW_REPLIES);
    assert!(!chi.says(HEARD), "it came by itself: {}", chi.text());
    chi.shows(NEW_REPLIES);
    chi.reads(HEARD);

    // A word to Chi alone is Chi's: Ana sees that somebody heard, and no more.
    chi.reloads();
    ben.visits(GROUP);
    ben.opens("Chi", COAT);
    ben.clicks(&button("I hear you"));
    ben.reads("Chi sees that you said “I hear you”. Nobody else does.");
    chi.reads(CHANGED);
    chi.finds(&there, "Ben hears you.");
    chi.reads("You were heard");
    ana.finds(&feed, "Someone has heard this");
    ana.opens("Chi", COAT);
    assert!(!ana.says("Ben hears you"), "{}", ana.text());
    for guest in [&ana, &ben, &chi] {
        guest.has_no_complaints();
        guest.has_asked_only(&guest.origin());
    }
}

#[test]
fn advice_comes_by_leave_and_is_folded_where_it_is_not_wished_for() {
    let Some(driver) = Driver::start() else { return };
    let ([ana, ben, chi], feed) = three(&driver);
    gather(&[&ana, &ben, &chi], GROUP);
    chi.posts(GROUP, "Please just listen", COAT);
    let there = opens_own(&chi, COAT);

    // Whoever has an idea asks first; what they wrote waits with them.
    ana.finds(&feed, COAT);
    ana.opens("Chi", COAT);
    ana.sees(&heading("Chi asked for listening"));
    ana.sees_no_more(&option("An idea"));
    ana.replies("Ask if ideas are welcome", BOX);
    ana.reads("Asked. Nobody else sees it.");
    chi.reads(CHANGED);
    chi.finds(&there, "Ana would like to offer an idea.");
    assert!(!chi.says(BOX), "it came without leave: {}", chi.text());
    chi.clicks(&button("Welcome"));
    chi.reads("They are told that their ideas are welcome.");
    ana.finds(&there, "Something to try. They choose what fits.");
    assert_eq!(ana.value(&field("Your words")), BOX);
    ana.clicks(&option("An idea"));
    ana.clicks(&button("Send reply"));
    ana.reads(BOX);
    chi.reads(NEW_REPLIES);
    chi.shows(NEW_REPLIES);
    chi.reads(BOX);

    // What was welcome when it was written is folded for Chi, and for her alone, once she wishes to be heard only.
    chi.posts(GROUP, "Ideas are welcome", EVENINGS);
    let there = opens_own(&chi, EVENINGS);
    ben.finds(&feed, EVENINGS);
    ben.opens("Chi", EVENINGS);
    ben.replies("An idea", RADIO);
    ben.reads(RADIO);
    chi.reads(NEW_REPLIES);
    chi.shows(NEW_REPLIES);
    chi.reads(RADIO);
    chi.clicks(&link("Edit"));
    chi.clicks(&option("Please just listen"));
    chi.clicks(&button("Send the new words"));
    chi.reads("Changed. Others see the new words as soon as these reach them.");
    assert!(!chi.says(RADIO), "it is not folded: {}", chi.text());
    chi.clicks(&button("This reply offers advice you did not ask for. Show"));
    chi.reads(RADIO);
    ben.reads(CHANGED);
    ben.shows(CHANGED);
    ben.reads("Please just listen");
    ben.reads(RADIO);
    ana.finds(&there, "Please just listen");
    ana.reads(RADIO);
}

#[test]
fn who_knocks_is_let_in_and_what_is_reported_is_answered_and_taken_back() {
    let Some(driver) = Driver::start() else { return };
    let ([ana, ben, chi], feed) = three(&driver);
    gather(&[&ana, &ben], GROUP);
    let invite = ana.invites(GROUP, "They ask, and facilitators decide", 1);
    ana.visits(GROUP);
    ana.clicks(&link("Desk").inside("nav"));
    ana.reads("No post has waited for its time yet.");

    chi.looks_at(&invite);
    chi.fills(&field("What brings you needed"), WORDS);
    chi.clicks(&button("Ask"));
    chi.sees(&heading("You asked to be let in"));
    ana.shows("Something has changed. Look again");
    ana.reads(WORDS);
    ana.clicks(&link("Read and answer Chi"));
    ana.fills(&field("Your words"), "Would evenings suit you?");
    ana.clicks(&button("Send the answer"));
    chi.reads("Would evenings suit you?");
    ana.clicks(&button("Let Chi in"));
    ana.reads("They are in.");
    chi.agrees();

    // Chi worries about Ben, and tells the facilitators; Ana answers, and Chi reads it where she told them.
    ben.posts(GROUP, "Please just listen", COAT);
    chi.finds(&feed, COAT);
    chi.opens("Ben", COAT);
    chi.clicks(&link("Report to the facilitators"));
    let report = chi.path();
    chi.clicks(&option("I am worried about whoever wrote it"));
    chi.fills(&field("More, if there is more to say"), "He sounds alone.");
    chi.clicks(&button("Send the report"));
    chi.reads("Your report leaves within two minutes.");
    ana.finds(&format!("{feed}/desk"), "By Ben. Reported by Chi.");
    ana.clicks(&link("Look at it"));
    ana.reads("He sounds alone.");
    assert!(!ana.says(COAT), "it is not folded: {}", ana.text());
    ana.clicks(&option("Something was done."));
    ana.fills(&field("In your own words"), "I wrote to him.");
    ana.clicks(&button("Send the answer"));
    ana.reads("You did what you could.");
    chi.finds(&report, "They say: “I wrote to him.”");

    // Ben takes back what he wrote: it is gone where it stood open.
    for reader in [&ana, &chi] {
        reader.visits(GROUP);
        reader.reads(COAT);
    }
    ben.visits(GROUP);
    opens_own(&ben, COAT);
    ben.clicks(&link("Withdraw"));
    ben.clicks(&button("Withdraw it"));
    ben.reads("Withdrawn. Members’ nodes delete it as they hear of it.");
    for reader in [&ana, &chi] {
        reader.shows(CHANGED);
        reader.reads("Withdrawn by its author.");
        assert!(!reader.says(COAT), "{}", reader.text());
    }
}
