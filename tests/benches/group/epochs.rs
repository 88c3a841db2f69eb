//! A new epoch in a group of 500.

use std::time::Instant;

use kith_protocol::charter::History;
use kith_protocol::limits;
use kith_protocol::sim::Node;

use super::REPEATS;
use super::table::Table;

/// A new epoch, in milliseconds, at most.
const MINT: f64 = 500.0;
/// Its envelope, in KiB, at most.
const ENVELOPE: f64 = 64.0;

/// Removes somebody from the largest group there may be, and begins the epoch they have no part in.
pub fn run(table: &mut Table) {
    let mut founder = Node::found("founder", &[], History::All);
    let ticket = founder.invite(500).expect("a founder invites");
    let mut keys = Vec::new();
    while keys.len() < limits::MEMBERS {
        let name = format!("member {}", keys.len());
        keys.push(Node::join(&name, &ticket, &mut founder).expect("let in").key());
    }
    eprintln!("{} members:", limits::MEMBERS);
    let (mut removed, mut minted, mut size) = (Vec::new(), Vec::new(), Vec::new());
    for key in keys.iter().take(REPEATS) {
        let before = founder.mints;
        let begun = Instant::now();
        founder.say_removal(key).expect("a founder removes");
        removed.push(begun.elapsed().as_secs_f64() * 1e3);
        let begun = Instant::now();
        founder.ready().expect("a founder can send");
        minted.push(begun.elapsed().as_secs_f64() * 1e3);
        assert_eq!(founder.mints, before + 1);
        let mint = founder.held.in_order().last().expect("the mint");
        size.push(mint.envelope().encode().len() as f64 / 1024.0);
    }
    let members = limits::MEMBERS;
    table.enter(
        &format!("{members} members: a removal: judged, written, sealed, let in"),
        "ms",
        None,
        removed,
    );
    table.enter("  the new epoch: wrapped for all, written, sealed, let in", "ms", Some(MINT), minted);
    table.enter("  its envelope", "KiB", Some(ENVELOPE), size);
}
