//! Random lives.

use std::panic::{AssertUnwindSafe, catch_unwind};

use kith_protocol::sim::{Life, Size, Tally};

/// Lives so many groups of a size, each by its seed; what fails is told with its seed and its story.
fn live(many: u64, size: Size) -> Tally {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().expect("a number"));
    let seeds = match (number("SEED"), number("SEEDS")) {
        (Some(seed), _) => seed..seed + 1,
        (None, count) => 0..count.unwrap_or(many),
    };
    let mut all = Tally::default();
    for seed in seeds {
        let mut life = Life::begin(seed, size);
        let lived = catch_unwind(AssertUnwindSafe(|| {
            life.run();
            let tally = life.check()?;
            if size.hostile == 0 { Ok(tally) } else { life.aftermath() }
        }));
        let failed = match lived {
            Ok(Ok(tally)) => {
                all += tally;
                None
            }
            Ok(Err(broken)) => Some(broken),
            Err(_) => Some("it stopped".into()),
        };
        if let Some(why) = failed {
            panic!("{}\nSEED={seed} {size:?}: {why}", life.world.trace);
        }
        if number("SEED").is_some() {
            println!("{}", life.world.trace);
        }
    }
    println!("{size:?}: {all:?}");
    all
}

#[test]
fn small_groups() {
    live(1500, Size::SMALL);
}

#[test]
fn usual_groups() {
    live(300, Size::USUAL);
}

#[test]
fn large_groups() {
    live(40, Size::LARGE);
}

#[test]
fn groups_with_somebody_hostile() {
    live(200, Size::HOSTILE);
}

#[test]
fn groups_with_several_who_are_hostile() {
    live(12, Size::INFESTED);
}

#[test]
fn the_same_seed_lives_the_same_life() {
    let story = |seed| {
        let mut life = Life::begin(seed, Size::SMALL);
        life.run();
        life.world.rest();
        (life.world.trace.hash(), life.world.trace.len())
    };
    assert_eq!(story(7), story(7));
    assert_ne!(story(7), story(8));
}
