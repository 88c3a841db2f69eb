//! Weeks pass. Each group goes on at other ports and under other PeerIds, and nobody is lost by it: not who was away
//! all the while, not who comes by a link made before, and not whose node is killed in the middle of it.

use std::collections::BTreeSet;
use std::net::{TcpListener, UdpSocket};
use std::time::{Duration, Instant};

use kith_tests::lab::Calendar;
use kith_tests::{Lab, Person, Ports, wait};

/// Days after which every group's moment has come.
const A_WEEK: u64 = 9;
/// So long it is watched that nobody moves.
const STAYS: Duration = Duration::from_secs(5);

fn ports(person: &mut Person) -> BTreeSet<u16> {
    Ports::of_groups(person.node().id())
}

/// Waits until somebody has left these ports and is at as many others. Whoever could not move at the first moment does at
/// another, so that days go on passing.
fn moves(person: &mut Person, from: &BTreeSet<u16>, calendar: &Calendar) -> BTreeSet<u16> {
    let what = format!("{} to move from {from:?}", person.name());
    let (node, mut days) = (person.node().id(), Days::default());
    wait::until(wait::ARRIVAL, what, || {
        days.pass(calendar);
        let now = Ports::of_groups(node);
        (now.len() == from.len() && now.is_disjoint(from)).then_some(now)
    })
}

/// Days that pass while something is waited for: one in four seconds.
struct Days(Instant);

impl Default for Days {
    fn default() -> Days {
        Days(Instant::now())
    }
}

impl Days {
    fn pass(&mut self, calendar: &Calendar) {
        if self.0.elapsed() > Duration::from_secs(4) {
            calendar.pass(1);
            self.0 = Instant::now();
        }
    }
}

/// Waits until somebody was told that the others are at these ports, and of as many where they will be.
fn is_told(person: &Person, seen: &Lab, at: &[&BTreeSet<u16>]) {
    wait::until(wait::ARRIVAL, format!("{} to be told where all will be", person.name()), || {
        let received = seen.received();
        let text = String::from_utf8_lossy(&received);
        let ports = text.split("/udp/").skip(1).filter_map(|rest| rest.split('/').next()?.parse().ok());
        let told: BTreeSet<u16> = ports.collect();
        let now = at.iter().flat_map(|ports| ports.iter());
        (now.clone().all(|port| told.contains(port)) && told.len() >= 2 * now.count()).then_some(())
    });
}

/// Has another program at these ports.
fn hold(ports: &BTreeSet<u16>) -> Vec<(TcpListener, UdpSocket)> {
    let at = |port: &u16| ("127.0.0.1", *port);
    let hold = |port| (TcpListener::bind(at(port)).expect("free"), UdpSocket::bind(at(port)).expect("free"));
    ports.iter().map(hold).collect()
}

#[test]
fn who_was_away_while_everybody_moved_finds_them() {
    let calendar = Calendar::default();
    let mut ana = Person::offline("Ana");
    let mut ben = Person::offline("Ben");
    let mut chi = Person::offline("Chi");
    let _labs = [&mut ana, &mut ben].map(|person| Lab::by(person, &calendar));
    let seen = Lab::by(&mut chi, &calendar);
    let group = ana.opens("Sleepless", "For nights that are too long.");
    let link = ana.invites_with(&group, &["--uses", "2"]).link;
    for person in [&ben, &chi] {
        person.joins(&link);
    }
    let first = ana.posts(&group, "Is anybody awake?");
    for person in [&ben, &chi] {
        person.has_got(&group, &[&first]);
    }
    let before = [ports(&mut ana), ports(&mut ben), ports(&mut chi)];
    is_told(&chi, &seen, &[&before[0], &before[1]]);
    let known_as: BTreeSet<String> = seen.neighbours().into_iter().map(|(peer, _)| peer).collect();
    chi.goes_offline();

    calendar.pass(A_WEEK);
    let after = [moves(&mut ana, &before[0], &calendar), moves(&mut ben, &before[1], &calendar)];
    let while_away = ben.posts(&group, "Chi is not here.");
    ana.has_got(&group, &[&first, &while_away]);
    // Chi knows these places. Of the ones after them nobody could tell her, so that nobody goes there.
    calendar.pass(A_WEEK);
    let went =
        wait::within(STAYS, || (ports(&mut ana) != after[0] || ports(&mut ben) != after[1]).then_some(()));
    assert!(went.is_none(), "they went where Chi cannot find them");

    // Nobody can find Chi where she was, so that she has to find them.
    let _held = hold(&before[2]);
    let again = Lab::by(&mut chi, &calendar);
    chi.has_got(&group, &[&first, &while_away]);
    assert!(ports(&mut chi).is_disjoint(&before[2]));
    let answer = chi.posts(&group, "I was at the sea.");
    for person in [&ana, &ben] {
        person.has_got(&group, &[&first, &while_away, &answer]);
    }
    let now: BTreeSet<String> = again.neighbours().into_iter().map(|(peer, _)| peer).collect();
    assert!(!now.is_empty() && now.is_disjoint(&known_as), "a PeerId outlived the move");
}

/// A place that a link names is lived at as long as the link is good, though the week is over.
#[test]
fn a_link_leads_somewhere_as_long_as_it_is_good() {
    let calendar = Calendar::default();
    let mut ana = Person::offline("Ana");
    let mut dan = Person::offline("Dan");
    let labs = [&mut ana, &mut dan].map(|person| Lab::by(person, &calendar));
    let group = ana.opens("Sleepless", "For nights that are too long.");
    let link = ana.invites_with(&group, &["--expires", "89d"]).link;
    let first = ports(&mut ana);
    // The link names the next place, too. After that, Ana would be where it leads nobody.
    calendar.pass(A_WEEK);
    let second = moves(&mut ana, &first, &calendar);
    calendar.pass(A_WEEK);
    let third = wait::within(STAYS, || (ports(&mut ana) != second).then_some(()));
    assert!(third.is_none(), "Ana went where the link does not lead");
    let word = ana.posts(&group, "Come in.");
    dan.joins(&link);
    dan.has_got(&group, &[&word]);
    is_told(&dan, &labs[1], &[&second]);
    // It is used up.
    calendar.pass(1);
    moves(&mut ana, &second, &calendar);
    let word = ana.posts(&group, "Still there?");
    dan.has_got(&group, &[&word]);
}

#[test]
fn weeks_go_by_and_those_who_are_there_stay_together() {
    let calendar = Calendar::default();
    let mut ana = Person::offline("Ana");
    let mut ben = Person::offline("Ben");
    let labs = [&mut ana, &mut ben].map(|person| Lab::by(person, &calendar));
    let group = ana.opens("Sleepless", "For nights that are too long.");
    ben.joins(&ana.invites(&group).link);
    let mut posts = vec![ana.posts(&group, "Week 0")];
    ben.has_got(&group, &posts);
    let mut seen: Vec<BTreeSet<u16>> = vec![ports(&mut ana)];
    for week in 1..=3 {
        calendar.pass(A_WEEK);
        let now = moves(&mut ana, &seen[seen.len() - 1], &calendar);
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
    let calendar = Calendar::default();
    let mut ana = Person::offline("Ana");
    let mut ben = Person::offline("Ben");
    Lab::by(&mut ana, &calendar);
    let seen = Lab::by(&mut ben, &calendar);
    let group = ana.opens("Sleepless", "For nights that are too long.");
    ben.joins(&ana.invites(&group).link);
    let mut posts = vec![ana.posts(&group, "Is anybody awake?")];
    ben.has_got(&group, &posts);
    for step in [Step::Kept, Step::Both, Step::Left] {
        let before = ports(&mut ana);
        is_told(&ben, &seen, &[&before]);
        let (node, vault) = (ana.node().id(), ana.home().path().join("vault"));
        let written = || std::fs::metadata(&vault).and_then(|file| file.modified()).expect("a vault");
        let last = written();
        calendar.pass(A_WEEK);
        let (end, mut days) = (Instant::now() + wait::ARRIVAL, Days::default());
        loop {
            assert!(Instant::now() < end, "Ana did not move: {step:?}");
            days.pass(&calendar);
            let now = Ports::of_groups(node);
            let strike = match step {
                // It is written for other reasons, too; a kill then is as good as another.
                Step::Kept => written() != last,
                Step::Both => !now.is_empty() && now != before,
                Step::Left => now.is_disjoint(&before) && !now.is_empty(),
            };
            if strike {
                break;
            }
            std::thread::yield_now();
        }
        ana.is_cut_off();
        posts.push(ben.replies(&posts[0], &format!("Where are you? {step:?}")));
        Lab::by(&mut ana, &calendar);
        ana.has_got(&group, &posts);
        posts.push(ana.posts(&group, "Here."));
        ben.has_got(&group, &posts);
    }
}
