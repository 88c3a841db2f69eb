//! `kith introduce` and `kith match`: what members say of themselves, and what they have in common.

use std::path::PathBuf;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand};
use kith_node::api::types::{Alike, Delivery, Intro, IntroList, Introduce, Matches};

use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::{charter, hearing, input, phrase, plain};

/// Bytes of a form.
const FORM_MOST: usize = 8 * 1024;

/// What is offered in the editor.
const TEMPLATE: &str = "\
# All members can read this. You can leave out whatever you like.
# A line to stand beside your name
line = \"\"
words = '''

'''
# Words for your situation that you choose to show here, as [\"carer\", \"night shifts\"]
tags = []
# self-harm, suicide, eating, abuse, sexual-violence, substances, loss, medical, pregnancy, violence, discrimination
mentions = \"\"
";

const HOLDS: &str = "It may hold line, words, tags, mentions and note.";

/// Introduce yourself to a group, if you like, and read how others did
///
/// You need no introduction to be here.
#[derive(Debug, Subcommand)]
pub enum Cmd {
    Write(Write),
    List(List),
    TakeBack(TakeBack),
}

/// Say something of yourself, in place of what you said before
///
/// On a terminal your editor opens with a form. Otherwise it comes from a TOML file: line (it stands beside your name), words,
/// tags (of those that you keep with "kith tags", only what you write here leaves this device), mentions, note. All members
/// can read it.
#[derive(Args, Debug)]
pub struct Write {
    /// The group: its id, the beginning of it (6 characters or more), or its exact title
    #[arg(value_name = "GROUP", value_parser = NonEmptyStringValueParser::new())]
    group: String,
    /// The TOML file ("-" is stdin)
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
}

/// Read what members say of themselves
#[derive(Args, Debug)]
pub struct List {
    /// The group: its id, the beginning of it (6 characters or more), or its exact title
    #[arg(value_name = "GROUP", value_parser = NonEmptyStringValueParser::new())]
    group: String,
}

/// Take your introduction back
#[derive(Args, Debug)]
pub struct TakeBack {
    /// The group: its id, the beginning of it (6 characters or more), or its exact title
    #[arg(value_name = "GROUP", value_parser = NonEmptyStringValueParser::new())]
    group: String,
}

/// See who named what you named, compared on this device
///
/// Your own tags ("kith tags") are compared with the introductions that are here already. Nobody is asked, and nobody learns
/// that you looked.
#[derive(Args, Debug)]
pub struct Match {
    /// The group: its id, the beginning of it (6 characters or more), or its exact title
    #[arg(value_name = "GROUP", value_parser = NonEmptyStringValueParser::new())]
    group: String,
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        match self {
            Cmd::Write(cmd) => cmd.run(context),
            Cmd::List(cmd) => {
                let route = Route::new(&["groups", &cmd.group, "intros"])?;
                let list: IntroList = context.node(async |node| node.get(route).await)?;
                context.output.answer(&list, || match list.intros.as_slice() {
                    [] => "Nobody has introduced themselves. Nobody has to.".to_owned(),
                    some => some.iter().map(whole).collect(),
                })?;
                Ok(Ending::Done)
            }
            Cmd::TakeBack(cmd) => {
                let route = Route::new(&["groups", &cmd.group, "intros"])?;
                let sent: Delivery = context.node(async |node| node.delete(route).await)?;
                context.output.answer(&sent, || {
                    format!("Your introduction is taken back. {}", phrase::delivery(&sent))
                })?;
                Ok(Ending::Done)
            }
        }
    }
}

impl Write {
    fn run(self, context: &Context) -> Outcome {
        context.before_asking()?;
        if let Some(from) = &self.from {
            let say: Introduce = charter::read(from, HOLDS)?;
            return self.send(context, &say);
        }
        if !context.can_ask() {
            return Err(phrase::say_it("What you say of yourself", "--from (\"-\" is stdin)"));
        }
        let written = input::edited(context, TEMPLATE, FORM_MOST)?;
        if written.text.trim_ascii() == TEMPLATE.as_bytes().trim_ascii() {
            context.output.remark("Nothing was sent.");
            return written.sent(Ok(Ending::Done));
        }
        let say = charter::described::<Introduce>(&written.text, HOLDS);
        let sent = say.and_then(|say| self.send(context, &say));
        written.sent(sent)
    }

    fn send(&self, context: &Context, say: &Introduce) -> Outcome {
        let route = Route::new(&["groups", &self.group, "intros"])?;
        let sent: Delivery = context.node(async |node| node.post(route, say).await)?;
        context
            .output
            .answer(&sent, || format!("The others can read this of you. {}", phrase::delivery(&sent)))?;
        Ok(Ending::Done)
    }
}

impl Match {
    pub fn run(self, context: &Context) -> Outcome {
        let route = Route::new(&["groups", &self.group, "matches"])?;
        let found: Matches = context.node(async |node| node.get(route).await)?;
        context.output.answer(&found, || matches(&found))?;
        Ok(Ending::Done)
    }
}

fn whole(intro: &Intro) -> String {
    let me = if intro.me { ", you" } else { "" };
    let mut words = format!("{}{me}   [{}]\n", plain::line(&intro.name), phrase::id(&intro.member));
    words.extend(hearing::notes(&intro.notes).map(|notes| format!("    {notes}\n")));
    if !intro.line.is_empty() {
        words.push_str(&format!("    {}\n", plain::line(&intro.line)));
    }
    for line in plain::block(&intro.words).lines() {
        words.push_str(&format!("    {line}\n"));
    }
    if !intro.tags.is_empty() {
        words.push_str(&format!("    Tags: {}\n", listed(&intro.tags)));
    }
    words
}

fn matches(found: &Matches) -> String {
    if !found.has_tags {
        return "You keep no tags to compare. \"kith tags set\" takes some; they stay on this device."
            .to_owned();
    }
    if found.matches.is_empty() {
        return "No introduction here has a tag of yours now. Many never introduce themselves.".to_owned();
    }
    let line = |one: &Alike| {
        let name = plain::line(&one.name);
        format!("{name} and you both named: {}   [{}]\n", listed(&one.both), phrase::id(&one.member))
    };
    let lines: String = found.matches.iter().map(line).collect();
    format!("{lines}Somebody to look out for each other with, for a while? kith buddy ask GROUP MEMBER\n")
}

fn listed(tags: &[String]) -> String {
    tags.iter().map(|tag| plain::line(tag)).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_two_have_in_common_is_named_and_nothing_is_counted() {
        let ben = Alike {
            member: "ab".repeat(32),
            name: "Ben".into(),
            both: vec!["carer".into(), "night\nshifts".into()],
        };
        let found = Matches { has_tags: true, matches: vec![ben] };
        assert!(
            matches(&found).starts_with("Ben and you both named: carer, night shifts   [abababababab]\n")
        );
        let none = Matches { has_tags: true, matches: Vec::new() };
        assert!(matches(&none).contains("No introduction"));
        assert!(matches(&Matches::default()).contains("kith tags set"));
    }

    #[test]
    fn the_form_says_nothing_by_itself() {
        let form = charter::described::<Introduce>(TEMPLATE.as_bytes(), HOLDS).unwrap();
        assert_eq!(form, Introduce { words: "\n".into(), ..Introduce::default() });
    }
}
