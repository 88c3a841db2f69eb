//! One file for each command; verbs about one thing share a folder.

mod ack;
mod attachment;
mod block;
mod circle;
mod coach;
mod completions;
mod demo;
mod directory;
mod dm;
mod doctor;
mod edit;
mod event;
mod export;
mod group;
mod init;
mod introduce;
mod invite;
mod join;
mod keeper;
mod knock;
mod letters;
mod library;
mod lock;
mod man;
mod member;
mod mine;
mod moderation;
mod mute;
mod needs_reply;
mod notes;
mod open;
mod paths;
mod peers;
mod post;
mod proposal;
mod read;
mod recover;
mod reply;
mod report;
mod rota;
mod run;
mod search;
mod status;
mod stop;
mod suggest;
mod thread;
mod watch;
mod welcome;
mod withdraw;
mod words;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::context::Context;
use crate::exit::Outcome;

/// The heading of options that every command takes.
const EVERYWHERE: &str = "Options of every command";

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
    /// The folder of your node [usual: $KITH_HOME, else $XDG_DATA_HOME/kith, else ~/.local/share/kith]
    #[arg(long, global = true, value_name = "DIR", help_heading = EVERYWHERE)]
    pub home: Option<PathBuf>,
    /// Answer in JSON lines, for scripts
    #[arg(long, global = true, help_heading = EVERYWHERE)]
    pub json: bool,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What can be done.
#[derive(Debug, Subcommand)]
#[allow(missing_docs, reason = "each command says what it is in its own file, for help as well")]
pub enum Command {
    Init(init::Cmd),
    Recover(recover::Cmd),
    Words(words::Cmd),
    Run(run::Cmd),
    Stop(stop::Cmd),
    Open(open::Cmd),
    Lock(lock::Lock),
    Unlock(lock::Unlock),
    Status(status::Cmd),
    #[command(subcommand)]
    Group(group::Cmd),
    #[command(subcommand)]
    Invite(invite::Cmd),
    Join(join::Cmd),
    #[command(subcommand)]
    Knock(knock::Cmd),
    #[command(subcommand)]
    Directory(directory::Cmd),
    Post(post::Cmd),
    Reply(reply::Cmd),
    Coach(coach::Cmd),
    Edit(edit::Cmd),
    Withdraw(withdraw::Cmd),
    Thread(thread::Cmd),
    NeedsReply(needs_reply::Cmd),
    Claim(ack::Claim),
    Ack(ack::Ack),
    StillNeed(ack::StillNeed),
    AskToSuggest(suggest::Ask),
    Consent(suggest::Consent),
    #[command(subcommand)]
    Notes(notes::Cmd),
    Read(read::Cmd),
    Search(search::Cmd),
    Watch(watch::Cmd),
    #[command(subcommand)]
    Member(member::Cmd),
    #[command(subcommand)]
    Proposal(proposal::Cmd),
    #[command(subcommand, name = "mod")]
    Moderation(moderation::Cmd),
    #[command(subcommand)]
    Report(report::Cmd),
    Appeal(letters::Appeal),
    #[command(subcommand)]
    Rota(rota::Cmd),
    #[command(subcommand)]
    Library(library::Cmd),
    #[command(subcommand)]
    Circle(circle::Cmd),
    #[command(subcommand)]
    Attachment(attachment::Cmd),
    #[command(subcommand)]
    Welcome(welcome::Cmd),
    #[command(subcommand)]
    Introduce(introduce::Cmd),
    Match(introduce::Match),
    #[command(subcommand)]
    Event(event::Cmd),
    Letters(letters::List),
    #[command(subcommand)]
    Dm(dm::Dm),
    #[command(subcommand)]
    Buddy(dm::Buddy),
    Encourage(dm::Encourage),
    Mute(mute::Cmd),
    Unmute(mute::Unmute),
    Block(block::Cmd),
    Unblock(block::Unblock),
    Peers(peers::Cmd),
    Paths(paths::Cmd),
    Doctor(doctor::Cmd),
    #[command(subcommand)]
    Keeper(keeper::Cmd),
    Completions(completions::Cmd),
    Demo(demo::Cmd),
    Man(man::Cmd),
    #[command(subcommand)]
    Journal(mine::journal::Cmd),
    #[command(subcommand)]
    Goal(mine::goal::Cmd),
    #[command(subcommand)]
    Milestone(mine::milestone::Cmd),
    #[command(name = "checkin")]
    CheckIn(mine::check_in::Cmd),
    #[command(subcommand)]
    Skill(mine::skill::Cmd),
    #[command(subcommand)]
    Crisis(mine::crisis::Cmd),
    #[command(subcommand)]
    Tags(mine::tags::Cmd),
    #[command(subcommand)]
    Jar(mine::jar::Cmd),
    #[command(subcommand)]
    Export(export::Cmd),
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
            Command::Open(cmd) => cmd.run(context),
            Command::Lock(cmd) => cmd.run(context),
            Command::Unlock(cmd) => cmd.run(context),
            Command::Status(cmd) => cmd.run(context),
            Command::Group(cmd) => cmd.run(context),
            Command::Invite(cmd) => cmd.run(context),
            Command::Join(cmd) => cmd.run(context),
            Command::Knock(cmd) => cmd.run(context),
            Command::Directory(cmd) => cmd.run(context),
            Command::Post(cmd) => cmd.run(context),
            Command::Reply(cmd) => cmd.run(context),
            Command::Coach(cmd) => cmd.run(context),
            Command::Edit(cmd) => cmd.run(context),
            Command::Withdraw(cmd) => cmd.run(context),
            Command::Thread(cmd) => cmd.run(context),
            Command::NeedsReply(cmd) => cmd.run(context),
            Command::Claim(cmd) => cmd.run(context),
            Command::Ack(cmd) => cmd.run(context),
            Command::StillNeed(cmd) => cmd.run(context),
            Command::AskToSuggest(cmd) => cmd.run(context),
            Command::Consent(cmd) => cmd.run(context),
            Command::Notes(cmd) => cmd.run(context),
            Command::Read(cmd) => cmd.run(context),
            Command::Search(cmd) => cmd.run(context),
            Command::Watch(cmd) => cmd.run(context),
            Command::Member(cmd) => cmd.run(context),
            Command::Proposal(cmd) => cmd.run(context),
            Command::Moderation(cmd) => cmd.run(context),
            Command::Report(cmd) => cmd.run(context),
            Command::Appeal(cmd) => cmd.run(context),
            Command::Rota(cmd) => cmd.run(context),
            Command::Library(cmd) => cmd.run(context),
            Command::Circle(cmd) => cmd.run(context),
            Command::Attachment(cmd) => cmd.run(context),
            Command::Welcome(cmd) => cmd.run(context),
            Command::Introduce(cmd) => cmd.run(context),
            Command::Match(cmd) => cmd.run(context),
            Command::Event(cmd) => cmd.run(context),
            Command::Letters(cmd) => cmd.run(context),
            Command::Dm(cmd) => cmd.run(context),
            Command::Buddy(cmd) => cmd.run(context),
            Command::Encourage(cmd) => cmd.run(context),
            Command::Mute(cmd) => cmd.run(context),
            Command::Unmute(cmd) => cmd.run(context),
            Command::Block(cmd) => cmd.run(context),
            Command::Unblock(cmd) => cmd.run(context),
            Command::Peers(cmd) => cmd.run(context),
            Command::Paths(cmd) => cmd.run(context),
            Command::Doctor(cmd) => cmd.run(context),
            Command::Keeper(cmd) => cmd.run(context),
            Command::Completions(cmd) => cmd.run(context),
            Command::Demo(cmd) => cmd.run(context),
            Command::Man(cmd) => cmd.run(context),
            Command::Journal(cmd) => cmd.run(context),
            Command::Goal(cmd) => cmd.run(context),
            Command::Milestone(cmd) => cmd.run(context),
            Command::CheckIn(cmd) => cmd.run(context),
            Command::Skill(cmd) => cmd.run(context),
            Command::Crisis(cmd) => cmd.run(context),
            Command::Tags(cmd) => cmd.run(context),
            Command::Jar(cmd) => cmd.run(context),
            Command::Export(cmd) => cmd.run(context),
        }
    }
}
