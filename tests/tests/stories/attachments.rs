//! What goes with a post: fetched by choice from whoever has it, resumed after a break, gone with the post, and sealed
//! wherever it lies or travels.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use kith_tests::{Lab, Machine, Node, Person, Traces, wait};
use serde_json::{Value, json};

const PLACE: &[u8] = b"48.2082 N 16.3738 E, Stephansplatz";
const SEEN: &[u8] = b"beans as high as the fence, and behind them the sea";
const CAPTION: &str = "Beans, as high as the fence";
/// Above this, nothing is fetched unasked.
const LARGE: usize = 400 << 10;

/// A photograph of so many bytes that says where it was taken; and what is to arrive of it.
fn photograph(size: usize) -> (Vec<u8>, Vec<u8>) {
    let place = [b"Exif\0\0".as_slice(), PLACE].concat();
    let segment = |marker: u8, content: &[u8]| {
        let length = u16::try_from(content.len() + 2).unwrap().to_be_bytes();
        [&[0xff, marker], length.as_slice(), content].concat()
    };
    let mut scan = SEEN.repeat(size / SEEN.len() + 1);
    // No two chunks are alike.
    for (number, bytes) in scan.chunks_mut(997).enumerate() {
        bytes[..4].copy_from_slice(&(number as u32 & 0x7f7f_7f7f).to_be_bytes());
    }
    scan.truncate(size);
    let shown =
        [segment(0xdb, &[7; 65]), segment(0xda, &[1, 1, 0, 0, 63, 0]), scan, vec![0xff, 0xd9]].concat();
    let start = vec![0xff, 0xd8];
    ([start.clone(), segment(0xe1, &place), shown.clone()].concat(), [start, shown].concat())
}

fn three(mut start: impl FnMut(&mut Person)) -> ([Person; 3], String) {
    let mut people = ["Ana", "Ben", "Chi"].map(Person::offline);
    people.iter_mut().for_each(&mut start);
    let group = people[0].opens("The garden", "Slowly is fine.");
    for person in &people[1..] {
        person.joins(&people[0].invites(&group).link);
    }
    for person in &people {
        person.sees_member(&group, "Chi", "member", "member");
    }
    people[0].meets(&group, 2);
    (people, group)
}

/// Posts a text with a file, and gives the post's id.
#[track_caller]
fn posts_with(person: &Person, group: &str, file: &[u8], flags: &[&str]) -> String {
    let path = person.home().write_beside("a name nobody needs.jpg", file);
    let path = path.to_str().expect("a path in UTF-8");
    let call = ["post", group, "--attach", path];
    let sent = person.kith(call.iter().chain(flags)).stdin("This morning.").ok();
    sent["post"].as_str().expect("an id").to_owned()
}

/// The first attachment of a post, once it is as expected.
#[track_caller]
fn sees(person: &Person, post: &str, what: &str, expected: impl Fn(&Value) -> bool) -> Value {
    wait::until(wait::ARRIVAL, format_args!("{} to see the attachment {what}", person.name()), || {
        let thread = person.kith(["thread", post]).run();
        let thread = (thread.code() == 0).then(|| thread.ok())?;
        let one =
            thread["posts"].as_array()?.iter().find(|one| one["post"] == *post)?["attachments"][0].clone();
        (!one.is_null() && expected(&one)).then_some(one)
    })
}

#[track_caller]
fn saves(person: &Person, post: &str) -> Vec<u8> {
    let file = person.home().beside("saved");
    let _ = fs::remove_file(&file);
    let saved = person.kith(["attachment", "save", post, "--to", file.to_str().expect("a path")]).ok();
    assert_eq!(saved["state"], "here");
    fs::read(file).expect("it was saved")
}

/// The files of chunks of all groups of somebody.
fn chunk_files(person: &Person) -> Vec<PathBuf> {
    let in_folder = |cell: PathBuf| fs::read_dir(cell.join("files")).into_iter().flatten().flatten();
    person.home().cells().into_iter().flat_map(in_folder).map(|file| file.path()).collect()
}

#[test]
fn a_picture_is_fetched_by_choice_from_whoever_has_it_and_is_readable_nowhere() {
    let base = Lab::now();
    let mut labs = Vec::new();
    let ([mut ana, ben, chi], group) = three(|person| labs.push(Lab::hasty(person, base, 1)));
    let (picture, shown) = photograph(LARGE);
    let captions = ana.home().write_beside("captions", CAPTION);
    let captions = captions.to_str().expect("a path");
    let post = posts_with(&ana, &group, &picture, &["--captions", captions]);

    let seen = sees(&ben, &post, "not fetched", |_| true);
    assert_eq!((&seen["state"], &seen["media"]), (&json!("not_fetched"), &json!("jpeg")));
    assert_eq!((&seen["words"], &seen["name"]), (&json!(CAPTION), &json!("")));
    assert_eq!(seen["size"], shown.len());
    let words = ben.kith(["read", &group]).in_words().run().lines.join("\n");
    let line = format!(
        "(A picture, \"{CAPTION}\", 401 KiB: not fetched yet. To have it: kith attachment get {}",
        &post[..12]
    );
    assert!(words.contains(&line), "{words}");

    let got = ben.kith(["attachment", "get", &post]).ok();
    assert_eq!((&got["state"], &got["arrived"]), (&json!("here"), &json!(shown.len())));
    assert_eq!(saves(&ben, &post), shown, "nothing but what it shows has arrived");

    // From the second, while the author is off.
    sees(&chi, &post, "not fetched", |seen| seen["state"] == "not_fetched");
    ana.goes_offline();
    chi.kith(["attachment", "get", &post]).ok();
    assert_eq!(saves(&chi, &post), shown);
    let list = chi.kith(["attachment", "list", &group]).ok();
    assert_eq!(list["attachments"][0]["post"], post);
    assert_eq!(list["attachments"][0]["state"], "here");

    let secrets = [("the picture", &SEEN[..24]), ("the place", PLACE), ("the caption", CAPTION.as_bytes())];
    let traces = Traces::of(secrets.into_iter().chain([("the name", b"a name nobody needs".as_slice())]));
    for (person, lab) in [&ana, &ben, &chi].into_iter().zip(&labs) {
        assert_eq!(chunk_files(person).len(), 1, "{}", person.name());
        let found = traces.find_in_files(&person.home().files());
        assert!(found.is_empty(), "On {}'s disk somebody else can read: {found:#?}", person.name());
        let found = traces.find(&[lab.sent(), lab.received()].concat());
        assert!(found.is_empty(), "libp2p was handed what others can read: {found:#?}");
    }
    assert!(labs[1].received().len() > shown.len(), "it came over what was looked at");
}

#[test]
fn what_is_small_comes_by_itself_and_what_is_folded_does_not() {
    let ([ana, ben, _chi], group) = three(Person::comes_online);
    let (picture, shown) = photograph(20 << 10);
    let noted = posts_with(&ana, &group, &picture, &["--mentions", "loss"]);
    let large = posts_with(&ana, &group, &photograph(LARGE).0, &[]);
    let small = posts_with(&ana, &group, &picture, &["--keep-name"]);
    let seen = sees(&ben, &small, "here by itself", |seen| seen["state"] == "here");
    assert_eq!(seen["name"], "a name nobody needs.jpg");
    assert_eq!(saves(&ben, &small), shown);
    for post in [&noted, &large] {
        sees(&ben, post, "not fetched", |seen| seen["state"] == "not_fetched");
    }
    // It is there for whoever asks.
    assert_eq!(saves(&ben, &noted), shown);
    // And away again, on this device alone.
    let left = ben.kith(["attachment", "drop", &noted]).ok();
    assert_eq!(left["state"], "not_fetched");
    assert_eq!(chunk_files(&ben).len(), 1);
    assert_eq!(saves(&ben, &noted), shown);
}

#[test]
fn a_fetch_goes_on_after_the_fetcher_is_killed() {
    let base = Lab::now();
    let mut ana = Person::offline("Ana");
    let mut ben = Person::offline("Ben");
    let _lab = Lab::hasty(&mut ana, base, 1);
    let lab = Lab::hasty(&mut ben, base, 1);
    let file = ana.home().write_beside("group.toml", "attachment_kib = 32768");
    let file = file.to_str().expect("a path");
    let group = ana.opens_with("The garden", "Slowly is fine.", &["--from", file]);
    ben.joins(&ana.invites(&group).link);
    let (film, shown) = photograph(24 << 20);
    let post = posts_with(&ana, &group, &film, &[]);
    sees(&ben, &post, "not fetched", |_| true);

    let before = lab.frames().len();
    let wished = ben.kith(["attachment", "get", &post, "--wait", "0"]).run();
    assert!([0, 75].contains(&wished.code()));
    let kept = wait::until(wait::ARRIVAL, "a part of it to be on the disk", || {
        let length = fs::metadata(chunk_files(&ben).first()?).ok()?.len();
        (length > 2 << 20).then_some(length)
    });
    ben.is_cut_off();
    assert!(lab.frames().len() > before);
    let held = fs::metadata(&chunk_files(&ben)[0]).expect("what has come stays").len();
    assert!(kept <= held && held < shown.len() as u64, "it was struck in the middle: {held}");

    let lab = Lab::hasty(&mut ben, base, 1);
    sees(&ben, &post, "whole, without being asked again", |seen| seen["state"] == "here");
    let received = lab.received().len() as u64;
    assert!(received < shown.len() as u64 - held + (1 << 20), "{received} more, with {held} held");
    assert_eq!(saves(&ben, &post), shown);
}

#[test]
fn what_is_taken_back_is_gone_everywhere_and_a_group_forgotten_takes_all() {
    let ([ana, ben, mut chi], group) = three(Person::comes_online);
    let (picture, shown) = photograph(LARGE);
    let post = posts_with(&ana, &group, &picture, &[]);
    for person in [&ben, &chi] {
        sees(person, &post, "not fetched", |_| true);
        assert_eq!(saves(person, &post), shown);
    }
    chi.goes_offline();
    ana.kith(["withdraw", &post]).ok();
    let gone = |person: &Person| {
        wait::until(wait::ARRIVAL, format_args!("{}'s chunks to be gone", person.name()), || {
            chunk_files(person).is_empty().then_some(())
        });
    };
    gone(&ana);
    gone(&ben);
    // Of who was away when it was taken back, on their return.
    assert_eq!(chunk_files(&chi).len(), 1);
    chi.comes_online();
    gone(&chi);
    for person in [&ana, &ben, &chi] {
        person.kith(["attachment", "get", &post]).fails(6);
        assert_eq!(person.kith(["attachment", "list", &group]).ok()["attachments"], json!([]));
    }

    let post = posts_with(&ana, &group, &picture, &[]);
    sees(&ben, &post, "not fetched", |_| true);
    assert_eq!(saves(&ben, &post), shown);
    ben.kith(["group", "forget", &group, "--yes"]).ok();
    assert!(ben.home().cells().is_empty() && chunk_files(&ben).is_empty());
}

#[test]
fn what_cannot_be_attached_is_said_and_nothing_is_lost() {
    let mut ana = Person::offline("Ana");
    let machine = Machine::around(&ana.home().path());
    let call = machine.carry(kith_tests::node::run(&ana.home().path(), &[]));
    ana.runs_on(Node::start_as(call.command()));
    let group = ana.opens("The garden", "Slowly is fine.");
    let attach = |name: &str, bytes: &[u8]| {
        let path = ana.home().write_beside(name, bytes);
        ana.kith(["post", &group, "--attach", path.to_str().expect("a path")]).stdin("Look.")
    };
    let large = attach("large.jpg", &photograph(6 << 20).0).fails(1);
    assert_eq!(large.code, "attachment_too_large");
    assert_eq!(large.message, "This file has 6.1 MiB; the charter of this group allows 5.0 MiB.");
    let document = attach("letter.pdf", b"%PDF-1.7 by Ana").fails(1);
    assert_eq!(document.code, "not_cleaned");
    assert!(document.message.contains("who wrote it"), "{}", document.message);
    assert_eq!(attach("phone.heic", b"\0\0\0\x18ftypheic").fails(1).code, "not_cleaned");
    assert_eq!(attach("empty", b"").fails(1).code, "empty_text");
    ana.kith(["post", &group, "--attach", "/nowhere"]).stdin("Look.").fails(1);
    assert!(ana.reads(&group).is_empty() && chunk_files(&ana).is_empty());

    let path = ana.home().write_beside("letter.pdf", "%PDF-1.7 by Ana");
    let as_it_is = ["post", &group, "--as-it-is", "--attach", path.to_str().expect("a path")];
    ana.kith(as_it_is).stdin("The letter.").ok();

    machine.fill_disk(true);
    let full = attach("picture.jpg", &photograph(LARGE).0).fails(1);
    assert_eq!(full.code, "disk_full");
    machine.fill_disk(false);
    // What failed beside it while the disk was full may be heard of once more.
    let post = wait::until(wait::ARRIVAL, "the picture to be sent", || {
        let sent = attach("picture.jpg", &photograph(LARGE).0).run();
        (sent.code() == 0).then(|| sent.ok()["post"].as_str().expect("an id").to_owned())
    });
    assert!(ana.reads(&group).iter().any(|one| one.text == "The letter."));
    assert_eq!(saves(&ana, &post), photograph(LARGE).1);
    let none = ana.home().write_beside("none.toml", "attachment_kib = 0");
    let reason = ana.home().write_beside("reason", "Words are enough.");
    let edit = ["group", "charter", "edit", &group, "--from"].map(std::ffi::OsStr::new);
    let edit = edit.into_iter().chain([none.as_os_str(), "--reason-file".as_ref(), reason.as_os_str()]);
    ana.kith(edit).ok();
    let refused = attach("picture.jpg", &photograph(1000).0).fails(1);
    assert!(refused.message.contains("lets nobody attach"), "{}", refused.message);
}

#[test]
fn what_has_outlived_its_time_takes_its_attachments_with_it() {
    const DAY: i64 = 24 * 3600;
    let mut ana = Person::offline("Ana");
    let mut ben = Person::offline("Ben");
    for person in [&mut ana, &mut ben] {
        Lab::around(person, 0);
    }
    let file = ana.home().write_beside("group.toml", "retention_days = 30");
    let file = file.to_str().expect("a path");
    let group = ana.opens_with("The garden", "Slowly is fine.", &["--from", file]);
    ben.joins(&ana.invites(&group).link);
    let (picture, shown) = photograph(LARGE);
    let post = posts_with(&ana, &group, &picture, &[]);
    sees(&ben, &post, "not fetched", |_| true);
    assert_eq!(saves(&ben, &post), shown);
    for person in [&mut ana, &mut ben] {
        person.goes_offline();
        Lab::around(person, 80 * DAY);
        assert!(chunk_files(person).is_empty(), "{}", person.name());
        assert!(person.reads(&group).is_empty());
    }
}

#[test]
fn a_power_cut_and_a_lost_database_lose_no_attachment() {
    let mut ana = Person::offline("Ana");
    let machine = Machine::around(&ana.home().path());
    ana.comes_online_on(&machine);
    let group = ana.opens("The garden", "Slowly is fine.");
    let (picture, shown) = photograph(LARGE);
    let post = posts_with(&ana, &group, &picture, &[]);
    ana.is_cut_off();
    machine.cut_power();
    ana.comes_online_on(&machine);
    assert_eq!(saves(&ana, &post), shown);

    // What was given to the node for a text that was never sent is not kept for ever.
    let file = ana.home().write_beside("picture.jpg", &picture);
    let call = ["post", &group, "--attach", file.to_str().expect("a path")];
    ana.kith(call).stdin("x".repeat(20_000)).fails(1);
    assert_eq!(chunk_files(&ana).len(), 2);
    ana.goes_offline();
    fs::remove_dir_all(ana.home().cells()[0].join("db")).expect("a database");
    ana.comes_online_on(&machine);
    assert_eq!(saves(&ana, &post), shown);
    assert_eq!(ana.reads(&group).len(), 1);
}

#[test]
fn a_disk_that_fills_up_while_fetching_is_said_and_what_came_stays() {
    let mut ana = Person::new("Ana");
    let mut ben = Person::offline("Ben");
    let machine = Machine::around(&ben.home().path());
    ben.comes_online_on(&machine);
    let group = ana.opens("The garden", "Slowly is fine.");
    ben.joins(&ana.invites(&group).link);
    let (picture, shown) = photograph(3 << 20);
    let post = posts_with(&ana, &group, &picture, &[]);
    sees(&ben, &post, "not fetched", |_| true);
    ana.goes_offline();
    ben.kith(["attachment", "get", &post, "--wait", "0"]).run();
    sees(&ben, &post, "waited for", |seen| seen["state"] == "fetching");
    machine.fill_disk(true);
    ana.comes_online();
    wait::until(wait::ARRIVAL, "Ben to be told that his disk is full", || {
        let got = ben.kith(["attachment", "get", &post, "--wait", "1"]).run();
        (got.code() == 1).then(|| assert_eq!(got.fails(1).code, "disk_full"))
    });
    machine.fill_disk(false);
    wait::until(wait::ARRIVAL, "all of it to be here", || {
        let got = ben.kith(["attachment", "get", &post, "--wait", "1"]).run();
        (got.code() == 0).then_some(())
    });
    assert_eq!(saves(&ben, &post), shown);
}

#[test]
fn what_a_facilitator_holds_back_is_not_passed_on_until_it_is_restored() {
    let ([ana, ben, chi], group) = three(Person::comes_online);
    let (picture, shown) = photograph(LARGE);
    let post = posts_with(&ben, &group, &picture, &[]);
    sees(&chi, &post, "not fetched", |_| true);
    let reason = ana.home().write_beside("reason", "It shows the house of somebody else.");
    let act = |verb: &[&str]| {
        let call = [&["mod"], verb, &["--reason-file"]].concat();
        ana.kith(call.iter().map(std::ffi::OsStr::new).chain([reason.as_os_str()])).ok();
    };
    act(&["hold", &post, "--rule", "identifying"]);
    wait::until(wait::ARRIVAL, "Chi to see it held", || {
        (chi.kith(["attachment", "get", &post, "--wait", "0"]).run().code() == 6).then_some(())
    });
    assert!(chi.kith(["attachment", "list", &group]).ok()["attachments"] == json!([]));
    // Who decides about it, and who wrote it, see it.
    assert_eq!(saves(&ana, &post), shown);
    assert_eq!(saves(&ben, &post), shown);
    act(&["restore", &post]);
    sees(&chi, &post, "again", |_| true);
    assert_eq!(saves(&chi, &post), shown);
}

/// Half a megabyte a second is slow for a loopback, and far below what a test of speed would ask for.
#[test]
fn five_mebibytes_over_loopback() {
    let mut ana = Person::offline("Ana");
    let mut ben = Person::offline("Ben");
    ana.comes_online();
    ben.comes_online();
    let group = ana.opens("The garden", "Slowly is fine.");
    ben.joins(&ana.invites(&group).link);
    let (picture, shown) = photograph((5 << 20) - 4096);
    let began = Instant::now();
    let post = posts_with(&ana, &group, &picture, &[]);
    let attached = began.elapsed();
    sees(&ben, &post, "not fetched", |_| true);
    let began = Instant::now();
    ben.kith(["attachment", "get", &post]).ok();
    let fetched = began.elapsed();
    println!("5 MiB: attached in {attached:?}, fetched in {fetched:?}");
    assert!(fetched < Duration::from_secs(10), "{fetched:?}");
    assert_eq!(saves(&ben, &post), shown);
}
