//! What an amendment changes of a charter: some of its fields, each replaced as a whole.

use minicbor::{Decode, Encode};

use super::{Advice, AttachmentCap, Charter, History, Inviters};
use crate::codec::{self, CodecError, at_most};
use crate::id::hash;
use crate::limits;

/// New values for fields of a charter, under the numbers they have there. What is absent stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Changes {
    /// See [`Charter::purpose`].
    #[n(0)]
    pub purpose: Option<String>,
    /// See [`Charter::history`]. Only [`History::None`] is ever right: what was written where newcomers could
    /// not read it stays unread by them.
    #[n(1)]
    pub history: Option<History>,
    /// See [`Charter::size`].
    #[n(2)]
    pub size: Option<u32>,
    /// See [`Charter::inviters`].
    #[n(3)]
    pub inviters: Option<Inviters>,
    /// See [`Charter::audience`].
    #[n(5)]
    pub audience: Option<String>,
    /// See [`Charter::agreements`].
    #[n(6)]
    pub agreements: Option<Vec<String>>,
    /// See [`Charter::confidentiality`].
    #[n(7)]
    pub confidentiality: Option<String>,
    /// See [`Charter::reply_hours`].
    #[n(8)]
    pub reply_hours: Option<u16>,
    /// See [`Charter::retention_days`].
    #[n(9)]
    pub retention_days: Option<u32>,
    /// See [`Charter::advice`].
    #[n(10)]
    pub advice: Option<Advice>,
    /// See [`Charter::rules`].
    #[n(11)]
    pub rules: Option<Vec<String>>,
    /// See [`Charter::language`].
    #[n(12)]
    pub language: Option<String>,
    /// See [`Charter::questions`].
    #[n(13)]
    pub questions: Option<Vec<String>>,
    /// See [`Charter::term_days`].
    #[n(14)]
    pub term_days: Option<u32>,
    /// See [`Charter::attachment`].
    #[n(15)]
    pub attachment: Option<AttachmentCap>,
}

impl Changes {
    /// What turns one charter into another, as far as a charter can change.
    pub fn between(old: &Charter, new: &Charter) -> Changes {
        fn other<T: Clone + PartialEq>(old: &T, new: &T) -> Option<T> {
            (old != new).then(|| new.clone())
        }
        Changes {
            purpose: other(&old.purpose, &new.purpose),
            history: other(&old.history, &new.history),
            size: other(&old.size, &new.size),
            inviters: other(&old.inviters, &new.inviters),
            audience: other(&old.audience, &new.audience),
            agreements: other(&old.agreements, &new.agreements),
            confidentiality: other(&old.confidentiality, &new.confidentiality),
            reply_hours: other(&old.reply_hours, &new.reply_hours),
            retention_days: other(&old.retention_days, &new.retention_days),
            advice: other(&old.advice, &new.advice),
            rules: other(&old.rules, &new.rules),
            language: other(&old.language, &new.language),
            questions: other(&old.questions, &new.questions),
            term_days: other(&old.term_days, &new.term_days),
            attachment: other(&old.attachment, &new.attachment),
        }
    }

    /// A charter with these changes.
    pub fn over(&self, charter: Charter) -> Charter {
        let new = self.clone();
        Charter {
            purpose: new.purpose.unwrap_or(charter.purpose),
            history: new.history.unwrap_or(charter.history),
            size: new.size.unwrap_or(charter.size),
            inviters: new.inviters.unwrap_or(charter.inviters),
            shared_power: charter.shared_power,
            audience: new.audience.unwrap_or(charter.audience),
            agreements: new.agreements.unwrap_or(charter.agreements),
            confidentiality: new.confidentiality.unwrap_or(charter.confidentiality),
            reply_hours: new.reply_hours.unwrap_or(charter.reply_hours),
            retention_days: new.retention_days.unwrap_or(charter.retention_days),
            advice: new.advice.unwrap_or(charter.advice),
            rules: new.rules.unwrap_or(charter.rules),
            language: new.language.unwrap_or(charter.language),
            questions: new.questions.unwrap_or(charter.questions),
            term_days: new.term_days.unwrap_or(charter.term_days),
            attachment: new.attachment.unwrap_or(charter.attachment),
        }
    }

    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        *self == Changes::default()
    }

    /// Whether it changes something that members agreed to by joining ([`Charter::terms`]): then it takes a
    /// quorum, and members are asked again.
    pub fn is_material(&self) -> bool {
        let light = Changes {
            size: None,
            reply_hours: None,
            advice: None,
            language: None,
            questions: None,
            term_days: None,
            attachment: None,
            ..self.clone()
        };
        !light.is_empty()
    }

    /// What facilitators sign together: the same changes have the same hash.
    pub(crate) fn hash(&self) -> [u8; 32] {
        hash("kith/1/amendment", &[&codec::encode(self)])
    }

    pub(crate) fn check(&self) -> Result<(), CodecError> {
        if self.is_empty() {
            return Err(CodecError::Mismatch("an amendment that changes nothing".into()));
        }
        let texts = [
            (&self.purpose, limits::PURPOSE, "purpose"),
            (&self.audience, limits::PURPOSE, "audience"),
            (&self.confidentiality, limits::PURPOSE, "limits of confidentiality"),
            (&self.language, limits::LANGUAGE, "language"),
        ];
        for (said, most, what) in texts {
            said.as_ref().map_or(Ok(()), |said| text(said, most, what))?;
        }
        self.agreements.as_ref().map_or(Ok(()), |said| list(said))?;
        self.rules.as_ref().map_or(Ok(()), |said| list(said))?;
        self.questions.as_ref().map_or(Ok(()), |said| questions(said))?;
        self.attachment.map_or(Ok(()), AttachmentCap::check)?;
        let size = usize::try_from(self.size.unwrap_or(0)).unwrap_or(usize::MAX);
        at_most(size, limits::MEMBERS, "size of the group")
    }
}

pub(super) fn text(said: &str, most: usize, what: &'static str) -> Result<(), CodecError> {
    at_most(said.len(), most, what)
}

/// Agreements or rules about content.
pub(super) fn list(said: &[String]) -> Result<(), CodecError> {
    at_most(said.len(), limits::AGREEMENTS, "list of agreements")?;
    for one in said {
        if one.trim().is_empty() {
            return Err(CodecError::Mismatch("empty agreement".into()));
        }
        at_most(one.len(), limits::AGREEMENT, "agreement")?;
    }
    Ok(())
}

/// What is asked of whoever knocks.
pub(crate) fn questions(said: &[String]) -> Result<(), CodecError> {
    at_most(said.len(), limits::QUESTIONS, "list of questions")?;
    for one in said {
        if one.trim().is_empty() {
            return Err(CodecError::Mismatch("empty question".into()));
        }
        at_most(one.len(), limits::QUESTION, "question")?;
    }
    Ok(())
}

pub(super) fn none16(number: &u16) -> bool {
    *number == 0
}

pub(super) fn none32(number: &u32) -> bool {
    *number == 0
}

pub(super) fn if_asked(advice: &Advice) -> bool {
    *advice == Advice::IfAsked
}
