//! `kith group list`.

use clap::Args;
use kith_node::api::types::{GroupList, GroupState};

use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::phrase;

/// List your groups
#[derive(Args, Debug)]
pub struct Cmd {}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        let route = Route::new(&["groups"])?;
        let list: GroupList = context.node(async |node| node.get(route).await)?;
        context.output.answer(&list, || words(&list))?;
        Ok(Ending::Done)
    }
}

fn words(list: &GroupList) -> String {
    if list.groups.is_empty() {
        return "You are not in a group yet. \"kith join\" takes an invite; \"kith group create\" opens a group."
            .to_owned();
    }
    let rows = list.groups.iter().map(|group| {
        let title = phrase::title(group.title.as_deref());
        let standing = match (group.state, group.role) {
            (GroupState::Joined, Some(role)) => format!(
                "{}; you are a {}",
                phrase::count(group.members, "member", "members"),
                phrase::role(role)
            ),
            (state, _) => phrase::standing(state).trim_end_matches('.').to_owned(),
        };
        format!("[{}]  {title} ({standing})\n", phrase::id(&group.group))
    });
    rows.collect()
}
