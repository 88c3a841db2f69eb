//! What changes while a part of a page is being asked for is not lost: the part is asked for once more.

use kith_tests::browser::{Driver, button, field, heading};
use kith_tests::{Guest, Lab, Person, door, wait};

const FIRST: &str = "Would evenings suit you?";
const SECOND: &str = "Or rather the mornings?";

/// Holds back the first answer about how far coming in has got, as it then was, until `window.release()`; counts hints.
const SLOW: &str = "
const real = window.fetch;
window.hints = 0;
document.body.addEventListener('kith:group', () => { hints += 1; });
window.fetch = async (...asked) => {
    const answer = await real(...asked);
    if (!String(asked[0]).startsWith('/parts/join/') || window.release) return answer;
    await new Promise(done => { window.release = done; });
    return answer;
};
";

/// Waits until a script says so.
#[track_caller]
fn until(guest: &Guest, what: &str, script: &str) {
    wait::until(wait::ARRIVAL, what, || (guest.runs(script, &[]) == true).then_some(()));
}

#[test]
fn what_changes_while_the_page_asks_is_shown_as_well() {
    let Some(driver) = Driver::start() else { return };
    let base = Lab::now();
    let mut people = ["Ana", "Fay"].map(Person::offline);
    for person in &mut people {
        Lab::hasty(person, base, 60);
    }
    let [ana, fay] = people;
    let group = ana.opens("Letters", "Slowly is fine.");
    let invite = ana.invites_with(&group, &["--way", "knock"]).link;
    let fay = Guest::of(fay, &driver);
    fay.looks_at(&invite);
    fay.fills(&field("What brings you needed"), "My sister told me of you.");
    fay.clicks(&button("Ask"));
    fay.sees(&heading("You asked to be let in"));
    let knock = ana.has_at_the_door(&group, |_| true);
    fay.person.knock_is(&group, |mine| mine["state"] == "received");
    fay.reloads();
    fay.sees(&heading("You asked to be let in"));

    let says = |words: &str| ana.kith(["knock", "say", &door::id(&knock)]).stdin(words).ok();
    let lines = |count| {
        move |mine: &serde_json::Value| mine["lines"].as_array().is_some_and(|all| all.len() == count)
    };
    fay.runs(SLOW, &[]);
    says(FIRST);
    fay.person.knock_is(&group, lines(2));
    until(&fay, "the page to ask", "return Boolean(window.release)");
    fay.runs("window.hints = 0", &[]);
    says(SECOND);
    fay.person.knock_is(&group, lines(3));
    until(&fay, "another hint", "return window.hints > 0");
    assert!(!fay.says(FIRST) && !fay.says(SECOND), "the answer was not held back: {}", fay.text());
    fay.runs("release()", &[]);
    fay.reads(FIRST);
    fay.reads(SECOND);
    fay.has_no_complaints();
}
