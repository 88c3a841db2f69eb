//! The same changes give the same answers, whatever they are, from a store on disk that is closed and opened
//! between them as from the one in memory.

use proptest::prelude::*;

use super::*;

#[derive(Clone, Debug)]
enum Step {
    Commit(Vec<Change>),
    Reopen,
}

/// Few ids, so that things meet.
fn change() -> impl Strategy<Value = Change> {
    let put = (0..40_u64, 0..40_u64, any::<bool>(), any::<bool>(), 0..3_u32, 0..9000_usize);
    let put = put.prop_map(|(number, entry, control, open, month, size)| {
        let bytes = vec![number as u8; if size % 3 == 0 { size } else { size / 10 }];
        // One envelope has one entry, or none yet.
        let placed = open.then(|| some_placed(number, entry));
        Change::Put(Put { id: id(number), hour: hour(month), control, bytes, placed })
    });
    let place = (0..40_u64, 0..40_u64)
        .prop_map(|(number, entry)| Change::Place { id: id(number), placed: some_placed(number, entry) });
    let shrink = (0..40_u64, 0..90_usize)
        .prop_map(|(number, length)| Change::Shrink { id: id(number), bytes: vec![7; length] });
    let note = (0..3_u8, proptest::option::of(0..20_000_usize)).prop_map(|(name, size)| Change::Note {
        name: name.to_string(),
        bytes: size.map(|size| vec![name; size]),
    });
    prop_oneof![6 => put, 2 => place, 1 => shrink, 1 => note]
}

fn some_placed(number: u64, entry: u64) -> Placed {
    Placed {
        entry: entry_id(entry),
        author: AuthorId([(entry % 3) as u8; 8]),
        log: LogId([(entry % 2) as u8; 8]),
        seq: entry % 7,
        // Not a function of the entry alone: hostile members may claim anything.
        lamport: (entry * 7 + number / 30) % 11,
        reply_to: entry.is_multiple_of(3).then(|| entry_id(entry / 3).short()),
    }
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let commit = prop_oneof![
        3 => proptest::collection::vec(change(), 1..4),
        1 => proptest::collection::vec(change(), 20..60),
    ];
    let step = prop_oneof![5 => commit.prop_map(Step::Commit), 1 => Just(Step::Reopen)];
    proptest::collection::vec(step, 1..12)
}

/// What is held, without the number that each store gives it.
fn told(held: &[Held]) -> String {
    let tell = |held: &Held| (held.id, held.hour, held.control, held.placed.clone(), held.bytes.clone());
    format!("{:?}", held.iter().map(tell).collect::<Vec<_>>())
}

/// All pages of something.
fn pages(page: impl Fn(Arrival, usize) -> Result<Vec<Held>, StoreError>, size: usize) -> String {
    let mut all: Vec<Held> = Vec::new();
    loop {
        let after = all.last().map_or(Arrival(0), |last| last.arrival);
        let more = page(after, size).unwrap();
        if more.is_empty() {
            return told(&all);
        }
        assert!(more.len() <= size && more.iter().all(|held| held.arrival > after));
        all.extend(more);
    }
}

/// All that can be asked.
fn answers(store: &dyn Store) -> Vec<String> {
    let mut answers = Vec::new();
    let mut tell = |answer: &dyn std::fmt::Debug| answers.push(format!("{answer:?}"));
    for number in 0..42 {
        let entry = entry_id(number);
        tell(&store.holds(&id(number)).unwrap());
        tell(&told(store.envelope(&id(number)).unwrap().as_slice()));
        tell(&told(store.entry(&entry.short()).unwrap().as_slice()));
        tell(&told(&store.entries_starting(&entry.0[..3], 2).unwrap()));
        tell(&store.copies(&entry).unwrap());
        tell(&told(&store.replies_to(&entry.short(), 1, 3).unwrap()));
        let log = LogId([(number / 3 % 2) as u8; 8]);
        tell(&store.slot(&AuthorId([(number % 3) as u8; 8]), &log, number % 7).unwrap());
    }
    for size in [1, 4, 1000] {
        tell(&pages(|after, limit| store.control(after, limit), size));
        tell(&pages(|after, limit| store.unplaced(after, limit), size));
    }
    for bucket in [Bucket::Control, Bucket::Month(hour(0).month()), Bucket::Month(hour(2).month())] {
        tell(&store.items(bucket).unwrap());
    }
    let all = store.timeline(None, 100).unwrap();
    tell(&told(&all));
    for held in all.iter().step_by(5) {
        tell(&told(&store.timeline(Some(held.placed.as_ref().unwrap().cursor()), 4).unwrap()));
    }
    tell(&(store.months().unwrap(), store.log_heads().unwrap(), store.highest_lamport().unwrap()));
    tell(&(store.counts().unwrap(), store.note("0").unwrap(), store.note("1").unwrap()));
    answers
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn both_stores_answer_alike(steps in steps()) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("db");
        let mut memory = MemoryStore::new(keys());
        let mut disk = sled_store(&path);
        for step in steps {
            match step {
                Step::Commit(changes) => {
                    let (one, two) = (memory.commit(changes.clone()), disk.commit(changes));
                    prop_assert_eq!(format!("{one:?}"), format!("{two:?}"));
                }
                Step::Reopen => {
                    drop(disk);
                    disk = sled_store(&path);
                }
            }
            prop_assert_eq!(answers(&memory), answers(&disk));
        }
    }
}
