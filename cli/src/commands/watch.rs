//! `kith watch`: new posts of a group as they arrive.

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use kith_node::api::types::Post;

use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::phrase;

/// Show new posts of a group as they arrive
///
/// Goes on until you press Ctrl-C or the node stops.
#[derive(Args, Debug)]
pub struct Cmd {
    /// The group: its id, the beginning of it (6 characters or more), or its exact title
    #[arg(value_name = "GROUP", value_parser = NonEmptyStringValueParser::new())]
    group: String,
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        let route = Route::new(&["groups", &self.group, "watch"])?;
        context.node(async |node| {
            let mut posts = node.listen(route).await?;
            context.output.remark("Watching. New posts will appear here. Ctrl-C ends this.");
            while let Some(post) = posts.next::<Post>().await? {
                context.output.answer(&post, || format!("{}\n", phrase::post(&post)))?;
            }
            context.output.remark("Your node has stopped.");
            Ok(Ending::Done)
        })
    }
}
