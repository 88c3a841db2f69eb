//! One suite for both stores, and what only the one on disk can do.

use std::path::Path;

use super::*;

mod alike;
mod chunks;
mod copying;
mod files;
mod suite;

const CACHE: u64 = 8 << 20;

fn month_key(month: Month) -> [u8; 32] {
    [month.0 as u8 | 0x80; 32]
}

fn keys() -> DataKeys {
    let months = (680..690).map(|month| (Month(month), month_key(Month(month)))).collect();
    DataKeys::new([0xc3; 32], months)
}

fn sled_store(dir: &Path) -> SledStore {
    SledStore::open(dir, keys(), CACHE).unwrap()
}

/// An hour in the `month`-th month after October 2026 (which is number 681).
fn hour(month: u32) -> Hour {
    Hour(497_700 + month * 24 * 30)
}

fn id(number: u64) -> EnvelopeId {
    EnvelopeId(kith_protocol::id::hash("test/envelope", &[&number.to_be_bytes()]))
}

fn entry_id(number: u64) -> EntryId {
    EntryId(kith_protocol::id::hash("test/entry", &[&number.to_be_bytes()]))
}

fn placed(number: u64) -> Placed {
    Placed {
        entry: entry_id(number),
        author: AuthorId([(number % 5) as u8; 8]),
        log: LogId([7; 8]),
        seq: number / 5,
        lamport: number / 3,
        reply_to: (number % 4 == 1).then(|| entry_id(number - 1).short()),
    }
}

/// Content, placed.
fn post(number: u64) -> Put {
    Put {
        id: id(number),
        hour: hour((number / 50 % 4) as u32),
        control: false,
        bytes: vec![number as u8; 300 + (number as usize * 31) % 500],
        placed: Some(placed(number)),
    }
}

fn waiting(number: u64) -> Put {
    Put { placed: None, ..post(number) }
}

fn control(number: u64) -> Put {
    Put { control: true, ..post(number) }
}

fn puts(puts: impl IntoIterator<Item = Put>) -> Vec<Change> {
    puts.into_iter().map(Change::Put).collect()
}
