use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::disk::model::{ModelDisk, Unsynced};
use crate::disk::{Disk, RealDisk};
use kith_protocol::id::LogId;

const KEY: [u8; 32] = [9; 32];
const LOG: LogId = LogId([1; 8]);

fn path() -> &'static Path {
    Path::new("/cell/own.log")
}

fn record(seq: u64) -> Record {
    let length = 20 + (seq as usize * 37) % 200;
    let form = if seq == 0 { Form::Signed } else { Form::Envelope };
    Record { seq, entry: EntryId([seq as u8; 32]), form, bytes: vec![seq as u8; length] }
}

fn records(seqs: std::ops::Range<u64>) -> Vec<Record> {
    seqs.map(record).collect()
}

fn open(disk: &ModelDisk, known: Option<u64>) -> Opened<OwnLog<ModelDisk>> {
    OwnLog::open(disk.clone(), path(), &KEY, LOG, known).unwrap()
}

fn retired(opened: &Opened<OwnLog<ModelDisk>>) -> Option<Retire> {
    match opened.verdict {
        Verdict::Continue(_) => None,
        Verdict::Retire(why) => Some(why),
    }
}

fn continued(opened: Opened<OwnLog<ModelDisk>>) -> OwnLog<ModelDisk> {
    match opened.verdict {
        Verdict::Continue(log) => log,
        Verdict::Retire(why) => panic!("retired: {why}"),
    }
}

/// A log of three batches: 0, 1 to 3, 4 to 6.
fn written(disk: &ModelDisk) -> OwnLog<ModelDisk> {
    let mut log = OwnLog::create(disk.clone(), path(), &KEY, LOG).unwrap();
    for batch in [0..1, 1..4, 4..7] {
        log.append(&records(batch)).unwrap();
    }
    log
}

#[test]
fn what_was_appended_is_found_again_and_goes_on() {
    let disk = ModelDisk::default();
    let log = written(&disk);
    assert_eq!((log.next_seq(), log.kept()), (7, 7));
    let opened = open(&disk, None);
    assert_eq!(opened.records, records(0..7));
    let mut log = continued(opened);
    assert_eq!(log.head(), Some(Head { seq: 6, entry: EntryId([6; 32]) }));
    log.append(&records(7..9)).unwrap();
    let opened = open(&disk, Some(4));
    assert_eq!(opened.records, records(5..9));
    assert_eq!(open(&disk, Some(8)).records, []);
    assert_eq!(continued(open(&disk, Some(8))).head(), Some(Head { seq: 8, entry: EntryId([8; 32]) }));
}

#[test]
fn only_what_follows_the_head_is_taken() {
    let disk = ModelDisk::default();
    let mut log = written(&disk);
    assert!(matches!(log.append(&records(6..7)), Err(OwnLogError::Gap { given: 6, next: 7 })));
    assert!(matches!(log.append(&[record(7), record(9)]), Err(OwnLogError::Gap { given: 9, next: 8 })));
    let huge = Record { bytes: vec![0; kith_protocol::limits::ENVELOPE + 1], ..record(7) };
    assert!(matches!(log.append(&[huge]), Err(OwnLogError::TooLarge)));
    log.append(&[]).unwrap();
    assert_eq!(open(&disk, None).records, records(0..7));
}

#[test]
fn a_copied_missing_other_or_older_file_retires_the_log() {
    let disk = ModelDisk::default();
    written(&disk);
    let opened = open(&disk.copied(), Some(2));
    assert_eq!((retired(&opened), opened.records), (Some(Retire::Moved), records(3..7)));

    // The file was written over by a copy of itself.
    let old = disk.bytes(path());
    let other = ModelDisk::default();
    OwnLog::create(other.clone(), Path::new("/cell/something"), &KEY, LOG).unwrap();
    written(&other);
    other.set_bytes(path(), &old);
    assert_eq!(retired(&open(&other, None)), Some(Retire::Moved));

    assert_eq!(retired(&open(&disk, Some(7))), Some(Retire::Behind));
    let opened = OwnLog::open(disk.clone(), path(), &KEY, LogId([2; 8]), None).unwrap();
    assert_eq!(retired(&opened), Some(Retire::OtherLog));
    let opened = OwnLog::open(disk.clone(), path(), &[0; 32], LOG, None).unwrap();
    assert_eq!(retired(&opened), Some(Retire::Damaged));
    disk.remove(path());
    assert_eq!(retired(&open(&disk, None)), Some(Retire::Missing));
}

#[test]
fn trimming_drops_entries_and_keeps_the_head() {
    let disk = ModelDisk::default();
    let mut log = written(&disk);
    let before = log.size();
    log.trim(3).unwrap();
    assert!(log.size() < before);
    assert_eq!((log.kept(), log.next_seq()), (3, 7));
    assert_eq!(open(&disk, None).records, records(4..7));
    log.trim(2).unwrap();
    log.append(&records(7..8)).unwrap();
    log.trim(100).unwrap();
    assert_eq!((log.kept(), log.next_seq()), (0, 8));
    let opened = open(&disk, Some(7));
    assert_eq!(opened.records, []);
    let mut log = continued(opened);
    assert_eq!(log.head(), Some(Head { seq: 7, entry: EntryId([7; 32]) }));
    log.append(&records(8..9)).unwrap();
    assert_eq!(open(&disk, None).records, records(8..9));
    assert_eq!(retired(&open(&disk, Some(9))), Some(Retire::Behind));
}

#[test]
fn a_file_cut_at_any_byte_keeps_all_whole_records() {
    let disk = ModelDisk::default();
    let log = written(&disk);
    let whole = disk.bytes(path());
    // Where each record ends, after a first file with none.
    let ends: Vec<u64> = (0..7).map(|kept| log.starts_for_tests()[kept]).chain([log.size()]).collect();
    for length in 0..whole.len() {
        disk.set_bytes(path(), &whole[..length]);
        let opened = open(&disk, None);
        let kept = ends.iter().filter(|end| **end <= length as u64).count();
        if kept == 0 {
            assert_eq!(retired(&opened), Some(Retire::Damaged), "{length}");
            continue;
        }
        assert_eq!(opened.records, records(0..kept as u64 - 1), "{length}");
        let mut log = continued(opened);
        log.append(&records(kept as u64 - 1..kept as u64 + 1)).unwrap();
        assert_eq!(open(&disk, None).records, records(0..kept as u64 + 1), "{length}");
    }
}

#[test]
fn a_changed_byte_is_damage_but_in_the_last_batch() {
    let disk = ModelDisk::default();
    let log = written(&disk);
    let starts = log.starts_for_tests().to_vec();
    let whole = disk.bytes(path());
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x41;
        disk.set_bytes(path(), &bytes);
        let opened = open(&disk, None);
        let hit = starts.partition_point(|start| *start <= at as u64);
        if hit == 0 {
            assert_eq!(retired(&opened), Some(Retire::Damaged), "{at}");
        } else if hit <= 4 {
            assert_eq!(retired(&opened), Some(Retire::Damaged), "{at}");
            let readable: Vec<_> = records(0..7).into_iter().filter(|r| r.seq != hit as u64 - 1).collect();
            assert_eq!(opened.records, readable, "{at}");
        } else {
            assert_eq!(retired(&opened), None, "{at}");
            assert_eq!(opened.records, records(0..hit as u64 - 1), "{at}");
            // But the database, which had it, is not fooled: no number is given twice.
            disk.set_bytes(path(), &bytes);
            match open(&disk, Some(6)).verdict {
                Verdict::Continue(log) => assert_eq!(log.next_seq(), 7, "{at}"),
                Verdict::Retire(why) => assert_eq!(why, Retire::Behind, "{at}"),
            }
        }
    }
}

#[test]
fn a_full_disk_costs_only_what_did_not_fit() {
    let disk = ModelDisk::default();
    let mut log = written(&disk);
    disk.set_space(Some(100));
    let error = log.append(&records(7..12)).unwrap_err();
    assert_eq!(error.trouble(), Some(crate::disk::Trouble::Full));
    assert!(log.trim(3).is_err());
    disk.set_space(None);
    assert_eq!(log.next_seq(), 7);
    log.append(&records(7..8)).unwrap();
    assert_eq!(open(&disk, None).records, records(0..8));
}

#[test]
fn after_a_failed_sync_nothing_is_written_until_opened_again() {
    let disk = ModelDisk::default();
    let mut log = written(&disk);
    disk.set_sync_fails(true);
    assert!(matches!(log.append(&records(7..8)), Err(OwnLogError::Io(_))));
    disk.set_sync_fails(false);
    assert!(matches!(log.append(&records(7..8)), Err(OwnLogError::Broken)));
    assert!(matches!(log.trim(1), Err(OwnLogError::Broken)));
    assert!(continued(open(&disk, None)).next_seq() >= 7);
}

#[test]
fn real_files_do_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("own.log");
    let mut log = OwnLog::create(RealDisk, &path, &KEY, LOG).unwrap();
    log.append(&records(0..5)).unwrap();
    log.trim(1).unwrap();
    log.append(&records(5..6)).unwrap();
    drop(log);
    let opened = OwnLog::open(RealDisk, &path, &KEY, LOG, None).unwrap();
    assert!(matches!(opened.verdict, Verdict::Continue(_)));
    assert_eq!(opened.records, records(2..6));

    // A backup brought back lies elsewhere.
    let backup = dir.path().join("backup");
    std::fs::copy(&path, &backup).unwrap();
    std::fs::rename(&backup, &path).unwrap();
    let opened = OwnLog::open(RealDisk, &path, &KEY, LOG, None).unwrap();
    assert!(matches!(opened.verdict, Verdict::Retire(Retire::Moved)));
    assert_eq!(
        RealDisk.open(&path.join("none")).err().map(|e| e.kind()),
        Some(std::io::ErrorKind::NotADirectory)
    );
}

#[test]
fn nothing_in_the_file_can_be_read() {
    let disk = ModelDisk::default();
    let mut log = OwnLog::create(disk.clone(), path(), &KEY, LOG).unwrap();
    let canary = b"a canary of some length";
    log.append(&[Record { seq: 0, entry: EntryId([0x5a; 32]), form: Form::Signed, bytes: canary.to_vec() }])
        .unwrap();
    let bytes = disk.bytes(path());
    for secret in [canary.as_slice(), &[0x5a; 32], &KEY, &LOG.0] {
        assert!(!bytes.windows(secret.len()).any(|window| window == secret));
    }
}

#[derive(Clone, Debug)]
enum Step {
    Append(u64),
    Trim(u64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![3 => (1..5_u64).prop_map(Step::Append), 1 => (0..20_u64).prop_map(Step::Trim)];
    proptest::collection::vec(step, 1..12)
}

fn unsynced() -> impl Strategy<Value = Unsynced> {
    prop_oneof![
        Just(Unsynced::Lost),
        Just(Unsynced::Kept),
        (0..600_usize).prop_map(Unsynced::First),
        (0..600_usize).prop_map(Unsynced::Zeroed),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// Power goes at any call, twice, and unsynced bytes survive in any way: nothing acknowledged is lost, and
    /// no number that was acknowledged is given again.
    #[test]
    fn nothing_acknowledged_is_lost_in_a_power_cut(
        cuts in proptest::collection::vec((steps(), 0..40_usize, unsynced()), 1..3),
    ) {
        let mut disk = ModelDisk::default();
        OwnLog::create(disk.clone(), path(), &KEY, LOG).unwrap();
        let (mut acknowledged, mut trimmed) = (0, 0);
        for (steps, calls, unsynced) in cuts {
            let mut log = continued(open(&disk, None));
            acknowledged = log.next_seq().max(acknowledged);
            disk.lose_power_after(calls);
            let mut attempted = acknowledged;
            for step in steps {
                match step {
                    Step::Append(count) => {
                        let batch = records(log.next_seq()..log.next_seq() + count);
                        attempted = log.next_seq() + count;
                        if log.append(&batch).is_err() {
                            break;
                        }
                        acknowledged = log.next_seq();
                    }
                    Step::Trim(up_to) => {
                        trimmed = trimmed.max((up_to + 1).min(log.next_seq()));
                        if log.trim(up_to).is_err() {
                            break;
                        }
                    }
                }
            }
            disk = disk.after_power_cut(unsynced);
            prop_assert!(disk.exists(path()));
            let opened = open(&disk, None);
            prop_assert_eq!(retired(&opened), None);
            let first = opened.records.first().map(|record| record.seq);
            let next = first.map_or(trimmed, |first| first + opened.records.len() as u64);
            prop_assert!(first.is_none_or(|first| first <= trimmed), "{:?} {}", first, trimmed);
            prop_assert!(next >= acknowledged && next <= attempted, "{acknowledged} <= {next} <= {attempted}");
            for (seq, found) in (first.unwrap_or(0)..).zip(&opened.records) {
                prop_assert_eq!(found, &record(seq));
            }
            let next = continued(opened).next_seq();
            prop_assert!(next >= acknowledged && next <= attempted);
        }
    }
}
