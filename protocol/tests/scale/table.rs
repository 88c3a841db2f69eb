//! A line for each run.

use super::setting::{Cost, Run};

pub fn head() {
    println!(
        "| nodes | connections each | posts | missing | there: p50 | p99 | most | back: p50 | p99 | healed | posts B | talk B | sync B | addresses B | idle B/s |"
    );
    println!("|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
}

fn seconds(time: u64) -> String {
    format!("{:.2} s", time as f64 / 1e6)
}

fn part(sorted: &[u64], of_thousand: usize) -> String {
    let place = (sorted.len() * of_thousand / 1000).min(sorted.len().saturating_sub(1));
    sorted.get(place).map_or("–".into(), |time| seconds(*time))
}

/// Bytes are those sent for one post by one node, on average, whatever they were sent for.
pub fn line(run: &Run) {
    let each = |cost: Cost| run.cost[cost as usize] / run.posts.max(1) / run.nodes as u64;
    println!(
        "| {} | {:.0} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {:.0} |",
        run.nodes,
        run.connections,
        run.posts,
        run.missing,
        part(&run.delays, 500),
        part(&run.delays, 990),
        part(&run.delays, 1000),
        part(&run.catching_up, 500),
        part(&run.catching_up, 990),
        seconds(run.healed),
        each(Cost::Post),
        each(Cost::Talk),
        each(Cost::Sync),
        each(Cost::Addresses),
        run.idle,
    );
}
