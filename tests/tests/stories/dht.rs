//! Finding each other by the DHT: everybody's address has changed, nobody tells anybody, and they meet all the same.

use std::collections::BTreeSet;
use std::fs;
use std::net::{TcpListener, UdpSocket};

use kith_tests::{Home, Lab, Node, Person, Ports, program, wait};

/// How much faster time goes in these stories.
const PACE: u64 = 30;

/// Somebody's keeper: a server of the DHT, whose groups are none of ours unless one claims a place.
struct Keeper {
    home: Home,
    node: Option<Node>,
    base: u64,
}

impl Keeper {
    /// One that knows these servers.
    fn starts(base: u64, servers: &[&Keeper]) -> Keeper {
        let home = Home::new();
        let folder = home.path().join("keeper");
        fs::create_dir_all(&folder).expect("a folder of the test");
        fs::write(folder.join("config.toml"), settings(servers)).expect("a file of the test");
        let mut keeper = Keeper { home, node: None, base };
        keeper.goes_on();
        keeper
    }

    fn goes_on(&mut self) {
        let call = self.home.kith(["keeper", "run", "--listen", "127.0.0.1"]);
        let call = call.env("LAB_BASE", self.base.to_string()).env("LAB_PACE", PACE.to_string());
        self.node = Some(Node::start_as(call.command_of(&program::lab_node())));
    }

    fn stops(&mut self) {
        self.node.take().expect("a running keeper").terminate();
    }

    fn port(&self) -> u16 {
        let status = self.home.kith(["keeper", "status"]).ok();
        status["port"].as_u64().and_then(|port| port.try_into().ok()).expect("a port")
    }

    /// What it counted.
    fn counted(&self, name: &str) -> u64 {
        let status = self.home.kith(["keeper", "status"]).ok();
        status["counters"][name].as_u64().expect("a counter")
    }
}

fn settings(servers: &[&Keeper]) -> String {
    let nodes: Vec<String> =
        servers.iter().map(|server| format!("\"127.0.0.1:{}\"", server.port())).collect();
    format!("[dht]\nnodes = [{}]\n", nodes.join(", "))
}

/// Somebody whose settings name servers of the DHT.
fn person(name: &'static str, base: u64, servers: &[&Keeper]) -> Person {
    let mut person = Person::offline(name);
    fs::write(person.home().path().join("config.toml"), settings(servers)).expect("a file of the test");
    Lab::hasty(&mut person, base, PACE);
    person
}

fn ports(person: &mut Person) -> BTreeSet<u16> {
    Ports::of_groups(person.node().id())
}

/// Has another program at these ports.
fn hold(ports: impl IntoIterator<Item = u16>) -> Vec<(TcpListener, UdpSocket)> {
    let at = |port: u16| ("127.0.0.1", port);
    let hold = |port| (TcpListener::bind(at(port)).expect("free"), UdpSocket::bind(at(port)).expect("free"));
    ports.into_iter().map(hold).collect()
}

/// What somebody's node counted of the DHT.
fn counted(person: &Person, name: &str) -> u64 {
    person.kith(["doctor"]).ok()["network"][name].as_u64().unwrap_or_else(|| panic!("{name} is counted"))
}

#[test]
fn two_whose_addresses_both_changed_while_both_were_away_find_each_other() {
    let base = Lab::now();
    // It keeps nothing for their group, and knows nobody of it.
    let keeper = Keeper::starts(base, &[]);
    let mut ana = person("Ana", base, &[&keeper]);
    let mut ben = person("Ben", base, &[&keeper]);
    let group = ana.opens("Sleepless", "For nights that are too long.");
    ben.joins(&ana.invites(&group).link);
    let first = ana.posts(&group, "Is anybody awake?");
    ben.has_got(&group, &[&first]);
    let before = [ports(&mut ana), ports(&mut ben)];
    ana.goes_offline();
    ben.goes_offline();

    let _held = hold(before.iter().flatten().copied());
    Lab::hasty(&mut ana, base, PACE);
    Lab::hasty(&mut ben, base, PACE);
    let second = ben.posts(&group, "I moved.");
    ana.has_got(&group, &[&first, &second]);
    assert!(ports(&mut ana).is_disjoint(&before[0]) && ports(&mut ben).is_disjoint(&before[1]));
    assert!(counted(&ana, "dht_found") + counted(&ben, "dht_found") > 0, "they met by the DHT");
    assert!(keeper.counted("dht_taken") > 0);
    assert_eq!((keeper.counted("dht_not_records"), keeper.counted("proofs_good")), (0, 0));
    let doctor = ana.kith(["doctor"]).ok();
    let said = doctor["checks"]
        .as_array()
        .and_then(|checks| checks.iter().find(|check| check["check"] == "dht").cloned());
    assert_eq!(said.expect("it says something of the DHT")["state"], "ok");
}

#[test]
fn a_keeper_that_has_moved_is_found() {
    let base = Lab::now();
    let server = Keeper::starts(base, &[]);
    let mut keeper = Keeper::starts(base, &[&server]);
    let ana = person("Ana", base, &[&server]);
    let group = ana.opens("Sleepless", "For nights that are too long.");
    let link = keeper.home.kith(["keeper", "enrol"]).ok()["link"].as_str().expect("a link").to_owned();
    let added = ana.kith(["group", "keeper", "add", &group, "-"]).stdin(link).ok();
    assert_eq!(added["keepers"][0]["state"], "kept", "{added}");
    let before = keeper.port();
    keeper.stops();
    let _held = hold([before]);
    keeper.goes_on();
    assert_ne!(keeper.port(), before);
    wait::until(wait::ARRIVAL, "Ana to be connected with the keeper again", || {
        let list = ana.kith(["group", "keeper", "list", &group]).ok();
        list["keepers"].as_array()?.iter().any(|keeper| keeper["connected"] == true).then_some(())
    });
    assert!(keeper.counted("dht_told") > 0 && counted(&ana, "dht_found") > 0);
}
