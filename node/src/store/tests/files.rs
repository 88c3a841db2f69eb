//! What becomes of the files: crashes, damage, and what a thief can read.

use std::collections::BTreeSet;
use std::fs;

use super::*;

/// What a killed process leaves behind: the files as they are while the store is open.
fn killed(dir: &Path, into: &Path) {
    let _ = fs::remove_dir_all(into);
    fs::create_dir_all(into).unwrap();
    for file in fs::read_dir(dir).unwrap().map(Result::unwrap) {
        let to = into.join(file.file_name());
        if file.file_type().unwrap().is_dir() {
            killed(&file.path(), &to);
        } else {
            fs::copy(file.path(), to).unwrap();
        }
    }
}

fn every_file(dir: &Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for file in fs::read_dir(dir).unwrap().map(|file| file.unwrap().path()) {
        if file.is_dir() {
            found.extend(every_file(&file));
        } else {
            let bytes = fs::read(&file).unwrap();
            found.push((file, bytes));
        }
    }
    found
}

/// The posts a store holds, which must be those before some number: commits are whole and in order.
fn posts_held(store: &SledStore) -> u64 {
    let counts = store.counts().unwrap();
    let listed: Vec<_> = store
        .months()
        .unwrap()
        .into_iter()
        .flat_map(|month| store.items(Bucket::Month(month)).unwrap())
        .collect();
    assert_eq!(listed.len() as u64, counts.envelopes);
    let expected: BTreeSet<_> = (0..counts.envelopes).map(|number| (post(number).hour, id(number))).collect();
    assert_eq!(listed.into_iter().collect::<BTreeSet<_>>(), expected);
    let shown = store.timeline(None, usize::MAX).unwrap();
    assert_eq!(shown.len() as u64, counts.content);
    for held in shown {
        let number = (0..counts.envelopes).find(|number| id(*number) == held.id).unwrap();
        assert_eq!(held.bytes, post(number).bytes);
    }
    counts.envelopes
}

#[test]
fn whatever_was_committed_is_there_after_a_kill() {
    let dir = tempfile::tempdir().unwrap();
    let (db, copy) = (dir.path().join("db"), dir.path().join("copy"));
    let mut store = sled_store(&db);
    let mut next = 0;
    for size in [1, 100, 1, 3, 40, 1, 1, 200, 7, 1] {
        store.commit(puts((next..next + size).map(post))).unwrap();
        next += size;
        killed(&db, &copy);
        assert_eq!(posts_held(&sled_store(&copy)), next);
    }
}

#[test]
fn a_log_cut_anywhere_loses_whole_commits_from_the_end_or_is_damaged() {
    let dir = tempfile::tempdir().unwrap();
    let (db, copy) = (dir.path().join("db"), dir.path().join("copy"));
    let mut store = sled_store(&db);
    let mut ends = BTreeSet::from([0]);
    let mut next = 0;
    for size in [20, 1, 60, 1, 1, 30, 5] {
        store.commit(puts((next..next + size).map(post))).unwrap();
        next += size;
        ends.insert(next);
    }
    let length = fs::metadata(db.join("db")).unwrap().len();
    let used = fs::read(db.join("db")).unwrap().iter().rposition(|byte| *byte != 0).unwrap() as u64;
    for part in 0..60 {
        killed(&db, &copy);
        let file = fs::OpenOptions::new().write(true).open(copy.join("db")).unwrap();
        // The file keeps its length, as one would that was not written in order.
        file.set_len(used * part / 60).unwrap();
        file.set_len(length).unwrap();
        match SledStore::open(&copy, keys(), CACHE) {
            Ok(store) => assert!(ends.contains(&posts_held(&store)), "part {part}"),
            Err(StoreError::Damaged(_)) => {}
            Err(other) => panic!("part {part}: {other}"),
        }
    }
}

#[test]
fn a_changed_byte_is_noticed_or_does_not_matter() {
    let dir = tempfile::tempdir().unwrap();
    let (db, copy) = (dir.path().join("db"), dir.path().join("copy"));
    let mut store = sled_store(&db);
    for start in 0..6 {
        store.commit(puts((start * 25..start * 25 + 25).map(post))).unwrap();
    }
    drop(store);
    // Without a snapshot, which it makes when opened, sled takes a change for the end of its log.
    drop(sled_store(&db));
    let whole = fs::read(db.join("db")).unwrap();
    let used = whole.iter().rposition(|byte| *byte != 0).unwrap();
    let (mut noticed, tries) = (0, 80);
    for number in 0..tries {
        killed(&db, &copy);
        let mut bytes = whole.clone();
        bytes[used * number / tries] ^= 0x10;
        fs::write(copy.join("db"), bytes).unwrap();
        let Ok(store) = SledStore::open(&copy, keys(), CACHE) else {
            noticed += 1;
            continue;
        };
        let held = store.counts().unwrap().envelopes;
        assert_eq!(held % 25, 0);
        for number in 0..held {
            match store.envelope(&id(number)) {
                Ok(Some(held)) => {
                    assert_eq!((held.bytes, held.placed), (post(number).bytes, Some(placed(number))))
                }
                Ok(None) => panic!("{number} of {held} is gone"),
                Err(StoreError::Damaged(_)) => noticed += 1,
                Err(other) => panic!("{other}"),
            }
        }
    }
    assert!(noticed > 0);
}

#[test]
fn garbage_in_place_of_a_database_is_set_aside_and_a_fresh_one_opened() {
    let dir = tempfile::tempdir().unwrap();
    let db = dir.path().join("db");
    for round in 0..2_u8 {
        let mut store = sled_store(&db);
        store.commit(puts((0..50).map(post))).unwrap();
        drop(store);
        for (path, bytes) in every_file(&db) {
            let garbage =
                bytes.iter().zip(0_u32..).map(|(_, at)| (at.wrapping_mul(2_654_435_761) >> 13) as u8);
            fs::write(path, garbage.map(|byte| byte ^ round).collect::<Vec<_>>()).unwrap();
        }
        let error = SledStore::open(&db, keys(), CACHE).err().unwrap();
        assert!(matches!(error, StoreError::Damaged(_)), "{error:?}");
        quarantine(&db).unwrap();
        assert!(!db.exists() && dir.path().join("db.damaged").exists());
        assert_eq!(sled_store(&db).counts().unwrap(), Counts::default());
    }
    quarantine(&dir.path().join("none")).unwrap();
}

#[test]
fn other_keys_and_a_second_opening_are_told() {
    let dir = tempfile::tempdir().unwrap();
    let db = dir.path().join("db");
    let mut store = sled_store(&db);
    store.commit(puts((0..5).map(post))).unwrap();
    assert!(matches!(SledStore::open(&db, keys(), CACHE), Err(StoreError::InUse)));
    drop(store);
    let other = DataKeys::new([1; 32], BTreeMap::new());
    assert!(matches!(SledStore::open(&db, other, CACHE), Err(StoreError::Damaged(_))));
    // A month whose key was destroyed cannot be read any more.
    let without = DataKeys::new([0xc3; 32], BTreeMap::new());
    let store = SledStore::open(&db, without, CACHE).unwrap();
    assert!(matches!(store.timeline(None, 5), Err(StoreError::NoKey(_))));
    assert_eq!(store.items(Bucket::of(false, hour(0))).unwrap().len(), 5);
}

/// How a value may be written down.
fn spellings(secret: &[u8]) -> Vec<Vec<u8>> {
    let mut all =
        vec![secret.to_vec(), hex::encode(secret).into_bytes(), hex::encode_upper(secret).into_bytes()];
    // Base64 at each of three alignments, without the ends that depend on what is around it.
    for skip in 0..3 {
        let whole = secret[skip..].chunks_exact(3).flatten().copied().collect::<Vec<_>>();
        all.push(base64(&whole, b"+/"));
        all.push(base64(&whole, b"-_"));
    }
    if let Ok(text) = std::str::from_utf8(secret) {
        all.push(text.encode_utf16().flat_map(u16::to_le_bytes).collect());
        all.push(text.encode_utf16().flat_map(u16::to_be_bytes).collect());
    }
    all
}

fn base64(bytes: &[u8], last: &[u8; 2]) -> Vec<u8> {
    let letters: Vec<u8> = (b'A'..=b'Z').chain(b'a'..=b'z').chain(b'0'..=b'9').chain(*last).collect();
    let digit = |word: u32, shift: u32| letters[(word >> shift & 63) as usize];
    let word = |three: &[u8]| u32::from_be_bytes([0, three[0], three[1], three[2]]);
    bytes.chunks_exact(3).flat_map(|three| [18, 12, 6, 0].map(|shift| digit(word(three), shift))).collect()
}

#[test]
fn nothing_in_the_files_can_be_read() {
    assert_eq!(base64(b"Kith", b"+/"), b"S2l0");
    let dir = tempfile::tempdir().unwrap();
    let db = dir.path().join("db");
    let mut store = sled_store(&db);
    let canary = "My canary, thirty-two bytes long";
    let named = |number: u64| {
        let mut put = post(number);
        put.bytes = format!("{number} {canary}").into_bytes();
        let placed = put.placed.as_mut().unwrap();
        placed.author = AuthorId(*b"AUTHORID");
        placed.log = LogId(*b"LOGLOGID");
        put
    };
    store.commit(puts((0..20).map(named))).unwrap();
    store.commit(puts((20..200).map(|number| Put { placed: None, ..named(number) }))).unwrap();
    let open = |number| Change::Place { id: id(number), placed: named(number).placed.unwrap() };
    store.commit((20..150).map(open).collect()).unwrap();
    store.commit(puts((200..220).map(|number| Put { control: true, ..named(number) }))).unwrap();
    let note = Change::Note { name: canary.into(), bytes: Some(canary.as_bytes().to_vec()) };
    store.commit(vec![note]).unwrap();

    let mut secrets: Vec<Vec<u8>> = vec![
        canary.into(),
        b"AUTHORID".into(),
        b"LOGLOGID".into(),
        vec![0xc3; 32],
        month_key(hour(0).month()).into(),
    ];
    for number in [0, 20, 149, 199, 219] {
        secrets.extend([
            id(number).0.to_vec(),
            entry_id(number).0.to_vec(),
            entry_id(number).0[..16].to_vec(),
        ]);
    }
    let spelt: Vec<_> =
        secrets.iter().flat_map(|secret| spellings(secret)).filter(|spelt| spelt.len() >= 8).collect();
    let scan = || {
        for (path, bytes) in every_file(&db) {
            for spelt in &spelt {
                let found = bytes.windows(spelt.len()).any(|window| window == spelt);
                assert!(!found, "{:?} in {}", String::from_utf8_lossy(spelt), path.display());
            }
        }
    };
    scan();
    drop(store);
    scan();
    // The scan finds what is there.
    fs::write(db.join("plain"), format!("x{}", hex::encode(canary))).unwrap();
    assert!(std::panic::catch_unwind(scan).is_err());
}

#[test]
fn no_page_outgrows_the_log_into_a_file_that_is_not_synced() {
    let dir = tempfile::tempdir().unwrap();
    let db = dir.path().join("db");
    let mut store = sled_store(&db);
    let sized = |number: u64, size: usize| Put { bytes: vec![number as u8; size], ..waiting(number) };
    for start in (0..400).step_by(100) {
        store
            .commit(puts((start..start + 100).map(|number| sized(number, 200 + number as usize % 37 * 900))))
            .unwrap();
    }
    store.commit(puts((400..410).map(|number| sized(number, limits::ENVELOPE)))).unwrap();
    // Small records grow most when placed.
    store.commit(puts((1000..3000).map(|number| sized(number, 250)))).unwrap();
    for start in (1000..3000).step_by(500) {
        let placed = |number| Placed { reply_to: Some(ShortId([1; 16])), ..placed(number) };
        let place = |number| Change::Place { id: id(number), placed: placed(number) };
        store.commit((start..start + 500).map(place).collect()).unwrap();
    }
    let blobs = || fs::read_dir(db.join("blobs")).unwrap().count();
    assert_eq!(blobs(), 0);
    drop(store);
    assert_eq!(sled_store(&db).counts().unwrap().envelopes, 2410);
    assert_eq!(blobs(), 0);
}
