//! `kith member demote`.

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, ValueEnum};
use kith_node::api::types::{ActState, Acted, Demote, Role};

use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::reason::Reason;
use crate::{phrase, plain};

/// Set a helper or facilitator back
///
/// What they did in their office stands. One facilitator can set a helper back; for a facilitator, more than half
/// of all facilitators must do this.
#[derive(Args, Debug)]
pub struct Cmd {
    /// The group: its id, the beginning of it (6 characters or more), or its exact title
    #[arg(value_name = "GROUP", value_parser = NonEmptyStringValueParser::new())]
    group: String,
    /// The member: their id, or the beginning of it (6 characters or more)
    #[arg(value_name = "MEMBER", value_parser = NonEmptyStringValueParser::new())]
    member: String,
    /// What they are from now on
    #[arg(long, value_name = "ROLE", default_value = "member")]
    role: RoleArg,
    #[command(flatten)]
    reason: Reason,
}

/// What somebody can be set back to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum RoleArg {
    /// Takes part
    Member,
    /// May let people in and remove plain members
    Helper,
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        context.before_asking()?;
        let reason = self.reason.needed(context)?;
        let role = match self.role {
            RoleArg::Member => Role::Member,
            RoleArg::Helper => Role::Helper,
        };
        let route = Route::new(&["groups", &self.group, "members", &self.member, "demote"])?;
        let acted: Acted = context.node(async |node| node.post(route, &Demote { role, reason }).await)?;
        context.output.answer(&acted, || words(&acted))?;
        Ok(Ending::Done)
    }
}

fn words(acted: &Acted) -> String {
    let name = plain::line(&acted.name);
    match acted.state {
        ActState::Done => format!("{name} is a {} now.", phrase::role(acted.role)),
        ActState::Awaiting => format!(
            "You have said that {name} should be set back. {name} stays a {} until enough facilitators do the same.",
            phrase::role(acted.role)
        ),
    }
}
