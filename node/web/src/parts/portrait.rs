//! What strangers read of a group, in the words of the page.

use kith_node::api::types::{ListingLed, ListingSize, ListingTopic, ListingWay, Portrait};

use super::post::paragraphs;
use crate::words::Words;

/// A portrait as pages show it.
pub struct PortraitView {
    /// What strangers know it by.
    pub title: String,
    /// What it is.
    pub paragraphs: Vec<Vec<String>>,
    /// What else it says: what, and the words.
    pub facts: Vec<(String, String)>,
}

impl PortraitView {
    /// A portrait.
    pub fn of(words: &Words, portrait: &Portrait) -> PortraitView {
        let topics: Vec<String> = portrait.topics.iter().map(|one| words.t(topic(*one))).collect();
        let ways: Vec<String> = portrait.ways.iter().map(|one| words.t(way(*one))).collect();
        let reply = match portrait.reply_hours {
            0 => String::new(),
            hours => words.tn("portrait-within", "hours", hours),
        };
        let facts = [
            ("portrait-topics", topics.join(", ")),
            ("portrait-tags", portrait.tags.join(", ")),
            ("portrait-languages", portrait.languages.join(", ")),
            ("portrait-ways", ways.join("; ")),
            ("portrait-meets", portrait.meets.clone()),
            ("portrait-coming-in", portrait.coming_in.clone()),
            ("portrait-reply", reply),
            ("portrait-size", portrait.size.map(|one| words.t(size(one))).unwrap_or_default()),
            ("portrait-led", portrait.led.map(|one| words.t(led(one))).unwrap_or_default()),
        ];
        PortraitView {
            title: portrait.title.clone(),
            paragraphs: paragraphs(&portrait.about),
            facts: facts
                .into_iter()
                .filter(|(_, fact)| !fact.trim().is_empty())
                .map(|(id, fact)| (words.t(id), fact))
                .collect(),
        }
    }
}

/// The words of a topic.
pub fn topic(topic: ListingTopic) -> &'static str {
    match topic {
        ListingTopic::Grief => "topic-grief",
        ListingTopic::Illness => "topic-illness",
        ListingTopic::Pain => "topic-pain",
        ListingTopic::Cancer => "topic-cancer",
        ListingTopic::Disability => "topic-disability",
        ListingTopic::Caring => "topic-caring",
        ListingTopic::Parents => "topic-parents",
        ListingTopic::Birth => "topic-birth",
        ListingTopic::LowMood => "topic-low-mood",
        ListingTopic::Worry => "topic-worry",
        ListingTopic::Moods => "topic-moods",
        ListingTopic::Voices => "topic-voices",
        ListingTopic::Trauma => "topic-trauma",
        ListingTopic::Eating => "topic-eating",
        ListingTopic::Substances => "topic-substances",
        ListingTopic::Habits => "topic-habits",
        ListingTopic::CloseOnes => "topic-close-ones",
        ListingTopic::Separation => "topic-separation",
        ListingTopic::Alone => "topic-alone",
        ListingTopic::Old => "topic-old",
        ListingTopic::Young => "topic-young",
        ListingTopic::Queer => "topic-queer",
        ListingTopic::Migration => "topic-migration",
        ListingTopic::Work => "topic-work",
        ListingTopic::Money => "topic-money",
        ListingTopic::Autism => "topic-autism",
        ListingTopic::Memory => "topic-memory",
        ListingTopic::Prison => "topic-prison",
    }
}

/// The words of a way to meet.
pub fn way(way: ListingWay) -> &'static str {
    match way {
        ListingWay::Writing => "way-writing",
        ListingWay::Circles => "way-circles",
        ListingWay::InPerson => "way-in-person",
        ListingWay::Calls => "way-calls",
    }
}

/// The words of a size.
pub fn size(size: ListingSize) -> &'static str {
    match size {
        ListingSize::Small => "size-small",
        ListingSize::Middle => "size-middle",
        ListingSize::Large => "size-large",
    }
}

/// The words of who looks after a group.
pub fn led(led: ListingLed) -> &'static str {
    match led {
        ListingLed::Peers => "led-peers",
        ListingLed::Beside => "led-beside",
    }
}
