//! A node that goes on running with everything closed, and opens again.

use kith_tests::{Home, Node, Person, wait};

#[test]
fn a_locked_node_shows_nothing_and_catches_up_when_it_opens() {
    let home = Home::new();
    std::fs::create_dir_all(home.path()).expect("a home");
    std::fs::write(home.path().join("config.toml"), "passphrase_mib = 64\n").expect("its settings");
    let right = home.write_beside("right", "three lamps and a harbour\n");
    let wrong = home.write_beside("wrong", "three lamps and a harbor\n");
    let right = right.to_str().expect("a path of the test");
    let wrong = wrong.to_str().expect("a path of the test");
    home.kith(["init", "--passphrase-file", right]).ok();

    // Nobody is there to be asked: the node waits, locked.
    let node = Node::start_as(home.kith(["run", "--listen", "127.0.0.1"]).command());
    assert!(node.groups().is_empty());
    assert_eq!(home.kith(["status"]).fails(4).code, "locked");
    assert_eq!(home.kith(["post", "Sleepless"]).stdin("Too early.").fails(4).code, "locked");
    assert_eq!(home.kith(["unlock"]).fails(3).code, "passphrase_needed");
    assert_eq!(home.kith(["unlock", "--passphrase-file", wrong]).fails(1).code, "wrong_passphrase");
    assert_eq!(home.kith(["status"]).fails(4).code, "locked");
    assert_eq!(home.kith(["unlock", "--passphrase-file", right]).ok()["standing"], "open");
    assert_eq!(home.kith(["unlock"]).ok()["standing"], "open", "It is open already");

    let ana = Person::new("Ana");
    let group = ana.opens("Sleepless", "For nights that are too long.");
    let link = ana.invites(&group).link;
    home.kith(["join", "-", "--as", "Ben", "--wait", "60"]).stdin(link).ok();
    let before = home.kith(["post", "Sleepless"]).stdin("Written before the lock.").ok();
    ana.has_got(&group, &[before["post"].as_str().expect("an id")]);

    assert_eq!(home.kith(["lock"]).ok()["standing"], "locked");
    assert_eq!(home.kith(["read", "Sleepless"]).fails(4).code, "locked");
    wait::until(wait::ARRIVAL, "Ben's node to be gone", || (ana.status(&group)["peers"] == 0).then_some(()));
    let missed = ana.posts(&group, "Written while Ben's node was locked.");

    home.kith(["unlock", "--passphrase-file", right]).ok();
    ana.knows_held(&missed);
    let read = home.kith(["read", "Sleepless"]).run().answers();
    let texts = format!("{read:?}");
    assert!(texts.contains("before the lock") && texts.contains("was locked"), "{texts}");
    node.terminate();
}

#[test]
fn a_lock_ends_what_was_being_watched() {
    let ana = Person::new("Ana");
    let group = ana.opens("Sleepless", "For nights that are too long.");
    let watch = ana.watches(&group);
    let first = ana.posts(&group, "Seen.");
    watch.shows(&first);
    ana.kith(["lock"]).ok();
    watch.log().expect(wait::ANSWER, "the watch to end", |line| line.contains("is locked").then_some(()));
    ana.kith(["unlock"]).ok();
    assert_eq!(ana.reads(&group).len(), 1);
}
