//! `kith invite list`.

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use kith_node::api::types::{InviteList, InviteState, InviteSummary, InviteWay};

use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::{phrase, plain, when};

/// List the invites of a group
#[derive(Args, Debug)]
pub struct Cmd {
    /// The group: its id, the beginning of it (6 characters or more), or its exact title
    #[arg(value_name = "GROUP", value_parser = NonEmptyStringValueParser::new())]
    group: String,
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        let route = Route::new(&["groups", &self.group, "invites"])?;
        let list: InviteList = context.node(async |node| node.get(route).await)?;
        context.output.answer(&list, || {
            if list.invites.is_empty() {
                return "Nobody has made an invite to this group yet.".to_owned();
            }
            list.invites.iter().map(row).collect()
        })?;
        Ok(Ending::Done)
    }
}

fn row(invite: &InviteSummary) -> String {
    let state = match invite.state {
        InviteState::Live => format!("open until {}", when::friendly(&invite.expires)),
        InviteState::Awaiting => "waits for more of you to sign: kith proposal list".to_owned(),
        InviteState::Used => "used up".to_owned(),
        InviteState::Expired => format!("expired {}", when::friendly(&invite.expires)),
        InviteState::Revoked => "taken back".to_owned(),
    };
    let way = match invite.way {
        InviteWay::OnSight => "",
        InviteWay::Confirm => " (on confirmation)",
        InviteWay::OpenDoor => " (an open door)",
        InviteWay::Knock => " (to knock on)",
    };
    format!(
        "[{}]{way}  by {}, {state}; {} of {} came\n",
        phrase::id(&invite.invite),
        plain::line(&invite.name),
        invite.used,
        invite.uses
    )
}
