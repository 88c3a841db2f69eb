//! `kith mod`: what facilitators and helpers do about what somebody wrote.

mod pause;
mod post;

use clap::Subcommand;
use kith_node::api::types::{ActState, Moderated, RuleName};

use crate::commands::letters;
use crate::context::Context;
use crate::exit::Outcome;
use crate::plain;

/// Act on what somebody wrote, as a facilitator or helper
///
/// Every act names the rule it rests on and a reason. The person concerned reads both, and so can everybody in the
/// group; what is private belongs in a message to that person. Another facilitator can restore what you did.
#[derive(Debug, Subcommand)]
pub enum Cmd {
    Note(letters::Note),
    Fold(post::Fold),
    Hold(post::Hold),
    Restore(post::Restore),
    Pause(pause::Pause),
    Resume(pause::Resume),
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        match self {
            Cmd::Note(cmd) => cmd.run(context),
            Cmd::Fold(cmd) => cmd.run(context),
            Cmd::Hold(cmd) => cmd.run(context),
            Cmd::Restore(cmd) => cmd.run(context),
            Cmd::Pause(cmd) => cmd.run(context),
            Cmd::Resume(cmd) => cmd.run(context),
        }
    }
}

/// The rule an act rests on.
#[derive(clap::Args, Debug)]
struct Rule {
    /// The rule: methods, numbers, encouragement, pacts, countdowns, identifying, or one of the charter, such as
    /// rule:1 or agreement:2
    #[arg(long, value_name = "RULE")]
    rule: RuleName,
}

fn words(moderated: &Moderated, done: impl Fn(&str) -> String) -> String {
    match moderated.state {
        ActState::Done => done(&plain::line(&moderated.name)),
        ActState::Awaiting => {
            "Your word is written. It takes effect once another facilitator says the same; where \
                               facilitators differ, the stricter holds until two agree to restore."
                .to_owned()
        }
    }
}
