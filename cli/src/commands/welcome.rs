//! `kith welcome`: newcomers, and one's own first steps.

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand};
use kith_node::api::types::{Delivery, FirstSteps, Newcomer, Newcomers, StepsLeft, TakeStep};

use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::input::Source;
use crate::{phrase, plain, when};

/// Welcome newcomers, and see your own first steps
///
/// Whoever greets newcomers by the rota ("kith rota take --task greeter") is told of them first; after a day everybody on duty is.
#[derive(Debug, Subcommand)]
pub enum Cmd {
    List(List),
    Greet(Greet),
    Steps(Steps),
    Settle(Settle),
}

/// Show who came in the last 14 days and has not been greeted yet
#[derive(Args, Debug)]
pub struct List {
    /// The group: its id, the beginning of it (6 characters or more), or its exact title
    #[arg(value_name = "GROUP", value_parser = NonEmptyStringValueParser::new())]
    group: String,
}

/// Greet a newcomer in a post, so that the others see that somebody did
///
/// The text is taken as "kith post" takes it. The post waits for no answer.
#[derive(Args, Debug)]
pub struct Greet {
    /// The group: its id, the beginning of it (6 characters or more), or its exact title
    #[arg(value_name = "GROUP", value_parser = NonEmptyStringValueParser::new())]
    group: String,
    /// The newcomer: their id, or the beginning of it (6 characters or more)
    #[arg(value_name = "MEMBER", value_parser = NonEmptyStringValueParser::new())]
    member: String,
    /// Write nothing: you greeted them already, in a reply or elsewhere
    #[arg(long, conflicts_with = "file")]
    done: bool,
    #[command(flatten)]
    source: Source,
}

/// Show three small first steps, as long as you are new
///
/// They are noted on this device alone. Nobody waits for them.
#[derive(Args, Debug)]
pub struct Steps {
    /// The group: its id, the beginning of it (6 characters or more), or its exact title
    #[arg(value_name = "GROUP", value_parser = NonEmptyStringValueParser::new())]
    group: String,
    /// Say that you would rather just listen; nobody else learns of it
    #[arg(long)]
    listen: bool,
    /// Do not show them any more
    #[arg(long)]
    hide: bool,
}

/// Take "new here" from behind your name
///
/// It goes by itself 14 days after you came.
#[derive(Args, Debug)]
pub struct Settle {
    /// The group: its id, the beginning of it (6 characters or more), or its exact title
    #[arg(value_name = "GROUP", value_parser = NonEmptyStringValueParser::new())]
    group: String,
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        match self {
            Cmd::List(cmd) => {
                let route = Route::new(&["groups", &cmd.group, "newcomers"])?;
                let list: Newcomers = context.node(async |node| node.get(route).await)?;
                context.output.answer(&list, || newcomers(&list))?;
            }
            Cmd::Greet(cmd) => return cmd.run(context),
            Cmd::Steps(cmd) => {
                let route = Route::new(&["groups", &cmd.group, "first-steps"])?;
                let take = TakeStep { listen: cmd.listen, hide: cmd.hide };
                let left: StepsLeft = context.node(async |node| node.post(route, &take).await)?;
                context.output.answer(&left, || match &left.steps {
                    Some(left) => steps(left, &phrase::argument(&cmd.group), ""),
                    None => "There are no first steps left to show.".to_owned(),
                })?;
            }
            Cmd::Settle(cmd) => {
                let route = Route::new(&["groups", &cmd.group, "settle-in"])?;
                let sent: Delivery = context.node(async |node| node.post(route, &()).await)?;
                context.output.answer(&sent, || {
                    format!("You are not shown as new here any more. {}", phrase::delivery(&sent))
                })?;
            }
        }
        Ok(Ending::Done)
    }
}

impl Greet {
    fn run(&self, context: &Context) -> Outcome {
        if self.done {
            let route = Route::new(&["groups", &self.group, "members", &self.member, "welcomed"])?;
            let sent: Delivery = context.node(async |node| node.post(route, &()).await)?;
            context.output.answer(&sent, || {
                format!("The others see that somebody greeted them. {}", phrase::delivery(&sent))
            })?;
            return Ok(Ending::Done);
        }
        context.before_asking()?;
        let mut written = self.source.read(context)?;
        let text = std::mem::take(&mut written.text);
        let route = Route::new(&["groups", &self.group, "members", &self.member, "welcome"])?;
        let sent = context.node(async |node| node.text::<Delivery>(route, text).await);
        let said = written.sent(sent)?;
        context.output.answer(&said, || {
            format!(
                "Greeted, in a post that everybody can read. {}   [{}]",
                phrase::delivery(&said),
                phrase::id(&said.post)
            )
        })?;
        Ok(Ending::Done)
    }
}

fn newcomers(list: &Newcomers) -> String {
    if list.newcomers.is_empty() {
        return "Everybody who came lately has been greeted.".to_owned();
    }
    let line = |one: &Newcomer| {
        let pressing = if one.pressing { ", and has waited for more than a day" } else { "" };
        format!(
            "{} came {}{pressing}   [{}]\n",
            plain::line(&one.name),
            when::friendly(&one.came),
            phrase::id(&one.member)
        )
    };
    let lines: String = list.newcomers.iter().map(line).collect();
    format!("{lines}To greet somebody: kith welcome greet GROUP MEMBER\n")
}

/// First steps, each line beginning with `before`.
pub fn steps(left: &FirstSteps, group: &str, before: &str) -> String {
    let done = |done: bool| if done { "[x]" } else { "[ ]" };
    let lines = [
        "Three small first steps, if you like. Nobody waits for them:".to_owned(),
        format!("  {} look at the charter: kith group charter show {group}", done(left.charter)),
        format!(
            "  {} say one \"I hear you\" to somebody: kith read {group}, then kith ack",
            done(left.heard)
        ),
        format!(
            "  {} say hello (kith post {group}), or just listen (kith welcome steps {group} --listen)",
            done(left.hello)
        ),
        format!("  Not for you? kith welcome steps {group} --hide"),
    ];
    lines.iter().map(|line| format!("{before}{line}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_done_is_marked_and_nothing_urges() {
        let left = FirstSteps { charter: true, heard: false, hello: false };
        let shown = steps(&left, "abcdef", "    ");
        assert!(shown.contains("    Three small first steps, if you like."), "{shown}");
        assert_eq!((shown.matches("[x]").count(), shown.matches("[ ]").count()), (1, 2));
        assert!(shown.contains("--hide") && !shown.contains('!'));
    }
}
