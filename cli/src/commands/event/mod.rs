//! `kith event`: what is coming up, offers, and days that matter to somebody.

mod add;
mod change;
mod export;
mod list;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand};
use kith_node::api::types::{CalendarEvent, Code, EventKind, Problem};

use crate::context::Context;
use crate::exit::Outcome;
use crate::when;

/// See what is coming up, announce something, and remember days that matter to you
///
/// Times are those of your time zone; the others see theirs. What you announce is kept as long as other things that you write
/// here, and "kith withdraw" takes it back.
#[derive(Debug, Subcommand)]
pub enum Cmd {
    Add(add::Cmd),
    List(list::List),
    Show(list::Show),
    Change(change::Change),
    Cancel(change::Cancel),
    Export(export::Cmd),
}

/// Of which group.
#[derive(Args, Debug)]
pub struct Group {
    /// The group: its id, the beginning of it (6 characters or more), or its exact title
    #[arg(value_name = "GROUP", value_parser = NonEmptyStringValueParser::new())]
    group: String,
}

/// Which event.
#[derive(Args, Debug)]
pub struct Which {
    /// The event: its id, or the beginning of it (6 characters or more)
    #[arg(value_name = "EVENT", value_parser = NonEmptyStringValueParser::new())]
    event: String,
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        match self {
            Cmd::Add(cmd) => cmd.run(context),
            Cmd::List(cmd) => cmd.run(context),
            Cmd::Show(cmd) => cmd.run(context),
            Cmd::Change(cmd) => cmd.run(context),
            Cmd::Cancel(cmd) => cmd.run(context),
            Cmd::Export(cmd) => cmd.run(context),
        }
    }
}

/// A time as somebody wrote it.
fn moment(text: &str) -> Result<String, Problem> {
    when::at(text).map_err(|_| {
        Problem::new(
            Code::Usage,
            "This is no time.",
            "Write day and time of your time zone, as 2026-12-05 18:30; of a day that matters to you the day alone.",
        )
    })
}

/// When it is, for people: `Sat 5 Dec 18:30, 90 minutes`.
fn time(event: &CalendarEvent) -> String {
    let minutes = match event.minutes {
        0 => String::new(),
        minutes => format!(", {minutes} minutes"),
    };
    match (&event.next, &event.start) {
        (Some(day), _) => when::day_to_come(day),
        (None, Some(start)) => format!("{}{minutes}", when::to_come(start)),
        (None, None) => format!("No time yet: ask when{minutes}"),
    }
}

/// What it is, for people.
fn kind(kind: EventKind) -> &'static str {
    match kind {
        EventKind::Gathering => "A gathering",
        EventKind::Circle => "A circle",
        EventKind::SkillShare => "A skill-share",
        EventKind::Anniversary => "A day that matters",
    }
}
