//! `kith group record`.

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use kith_node::api::types::{Record, Recorded};

use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::{deed, plain, when};

/// Show what facilitators and helpers did, and why
///
/// Everything that counts is listed, for every member to see; the newest comes last, next to your prompt.
#[derive(Args, Debug)]
pub struct Cmd {
    /// The group: its id, the beginning of it (6 characters or more), or its exact title
    #[arg(value_name = "GROUP", value_parser = NonEmptyStringValueParser::new())]
    group: String,
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        let route = Route::new(&["groups", &self.group, "record"])?;
        let record: Record = context.node(async |node| node.get(route).await)?;
        context.output.answer(&record, || record.acts.iter().rev().map(line).collect())?;
        Ok(Ending::Done)
    }
}

fn line(act: &Recorded) -> String {
    format!(
        "{}  {} {}\n",
        when::friendly(&act.time),
        plain::line(&act.name),
        deed::words(&act.what, act.state)
    )
}
