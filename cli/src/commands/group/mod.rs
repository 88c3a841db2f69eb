//! `kith group`: open, show, leave and forget groups.

mod create;
mod forget;
mod leave;
mod list;
mod show;

use clap::Subcommand;

use crate::context::Context;
use crate::exit::Outcome;

/// What can be done with groups.
#[derive(Debug, Subcommand)]
pub enum Cmd {
    /// Open a group
    Create(create::Cmd),
    /// List your groups
    List(list::Cmd),
    /// Show one group
    Show(show::Cmd),
    /// Leave a group, and keep what you received
    Leave(leave::Cmd),
    /// Delete a group from this device
    Forget(forget::Cmd),
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        match self {
            Cmd::Create(cmd) => cmd.run(context),
            Cmd::List(cmd) => cmd.run(context),
            Cmd::Show(cmd) => cmd.run(context),
            Cmd::Leave(cmd) => cmd.run(context),
            Cmd::Forget(cmd) => cmd.run(context),
        }
    }
}
