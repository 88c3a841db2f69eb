//! How somebody is and what they reached, told to a group or a buddy by choice; and kind words kept in the jar.

use kith_protocol::body;
use kith_protocol::limits;

use super::mine::Texts;
use super::resolve::{self, Thing};
use super::talk::written;
use super::{Service, ServiceError, text};
use crate::api::types::{
    Audience, CheckIn, Code, Delivery, Id, LetterSent, Mine, Need, ReceivedLetter, SharedCheckIns,
    SharedMilestones, Written,
};

impl Service {
    /// How members said they are.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`].
    pub async fn shared_check_ins(&self, group: &str) -> Result<SharedCheckIns, ServiceError> {
        let cell = self.cell(group).await?;
        Ok(SharedCheckIns { check_ins: cell.engine.read(|engine| engine.shared_check_ins()).await? })
    }

    /// Tells a group how I am, and keeps it for me.
    ///
    /// # Errors
    /// As [`Service::post`]; [`Code::BadRequest`], [`Code::BadWords`].
    pub async fn share_check_in(&self, group: &str, wish: CheckIn) -> Result<Delivery, ServiceError> {
        let cell = self.cell(group).await?;
        let said = said(&wish)?;
        let sent = written(&cell, move |engine| engine.share_check_in(said)).await?;
        self.keep_copy(CheckIn { audience: Audience::Group, ..wish }).await;
        Ok(sent)
    }

    /// Tells a buddy how I am, and keeps it for me.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`]; [`Code::NotAllowed`] of who is no buddy; [`Code::BadRequest`],
    /// [`Code::BadWords`].
    pub async fn tell_buddy(
        &self,
        group: &str,
        member: &str,
        wish: CheckIn,
    ) -> Result<LetterSent, ServiceError> {
        let (cell, member) = self.find_member(group, member).await?;
        let said = said(&wish)?;
        if !cell.engine.read(move |engine| engine.is_buddy(&member)).await? {
            return Err(ServiceError::new(
                Code::NotAllowed,
                "The two of you are not buddies now, so nothing was sent.",
                "\"kith buddy list\" shows who is, and \"kith buddy ask\" asks somebody.",
            ));
        }
        let sent = super::letters::letter(&cell, move |engine| engine.tell_buddy(member, said)).await?;
        self.keep_copy(CheckIn { audience: Audience::Buddy, ..wish }).await;
        Ok(sent)
    }

    /// What members said they reached.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`].
    pub async fn shared_milestones(&self, group: &str) -> Result<SharedMilestones, ServiceError> {
        let cell = self.cell(group).await?;
        Ok(SharedMilestones { milestones: cell.engine.read(|engine| engine.shared_milestones()).await? })
    }

    /// Tells a group what I count, as it stands now.
    ///
    /// # Errors
    /// As [`Service::post`] and [`Service::text`]; [`Code::BadWords`] for what is too long for the others.
    pub async fn share_milestone(&self, given: &str, group: &str) -> Result<Delivery, ServiceError> {
        let cell = self.cell(group).await?;
        let found = self.milestone(given).await?;
        let (what, unit) = (found.what.trim().to_owned(), found.unit.trim().to_owned());
        text::words("milestone", &what, limits::ITEM_LINE)?;
        text::words("unit", &unit, limits::ITEM_WORD)?;
        let milestone = body::Milestone { what, count: found.now, unit };
        written(&cell, move |engine| engine.share_milestone(milestone)).await
    }

    /// Kind words that reached me and are not in the jar, each with its group, the newest first.
    ///
    /// # Errors
    /// [`Code::HomeDamaged`].
    pub async fn kind_words(&self) -> Result<Vec<(Id, ReceivedLetter)>, ServiceError> {
        let kept = self.texts(Texts::Thanks, None).await?.items;
        let mut all = Vec::new();
        for cell in self.within(None).await? {
            let letters = cell.engine.read(|engine| engine.letters_view()).await?;
            let new = letters.into_iter().filter(|letter| letter.kind_words);
            let new = new.filter(|letter| kept.iter().all(|one| one.kept.text != in_the_jar(letter)));
            all.extend(new.map(|letter| (cell.id.to_string(), letter)));
        }
        all.sort_by(|(_, one), (_, other)| other.time.cmp(&one.time));
        Ok(all)
    }

    /// Keeps a letter's kind words in the jar.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`], and as [`Service::keep_text`].
    pub async fn keep_letter(&self, group: &str, given: &str) -> Result<Mine<Written>, ServiceError> {
        let letters = self.letter_list(group).await?.letters.into_iter().filter(|letter| letter.kind_words);
        let named = letters.map(|letter| (letter.letter.clone(), None, letter));
        let letter = resolve::one(Thing::Letter, given, named)?;
        self.keep_text(Texts::Thanks, in_the_jar(&letter)).await
    }

    /// What was told stays told when there is no room to keep it.
    async fn keep_copy(&self, check_in: CheckIn) {
        if let Err(problem) = self.keep_check_in(check_in).await {
            tracing::warn!(code = ?problem.code, "a check-in that was told could not be kept here");
        }
    }
}

/// Kind words as they stand in the jar.
fn in_the_jar(letter: &ReceivedLetter) -> String {
    format!("{}: {}", letter.name, letter.text)
}

fn said(wish: &CheckIn) -> Result<body::CheckIn, ServiceError> {
    if !(1..=5).contains(&wish.mood) || !(1..=5).contains(&wish.energy) {
        return Err(ServiceError::new(
            Code::BadRequest,
            "Mood and energy are numbers from 1 to 5.",
            "Choose both, and try again.",
        ));
    }
    text::words("note", wish.note.trim(), limits::CHECK_IN)?;
    let need = match wish.need {
        Need::JustListen => body::Need::JUST_LISTEN,
        Need::AdviceWelcome => body::Need::ADVICE,
        Need::Distraction => body::Need::DISTRACTION,
        Need::Company => body::Need::COMPANY,
        Need::PracticalHelp => body::Need::PRACTICAL,
        Need::None => body::Need::NONE,
    };
    Ok(body::CheckIn { mood: wish.mood, energy: wish.energy, need, note: wish.note.trim().to_owned() })
}
