//! A post or reply, as pages show it.

use kith_node::api::types::{
    AckKind, Choice, ContentNotes, DeliveryState, Intent, Mention, Post, ReplyKind, Unshown,
};

use super::file::FileView;
use super::moderation::Done;
use super::person::{Pebble, People};
use crate::icons::{self, Icon};
use crate::visit::Visit;
use crate::when::When;
use crate::words::Words;

/// A post or reply with its words.
#[derive(Clone, Debug)]
pub struct PostView {
    /// The post.
    pub id: String,
    /// Its group.
    pub group: String,
    /// Who wrote it.
    pub author: String,
    /// What they are called.
    pub name: String,
    /// Their pebble.
    pub pebble: Pebble,
    /// Whether I wrote it.
    pub mine: bool,
    /// When.
    pub when: When,
    /// What its author wishes for, with its icon and the class that colours it.
    pub intent: Option<(Icon, &'static str, String)>,
    /// What a reply is.
    pub kind: Option<(Icon, String)>,
    /// The text, in paragraphs of lines.
    pub paragraphs: Vec<Vec<String>>,
    /// Why it is folded, if it is, as the fold says it.
    pub fold: Option<String>,
    /// What it mentions, where that is said and the text is open.
    pub mentions: Option<String>,
    /// Whether somebody has heard it; none where that is not said.
    pub heard: Option<bool>,
    /// How far it has come: of what I wrote alone.
    pub delivery: Option<String>,
    /// What is said in place of the text.
    pub instead: Option<String>,
    /// Whether what it answers has not arrived.
    pub parent_missing: bool,
    /// Whether its author changed it.
    pub edited: bool,
    /// What goes with it.
    pub files: Vec<FileView>,
    /// What was done about it.
    pub done: Option<Done>,
    /// Whether its author is shown as new.
    pub new_here: bool,
    /// What its author is in the group beside a member.
    pub role: Option<String>,
    /// The post itself, for pages that show more of it.
    pub post: Post,
}

impl PostView {
    /// A post as it is shown to this visitor.
    pub fn of(visit: &Visit, post: Post) -> PostView {
        let words = &visit.words;
        PostView {
            pebble: Pebble::of(&post.author, &post.name),
            when: visit.clock.moment(words, &post.time),
            intent: post.intent.map(|intent| {
                let (icon, class, id) = intent_words(intent);
                (icon, class, words.t(id))
            }),
            kind: post.kind.map(|kind| {
                let (icon, id) = kind_words(kind);
                (icon, words.t(id))
            }),
            paragraphs: paragraphs(&post.text),
            fold: fold(visit, &post),
            mentions: (!post.notes.is_empty()).then(|| mentions(words, &post.notes)),
            heard: (post.reply_to.is_none() && !post.mine && !post.withdrawn).then_some(post.heard),
            delivery: post.mine.then(|| delivery(words, &post)),
            instead: instead(words, &post),
            parent_missing: post.parent_missing,
            edited: post.edited,
            id: post.post.clone(),
            group: post.group.clone(),
            author: post.author.clone(),
            name: post.name.clone(),
            mine: post.mine,
            files: FileView::all(words, &address(&post.group, &post.post), &post.post, &post.attachments),
            done: post.moderation.as_deref().map(|moderation| Done::of(visit, moderation)),
            new_here: false,
            role: None,
            post,
        }
    }

    /// With what is said beside its author's name.
    pub fn among(mut self, visit: &Visit, people: &People) -> PostView {
        self.new_here = people.is_new(&self.author);
        self.role = people.role(&self.author).map(|role| visit.words.t(role));
        self
    }

    /// Where its page is.
    pub fn address(&self) -> String {
        address(&self.group, &self.id)
    }
}

/// Where the page of a post is.
pub fn address(group: &str, post: &str) -> String {
    format!("/groups/{group}/posts/{post}")
}

/// A text in paragraphs, which empty lines part, each of lines.
pub fn paragraphs(text: &str) -> Vec<Vec<String>> {
    let mut all: Vec<Vec<String>> = vec![Vec::new()];
    for line in text.lines() {
        match (line.trim().is_empty(), all.last_mut()) {
            (true, Some(last)) if last.is_empty() => {}
            (true, _) => all.push(Vec::new()),
            (false, Some(last)) => last.push(line.to_owned()),
            (false, None) => {}
        }
    }
    all.retain(|paragraph| !paragraph.is_empty());
    all
}

/// The icon, the class and the words of an intent, in the author's voice.
pub fn intent_words(intent: Intent) -> (Icon, &'static str, &'static str) {
    match intent {
        Intent::HearMe => (icons::LISTEN, "listen", "intent-hear-me"),
        Intent::Experiences => (icons::EXPERIENCE, "experience", "intent-experiences"),
        Intent::Advice => (icons::IDEA, "ideas", "intent-advice"),
        Intent::PracticalHelp => (icons::HAND, "ideas", "intent-practical-help"),
        Intent::GoodNews => (icons::LEAF, "good", "intent-good-news"),
    }
}

/// The icon and the words of what a reply is.
pub fn kind_words(kind: ReplyKind) -> (Icon, &'static str) {
    match kind {
        ReplyKind::Listening => (icons::LISTEN, "kind-listening"),
        ReplyKind::Experience => (icons::EXPERIENCE, "kind-experience"),
        ReplyKind::Question => (icons::QUESTION, "kind-question"),
        ReplyKind::Suggestion => (icons::IDEA, "kind-suggestion"),
        ReplyKind::Resource => (icons::RESOURCE, "kind-resource"),
        ReplyKind::Offer => (icons::OFFER, "kind-offer"),
    }
}

/// The words of an acknowledgement: on its button, and when it reached me from `name`.
pub fn ack_words(kind: AckKind) -> (&'static str, &'static str) {
    match kind {
        AckKind::HearYou => ("ack-hear-you", "acked-hear-you"),
        AckKind::MeToo => ("ack-me-too", "acked-me-too"),
        AckKind::WithYou => ("ack-with-you", "acked-with-you"),
        AckKind::Strength => ("ack-strength", "acked-strength"),
        AckKind::ThankYou => ("ack-thank-you", "acked-thank-you"),
    }
}

/// The word for one thing that a text mentions.
pub fn mention_words(mention: Mention) -> &'static str {
    match mention {
        Mention::SelfHarm => "mention-self-harm",
        Mention::Suicide => "mention-suicide",
        Mention::Eating => "mention-eating",
        Mention::Abuse => "mention-abuse",
        Mention::SexualViolence => "mention-sexual-violence",
        Mention::Substances => "mention-substances",
        Mention::Loss => "mention-loss",
        Mention::Medical => "mention-medical",
        Mention::Pregnancy => "mention-pregnancy",
        Mention::Violence => "mention-violence",
        Mention::Discrimination => "mention-discrimination",
        Mention::Other => "mention-other",
    }
}

/// What a text mentions, as one line.
pub fn mentions(words: &Words, notes: &ContentNotes) -> String {
    let named = notes.mentions.iter().map(|mention| words.t(mention_words(*mention)));
    let own = (!notes.other.is_empty()).then(|| notes.other.clone());
    let all: Vec<String> = named.chain(own).collect();
    words.t1("mentions", "what", all.join(", "))
}

/// Why a text is folded, if it is.
fn fold(visit: &Visit, post: &Post) -> Option<String> {
    let words = &visit.words;
    if post.mine || post.withdrawn {
        return None;
    }
    if post.muted {
        return Some(words.t("fold-muted"));
    }
    if let Some(moderation) = &post.moderation {
        let Done { what, rule, reason } = Done::of(visit, moderation);
        return Some(words.t2(
            "fold-done",
            "what",
            what,
            "why",
            words.t2("fold-why", "rule", rule, "reason", reason),
        ));
    }
    if post.unasked {
        return Some(words.t("fold-unasked"));
    }
    if post.much {
        return Some(words.t("fold-much"));
    }
    if !post.notes.is_empty() && post.choice != Choice::Show {
        return Some(mentions(words, &post.notes));
    }
    None
}

/// How far something of mine has come, in one sentence.
pub fn delivery(words: &Words, post: &Post) -> String {
    match (&post.unshown, post.state) {
        (Some(Unshown::Removed(_)), _) => words.t("delivery-removed"),
        (Some(Unshown::Waiting), _) => words.t("delivery-waiting-to-come-in"),
        (None, DeliveryState::Saved) => words.t("delivery-saved"),
        (None, DeliveryState::Waiting) => words.t("delivery-waiting"),
        (None, DeliveryState::Kept) => words.t("delivery-kept"),
        (None, DeliveryState::Passed) => words.t("delivery-passed"),
        (None, DeliveryState::Held) => words.t("delivery-held"),
    }
}

/// What stands in place of a text that is not there.
fn instead(words: &Words, post: &Post) -> Option<String> {
    if post.withdrawn {
        return Some(words.t("post-withdrawn"));
    }
    if post.text.is_empty() && !post.mine {
        return Some(words.t("post-held"));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_lines_part_paragraphs() {
        let text = "\n\none\ntwo\n \n\nthree\n";
        assert_eq!(paragraphs(text), [vec!["one".to_owned(), "two".into()], vec!["three".into()]]);
        assert!(paragraphs(" \n ").is_empty());
    }
}
