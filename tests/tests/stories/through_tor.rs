//! A node behind a proxy: nothing leaves it by another way, whatever others tell it; and through Tor itself.

use std::fs;

use kith_protocol::invite::Link;
use kith_tests::node::run;
use kith_tests::{Netns, Node, Person, Socks, netns, tor, wait};
use serde_json::Value;

const BENS: &str = "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion";
const INSIDE: &str = "198.18.77.2";
const OUTSIDE: &str = "198.18.77.1";

/// What others might tell a node to make it show where it is.
const TRAPS: &[&str] = &[
    "/ip4/198.18.77.1/udp/4001/quic-v1",
    "/ip4/203.0.113.7/udp/4001/quic-v1",
    "/ip4/198.18.77.1/tcp/4001",
    "/ip4/224.0.0.251/udp/5353/quic-v1",
    "/ip4/192.168.1.1/tcp/53",
    "/dns/tracker.example/tcp/4001",
    "/dns4/router.lan/tcp/80",
    "/dnsaddr/bootstrap.example",
];

#[test]
fn nothing_leaves_but_through_the_proxy() {
    if !netns::possible() {
        return;
    }
    let socks = Socks::start();
    let (mut ana, mut ben) = (Person::offline("Ana"), Person::offline("Ben"));
    let port = tor::free();
    socks.knows(BENS, port);
    let (listen, announce) = (format!("127.0.0.1:{port}"), format!("{BENS}:4001"));
    let here = format!("socks5://127.0.0.1:{}", socks.port());
    ben.runs_on(Node::start(ben.home(), &["--listen", &listen, "--announce", &announce, "--proxy", &here]));
    let group = ben.opens("Sleepless", "For nights that are too long.");

    let network = Netns::new("tor");
    network.plug_in(&format!("{INSIDE}/24"), &format!("{OUTSIDE}/24"));
    network.counts_all_but(OUTSIDE, socks.port());
    let there = format!("socks5://{OUTSIDE}:{}", socks.port());
    let anas = |arguments: &[&str]| {
        let call = run(&ana.home().path(), arguments).inside(&network);
        Node::start_as(call.command())
    };
    // Ana's node listens nowhere that could be reached, though nobody told it to listen here only.
    let node = anas(&["--proxy", &there]);
    ana.runs_on(node);

    let mut link = Link::parse(&ben.invites(&group).link).expect("a link");
    assert_eq!(link.nodes, [[format!("/onion3/{}:4001", BENS.trim_end_matches(".onion"))]]);
    link.nodes.insert(0, TRAPS.iter().map(|text| (*text).to_owned()).collect());
    ana.joins(&link.to_text().expect("a link"));
    let night = ana.posts(&group, "Is anybody awake?");
    ben.has_got(&group, &[&night]);
    let answer = ben.replies(&night, "I am.");
    wait::until(wait::ARRIVAL, "Ben's answer", || {
        ana.reads_thread(&night).iter().any(|post| post.post == answer).then_some(())
    });

    let peers = ana.kith(["peers"]).ok();
    assert_eq!(peers["peers"][0]["how"], "proxy", "{peers}");
    let status = ana.kith(["status"]).ok();
    assert_eq!(
        (&status["proxy"]["state"], &status["proxy"]["only"]),
        (&Value::from("here"), &Value::from(true))
    );
    let seen = socks.asked();
    let whom: Vec<&str> = seen.iter().map(|asked| asked.whom.as_str()).collect();
    // A public address is the proxy's to reach as well; none of the others is even asked for.
    let fine = ["tracker.example:4001".to_owned(), format!("{OUTSIDE}:4001"), format!("{BENS}:4001")];
    assert!(whom.iter().all(|asked| fine.iter().any(|fine| fine == asked)), "{whom:?}");
    assert!(whom.contains(&"tracker.example:4001"), "names are the proxy's to look up: {whom:?}");
    let (beside, through) = network.counted();
    assert_eq!(beside, 0, "nothing left beside the proxy");
    assert!(through > 0);
    assert!(!network.listens_for_mdns());

    // The same node without a proxy is seen at once, which shows that the counter counts.
    ana.goes_offline();
    let call = run(&ana.home().path(), &["--listen", "0.0.0.0", "--lan"]).inside(&network);
    ana.runs_on(Node::start_as(call.command()));
    wait::until(wait::ARRIVAL, "packets beside the proxy", || (network.counted().0 > 0).then_some(()));
}

#[test]
fn without_its_proxy_a_node_says_so_and_waits() {
    let mut ana = Person::offline("Ana");
    let port = tor::free();
    fs::write(ana.home().path().join("config.toml"), format!("proxy = \"127.0.0.1:{port}\"\n"))
        .expect("a home");
    ana.comes_online();
    ana.opens("Sleepless", "For nights that are too long.");
    let status = wait::until(wait::ARRIVAL, "the proxy to be missed", || {
        let status = ana.kith(["status"]).ok();
        (status["proxy"]["state"] == "missing").then_some(status)
    });
    assert_eq!(status["notices"][0]["code"], "proxy_missing");
    assert_eq!(ana.kith(["peers"]).ok()["notices"][0]["code"], "proxy_missing");
    let said = ana.kith(["peers"]).in_words().run().lines.join("\n");
    assert!(said.contains("Your proxy does not answer") && said.contains("takes no other way"), "{said}");
}

#[test]
fn what_would_go_beside_the_proxy_is_refused_at_the_start() {
    let (home, _) = kith_tests::Home::with_identity();
    for arguments in [
        &["--proxy", "127.0.0.1:9050", "--listen", "0.0.0.0"][..],
        &["--proxy", "127.0.0.1:9050", "--announce", "home.example:4001"],
    ] {
        let failure = run(&home.path(), arguments).fails(3);
        assert_eq!(failure.code, "bad_setting", "{failure:?}");
    }
    run(&home.path(), &["--proxy", "127.0.0.1:9050", "--lan"]).fails(2);
    run(&home.path(), &["--proxy", "tor.example:9050"]).fails(2);
}

#[test]
fn two_meet_through_a_real_tor() {
    if !tor::installed() {
        return;
    }
    let ports = [tor::free(), tor::free()];
    let network = tor::Tor::start(&ports);
    let mut people = [Person::offline("Ana"), Person::offline("Ben")];
    for (number, person) in people.iter_mut().enumerate() {
        let config = format!(
            "proxy = \"{}\"\nlisten = [\"127.0.0.1:{}\"]\nannounce = [\"{}:4001\"]\n",
            network.socks(),
            ports[number],
            network.onion(number)
        );
        fs::write(person.home().path().join("config.toml"), config).expect("a home");
        let call = kith_tests::Call::new(&person.home().path(), ["run", "--no-passphrase", "--no-web"]);
        person.runs_on(Node::start_as(call.command()));
    }
    let [ana, ben] = &mut people;
    let group = ana.opens("Sleepless", "For nights that are too long.");
    let link = ana.invites(&group).link;
    assert_eq!(Link::parse(&link).expect("a link").nodes.len(), 1);
    // Ana's service has to be published first, which takes its time; Ben's node tries again until it is.
    ben.joins(&link);
    let post = ben.posts(&group, "Is anybody awake?");
    ana.has_got(&group, &[&post]);
    let peers = ben.kith(["peers"]).ok();
    assert_eq!(peers["peers"][0]["how"], "proxy", "{peers}");
    // Ana's node comes back, and finds Ben by the onion service that his record names.
    ana.goes_offline();
    let call = kith_tests::Call::new(&ana.home().path(), ["run", "--no-passphrase", "--no-web"]);
    ana.runs_on(Node::start_as(call.command()));
    ana.meets(&group, 1);
    let post = ana.posts(&group, "I am.");
    ben.has_got(&group, &[&post]);
}
