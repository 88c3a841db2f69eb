//! `kith invite revoke`.

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use kith_node::api::types::Revoked;

use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};

/// Take an invite back
///
/// Those who came in on it stay members. A member's node that has not heard of it yet may still let somebody
/// in for a while.
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
        let revoked: Revoked = context.node(async |node| node.delete(route).await)?;
        context.output.answer(&revoked, || {
            "This invite is taken back. Members' nodes stop accepting its link as they hear of it.".to_owned()
        })?;
        Ok(Ending::Done)
    }
}
