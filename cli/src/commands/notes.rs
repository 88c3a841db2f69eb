//! `kith notes`: what texts mention: what to see of them, and what others propose.

use std::io::{self, Read};

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand, ValueEnum};
use kith_node::api::types::{
    Choice, Code, Delivery, Mention, NoteChoice, NoteChoices, Post, Problem, ProposeNotes,
};

use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::hearing::{Said, mention, mention_name, mention_word, names};
use crate::{ask, phrase};

/// The most that is read from stdin, in bytes.
const MOST: u64 = 4096;

/// Choose what to see of texts that mention something, and propose notes to their authors
///
/// Authors can say what a text mentions: "Mentions: death and loss." You choose what you wish to see of such texts. It
/// stays on this device, and nobody learns of it. Notes are neutral and short; they make nothing safe.
#[derive(Debug, Subcommand)]
pub enum Cmd {
    Show(Show),
    Set(Set),
    Propose(Propose),
    Accept(Accept),
    Decline(Decline),
}

/// Show what you chose
#[derive(Args, Debug)]
pub struct Show {}

/// Choose what you wish to see
///
/// Of a text that mentions several things, the choice that shows least holds. "kith read", "kith thread", "kith watch",
/// "kith search" and "kith needs-reply" all follow it; "kith thread POST --show" shows a thread whole. What stands in a command other programs of
/// this device can see: leave both out, and you are asked; a script gives lines such as "loss hide" on stdin.
#[derive(Args, Debug)]
pub struct Set {
    /// The note: self-harm, suicide, eating, abuse, sexual-violence, substances, loss, medical, pregnancy, violence,
    /// discrimination; other (in their author's words); all
    #[arg(value_name = "NOTE", requires = "choice")]
    note: Option<String>,
    /// What you wish to see
    #[arg(value_name = "CHOICE", value_enum)]
    choice: Option<ChoiceArg>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ChoiceArg {
    /// The text, with its notes before it
    Show,
    /// The notes; the text when you ask for it
    Fold,
    /// Nothing, unless you ask for it
    Hide,
}

/// Propose a note for what another wrote
///
/// Its author alone is asked, by your name, and decides. If you are facilitator or helper and give a reason, the note stands before the
/// text, and the author sees who added it and why, and can appeal. You are asked for both; a script gives the note as
/// the first line on stdin, and the reason after it. An empty first line takes back what you proposed.
#[derive(Args, Debug)]
pub struct Propose {
    /// The post or reply: its id, or the beginning of it (6 characters or more)
    #[arg(value_name = "POST", value_parser = NonEmptyStringValueParser::new())]
    post: String,
}

/// Take up the notes that others proposed for your text
#[derive(Args, Debug)]
pub struct Accept {
    /// Your post or reply: its id, or the beginning of it (6 characters or more)
    #[arg(value_name = "POST", value_parser = NonEmptyStringValueParser::new())]
    post: String,
}

/// Let be what others proposed for your text; nobody is told
#[derive(Args, Debug)]
pub struct Decline {
    /// Your post or reply: its id, or the beginning of it (6 characters or more)
    #[arg(value_name = "POST", value_parser = NonEmptyStringValueParser::new())]
    post: String,
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        match self {
            Cmd::Show(_) => {
                let route = Route::new(&["mine", "notes"])?;
                let choices: NoteChoices = context.node(async |node| node.get(route).await)?;
                context.output.answer(&choices, || table(&choices))?;
                Ok(Ending::Done)
            }
            Cmd::Set(set) => set.run(context),
            Cmd::Propose(propose) => propose.run(context),
            Cmd::Accept(accept) => {
                let route = Route::new(&["posts", &accept.post, "notes", "accept"])?;
                let said: Delivery = context.node(async |node| node.post(route, &()).await)?;
                context.output.answer(&said, || {
                    format!("Others see these notes before your text now. {}", phrase::delivery(&said))
                })?;
                Ok(Ending::Done)
            }
            Cmd::Decline(decline) => {
                let route = Route::new(&["posts", &decline.post, "notes", "decline"])?;
                let post: Post = context.node(async |node| node.post(route, &()).await)?;
                context.output.answer(&post, || "Your text stays as it is. Nobody is told.".to_owned())?;
                Ok(Ending::Done)
            }
        }
    }
}

impl Set {
    fn run(self, context: &Context) -> Outcome {
        context.before_asking()?;
        let choices = match (self.note, self.choice) {
            (Some(note), Some(choice)) => chosen(&note, choice)?,
            _ if context.can_ask() => {
                context.output.remark(&format!("There are: {}, other, all.", names()));
                let note = ask::needed("Texts that mention:")?;
                let choice = ask::needed("Show, fold or hide them?")?;
                chosen(&note, choice_of(&choice)?)?
            }
            _ => lines(&stdin()?)?,
        };
        let route = Route::new(&["mine", "notes"])?;
        let change = NoteChoices { choices };
        let kept: NoteChoices = context.node(async |node| node.post(route, &change).await)?;
        context.output.answer(&kept, || table(&kept))?;
        Ok(Ending::Done)
    }
}

impl Propose {
    fn run(self, context: &Context) -> Outcome {
        context.before_asking()?;
        let (said, reason) = if context.can_ask() {
            (
                Said::asked(context)?,
                ask::line("Why? The author will read this. Enter alone: no reason.")?.to_string(),
            )
        } else {
            let mut text = stdin()?.into_bytes();
            let said = Said::first_line(&mut text)?;
            (said, String::from_utf8_lossy(&text).trim().to_owned())
        };
        if !said.note.is_empty() {
            return Err(Problem::new(
                Code::Usage,
                "Notes for what another wrote are none of your own words, so nothing was done.",
                format!("There are: {}.", names()),
            ));
        }
        let route = Route::new(&["posts", &self.post, "notes"])?;
        let wish = ProposeNotes { mentions: said.mentions, reason };
        let sent: Delivery = context.node(async |node| node.post(route, &wish).await)?;
        context.output.answer(&sent, || {
            let what = if wish.mentions.is_empty() {
                "Taken back."
            } else {
                "Its author sees it, and who proposed it."
            };
            format!("{what} {}", phrase::delivery(&sent))
        })?;
        Ok(Ending::Done)
    }
}

fn stdin() -> Result<String, Problem> {
    let mut bytes = Vec::new();
    io::stdin().lock().take(MOST).read_to_end(&mut bytes).map_err(|_| Problem::of(Code::StorageFailed))?;
    String::from_utf8(bytes).map_err(|_| Problem::of(Code::TextNotUtf8))
}

/// Lines such as `loss hide`.
fn lines(text: &str) -> Result<Vec<NoteChoice>, Problem> {
    let mut all = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let Some((note, choice)) = line.split_once([' ', ':']) else {
            return Err(no_choice());
        };
        all.extend(chosen(note, choice_of(choice)?)?);
    }
    if all.is_empty() { Err(no_choice()) } else { Ok(all) }
}

fn no_choice() -> Problem {
    Problem::new(Code::Usage, "This names no note and no choice.", "Say for example: loss fold")
}

fn choice_of(word: &str) -> Result<ChoiceArg, Problem> {
    ChoiceArg::from_str(word.trim_matches([' ', ':']), true).map_err(|_| {
        Problem::new(
            Code::Usage,
            "What to see of a text is show, fold or hide.",
            "Say for example: loss fold",
        )
    })
}

fn chosen(note: &str, choice: ChoiceArg) -> Result<Vec<NoteChoice>, Problem> {
    let choice = match choice {
        ChoiceArg::Show => Choice::Show,
        ChoiceArg::Fold => Choice::Fold,
        ChoiceArg::Hide => Choice::Hide,
    };
    let notes = match (note.trim(), mention(note)) {
        (_, Some(note)) => vec![note],
        ("other", _) => vec![Mention::Other],
        ("all", _) => Mention::ALL.to_vec(),
        _ => {
            return Err(Problem::new(
                Code::Usage,
                "There is no such note, so nothing was changed.",
                format!("There are: {}, other, all.", names()),
            ));
        }
    };
    Ok(notes.into_iter().map(|note| NoteChoice { note, choice }).collect())
}

fn table(choices: &NoteChoices) -> String {
    let line = |one: &NoteChoice| {
        let choice = match one.choice {
            Choice::Show => "show",
            Choice::Fold => "fold",
            Choice::Hide => "hide",
        };
        let (name, words) = match one.note {
            Mention::Other => ("other", "anything else, in their author's words"),
            note => (mention_name(note), mention_word(note)),
        };
        let words = if name == words { String::new() } else { format!("   ({words})") };
        format!("{choice}  {name}{words}\n")
    };
    choices.choices.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_say_what_to_see() {
        let read = |text: &str| {
            lines(text).map(|all| all.iter().map(|one| (one.note, one.choice)).collect::<Vec<_>>())
        };
        assert_eq!(
            read("loss hide\n\n self-harm: fold\n").unwrap(),
            [(Mention::Loss, Choice::Hide), (Mention::SelfHarm, Choice::Fold)]
        );
        assert_eq!(read("all show").unwrap().len(), Mention::ALL.len());
        for bad in ["", "loss", "loss away", "nothing hide"] {
            assert_eq!(read(bad).unwrap_err().code, Code::Usage, "{bad}");
        }
    }
}
