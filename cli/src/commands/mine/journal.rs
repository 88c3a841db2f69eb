//! `kith journal`: pages that nobody else reads.

use clap::{Args, Subcommand};
use kith_node::api::types::{Mine, MineList, Written};

use super::One;
use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::input::Source;
use crate::{phrase, plain, when};

/// Write for yourself alone
///
/// Pages are sealed on this device and never leave it.
#[derive(Debug, Subcommand)]
pub enum Cmd {
    Write(Write),
    List(List),
    Find(Find),
    Show(Show),
    Delete(Delete),
}

/// Write a page
///
/// The text is taken from stdin, a file or your editor, byte for byte; never from an argument.
#[derive(Args, Debug)]
pub struct Write {
    #[command(flatten)]
    source: Source,
}

/// List your pages
#[derive(Args, Debug)]
pub struct List {}

/// Find the pages in which all of some words stand
///
/// The words are taken as a page is: from stdin, a file or your editor.
#[derive(Args, Debug)]
pub struct Find {
    #[command(flatten)]
    source: Source,
}

/// Show a page
#[derive(Args, Debug)]
pub struct Show {
    #[command(flatten)]
    one: One,
}

/// Delete a page: it is gone from the file
#[derive(Args, Debug)]
pub struct Delete {
    #[command(flatten)]
    one: One,
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        match self {
            Cmd::Write(cmd) => cmd.run(context),
            Cmd::List(_) => {
                let route = Route::new(&["mine", "journal"])?;
                let list: MineList<Written> = context.node(async |node| node.get(route).await)?;
                context.output.answer(&list, || super::listed(&list, "Nothing is written yet.", line))?;
                Ok(Ending::Done)
            }
            Cmd::Find(cmd) => {
                let route = Route::new(&["mine", "find-in-journal"])?;
                let list: MineList<Written> = super::with_text(context, &cmd.source, None, |words| {
                    context.node(async |node| node.text(route, words.into()).await)
                })?;
                context.output.answer(&list, || super::listed(&list, "No page has these words.", line))?;
                Ok(Ending::Done)
            }
            Cmd::Show(cmd) => {
                let route = Route::new(&["mine", "journal", &cmd.one.id])?;
                let page: Mine<Written> = context.node(async |node| node.get(route).await)?;
                context.output.answer(&page, || {
                    format!("{}\n\n{}\n", when::friendly(&page.kept.time), plain::block(&page.kept.text))
                })?;
                Ok(Ending::Done)
            }
            Cmd::Delete(cmd) => super::delete(context, "journal", &cmd.one),
        }
    }
}

impl Write {
    fn run(self, context: &Context) -> Outcome {
        if self.source.is_person(context) {
            context.before_asking()?;
        }
        let mut written = self.source.read(context)?;
        let text = std::mem::take(&mut written.text);
        let route = Route::new(&["mine", "journal"])?;
        let kept = context.node(async |node| node.text::<Mine<Written>>(route, text).await);
        let kept = written.sent(kept)?;
        context
            .output
            .answer(&kept, || format!("Kept on this device, for you alone.   [{}]", phrase::id(&kept.id)))?;
        Ok(Ending::Done)
    }
}

/// A text in one line: when, and how it begins.
pub(super) fn line(id: &str, written: &Written) -> String {
    let first = written.text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let mut start: String = first.chars().take(60).collect();
    if start.len() < written.text.trim_end().len() {
        start.push('…');
    }
    format!("[{}]  {}  {}\n", phrase::id(id), when::friendly(&written.time), plain::line(&start))
}
