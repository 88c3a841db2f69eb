//! `kith library`: what helped somebody, for the others.

use std::path::PathBuf;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand};
use kith_node::api::types::{
    AddItem, CheckItem, Delivery, Item, ItemKind, ItemState, Library, Relation, TEXT_MOST,
};

use crate::attach::Files;
use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::input::{self, Source};
use crate::{attach, charter, hearing, phrase, plain, when};

/// Bytes of a file that describes an item.
const FILE_MOST: usize = TEXT_MOST + 8 * 1024;

/// What is offered in the editor.
const TEMPLATE: &str = "\
title = \"\"
# tip, service, article, tool, book, helpline or story (what got you through)
kind = \"tip\"
# experience (your own), organisation or research: how you come to it
relation = \"experience\"
text = '''

'''
link = \"\"
source = \"\"
region = \"\"
cost = \"\"
language = \"\"
tags = []
# self-harm, suicide, eating, abuse, sexual-violence, substances, loss, medical, pregnancy, violence, discrimination
mentions = \"\"
# In how many days somebody should look again whether it still holds; 0: never
review_in_days = 365
";

/// Share what helped, and look at what others share
///
/// What you put in is proposed first. Two others look at it, and then it is listed; whoever finds something wrong says so.
/// Nothing is counted or ranked.
#[derive(Debug, Subcommand)]
pub enum Cmd {
    /// Put something into the library
    ///
    /// On a terminal your editor opens with a form. Otherwise it comes from a TOML file: title, kind, relation, text, link,
    /// source, region, cost, language, tags, mentions, note, review_in_days, of which only the title is needed. To take it
    /// back: "kith withdraw".
    Add(Add),
    /// Show what is in the library
    List(List),
    /// Show an item
    Show(Which),
    /// Say that you looked at an item and found it right
    Check(Check),
    /// Say that something about an item is wrong
    ///
    /// The words are taken as "kith post" takes its text, and everybody can read them. "kith library check" takes it back.
    Dispute(Words),
    /// Say in a line how an item helped you; the words are taken as "kith post" takes its text
    Helped(Words),
}

/// Of which group.
#[derive(Args, Debug)]
pub struct Group {
    /// The group: its id, the beginning of it (6 characters or more), or its exact title
    #[arg(value_name = "GROUP", value_parser = NonEmptyStringValueParser::new())]
    group: String,
}

/// Of which group, and what of it.
#[derive(Args, Debug)]
pub struct List {
    #[command(flatten)]
    group: Group,
    /// Only the hope shelf: members' own stories of what got them through (kind "story", their own experience). Whoever
    /// put one there can take it back at any time: "kith withdraw"
    #[arg(long)]
    hope: bool,
}

/// Into which group, from where.
#[derive(Args, Debug)]
pub struct Add {
    #[command(flatten)]
    group: Group,
    /// The TOML file ("-" is stdin)
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
    #[command(flatten)]
    files: Files,
}

/// Which item.
#[derive(Args, Debug)]
pub struct Which {
    /// The item: its id, or the beginning of it (6 characters or more)
    #[arg(value_name = "ITEM", value_parser = NonEmptyStringValueParser::new())]
    item: String,
}

/// Which item, and when to look again.
#[derive(Args, Debug)]
pub struct Check {
    #[command(flatten)]
    which: Which,
    /// In how many days somebody should look again
    #[arg(long, value_name = "DAYS", default_value_t = 365)]
    again: u32,
}

/// Which item, and what of it.
#[derive(Args, Debug)]
pub struct Words {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    source: Source,
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        match self {
            Cmd::Add(add) => add.run(context),
            Cmd::List(of) => {
                let route = Route::new(&["groups", &of.group.group, "library"])?;
                let route = route.with("hope", of.hope.then_some("true"));
                let library: Library = context.node(async |node| node.get(route).await)?;
                context.output.answer(&library, || list(&library, of.hope))?;
                Ok(Ending::Done)
            }
            Cmd::Show(which) => {
                let route = Route::new(&["library", &which.item])?;
                let item: Item = context.node(async |node| node.get(route).await)?;
                context.output.answer(&item, || whole(&item))?;
                Ok(Ending::Done)
            }
            Cmd::Check(check) => {
                let body = CheckItem { review_in_days: check.again, ..CheckItem::default() };
                looked(context, &check.which, &body, "You found it right, as far as you can tell.")
            }
            Cmd::Dispute(words) => {
                let mut written = words.source.read(context)?;
                let text = String::from_utf8_lossy(&std::mem::take(&mut written.text)).into_owned();
                let body = CheckItem { dispute: true, words: text, review_in_days: 0 };
                written.sent(looked(
                    context,
                    &words.which,
                    &body,
                    "The others see that something is wrong with it.",
                ))
            }
            Cmd::Helped(words) => {
                let mut written = words.source.read(context)?;
                let text = std::mem::take(&mut written.text);
                let route = Route::new(&["library", &words.which.item, "helped"])?;
                let sent = context.node(async |node| node.text::<Delivery>(route, text).await);
                let said = written.sent(sent)?;
                context.output.answer(&said, || {
                    format!("The others can read how it helped you. {}", phrase::delivery(&said))
                })?;
                Ok(Ending::Done)
            }
        }
    }
}

impl Add {
    fn run(self, context: &Context) -> Outcome {
        context.before_asking()?;
        let files = self.files.prepare(context, async |_| Ok(self.group.group.clone()))?;
        if let Some(from) = &self.from {
            let add: AddItem = charter::read(from, HOLDS)?;
            return self.send(context, AddItem { attachments: files, ..add });
        }
        if !context.can_ask() {
            return Err(phrase::say_it("What you put in", "--from (\"-\" is stdin)"));
        }
        let written = input::edited(context, TEMPLATE, FILE_MOST)?;
        if written.text.trim_ascii() == TEMPLATE.as_bytes().trim_ascii() {
            context.output.remark("Nothing was put in.");
            return written.sent(Ok(Ending::Done));
        }
        let add = charter::described::<AddItem>(&written.text, HOLDS);
        let sent = add.and_then(|add| self.send(context, AddItem { attachments: files, ..add }));
        written.sent(sent)
    }

    fn send(&self, context: &Context, add: AddItem) -> Outcome {
        let route = Route::new(&["groups", &self.group.group, "library"])?;
        let sent: Delivery = context.node(async |node| node.post(route, &add).await)?;
        context.output.answer(&sent, || {
            let id = phrase::id(&sent.post);
            format!("It is proposed. Two others look at it before it is listed.   [{id}]")
        })?;
        Ok(Ending::Done)
    }
}

const HOLDS: &str = "It may hold title, kind, relation, text, link, source, region, cost, language, tags, mentions, note \
                     and review_in_days.";

fn looked(context: &Context, which: &Which, body: &CheckItem, words: &str) -> Outcome {
    let route = Route::new(&["library", &which.item, "check"])?;
    let said: Delivery = context.node(async |node| node.post(route, body).await)?;
    context.output.answer(&said, || format!("{words} {}", phrase::delivery(&said)))?;
    Ok(Ending::Done)
}

fn list(library: &Library, hope: bool) -> String {
    if library.items.is_empty() && hope {
        return "No story of what got somebody through stands here yet. Yours could, if you wish: kith library add".to_owned();
    }
    if library.items.is_empty() {
        return "Nothing here yet. Know something that helped?  kith library add".to_owned();
    }
    library.items.iter().map(line).collect()
}

/// An item in a list.
pub fn line(item: &Item) -> String {
    let tags = if item.tags.is_empty() { String::new() } else { format!(" ({})", tags(item)) };
    let notes = hearing::notes(&item.notes).map(|notes| format!("    {notes}\n")).unwrap_or_default();
    format!(
        "{}   [{}]\n{notes}    {}{tags}. {}\n",
        plain::line(&item.title),
        phrase::id(&item.item),
        kind(item.kind),
        state(item)
    )
}

fn whole(item: &Item) -> String {
    let mut words =
        format!("{}\n{}, from {}", plain::line(&item.title), kind(item.kind), plain::line(&item.name));
    words.push_str(match item.relation {
        Relation::Experience => ": their own experience",
        Relation::Organisation => ": an organisation says so",
        Relation::Research => ": research says so",
    });
    words.push_str(&format!(", {}\n{}\n", when::friendly(&item.time), state(item)));
    words.extend(hearing::notes(&item.notes).map(|notes| format!("{notes}\n")));
    let facts = [
        ("Made by", &item.source),
        ("Where it is of use", &item.region),
        ("Cost", &item.cost),
        ("Language", &item.language),
        ("Link (following it leaves this program, and tells others that you did)", &item.link),
    ];
    for (what, fact) in facts.iter().filter(|(_, fact)| !fact.is_empty()) {
        words.push_str(&format!("{what}: {}\n", plain::line(fact)));
    }
    if !item.tags.is_empty() {
        words.push_str(&format!("About: {}\n", tags(item)));
    }
    if !item.text.trim().is_empty() {
        words.push('\n');
        for line in plain::block(item.text.trim()).lines() {
            words.push_str(&format!("    {line}\n"));
        }
    }
    words.push_str(&attach::lines(&item.item, &item.attachments));
    for dispute in &item.disputes {
        words.push_str(&format!("\n{} says: {}\n", plain::line(&dispute.name), plain::block(&dispute.words)));
    }
    for helped in &item.helped {
        words.push_str(&format!(
            "\nIt helped {}: {}\n",
            plain::line(&helped.name),
            plain::block(&helped.words)
        ));
    }
    words
}

fn tags(item: &Item) -> String {
    item.tags.iter().map(|tag| plain::line(tag)).collect::<Vec<_>>().join(", ")
}

fn state(item: &Item) -> String {
    let mut words = match item.state {
        ItemState::Proposed => "Proposed: others have yet to look at it.".to_owned(),
        ItemState::Listed => "Others have looked at it.".to_owned(),
        ItemState::Disputed => "Somebody says that something about it is wrong.".to_owned(),
    };
    if item.overdue {
        words.push_str(" It needs checking again.");
    }
    words
}

fn kind(kind: ItemKind) -> &'static str {
    match kind {
        ItemKind::Tip => "A tip",
        ItemKind::Service => "A service",
        ItemKind::Article => "An article",
        ItemKind::Tool => "A tool",
        ItemKind::Book => "A book, film or recording",
        ItemKind::Helpline => "A helpline",
        ItemKind::Story => "A story: what got somebody through",
    }
}
