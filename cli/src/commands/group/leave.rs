//! `kith group leave`.

use std::path::PathBuf;

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use kith_node::api::types::{Group, Leave, Left, WithdrawnAll};

use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::{ask, phrase, reason};

/// Leave a group, and keep what you received
///
/// You can leave any time, with no reason. The others see that you left. What you wrote stays with them, unless you
/// take it back.
/// "kith group forget" deletes the group from this device; let the word that you left go out first.
#[derive(Args, Debug)]
pub struct Cmd {
    /// The group: its id, the beginning of it (6 characters or more), or its exact title
    #[arg(value_name = "GROUP", value_parser = NonEmptyStringValueParser::new())]
    group: String,
    /// Take back all that you wrote there before you go
    #[arg(long)]
    withdraw_posts: bool,
    /// A word of goodbye, from FILE ("-" is stdin)
    #[arg(long, value_name = "FILE")]
    goodbye_file: Option<PathBuf>,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        if context.can_ask() && !self.yes {
            let route = Route::new(&["groups", &self.group])?;
            let group: Group = context.node(async |node| node.get(route).await)?;
            let title = phrase::title(group.title.as_deref());
            if !ask::whether(&format!("Leave {title}?"))? {
                context.output.remark("Nothing has changed.");
                return Ok(Ending::Done);
            }
        }
        let goodbye = self.goodbye_file.as_deref().map(reason::read).transpose()?;
        if self.withdraw_posts {
            let route = Route::new(&["groups", &self.group, "withdraw"])?;
            context.node(async |node| node.post::<WithdrawnAll>(route, &()).await)?;
        }
        let route = Route::new(&["groups", &self.group, "leave"])?;
        let left: Left = context.node(async |node| node.post(route, &Leave { goodbye }).await)?;
        context.output.answer(&left, || {
            format!(
                "You have left. Thank you for having been there.\n\
                 The word that you left: {}\n\
                 What you received stays readable here. \"kith group forget {}\" deletes it from this device.\n",
                phrase::travelled(left.state, left.nodes),
                phrase::id(&left.group),
            )
        })?;
        Ok(Ending::Done)
    }
}
