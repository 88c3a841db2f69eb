//! Hostile bytes at every door: no decoder panics, none keeps memory, and none accepts what it would not write.
//!
//! `INPUTS=` says how many mutated inputs in all (a share fit for every test run if not set; `just fuzz` takes
//! ten million, with overflow checks on), `SEED=` replays. A failure names the door and prints the bytes.

mod doors;
mod mutate;
mod session;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::{env, fs};

use kith_tests::Seed;

use doors::Door;
use mutate::mutated;

/// Inputs of one run if `INPUTS=` does not say, over all doors.
const INPUTS: u64 = 400_000;
/// How much the peak of memory may rise over a run, in bytes, after each door was opened a few times.
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
    let before = peak_memory();
    for (number, door) in doors.iter().enumerate() {
        let share = inputs * door.weight / weights;
        let accepted = try_door(door, number as u64, share, &seed);
        let grown = peak_memory().saturating_sub(before);
        println!("{:<24} {share:>9} inputs, {accepted:>7} accepted, memory +{} KiB", door.name, grown >> 10);
        assert!(grown < GROWTH, "The door for {} keeps memory: {grown} bytes more", door.name);
        assert!(accepted > 0, "Nothing gets through the door for {}, so its inside was not tried", door.name);
    }
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

/// The most memory this process has had at once, in bytes.
fn peak_memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("Linux");
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a peak of memory");
    let kibibytes: u64 = peak.trim().trim_end_matches(" kB").parse().expect("a number");
    kibibytes << 10
}
