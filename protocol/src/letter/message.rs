//! What a letter says, whole.

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

use super::{Quote, QuotedLetter};
use crate::body::CheckIn;
use crate::codec::{self, CodecError, at_most};
use crate::contact::{Tie, Word};
use crate::hearing::AckKind;
use crate::id::{EntryId, MemberKey, SealKey};
use crate::limits;

/// What is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum ReportKind {
    /// It hurts or threatens somebody.
    #[n(0)]
    Harm,
    /// It breaks a rule.
    #[n(1)]
    Rule,
    /// The reporter is worried about whoever wrote it.
    #[n(2)]
    Worry,
}

/// What came of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Outcome {
    /// It was read, and is kept in mind.
    #[n(0)]
    Noted,
    /// Something was done.
    #[n(1)]
    Acted,
    /// No rule was broken.
    #[n(2)]
    NoBreach,
}

/// A whole message.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[non_exhaustive]
pub enum Message {
    /// A post reported to facilitators.
    #[n(0)]
    Report {
        /// What is reported.
        #[n(0)]
        kind: ReportKind,
        /// The post.
        #[n(1)]
        quote: Quote,
        /// In the reporter's words: at most [`limits::REASON`] bytes; may be empty.
        #[n(2)]
        note: String,
    },
    /// A report has reached a facilitator's node.
    #[n(1)]
    Receipt {
        /// The report's message.
        #[n(0)]
        #[cbor(with = "minicbor::bytes")]
        of: [u8; 16],
    },
    /// What came of a report.
    #[n(2)]
    Answer {
        /// The report's message.
        #[n(0)]
        #[cbor(with = "minicbor::bytes")]
        of: [u8; 16],
        /// What.
        #[n(1)]
        outcome: Outcome,
        /// In the facilitator's words: at most [`limits::REASON`] bytes; may be empty.
        #[n(2)]
        note: String,
    },
    /// Words to one person: 1 to [`limits::TEXT`] bytes.
    #[n(3)]
    Note {
        /// The words.
        #[n(0)]
        text: String,
        /// What they are about, if something: an act that is appealed, a post.
        #[n(1)]
        about: Option<EntryId>,
    },
    /// Somebody outside asks to be let in.
    #[n(4)]
    Knock(#[n(0)] Knock),
    /// What they say after that.
    #[n(5)]
    Further {
        /// The key of their knock, which shows that it is them.
        #[n(0)]
        #[cbor(with = "minicbor::bytes")]
        reply: [u8; 32],
        /// The words: 1 to [`limits::KNOCK`] bytes.
        #[n(1)]
        text: String,
    },
    /// What one of those at the desk did about a knock, for the others.
    #[n(6)]
    Heard {
        /// The knock's message.
        #[n(0)]
        #[cbor(with = "minicbor::bytes")]
        of: [u8; 16],
        /// What they did.
        #[n(1)]
        what: Heard,
        /// What they said to who knocked: at most [`limits::KNOCK`] bytes.
        #[n(2)]
        text: String,
    },
    /// Somebody acknowledges a post or reply, to its author alone. The last of one member about one text holds.
    #[n(7)]
    Ack {
        /// The post or reply.
        #[n(0)]
        post: EntryId,
        /// How.
        #[n(1)]
        kind: AckKind,
    },
    /// Somebody asks whether their ideas are welcome.
    #[n(8)]
    AskToSuggest {
        /// The post they would answer.
        #[n(0)]
        post: EntryId,
    },
    /// The author of a post says that they are. Goes to who asked, and to the author's other devices.
    #[n(9)]
    Consent {
        /// The post.
        #[n(0)]
        post: EntryId,
        /// Whose ideas are welcome there.
        #[n(1)]
        to: MemberKey,
    },
    /// Yes or no to something between two: see [`crate::contact`].
    #[n(10)]
    Contact {
        /// To what.
        #[n(0)]
        tie: Tie,
        /// Yes or no.
        #[n(1)]
        word: Word,
    },
    /// Words between two who agreed to write to each other: 1 to [`limits::TEXT`] bytes.
    #[n(11)]
    Direct {
        /// The words.
        #[n(0)]
        text: String,
    },
    /// A few kind words that ask for no answer: 1 to [`limits::ENCOURAGEMENT`] bytes.
    #[n(12)]
    Encouragement {
        /// The words.
        #[n(0)]
        text: String,
    },
    /// How somebody is, to a buddy.
    #[n(13)]
    CheckIn(#[n(0)] CheckIn),
    /// Words that somebody wrote to the reporter alone, reported to facilitators.
    #[n(14)]
    ReportDirect {
        /// Why.
        #[n(0)]
        kind: ReportKind,
        /// The letters they came in, with what opens them: [`super::direct`]. At most [`limits::LETTER_PIECES`].
        #[n(1)]
        letters: Vec<QuotedLetter>,
        /// As of a report.
        #[n(2)]
        note: String,
    },
    /// What somebody said to another, for their own other devices: a [`Message::Contact`] or a [`Message::Direct`].
    #[n(15)]
    Told {
        /// To whom.
        #[n(0)]
        to: MemberKey,
        /// What.
        #[n(1)]
        what: Box<Message>,
    },
}

/// Somebody outside, asking.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Knock {
    /// The join they signed, with their name and the invite in it.
    #[n(0)]
    pub join: ByteVec,
    /// What to answer under: [`crate::knock::ReplyKey`].
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    pub reply: [u8; 32],
    /// What they say: at most [`limits::KNOCK`] bytes; may be empty.
    #[n(2)]
    pub text: String,
    /// The logs it was sealed to: at most [`limits::DESK`].
    #[n(3)]
    pub desk: Vec<SealKey>,
}

/// What was done about a knock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Heard {
    /// Words were said to who knocked.
    #[n(0)]
    Said,
    /// They were told no.
    #[n(1)]
    Declined,
}

impl Message {
    /// Its bytes.
    pub fn encode(&self) -> Vec<u8> {
        codec::encode(self)
    }

    /// Reads one.
    ///
    /// # Errors
    /// [`CodecError`].
    pub fn decode(bytes: &[u8]) -> Result<Message, CodecError> {
        let message: Message = codec::decode(bytes)?;
        message.check()?;
        Ok(message)
    }

    /// Whether it turns something in to facilitators.
    pub fn is_report(&self) -> bool {
        matches!(self, Message::Report { .. } | Message::ReportDirect { .. })
    }

    fn check(&self) -> Result<(), CodecError> {
        match self {
            Message::Report { note, quote, .. } => {
                at_most(note.len(), limits::REASON, "note")?;
                at_most(quote.signed.len(), limits::PAYLOAD, "quoted entry")?;
            }
            Message::Answer { note, .. } => at_most(note.len(), limits::REASON, "note")?,
            Message::Note { text, .. } => at_most(text.len(), limits::TEXT, "note")?,
            Message::Knock(knock) => {
                at_most(knock.join.len(), limits::PAYLOAD, "join")?;
                at_most(knock.text.len(), limits::KNOCK, "words")?;
                at_most(knock.desk.len(), limits::DESK, "desk")?;
            }
            Message::Further { text, .. } | Message::Heard { text, .. } => {
                at_most(text.len(), limits::KNOCK, "words")?;
            }
            Message::Contact { word, .. } => word.check()?,
            Message::Direct { text } => at_most(text.len(), limits::TEXT, "words")?,
            Message::Encouragement { text } => at_most(text.len(), limits::ENCOURAGEMENT, "words")?,
            Message::CheckIn(check_in) => check_in.check()?,
            Message::ReportDirect { note, letters, .. } => {
                at_most(note.len(), limits::REASON, "note")?;
                at_most(letters.len(), limits::LETTER_PIECES, "quoted letters")?;
                letters.iter().try_for_each(QuotedLetter::check)?;
            }
            Message::Told { what, .. } => match &**what {
                what @ (Message::Contact { .. } | Message::Direct { .. }) => what.check()?,
                _ => return Err(CodecError::Mismatch("what was told is of another kind".into())),
            },
            Message::Receipt { .. }
            | Message::Ack { .. }
            | Message::AskToSuggest { .. }
            | Message::Consent { .. } => {}
        }
        Ok(())
    }
}
