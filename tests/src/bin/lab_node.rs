//! The command line `kith` in a lab: `LAB_CLOCK` (in seconds) sets its clock wrong, and what passes between the
//! node and libp2p is written into the file that `LAB_TAPE` names.

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
    if let Some(file) = env::var_os("LAB_TAPE") {
        let tape = Tape::to(file.as_ref());
        world.tap = Tap::new(move |seen| tape.write(seen));
    }
    kith_cli::main_in(world)
}
