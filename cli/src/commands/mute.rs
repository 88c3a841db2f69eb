//! `kith mute` and `kith unmute`: hiding what somebody writes, for oneself.

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use kith_node::api::types::{Mute, Muted};

use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::plain;

/// Whose writing.
#[derive(Args, Debug)]
pub struct Target {
    /// The group: its id, the beginning of it (6 characters or more), or its exact title
    #[arg(value_name = "GROUP", value_parser = NonEmptyStringValueParser::new())]
    pub group: String,
    /// The member: their id, or the beginning of it (6 characters or more)
    #[arg(value_name = "MEMBER", value_parser = NonEmptyStringValueParser::new())]
    pub member: String,
}

/// Hide what a member writes, from you alone
///
/// Nobody learns of it, that member included. It stays so until "kith unmute". Letters from them still reach you: to refuse
/// those as well, "kith block".
#[derive(Args, Debug)]
pub struct Cmd {
    #[command(flatten)]
    target: Target,
}

/// Show again what a member writes
#[derive(Args, Debug)]
pub struct Unmute {
    #[command(flatten)]
    target: Target,
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        set(context, &self.target, true, |name, _| {
            format!("What {name} writes is hidden from you. Nobody else learns of it.")
        })
    }
}

impl Unmute {
    pub fn run(self, context: &Context) -> Outcome {
        set(context, &self.target, false, |name, blocked| {
            if blocked {
                return format!(
                    "{name} is blocked, so what {name} writes stays hidden: \"kith unblock\" shows it."
                );
            }
            format!("What {name} writes is shown to you again.")
        })
    }
}

fn set(context: &Context, target: &Target, muted: bool, words: impl Fn(&str, bool) -> String) -> Outcome {
    let route = Route::new(&["groups", &target.group, "members", &target.member, "mute"])?;
    let answer: Muted = context.node(async |node| node.post(route, &Mute { muted }).await)?;
    context.output.answer(&answer, || words(&plain::line(&answer.name), answer.blocked))?;
    Ok(Ending::Done)
}
