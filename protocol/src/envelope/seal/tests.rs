//! What holds between the inside and the outside of an envelope, each broken once.

use ed25519_dalek::SigningKey;

use super::*;
use crate::body::{Body, Join, Mint, Post, Wrap};
use crate::codec;
use crate::entry::Links;
use crate::epoch::EpochKey;
use crate::id::{AuthorId, EntryId, GroupId, LogId, MemberKey, SealKey, ShortId};
use crate::time::Millis;

const GROUP: GroupId = GroupId([8; 32]);
const TIME: Millis = Millis(1_795_305_600_000);
const NO_MARK: DropMark = DropMark([0; 16]);
const MARK: DropMark = DropMark([6; 16]);

fn epoch(byte: u8) -> EpochKey {
    EpochKey::from_bytes([byte; 32])
}

fn whole(byte: u8) -> EpochKeys {
    EpochKeys::whole(epoch(byte))
}

fn entry(body: Body) -> (SignedEntry, Entry) {
    let links = if !body.kind().is_control() {
        let (prev, seen) = (ShortId([3; 16]), |byte| vec![ShortId([byte; 16])]);
        Links::Content { prev, control: seen(4), content: seen(5) }
    } else if body.kind().opens_log() {
        Links::Control { prev: None, deps: vec![EntryId([4; 32])] }
    } else {
        Links::Control { prev: Some(EntryId([3; 32])), deps: vec![EntryId([4; 32])] }
    };
    let seq = if body.kind().opens_log() { 0 } else { 1000 };
    let entry =
        Entry { author: AuthorId([1; 8]), log: LogId([2; 8]), seq, links, lamport: 70_000, time: TIME, body };
    let bond = (!entry.body.kind().is_control()).then(|| Bond { epoch: whole(1).epoch(), drop: MARK });
    (SignedEntry::sign(&entry, &GROUP, &SigningKey::from_bytes(&[9; 32]), bond), entry)
}

fn post(length: usize) -> (SignedEntry, Entry) {
    entry(Body::Post(Post::new("x".repeat(length))))
}

fn join() -> (SignedEntry, Entry) {
    entry(Body::Join(Join {
        member: MemberKey([1; 32]),
        seal: SealKey([2; 32]),
        name: "Noor".into(),
        invite: EntryId([4; 32]),
        invited: [5; 64],
        charter: [6; 32],
    }))
}

fn mint(key: &EpochKey) -> (SignedEntry, Entry, Clear) {
    let clear = Clear::new(key.id(), vec![], vec![]).unwrap();
    let (signed, entry) = entry(Body::Mint(Mint { epoch: key.id(), clear: clear.hash(), from: vec![] }));
    (signed, entry, clear)
}

fn sealed_post() -> Envelope {
    let (signed, entry) = post(400);
    seal(&signed, &entry, &whole(1), None).unwrap()
}

/// The envelope with one bit of its bytes turned, if that still has the form of one.
fn turned(envelope: &Envelope, at: usize) -> Option<Envelope> {
    let mut bytes = envelope.encode();
    bytes[at] ^= 1;
    Envelope::decode(&bytes).ok()
}

#[test]
fn what_is_sealed_opens() {
    let (signed, entry) = post(400);
    let envelope = seal(&signed, &entry, &whole(1), None).unwrap();
    let expected = Unsealed { signed, entry, clear: None };
    assert_eq!(open(&envelope, &whole(1)), Ok(expected.clone()));
    let again = Envelope::decode(&envelope.encode()).unwrap();
    assert_eq!(again, envelope);
    assert_eq!(open(&again, &whole(1)), Ok(expected));
    assert_eq!(envelope.header().drop, MARK);
    assert_eq!(envelope.length(), envelope.encode().len());
}

#[test]
fn an_ordinary_post_is_small() {
    assert!(sealed_post().length() <= 700, "{}", sealed_post().length());
}

#[test]
fn whoever_seals_it_makes_the_same_envelope() {
    let (signed, entry) = join();
    let one = seal(&signed, &entry, &whole(1), None).unwrap();
    let control_only = EpochKeys::control_only(epoch(1).control());
    let received = SignedEntry::from_bytes(&signed.to_bytes(), None).unwrap();
    let other = seal(&received, &received.entry().unwrap(), &control_only, None).unwrap();
    assert_eq!(one, other);
    assert_ne!(one.id(), seal(&signed, &entry, &whole(2), None).unwrap().id());
}

#[test]
fn control_keys_open_control_and_check_gates_and_read_no_content() {
    let control_only = EpochKeys::control_only(epoch(1).control());
    let (signed, entry) = join();
    let control = seal(&signed, &entry, &whole(1), None).unwrap();
    assert_eq!(open(&control, &control_only).map(|open| open.entry), Ok(entry));
    let content = sealed_post();
    assert_eq!(open(&content, &control_only), Err(OpenError::NoKey));
    assert!(control_only.control().gate().admits(&content.id(), content.gate()));
    let (signed, entry) = post(400);
    assert_eq!(seal(&signed, &entry, &control_only, None), Err(SealError::NoKey));
}

#[test]
fn no_bit_can_be_turned() {
    let clear = mint(&epoch(1));
    let with_clear = seal(&clear.0, &clear.1, &whole(1), Some(&clear.2)).unwrap();
    for envelope in [sealed_post(), with_clear] {
        for at in 0..envelope.length() {
            let Some(turned) = turned(&envelope, at) else { continue };
            let error = open(&turned, &whole(1)).unwrap_err();
            assert!(matches!(error, OpenError::Gate | OpenError::OtherEpoch), "{at}: {error:?}");

            // The same by somebody who has the gate key and so can make the tag fit.
            let mut granted = turned;
            granted.gate = epoch(1).control().gate().tag(&granted.id());
            if granted != envelope {
                let error = open(&granted, &whole(1)).unwrap_err();
                assert!(
                    matches!(error, OpenError::Sealed | OpenError::OtherEpoch | OpenError::NoKey),
                    "{at}: {error:?}"
                );
            }
        }
    }
}

#[test]
fn another_epochs_key_does_not_open_it() {
    assert_eq!(open(&sealed_post(), &whole(2)), Err(OpenError::OtherEpoch));
    // An epoch whose name begins alike, if that could be found.
    let mut envelope = sealed_post();
    let header = Header { epoch: whole(2).epoch().tag(), ..*envelope.header() };
    envelope = Envelope::of(header, *envelope.gate(), vec![], envelope.payload().to_vec());
    assert_eq!(open(&envelope, &whole(2)), Err(OpenError::Gate));
    envelope.gate = whole(2).control().gate().tag(&envelope.id());
    assert_eq!(open(&envelope, &whole(2)), Err(OpenError::Sealed));
}

/// A post sealed by one who has the key and does one thing wrong.
fn misdone(header: impl Fn(&mut Header), plain: impl Fn(&mut Vec<u8>), nonce_bit: u8) -> OpenError {
    let (signed, entry) = post(400);
    let keys = whole(1);
    let mut outside = *seal(&signed, &entry, &keys, None).unwrap().header();
    header(&mut outside);
    let signed = signed.to_bytes();
    let mut inside = [&(signed.len() as u16).to_be_bytes(), signed.as_slice()].concat();
    inside.resize(padding::padded(inside.len()), 0);
    plain(&mut inside);
    outside.payload_length = (inside.len() + 40) as u16;
    let class = keys.class(outside.control).unwrap();
    let mut nonce = nonce(&class, &outside, &clear_hash(&[]), &signed);
    nonce[0] ^= nonce_bit;
    let envelope = close(&keys, &class, outside, vec![], &inside, nonce).unwrap();
    let envelope = Envelope::decode(&envelope.encode()).expect("the form is right");
    open(&envelope, &keys).unwrap_err()
}

#[test]
fn what_is_outside_must_fit_what_is_inside() {
    let fine = |_: &mut Vec<u8>| ();
    assert_eq!(misdone(|header| header.hour.0 += 1, fine, 0), OpenError::Hour);
    let as_control = |header: &mut Header| (header.control, header.drop) = (true, NO_MARK);
    assert_eq!(misdone(as_control, fine, 0), OpenError::Kind);
    assert_eq!(misdone(|_| (), fine, 1), OpenError::Nonce);
}

#[test]
fn padding_has_one_form() {
    let fine = |_: &mut Header| ();
    assert_eq!(misdone(fine, |plain| *plain.last_mut().unwrap() = 1, 0), OpenError::Padding);
    assert_eq!(misdone(fine, |plain| plain.resize(608, 0), 0), OpenError::Padding);
    assert_eq!(misdone(fine, |plain| plain[0] = 0xff, 0), OpenError::Padding);
    assert_eq!(misdone(fine, |plain| plain[..2].copy_from_slice(&[0, 0]), 0), OpenError::Padding);
}

#[test]
fn only_an_entry_may_be_inside() {
    let keys = whole(1);
    let class = keys.class(false).unwrap();
    let bytes = vec![0xff; 100];
    let mut plain = [&100_u16.to_be_bytes(), bytes.as_slice()].concat();
    plain.resize(256, 0);
    let header = Header { payload_length: 296, ..*sealed_post().header() };
    let nonce = nonce(&class, &header, &clear_hash(&[]), &bytes);
    let envelope = close(&keys, &class, header, vec![], &plain, nonce).unwrap();
    assert!(matches!(open(&envelope, &keys), Err(OpenError::Entry(_))));
}

#[test]
fn a_mint_carries_the_clear_part_it_commits_to_and_is_sealed_under_itself() {
    let key = epoch(1);
    let (signed, entry, clear) = mint(&key);
    let envelope = seal(&signed, &entry, &whole(1), Some(&clear)).unwrap();
    let envelope = Envelope::decode(&envelope.encode()).unwrap();
    assert_eq!(open(&envelope, &whole(1)).map(|open| open.clear), Ok(Some(clear.clone())));

    assert_eq!(seal(&signed, &entry, &whole(1), None), Err(SealError::Clear));
    assert_eq!(seal(&signed, &entry, &whole(2), Some(&clear)), Err(SealError::Epoch));
    let link = crate::body::BackLink { epoch: EpochId([3; 32]), whole: false, sealed: [4; 48] };
    let other = Clear::new(key.id(), vec![], vec![link]).unwrap();
    assert_eq!(seal(&signed, &entry, &whole(1), Some(&other)), Err(SealError::Clear));
    let (signed, entry) = join();
    assert_eq!(seal(&signed, &entry, &whole(1), Some(&clear)), Err(SealError::Clear));
}

#[test]
fn a_wrap_may_be_sealed_under_another_epoch_than_it_wraps() {
    let clear = Clear::new(epoch(1).id(), vec![], vec![]).unwrap();
    let (signed, entry) = entry(Body::Wrap(Wrap { epoch: epoch(1).id(), clear: clear.hash() }));
    for keys in [whole(1), whole(2)] {
        let envelope = seal(&signed, &entry, &keys, Some(&clear)).unwrap();
        assert!(open(&envelope, &keys).is_ok());
    }
    let elsewhere = Clear::new(epoch(3).id(), vec![], vec![]).unwrap();
    let body = Body::Wrap(Wrap { epoch: epoch(1).id(), clear: elsewhere.hash() });
    let (signed, entry) = super::tests::entry(body);
    assert_eq!(seal(&signed, &entry, &whole(1), Some(&elsewhere)), Err(SealError::Epoch));
}

/// Seals anything as a control entry with any clear bytes.
fn forced(signed: &SignedEntry, keys: &EpochKeys, clear: Vec<u8>) -> Envelope {
    let signed = signed.to_bytes();
    let mut plain = [&(signed.len() as u16).to_be_bytes(), signed.as_slice()].concat();
    plain.resize(padding::padded(plain.len()), 0);
    let header = Header {
        control: true,
        epoch: keys.epoch().tag(),
        hour: TIME.hour(),
        clear_length: clear.len() as u32,
        payload_length: (plain.len() + 40) as u16,
        drop: NO_MARK,
    };
    let class = keys.class(true).unwrap();
    let nonce = nonce(&class, &header, &clear_hash(&clear), &signed);
    let envelope = close(keys, &class, header, clear, &plain, nonce).unwrap();
    Envelope::decode(&envelope.encode()).expect("the form is right")
}

#[test]
fn receivers_check_the_clear_part_themselves() {
    let (signed, _, clear) = mint(&epoch(1));
    let (join, _) = join();
    let link = crate::body::BackLink { epoch: EpochId([3; 32]), whole: false, sealed: [4; 48] };
    let other = Clear::new(epoch(1).id(), vec![], vec![link]).unwrap();
    for (signed, keys, clear, expected) in [
        (&signed, whole(1), vec![], OpenError::Clear),
        (&signed, whole(1), other.encode(), OpenError::Clear),
        (&signed, whole(2), clear.encode(), OpenError::Epoch),
        (&signed, whole(1), vec![0xff], OpenError::ClearForm(codec::check(&[0xff]).unwrap_err())),
        (&join, whole(1), clear.encode(), OpenError::Clear),
    ] {
        assert_eq!(open(&forced(signed, &keys, clear), &keys), Err(expected));
    }
}

#[test]
fn what_is_too_large_is_refused_before_it_is_sent() {
    let (signed, entry) = post(limits::TEXT);
    assert!(seal(&signed, &entry, &whole(1), None).is_ok());
    for length in [33_000, 70_000] {
        let (signed, entry) = post(length);
        assert_eq!(seal(&signed, &entry, &whole(1), None), Err(SealError::TooLarge));
    }
}

#[test]
fn content_goes_into_the_envelope_it_was_signed_for() {
    let (signed, entry) = post(400);
    assert_eq!(seal(&signed, &entry, &whole(2), None), Err(SealError::Bond));
    let unbound = SignedEntry::from_bytes(&signed.to_bytes(), None).unwrap();
    assert_eq!(seal(&unbound, &entry, &whole(1), None), Err(SealError::Bond));
    let (signed, entry) = join();
    let bond = Some(Bond { epoch: whole(1).epoch(), drop: MARK });
    let bound = SignedEntry::from_bytes(&signed.to_bytes(), bond).unwrap();
    assert_eq!(seal(&bound, &entry, &whole(1), None), Err(SealError::Bond));
}

#[test]
fn a_reader_takes_the_bond_from_outside() {
    let envelope = sealed_post();
    let opened = open(&envelope, &whole(1)).unwrap();
    assert_eq!(opened.signed.bond(), Some(&Bond { epoch: whole(1).epoch(), drop: MARK }));
    let (signed, entry) = join();
    let envelope = seal(&signed, &entry, &whole(1), None).unwrap();
    assert_eq!(open(&envelope, &whole(1)).unwrap().signed.bond(), None);
}
