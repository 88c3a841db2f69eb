use std::path::Path;

use super::*;
use crate::disk::model::{ModelDisk, Unsynced};
use crate::secret::Secret;

const PATH: &str = "/home/mine";

fn key() -> Secret {
    Secret::new([7; 32])
}

fn shelf(disk: &ModelDisk) -> Shelf<ModelDisk> {
    Shelf::create(disk.clone(), Path::new(PATH), key()).unwrap()
}

fn reopen(disk: &ModelDisk) -> Result<Shelf<ModelDisk>, MineError> {
    Shelf::open(disk.clone(), Path::new(PATH), key())
}

fn texts(shelf: &Shelf<ModelDisk>, kind: Kind) -> Vec<Option<String>> {
    let text = |read: Read| read.bytes.map(|bytes| String::from_utf8(bytes.to_vec()).unwrap());
    shelf.of(kind).into_iter().map(text).collect()
}

fn some(texts: &[&str]) -> Vec<Option<String>> {
    texts.iter().map(|text| Some((*text).to_owned())).collect()
}

#[test]
fn what_is_kept_is_found_again_and_what_is_deleted_is_gone() {
    let disk = ModelDisk::default();
    let mut shelf = shelf(&disk);
    let one = shelf.add(Kind::Journal, b"one").unwrap();
    let two = shelf.add(Kind::Journal, b"two").unwrap();
    shelf.add(Kind::Goal, b"walk").unwrap();
    shelf.replace(Kind::Journal, &two, b"two and more").unwrap();
    let shelf = reopen(&disk).unwrap();
    assert_eq!(texts(&shelf, Kind::Journal), some(&["one", "two and more"]));
    assert_eq!(texts(&shelf, Kind::Goal), some(&["walk"]));

    let mut shelf = shelf;
    let before = disk.bytes(Path::new(PATH));
    shelf.delete(Kind::Journal, &one).unwrap();
    assert!(matches!(shelf.get(Kind::Journal, &one), Err(MineError::Unknown)));
    let after = disk.bytes(Path::new(PATH));
    assert_eq!(before.len() - after.len(), 24 + 16 + 256, "the sealed record is out of the file");
    assert_eq!(texts(&reopen(&disk).unwrap(), Kind::Journal), some(&["two and more"]));
}

#[test]
fn a_power_cut_at_any_call_loses_nothing_that_was_answered() {
    let base = ModelDisk::default();
    shelf(&base).add(Kind::Journal, b"first").unwrap();
    let mut answered = 0;
    for calls in 0..10 {
        for unsynced in [Unsynced::Lost, Unsynced::Kept, Unsynced::First(9), Unsynced::Zeroed(40)] {
            let disk = base.after_power_cut(Unsynced::Lost);
            let mut shelf = reopen(&disk).unwrap();
            disk.lose_power_after(calls);
            let done = shelf.add(Kind::Journal, b"second").is_ok();
            answered += usize::from(done);
            let found = texts(&reopen(&disk.after_power_cut(unsynced)).unwrap(), Kind::Journal);
            let both = some(&["first", "second"]);
            assert!(found == both || (!done && found == some(&["first"])), "{calls} {unsynced:?}: {found:?}");
        }
    }
    assert!(answered > 0);
}

#[test]
fn a_full_disk_or_one_that_fails_changes_nothing() {
    let disk = ModelDisk::default();
    let mut shelf = shelf(&disk);
    shelf.add(Kind::Journal, b"first").unwrap();
    disk.set_space(Some(10));
    assert!(matches!(shelf.add(Kind::Journal, b"second"), Err(MineError::Io(_))));
    disk.set_space(None);
    disk.set_sync_fails(true);
    assert!(matches!(shelf.add(Kind::Journal, b"second"), Err(MineError::Io(_))));
    disk.set_sync_fails(false);
    assert_eq!(texts(&shelf, Kind::Journal), some(&["first"]));
    assert_eq!(texts(&reopen(&disk).unwrap(), Kind::Journal), some(&["first"]));
}

#[test]
fn a_damaged_record_is_reported_and_stays_until_it_is_deleted() {
    let disk = ModelDisk::default();
    let mut whole = shelf(&disk);
    whole.add(Kind::Journal, b"one").unwrap();
    let two = whole.add(Kind::Journal, b"two").unwrap();
    let mut bytes = disk.bytes(Path::new(PATH));
    *bytes.last_mut().unwrap() ^= 1;
    disk.set_bytes(Path::new(PATH), &bytes);

    let mut damaged = reopen(&disk).unwrap();
    assert_eq!(texts(&damaged, Kind::Journal), [Some("one".to_owned()), None]);
    assert!(matches!(damaged.get(Kind::Journal, &two), Err(MineError::RecordDamaged)));
    damaged.add(Kind::Journal, b"three").unwrap();
    let mut damaged = reopen(&disk).unwrap();
    let three = [Some("one".to_owned()), None, Some("three".to_owned())];
    assert_eq!(texts(&damaged, Kind::Journal), three, "it is carried along, not dropped");
    damaged.delete(Kind::Journal, &two).unwrap();
    assert_eq!(texts(&reopen(&disk).unwrap(), Kind::Journal), some(&["one", "three"]));
}

#[test]
fn any_byte_changed_or_missing_is_noticed() {
    let disk = ModelDisk::default();
    let mut whole = shelf(&disk);
    whole.add(Kind::Journal, b"one").unwrap();
    let good = disk.bytes(Path::new(PATH));
    let noticed = |bytes: &[u8]| {
        disk.set_bytes(Path::new(PATH), bytes);
        match reopen(&disk) {
            Err(MineError::Damaged(_)) => true,
            Ok(shelf) => texts(&shelf, Kind::Journal) == [None],
            Err(_) => false,
        }
    };
    for at in 0..good.len() {
        let mut bytes = good.clone();
        bytes[at] ^= 0x20;
        assert!(noticed(&bytes), "byte {at}");
        assert!(noticed(&good[..at]), "cut at {at}");
    }
}

#[test]
fn a_file_that_is_gone_or_of_another_key_is_reported() {
    let disk = ModelDisk::default();
    assert!(matches!(reopen(&disk), Err(MineError::Gone)));
    shelf(&disk);
    let other = Shelf::open(disk.clone(), Path::new(PATH), Secret::new([8; 32]));
    assert!(matches!(other, Err(MineError::Damaged(_))));
}

#[test]
fn bounds_are_told_and_deleting_is_always_possible() {
    let disk = ModelDisk::default();
    let room = 8 * RECORD_MOST;
    let mut shelf = shelf(&disk).with_room(room);
    assert!(matches!(shelf.add(Kind::Journal, &vec![b'x'; RECORD_MOST + 1]), Err(MineError::TooLong)));
    let long = vec![b'x'; RECORD_MOST];
    let mut last = None;
    let full = loop {
        match shelf.add(Kind::Journal, &long) {
            Ok(id) => last = Some(id),
            Err(error) => break error,
        }
    };
    assert!(matches!(full, MineError::Full), "{full}");
    assert!(disk.bytes(Path::new(PATH)).len() <= room);
    shelf.delete(Kind::Journal, &last.unwrap()).unwrap();
    shelf.add(Kind::Journal, &long).unwrap();
}

#[test]
fn nothing_that_was_written_can_be_read_in_the_file() {
    let disk = ModelDisk::default();
    let mut shelf = shelf(&disk);
    shelf.add(Kind::Plan, b"when the phone stays dark for days").unwrap();
    let bytes = disk.bytes(Path::new(PATH));
    assert!(!bytes.windows(5).any(|window| window == b"phone"));
}
