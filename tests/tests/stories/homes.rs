//! A home and its node: made, started, looked at, stopped, brought back.

use std::fs;
use std::os::unix::net::UnixStream;

use kith_tests::node::run;
use kith_tests::{Home, Node, Person, wait};
use rustix::process::Signal;

#[test]
fn init_gives_twelve_words_once_and_a_home_that_is_complete() {
    let (home, words) = Home::with_identity();
    assert_eq!(words.split(' ').count(), 12, "{words}");
    let (_, others) = Home::with_identity();
    assert_ne!(words, others, "Two people got the same words");
    for name in ["vault", "key"] {
        assert!(home.path().join(name).is_file(), "{name} is missing");
    }
}

#[test]
fn run_makes_an_identity_where_there_is_none_if_it_is_told_how() {
    let home = Home::new();
    let node = home.node();
    assert!(node.groups().is_empty());
    node.terminate();
    assert_eq!(home.kith(["init", "--no-passphrase"]).fails(3).code, "identity_exists");

    let untold = Home::new();
    let refused = untold.kith(["run", "--listen", "127.0.0.1", "--no-web"]).fails(3);
    assert_eq!(refused.code, "passphrase_needed");
    assert!(!untold.path().join("vault").exists(), "An identity was made that nobody can have the words of");
}

#[test]
fn a_passphrase_guards_a_home_from_init_to_recovery() {
    let home = Home::new();
    let phrase = home.write_beside("phrase", "a warm stone in each pocket\n");
    let phrase = phrase.to_str().expect("a path of the test");
    let made = home.kith(["init", "--passphrase-file", phrase]).ok();
    let words = made["words"].as_str().expect("words").to_owned();
    let start = |home: &Home| {
        let call = home.kith(["run", "--listen", "127.0.0.1", "--passphrase-file", phrase]);
        Node::start_as(call.command())
    };
    let node = start(&home);
    let group = home.kith(["group", "create", "--title", "T", "--purpose", "P"]).ok();
    node.terminate();
    let node = start(&home);
    assert_eq!(node.groups(), [group["group"].as_str().expect("an id")]);
    node.terminate();

    let other = Home::new();
    other.kith(["recover", "--passphrase-file", phrase]).stdin(format!("{words}\n")).ok();
    start(&other).terminate();
}

#[test]
fn words_are_taken_however_they_were_written_down() {
    let (_, words) = Home::with_identity();
    let written = format!("  {}\n", words.to_uppercase().replace(' ', "  \n"));
    let home = Home::new();
    home.kith(["recover", "--no-passphrase"]).stdin(written).ok();
    home.node().terminate();
}

#[test]
fn a_node_ends_in_order_on_every_usual_request_and_leaves_no_socket() {
    for signal in [Signal::TERM, Signal::INT] {
        let home = Home::new();
        let node = home.node();
        let socket = node.socket();
        node.end_by(signal);
        assert!(!socket.exists(), "{signal:?} left a socket behind");
        home.node().terminate();
    }

    let home = Home::new();
    let mut node = home.node();
    home.kith(["stop"]).ok();
    // `stop` returns when the process is gone, so there is nothing left to wait for.
    assert!(!node.runs(), "stop returned while the node was still running");
    assert_eq!(node.ended().code(), Some(0));
    assert_eq!(home.kith(["stop"]).fails(4).code, "not_running");
}

#[test]
fn an_idle_client_does_not_hold_up_the_end() {
    let home = Home::new();
    let node = home.node();
    let _idle = UnixStream::connect(node.socket()).expect("the socket is there");
    node.terminate();
}

#[test]
fn what_was_said_before_an_end_in_order_is_there_after_it() {
    let mut ana = Person::new("Ana");
    let group = ana.opens("Evenings", "Before sleep.");
    let post = ana.posts(&group, "Good night.");
    ana.goes_offline();
    ana.comes_online();
    assert_eq!(ana.node().groups(), [group.as_str()]);
    assert_eq!(ana.reads(&group).iter().map(|one| one.post.as_str()).collect::<Vec<_>>(), [post]);
}

#[test]
fn status_tells_how_each_group_does() {
    let mut ana = Person::new("Ana");
    let ben = Person::new("Ben");
    let group = ana.opens("Status", "How it stands.");
    ben.joins(&ana.invites(&group).link);
    let post = ana.posts(&group, "One.");
    ben.has_got(&group, &[&post]);
    ana.meets(&group, 1);
    wait::until(wait::ARRIVAL, "both nodes to know the same", || {
        (ana.status(&group)["state_hash"] == ben.status(&group)["state_hash"]).then_some(())
    });
    let anas = ana.status(&group);
    assert_eq!(
        (&anas["title"], &anas["entries"], &anas["pending"]),
        (&"Status".into(), &1.into(), &0.into())
    );
    assert_eq!(ana.kith(["status"]).ok()["pid"], ana.node().id());
    let peers = ana.kith(["peers"]).ok();
    assert_eq!(peers["peers"][0]["name"], "Ben", "{peers}");
    ana.goes_offline();
    wait::until(wait::ARRIVAL, "Ben's node to notice that Ana is gone", || {
        (ben.status(&group)["peers"] == 0).then_some(())
    });
}

#[test]
fn paths_are_told_with_and_without_a_running_node() {
    let mut ana = Person::offline("Ana");
    for running in [false, true] {
        if running {
            ana.comes_online();
        }
        let paths = ana.kith(["paths"]).ok();
        let home = ana.home().path();
        for (name, path) in [
            ("home", home.clone()),
            ("config", home.join("config.toml")),
            ("vault", home.join("vault")),
            ("key", home.join("key")),
            ("lock", home.join("lock")),
            ("socket", home.join("api.sock")),
            ("cells", home.join("cells")),
        ] {
            assert_eq!(paths[name].as_str(), path.to_str(), "{name}");
        }
    }
    assert_eq!(ana.node().socket(), ana.home().path().join("api.sock"));
}

#[test]
fn the_environment_names_the_home_and_where_to_listen() {
    let home = Home::new();
    let elsewhere = home.beside("elsewhere");
    let paths = home.kith(["paths"]).ok();
    assert_eq!(paths["home"].as_str(), home.path().to_str());

    // Without --home, KITH_HOME; without that, the folder the desktop sets aside for programs' data.
    let bare = |name: &str, value: &str| {
        let mut command = std::process::Command::new(kith_tests::program::node_under_test());
        command.env_clear().env("HOME", home.beside("user")).env(name, value).args(["--json", "paths"]);
        let output = command.output().expect("the program starts");
        String::from_utf8(output.stdout).expect("JSON")
    };
    let elsewhere = elsewhere.to_str().expect("a path of the test");
    assert!(bare("KITH_HOME", elsewhere).contains(&format!("\"{elsewhere}\"")));
    assert!(bare("XDG_DATA_HOME", elsewhere).contains(&format!("\"{elsewhere}/kith\"")));
    let user = home.beside("user").to_str().expect("a path of the test").to_owned();
    assert!(bare("UNUSED", "").contains(&format!("\"{user}/")));

    let call = home.kith(["run", "--no-passphrase"]).env("KITH_LISTEN", "127.0.0.1");
    let node = Node::start_as(call.command());
    let group = home.kith(["group", "create", "--title", "T", "--purpose", "P"]).ok();
    let invite = home.kith(["invite", "create", group["group"].as_str().expect("an id")]).ok();
    assert_eq!(invite["loopback_only"], true, "KITH_LISTEN did not keep the node to loopback: {invite}");
    node.terminate();
}

#[test]
fn an_announced_address_is_in_the_link() {
    let home = Home::new();
    let node = Node::start(&home, &["--announce", "/ip4/198.51.100.7/udp/4001/quic-v1"]);
    let group = home.kith(["group", "create", "--title", "T", "--purpose", "P"]).ok();
    let invite = home.kith(["invite", "create", group["group"].as_str().expect("an id")]).ok();
    let link = kith_protocol::invite::Link::parse(invite["link"].as_str().expect("a link")).expect("a link");
    let addresses = link.nodes.concat();
    assert!(addresses.iter().any(|address| address.contains("198.51.100.7")), "{addresses:?}");
    node.terminate();
}

#[test]
fn doctor_finds_nothing_in_a_sound_home_and_something_in_an_open_one() {
    let mut ana = Person::offline("Ana");
    let before = ana.kith(["doctor"]).run();
    assert!(!before.lines.is_empty(), "Without a node, doctor says nothing: {}", before.log);
    ana.comes_online();
    ana.opens("Check-up", "All is well.");
    let checks = ana.kith(["doctor"]).ok();
    let checks = checks["checks"].as_array().expect("checks").clone();
    assert!(!checks.is_empty());
    for check in &checks {
        for field in ["check", "state", "message"] {
            assert!(check[field].is_string(), "{check}");
        }
    }
    set_mode(&ana.home().path().join("vault"), 0o644);
    let after = ana.kith(["doctor"]).run();
    let told = after.lines.join("\n");
    assert!(told.contains("attention"), "Anybody may read the vault, and doctor does not mind: {told}");
    set_mode(&ana.home().path().join("vault"), 0o600);
}

fn set_mode(path: &std::path::Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("permissions can be set");
}

#[test]
fn completions_and_manual_come_from_the_program_itself() {
    let home = Home::new();
    for shell in ["bash", "zsh", "fish"] {
        let script = home.kith(["completions", shell]).in_words().run();
        assert_eq!(script.code(), 0, "{}", script.log);
        assert!(script.lines.join("\n").contains("kith"), "{shell}");
    }
    let manual = home.kith(["man"]).in_words().run();
    assert_eq!(manual.code(), 0, "{}", manual.log);
    assert!(manual.lines.join("\n").contains(".TH"), "{:?}", manual.lines.first());
    let version = home.kith(["--version"]).in_words().run();
    assert!(version.lines[0].starts_with("kith "), "{:?}", version.lines);
}

#[test]
fn a_node_keeps_its_words_to_itself() {
    let home = Home::new();
    home.kith(["init", "--no-passphrase"]).ok();
    let node = home.node();
    let said = node.events().so_far();
    assert_eq!(said.len(), 1, "run --json says more than that it is ready: {said:?}");
    let second = run(&home.path(), &[]).run();
    assert_eq!(second.fails(3).code, "home_in_use");
    node.terminate();
}
