//! `kith keeper run`: the keeper itself.

use clap::Args;
use kith_node::api::types::{Code, Problem};
use kith_node::home::{HomeError, KeeperHome};
use kith_node::keeper::{Line, Ready, RunConfig};
use kith_node::run::{Announce, Listen};
use serde_json::json;
use tokio::runtime;

use crate::commands::run::{LET_GO_WITHIN, asked_to_end, logs};
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::{interrupt, phrase};

/// Start the keeper and keep it running
///
/// Goes on until Ctrl-C, a signal to end, or "kith keeper stop". It needs a port, UDP and TCP, that others can reach: open
/// it in the router or firewall, and name it with --announce. What it says here never names a member or where they are.
#[derive(Args, Debug)]
pub struct Cmd {
    /// Use port N, UDP and TCP [usual: as the settings say, else the one of last time]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    port: Option<u16>,
    /// Listen at ADDR, such as 127.0.0.1 (several are possible) [usual: everywhere]
    #[arg(long, value_name = "ADDR", value_delimiter = ',')]
    listen: Vec<Listen>,
    /// Tell groups that this keeper is reachable at ADDR, such as keeper.example:4001 (several are possible)
    #[arg(long, value_name = "ADDR", value_delimiter = ',')]
    announce: Vec<Announce>,
    /// Serve a page with totals on port N of 127.0.0.1, for a browser on this machine; 0 is any
    #[arg(long, value_name = "N")]
    page: Option<u16>,
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        let home = KeeperHome::open(context.paths()).map_err(|error| match error {
            HomeError::InUse { .. } => Problem::new(
                Code::HomeInUse,
                "A keeper is already running in this home folder.",
                "Stop it with \"kith keeper stop\", or choose another folder with --home.",
            ),
            other => other.into(),
        })?;
        logs();
        let config = RunConfig {
            home,
            listen: self.listen,
            port: self.port,
            announce: self.announce,
            page: self.page,
            clock: context.world.clock.clone(),
            #[cfg(feature = "lab")]
            tap: context.world.tap.clone(),
            #[cfg(feature = "lab")]
            temper: context.world.temper,
        };
        let runtime = runtime::Builder::new_multi_thread().enable_all().build();
        let runtime = runtime.map_err(|_| Problem::of(Code::Internal))?;
        let output = context.output;
        let ready = move |ready: &Ready| {
            let data = json!({
                "event": "ready", "socket": ready.socket, "port": ready.port, "places": ready.places,
                "page": ready.page.map(|page| format!("http://{page}/")), "lost": ready.lost,
            });
            // Whoever started the keeper may have stopped listening. That is no reason to end it.
            let _ = output.answer(&data, || serving(ready));
        };
        let say = move |line: Line| {
            let (event, place, words) = said(line);
            let _ = output.answer(&json!({ "event": event, "place": place }), || words);
        };
        let ended = runtime.block_on(async {
            let asked = asked_to_end();
            interrupt::disarm();
            kith_node::keeper::run(config, ready, say, asked).await
        });
        runtime.shutdown_timeout(LET_GO_WITHIN);
        ended?;
        context.progress("The keeper has stopped. What it holds is saved.");
        Ok(Ending::Done)
    }
}

fn serving(ready: &Ready) -> String {
    let mut words = format!(
        "The keeper is running on port {}, UDP and TCP. Ctrl-C stops it.\nIt has {}. In another window: \
         \"kith keeper enrol\" makes one for a group.",
        ready.port,
        phrase::count(ready.places, "place", "places"),
    );
    if let Some(page) = ready.page {
        words.push_str(&format!("\nTotals: http://{page}/"));
    }
    if ready.lost {
        words.push_str(
            "\nIts database could not be read. It was set aside, as \"db.damaged\" in the keeper's folder, and all places \
             are gone: make new ones, and give their links to the groups. Their members' nodes have everything.",
        );
    }
    words
}

/// What it says of something: for scripts a word and a place, for people a sentence.
fn said(line: Line) -> (&'static str, u32, String) {
    match line {
        Line::Enrolled(place) => ("enrolled", place, format!("Place {place} was made.")),
        Line::Claimed(place) => ("claimed", place, format!("Place {place}: its group has claimed it.")),
        Line::Full(place) => (
            "full",
            place,
            format!("Place {place} is full. \"kith keeper quota {place} SIZE\" gives it more room."),
        ),
        Line::Dropped(place) => ("dropped", place, format!("Place {place} was deleted.")),
    }
}
