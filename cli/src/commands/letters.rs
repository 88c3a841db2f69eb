//! `kith letters`, `kith appeal` and `kith mod note`: words for one or a few people alone.

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use kith_node::api::types::{LetterList, LetterSent, ReceivedLetter};

use super::mine::check_in;
use super::report::names;
use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::input::Source;
use crate::{phrase, plain, when};

/// Read letters that reached you alone
#[derive(Args, Debug)]
pub struct List {
    /// The group: its id, the beginning of it (6 characters or more), or its exact title
    #[arg(value_name = "GROUP", value_parser = NonEmptyStringValueParser::new())]
    group: String,
}

/// Ask other facilitators to look again at what one of them did about your post
///
/// It goes to all facilitators but the one who acted. Nobody else sees it. The text is taken as "kith post" takes it.
#[derive(Args, Debug)]
pub struct Appeal {
    /// Your post that was folded or held: its id, or the beginning of it; or the group in which your posting is paused
    #[arg(value_name = "POST|GROUP", value_parser = NonEmptyStringValueParser::new())]
    what: String,
    #[command(flatten)]
    source: Source,
}

/// Write to one member alone, as a facilitator or helper; or to one of those
///
/// Nobody else sees it, or that you wrote to them. The text is taken as "kith post" takes it; it leaves within two
/// minutes.
#[derive(Args, Debug)]
pub struct Note {
    /// The group: its id, the beginning of it (6 characters or more), or its exact title
    #[arg(value_name = "GROUP", value_parser = NonEmptyStringValueParser::new())]
    group: String,
    /// The member: their id, or the beginning of it (6 characters or more)
    #[arg(value_name = "MEMBER", value_parser = NonEmptyStringValueParser::new())]
    member: String,
    #[command(flatten)]
    source: Source,
}

impl List {
    pub fn run(self, context: &Context) -> Outcome {
        let route = Route::new(&["groups", &self.group, "letters"])?;
        let list: LetterList = context.node(async |node| node.get(route).await)?;
        context.output.answer(&list, || {
            let group = phrase::argument(&self.group);
            if list.letters.is_empty() {
                return "There are no letters for you.".to_owned();
            }
            list.letters.iter().rev().map(|one| letter(one, &group)).collect::<Vec<_>>().join("\n")
        })?;
        Ok(Ending::Done)
    }
}

impl Appeal {
    pub fn run(self, context: &Context) -> Outcome {
        let route = Route::new(&["posts", &self.what, "appeal"])?;
        send(context, route, &self.source)
    }
}

impl Note {
    pub fn run(self, context: &Context) -> Outcome {
        let route = Route::new(&["groups", &self.group, "members", &self.member, "letter"])?;
        send(context, route, &self.source)
    }
}

/// Sends a letter, and says for whom it is.
pub fn send(context: &Context, route: Route, source: &Source) -> Outcome {
    if source.is_person(context) {
        context.before_asking()?;
    }
    let mut written = source.read(context)?;
    let text = std::mem::take(&mut written.text);
    let sent = context.node(async |node| node.text::<LetterSent>(route, text).await);
    let sent = written.sent(sent)?;
    context
        .output
        .answer(&sent, || format!("Your letter leaves within two minutes, for: {}.", names(&sent.to)))?;
    Ok(Ending::Done)
}

fn letter(letter: &ReceivedLetter, group: &str) -> String {
    let about =
        letter.about.as_deref().map(|about| format!("  about [{}]", phrase::id(about))).unwrap_or_default();
    let mut words = format!("{}, {}{about}\n", plain::line(&letter.name), when::friendly(&letter.time));
    if let Some(said) = &letter.check_in {
        words.push_str(&format!("    {}\n", check_in::how(said)));
    }
    let text = letter.check_in.as_ref().map_or(&letter.text, |said| &said.note);
    for line in plain::block(text).lines() {
        words.push_str(&format!("    {line}\n"));
    }
    if letter.kind_words {
        words.push_str(&format!("    To keep it: kith jar keep {group} {}\n", phrase::id(&letter.letter)));
    }
    words
}
