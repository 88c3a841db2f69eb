//! `kith member step-back`.

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use kith_node::api::types::{Acted, Group};

use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::{ask, phrase};

/// Give up being a facilitator or helper, and stay a member
///
/// You can do that at any time, with no reason, and it takes effect at once. What you did stands. To have the role
/// again, others must give it to you again.
#[derive(Args, Debug)]
pub struct Cmd {
    /// The group: its id, the beginning of it (6 characters or more), or its exact title
    #[arg(value_name = "GROUP", value_parser = NonEmptyStringValueParser::new())]
    group: String,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        if context.can_ask() && !self.yes && !self.meant(context)? {
            context.output.remark("Nothing has changed.");
            return Ok(Ending::Done);
        }
        let route = Route::new(&["groups", &self.group, "step-back"])?;
        let acted: Acted = context.node(async |node| node.post(route, &()).await)?;
        context.output.answer(&acted, || {
            format!("You are a {} now. Thank you for having carried this.", phrase::role(acted.role))
        })?;
        Ok(Ending::Done)
    }

    fn meant(&self, context: &Context) -> Result<bool, kith_node::api::types::Problem> {
        let route = Route::new(&["groups", &self.group])?;
        let group: Group = context.node(async |node| node.get(route).await)?;
        let title = phrase::title(group.title.as_deref());
        let left = group.facilitators.saturating_sub(1);
        let warning = match left {
            0 => {
                " There is no other facilitator: nobody could let people in or help when something goes wrong."
            }
            1 => " One facilitator would be left, who then decides alone.",
            2 => " Two facilitators would be left, of whom the longer-serving decides alone.",
            _ => "",
        };
        ask::whether(&format!("Step back in {title}?{warning}"))
    }
}
