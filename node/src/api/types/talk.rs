//! Posts and replies.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Ack, Asking, Attachment, CatchingUp, Choice, ContentNotes, Id, Intent, Moderation, ProposedNotes,
    ReplyKind, Time, Unanswered,
};

/// The longest text of a post or reply, in bytes.
pub const TEXT_MOST: usize = kith_protocol::limits::TEXT;

/// How far something I wrote has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// Durably on this device.
    Saved,
    /// Saved, and neither a member's node nor a keeper is reachable now.
    Waiting,
    /// Durably with a keeper of the group, by its own word, and sent to no member's node yet.
    Kept,
    /// Sent to other members' nodes, which have not confirmed it yet.
    Passed,
    /// Durably on other members' nodes, by their own word.
    Held,
}

/// A text in a JSON body. A body of another type is the text itself, byte for byte.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WriteText {
    /// The text: 1 to 16384 bytes of UTF-8.
    pub text: String,
}

/// A post or reply just written, and how far it has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Delivery {
    /// The post.
    pub post: Id,
    /// How far it has come.
    pub state: DeliveryState,
    /// To how many other members' nodes.
    pub nodes: u32,
}

/// Everything I wrote in a group, taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WithdrawnAll {
    /// The group.
    pub group: Id,
    /// How many posts, replies and changes of them were taken back.
    pub posts: u64,
    /// How far the word of it has come.
    pub state: DeliveryState,
    /// To how many other members' nodes.
    pub nodes: u32,
}

/// A post or reply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Post {
    /// The post.
    pub post: Id,
    /// The group it is in.
    pub group: Id,
    /// Who wrote it: member id.
    pub author: Id,
    /// What that member is called.
    pub name: String,
    /// The text, byte for byte.
    pub text: String,
    /// When, as the author's device claimed.
    pub time: Time,
    /// What it answers; none for a post of its own. A shorter id stands for something not here yet.
    pub reply_to: Option<Id>,
    /// Whether what it answers has not arrived here.
    pub parent_missing: bool,
    /// How far it has come. What others wrote and I hold is `held`.
    pub state: DeliveryState,
    /// Whether I wrote it.
    pub mine: bool,
    /// What its author wishes for; of a reply none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intent: Option<Intent>,
    /// What a reply is, by its author's word; of a post none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<ReplyKind>,
    /// What it mentions, so that readers can choose.
    #[serde(default, skip_serializing_if = "ContentNotes::is_empty")]
    pub notes: ContentNotes,
    /// What goes with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// What I chose for what it mentions: `fold`: show the notes first; `hide`: it comes only where I asked for what is
    /// hidden. What I hide by itself, and what somebody wrote whom I mute, is `hide`, too. Left out: simply shown. What I
    /// wrote is always shown.
    #[serde(default = "shown", skip_serializing_if = "Choice::is_show")]
    pub choice: Choice,
    /// Whether I mute whoever wrote it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub muted: bool,
    /// Notes that others propose, of what I wrote, and that those in charge added.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub proposed: Vec<ProposedNotes>,
    /// Whether somebody has heard it: by how many is nobody's measure.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub heard: bool,
    /// Whether it is advice that I did not ask for, in a thread that I began: it is to be folded.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unasked: bool,
    /// Who acknowledged it to me, by name: of what I wrote alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub acks: Vec<Ack>,
    /// Who asks me whether their ideas are welcome: of what I wrote alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asking: Vec<Asking>,
    /// That nobody has answered for long: of what I wrote alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unanswered: Option<Box<Unanswered>>,
    /// Whether its author changed the text.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub edited: bool,
    /// Whether its author took it back: the text is gone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub withdrawn: bool,
    /// Whether its author wrote so much in that hour that this is to be folded.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub much: bool,
    /// Why the others do not show it, if they do not: of what I wrote alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unshown: Option<Unshown>,
    /// What facilitators or helpers did about it. If it is held, the text is empty for all but its author and who
    /// may restore it; if it is folded, show the reason first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moderation: Option<Box<Moderation>>,
}

pub(super) fn shown() -> Choice {
    Choice::Show
}

/// Why the others do not show something that I wrote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unshown {
    /// I was removed by somebody whom it had not reached: what they gave as their reason.
    Removed(String),
    /// I wait to be let in, or to be let in again.
    Waiting,
}

/// A part of what a group wrote, the newest first, replies included.
///
/// The order is the reverse of: what was seen by the writer comes before, then the lower counter, then the
/// lower id.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Page {
    /// The posts.
    pub posts: Vec<Post>,
    /// What to give as `before` for the next, older part; null at the end.
    pub next: Option<String>,
    /// How far a catching-up has come, while one runs: more may be on its way.
    #[serde(default)]
    pub catching_up: Option<CatchingUp>,
    /// Whether something is left out because I hide it: for what it mentions, by itself, or for who wrote it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hidden: bool,
}

/// A post with everything that answers it, directly or not; the newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Thread {
    /// The post it was asked for.
    pub post: Id,
    /// The posts, in the order of [`Page`]. The whole thread, whichever post of it was asked for.
    pub posts: Vec<Post>,
    /// Whether something is left out because I hide it: for what it mentions, by itself, or for who wrote it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hidden: bool,
    /// Always null: a thread comes whole.
    pub next: Option<String>,
}
