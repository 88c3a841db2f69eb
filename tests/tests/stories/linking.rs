//! Whether two groups of one person can be told to be of one person, by everything that others get to see of either:
//! members who put together what they know, and whoever looks at the machine from outside. They share its IP address,
//! and nothing else that is not every node's.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use kith_protocol::invite::Link;
use kith_protocol::time::Millis;
use kith_tests::keeper::is_left;
use kith_tests::lab::Frame;
use kith_tests::node::run;
use kith_tests::{Keeper, Lab, Node, Person, Ports, wait};

/// Bytes that do not come twice by chance: as many as the shortest name has, that of a device's log.
const WINDOW: usize = 8;

/// What one group shows of somebody, each value under a name. What a keeper is shown at an enrolment belongs here too.
type Shown = BTreeMap<&'static str, BTreeSet<String>>;

/// What a member of one group sees of the person at these ports.
fn shown(member: &Lab, ports: &BTreeSet<u16>) -> Shown {
    let neighbours = member.neighbours().into_iter().filter(|(_, port)| ports.contains(port));
    let peers: BTreeSet<String> = neighbours.map(|(peer, _)| peer).collect();
    assert!(!peers.is_empty(), "nobody was met at {ports:?}");
    let ports = ports.iter().map(ToString::to_string).collect();
    BTreeMap::from([("peer id", peers), ("port", ports), ("topic", member.topics().into_iter().collect())])
}

/// What identify tells of each PeerId, without the PeerId.
fn told_of_themselves(member: &Lab) -> BTreeSet<String> {
    let told = member.frames().into_iter().filter_map(|frame| match frame {
        Frame::Identify(text) => text.split_once(' ').map(|(_, about)| about.to_owned()),
        _ => None,
    });
    told.collect()
}

/// When a stream of a protocol was opened by one of these.
fn opened(member: &Lab, peers: &BTreeSet<String>, protocol: &str) -> Vec<u64> {
    let opened = member.seen().into_iter().filter_map(|(time, frame)| match frame {
        Frame::Opened(text) => {
            let (peer, opened) = text.split_once(' ')?;
            (peers.contains(peer) && opened == protocol).then_some(time)
        }
        _ => None,
    });
    opened.collect()
}

/// Pieces of what was received without any byte twice, as nearly all are of what is drawn at random, and few of what frames
/// things; and without addresses, which are looked at by themselves.
fn pieces(member: &Lab) -> BTreeSet<Vec<u8>> {
    const ADDRESS: &[u8] = b"/ip4/127.0.0.1/";
    let received = member.received();
    let (mut kept, mut rest) = (vec![Vec::new()], received.as_slice());
    while let Some((byte, after)) = rest.split_first() {
        if rest.starts_with(ADDRESS) {
            let of_address = |byte: &u8| byte.is_ascii_alphanumeric() || b"/.-".contains(byte);
            rest = &rest[rest.iter().position(|byte| !of_address(byte)).unwrap_or(rest.len())..];
            kept.push(Vec::new());
        } else {
            kept.last_mut().expect("never empty").push(*byte);
            rest = after;
        }
    }
    let telling = |piece: &&[u8]| piece.iter().collect::<BTreeSet<_>>().len() == WINDOW;
    kept.iter().flat_map(|part| part.windows(WINDOW)).filter(telling).map(<[u8]>::to_vec).collect()
}

/// Two people who have nothing to do with anybody else, and what one of them got: what nodes say in every group.
fn others() -> BTreeSet<Vec<u8>> {
    let mut eve = Person::offline("Eve");
    let mut fay = Person::offline("Fay");
    Lab::around(&mut eve, 0);
    let seen = Lab::around(&mut fay, 0);
    let group = eve.opens("Elsewhere", "Something else.");
    fay.joins(&eve.invites(&group).link);
    talk(&eve, &fay, &group, "It is raining here.");
    eve.goes_offline();
    Lab::around(&mut eve, 0);
    let word = eve.posts(&group, "Back again.");
    fay.has_got(&group, &[&word]);
    pieces(&seen)
}

/// What was said in both, and is not said everywhere. Both sides of a session tell what time it is, and sets are named by
/// their month: that is everybody's, too.
fn common(one: &BTreeSet<Vec<u8>>, other: &BTreeSet<Vec<u8>>, everywhere: &BTreeSet<Vec<u8>>) -> Vec<String> {
    let now = Lab::now();
    let [.., high, low] = Millis(now).month().0.to_be_bytes();
    let times = [&now.to_be_bytes()[2..5], &[0x19, high, low]];
    let tells_time = |piece: &[u8]| piece.windows(3).any(|part| times.contains(&part));
    let common = one.intersection(other).filter(|piece| !everywhere.contains(*piece) && !tells_time(piece));
    common.map(hex::encode).collect()
}

/// A post and a reply, each with the other.
fn talk(one: &Person, other: &Person, group: &str, text: &str) {
    let mut posts = vec![one.posts(group, text)];
    other.has_got(group, &posts);
    posts.push(other.replies(&posts[0], "I am here."));
    one.has_got(group, &posts);
}

fn ports_of(link: &str) -> BTreeSet<u16> {
    let nodes = Link::parse(link).expect("a link").nodes.concat();
    nodes.iter().filter_map(|address| address.split('/').nth(4)?.parse().ok()).collect()
}

#[test]
fn two_groups_of_one_person_have_nothing_in_common_that_others_could_see() {
    let mut ana = Person::offline("Ana");
    let mut chi = Person::offline("Chi");
    let mut dan = Person::offline("Dan");
    Lab::around(&mut ana, 0);
    // Chi and Dan tell each other all they see, as somebody who is in both groups would.
    let [in_one, in_two] = [&mut chi, &mut dan].map(|person| Lab::around(person, 0));
    let one = ana.opens("Grief", "One part of a life.");
    let two = ana.opens("Debts", "Another part.");
    let links = [&one, &two].map(|group| ana.invites(group).link);
    chi.joins(&links[0]);
    dan.joins(&links[1]);
    for (group, friend, text) in [(&one, &chi, "It is a year today."), (&two, &dan, "The letter came.")] {
        talk(&ana, friend, group, text);
    }
    // A restart: each group comes back at its own place, and has to be found and reconciled with once more.
    // (A node that ends says goodbye in all groups at once: when somebody is there, their hours tell.)
    ana.goes_offline();
    let again = Lab::now();
    Lab::around(&mut ana, 0);
    for (group, friend) in [(&one, &chi), (&two, &dan)] {
        let word = ana.posts(group, "Back again.");
        friend.has_got(group, &[&word]);
    }

    let held = Ports::of_groups(ana.node().id());
    let named = [&links[0], &links[1]].map(|link| ports_of(link));
    assert!(named[0].is_disjoint(&named[1]), "one port in the links of two groups: {named:?}");
    let listening = named.clone().map(|ports| &ports & &held);
    assert!(
        listening.iter().all(|ports| ports.len() == 1),
        "a group is not at its port: {listening:?} {held:?}"
    );
    let first = shown(&in_one, &listening[0]);
    let second = shown(&in_two, &listening[1]);
    for (what, values) in &first {
        let both: Vec<_> = values.intersection(&second[what]).collect();
        assert!(both.is_empty(), "both groups show the same {what}: {both:?}");
    }

    // Identify is the same for all, whoever they are, and in every group. Whoever was called names one protocol more than
    // whoever called, as AutoNAT has it.
    let told = [&in_one, &in_two].into_iter().flat_map(told_of_themselves);
    let told: BTreeSet<String> =
        told.map(|about| about.replace("\"/libp2p/autonat/2/dial-back\", ", "")).collect();
    assert_eq!(told.len(), 1, "nodes differ in what they tell of themselves: {told:#?}");
    assert!(told.iter().all(|about| about.contains("/kith/sync/1") && !about.contains("/ip4/")), "{told:#?}");

    // Of all that was received, in streams and gossip, before the connection seals it, no piece came in both groups that
    // does not come in groups of other people, too.
    let (said, heard) = (pieces(&in_one), pieces(&in_two));
    let counts = (said.len(), heard.len());
    assert!(counts.0 > 1_000 && counts.1 > 1_000, "next to nothing was said: {counts:?}");
    let everywhere: BTreeSet<Vec<u8>> = (0..2).flat_map(|_| others()).collect();
    let common = common(&said, &heard, &everywhere);
    assert!(common.is_empty(), "said in both groups, and nowhere else: {common:#?}");

    // Sessions are not begun in pairs.
    let sessions = [(&in_one, &first), (&in_two, &second)].map(|(lab, shown)| {
        let mut times = opened(lab, &shown["peer id"], "/kith/sync/1");
        times.retain(|time| *time >= again);
        times
    });
    let pairs = sessions[0].iter().filter(|time| sessions[1].iter().any(|other| time.abs_diff(*other) < 20));
    let fewer = sessions[0].len().min(sessions[1].len());
    assert!(fewer == 0 || pairs.count() < fewer, "each session has its twin: {sessions:?}");
}

/// Somebody opens a group of their own that a keeper keeps, and writes in it.
fn is_kept_alone(person: &mut Person, title: &str, text: &str) -> Keeper {
    let keeper = Keeper::starts();
    let group = person.opens(title, "A part of a life.");
    person.kith(["group", "keeper", "add", &group, "-"]).stdin(keeper.enrols()).ok();
    let post = person.posts(&group, text);
    is_left(person, &post);
    keeper
}

#[test]
fn the_keepers_of_two_groups_of_one_person_see_nothing_that_both_have() {
    let (mut ana, mut eve) = (Person::new("Ana"), Person::new("Eve"));
    let keepers = [
        is_kept_alone(&mut ana, "Grief", "It is a year today."),
        is_kept_alone(&mut ana, "Debts", "The letter came."),
    ];
    let elsewhere = is_kept_alone(&mut eve, "Elsewhere", "It is raining here.");
    // A place in each group, claimed, told of, filled and met at: each keeper saw one person, and nobody else.
    let [one, two] = keepers.each_ref().map(Keeper::lab);
    let said = [pieces(&one), pieces(&two)];
    assert!(
        said.iter().all(|pieces| pieces.len() > 300),
        "next to nothing was said: {:?}",
        said.map(|s| s.len())
    );
    let common = common(&said[0], &said[1], &pieces(&elsewhere.lab()));
    assert!(common.is_empty(), "told to both keepers, and to no other: {common:#?}");
}

/// Each group comes onto the network at a moment of its own.
#[test]
fn the_groups_of_a_node_do_not_come_at_once() {
    let mut ana = Person::new("Ana");
    for title in ["Grief", "Debts"] {
        ana.invites(&ana.opens(title, "One part of a life."));
    }
    let both = Ports::of_groups(ana.node().id());
    assert_eq!(both.len(), 2);
    let mut apart = Duration::ZERO;
    for _ in 0..4 {
        ana.goes_offline();
        ana.comes_online();
        let node = ana.node().id();
        let mut first = None;
        wait::until(wait::ARRIVAL, "both groups to be on the network", || {
            let now = &Ports::of_groups(node) & &both;
            if !now.is_empty() {
                first.get_or_insert_with(Instant::now);
            }
            (now == both).then_some(())
        });
        apart = apart.max(first.map_or(Duration::ZERO, |first| first.elapsed()));
    }
    assert!(apart > Duration::from_millis(400), "four times both came within {apart:?}");
}

/// Where the router leads is one group's: told in two, it would say that one person is in both.
#[test]
fn what_is_announced_is_told_in_one_group() {
    let mut ana = Person::offline("Ana");
    let announced = ["--announce", "203.0.113.7:4001"];
    ana.runs_on(Node::start_as(run(&ana.home().path(), &announced).command()));
    let groups = ["Grief", "Debts"].map(|title| ana.opens(title, "One part of a life."));
    let named = |link: &str| Link::parse(link).expect("a link").nodes.concat();
    let telling = groups.iter().filter(|group| {
        named(&ana.invites(group).link).iter().any(|address| address.contains("203.0.113.7"))
    });
    assert_eq!(telling.count(), 1);
}
