//! `kith needs-reply`: who waits for an answer.

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use kith_node::api::types::{NeedReply, NeedsReply};

use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::{phrase, plain, when};

/// Show who waits for an answer
///
/// Posts that nobody has answered or acknowledged for longer than the group's charter says (4 hours if it says nothing).
/// Newcomers come first, then who has waited longest. A few words are enough, or "kith ack".
#[derive(Args, Debug)]
pub struct Cmd {
    /// The group: its id, the beginning of it (6 characters or more), or its exact title; all groups if left out
    #[arg(value_name = "GROUP", value_parser = NonEmptyStringValueParser::new())]
    group: Option<String>,
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        let route = Route::new(&["needs-reply"])?.with("group", self.group.as_deref());
        let need: NeedReply = context.node(async |node| node.get(route).await)?;
        context.output.answer(&need, || words(&need))?;
        Ok(Ending::Done)
    }
}

fn words(need: &NeedReply) -> String {
    if need.posts.is_empty() {
        return "Nobody has waited long, as far as this node knows. What was written lately stands in the group.".to_owned();
    }
    need.posts.iter().map(one).collect::<Vec<_>>().join("\n")
}

fn one(waiting: &NeedsReply) -> String {
    let mut words = phrase::written(&waiting.post, false);
    if waiting.new_here {
        words.push_str(&format!("    {} is new here.\n", plain::line(&waiting.post.name)));
    }
    let since = when::friendly(&waiting.since);
    words.push_str(&match (&waiting.claimed_by, waiting.pressing) {
        (Some(name), _) => format!("    {} is writing an answer.\n", plain::line(name)),
        (None, true) => format!("    Has waited since {since}, and needs somebody now.\n"),
        (None, false) => format!("    Has not been heard since {since}. A few words are enough.\n"),
    });
    let id = phrase::id(&waiting.post.post);
    words.push_str(&format!("    Answer: kith reply {id}   Acknowledge: kith ack {id}\n"));
    words
}
