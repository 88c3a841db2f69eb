//! `kith keeper status`.

use clap::Args;
use kith_node::keeper::Status;

use super::asked;
use super::size::Size;
use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::phrase;

/// Show totals: places, bytes, connections, and what was refused
#[derive(Args, Debug)]
pub struct Cmd {}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        let route = Route::new(&["status"])?;
        let status: Status = asked(context, async |keeper| keeper.get(route).await)?;
        context.output.answer(&status, || words(&status))?;
        Ok(Ending::Done)
    }
}

fn words(status: &Status) -> String {
    let mut words = format!(
        "{}, {} of them claimed.\n{} held of {} that may be; {} on the disk.\n{} on port {}, {} of them proved.",
        phrase::count(status.places, "place", "places"),
        status.claimed,
        Size(status.used),
        Size(status.quota),
        Size(status.disk),
        phrase::count(status.connections, "connection", "connections"),
        status.port,
        status.proved,
    );
    let counted: Vec<String> = status
        .counters
        .iter()
        .filter(|(_, count)| **count > 0)
        .map(|(name, count)| format!("  {:<22} {count}", name.replace('_', " ")))
        .collect();
    if !counted.is_empty() {
        words.push_str(&format!("\nSince the start:\n{}", counted.join("\n")));
    }
    words
}
