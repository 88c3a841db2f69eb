//! `kith thread`: a post with its answers.

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use kith_node::api::types::{Post, Thread};

use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::{listing, phrase, plain};

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
    /// Show the whole thread: also what you hide for what it mentions ("kith notes"), and what is folded
    #[arg(long)]
    show: bool,
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        let route = Route::new(&["posts", &self.post, "thread"])?.with("show", self.show.then_some("true"));
        let unfold = self.unfold || self.show;
        let thread: Thread = context.node(async |node| node.get(route).await)?;
        context.output.answer(&thread, || {
            let all = |post: &Post| format!("kith thread {} --unfold", phrase::id(&post.post));
            let mut words = listing::posts(thread.posts.iter().rev(), unfold, unfold, all);
            if thread.hidden {
                words.push_str(&phrase::left_out(&format!("kith thread {} --show", plain::line(&self.post))));
            }
            words
        })?;
        Ok(Ending::Done)
    }
}
