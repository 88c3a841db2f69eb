//! `kith group`: open, show, leave and forget groups.

mod create;
mod forget;
mod leave;
mod list;
mod show;

use clap::Subcommand;

use crate::context::Context;
use crate::exit::Outcome;

/// Open, show, leave or forget groups
#[derive(Debug, Subcommand)]
pub enum Cmd {
    Create(create::Cmd),
    List(list::Cmd),
    Show(show::Cmd),
    Leave(leave::Cmd),
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
