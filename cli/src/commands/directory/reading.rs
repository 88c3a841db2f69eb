//! `kith directory add`, `list`, `refresh`, `remove`: which directories one reads.

use std::io::{self, Read};
use std::path::Path;

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use kith_node::api::types::{AddDirectory, Code, Directory, DirectoryGone, DirectoryList, Problem};

use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::{ask, phrase, plain, when};

/// The longest address that is read, in bytes.
const SOURCE_MOST: u64 = 4096;

/// Read a directory: fetch the whole of it now, and once a day at most from then on
///
/// Its server sees that somebody at your internet address fetched it, and nothing of what you look for. Everybody sends the
/// same request. Use an address that begins with https:// where there is one: over http://, others on the way see which
/// directory you read, and could change which listings you get.
#[derive(Args, Debug)]
pub struct Add {
    /// The address, or a file; "-" reads it from stdin; you are asked for it if you leave it out
    #[arg(value_name = "URL|FILE")]
    source: Option<String>,
    /// What to call it [usual: its host, or the name of the file]
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Fetch it only when you ask ("kith directory refresh")
    #[arg(long)]
    by_hand: bool,
}

/// Fetch a directory anew, or all that you read
#[derive(Args, Debug)]
pub struct Refresh {
    /// The directory: its id, the beginning of it (6 characters or more), or its exact name [usual: all]
    #[arg(value_name = "DIRECTORY", value_parser = NonEmptyStringValueParser::new())]
    directory: Option<String>,
}

/// Read a directory no more, and drop what was in it
#[derive(Args, Debug)]
pub struct Remove {
    /// The directory: its id, the beginning of it (6 characters or more), or its exact name
    #[arg(value_name = "DIRECTORY", value_parser = NonEmptyStringValueParser::new())]
    directory: String,
}

impl Add {
    pub fn run(self, context: &Context) -> Outcome {
        context.before_asking()?;
        let source = absolute(self.source(context)?);
        let add = AddDirectory { source, name: self.name, by_hand: self.by_hand };
        context.progress("Fetching all of it.");
        let route = Route::new(&["directories"])?;
        let added: Directory = context.node(async |node| node.post(route, &add).await)?;
        context
            .output
            .answer(&added, || format!("{}\nTo look through it: kith directory browse\n", line(&added)))?;
        Ok(Ending::Done)
    }

    fn source(&self, context: &Context) -> Result<String, Problem> {
        match self.source.as_deref() {
            Some("-") => {
                let mut source = String::new();
                let read = io::stdin().lock().take(SOURCE_MOST).read_to_string(&mut source);
                read.map_err(|_| Problem::of(Code::TextNotUtf8))?;
                Ok(source.trim().to_owned())
            }
            Some(source) => Ok(source.to_owned()),
            None if context.can_ask() => {
                Ok(ask::needed("The address of the directory, or a file:")?.to_string())
            }
            None => Err(phrase::say_it("Where the directory is", "URL|FILE, or \"-\" and it on stdin")),
        }
    }
}

/// The node may run in another folder than this command.
fn absolute(source: String) -> String {
    let path = Path::new(&source);
    if source.contains("://") || path.is_absolute() {
        return source;
    }
    std::path::absolute(path).map_or(source.clone(), |path| path.display().to_string())
}

/// Lists the directories that one reads.
pub fn list(context: &Context) -> Outcome {
    let route = Route::new(&["directories"])?;
    let list: DirectoryList = context.node(async |node| node.get(route).await)?;
    context.output.answer(&list, || {
        if list.directories.is_empty() {
            return "You read no directory yet. Somebody you trust may know one: kith directory add"
                .to_owned();
        }
        list.directories.iter().map(line).collect()
    })?;
    Ok(Ending::Done)
}

impl Refresh {
    pub fn run(self, context: &Context) -> Outcome {
        let refreshed = context.node(async |node| {
            let names = match self.directory {
                Some(directory) => vec![directory],
                None => {
                    let list: DirectoryList = node.get(Route::new(&["directories"])?).await?;
                    list.directories.into_iter().map(|one| one.directory).collect()
                }
            };
            let mut directories = Vec::new();
            for name in names {
                let route = Route::new(&["directories", &name, "refresh"])?;
                directories.push(node.post::<Directory>(route, &()).await?);
            }
            Ok(DirectoryList { directories })
        })?;
        context.output.answer(&refreshed, || {
            if refreshed.directories.is_empty() {
                return "You read no directory yet: kith directory add".to_owned();
            }
            refreshed.directories.iter().map(line).collect()
        })?;
        Ok(Ending::Done)
    }
}

impl Remove {
    pub fn run(self, context: &Context) -> Outcome {
        let route = Route::new(&["directories", &self.directory])?;
        let gone: DirectoryGone = context.node(async |node| node.delete(route).await)?;
        context
            .output
            .answer(&gone, || "You read it no more. What was in it is gone from this device.".to_owned())?;
        Ok(Ending::Done)
    }
}

fn line(one: &Directory) -> String {
    let mut words = format!(
        "{}   [{}]\n    {}\n    ",
        plain::line(&one.name),
        phrase::id(&one.directory),
        plain::line(&one.source)
    );
    words.push_str(&match one.listings {
        0 => "It lists no group now.".to_owned(),
        groups => format!("It lists {}.", phrase::count(groups, "group", "groups")),
    });
    if let Some(fetched) = &one.fetched {
        words.push_str(&format!(" Fetched {}.", when::friendly(fetched)));
    }
    words.push('\n');
    if let Some(failed) = &one.failed {
        words.push_str(&format!("    The last try failed. {}\n", plain::line(failed)));
    }
    words
}
