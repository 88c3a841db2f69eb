//! `kith init`: a new identity.

use clap::Args;
use kith_node::api::types::Code;
use kith_node::home::Home;
use kith_node::identity;
use serde_json::json;

use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::protect::{ABOUT_WORDS, Protect, numbered};

/// Make your identity
///
/// Shows twelve recovery words: they are the only way to bring your identity back. In each group you are
/// somebody else: no name and no key connects them. Your internet address and your hours still may.
#[derive(Args, Debug)]
pub struct Cmd {
    #[command(flatten)]
    protect: Protect,
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        let home = Home::open(context.paths().clone())?;
        if home.paths().vault().exists() {
            // Before a person has thought of a passphrase.
            return Err(Code::IdentityExists.into());
        }
        let protection = self.protect.new_identity(context, &home)?;
        context.progress("Making your identity…");
        let vault = identity::create(&home, &protection)?;
        let words = identity::words(&vault);
        context.output.answer(&json!({ "words": *words, "home": context.home() }), || {
            format!("Your identity is made.\n\n{}\n{ABOUT_WORDS}\n\nNext: kith run\n", *numbered(&words))
        })?;
        Ok(Ending::Done)
    }
}
