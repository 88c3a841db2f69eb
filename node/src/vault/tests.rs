use std::fs;

use kith_protocol::id::{GroupId, LogId};
use kith_protocol::time::Month;

use super::*;

fn passphrase(text: &str) -> Protection {
    Protection::Passphrase(Zeroizing::new(text.to_owned()))
}

fn filled(path: &Path, protection: &Protection) -> Unlocked {
    let mut vault = create(path, [7; SEED], protection, Stretch::TINY).unwrap();
    let mut cell = CellKeys::new("0011223344556677", GroupId([1; 32]), [2; 32], 3);
    cell.port = Some(4711);
    cell.months.insert(Month(682), Secret::random());
    cell.logs.push(LogKeys { id: LogId([4; 8]), seal: None, drop: None });
    cell.logs.push(LogKeys { id: LogId([5; 8]), seal: Some(Secret::random()), drop: Some(Secret::random()) });
    vault.cells.push(cell);
    vault.save().unwrap();
    vault
}

#[test]
fn what_was_saved_comes_back() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("vault");
    for (protection, path) in [
        (passphrase("ein Wort"), path.clone()),
        (Protection::KeyFile(dir.path().join("key")), path.with_extension("2")),
    ] {
        let before = filled(&path, &protection);
        let after = open(&path, &protection).unwrap();
        assert_eq!((after.seed(), &after.cells), (&[7; SEED], &before.cells));
        assert_eq!(after.cell("0011223344556677").unwrap().port, Some(4711));
        assert!(matches!(create(&path, [8; SEED], &protection, Stretch::TINY), Err(VaultError::Exists)));
    }
}

#[test]
fn a_wrong_passphrase_or_key_file_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("vault");
    filled(&path, &passphrase("right"));
    assert!(matches!(open(&path, &passphrase("wrong")), Err(VaultError::WrongSecret)));
    let key = dir.path().join("key");
    let by_file = Protection::KeyFile(key.clone());
    assert!(matches!(open(&path, &by_file), Err(VaultError::KeyFile(_))));
    fs::write(&key, [1; 32]).unwrap();
    assert!(matches!(open(&path, &by_file), Err(VaultError::WrongSecret)));
    fs::write(&key, [1; 31]).unwrap();
    assert!(matches!(open(&path, &by_file), Err(VaultError::KeyFile(_))));
    assert!(matches!(open(&dir.path().join("none"), &by_file), Err(VaultError::Missing)));
}

#[test]
fn every_flipped_bit_is_damage_and_not_a_wrong_passphrase() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("vault");
    let protection = Protection::KeyFile(dir.path().join("key"));
    filled(&path, &protection);
    let good = fs::read(&path).unwrap();
    for at in 0..good.len() {
        let mut bad = good.clone();
        bad[at] ^= 1 << (at % 8);
        fs::write(&path, &bad).unwrap();
        assert!(matches!(open(&path, &protection), Err(VaultError::Damaged(_))), "byte {at}");
    }
    for length in 0..good.len() {
        fs::write(&path, &good[..length]).unwrap();
        assert!(matches!(open(&path, &protection), Err(VaultError::Damaged(_))), "length {length}");
    }
    fs::write(&path, [good.as_slice(), &[0]].concat()).unwrap();
    assert!(matches!(open(&path, &protection), Err(VaultError::Damaged(_))));
}

#[test]
fn parameters_beyond_the_ceiling_are_refused_before_any_work() {
    for (memory_kib, passes, lanes) in [(u32::MAX, 1, 1), ((1 << 20) + 1, 1, 1), (8, 17, 1), (8, 1, 17)] {
        let stretch = Stretch { memory_kib, passes, lanes };
        let head = Head::new(stretch, &Secret::random(), |_| Ok(Secret::random())).unwrap();
        let file = head.seal(&Secret::random(), &[]).unwrap();
        assert!(matches!(Head::parse(&file), Err(VaultError::Damaged(why)) if why.contains("memory")));
    }
}

#[test]
fn nothing_in_the_file_can_be_read() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("vault");
    let vault = filled(&path, &passphrase("correct horse battery"));
    let file = fs::read(&path).unwrap();
    let cell = &vault.cells[0];
    for secret in [
        b"correct horse battery".as_slice(),
        cell.dir.as_bytes(),
        cell.log_key.bytes(),
        cell.index_key.bytes(),
        cell.network_key.bytes(),
        cell.months[&Month(682)].bytes(),
        vault.key.bytes(),
        vault.seed(),
        &cell.salt,
    ] {
        assert!(!file.windows(secret.len()).any(|window| window == secret));
    }
}

#[test]
fn a_save_changes_every_byte_of_the_content_and_none_of_the_slots() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("vault");
    let vault = filled(&path, &passphrase("x"));
    let first = fs::read(&path).unwrap();
    vault.save().unwrap();
    let second = fs::read(&path).unwrap();
    let head = file::HEAD + file::CHECKSUM;
    assert_eq!(first[..head], second[..head]);
    let same = first[head..].iter().zip(&second[head..]).filter(|(a, b)| a == b).count();
    assert!(same < first.len() / 32, "{same} bytes alike");
}

#[cfg(unix)]
#[test]
fn vault_and_key_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let (path, key) = (dir.path().join("vault"), dir.path().join("key"));
    filled(&path, &Protection::KeyFile(key.clone()));
    for file in [path, key] {
        assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
