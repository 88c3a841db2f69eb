//! People behind routers of every temper meet, directly where that is possible at all.
//!
//! Needs root, `ip` and `nft`; where something is missing it says so and shows nothing.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use kith_tests::internet::{Internet, Place, Temper, lacks};
use kith_tests::{Person, wait};

/// How long routers are given to be talked into it.
const MEETING: Duration = Duration::from_secs(120);

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

/// Ana, whom everybody can call, opens a group, and the others come in.
fn a_group(net: &mut Internet, others: Vec<(&'static str, Place)>) -> (String, Person, Vec<Person>) {
    let place = net.host();
    let mut ana = Person::offline("Ana");
    let announce = format!("{}:{}", place.ip.as_deref().unwrap_or_default(), kith_tests::internet::PORT);
    ana.comes_online_at(&place, &["--announce", &announce]);
    let group = ana.opens("Sleepless", "For nights that are too long.");
    let mut people = Vec::new();
    for (name, place) in others {
        let mut person = Person::offline(name);
        person.comes_online_at(&place, &[]);
        person.joins(&ana.invites(&group).link);
        people.push(person);
    }
    (group, ana, people)
}

#[test]
fn two_behind_routers_that_keep_ports_meet_directly() {
    if !possible_here() {
        return;
    }
    let mut net = Internet::new();
    let preserving = Between::Router(Temper::Preserving);
    let (ben, chi) = (settle(&mut net, preserving, true), settle(&mut net, preserving, true));
    let (group, _ana, people) = a_group(&mut net, vec![("Ben", ben), ("Chi", chi)]);
    let way = || people[0].ways(&group).get("Chi").filter(|way| *way != "relayed").cloned();
    let way = wait::until(MEETING, "Ben and Chi to connect directly", way);
    assert_eq!(way, "punched");
}
