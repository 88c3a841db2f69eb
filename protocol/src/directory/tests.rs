use proptest::prelude::*;

use super::*;
use crate::codec::CodecError;
use crate::id::{EntryId, GroupId, SealKey};
use crate::invite::{InviteSecret, Link, Way};
use crate::limits;
use crate::time::Millis;

const NOW: Millis = Millis(1_795_358_400_000);
const DAY: u64 = 24 * 3_600_000;

fn secret(byte: u8) -> ListingSecret {
    ListingSecret::from_bytes([byte; 32])
}

fn link(group: u8, way: Way) -> Link {
    Link {
        group: GroupId([group; 32]),
        salt: [2; 32],
        invite: EntryId([3; 32]),
        secret: InviteSecret::from_bytes([4; 32]),
        expires: NOW.plus(300 * DAY),
        uses: 500,
        charter: [5; 32],
        nodes: vec![vec!["/ip4/192.0.2.7/udp/41000/quic-v1".into()]],
        way,
    }
}

fn knock() -> Link {
    link(1, Way::Knock { desk: vec![SealKey([6; 32])], questions: vec!["What brings you here?".into()] })
}

fn portrait(title: &str) -> Portrait {
    Portrait {
        title: title.into(),
        about: "For people who lie awake.\nEverybody writes when they can.".into(),
        topics: vec![Topic(9), Topic(19)],
        tags: vec!["insomnia".into()],
        languages: vec!["en".into(), "de".into()],
        ways: vec![WayToMeet::WRITING, WayToMeet::CIRCLES],
        meets: "A circle on Tuesdays at eight in the evening".into(),
        coming_in: "Say in a few words what brings you.".into(),
        reply_hours: 48,
        size: Size::SMALL,
        led: Led::PEERS,
    }
}

fn listing(byte: u8, title: &str, issued: Millis) -> Vec<u8> {
    secret(byte).list(portrait(title), &knock(), issued, issued.plus(30 * DAY)).unwrap()
}

fn item(bytes: &[u8]) -> Item {
    Item::read(bytes).unwrap()
}

fn titles(known: &Known) -> Vec<&str> {
    known.listings().map(|kept| kept.listing.portrait.title.as_str()).collect()
}

#[test]
fn a_listing_is_what_its_key_signed_and_nothing_else() {
    let bytes = listing(1, "Awake", NOW);
    let Item::Listing(read, _) = item(&bytes) else { panic!("a listing") };
    assert_eq!((read.key, read.issued, &read.portrait), (secret(1).key(), NOW, &portrait("Awake")));
    assert_eq!(read.link, knock());
    for at in 0..bytes.len() {
        let mut altered = bytes.clone();
        altered[at] ^= 1;
        assert!(Item::read(&altered).is_err(), "{at}");
        assert!(Item::read(&bytes[..at]).is_err(), "{at}");
    }
    let end = secret(1).withdrawal();
    assert!(secret(1).key().is_withdrawn_by(&end) && !secret(2).key().is_withdrawn_by(&end));
    assert!(!secret(1).key().is_withdrawn_by(&bytes));
}

#[test]
fn nothing_that_opens_a_group_is_listed_and_nothing_lasts_longer_than_thirty_days() {
    for way in [
        Way::OnSight,
        Way::OpenDoor { check: None, keepers: Vec::new() },
        Way::Confirm { desk: vec![SealKey([6; 32])], code: [0; 32] },
    ] {
        let made = secret(1).list(portrait("x"), &link(1, way), NOW, NOW.plus(DAY));
        assert_eq!(made, Err(ListingError::Link));
    }
    for until in [NOW.plus(30 * DAY + 1), NOW, Millis(0)] {
        let made = secret(1).list(portrait("x"), &knock(), NOW, until);
        assert_eq!(made, Err(ListingError::TooLong));
    }
}

#[test]
fn what_strangers_read_is_bounded_and_reads_as_it_looks() {
    let list = |change: &dyn Fn(&mut Portrait)| {
        let mut portrait = portrait("Awake");
        change(&mut portrait);
        secret(1).list(portrait, &knock(), NOW, NOW.plus(DAY)).map(|_| ())
    };
    assert_eq!(list(&|_| {}), Ok(()));
    let large = |error| matches!(error, Err(ListingError::Form(CodecError::TooLarge(_))));
    assert!(large(list(&|one| one.title = "x".repeat(limits::LISTING_TITLE + 1))));
    assert!(large(list(&|one| one.about = "x".repeat(limits::LISTING_WORDS + 1))));
    assert!(large(list(&|one| one.meets = "x".repeat(limits::LISTING_LINE + 1))));
    assert!(large(list(&|one| one.tags = vec!["x".into(); limits::LISTING_TAGS + 1])));
    assert!(large(list(&|one| one.tags = vec!["x".repeat(limits::LISTING_TAG + 1)])));
    assert!(large(list(&|one| one.languages = vec!["en".into(); limits::LISTING_LANGUAGES + 1])));
    let wrong = |error| matches!(error, Err(ListingError::Form(CodecError::Mismatch(_))));
    assert!(wrong(list(&|one| one.title = " ".into())));
    assert!(wrong(list(&|one| one.title = "two\nlines".into())));
    assert!(wrong(list(&|one| one.title = "gnp\u{202e}.exe".into())));
    assert!(wrong(list(&|one| one.title = "Αwake".into())));
    assert!(wrong(list(&|one| one.about = "\n".repeat(40) + "x")));
    assert!(wrong(list(&|one| one.tags = vec!["a\u{200b}b".into()])));
    assert!(wrong(list(&|one| one.languages.clear())));
    assert!(wrong(list(&|one| one.topics = vec![Topic(2), Topic(1)])));
    assert!(wrong(list(&|one| one.topics = vec![Topic(2), Topic(2)])));
    // The largest there can be, with the longest link, is one.
    let whole = Portrait {
        title: "x".repeat(limits::LISTING_TITLE),
        about: "x".repeat(limits::LISTING_WORDS),
        topics: (1..=6).map(Topic).collect(),
        tags: vec!["x".repeat(limits::LISTING_TAG); limits::LISTING_TAGS],
        languages: vec!["x".repeat(limits::LANGUAGE); limits::LISTING_LANGUAGES],
        meets: "x".repeat(limits::LISTING_LINE),
        coming_in: "x".repeat(limits::LISTING_LINE),
        ..portrait("x")
    };
    let mut long = knock();
    while long.to_text().is_ok() && long.nodes.len() < limits::LINK_NODES {
        long.nodes.push(vec!["x".repeat(200)]);
    }
    long.nodes.pop();
    assert!(secret(1).list(whole, &long, NOW, NOW.plus(DAY)).is_ok());
}

#[test]
fn a_directory_holds_what_is_whole_and_leaves_out_what_is_not() {
    let (one, two, end) = (listing(1, "One", NOW), listing(2, "Two", NOW), secret(3).withdrawal());
    let mut forged = two.clone();
    *forged.last_mut().unwrap() ^= 1;
    let items = [one.as_slice(), forged.as_slice(), b"", &[0; 9000], end.as_slice(), two.as_slice()];
    let file = write(items).unwrap();
    assert_eq!(file.len() % limits::DIRECTORY_PADDING, 0);
    let found = read(&file).unwrap();
    assert_eq!(found.items, [item(&one), item(&end), item(&two)]);
    assert_eq!(found.refused.len(), 3);
    for (cut, why) in [(0, DirectoryError::NotOne), (11, DirectoryError::Damaged(CodecError::Truncated))] {
        assert_eq!(read(&file[..cut]), Err(why));
    }
    assert_eq!(read(b"<!doctype html>"), Err(DirectoryError::NotOne));
    assert_eq!(read(&vec![0; limits::DIRECTORY + 1]), Err(DirectoryError::TooLarge));
    let many = vec![end.as_slice(); limits::DIRECTORY_ITEMS + 1];
    assert_eq!(write(many), Err(DirectoryError::TooLarge));
    let mut lies = file.clone();
    lies[8..12].copy_from_slice(&u32::MAX.to_be_bytes());
    assert_eq!(read(&lies), Err(DirectoryError::Damaged(CodecError::Truncated)));
}

#[test]
fn of_one_key_the_last_holds_and_an_older_one_never_comes_back() {
    let (old, new) = (listing(1, "Old", NOW), listing(1, "New", NOW.plus(DAY)));
    let mut known = Known::default();
    assert_eq!(known.take(item(&old), NOW), Taken::New);
    assert_eq!(known.take(item(&old), NOW), Taken::Known);
    assert_eq!(known.take(item(&new), NOW.plus(DAY)), Taken::New);
    assert_eq!(known.take(item(&old), NOW.plus(DAY)), Taken::Older);
    assert_eq!(titles(&known), ["New"]);
    assert_eq!(known.listings().next().unwrap().first, NOW, "known since the first");
    // It is gone from the directory, and the old one is served again.
    known.retain(|_| false);
    assert_eq!(known.take(item(&old), NOW.plus(2 * DAY)), Taken::Older);
    assert_eq!(titles(&known), Vec::<&str>::new());
}

#[test]
fn a_withdrawn_key_never_lists_again() {
    let mut known = Known::default();
    known.take(item(&listing(1, "One", NOW)), NOW);
    assert_eq!(known.take(item(&secret(1).withdrawal()), NOW), Taken::New);
    assert_eq!(known.listings().count(), 0);
    assert_eq!(known.take(item(&listing(1, "Later", NOW.plus(DAY))), NOW.plus(DAY)), Taken::Withdrawn);
    assert!(known.is_withdrawn(&secret(1).key()));
    assert_eq!(known.items().collect::<Vec<_>>(), [secret(1).withdrawal()]);
}

#[test]
fn what_has_ended_or_comes_from_a_clock_far_ahead_is_not_taken() {
    let bytes = listing(1, "One", NOW);
    let mut known = Known::default();
    assert_eq!(known.take(item(&bytes), NOW.plus(30 * DAY)), Taken::Ended);
    assert_eq!(known.take(item(&bytes), Millis(NOW.0 - 2 * DAY)), Taken::Ended);
    assert_eq!(known.take(item(&bytes), NOW.plus(29 * DAY)), Taken::New);
    known.drop_ended(NOW.plus(30 * DAY));
    assert_eq!(known.listings().count(), 0);
    let mut ends = knock();
    ends.expires = NOW.plus(DAY);
    let bytes = secret(2).list(portrait("x"), &ends, NOW, NOW.plus(30 * DAY)).unwrap();
    assert_eq!(known.take(item(&bytes), NOW.plus(2 * DAY)), Taken::Ended, "nobody could knock any more");
}

#[test]
fn more_keys_than_fit_do_not_push_out_those_that_are_listed() {
    let mut known = Known::default();
    known.take(item(&listing(1, "Kept", NOW)), NOW);
    for place in 0..limits::DIRECTORY_KNOWN {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&place.to_be_bytes());
        known.remember(ListingKey(key), NOW, Millis(place as u64));
    }
    assert_eq!(known.marks().count(), limits::DIRECTORY_KNOWN);
    assert_eq!(known.take(item(&listing(2, "New", NOW)), NOW), Taken::New, "one that is gone is forgotten");
    assert_eq!(known.marks().count(), limits::DIRECTORY_KNOWN);
    assert_eq!(titles(&known).len(), 2);
}

#[test]
fn a_directory_of_a_later_version_is_told_apart() {
    let newer = [0xa1, 0, 2];
    let signed = [&[0xa2, 0, 0x43], newer.as_slice(), &[1, 0x58, 64], &[0; 64]].concat();
    assert_eq!(Item::read(&signed), Err(ListingError::Newer));
}

proptest! {
    #[test]
    fn the_same_items_give_the_same_listings_in_any_order(
        order in Just((0..8_usize).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let items = [
            listing(1, "a", NOW), listing(1, "b", NOW), listing(1, "c", NOW.plus(1)), listing(2, "d", NOW),
            secret(2).withdrawal(), listing(3, "e", NOW), listing(4, "f", NOW), listing(2, "g", NOW.plus(9)),
        ];
        let mut known = Known::default();
        order.iter().for_each(|place| { known.take(item(&items[*place]), NOW); });
        let mut first = Known::default();
        items.iter().for_each(|bytes| { first.take(item(bytes), NOW); });
        prop_assert_eq!(known, first);
    }

    #[test]
    fn no_bytes_do_harm(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = Item::read(&bytes);
        let _ = read(&bytes);
        let whole = [b"KITHDIR1".as_slice(), &(bytes.len() as u32).to_be_bytes(), &bytes].concat();
        let _ = read(&whole);
    }
}
