//! `kith block` and `kith unblock`: hiding what somebody writes, and refusing their letters, for oneself.

use clap::Args;
use kith_node::api::types::{Block, Blocked};

use super::mute::Target;
use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::plain;

/// Hide what a member writes, and refuse their letters
///
/// It begins at once and stays so until "kith unblock". Nobody learns of it, that member included: what they write goes
/// out as ever. Letters that come meanwhile are not kept. What the group is run by still reaches you: reports and appeals
/// to you as a facilitator or helper, and what facilitators answer to a report of yours. If others should know why, tell a
/// facilitator: "kith mod note", or "kith report post".
#[derive(Args, Debug)]
pub struct Cmd {
    #[command(flatten)]
    target: Target,
}

/// Show again what a member writes, and take their letters
#[derive(Args, Debug)]
pub struct Unblock {
    #[command(flatten)]
    target: Target,
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        set(context, &self.target, true, |name, _| {
            format!(
                "What {name} writes is hidden from you, and letters from {name} are not kept. Nobody else learns of it.\n\
                 Reports and appeals to you, and answers to reports of yours, still reach you."
            )
        })
    }
}

impl Unblock {
    pub fn run(self, context: &Context) -> Outcome {
        set(context, &self.target, false, |name, muted| {
            if muted {
                return format!(
                    "Letters from {name} reach you from now on. What {name} writes stays hidden: \"kith unmute\" shows it."
                );
            }
            format!(
                "What {name} writes is shown to you again, and letters from {name} reach you from now on."
            )
        })
    }
}

fn set(context: &Context, target: &Target, blocked: bool, words: impl Fn(&str, bool) -> String) -> Outcome {
    let route = Route::new(&["groups", &target.group, "members", &target.member, "block"])?;
    let answer: Blocked = context.node(async |node| node.post(route, &Block { blocked }).await)?;
    context.output.answer(&answer, || words(&plain::line(&answer.name), answer.muted))?;
    Ok(Ending::Done)
}
