//! What governing costs in a large, old group: the fold of all it ever decided, one more decision, a new epoch.
//!
//! `cargo bench -p kith-tests --bench group [-- ENTRIES]`; 100 000 control entries if no number is given, among
//! 1 000 members. Each figure is the median of a few, with the least and the greatest, and what it should be at most.
//! The protocol alone is measured, on one core: no disk and no network; signatures where it says so.

mod epochs;
mod history;
mod table;

use std::env;
use std::fs;
use std::hint::black_box;
use std::time::Instant;

use kith_protocol::group::Group;

use history::{Apart, History, Kind};
use table::Table;

/// Control entries, if no number is given.
const ENTRIES: usize = 100_000;
/// Members of the group, once it is so old that all of them can have joined.
const MEMBERS: usize = 1_000;
/// How often each whole fold is measured.
const REPEATS: usize = 3;
/// How often one more entry is measured.
const MORE: usize = 50;
/// A fold of everything, in seconds, at most.
const WHOLE: f64 = 2.0;
/// One more entry, in milliseconds, at most: what is folded anew takes longer.
const ONE: f64 = 1.0;

fn main() {
    // Cargo adds `--bench`.
    let given = env::args().skip(1).find_map(|argument| argument.parse().ok());
    let entries: usize = given.unwrap_or(ENTRIES);
    let members = MEMBERS.min(entries / 20);
    let mut table = Table::default();
    memory(entries, members, &mut table);
    for (apart, what) in [
        (Apart::Never, "everybody knows everything"),
        (Apart::Often, "one in twenty is written apart"),
        (Apart::Long, "two halves apart, a thousand entries long"),
        (Apart::Forgotten, "nobody ever cites one early entry"),
    ] {
        eprintln!("{entries} control entries, {members} members; {what}:");
        let history = History::of(entries, members, apart);
        fold(&history, members, what, &mut table);
        one_more(history, &mut table);
    }
    epochs::run(&mut table);
    println!("{entries} control entries, {members} members{}", table.text());
    if table.missed > 0 {
        println!("{} targets missed", table.missed);
    }
}

fn fold(history: &History, members: usize, what: &str, table: &mut Table) {
    let mut whole = Vec::new();
    for _ in 0..REPEATS {
        let begun = Instant::now();
        let group = history.fold();
        let hash = group.state_hash();
        whole.push(begun.elapsed().as_secs_f64());
        assert_eq!(group.members().count(), members);
        black_box(hash);
    }
    table.enter(&format!("fold, entry by entry; {what}"), "s", Some(WHOLE), whole);
}

/// Comes first: later groups live in what earlier ones freed.
fn memory(entries: usize, members: usize, table: &mut Table) {
    let history = History::of(entries, members, Apart::Often);
    let before = resident();
    let group = history.fold();
    let hash = group.state_hash();
    let held = resident().zip(before).map(|(after, before)| after - before);
    black_box((group, hash));
    if let Some(held) = held {
        table.enter("memory of the folded group, its entries included", "MiB", None, vec![held]);
    }
}

/// One more entry, and the question who is a facilitator afterwards.
fn one_more(mut history: History, table: &mut Table) {
    let mut group = history.fold();
    let kinds = [
        (Kind::Sign, true, "a sign"),
        (Kind::Invite, true, "an invite"),
        (Kind::Join, true, "a join, signature included"),
        (Kind::Remove, true, "a removal"),
        (Kind::Sign, false, "a sign beside another"),
        (Kind::Promote, false, "a helper made beside a sign"),
        (Kind::Remove, false, "a removal beside a sign"),
    ];
    for (kind, top, name) in kinds {
        let mut took = Vec::new();
        for _ in 0..MORE {
            if !top {
                // Something that the next one does not know.
                insert(&mut group, &mut history, Kind::Sign, true);
            }
            took.push(insert(&mut group, &mut history, kind, top));
        }
        table.enter(&format!("  one more: {name}"), "ms", Some(ONE), took);
    }
    let before = history.old();
    let mut took = Vec::new();
    for _ in 0..MORE {
        let more = history.on(Kind::Sign, before.clone());
        took.push(timed(&mut group, more));
    }
    table.enter("  one more: a sign that knows nothing of the last tenth", "ms", Some(ONE), took);
    told(&mut group, &mut history, table);
}

fn insert(group: &mut Group, history: &mut History, kind: Kind, top: bool) -> f64 {
    let more = history.one(kind, top);
    timed(group, more)
}

fn timed(group: &mut Group, more: kith_protocol::group::Control) -> f64 {
    let begun = Instant::now();
    let inserted = group.insert(more).expect("what it cites is here");
    let seats = group.seats();
    let took = begun.elapsed().as_secs_f64() * 1e3;
    assert!(inserted.right.is_ok() && !seats.is_empty(), "{:?}", inserted.right);
    took
}

/// What follows from one more entry is found when it is asked for, and again after the next.
fn told(group: &mut Group, history: &mut History, table: &mut Table) {
    let mut took = [const { Vec::new() }; 3];
    for _ in 0..MORE {
        insert(group, history, Kind::Sign, true);
        let mut clock = Instant::now();
        let mut lap = |place: usize| {
            took[place].push(clock.elapsed().as_secs_f64() * 1e3);
            clock = Instant::now();
        };
        black_box(group.heads());
        lap(0);
        black_box(group.members().count());
        lap(1);
        black_box((group.invites().count(), group.ended()));
        lap(2);
    }
    for (name, took) in
        ["what to cite", "all members", "all invites, and all that ended"].into_iter().zip(took)
    {
        table.enter(&format!("  asked after one more: {name}"), "ms", None, took);
    }
}

/// How much memory this process has, in MiB, where that can be read.
fn resident() -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: f64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kibibytes / 1024.0)
}
