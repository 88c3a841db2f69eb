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

/// Frames that a host sends before it ends well.
const STEPS: u64 = 250;

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

/// Lives these. Of those that go wrong it tells the first whole, and of the others what went wrong.
fn live(lives: impl Iterator<Item = (String, Life)>) {
    let replay = std::env::var_os("SEED").is_some();
    let (mut sum, mut wrong) = (Tally::default(), Vec::new());
    for (name, mut life) in lives {
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
        wrong.extend(why.map(|why| format!("{name}: {why}")));
    }
    println!("{sum:?}");
    assert!(wrong.is_empty(), "{} lives went wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// Every second of the seeds, from the first or from the next: two threads share them.
fn half(half: u64) -> impl Iterator<Item = (String, Life)> {
    let all = seeds(if cfg!(debug_assertions) { 30 } else { 1000 });
    all.filter(move |seed| seed % 2 == half).map(|seed| (format!("SEED={seed}"), Life::begin(seed)))
}

#[test]
fn even_seeds() {
    live(half(0));
}

#[test]
fn odd_seeds() {
    live(half(1));
}

/// In each life the host's device stops one frame later than in the one before.
#[test]
fn seeds_in_which_the_host_falls_at_every_step() {
    let fall = |seed: u64| {
        let step = seed % STEPS;
        (format!("SEED={seed}, falls at {step}"), Life::with_fall(seed, step))
    };
    live(seeds(if cfg!(debug_assertions) { 10 } else { 1000 }).map(fall));
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
