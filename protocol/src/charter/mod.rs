//! The charter: what a group is for and how it lives, signed into its genesis and accepted by hash on joining.
//!
//! It changes by [`Changes`], signed into amendments ([`crate::body::Amend`]). Two things never change: whether
//! every member has a seat, which is how the group was founded, and the [`Floor`], which no charter carries and
//! none can leave out.

mod changes;

pub use changes::Changes;
pub(crate) use changes::questions as check_questions;

use minicbor::{Decode, Encode};

use crate::codec::{self, CodecError, at_most};
use crate::id::hash;
use crate::limits;

/// What newcomers can read of the time before they came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum History {
    /// Nothing.
    #[n(0)]
    None,
    /// Everything the group still keeps.
    #[n(1)]
    All,
}

/// Who may invite.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Inviters {
    /// Facilitators and helpers.
    #[n(0)]
    Facilitators,
    /// Every member.
    #[n(1)]
    Members,
}

/// Whether advice is offered where nobody said what they wish for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Advice {
    /// Only to those who ask for it.
    #[default]
    #[n(0)]
    IfAsked,
    /// To anybody.
    #[n(1)]
    Welcome,
}

/// How large an attachment may be, in KiB; 0: the group has none. Never above [`limits::ATTACHMENT`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(transparent)]
pub struct AttachmentCap(#[n(0)] pub u32);

impl AttachmentCap {
    /// 5 MiB, a photograph or a scanned document: what holds if a charter says nothing.
    pub const USUAL: AttachmentCap = AttachmentCap(5 * 1024);

    /// In bytes.
    pub fn bytes(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX).saturating_mul(1024).min(limits::ATTACHMENT)
    }

    fn is_default(&self) -> bool {
        *self == AttachmentCap::default()
    }

    fn check(self) -> Result<(), CodecError> {
        at_most(usize::try_from(self.0).unwrap_or(usize::MAX), limits::ATTACHMENT >> 10, "attachment")
    }
}

impl Default for AttachmentCap {
    fn default() -> AttachmentCap {
        AttachmentCap::USUAL
    }
}

/// What no group lets anybody write, whatever its charter says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(index_only)]
pub enum Floor {
    /// How to harm oneself.
    #[n(0)]
    Methods,
    /// Amounts and numbers, of self-harm or of eating.
    #[n(1)]
    Numbers,
    /// Encouragement to it.
    #[n(2)]
    Encouragement,
    /// Agreements to do it together.
    #[n(3)]
    Pacts,
    /// Farewell notes and countdowns.
    #[n(4)]
    Countdowns,
    /// What tells who somebody else is.
    #[n(5)]
    Identifying,
}

impl Floor {
    /// All of it.
    pub const ALL: [Floor; 6] = [
        Floor::Methods,
        Floor::Numbers,
        Floor::Encouragement,
        Floor::Pacts,
        Floor::Countdowns,
        Floor::Identifying,
    ];
}

/// One rule of a charter, as an act of moderation names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub enum Rule {
    /// One that every group has.
    #[n(0)]
    Floor(#[n(0)] Floor),
    /// A rule about content, by its place in [`Charter::rules`], from 0.
    #[n(1)]
    Content(#[n(0)] u16),
    /// An agreement, by its place in [`Charter::agreements`], from 0.
    #[n(2)]
    Agreement(#[n(0)] u16),
}

/// What a group is for and how it lives.
///
/// The fields from [`Charter::audience`] on are left out of its bytes where they say nothing.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Charter {
    /// What the group is for: at most [`limits::PURPOSE`] bytes.
    #[n(0)]
    pub purpose: String,
    /// What newcomers can read.
    #[n(1)]
    pub history: History,
    /// How many members there may be, judged by the node that admits; at most [`limits::MEMBERS`].
    #[n(2)]
    pub size: u32,
    /// Who may invite.
    #[n(3)]
    pub inviters: Inviters,
    /// Whether every member has a seat (at most [`limits::SHARED_POWER_MEMBERS`] members). Never changes.
    #[n(4)]
    pub shared_power: bool,
    /// Whom the group is for: at most [`limits::PURPOSE`] bytes.
    #[n(5)]
    #[cbor(default, skip_if = "String::is_empty")]
    pub audience: String,
    /// How members treat each other: at most [`limits::AGREEMENTS`], each of 1 to [`limits::AGREEMENT`] bytes.
    #[n(6)]
    #[cbor(default, skip_if = "Vec::is_empty")]
    pub agreements: Vec<String>,
    /// Where confidence ends: at most [`limits::PURPOSE`] bytes.
    #[n(7)]
    #[cbor(default, skip_if = "String::is_empty")]
    pub confidentiality: String,
    /// Within how many hours members try to answer a post; 0 names none.
    #[n(8)]
    #[cbor(default, skip_if = "changes::none16")]
    pub reply_hours: u16,
    /// For how many days content is kept; 0 for as long as nodes have room.
    #[n(9)]
    #[cbor(default, skip_if = "changes::none32")]
    pub retention_days: u32,
    /// Whether advice is offered to those who did not say.
    #[n(10)]
    #[cbor(default, skip_if = "changes::if_asked")]
    pub advice: Advice,
    /// Rules about content, beside the [`Floor`]: at most [`limits::AGREEMENTS`], each of 1 to
    /// [`limits::AGREEMENT`] bytes.
    #[n(11)]
    #[cbor(default, skip_if = "Vec::is_empty")]
    pub rules: Vec<String>,
    /// The language of the group, as a BCP 47 tag: at most [`limits::LANGUAGE`] bytes.
    #[n(12)]
    #[cbor(default, skip_if = "String::is_empty")]
    pub language: String,
    /// What is asked of whoever knocks: at most [`limits::QUESTIONS`], each of 1 to [`limits::QUESTION`] bytes.
    #[n(13)]
    #[cbor(default, skip_if = "Vec::is_empty")]
    pub questions: Vec<String>,
    /// For how many days facilitators and helpers are meant to be it; 0 names no term. It is shown, and decides nothing.
    #[n(14)]
    #[cbor(default, skip_if = "changes::none32")]
    pub term_days: u32,
    /// How large an attachment may be.
    #[n(15)]
    #[cbor(default, skip_if = "AttachmentCap::is_default")]
    pub attachment: AttachmentCap,
}

impl Default for Charter {
    /// Newcomers read everything, facilitators invite, and nothing else is said.
    fn default() -> Charter {
        Charter {
            purpose: String::new(),
            history: History::All,
            size: 50,
            inviters: Inviters::Facilitators,
            shared_power: false,
            audience: String::new(),
            agreements: Vec::new(),
            confidentiality: String::new(),
            reply_hours: 0,
            retention_days: 0,
            advice: Advice::IfAsked,
            rules: Vec::new(),
            language: String::new(),
            questions: Vec::new(),
            term_days: 0,
            attachment: AttachmentCap::default(),
        }
    }
}

impl Charter {
    /// What a joiner accepts: the hash of the charter's bytes.
    pub fn hash(&self) -> [u8; 32] {
        hash("kith/1/charter", &[&codec::encode(self)])
    }

    /// The hash of what members are asked about again when it changes: all but size, reply window, advice,
    /// language, what is asked of newcomers, terms of office, and the size of attachments.
    pub fn terms(&self) -> [u8; 32] {
        let other = Charter::default();
        let terms = Charter {
            size: other.size,
            reply_hours: other.reply_hours,
            advice: other.advice,
            language: other.language,
            questions: other.questions,
            term_days: other.term_days,
            attachment: other.attachment,
            ..self.clone()
        };
        hash("kith/1/terms", &[&codec::encode(&terms)])
    }

    pub(crate) fn check(&self) -> Result<(), CodecError> {
        changes::text(&self.purpose, limits::PURPOSE, "purpose")?;
        changes::text(&self.audience, limits::PURPOSE, "audience")?;
        changes::text(&self.confidentiality, limits::PURPOSE, "limits of confidentiality")?;
        changes::text(&self.language, limits::LANGUAGE, "language")?;
        changes::list(&self.agreements)?;
        changes::list(&self.rules)?;
        changes::questions(&self.questions)?;
        self.attachment.check()?;
        let most = if self.shared_power { limits::SHARED_POWER_MEMBERS } else { limits::MEMBERS };
        at_most(usize::try_from(self.size).unwrap_or(usize::MAX), most, "size of the group")
    }
}
