//! What governing costs in a large, old group: the fold of all it ever decided, one more decision, a new epoch.
//!
//! `cargo bench -p kith-tests --bench group [-- ENTRIES]`; 100 000 control entries if no number is given, among
//! 1 000 members. Each figure is the median of a few, with the least and the greatest. The protocol alone is
//! measured, on one core: no disk and no network; signatures where it says so.

mod epochs;
mod history;

use std::env;
use std::time::Instant;

use kith_protocol::group::Group;

use history::{History, Kind};

/// Control entries, if no number is given.
const ENTRIES: usize = 100_000;
/// Members of the group.
const MEMBERS: usize = 1_000;
/// How often each whole fold is measured.
const REPEATS: usize = 3;
/// How often one more entry is measured.
const MORE: usize = 50;

fn main() {
    // Cargo adds `--bench`.
    let given = env::args().skip(1).find_map(|argument| argument.parse().ok());
    let entries: usize = given.unwrap_or(ENTRIES);
    println!("{entries} control entries, {MEMBERS} members:");
    fold(entries);
    epochs::run();
}

fn fold(entries: usize) {
    for (apart, what) in [(0, "everybody knows everything"), (5, "one in twenty is written apart")] {
        let history = History::of(entries, MEMBERS, apart);
        let mut whole = Vec::new();
        let mut group = None;
        for _ in 0..REPEATS {
            let begun = Instant::now();
            let folded = history.fold();
            let hash = folded.state_hash();
            whole.push(begun.elapsed().as_secs_f64());
            let members = folded.members().count();
            assert_eq!(members, MEMBERS);
            group = Some((folded, hash));
        }
        tell(&format!("fold, entry by entry; {what}"), "s", whole);
        let Some((mut group, _)) = group else { return };
        one_more(&mut group, history, what);
    }
}

/// One more entry, and the question who is what afterwards.
fn one_more(group: &mut Group, mut history: History, what: &str) {
    let kinds = [
        (Kind::Sign, true, "a sign"),
        (Kind::Invite, true, "an invite"),
        (Kind::Join, true, "a join, signature included"),
        (Kind::Remove, true, "a removal"),
        (Kind::Sign, false, "a sign beside another"),
        (Kind::Remove, false, "a removal beside another entry"),
    ];
    for (kind, top, name) in kinds {
        let mut took = Vec::new();
        for _ in 0..MORE.min(if top { MORE } else { 10 }) {
            if !top {
                // Something that the next one does not know.
                group.insert(history.one(Kind::Sign, true)).expect("what it cites is here");
            }
            let more = history.one(kind, top);
            let begun = Instant::now();
            let inserted = group.insert(more).expect("what it cites is here");
            let seats = group.seats();
            took.push(begun.elapsed().as_secs_f64() * 1e3);
            assert!(inserted.right.is_ok() && !seats.is_empty(), "{:?}", inserted.right);
        }
        tell(&format!("one more: {name}; {what}"), "ms", took);
    }
}

/// Prints a figure.
pub fn tell(name: &str, unit: &str, mut measured: Vec<f64>) {
    measured.sort_by(f64::total_cmp);
    let (least, median) = (measured[0], measured[measured.len() / 2]);
    println!("  {name:<78} {median:>9.3} {unit} ({least:.3}-{:.3})", measured[measured.len() - 1]);
}
