//! `kith join`: into a group by an invite link, or back to it.

use std::io::{self, Read};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::Args;
use kith_node::api::types::{
    Charter, Code, GroupCharter, GroupState, InviteWay, Join, Joined, LinkSeen, LookAtLink, Problem,
};

use super::knock;
use crate::client::{Client, Route};
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::{ask, charter, phrase, plain, reason, spoken};

/// The longest text that is taken for a link, in bytes.
const LINK_MOST: u64 = 12 * 1024;
/// How long one question to the node waits.
const LOOK: u64 = 25;
/// How often a person may try a phrase before the command gives up. It can be given again.
const TRIES: usize = 3;

/// Join a group with an invite link, or come back to it
///
/// A member's node must be reachable to let you in. If none is, your node goes on trying by itself, also after
/// a restart. Whoever holds a link can use it: keep it out of places where others look.
///
/// If your identity is a member already (after "kith recover"), any link of the group brings you back as the
/// same member.
#[derive(Args, Debug)]
pub struct Cmd {
    /// The link, or "-" to read it from stdin; you are asked for it if you leave it out
    #[arg(value_name = "LINK")]
    link: Option<String>,
    /// What people there should call you; it need not be your real name
    #[arg(long = "as", value_name = "NAME")]
    name: Option<String>,
    /// Where the link is for asking: read what you say to those who decide from FILE ("-" is stdin); you are asked for
    /// it if you leave it out
    #[arg(long, value_name = "FILE")]
    text_file: Option<PathBuf>,
    /// Where the link takes a phrase: read it from the first line of FILE ("-" is stdin); you are asked for it if you leave
    /// it out
    #[arg(long, value_name = "FILE")]
    phrase_file: Option<PathBuf>,
    /// Wait until you are in, at most SECS seconds (else exit code 75)
    #[arg(long, value_name = "SECS")]
    wait: Option<u64>,
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        context.before_asking()?;
        let link = self.link(context)?;
        let look = LookAtLink { link: link.clone() };
        let seen: LinkSeen = context.node(async |node| node.post(Route::new(&["links"])?, &look).await)?;
        let name = match self.name {
            None if context.can_ask() => {
                let answer = ask::line("What should people there call you? (Empty if you come back.)")?;
                Some(answer.to_string()).filter(|name| !name.is_empty())
            }
            said => said,
        };
        let text = match &self.text_file {
            Some(file) => Some(reason::read(file)?),
            None if name.is_some() && context.can_ask() => asked(&seen)?,
            None => None,
        };
        let phrase = match &self.phrase_file {
            Some(file) => Some(spoken::read(file)?.to_string()),
            None => None,
        };
        let ask = seen.spoken && phrase.is_none() && context.can_ask() && !coming(&seen);
        let mut join = Join { link, name, text, phrase };
        let begun = if ask { Some(with_phrase(context, &mut join)?) } else { None };
        let (joined, charter) = context.node(async |node| {
            let joined: Joined = match begun.clone() {
                Some(begun) => begun,
                None => node.post(Route::new(&["join"])?, &join).await?,
            };
            let joined = match self.wait {
                Some(seconds) if joined.state != GroupState::Joined => {
                    context.progress("Looking for a member's node. This can take some minutes.");
                    wait(node, joined, Duration::from_secs(seconds)).await?
                }
                _ => joined,
            };
            let shown = joined.state == GroupState::Joined && !context.output.is_json();
            let charter = if shown { Some(charter_of(node, &joined).await?) } else { None };
            Ok((joined, charter))
        })?;
        let words = || words(&joined, charter.as_ref());
        if self.wait.is_some() && joined.state != GroupState::Joined {
            context.output.not_in_time(&joined, words)?;
            return Ok(Ending::NotInTime);
        }
        context.output.answer(&joined, words)?;
        Ok(Ending::Done)
    }

    fn link(&self, context: &Context) -> Result<String, Problem> {
        match self.link.as_deref() {
            Some("-") => {
                let mut link = String::new();
                let read = io::stdin().lock().take(LINK_MOST.saturating_add(1)).read_to_string(&mut link);
                read.map_err(|_| Problem::of(Code::BadLink))?;
                whole(link)
            }
            Some(link) => whole(link.to_owned()),
            None if context.can_ask() => whole(ask::needed("Your invite link:")?.to_string()),
            None => Err(phrase::say_it("The invite link", "LINK, or \"-\" and the link on stdin")),
        }
    }
}

/// What somebody says to those who decide, where a link is for asking and they have not said it yet.
fn asked(seen: &LinkSeen) -> Result<Option<String>, Problem> {
    if seen.way != InviteWay::Knock || coming(seen) {
        return Ok(None);
    }
    answers(&seen.questions).map(Some)
}

/// Asks what those who decide would like to know; something in any case.
pub fn answers(questions: &[String]) -> Result<String, Problem> {
    let mut text = String::new();
    for question in questions {
        let answer = ask::line(&format!("{}\n>", plain::line(question)))?;
        if !answer.is_empty() {
            text.push_str(&format!("{question}\n{}\n\n", answer.as_str()));
        }
    }
    if text.is_empty() {
        let question = "The facilitators decide who comes in. Say something about what brings you; a few words are enough.";
        text = ask::needed(&format!("{question}\n>"))?.to_string();
    }
    Ok(text.trim_end().to_owned())
}

/// Whether I am in, or on my way in.
fn coming(seen: &LinkSeen) -> bool {
    matches!(seen.state, Some(GroupState::Joined | GroupState::Waiting))
}

/// Asks for the phrase, and once more if it was not the right one.
fn with_phrase(context: &Context, join: &mut Join) -> Result<Joined, Problem> {
    let mut tries = TRIES;
    loop {
        let phrase =
            ask::needed("The phrase that goes with this link (whoever invited you tells it by voice):")?;
        join.phrase = Some(phrase.to_string());
        tries = tries.saturating_sub(1);
        match context.node(async |node| node.post(Route::new(&["join"])?, &*join).await) {
            Err(problem) if problem.code == Code::PhraseWrong && tries > 0 => {
                context.output.remark(&format!("{} {}", problem.message, problem.hint));
            }
            other => return other,
        }
    }
}

fn whole(link: String) -> Result<String, Problem> {
    if u64::try_from(link.len()).unwrap_or(u64::MAX) > LINK_MOST {
        Err(Code::BadLink.into())
    } else {
        Ok(link)
    }
}

async fn wait(node: &Client, begun: Joined, wait: Duration) -> Result<Joined, Problem> {
    let end = Instant::now().checked_add(wait);
    let mut joined = begun;
    while joined.state != GroupState::Joined {
        let left = end.map_or(wait, |end| end.saturating_duration_since(Instant::now()));
        if left.is_zero() {
            break;
        }
        let seconds = left.as_secs().clamp(1, LOOK).to_string();
        let route = Route::new(&["groups", &joined.group, "joined"])?.with("wait", Some(&seconds));
        match tokio::time::timeout(left, node.get(route)).await {
            Ok(answer) => joined = answer?,
            Err(_) => break,
        }
    }
    Ok(joined)
}

async fn charter_of(node: &Client, joined: &Joined) -> Result<Charter, Problem> {
    let charter: GroupCharter = node.get(Route::new(&["groups", &joined.group, "charter"])?).await?;
    Ok(charter.charter)
}

/// Nobody is to have agreed to what they were not shown.
fn words(joined: &Joined, charter: Option<&Charter>) -> String {
    let group = phrase::id(&joined.group);
    let Some(charter) = charter else {
        if let Some(mine) = &joined.knock {
            return format!(
                "{}\nYour node goes on by itself, and tells you here: kith knock list {group}\n\
                 To say more: kith knock say {}\n",
                knock::mine(mine),
                phrase::id(&mine.knock),
            );
        }
        return format!(
            "Saved. Your node looks for a member's node and goes on by itself.   [{group}]\n\
             \"kith status\" shows when you are in. What its members agree to: kith group charter show {group}"
        );
    };
    let history = phrase::history_for_me(charter.history);
    format!(
        "You are in: {}   [{group}]\n\n{}\n{history}\n\
         By coming in you agree to this. If it is not for you, you can go any time, with no reason: \
         kith group leave {group}\n\
         Read with \"kith read {group}\". Saying hello is fine, and so is just reading.\n\n{}",
        phrase::title(joined.title.as_deref()),
        charter::words(charter),
        joined.key_words.as_deref().map(phrase::key_words).unwrap_or_default(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use kith_node::api::types::History;

    #[test]
    fn what_newcomers_agree_to_is_shown_at_joining() {
        let mut joined = Joined {
            group: "ab".repeat(32),
            state: GroupState::Joined,
            title: Some("Tuesday".into()),
            purpose: Some("For carers.\nAll welcome.".into()),
            history: Some(History::All),
            knock: None,
            key_words: Some("one two\u{1b} three".into()),
        };
        let charter = Charter {
            purpose: "For carers.\nAll welcome.".into(),
            agreements: vec!["We listen\u{1b}[2J first.".into()],
            ..charter::template("carers").unwrap()
        };
        let shown = words(&joined, Some(&charter));
        assert!(shown.contains("    For carers.\n    All welcome.\n"), "{shown}");
        assert!(shown.contains("agreement:1  We listen�[2J first.\n"), "{shown}");
        assert!(shown.contains("You can read what was written before you came"), "{shown}");
        assert!(shown.contains("Key words: one two\u{fffd} three\n"), "{shown}");
        joined.state = GroupState::Waiting;
        assert!(words(&joined, None).contains("goes on by itself"));
    }

    #[test]
    fn no_link_is_that_long() {
        assert_eq!(whole("x".repeat(20_000)).unwrap_err().code, Code::BadLink);
    }
}
