//! Being found and finding, by the pages alone, without scripts.

use kith_tests::door::id;
use kith_tests::shelf::Shelf;
use kith_tests::visitor::Visitor;
use kith_tests::{Lab, Person};

const PACE: u64 = 10;
const ABOUT: &str = "For people who lie awake. <b>Everybody</b> writes when they can.";

fn person(name: &'static str, base: u64) -> Person {
    let mut person = Person::offline(name);
    Lab::hasty(&mut person, base, PACE);
    person
}

#[test]
fn a_group_is_listed_found_knocked_at_and_taken_off_without_scripts() {
    let base = Lab::now();
    let (ana, ben) = (person("Ana", base), person("Ben", base));
    let group = ana.opens("Sleepless in Grafton", "For nights that are too long.");
    ben.joins(&ana.invites(&group).link);
    let found = format!("/groups/{group}/found");

    // A member sees whether strangers can find the group, and cannot list it.
    let mut at_ben = Visitor::comes_to(ben.home());
    at_ben.sees(&format!("/groups/{group}/about")).says("Strangers cannot find this group.");
    at_ben.sees(&found).says("This group is not listed in public.").is_silent_on("Let strangers find us");
    assert_eq!(at_ben.goes_to(&format!("{found}/edit")).status, 404);

    let mut at_ana = Visitor::comes_to(ana.home());
    at_ana.sees(&format!("/groups/{group}/desk")).says("Being found");
    at_ana.sees(&found).says("Let strangers find us");
    at_ana.sees(&format!("{found}/edit")).says("Nothing becomes public before");
    let tricky = [("title", "N\u{456}ghts"), ("about", ABOUT), ("languages", "en")];
    at_ana
        .sends(&format!("{found}/edit"), &tricky)
        .says("Please look at this again")
        .says("several alphabets");
    let filled = [
        ("title", "Nights that are too long"),
        ("about", ABOUT),
        ("languages", "en, de"),
        ("topics", "10"),
        ("ways", "1"),
        ("tags", "insomnia"),
        ("reply_hours", "48"),
        ("led", "1"),
    ];
    let preview = at_ana.sends(&format!("{found}/edit"), &filled);
    preview.says("Strangers would read exactly this").says("Worry and panic").says("roughly where it is");
    assert!(preview.html.contains("&#60;b&#62;") || preview.html.contains("&lt;b&gt;"), "{}", preview.html);
    at_ana.sees(&found).says("This group is not listed in public.");
    at_ana.sees(&format!("{found}/edit"));
    at_ana.sends(&format!("{found}/publish"), &filled).says("The group is listed.").says("Listed by Ana");
    let file = at_ana.sends(&format!("{found}/listing.kith"), &[]);
    assert_eq!(file.header("content-disposition"), Some("attachment; filename=\"listing.kith\""));
    at_ben.waits_for(&format!("/groups/{group}/about"), "Strangers can find this group.");
    at_ben.sees(&format!("/groups/{group}/record")).says("Ana let strangers find the group.");

    // The command line makes the same file whole; a page is text to the visitor of this test.
    let path = ana.home().beside("listing.kith");
    ana.kith(["directory", "listing", &group, "--out", &path.display().to_string()]).ok();
    let shelf = Shelf::with(std::fs::read(&path).unwrap());

    let fay = person("Fay", base);
    let mut at_fay = Visitor::comes_to(fay.home());
    at_fay.sees("/groups").says("Find a group");
    at_fay.sees("/find").says("You read no directory yet").says("Groups are no crisis service");
    at_fay.sees("/find/directories").says("Everybody sends the same request");
    at_fay
        .sends("/find/directories", &[("source", "https://example.org/?me")])
        .says("could tell you from other readers");
    at_fay.sends("/find/directories", &[("source", &shelf.url())]).says("Fetched. You read this directory");
    at_fay.sees("/find").says("Nights that are too long");
    at_fay.sends("/find", &[("words", "diabetes")]).says("No listing has any of these words");
    let page = at_fay.sends("/find", &[("words", "panic"), ("topic", "10"), ("way", "1")]);
    page.says("Nights that are too long");
    assert_eq!(page.path, "/find", "what is looked for stands in no address");
    let (_, rest) = page.html.split_once("/find/listings/").expect("a listing");
    let listing = format!("/find/listings/{}", rest.split('"').next().unwrap());
    at_fay
        .sees(&listing)
        .says("Anyone can write a listing")
        .says("they try to within 48 hours")
        .says("Need help now");
    let knock = format!("{listing}/knock");
    at_fay.sends(&knock, &[("name", "Fay"), ("text", " ")]).says("Please look at this again");
    let knocked = at_fay.sends(&knock, &[("name", "Fay"), ("text", "I have not slept since March.")]);
    assert_eq!(knocked.path, format!("/join/{group}"));
    let seen = ana.has_at_the_door(&group, |_| true);
    assert_eq!(seen["lines"][0]["text"], "I have not slept since March.");
    ana.kith(["knock", "admit", &id(&seen)]).ok();
    fay.comes_in(&group);
    at_fay.sees(&listing).says("You are in this group.");
    assert_eq!(shelf.asked().len(), 1);
    assert!(!shelf.asked()[0].contains("panic"));

    at_ana.sees(&found);
    at_ana.sends(&format!("{found}/end"), &[]).says("The listing is ended.").says("It was ended, for good.");
    at_fay.sees("/find/directories").says("It lists one group.");
    let directory = at_fay.sees("/find/directories");
    let (_, rest) = directory.html.split_once("action=\"/find/directories/").expect("a directory");
    let remove = format!("/find/directories/{}/remove", rest.split('/').next().unwrap());
    at_fay.sends(&remove, &[]).says("You read it no more.");
    at_fay.sees("/find").says("You read no directory yet");
}
