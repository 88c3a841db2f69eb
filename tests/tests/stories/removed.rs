//! Who was removed reads nothing that was written by those who know of it: not with any key they ever had, on
//! any envelope, though all of them are laid open to them.

use std::collections::BTreeSet;

use kith_node::vault::{self, Protection};
use kith_protocol::body::Body;
use kith_protocol::envelope::{self, Envelope};
use kith_protocol::epoch::{EpochKeys, Keyring};
use kith_protocol::identity::Seed;
use kith_tests::{Lab, Person, wait};

/// Every key that somebody has or comes by: those wrapped for their logs, and those linked from them.
fn keys(person: &Person, seen: &[Envelope]) -> Vec<EpochKeys> {
    let home = person.home().path();
    let vault = vault::open(&home.join("vault"), &Protection::KeyFile(home.join("key")));
    let vault = vault.expect("the vault opens with its key file");
    let cell = vault.cells.first().expect("a group");
    let seed = Seed::from_words(person.words()).expect("recovery words");
    let secrets = seed.identity().member(&cell.salt, cell.generation);
    let mut ring = Keyring::new(cell.group);
    for log in &cell.logs {
        ring.own(secrets.seal(&log.id));
    }
    // A key found may open the way to one in an envelope looked at before.
    while seen.iter().any(|envelope| !ring.learn(envelope).is_empty()) {}
    let tags: BTreeSet<_> = seen.iter().map(|envelope| envelope.header().epoch).collect();
    tags.iter().flat_map(|tag| ring.by_tag(tag).cloned().collect::<Vec<_>>()).collect()
}

/// The texts that open when each key is tried on each envelope.
fn read(keys: &[EpochKeys], envelopes: &[Envelope]) -> BTreeSet<String> {
    let mut texts = BTreeSet::new();
    for envelope in envelopes {
        for opened in keys.iter().filter_map(|keys| envelope::open(envelope, keys).ok()) {
            match opened.entry.body {
                Body::Post(post) => texts.insert(post.text),
                Body::Reply(reply) => texts.insert(reply.text),
                _ => false,
            };
        }
    }
    texts
}

fn owned<const N: usize>(texts: [&str; N]) -> BTreeSet<String> {
    texts.map(str::to_owned).into()
}

#[test]
fn who_was_removed_tries_every_key_on_every_envelope_and_reads_nothing_written_since() {
    const BEFORE: [&str; 3] =
        ["I have told nobody else.", "It stays here.", "Thank you for saying it out loud."];
    const AFTER: [&str; 3] =
        ["We had to part with Chi.", "I feel safer now, and sad.", "Both at once is fine."];
    let mut ana = Person::offline("Ana");
    let mut chi = Person::offline("Chi");
    let mut dan = Person::offline("Dan");
    let labs = [&mut ana, &mut chi, &mut dan].map(|person| Lab::around(person, 0));
    let group = ana.opens("Sleepless", "For nights that are too long.");
    chi.joins(&ana.invites(&group).link);
    dan.joins(&ana.invites(&group).link);

    let first = ana.posts(&group, BEFORE[0]);
    let second = dan.posts(&group, BEFORE[1]);
    chi.has_got(&group, &[&first, &second]);
    let third = chi.replies(&first, BEFORE[2]);
    for person in [&ana, &dan] {
        person.has_got(&group, &[&first, &second, &third]);
    }

    let member = ana.sees_member(&group, "Chi", "member", "member").member;
    let done = ana.kith(["member", "remove", &group, &member]).ok();
    assert_eq!(done["state"], "done", "A facilitator removes a member alone: {done}");
    dan.sees_member(&group, "Chi", "member", "removed");
    wait::until(wait::ARRIVAL, "Chi's node to tell her that she was removed", || {
        (chi.kith(["group", "show", &group]).ok()["state"] == "removed").then_some(())
    });
    // Chi's node goes on running, and asks as often as it likes.
    let fourth = ana.posts(&group, AFTER[0]);
    dan.has_got(&group, &[&fourth]);
    let fifth = dan.replies(&fourth, AFTER[1]);
    ana.has_got(&group, &[&fifth]);
    let sixth = ana.replies(&fifth, AFTER[2]);
    dan.has_got(&group, &[&sixth]);
    for person in [&mut ana, &mut chi, &mut dan] {
        person.goes_offline();
    }

    // Everything that passed anybody's node, not only Chi's.
    let all: Vec<Envelope> = labs.iter().flat_map(Lab::envelopes).map(|(_, envelope)| envelope).collect();
    let all_texts: BTreeSet<String> = &owned(BEFORE) | &owned(AFTER);
    assert_eq!(read(&keys(&dan, &all), &all), all_texts, "a member reads all of it, so it is all there");
    assert_eq!(
        read(&keys(&chi, &all), &all),
        owned(BEFORE),
        "Chi reads another part than what was hers to read"
    );
    let hers: Vec<Envelope> = labs[1].envelopes().into_values().collect();
    let late = read(&keys(&dan, &all), &hers).intersection(&owned(AFTER)).count();
    assert_eq!(late, 0, "what was written since was sent to Chi's node");
}

#[test]
fn what_somebody_wrote_before_they_heard_of_their_removal_stays_theirs_with_the_reason() {
    let mut ana = Person::new("Ana");
    let mut chi = Person::new("Chi");
    let group = ana.opens("Sleepless", "For nights that are too long.");
    chi.joins(&ana.invites(&group).link);
    let seen = chi.posts(&group, "This one reached them.");
    ana.has_got(&group, &[&seen]);
    chi.goes_offline();
    let member = ana.sees_member(&group, "Chi", "member", "member").member;
    let reason = ana.home().write_beside("reason", "We agreed on no names.");
    let remove = ["member", "remove", &group, &member, "--reason-file"];
    ana.kith(remove.iter().map(std::ffi::OsStr::new).chain([reason.as_os_str()])).ok();
    ana.goes_offline();
    chi.comes_online();
    let late = chi.posts(&group, "This one comes too late.");
    ana.comes_online();
    wait::until(wait::ARRIVAL, "Chi to hear of it", || {
        (chi.kith(["group", "show", &group]).ok()["state"] == "removed").then_some(())
    });

    let read = chi.kith(["read", &group]).ok();
    let post = |id: &str| read["posts"].as_array().unwrap().iter().find(|post| post["post"] == id).unwrap();
    assert_eq!(post(&late)["text"], "This one comes too late.");
    assert_eq!(post(&late)["unshown"]["removed"], "We agreed on no names.");
    assert!(post(&seen)["unshown"].is_null());
    let words = chi.kith(["read", &group]).in_words().run().lines.join("\n");
    assert!(
        words.contains("you were removed before it had reached them. The reason: We agreed on no names."),
        "{words}"
    );
    assert!(ana.reads(&group).iter().all(|post| post.post != late), "nobody else sees it");
}
