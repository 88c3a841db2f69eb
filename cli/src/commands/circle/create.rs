//! `kith circle create`: announcing a circle.

use std::path::PathBuf;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, ValueEnum};
use kith_node::api::types::{AnnounceCircle, CircleForm, Delivery};
use serde::Deserialize;

use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::{charter, input, phrase, when};

/// Bytes of a file with the words of a circle.
const FILE_MOST: usize = 32 * 1024;

/// What is offered in the editor.
const TEMPLATE: &str = "\
# What you wish to say at the beginning
opening = '''

'''
# What the rounds are about, one after another: at most 8
prompts = [
]
# What you wish to say at the end
closing = '''

'''
";

const HOLDS: &str = "It may hold opening, prompts and closing.";

/// Announce a circle, which you host
///
/// Everybody in the group sees it. To call it off: "kith withdraw" with its id.
#[derive(Args, Debug)]
pub struct Create {
    /// The group: its id, the beginning of it (6 characters or more), or its exact title
    #[arg(value_name = "GROUP", value_parser = NonEmptyStringValueParser::new())]
    group: String,
    /// When it begins, by the clock here: 20:00, or "2026-11-29 20:00" [usual: now]
    #[arg(long, value_name = "TIME", value_parser = when::at)]
    at: Option<String>,
    /// In what time it begins: 30m, 2h, 3d
    #[arg(long = "in", value_name = "TIME", value_parser = when::span, conflicts_with = "at")]
    begins: Option<u64>,
    /// How long it is meant to take, in minutes; nothing ends by it
    #[arg(long, value_name = "MINUTES", default_value_t = 60)]
    minutes: u16,
    /// Who hosts it, if not you: a member's id, or the beginning of it
    #[arg(long, value_name = "MEMBER", value_parser = NonEmptyStringValueParser::new())]
    host: Option<String>,
    /// Who leads if the host is gone: a member's id, or the beginning of it
    #[arg(long, value_name = "MEMBER", value_parser = NonEmptyStringValueParser::new())]
    co_host: Option<String>,
    /// People at a time, 2 to 8
    #[arg(long, value_name = "PEOPLE", default_value_t = 8)]
    size: u8,
    /// In which form people speak
    #[arg(long, value_enum, value_name = "FORM", default_value = "rounds")]
    form: FormArg,
    /// Ask whoever speaks to come to an end after so many minutes; nobody is cut off
    #[arg(long, value_name = "MINUTES", default_value_t = 0)]
    soft: u16,
    /// Write opening and closing words and what the rounds are about, in your editor
    #[arg(long)]
    words: bool,
    /// Take them from a TOML file with opening, prompts and closing ("-" is stdin)
    #[arg(long, value_name = "FILE", conflicts_with = "words")]
    words_file: Option<PathBuf>,
}

/// In which form people speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FormArg {
    /// One after another; in a turn nobody else speaks
    Rounds,
    /// Whoever wishes to
    OpenFloor,
    /// One after another has the time of the others, who may answer
    SupportTurns,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Words {
    opening: String,
    prompts: Vec<String>,
    closing: String,
}

impl Create {
    pub fn run(self, context: &Context) -> Outcome {
        if let Some(file) = &self.words_file {
            let words: Words = charter::read(file, HOLDS)?;
            return self.send(context, words);
        }
        if !self.words {
            return self.send(context, Words::default());
        }
        if !context.can_ask() {
            return Err(phrase::say_it("The words of a circle", "--words-file FILE (\"-\" is stdin)"));
        }
        context.before_asking()?;
        let written = input::edited(context, TEMPLATE, FILE_MOST)?;
        let words = charter::described::<Words>(&written.text, HOLDS);
        let sent = words.and_then(|words| self.send(context, words));
        written.sent(sent)
    }

    fn send(&self, context: &Context, words: Words) -> Outcome {
        let wish = AnnounceCircle {
            start: self.at.clone().or_else(|| self.begins.map(when::ahead)),
            minutes: Some(self.minutes),
            host: self.host.clone(),
            co_host: self.co_host.clone(),
            size: Some(self.size),
            form: match self.form {
                FormArg::Rounds => CircleForm::Rounds,
                FormArg::OpenFloor => CircleForm::OpenFloor,
                FormArg::SupportTurns => CircleForm::SupportTurns,
            },
            soft_minutes: self.soft,
            opening: words.opening,
            prompts: words.prompts,
            closing: words.closing,
        };
        let route = Route::new(&["groups", &self.group, "circles"])?;
        let sent: Delivery = context.node(async |node| node.post(route, &wish).await)?;
        context.output.answer(&sent, || {
            let id = phrase::id(&sent.post);
            format!(
                "The circle is announced.   [{id}]\n{}\nGo there when it begins: kith circle join {id}",
                phrase::delivery(&sent)
            )
        })?;
        Ok(Ending::Done)
    }
}
