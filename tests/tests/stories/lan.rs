//! Members on one local network without any way out of it, who know each other's old addresses only.

use kith_tests::node::run;
use kith_tests::{Netns, Node, Person, netns, wait};

#[test]
fn two_on_one_network_without_uplink_find_each_other() {
    if !netns::possible() {
        return;
    }
    let (mut ana, mut ben) = (Person::new("Ana"), Person::new("Ben"));
    let group = ana.opens("Sleepless", "For nights that are too long.");
    ben.joins(&ana.invites(&group).link);
    let post = ben.posts(&group, "Is anybody awake?");
    ana.has_got(&group, &[&post]);
    ana.goes_offline();
    ben.goes_offline();

    // Elsewhere, days later: what their books say leads nowhere.
    let switch = Netns::new("switch");
    switch.is_a_switch();
    let homes = [Netns::new("ana"), Netns::new("ben")];
    switch.switch_to(&homes[0], "192.168.77.11/24");
    switch.switch_to(&homes[1], "192.168.77.12/24");
    for (person, network) in [(&mut ana, &homes[0]), (&mut ben, &homes[1])] {
        let call = run(&person.home().path(), &["--listen", "0.0.0.0", "--lan"]).inside(network);
        person.runs_on(Node::start_as(call.command()));
    }
    ana.meets(&group, 1);
    let post = ana.posts(&group, "I am here.");
    ben.has_got(&group, &[&post]);
    let peers = ana.kith(["peers"]).ok();
    assert_eq!(peers["peers"][0]["how"], "lan", "{peers}");
    assert_eq!(ana.kith(["status"]).ok()["lan"], true);

    // It is not said where nobody asked for it.
    ben.goes_offline();
    let call = run(&ben.home().path(), &["--listen", "0.0.0.0"]).inside(&homes[1]);
    ben.runs_on(Node::start_as(call.command()));
    wait::until(wait::ARRIVAL, "Ben's node to be on the network", || {
        let doctor = ben.kith(["doctor"]).ok();
        let checks = doctor["checks"].as_array().expect("checks").clone();
        checks.iter().any(|check| check["check"] == "listening" && check["state"] == "ok").then_some(())
    });
    assert!(!homes[1].listens_for_mdns());

    // Nor once it is over: what answered for a group is gone with the group.
    assert!(homes[0].listens_for_mdns());
    ana.kith(["lock"]).ok();
    wait::until(wait::ARRIVAL, "Ana's node to be silent", || (!homes[0].listens_for_mdns()).then_some(()));
}
