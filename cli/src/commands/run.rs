//! `kith run`: the node itself.

use std::future::poll_fn;
use std::io;
use std::path::Path;
use std::task::Poll;
use std::time::Duration;

use clap::Args;
use kith_node::api::types::{Code, Problem, Standing};
use kith_node::home::Home;
use kith_node::identity;
use kith_node::run::{AddressError, Announce, Listen, ProxyAt, Ready, RunConfig};
use kith_node::vault::Unlocked;
use serde_json::json;
use tokio::runtime;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

use super::open;
use crate::ask;
use crate::browser;
use crate::catching_up;
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::interrupt;
use crate::phrase;
use crate::protect::{ABOUT_WORDS, Protect, numbered};

/// How long what still runs after the orderly end may take to let go.
pub(super) const LET_GO_WITHIN: Duration = Duration::from_millis(500);

/// Start your node and keep it running
///
/// Shows where the page is that opens Kith in your browser; without an identity yet, it is made there. Goes on until Ctrl-C, a signal to end, or "kith stop"; what you wrote is
/// saved before it ends.
#[derive(Args, Debug)]
pub struct Cmd {
    /// Listen at ADDR, such as 127.0.0.1 or 0.0.0.0:4001 (several are possible) [usual: $KITH_LISTEN, else everywhere]
    #[arg(long, value_name = "ADDR", value_delimiter = ',')]
    listen: Vec<Listen>,
    /// Tell others that this node is reachable at ADDR, such as home.example:4001 (several are possible)
    #[arg(long, value_name = "ADDR", value_delimiter = ',')]
    announce: Vec<Announce>,
    /// Reach others through the SOCKS5 proxy at ADDR and by no other way, such as Tor's: 127.0.0.1:9050
    #[arg(long, value_name = "ADDR")]
    proxy: Option<ProxyAt>,
    /// Look for members' nodes on the same local network, and be found there: everybody on it can see that Kith runs here
    #[arg(long, conflicts_with = "proxy")]
    lan: bool,
    /// Serve no pages for a browser, and ask here for what is needed
    #[arg(long)]
    no_web: bool,
    #[command(flatten)]
    protect: Protect,
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        let home = Home::open(context.paths().clone())?;
        let vault = self.vault(context, &home)?;
        logs();
        let (listen, announce) = (listen(self.listen)?, self.announce);
        let config = RunConfig {
            home,
            vault,
            listen,
            announce,
            proxy: self.proxy,
            lan: self.lan,
            front: (!self.no_web).then(kith_web::front),
            clock: context.world.clock.clone(),
            #[cfg(feature = "lab")]
            tap: context.world.tap.clone(),
        };
        let runtime = runtime::Builder::new_multi_thread().enable_all().build();
        let runtime = runtime.map_err(|_| Problem::of(Code::Internal))?;
        let (output, person) = (context.output, context.can_show());
        let ready = move |ready: Ready| {
            let data = json!({
                "event": "ready", "socket": ready.socket, "groups": ready.groups,
                "standing": ready.standing, "page": ready.page,
            });
            // Whoever started the node may have stopped listening. That is no reason to end it.
            let page = ready.page.as_deref().map(Path::new);
            let opened = person && page.is_some_and(browser::open);
            let _ = output.answer(&data, || serving(&ready, opened));
            if person && ready.standing == Standing::Open {
                tokio::spawn(catching_up::show(ready.socket));
            }
        };
        let ended = runtime.block_on(async {
            // Listened for from here on: a signal that comes with the first breath is an orderly end, too.
            let asked = asked_to_end();
            interrupt::disarm();
            kith_node::run::run(config, ready, asked).await
        });
        runtime.shutdown_timeout(LET_GO_WITHIN);
        ended?;
        context.progress("Your node has stopped. What you wrote is saved.");
        Ok(Ending::Done)
    }
}

impl Cmd {
    /// The identity, open; none if it is to be made, or opened, in the browser.
    fn vault(&self, context: &Context, home: &Home) -> Result<Option<Unlocked>, Problem> {
        let there = home.paths().vault().exists();
        let later = !self.no_web && !self.protect.says();
        match (there, later) {
            (false, true) => Ok(None),
            (false, false) => first_time(context, home, &self.protect).map(Some),
            // What opens without a passphrase is opened; for one, the page asks.
            (true, true) if !home.paths().key().exists() => Ok(None),
            (true, _) => self.protect.open(context, home).map(Some),
        }
    }
}

/// Where to listen: as said, else as the variable says.
fn listen(said: Vec<Listen>) -> Result<Vec<Listen>, Problem> {
    let variable = std::env::var("KITH_LISTEN").unwrap_or_default();
    if !said.is_empty() || variable.trim().is_empty() {
        return Ok(said);
    }
    let parsed: Result<_, AddressError> = variable.split(',').map(str::parse).collect();
    parsed.map_err(|error| {
        Problem::new(
            Code::Usage,
            "The variable KITH_LISTEN holds no address to listen on.",
            format!("Please {error}; several with commas between."),
        )
    })
}

/// An identity for somebody who starts with `run`.
fn first_time(context: &Context, home: &Home, protect: &Protect) -> Result<Unlocked, Problem> {
    let person = context.can_ask();
    if person {
        context.output.remark(
            "Welcome. There is no identity in this home folder yet, so let us make one. In each group you will be
\
             somebody else: no name and no key connects them. Your internet address and your hours still may.
\
             (If you have recovery words, press Ctrl-C and use \"kith recover\".)
",
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

fn serving(ready: &Ready, opened: bool) -> String {
    let page = ready.page.as_deref().map(|page| open::said(page, opened)).unwrap_or_default();
    match ready.standing {
        Standing::NoIdentity => {
            return format!("Kith is running, and waits for you in your browser. Ctrl-C stops it.\n{page}");
        }
        Standing::Locked | Standing::Opening => {
            return format!(
                "Kith is running, and locked. Ctrl-C stops it.\n{page}\nOr in another window: \"kith unlock\"."
            );
        }
        Standing::Open => {}
    }
    let groups = match ready.groups.len() {
        0 => "You are not in a group yet. In another window: \"kith join\" takes an invite, \"kith group create\" \
              opens a group."
            .to_owned(),
        some => format!(
            "It serves {}. In another window: \"kith status\".",
            phrase::count(u64::try_from(some).unwrap_or(u64::MAX), "group", "groups")
        ),
    };
    format!(
        "Your node is running. Ctrl-C stops it.\n{page}{}{groups}",
        if page.is_empty() { "" } else { "\n" }
    )
}

/// Logs go to stderr; `KITH_LOG` (else `RUST_LOG`) says how much, in the form of tracing's filters.
pub(super) fn logs() {
    let said = ["KITH_LOG", "RUST_LOG"].iter().find_map(|name| std::env::var(name).ok());
    // Gossipsub writes topics and whole messages into its logs: it is silent whatever was asked for.
    let silent = ["libp2p_gossipsub=off"];
    // What these warn of happens every day: routers that let nobody in, and networks without one of both internets.
    let usual = "warn,libp2p_autonat=error,libp2p_kad=error,quinn_udp=error";
    let filter = EnvFilter::new(said.as_deref().unwrap_or(usual));
    let filter = silent.iter().filter_map(|rule| rule.parse().ok()).fold(filter, EnvFilter::add_directive);
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).with_ansi(false);
    // Another program may have set its own, as tests do.
    let _ = logs.try_init();
}

/// Ctrl-C, a polite end by the system, or the terminal gone.
pub(super) fn asked_to_end() -> impl Future<Output = ()> + Send {
    let mut wanted = Vec::new();
    for kind in [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()] {
        match signal(kind) {
            Ok(signal) => wanted.push(signal),
            Err(error) => tracing::warn!(%error, "a signal cannot be waited for"),
        }
    }
    async move {
        poll_fn(|task| {
            let came = wanted.iter_mut().any(|signal| signal.poll_recv(task).is_ready());
            if came { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
        tokio::spawn(in_a_hurry());
    }
}

/// A second Ctrl-C ends the node at once. What was acknowledged is saved, whenever the process ends.
async fn in_a_hurry() {
    if let Ok(mut interrupts) = signal(SignalKind::interrupt()) {
        interrupts.recv().await;
        std::process::exit(i32::from(Code::Interrupted.exit()));
    }
}
