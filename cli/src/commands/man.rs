//! `kith man`: the manual pages.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::Args;
use kith_node::api::types::{Code, Problem};
use serde_json::json;

use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::reference;

/// Print the manual page
///
/// To read it: kith man | man -l -
#[derive(Args, Debug)]
pub struct Cmd {
    /// Write the pages of all commands into DIR instead
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        match &self.dir {
            None => {
                let page = reference::manual(&crate::command()).map_err(|_| Problem::of(Code::Internal))?;
                context.output.answer(&json!({ "page": page }), || page.clone())?;
            }
            Some(dir) => {
                let files = write(dir).map_err(|_| {
                    Problem::new(
                        Code::StorageFailed,
                        format!("The pages could not be written to {}.", dir.display()),
                        "Check that the folder can be made and written.",
                    )
                })?;
                context.output.answer(&json!({ "files": files }), || files.join("\n"))?;
            }
        }
        Ok(Ending::Done)
    }
}

fn write(dir: &Path) -> io::Result<Vec<String>> {
    fs::create_dir_all(dir)?;
    let mut files = Vec::new();
    for (name, page) in reference::manuals(&crate::command())? {
        let path = dir.join(format!("{name}.1"));
        fs::write(&path, page)?;
        files.push(path.display().to_string());
    }
    Ok(files)
}
