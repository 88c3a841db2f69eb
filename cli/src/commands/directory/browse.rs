//! `kith directory browse` and `show`: looking through listings on this device.

use std::io::{self, Read};

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, ValueEnum};
use kith_node::api::types::{
    Code, FindListings, GroupState, Listing, ListingLed, ListingSize, ListingTopic, ListingWay, Listings,
    Portrait, Problem,
};

use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::{ask, phrase, plain, when};

/// The most that is read of what is looked for, in bytes; the node says that it is too long.
const WORDS_MOST: u64 = 4096;

/// Look through the listings of the directories that you read
///
/// You are asked for words; a script gives them on stdin. They never stand in the command, where other programs could see
/// them, and they are sent to nobody: all of it happens on this device. Any of the words will do, and more are better; no
/// words show everything.
#[derive(Args, Debug)]
pub struct Browse {
    /// Look for the tags that you keep for yourself, too ("kith tags")
    #[arg(long)]
    mine: bool,
    /// Only groups where this is spoken, such as en
    #[arg(long, value_name = "LANGUAGE", value_parser = NonEmptyStringValueParser::new())]
    language: Option<String>,
    /// Only groups that meet so
    #[arg(long, value_name = "WAY")]
    way: Option<Way>,
}

/// Show one listing whole
#[derive(Args, Debug)]
pub struct Show {
    /// The listing: its id, or the beginning of it (6 characters or more)
    #[arg(value_name = "LISTING", value_parser = NonEmptyStringValueParser::new())]
    listing: String,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Way {
    /// In writing, each when they can
    Writing,
    /// In circles: in writing, together at one time
    Circles,
    /// In one room
    InPerson,
    /// By voice or picture, elsewhere
    Calls,
}

impl Browse {
    pub fn run(self, context: &Context) -> Outcome {
        context.before_asking()?;
        let find = FindListings {
            words: words(context)?,
            mine: self.mine,
            language: self.language,
            topic: None,
            way: self.way.map(|way| match way {
                Way::Writing => ListingWay::Writing,
                Way::Circles => ListingWay::Circles,
                Way::InPerson => ListingWay::InPerson,
                Way::Calls => ListingWay::Calls,
            }),
        };
        let route = Route::new(&["listings"])?;
        let found: Listings = context.node(async |node| node.post(route, &find).await)?;
        context.output.answer(&found, || list(&found))?;
        Ok(Ending::Done)
    }
}

impl Show {
    pub fn run(self, context: &Context) -> Outcome {
        let route = Route::new(&["listings", &self.listing])?;
        let listing: Listing = context.node(async |node| node.get(route).await)?;
        context.output.answer(&listing, || whole(&listing))?;
        Ok(Ending::Done)
    }
}

fn words(context: &Context) -> Result<String, Problem> {
    if context.can_ask() {
        return Ok(ask::line("Words to look for, such as grief (Enter shows everything):")?.to_string());
    }
    let mut bytes = Vec::new();
    let read = io::stdin().lock().take(WORDS_MOST).read_to_end(&mut bytes);
    read.map_err(|_| Problem::of(Code::StorageFailed))?;
    let text = String::from_utf8(bytes).map_err(|_| Problem::of(Code::TextNotUtf8))?;
    Ok(text.trim().to_owned())
}

/// What everybody should know who looks for a group.
const NO_CRISIS: &str = "Groups are no crisis service. If you need help now: kith crisis card\n";

fn list(found: &Listings) -> String {
    let mut words: String = found.listings.iter().map(|one| format!("{}\n", line(one))).collect();
    if found.directories == 0 {
        words.push_str("You read no directory yet. Somebody you trust may know one: kith directory add\n");
    } else if found.listings.is_empty() {
        words.push_str(
            "No listing has any of these words. Other words may find one, and no words show everything.\n",
        );
    } else {
        words.push_str("To read one whole: kith directory show ID\n");
    }
    if found.more {
        words.push_str("There are more. Further words, --language or --way show fewer.\n");
    }
    words.push_str(NO_CRISIS);
    words
}

fn line(one: &Listing) -> String {
    let about = one.portrait.about.split_whitespace().collect::<Vec<_>>().join(" ");
    let short: String = about.chars().take(160).collect();
    let cut = if short.len() < about.len() { "…" } else { "" };
    let mut words = format!(
        "{}   [{}]\n    {}{cut}\n",
        plain::line(&one.portrait.title),
        phrase::id(&one.listing),
        plain::line(&short)
    );
    let facts = [topics(&one.portrait), ways(&one.portrait), languages(&one.portrait)];
    let facts: Vec<String> = facts.into_iter().filter(|fact| !fact.is_empty()).collect();
    words.push_str(&format!("    {}\n", facts.join(". ")));
    if one.twin {
        words.push_str(&format!("    {TWIN}\n"));
    }
    words
}

const TWIN: &str = "Another listing has the same title, or leads to the same group: look at both.";

/// A listing with everything it says, and how sure one can be of it.
fn whole(one: &Listing) -> String {
    let mut words = portrait(&one.portrait);
    words.push('\n');
    if !one.questions.is_empty() {
        words.push_str("Whoever knocks is asked:\n");
        words.extend(one.questions.iter().map(|question| format!("    - {}\n", plain::line(question))));
    }
    words.push_str(&format!(
        "This listing ends {}. You have seen its signature since {}.\n\
         Anyone can write a listing; this says only that the same people wrote it as last time.\n",
        when::to_come(&one.expires),
        when::friendly(&one.first_seen)
    ));
    if one.twin {
        words.push_str(&format!("{TWIN}\n"));
    }
    words.push_str(&match one.state {
        Some(GroupState::Joined) => "You are in this group.\n".to_owned(),
        Some(GroupState::Waiting) => {
            let group = one.group.as_deref().map(phrase::id).unwrap_or_default();
            format!("You knocked there: kith knock list {group}\n")
        }
        _ if !one.reachable => {
            "It names no place where this node could knock: it may be meant for people on another network.\n"
                .to_owned()
        }
        _ => format!("To ask to be let in: kith directory knock {}\n", phrase::id(&one.listing)),
    });
    words.push_str(NO_CRISIS);
    words
}

/// What strangers read of a group.
pub fn portrait(portrait: &Portrait) -> String {
    let mut words = format!("{}\n\n", plain::line(&portrait.title));
    for line in plain::block(portrait.about.trim()).lines() {
        words.push_str(&format!("    {line}\n"));
    }
    words.push('\n');
    let reply = match portrait.reply_hours {
        0 => String::new(),
        hours => format!("they try to within {}", phrase::count(hours, "hour", "hours")),
    };
    let size = portrait.size.map_or("", |size| match size {
        ListingSize::Small => "up to about eight people",
        ListingSize::Middle => "up to about twenty people",
        ListingSize::Large => "more than twenty people",
    });
    let led = portrait.led.map_or("", |led| match led {
        ListingLed::Peers => "peers alone",
        ListingLed::Beside => "peers, with somebody beside them for whom it is work",
    });
    let tags = portrait.tags.iter().map(|tag| plain::line(tag)).collect::<Vec<_>>().join(", ");
    for (what, fact) in [
        ("About", topics(portrait)),
        ("Also", tags),
        ("Spoken there", languages(portrait)),
        ("How it meets", ways(portrait)),
        ("When", plain::line(&portrait.meets).into_owned()),
        ("How one comes in", plain::line(&portrait.coming_in).into_owned()),
        ("Answers to who knocks", reply),
        ("Size", size.to_owned()),
        ("Looked after by", led.to_owned()),
    ] {
        if !fact.is_empty() {
            words.push_str(&format!("{what}: {fact}\n"));
        }
    }
    words
}

fn topics(portrait: &Portrait) -> String {
    portrait.topics.iter().map(|topic| topic_words(*topic)).collect::<Vec<_>>().join(", ")
}

fn languages(portrait: &Portrait) -> String {
    portrait.languages.iter().map(|language| plain::line(language)).collect::<Vec<_>>().join(", ")
}

fn ways(portrait: &Portrait) -> String {
    let ways = portrait.ways.iter().map(|way| match way {
        ListingWay::Writing => "in writing, each when they can",
        ListingWay::Circles => "in circles, together at one time",
        ListingWay::InPerson => "in one room",
        ListingWay::Calls => "by voice or picture",
    });
    ways.collect::<Vec<_>>().join("; ")
}

fn topic_words(topic: ListingTopic) -> &'static str {
    match topic {
        ListingTopic::Grief => "grief",
        ListingTopic::Illness => "illness that stays",
        ListingTopic::Pain => "pain",
        ListingTopic::Cancer => "cancer",
        ListingTopic::Disability => "disability",
        ListingTopic::Caring => "caring for somebody",
        ListingTopic::Parents => "being a parent",
        ListingTopic::Birth => "pregnancy, birth, and their loss",
        ListingTopic::LowMood => "low mood",
        ListingTopic::Worry => "worry and panic",
        ListingTopic::Moods => "moods that swing",
        ListingTopic::Voices => "voices and unusual experiences",
        ListingTopic::Trauma => "trauma and abuse",
        ListingTopic::Eating => "eating",
        ListingTopic::Substances => "drinking and drugs",
        ListingTopic::Habits => "gambling and other habits",
        ListingTopic::CloseOnes => "somebody close who drinks or uses",
        ListingTopic::Separation => "separation",
        ListingTopic::Alone => "being alone",
        ListingTopic::Old => "growing old",
        ListingTopic::Young => "being young",
        ListingTopic::Queer => "being queer or trans",
        ListingTopic::Migration => "leaving one's country",
        ListingTopic::Work => "work and exhaustion",
        ListingTopic::Money => "money and housing",
        ListingTopic::Autism => "autism and ADHD",
        ListingTopic::Memory => "memory and dementia",
        ListingTopic::Prison => "a life after prison",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listing() -> Listing {
        Listing {
            listing: "ab".repeat(32),
            portrait: Portrait {
                title: "Awake\u{1b}[2J".into(),
                about: "<b>For</b> those who lie awake.\nAll of us.".into(),
                topics: vec![ListingTopic::Worry],
                languages: vec!["en".into()],
                reply_hours: 1,
                ..Portrait::default()
            },
            questions: vec!["Why\u{202e} now?".into()],
            directories: vec!["Stick".into()],
            issued: "2026-11-22T00:00:00.000Z".into(),
            expires: "2026-12-22T00:00:00.000Z".into(),
            first_seen: "2026-11-22T00:00:00.000Z".into(),
            twin: true,
            reachable: true,
            group: None,
            state: None,
        }
    }

    #[test]
    fn what_strangers_write_stays_text() {
        let shown = whole(&listing());
        assert!(
            shown.starts_with("Awake\u{fffd}[2J\n\n    <b>For</b> those who lie awake.\n    All of us.\n"),
            "{shown}"
        );
        assert!(!shown.contains('\u{1b}') && !shown.contains('\u{202e}'), "{shown}");
        assert!(shown.contains("About: worry and panic\n") && shown.contains("within 1 hour\n"), "{shown}");
        assert!(shown.contains("Anyone can write a listing") && shown.contains(TWIN), "{shown}");
        assert!(shown.contains("kith directory knock abababababab") && shown.ends_with(NO_CRISIS), "{shown}");
    }

    #[test]
    fn no_directory_and_no_listing_are_told_apart() {
        let none = Listings::default();
        assert!(list(&none).contains("kith directory add"));
        let some = Listings { directories: 1, ..Listings::default() };
        assert!(list(&some).contains("No listing has any of these words"));
    }
}
