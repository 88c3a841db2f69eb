//! `kith directory publish`, `listing` and `end`: letting a group be found.

use std::path::PathBuf;

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use kith_node::api::types::{Code, GroupListing, Listed, ListedState, ListingPreview, Portrait, Problem};

use super::browse::portrait;
use super::{Out, file};
use crate::client::{Client, Route};
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::{ask, charter, input, phrase, plain, when};

/// The longest file with a listing, in bytes.
const FILE_MOST: usize = 16 * 1024;

const HOLDS: &str =
    "It may hold title, about, topics, tags, languages, ways, meets, coming_in, reply_hours, size and led.";

const TEMPLATE: &str = r#"# What strangers read of your group. Nobody's name belongs here, nor anything that tells who or where you are.
# Lines that begin with # are not sent. An empty title stops it.

# What strangers know it by. It need not be the group's title.
title = ""

# What it is, and who it is for.
about = """
"""

# What is spoken there.
languages = ["en"]

# Up to six of: grief, illness, pain, cancer, disability, caring, parents, birth, low_mood, worry, moods, voices, trauma,
# eating, substances, habits, close_ones, separation, alone, old, young, queer, migration, work, money, autism, memory, prison
topics = []

# Further words that it can be found by.
tags = []

# Any of: writing, circles, in_person, calls
ways = ["writing"]

# When you meet, and how one comes in, in a line each. Leave out what you do not wish to say.
# meets = "A circle on Tuesday evenings"
# coming_in = "Say in a few words what brings you."

# Within how many hours you try to answer who knocks.
# reply_hours = 48

# small (up to about eight), middle (up to about twenty), large
# size = "small"

# peers (peers alone), beside (with somebody beside you for whom it is work)
# led = "peers"
"#;

/// Let strangers find your group: list it in public, in words of your own
///
/// You see exactly what strangers will read before it is done. Every member of the group reads it too, and any facilitator or
/// helper can end it. What you get is a file: hand it to whoever runs a directory, or put it on your own web page. It lasts 30
/// days; "kith directory listing" makes it anew. Strangers can then knock, and nobody comes in without your word.
#[derive(Args, Debug)]
pub struct Publish {
    /// The group: its id, the beginning of it (6 characters or more), or its exact title
    #[arg(value_name = "GROUP", value_parser = NonEmptyStringValueParser::new())]
    group: String,
    /// Read what strangers will read from a TOML file ("-" is stdin); your editor opens if you leave it out
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
    /// Do it without asking once more
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    out: Out,
}

/// Show how a group of yours is listed, and make the file for a directory anew
#[derive(Args, Debug)]
pub struct Listing {
    /// The group: its id, the beginning of it (6 characters or more), or its exact title
    #[arg(value_name = "GROUP", value_parser = NonEmptyStringValueParser::new())]
    group: String,
    #[command(flatten)]
    out: Out,
}

/// End the listing of a group, for good
///
/// Nobody can knock by it any more. The file says so to directories that have it: hand it to whoever runs them.
#[derive(Args, Debug)]
pub struct End {
    /// The group: its id, the beginning of it (6 characters or more), or its exact title
    #[arg(value_name = "GROUP", value_parser = NonEmptyStringValueParser::new())]
    group: String,
    #[command(flatten)]
    out: Out,
}

impl Publish {
    pub fn run(self, context: &Context) -> Outcome {
        context.before_asking()?;
        let Some(wish) = self.wish(context)? else {
            context.output.remark("Nothing was listed.");
            return Ok(Ending::Done);
        };
        let route = Route::new(&["groups", &self.group, "listing", "preview"])?;
        let preview: ListingPreview = context.node(async |node| node.post(route, &wish).await)?;
        if !self.yes {
            if !context.output.is_json() {
                context.output.remark(&warning(&preview));
            }
            if !context.can_ask() {
                return Err(Problem::new(
                    Code::Usage,
                    "Nothing was listed: this would make the group public.",
                    "Read first what strangers would read. To do it then, say so with --yes.",
                ));
            }
            if !ask::whether("List the group so?")? {
                context.output.remark("Nothing was listed.");
                return Ok(Ending::Done);
            }
        }
        let route = Route::new(&["groups", &self.group, "listing"])?;
        let listing: GroupListing = context.node(async |node| node.post(route, &wish).await)?;
        answer(context, &self.group, listing, &self.out)
    }

    /// What strangers are to read; none if the person changed their mind.
    fn wish(&self, context: &Context) -> Result<Option<Portrait>, Problem> {
        if let Some(from) = &self.from {
            return charter::read(from, HOLDS).map(Some);
        }
        if !context.can_ask() {
            return Err(phrase::say_it("What strangers will read", "--from (\"-\" is stdin)"));
        }
        let written = input::edited(context, TEMPLATE, FILE_MOST)?;
        if written.text.trim_ascii() == TEMPLATE.as_bytes().trim_ascii() {
            return written.sent(Ok(None));
        }
        let wish = charter::described::<Portrait>(&written.text, HOLDS);
        written.sent(wish).map(|wish| Some(wish).filter(|wish| !wish.title.trim().is_empty()))
    }
}

impl Listing {
    pub fn run(self, context: &Context) -> Outcome {
        let route = Route::new(&["groups", &self.group, "listing"])?;
        let listing: GroupListing = context.node(async |node| node.get(route).await)?;
        answer(context, &self.group, listing, &self.out)
    }
}

impl End {
    pub fn run(self, context: &Context) -> Outcome {
        let route = Route::new(&["groups", &self.group, "listing"])?;
        let listing: GroupListing = context.node(async |node| node.delete(route).await)?;
        answer(context, &self.group, listing, &self.out)
    }
}

fn answer(context: &Context, group: &str, mut listing: GroupListing, out: &Out) -> Outcome {
    if let Some(path) = &out.out {
        let (bytes, now) = context.node(async |node: &Client| {
            let bytes = node.made(Route::new(&["groups", group, "listing", "file"])?).await?;
            Ok((bytes, node.get(Route::new(&["groups", group, "listing"])?).await?))
        })?;
        file::write(path, &bytes)?;
        listing = now;
    }
    let written = out.out.as_ref().map(|path| path.display().to_string());
    context.output.answer(&listing, || words(&listing, written.as_deref()))?;
    Ok(Ending::Done)
}

/// What being public means, with exactly what becomes public.
fn warning(preview: &ListingPreview) -> String {
    let mut words = format!(
        "Strangers will read exactly this, and whoever has read it can keep it:\n\n{}\n",
        portrait(&preview.portrait)
    );
    if !preview.questions.is_empty() {
        words.push_str("They are asked what your charter asks of whoever knocks:\n");
        words.extend(preview.questions.iter().map(|question| format!("    - {}\n", plain::line(question))));
    }
    if preview.addresses.is_empty() {
        words.push_str("Your node has no address yet, so nobody could knock. Try again when it is online.\n");
    } else {
        words.push_str(
            "They learn the addresses of this node, and with them roughly where it is; no other member's:\n",
        );
        words.extend(preview.addresses.iter().map(|address| format!("    {}\n", plain::line(address))));
        if preview.near_only {
            words.push_str(
                "None of these leads here from outside this network: only people on it could knock.\n",
            );
        }
    }
    words.push_str(
        "Everybody in the group reads this too. Think of whoever must not find one of you here, and leave out what only \
         you could have written.\n",
    );
    words
}

fn words(listing: &GroupListing, written: Option<&str>) -> String {
    let group = phrase::id(&listing.group);
    let Some(listed) = &listing.listed else {
        return format!(
            "This group is not listed in public. A facilitator can: kith directory publish {group}\n"
        );
    };
    let mut words = match listed.state {
        ListedState::Ended => format!("{}\n", plain::line(&listed.portrait.title)),
        _ => portrait(&listed.portrait),
    };
    words.push_str(&format!("\n{}\n", stands(listed, group)));
    if let Some(path) = written {
        words.push_str(&match (listed.state, &listed.expires) {
            (ListedState::Ended, _) => format!(
                "{path} says so to directories: hand it to whoever runs one that lists the group. It is good for ever.\n"
            ),
            (_, Some(expires)) => format!(
                "{path} is for directories: hand it to whoever runs one, or put it on a web page of yours.\n\
                 It ends {}. Before then, make it anew: kith directory listing {group} --out {path}\n",
                when::to_come(expires)
            ),
            _ => format!("{path} is written.\n"),
        });
    }
    words
}

fn stands(listed: &Listed, group: &str) -> String {
    let by = if listed.mine { "You".to_owned() } else { plain::line(&listed.name).into_owned() };
    let since = when::friendly(&listed.since);
    match listed.state {
        ListedState::Listed if listed.mine => format!(
            "You listed the group, {since}. Every member can see that.\n\
             The file for a directory: kith directory listing {group} --out FILE\n\
             To end it: kith directory end {group} --out FILE"
        ),
        ListedState::Listed => format!(
            "{by} listed the group, {since}. Any facilitator or helper can end it: kith directory end {group} --out FILE"
        ),
        ListedState::Awaiting => format!(
            "{by} listed the group, {since}. The invite it leads to waits for more of you to sign: kith proposal list {group}"
        ),
        ListedState::Over => format!(
            "{by} listed the group, {since}, and the invite it led to is over: nobody can knock by it. End it, and list the \
             group anew: kith directory end {group} --out FILE"
        ),
        ListedState::Ended => format!(
            "This listing was ended, for good. The file that tells directories: kith directory end {group} --out FILE"
        ),
    }
}
