//! `kith words`: the recovery words again.

use clap::Args;
use kith_node::home::Home;
use kith_node::identity;
use serde_json::json;

use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::protect::{ABOUT_WORDS, Protect, numbered};

/// Show your recovery words again
///
/// The node must not be running. Look around first: whoever sees the words can be you.
#[derive(Args, Debug)]
pub struct Cmd {
    #[command(flatten)]
    protect: Protect,
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        let home = Home::open(context.paths().clone())?;
        let vault = self.protect.open(context, &home)?;
        let words = identity::words(&vault);
        context
            .output
            .answer(&json!({ "words": *words }), || format!("{}\n{ABOUT_WORDS}\n", *numbered(&words)))?;
        Ok(Ending::Done)
    }
}
