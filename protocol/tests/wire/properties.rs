//! What holds for all values: what is written reads back, and no bytes make a reader panic.

use kith_protocol::address::AddressRecord;
use kith_protocol::body::{
    BackLink, Body, Join, Kind, Leave, LogHead, Mint, NeedKey, OpenLog, Post, Remove, Reply, Wrap, WrapKey,
};
use kith_protocol::entry::{Bond, Entry, Links, SignedEntry};
use kith_protocol::envelope::{self, Envelope};
use kith_protocol::epoch::{Clear, EpochKey, EpochKeys};
use kith_protocol::id::{AuthorId, DropMark, EntryId, EpochId, GroupId, LogId, MemberKey, SealKey, ShortId};
use kith_protocol::identity::Seed;
use kith_protocol::invite::{InviteSecret, Link, Way};
use kith_protocol::limits;
use kith_protocol::proof::{
    Answer, Hello, InviteProof, MemberProof, Nonce, Proof, Refused, Shared, Side, Transcript,
};
use kith_protocol::time::Millis;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::sample;

fn text(most: usize) -> impl Strategy<Value = String> {
    // Longer text is cut where a letter ends.
    vec(any::<char>(), 1..=most / 4).prop_map(|letters| letters.into_iter().collect())
}

fn name() -> impl Strategy<Value = String> {
    text(limits::NAME - 4).prop_map(|name| format!("n{name}"))
}

fn bytes<const N: usize>() -> impl Strategy<Value = [u8; N]> {
    any::<[u8; N]>()
}

fn body() -> impl Strategy<Value = Body> {
    let epochs = || vec(bytes().prop_map(EpochId), 0..=limits::BACK_LINKS);
    let head = (bytes(), any::<u64>()).prop_map(|(log, seq)| LogHead { log: LogId(log), seq });
    prop_oneof![
        text(2000).prop_map(|text| Body::Post(Post::new(text))),
        (text(2000), bytes()).prop_map(|(text, to)| Body::Reply(Reply::new(ShortId(to), text))),
        (bytes(), bytes(), proptest::option::of(bytes()), proptest::option::of(name())).prop_map(
            |(seal, member, retires, name)| Body::OpenLog(OpenLog {
                seal: SealKey(seal),
                member: MemberKey(member),
                retires: retires.map(LogId),
                name,
            })
        ),
        (bytes(), bytes(), name(), bytes(), bytes::<32>(), bytes::<32>(), bytes()).prop_map(
            |(member, seal, name, invite, one, two, charter)| Body::Join(Join {
                member: MemberKey(member),
                seal: SealKey(seal),
                name,
                invite: EntryId(invite),
                invited: [one, two].concat().try_into().unwrap(),
                charter,
            })
        ),
        (bytes(), text(800), vec(head, 0..8)).prop_map(|(member, reason, heads)| Body::Remove(Remove {
            member: MemberKey(member),
            reason,
            heads
        })),
        proptest::option::of(text(800)).prop_map(|goodbye| Body::Leave(Leave { goodbye })),
        (bytes(), bytes(), epochs()).prop_map(|(epoch, clear, from)| Body::Mint(Mint {
            epoch: EpochId(epoch),
            clear,
            from
        })),
        (bytes(), bytes()).prop_map(|(epoch, clear)| Body::Wrap(Wrap { epoch: EpochId(epoch), clear })),
        (epochs(), bytes()).prop_map(|(epochs, seal)| Body::NeedKey(NeedKey { epochs, seal: SealKey(seal) })),
        (1000_u16.., any::<u32>()).prop_map(|(kind, value)| {
            let mut bytes = vec![0x1a];
            bytes.extend(value.max(1 << 16).to_be_bytes());
            Body::Unknown(Kind(kind), bytes)
        }),
    ]
}

fn entry() -> impl Strategy<Value = Entry> {
    let ids = || vec(bytes::<32>(), 0..=limits::DEPS);
    let numbers = (1_u64.., any::<u64>(), any::<u64>());
    (body(), bytes(), bytes(), numbers, bytes::<32>(), ids(), ids()).prop_map(
        |(body, author, log, (seq, lamport, time), prev, first, second)| {
            let kind = body.kind();
            let short = |ids: Vec<[u8; 32]>| ids.into_iter().map(|id| EntryId(id).short()).collect();
            let links = if kind.is_control() {
                let prev = (!kind.opens_log()).then_some(EntryId(prev));
                Links::Control { prev, deps: first.into_iter().map(EntryId).collect() }
            } else {
                Links::Content { prev: EntryId(prev).short(), control: short(first), content: short(second) }
            };
            let seq = if kind.opens_log() { 0 } else { seq };
            Entry { author: AuthorId(author), log: LogId(log), seq, links, lamport, time: Millis(time), body }
        },
    )
}

fn clear(epoch: EpochId) -> impl Strategy<Value = Clear> {
    let wrap = (bytes(), bytes(), bytes::<32>(), bytes::<16>()).prop_map(|(tag, encapped, one, two)| {
        let sealed = [one.as_slice(), &two].concat().try_into().unwrap();
        WrapKey { tag, encapped, sealed }
    });
    let link = (bytes(), any::<bool>(), bytes::<16>()).prop_map(|(epoch, whole, part)| BackLink {
        epoch: EpochId(epoch),
        whole,
        sealed: [part, part, part].concat().try_into().unwrap(),
    });
    (vec(wrap, 0..20), vec(link, 0..8))
        .prop_map(move |(wraps, links)| Clear::new(epoch, wraps, links).unwrap())
}

fn link() -> impl Strategy<Value = Link> {
    let nodes = vec(vec(text(70), 0..=4), 0..=4);
    let desk = || vec(bytes().prop_map(SealKey), 0..=4);
    let way = prop_oneof![
        Just(Way::OnSight),
        proptest::option::of(any::<u8>()).prop_map(|check| Way::OpenDoor {
            check,
            keepers: vec![sample::keeper(); usize::from(check.is_some())]
        }),
        (desk(), bytes()).prop_map(|(desk, code)| Way::Confirm { desk, code }),
        (desk(), vec("[a-z]{1,40}", 0..=3)).prop_map(|(desk, questions)| Way::Knock { desk, questions }),
    ];
    (bytes(), bytes(), bytes(), bytes(), bytes(), any::<u64>(), any::<u32>(), nodes, way).prop_map(
        |(group, salt, invite, secret, charter, expires, uses, nodes, way)| Link {
            group: GroupId(group),
            salt,
            invite: EntryId(invite),
            secret: InviteSecret::from_bytes(secret),
            expires: Millis(expires),
            uses,
            charter,
            nodes,
            way,
        },
    )
}

/// How bytes may be hurt on their way.
#[derive(Clone, Debug)]
enum Harm {
    Turn(Index, u8),
    Cut(Index),
    Put(Index, Vec<u8>),
}

fn harms() -> impl Strategy<Value = Vec<Harm>> {
    let harm = prop_oneof![
        3 => (any::<Index>(), 1_u8..).prop_map(|(at, bits)| Harm::Turn(at, bits)),
        1 => any::<Index>().prop_map(Harm::Cut),
        1 => (any::<Index>(), vec(any::<u8>(), 1..40)).prop_map(|(at, bytes)| Harm::Put(at, bytes)),
    ];
    vec(harm, 1..4)
}

fn harmed(mut bytes: Vec<u8>, harms: &[Harm]) -> Vec<u8> {
    for harm in harms {
        if bytes.is_empty() {
            break;
        }
        match harm {
            Harm::Turn(at, bits) => {
                let at = at.index(bytes.len());
                bytes[at] ^= bits;
            }
            Harm::Cut(at) => bytes.truncate(at.index(bytes.len())),
            Harm::Put(at, more) => {
                let at = at.index(bytes.len());
                bytes.splice(at..at, more.iter().copied());
            }
        }
    }
    bytes
}

fn transcript(one: [u8; 32], two: [u8; 32]) -> Transcript {
    Transcript::new(&GroupId([1; 32]), (b"one", &Nonce(one)), (b"two", &Nonce(two)))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn entries_read_back(entry in entry(), harms in harms()) {
        let bytes = entry.encode();
        prop_assert_eq!(Entry::decode(&bytes), Ok(entry));
        let hurt = harmed(bytes, &harms);
        if let Ok(other) = Entry::decode(&hurt) {
            // Fields this version does not know are skipped, so only what was read must read back.
            prop_assert_eq!(Entry::decode(&other.encode()), Ok(other));
        }
    }

    #[test]
    fn envelopes_open_to_what_was_sealed_and_hurt_ones_do_not(
        entry in entry(),
        key in bytes(),
        mark in bytes(),
        harms in harms(),
    ) {
        let keys = EpochKeys::whole(EpochKey::from_bytes(key));
        let clear = match &entry.body {
            Body::Mint(_) | Body::Wrap(_) => Some(Clear::new(keys.epoch(), vec![], vec![]).unwrap()),
            _ => None,
        };
        let mut entry = entry;
        match &mut entry.body {
            Body::Mint(Mint { epoch, clear: hash, .. }) | Body::Wrap(Wrap { epoch, clear: hash }) => {
                (*epoch, *hash) = (keys.epoch(), clear.as_ref().unwrap().hash());
            }
            _ => (),
        }
        let content = !entry.body.kind().is_control();
        let bond = content.then(|| Bond { epoch: keys.epoch(), drop: DropMark(mark) });
        let signed = SignedEntry::sign(&entry, &sample::group(), sample::member().signing(), bond);
        let sealed = envelope::seal(&signed, &entry, &keys, clear.as_ref()).unwrap();
        let bytes = sealed.encode();
        let read = Envelope::decode(&bytes).unwrap();
        prop_assert_eq!(&read, &sealed);
        let open = envelope::open(&read, &keys).unwrap();
        prop_assert_eq!((open.signed, open.entry, open.clear), (signed, entry, clear));

        let hurt = harmed(bytes.clone(), &harms);
        if let Ok(other) = Envelope::decode(&hurt) {
            prop_assert_eq!(other.encode(), hurt);
            prop_assert_eq!(envelope::open(&other, &keys).is_ok(), other == sealed);
        }
    }

    #[test]
    fn any_bytes_are_an_envelope_or_not(bytes in vec(any::<u8>(), 0..2000)) {
        let mut bytes = bytes;
        for version in [None, Some(1)] {
            if let (Some(version), Some(first)) = (version, bytes.first_mut()) {
                *first = version;
            }
            if let Ok(envelope) = Envelope::decode(&bytes) {
                prop_assert_eq!(envelope.encode(), bytes.clone());
            }
        }
    }

    #[test]
    fn clear_parts_read_back(clear in clear(EpochId([1; 32])), harms in harms()) {
        let bytes = clear.encode();
        prop_assert_eq!(Clear::decode(&bytes), Ok(clear));
        let _ = Clear::decode(&harmed(bytes, &harms));
    }

    #[test]
    fn links_read_back(link in link(), harms in harms()) {
        let text = link.to_text().unwrap();
        prop_assert_eq!(Link::parse(&text), Ok(link.clone()));
        let hurt = harmed(text.into_bytes(), &harms);
        if let Ok(other) = Link::parse(&String::from_utf8_lossy(&hurt)) {
            prop_assert_eq!(other, link);
        }
    }

    #[test]
    fn any_text_is_a_link_or_not(text in ".{0,200}") {
        let _ = Link::parse(&text);
        let _ = Link::parse(&format!("kith:{text}"));
        let _ = Seed::from_words(&text);
    }

    #[test]
    fn words_read_back(seed in bytes()) {
        let seed = Seed::from_bytes(seed);
        prop_assert_eq!(Seed::from_words(&seed.words()), Ok(seed));
    }

    #[test]
    fn proof_messages_read_back(one in bytes(), two in bytes(), id in bytes(), harms in harms()) {
        let transcript = transcript(one, two);
        let secret = InviteSecret::from_bytes(two);
        let shared = Shared::invite(&GroupId(one), &EntryId(id), &secret.key());
        let member = MemberProof::new(&transcript, Side::Responder, sample::member().signing(), &shared);
        let hello = Hello { nonce: Nonce(one), known: Some([1; 16].into()) };
        let proof = Proof::Invite(InviteProof::new(&transcript, EntryId(id), &secret));
        let answers = [
            Answer::Proved(member.clone()),
            Answer::Removed(vec![one.to_vec().into()]),
            Answer::Refused(Refused::Full),
        ];
        prop_assert_eq!(Hello::decode(&hello.encode()), Ok(hello.clone()));
        prop_assert_eq!(Proof::decode(&proof.encode()), Ok(proof.clone()));
        let _ = Hello::decode(&harmed(hello.encode(), &harms));
        if let Ok(Proof::Invite(other)) = Proof::decode(&harmed(proof.encode(), &harms)) {
            let fine = Proof::Invite(other.clone()) == proof || other.invite() != EntryId(id);
            prop_assert!(fine || other.verify(&transcript, &secret.key()).is_err());
        }
        for answer in answers {
            prop_assert_eq!(Answer::decode(&answer.encode()), Ok(answer.clone()));
            if let Ok(Answer::Proved(other)) = Answer::decode(&harmed(answer.encode(), &harms)) {
                prop_assert!(other == member || other.verify(&transcript, Side::Responder, &shared).is_err());
            }
        }
    }

    #[test]
    fn address_records_read_back(
        log in bytes(),
        addresses in vec(text(200), 0..=limits::NODE_ADDRESSES),
        sequence in any::<u64>(),
        harms in harms(),
    ) {
        let (group, member) = (sample::group(), sample::member());
        let record =
            AddressRecord { member: member.key(), log: LogId(log), addresses, time: sample::TIME, sequence };
        let signed = record.sign(&group, member.signing());
        prop_assert_eq!(AddressRecord::verify(&signed, &group), Ok(record));
        let hurt = harmed(signed.clone(), &harms);
        prop_assert!(hurt == signed || AddressRecord::verify(&hurt, &group).is_err());
    }
}
