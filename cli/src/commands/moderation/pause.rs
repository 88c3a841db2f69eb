//! `kith mod pause` and `resume`: acts on all that a member writes.

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use kith_node::api::types::{self, Moderated, RuleName};

use super::{Rule, words};
use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::reason::Reason;
use crate::when;

/// Whose writing.
#[derive(Args, Debug)]
struct Target {
    /// The group: its id, the beginning of it (6 characters or more), or its exact title
    #[arg(value_name = "GROUP", value_parser = NonEmptyStringValueParser::new())]
    group: String,
    /// The member: their id, or the beginning of it (6 characters or more)
    #[arg(value_name = "MEMBER", value_parser = NonEmptyStringValueParser::new())]
    member: String,
    #[command(flatten)]
    reason: Reason,
}

/// Pause a member's posting for a time
///
/// They go on reading. What they write meanwhile is not shown until the pause ends.
#[derive(Args, Debug)]
pub struct Pause {
    #[command(flatten)]
    target: Target,
    /// How long: 30m, 12h, 7d
    #[arg(long = "for", value_name = "TIME", default_value = "24h", value_parser = when::span)]
    lasts: u64,
    #[command(flatten)]
    rule: Rule,
}

/// End a pause of a member's posting
#[derive(Args, Debug)]
pub struct Resume {
    #[command(flatten)]
    target: Target,
}

impl Pause {
    pub fn run(self, context: &Context) -> Outcome {
        act(context, &self.target, Some(self.lasts), Some(self.rule.rule), |name| {
            format!("{name}'s posting is paused. {name} can read your reason, and goes on reading the group.")
        })
    }
}

impl Resume {
    pub fn run(self, context: &Context) -> Outcome {
        act(context, &self.target, None, None, |name| format!("{name} can post again."))
    }
}

fn act(
    context: &Context,
    target: &Target,
    lasts: Option<u64>,
    rule: Option<RuleName>,
    done: impl Fn(&str) -> String,
) -> Outcome {
    context.before_asking()?;
    let reason = target.reason.needed(context)?;
    let route = Route::new(&["groups", &target.group, "members", &target.member, "pause"])?;
    let asked = types::Pause { lasts, rule, reason };
    let moderated: Moderated = context.node(async |node| node.post(route, &asked).await)?;
    context.output.answer(&moderated, || words(&moderated, done))?;
    Ok(Ending::Done)
}
