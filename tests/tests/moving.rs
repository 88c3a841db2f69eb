//! Weeks pass. Each group goes on at other ports and under other PeerIds, and nobody is lost by it: not who was away
//! all the while, not who comes by a link made before, and not whose node is killed in the middle of it.

use std::collections::BTreeSet;
use std::net::{TcpListener, UdpSocket};
use std::time::Duration;

use kith_tests::{Lab, Person, Ports, wait};

/// A week passes in so long.
const WEEK: Duration = Duration::from_secs(24);
const PACE: u64 = 7 * 24 * 3600 / WEEK.as_secs();
/// Everybody has moved by then.
const WEEKS: Duration = Duration::from_secs(90);

fn ports(person: &mut Person) -> BTreeSet<u16> {
    Ports::of_groups(person.node().id())
}

/// Waits until somebody has left these ports and is at as many others.
fn moves(person: &mut Person, from: &BTreeSet<u16>) -> BTreeSet<u16> {
    let what = format!("{} to move from {from:?}", person.name());
    let now = wait::within(WEEKS, || {
        let now = ports(person);
        (now.len() == from.len() && now.is_disjoint(from)).then_some(now)
    });
    now.unwrap_or_else(|| panic!("Waited {} s for {what}", WEEKS.as_secs()))
}

/// The ports in address records that somebody was told.
fn told_ports(seen: &Lab) -> BTreeSet<u16> {
    let received = seen.received();
    let text = String::from_utf8_lossy(&received);
    text.split("/udp/").skip(1).filter_map(|rest| rest.split('/').next()?.parse().ok()).collect()
}

/// Somebody whose ports are taken by another program when they come back.
fn hold(ports: &BTreeSet<u16>) -> Vec<(TcpListener, UdpSocket)> {
    let at = |port: &u16| ("127.0.0.1", *port);
    let hold = |port| (TcpListener::bind(at(port)).expect("free"), UdpSocket::bind(at(port)).expect("free"));
    ports.iter().map(hold).collect()
}

#[test]
fn who_was_away_while_everybody_moved_finds_them() {
    let base = Lab::now();
    let mut ana = Person::offline("Ana");
    let mut ben = Person::offline("Ben");
    let mut chi = Person::offline("Chi");
    let _labs = [&mut ana, &mut ben].map(|person| Lab::hasty(person, base, PACE));
    let seen = Lab::hasty(&mut chi, base, PACE);
    let group = ana.opens("Sleepless", "For nights that are too long.");
    let link = ana.invites_with(&group, &["--uses", "5", "--expires", "89d"]).link;
    for person in [&ben, &chi] {
        person.joins(&link);
    }
    let first = ana.posts(&group, "Is anybody awake?");
    for person in [&ben, &chi] {
        person.has_got(&group, &[&first]);
    }
    let before = [ports(&mut ana), ports(&mut ben), ports(&mut chi)];
    // Each has told Chi where they are and where they will be.
    wait::until(wait::ARRIVAL, "Chi to be told by both", || {
        let told = told_ports(&seen);
        (before[..2].iter().flatten().all(|port| told.contains(port)) && told.len() >= 4).then_some(())
    });
    let known_as: BTreeSet<String> = seen.neighbours().into_iter().map(|(peer, _)| peer).collect();
    chi.goes_offline();

    moves(&mut ana, &before[0]);
    moves(&mut ben, &before[1]);
    let while_away = ben.posts(&group, "Chi is not here.");
    ana.has_got(&group, &[&first, &while_away]);

    // Nobody can find Chi where she was, so that she has to find them.
    let _held = hold(&before[2]);
    let again = Lab::hasty(&mut chi, base, PACE);
    assert!(ports(&mut chi).is_disjoint(&before[2]));
    chi.has_got(&group, &[&first, &while_away]);
    let answer = chi.posts(&group, "I was at the sea.");
    for person in [&ana, &ben] {
        person.has_got(&group, &[&first, &while_away, &answer]);
    }
    let now: BTreeSet<String> = again.neighbours().into_iter().map(|(peer, _)| peer).collect();
    assert!(!now.is_empty() && now.is_disjoint(&known_as), "a PeerId outlived the move");
}

/// The one place that a link names is kept as long as the link is good, though the week is over.
#[test]
fn a_link_leads_somewhere_as_long_as_it_is_good() {
    let base = Lab::now();
    let mut ana = Person::offline("Ana");
    let mut dan = Person::offline("Dan");
    let _labs = [&mut ana, &mut dan].map(|person| Lab::hasty(person, base, PACE));
    let group = ana.opens("Sleepless", "For nights that are too long.");
    let link = ana.invites_with(&group, &["--expires", "89d"]).link;
    let first = ports(&mut ana);
    // The link names the next place, too. After that, Ana would be where it leads nobody.
    let second = moves(&mut ana, &first);
    let third = wait::within(WEEK + WEEK / 2, || (ports(&mut ana) != second).then_some(()));
    assert!(third.is_none(), "Ana went where the link does not lead");
    let word = ana.posts(&group, "Come in.");
    dan.joins(&link);
    dan.has_got(&group, &[&word]);
    // It is used up.
    moves(&mut ana, &second);
    let word = ana.posts(&group, "Still there?");
    dan.has_got(&group, &[&word]);
}

#[test]
fn weeks_go_by_and_those_who_are_there_stay_together() {
    let base = Lab::now();
    let mut ana = Person::offline("Ana");
    let mut ben = Person::offline("Ben");
    let labs = [&mut ana, &mut ben].map(|person| Lab::hasty(person, base, PACE));
    let group = ana.opens("Sleepless", "For nights that are too long.");
    ben.joins(&ana.invites(&group).link);
    let mut posts = vec![ana.posts(&group, "Week 0")];
    let mut seen: Vec<BTreeSet<u16>> = vec![ports(&mut ana)];
    for week in 1..=3 {
        let now = moves(&mut ana, &seen[seen.len() - 1]);
        assert!(seen.iter().all(|before| before.is_disjoint(&now)), "a port came back: {now:?} {seen:?}");
        seen.push(now);
        posts.push(ana.posts(&group, &format!("Week {week}")));
        posts.push(ben.replies(&posts[0], &format!("Still here in week {week}")));
        for person in [&ana, &ben] {
            person.has_got(&group, &posts);
        }
    }
    let peers: BTreeSet<String> = labs[1].neighbours().into_iter().map(|(peer, _)| peer).collect();
    assert!(peers.len() >= seen.len(), "Ben met Ana under {} PeerIds at {} places", peers.len(), seen.len());
}

/// When to strike: as soon as one of these is seen.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// The vault was written: the next place is the present one, and maybe nobody is there yet.
    Kept,
    /// Both places are listened at.
    Both,
    /// The old one is closed.
    Left,
}

#[test]
fn a_node_that_is_killed_at_any_step_of_a_move_is_found_again() {
    let base = Lab::now();
    let mut ana = Person::offline("Ana");
    let mut ben = Person::offline("Ben");
    Lab::hasty(&mut ana, base, PACE);
    Lab::hasty(&mut ben, base, PACE);
    let group = ana.opens("Sleepless", "For nights that are too long.");
    ben.joins(&ana.invites(&group).link);
    let mut posts = vec![ana.posts(&group, "Is anybody awake?")];
    ben.has_got(&group, &posts);
    for step in [Step::Kept, Step::Both, Step::Left] {
        let before = ports(&mut ana);
        let vault = ana.home().path().join("vault");
        let written = || std::fs::metadata(&vault).and_then(|file| file.modified()).expect("a vault");
        let end = std::time::Instant::now() + WEEKS;
        let mut last = written();
        loop {
            assert!(std::time::Instant::now() < end, "Ana did not move: {step:?}");
            let now = ports(&mut ana);
            let seen = match step {
                // It is written for other reasons, too; a kill then is as good as another.
                Step::Kept => std::mem::replace(&mut last, written()) != last,
                Step::Both => !now.is_disjoint(&before) && now != before,
                Step::Left => now.is_disjoint(&before) && !now.is_empty(),
            };
            if seen {
                break;
            }
            std::thread::yield_now();
        }
        ana.is_cut_off();
        let alone = ben.replies(&posts[0], &format!("Where are you? {step:?}"));
        posts.push(alone);
        Lab::hasty(&mut ana, base, PACE);
        ana.has_got(&group, &posts);
        posts.push(ana.posts(&group, "Here."));
        ben.has_got(&group, &posts);
    }
}
