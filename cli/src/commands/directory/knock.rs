//! `kith directory knock`: asking to be let in where a listing leads.

use std::path::PathBuf;

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use kith_node::api::types::{Joined, KnockAtListing, Listing};

use crate::client::Route;
use crate::commands::{join, knock};
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::{ask, phrase, plain, reason};

/// Ask to be let in by the group of a listing
///
/// Its facilitators read what you write, and nobody else. Your node reaches the address that the listing names, which so
/// learns your internet address.
#[derive(Args, Debug)]
pub struct Cmd {
    /// The listing: its id, or the beginning of it (6 characters or more)
    #[arg(value_name = "LISTING", value_parser = NonEmptyStringValueParser::new())]
    listing: String,
    /// What people there should call you; it need not be your real name
    #[arg(long = "as", value_name = "NAME")]
    name: Option<String>,
    /// Read what you say to those who decide from FILE ("-" is stdin); you are asked for it if you leave it out
    #[arg(long, value_name = "FILE")]
    text_file: Option<PathBuf>,
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        context.before_asking()?;
        let route = Route::new(&["listings", &self.listing])?;
        let listing: Listing = context.node(async |node| node.get(route).await)?;
        if context.can_ask() {
            context.output.remark(&format!("You knock at: {}", plain::line(&listing.portrait.title)));
        }
        let name = match self.name {
            Some(name) => name,
            None if context.can_ask() => ask::needed("What should people there call you?")?.to_string(),
            None => return Err(phrase::say_it("Your name there", "--as NAME")),
        };
        let text = match &self.text_file {
            Some(file) => reason::read(file)?,
            None if context.can_ask() => join::answers(&listing.questions)?,
            None => return Err(phrase::say_it("What you say", "--text-file (\"-\" is stdin)")),
        };
        let route = Route::new(&["listings", &listing.listing, "knock"])?;
        let joined: Joined =
            context.node(async |node| node.post(route, &KnockAtListing { name, text }).await)?;
        context.output.answer(&joined, || match &joined.knock {
            Some(mine) => format!(
                "{}\nYour node goes on by itself, and tells you here: kith knock list {}\nTo say more: kith knock say {}\n",
                knock::mine(mine),
                phrase::id(&joined.group),
                phrase::id(&mine.knock),
            ),
            None => format!("You are in this group already: kith read {}\n", phrase::id(&joined.group)),
        })?;
        Ok(Ending::Done)
    }
}
