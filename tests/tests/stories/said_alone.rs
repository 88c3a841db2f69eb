//! Who acknowledged what, and how, is in no store but the author's: everything that a third member's node holds is opened
//! with every key that it has, and nothing of it is found.

use kith_node::home::Paths;
use kith_node::store::{Arrival, Held, SledStore, Store};
use kith_node::vault::{self, CellKeys, Protection};
use kith_protocol::body::{Body, Letter};
use kith_protocol::entry::Entry;
use kith_protocol::envelope::{self, Envelope};
use kith_protocol::epoch::ring::Keyring;
use kith_protocol::hearing::AckKind;
use kith_protocol::id::{MemberKey, ShortId};
use kith_protocol::identity::{SealSecret, Seed};
use kith_protocol::letter::{self, Gathering, Message};
use kith_tests::{Lab, Person, Traces, wait};
use serde_json::Value;

const PACE: u64 = 600;
const KIND: &str = "It was good to read you on the pier.";

/// All that one member's node holds, opened with all keys it has. The node does not run.
struct Opened {
    content: Vec<Entry>,
    /// What did not open, of content.
    shut: usize,
    secrets: Vec<SealSecret>,
    cell: CellKeys,
    store: SledStore,
}

impl Opened {
    fn of(person: &Person) -> Opened {
        let paths = Paths::at(&person.home().path());
        let vault = vault::open(&paths.vault(), &Protection::KeyFile(paths.key())).expect("a vault");
        let cell = vault.cells[0].clone();
        let seed = Seed::from_words(person.words()).expect("recovery words");
        let member = seed.identity().member(&cell.salt, cell.generation);
        let secrets: Vec<SealSecret> = cell.logs.iter().map(|log| member.seal(&log.id)).collect();
        let db = paths.cell(&cell.dir).db();
        let store = SledStore::open(&db, cell.data_keys(), 8 << 20).expect("a database");
        let mut ring = Keyring::new(cell.group);
        for log in &cell.logs {
            ring.own(member.seal(&log.id));
        }
        let control = store.control(Arrival(0), 10_000).expect("control entries");
        let decode = |held: &Held| Envelope::decode(&held.bytes).ok();
        let clear: Vec<Envelope> =
            control.iter().filter_map(decode).filter(|envelope| !envelope.clear().is_empty()).collect();
        // A key can lead to further ones, whichever comes first.
        for _ in &clear {
            clear.iter().for_each(|envelope| drop(ring.learn(envelope)));
        }
        let mut opened = Opened { content: Vec::new(), shut: 0, secrets, cell, store };
        for held in opened.store.timeline(None, 100_000).expect("content") {
            let envelope = decode(&held).expect("an envelope");
            let mut keys = ring.by_tag(&envelope.header().epoch);
            match keys.find_map(|keys| envelope::open(&envelope, keys).ok()) {
                Some(unsealed) => opened.content.push(unsealed.entry),
                None => opened.shut += 1,
            }
        }
        opened
    }

    fn letters(&self) -> Vec<&Letter> {
        let letter = |entry: &Entry| matches!(entry.body, Body::Letter(_));
        let letters = self.content.iter().filter(|entry| letter(entry));
        letters
            .filter_map(|entry| if let Body::Letter(one) = &entry.body { Some(one) } else { None })
            .collect()
    }

    /// Every message that a letter held here opens to with one of these keys, whoever of these wrote it.
    fn messages(&self, members: &[MemberKey], secrets: &[SealSecret]) -> Vec<Message> {
        let mut messages = Vec::new();
        for letter in self.letters() {
            for (author, secret) in members.iter().flat_map(|one| secrets.iter().map(move |key| (one, key))) {
                let Some(piece) = letter::open(letter, &self.cell.group, author, secret) else { continue };
                let whole = Gathering::default().take(&piece).expect("a piece");
                messages.extend(whole.and_then(|whole| Message::decode(&whole).ok()));
            }
        }
        messages
    }

    fn heard(&self, post: &ShortId) -> usize {
        let heard = |entry: &&Entry| matches!(&entry.body, Body::Heard(heard) if heard.post == *post);
        self.content.iter().filter(heard).count()
    }

    /// Whether anything that is kept of acknowledgements is here.
    fn keeps_acks(&self, post: &ShortId) -> bool {
        self.store.note(&format!("hearing/acks/{post}")).expect("a note").is_some()
    }
}

/// What somebody's node holds, looked into once `whole` is there. Empty letters come at any time, so a number of entries
/// does not tell: the node is stopped and looked into, and goes on if something is still on its way.
fn look_into(person: &mut Person, base: u64, group: &str, whole: impl Fn(&Opened) -> bool) -> Opened {
    let mut seen = 5; // two posts and three letters are the least
    for _ in 0..10 {
        let more = format_args!("{} to hold more than {seen} entries", person.name()).to_string();
        let entries = wait::until(wait::ARRIVAL, more, || {
            person.status(group)["entries"].as_u64().filter(|entries| *entries > seen)
        });
        person.goes_offline();
        let opened = Opened::of(person);
        if whole(&opened) {
            return opened;
        }
        drop(opened);
        seen = entries;
        Lab::hasty(person, base, PACE);
    }
    panic!("{} never held all letters", person.name());
}

fn member_key(person: &Person, group: &str, name: &str) -> MemberKey {
    let members = person.lists_members(group);
    let member = members.into_iter().find(|one| one.name == name).expect("a member").member;
    MemberKey(hex::decode(member).expect("hex").try_into().expect("a key"))
}

#[test]
fn a_third_members_store_opens_to_no_acknowledgement_and_no_total() {
    let base = Lab::now();
    let mut people = ["Ana", "Ben", "Chi", "Dan"].map(Person::offline);
    people.iter_mut().for_each(|person| drop(Lab::hasty(person, base, PACE)));
    let [ana, mut ben, mut chi, dan] = people;
    let group = ana.opens("Letters", "Slowly is fine.");
    for person in [&ben, &chi, &dan] {
        person.joins(&ana.invites(&group).link);
    }
    let post = ben.posts(&group, "I have not slept since Sunday.");
    for person in [&ana, &chi, &dan] {
        person.has_got(&group, &[&post]);
        person.sees_member(&group, "Dan", "member", "member");
    }
    let acks = |ben: &Person| {
        let thread = ben.kith(["thread", &post]).ok();
        thread["posts"][0]["acks"].as_array().map_or(0, Vec::len)
    };
    ana.kith(["ack", &post, "me-too"]).ok();
    wait::until(wait::ARRIVAL, "Ana's acknowledgement", || (acks(&ben) == 1).then_some(()));
    dan.has_got(&group, &[&post]);
    let heard = |dan: &Person| dan.kith(["thread", &post]).ok()["posts"][0]["heard"] == Value::Bool(true);
    wait::until(wait::ARRIVAL, "Dan to see that it was heard", || heard(&dan).then_some(()));
    dan.kith(["ack", &post, "strength"]).ok();
    let ben_id = hex::encode(member_key(&ana, &group, "Ben").0);
    ana.kith(["encourage", &group, &ben_id]).stdin(KIND).ok();
    wait::until(wait::ARRIVAL, "both acknowledgements, and kind words", || {
        let letters = ben.kith(["letters", &group]).ok()["letters"].as_array().map_or(0, Vec::len);
        (acks(&ben) == 2 && letters == 1).then_some(())
    });
    let last = ana.posts(&group, "The last of it.");
    for person in [&ben, &chi] {
        person.has_got(&group, &[&last]);
    }
    let members = ["Ana", "Ben", "Chi", "Dan"].map(|name| member_key(&ana, &group, name));
    // What was handed over in person comes as a letter, too: two posts, a mark and three letters, with empty ones among them.
    let three = |messages: &[Message]| {
        let acks =
            |kind| messages.iter().any(|one| matches!(one, Message::Ack { kind: it, .. } if *it == kind));
        let kind = messages.contains(&Message::Encouragement { text: KIND.into() });
        acks(AckKind::ME_TOO) && acks(AckKind::STRENGTH) && kind
    };
    // That the same look finds them where they are: in the store of the one they are for.
    let bens = look_into(&mut ben, base, &group, |bens| three(&bens.messages(&members, &bens.secrets)));
    let chis = look_into(&mut chi, base, &group, |chis| three(&chis.messages(&members, &bens.secrets)));

    let short: [u8; 32] = hex::decode(&post).expect("hex").try_into().expect("an id");
    let short = ShortId(short[..16].try_into().expect("half an id"));
    assert!(bens.keeps_acks(&short));

    assert_eq!((chis.shut, bens.shut), (0, 0), "everything was opened that a member can open");
    assert_eq!(
        chis.messages(&members, &chis.secrets),
        [],
        "Chi's node holds the letters, and not one opens for Chi"
    );
    assert!(!chis.keeps_acks(&short));
    assert_eq!(chis.heard(&short), 1, "one mark, however many acknowledged it");
    let known = |entry: &Entry| {
        matches!(entry.body, Body::Post(_) | Body::Heard(_) | Body::Letter(_) | Body::Duty(_))
    };
    assert!(chis.content.iter().all(known), "nothing else is said about it");
    let secrets = [("kind words", KIND.as_bytes()), ("a post", b"I have not slept since Sunday.".as_slice())];
    drop((bens, chis));
    assert_eq!(Traces::of(secrets).find_in_files(&chi.home().files()), []);
}
