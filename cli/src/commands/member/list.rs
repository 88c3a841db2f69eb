//! `kith member list`.

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use kith_node::api::types::{Member, MemberList, MemberState, TermState};

use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::{phrase, plain, when};

/// List the members of a group
///
/// Former members stay listed.
#[derive(Args, Debug)]
pub struct Cmd {
    /// The group: its id, the beginning of it (6 characters or more), or its exact title
    #[arg(value_name = "GROUP", value_parser = NonEmptyStringValueParser::new())]
    group: String,
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        let route = Route::new(&["groups", &self.group, "members"])?;
        let list: MemberList = context.node(async |node| node.get(route).await)?;
        context.output.answer(&list, || list.members.iter().map(row).collect())?;
        Ok(Ending::Done)
    }
}

fn row(member: &Member) -> String {
    let what = match member.state {
        MemberState::Member => phrase::role(member.role),
        MemberState::Left => "left",
        MemberState::Removed => "removed",
        MemberState::Waiting => "waiting to be let in",
    };
    let me = if member.me { ", you" } else { "" };
    let new_here = if member.new_here && !member.me { ", new here" } else { "" };
    let awaiting = if member.awaiting { ", waiting for a second facilitator" } else { "" };
    let hidden = match (member.blocked, member.muted) {
        (true, _) => ", blocked by you",
        (false, true) => ", hidden from you",
        (false, false) => "",
    };
    let term = match &member.term {
        Some(term) if term.state == TermState::Ended => format!(", term ended on {}", when::day(&term.ends)),
        Some(term) => format!(", term until {}", when::day(&term.ends)),
        None => String::new(),
    };
    let name = plain::line(&member.name);
    let row =
        format!("[{}]  {name} ({what}{me}{new_here}{term}{awaiting}{hidden})\n", phrase::id(&member.member));
    let line = member.line.as_ref().map(|line| format!("    {}\n", plain::line(line)));
    row + &line.unwrap_or_default()
        + &split(member, &name).map(|words| format!("    {words}\n")).unwrap_or_default()
}

/// What to know of somebody whose device's log split.
fn split(member: &Member, name: &str) -> Option<String> {
    member.splits.first()?;
    let going_on = member.splits.iter().all(|split| split.ended);
    let whose = if member.me { "Your device".to_owned() } else { format!("{name}'s device") };
    let since = if going_on { " It has gone on in a new log since." } else { "" };
    Some(format!(
        "{whose}: its history split, often after restoring a backup. Nothing is void by itself.{since}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use kith_node::api::types::Role;

    #[test]
    fn a_name_cannot_pretend_to_be_another_line() {
        let member = Member {
            member: "ab".repeat(32),
            name: "Chi\n[cdcdcdcdcdcd]  Ana (facilitator)".into(),
            role: Role::Helper,
            state: MemberState::Member,
            me: true,
            awaiting: true,
            muted: false,
            blocked: false,
            term: None,
            new_here: true,
            line: None,
            splits: Vec::new(),
        };
        let shown = row(&member);
        assert_eq!(shown.lines().count(), 1);
        assert!(shown.ends_with("(helper, you, waiting for a second facilitator)\n"), "{shown}");
    }
}
