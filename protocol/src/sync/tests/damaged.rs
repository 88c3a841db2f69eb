//! Frames that a wire, a bug or a liar has damaged.

use super::world::*;
use crate::sync::*;

/// Damages a frame in one of the ways a wire, a bug or a liar would.
fn mutate(frame: &mut Vec<u8>, others: &[Vec<u8>], dice: &mut Dice) {
    let place = dice.below(frame.len() as u64) as usize;
    match dice.below(7) {
        0 => frame[place] ^= 1 << dice.below(8),
        1 => frame[place] = dice.below(256) as u8,
        2 => frame.truncate(place),
        3 => drop(frame.drain(place..(place + 1 + dice.below(40) as usize).min(frame.len()))),
        4 => frame.insert(place, dice.below(256) as u8),
        5 => *frame = others[dice.below(others.len() as u64) as usize].clone(),
        _ => {
            let other = &others[dice.below(others.len() as u64) as usize];
            frame.truncate(place);
            frame.extend_from_slice(&other[other.len().min(place)..]);
        }
    }
}

#[test]
fn damaged_frames_never_panic_and_never_bring_in_what_nobody_had() {
    let mut refused = 0;
    for seed in seeds(600) {
        let mut dice = Dice::new(seed);
        let (mut a, mut b) = (Node::default(), Node::default());
        let many = [60, 400, 1_500][dice.below(3) as usize];
        let common = dice.below(100);
        for n in 0..many {
            let bytes = envelope(n + seed * 10_000, dice.below(2_000) as u32, n % 10 == 0, 20).into();
            let both = dice.chance(common);
            if both || n % 2 == 0 {
                a.put(&bytes);
            }
            if both || n % 2 == 1 {
                b.put(&bytes);
            }
        }
        let union = &a.ids() | &b.ids();
        let first = Terms { salted: dice.chance(20), ..terms(Role::Initiator, &a) };
        let second = terms(Role::Responder, &b);
        let (mut x, begin) = Side::start(a, first);
        let (mut y, _) = Side::start(b, second);
        y.inbox.extend(x.act(begin).unwrap());
        let mut heard: Vec<Vec<u8>> = Vec::new();
        let damage_at = dice.below(30);
        for turn in 0..3_000 {
            let (one, other) = if turn % 2 == 0 { (&mut y, &mut x) } else { (&mut x, &mut y) };
            let said = match one.inbox.pop_front() {
                Some(mut frame) => {
                    heard.push(frame.clone());
                    if heard.len() as u64 > damage_at && dice.chance(30) {
                        mutate(&mut frame, &heard, &mut dice);
                    }
                    one.hear(&frame)
                }
                None => one.work(),
            };
            match said {
                Ok(said) => other.inbox.extend(said),
                Err(SyncError::Misuse(what)) => panic!("SEED={seed}: a peer can make us misuse: {what}"),
                Err(_) => {
                    refused += 1;
                    break;
                }
            }
        }
        for node in [&x.node, &y.node] {
            assert!(node.ids().is_subset(&union), "SEED={seed}");
        }
    }
    assert!(refused > 0 || std::env::var("SEED").is_ok());
}
