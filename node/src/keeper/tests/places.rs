//! The database by itself: what is kept is what comes back, and what is deleted is gone.

use std::fs;
use std::path::Path;

use kith_protocol::envelope::Envelope;
use kith_protocol::id::{PlaceId, StewardKey};
use kith_protocol::keeper::Standing;
use kith_protocol::sync::{SetName, Tally};
use kith_protocol::time::{Hour, Month};

use super::super::KeeperError;
use super::super::kit::{KEEPER, SINCE, envelope, gate, grant, steward};
use super::super::place::{Number, Pass};
use super::super::places::{Line, Places, SERVED};
use super::{DAY, START, opens};
use crate::clock::SetClock;

const MEMBER: Standing = Standing::Member;

/// The bytes of all files in a folder and those below it.
pub(super) fn files(dir: &Path) -> Vec<Vec<u8>> {
    let items = fs::read_dir(dir).unwrap().map(|item| item.unwrap().path());
    items.flat_map(|path| if path.is_dir() { files(&path) } else { vec![fs::read(path).unwrap()] }).collect()
}

pub(super) fn pass(n: u8) -> Pass {
    Pass { place: Number(1), gate: gate(n).name() }
}

/// Makes place 1, claims it with key 1, and commits.
pub(super) fn claim(places: &mut Places) {
    let claim = StewardKey(steward(9).verifying_key().to_bytes());
    places.enrol(PlaceId([1; 16]), claim, 1 << 30).unwrap();
    places.grant(None, grant(1, 1, &[&steward(1)]).sign(&KEEPER, &steward(9)).bytes()).unwrap();
    places.commit().unwrap();
}

pub(super) fn with_ids(envelopes: &[Envelope]) -> Vec<(kith_protocol::id::EnvelopeId, Vec<u8>)> {
    envelopes.iter().map(|envelope| (envelope.id(), envelope.encode())).collect()
}

/// Every sum and every byte count is that of what is held.
pub(super) fn check(places: &mut Places) {
    let sums = places.sums(&pass(1), MEMBER, None).unwrap();
    let months = places.sums(&pass(1), MEMBER, Some(Month(0))).unwrap();
    let mut bytes = 0;
    for (name, sum) in sums.into_iter().chain(months) {
        let set = places.set(&pass(1), MEMBER, name).unwrap();
        let ids: Vec<_> = set.iter().map(|(_, id)| *id).collect();
        assert_eq!(ids.iter().collect::<Tally>().sum(), sum, "{name:?}");
        let (envelopes, done) = places.envelopes(&pass(1), MEMBER, ids.clone(), usize::MAX).unwrap();
        assert_eq!((envelopes.len(), done), (ids.len(), ids.len()));
        bytes += envelopes.iter().map(|(_, bytes)| bytes.len() as u64).sum::<u64>();
    }
    assert_eq!(places.shown()[0].used, bytes);
}

#[test]
fn what_was_kept_is_there_after_a_restart_and_old_months_are_not() {
    let (dir, time) = (tempfile::tempdir().unwrap(), SetClock::at(START));
    let (opens, mut said) = opens(dir.path(), &time);
    let mut places = Places::open(opens.clone()).unwrap();
    claim(&mut places);
    let now = time.now().hour().0;
    // Content of this month and of the one before, the first that is kept.
    let before = (0..now).rev().map(Hour).find(|hour| hour.month() == SINCE).unwrap();
    let written: Vec<_> = (0..3000)
        .map(|n| envelope(&gate(1), n % 10 == 0, if n % 3 == 0 { before } else { Hour(now) }, n))
        .collect();
    for batch in written.chunks(700) {
        let taken = places.admit(&pass(1), MEMBER, with_ids(batch)).unwrap();
        assert_eq!(taken.held.len(), batch.len());
        // Brought twice at once: held, and no news.
        let again = places.admit(&pass(1), MEMBER, with_ids(batch)).unwrap();
        assert_eq!((again.held.len(), again.news), (batch.len(), (0, 0)));
        places.commit().unwrap();
    }
    check(&mut places);
    let before_restart = places.shown();
    drop(places);
    let mut places = Places::open(opens.clone()).unwrap();
    assert_eq!(places.shown(), before_restart);
    check(&mut places);

    let mut next = grant(2, 1, &[&steward(1)]);
    next.since = Month(SINCE.0 + 1);
    places.grant(Some(&pass(1)), next.sign(&KEEPER, &steward(1)).bytes()).unwrap();
    places.commit().unwrap();
    places.tidy().unwrap();
    check(&mut places);
    let months = places.sums(&pass(1), MEMBER, Some(Month(0))).unwrap();
    assert!(months.iter().all(|(name, _)| *name >= SetName::Month(next.since)));
    assert!(places.should_reopen(), "what was deleted lies about in the files");
    drop(places);
    let mut places = Places::open(opens).unwrap();
    check(&mut places);
    let gone = written.iter().find(|one| !one.header().control && one.header().hour == before).unwrap();
    let needle = gone.payload();
    assert!(files(dir.path()).iter().all(|file| !file.windows(needle.len()).any(|part| part == needle)));
    assert_eq!((said.try_recv(), said.try_recv()), (Ok(Line::Enrolled(1)), Ok(Line::Claimed(1))));
}

#[test]
fn one_that_cannot_be_read_is_set_aside() {
    let (dir, time) = (tempfile::tempdir().unwrap(), SetClock::at(START));
    let (opens, _said) = opens(dir.path(), &time);
    let mut places = Places::open(opens.clone()).unwrap();
    claim(&mut places);
    assert!(!places.lost);
    drop(places);
    fs::write(dir.path().join("db/db"), [0x5a; 100_000]).unwrap();
    fs::write(dir.path().join("db/conf"), [0x5a; 10]).unwrap();
    let places = Places::open(opens).unwrap();
    assert!(places.lost);
    assert_eq!(places.shown(), []);
    assert!(dir.path().join("db.damaged").exists());
}

#[test]
fn keys_of_the_past_are_served_so_much_an_hour() {
    let (dir, time) = (tempfile::tempdir().unwrap(), SetClock::at(START));
    let (opens, _said) = opens(dir.path(), &time);
    let mut places = Places::open(opens).unwrap();
    claim(&mut places);
    let large = super::super::kit::sized(&gate(1), true, time.now().hour(), 1, 16_384 + 40);
    places.admit(&pass(1), MEMBER, with_ids(std::slice::from_ref(&large))).unwrap();
    places.grant(Some(&pass(1)), grant(2, 2, &[&steward(1)]).sign(&KEEPER, &steward(1)).bytes()).unwrap();
    places.commit().unwrap();
    assert!(matches!(places.since(&pass(1), MEMBER), Err(KeeperError::Ended)));
    let fetch = |places: &mut Places| {
        places.envelopes(&pass(1), Standing::Past, vec![large.id()], 1 << 20).map(|(some, _)| some.len())
    };
    let most = SERVED / large.length() as u64;
    for _ in 0..most {
        assert_eq!(fetch(&mut places).unwrap(), 1);
    }
    assert!(matches!(fetch(&mut places), Err(KeeperError::Enough)));
    time.pass(DAY / 24);
    assert_eq!(fetch(&mut places).unwrap(), 1);
}
