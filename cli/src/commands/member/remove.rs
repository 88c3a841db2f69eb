//! `kith member remove`.

use std::path::PathBuf;

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use kith_node::api::types::{ActState, Acted, MemberList, Problem, Remove};

use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::{ask, plain, reason};

/// Remove a member from a group
///
/// It takes effect at once. The removed person can read the reason, and cannot read what is written from then
/// on by those whose nodes have heard of it. What they received before stays with them. To remove a
/// facilitator, more than half of all facilitators must do this.
#[derive(Args, Debug)]
pub struct Cmd {
    /// The group: its id, the beginning of it (6 characters or more), or its exact title
    #[arg(value_name = "GROUP", value_parser = NonEmptyStringValueParser::new())]
    group: String,
    /// The member: their id, or the beginning of it (6 characters or more)
    #[arg(value_name = "MEMBER", value_parser = NonEmptyStringValueParser::new())]
    member: String,
    /// Why, in words that the removed person will read, from FILE ("-" is stdin)
    #[arg(long, value_name = "FILE")]
    reason_file: Option<PathBuf>,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        let person = context.can_ask() && !self.yes;
        if person && !self.meant(context)? {
            context.output.remark("Nothing has changed.");
            return Ok(Ending::Done);
        }
        let reason = match &self.reason_file {
            Some(path) => reason::read(path)?,
            None if person => {
                ask::line("Why? The removed person will read this. (Empty for no reason.)")?.to_string()
            }
            None => String::new(),
        };
        let route = Route::new(&["groups", &self.group, "members", &self.member, "remove"])?;
        let acted: Acted = context.node(async |node| node.post(route, &Remove { reason }).await)?;
        context.output.answer(&acted, || words(&acted))?;
        Ok(Ending::Done)
    }

    fn meant(&self, context: &Context) -> Result<bool, Problem> {
        let route = Route::new(&["groups", &self.group, "members"])?;
        let list: MemberList = context.node(async |node| node.get(route).await)?;
        let given = self.member.to_ascii_lowercase();
        let mut fitting = list.members.iter().filter(|member| member.member.starts_with(&given));
        match (fitting.next(), fitting.next()) {
            (Some(member), None) => {
                ask::whether(&format!("Remove {} from the group?", plain::line(&member.name)))
            }
            // The node says what is wrong with that id.
            _ => Ok(true),
        }
    }
}

fn words(acted: &Acted) -> String {
    let name = plain::line(&acted.name);
    match acted.state {
        ActState::Done => format!(
            "{name} is no longer a member, and can read your reason if you gave one.\n\
             An invite that still lets people in lets {name} in, too: \"kith invite list\" shows them all."
        ),
        ActState::Awaiting => format!(
            "You have said that {name} should go. {name} stays a facilitator until enough facilitators do the same."
        ),
    }
}
