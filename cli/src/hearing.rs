//! Being heard, in words: what texts are meant as, what they mention, and what was said to their authors.

use clap::{Args, ValueEnum};
use kith_node::api::types::{AckKind, ContentNotes, Intent, Mention, Post, ReplyKind};

use crate::client::Route;
use crate::{phrase, plain};

/// What would help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum IntentArg {
    /// Just listen
    HearMe,
    /// Your experiences
    Experiences,
    /// Ideas are welcome
    Advice,
    /// Practical help
    PracticalHelp,
    /// Good news
    GoodNews,
}

/// What a reply is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum KindArg {
    /// You listened
    Listening,
    /// How it was for you
    Experience,
    /// You ask something
    Question,
    /// An idea what they could do; for those who asked for ideas
    Suggestion,
    /// Something to read, visit or call; for those who asked for ideas
    Resource,
    /// You offer to do something
    Offer,
}

/// How something is acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum AckArg {
    /// I hear you
    HearYou,
    /// Me too
    MeToo,
    /// I'm with you
    WithYou,
    /// Sending strength
    Strength,
    /// Thank you for sharing
    ThankYou,
}

/// What a text mentions, so that others can choose when to read it.
#[derive(Args, Debug)]
pub struct Notes {
    /// What it mentions, with commas between: self-harm, suicide, eating, abuse, sexual-violence, substances, loss, medical,
    /// pregnancy, violence, discrimination. Others see this first, and choose when to read the rest
    #[arg(long, value_name = "WORDS")]
    mentions: Option<String>,
    /// What it mentions, in your words (at most 100 bytes)
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
}

impl Notes {
    pub fn add_to(&self, route: Route) -> Route {
        route.with("mentions", self.mentions.as_deref()).with("note", self.note.as_deref())
    }
}

impl IntentArg {
    pub fn code(self) -> &'static str {
        match self {
            IntentArg::HearMe => "hear_me",
            IntentArg::Experiences => "experiences",
            IntentArg::Advice => "advice",
            IntentArg::PracticalHelp => "practical_help",
            IntentArg::GoodNews => "good_news",
        }
    }
}

impl KindArg {
    pub fn code(self) -> &'static str {
        match self {
            KindArg::Listening => "listening",
            KindArg::Experience => "experience",
            KindArg::Question => "question",
            KindArg::Suggestion => "suggestion",
            KindArg::Resource => "resource",
            KindArg::Offer => "offer",
        }
    }
}

impl AckArg {
    pub fn kind(self) -> AckKind {
        match self {
            AckArg::HearYou => AckKind::HearYou,
            AckArg::MeToo => AckKind::MeToo,
            AckArg::WithYou => AckKind::WithYou,
            AckArg::Strength => AckKind::Strength,
            AckArg::ThankYou => AckKind::ThankYou,
        }
    }
}

/// What an author wishes for, or what a reply is, where that is not plain.
pub fn manner(post: &Post) -> Option<&'static str> {
    match (post.intent, post.kind) {
        (Some(Intent::HearMe) | None, None | Some(ReplyKind::Listening)) => None,
        (Some(intent), _) => Some(match intent {
            Intent::HearMe => "wishes to be heard",
            Intent::Experiences => "asks for your experiences",
            Intent::Advice => "welcomes ideas",
            Intent::PracticalHelp => "asks for practical help",
            Intent::GoodNews => "has good news",
        }),
        (None, Some(kind)) => Some(match kind {
            ReplyKind::Listening => "listens",
            ReplyKind::Experience => "tells how it was for them",
            ReplyKind::Question => "asks",
            ReplyKind::Suggestion => "has an idea",
            ReplyKind::Resource => "names something to read, visit or call",
            ReplyKind::Offer => "offers something",
        }),
    }
}

/// What a text mentions: `Mentions: death and loss.`
pub fn notes(notes: &ContentNotes) -> Option<String> {
    if notes.is_empty() {
        return None;
    }
    let words = notes.mentions.iter().map(|mention| mention_word(*mention).to_owned());
    let own = (!notes.other.is_empty()).then(|| plain::line(&notes.other).into_owned());
    Some(format!("Mentions: {}.", words.chain(own).collect::<Vec<_>>().join(", ")))
}

/// Why a text is behind a line of its own: unasked advice, or what it mentions.
pub fn fold(post: &Post) -> Option<String> {
    if post.mine {
        return None;
    }
    let show = format!("To read it: kith thread {} --unfold", phrase::id(&post.post));
    if post.unasked {
        let name = plain::line(&post.name);
        return Some(format!(
            "This reply offers an idea, which you did not ask for. {show}\n    ({name} may not have known.)"
        ));
    }
    notes(&post.notes).map(|notes| format!("{notes} {show}"))
}

/// What was said to the author of a text alone, and that it was heard: lines after it.
pub fn after(post: &Post) -> String {
    let mut lines = String::new();
    for ack in &post.acks {
        lines.push_str(&format!("    {}: {}\n", plain::line(&ack.name), ack_words(ack.kind)));
    }
    for asking in &post.asking {
        lines.push_str(&format!(
            "    {} asks whether ideas are welcome: kith consent {} {}\n",
            plain::line(&asking.name),
            phrase::id(&post.post),
            phrase::id(&asking.member)
        ));
    }
    if let Some(unanswered) = &post.unanswered {
        lines.push_str(&format!("    {}\n    {}\n", unanswered.message, unanswered.hint));
    }
    if post.heard && post.acks.is_empty() {
        lines.push_str("    (Somebody has heard this.)\n");
    }
    lines
}

/// An acknowledgement, as it is said.
pub fn ack_words(kind: AckKind) -> &'static str {
    match kind {
        AckKind::HearYou => "I hear you.",
        AckKind::MeToo => "Me too.",
        AckKind::WithYou => "I'm with you.",
        AckKind::Strength => "Sending strength.",
        AckKind::ThankYou => "Thank you for sharing.",
    }
}

fn mention_word(mention: Mention) -> &'static str {
    match mention {
        Mention::SelfHarm => "self-harm",
        Mention::Suicide => "suicide",
        Mention::Eating => "eating",
        Mention::Abuse => "abuse",
        Mention::SexualViolence => "sexual violence",
        Mention::Substances => "alcohol or other substances",
        Mention::Loss => "death and loss",
        Mention::Medical => "medical detail",
        Mention::Pregnancy => "pregnancy and its loss",
        Mention::Violence => "violence",
        Mention::Discrimination => "discrimination",
        Mention::Other => "something this version has no word for",
    }
}
