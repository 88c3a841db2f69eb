//! `kith group`: open, show, leave and forget groups.

mod charter;
mod create;
mod forget;
mod health;
mod keep;
mod keeper;
mod leave;
mod list;
mod record;
mod show;
mod templates;

use clap::Subcommand;

use crate::context::Context;
use crate::exit::Outcome;

/// Open, show, govern, leave or forget groups
#[derive(Debug, Subcommand)]
pub enum Cmd {
    Create(create::Cmd),
    List(list::Cmd),
    Show(show::Cmd),
    Leave(leave::Cmd),
    #[command(subcommand)]
    Charter(charter::Cmd),
    Record(record::Cmd),
    Keep(keep::Cmd),
    #[command(subcommand)]
    Keeper(keeper::Cmd),
    Templates(templates::Cmd),
    Health(health::Cmd),
    Forget(forget::Cmd),
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        match self {
            Cmd::Create(cmd) => cmd.run(context),
            Cmd::List(cmd) => cmd.run(context),
            Cmd::Show(cmd) => cmd.run(context),
            Cmd::Leave(cmd) => cmd.run(context),
            Cmd::Charter(cmd) => cmd.run(context),
            Cmd::Record(cmd) => cmd.run(context),
            Cmd::Keep(cmd) => cmd.run(context),
            Cmd::Keeper(cmd) => cmd.run(context),
            Cmd::Templates(cmd) => cmd.run(context),
            Cmd::Health(cmd) => cmd.run(context),
            Cmd::Forget(cmd) => cmd.run(context),
        }
    }
}
