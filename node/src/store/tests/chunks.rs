//! Files of chunks, as crashes and damage leave them.

use std::collections::BTreeMap;
use std::fs;

use kith_protocol::attachment::{Sealed, seal};
use kith_protocol::body::AttachmentKey;
use kith_protocol::id::MemberKey;

use crate::store::DataKeys;
use crate::store::chunks::ChunkFiles;

fn files(dir: &std::path::Path) -> ChunkFiles {
    ChunkFiles::new(&dir.join("files"), &DataKeys::new([7; 32], BTreeMap::new()))
}

fn sealed(size: usize, key: u8) -> Sealed {
    seal(&vec![b'x'; size], &MemberKey([1; 32]), &AttachmentKey::from_bytes([key; 32]))
}

#[test]
fn what_was_put_is_read_and_names_and_bytes_say_nothing() {
    let home = tempfile::tempdir().unwrap();
    let (files, sealed) = (files(home.path()), sealed(200_000, 1));
    let id = sealed.manifest.id();
    assert!(!files.has(&id) && files.look(&id).unwrap().is_none());
    files.put(&sealed).unwrap();
    let (manifest, held) = files.look(&id).unwrap().unwrap();
    assert_eq!((&manifest, held), (&sealed.manifest, vec![true; 4]));
    assert_eq!(files.read(&manifest, 3).unwrap(), Some(sealed.chunks[3].clone()));
    assert_eq!(files.read(&manifest, 4).unwrap(), None);
    let path = fs::read_dir(home.path().join("files")).unwrap().next().unwrap().unwrap().path();
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    assert!(name.len() == 64 && name != id.to_string());
    files.remove(&id);
    files.remove(&id);
    assert!(!files.has(&id));
}

#[test]
fn a_file_cut_anywhere_is_as_good_as_its_right_chunks() {
    let home = tempfile::tempdir().unwrap();
    let (files, sealed) = (files(home.path()), sealed(200_000, 1));
    let id = sealed.manifest.id();
    files.put(&sealed).unwrap();
    let path = fs::read_dir(home.path().join("files")).unwrap().next().unwrap().unwrap().path();
    let whole = fs::read(&path).unwrap();
    let list = 4 + 16 + 4 * 32;
    for (length, held) in [
        (0, None),
        (3, None),
        (list - 1, None),
        (list, Some(0)),
        (list + 65_535, Some(0)),
        (list + 65_536, Some(1)),
        (whole.len() - 1, Some(3)),
        (whole.len(), Some(4)),
    ] {
        fs::write(&path, &whole[..length]).unwrap();
        let found = files.look(&id).unwrap();
        let count = found.map(|(_, held)| held.iter().filter(|held| **held).count());
        assert_eq!(count, held, "{length}");
    }
    // A hole of zeros, and another list.
    let mut hole = whole.clone();
    hole[list + 65_536..list + 70_000].fill(0);
    fs::write(&path, &hole).unwrap();
    assert_eq!(files.look(&id).unwrap().unwrap().1, [true, false, true, true]);
    let mut other = whole;
    other[20] ^= 1;
    fs::write(&path, &other).unwrap();
    assert!(files.look(&id).unwrap().is_none());
}

#[test]
fn chunks_come_in_any_order_and_unwanted_files_go() {
    let home = tempfile::tempdir().unwrap();
    let files = files(home.path());
    let (one, two) = (sealed(200_000, 1), sealed(10, 2));
    files.begin(&one.manifest).unwrap();
    files.write(&one.manifest, 3, &one.chunks[3]).unwrap();
    assert_eq!(files.look(&one.manifest.id()).unwrap().unwrap().1, [false, false, false, true]);
    files.put(&two).unwrap();
    files.keep_only([&two.manifest.id()]);
    assert!(!files.has(&one.manifest.id()) && files.has(&two.manifest.id()));
    assert!(files.write(&one.manifest, 0, &one.chunks[0]).is_err(), "what was taken away does not come back");
    assert!(files.free().unwrap() > 0);
}
