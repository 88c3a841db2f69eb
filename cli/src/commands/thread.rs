//! `kith thread`: a post with its answers.

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use kith_node::api::types::{Post, Thread};

use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::{listing, phrase};

/// Show a post with its answers
///
/// The oldest comes first. With --json the newest comes first, as everywhere.
#[derive(Args, Debug)]
pub struct Cmd {
    /// Any post of the thread: its id, or the beginning of it (6 characters or more)
    #[arg(value_name = "POST", value_parser = NonEmptyStringValueParser::new())]
    post: String,
    /// Show the text of folded posts, and what is folded because somebody wrote very much within an hour
    #[arg(long)]
    unfold: bool,
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        let route = Route::new(&["posts", &self.post, "thread"])?;
        let thread: Thread = context.node(async |node| node.get(route).await)?;
        context.output.answer(&thread, || {
            let all = |post: &Post| format!("kith thread {} --unfold", phrase::id(&post.post));
            listing::posts(thread.posts.iter().rev(), self.unfold, self.unfold, all)
        })?;
        Ok(Ending::Done)
    }
}
