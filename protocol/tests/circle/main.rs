//! Circles, simulated: so many lives, and what must hold of each.
//!
//! `SEED=n` replays one life and prints what happened; `SEEDS=a..b` lives those, `SEEDS=n` the first so many.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests say what went wrong by stopping"
)]

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

use kith_protocol::circle::sim::{Life, Tally};

fn seeds(many: u64) -> Range<u64> {
    let number = |text: &str| text.parse::<u64>().expect("a number");
    if let Ok(seed) = std::env::var("SEED") {
        return number(&seed)..number(&seed) + 1;
    }
    match std::env::var("SEEDS") {
        Ok(text) => match text.split_once("..") {
            Some((from, to)) => number(from)..number(to),
            None => 0..number(&text),
        },
        Err(_) => 0..many,
    }
}

/// Lives every second of the seeds, from the first or from the next: two threads share them. Of lives that go wrong it
/// tells the first whole, and of the others what went wrong.
fn live(half: u64) {
    let all = seeds(if cfg!(debug_assertions) { 40 } else { 1000 });
    let replay = std::env::var_os("SEED").is_some();
    let (mut sum, mut wrong) = (Tally::default(), Vec::new());
    for seed in all.filter(|seed| seed % 2 == half) {
        let mut life = Life::begin(seed);
        let lived = catch_unwind(AssertUnwindSafe(|| life.run()));
        let why = match lived {
            Ok(Ok(tally)) => {
                sum += tally;
                None
            }
            Ok(Err(why)) => Some(why),
            Err(_) => Some("it stopped".into()),
        };
        if replay || (why.is_some() && wrong.is_empty()) {
            println!("{}", life.trace);
        }
        wrong.extend(why.map(|why| format!("SEED={seed}: {why}")));
    }
    println!("{sum:?}");
    assert!(wrong.is_empty(), "{} lives went wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn even_seeds() {
    live(0);
}

#[test]
fn odd_seeds() {
    live(1);
}

#[test]
fn the_same_seed_lives_the_same_life() {
    let story = |seed| {
        let mut life = Life::begin(seed);
        life.run().unwrap();
        (life.trace.hash(), life.trace.len())
    };
    assert_eq!(story(7), story(7));
    assert_ne!(story(7), story(8));
}
