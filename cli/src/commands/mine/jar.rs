//! `kith jar`: thanks that somebody got, kept by them alone.

use clap::{Args, Subcommand};
use kith_node::api::types::{MineList, Written};

use super::One;
use super::journal::line;
use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};

/// Look at thanks that you keep
#[derive(Debug, Subcommand)]
pub enum Cmd {
    List(List),
    Delete(Delete),
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
            Cmd::Delete(cmd) => super::delete(context, "jar", &cmd.one),
        }
    }
}
