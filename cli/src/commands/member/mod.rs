//! `kith member`: who is in a group, and acts on members.

mod demote;
mod elect;
mod list;
mod promote;
mod remove;
mod step_back;

use clap::Subcommand;

use crate::context::Context;
use crate::exit::Outcome;

/// See who is in a group, and act on members
#[derive(Debug, Subcommand)]
pub enum Cmd {
    List(list::Cmd),
    Promote(promote::Cmd),
    Demote(demote::Cmd),
    StepBack(step_back::Cmd),
    Elect(elect::Cmd),
    Remove(remove::Cmd),
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        match self {
            Cmd::List(cmd) => cmd.run(context),
            Cmd::Promote(cmd) => cmd.run(context),
            Cmd::Demote(cmd) => cmd.run(context),
            Cmd::StepBack(cmd) => cmd.run(context),
            Cmd::Elect(cmd) => cmd.run(context),
            Cmd::Remove(cmd) => cmd.run(context),
        }
    }
}
