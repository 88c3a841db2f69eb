//! `kith directory`: finding a group that one does not know, and being found.

mod browse;
mod file;
mod knock;
mod make;
mod publish;
mod reading;

use std::path::PathBuf;

use clap::Subcommand;

use crate::context::Context;
use crate::exit::Outcome;

/// Find a group that you do not know, or let yours be found
///
/// A directory is a file of listings: what groups say of themselves to strangers. Your node fetches the whole of it and
/// looks through it on this device: what you look for is sent to nobody.
#[derive(Debug, Subcommand)]
pub enum Cmd {
    Browse(browse::Browse),
    Show(browse::Show),
    Knock(knock::Cmd),
    Add(reading::Add),
    /// List the directories that you read
    List,
    Refresh(reading::Refresh),
    Remove(reading::Remove),
    Publish(publish::Publish),
    Listing(publish::Listing),
    End(publish::End),
    Make(make::Cmd),
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        match self {
            Cmd::Browse(cmd) => cmd.run(context),
            Cmd::Show(cmd) => cmd.run(context),
            Cmd::Knock(cmd) => cmd.run(context),
            Cmd::Add(cmd) => cmd.run(context),
            Cmd::List => reading::list(context),
            Cmd::Refresh(cmd) => cmd.run(context),
            Cmd::Remove(cmd) => cmd.run(context),
            Cmd::Publish(cmd) => cmd.run(context),
            Cmd::Listing(cmd) => cmd.run(context),
            Cmd::End(cmd) => cmd.run(context),
            Cmd::Make(cmd) => cmd.run(context),
        }
    }
}

/// Where a file for a directory is written.
#[derive(clap::Args, Debug)]
pub struct Out {
    /// Write what is handed to a directory to FILE, in place of what is there
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
}
