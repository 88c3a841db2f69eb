//! The workloads W1 to W8, on whole nodes in processes of their own, over the local API and loopback.
//!
//! `cargo bench -p kith-tests --bench workloads [-- POSTS…]`; 10 000 and 100 000 if no size is given. Each
//! figure is the median of three, with the least and the greatest; the last column is the greatest size against
//! the least. What is measured and what is not stands beside each figure: these are whole nodes, asked over
//! HTTP, with everything sealed, signed per post, and durable before it is acknowledged.

mod fixture;
mod table;
mod workloads;

use std::env;

use table::Table;

/// The sizes that are compared if none is given.
const SIZES: [u64; 2] = [10_000, 100_000];

fn main() {
    // Cargo adds `--bench`.
    let given: Vec<u64> = env::args().skip(1).filter_map(|argument| argument.parse().ok()).collect();
    let sizes = if given.is_empty() { SIZES.to_vec() } else { given };
    let mut table = Table::new(&sizes);
    for (column, size) in sizes.iter().enumerate() {
        workloads::run(*size, column, &mut table);
    }
    println!("{}", table.text());
}
