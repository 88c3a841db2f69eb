//! `kith ask-to-suggest` and `kith consent`: ideas for somebody who asked for something else.

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use kith_node::api::types::{GiveConsent, LetterSent};

use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::plain;

/// Ask somebody whether ideas are welcome
///
/// Some wish to be heard, and for nothing else. This asks whoever began the thread, and nobody else learns of it. Once they
/// agree, you can send "kith reply --kind suggestion".
#[derive(Args, Debug)]
pub struct Ask {
    /// Any post of the thread: its id, or the beginning of it (6 characters or more)
    #[arg(value_name = "POST", value_parser = NonEmptyStringValueParser::new())]
    post: String,
}

/// Say to somebody that their ideas are welcome
///
/// About this post of yours, from this member. Their ideas are then shown to you as any other reply. You need not answer: who
/// hears nothing keeps to listening.
#[derive(Args, Debug)]
pub struct Consent {
    /// Your post: its id, or the beginning of it (6 characters or more)
    #[arg(value_name = "POST", value_parser = NonEmptyStringValueParser::new())]
    post: String,
    /// Who asked: their id, or the beginning of it (6 characters or more)
    #[arg(value_name = "MEMBER", value_parser = NonEmptyStringValueParser::new())]
    member: String,
}

impl Ask {
    pub fn run(self, context: &Context) -> Outcome {
        let route = Route::new(&["posts", &self.post, "ask-to-suggest"])?;
        let sent: LetterSent = context.node(async |node| node.post(route, &()).await)?;
        context.output.answer(&sent, || {
            format!(
                "{} is asked, and nobody else sees it. The answer may take a while, or not come.",
                name(&sent)
            )
        })?;
        Ok(Ending::Done)
    }
}

impl Consent {
    pub fn run(self, context: &Context) -> Outcome {
        let route = Route::new(&["posts", &self.post, "consent"])?;
        let consent = GiveConsent { member: self.member };
        let sent: LetterSent = context.node(async |node| node.post(route, &consent).await)?;
        context
            .output
            .answer(&sent, || format!("{} is told that ideas about this post are welcome.", name(&sent)))?;
        Ok(Ending::Done)
    }
}

fn name(sent: &LetterSent) -> String {
    sent.to.first().map(|to| plain::line(to).into_owned()).unwrap_or_default()
}
