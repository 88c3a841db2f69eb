//! `kith member elect`.

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use kith_node::api::types::{ActState, Acted, Role};

use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::plain;

/// Vote for a member to become a facilitator, when all facilitators are gone
///
/// Members can do this once no facilitator's node has been heard of for 14 days. It takes more than half of the
/// members. If a facilitator was there after all, the member becomes a helper instead.
#[derive(Args, Debug)]
pub struct Cmd {
    /// The group: its id, the beginning of it (6 characters or more), or its exact title
    #[arg(value_name = "GROUP", value_parser = NonEmptyStringValueParser::new())]
    group: String,
    /// The member: their id, or the beginning of it (6 characters or more)
    #[arg(value_name = "MEMBER", value_parser = NonEmptyStringValueParser::new())]
    member: String,
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        let route = Route::new(&["groups", &self.group, "members", &self.member, "elect"])?;
        let acted: Acted = context.node(async |node| node.post(route, &()).await)?;
        context.output.answer(&acted, || words(&acted))?;
        Ok(Ending::Done)
    }
}

fn words(acted: &Acted) -> String {
    let name = plain::line(&acted.name);
    match (acted.state, acted.role) {
        (ActState::Done, _) => format!("{name} is a facilitator now."),
        (ActState::Awaiting, Role::Helper) => {
            format!("Your vote for {name} is written. {name} is a helper: a facilitator was there after all.")
        }
        (ActState::Awaiting, _) => format!(
            "Your vote for {name} is written. It takes more than half of the members; the others vote in the same way."
        ),
    }
}
