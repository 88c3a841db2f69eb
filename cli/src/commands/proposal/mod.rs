//! `kith proposal`: what waits for more facilitators to say the same.

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand};
use kith_node::api::types::{ActState, Proposal, ProposalList, Signed};

use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::{deed, phrase, plain};

/// See and sign what waits for more facilitators
#[derive(Debug, Subcommand)]
pub enum Cmd {
    List(List),
    Sign(Sign),
}

/// List what waits for more facilitators to say the same
#[derive(Args, Debug)]
pub struct List {
    /// The group: its id, the beginning of it (6 characters or more), or its exact title
    #[arg(value_name = "GROUP", value_parser = NonEmptyStringValueParser::new())]
    group: String,
}

/// Say the same as a proposal
#[derive(Args, Debug)]
pub struct Sign {
    /// The group: its id, the beginning of it (6 characters or more), or its exact title
    #[arg(value_name = "GROUP", value_parser = NonEmptyStringValueParser::new())]
    group: String,
    /// The proposal: its id, or the beginning of it (6 characters or more)
    #[arg(value_name = "PROPOSAL", value_parser = NonEmptyStringValueParser::new())]
    proposal: String,
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        match self {
            Cmd::List(cmd) => cmd.run(context),
            Cmd::Sign(cmd) => cmd.run(context),
        }
    }
}

impl List {
    fn run(self, context: &Context) -> Outcome {
        let route = Route::new(&["groups", &self.group, "proposals"])?;
        let list: ProposalList = context.node(async |node| node.get(route).await)?;
        context.output.answer(&list, || {
            if list.proposals.is_empty() {
                return "Nothing waits for more facilitators.".to_owned();
            }
            list.proposals.iter().map(row).collect()
        })?;
        Ok(Ending::Done)
    }
}

impl Sign {
    fn run(self, context: &Context) -> Outcome {
        let route = Route::new(&["groups", &self.group, "proposals", &self.proposal, "sign"])?;
        let signed: Signed = context.node(async |node| node.post(route, &()).await)?;
        context.output.answer(&signed, || {
            match signed.state {
                ActState::Done => "You have signed, and it takes effect.",
                ActState::Awaiting => "You have signed. It waits for more facilitators.",
            }
            .to_owned()
        })?;
        Ok(Ending::Done)
    }
}

fn row(proposal: &Proposal) -> String {
    let signed: Vec<String> = proposal.signed.iter().map(|name| plain::line(name).into_owned()).collect();
    let mine = if proposal.mine { ", you among them" } else { "" };
    format!(
        "[{}]  Proposed by {}: {}\n    It takes {} facilitators. Signed so far by: {}{mine}.\n",
        phrase::id(&proposal.proposal),
        signed.first().map_or("Somebody", String::as_str),
        deed::done(&proposal.what),
        proposal.needed,
        signed.join(", "),
    )
}
