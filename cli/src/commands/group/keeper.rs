//! `kith group keeper`: nodes that are always awake and hold what the group writes, unread.

use std::io::{self, Read};

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand};
use kith_node::api::types::{AddKeeper, Code, Keeper, KeeperList, KeeperState, Problem};

use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::{ask, attach, phrase, plain, when};

/// The longest text that is taken for a link, in bytes.
const LINK_MOST: u64 = 12 * 1024;

/// See, add or remove keepers: nodes that hold what the group writes for those who are away
///
/// A keeper cannot read anything and adds nobody. Whoever runs it sees how much is written in the group and when, and
/// from which network addresses members come.
#[derive(Debug, Subcommand)]
pub enum Cmd {
    Add(Add),
    List(List),
    Remove(Remove),
}

/// Bring a keeper in, as a facilitator, by the link that whoever runs it gave you
#[derive(Args, Debug)]
pub struct Add {
    /// The group: its id, the beginning of it (6 characters or more), or its exact title
    #[arg(value_name = "GROUP", value_parser = NonEmptyStringValueParser::new())]
    group: String,
    /// The link, or "-" to read it from stdin; you are asked for it if you leave it out
    #[arg(value_name = "LINK")]
    link: Option<String>,
}

/// List the keepers of a group
#[derive(Args, Debug)]
pub struct List {
    /// The group: its id, the beginning of it (6 characters or more), or its exact title
    #[arg(value_name = "GROUP", value_parser = NonEmptyStringValueParser::new())]
    group: String,
}

/// Bring nothing more to a keeper, as a facilitator, for all the group
///
/// What it holds by now it may go on holding, unread; ask whoever runs it to drop it ("kith keeper drop").
#[derive(Args, Debug)]
pub struct Remove {
    /// The group: its id, the beginning of it (6 characters or more), or its exact title
    #[arg(value_name = "GROUP", value_parser = NonEmptyStringValueParser::new())]
    group: String,
    /// The keeper: its place, as "kith group keeper list" shows it, or the beginning of it (6 characters or more)
    #[arg(value_name = "PLACE", value_parser = NonEmptyStringValueParser::new())]
    place: String,
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        match self {
            Cmd::Add(cmd) => {
                context.before_asking()?;
                let route = Route::new(&["groups", &cmd.group, "keepers"])?;
                let link = link(context, cmd.link)?;
                context.progress("Asking the keeper.");
                let add = AddKeeper { link };
                let list: KeeperList = context.node(async |node| node.post(route, &add).await)?;
                answer(context, &list)
            }
            Cmd::List(cmd) => {
                let route = Route::new(&["groups", &cmd.group, "keepers"])?;
                let list: KeeperList = context.node(async |node| node.get(route).await)?;
                answer(context, &list)
            }
            Cmd::Remove(cmd) => {
                let route = Route::new(&["groups", &cmd.group, "keepers", &cmd.place])?;
                let list: KeeperList = context.node(async |node| node.delete(route).await)?;
                answer(context, &list)
            }
        }
    }
}

fn link(context: &Context, given: Option<String>) -> Result<String, Problem> {
    match given.as_deref() {
        Some("-") => {
            let mut link = String::new();
            let read = io::stdin().lock().take(LINK_MOST).read_to_string(&mut link);
            read.map_err(|_| Problem::of(Code::BadLink))?;
            Ok(link)
        }
        Some(link) => Ok(link.to_owned()),
        None if context.can_ask() => Ok(ask::needed("The keeper's link:")?.to_string()),
        None => Err(phrase::say_it("The keeper's link", "LINK, or \"-\" and the link on stdin")),
    }
}

fn answer(context: &Context, list: &KeeperList) -> Outcome {
    context.output.answer(list, || words(list))?;
    Ok(Ending::Done)
}

fn words(list: &KeeperList) -> String {
    if list.keepers.is_empty() {
        return "The group has no keeper: what is written travels while members' nodes are awake together."
            .into();
    }
    list.keepers.iter().map(line).collect()
}

fn line(keeper: &Keeper) -> String {
    let place = phrase::id(&keeper.place);
    if keeper.state == KeeperState::Asked {
        return format!("{place}  was asked and has not answered yet; your node goes on trying.\n");
    }
    let by = keeper
        .name
        .as_deref()
        .map_or_else(String::new, |name| format!(", brought in by {}", plain::line(name)));
    let since = keeper.since.as_ref().map_or_else(String::new, |since| format!(" {}", when::friendly(since)));
    let room = match (keeper.used, keeper.quota) {
        (Some(used), Some(quota)) => format!("; holds {} of {}", attach::size(used), attach::size(quota)),
        _ => String::new(),
    };
    let now = if keeper.connected { "connected" } else { "not connected now" };
    let at = keeper.addresses.first().map(|address| format!("\n    {}", plain::line(address)));
    format!("{place}  {now}{room}{by}{since}{}\n", at.unwrap_or_default())
}
