//! A group of many nodes that come and go, on a network that loses things: whether everything arrives everywhere,
//! how soon, and what it costs. `SEED=` replays a run, `SIZES=5,50,500` prints the table of `docs/reference/scale.md`,
//! `LOSS=`, `ENOUGH=`, `PASS_ON=` and `MINUTES=` change what [`setting::Setting`] says of them.
//!
//! Real: reconciliation, byte for byte ([`kith_protocol::sync::Session`]), and the bounds and pauses of a node.
//! Modelled: gossipsub's mesh, links, dialling and the moments at which nodes come and go.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests say what went wrong by stopping"
)]

mod mesh;
mod node;
mod session;
mod setting;
mod table;
mod world;

use std::collections::BTreeMap;

use setting::Setting;
use world::World;

/// What runs as a test.
const SMALL: [usize; 2] = [5, 20];

#[test]
fn everything_arrives_everywhere_once_the_network_has_healed() {
    let seed = std::env::var("SEED").map_or(1, |seed| seed.parse().unwrap());
    let sizes: Vec<usize> = match std::env::var("SIZES") {
        Ok(sizes) => sizes.split(',').map(|size| size.parse().unwrap()).collect(),
        Err(_) => SMALL.to_vec(),
    };
    println!("SEED={seed}");
    table::head();
    for nodes in sizes {
        let mut world = World::new(Setting { seed, ..Setting::of(nodes) });
        let run = world.run();
        table::line(&run);
        assert_eq!(run.missing, 0, "SEED={seed}: after healing something is missing");
        assert!(run.posts >= 20 && run.came >= nodes as u64, "SEED={seed}: next to nothing happened");
    }
}

#[test]
fn a_seed_says_all() {
    let mut seen = BTreeMap::new();
    for seed in [1, 1, 2] {
        let mut world = World::new(Setting { seed, minutes: 10, ..Setting::of(8) });
        let run = world.run();
        seen.entry(seed).or_insert_with(Vec::new).push((run.bytes(), run.delays.clone()));
    }
    assert_eq!(seen[&1][0], seen[&1][1]);
    assert_ne!(seen[&1][0], seen[&2][0]);
}
