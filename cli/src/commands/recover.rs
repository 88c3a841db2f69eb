//! `kith recover`: an identity brought back by its words.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use clap::Args;
use kith_node::api::types::{Code, Problem};
use kith_node::home::Home;
use kith_node::identity;
use serde_json::json;
use zeroize::Zeroizing;

use crate::ask;
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::protect::Protect;

/// The longest text that is taken for recovery words, in bytes.
const MOST: u64 = 4096;

/// Bring your identity back with the recovery words
///
/// The words are asked for on a terminal, and read from stdin elsewhere. Your groups come back when you join
/// each of them again, with any link of the group: you are the same member there.
#[derive(Args, Debug)]
pub struct Cmd {
    /// Read the words from FILE ("-" is stdin)
    #[arg(long, value_name = "FILE")]
    words_file: Option<PathBuf>,
    #[command(flatten)]
    protect: Protect,
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        let home = Home::open(context.paths().clone())?;
        if home.paths().vault().exists() {
            return Err(Code::IdentityExists.into());
        }
        let words = self.words(context)?;
        let protection = self.protect.new_identity(context, &home)?;
        context.progress("Bringing your identity back…");
        identity::recover(&home, &words, &protection)?;
        context.output.answer(&json!({ "state": "recovered", "home": context.home() }), || {
            "Your identity is back. Start your node with \"kith run\", then join your groups again: any invite link\n\
             of a group brings you back as the same member.\n"
                .to_owned()
        })?;
        Ok(Ending::Done)
    }

    fn words(&self, context: &Context) -> Result<Zeroizing<String>, Problem> {
        match &self.words_file {
            Some(path) if path != Path::new("-") => {
                let file = File::open(path).map_err(|_| {
                    Problem::new(
                        Code::StorageFailed,
                        format!("The file {} cannot be read.", path.display()),
                        "Check its name and its permissions.",
                    )
                })?;
                text(file)
            }
            None if context.can_ask() => ask::needed("Your twelve recovery words, in their order:"),
            _ => text(io::stdin().lock()),
        }
    }
}

fn text(from: impl Read) -> Result<Zeroizing<String>, Problem> {
    let mut words = Zeroizing::new(String::new());
    from.take(MOST).read_to_string(&mut words).map_err(|_| Problem::of(Code::BadRecoveryWords))?;
    Ok(words)
}
