//! Being heard, in words: what texts are meant as, what they mention, and what was said to their authors.

use clap::{Args, ValueEnum};
use kith_node::api::types::{AckKind, Choice, Code, ContentNotes, Intent, Mention, Post, Problem, ReplyKind};

use crate::client::Route;
use crate::context::Context;
use crate::input::Source;
use crate::{ask, phrase, plain};

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
    /// Say what the text mentions, where no other program can see it: you are asked; a script gives it as the first line,
    /// before the text. Others see it first, and choose when to read the rest
    #[arg(long, conflicts_with_all = ["mentions", "note"])]
    notes: bool,
    /// The same in the command, where other programs of this device can see it; with commas between: self-harm, suicide,
    /// eating, abuse, sexual-violence, substances, loss, medical, pregnancy, violence, discrimination
    #[arg(long, value_name = "WORDS")]
    mentions: Option<String>,
    /// What it mentions, in your words (at most 100 bytes); in the command, too
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
}

/// What somebody said that a text mentions: `loss, medical, my brother`.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// The words that are notes, with commas between.
    pub mentions: String,
    /// The rest.
    pub note: String,
}

impl Said {
    /// Reads a line. Every word between commas that is the name of a note is one; all else is said in the author's words.
    pub fn of(line: &str) -> Said {
        let (mut mentions, mut note) = (Vec::new(), Vec::new());
        for word in line.split(',').map(str::trim).filter(|word| !word.is_empty()) {
            match mention(word) {
                Some(known) => mentions.push(mention_name(known)),
                None => note.push(word),
            }
        }
        Said { mentions: mentions.join(","), note: note.join(", ") }
    }

    /// Asks a person.
    ///
    /// # Errors
    /// As [`ask::line`].
    pub fn asked(context: &Context) -> Result<Said, Problem> {
        context.output.remark(&format!(
            "What does it mention? Others see this first. With commas between: {};\nor your own words. Enter alone: nothing.",
            names()
        ));
        Ok(Said::of(&ask::line("Mentions:")?))
    }

    /// Takes the first line of what a script gives.
    ///
    /// # Errors
    /// [`Code::TextNotUtf8`].
    pub fn first_line(text: &mut Vec<u8>) -> Result<Said, Problem> {
        let end = text.iter().position(|byte| *byte == b'\n').map_or(text.len(), |end| end.saturating_add(1));
        let rest = text.split_off(end);
        let line = String::from_utf8(std::mem::replace(text, rest));
        Ok(Said::of(&line.map_err(|_| Problem::of(Code::TextNotUtf8))?))
    }
}

impl Notes {
    /// Asks a person at the terminal, if it is to be asked for.
    ///
    /// # Errors
    /// As [`ask::line`].
    pub fn asked(&self, context: &Context, source: &Source) -> Result<Option<Said>, Problem> {
        if self.notes && source.is_person(context) { Said::asked(context).map(Some) } else { Ok(None) }
    }

    /// Adds what was said to a route: in the command, by a person who was asked, or in the first line of the text.
    ///
    /// # Errors
    /// As [`Said::first_line`].
    pub fn add_to(&self, route: Route, asked: Option<Said>, text: &mut Vec<u8>) -> Result<Route, Problem> {
        let said = match asked {
            None if self.notes => Some(Said::first_line(text)?),
            asked => asked,
        };
        let (mentions, note) = match &said {
            Some(said) => (Some(said.mentions.as_str()), Some(said.note.as_str())),
            None => (self.mentions.as_deref(), self.note.as_deref()),
        };
        Ok(route.with("mentions", mentions).with("note", note))
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
    let own = (!notes.other.is_empty()).then(|| plain::line(&notes.other).into_owned());
    let words = notes.mentions.iter().map(|mention| mention_word(*mention).to_owned());
    Some(format!("Mentions: {}.", words.chain(own).collect::<Vec<_>>().join(", ")))
}

/// The note that somebody names; none if it is no name of one.
pub fn mention(name: &str) -> Option<Mention> {
    let all = Mention::ALL.into_iter().filter(|mention| *mention != Mention::Other);
    let same =
        |mention: &Mention| mention_name(*mention).eq_ignore_ascii_case(&name.trim().replace('_', "-"));
    all.into_iter().find(same)
}

/// All names, with commas between.
pub fn names() -> String {
    let all = Mention::ALL.into_iter().filter(|mention| *mention != Mention::Other);
    all.map(mention_name).collect::<Vec<_>>().join(", ")
}

/// Why a text is behind a line of its own: unasked advice, or what it mentions.
pub fn fold(post: &Post) -> Option<String> {
    if post.mine {
        return None;
    }
    let open = if post.choice == Choice::Hide { "--show" } else { "--unfold" };
    let show = format!("To read it: kith thread {} {open}", phrase::id(&post.post));
    if post.unasked {
        let name = plain::line(&post.name);
        return Some(format!(
            "This reply offers an idea, which you did not ask for. {show}\n    ({name} may not have known.)"
        ));
    }
    notes(&post.notes).filter(|_| !post.choice.is_show()).map(|notes| format!("{notes} {show}"))
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
    lines.push_str(&proposed(post));
    if post.heard && post.acks.is_empty() {
        lines.push_str("    (Somebody has heard this.)\n");
    }
    lines
}

/// What others proposed to say before a text, or added.
fn proposed(post: &Post) -> String {
    let mut lines = String::new();
    let id = phrase::id(&post.post);
    for one in &post.proposed {
        let what = one.mentions.iter().map(|mention| mention_word(*mention)).collect::<Vec<_>>().join(", ");
        let name = plain::line(&one.name);
        let reason = match one.reason.trim() {
            "" => String::new(),
            reason => format!(" The reason: {}", plain::line(reason)),
        };
        lines.push_str(&match (one.added, post.mine) {
            (true, false) => format!("    ({name} added the note \"{what}\".{reason})\n"),
            (true, true) => format!(
                "    {name} added the note \"{what}\".{reason}\n    If you see it otherwise: kith appeal {id}\n"
            ),
            (false, _) => format!(
                "    {name} proposes the note \"{what}\".{reason}\n    It is yours to say: kith notes accept {id}, \
                 or kith notes decline {id}\n"
            ),
        });
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

/// What a note is called in a command.
pub fn mention_name(mention: Mention) -> &'static str {
    match mention {
        Mention::SelfHarm => "self-harm",
        Mention::Suicide => "suicide",
        Mention::Eating => "eating",
        Mention::Abuse => "abuse",
        Mention::SexualViolence => "sexual-violence",
        Mention::Substances => "substances",
        Mention::Loss => "loss",
        Mention::Medical => "medical",
        Mention::Pregnancy => "pregnancy",
        Mention::Violence => "violence",
        Mention::Discrimination => "discrimination",
        Mention::Other => "other",
    }
}

/// What a text mentions, in words.
pub fn mention_word(mention: Mention) -> &'static str {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_text_mentions_is_read_from_a_line() {
        let said = |line: &str| {
            let said = Said::of(line);
            (said.mentions, said.note)
        };
        assert_eq!(said(" Loss,medical , my brother,"), ("loss,medical".into(), "my brother".into()));
        assert_eq!(
            said("sexual_violence, a ward, at night"),
            ("sexual-violence".into(), "a ward, at night".into())
        );
        assert_eq!(said(""), (String::new(), String::new()));
        assert_eq!(said("other").1, "other", "no name of a note");
        let mut text = b"loss\n\nMy text\n".to_vec();
        assert_eq!(Said::first_line(&mut text).unwrap(), Said::of("loss"));
        assert_eq!(text, b"\nMy text\n", "byte for byte");
        let mut one = b"loss".to_vec();
        assert_eq!((Said::first_line(&mut one).unwrap(), one.len()), (Said::of("loss"), 0));
        assert_eq!(Said::first_line(&mut b"\xff\n".to_vec()).unwrap_err().code, Code::TextNotUtf8);
    }
}
