//! Every wrong input gets a sentence, what to do, and its exit code; and nothing is lost by it.

use std::fs::{self, Permissions};
use std::net::{TcpListener, UdpSocket};
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;

use kith_tests::node::run;
use kith_tests::{Home, Machine, Node, Person, Ports, Seed, program, texts, wait};

/// An id of the right form that nothing has.
const NOBODY: &str = "00000000000000000000000000000000000000000000000000000000000000ff";

#[test]
fn a_text_that_cannot_be_sent_is_refused_and_nothing_else_happens() {
    let ana = Person::new("Ana");
    let group = ana.opens("Words", "Some of them.");
    let first = ana.posts(&group, "The first.");
    let largest = texts::of_length(16 * 1024, &mut Seed::or(5).stream(0));
    let tests: &[(&[u8], &str)] = &[
        (b"", "empty_text"),
        (&[b'x'; 16 * 1024 + 1], "text_too_large"),
        (&vec![b'x'; 4 << 20], "text_too_large"),
        (b"good until here \xff\xfe", "text_not_utf8"),
        (b"\xc3", "text_not_utf8"),
        (b"\xed\xa0\x80 half of a pair", "text_not_utf8"),
        (b"\xc0\xaf a slash in disguise", "text_not_utf8"),
    ];
    for (bytes, code) in tests {
        for call in [["post", &group], ["reply", &first]] {
            let refused = ana.kith(call).stdin(bytes).fails(1);
            assert_eq!(refused.code, *code, "for {} bytes", bytes.len());
        }
    }
    let posts = ana.reads(&group);
    assert_eq!(posts.len(), 1, "A refused text was posted all the same");
    let post = ana.posts(&group, &largest);
    let whole = ana.reads(&group).into_iter().find(|one| one.post == post).map(|one| one.text);
    assert_eq!(
        whole.as_deref(),
        Some(largest.as_str()),
        "The longest text there may be did not come through"
    );
}

#[test]
fn a_damaged_link_is_no_invite() {
    let ana = Person::new("Ana");
    let ben = Person::new("Ben");
    let group = ana.opens("Careful copy", "Every character counts.");
    let link = ana.invites(&group).link;
    let letters = link.len();
    let mut mistyped = link.clone().into_bytes();
    let middle = letters / 2;
    mistyped[middle] = if mistyped[middle] == b'A' { b'B' } else { b'A' };
    let mistyped = String::from_utf8(mistyped).expect("a link is ASCII");

    let half = &link[..middle];
    let without_end = &link[..letters - 1];
    let twice = format!("{link}{link}");
    for wrong in
        ["", "kith:", "kith:AAAA", "https://example.org/", "🙂", half, without_end, &mistyped, &twice]
    {
        let refused = ben.kith(["join", wrong, "--as", "Ben"]).fails(1);
        assert_eq!(refused.code, "bad_link", "for {wrong:?}");
    }
    assert!(ben.kith(["group", "list"]).ok()["groups"].as_array().is_some_and(Vec::is_empty));
    // After all that, the link itself still works, with space around it as copying leaves it.
    ben.joins(&format!(" {link}\n"));
}

#[test]
fn an_invite_that_has_ended_lets_nobody_in() {
    let ana = Person::new("Ana");
    let ben = Person::new("Ben");
    let chi = Person::new("Chi");
    let group = ana.opens("Ended", "All things end.");

    let used = ana.invites(&group);
    ben.joins(&used.link);
    assert_eq!(refused(&chi, &used.link), "invite_used");

    let revoked = ana.invites(&group);
    ana.kith(["invite", "revoke", &revoked.invite]).ok();
    // A node that has not heard of it yet would still let somebody in, who then waits for a facilitator.
    wait::until(wait::ARRIVAL, "Ben's node to hear that the invite was taken back", || {
        let list = ben.kith(["invite", "list", &group]).ok();
        let invites = list["invites"].as_array()?;
        invites.iter().find(|one| one["invite"] == revoked.invite && one["state"] == "revoked").map(drop)
    });
    assert_eq!(refused(&chi, &revoked.link), "invite_revoked");

    let expired = ana.invites_with(&group, &["--expires", "1s"]);
    wait::until(wait::ANSWER, "an invite of one second to be over", || {
        let list = ana.kith(["invite", "list", &group]).ok();
        let invites = list["invites"].as_array()?;
        invites.iter().find(|one| one["invite"] == expired.invite && one["state"] == "expired").map(drop)
    });
    assert_eq!(refused(&chi, &expired.link), "invite_expired");

    chi.joins(&ana.invites(&group).link);
    let members = ana.lists_members(&group);
    assert_eq!(members.iter().filter(|member| member.state == "member").count(), 3, "{members:?}");
}

#[test]
fn a_full_group_lets_nobody_in_until_a_place_is_free() {
    let ana = Person::new("Ana");
    let ben = Person::new("Ben");
    let chi = Person::new("Chi");
    let group = ana.opens_with("Two chairs", "Just us.", &["--size", "2"]);
    ben.joins(&ana.invites(&group).link);
    let invite = ana.invites(&group);
    assert_eq!(refused(&chi, &invite.link), "group_full");
    assert!(ana.lists_members(&group).iter().all(|member| member.name != "Chi" || member.state != "member"));

    let bens = ana.sees_member(&group, "Ben", "member", "member").member;
    ana.kith(["member", "remove", &group, &bens]).ok();
    chi.joins(&ana.invites(&group).link);
}

/// Why the group's nodes turned somebody away.
#[track_caller]
fn refused(who: &Person, link: &str) -> String {
    let seconds = wait::ARRIVAL.as_secs().to_string();
    let call = who.kith(["join", link, "--as", who.name(), "--wait", &seconds]);
    call.limit(wait::ARRIVAL + wait::ANSWER).fails(5).code
}

#[test]
fn a_member_cannot_do_what_is_a_facilitators_to_do() {
    let ana = Person::new("Ana");
    let ben = Person::new("Ben");
    let group = ana.opens("Roles", "Who may what.");
    ben.joins(&ana.invites(&group).link);
    let anas = ben.sees_member(&group, "Ana", "facilitator", "member").member;
    let bens = ben.sees_member(&group, "Ben", "member", "member").member;
    for call in [
        vec!["invite", "create", &group],
        vec!["member", "promote", &group, &bens],
        vec!["member", "remove", &group, &anas],
    ] {
        assert_eq!(ben.kith(&call).fails(5).code, "not_allowed", "{call:?}");
    }
    ana.sees_member(&group, "Ana", "facilitator", "member");
}

#[test]
fn what_nobody_has_is_not_found() {
    let ana = Person::new("Ana");
    let group = ana.opens("Lost and found", "Mostly lost.");
    for call in [
        vec!["post", NOBODY],
        vec!["reply", NOBODY],
        vec!["read", NOBODY],
        vec!["read", "No group of this title"],
        vec!["thread", NOBODY],
        vec!["watch", NOBODY],
        vec!["group", "show", NOBODY],
        vec!["group", "leave", NOBODY],
        vec!["group", "forget", NOBODY],
        vec!["invite", "create", NOBODY],
        vec!["invite", "show", NOBODY],
        vec!["invite", "revoke", NOBODY],
        vec!["member", "list", NOBODY],
        vec!["member", "promote", &group, NOBODY],
        vec!["member", "remove", &group, NOBODY],
    ] {
        let missing = ana.kith(&call).stdin("for nobody").fails(6);
        assert_eq!(missing.code, "unknown_id", "{call:?}");
    }
    assert_eq!(ana.kith(["group", "list"]).ok()["groups"].as_array().map(Vec::len), Some(1));
}

#[test]
fn a_group_can_be_named_by_title_or_beginning_of_its_id_unless_two_fit() {
    let ana = Person::new("Ana");
    let one = ana.opens("Twins", "The first.");
    let single = ana.opens("Only child", "The other kind.");
    ana.posts("Only child", "By title.");
    ana.posts(&single[..6], "By six characters.");
    assert_eq!(ana.reads(&single).len(), 2);

    let two = ana.opens("Twins", "The second.");
    assert_eq!(ana.kith(["post", "Twins"]).stdin("For which?").fails(6).code, "ambiguous_id");
    assert!(ana.reads(&one).is_empty() && ana.reads(&two).is_empty(), "A post went to one of two twins");
}

#[test]
fn names_that_cannot_be_shown_are_refused() {
    let ana = Person::new("Ana");
    for (title, purpose, name) in [
        ("", "p", "Ana"),
        (" ", "p", "Ana"),
        ("two\nlines", "p", "Ana"),
        (&"t".repeat(129), "p", "Ana"),
        ("t", &"p".repeat(2049), "Ana"),
        ("t", "p", ""),
        ("t", "p", &"n".repeat(65)),
    ] {
        let call = ["group", "create", "--title", title, "--purpose", purpose, "--as", name];
        assert_eq!(ana.kith(call).fails(1).code, "bad_words", "{title:.10?} {purpose:.10?} {name:.10?}");
    }
    assert!(ana.kith(["group", "list"]).ok()["groups"].as_array().is_some_and(Vec::is_empty));
}

#[test]
fn a_command_that_makes_no_sense_says_so() {
    let home = Home::new();
    for call in [
        vec!["dance"],
        vec!["post"],
        vec!["group", "create", "--title", "T", "--purpose", "P", "--size", "many"],
        vec!["group", "create", "--title", "T", "--purpose", "P", "--history", "some"],
        vec!["invite", "create", "abcdef", "--expires", "soon"],
        vec!["read", "abcdef", "--limit", "-3"],
    ] {
        assert_eq!(home.kith(&call).fails(2).code, "usage", "{call:?}");
    }
}

#[test]
fn without_a_running_node_one_is_told_to_start_it() {
    let (home, _) = Home::with_identity();
    for call in [vec!["status"], vec!["group", "list"], vec!["post", NOBODY], vec!["stop"], vec!["peers"]] {
        assert_eq!(home.kith(&call).stdin("hello").fails(4).code, "not_running", "{call:?}");
    }
    // A socket that a killed node left behind is not a running node.
    home.node().kill();
    assert_eq!(home.kith(["status"]).fails(4).code, "not_running");
    home.node().terminate();
}

#[test]
fn a_wrong_passphrase_opens_nothing_and_harms_nothing() {
    let home = Home::new();
    let right = home.write_beside("right", "three lamps and a harbour\n");
    let wrong = home.write_beside("wrong", "three lamps and a harbor\n");
    let right = right.to_str().expect("a path of the test");
    let wrong = wrong.to_str().expect("a path of the test");
    home.kith(["init", "--passphrase-file", right]).ok();
    let vault = fs::read(home.path().join("vault")).expect("a vault");

    let listen = ["run", "--listen", "127.0.0.1"];
    let refused = home.kith(listen.iter().chain(&["--passphrase-file", wrong])).fails(1);
    assert_eq!(refused.code, "wrong_passphrase");
    let asked = home.kith(listen.iter().chain(&["--no-web"])).fails(3);
    assert_eq!(asked.code, "passphrase_needed");
    assert_eq!(fs::read(home.path().join("vault")).expect("a vault"), vault, "The vault was changed");
    assert!(!home.path().join("key").exists(), "A home with a passphrase has its key in a file");

    let node = Node::start_as(home.kith(listen.iter().chain(&["--passphrase-file", right])).command());
    node.terminate();
}

#[test]
fn an_identity_is_not_overwritten() {
    let (home, words) = Home::with_identity();
    let vault = fs::read(home.path().join("vault")).expect("a vault");
    assert_eq!(home.kith(["init", "--no-passphrase"]).fails(3).code, "identity_exists");
    let again = home.kith(["recover", "--no-passphrase"]).stdin(format!("{words}\n")).fails(3);
    assert_eq!(again.code, "identity_exists");
    assert_eq!(fs::read(home.path().join("vault")).expect("a vault"), vault, "The vault was changed");
}

#[test]
fn words_that_are_no_identity_are_refused() {
    for words in [
        "",
        "abandon",
        "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon",
        "not one of these words is in the list that they should be from",
        "legal winner thank year wave sausage worth useful legal winner thank thank",
    ] {
        let home = Home::new();
        let refused = home.kith(["recover", "--no-passphrase"]).stdin(format!("{words}\n")).fails(1);
        assert_eq!(refused.code, "bad_recovery_words", "{words:?}");
        assert!(!home.path().join("vault").exists(), "A vault was made of words that are none");
    }
}

#[test]
fn two_nodes_cannot_share_a_home() {
    let ana = Person::new("Ana");
    let group = ana.opens("Mine", "Only one node.");
    let second = run(&ana.home().path(), &[]).run();
    assert_eq!(second.fails(3).code, "home_in_use");
    ana.posts(&group, "The first node goes on.");
}

#[test]
fn a_home_that_cannot_be_written_is_left_alone() {
    let (home, _) = Home::with_identity();
    let before = content(&home);
    make_read_only(&home);
    let call = run(&home.path(), &[]);
    let refused = call.run_as(as_a_plain_user(call.command_of(&copied_program(&home))));
    make_writable(&home);
    assert_eq!(refused.fails(3).code, "home_read_only");
    assert_eq!(content(&home), before, "A file of the home was changed");
    home.node().terminate();
}

#[test]
fn a_home_that_cannot_be_made_is_said() {
    let home = Home::new();
    make_everybody_enter(&home);
    let program = copied_program(&home);
    let call = home.kith(["init", "--no-passphrase"]);
    fs::set_permissions(around(&home), Permissions::from_mode(0o555)).expect("permissions can be set");
    let refused = call.run_as(as_a_plain_user(call.command_of(&program)));
    fs::set_permissions(around(&home), Permissions::from_mode(0o755)).expect("permissions can be set");
    assert_eq!(refused.fails(3).code, "home_read_only");
    assert!(!home.path().exists());
}

/// A user without rights: nobody, on every Linux.
const NOBODY_ID: u32 = 65534;

/// The program where everybody may run it, which the build folder need not be.
///
/// Another process copies it: a file that this one has open for writing is passed on for a moment to whatever another test
/// starts just then, and as long as anybody has it open so it cannot be run (`ETXTBSY`).
fn copied_program(home: &Home) -> PathBuf {
    let copy = home.beside("kith");
    let copied = Command::new("cp").arg(program::node_under_test()).arg(&copy).status();
    assert!(copied.is_ok_and(|status| status.success()), "the program can be copied");
    copy
}

/// A command of somebody whom permissions bind: root may write anywhere.
fn as_a_plain_user(mut command: Command) -> Command {
    if rustix::process::geteuid().is_root() {
        command.uid(NOBODY_ID).gid(NOBODY_ID);
    }
    command
}

fn around(home: &Home) -> PathBuf {
    home.path().parent().expect("a folder around").to_owned()
}

fn make_everybody_enter(home: &Home) {
    fs::set_permissions(around(home), Permissions::from_mode(0o755)).expect("permissions can be set");
}

fn make_read_only(home: &Home) {
    make_everybody_enter(home);
    for file in home.files() {
        if rustix::process::geteuid().is_root() {
            chown(&file, Some(NOBODY_ID), Some(NOBODY_ID)).expect("root may");
        }
        fs::set_permissions(file, Permissions::from_mode(0o400)).expect("permissions can be set");
    }
    let folders = [home.path()]
        .into_iter()
        .chain(home.path().join("cells").is_dir().then(|| home.path().join("cells")));
    for folder in folders {
        if rustix::process::geteuid().is_root() {
            chown(&folder, Some(NOBODY_ID), Some(NOBODY_ID)).expect("root may");
        }
        fs::set_permissions(folder, Permissions::from_mode(0o500)).expect("permissions can be set");
    }
}

fn make_writable(home: &Home) {
    fs::set_permissions(home.path(), Permissions::from_mode(0o700)).expect("permissions can be set");
    if home.path().join("cells").is_dir() {
        fs::set_permissions(home.path().join("cells"), Permissions::from_mode(0o700))
            .expect("permissions can be set");
    }
    for file in home.files() {
        fs::set_permissions(file, Permissions::from_mode(0o600)).expect("permissions can be set");
    }
}

fn content(home: &Home) -> Vec<(PathBuf, Vec<u8>)> {
    let files = home.files();
    files.into_iter().map(|file| (file.clone(), fs::read(file).expect("a readable file"))).collect()
}

#[test]
fn a_port_chosen_by_hand_that_is_taken_is_said() {
    let (home, _) = Home::with_identity();
    let other = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = other.local_addr().expect("a bound port").port();
    let _udp = UdpSocket::bind(("127.0.0.1", port)).ok();
    let node = home.node();
    let group = home.kith(["group", "create", "--title", "T", "--purpose", "P"]).ok();
    node.terminate();

    let address = format!("127.0.0.1:{port}");
    let refused = run(&home.path(), &["--listen", &address]).run();
    assert_eq!(refused.fails(3).code, "port_taken");
    let node = home.node();
    assert_eq!(node.groups(), [group["group"].as_str().expect("an id")]);
}

#[test]
fn a_random_port_that_was_taken_meanwhile_is_replaced_and_people_still_meet() {
    let mut ana = Person::new("Ana");
    let mut ben = Person::new("Ben");
    let group = ana.opens("Harbour", "Berths change.");
    ben.joins(&ana.invites(&group).link);
    ana.meets(&group, 1);
    let ports = Ports::of(ana.node().id());
    assert!(!ports.udp.is_empty() && !ports.tcp.is_empty(), "Ana's node listens nowhere: {ports:?}");
    ana.goes_offline();

    let _tcp: Vec<TcpListener> =
        ports.tcp.iter().filter_map(|port| TcpListener::bind(("127.0.0.1", *port)).ok()).collect();
    let _udp: Vec<UdpSocket> =
        ports.udp.iter().filter_map(|port| UdpSocket::bind(("127.0.0.1", *port)).ok()).collect();
    ana.comes_online();
    ana.meets(&group, 1);
    // Ben's node restarts and must find Ana by what it was told, not by the old port.
    ben.goes_offline();
    ben.comes_online();
    ben.meets(&group, 1);
    ana.has_got(&group, &[ben.posts(&group, "Found you.")]);
    let now = Ports::of(ana.node().id());
    assert!(now.tcp.is_disjoint(&ports.tcp) && now.udp.is_disjoint(&ports.udp), "{now:?} after {ports:?}");
}

#[test]
fn a_setting_that_is_not_understood_stops_the_start() {
    let (home, _) = Home::with_identity();
    fs::write(home.path().join("config.toml"), "listen = [7\n").expect("a writable home");
    assert_eq!(run(&home.path(), &[]).run().fails(3).code, "bad_setting");
    fs::remove_file(home.path().join("config.toml")).expect("a writable home");
    home.node().terminate();
}

#[test]
fn a_damaged_vault_is_said_and_left_as_it_is() {
    let (home, words) = Home::with_identity();
    let vault = home.path().join("vault");
    let mut bytes = fs::read(&vault).expect("a vault");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x20;
    fs::write(&vault, &bytes).expect("a writable home");
    assert_eq!(run(&home.path(), &[]).run().fails(3).code, "home_damaged");
    assert_eq!(fs::read(&vault).expect("a vault"), bytes, "A damaged vault was written over");

    let mut again = Person::recovered("Ana", &words);
    again.comes_online();
}

/// A year, and a day for leap years.
const A_YEAR: i64 = 366 * 24 * 3600;

#[test]
fn a_clock_that_is_a_year_ahead_is_said_and_nothing_is_lost() {
    a_clock_that_is_wrong(A_YEAR);
}

#[test]
fn a_clock_that_is_a_year_behind_is_said_and_nothing_is_lost() {
    a_clock_that_is_wrong(-A_YEAR);
}

fn a_clock_that_is_wrong(by: i64) {
    let ana = Person::new("Ana");
    let mut ben = Person::new("Ben");
    let group = ana.opens("Time", "It heals, they say.");
    ben.joins(&ana.invites(&group).link);
    let before = ben.posts(&group, "My clock is right.");
    ana.has_got(&group, &[&before]);
    ben.goes_offline();

    let mut machine = Machine::around(&ben.home().path());
    machine.set_clock_wrong_by(by);
    ben.comes_online_on(&machine);
    let meanwhile = ana.posts(&group, "Ben, what year is it where you are?");
    wait::until(wait::ARRIVAL, "Ben to be told that his clock is wrong", || {
        let notices = ben.kith(["status"]).ok()["notices"].to_string();
        notices.contains("clock_off").then_some(())
    });
    // A post that others would have to put aside for a year is better not taken.
    let tried = ben.kith(["post", &group]).stdin("Is it spring already?").run();
    let wrong = match tried.code() {
        0 => Some(tried.ok()["post"].as_str().expect("an id").to_owned()),
        _ => {
            assert_eq!(tried.fails(1).code, "clock_off");
            None
        }
    };
    ana.posts(&group, "Here it is autumn.");

    ben.goes_offline();
    ben.comes_online();
    let after = ben.posts(&group, "Now it is right again.");
    ben.has_got(&group, &[&before, &meanwhile, &after]);
    ana.has_got(&group, &[&before, &after]);
    if let Some(wrong) = wrong {
        ana.has_got(&group, &[wrong]);
    }
}
