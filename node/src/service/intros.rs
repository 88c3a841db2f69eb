//! What members say of themselves, and what they have in common with me. Tags of my own stay in what I keep for myself: they are
//! compared here, and only what I put into an introduction is written to a group.

use std::collections::BTreeSet;

use kith_protocol::body;
use kith_protocol::limits;

use super::hearing::notes;
use super::talk::written;
use super::{Service, ServiceError, text};
use crate::api::types::{Alike, Code, Delivery, Intro, IntroList, Introduce, Matches};
use crate::cell::Engine;
use crate::search;

impl Service {
    /// The introductions of a group.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`].
    pub async fn intros(&self, group: &str) -> Result<IntroList, ServiceError> {
        let cell = self.cell(group).await?;
        Ok(IntroList { intros: cell.engine.read(|engine| engine.intros_view()).await? })
    }

    /// Introduces me to a group, in place of what I said before.
    ///
    /// # Errors
    /// As [`Service::post`]; [`Code::BadWords`] for too much, or nothing.
    pub async fn introduce(&self, group: &str, say: Introduce) -> Result<Delivery, ServiceError> {
        let cell = self.cell(group).await?;
        let trimmed = |text: &String| text.trim().to_owned();
        let tags: Vec<String> = say.tags.iter().map(trimmed).filter(|tag| !tag.is_empty()).collect();
        let intro = body::Intro {
            line: trimmed(&say.line),
            words: trimmed(&say.words),
            tags,
            notes: notes(Some(&say.mentions), Some(&say.note))?.unwrap_or_default(),
        };
        text::words("line", &intro.line, limits::ITEM_LINE)?;
        text::words("introduction", &intro.words, limits::INTRO)?;
        intro.tags.iter().try_for_each(|tag| text::words("tag", tag, limits::ITEM_WORD))?;
        let bad = |message: String, hint: &str| Err(ServiceError::new(Code::BadWords, message, hint));
        if intro.tags.len() > limits::ITEM_TAGS {
            return bad(
                format!("An introduction has at most {} tags.", limits::ITEM_TAGS),
                "Choose those that matter most here.",
            );
        }
        if intro.line.is_empty() && intro.words.is_empty() && intro.tags.is_empty() {
            return bad(
                "This introduction says nothing yet.".to_owned(),
                "A line is enough; so is a tag. And you need none to be here.",
            );
        }
        written(&cell, move |engine| engine.introduce(intro)).await
    }

    /// Takes my introduction back.
    ///
    /// # Errors
    /// As [`Service::post`]; [`Code::NotAllowed`] if there is none.
    pub async fn introduce_no_more(&self, group: &str) -> Result<Delivery, ServiceError> {
        let cell = self.cell(group).await?;
        written(&cell, Engine::take_intro_back).await
    }

    /// Who named in their introduction what I named on this device. No request of this leaves it.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`], [`Code::HomeDamaged`].
    pub async fn matches(&self, group: &str) -> Result<Matches, ServiceError> {
        let intros = self.intros(group).await?;
        let mine: BTreeSet<String> = self.tags().await?.tags.iter().map(|tag| plain(tag)).collect();
        let matches =
            intros.intros.into_iter().filter(|intro| !intro.me).filter_map(|intro| alike(intro, &mine));
        Ok(Matches { has_tags: !mine.is_empty(), matches: matches.collect() })
    }
}

fn alike(intro: Intro, mine: &BTreeSet<String>) -> Option<Alike> {
    let both: Vec<String> = intro.tags.into_iter().filter(|tag| mine.contains(&plain(tag))).collect();
    (!both.is_empty()).then_some(Alike { member: intro.member, name: intro.name, both })
}

/// A tag as it is compared: however it is written.
fn plain(tag: &str) -> String {
    let words = tag.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(search::plain).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_alike_however_they_are_written() {
        for (one, other) in [("Night shifts", "night-shifts"), ("CARER", "carer"), ("Müdigkeit", "mudigkeit")]
        {
            assert_eq!(plain(one), plain(other));
        }
        assert_ne!(plain("carer"), plain("career"));
    }
}
