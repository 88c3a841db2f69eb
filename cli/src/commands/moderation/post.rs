//! `kith mod fold`, `hold` and `restore`: acts on one post or reply.

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use kith_node::api::types::{Act, Moderate, Moderated, RuleName};

use super::{Rule, words};
use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::reason::Reason;

/// Which post or reply.
#[derive(Args, Debug)]
struct Target {
    /// The post or reply: its id, or the beginning of it (6 characters or more)
    #[arg(value_name = "POST", value_parser = NonEmptyStringValueParser::new())]
    post: String,
    #[command(flatten)]
    reason: Reason,
}

/// Show a post folded, behind the reason
#[derive(Args, Debug)]
pub struct Fold {
    #[command(flatten)]
    target: Target,
    #[command(flatten)]
    rule: Rule,
}

/// Do not show a post until somebody restores it
///
/// Its author, facilitators and helpers can still read it.
#[derive(Args, Debug)]
pub struct Hold {
    #[command(flatten)]
    target: Target,
    #[command(flatten)]
    rule: Rule,
}

/// Show a post again that was folded or held
#[derive(Args, Debug)]
pub struct Restore {
    #[command(flatten)]
    target: Target,
}

impl Fold {
    pub fn run(self, context: &Context) -> Outcome {
        act(context, &self.target, Act::Fold, Some(self.rule.rule), |name| {
            format!("What {name} wrote is folded now, behind your reason.")
        })
    }
}

impl Hold {
    pub fn run(self, context: &Context) -> Outcome {
        act(context, &self.target, Act::Hold, Some(self.rule.rule), |name| {
            format!("What {name} wrote is held now. {name} can read your reason.")
        })
    }
}

impl Restore {
    pub fn run(self, context: &Context) -> Outcome {
        act(context, &self.target, Act::Restore, None, |name| format!("What {name} wrote is shown again."))
    }
}

fn act(
    context: &Context,
    target: &Target,
    act: Act,
    rule: Option<RuleName>,
    done: impl Fn(&str) -> String,
) -> Outcome {
    context.before_asking()?;
    let reason = target.reason.needed(context)?;
    let route = Route::new(&["posts", &target.post, "moderation"])?;
    let asked = Moderate { act, rule, reason };
    let moderated: Moderated = context.node(async |node| node.post(route, &asked).await)?;
    context.output.answer(&moderated, || words(&moderated, done))?;
    Ok(Ending::Done)
}
