//! `kith directory make`: for whoever runs a directory.

use std::fs;
use std::path::PathBuf;

use clap::Args;
use kith_node::api::types::{Code, Problem};
use kith_node::clock::Clock;
use kith_node::directory::collate;
use serde::Serialize;

use super::file;
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::phrase;

/// Files in one folder that are read, at most.
const FILES: usize = 4096;

/// Make one directory of several files of listings, for a web server or a memory stick
///
/// It takes no node and no identity. Of each listing the newest stays; what has ended or is damaged is left out; what was
/// withdrawn stays withdrawn, so keep the files of ends with the others. Any server that serves files will do: it needs no
/// program of ours, and should keep no log of who fetches.
#[derive(Args, Debug)]
pub struct Cmd {
    /// Files, and folders of files
    #[arg(value_name = "FILE|DIR", required = true)]
    from: Vec<PathBuf>,
    /// Where to write the directory, in place of what is there
    #[arg(long, short, value_name = "FILE")]
    out: PathBuf,
}

#[derive(Serialize)]
struct Made {
    listings: usize,
    withdrawn: usize,
    ended: usize,
    refused: usize,
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        let paths = self.paths()?;
        let files = paths.iter().map(|path| file::read(path)).collect::<Result<Vec<_>, _>>()?;
        let made = collate(&files, Clock::system().now()).map_err(|(place, why)| {
            let named = place.and_then(|place| paths.get(place));
            let message = match named {
                Some(path) => format!("{}: {why}.", path.display()),
                None => format!("All of this together: {why}."),
            };
            Problem::new(Code::BadDirectory, message, "Nothing was written. Take that out, and try again.")
        })?;
        file::write(&self.out, &made.file)?;
        let said = Made {
            listings: made.listings,
            withdrawn: made.withdrawn,
            ended: made.ended,
            refused: made.refused,
        };
        context.output.answer(&said, || words(&said, &self.out.display().to_string()))?;
        Ok(Ending::Done)
    }

    /// The files named, and those in the folders named; not the one to be written.
    fn paths(&self) -> Result<Vec<PathBuf>, Problem> {
        let mut paths = Vec::new();
        for from in &self.from {
            if !from.is_dir() {
                paths.push(from.clone());
                continue;
            }
            let unread = |_| {
                Problem::new(
                    Code::StorageFailed,
                    format!("The folder {} cannot be read.", from.display()),
                    "Check its name and its permissions.",
                )
            };
            let inside = fs::read_dir(from).map_err(unread)?.take(FILES).flatten();
            let mut inside: Vec<PathBuf> =
                inside.map(|one| one.path()).filter(|path| path.is_file()).collect();
            inside.sort();
            paths.extend(inside);
        }
        let out = fs::canonicalize(&self.out).ok();
        paths.retain(|path| out.is_none() || fs::canonicalize(path).ok() != out);
        Ok(paths)
    }
}

fn words(made: &Made, out: &str) -> String {
    let count = |number: usize, one: &str, more: &str| {
        phrase::count(u64::try_from(number).unwrap_or(u64::MAX), one, more)
    };
    let groups =
        if made.listings == 0 { "no group".to_owned() } else { count(made.listings, "group", "groups") };
    let mut words = format!(
        "{out} lists {groups}. Put it where everybody can fetch it, and make it anew when somebody brings a file.\n"
    );
    for (number, one, more) in [
        (made.withdrawn, "listing was withdrawn, and stays so", "listings were withdrawn, and stay so"),
        (made.ended, "file held one that has ended or is older", "held ones that have ended or are older"),
        (
            made.refused,
            "item was damaged, forged or too new, and left out",
            "items were damaged, forged or too new, and left out",
        ),
    ] {
        if number > 0 {
            words.push_str(&format!("    {}\n", count(number, one, more)));
        }
    }
    words
}
