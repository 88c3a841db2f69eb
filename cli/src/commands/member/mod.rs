//! `kith member`: who is in a group, and acts on members.

mod list;
mod promote;
mod remove;

use clap::Subcommand;

use crate::context::Context;
use crate::exit::Outcome;

/// What can be done with members.
#[derive(Debug, Subcommand)]
pub enum Cmd {
    /// List the members of a group
    List(list::Cmd),
    /// Make a member a facilitator or a helper
    Promote(promote::Cmd),
    /// Remove a member from a group
    Remove(remove::Cmd),
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        match self {
            Cmd::List(cmd) => cmd.run(context),
            Cmd::Promote(cmd) => cmd.run(context),
            Cmd::Remove(cmd) => cmd.run(context),
        }
    }
}
