//! Random hostile histories. `SEED=n` replays one; `RUNS=n` runs more than the usual few.

use super::kit::{Dice, check, check_states, setting, shuffled};
use super::sim::Story;

/// Histories in a normal run.
const RUNS: u64 = 120;

/// Steps of one history: some are short, some are long.
fn steps(seed: u64) -> usize {
    [30, 60, 60, 110][(seed % 4) as usize]
}

/// Runs `case` for each seed, or for `SEED` alone; a failure names its seed.
fn seeds(case: impl Fn(u64) -> bool) {
    if let Ok(seed) = std::env::var("SEED") {
        case(seed.parse().expect("SEED is a number"));
        return;
    }
    let runs = setting("RUNS", RUNS);
    let mut kept = 0;
    for seed in 0..runs {
        let seen = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| case(seed)));
        match seen {
            Ok(fair) => kept += u64::from(fair),
            Err(why) => {
                eprintln!("SEED={seed} fails");
                std::panic::resume_unwind(why);
            }
        }
    }
    assert!(kept * 4 > runs * 3, "only {kept} of {runs} histories kept the assumption");
}

/// Prints a history that is replayed.
fn told(story: &Story) {
    if std::env::var("SEED").is_ok() {
        println!("{}", story.tell());
    }
}

#[test]
fn nobody_honest_loses_a_seat_and_the_removed_change_nothing() {
    seeds(|seed| {
        let mut story = Story::begin(seed);
        story.run(steps(seed));
        let lost = story.lost();
        let fair = story.clean_up();
        if !fair {
            return false;
        }
        assert_eq!(lost, Vec::<String>::new(), "honest facilitators lost");
        assert_eq!(story.lost(), Vec::<String>::new(), "honest facilitators lost in the clean-up");
        let before = story.facts();
        for _ in 0..12 {
            story.hostile(true);
        }
        let after = story.facts();
        told(&story);
        before.holds_in(&after);
        true
    });
}

#[test]
fn every_order_of_the_same_entries_gives_one_state() {
    seeds(|seed| {
        let mut story = Story::begin(seed);
        story.run(steps(seed));
        let hash = story.group.state_hash();
        let mut dice = Dice::new(seed);
        for _ in 0..3 {
            let other = shuffled(&story.world.made, &mut dice, |_| ());
            assert_eq!(other.state_hash(), hash, "another order, another state");
            assert_eq!(other.heads(), story.group.heads());
            assert_eq!(other.ended(), story.group.ended());
            assert!(other.ended().iter().all(|ended| ended.by.len() >= ended.enough), "an end without cause");
        }
        true
    });
}

#[test]
fn adding_bit_by_bit_is_folding_at_once() {
    seeds(|seed| {
        let mut story = Story::begin(seed);
        story.run(steps(seed));
        shuffled(&story.world.made, &mut Dice::new(seed), |group| {
            check_states(group);
            if seed % 8 == 0 {
                check(group);
            }
        });
        true
    });
}
