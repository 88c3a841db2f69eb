//! Copying what is to be kept, and what a copy that broke off leaves.

use std::fs;

use super::super::copying::{copy, settle, size};
use super::*;

#[test]
fn a_copy_has_all_but_the_months_that_are_over() {
    let dir = tempfile::tempdir().unwrap();
    let db = dir.path().join("db");
    let mut store = sled_store(&db);
    let mut put = |number: u64, month: u32, control: bool| {
        let kept = Put { hour: hour(month), control, ..post(number) };
        store
            .commit(vec![
                Change::Put(kept),
                Change::Note { name: format!("n{number}"), bytes: Some(vec![7; 9000]) },
            ])
            .unwrap();
    };
    for number in 0..90 {
        put(number, (number % 3) as u32, number % 10 == 0);
    }
    let lamport = store.highest_lamport().unwrap();
    let heads = store.log_heads().unwrap();
    let months = store.months().unwrap();
    let since = months[1];
    let told = |store: &SledStore| {
        let content: Vec<_> =
            months[1..].iter().map(|month| store.items(Bucket::Month(*month)).unwrap()).collect();
        let control: Vec<_> =
            store.control(Arrival(0), 1000).unwrap().into_iter().map(|held| (held.id, held.bytes)).collect();
        let shown: Vec<_> = store
            .timeline(None, 1000)
            .unwrap()
            .into_iter()
            .filter(|held| held.hour.month() >= since)
            .map(|held| held.id)
            .collect();
        (content, control, shown, store.note("n5").unwrap())
    };
    let before = told(&store);
    drop(store);
    copy(&db, &keys(), since).unwrap();
    let store = sled_store(&db);
    assert_eq!(told(&store), before);
    assert_eq!(store.months().unwrap(), months[1..]);
    assert!(store.items(Bucket::Month(months[0])).unwrap().is_empty());
    assert_eq!((store.highest_lamport().unwrap(), store.log_heads().unwrap()), (lamport, heads));
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "nothing is left beside it");
    assert!(size(&db) > 0);
}

#[test]
fn a_copy_that_broke_off_is_undone_or_ended() {
    let dir = tempfile::tempdir().unwrap();
    let db = dir.path().join("db");
    let [new, old] = ["db.new", "db.old"].map(|name| dir.path().join(name));
    drop(sled_store(&db));
    // Before the old one was set aside: the new one may be half.
    fs::create_dir(&new).unwrap();
    settle(&db).unwrap();
    assert!(db.exists() && !new.exists());
    // Between the two renames: the new one is whole.
    fs::rename(&db, &old).unwrap();
    fs::create_dir(&new).unwrap();
    fs::write(new.join("mark"), "new").unwrap();
    settle(&db).unwrap();
    assert!(db.join("mark").exists() && !old.exists() && !new.exists());
    // After both: what was set aside is left over.
    fs::create_dir(&old).unwrap();
    settle(&db).unwrap();
    assert!(db.join("mark").exists() && !old.exists());
}
