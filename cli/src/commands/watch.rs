//! `kith watch`: new posts of a group as they arrive.

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use kith_node::api::types::Post;

use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::{listing, phrase};

/// Show new posts of a group as they arrive
///
/// Goes on until you press Ctrl-C, or the node stops or is locked.
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
            let mut flood: Option<String> = None;
            while let Some(post) = posts.next::<Post>().await? {
                let folds = post.much && !context.output.is_json();
                let before = std::mem::replace(&mut flood, folds.then(|| post.author.clone()));
                if folds && before.as_ref() == Some(&post.author) {
                    continue; // One line says it for all of them.
                }
                let all = |post: &Post| format!("kith read {} --all", phrase::id(&post.group));
                let words = || format!("{}\n", listing::posts(std::iter::once(&post), !folds, false, all));
                context.output.answer(&post, words)?;
            }
            context.output.remark("Your node has stopped, or is locked.");
            Ok(Ending::Done)
        })
    }
}
