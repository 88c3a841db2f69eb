//! `kith tags`: words for one's own situation, for this device alone.

use clap::{Args, Subcommand};
use kith_node::api::types::Tags;

use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::input::Source;
use crate::plain;

/// Keep words for your situation, on this device alone
#[derive(Debug, Subcommand)]
pub enum Cmd {
    Set(Set),
    List(List),
    Clear(Clear),
}

/// Keep these in place of those before: one on a line, from stdin, a file or your editor
#[derive(Args, Debug)]
pub struct Set {
    #[command(flatten)]
    source: Source,
}

/// List them
#[derive(Args, Debug)]
pub struct List {}

/// Delete them all
#[derive(Args, Debug)]
pub struct Clear {}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        let route = Route::new(&["mine", "tags"])?;
        let tags: Tags = match self {
            Cmd::List(_) => context.node(async |node| node.get(route).await)?,
            Cmd::Clear(_) => context.node(async |node| node.post(route, &Tags::default()).await)?,
            Cmd::Set(cmd) => super::with_text(context, &cmd.source, None, |text| {
                let lines = text.lines().map(str::trim);
                let tags = lines.filter(|tag| !tag.is_empty()).map(str::to_owned).collect();
                context.node(async |node| node.post(route, &Tags { tags }).await)
            })?,
        };
        context.output.answer(&tags, || match tags.tags.as_slice() {
            [] => "No tags.\n".to_owned(),
            some => some.iter().map(|tag| format!("{}\n", plain::line(tag))).collect(),
        })?;
        Ok(Ending::Done)
    }
}
