//! `kith jar`: thanks that somebody got, kept by them alone.

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand};
use kith_node::api::types::{Mine, MineList, Written};

use super::One;
use super::journal::line;
use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};

/// Look at thanks that you keep
#[derive(Debug, Subcommand)]
pub enum Cmd {
    List(List),
    Keep(Keep),
    Delete(Delete),
}

/// Keep a letter's kind words in the jar
///
/// They stay when the letter goes, on this device alone; whoever sent them is not told.
#[derive(Args, Debug)]
pub struct Keep {
    /// The group: its id, the beginning of it (6 characters or more), or its exact title
    #[arg(value_name = "GROUP", value_parser = NonEmptyStringValueParser::new())]
    group: String,
    /// The letter: its id, or the beginning of it (6 characters or more)
    #[arg(value_name = "LETTER", value_parser = NonEmptyStringValueParser::new())]
    letter: String,
}

/// List the thanks that you keep
#[derive(Args, Debug)]
pub struct List {}

/// Delete one of them
#[derive(Args, Debug)]
pub struct Delete {
    #[command(flatten)]
    one: One,
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        match self {
            Cmd::List(_) => {
                let route = Route::new(&["mine", "jar"])?;
                let list: MineList<Written> = context.node(async |node| node.get(route).await)?;
                context
                    .output
                    .answer(&list, || super::listed(&list, "The jar is empty. That is fine.", line))?;
                Ok(Ending::Done)
            }
            Cmd::Keep(cmd) => {
                let route = Route::new(&["groups", &cmd.group, "letters", &cmd.letter, "keep"])?;
                let kept: Mine<Written> = context.node(async |node| node.post(route, &()).await)?;
                context.output.answer(&kept, || {
                    format!("Kept in the jar, on this device.\n{}", line(&kept.id, &kept.kept))
                })?;
                Ok(Ending::Done)
            }
            Cmd::Delete(cmd) => super::delete(context, "jar", &cmd.one),
        }
    }
}
