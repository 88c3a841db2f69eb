//! `kith reply`: an answer to a post.

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use kith_node::api::types::{Code, Id, Problem, Thread};

use super::coach;
use super::post::{Waiting, attached, write};
use crate::attach::Files;
use crate::client::{Client, Route};
use crate::context::Context;
use crate::exit::Outcome;
use crate::hearing::{KindArg, Notes};
use crate::input::Source;

/// Answer a post
///
/// The text is taken as "kith post" takes it. Ideas go to those who asked for them: to somebody who wished for something
/// else, "kith ask-to-suggest" asks first.
#[derive(Args, Debug)]
pub struct Cmd {
    /// The post to answer: its id, or the beginning of it (6 characters or more)
    #[arg(value_name = "POST", value_parser = NonEmptyStringValueParser::new())]
    post: String,
    /// What your reply is
    #[arg(long, value_enum, value_name = "WHAT", default_value = "listening")]
    kind: KindArg,
    /// Show first what to think of beside an answer, as "kith coach" does
    #[arg(long)]
    coach: bool,
    #[command(flatten)]
    notes: Notes,
    #[command(flatten)]
    files: Files,
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    waiting: Waiting,
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        if self.coach {
            let list = context.node(async |node| coach::list(node, &self.post).await)?;
            context.output.remark(&coach::words(&list));
        }
        let route = Route::new(&["posts", &self.post, "replies"])?;
        let route = route.with("kind", Some(self.kind.code()));
        let files = self.files.prepare(context, async |node| self.group(node).await)?;
        let route = attached(route, &files);
        write(context, route, &self.notes, &self.source, &self.waiting)
    }

    /// The group that the post is in.
    async fn group(&self, node: &Client) -> Result<Id, Problem> {
        let route = Route::new(&["posts", &self.post, "thread"])?.with("show", Some("true"));
        let thread: Thread = node.get(route).await?;
        thread.posts.into_iter().next().map(|post| post.group).ok_or_else(|| Code::UnknownId.into())
    }
}
