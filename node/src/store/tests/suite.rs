//! What every store does.

use super::*;

macro_rules! both {
    ($($name:ident)*) => {
        mod in_memory {
            $(#[test] fn $name() { super::$name(super::MemoryStore::new(super::keys())); })*
        }
        mod on_disk {
            $(#[test] fn $name() {
                let dir = tempfile::tempdir().unwrap();
                super::$name(super::sled_store(&dir.path().join("db")));
            })*
        }
    };
}

both! {
    an_empty_store_answers
    what_was_put_is_found_by_every_name
    the_timeline_goes_back_page_by_page
    equals_in_the_timeline_are_ordered_by_entry
    a_sealed_envelope_waits_until_it_is_placed
    many_that_waited_are_placed_later
    what_is_held_already_stays_as_it_is
    an_entry_in_two_envelopes_counts_once
    two_entries_at_one_place_are_both_told
    sets_hold_what_arrived_placed_or_not
    control_comes_page_by_page_in_order_of_arrival
    replies_are_found_by_what_they_answer
    entries_are_found_by_the_start_of_their_id
    notes_are_kept_changed_and_removed
    a_commit_that_cannot_be_made_changes_nothing
    an_envelope_of_any_size_comes_back
    a_month_needs_its_key
}

fn ids(held: &[Held]) -> Vec<EnvelopeId> {
    held.iter().map(|held| held.id).collect()
}

fn an_empty_store_answers(store: impl Store) {
    assert!(!store.holds(&id(1)).unwrap());
    assert_eq!(store.envelope(&id(1)).unwrap(), None);
    assert_eq!(store.entry(&entry_id(1).short()).unwrap(), None);
    assert_eq!(store.timeline(None, 10).unwrap(), []);
    assert_eq!(store.control(Arrival(0), 10).unwrap(), []);
    assert_eq!(store.unplaced(Arrival(0), 10).unwrap(), []);
    assert_eq!(store.items(Bucket::Control).unwrap(), []);
    assert_eq!(store.months().unwrap(), []);
    assert!(store.log_heads().unwrap().is_empty());
    assert_eq!(store.highest_lamport().unwrap(), 0);
    assert_eq!(store.counts().unwrap(), Counts::default());
    assert_eq!(store.note("x").unwrap(), None);
}

fn what_was_put_is_found_by_every_name(mut store: impl Store) {
    for batch in (0..300).collect::<Vec<_>>().chunks(40) {
        store.commit(puts(batch.iter().map(|number| post(*number)))).unwrap();
    }
    for number in 0..300 {
        let held = store.envelope(&id(number)).unwrap().unwrap();
        let Put { id: the_id, hour, bytes, placed, .. } = post(number);
        assert_eq!((held.id, held.hour, &held.bytes, &held.placed), (the_id, hour, &bytes, &placed));
        let placed = placed.unwrap();
        assert_eq!(store.entry(&placed.entry.short()).unwrap().unwrap(), held);
        assert_eq!(store.slot(&placed.author, &placed.log, placed.seq).unwrap(), [placed.entry]);
        assert_eq!(store.copies(&placed.entry).unwrap(), [the_id]);
    }
    assert!(!store.holds(&id(300)).unwrap());
    assert_eq!(store.slot(&AuthorId([0; 8]), &LogId([7; 8]), 60).unwrap(), []);
    assert_eq!(store.log_heads().unwrap(), (0..5).map(|a| ((AuthorId([a; 8]), LogId([7; 8])), 59)).collect());
    assert_eq!(store.highest_lamport().unwrap(), 99);
    assert_eq!(store.counts().unwrap(), Counts { control: 0, content: 300, unplaced: 0, envelopes: 300 });
    assert_eq!(store.months().unwrap(), (0..4).map(|month| hour(month).month()).collect::<Vec<_>>());
}

fn the_timeline_goes_back_page_by_page(mut store: impl Store) {
    // In an order that is neither.
    for number in 0..400_u64 {
        store.commit(puts([post(number * 173 % 400)])).unwrap();
    }
    let mut expected: Vec<_> = (0..400).map(|number| placed(number).cursor()).collect();
    expected.sort_by_key(|cursor| std::cmp::Reverse(*cursor));
    for size in [1, 7, 100, 1000] {
        let (mut seen, mut before) = (Vec::new(), None);
        loop {
            let page = store.timeline(before, size).unwrap();
            seen.extend(page.iter().map(|held| held.placed.as_ref().unwrap().cursor()));
            before = seen.last().copied();
            if page.len() < size {
                break;
            }
        }
        assert_eq!(seen, expected, "pages of {size}");
    }
    let nowhere = Cursor { lamport: 0, entry: ShortId([0; 16]) };
    assert_eq!(store.timeline(Some(nowhere), 5).unwrap(), []);
}

fn equals_in_the_timeline_are_ordered_by_entry(mut store: impl Store) {
    let at_one = |number| {
        let mut put = post(number);
        put.placed.as_mut().unwrap().lamport = if number < 500 { 8 } else { 8 + number % 2 };
        put
    };
    for start in [0, 250, 500] {
        store.commit(puts((start..start + 250).map(at_one))).unwrap();
    }
    let found = store.timeline(None, 1000).unwrap();
    let cursors: Vec<_> = found.iter().map(|held| held.placed.as_ref().unwrap().cursor()).collect();
    assert_eq!(cursors.len(), 750);
    assert!(cursors.is_sorted_by(|newer, older| newer > older));
}

fn a_sealed_envelope_waits_until_it_is_placed(mut store: impl Store) {
    store.commit(puts((0..30).map(waiting))).unwrap();
    store.commit(puts([Put { control: true, ..waiting(30) }])).unwrap();
    assert_eq!(store.counts().unwrap().unplaced, 31);
    assert_eq!(store.timeline(None, 50).unwrap(), []);
    let first = store.unplaced(Arrival(0), 10).unwrap();
    assert_eq!(ids(&first), (0..10).map(id).collect::<Vec<_>>());
    let rest = store.unplaced(first.last().unwrap().arrival, 100).unwrap();
    assert_eq!(ids(&rest), (10..31).map(id).collect::<Vec<_>>());

    let place = |number| Change::Place { id: id(number), placed: placed(number) };
    store.commit([3, 17, 30].map(place).to_vec()).unwrap();
    assert_eq!(store.counts().unwrap(), Counts { control: 1, content: 2, unplaced: 28, envelopes: 31 });
    assert_eq!(ids(&store.timeline(None, 50).unwrap()), [id(17), id(3)]);
    let held = store.envelope(&id(17)).unwrap().unwrap();
    assert_eq!((&held.bytes, held.placed), (&post(17).bytes, Some(placed(17))));
    assert!(!ids(&store.unplaced(Arrival(0), 100).unwrap()).contains(&id(17)));
    // Put again, opened this time.
    store.commit(puts((0..31).map(post))).unwrap();
    assert_eq!(store.unplaced(Arrival(0), 100).unwrap(), []);
    assert_eq!(store.counts().unwrap().content, 30);
}

fn many_that_waited_are_placed_later(mut store: impl Store) {
    store.commit(puts((0..300).map(waiting))).unwrap();
    (300..330).for_each(|number| store.commit(puts([waiting(number)])).unwrap());
    let place = |number| Change::Place { id: id(number), placed: placed(number) };
    store.commit((0..100).map(place).collect()).unwrap();
    (100..130).for_each(|number| store.commit(vec![place(number)]).unwrap());
    // Some are placed by the commit that adds others.
    let mut both = puts((330..400).map(post));
    both.extend((130..330).map(place));
    store.commit(both).unwrap();
    for number in 0..400 {
        let held = store.envelope(&id(number)).unwrap().unwrap();
        assert_eq!((held.bytes, held.placed), (post(number).bytes, Some(placed(number))), "{number}");
    }
    assert_eq!(store.counts().unwrap(), Counts { control: 0, content: 400, unplaced: 0, envelopes: 400 });
    assert_eq!(store.timeline(None, 1000).unwrap().len(), 400);
}

fn what_is_held_already_stays_as_it_is(mut store: impl Store) {
    store.commit(puts([post(1), post(1), waiting(2)])).unwrap();
    let before = (store.envelope(&id(1)).unwrap(), store.counts().unwrap());
    let other = Put { bytes: vec![9; 9], placed: Some(placed(50)), ..post(1) };
    store.commit(vec![Change::Put(other), Change::Place { id: id(1), placed: placed(60) }]).unwrap();
    assert_eq!((store.envelope(&id(1)).unwrap(), store.counts().unwrap()), before);
    assert_eq!(store.items(Bucket::of(false, hour(0))).unwrap().len(), 2);
    store.commit(vec![]).unwrap();
}

fn an_entry_in_two_envelopes_counts_once(mut store: impl Store) {
    let again = |number, of| Put { id: id(number), placed: Some(placed(of)), ..control(of) };
    store.commit(puts([control(1), again(11, 1)])).unwrap();
    store.commit(puts([Put { id: id(12), ..waiting(1) }])).unwrap();
    store.commit(puts([again(13, 1), again(14, 5)])).unwrap();
    store.commit(vec![Change::Place { id: id(12), placed: placed(1) }]).unwrap();
    assert_eq!(store.copies(&entry_id(1)).unwrap(), [id(1), id(11), id(12), id(13)]);
    assert_eq!(store.copies(&entry_id(5)).unwrap(), [id(14)]);
    assert_eq!(store.slot(&placed(1).author, &LogId([7; 8]), 0).unwrap(), [entry_id(1)]);
    assert_eq!(store.counts().unwrap(), Counts { control: 2, content: 0, unplaced: 0, envelopes: 5 });
    assert_eq!(store.timeline(None, 10).unwrap(), []);
    store.commit(puts([post(2), Put { id: id(22), ..post(2) }])).unwrap();
    assert_eq!(store.timeline(None, 10).unwrap().len(), 1);
}

fn two_entries_at_one_place_are_both_told(mut store: impl Store) {
    let mut other = post(77);
    let at = placed(12);
    other.placed = Some(Placed { entry: entry_id(77), ..at.clone() });
    store.commit(puts([post(12)])).unwrap();
    store.commit(puts([other])).unwrap();
    assert_eq!(store.slot(&at.author, &at.log, at.seq).unwrap(), [entry_id(12), entry_id(77)]);
}

fn sets_hold_what_arrived_placed_or_not(mut store: impl Store) {
    for start in [0, 100] {
        store
            .commit(puts((start..start + 100).map(|n| if n % 3 == 0 { waiting(n) } else { post(n) })))
            .unwrap();
        store.commit(puts((start + 1000..start + 1010).map(control))).unwrap();
    }
    let expected: Vec<_> = (0..50).map(|number| (hour(0), id(number))).collect();
    assert_eq!(store.items(Bucket::Month(hour(0).month())).unwrap(), expected);
    let control: Vec<_> = (1000..1010).chain(1100..1110).map(id).collect();
    let found: Vec<_> = store.items(Bucket::Control).unwrap().into_iter().map(|(_, id)| id).collect();
    assert_eq!(found, control);
}

fn control_comes_page_by_page_in_order_of_arrival(mut store: impl Store) {
    for start in 0..20 {
        let mixed = (start * 30..start * 30 + 30).map(|n| if n % 3 == 0 { control(n) } else { post(n) });
        store.commit(puts(mixed)).unwrap();
    }
    for size in [1, 9, 64, 1000] {
        let (mut seen, mut after) = (Vec::new(), Arrival(0));
        loop {
            let page = store.control(after, size).unwrap();
            assert!(page.iter().all(|held| held.control));
            seen.extend(ids(&page));
            match page.last() {
                Some(last) => after = last.arrival,
                None => break,
            }
        }
        assert_eq!(seen, (0..200).map(|number| id(number * 3)).collect::<Vec<_>>());
    }
}

fn replies_are_found_by_what_they_answer(mut store: impl Store) {
    let reply = |number| {
        let mut put = post(number);
        put.placed.as_mut().unwrap().reply_to = Some(ShortId([number as u8 % 2; 16]));
        put
    };
    for number in 0..60 {
        store.commit(puts([reply(number)])).unwrap();
    }
    let even: Vec<_> = (0..30).map(|number| id(number * 2)).collect();
    assert_eq!(ids(&store.replies_to(&ShortId([0; 16]), 0, 100).unwrap()), even);
    assert_eq!(ids(&store.replies_to(&ShortId([0; 16]), 5, 4).unwrap()), even[5..9]);
    assert_eq!(store.replies_to(&ShortId([2; 16]), 0, 100).unwrap(), []);
}

fn entries_are_found_by_the_start_of_their_id(mut store: impl Store) {
    let with = |number: u64, start: [u8; 4]| {
        let mut put = post(number);
        let entry = &mut put.placed.as_mut().unwrap().entry.0;
        entry[..4].copy_from_slice(&start);
        put
    };
    let alike = [with(1, [1, 2, 3, 4]), with(2, [1, 2, 3, 5]), with(3, [1, 2, 4, 4])];
    store.commit(puts(alike.clone())).unwrap();
    let found = |prefix: &[u8]| ids(&store.entries_starting(prefix, 10).unwrap());
    assert_eq!(found(&[1, 2, 3]), [id(1), id(2)]);
    assert_eq!(found(&[1, 2, 3, 5]), [id(2)]);
    assert_eq!(found(&alike[2].placed.as_ref().unwrap().entry.0), [id(3)]);
    assert_eq!(found(&[1, 2]), []);
    assert_eq!(found(&[1, 2, 5]), []);
    assert_eq!(store.entries_starting(&[1, 2, 3], 1).unwrap().len(), 1);
}

fn notes_are_kept_changed_and_removed(mut store: impl Store) {
    let note = |name: &str, bytes: Option<Vec<u8>>| Change::Note { name: name.into(), bytes };
    store.commit(vec![note("a", Some(vec![1; 50_000])), note("b", Some(vec![2]))]).unwrap();
    assert_eq!(store.note("a").unwrap(), Some(vec![1; 50_000]));
    store.commit(vec![note("a", Some(vec![3; 10_000])), note("b", None), note("c", Some(vec![]))]).unwrap();
    assert_eq!(store.note("a").unwrap(), Some(vec![3; 10_000]));
    assert_eq!(store.note("b").unwrap(), None);
    assert_eq!(store.note("c").unwrap(), Some(vec![]));
    store.commit(vec![note("a", None), note("a", Some(vec![4]))]).unwrap();
    assert_eq!(store.note("a").unwrap(), Some(vec![4]));
}

fn a_commit_that_cannot_be_made_changes_nothing(mut store: impl Store) {
    store.commit(puts([post(1)])).unwrap();
    let refuse = |store: &mut dyn Store, last: Change| {
        let mut changes = puts([post(2), post(3)]);
        changes.push(Change::Note { name: "n".into(), bytes: Some(vec![1]) });
        changes.push(last);
        store.commit(changes).unwrap_err()
    };
    let unknown = Change::Place { id: id(9), placed: placed(9) };
    assert!(matches!(refuse(&mut store, unknown), StoreError::NotHeld(unheld) if unheld == id(9)));
    let keyless = Change::Put(Put { hour: Hour(0), ..post(4) });
    assert!(matches!(refuse(&mut store, keyless), StoreError::NoKey(Month(0))));
    let huge = Change::Put(Put { bytes: vec![0; limits::ENVELOPE + 1], ..post(4) });
    assert!(matches!(refuse(&mut store, huge), StoreError::TooLarge(_)));
    let long = Change::Note { name: "n".repeat(NOTE_NAME + 1), bytes: None };
    assert!(matches!(refuse(&mut store, long), StoreError::TooLarge(_)));
    assert!(!store.holds(&id(2)).unwrap());
    assert_eq!(store.note("n").unwrap(), None);
    assert_eq!(store.counts().unwrap().envelopes, 1);
    store.commit(puts([post(2)])).unwrap();
    assert_eq!(ids(&store.timeline(None, 10).unwrap()).len(), 2);
}

fn an_envelope_of_any_size_comes_back(mut store: impl Store) {
    let sizes = [0, 1, 6_500, 6_899, 6_900, 7_001, 14_000, 33_000, limits::ENVELOPE];
    let sized = |(number, size): (usize, &usize)| {
        let bytes = (0..*size).map(|at| (at * 7 + number) as u8).collect();
        Put { bytes, ..if number % 2 == 0 { post(number as u64) } else { waiting(number as u64) } }
    };
    let all: Vec<_> = sizes.iter().enumerate().map(sized).collect();
    store.commit(puts(all.clone())).unwrap();
    let place = (1..sizes.len() as u64).step_by(2).map(|n| Change::Place { id: id(n), placed: placed(n) });
    store.commit(place.collect()).unwrap();
    for put in all {
        let held = store.envelope(&put.id).unwrap().unwrap();
        assert!(held.bytes == put.bytes, "{} bytes", put.bytes.len());
        assert!(held.placed.is_some());
    }
}

fn a_month_needs_its_key(mut store: impl Store) {
    let later = Put { hour: hour(24), ..post(1) };
    let month = later.hour.month();
    assert!(!store.has_key(month));
    assert!(matches!(store.commit(puts([later.clone()])), Err(StoreError::NoKey(m)) if m == month));
    // Control lasts, whatever its hour.
    store.commit(puts([Put { control: true, ..later.clone() }])).unwrap();
    store.learn_key(month, month_key(month));
    assert!(store.has_key(month));
    store.commit(puts([Put { id: id(2), ..later }])).unwrap();
    assert_eq!(store.months().unwrap(), [month]);
}
