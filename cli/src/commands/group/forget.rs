//! `kith group forget`.

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use kith_node::api::types::{Forgotten, Group, GroupState};

use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::{ask, phrase};

/// Delete a group from this device
///
/// What the group wrote and its keys are destroyed here. The others are told nothing and keep what they have:
/// use "kith group leave" first if you want them to know. We cannot reach copies in backups of this device.
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
        let route = Route::new(&["groups", &self.group])?;
        let forgotten: Forgotten = context.node(async |node| node.delete(route).await)?;
        context.output.answer(&forgotten, || "This device has forgotten the group.".to_owned())?;
        Ok(Ending::Done)
    }

    /// What cannot be undone is typed, not just nodded to.
    fn meant(&self, context: &Context) -> Result<bool, kith_node::api::types::Problem> {
        let route = Route::new(&["groups", &self.group])?;
        let group: Group = context.node(async |node| node.get(route).await)?;
        let word = match group.title.as_deref() {
            Some(title) => title.trim().to_owned(),
            None => phrase::id(&group.group).to_owned(),
        };
        if group.state == GroupState::Joined {
            context.output.remark("You are still a member. The others will not know that you are gone.");
        }
        context
            .output
            .remark(&format!("This cannot be undone. Type \"{word}\" to delete it from this device."));
        Ok(*ask::line(">")? == word)
    }
}
