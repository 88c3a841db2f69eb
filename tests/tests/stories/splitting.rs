//! A machine that was set back to an earlier state writes a history that parts from the one others know. Nothing of it
//! is lost or void, everybody is told, and the person goes on.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use kith_tests::person::agree;
use kith_tests::{Person, wait};

/// A home as it is at a moment.
struct Snapshot(BTreeMap<PathBuf, Vec<u8>>);

impl Snapshot {
    fn of(person: &Person) -> Snapshot {
        let files = person.home().files();
        Snapshot(files.into_iter().map(|file| (file.clone(), fs::read(file).unwrap())).collect())
    }

    /// Sets the home back in place, as a machine's snapshot does: nothing in it tells that it was.
    fn restore(&self, person: &Person) {
        for file in person.home().files() {
            if !self.0.contains_key(&file) {
                fs::remove_file(file).unwrap();
            }
        }
        for (file, bytes) in &self.0 {
            fs::create_dir_all(file.parent().unwrap_or(Path::new("/"))).unwrap();
            fs::write(file, bytes).unwrap();
        }
    }
}

/// The member list in words, once it tells of a split.
#[track_caller]
fn reads_of_split(person: &Person, group: &str, words: &str) -> String {
    wait::until(wait::ARRIVAL, format_args!("{} to read: {words}", person.name()), || {
        let list = person.kith(["member", "list", group]).in_words().run().lines.join("\n");
        list.contains(words).then_some(list)
    })
}

#[test]
fn a_history_that_split_is_said_and_nothing_of_it_is_lost() {
    let mut people = ["Ana", "Ben", "Chi"].map(Person::new);
    let group = people[0].opens("Letters", "Slowly is fine.");
    for person in &people[1..] {
        person.joins(&people[0].invites(&group).link);
    }
    let [ana, ben, chi] = &mut people;
    let monday = ben.posts(&group, "Monday.");
    chi.has_got(&group, &[&monday]);
    ana.has_got(&group, &[&monday]);

    ben.goes_offline();
    let snapshot = Snapshot::of(ben);
    ben.comes_online();
    let tuesday = ben.posts(&group, "Tuesday.");
    ana.has_got(&group, &[&tuesday]);
    chi.has_got(&group, &[&tuesday]);
    let list = ana.kith(["member", "list", &group]).in_words().run().lines.join("\n");
    assert!(!list.contains("split"), "{list}");
    for person in [&mut *ana, &mut *ben, &mut *chi] {
        person.goes_offline();
    }

    // Ben's machine is set back, and he writes while nobody is there who could know better.
    snapshot.restore(ben);
    ben.comes_online();
    let wednesday = ben.posts(&group, "Wednesday.");
    assert!(ben.reads(&group).iter().all(|post| post.post != tuesday));
    ana.comes_online();
    chi.comes_online();
    let all = [&monday, &tuesday, &wednesday];
    for person in [&*ana, &*ben, &*chi] {
        person.has_got(&group, &all);
    }
    let said = "its history split, often after restoring a backup. Nothing is void by itself.";
    for person in [&*ana, &*chi] {
        reads_of_split(person, &group, &format!("Ben's device: {said}"));
    }
    reads_of_split(ben, &group, &format!("Your device: {said}"));

    // He goes on in a new log, which everybody learns, and the old one is still told of after a restart.
    let thursday = ben.posts(&group, "Thursday.");
    for person in [&*ana, &*ben, &*chi] {
        person.has_got(&group, &[&monday, &tuesday, &wednesday, &thursday]);
        reads_of_split(person, &group, "It has gone on in a new log since.");
    }
    agree(&group, &[ana, ben, chi]);
    for person in [&mut *ana, &mut *ben] {
        person.goes_offline();
        person.comes_online();
    }
    reads_of_split(ana, &group, "Ben's device: its history split");
    reads_of_split(ben, &group, "Your device: its history split");
    let splits = |person: &Person| {
        let list = person.kith(["member", "list", &group]).ok();
        let members = list["members"].as_array().cloned().unwrap_or_default();
        members.iter().map(|one| one["splits"].as_array().map_or(0, Vec::len)).sum::<usize>()
    };
    assert_eq!((splits(ana), splits(ben)), (1, 1));

    // Who lost their database meets both histories again, and is told again.
    chi.goes_offline();
    fs::remove_dir_all(chi.home().cells()[0].join("db")).unwrap();
    chi.comes_online();
    chi.has_got(&group, &all);
    reads_of_split(chi, &group, &format!("Ben's device: {said}"));
}
