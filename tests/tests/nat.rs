//! People behind routers of every temper meet, directly where that is possible at all.
//!
//! Needs root, `ip` and `nft`; where something is missing it says so and shows nothing.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use kith_tests::internet::{Internet, PORT, Place, Router, Temper, lacks};
use kith_tests::{Keeper, Person, wait};

/// How long routers are given to be talked into it.
const MEETING: Duration = Duration::from_secs(120);

/// How soon after a path has come back a post is there that was written while it was gone.
const ARRIVES: Duration = Duration::from_secs(10);
/// How long a path stays away: longer than it takes anybody to notice.
const AWAY: Duration = Duration::from_secs(25);

/// What stands between somebody and the internet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Between {
    Nothing,
    Router(Temper),
    Cgnat,
}

impl Between {
    fn said(self) -> &'static str {
        match self {
            Between::Nothing => "public",
            Between::Router(Temper::FullCone) => "full cone",
            Between::Router(Temper::Preserving) => "port-preserving",
            Between::Router(Temper::Remapping) => "port-remapping",
            Between::Router(Temper::Symmetric) => "symmetric",
            Between::Cgnat => "CGNAT, two layers",
        }
    }

    /// Whether anybody can call them.
    fn open(self) -> bool {
        matches!(self, Between::Nothing | Between::Router(Temper::FullCone))
    }

    /// Whether theory lets these two connect directly.
    fn possible(self, other: Between) -> bool {
        let symmetric = |one| one == Between::Router(Temper::Symmetric);
        self.open() || other.open() || !(symmetric(self) || symmetric(other))
    }
}

/// Says why nothing is shown, if so.
fn possible_here() -> bool {
    match lacks() {
        None => true,
        Some(why) => {
            println!("The NAT lab was NOT run: {why}.");
            false
        }
    }
}

/// Somebody, and what stands between them and the internet.
fn settle(net: &mut Internet, between: Between, udp: bool) -> Place {
    let mut router = match between {
        Between::Nothing => return net.host(),
        Between::Router(temper) => net.router(temper),
        Between::Cgnat => {
            let mut provider = net.router(Temper::Preserving);
            net.router_behind(&mut provider, Temper::Preserving)
        }
    };
    if !udp {
        router.forbids_udp();
    }
    net.host_behind(&mut router)
}

/// Starts a node that tells others where it is.
fn comes_online_announced(person: &mut Person, place: &Place) {
    let (ip, ip6) = (place.ip.as_deref().expect("IPv4"), place.ip6.as_deref().expect("IPv6"));
    person.comes_online_at(place, &["--announce", &format!("{ip}:{PORT},[{ip6}]:{PORT}")]);
}

/// Ana, whom everybody can call, opens a group, and the others come in.
fn a_group(net: &mut Internet, others: Vec<(&'static str, Place)>) -> (String, Person, Vec<Person>) {
    let place = net.host();
    let (group, ana) = ana_opens_at(&place);
    let people = others.into_iter().map(|(name, place)| comes_in(name, &place, &group, &ana)).collect();
    (group, ana, people)
}

fn comes_in(name: &'static str, place: &Place, group: &str, ana: &Person) -> Person {
    let mut person = Person::offline(name);
    person.comes_online_at(place, &[]);
    person.joins(&ana.invites(group).link);
    person
}

fn ana_opens_at(place: &Place) -> (String, Person) {
    let mut ana = Person::offline("Ana");
    comes_online_announced(&mut ana, place);
    let group = ana.opens("Sleepless", "For nights that are too long.");
    (group, ana)
}

#[test]
fn a_router_that_lets_everybody_in_is_found_out_and_told() {
    if !possible_here() {
        return;
    }
    for udp in [true, false] {
        let mut net = Internet::new();
        let [cone, symmetric] = [Temper::FullCone, Temper::Symmetric].map(Between::Router);
        let (ben, chi) = (settle(&mut net, cone, udp), settle(&mut net, symmetric, udp));
        let (group, _ana, people) = a_group(&mut net, vec![("Ben", ben), ("Chi", chi)]);
        wait::until(MEETING, "Ben's node to be found reachable", || {
            let list = people[0].kith(["peers"]).ok();
            (list["reach"][0]["reachable"] == "public").then_some(())
        });
        let way = || people[1].ways(&group).get("Ben").filter(|way| *way != "relayed").cloned();
        wait::until(MEETING, "Chi to call Ben, whom anybody can call", way);
    }
}

/// Every pair's way, as each of both sees it.
fn ways(group: &str, people: &[(Between, &Person)]) -> BTreeMap<(usize, usize), String> {
    let mut all = BTreeMap::new();
    for (at, (_, person)) in people.iter().enumerate() {
        let seen = person.ways(group);
        for (other, (_, peer)) in people.iter().enumerate() {
            if let Some(way) = seen.get(peer.name()) {
                all.insert((at, other), way.clone());
            }
        }
    }
    all
}

/// Whether a pair is where theory says it could be.
fn is_there(one: Between, other: Between, way: Option<&String>) -> bool {
    way.is_some_and(|way| (way != "relayed") == one.possible(other))
}

fn table(transport: &str, people: &[(Between, &Person)], ways: &BTreeMap<(usize, usize), String>) {
    println!(
        "\n| {transport} | {} |",
        people.iter().map(|(between, _)| between.said()).collect::<Vec<_>>().join(" | ")
    );
    println!("|---|{}", "---|".repeat(people.len()));
    for (at, (between, _)) in people.iter().enumerate() {
        let cells = (0..people.len()).map(|other| match ways.get(&(at, other)) {
            _ if other == at => "",
            Some(way) => way,
            None => "not at all",
        });
        println!("| {} | {} |", between.said(), cells.collect::<Vec<_>>().join(" | "));
    }
}

/// One of every kind and two of those of which two are a question of their own, all in one group with Ana.
fn everybody_meets(transport: &str, udp: bool) {
    if !possible_here() {
        return;
    }
    let mut net = Internet::new();
    let kinds = [
        ("Ben", Between::Router(Temper::FullCone)),
        ("Chi", Between::Router(Temper::Preserving)),
        ("Dan", Between::Router(Temper::Preserving)),
        ("Eve", Between::Router(Temper::Remapping)),
        ("Fay", Between::Router(Temper::Remapping)),
        ("Gil", Between::Router(Temper::Symmetric)),
        ("Hal", Between::Router(Temper::Symmetric)),
        ("Ivy", Between::Cgnat),
    ];
    let places = kinds.iter().map(|(name, between)| (*name, settle(&mut net, *between, udp))).collect();
    let (group, ana, others) = a_group(&mut net, places);
    let mut people = vec![(Between::Nothing, &ana)];
    people.extend(kinds.iter().zip(&others).map(|((_, between), person)| (*between, person)));

    let mut last = BTreeMap::new();
    let met = wait::within(MEETING, || {
        last = ways(&group, &people);
        let there = people.iter().enumerate().all(|(at, (one, _))| {
            people
                .iter()
                .enumerate()
                .all(|(to, (other, _))| at == to || is_there(*one, *other, last.get(&(at, to))))
        });
        there.then_some(())
    });
    table(transport, &people, &last);
    assert!(met.is_some(), "some pair is not where it could be");
}

#[test]
fn over_quic_everybody_meets_as_directly_as_theory_allows() {
    everybody_meets("QUIC", true);
}

#[test]
fn over_tcp_everybody_meets_as_directly_as_theory_allows() {
    everybody_meets("TCP", false);
}

/// Waits for posts at both ends after a path has come back, and says how long each took.
fn arrive(what: &str, back: Instant, group: &str, posts: &[(&Person, &str)]) {
    for (reader, post) in posts {
        reader.has_got(group, &[post]);
        let took = back.elapsed();
        println!("{what}: at {} after {:.1} s", reader.name(), took.as_secs_f32());
        assert!(took <= ARRIVES, "{what}: it took {} s until {} had the post", took.as_secs(), reader.name());
    }
}

/// Two behind routers that can only be relayed, and their routers.
struct Two {
    /// Kept, since all ends with it.
    _net: Internet,
    routers: Vec<Router>,
    places: Vec<Place>,
    ana_at: Place,
    group: String,
    ana: Person,
    people: Vec<Person>,
}

fn two_behind(temper: Temper) -> Two {
    two_behind_with(temper, |net| net.router(temper))
}

/// With a first router of its own sort.
fn two_behind_with(temper: Temper, first: impl FnOnce(&mut Internet) -> Router) -> Two {
    let mut net = Internet::new();
    let ana_at = net.host();
    let mut routers = vec![first(&mut net), net.router(temper)];
    let places: Vec<Place> = routers.iter_mut().map(|router| net.host_behind(router)).collect();
    let (group, ana) = ana_opens_at(&ana_at);
    let people: Vec<Person> =
        ["Ben", "Chi"].iter().zip(&places).map(|(name, place)| comes_in(name, place, &group, &ana)).collect();
    let way = if temper == Temper::Symmetric { "relayed" } else { "punched" };
    wait::until(MEETING, "Ben and Chi to meet", || {
        (people[0].ways(&group).get("Chi").map(String::as_str) == Some(way)).then_some(())
    });
    Two { _net: net, routers, places, ana_at, group, ana, people }
}

#[test]
fn a_relay_that_restarts_is_found_again() {
    if !possible_here() {
        return;
    }
    let mut two = two_behind(Temper::Symmetric);
    two.ana.is_cut_off();
    let post = two.people[0].posts(&two.group, "Ana's lamp went out.");
    comes_online_announced(&mut two.ana, &two.ana_at);
    let back = Instant::now();
    arrive("a relay restarts", back, &two.group, &[(&two.people[1], &post)]);
    wait::until(MEETING, "Ben and Chi to meet through Ana again", || {
        (two.people[0].ways(&two.group).get("Chi").map(String::as_str) == Some("relayed")).then_some(())
    });
}

#[test]
fn where_nobody_can_be_called_a_keeper_brings_them_together() {
    if !possible_here() {
        return;
    }
    for (temper, way) in [(Temper::Symmetric, "relayed"), (Temper::Preserving, "punched")] {
        let mut net = Internet::new();
        let keeper_at = net.host();
        let mut routers = [net.router(temper), net.router(temper)];
        let [ben_at, chi_at] = routers.each_mut().map(|router| net.host_behind(router));
        let keeper = Keeper::starts_at(&keeper_at);
        let mut ben = Person::offline("Ben");
        ben.comes_online_at(&ben_at, &[]);
        let group = ben.opens("Sleepless", "For nights that are too long.");
        ben.kith(["group", "keeper", "add", &group, "-"]).stdin(keeper.enrols()).ok();
        let door = ben.invites_with(&group, &["--way", "open-door"]).link;
        wait::until(MEETING, "the keeper to know of the door", || {
            let list = ben.kith(["group", "keeper", "list", &group]).ok();
            (list["keepers"][0]["in_step"] == true).then_some(())
        });
        let mut chi = Person::offline("Chi");
        chi.comes_online_at(&chi_at, &[]);
        chi.joins(&door);
        let post = chi.posts(&group, "Nobody can call me, and here I am.");
        ben.has_got(&group, &[&post]);
        wait::until(MEETING, format_args!("Ben and Chi to be connected, {way}"), || {
            (ben.ways(&group).get("Chi").map(String::as_str) == Some(way)).then_some(())
        });
    }
}

#[test]
fn somebody_who_moves_to_another_address_goes_on_talking() {
    if !possible_here() {
        return;
    }
    let two = two_behind(Temper::Preserving);
    let net = two.routers[0].net();
    two.places[0].moves_to(&format!("10.{net}.0.77"), net);
    let back = Instant::now();
    let by_ben = two.people[0].posts(&two.group, "I am on the train now.");
    let by_chi = two.people[1].posts(&two.group, "Have a good journey.");
    arrive("another address", back, &two.group, &[(&two.people[1], &by_ben), (&two.people[0], &by_chi)]);
}

#[test]
fn a_router_that_gets_another_address_parts_nobody_for_long() {
    if !possible_here() {
        return;
    }
    let mut two = two_behind(Temper::Preserving);
    two.routers[0].moves_to("203.0.113.77");
    let back = Instant::now();
    let by_ben = two.people[0].posts(&two.group, "Midnight again.");
    let by_chi = two.people[1].posts(&two.group, "I am awake too.");
    arrive(
        "a router's new address",
        back,
        &two.group,
        &[(&two.people[1], &by_ben), (&two.people[0], &by_chi)],
    );
}

#[test]
fn what_was_written_while_the_line_was_dead_arrives_soon_after() {
    if !possible_here() {
        return;
    }
    let two = two_behind(Temper::Preserving);
    let router = two.routers[0].place();
    router.cable(false);
    let by_ben = two.people[0].posts(&two.group, "The line is dead. I write anyway.");
    let by_chi = two.people[1].posts(&two.group, "Ben, are you there?");
    // Not waited for: how long a line is dead is the story's to say.
    wait::until_fate_strikes(AWAY);
    router.cable(true);
    let back = Instant::now();
    arrive("a dead line", back, &two.group, &[(&two.people[1], &by_ben), (&two.people[0], &by_chi)]);
}

#[test]
fn two_in_one_house_meet_when_the_internet_is_gone() {
    if !possible_here() {
        return;
    }
    let mut net = Internet::new();
    let mut router = net.router(Temper::Preserving);
    let places = [net.host_behind(&mut router), net.host_behind(&mut router)];
    let others = ["Ben", "Chi"].into_iter().zip(places.clone()).collect();
    let (group, _ana, mut people) = a_group(&mut net, others);
    people[0].meets(&group, 2);
    router.place().cable(false);
    for (person, place) in people.iter_mut().zip(&places) {
        person.goes_offline();
        person.comes_online_at(place, &[]);
    }
    let post = people[0].posts(&group, "No internet. You are next door.");
    people[1].has_got(&group, &[&post]);
}

#[test]
fn somebody_with_ipv6_alone_meets_somebody_with_ipv4_alone() {
    if !possible_here() {
        return;
    }
    let mut net = Internet::new();
    let ivy = net.host_with_ipv6_only();
    let chi = settle(&mut net, Between::Router(Temper::Preserving), true);
    let (group, _ana, people) = a_group(&mut net, vec![("Ivy", ivy), ("Chi", chi)]);
    let way = wait::until(MEETING, "Ivy and Chi to meet", || people[0].ways(&group).get("Chi").cloned());
    assert_eq!(way, "relayed");
    let post = people[0].posts(&group, "There are two internets, and we meet all the same.");
    people[1].has_got(&group, &[&post]);
}

#[test]
fn a_bad_line_is_slow_and_loses_nothing() {
    if !possible_here() {
        return;
    }
    // 300 ms there and 300 ms back.
    let two = two_behind_with(Temper::Preserving, |net| net.router_far_away(Temper::Preserving, 300));
    two.routers[0].place().loses(20);
    let watch = Instant::now();
    let mut posts = Vec::new();
    for number in 0..20 {
        let author = &two.people[number % 2];
        posts.push(author.posts(&two.group, &format!("{number}: the line crackles.")));
    }
    for person in &two.people {
        person.has_got(&two.group, &posts);
    }
    println!("20 posts over a bad line: {:.1} s", watch.elapsed().as_secs_f32());
}
