//! `kith event export`: for a calendar program, by RFC 5545.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use clap::Args;
use kith_node::api::types::{Calendar, Code, Problem};
use kith_node::ical::{self, Said};
use serde::Serialize;

use super::Group;
use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::hearing;

/// What happens to it afterwards, in the words of every answer.
const BEYOND: &str = "A calendar program may send what you give it to its maker, to a server or to other devices, and may show it on a locked screen. \
                      \"--discreet\" leaves out all words.";

/// Write what is coming up for a calendar program, as iCalendar
///
/// To stdout, or to a new file that only you can read. Offers without a time are left out. Nothing that changes later reaches
/// the calendar program: export again. A calendar program may send what you give it elsewhere.
#[derive(Args, Debug)]
pub struct Cmd {
    #[command(flatten)]
    group: Group,
    /// Write to FILE, which must not be there yet
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
    /// Leave out titles, places and all other words: the times alone
    #[arg(long)]
    discreet: bool,
}

/// What came of it.
#[derive(Debug, Serialize)]
struct Exported {
    /// The file; none if it went to stdout.
    file: Option<PathBuf>,
    /// The calendar, where there is no file.
    calendar: Option<String>,
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        let route = Route::new(&["groups", &self.group.group, "calendar"])?;
        let events: Calendar = context.node(async |node| node.get(route).await)?;
        let said = if self.discreet { Said::Busy("Busy") } else { Said::All(&hearing::notes) };
        let text = ical::calendar(&events.events, &said);
        if let Some(file) = &self.to {
            write(file, &text)?;
            let words = format!("Written to {}. Only you can read it. {BEYOND}", file.display());
            context.output.answer(&Exported { file: self.to, calendar: None }, || words)?;
            return Ok(Ending::Done);
        }
        context.output.answer(&Exported { file: None, calendar: Some(text.clone()) }, || text)?;
        if !context.output.is_json() {
            context.output.remark(BEYOND);
        }
        Ok(Ending::Done)
    }
}

fn write(file: &Path, text: &str) -> Result<(), Problem> {
    let opened = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
    opened.and_then(|mut file| file.write_all(text.as_bytes())).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => Problem::new(
            Code::StorageFailed,
            format!("There is a file {} already. Nothing was written.", file.display()),
            "Choose another name, or delete it first.",
        ),
        ErrorKind::StorageFull => Code::DiskFull.into(),
        _ => Problem::new(
            Code::StorageFailed,
            format!("The file {} cannot be written.", file.display()),
            "Check its name and the permissions of its folder.",
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_file_is_new_and_private() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kith.ics");
        write(&path, "x").unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(write(&path, "y").unwrap_err().message.contains("already"));
        assert_eq!(std::fs::read(&path).unwrap(), b"x");
    }
}
