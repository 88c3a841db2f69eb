//! `kith group show`.

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use kith_node::api::types::{Group, Inviters};

use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::{phrase, plain};

/// Show one group
#[derive(Args, Debug)]
pub struct Cmd {
    /// The group: its id, the beginning of it (6 characters or more), or its exact title
    #[arg(value_name = "GROUP", value_parser = NonEmptyStringValueParser::new())]
    group: String,
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        let route = Route::new(&["groups", &self.group])?;
        let group: Group = context.node(async |node| node.get(route).await)?;
        context.output.answer(&group, || words(&group))?;
        Ok(Ending::Done)
    }
}

fn words(group: &Group) -> String {
    let mut words = format!("{}\n", phrase::title(group.title.as_deref()));
    if let Some(purpose) = group.purpose.as_deref().filter(|purpose| !purpose.is_empty()) {
        words.push_str(&format!("    {}\n", plain::block(purpose).replace('\n', "\n    ")));
    }
    words.push_str(&format!("\n{}\n", phrase::standing(group.state)));
    if let Some(notice) = &group.notice {
        words.push_str(&format!("{}\n{}\n", plain::block(&notice.message), plain::block(&notice.hint)));
    }
    if let Some(me) = &group.me {
        words.push_str(&format!(
            "You are {}, a {}.   [{}]\n",
            plain::line(&me.name),
            phrase::role(me.role),
            phrase::id(&me.member)
        ));
    }
    let places = group.size.map(|size| format!(" of at most {size}")).unwrap_or_default();
    words.push_str(&format!(
        "{}{places}, among them {}.\n",
        phrase::count(group.members, "member", "members"),
        phrase::count(group.facilitators, "facilitator", "facilitators"),
    ));
    words.extend(group.quiet.as_ref().map(|quiet| format!("{}\n", phrase::quiet(quiet))));
    words.push_str(match group.invites {
        Some(Inviters::Facilitators) => "Facilitators and helpers may invite.\n",
        Some(Inviters::Members) => "Every member may invite.\n",
        None => "",
    });
    if let Some(history) = group.history {
        words.push_str(&format!("{}\n", phrase::history(history)));
    }
    if let Some(key_words) = &group.key_words {
        words.push_str(&format!("\n{}\n", phrase::key_words(key_words)));
    }
    words.push_str(&format!("Id: {}\n", group.group));
    words
}
