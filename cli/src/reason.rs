//! The reason for an act: from a file, from stdin, or asked for.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use clap::Args;
use kith_node::api::types::{Code, Problem};

use crate::ask;
use crate::context::Context;
use crate::phrase;

/// The longest reason that is read, in bytes: one more than fits.
const MOST: u64 = 2049;

/// Where a reason comes from.
#[derive(Args, Debug)]
pub struct Reason {
    /// Why, in words that the person concerned and the others will read, from FILE ("-" is stdin)
    #[arg(long = "reason-file", value_name = "FILE")]
    file: Option<PathBuf>,
}

impl Reason {
    /// The reason, asked for if there is somebody to ask.
    ///
    /// # Errors
    /// [`Code::Usage`] if none was given and nobody can be asked; [`Code::StorageFailed`], [`Code::TextNotUtf8`].
    pub fn needed(&self, context: &Context) -> Result<String, Problem> {
        match &self.file {
            Some(path) => read(path),
            None if context.can_ask() => {
                Ok(ask::needed("Why? The person concerned will read this, and so can the others.")?
                    .to_string())
            }
            None => Err(phrase::say_it("A reason", "--reason-file (\"-\" is stdin)")),
        }
    }
}

/// A reason out of a file, "-" being stdin.
///
/// # Errors
/// [`Code::StorageFailed`], [`Code::TextNotUtf8`].
pub fn read(path: &Path) -> Result<String, Problem> {
    let mut reason = Vec::new();
    let read = if path == Path::new("-") {
        io::stdin().lock().take(MOST).read_to_end(&mut reason)
    } else {
        File::open(path).and_then(|file| file.take(MOST).read_to_end(&mut reason))
    };
    read.map_err(|_| {
        Problem::new(
            Code::StorageFailed,
            format!("The file {} cannot be read.", path.display()),
            "Check its name and its permissions.",
        )
    })?;
    String::from_utf8(reason).map_err(|_| {
        Problem::new(
            Code::TextNotUtf8,
            "The reason is not in UTF-8, so nothing was done.",
            "Save it as UTF-8 and try again.",
        )
    })
}
