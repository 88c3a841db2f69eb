//! Nothing that people say, and nothing that opens what they say, is readable in files, logs or on the wire;
//! and two groups of one person have nothing in common that others could see.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;

use kith_protocol::identity::Seed as Identity;
use kith_protocol::invite::Link;
use kith_tests::node::run;
use kith_tests::traces::LEAST;
use kith_tests::{Lab, Machine, Node, Person, Ports, Traces, wait};

const TITLE: &str = "The seventh lighthouse";
const PURPOSE: &str = "For keepers whose lamp went out one day in spring.";
const ANA: &str = "Ana from the pier of stones";
const BEN: &str = "Ben behind the herring shed";
const TEXTS: &[&str] = &[
    "The doctor's letter came on Tuesday, and I did not open it.",
    "Письмо от врача лежит нераспечатанным на подоконнике.",
    "その手紙はまだ開けていない、窓のそばに置いたまま。",
];
const REPLY: &str = "Bring it to the bench by the harbour and we open it together.";

/// A conversation of two, on machines that write down what goes over the wire.
struct Conversation {
    ana: Person,
    ben: Person,
    link: String,
    machines: [Machine; 2],
    /// What both nodes logged, in as many words as they know.
    logs: String,
}

fn conversation() -> Conversation {
    let mut ana = Person::offline(ANA);
    let mut ben = Person::offline(BEN);
    let machines = [&ana, &ben].map(|person| Machine::around(&person.home().path()));
    let start = |person: &Person, machine: &Machine| {
        let call = machine.carry(run(&person.home().path(), &[]).env("RUST_LOG", "trace"));
        Node::start_as(call.command())
    };
    ana.runs_on(start(&ana, &machines[0]));
    ben.runs_on(start(&ben, &machines[1]));
    let group = ana.opens(TITLE, PURPOSE);
    let link = ana.invites(&group).link;
    ben.joins(&link);
    let mut posts: Vec<String> = TEXTS.iter().map(|text| ana.posts(&group, text)).collect();
    ben.has_got(&group, &posts);
    posts.push(ben.replies(&posts[0], REPLY));
    ana.has_got(&group, &posts);
    // What is only written later, after a restart, must not be readable either: once in order, once by force.
    let logs = format!("{}{}", ana.node().log().so_far().join("\n"), ben.node().log().so_far().join("\n"));
    ana.goes_offline();
    ben.is_cut_off();
    Conversation { ana, ben, link, machines, logs }
}

/// Everything nobody else may find, each with a name.
fn secrets(people: [&Person; 2], link: &str) -> Vec<(String, Vec<u8>)> {
    let mut secrets = said_and_kept(people, link);
    let salt = Link::parse(link).expect("a link").salt;
    for person in people {
        let seed = Identity::from_words(person.words()).expect("recovery words");
        let member = seed.identity().member(&salt, 0);
        secrets.push((format!("the member key of {}", person.name()), member.key().0.to_vec()));
    }
    secrets
}

/// What people say and what opens it: not even the other end of a connection is shown it as it is. Of member
/// keys it is shown one, as they prove themselves to each other by it.
fn said_and_kept(people: [&Person; 2], link: &str) -> Vec<(String, Vec<u8>)> {
    let mut secrets: Vec<(String, Vec<u8>)> = Vec::new();
    let words = [
        ("title", TITLE),
        ("purpose", PURPOSE),
        ("Ana's name", ANA),
        ("Ben's name", BEN),
        ("a reply", REPLY),
    ];
    secrets.extend(words.map(|(what, text)| (what.to_owned(), text.into())));
    for (number, text) in TEXTS.iter().enumerate() {
        secrets.push((format!("post {number}"), (*text).into()));
        // A part of it too: what is cut in two by a buffer is readable all the same.
        secrets.push((format!("a part of post {number}"), text.as_bytes()[8..40].into()));
    }
    let link = Link::parse(link).expect("a link");
    secrets.push(("the group's id".into(), link.group.0.to_vec()));
    secrets.push(("the group's salt".into(), link.salt.to_vec()));
    for person in people {
        let name = person.name();
        let pairs: Vec<&str> = person.words().split(' ').collect();
        for pair in pairs.windows(2).map(|pair| pair.join(" ")).filter(|pair| pair.len() >= LEAST) {
            secrets.push((format!("recovery words of {name}"), pair.into_bytes()));
        }
        let seed = Identity::from_words(person.words()).expect("recovery words");
        secrets.push((format!("the seed of {name}"), seed.expose().to_vec()));
        let member = seed.identity().member(&link.salt, 0);
        secrets.push((format!("the signing key of {name}"), member.signing().to_bytes().to_vec()));
    }
    secrets
}

fn traces(secrets: &[(String, Vec<u8>)]) -> Traces {
    Traces::of(secrets.iter().map(|(what, bytes)| (what.as_str(), bytes.as_slice())))
}

#[test]
fn nobody_who_takes_the_disk_the_logs_or_the_wire_reads_anything() {
    let talk = conversation();
    let secrets = secrets([&talk.ana, &talk.ben], &talk.link);
    let traces = traces(&secrets);

    for person in [&talk.ana, &talk.ben] {
        let files = person.home().files();
        assert!(!person.home().cells().is_empty(), "There is nothing on the disk to look at");
        let found = traces.find_in_files(&files);
        assert!(found.is_empty(), "On {}'s disk somebody else can read: {found:#?}", person.name());
    }
    let found = traces.find(talk.logs.as_bytes());
    assert!(
        talk.logs.len() > 1000,
        "The nodes logged next to nothing, so nothing was looked at: {}",
        talk.logs
    );
    assert!(found.is_empty(), "In the logs somebody else can read: {found:#?}");
    for machine in &talk.machines {
        let tapes = machine.tapes();
        let bytes: u64 = tapes.iter().map(|tape| fs::metadata(tape).expect("a tape").len()).sum();
        assert!(bytes > 10_000, "The tape on the wire has only {bytes} bytes, so nothing was looked at");
        let found = traces.find_in_files(&tapes);
        assert!(found.is_empty(), "On the wire somebody else can read: {found:#?}");
    }
}

/// What libp2p gets, before it encrypts anything: gossip, and every stream.
#[test]
fn nothing_readable_is_handed_to_libp2p() {
    let mut ana = Person::offline(ANA);
    let mut ben = Person::offline(BEN);
    let labs = [&mut ana, &mut ben].map(|person| Lab::around(person, 0));
    let group = ana.opens(TITLE, PURPOSE);
    let link = ana.invites(&group).link;
    let mut posts: Vec<String> = TEXTS.iter().map(|text| ana.posts(&group, text)).collect();
    ben.joins(&link);
    // What was written before he came is reconciled, what is written now comes as gossip.
    ben.has_got(&group, &posts);
    posts.push(ben.replies(&posts[0], REPLY));
    posts.push(ana.posts(&group, TEXTS[0]));
    ben.has_got(&group, &posts);
    ana.has_got(&group, &posts);

    let secrets = said_and_kept([&ana, &ben], &link);
    let traces = traces(&secrets);
    for lab in &labs {
        let (sent, envelopes) = (lab.sent(), lab.envelopes());
        let said = envelopes.values().filter(|envelope| !envelope.header().control).count();
        assert!(said >= posts.len(), "Only {said} posts are on the tape, so not all was looked at");
        let found = traces.find(&sent);
        assert!(found.is_empty(), "libp2p was handed what others can read: {found:#?}");
    }
}

/// A topic's name is seen by neighbours on the network: it says nothing of the group, nor of last week's.
#[test]
fn topics_differ_by_group_and_by_week() {
    const WEEK: i64 = 7 * 24 * 3600;
    let mut ana = Person::offline("Ana");
    let lab = Lab::around(&mut ana, 0);
    let topics = |lab: &Lab, others_than: &BTreeSet<String>| {
        wait::until(wait::ARRIVAL, "a further group's topics", || {
            let topics: BTreeSet<String> = lab.topics().into_iter().collect();
            (!topics.is_subset(others_than)).then_some(topics)
        })
    };
    ana.opens("Grief", "One part of a life.");
    let of_one = topics(&lab, &BTreeSet::new());
    ana.opens("Debts", "Another part.");
    let now = topics(&lab, &of_one);
    ana.goes_offline();
    // Two weeks on: at the end of a week nodes listen to the next one's topic too.
    let lab = Lab::around(&mut ana, 2 * WEEK);
    let later = topics(&lab, &BTreeSet::new());
    assert!(now.is_disjoint(&later), "a topic outlives its week: {now:?}, {later:?}");
    assert!(now.iter().chain(&later).all(|topic| topic.len() == now.first().map_or(0, String::len)));
}

#[test]
fn everything_in_a_home_is_private_to_its_user() {
    let talk = conversation();
    for person in [&talk.ana, &talk.ben] {
        let home = person.home().path();
        let mut all = person.home().files();
        all.extend(person.home().cells());
        all.extend([home.clone(), home.join("cells")]);
        for path in all {
            let mode = fs::metadata(&path).expect("a readable file").permissions().mode();
            assert_eq!(mode & 0o077, 0, "Others may open {} ({mode:o})", path.display());
        }
    }
}

#[test]
fn the_socket_of_a_running_node_is_private_to_its_user() {
    let mut ana = Person::new("Ana");
    let socket = ana.node().socket();
    let mode = fs::metadata(&socket).expect("a socket").permissions().mode();
    assert_eq!(mode & 0o077, 0, "Others may talk to the node over {} ({mode:o})", socket.display());
}

#[test]
fn two_groups_of_one_person_share_no_port_no_folder_and_no_key() {
    let mut ana = Person::new("Ana");
    let ben = Person::new("Ben");
    let chi = Person::new("Chi");
    let one = ana.opens("Grief", "One part of a life.");
    let node = ana.node().id();
    let listening = |ports: usize| {
        wait::until(wait::ARRIVAL, format_args!("{ports} groups to listen at a port of their own"), || {
            Some(Ports::of_groups(node)).filter(|now| now.len() >= ports)
        })
    };
    let ports_of_one = listening(1);
    let two = ana.opens("Debts", "Another part.");
    let ports_of_both = listening(2);
    assert!(ports_of_both.is_superset(&ports_of_one), "the first group moved to another port");

    let links = [ana.invites(&one).link, ana.invites(&two).link];
    ben.joins(&links[0]);
    chi.joins(&links[1]);
    let links = links.map(|link| Link::parse(&link).expect("a link"));
    assert_ne!(links[0].salt, links[1].salt);
    let [ours, theirs] = links.map(|link| link.nodes.concat());
    assert!(!ours.is_empty() && !theirs.is_empty(), "A link without an address leads nowhere");
    for address in &ours {
        assert!(!theirs.contains(address), "Two groups share an address: {address}");
    }
    let in_one = ben.sees_member(&one, "Ana", "facilitator", "member").member;
    let in_two = chi.sees_member(&two, "Ana", "facilitator", "member").member;
    assert_ne!(in_one, in_two, "Ana is the same member in two groups, so they can be linked");

    let folders: Vec<String> = ana
        .home()
        .cells()
        .iter()
        .map(|cell| cell.file_name().expect("a name").to_string_lossy().into_owned())
        .collect();
    assert_eq!(folders.len(), 2);
    for (folder, group) in folders.iter().flat_map(|folder| [(folder, &one), (folder, &two)]) {
        let shared = (8..=folder.len()).any(|end| group.contains(&folder[end - 8..end]));
        assert!(!shared, "The folder {folder} tells which group it is of: {group}");
    }
}

/// The weekly port and address of a group stay over a restart, so that others find it, and stay its own.
#[test]
fn ports_stay_over_a_restart() {
    let mut ana = Person::new("Ana");
    for title in ["Grief", "Debts"] {
        // Whoever has the link has the address.
        ana.invites(&ana.opens(title, "One part of a life."));
    }
    let before = Ports::of_groups(ana.node().id());
    assert_eq!(before.len(), 2, "A port for each group");
    ana.goes_offline();
    ana.comes_online();
    // With two groups each comes onto the network at a moment of its own, so that they cannot be linked by it.
    let node = ana.node().id();
    let mut now = BTreeSet::new();
    let back = wait::within(wait::ARRIVAL, || {
        now = Ports::of_groups(node);
        (now == before).then_some(())
    });
    assert!(back.is_some(), "Those who know where Ana was, at {before:?}, do not find her at {now:?}");
}
