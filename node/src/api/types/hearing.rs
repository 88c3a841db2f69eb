//! Being heard: what people wish for, what they answer, and who waits.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Id, Post, Time};

/// What the author of a post wishes for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Intent {
    /// Just to be heard.
    #[default]
    HearMe,
    /// Others' experiences.
    Experiences,
    /// Ideas and advice.
    Advice,
    /// Practical help.
    PracticalHelp,
    /// To share something good.
    GoodNews,
}

/// What a reply is, by its author's word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReplyKind {
    /// It shows that somebody listened.
    #[default]
    Listening,
    /// How it was for its author.
    Experience,
    /// A question.
    Question,
    /// Advice.
    Suggestion,
    /// Something to read, visit or call: advice, too.
    Resource,
    /// An offer to do something.
    Offer,
}

/// How somebody acknowledges what another wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AckKind {
    /// I hear you.
    HearYou,
    /// Me too.
    MeToo,
    /// I am with you.
    WithYou,
    /// Sending strength.
    Strength,
    /// Thank you for sharing.
    ThankYou,
}

/// One thing that a text mentions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mention {
    /// Self-harm.
    SelfHarm,
    /// Suicide.
    Suicide,
    /// Eating.
    Eating,
    /// Abuse.
    Abuse,
    /// Sexual violence.
    SexualViolence,
    /// Alcohol and other substances.
    Substances,
    /// Death and loss.
    Loss,
    /// Medical detail.
    Medical,
    /// Pregnancy and its loss.
    Pregnancy,
    /// Violence.
    Violence,
    /// Discrimination.
    Discrimination,
    /// Something that this node has no word for.
    Other,
}

/// What I wish to see of texts that mention something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// The text, with its notes before it.
    Show,
    /// The notes, and the text when I ask for it: what holds if I chose nothing.
    #[default]
    Fold,
    /// Nothing, unless I ask for it.
    Hide,
}

impl Choice {
    /// Whether the text is simply shown.
    pub fn is_show(&self) -> bool {
        *self == Choice::Show
    }
}

/// What I chose for texts that mention one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoteChoice {
    /// What they mention; `other`: something in their author's words, or that this node has no word for.
    pub note: Mention,
    /// What I wish to see of them.
    pub choice: Choice,
}

/// What I chose for texts that mention something: of one that mentions several things, what shows least. Kept on this
/// device alone; nobody learns of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoteChoices {
    /// For each thing. In a change, what is left out stays as it was.
    pub choices: Vec<NoteChoice>,
}

/// Notes that somebody proposes for what another wrote.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProposeNotes {
    /// As of a post; empty: what I proposed before is taken back.
    pub mentions: String,
    /// Why: at most 2048 bytes.
    #[serde(default)]
    pub reason: String,
}

/// Notes that somebody proposes for a text, or added to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProposedNotes {
    /// Who: member id.
    pub member: Id,
    /// What they are called.
    pub name: String,
    /// What they say that it mentions.
    pub mentions: Vec<Mention>,
    /// Why; may be empty.
    pub reason: String,
    /// Whether they are in charge and gave a reason, so that it stands before the text. Else it is for its author alone, who
    /// takes it up or lets it be.
    pub added: bool,
}

/// What a text mentions, so that each reader can choose when to read it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ContentNotes {
    /// At most 8.
    pub mentions: Vec<Mention>,
    /// In the author's words, at most 100 bytes; may be empty.
    pub other: String,
}

impl Mention {
    /// All that there is a word for, and what there is none for.
    pub const ALL: [Mention; 12] = [
        Mention::SelfHarm,
        Mention::Suicide,
        Mention::Eating,
        Mention::Abuse,
        Mention::SexualViolence,
        Mention::Substances,
        Mention::Loss,
        Mention::Medical,
        Mention::Pregnancy,
        Mention::Violence,
        Mention::Discrimination,
        Mention::Other,
    ];
}

impl ContentNotes {
    /// Whether nothing is mentioned.
    pub fn is_empty(&self) -> bool {
        self.mentions.is_empty() && self.other.is_empty()
    }
}

/// How a post is meant. In a change of it what is left out stays as it was.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Meant {
    /// What its author wishes for: `hear_me`, `experiences`, `advice`, `practical_help` or `good_news`. Left out: what the
    /// charter says of those who do not say.
    #[param(inline)]
    pub intent: Option<Intent>,
    /// What it mentions, as words with commas between: `self_harm`, `suicide`, `eating`, `abuse`, `sexual_violence`,
    /// `substances`, `loss`, `medical`, `pregnancy`, `violence`, `discrimination`. In a change, empty: nothing any more.
    pub mentions: Option<String>,
    /// What it mentions, in words: at most 100 bytes.
    pub note: Option<String>,
    /// What goes with it: ids that this node gave for files, with commas between; at most 4. In a change, left out: what
    /// goes with a post stays.
    pub attachments: Option<String>,
}

/// What a reply is.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Given {
    /// `listening` if left out, `experience`, `question`, `suggestion`, `resource` or `offer`.
    #[param(inline)]
    pub kind: Option<ReplyKind>,
    /// As of a post.
    pub mentions: Option<String>,
    /// As of a post.
    pub note: Option<String>,
    /// As of a post.
    pub attachments: Option<String>,
}

/// An acknowledgement to be given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GiveAck {
    /// Which.
    pub kind: AckKind,
}

/// An acknowledgement of something I wrote: nobody else gets to know it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Ack {
    /// Whose: member id.
    pub member: Id,
    /// What they are called.
    pub name: String,
    /// Which.
    pub kind: AckKind,
}

/// Somebody who asks whether their ideas about a post of mine are welcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Asking {
    /// Who: member id.
    pub member: Id,
    /// What they are called.
    pub name: String,
}

/// A post of mine that nobody has answered for long.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Unanswered {
    /// How many other members' nodes it has reached, as far as is known: none yet is another matter than no answer yet.
    pub nodes: u32,
    /// The same as a sentence.
    pub message: String,
    /// What I can do.
    pub hint: String,
}

/// A post that needs a reply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NeedsReply {
    /// The post.
    pub post: Post,
    /// When it came here, by this node's clock.
    pub since: Time,
    /// Whether its author came to the group within the last 14 days.
    pub new_here: bool,
    /// Whether it waits so long that whoever is on duty should look after it, or its author said that they still wait.
    pub pressing: bool,
    /// Who is writing an answer, if somebody said so within half an hour: what they are called.
    pub claimed_by: Option<String>,
}

/// Who waits for an answer: newcomers first, then who has waited longest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NeedReply {
    /// The posts.
    pub posts: Vec<NeedsReply>,
}

/// Whose ideas are welcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GiveConsent {
    /// The member who asked: id or beginning of an id.
    pub member: Id,
}

/// How I stand to a post that I could answer. It is noted on this device alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answering {
    /// What whoever began the thread wishes for.
    pub intent: Intent,
    /// What an answer of mine may be.
    pub kinds: Vec<ReplyKind>,
    /// Whether there are kinds that I may ask for.
    pub may_ask: bool,
    /// Whether I asked.
    pub asked: bool,
    /// How I acknowledged it, the last time.
    pub said: Option<AckKind>,
    /// Whether I hide it.
    pub hidden: bool,
}
