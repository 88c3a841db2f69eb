//! The command line `kith` in a lab: `LAB_CLOCK` (in seconds) sets its clock wrong, `LAB_PACE` lets it run so many times
//! as fast from `LAB_BASE` on, `LAB_AHEAD` names a file with the milliseconds by which it is ahead, and what passes between the node and libp2p is written into the file that `LAB_TAPE` names. `LAB_TEMPER` says
//! what a keeper does wrong.

use std::env;
use std::process::ExitCode;

use kith_cli::World;
use kith_node::clock::Clock;
use kith_node::swarm::Tap;
use kith_protocol::time::Millis;
use kith_tests::lab::Tape;

fn main() -> ExitCode {
    let mut world = World::default();
    if let Ok(seconds) = env::var("LAB_CLOCK") {
        let wrong_by: i64 = seconds.parse().expect("LAB_CLOCK is a number of seconds");
        let (clock, wrong_by) = (Clock::system(), wrong_by.saturating_mul(1000));
        world.clock = Clock::from_fn(move || Millis(clock.now().0.saturating_add_signed(wrong_by)));
    }
    if let (Ok(base), Ok(pace)) = (env::var("LAB_BASE"), env::var("LAB_PACE")) {
        let base: u64 = base.parse().expect("LAB_BASE is a time in milliseconds");
        let pace: u64 = pace.parse().expect("LAB_PACE is a number");
        let clock = Clock::system();
        let hasty =
            move || Millis(clock.now().0.saturating_sub(base).saturating_mul(pace).saturating_add(base));
        world.clock = Clock::from_fn(hasty);
    }
    if let Some(file) = env::var_os("LAB_AHEAD") {
        let clock = Clock::system();
        let ahead = move || std::fs::read_to_string(&file).ok()?.parse::<u64>().ok();
        world.clock = Clock::from_fn(move || clock.now().plus(ahead().expect("LAB_AHEAD names a number")));
    }
    if let Some(file) = env::var_os("LAB_TAPE") {
        let tape = Tape::to(file.as_ref());
        world.tap = Tap::new(move |seen| tape.write(seen));
    }
    if let Ok(temper) = env::var("LAB_TEMPER") {
        world.temper = Some(temper.parse().expect("LAB_TEMPER is one that keepers of a lab have"));
    }
    kith_cli::main_in(world)
}
