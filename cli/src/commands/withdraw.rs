//! `kith withdraw`: taking back what one wrote.

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use kith_node::api::types::{Delivery, Problem, WithdrawnAll};

use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::{ask, phrase};

/// What happens to copies, in the words of every answer.
const COPIES: &str = "Members' nodes drop the words, and what went with them, when they hear of it; one that is off does so when it returns. \
                      Somebody who copied them, or runs a changed program, can keep them.";

/// Take back what you wrote: one post, or all in a group
///
/// The words are dropped on your node at once, and on the other members' nodes as they hear of it. That you wrote
/// something and took it back stays visible. Whoever copied the words can keep them.
#[derive(Args, Debug)]
pub struct Cmd {
    /// Your post or reply: its id, or the beginning of it (6 characters or more)
    #[arg(value_name = "POST", value_parser = NonEmptyStringValueParser::new(), required_unless_present = "all")]
    post: Option<String>,
    /// Take back all that you wrote in GROUP: its id, the beginning of it, or its exact title
    #[arg(long, value_name = "GROUP", conflicts_with = "post")]
    all: Option<String>,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        match (&self.all, &self.post) {
            (Some(group), _) => self.all(context, group),
            (None, Some(post)) => {
                let route = Route::new(&["posts", post, "withdraw"])?;
                let word: Delivery = context.node(async |node| node.post(route, &()).await)?;
                context.output.answer(&word, || {
                    format!("Taken back. The word of it: {}\n{COPIES}", phrase::delivery(&word))
                })?;
                Ok(Ending::Done)
            }
            (None, None) => Err(phrase::say_it("A post", "its id, or --all GROUP")),
        }
    }

    fn all(&self, context: &Context, group: &str) -> Outcome {
        if context.can_ask() && !self.yes && !meant()? {
            context.output.remark("Nothing has changed.");
            return Ok(Ending::Done);
        }
        let route = Route::new(&["groups", group, "withdraw"])?;
        let all: WithdrawnAll = context.node(async |node| node.post(route, &()).await)?;
        context.output.answer(&all, || {
            if all.posts == 0 {
                return "There is nothing of yours to take back here.".to_owned();
            }
            format!("Taken back. The word of it: {}\n{COPIES}", phrase::travelled(all.state, all.nodes))
        })?;
        Ok(Ending::Done)
    }
}

fn meant() -> Result<bool, Problem> {
    ask::whether("Take back all that you wrote in this group? There is no undoing it.")
}
