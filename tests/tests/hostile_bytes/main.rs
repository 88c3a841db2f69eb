//! Hostile bytes at every door: no decoder panics, none keeps memory, and none accepts what it would not write.
//!
//! `INPUTS=` says how many mutated inputs in all (a share fit for every test run if not set; `just fuzz` takes
//! ten million, with overflow checks on), `SEED=` replays. A failure names the door and prints the bytes.

mod circle;
mod doors;
mod insiders;
mod mutate;
mod requests;
mod session;
mod streams;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;
use std::{env, fs};

use kith_tests::Seed;

use doors::Door;
use mutate::mutated;

/// Inputs of one run if `INPUTS=` does not say, over all doors.
const INPUTS: u64 = 300_000;
/// How much resident memory may rise over a run, in bytes, after each door was opened a few times.
const GROWTH: u64 = 64 << 20;

#[test]
fn no_door_falls_to_ill_meant_bytes() {
    let seed = Seed::or(5);
    let inputs = env::var("INPUTS").ok().map_or(INPUTS, |text| text.parse().expect("INPUTS is a number"));
    let doors = doors::all();
    let weights: u64 = doors.iter().map(|door| door.weight).sum();
    // Tables that are made once, and buffers that grow to their size, are no growth.
    for (number, door) in doors.iter().enumerate() {
        try_door(door, number as u64, 500, &seed);
    }
    let before = memory();
    let mut given = 0;
    for (number, door) in doors.iter().enumerate() {
        let share = (inputs * door.weight).div_ceil(weights);
        given += share;
        let began = Instant::now();
        let accepted = try_door(door, number as u64, share, &seed);
        let grown = before.grown();
        println!(
            "{:<24} {share:>9} inputs, {accepted:>7} accepted, {:>6} ms, memory +{} KiB",
            door.name,
            began.elapsed().as_millis(),
            grown >> 10
        );
        assert!(grown < GROWTH, "The door for {} keeps memory: {grown} bytes more", door.name);
        assert!(accepted > 0, "Nothing gets through the door for {}, so its inside was not tried", door.name);
    }
    println!("{given} inputs in all, with SEED={}", seed.number());
}

/// Gives a door its inputs; returns how many it accepted.
fn try_door(door: &Door, number: u64, inputs: u64, seed: &Seed) -> u64 {
    let mut chance = seed.stream(number);
    let mut accepted = 0;
    for input in 0..inputs {
        let bytes = mutated(&door.samples, &mut chance);
        match catch_unwind(AssertUnwindSafe(|| (door.open)(&bytes))) {
            Ok(through) => accepted += u64::from(through),
            Err(_) => panic!(
                "The door for {} fell at input {input} to these bytes: {}",
                door.name,
                hex::encode(&bytes)
            ),
        }
    }
    accepted
}

/// Resident memory of this process, now and at its most, in bytes.
struct Memory {
    now: u64,
    most: u64,
}

impl Memory {
    /// How much more it is by now, or was in between.
    fn grown(&self) -> u64 {
        let later = memory();
        later.now.saturating_sub(self.now).max(later.most.saturating_sub(self.most))
    }
}

fn memory() -> Memory {
    let status = fs::read_to_string("/proc/self/status").expect("Linux");
    let field = |name: &str| {
        let text = status.lines().find_map(|line| line.strip_prefix(name)).expect("a size of memory");
        let kibibytes: u64 = text.trim().trim_end_matches(" kB").parse().expect("a number");
        kibibytes << 10
    };
    Memory { now: field("VmRSS:"), most: field("VmHWM:") }
}
