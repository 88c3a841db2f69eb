//! Hearing each other: what texts are meant as, who waits, and what is said to an author alone.

use kith_protocol::body;
use kith_protocol::hearing::{AckKind, Intent, ReplyKind};
use kith_protocol::limits;

use super::letters::letter;
use super::talk::written;
use super::{Service, ServiceError};
use crate::api::types::{
    self, Code, Delivery, GiveAck, GiveConsent, Given, LetterSent, Meant, Mention, NeedReply,
};
use crate::cell::Engine;

impl Service {
    /// Who waits for an answer in a group: newcomers first, then who has waited longest.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`].
    pub async fn needs_reply(&self, group: Option<&str>) -> Result<NeedReply, ServiceError> {
        let mut posts = Vec::new();
        for cell in self.within(group).await? {
            posts.extend(cell.engine.read(|engine: &mut Engine| engine.needs_reply()).await?);
        }
        posts.sort_by(|a, b| (!a.new_here, &a.since).cmp(&(!b.new_here, &b.since)));
        Ok(NeedReply { posts })
    }

    /// Whether anybody waits for an answer in a group.
    ///
    /// # Errors
    /// As [`Service::needs_reply`].
    pub async fn someone_waits(&self, group: &str) -> Result<bool, ServiceError> {
        let cell = self.cell(group).await?;
        Ok(cell.engine.read(|engine: &mut Engine| engine.someone_waits()).await?)
    }

    /// Acknowledges what somebody wrote, to them alone.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`]; [`Code::NotAllowed`] for what is mine or not shown;
    /// [`Code::NobodyToAsk`] if its author has left.
    pub async fn acknowledge(&self, post: &str, ack: GiveAck) -> Result<LetterSent, ServiceError> {
        let (cell, post) = self.find_post(post).await?;
        let kind = match ack.kind {
            types::AckKind::HearYou => AckKind::HEAR_YOU,
            types::AckKind::MeToo => AckKind::ME_TOO,
            types::AckKind::WithYou => AckKind::WITH_YOU,
            types::AckKind::Strength => AckKind::STRENGTH,
            types::AckKind::ThankYou => AckKind::THANK_YOU,
        };
        letter(&cell, move |engine| engine.acknowledge(&post, kind)).await
    }

    /// Says that I still wait for an answer to a post of mine.
    ///
    /// # Errors
    /// As [`Service::post`]; [`Code::NotAllowed`] for what is not a post of mine.
    pub async fn still_need(&self, post: &str) -> Result<Delivery, ServiceError> {
        let (cell, post) = self.find_post(post).await?;
        written(&cell, move |engine| engine.still_need(&post)).await
    }

    /// Says that I am writing an answer: for half an hour.
    ///
    /// # Errors
    /// As [`Service::post`]; [`Code::NotAllowed`] for what is mine or not shown.
    pub async fn claim(&self, post: &str) -> Result<Delivery, ServiceError> {
        let (cell, post) = self.find_post(post).await?;
        written(&cell, move |engine| engine.claim(Some(&post))).await
    }

    /// Says that I do not write an answer after all.
    ///
    /// # Errors
    /// As [`Service::post`].
    pub async fn unclaim(&self, post: &str) -> Result<Delivery, ServiceError> {
        let (cell, _) = self.find_post(post).await?;
        written(&cell, move |engine| engine.claim(None)).await
    }

    /// Asks whoever began a thread whether my ideas are welcome.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`], [`Code::NobodyToAsk`].
    pub async fn ask_to_suggest(&self, post: &str) -> Result<LetterSent, ServiceError> {
        let (cell, post) = self.find_post(post).await?;
        letter(&cell, move |engine| engine.ask_to_suggest(&post)).await
    }

    /// Says to a member that their ideas about a post of mine are welcome.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`]; [`Code::NotAllowed`] for what is not mine.
    pub async fn consent(&self, post: &str, consent: GiveConsent) -> Result<LetterSent, ServiceError> {
        let (cell, post) = self.find_post(post).await?;
        let (_, to) = self.find_member(&cell.id.to_string(), &consent.member).await?;
        letter(&cell, move |engine| engine.consent(&post, to)).await
    }
}

/// What a post is meant as.
pub(super) fn meant(meant: &Meant) -> Result<(Option<Intent>, Option<body::ContentNotes>), ServiceError> {
    let intent = meant.intent.map(|intent| match intent {
        types::Intent::HearMe => Intent::HEAR_ME,
        types::Intent::Experiences => Intent::EXPERIENCES,
        types::Intent::Advice => Intent::ADVICE,
        types::Intent::PracticalHelp => Intent::PRACTICAL_HELP,
        types::Intent::GoodNews => Intent::GOOD_NEWS,
    });
    Ok((intent, notes(meant.mentions.as_deref(), meant.note.as_deref())?))
}

/// What a reply is.
pub(super) fn given(given: &Given) -> Result<(ReplyKind, body::ContentNotes), ServiceError> {
    let kind = match given.kind.unwrap_or_default() {
        types::ReplyKind::Listening => ReplyKind::LISTENING,
        types::ReplyKind::Experience => ReplyKind::EXPERIENCE,
        types::ReplyKind::Question => ReplyKind::QUESTION,
        types::ReplyKind::Suggestion => ReplyKind::SUGGESTION,
        types::ReplyKind::Resource => ReplyKind::RESOURCE,
        types::ReplyKind::Offer => ReplyKind::OFFER,
    };
    Ok((kind, notes(given.mentions.as_deref(), given.note.as_deref())?.unwrap_or_default()))
}

/// Content notes as words with commas between; none if nothing is said of them.
pub(super) fn notes(
    mentions: Option<&str>,
    note: Option<&str>,
) -> Result<Option<body::ContentNotes>, ServiceError> {
    if mentions.is_none() && note.is_none() {
        return Ok(None);
    }
    let words = mentions.unwrap_or_default().split(',').map(str::trim).filter(|word| !word.is_empty());
    let mentions = words.map(mention).collect::<Result<Vec<_>, _>>()?;
    let note = note.unwrap_or_default().trim();
    if note.len() > limits::MENTION || mentions.len() > limits::MENTIONS {
        return Err(ServiceError::new(
            Code::BadRequest,
            format!(
                "A text has at most {} content notes, and one in your words of at most {} bytes.",
                limits::MENTIONS,
                limits::MENTION
            ),
            "Name what matters most: a note is to be short.",
        ));
    }
    Ok(Some(body::ContentNotes::new(mentions, note)))
}

fn mention(word: &str) -> Result<body::Mention, ServiceError> {
    let known = serde_json::from_value(serde_json::Value::String(word.replace('-', "_")));
    Ok(match known {
        Ok(Mention::SelfHarm) => body::Mention::SELF_HARM,
        Ok(Mention::Suicide) => body::Mention::SUICIDE,
        Ok(Mention::Eating) => body::Mention::EATING,
        Ok(Mention::Abuse) => body::Mention::ABUSE,
        Ok(Mention::SexualViolence) => body::Mention::SEXUAL_VIOLENCE,
        Ok(Mention::Substances) => body::Mention::SUBSTANCES,
        Ok(Mention::Loss) => body::Mention::LOSS,
        Ok(Mention::Medical) => body::Mention::MEDICAL,
        Ok(Mention::Pregnancy) => body::Mention::PREGNANCY,
        Ok(Mention::Violence) => body::Mention::VIOLENCE,
        Ok(Mention::Discrimination) => body::Mention::DISCRIMINATION,
        Ok(Mention::Other) | Err(_) => {
            return Err(ServiceError::new(
                Code::BadRequest,
                format!("There is no content note called \"{word}\"."),
                "There are self-harm, suicide, eating, abuse, sexual-violence, substances, loss, medical, pregnancy, violence and discrimination. For anything else, use your own words.",
            ));
        }
    })
}
