//! The rules can fail: nodes that are broken on purpose are noticed within a few lives.

use std::panic::{AssertUnwindSafe, catch_unwind};

use kith_protocol::sim::{Flaw, Life, Size};

/// How many lives it may take until a flaw shows.
const LIVES: u64 = 60;

/// What breaks first where every node has this flaw.
fn noticed(flaw: Flaw, size: Size) -> String {
    let broken = |seed| {
        let mut life = Life::begin(seed, size).with_flaw(flaw);
        let lived = catch_unwind(AssertUnwindSafe(|| {
            life.run();
            life.check()
        }));
        lived.map_or_else(|_| Some("it stopped".into()), Result::err)
    };
    (0..LIVES).find_map(broken).unwrap_or_else(|| panic!("{flaw:?} went by unnoticed"))
}

#[test]
fn who_sends_under_an_old_epoch_is_noticed() {
    let said = noticed(Flaw::OldEpoch, Size::LARGE);
    assert!(said.contains("knew them to be out"), "{said}");
}

#[test]
fn who_loses_what_they_wrote_is_noticed() {
    assert!(noticed(Flaw::Forgetful, Size::LARGE).contains("lost what they wrote"));
}

#[test]
fn who_answers_no_call_is_noticed() {
    let said = noticed(Flaw::Mute, Size::LARGE);
    assert!(said.contains("cannot read") || said.contains("hold other control entries"), "{said}");
}

#[test]
fn who_shows_posts_as_they_come_is_noticed() {
    assert!(noticed(Flaw::Hasty, Size::SMALL).contains("in another order"));
}

#[test]
fn who_takes_in_no_removal_is_noticed() {
    noticed(Flaw::Trusting, Size::LARGE);
}

#[test]
fn who_keeps_what_was_taken_back_is_noticed() {
    assert!(noticed(Flaw::Hoarding, Size::LARGE).contains("which was taken back"));
}

#[test]
fn who_gives_keys_to_somebody_who_waits_is_noticed() {
    assert!(noticed(Flaw::Welcoming, Size::LARGE).contains("gave a key to"));
}
