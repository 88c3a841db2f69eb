//! `kith edit`: other words in place of what one wrote.

use clap::Args;
use clap::builder::NonEmptyStringValueParser;

use super::post::{Waiting, write};
use crate::client::Route;
use crate::context::Context;
use crate::exit::Outcome;
use crate::hearing::{IntentArg, Notes};
use crate::input::Source;

/// Change what you wrote
///
/// The text is taken as "kith post" takes it, and stands in place of the old one; others see that it was changed.
/// Members' nodes keep the old words, and a changed program can show them: to have them dropped, use "kith withdraw".
#[derive(Args, Debug)]
pub struct Cmd {
    /// Your post or reply: its id, or the beginning of it (6 characters or more)
    #[arg(value_name = "POST", value_parser = NonEmptyStringValueParser::new())]
    post: String,
    /// What would help, from now on
    #[arg(long, value_enum, value_name = "WHAT")]
    intent: Option<IntentArg>,
    #[command(flatten)]
    notes: Notes,
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    waiting: Waiting,
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        let route = Route::new(&["posts", &self.post, "edits"])?;
        let route = route.with("intent", self.intent.map(IntentArg::code));
        write(context, route, &self.notes, &self.source, &self.waiting)
    }
}
