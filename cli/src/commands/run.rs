//! `kith run`: the node itself.

use std::io;
use std::time::Duration;

use clap::Args;
use kith_node::api::types::{Code, Problem};
use kith_node::home::Home;
use kith_node::identity;
use kith_node::run::{Announce, Listen, Ready, RunConfig};
use kith_node::vault::Unlocked;
use serde_json::json;
use tokio::runtime;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

use crate::ask;
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::phrase;
use crate::protect::{ABOUT_WORDS, Protect, numbered};

/// How long what still runs after the orderly end may take to let go.
const LET_GO_WITHIN: Duration = Duration::from_millis(500);

/// Start your node and keep it running
///
/// Makes an identity if there is none. Goes on until Ctrl-C, a signal to end, or "kith stop"; what you wrote is
/// saved before it ends.
#[derive(Args, Debug)]
pub struct Cmd {
    /// Listen at ADDR, such as 127.0.0.1 or 0.0.0.0:4001 (several are possible) [usual: everywhere]
    #[arg(long, value_name = "ADDR", env = "KITH_LISTEN", hide_env_values = true, value_delimiter = ',')]
    listen: Vec<Listen>,
    /// Tell others that this node is reachable at ADDR, such as home.example:4001 (several are possible)
    #[arg(long, value_name = "ADDR", value_delimiter = ',')]
    announce: Vec<Announce>,
    #[command(flatten)]
    protect: Protect,
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        let home = Home::open(context.paths().clone())?;
        let vault = if home.paths().vault().exists() {
            self.protect.open(context, &home)?
        } else {
            first_time(context, &home, &self.protect)?
        };
        logs();
        let config = RunConfig { home, vault, listen: self.listen, announce: self.announce };
        let runtime = runtime::Builder::new_multi_thread().enable_all().build();
        let runtime = runtime.map_err(|_| Problem::of(Code::Internal))?;
        let output = context.output;
        let ready = move |ready: Ready| {
            let data = json!({ "event": "ready", "socket": ready.socket, "groups": ready.groups });
            // Whoever started the node may have stopped listening. That is no reason to end it.
            let _ = output.answer(&data, || serving(&ready));
        };
        let ended = runtime.block_on(kith_node::run::run(config, ready, asked_to_end()));
        runtime.shutdown_timeout(LET_GO_WITHIN);
        ended?;
        context.progress("Your node has stopped. What you wrote is saved.");
        Ok(Ending::Done)
    }
}

/// An identity for somebody who starts with `run`.
fn first_time(context: &Context, home: &Home, protect: &Protect) -> Result<Unlocked, Problem> {
    let person = context.can_ask();
    if person {
        context.output.remark(
            "Welcome. There is no identity in this home folder yet, so let us make one. In each group you will be\n\
             somebody else, and nobody can see that it is the same person.\n\
             (If you have recovery words, press Ctrl-C and use \"kith recover\".)\n",
        );
    }
    let protection = protect.new_identity(context, home)?;
    context.progress("Making your identity…");
    let vault = identity::create(home, &protection)?;
    if person {
        let words = identity::words(&vault);
        context.output.remark(&format!("\n{}\n{ABOUT_WORDS}\n", *numbered(&words)));
        ask::line("Press Enter when they are on paper.")?;
    } else {
        context.output.remark(
            "A new identity was made. Nobody was there to see its recovery words: show them with \"kith words\" \
             while the node is stopped.",
        );
    }
    Ok(vault)
}

fn serving(ready: &Ready) -> String {
    let groups = match ready.groups.len() {
        0 => "You are not in a group yet. In another window: \"kith join\" takes an invite, \"kith group create\" \
              opens a group."
            .to_owned(),
        some => format!(
            "It serves {}. In another window: \"kith status\".",
            phrase::count(u64::try_from(some).unwrap_or(u64::MAX), "group", "groups")
        ),
    };
    format!("Your node is running. {groups}\nCtrl-C stops it.")
}

/// Logs go to stderr; `KITH_LOG` (else `RUST_LOG`) says how much, in the form of tracing's filters.
fn logs() {
    let said = ["KITH_LOG", "RUST_LOG"].iter().find_map(|name| std::env::var(name).ok());
    let filter = EnvFilter::new(said.as_deref().unwrap_or("warn"));
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).with_ansi(false);
    // Another program may have set its own, as tests do.
    let _ = logs.try_init();
}

/// Ctrl-C, a polite end by the system, or the terminal gone.
async fn asked_to_end() {
    let mut wanted = Vec::new();
    for kind in [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()] {
        match signal(kind) {
            Ok(signal) => wanted.push(signal),
            Err(error) => tracing::warn!(%error, "a signal cannot be waited for"),
        }
    }
    std::future::poll_fn(|task| {
        if wanted.iter_mut().any(|signal| signal.poll_recv(task).is_ready()) {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
}
