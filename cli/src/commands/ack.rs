//! `kith ack`, `kith still-need`, `kith claim`: being heard without many words.

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use kith_node::api::types::{Delivery, GiveAck, LetterSent};

use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::hearing::{self, AckArg};
use crate::{phrase, plain};

/// Let somebody know that you heard them
///
/// Only the author of the post learns what you say here, and that it was you. The group
/// sees that somebody has heard the post, and nothing more: nobody counts.
#[derive(Args, Debug)]
pub struct Ack {
    /// The post or reply: its id, or the beginning of it (6 characters or more)
    #[arg(value_name = "POST", value_parser = NonEmptyStringValueParser::new())]
    post: String,
    /// What you say
    #[arg(value_enum, value_name = "WHAT", default_value = "hear-you")]
    kind: AckArg,
}

/// Say that you still wait for an answer
///
/// Your post stands among those that need a reply again, and whoever is on duty sees it.
#[derive(Args, Debug)]
pub struct StillNeed {
    /// Your post: its id, or the beginning of it (6 characters or more)
    #[arg(value_name = "POST", value_parser = NonEmptyStringValueParser::new())]
    post: String,
}

/// Say that you are writing an answer
///
/// For half an hour the others see that somebody is writing. It binds nobody: others may answer all the same.
#[derive(Args, Debug)]
pub struct Claim {
    /// The post: its id, or the beginning of it (6 characters or more)
    #[arg(value_name = "POST", value_parser = NonEmptyStringValueParser::new())]
    post: String,
    /// You are not writing after all
    #[arg(long)]
    end: bool,
}

impl Ack {
    pub fn run(self, context: &Context) -> Outcome {
        let kind = self.kind.kind();
        let route = Route::new(&["posts", &self.post, "ack"])?;
        let sent: LetterSent = context.node(async |node| node.post(route, &GiveAck { kind }).await)?;
        context.output.answer(&sent, || {
            let to =
                sent.to.first().map_or_else(|| "its author".to_owned(), |to| plain::line(to).into_owned());
            format!("On its way to {to} alone: \"{}\"", hearing::ack_words(kind))
        })?;
        Ok(Ending::Done)
    }
}

impl StillNeed {
    pub fn run(self, context: &Context) -> Outcome {
        let route = Route::new(&["posts", &self.post, "still-need"])?;
        let said: Delivery = context.node(async |node| node.post(route, &()).await)?;
        context.output.answer(&said, || {
            format!("Your post stands among those that need a reply again. {}", phrase::delivery(&said))
        })?;
        Ok(Ending::Done)
    }
}

impl Claim {
    pub fn run(self, context: &Context) -> Outcome {
        let route = Route::new(&["posts", &self.post, "claim"])?;
        let end = self.end;
        let said: Delivery = context
            .node(async |node| if end { node.delete(route).await } else { node.post(route, &()).await })?;
        context.output.answer(&said, || {
            if end {
                "The others do not wait for your answer any more.".to_owned()
            } else {
                let post = phrase::id(&self.post);
                format!("For half an hour the others see that you are writing. Then: kith reply {post}")
            }
        })?;
        Ok(Ending::Done)
    }
}
