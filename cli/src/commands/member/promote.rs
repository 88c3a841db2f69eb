//! `kith member promote`.

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, ValueEnum};
use kith_node::api::types::{ActState, Acted, Promote, Role};

use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::{phrase, plain, when};

/// Make a member a facilitator or a helper
///
/// Facilitators decide together: more than half of them must do this before somebody becomes a facilitator;
/// until then that member is a helper, who may let people in and remove plain members. Where the charter has terms of
/// office, saying it again for somebody who is it already asks them to stay: their term begins anew.
#[derive(Args, Debug)]
pub struct Cmd {
    /// The group: its id, the beginning of it (6 characters or more), or its exact title
    #[arg(value_name = "GROUP", value_parser = NonEmptyStringValueParser::new())]
    group: String,
    /// The member: their id, or the beginning of it (6 characters or more)
    #[arg(value_name = "MEMBER", value_parser = NonEmptyStringValueParser::new())]
    member: String,
    /// What they become
    #[arg(long, value_name = "ROLE", default_value = "facilitator")]
    role: RoleArg,
}

/// What a member can become.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum RoleArg {
    /// Shares the group's decisions
    Facilitator,
    /// May let people in and remove plain members
    Helper,
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        let route = Route::new(&["groups", &self.group, "members", &self.member, "promote"])?;
        let role = match self.role {
            RoleArg::Facilitator => Role::Facilitator,
            RoleArg::Helper => Role::Helper,
        };
        let acted: Acted = context.node(async |node| node.post(route, &Promote { role }).await)?;
        context.output.answer(&acted, || words(&acted))?;
        Ok(Ending::Done)
    }
}

fn words(acted: &Acted) -> String {
    let name = plain::line(&acted.name);
    let role = phrase::role(acted.role);
    match acted.state {
        ActState::Done => match &acted.term {
            Some(term) => format!("{name} is a {role} now, for a term until {}.", when::day(&term.ends)),
            None => format!("{name} is a {role} now."),
        },
        ActState::Awaiting => format!(
            "{name} is a {role} now. To make {name} a facilitator, another facilitator must do the same."
        ),
    }
}
