//! `kith reply`: an answer to a post.

use clap::Args;
use clap::builder::NonEmptyStringValueParser;

use super::post::{Waiting, write};
use crate::client::Route;
use crate::context::Context;
use crate::exit::Outcome;
use crate::input::Source;

/// Answer a post
///
/// The text is taken as "kith post" takes it.
#[derive(Args, Debug)]
pub struct Cmd {
    /// The post to answer: its id, or the beginning of it (6 characters or more)
    #[arg(value_name = "POST", value_parser = NonEmptyStringValueParser::new())]
    post: String,
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    waiting: Waiting,
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        let route = Route::new(&["posts", &self.post, "replies"])?;
        write(context, route, &self.source, &self.waiting)
    }
}
