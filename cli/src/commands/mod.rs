//! One file for each command; verbs about one thing share a folder.

mod completions;
mod doctor;
mod group;
mod init;
mod invite;
mod join;
mod man;
mod member;
mod paths;
mod peers;
mod post;
mod read;
mod recover;
mod reply;
mod run;
mod status;
mod stop;
mod thread;
mod watch;
mod words;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::context::Context;
use crate::exit::Outcome;

/// A place to talk with people going through something similar.
///
/// Everyone here is a peer. Nobody is your therapist, and nobody watches around the clock: if you are in
/// danger, call your emergency number. Your node runs on this device; what you write goes to the nodes of the
/// group's members and is kept there, sealed from everybody else.
#[derive(Debug, Parser)]
#[command(name = "kith", version, arg_required_else_help = true, subcommand_required = true)]
#[command(max_term_width = 100, after_help = "Start with \"kith run\". The manual: \"kith man\".")]
#[command(disable_help_subcommand = true)]
pub struct Cli {
    /// The folder of your node (usual: $XDG_DATA_HOME/kith, or ~/.local/share/kith)
    #[arg(long, global = true, value_name = "DIR", env = "KITH_HOME", hide_env_values = true)]
    pub home: Option<PathBuf>,
    /// Answer in JSON lines, for scripts
    #[arg(long, global = true)]
    pub json: bool,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What can be done.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make your identity
    Init(init::Cmd),
    /// Bring your identity back with the recovery words
    Recover(recover::Cmd),
    /// Show your recovery words again
    Words(words::Cmd),
    /// Start your node and keep it running
    Run(run::Cmd),
    /// Stop your node
    Stop(stop::Cmd),
    /// Show how your node and your groups do
    Status(status::Cmd),
    /// Open, show, leave or forget groups
    #[command(subcommand)]
    Group(group::Cmd),
    /// Invite people
    #[command(subcommand)]
    Invite(invite::Cmd),
    /// Join a group with an invite link, or come back to it
    Join(join::Cmd),
    /// Write to a group
    Post(post::Cmd),
    /// Answer a post
    Reply(reply::Cmd),
    /// Show a post with its answers
    Thread(thread::Cmd),
    /// Read what a group wrote
    Read(read::Cmd),
    /// Show new posts of a group as they arrive
    Watch(watch::Cmd),
    /// See who is in a group, and act on members
    #[command(subcommand)]
    Member(member::Cmd),
    /// Show members' nodes that are connected now
    Peers(peers::Cmd),
    /// Show where your node keeps its files
    Paths(paths::Cmd),
    /// Look for problems and say what to do
    Doctor(doctor::Cmd),
    /// Print completions for your shell
    Completions(completions::Cmd),
    /// Print the manual page
    Man(man::Cmd),
}

impl Command {
    /// Does it.
    ///
    /// # Errors
    /// What went wrong, with what to do.
    pub fn run(self, context: &Context) -> Outcome {
        match self {
            Command::Init(cmd) => cmd.run(context),
            Command::Recover(cmd) => cmd.run(context),
            Command::Words(cmd) => cmd.run(context),
            Command::Run(cmd) => cmd.run(context),
            Command::Stop(cmd) => cmd.run(context),
            Command::Status(cmd) => cmd.run(context),
            Command::Group(cmd) => cmd.run(context),
            Command::Invite(cmd) => cmd.run(context),
            Command::Join(cmd) => cmd.run(context),
            Command::Post(cmd) => cmd.run(context),
            Command::Reply(cmd) => cmd.run(context),
            Command::Thread(cmd) => cmd.run(context),
            Command::Read(cmd) => cmd.run(context),
            Command::Watch(cmd) => cmd.run(context),
            Command::Member(cmd) => cmd.run(context),
            Command::Peers(cmd) => cmd.run(context),
            Command::Paths(cmd) => cmd.run(context),
            Command::Doctor(cmd) => cmd.run(context),
            Command::Completions(cmd) => cmd.run(context),
            Command::Man(cmd) => cmd.run(context),
        }
    }
}
