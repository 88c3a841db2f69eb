//! Looking after a group, in a browser without scripts: who asks to come in, what is reported, acting with a reason, the
//! charter, duty, offices, removing; and that all of this is there for those alone whom it concerns.
//! Time goes sixty times as fast here: a letter waits up to two minutes before it leaves.

use kith_tests::gathering::come_in;
use kith_tests::visitor::Visitor;
use kith_tests::{Lab, Person};

const PACE: u64 = 60;
const POST: &str = "I take forty of them and then I count again.";
const REASON: &str = "It names amounts. Your story is welcome without them.";

/// A group, those in it, each at their pages, and the first one's labs.
struct Cast {
    people: Vec<Person>,
    at: Vec<Visitor>,
    group: String,
    base: u64,
}

/// Ana and so many more facilitators, and members.
fn cast(facilitators: &[&'static str], members: &[&'static str]) -> Cast {
    let base = Lab::now();
    let mut people: Vec<Person> =
        [&["Ana"], facilitators, members].concat().into_iter().map(Person::offline).collect();
    for person in &mut people {
        Lab::hasty(person, base, PACE);
    }
    let group = people[0].opens("Sleepless", "For nights that are too long.");
    come_in(&people, &group);
    for name in facilitators {
        let member = people[0].sees_member(&group, name, "member", "member").member;
        people[0].kith(["member", "promote", &group, &member]).ok();
    }
    for person in &people {
        for name in facilitators {
            person.sees_member(&group, name, "facilitator", "member");
        }
        for name in members {
            person.sees_member(&group, name, "member", "member");
        }
    }
    let at = people.iter().map(|person| Visitor::comes_to(person.home())).collect();
    Cast { people, at, group, base }
}

#[test]
fn who_knocks_is_heard_answered_and_let_in_and_nobody_else_has_a_desk() {
    let Cast { people, mut at, group, base } = cast(&[], &["Ben"]);
    let desk = format!("/groups/{group}/desk");
    for path in ["", "/duty", "/hand-over", "/after", "/knocks/abcdefabcdef", "/reports/abcdefabcdef"] {
        assert_eq!(at[1].goes_to(&format!("{desk}{path}")).status, 404, "{path} of a member");
    }
    at[1].sees(&format!("/groups/{group}")).is_silent_on("Desk");
    for path in ["/duty", "/step-back", "/hand-over", "/proposals/abcdefabcdef"] {
        let page = at[1].sends(&format!("{desk}{path}"), &[("text", "I was here."), ("hours", "4")]);
        assert_eq!(page.status, 404, "{path} sent by a member");
    }

    let link = people[0].invites_with(&group, &["--way", "knock"]).link;
    let mut fay = Person::offline("Fay");
    Lab::hasty(&mut fay, base, PACE);
    let knock = fay.kith(["join", &link, "--as", "Fay", "--text-file", "-"]);
    knock.stdin("My sister told me of you.\n<b>Is there room?</b>").ok();
    let page = at[0].waits_for(&desk, "Who asks to be let in");
    page.says("Fay").says("My sister told me of you. <b>Is there room?</b>").says("Not decided yet.");
    let knock = page.link_after(&format!("{desk}/knocks/"));
    let knock = format!("{desk}/knocks/{knock}");
    at[0].sees(&knock).says("Fay asks to be let in").says("Not this time");
    at[0].sends(&format!("{knock}/say"), &[("text", " ")]).says("Please look at this again");
    at[0].sends(&format!("{knock}/say"), &[("text", "Would evenings suit you?")]).says("Sent.");
    fay.knock_is(&group, |mine| mine["lines"][1]["text"] == "Would evenings suit you?");
    fay.kith(["knock", "say", &people_id(&fay, &group)]).stdin("Yes, after nine.").ok();
    at[0].waits_for(&knock, "Yes, after nine.");
    at[0].sends(&format!("{knock}/decline"), &[("reason", "")]).says("Please look at this again");
    at[0].sends(&format!("{knock}/admit"), &[]).says("They are in.").is_silent_on("Who asks to be let in");
    fay.comes_in(&group);
    at[0].sees(&knock).says("They were let in.").is_silent_on("Not this time");
    at[1].waits_for(&format!("/groups/{group}/record"), "Ana let Fay in.");
}

/// The id of somebody's own knock.
fn people_id(person: &Person, group: &str) -> String {
    let mine = person.knock_is(group, |mine| mine["knock"].is_string());
    mine["knock"].as_str().expect("an id").to_owned()
}

#[test]
fn a_code_is_compared_before_somebody_is_let_in() {
    let Cast { people, mut at, group, base } = cast(&[], &["Ben"]);
    let desk = format!("/groups/{group}/desk");
    let link = people[0].invites_with(&group, &["--way", "confirm"]).link;
    let mut fay = Person::offline("Fay");
    Lab::hasty(&mut fay, base, PACE);
    fay.kith(["join", &link, "--as", "Fay"]).ok();
    let mine = fay.knock_is(&group, |mine| mine["code"].is_string());
    let code = mine["code"].as_str().expect("a code").to_owned();
    let page = at[0].waits_for(&desk, "compare the code of six digits");
    let knock = format!("{desk}/knocks/{}", page.link_after(&format!("{desk}/knocks/")));
    at[0].waits_for(&knock, &code).says("Ask Fay for theirs, by voice or face to face.");
    at[0].sends(&format!("{knock}/admit"), &[]).says("Compare the code first.");
    assert_eq!(fay.status(&group)["state"], "waiting");
    at[0].sends(&format!("{knock}/admit"), &[("same", "yes")]).says("They are in.");
    fay.comes_in(&group);
}

#[test]
fn a_report_is_looked_at_acted_on_and_answered_and_the_record_says_no_more_than_that() {
    let Cast { people, mut at, group, .. } = cast(&[], &["Ben", "Chi"]);
    let [ana, ben, chi] = [&people[0], &people[1], &people[2]];
    let post = ben.posts(&group, POST);
    for person in [ana, chi] {
        person.has_got(&group, &[&post]);
    }
    let here = format!("/groups/{group}/posts/{post}");
    assert_eq!(at[2].goes_to(&format!("{here}/act")).status, 404, "a member has nothing to act with");
    at[2].sees(&format!("{here}/report"));
    at[2].sends(&format!("{here}/report"), &[("kind", "harm"), ("note", "It frightens me.")]);

    let desk = format!("/groups/{group}/desk");
    let page = at[0].waits_for(&desk, "Something that hurts or threatens");
    page.says("By Ben. Reported by Chi.").is_silent_on(POST);
    let report = format!("{desk}/reports/{}", page.link_after(&format!("{desk}/reports/")));
    at[0].sees(&report).says(POST).says("It frightens me.").says("You are not responsible");

    // From the mildest up; what the button says is what is done.
    at[0]
        .sees(&format!("{here}/act"))
        .says("Write to them alone")
        .says("Send the note")
        .is_silent_on("It takes");
    let fold = [("step", "fold"), ("rule", "numbers"), ("reason", REASON), ("hours", "24")];
    let other = [fold.as_slice(), &[("pressed", "note")]].concat();
    at[0].sends(&format!("{here}/act"), &other).says("nothing was done yet").says("Fold it with this reason");
    let right = [fold.as_slice(), &[("pressed", "fold")]].concat();
    let without = right.iter().copied().filter(|(name, _)| *name != "rule").collect::<Vec<_>>();
    at[0].sends(&format!("{here}/act"), &without).says("rests on a rule").says(REASON);
    at[0].sends(&format!("{here}/act"), &right).says("They read your reason");
    // Its author reads what, by which rule, why, and whom they can ask.
    let page = at[1].waits_for(&here, "Folded by Ana");
    page.says("no amounts or numbers").says(REASON).says("Ask another facilitator to look");
    at[2].waits_for(&here, "Folded by Ana");
    // Everybody reads that something was done, and nobody about whom.
    let record = at[2].sees(&format!("/groups/{group}/record"));
    record.says("Something was folded by Ana.").says("no amounts or numbers of self-harm or eating");
    record.is_silent_on(REASON).is_silent_on("folded by Ana Ben");

    at[0]
        .sends(&report, &[("note", "I have folded it.")])
        .says("Say what came of it.")
        .says("I have folded it.");
    at[0]
        .sends(&report, &[("outcome", "acted"), ("note", "I have folded it.")])
        .says("You did what you could.")
        .says("Hand over now");
    at[2].waits_for(&format!("{here}/report"), "I have folded it.");
    at[0].sees(&report).says("You answered").says("Something was done.");

    // Shown again, with a reason, and paused.
    at[0].sees(&format!("{here}/act")).says("Show it again");
    let restore = [("step", "restore"), ("pressed", "restore"), ("reason", "We read it again together.")];
    at[0].sends(&format!("{here}/act"), &restore).says("Saved.");
    at[2].waits_for(&format!("/groups/{group}/record"), "Something was shown again by Ana.");
    let pause = [
        ("step", "pause"),
        ("pressed", "pause"),
        ("rule", "numbers"),
        ("reason", "A day to breathe."),
        ("hours", "24"),
    ];
    at[0].sends(&format!("{here}/act"), &pause).says("Saved.");
    let ben_id = ana.sees_member(&group, "Ben", "member", "member").member;
    let role = format!("/groups/{group}/members/{ben_id}");
    at[0].sees(&format!("{role}/role")).says("Their posting is paused.");
    at[0].sees(&format!("{role}/pause")).says("End the pause with this reason");
    at[0].sends(&format!("{role}/pause"), &[("end", "yes"), ("reason", "We talked.")]).says("Saved.");
    at[0].sees(&format!("{role}/role")).is_silent_on("is paused");
}

#[test]
fn a_charter_is_changed_by_enough_and_agreed_to_anew() {
    let Cast { people: _online, mut at, group, .. } = cast(&["Ben", "Chi"], &["Dan"]);
    let about = format!("/groups/{group}/about");
    at[3]
        .sees(&about)
        .says("For nights that are too long.")
        .says("Six words to compare")
        .is_silent_on("Change the charter");
    assert_eq!(at[3].goes_to(&format!("{about}/edit")).status, 404, "a member changes no charter");

    at[0].sees(&about).is_silent_on("There is no second facilitator");
    let page = at[0].sees(&format!("{about}/edit"));
    page.says("These take 2 facilitators");
    let seen = page.html.split("name=\"seen\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
    let seen = seen.expect("the charter it was filled in for").to_owned();
    let form = |purpose: &'static str, hours: &'static str, seen: &str| -> Vec<(&'static str, String)> {
        let filled = [
            ("purpose", purpose),
            ("agreements", "What is said here stays here.\r\n\r\nWe take turns."),
            ("reply_hours", hours),
            ("size", "50"),
            ("attachment_kib", "5120"),
            ("advice", "if_asked"),
            ("history", "all"),
            ("invites", "facilitators"),
            ("reason", "As we said on Tuesday"),
        ];
        let filled = filled.into_iter().map(|(name, value)| (name, value.to_owned()));
        filled.chain([("seen", seen.to_owned())]).collect()
    };
    let sends = |at: &mut Visitor, form: &[(&'static str, String)]| {
        let fields: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        at.sends(&format!("{about}/edit"), &fields)
    };
    sends(&mut at[0], &form("For nights.", "soon", &seen))
        .says("stands something else")
        .says("As we said on Tuesday");
    sends(&mut at[0], &form("For nights.", "6", "another"))
        .says("changed while you wrote")
        .says("We take turns.");
    sends(&mut at[0], &form("For nights.", "6", &seen)).says("Your proposal is written.");
    at[3].waits_for(&format!("/groups/{group}/record"), "Ana proposed to change the charter.");
    at[3].sees(&about).is_silent_on("We take turns.");

    let desk = format!("/groups/{group}/desk");
    let page = at[1].waits_for(&desk, "Ana proposed to change the charter.");
    page.says("We take turns.")
        .says("As we said on Tuesday")
        .says("It takes 2 to hold. Said so far by: Ana.");
    let action = page
        .html
        .split(&format!("action=\"{desk}/proposals/"))
        .nth(1)
        .and_then(|rest| rest.split('"').next());
    let proposal = action.expect("something to sign").to_owned();
    at[0].sees(&desk).says("You have signed.");
    at[1].sends(&format!("{desk}/proposals/{proposal}"), &[]).says("You have signed, and it takes effect.");

    let page = at[3].waits_for(&about, "What members agree to has changed");
    page.says("We take turns.").says("I agree");
    at[3].sends(&format!("{about}/accept"), &[]).says("Saved.").is_silent_on("I agree");
    let record = at[3].waits_for(&format!("/groups/{group}/record"), "Ben changed the charter.");
    record.says("As we said on Tuesday");
}

#[test]
fn duty_is_taken_and_handed_over_and_whoever_steps_back_has_no_desk_any_more() {
    let Cast { people, mut at, group, .. } = cast(&["Ben"], &["Chi"]);
    let desk = format!("/groups/{group}/desk");
    at[0]
        .sees(&desk)
        .says("Nobody is on duty now.")
        .says("You are not responsible")
        .says("How the group is doing");
    at[0].sees(&format!("{desk}/duty"));
    let over = [("task", "on_duty"), ("day", "2020-01-01"), ("time", "10:00"), ("hours", "4")];
    at[0].sends(&format!("{desk}/duty"), &over).says("This is no time, or it is over.");
    at[0].sends(&format!("{desk}/duty"), &[("task", "on_duty"), ("hours", "168")]).says("You are on duty.");
    at[1].waits_for(&desk, "Ana is on duty.");
    at[2].waits_for(&format!("/groups/{group}"), "On duty until");

    at[0].sees(&format!("{desk}/hand-over"));
    at[0].sends(&format!("{desk}/hand-over"), &[("text", "")]).says("no text");
    at[0]
        .sends(&format!("{desk}/hand-over/draft"), &[("text", "Chi has not written")])
        .says("Chi has not written");
    at[0].sends(&format!("{desk}/hand-over"), &[("text", "Chi has not written since Sunday.")]).says("Sent.");
    at[0].sees(&format!("{desk}/hand-over")).is_silent_on("Chi has not written");
    at[1].waits_for(&desk, "Chi has not written since Sunday.").says("A letter from Ana");

    at[0].sees(&format!("{desk}/duty")).says("I am not on duty after all");
    at[0]
        .sends(&format!("{desk}/duty"), &[("task", "on_duty"), ("back", "yes")])
        .says("Nobody is on duty now.");
    at[1].sees(&desk).says("One facilitator would be left, who then decides alone.");
    at[1].sends(&format!("{desk}/step-back"), &[]).says("You have stepped back.");
    assert_eq!(at[1].goes_to(&desk).status, 404, "a member again");
    people[0].sees_member(&group, "Ben", "member", "member");
    at[2].waits_for(&format!("/groups/{group}/record"), "Ben stepped back.");
    at[0].sees(&format!("/groups/{group}/about")).says("There is no second facilitator yet.");
}

#[test]
fn offices_are_given_and_taken_and_a_member_is_removed_by_name_alone() {
    let Cast { people, mut at, group, .. } = cast(&["Ben", "Chi"], &["Dan"]);
    let [ana, chi, dan] = ["Ana", "Chi", "Dan"]
        .map(|name| people[1].lists_members(&group).into_iter().find(|one| one.name == name));
    let page = |member: &Option<kith_tests::Member>| {
        format!("/groups/{group}/members/{}", member.as_ref().expect("a member").member)
    };
    let [ana, chi, dan] = [ana, chi, dan].map(|member| page(&member));
    for path in [&ana, &chi] {
        assert_eq!(at[3].goes_to(&format!("{path}/role")).status, 404, "a member decides no office");
        assert_eq!(at[3].goes_to(&format!("{path}/remove")).status, 404);
        assert_eq!(at[3].sends(&format!("{path}/remove"), &[("name", "Ana")]).status, 404);
    }
    // A helper by one, a facilitator by two, which is said before.
    at[0].sees(&format!("{dan}/role")).says("Member: takes part.").says("It takes 2 who say the same");
    at[0].sends(&format!("{dan}/role/give"), &[("role", "helper")]).says("Helper: may let people in");
    at[3].waits_for(&format!("/groups/{group}/desk"), "Facilitator desk");
    at[0].sends(&format!("{dan}/role/give"), &[("role", "facilitator")]).says("Your word is written.");
    at[0]
        .sends(&format!("{dan}/role/set-back"), &[("role", "member"), ("reason", "")])
        .says("look at this again");
    at[0]
        .sends(&format!("{dan}/role/set-back"), &[("role", "member"), ("reason", "He asked for it.")])
        .says("Member: takes part.");
    people[3].sees_member(&group, "Dan", "member", "member");
    let record = at[3].sees(&format!("/groups/{group}/record"));
    record.says("Ana set Dan back to member.").is_silent_on("He asked for it.");

    at[0].sees(&format!("{chi}/remove")).says("It takes 2 who say the same");
    at[0]
        .sends(&format!("{chi}/remove"), &[("name", "Chi"), ("reason", "As we said.")])
        .says("Your word is written.");
    at[0].sees(&format!("{chi}/role")).says("Something about them waits").says("Facilitator: shares");
    at[1].waits_for(&format!("/groups/{group}/desk"), "Ana proposed to remove Chi.");

    let wrong = at[0].sends(&format!("{dan}/remove"), &[("name", "Den"), ("reason", "Two warnings.")]);
    wrong.says("This is not the name").says("Two warnings.");
    people[0].sees_member(&group, "Dan", "member", "member");
    at[0]
        .sends(&format!("{dan}/remove"), &[("name", " Dan "), ("reason", "Two warnings.")])
        .says("no longer a member");
    at[3].waits_for(&format!("/groups/{group}"), "You were removed");
    at[1].waits_for(&format!("/groups/{group}/record"), "Ana removed Dan.").is_silent_on("Two warnings.");
}

#[test]
fn the_page_about_the_connection_says_what_is_known_and_its_report_no_names() {
    let Cast { people, mut at, group, .. } = cast(&[], &["Ben"]);
    people[0].meets(&group, 1);
    let page = at[0].waits_for("/node", "One other member’s node is reachable.");
    page.says("Sleepless").says("Members’ nodes you connect to can see your internet address.");
    page.says("Copy this report").says("listening: ok").says("group: joined, connected 1");
    let report =
        page.html.split("<textarea id=\"report\"").nth(1).and_then(|rest| rest.split("</textarea>").next());
    let report = report.expect("a report");
    for secret in ["Sleepless", "Ben", "127.0.0.1", &group] {
        assert!(!report.contains(secret), "{report}");
    }
    let mut people = people;
    people[1].goes_offline();
    at[0].waits_for("/node", "No other member’s node is reachable now.");
    people[0].posts(&group, "Is anybody awake?");
    at[0].waits_for("/node", "Something you wrote still waits to go out.");
}
