//! Two members between themselves.

use kith_protocol::contact::Tie;
use kith_protocol::limits;

use super::letters::letter;
use super::{Service, ServiceError};
use crate::api::types::{Code, ContactList, Conversation, LetterSent, SayTo};

impl Service {
    /// How it stands between others and me in a group.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`].
    pub async fn contacts(&self, group: &str) -> Result<ContactList, ServiceError> {
        let cell = self.cell(group).await?;
        Ok(ContactList { contacts: cell.engine.read(|engine| engine.contacts_view()).await? })
    }

    /// Says yes or no to writing to each other.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`]; [`Code::NotAllowed`] for who came lately and asks;
    /// [`Code::NobodyToAsk`] if they left; [`Code::BadRequest`] for words that are too long.
    pub async fn say_talk(&self, group: &str, member: &str, say: SayTo) -> Result<LetterSent, ServiceError> {
        self.say(Tie::Talk, group, member, SayTo { weeks: 0, ..say }).await
    }

    /// Says yes or no to being buddies.
    ///
    /// # Errors
    /// As [`Service::say_talk`].
    pub async fn say_buddy(&self, group: &str, member: &str, say: SayTo) -> Result<LetterSent, ServiceError> {
        self.node()?;
        let weeks = usize::from(say.weeks);
        if say.yes && !(1..=limits::BUDDY_WEEKS).contains(&weeks) {
            return Err(ServiceError::new(
                Code::BadRequest,
                format!("Buddies are buddies for 1 to {} weeks at a time.", limits::BUDDY_WEEKS),
                "Four weeks are a good beginning. You can both say yes again then.",
            ));
        }
        self.say(Tie::Buddy, group, member, say).await
    }

    /// Writes to a member with whom I agreed to.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`]; [`Code::NotAllowed`] if we did not.
    pub async fn write_direct(
        &self,
        group: &str,
        member: &str,
        text: String,
    ) -> Result<LetterSent, ServiceError> {
        let (cell, to) = self.find_member(group, member).await?;
        letter(&cell, move |engine| engine.write_direct(to, text)).await
    }

    /// What a member and I wrote to each other.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`].
    pub async fn conversation(&self, group: &str, member: &str) -> Result<Conversation, ServiceError> {
        let (cell, with) = self.find_member(group, member).await?;
        Ok(cell.engine.read(move |engine| engine.lines_view(&with)).await?)
    }

    /// Sends a member a few kind words.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`], [`Code::NobodyToAsk`]; [`Code::BadWords`] for more than one a day, or
    /// too many words.
    pub async fn encourage(
        &self,
        group: &str,
        member: &str,
        text: String,
    ) -> Result<LetterSent, ServiceError> {
        if text.len() > limits::ENCOURAGEMENT {
            return Err(ServiceError::new(
                Code::BadWords,
                format!("A few kind words are at most {} bytes.", limits::ENCOURAGEMENT),
                "To say more, ask whether you may write to each other: kith dm ask.",
            ));
        }
        let (cell, to) = self.find_member(group, member).await?;
        letter(&cell, move |engine| engine.encourage(to, text)).await
    }

    async fn say(&self, tie: Tie, group: &str, member: &str, say: SayTo) -> Result<LetterSent, ServiceError> {
        let words = say.words.trim().to_owned();
        if words.len() > limits::RHYTHM {
            return Err(ServiceError::new(
                Code::BadRequest,
                format!("The words with it are at most {} bytes.", limits::RHYTHM),
                "Say the rest once you write to each other.",
            ));
        }
        let (cell, to) = self.find_member(group, member).await?;
        letter(&cell, move |engine| engine.say_to(tie, to, say.yes, say.weeks, words)).await
    }
}
