//! `kith invite show`.

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use kith_node::api::types::Invited;

use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};

/// Print an invite's link again, with the addresses known now
///
/// Only the node that made an invite can print its link.
#[derive(Args, Debug)]
#[command(allow_missing_positional = true)]
pub struct Cmd {
    /// The group to look in, if you want to say it
    #[arg(value_name = "GROUP", value_parser = NonEmptyStringValueParser::new())]
    group: Option<String>,
    /// The invite: its id, or the beginning of it (6 characters or more)
    #[arg(value_name = "INVITE", required = true, value_parser = NonEmptyStringValueParser::new())]
    invite: String,
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        let route = Route::new(&["invites", &self.invite])?.with("group", self.group.as_deref());
        let invited: Invited = context.node(async |node| node.get(route).await)?;
        context.output.answer(&invited, || super::words(&invited))?;
        Ok(Ending::Done)
    }
}
