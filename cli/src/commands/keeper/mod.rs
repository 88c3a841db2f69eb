//! Running a keeper: a node that is always awake and holds envelopes for groups, and cannot read them.

mod drop;
mod enrol;
mod list;
mod quota;
mod run;
mod size;
mod status;
mod stop;

use clap::Subcommand;
use kith_node::api::types::{Code, Problem};
use kith_node::home::KeeperPaths;
use kith_node::keeper::Shown;
use tokio::runtime;

use self::size::Size;
use crate::client::Client;
use crate::context::Context;
use crate::exit::Outcome;

/// Run a keeper: a node that is always awake and holds what groups write, sealed from it
///
/// For whoever has a machine that is always on and wants to help groups whose members are seldom awake at the same time. A
/// keeper cannot read what it holds, is told no names, and needs no identity.
#[derive(Debug, Subcommand)]
#[allow(missing_docs, reason = "each command says what it is in its own file, for help as well")]
pub enum Cmd {
    Run(run::Cmd),
    Enrol(enrol::Cmd),
    List(list::Cmd),
    Quota(quota::Cmd),
    Drop(drop::Cmd),
    Status(status::Cmd),
    Stop(stop::Cmd),
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        match self {
            Cmd::Run(cmd) => cmd.run(context),
            Cmd::Enrol(cmd) => cmd.run(context),
            Cmd::List(cmd) => cmd.run(context),
            Cmd::Quota(cmd) => cmd.run(context),
            Cmd::Drop(cmd) => cmd.run(context),
            Cmd::Status(cmd) => cmd.run(context),
            Cmd::Stop(cmd) => cmd.run(context),
        }
    }
}

/// Asks the running keeper.
fn asked<T>(context: &Context, ask: impl AsyncFnOnce(&Client) -> Result<T, Problem>) -> Result<T, Problem> {
    let client = Client::new(KeeperPaths::of(context.paths()).socket());
    let runtime = runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|_| Problem::of(Code::Internal))?;
    runtime.block_on(ask(&client)).map_err(|problem| match problem.code {
        Code::NotRunning => Problem::new(
            Code::NotRunning,
            "No keeper is running in this home folder.",
            "Start it with \"kith keeper run\", or choose its folder with --home.",
        ),
        _ => problem,
    })
}

/// A place in a line.
fn line(place: &Shown) -> String {
    let held = format!("{} of {}", Size(place.used), Size(place.quota));
    let last = match (&place.last, place.claimed) {
        (Some(day), _) => format!("last exchange {day}"),
        (None, true) => "nothing exchanged yet".to_owned(),
        (None, false) => "not claimed yet".to_owned(),
    };
    format!("{:>4}  {}  since {}  {held}, {last}", place.number, place.id, place.since)
}
