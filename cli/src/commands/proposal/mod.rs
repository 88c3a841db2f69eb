//! `kith proposal`: what waits for more facilitators to say the same.

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand};
use kith_node::api::types::{ActState, Deed, DeedState, Proposal, ProposalList, Signed};

use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::{charter, deed, phrase, plain};

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
    let first = signed.first().map_or("Somebody", String::as_str);
    let mut row = format!(
        "[{}]  {first} {}\n",
        phrase::id(&proposal.proposal),
        deed::words(&proposal.what, DeedState::Awaiting)
    );
    if let Deed::Amended { changes, .. } = &proposal.what {
        for line in charter::parts(changes).lines() {
            row.push_str(&format!("    {line}\n"));
        }
    }
    let mine = if proposal.mine { " You are among them." } else { "" };
    let needed = proposal.needed;
    row.push_str(&format!(
        "    It takes {needed} facilitators. Signed so far by: {}.{mine}\n",
        signed.join(", ")
    ));
    if usize::try_from(needed).is_ok_and(|needed| signed.len() >= needed) {
        row.push_str(
            "    They did not know of each other when they signed: one of them must sign once more.\n",
        );
    }
    row
}

#[cfg(test)]
mod tests {
    use kith_node::api::types::CharterChanges;

    use super::*;

    #[test]
    fn whoever_signs_a_change_of_the_charter_has_read_it() {
        let changes = CharterChanges { purpose: Some("For days".into()), ..CharterChanges::default() };
        let mut proposal = Proposal {
            proposal: "ab".repeat(32),
            what: Deed::Amended { changes, reason: "so".into() },
            signed: vec!["Ana".into()],
            needed: 2,
            mine: true,
        };
        let shown = row(&proposal);
        assert!(shown.contains("    What it is for\n        For days\n"), "{shown}");
        assert!(shown.contains("by: Ana. You are among them.") && !shown.contains("once more"), "{shown}");
        proposal.signed.push("Ben".into());
        assert!(row(&proposal).contains("one of them must sign once more"));
    }
}
