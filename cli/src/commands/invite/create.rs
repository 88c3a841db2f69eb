//! `kith invite create`.

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, ValueEnum};
use kith_node::api::types::{CreateInvite, InviteWay, Invited};

use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::spoken::NewPhrase;
use crate::when;

/// Make an invite link
///
/// Usually any member's node can let the invited person in, also when yours is off. The link carries addresses of
/// members' nodes, so that theirs can find one.
///
/// If a link may fall into other hands, use "--way confirm": you and the person you invite compare a code of six digits,
/// and you let them in with "kith knock admit". With "--way knock" whoever holds the link can write to the facilitators
/// and ask to be let in; nothing of the group is shown to them before. Such a link can be handed to many.
///
/// With "--way open-door" whoever holds the link is in as soon as they come. What was written before cannot be read with
/// the link alone: a member's node hands it over once somebody is in, for all to see. With "--phrase" they need a phrase
/// too, which you tell them by voice. "kith invite revoke" ends it.
#[derive(Args, Debug)]
pub struct Cmd {
    /// The group: its id, the beginning of it (6 characters or more), or its exact title
    #[arg(value_name = "GROUP", value_parser = NonEmptyStringValueParser::new())]
    group: String,
    /// How it lets people in
    #[arg(long, value_name = "WAY", default_value = "on-sight")]
    way: WayArg,
    #[command(flatten)]
    phrase: NewPhrase,
    /// How many people may come in on it, 1 to 500
    #[arg(long, value_name = "N", default_value = "1", value_parser = clap::value_parser!(u32).range(1..=500))]
    uses: u32,
    /// How long it lasts: 30m, 12h, 7d, 2w
    #[arg(long, value_name = "TIME", default_value = "7d", value_parser = when::span)]
    expires: u64,
}

/// How an invite lets people in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum WayArg {
    /// Whoever holds the link is let in
    OnSight,
    /// You compare a code with the one person it is for
    Confirm,
    /// Whoever holds the link, and the phrase if it takes one, is in as soon as they come
    OpenDoor,
    /// Whoever holds the link asks, and facilitators decide
    Knock,
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        let route = Route::new(&["groups", &self.group, "invites"])?;
        let way = match self.way {
            WayArg::OnSight => InviteWay::OnSight,
            WayArg::Confirm => InviteWay::Confirm,
            WayArg::OpenDoor => InviteWay::OpenDoor,
            WayArg::Knock => InviteWay::Knock,
        };
        let (with_phrase, phrase) = self.phrase.wished(context)?;
        let invite = CreateInvite { uses: self.uses, expires_in: self.expires, way, with_phrase, phrase };
        let invited: Invited = context.node(async |node| node.post(route, &invite).await)?;
        context.output.answer(&invited, || super::words(&invited))?;
        Ok(Ending::Done)
    }
}
