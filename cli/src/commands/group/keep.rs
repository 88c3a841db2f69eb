//! `kith group keep`.

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use kith_node::api::types::{Keep, Kept};

use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::phrase;

/// Keep what is written in a group for fewer days than its charter says, on this device
///
/// Whole months go: something may stay up to a month longer. The others keep what the charter says.
#[derive(Args, Debug)]
pub struct Cmd {
    /// The group: its id, the beginning of it (6 characters or more), or its exact title
    #[arg(value_name = "GROUP", value_parser = NonEmptyStringValueParser::new())]
    group: String,
    /// For how many days; 0: as the charter says
    #[arg(long, value_name = "N")]
    days: u32,
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        let route = Route::new(&["groups", &self.group, "keep"])?;
        let kept: Kept = context.node(async |node| node.post(route, &Keep { days: self.days }).await)?;
        context.output.answer(&kept, || words(&kept))?;
        Ok(Ending::Done)
    }
}

fn words(kept: &Kept) -> String {
    let days = [kept.days, kept.charter_days].into_iter().filter(|days| *days > 0).min();
    match days {
        Some(days) => format!(
            "What is written here is kept on this device for {}, and up to a month longer, as whole months go.",
            phrase::count(days, "day", "days")
        ),
        None => "What is written here is kept on this device as long as there is room.".to_owned(),
    }
}
