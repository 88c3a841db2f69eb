//! A charter in plain words.

use kith_node::api::types::{Advice, Charter, Floor, History, Inviters};

use crate::parts::post::paragraphs;
use crate::words::Words;

/// A charter, as pages show it.
#[derive(Clone, Debug)]
pub struct CharterView {
    /// What the group is for.
    pub purpose: Vec<Vec<String>>,
    /// Whom it is for.
    pub audience: Vec<Vec<String>>,
    /// How its members treat each other.
    pub agreements: Vec<String>,
    /// Its rules about what is written.
    pub rules: Vec<String>,
    /// The rules that every group has.
    pub floor: Vec<String>,
    /// Where confidence ends.
    pub confidentiality: Vec<Vec<String>>,
    /// How it goes: a sentence each.
    pub goes: Vec<String>,
}

impl CharterView {
    /// A charter for somebody who comes in, or is in.
    pub fn of(words: &Words, charter: &Charter) -> CharterView {
        CharterView {
            purpose: paragraphs(&charter.purpose),
            audience: paragraphs(&charter.audience),
            agreements: charter.agreements.clone(),
            rules: charter.rules.clone(),
            floor: Floor::ALL.map(|rule| words.t(floor(rule))).to_vec(),
            confidentiality: paragraphs(&charter.confidentiality),
            goes: goes(words, charter),
        }
    }
}

fn goes(words: &Words, charter: &Charter) -> Vec<String> {
    let mut goes = vec![words.t(match charter.advice {
        Advice::IfAsked => "charter-advice-if-asked",
        Advice::Welcome => "charter-advice-welcome",
    })];
    if charter.reply_hours > 0 {
        goes.push(words.tn("charter-reply-hours", "hours", charter.reply_hours));
    }
    goes.push(kept(words, charter.retention_days));
    goes.push(words.t(match charter.history {
        History::All => "charter-history-all",
        History::None => "charter-history-none",
    }));
    goes.push(words.t(match charter.invites {
        _ if charter.shared_power => "charter-shared-power",
        Inviters::Facilitators => "charter-invites-facilitators",
        Inviters::Members => "charter-invites-members",
    }));
    goes.push(words.tn("charter-size", "size", charter.size));
    goes
}

/// For how long what is written is kept, by a charter that says so many days; 0: for as long as there is room.
pub fn kept(words: &Words, days: u32) -> String {
    match days {
        0 => words.t("charter-kept-on"),
        days => words.tn("charter-kept-days", "days", days),
    }
}

/// A rule that every group has, in words.
fn floor(rule: Floor) -> &'static str {
    match rule {
        Floor::Methods => "charter-floor-methods",
        Floor::Numbers => "charter-floor-numbers",
        Floor::Encouragement => "charter-floor-encouragement",
        Floor::Pacts => "charter-floor-pacts",
        Floor::Countdowns => "charter-floor-countdowns",
        Floor::Identifying => "charter-floor-identifying",
    }
}
