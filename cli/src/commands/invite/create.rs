//! `kith invite create`.

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use kith_node::api::types::{CreateInvite, Invited};

use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::when;

/// Make an invite link
///
/// Any member's node can let the invited person in, also when yours is off. The link carries addresses of
/// members' nodes, so that theirs can find one.
#[derive(Args, Debug)]
pub struct Cmd {
    /// The group: its id, the beginning of it (6 characters or more), or its exact title
    #[arg(value_name = "GROUP", value_parser = NonEmptyStringValueParser::new())]
    group: String,
    /// How many people may come in on it, 1 to 500
    #[arg(long, value_name = "N", default_value = "1", value_parser = clap::value_parser!(u32).range(1..=500))]
    uses: u32,
    /// How long it lasts: 30m, 12h, 7d, 2w
    #[arg(long, value_name = "TIME", default_value = "7d", value_parser = when::span)]
    expires: u64,
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        let route = Route::new(&["groups", &self.group, "invites"])?;
        let invite = CreateInvite { uses: self.uses, expires_in: self.expires };
        let invited: Invited = context.node(async |node| node.post(route, &invite).await)?;
        context.output.answer(&invited, || super::words(&invited))?;
        Ok(Ending::Done)
    }
}
