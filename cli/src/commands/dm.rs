//! `kith dm`, `kith buddy` and `kith encourage`: two people between themselves.

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand};
use kith_node::api::types::{Contact, ContactList, Conversation, LetterSent, SayTo, Tie, TieState};

use super::letters;
use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::input::Source;
use crate::{phrase, plain, when};

/// Write to one member alone, once both of you wish to
///
/// One asks, the other says yes, and either can end it at any time, without a reason. Nobody else sees what you write, or that
/// you write to each other. Words are there at once if both nodes are connected.
#[derive(Debug, Subcommand)]
pub enum Dm {
    /// Ask a member whether you may write to each other
    ///
    /// Who came to the group less than three days ago can ask facilitators and helpers only.
    Ask(Who),
    /// Say yes to somebody who asks
    Accept(Who),
    /// Say no, or end it: for both of you, at once
    End(Who),
    /// Write to somebody; the text is taken as "kith post" takes it
    Write(Text),
    /// Show what you wrote to each other
    ///
    /// Words that should not have been written to you: "kith report dm" shows them to the facilitators, by the name in brackets.
    Show(Who),
    /// Show who asks, and with whom you write
    List(Group),
}

/// Look out for each other for a while
///
/// Two who are buddies hear from each other now and then, as they agree. Neither is the other's helper. It ends by itself
/// after the time you both chose, and before it if either of you wishes: no reason is asked.
#[derive(Debug, Subcommand)]
pub enum Buddy {
    /// Ask a member whether you may be buddies
    ///
    /// Who came to the group less than three days ago can ask facilitators and helpers only.
    Ask(Weeks),
    /// Say yes to somebody who asks
    Accept(Weeks),
    /// Say no, or end it: for both of you, at once
    End(Who),
    /// Show who asks, and who your buddies are
    List(Group),
}

/// Send somebody a few kind words
///
/// They ask for no answer, and nobody else sees them: at most 280 bytes, once a day to the same person. They leave within two
/// minutes, and stand among the other's letters. The text is taken as "kith post" takes it.
#[derive(Args, Debug)]
pub struct Encourage {
    #[command(flatten)]
    who: Who,
    #[command(flatten)]
    source: Source,
}

/// In which group.
#[derive(Args, Debug)]
pub struct Group {
    /// The group: its id, the beginning of it (6 characters or more), or its exact title
    #[arg(value_name = "GROUP", value_parser = NonEmptyStringValueParser::new())]
    group: String,
}

/// Who.
#[derive(Args, Debug)]
pub struct Who {
    /// The group: its id, the beginning of it (6 characters or more), or its exact title
    #[arg(value_name = "GROUP", value_parser = NonEmptyStringValueParser::new())]
    group: String,
    /// The member: their id, or the beginning of it (6 characters or more)
    #[arg(value_name = "MEMBER", value_parser = NonEmptyStringValueParser::new())]
    member: String,
}

/// To whom, and what.
#[derive(Args, Debug)]
pub struct Text {
    #[command(flatten)]
    who: Who,
    #[command(flatten)]
    source: Source,
}

/// With whom, and for how long.
#[derive(Args, Debug)]
pub struct Weeks {
    #[command(flatten)]
    who: Who,
    /// For how many weeks, 1 to 26; the shorter wish of the two holds
    #[arg(long, value_name = "N", default_value_t = 4)]
    weeks: u16,
}

impl Dm {
    pub fn run(self, context: &Context) -> Outcome {
        match self {
            Dm::Ask(who) => say(context, &who, "talk", true, 0, |name| {
                format!("{name} is asked, and nobody else sees it. \"kith dm list\" shows when they say yes.")
            }),
            Dm::Accept(who) => say(context, &who, "talk", true, 0, |name| {
                format!("You and {name} can write to each other: kith dm write. Either of you can end it.")
            }),
            Dm::End(who) => end(context, &who, "talk"),
            Dm::Write(text) => letters::send(context, route(&text.who, "lines")?, &text.source),
            Dm::Show(who) => {
                let route = route(&who, "lines")?;
                let lines: Conversation = context.node(async |node| node.get(route).await)?;
                context.output.answer(&lines, || conversation(&lines))?;
                Ok(Ending::Done)
            }
            Dm::List(group) => {
                list(context, &group, "write to you", "You can write to", |contact| &contact.talk)
            }
        }
    }
}

impl Buddy {
    pub fn run(self, context: &Context) -> Outcome {
        match self {
            Buddy::Ask(weeks) => say(context, &weeks.who, "buddy", true, weeks.weeks, |name| {
                format!(
                    "{name} is asked, and nobody else sees it. \"kith buddy list\" shows when they say yes."
                )
            }),
            Buddy::Accept(weeks) => say(context, &weeks.who, "buddy", true, weeks.weeks, |name| {
                format!("You and {name} are buddies. Either of you can end it at any time.")
            }),
            Buddy::End(who) => end(context, &who, "buddy"),
            Buddy::List(group) => {
                list(context, &group, "be your buddy", "Your buddy is", |contact| &contact.buddy)
            }
        }
    }
}

impl Encourage {
    pub fn run(self, context: &Context) -> Outcome {
        letters::send(context, route(&self.who, "encourage")?, &self.source)
    }
}

fn route(who: &Who, what: &str) -> Result<Route, kith_node::api::types::Problem> {
    Route::new(&["groups", &who.group, "contacts", &who.member, what])
}

fn end(context: &Context, who: &Who, what: &str) -> Outcome {
    say(context, who, what, false, 0, |name| {
        format!("Nothing is between you and {name} any more, and {name} is told so, without a reason.")
    })
}

fn say(
    context: &Context,
    who: &Who,
    what: &str,
    yes: bool,
    weeks: u16,
    words: impl Fn(&str) -> String,
) -> Outcome {
    let (route, say) = (route(who, what)?, SayTo { yes, weeks, words: String::new() });
    let sent: LetterSent = context.node(async |node| node.post(route, &say).await)?;
    context.output.answer(&sent, || {
        words(&sent.to.first().map(|name| plain::line(name).into_owned()).unwrap_or_default())
    })?;
    Ok(Ending::Done)
}

fn list(
    context: &Context,
    group: &Group,
    asks: &str,
    agreed: &str,
    tie: impl Fn(&Contact) -> &Tie,
) -> Outcome {
    let route = Route::new(&["groups", &group.group, "contacts"])?;
    let list: ContactList = context.node(async |node| node.get(route).await)?;
    context.output.answer(&list, || {
        let lines: String = list
            .contacts
            .iter()
            .filter_map(|contact| {
                let (tie, name) = (tie(contact), plain::line(&contact.name));
                let words = match (tie.state, &tie.until) {
                    (TieState::Nothing, _) => return None,
                    (TieState::Asked, _) => format!("You asked {name}. There is no answer yet."),
                    (TieState::Asking, _) => format!("{name} asks to {asks}."),
                    (TieState::Agreed, None) => format!("{agreed} {name}."),
                    (TieState::Agreed, Some(until)) => {
                        format!("{agreed} {name}, until {}.", when::friendly(until))
                    }
                    (TieState::Over, _) => {
                        format!("Your time with {name} is over. You can both say yes again.")
                    }
                };
                Some(format!("{words}   [{}]\n", phrase::id(&contact.member)))
            })
            .collect();
        if lines.is_empty() { "There is nobody yet. You can just be here.".to_owned() } else { lines }
    })?;
    Ok(Ending::Done)
}

fn conversation(conversation: &Conversation) -> String {
    let name = plain::line(&conversation.name);
    let mut words: String = conversation
        .lines
        .iter()
        .rev()
        .map(|line| {
            let who = if line.mine { "You" } else { &name };
            let text: String = plain::block(&line.text).lines().map(|line| format!("    {line}\n")).collect();
            let named = if line.mine { String::new() } else { format!("   [{}]", phrase::id(&line.line)) };
            format!("{who}, {}{named}\n{text}", when::friendly(&line.time))
        })
        .collect();
    words.push_str(&match conversation.talk.state {
        TieState::Agreed => String::new(),
        TieState::Asking => format!("{name} asks whether you may write to each other: kith dm accept\n"),
        TieState::Asked => format!("You asked {name}. There is no answer yet.\n"),
        TieState::Nothing | TieState::Over => {
            format!("You and {name} do not write to each other: kith dm ask\n")
        }
    });
    words
}
