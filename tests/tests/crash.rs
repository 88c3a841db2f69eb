//! Nodes that die at any moment: what was acknowledged is there afterwards, no log forks, and the node opens
//! again by itself.
//!
//! `ROUNDS=` says how often (10 if not set), `SEED=` replays.

use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use std::{env, thread};

use kith_tests::seed::Chance;
use kith_tests::{Machine, Person, Seed, wait};

/// The longest a round may run before fate strikes.
const ROUND: u64 = 1500;

fn rounds() -> u64 {
    env::var("ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(10)
}

/// Posts that were acknowledged: id and text.
type Acknowledged = Vec<(String, String)>;

#[test]
fn a_killed_node_has_everything_it_acknowledged_and_forks_no_log() {
    let seed = Seed::fresh();
    let mut chance = seed.stream(0);
    let (mut ana, ben, group) = a_pair();
    let mut all = Acknowledged::new();
    for round in 0..rounds() {
        all.extend(posting_until_fate_strikes(&mut ana, Some(&ben), &group, round, &mut chance));
        ana.comes_online();
        everything_is_there(&ana, &group, &all, round);
    }
    // Of a log that forked, Ben's node would refuse one branch.
    everything_is_there(&ben, &group, &all, rounds());
    no_history_split(&[&ana, &ben]);
}

#[test]
fn a_node_that_lost_its_database_refills_it_and_keeps_what_nobody_else_has() {
    let seed = Seed::fresh();
    let mut chance = seed.stream(1);
    let (mut ana, mut ben, group) = a_pair();
    let mut all = Acknowledged::new();
    for round in 0..rounds() {
        all.extend(posting_until_fate_strikes(&mut ana, Some(&ben), &group, round, &mut chance));
        ben.goes_offline();
        ana.comes_online();
        all.extend(posting_until_fate_strikes(&mut ana, None, &group, round, &mut chance));
        for cell in ana.home().cells() {
            damage(&cell.join("db"), round, &mut chance);
        }
        ana.comes_online();
        ben.comes_online();
        everything_is_there(&ana, &group, &all, round);
        everything_is_there(&ben, &group, &all, round);
    }
    no_history_split(&[&ana, &ben]);
}

#[test]
fn a_group_of_one_survives_the_loss_of_its_database_alone() {
    let seed = Seed::fresh();
    let mut chance = seed.stream(2);
    let mut ana = Person::untiring("Ana");
    let group = ana.opens("Diary", "Nobody else is here yet.");
    let mut all = Acknowledged::new();
    for round in 0..rounds().min(10) {
        all.extend(posting_until_fate_strikes(&mut ana, None, &group, round, &mut chance));
        for cell in ana.home().cells() {
            damage(&cell.join("db"), round, &mut chance);
        }
        ana.comes_online();
        everything_is_there(&ana, &group, &all, round);
    }
}

#[test]
fn a_power_cut_takes_nothing_that_was_acknowledged() {
    let seed = Seed::fresh();
    let mut chance = seed.stream(3);
    let (mut ana, ben, group) = a_pair();
    ana.goes_offline();
    let machine = Machine::around(&ana.home().path());
    ana.comes_online_on(&machine);
    let mut all = Acknowledged::new();
    for round in 0..rounds() {
        let with_ben = if chance.below(3) == 0 { None } else { Some(&ben) };
        all.extend(posting_until_fate_strikes(&mut ana, with_ben, &group, round, &mut chance));
        machine.cut_power();
        ana.comes_online_on(&machine);
        everything_is_there(&ana, &group, &all, round);
    }
    everything_is_there(&ben, &group, &all, rounds());
    no_history_split(&[&ana, &ben]);
}

#[test]
fn a_power_cut_while_one_comes_in_loses_neither_the_group_nor_the_way_into_it() {
    let seed = Seed::fresh();
    let mut chance = seed.stream(4);
    let ana = Person::untiring("Ana");
    let group = ana.opens("Thunderstorms", "The light may go out.");
    let mut all = Acknowledged::new();
    for round in 0..rounds().min(10) {
        let link = ana.invites(&group).link;
        let mut guest = Person::offline("Guest");
        let machine = Machine::around(&guest.home().path());
        guest.comes_online_on(&machine);
        let wished = guest.kith(["join", &link, "--as", "Guest"]).ok();
        wait::until_fate_strikes(Duration::from_millis(chance.below(400)));
        guest.is_cut_off();
        machine.cut_power();
        guest.comes_online_on(&machine);
        wait::until(wait::ARRIVAL, format_args!("the guest of round {round} to be in"), || {
            (guest.status(&group)["state"] == "joined").then_some(())
        });
        let text = format!("Guest {round}, in spite of the storm.");
        let post = guest.posts(&group, &text);
        guest.knows_held(&post);
        all.push((post, text));
        assert_eq!(wished["group"], group.as_str());
    }
    everything_is_there(&ana, &group, &all, rounds());
}

#[test]
fn a_full_disk_is_said_and_nothing_is_lost() {
    let mut ana = Person::offline("Ana");
    let machine = Machine::around(&ana.home().path());
    ana.comes_online_on(&machine);
    let group = ana.opens("Attic", "No room up here.");
    let mut all = vec![(ana.posts(&group, "There was room once."), "There was room once.".to_owned())];

    machine.fill_disk(true);
    for text in ["One box too many.", "And another."] {
        assert_eq!(ana.kith(["post", &group]).stdin(text).fails(1).code, "disk_full");
    }

    // Room again: no restart is needed, and what was refused was not half kept.
    machine.fill_disk(false);
    all.push((ana.posts(&group, "Room again."), "Room again.".to_owned()));
    everything_is_there(&ana, &group, &all, 0);
    assert_eq!(ana.reads(&group).len(), all.len(), "A refused post is shown");
    ana.is_cut_off();
    machine.cut_power();
    ana.comes_online_on(&machine);
    everything_is_there(&ana, &group, &all, 0);
}

/// Ana and Ben in one group, connected.
fn a_pair() -> (Person, Person, String) {
    let ana = Person::untiring("Ana");
    let ben = Person::untiring("Ben");
    let group = ana.opens("Weather", "It changes.");
    ben.joins(&ana.invites(&group).link);
    ana.meets(&group, 1);
    (ana, ben, group)
}

/// Lets Ana post from two hands at once (and Ben too, so that Ana's node receives) and kills her node at a
/// random moment, with a command in each hand; gives what was acknowledged.
fn posting_until_fate_strikes(
    ana: &mut Person,
    ben: Option<&Person>,
    group: &str,
    round: u64,
    chance: &mut Chance,
) -> Acknowledged {
    let acknowledged = Mutex::new(Acknowledged::new());
    let struck = AtomicBool::new(false);
    let writing = |hand: &str, person: &Person| {
        for number in 0.. {
            let text = format!("{hand}, round {round}, number {number}: {}", ".".repeat(number % 700));
            let outcome = person.kith(["post", group]).stdin(&text).run();
            let ended = struck.load(Ordering::SeqCst);
            if !ended || outcome.status.code() == Some(0) {
                let post = outcome.ok()["post"].as_str().expect("an id").to_owned();
                acknowledged.lock().expect("a whole list").push((post, text));
            }
            if ended {
                return;
            }
        }
    };
    thread::scope(|scope| {
        let ana = &*ana;
        scope.spawn(|| writing("Ana's left hand", ana));
        scope.spawn(|| writing("Ana's right hand", ana));
        if let Some(ben) = ben {
            scope.spawn(|| writing("Ben", ben));
        }
        wait::until_fate_strikes(Duration::from_millis(chance.below(ROUND)));
        struck.store(true, Ordering::SeqCst);
        ana.is_struck();
    });
    ana.is_cut_off();
    acknowledged.into_inner().expect("a whole list")
}

/// Fails the test if an acknowledged post is not there, or has another text.
#[track_caller]
fn everything_is_there(who: &Person, group: &str, acknowledged: &Acknowledged, round: u64) {
    let mut read = Vec::new();
    let all = wait::within(wait::ARRIVAL, || {
        read = who.reads(group);
        acknowledged.iter().all(|(post, _)| read.iter().any(|one| one.post == *post)).then_some(())
    });
    if all.is_none() {
        let lost = acknowledged.iter().filter(|(post, _)| !read.iter().any(|one| one.post == *post));
        let lost: Vec<&str> = lost.map(|(_, text)| text.trim_end_matches(['.', ' '])).collect();
        let (status, name) = (who.status(group), who.name());
        panic!(
            "After round {round} {name} lost {} of {} acknowledged posts. {status}\n{lost:#?}",
            lost.len(),
            acknowledged.len()
        );
    }
    for (post, text) in acknowledged {
        let found: Vec<_> = read.iter().filter(|one| one.post == *post).collect();
        assert_eq!(
            found.len(),
            1,
            "After round {round} {} shows post {post} {} times",
            who.name(),
            found.len()
        );
        assert_eq!(found[0].text, *text, "After round {round} {} shows another text", who.name());
    }
}

/// Fails the test if a node says that somebody's history split.
#[track_caller]
fn no_history_split(people: &[&Person]) {
    for person in people {
        let notices = person.kith(["status"]).ok()["notices"].to_string();
        assert!(!notices.contains("split"), "{}'s node found a forked log: {notices}", person.name());
    }
}

/// Deletes a database, cuts its files short, or fills them with garbage.
fn damage(database: &Path, round: u64, chance: &mut Chance) {
    assert!(database.is_dir(), "There is no database at {}", database.display());
    let files: Vec<_> = fs::read_dir(database)
        .expect("a readable folder")
        .map(|file| file.expect("a readable folder").path())
        .filter(|path| path.is_file())
        .collect();
    match round % 4 {
        0 => fs::remove_dir_all(database).expect("a database can be deleted"),
        1 => {
            for file in files {
                let length = fs::metadata(&file).expect("a file").len().max(100);
                fs::write(file, chance.bytes(length as usize)).expect("a file can be written");
            }
        }
        2 => {
            for file in files {
                let bytes = fs::read(&file).expect("a file");
                fs::write(file, &bytes[..bytes.len() / 2]).expect("a file can be written");
            }
        }
        _ => {
            for file in files {
                let mut bytes = fs::read(&file).expect("a file");
                for _ in 0..bytes.len() / 500 {
                    let at = chance.below(bytes.len() as u64) as usize;
                    bytes[at] ^= 1 << chance.below(8);
                }
                fs::write(file, bytes).expect("a file can be written");
            }
        }
    }
}
