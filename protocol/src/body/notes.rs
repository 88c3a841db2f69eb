//! Content notes: what a text mentions, said before it, so that each reader can choose when to read it. They are neutral
//! and short, and no protection: see `docs/explanation` for what the evidence says.

use minicbor::{Decode, Encode};

use crate::codec::{CodecError, at_most};
use crate::id::ShortId;
use crate::limits;

/// One thing that a text mentions. A number this version does not know is something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct Mention(#[n(0)] pub u8);

impl Mention {
    /// Self-harm.
    pub const SELF_HARM: Mention = Mention(1);
    /// Suicide.
    pub const SUICIDE: Mention = Mention(2);
    /// Eating.
    pub const EATING: Mention = Mention(3);
    /// Abuse.
    pub const ABUSE: Mention = Mention(4);
    /// Sexual violence.
    pub const SEXUAL_VIOLENCE: Mention = Mention(5);
    /// Alcohol and other substances.
    pub const SUBSTANCES: Mention = Mention(6);
    /// Death and loss.
    pub const LOSS: Mention = Mention(7);
    /// Medical detail.
    pub const MEDICAL: Mention = Mention(8);
    /// Pregnancy and its loss.
    pub const PREGNANCY: Mention = Mention(9);
    /// Violence.
    pub const VIOLENCE: Mention = Mention(10);
    /// Discrimination.
    pub const DISCRIMINATION: Mention = Mention(11);
}

/// What a text mentions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ContentNotes {
    /// At most [`limits::MENTIONS`], in ascending order, each once.
    #[n(0)]
    #[cbor(default, skip_if = "Vec::is_empty")]
    pub mentions: Vec<Mention>,
    /// In the author's words: at most [`limits::MENTION`] bytes; may be empty.
    #[n(1)]
    #[cbor(default, skip_if = "String::is_empty")]
    pub other: String,
}

impl ContentNotes {
    /// Notes of these things in any order, and in words.
    pub fn new(mentions: impl IntoIterator<Item = Mention>, other: impl Into<String>) -> ContentNotes {
        let mut mentions: Vec<Mention> = mentions.into_iter().collect();
        mentions.sort_unstable();
        mentions.dedup();
        ContentNotes { mentions, other: other.into() }
    }

    /// Whether nothing is mentioned.
    pub fn is_empty(&self) -> bool {
        self.mentions.is_empty() && self.other.is_empty()
    }

    pub(super) fn check(&self) -> Result<(), CodecError> {
        at_most(self.other.len(), limits::MENTION, "content note")?;
        in_order(&self.mentions)
    }
}

/// What somebody proposes to say before another's text. Never in words of their own, so that nobody writes a label on what
/// somebody else told. What comes of it: [`crate::notes`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ProposeNotes {
    /// The post or reply.
    #[n(0)]
    pub to: ShortId,
    /// At most [`limits::MENTIONS`], in ascending order, each once. None: what this member proposed before is taken back.
    #[n(1)]
    #[cbor(default, skip_if = "Vec::is_empty")]
    pub mentions: Vec<Mention>,
    /// Why: at most [`limits::REASON`] bytes; may be empty.
    #[n(2)]
    #[cbor(default, skip_if = "String::is_empty")]
    pub reason: String,
}

impl ProposeNotes {
    pub(super) fn check(&self) -> Result<(), CodecError> {
        at_most(self.reason.len(), limits::REASON, "reason")?;
        in_order(&self.mentions)
    }
}

fn in_order(mentions: &[Mention]) -> Result<(), CodecError> {
    at_most(mentions.len(), limits::MENTIONS, "content notes")?;
    if mentions.is_sorted_by(|one, next| one < next) {
        Ok(())
    } else {
        Err(CodecError::Mismatch("content notes out of order".into()))
    }
}
