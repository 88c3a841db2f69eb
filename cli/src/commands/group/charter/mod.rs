//! `kith group charter`: what a group agreed to.

use std::path::PathBuf;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand};
use kith_node::api::types::{ActState, Amended, CharterChanges, EditCharter, GroupCharter};

use crate::charter::{self, Described};
use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::reason::Reason;
use crate::{input, phrase};

/// Read, change or accept what a group agreed to
#[derive(Debug, Subcommand)]
pub enum Cmd {
    Show(Show),
    Edit(Edit),
    Accept(Accept),
}

/// Show a group's charter
#[derive(Args, Debug)]
pub struct Show {
    /// The group: its id, the beginning of it (6 characters or more), or its exact title
    #[arg(value_name = "GROUP", value_parser = NonEmptyStringValueParser::new())]
    group: String,
    /// Print it as a file that can be changed and given to "kith group charter edit"
    #[arg(long, conflicts_with = "json")]
    toml: bool,
}

/// Change a group's charter
///
/// What members agreed to by joining changes once more than half of the facilitators say the same; members are then
/// asked again. Size, reply window, advice, language, questions, terms of office and how large files can be take one
/// facilitator. "history" can be closed, not opened.
#[derive(Args, Debug)]
pub struct Edit {
    /// The group: its id, the beginning of it (6 characters or more), or its exact title
    #[arg(value_name = "GROUP", value_parser = NonEmptyStringValueParser::new())]
    group: String,
    /// The charter as it should be, as a TOML file ("-" is stdin); what it leaves out stays. At a terminal you can
    /// leave this out, and change it in your editor
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
    #[command(flatten)]
    reason: Reason,
}

/// Accept a group's charter as it is now
#[derive(Args, Debug)]
pub struct Accept {
    /// The group: its id, the beginning of it (6 characters or more), or its exact title
    #[arg(value_name = "GROUP", value_parser = NonEmptyStringValueParser::new())]
    group: String,
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        match self {
            Cmd::Show(cmd) => cmd.run(context),
            Cmd::Edit(cmd) => cmd.run(context),
            Cmd::Accept(cmd) => cmd.run(context),
        }
    }
}

impl Show {
    fn run(self, context: &Context) -> Outcome {
        let group: GroupCharter = get(context, &self.group)?;
        context.output.answer(&group, || {
            if self.toml {
                return charter::file(&group.charter);
            }
            let asked = if group.accepted {
                String::new()
            } else {
                format!(
                    "\nSince you accepted it this has changed: {}.\n\
                     If you agree to it as it is now: kith group charter accept {}\n",
                    charter::names(&group.changed),
                    phrase::id(&group.group)
                )
            };
            format!("{}\n\n{}{asked}", phrase::title(Some(&group.title)), charter::words(&group.charter))
        })?;
        Ok(Ending::Done)
    }
}

impl Edit {
    fn run(self, context: &Context) -> Outcome {
        context.before_asking()?;
        let Some(from) = &self.from else { return self.in_editor(context) };
        let changes = charter::read::<Described>(from, charter::PARTS)?.changes()?;
        self.ask(context, changes)
    }

    /// Nothing that was written in the editor is lost if it cannot be taken.
    fn in_editor(&self, context: &Context) -> Outcome {
        if !context.can_ask() {
            return Err(phrase::say_it("The charter as it should be", "--from (\"-\" is stdin)"));
        }
        let now: GroupCharter = get(context, &self.group)?;
        let offered = charter::file(&now.charter);
        let written = input::edited(context, &offered, charter::FILE_MOST)?;
        if written.text.trim_ascii() == offered.as_bytes().trim_ascii() {
            context.output.remark("Nothing has changed.");
            return written.sent(Ok(Ending::Done));
        }
        let changes = charter::edited(&written.text).and_then(Described::changes);
        let asked = changes.and_then(|changes| self.ask(context, changes));
        written.sent(asked)
    }

    fn ask(&self, context: &Context, changes: CharterChanges) -> Outcome {
        let reason = self.reason.needed(context)?;
        let edit = EditCharter { changes, reason };
        let route = Route::new(&["groups", &self.group, "charter"])?;
        let amended: Amended = context.node(async |node| node.post(route, &edit).await)?;
        context.output.answer(&amended, || words(&amended).to_owned())?;
        Ok(Ending::Done)
    }
}

impl Accept {
    fn run(self, context: &Context) -> Outcome {
        let route = Route::new(&["groups", &self.group, "charter", "accept"])?;
        let group: GroupCharter = context.node(async |node| node.post(route, &()).await)?;
        context.output.answer(&group, || "You have accepted the charter as it is now.".to_owned())?;
        Ok(Ending::Done)
    }
}

fn get(context: &Context, group: &str) -> Result<GroupCharter, kith_node::api::types::Problem> {
    let route = Route::new(&["groups", group, "charter"])?;
    context.node(async |node| node.get(route).await)
}

fn words(amended: &Amended) -> &'static str {
    match (amended.state, amended.asks_members) {
        (ActState::Done, true) => {
            "The charter is changed. Members are asked whether they agree; nobody loses anything by not answering."
        }
        (ActState::Done, false) => "The charter is changed.",
        (ActState::Awaiting, _) => {
            "Your proposal is written. It takes effect once more than half of the facilitators sign it: \
             \"kith proposal list\"."
        }
    }
}
